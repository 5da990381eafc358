//! Owns the steps that docs/walkthroughs tells, for any running product: one function for each page, of the same name. It
//! refuses to start a product.

use serde_json::{Value, json};

use crate::{Actor, Field as _, Instance, Socket, assemble, eventually, friends, mail, strangers, unique, unknown_id};

/// A page on which something of a walkthrough is to be seen for ever.
pub struct Page {
    reader: Actor,
    path: String,
    shows: String,
}

impl Page {
    fn of(reader: &Actor, path: impl Into<String>, shows: &str) -> Self {
        Self {
            reader: reader.clone(),
            path: path.into(),
            shows: shows.to_owned(),
        }
    }

    /// Signs in again and looks whether it is still there.
    pub async fn look(&self) {
        let page = self.reader.another_device().await.get(&self.path).await;
        page.is(200);
        assert!(
            page.text.contains(&self.shows),
            "{} without {}: {}",
            self.path,
            self.shows,
            page.text
        );
    }
}

/// Goes through a chat message, from the sender's POST to everybody's socket and the agent's answer.
pub async fn a_chat_message(product: &Instance) -> Vec<Page> {
    let [ada, bob] = friends(product, ["ada", "bob"]).await;
    let room = ada
        .group_with(&[&bob], json!({"agentIds": [ada.agent("sage").await]}))
        .await;
    let socket = Socket::in_room(&bob, &room).await;
    // Steps 1 to 4: an answer with the number that the write assigned; the same client id is the same message.
    let sent = ada.send(&room, "once", "@sage good morning").await.is(201);
    let again = ada.send(&room, "once", "@sage good morning").await.is(200);
    assert_eq!(
        (sent.text("id"), sent.number("seq")),
        (again.text("id"), again.number("seq"))
    );
    // Steps 5 and 6: the others' sockets.
    let live = socket.message(&room, &sent.text("id")).await;
    assert_eq!(live.number("seq"), sent.number("seq"));
    // Steps 7 and 8: the agent's stream is its durable message.
    let answer = socket
        .event(&room, "message.sent", |m| m.has("author.kind", "agent"))
        .await;
    assert_eq!(assemble(&socket.frames(), &answer.text("id")), answer.text("text"));
    assert_eq!(answer.text("rootId"), sent.text("id"));
    let history = ada.history(&room).await;
    assert_eq!(history.last().map(|last| last.text("id")), Some(answer.text("id")));
    let messages = format!("/api/chat/rooms/{room}/messages");
    vec![
        Page::of(&bob, messages, &answer.text("id")),
        Page::of(&bob, "/api/chat/rooms", &room),
        Page::of(&bob, "/api/friendships", &ada.id),
    ]
}

/// Goes through a sign-in, from the password to the closing of a socket elsewhere.
pub async fn a_sign_in(product: &Instance) {
    let ada = Actor::signup(product, "ada").await;
    let elsewhere = ada.another_device().await;
    let socket = Socket::open(&elsewhere).await;
    let sessions = async || ada.get("/api/auth/sessions").await.is(200).list("items").len();
    assert_eq!(sessions().await, 2);
    ada.delete("/api/auth/sessions").await.is(204);
    // The token dies at once, and the open socket hears of it.
    elsewhere.get("/api/users/me").await.fails(401);
    socket.own_event("session.revoked", |_| true).await;
    assert_eq!(socket.close_code().await, 4502);
    eventually("one session is left", async || (sessions().await == 1).then_some(())).await;
}

/// Names the variables of a product in which whoever has this address is a moderator, the built-in provider takes payments, and
/// nobody waits long for one.
pub fn market(moderator: &str) -> Vec<(String, String)> {
    let variables = [
        ("AICHAT_AUTH__ADMINS", format!("[\"{moderator}\"]")),
        ("AICHAT_PAYMENTS__TEST__ENABLED", "true".to_owned()),
        ("AICHAT_ORDERS__PAY_WITHIN_MS", "15000".to_owned()),
    ];
    variables.map(|(name, value)| (name.to_owned(), value)).into()
}

/// Signs up the moderator of such a product.
pub async fn moderator(product: &Instance, email: &str) -> Actor {
    let handle = unique("moderator");
    let person = Actor::signup_as(product, "moderator", (&handle, email)).await;
    let token = mail::next_token(product, email, &[]).await;
    let proven = person.post("/api/auth/email/verify", json!({"token": token})).await;
    assert!(matches!(proven.status, 200 | 204), "{}", proven.text);
    // The right is in tokens that are given from now on.
    person.another_device().await
}

/// Puts a card on sale of which there is one.
async fn only_one(seller: &Actor, moderator: &Actor) -> Value {
    let body = json!({
        "name": "An adviser", "handle": unique("card"), "description": "Gives advice.", "category": "assistant",
        "persona": "You give short advice.", "price": {"amount": 900, "currency": "EUR"}, "editionSize": 1,
    });
    let id = seller.post("/api/model-cards", body).await.is(201).text("id");
    let step = |step: &str| format!("/api/model-cards/{id}/{step}");
    seller.post_empty(&step("submit")).await.is(200);
    moderator.post_empty(&step("approve")).await.is(200);
    seller.post_empty(&step("publish")).await.is(200)
}

/// Goes through a purchase, from the wish to the entitlement, in a [`market`].
pub async fn a_purchase(product: &Instance, moderator: &Actor) -> Vec<Page> {
    let [seller, ada, bob] = strangers(product, ["seller", "ada", "bob"]).await;
    let card = only_one(&seller, moderator).await;
    let wish = json!({"cardId": card.text("id")});
    let place = async |buyer: &Actor, key: &str| buyer.post_keyed("/api/orders", key, wish.clone()).await;
    // When time runs out instead: who does not pay keeps it from others, and then gives it back.
    let unpaid = place(&bob, &unknown_id()).await.is(201);
    place(&ada, &unknown_id()).await.fails_with(409, "orders.sold_out");
    status(&bob, &unpaid, "expired").await;
    // Steps 1 to 3: an order with its hold and a time to pay; the same key is the same order.
    let socket = Socket::open(&ada).await;
    let (key, order) = eventually("the hold given back", async || {
        let key = unknown_id();
        let placed = place(&ada, &key).await;
        (placed.status == 201).then(|| (key, placed.is(201)))
    })
    .await;
    assert_eq!(place(&ada, &key).await.is(201).text("id"), order.text("id"));
    assert_eq!(order.text("status"), "awaiting_payment");
    // Step 5: a second tab is refused.
    let paying = json!({"orderId": order.text("id"), "method": "test_success"});
    let paid = ada.post_keyed("/api/payments", &key, paying.clone()).await.is(201);
    let again = ada.post_keyed("/api/payments", &key, paying.clone()).await.is(201);
    assert_eq!(paid.text("id"), again.text("id"));
    ada.post_keyed("/api/payments", &unknown_id(), paying).await.fails(409);
    // Steps 6 to 8: the provider's word, the sale, what it entitles to, and the paper for it.
    status(&ada, &order, "completed").await;
    let of_it = async |path: &str| {
        let items = ada.get(path).await.is(200).list("items");
        items.iter().any(|one| one.has("orderId", &order.text("id")))
    };
    assert!(of_it("/api/entitlements").await, "no entitlement of {order}");
    eventually("the invoice", async || of_it("/api/invoices").await.then_some(())).await;
    // Step 10: the buyer's sockets were shown it.
    socket
        .own_event("order", |shown| shown.has("status", "completed"))
        .await;
    // Step 9: the agent answers who holds it.
    let room = ada.group(&[]).await;
    let seat = format!("/api/chat/rooms/{room}/agents/{}", card.text("agentId"));
    eventually("the agent in the room", async || {
        (200..300).contains(&ada.put_empty(&seat).await.status).then_some(())
    })
    .await;
    ada.say(&room, &format!("@{} what do you advise?", card.text("handle")))
        .await;
    eventually("the agent's answer", async || {
        let history = ada.history(&room).await;
        let answer = history.into_iter().find(|message| message.has("author.kind", "agent"));
        answer.filter(|answer| answer.has("ai.state", "complete"))
    })
    .await;
    let order = order.text("id");
    let bought = ["/api/orders", "/api/entitlements", "/api/invoices"].map(|path| Page::of(&ada, path, &order));
    let sold = [
        Page::of(
            &ada,
            format!("/api/model-cards/{}", card.text("id")),
            &card.text("handle"),
        ),
        Page::of(&bob, format!("/api/orders/{}", unpaid.text("id")), "expired"),
    ];
    bought.into_iter().chain(sold).collect()
}

/// Waits for an order to come to a status.
async fn status(buyer: &Actor, order: &Value, wanted: &str) {
    let path = format!("/api/orders/{}", order.text("id"));
    eventually("the order to move on", async || {
        buyer.get(&path).await.is(200).has("status", wanted).then_some(())
    })
    .await;
}

/// Goes through a post, from its text to a friend's timeline and reaction.
pub async fn a_post(product: &Instance) -> Vec<Page> {
    let [ada, bob] = friends(product, ["ada", "bob"]).await;
    // Steps 1 to 4: the same client id is the same post; it is listed and found.
    let body = json!({"text": "ravens over the #engine", "visibility": "friends", "clientId": "once"});
    let post = ada.post("/api/posts", body.clone()).await.is(201);
    assert_eq!(ada.post("/api/posts", body).await.is(200).text("id"), post.text("id"));
    let path = format!("/api/posts/{}", post.text("id"));
    let by_word = format!("/api/posts?author={}&tag=engine&q=rav", ada.id);
    let found = bob.get(&by_word).await.is(200).list("items");
    assert_eq!(
        found.first().map(|first| first.text("id")),
        Some(post.text("id")),
        "{found:?}"
    );
    // Steps 5 to 7: it lies before a friend, who reacts, and is counted.
    eventually("the post in a friend's timeline", async || {
        let feed = bob.get("/api/feed").await.is(200).list("items");
        feed.first()?.has("post.id", &post.text("id")).then_some(())
    })
    .await;
    let reacted = bob.put_empty(&format!("{path}/reactions/like")).await.is(200);
    assert!(reacted.has("myReaction", "like"), "{reacted}");
    bob.put_empty(&format!("{path}/reactions/love")).await.is(200);
    eventually("one reaction is counted, of the new kind", async || {
        let seen = ada.get(&path).await.is(200).list("reactions");
        (seen == [json!({"kind": "love", "count": 1})]).then_some(())
    })
    .await;
    // Step 8: gone is gone, at once and for everybody.
    ada.delete(&path).await.is(204);
    ada.get(&path).await.fails_with(404, "post.not_found");
    bob.get(&path).await.fails_with(404, "post.not_found");
    // One that stays, with the words that it had before.
    let first = json!({"text": "the first words", "visibility": "friends", "clientId": "twice"});
    let path = format!("/api/posts/{}", ada.post("/api/posts", first).await.is(201).text("id"));
    ada.patch(&path, json!({"text": "better words"})).await.is(200);
    vec![
        Page::of(&bob, path.clone(), "better words"),
        Page::of(&bob, format!("{path}/history"), "the first words"),
    ]
}

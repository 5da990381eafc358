//! Drives what docs/walkthroughs tells, step by step: one test for each page, of the same name.

use blackbox::{
    Actor, Field as _, Instance, Socket, assemble, eventually, friends, mail, strangers, unique, unknown_id,
};
use serde_json::{Value, json};

#[tokio::test]
async fn a_chat_message() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
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
    assert_eq!(ada.history(&room).await.last().unwrap().text("id"), answer.text("id"));
}

#[tokio::test]
async fn a_sign_in() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let elsewhere = ada.another_device().await;
    let socket = Socket::open(&elsewhere).await;
    let sessions = ada.get("/api/auth/sessions").await.is(200);
    assert_eq!(sessions["items"].as_array().unwrap().len(), 2);
    ada.delete("/api/auth/sessions").await.is(204);
    // The token dies at once, and the open socket hears of it.
    elsewhere.get("/api/users/me").await.fails(401);
    socket.own_event("session.revoked", |_| true).await;
    assert_eq!(socket.close_code().await, 4502);
    eventually("one session is left", async || {
        let left = ada.get("/api/auth/sessions").await.is(200);
        (left["items"].as_array().unwrap().len() == 1).then_some(())
    })
    .await;
}

/// A product with the built-in provider, in which nobody waits long for a payment, and its moderator.
async fn market() -> Option<(Instance, Actor)> {
    let handle = unique("moderator");
    let email = format!("{handle}@example.com");
    let variables = [
        ("AICHAT_AUTH__ADMINS", format!("[\"{email}\"]")),
        ("AICHAT_PAYMENTS__TEST__ENABLED", "true".to_owned()),
        ("AICHAT_ORDERS__PAY_WITHIN_MS", "15000".to_owned()),
    ];
    let product = Instance::own_with(variables.map(|(name, value)| (name.to_owned(), value)).into())?;
    let person = Actor::signup_as(&product, "moderator", (&handle, &email)).await;
    let token = mail::next_token(&product, &email, &[]).await;
    let proven = person.post("/api/auth/email/verify", json!({"token": token})).await;
    assert!(matches!(proven.status, 200 | 204), "{}", proven.text);
    // The right is in tokens that are given from now on.
    let moderator = person.another_device().await;
    Some((product, moderator))
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

#[tokio::test]
async fn a_purchase() {
    let Some((product, moderator)) = market().await else {
        return;
    };
    let [seller, ada, bob] = strangers(&product, ["seller", "ada", "bob"]).await;
    let card = only_one(&seller, &moderator).await;
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
    let entitlements = ada.get("/api/entitlements").await.is(200).list("items");
    assert!(entitlements.iter().any(|one| one.has("orderId", &order.text("id"))));
    eventually("the invoice", async || {
        let papers = ada.get("/api/invoices").await.is(200).list("items");
        papers
            .iter()
            .any(|one| one.has("orderId", &order.text("id")))
            .then_some(())
    })
    .await;
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
}

/// Waits for an order to come to a status.
async fn status(buyer: &Actor, order: &Value, wanted: &str) {
    let path = format!("/api/orders/{}", order.text("id"));
    eventually("the order to move on", async || {
        buyer.get(&path).await.is(200).has("status", wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_post() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    // Steps 1 to 4: the same client id is the same post; it is listed and found.
    let body = json!({"text": "ravens over the #engine", "visibility": "friends", "clientId": "once"});
    let post = ada.post("/api/posts", body.clone()).await.is(201);
    assert_eq!(ada.post("/api/posts", body).await.is(200).text("id"), post.text("id"));
    let path = format!("/api/posts/{}", post.text("id"));
    let found = bob
        .get(&format!("/api/posts?author={}&tag=engine&q=rav", ada.id))
        .await
        .is(200);
    assert_eq!(found["items"][0]["id"], post["id"]);
    // Steps 5 to 7: it lies before a friend, who reacts, and is counted.
    eventually("the post in a friend's timeline", async || {
        let feed = bob.get("/api/feed").await.is(200);
        (feed["items"][0]["post"]["id"] == post["id"]).then_some(())
    })
    .await;
    let reacted = bob.put_empty(&format!("{path}/reactions/like")).await.is(200);
    assert!(reacted.has("myReaction", "like"), "{reacted}");
    bob.put_empty(&format!("{path}/reactions/love")).await.is(200);
    eventually("one reaction is counted, of the new kind", async || {
        let seen = ada.get(&path).await.is(200);
        (seen["reactions"] == json!([{"kind": "love", "count": 1}])).then_some(())
    })
    .await;
    // Step 8: gone is gone, at once and for everybody.
    ada.delete(&path).await.is(204);
    ada.get(&path).await.fails_with(404, "post.not_found");
    bob.get(&path).await.fails_with(404, "post.not_found");
}

//! The archive of one's own data: everything of one's own in it, nothing of anybody else, and for nobody else.

use blackbox::{Actor, Field as _, Instance, eventually, friends, mail, strangers, unique, unknown_id};
use serde_json::{Value, json};

const EXPORT: &str = "/api/users/me/export";

/// What `ada` has left when [`live`] is through: every kind of line, and a word that is in one of them.
const LEFT: &[(&str, &str)] = &[
    ("user/profile", "a word of ada's bio"),
    ("user/reports", "a word of ada's report"),
    ("auth/account", "@example.com"),
    ("auth/sessions", "lastUsedAt"),
    ("friendship/friends", "friendsSince"),
    ("friendship/requestsSent", "requestTo"),
    ("friendship/blocks", "members"),
    ("chat/rooms", "memberIds"),
    ("chat/readMarkers", "readSeq"),
    ("chat/messages", "a word of ada's in a room"),
    ("chat/messages", "a word of ada's in a room that she left"),
    ("chat/messageReactions", "\u{1f44d}"),
    ("post/posts", "a word of ada's post"),
    ("post/posts", "a word of ada's diary"),
    ("post/comments", "a word of ada's comment"),
    ("post/reactions", "love"),
    ("media/files", "wheels.png"),
    ("notification/notificationPreferences", "Europe/London"),
    ("notification/devices", "createdAt"),
    ("notification/notifications", "subject"),
    ("ai-chat-host/agents", "a word of ada's persona"),
    ("ai-gateway/keys", "a key of ada"),
    ("ai-model-cards/cards", "a word of ada's persona"),
    ("ai-model-cards/reviews", "a word of ada's review"),
    ("orders/orders", "completed"),
    ("orders/entitlements", "grantedAt"),
    ("payments/payments", "test_success"),
    ("payments/invoices", "gross"),
];

/// An archive as it came.
struct Archive {
    text: String,
    lines: Vec<Value>,
}

impl Archive {
    async fn of(person: &Actor) -> Self {
        let reply = person.post_empty(EXPORT).await;
        reply.is(200);
        assert_eq!(reply.header("content-type"), "application/x-ndjson");
        assert!(reply.header("content-disposition").starts_with("attachment; "));
        let lines: Vec<Value> = reply
            .text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let (first, last) = (&lines[0], &lines[lines.len() - 1]);
        assert!(
            first.has("kind", "archive") && first.has("userId", &person.id),
            "{first}"
        );
        assert!(last.has("kind", "end"), "{last}");
        assert_eq!(usize::try_from(last.number("items")).unwrap(), lines.len() - 2);
        let text = reply.text.clone();
        Self { text, lines }
    }

    /// Tells whether a line of `service/kind` has the word.
    fn has(&self, of: &str, word: &str) -> bool {
        let (service, kind) = of.split_once('/').unwrap();
        let mut all = self
            .lines
            .iter()
            .filter(|line| line.has("kind", kind) && line.has("service", service));
        all.any(|line| line["data"].to_string().contains(word))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archive_holds_everything_of_ones_own_and_nothing_of_anybody_else() {
    let email = format!("{}@example.com", unique("moderator"));
    let variables = [
        ("AUTH__ADMINS", format!("[\"{email}\"]")),
        ("PAYMENTS__TEST__ENABLED", "true".to_owned()),
    ];
    let variables = variables.map(|(name, value)| (format!("AICHAT_{name}"), value));
    let Some(product) = Instance::own_with(variables.to_vec()) else {
        return;
    };
    let moderator = Actor::signup_as(&product, "moderator", (&unique("moderator"), &email)).await;
    let token = mail::next_token(&product, &email, &[]).await;
    let proven = moderator.post("/api/auth/email/verify", json!({"token": token})).await;
    assert!(proven.status < 300, "{}", proven.text);
    let moderator = moderator.another_device().await;
    let [ada, bob] = friends(&product, ["ada", "bob"]).await;
    let [eve, dan] = strangers(&product, ["eve", "dan"]).await;

    let bought = sell(&bob, &moderator, "bob").await;
    sell(&ada, &moderator, "ada").await;
    buy(&ada, &bought).await;
    live(&ada, [&bob, &eve, &dan], &bought).await;

    let archive = Archive::of(&ada).await;
    for (of, word) in LEFT {
        assert!(archive.has(of, word), "{of} has no {word}: {}", archive.text);
    }
    for word in [
        "a word of bob",
        &bob.email,
        &eve.email,
        "argon2",
        "\"hash\"",
        "ExponentPushToken",
    ] {
        assert!(!archive.text.contains(word), "{word} is in {}", archive.text);
    }
    let picture = archive.lines.iter().find(|line| line.has("kind", "files")).unwrap();
    let address = picture["data"]["variants"][0].text("url");
    assert_eq!(blackbox::Http::anonymous(&product).get(&address).await.status, 200);

    ada.post_empty(EXPORT).await.fails_with(429, "user.exported_lately");
    let his = Archive::of(&bob).await;
    assert!(
        his.has("post/comments", "a word of bob") && !his.text.contains("a word of ada"),
        "{}",
        his.text
    );
    ada.delete_with("/api/users/me", json!({"password": ada.password}))
        .await
        .is(204);
    ada.post_empty(EXPORT).await.fails(401);
    blackbox::Http::anonymous(&product).post_empty(EXPORT).await.fails(401);
}

/// Puts a card on sale; gives its id.
async fn sell(seller: &Actor, moderator: &Actor, name: &str) -> String {
    let body = json!({
        "name": "An adviser", "handle": unique("card"), "description": "Gives advice.", "category": "assistant",
        "persona": format!("a word of {name}'s persona"), "price": {"amount": 500, "currency": "EUR"},
    });
    let id = seller.post("/api/model-cards", body).await.is(201).text("id");
    let step = async |who: &Actor, step: &str| who.post_empty(&format!("/api/model-cards/{id}/{step}")).await.is(200);
    step(seller, "submit").await;
    step(moderator, "approve").await;
    step(seller, "publish").await;
    id
}

async fn buy(buyer: &Actor, card: &str) {
    let placed = buyer
        .post_keyed("/api/orders", &unknown_id(), json!({"cardId": card}))
        .await;
    let order = placed.is(201).text("id");
    let path = format!("/api/orders/{order}");
    let look = async |status: &str| buyer.get(&path).await.is(200).has("status", status).then_some(());
    let open = async || (!buyer.get(&path).await.is(200).has("status", "reserving")).then_some(());
    eventually("the order can be paid", open).await;
    let body = json!({"orderId": order, "method": "test_success"});
    buyer.post_keyed("/api/payments", &unknown_id(), body).await.is(201);
    eventually("the order is completed", async || look("completed").await).await;
    let invoiced = async || {
        let reply = buyer.get("/api/invoices").await;
        (reply.status != 200 || !reply.is(200).list("items").is_empty()).then_some(())
    };
    eventually("there is an invoice", invoiced).await;
}

/// Does a little of everything that leaves something of `ada`, and of `bob` around it.
async fn live(ada: &Actor, [bob, eve, dan]: [&Actor; 3], card: &str) {
    bob.patch("/api/users/me", json!({"bio": "a word of bob"}))
        .await
        .is(200);
    ada.patch("/api/users/me", json!({"bio": "a word of ada's bio"}))
        .await
        .is(200);
    let report = json!({"reason": "spam", "detail": "a word of ada's report"});
    ada.post(&format!("/api/users/{}/reports", eve.id), report)
        .await
        .is(202);
    ada.put_empty(&format!("/api/users/me/blocks/{}", eve.id)).await.is(204);
    ada.post("/api/friendships/requests", json!({"userId": dan.id}))
        .await
        .is(201);

    let room = ada.direct(bob).await;
    let said = bob.say(&room, "a word of bob").await;
    ada.say(&room, "a word of ada's in a room").await;
    ada.put_empty(&format!(
        "/api/chat/rooms/{room}/messages/{}/reactions/\u{1f44d}",
        said.text("id")
    ))
    .await;
    ada.read(&room, 1).await;
    let left = bob.group(&[ada]).await;
    ada.say(&left, "a word of ada's in a room that she left").await;
    ada.read(&left, 1).await;
    ada.delete(&format!("/api/chat/rooms/{left}/members/{}", ada.id))
        .await
        .is(204);
    bob.say(&left, "a word of bob behind her back").await;

    let picture = ada.picture().await.text("id");
    let mine = ada
        .post_to("friends", "a word of ada's post", &[picture])
        .await
        .text("id");
    ada.post_to("private", "a word of ada's diary", &[]).await;
    let his = bob.post_to("public", "a word of bob", &[]).await.text("id");
    bob.post(&format!("/api/posts/{mine}/comments"), json!({"text": "a word of bob"}))
        .await
        .is(201);
    ada.post(
        &format!("/api/posts/{his}/comments"),
        json!({"text": "a word of ada's comment"}),
    )
    .await
    .is(201);
    ada.put_empty(&format!("/api/posts/{his}/reactions/love")).await.is(200);
    let review = json!({"rating": 5, "text": "a word of ada's review"});
    ada.post(&format!("/api/model-cards/{card}/reviews"), review)
        .await
        .is(201);
    ada.post("/api/ai/keys", json!({"name": "a key of ada"})).await.is(201);
    let phone = json!({"kind": "expo", "token": format!("ExponentPushToken[{}]", unique("phone"))});
    ada.post("/api/notifications/devices", phone).await.is(201);
    ada.put("/api/notifications/preferences", json!({"timeZone": "Europe/London"}))
        .await
        .is(200);
    eventually("ada is told", async || {
        (!ada.get("/api/notifications").await.is(200).list("items").is_empty()).then_some(())
    })
    .await;
}

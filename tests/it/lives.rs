//! Owns a life on the product that leaves something of a person in every service, for the tests that look for it all: in the archive
//! of their own data, and after their account is erased.

use blackbox::{Actor, Field as _, Instance, eventually, mail, unique, unknown_id};
use serde_json::json;

/// Starts a product where things are sold and bought, and its moderator.
pub async fn market() -> Option<(Instance, Actor)> {
    let email = format!("{}@example.com", unique("moderator"));
    let variables = [
        ("AUTH__ADMINS", format!("[\"{email}\"]")),
        ("PAYMENTS__TEST__ENABLED", "true".to_owned()),
    ];
    let variables = variables.map(|(name, value)| (format!("AICHAT_{name}"), value));
    let product = Instance::own_with(variables.to_vec())?;
    let moderator = Actor::signup_as(&product, "moderator", (&unique("moderator"), &email)).await;
    let token = mail::next_token(&product, &email, &[]).await;
    let proven = moderator.post("/api/auth/email/verify", json!({"token": token})).await;
    assert!(proven.status < 300, "{}", proven.text);
    let moderator = moderator.another_device().await;
    Some((product, moderator))
}

/// Puts a card on sale; gives its id.
pub async fn sell(seller: &Actor, moderator: &Actor, name: &str) -> String {
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

/// Buys a card.
pub async fn buy(buyer: &Actor, card: &str) {
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
pub async fn live(ada: &Actor, [bob, eve, dan]: [&Actor; 3], card: &str) {
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
    ada.patch(
        &format!("/api/posts/{mine}"),
        json!({"text": "a better word of ada's post"}),
    )
    .await
    .is(200);
    let second = ada.picture().await.text("id");
    ada.post_to("private", "a word of ada's diary", &[second]).await;
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
    let share = json!({"text": "a word of ada's share"});
    ada.post(&format!("/api/posts/{his}/shares"), share).await.is(201);
    let report = json!({"reason": "other", "detail": "a word of ada's report of a post"});
    ada.post(&format!("/api/posts/{his}/reports"), report).await.is(202);
    let stays = ada.group(&[bob]).await;
    ada.say(&stays, "a word of ada's in a room of hers").await;
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

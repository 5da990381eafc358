//! `Idempotency-Key`.

use std::sync::atomic::Ordering;
use std::time::Duration;

use kernel::UserId;
use serde_json::json;

use crate::shop::Shop;

#[tokio::test]
async fn an_order_without_a_key_is_refused() {
    let shop = Shop::new().await;
    let card = shop.card(500, None);
    let ada = shop.app.by(shop.ada);
    let refused = ada.post("/api/orders", json!({ "cardId": card })).await;
    assert_eq!(refused.expect_code(400), "orders.idempotency_key_missing");
    let long = "k".repeat(256);
    assert_eq!(
        shop.post(shop.ada, "/api/orders", &long, json!({ "cardId": card }))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn the_same_key_gets_the_same_answer_byte_for_byte() {
    let shop = Shop::new().await;
    let card = shop.card(500, Some(1));
    let wish = json!({ "cardId": card });
    let first = shop.post(shop.ada, "/api/orders", "k", wish.clone()).await;
    let id = first.json()["id"].as_str().unwrap().parse().unwrap();
    shop.cancel(id).await.expect(200);
    let again = shop.post(shop.ada, "/api/orders", "k", wish.clone()).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(again.headers["content-type"], first.headers["content-type"]);
    let mine = shop.app.by(shop.ada).get("/api/orders").await.expect(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_refusal_after_the_order_was_written_is_kept_too() {
    let shop = Shop::new().await;
    let card = shop.card(500, Some(1));
    shop.order(card).await;
    let bob: UserId = shop.ambient.id();
    let first = shop.post(bob, "/api/orders", "k", json!({ "cardId": card })).await;
    let again = shop.post(bob, "/api/orders", "k", json!({ "cardId": card })).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (409, 409));
    assert_eq!(first.text, again.text);
    assert_eq!(first.headers["content-type"], "application/problem+json");
}

#[tokio::test]
async fn a_key_is_for_one_request_of_one_person() {
    let shop = Shop::new().await;
    let card = shop.card(500, None);
    shop.post(shop.ada, "/api/orders", "k", json!({ "cardId": card }))
        .await
        .expect(201);
    let other = shop
        .post(shop.ada, "/api/orders", "k", json!({ "cardId": card, "quantity": 2 }))
        .await;
    assert_eq!(other.expect_code(422), "orders.idempotency_key_reused");
    let bob: UserId = shop.ambient.id();
    shop.post(bob, "/api/orders", "k", json!({ "cardId": card }))
        .await
        .expect(201);
}

#[tokio::test]
async fn the_same_key_at_once_makes_one_order() {
    let shop = Shop::new().await;
    let card = shop.card(500, None);
    let tries = (0..20).map(|_| shop.post(shop.ada, "/api/orders", "k", json!({ "cardId": card })));
    let answers = futures::future::join_all(tries).await;
    let ids: std::collections::BTreeSet<_> = answers
        .iter()
        .filter(|r| r.status == 201)
        .map(|r| r.text.clone())
        .collect();
    assert_eq!(ids.len(), 1);
    let in_use = answers.iter().filter(|r| r.status != 201);
    in_use.for_each(|r| assert_eq!(r.json()["code"], "orders.idempotency_key_in_use"));
    let mine = shop.app.by(shop.ada).get("/api/orders").await.expect(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_failure_before_any_effect_may_be_tried_again() {
    let shop = Shop::new().await;
    let card = shop.card(500, None);
    shop.cards.away.store(true, Ordering::SeqCst);
    let away = shop.post(shop.ada, "/api/orders", "k", json!({ "cardId": card })).await;
    assert_eq!(away.expect_code(503), "orders.cards_unavailable");
    shop.cards.away.store(false, Ordering::SeqCst);
    shop.post(shop.ada, "/api/orders", "k", json!({ "cardId": card }))
        .await
        .expect(201);
    shop.post(
        shop.ada,
        "/api/orders",
        "n",
        json!({ "cardId": card, "coupon": "NONE" }),
    )
    .await
    .expect(422);
    shop.post(shop.ada, "/api/orders", "n", json!({ "cardId": card }))
        .await
        .expect(201);
}

#[tokio::test]
async fn a_key_is_remembered_for_a_day() {
    let shop = Shop::new().await;
    let card = shop.card(500, None);
    let first = shop
        .post(shop.ada, "/api/orders", "k", json!({ "cardId": card }))
        .await
        .expect(201);
    shop.world.advance(Duration::from_secs(24 * 3600 - 1));
    shop.sweep().await;
    let same = shop
        .post(shop.ada, "/api/orders", "k", json!({ "cardId": card }))
        .await
        .expect(201);
    assert_eq!(same["id"], first["id"]);
    shop.world.advance(Duration::from_secs(2));
    shop.sweep().await;
    let new = shop
        .post(shop.ada, "/api/orders", "k", json!({ "cardId": card }))
        .await
        .expect(201);
    assert_ne!(new["id"], first["id"]);
}

#[tokio::test]
async fn a_request_whose_process_died_is_gone_on_with_under_the_same_key() {
    let config = orders::Config {
        cards_timeout_ms: 60_000,
        ..orders::Config::default()
    };
    let shop = Shop::with(config).await;
    let wish = json!({ "cardId": shop.card(500, None) });
    shop.cards.hangs.store(true, Ordering::SeqCst);
    let (ada, body) = (shop.app.by(shop.ada).header("idempotency-key", "k"), wish.clone());
    let dead = tokio::spawn(async move { ada.post("/api/orders", body).await });
    while shop
        .store
        .count("orders", store::Query::on("buyer").eq(shop.ada), 1)
        .await
        .unwrap()
        == 0
    {
        tokio::task::yield_now().await;
    }
    shop.cards.hangs.store(false, Ordering::SeqCst);
    let early = shop.post(shop.ada, "/api/orders", "k", wish.clone()).await;
    assert_eq!(early.expect_code(409), "orders.idempotency_key_in_use");
    shop.world.advance(Duration::from_secs(30));
    let order = shop.post(shop.ada, "/api/orders", "k", wish).await.expect(201);
    assert_eq!(order["status"], "awaiting_payment");
    let mine = shop.app.by(shop.ada).get("/api/orders").await.expect(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);
    dead.abort();
}

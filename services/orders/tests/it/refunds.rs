//! Refunds after completion, and disputes.

use std::time::Duration;

use contracts::ai_model_cards::ReservationChange;
use contracts::orders::OrderChange;
use contracts::payments::PaymentChange;
use kernel::UserId;
use serde_json::{Value, json};

use crate::shop::{Shop, euros};

const FORTNIGHT: Duration = Duration::from_secs(14 * 86_400);

async fn standing(shop: &Shop) -> Value {
    let owned = shop.app.by(shop.ada).get("/api/entitlements").await.expect(200);
    owned["items"][0]["status"].clone()
}

#[tokio::test]
async fn a_refund_pays_all_back_ends_the_entitlement_and_leaves_the_order() {
    let shop = Shop::new().await;
    let order = shop.bought().await;
    let refund = shop.ask_refund(shop.ada, order).await.expect(202);
    assert_eq!(
        (&refund["status"], &refund["amount"]),
        (&json!("requested"), &json!(euros(500)))
    );
    assert_eq!(standing(&shop).await, "active");
    shop.refund_paid(order, &refund["id"]).await;
    shop.refund_paid(order, &refund["id"]).await;
    assert_eq!(standing(&shop).await, "revoked");
    let read = shop.read(order).await;
    assert_eq!(
        (&read["status"], &read["refund"]["status"]),
        (&json!("completed"), &json!("completed"))
    );
    let kinds = shop.kinds(order).await;
    assert_eq!(kinds[4..], ["completed", "refund_requested", "refund_completed"]);
}

#[tokio::test]
async fn a_refund_is_asked_for_once_at_the_whole_amount() {
    let shop = Shop::new().await;
    let order = shop.bought().await;
    let path = format!("/api/orders/{order}/refund");
    shop.post(shop.ada, &path, "k", json!({ "amount": euros(100) }))
        .await
        .expect(422);
    shop.app.by(shop.ada).post(&path, json!({})).await.expect(400);
    let first = shop.post(shop.ada, &path, "k", json!({ "reason": "too loud" })).await;
    let again = shop.post(shop.ada, &path, "k", json!({ "reason": "too loud" })).await;
    assert_eq!((first.status.as_u16(), first.text.clone()), (202, again.text));
    let second = shop.ask_refund(shop.seller, order).await;
    assert_eq!(second.expect_code(409), "orders.refunded_already");
    let asked = shop.told(order).await;
    let requests = asked
        .iter()
        .filter(|e| matches!(e.change, OrderChange::RefundRequested { .. }));
    assert_eq!(requests.count(), 1);
}

#[tokio::test]
async fn refunds_asked_for_at_once_are_one_refund() {
    let shop = Shop::new().await;
    let order = shop.bought().await;
    let tries = (0..10).map(|_| shop.ask_refund(shop.ada, order));
    let answers = futures::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|r| r.status == 202).count(), 1);
    let kinds = shop.kinds(order).await;
    assert_eq!(kinds.iter().filter(|k| *k == "refund_requested").count(), 1);
}

#[tokio::test]
async fn a_buyer_has_a_fortnight_and_sellers_and_moderators_have_no_end() {
    let shop = Shop::new().await;
    let (late, by_seller, by_admin) = (shop.bought().await, shop.bought().await, shop.bought().await);
    shop.world.advance(FORTNIGHT + Duration::from_secs(1));
    let refused = shop.ask_refund(shop.ada, late).await;
    assert_eq!(refused.expect_code(403), "orders.refund_window_over");
    shop.ask_refund(shop.seller, by_seller).await.expect(202);
    let admin = shop.app.by_admin(shop.ambient.id()).header("idempotency-key", "k");
    admin
        .post(&format!("/api/orders/{by_admin}/refund"), json!({}))
        .await
        .expect(202);
}

#[tokio::test]
async fn only_what_is_bought_and_paid_for_is_refunded() {
    let shop = Shop::new().await;
    let open = shop.order(shop.card(500, None)).await;
    assert_eq!(
        shop.ask_refund(shop.ada, open).await.expect_code(409),
        "orders.not_refundable"
    );
    let free = shop.order(shop.card(0, None)).await;
    shop.reservation(free, ReservationChange::Committed).await;
    assert_eq!(
        shop.ask_refund(shop.ada, free).await.expect_code(409),
        "orders.nothing_paid"
    );
}

#[tokio::test]
async fn a_refund_that_fails_may_be_asked_for_again() {
    let shop = Shop::new().await;
    let order = shop.bought().await;
    let refund = shop.ask_refund(shop.ada, order).await.expect(202);
    let change = PaymentChange::RefundFailed {
        refund_id: refund["id"].as_str().map(|id| id.parse().unwrap()),
        reason: "card closed".into(),
    };
    shop.payment(order, 1, change).await;
    assert_eq!(standing(&shop).await, "active");
    let next = shop.ask_refund(shop.ada, order).await.expect(202);
    shop.refund_paid(order, &next["id"]).await;
    assert_eq!(standing(&shop).await, "revoked");
}

#[tokio::test]
async fn a_dispute_suspends_and_its_end_decides() {
    let shop = Shop::new().await;
    let order = shop.bought().await;
    shop.payment(order, 1, PaymentChange::Disputed { won: None }).await;
    assert_eq!(standing(&shop).await, "suspended");
    assert_eq!(
        shop.ask_refund(shop.ada, order).await.expect_code(409),
        "orders.disputed"
    );
    shop.payment(order, 1, PaymentChange::Disputed { won: Some(true) })
        .await;
    shop.payment(order, 1, PaymentChange::Disputed { won: None }).await;
    assert_eq!(standing(&shop).await, "active");
    shop.world.advance(Duration::from_secs(1));
    let other = shop.bought().await;
    shop.payment(other, 1, PaymentChange::Disputed { won: Some(false) })
        .await;
    assert_eq!(standing(&shop).await, "revoked");
    let told = shop.entitlements_told().await;
    let versions: Vec<u64> = told.iter().filter(|e| e.order_id == order).map(|e| e.version).collect();
    assert_eq!(versions, [1, 2, 3]);
}

#[tokio::test]
async fn a_dispute_that_is_lost_after_another_was_won_revokes() {
    let shop = Shop::new().await;
    let order = shop.bought().await;
    for (won, wanted) in [
        (None, "suspended"),
        (Some(true), "active"),
        (Some(false), "revoked"),
        (Some(true), "revoked"),
    ] {
        shop.payment(order, 1, PaymentChange::Disputed { won }).await;
        assert_eq!(standing(&shop).await, wanted);
    }
}

#[tokio::test]
async fn a_dispute_that_comes_before_the_entitlement_suspends_it_from_the_start() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    shop.begin(order).await;
    shop.payment(order, 1, PaymentChange::Succeeded).await;
    shop.payment(order, 1, PaymentChange::Disputed { won: None }).await;
    shop.reservation(order, ReservationChange::Committed).await;
    assert_eq!(standing(&shop).await, "suspended");
    let stranger: UserId = shop.ambient.id();
    let none = shop.app.by(stranger).get("/api/entitlements").await.expect(200);
    assert!(none["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn the_reason_of_a_refund_is_read_by_both_sides_and_by_moderators() {
    let shop = Shop::new().await;
    let order = shop.bought().await;
    let path = format!("/api/orders/{order}");
    let why = json!({ "reason": "too loud" });
    shop.post(shop.ada, &format!("{path}/refund"), "k", why)
        .await
        .expect(202);
    let boss: UserId = shop.ambient.id();
    for by in [shop.app.by(shop.ada), shop.app.by(shop.seller), shop.app.by_admin(boss)] {
        assert_eq!(by.get(&path).await.expect(200)["refund"]["reason"], "too loud");
    }
    let sales = shop
        .app
        .by(shop.seller)
        .get("/api/orders?role=seller")
        .await
        .expect(200);
    assert_eq!(sales["items"][0]["refund"]["reason"], "too loud");
    shop.app.by(boss).get(&path).await.expect(404);
    shop.erase(shop.ada).await;
    let read = shop.app.by(shop.seller).get(&path).await.expect(200);
    assert_eq!(read["refund"]["reason"], Value::Null);
}

//! One effect and one answer for an `Idempotency-Key`.

use std::time::Duration;

use contracts::orders::OrderChange;
use kernel::OrderId;
use serde_json::json;
use store::Query;

use crate::{Shop, eur};

#[tokio::test]
async fn a_request_that_moves_money_needs_a_key() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    for (path, body) in [
        ("/api/payments", json!({ "orderId": order, "method": "test_never" })),
        (
            "/api/wallet/topups",
            json!({ "amount": eur(500), "method": "test_never" }),
        ),
        ("/api/payouts", json!({ "amount": eur(500) })),
    ] {
        let without = shop.buyer().post(path, body.clone()).await;
        assert_eq!(without.expect_code(400), "payments.idempotency_key_missing");
        shop.buyer()
            .header("idempotency-key", "two words")
            .post(path, body.clone())
            .await
            .expect(400);
        shop.buyer()
            .header("idempotency-key", &"k".repeat(256))
            .post(path, body)
            .await
            .expect(400);
    }
}

#[tokio::test]
async fn the_same_request_has_the_same_answer_for_ever() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    let first = shop.pay_with(order, ("test_success", "k")).await;
    let id = first.json()["id"].as_str().unwrap().to_owned();
    shop.until(&id, "succeeded").await;
    let again = shop.pay_with(order, ("test_success", "k")).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(again.headers["content-type"], "application/json");
    assert_eq!(shop.books().await[0], 1);
}

#[tokio::test]
async fn the_same_key_for_another_body_is_refused() {
    let shop = Shop::new().await;
    let (one, other) = (shop.order(500), shop.order(500));
    shop.pay_with(one, ("test_never", "k")).await.expect(201);
    assert_eq!(
        shop.pay_with(other, ("test_never", "k")).await.expect_code(422),
        "payments.idempotency_key_reused"
    );
    assert_eq!(
        shop.pay_with(one, ("test_slow", "k")).await.expect_code(422),
        "payments.idempotency_key_reused"
    );
    // A key is one person's and one route's.
    let top_up = json!({ "amount": eur(500), "method": "test_never" });
    shop.buyer()
        .header("idempotency-key", "k")
        .post("/api/wallet/topups", top_up)
        .await
        .expect(201);
}

#[tokio::test]
async fn the_same_request_at_once_waits_its_turn() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    let held = shop.orders.gate.write().await;
    let second = async {
        // The first waits at the gate: it was polled before.
        let reply = shop.pay_with(order, ("test_never", "k")).await;
        drop(held);
        reply
    };
    let (first, second) = tokio::join!(shop.pay_with(order, ("test_never", "k")), second);
    first.expect(201);
    assert_eq!(second.expect_code(409), "payments.in_progress");
}

#[tokio::test]
async fn of_two_tabs_at_once_the_one_that_the_order_takes_pays_by_its_own_method() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    let held = shop.orders.gate.write().await;
    let told = async {
        shop.run_until(&[], async || {
            let both = Query::on("wish").eq(order.to_string());
            shop.store.count("money_requests", both, 3).await.unwrap() == 2
        })
        .await;
        let told = shop.happens(order, OrderChange::Paying { attempt: 1 });
        tokio::pin!(told);
        let early = tokio::time::timeout(Duration::from_millis(100), &mut told).await;
        assert!(early.is_err(), "an event cannot know which of two tabs it is about");
        drop(held);
        told.await;
    };
    let methods = ["test_never", "test_success"];
    let tabs = methods.map(|method| shop.pay_with(order, (method, method)));
    let (replies, ()) = tokio::join!(futures::future::join_all(tabs), told);
    let mut paid = 0;
    for (reply, method) in replies.into_iter().zip(methods) {
        if reply.status == 201 {
            assert_eq!(reply.expect(201)["method"], method);
            paid += 1;
        } else {
            assert_eq!(reply.expect_code(409), "orders.payment_under_way");
        }
    }
    assert_eq!(paid, 1);
}

#[tokio::test]
async fn what_failed_before_any_effect_may_be_tried_again_with_its_key() {
    let shop = Shop::new().await;
    let order: OrderId = shop.world.ambient().id();
    shop.pay_with(order, ("test_never", "k")).await.expect(404);
    shop.orders.place_as(order, (shop.buyer, shop.seller), eur(500));
    shop.pay_with(order, ("test_never", "k")).await.expect(201);
}

#[tokio::test]
async fn ten_at_once_with_one_key_are_one_charge() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    let all = futures::future::join_all((0..10).map(|_| shop.pay_with(order, ("test_success", "k")))).await;
    assert!(all.iter().all(|r| r.status == 201 || r.status == 409));
    let made: Vec<_> = all.into_iter().filter(|r| r.status == 201).map(|r| r.text).collect();
    assert!(!made.is_empty() && made.iter().all(|text| *text == made[0]));
    let id = serde_json::from_str::<serde_json::Value>(&made[0]).unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    shop.until(&id, "succeeded").await;
    assert_eq!(shop.books().await, [1, 500, 0, 0]);
}

#[tokio::test]
async fn answers_are_forgotten_after_thirty_days() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    let id = shop.pay(order, "test_success").await;
    shop.until(&id, "succeeded").await;
    shop.world.advance(Duration::from_secs(31 * 86_400));
    let gone = async || shop.store.scan("money_requests", None, 10).await.unwrap().is_empty();
    shop.run_until(&["reconcile"], gone).await;
}

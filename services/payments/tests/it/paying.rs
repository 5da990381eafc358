//! Payments of orders, with the built-in provider.

use std::sync::atomic::Ordering;
use std::time::Duration;

use contracts::orders::{OrderChange, Orders as _};
use contracts::payments::PaymentChange::{self, Canceled, Failed, IntentCreated, Succeeded};
use serde_json::{Value, json};
use store::{Op, RawDocument};

use crate::{Shop, config, eur};

fn declined() -> PaymentChange {
    Failed {
        reason: "declined".into(),
    }
}

#[tokio::test]
async fn a_payment_is_taken_told_and_booked() {
    let shop = Shop::new().await;
    let order = shop.order(1299);
    let begun = shop.pay_with(order, ("test_success", "key")).await.expect(201);
    assert_eq!(
        (&begun["status"], &begun["attempt"], &begun["amount"]),
        (&json!("processing"), &json!(1), &json!(eur(1299)))
    );
    let id = begun["id"].as_str().unwrap();
    shop.until(id, "succeeded").await;
    assert_eq!(shop.facts(order).await, [IntentCreated, Succeeded]);
    assert_eq!(shop.books().await, [1, 1299, 0, 0]);
    assert_eq!(
        (
            shop.account("provider_clearing").await,
            shop.account("order_escrow").await
        ),
        (1299, -1299)
    );
}

#[tokio::test]
async fn a_lost_reply_is_one_charge() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    shop.faults(json!({ "loseReplyPercent": 100 })).await;
    let begun = shop.pay_with(order, ("test_success", "key")).await.expect(201);
    assert_eq!(begun["status"], "pending");
    shop.faults(json!({})).await;
    shop.world.advance(Duration::from_secs(31));
    shop.until(begun["id"].as_str().unwrap(), "succeeded").await;
    assert_eq!(shop.books().await, [1, 500, 0, 0]);
    assert_eq!(shop.facts(order).await, [IntentCreated, Succeeded]);
    assert_eq!(shop.account("order_escrow").await, -500);
}

#[tokio::test]
async fn a_request_that_never_arrived_is_made_again() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    shop.faults(json!({ "loseRequestPercent": 100 })).await;
    let id = shop.pay(order, "test_success").await;
    assert_eq!((shop.status(&id).await, shop.books().await), ("pending".into(), [0; 4]));
    shop.faults(json!({})).await;
    shop.world.advance(Duration::from_secs(31));
    shop.until(&id, "succeeded").await;
    assert_eq!(shop.books().await, [1, 500, 0, 0]);
}

#[tokio::test]
async fn a_declined_attempt_is_over_and_another_may_succeed() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    let first = shop.pay(order, "test_decline").await;
    shop.until(&first, "failed").await;
    assert_eq!(shop.payment(&first).await["reason"], "declined");
    shop.orders.awaits(order);
    let second = shop.pay(order, "test_success").await;
    shop.until(&second, "succeeded").await;
    assert_eq!(
        shop.facts(order).await,
        [IntentCreated, declined(), IntentCreated, Succeeded]
    );
    assert_eq!(shop.books().await, [1, 500, 0, 0]);
}

#[tokio::test]
async fn what_a_crash_left_between_order_and_payment_is_finished_when_the_order_says_so() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    shop.orders.loses_reply.store(true, Ordering::SeqCst);
    shop.pay_with(order, ("test_decline", "key")).await.expect(503);
    let early = shop.pay_with(order, ("test_decline", "key")).await;
    assert_eq!(early.expect_code(409), "payments.in_progress");
    shop.happens(order, OrderChange::Paying { attempt: 1 }).await;
    // By the method that was asked for, and for the same key.
    let again = shop.pay_with(order, ("test_decline", "key")).await.expect(201);
    shop.until(again["id"].as_str().unwrap(), "failed").await;
    assert_eq!(shop.facts(order).await, [IntentCreated, declined()]);
}

#[tokio::test]
async fn an_attempt_that_nobody_asked_payments_for_is_paid_by_the_usual_method() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    shop.orders.begin_payment(shop.buyer, order).await.unwrap();
    shop.happens(order, OrderChange::Paying { attempt: 1 }).await;
    let begun = shop.facts(order).await;
    assert_eq!(begun, [IntentCreated]);
    shop.run_until(&["test provider"], async || {
        shop.facts(order).await.contains(&Succeeded)
    })
    .await;
    assert_eq!(shop.books().await, [1, 500, 0, 0]);
}

#[tokio::test]
async fn how_a_stranger_wishes_to_pay_an_order_is_nothing() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    shop.orders.begin_payment(shop.buyer, order).await.unwrap();
    let held = shop.orders.gate.write().await;
    let asker = shop.seller().header("idempotency-key", "k");
    let stranger = asker.post("/api/payments", json!({ "orderId": order, "method": "test_decline" }));
    let paying = async {
        while shop.store.scan("money_requests", None, 1).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        shop.happens(order, OrderChange::Paying { attempt: 1 }).await;
        drop(held);
    };
    let (stranger, ()) = tokio::join!(stranger, paying);
    stranger.expect(404);
    shop.run_until(&["test provider"], async || shop.facts(order).await.len() > 1)
        .await;
    assert_eq!(shop.facts(order).await, [IntentCreated, Succeeded]);
}

#[tokio::test]
async fn the_order_says_who_may_pay_and_a_payment_is_its_payers_alone() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    let pay = json!({ "orderId": order, "method": "test_never" });
    let stranger = shop.seller().header("idempotency-key", "k");
    assert_eq!(
        stranger.post("/api/payments", pay.clone()).await.expect_code(404),
        "orders.not_found"
    );
    let id = shop.pay(order, "test_never").await;
    shop.seller().get(&format!("/api/payments/{id}")).await.expect(404);
    shop.app
        .anonymous()
        .get(&format!("/api/payments/{id}"))
        .await
        .expect(401);
    shop.app.anonymous().post("/api/payments", pay).await.expect(401);
    let second = shop.pay_with(order, ("test_never", "another_tab")).await;
    assert_eq!(second.expect_code(409), "orders.payment_under_way");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_before_any_effect() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    for body in [
        json!({ "orderId": order, "method": "gold" }),
        json!({ "orderId": order, "method": "card" }),
        json!({ "orderId": order, "method": "test_never", "amount": 1 }),
        json!({ "orderId": "x", "method": "test_never" }),
        json!({ "orderId": order, "method": "" }),
    ] {
        shop.buyer()
            .header("idempotency-key", "k")
            .post("/api/payments", body)
            .await
            .expect(422);
    }
    shop.pay_with(order, ("test_never", "k")).await.expect(201);
}

#[tokio::test]
async fn a_slow_payment_settles_and_one_that_never_does_waits_to_be_cancelled() {
    let shop = Shop::new().await;
    let (slow, never) = (shop.order(500), shop.order(700));
    let (slow_id, never_id) = (shop.pay(slow, "test_slow").await, shop.pay(never, "test_never").await);
    shop.world.advance(Duration::from_secs(6));
    shop.until(&slow_id, "succeeded").await;
    assert_eq!(shop.status(&never_id).await, "processing");
    shop.happens(never, OrderChange::Expiring { attempt: 1 }).await;
    assert_eq!(shop.facts(never).await.last(), Some(&Canceled));
    assert_eq!(
        (shop.status(&never_id).await, shop.books().await),
        ("canceled".into(), [1, 500, 0, 0])
    );
}

#[tokio::test]
async fn an_order_that_expires_while_the_provider_is_away_is_not_held_up_and_its_intent_is_cancelled_later() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    let id = shop.pay(order, "test_never").await;
    shop.faults(json!({ "loseRequestPercent": 100 })).await;
    shop.happens(order, OrderChange::Expiring { attempt: 1 }).await;
    assert_eq!(shop.facts(order).await, [IntentCreated]);
    shop.faults(json!({})).await;
    shop.world.advance(Duration::from_secs(31));
    shop.until(&id, "canceled").await;
    assert_eq!(shop.facts(order).await, [IntentCreated, Canceled]);
}

#[tokio::test]
async fn an_intent_that_the_provider_never_heard_of_is_cancelled_before_it_can_come() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    shop.faults(json!({ "loseRequestPercent": 100 })).await;
    let id = shop.pay(order, "test_success").await;
    shop.faults(json!({})).await;
    shop.happens(order, OrderChange::Expiring { attempt: 1 }).await;
    assert_eq!(shop.status(&id).await, "canceled");
    assert_eq!(shop.facts(order).await.last(), Some(&Canceled));
    assert_eq!(shop.books().await[0], 0);
}

#[tokio::test]
async fn an_order_that_expires_after_its_money_came_hears_that_it_came() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    shop.faults(json!({ "loseWebhookPercent": 100 })).await;
    let id = shop.pay(order, "test_success").await;
    assert_eq!(shop.status(&id).await, "processing");
    shop.happens(order, OrderChange::Expiring { attempt: 1 }).await;
    assert!(shop.facts(order).await.contains(&Succeeded) && !shop.facts(order).await.contains(&Canceled));
    assert_eq!(
        (shop.status(&id).await, shop.account("order_escrow").await),
        ("succeeded".into(), -500)
    );
}

#[tokio::test]
async fn a_failed_attempt_whose_order_expires_is_told_as_cancelled() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    let id = shop.pay(order, "test_decline").await;
    shop.until(&id, "failed").await;
    shop.happens(order, OrderChange::Expiring { attempt: 1 }).await;
    assert!(shop.facts(order).await.contains(&Canceled));
}

#[tokio::test]
async fn what_no_webhook_told_is_asked_for() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    shop.faults(json!({ "loseWebhookPercent": 100 })).await;
    let id = shop.pay(order, "test_success").await;
    shop.world.advance(Duration::from_secs(61));
    shop.until(&id, "succeeded").await;
    assert_eq!(shop.facts(order).await, [IntentCreated, Succeeded]);
}

#[tokio::test]
async fn whatever_the_provider_does_each_order_is_charged_once_and_the_books_agree() {
    let shop = Shop::new().await;
    let plan = json!({ "seed": 7, "loseReplyPercent": 30, "loseRequestPercent": 20, "loseWebhookPercent": 20, "duplicatePercent": 60,
        "reorderPercent": 40, "latePercent": 10, "lateMs": 2000 });
    shop.faults(plan).await;
    let mut paid = Vec::new();
    for n in 0..40 {
        let order = shop.order(100 + n);
        paid.push((
            order,
            shop.pay(order, ["test_success", "test_slow"][usize::from(n % 2 == 0)])
                .await,
        ));
    }
    let all = async || {
        shop.world.advance(Duration::from_secs(5));
        for (_, id) in &paid {
            if shop.status(id).await != "succeeded" {
                return false;
            }
        }
        true
    };
    shop.run_until(&["reconcile", "test provider"], all).await;
    for (order, _) in &paid {
        assert_eq!(shop.facts(*order).await, [IntentCreated, Succeeded]);
    }
    let sum: i64 = (0..40).map(|n| 100 + n).sum();
    assert_eq!(shop.books().await, [40, sum, 0, 0]);
    assert_eq!(shop.account("order_escrow").await, -sum);
}

#[tokio::test]
async fn the_built_in_provider_is_no_provider_where_it_is_switched_off() {
    let mut off = config();
    off.test.enabled = None;
    let shop = Shop::with(off).await;
    let refused = shop.pay_with(shop.order(500), ("test_success", "k")).await;
    assert_eq!(refused.expect_code(503), "payments.no_provider");
    let body = json!({ "amount": eur(500), "method": "test_success" });
    let refused = shop
        .buyer()
        .header("idempotency-key", "k")
        .post("/api/wallet/topups", body)
        .await;
    assert_eq!(refused.expect_code(503), "payments.no_provider");
    // What is free needs none.
    let free = OrderChange::Completed {
        attempt: 0,
        entitlement_id: shop.world.ambient().id(),
    };
    shop.happens(shop.order(0), free).await;
    shop.admin().get("/api/payments/test/books").await.expect(404);
    shop.app
        .anonymous()
        .post("/api/payments/webhooks/test", json!({}))
        .await
        .expect(404);
}

#[tokio::test]
async fn the_doors_for_administrators_are_not_there_for_others() {
    let shop = Shop::new().await;
    for path in [
        "/api/payments/test/books",
        "/api/payments/test/faults",
        "/api/payments/ledger/check",
    ] {
        shop.buyer().get(path).await.expect(404);
        shop.app.anonymous().get(path).await.expect(401);
    }
    shop.buyer()
        .put("/api/payments/test/faults", json!({}))
        .await
        .expect(404);
    shop.admin()
        .put("/api/payments/test/faults", json!({ "latePercent": 101 }))
        .await
        .expect(422);
    shop.admin()
        .put("/api/payments/test/faults", json!({ "latePercent": 50 }))
        .await
        .expect(200);
    assert_eq!(
        shop.admin().get("/api/payments/test/faults").await.expect(200)["latePercent"],
        50
    );
}

#[tokio::test]
async fn the_check_of_the_books_sees_a_wrong_balance_and_a_provider_that_says_otherwise() {
    let shop = Shop::new().await;
    shop.bought(1000).await;
    shop.account("seller_payable").await;
    for wrong in [899, 901] {
        spoil(&shop, "seller_accounts", |account| account["payable"] = json!(wrong)).await;
        let check = shop.admin().get("/api/payments/ledger/check").await.expect(200);
        assert_eq!(
            (&check["ok"], &check["wrongBalances"]),
            (&json!(false), &json!([format!("seller:{}:EUR", shop.seller)]))
        );
    }
    spoil(&shop, "seller_accounts", |account| account["payable"] = json!(900)).await;
    shop.account("seller_payable").await;
    spoil(&shop, "test_provider_intents", |intent| {
        intent["amount"]["amount"] = json!(999)
    })
    .await;
    let check = shop.admin().get("/api/payments/ledger/check").await.expect(200);
    assert_eq!(
        (
            &check["ok"],
            &check["clearing"][0]["ledger"],
            &check["clearing"][0]["books"]
        ),
        (&json!(false), &json!(1000), &json!(999))
    );
}

#[tokio::test]
async fn the_check_of_the_books_sees_what_does_not_sum_to_zero_either_way() {
    for off in [-1, 1] {
        let shop = Shop::new().await;
        shop.bought(1000).await;
        spoil(&shop, "ledger_transactions", |transaction| {
            let amount = &mut transaction["postings"][0]["amount"]["amount"];
            *amount = json!(amount.as_i64().unwrap() + off);
        })
        .await;
        let check = shop.admin().get("/api/payments/ledger/check").await.expect(200);
        let named = check["unbalanced"].as_array().unwrap().len();
        assert_eq!((&check["ok"], named), (&json!(false), 1), "{off}");
        assert_eq!(check["totals"]["EUR"], off);
    }
}

#[tokio::test]
async fn a_request_goes_on_with_what_its_own_payer_began_and_with_nothing_else() {
    let shop = Shop::new().await;
    let order = shop.order(500);
    shop.pay_with(order, ("test_slow", "k")).await.expect(201);
    let now = json!(shop.world.ambient().now());
    spoil(&shop, "money_requests", |request| {
        request["given"] = Value::Null;
        request["until"] = now.clone();
    })
    .await;
    spoil(&shop, "payments", |payment| payment["payerId"] = json!(shop.seller)).await;
    shop.world.advance(Duration::from_secs(1));
    shop.pay_with(order, ("test_slow", "k")).await.expect(409);
}

/// Changes the first document of a collection behind everybody's back.
async fn spoil(shop: &Shop, collection: &'static str, change: impl Fn(&mut Value)) {
    let stored = shop.store.scan(collection, None, 1).await.unwrap().remove(0);
    let mut document: Value = serde_json::from_slice(&stored.body).unwrap();
    change(&mut document);
    let spec = payments::COLLECTIONS
        .iter()
        .find(|spec| spec.collection == collection)
        .unwrap();
    let raw = RawDocument::from_json(spec, stored.id, document.to_string().into()).unwrap();
    shop.store.write(Op::Replace(raw, stored.version).into()).await.unwrap();
}

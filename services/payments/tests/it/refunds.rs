//! Money that goes back.

use std::time::Duration;

use contracts::orders::OrderChange::{RefundDue, RefundRequested, Refunding};
use contracts::payments::PaymentChange::{self, RefundFailed, RefundSucceeded};
use kernel::RefundId;
use serde_json::json;

use crate::{Shop, config, eur};

/// A shop with 19 % tax and 10 % fee: 1190 are 190, 100 and 900.
async fn shop() -> Shop {
    let mut taxed = config();
    taxed.tax_bps = 1900;
    Shop::with(taxed).await
}

fn requested(refund_id: RefundId, amount: i64) -> contracts::orders::OrderChange {
    RefundRequested {
        refund_id,
        attempt: 1,
        amount: eur(amount),
    }
}

async fn sums(shop: &Shop) -> [i64; 5] {
    let mut sums = [0; 5];
    for (at, name) in [
        "provider_clearing",
        "order_escrow",
        "seller_payable",
        "platform_fee",
        "tax_payable",
    ]
    .into_iter()
    .enumerate()
    {
        sums[at] = shop.account(name).await;
    }
    sums
}

#[tokio::test]
async fn an_order_that_cannot_be_kept_is_paid_back_in_full_once() {
    let shop = shop().await;
    for change in [Refunding { attempt: 1 }, RefundDue { attempt: 1 }] {
        let order = shop.order(1190);
        let id = shop.pay(order, "test_success").await;
        shop.until(&id, "succeeded").await;
        shop.happens(order, change).await;
        assert!(shop.facts(order).await.contains(&RefundSucceeded { refund_id: None }));
        assert_eq!(shop.payment(&id).await["refunded"], json!(eur(1190)));
    }
    assert_eq!((sums(&shop).await, shop.books().await), ([0; 5], [2, 2380, 2380, 0]));
}

#[tokio::test]
async fn refunds_after_completion_take_from_each_its_part_and_all_of_them_everything() {
    let shop = shop().await;
    let (order, id) = shop.bought(1190).await;
    assert_eq!(sums(&shop).await, [1190, 0, -900, -100, -190]);
    let [first, second, third] = [(); 3].map(|()| shop.world.ambient().id::<RefundId>());
    shop.happens(order, requested(first, 119)).await;
    assert_eq!(sums(&shop).await, [1071, 0, -810, -90, -171]);
    shop.happens(order, requested(second, 1071)).await;
    assert_eq!(sums(&shop).await, [0; 5]);
    shop.happens(order, requested(third, 1)).await;
    let facts = shop.facts(order).await;
    let done = |id| {
        facts
            .iter()
            .filter(|f| **f == RefundSucceeded { refund_id: Some(id) })
            .count()
    };
    assert!(done(first) >= 1 && done(second) >= 1 && done(third) == 0, "{facts:?}");
    assert!(
        matches!(facts.last(), Some(RefundFailed { refund_id, .. }) if *refund_id == Some(third)),
        "{facts:?}"
    );
    assert_eq!(
        (shop.books().await, &shop.payment(&id).await["refunded"]),
        ([1, 1190, 1190, 0], &json!(eur(1190)))
    );
}

#[tokio::test]
async fn a_refund_whose_reply_is_lost_is_paid_once() {
    let shop = shop().await;
    let (order, _) = shop.bought(1190).await;
    let refund_id = shop.world.ambient().id();
    shop.faults(json!({ "loseReplyPercent": 100, "loseWebhookPercent": 100 }))
        .await;
    shop.happens(order, requested(refund_id, 190)).await;
    assert_eq!(shop.books().await[2], 190);
    shop.faults(json!({})).await;
    shop.world.advance(Duration::from_secs(61));
    let told = RefundSucceeded {
        refund_id: Some(refund_id),
    };
    shop.run_until(&["reconcile"], async || shop.facts(order).await.contains(&told))
        .await;
    assert_eq!(
        (shop.books().await[2], shop.account("provider_clearing").await),
        (190, 1000)
    );
}

#[tokio::test]
async fn a_refund_whose_reply_is_lost_is_known_by_its_webhook() {
    let shop = shop().await;
    let (order, _) = shop.bought(1190).await;
    let refund_id = shop.world.ambient().id();
    shop.faults(json!({ "loseReplyPercent": 100, "duplicatePercent": 100 }))
        .await;
    shop.happens(order, requested(refund_id, 190)).await;
    let told = RefundSucceeded {
        refund_id: Some(refund_id),
    };
    shop.run_until(&["test provider"], async || shop.facts(order).await.contains(&told))
        .await;
    let facts = shop.facts(order).await;
    assert_eq!(facts.iter().filter(|f| **f == told).count(), 1, "{facts:?}");
}

#[tokio::test]
async fn a_refund_of_what_never_came_fails() {
    let shop = shop().await;
    let order = shop.order(500);
    shop.pay(order, "test_never").await;
    shop.happens(order, Refunding { attempt: 1 }).await;
    let failed = |f: &PaymentChange| matches!(f, RefundFailed { refund_id: None, .. });
    assert!(shop.facts(order).await.iter().any(failed));
    assert_eq!(shop.books().await, [0; 4]);
}

#[tokio::test]
async fn a_seller_who_was_paid_out_owes_what_goes_back() {
    let shop = shop().await;
    let (order, _) = shop.bought(1190).await;
    let pay_out = json!({ "amount": eur(900) });
    shop.seller()
        .header("idempotency-key", "k")
        .post("/api/payouts", pay_out.clone())
        .await
        .expect(201);
    shop.happens(order, requested(shop.world.ambient().id(), 1190)).await;
    let balance = shop.seller().get("/api/statements/balance").await.expect(200);
    assert_eq!(
        balance["items"],
        json!([{ "currency": "EUR", "payable": -900, "held": 0, "available": 0 }])
    );
    let more = shop
        .seller()
        .header("idempotency-key", "k2")
        .post("/api/payouts", pay_out)
        .await;
    assert_eq!(more.expect_code(409), "payments.insufficient_balance");
}

//! Payments with Stripe, which is scripted.

use std::time::Duration;

use contracts::orders::OrderChange;
use contracts::orders::OrderChange::{RefundRequested, Refunding};
use contracts::payments::PaymentChange::{self, Canceled, Failed, IntentCreated, RefundSucceeded, Succeeded};
use serde_json::{Value, json};

use crate::fake_stripe::{FakeStripe, Trouble};
use crate::{Shop, eur};

async fn shop() -> (FakeStripe, Shop) {
    let stripe = FakeStripe::start().await;
    let shop = Shop::with(stripe.config()).await;
    (stripe, shop)
}

#[tokio::test]
async fn a_card_is_paid_in_the_browser_with_the_client_secret() {
    let (stripe, shop) = shop().await;
    let order = shop.order(1299);
    let begun = shop.pay_with(order, ("card", "k")).await.expect(201);
    assert_eq!(
        (&begun["status"], &begun["clientSecret"]),
        (&json!("requires_action"), &json!("pi_0_secret"))
    );
    let (_, _, form, key) = stripe.books.lock().asked[0].clone();
    assert_eq!(
        (&*form["amount"], &*form["currency"], key),
        ("1299", "eur", Some(format!("order:{order}:1")))
    );
    assert_eq!(form["metadata[paymentId]"], begun["id"].as_str().unwrap());
    stripe.intent_event(
        "payment_intent.succeeded",
        json!({ "status": "succeeded", "amount_received": 1299 }),
    );
    shop.world.advance(Duration::from_secs(61));
    shop.until(begun["id"].as_str().unwrap(), "succeeded").await;
    let paid = shop.payment(begun["id"].as_str().unwrap()).await;
    assert_eq!(
        (paid["clientSecret"].clone(), shop.facts(order).await),
        (Value::Null, vec![IntentCreated, Succeeded])
    );
    assert_eq!(shop.account("provider_clearing").await, 1299);
}

#[tokio::test]
async fn a_lost_reply_a_500_after_the_effect_and_429_are_one_charge() {
    for trouble in [
        Trouble::Silence,
        Trouble::FailAfter,
        Trouble::TooMany,
        Trouble::FailBefore,
    ] {
        // At the making of the intent, at the look before its confirmation, and at that.
        for at in [0, 1, 2] {
            let (stripe, shop) = shop().await;
            let order = shop.order(500);
            stripe.trouble((0..at).map(|_| Trouble::Nothing).chain([trouble]));
            let id = shop.pay(order, "pm_good").await;
            shop.world.advance(Duration::from_secs(61));
            shop.until(&id, "succeeded").await;
            assert_eq!(stripe.intent()["amount_received"], 500);
            assert_eq!(shop.facts(order).await, [IntentCreated, Succeeded]);
        }
    }
}

#[tokio::test]
async fn a_stripe_that_does_not_answer_keeps_nobody_waiting_for_ever() {
    let (stripe, shop) = shop().await;
    stripe.trouble([Trouble::Silence; 3]);
    let begun = shop.pay_with(shop.order(500), ("pm_good", "k")).await.expect(201);
    assert_eq!(begun["status"], "pending");
    shop.world.advance(Duration::from_secs(61));
    shop.until(begun["id"].as_str().unwrap(), "succeeded").await;
    stripe.intent();
}

#[tokio::test]
async fn a_declined_card_fails_the_attempt_and_its_intent_is_cancelled() {
    let (stripe, shop) = shop().await;
    let order = shop.order(500);
    let begun = shop.pay_with(order, ("pm_declined", "k")).await.expect(201);
    assert_eq!(
        (&begun["status"], &begun["reason"]),
        (&json!("failed"), &json!("insufficient_funds"))
    );
    let reason = "insufficient_funds".to_owned();
    assert_eq!(shop.facts(order).await, [IntentCreated, Failed { reason }]);
    assert_eq!(stripe.intent()["status"], "canceled");
}

#[tokio::test]
async fn an_expired_order_cancels_the_intent_and_one_that_stripe_never_heard_of_is_never_confirmed() {
    let (stripe, shop) = shop().await;
    let order = shop.order(500);
    // Each try asks, and looks whether it was done.
    stripe.trouble([Trouble::FailBefore; 4]);
    let id = shop.pay(order, "pm_good").await;
    shop.happens(order, OrderChange::Expiring { attempt: 1 }).await;
    assert_eq!(
        (shop.status(&id).await, &stripe.intent()["status"]),
        ("canceled".into(), &json!("canceled"))
    );
    assert!(
        !stripe.paths().iter().any(|p| p.ends_with("/confirm")),
        "{:?}",
        stripe.paths()
    );
    assert_eq!(shop.facts(order).await.last(), Some(&Canceled));
}

#[tokio::test]
async fn an_expired_order_whose_money_came_first_hears_so() {
    let (stripe, shop) = shop().await;
    let order = shop.order(500);
    let id = shop.pay(order, "card").await;
    stripe.intent_event(
        "payment_intent.succeeded",
        json!({ "status": "succeeded", "amount_received": 500 }),
    );
    shop.happens(order, OrderChange::Expiring { attempt: 1 }).await;
    assert_eq!(shop.status(&id).await, "succeeded");
    let facts = shop.facts(order).await;
    assert!(facts.contains(&Succeeded) && !facts.contains(&Canceled), "{facts:?}");
}

#[tokio::test]
async fn a_refund_is_asked_for_once_and_may_take_its_time() {
    let (stripe, shop) = shop().await;
    let order = shop.order(500);
    shop.pay(order, "pm_good").await;
    stripe.books.lock().slow_refunds = true;
    stripe.trouble([Trouble::Silence]);
    shop.happens(order, OrderChange::Refunding { attempt: 1 }).await;
    let done = |facts: &[PaymentChange]| facts.contains(&RefundSucceeded { refund_id: None });
    assert!(!done(&shop.facts(order).await));
    let pass = async || {
        shop.world.advance(Duration::from_secs(120));
        for refund in &mut stripe.books.lock().refunds {
            refund["status"] = json!("succeeded");
        }
        done(&shop.facts(order).await)
    };
    shop.run_until(&["reconcile"], pass).await;
    assert_eq!(stripe.refunds(), 1);
    assert_eq!(
        (
            shop.account("provider_clearing").await,
            shop.account("order_escrow").await
        ),
        (0, 0)
    );
}

#[tokio::test]
async fn a_payout_goes_to_the_sellers_account_or_comes_back() {
    let (stripe, shop) = shop().await;
    let order = shop.order(1000);
    shop.pay(order, "pm_good").await;
    shop.complete(order).await;
    let pay_out = async |destination: Value| {
        let body = json!({ "amount": eur(900), "destination": destination });
        shop.seller()
            .header("idempotency-key", &shop.key())
            .post("/api/payouts", body)
            .await
    };
    pay_out(Value::Null).await.expect(422);
    pay_out(json!("bank")).await.expect(422);
    let failed = pay_out(json!("acct_closed")).await.expect(201);
    assert_eq!(
        (&failed["status"], &failed["reason"]),
        (&json!("failed"), &json!("account_invalid"))
    );
    stripe.trouble([Trouble::Silence]);
    let sent = pay_out(json!("acct_1")).await.expect(201);
    assert_eq!(sent["status"], "sending");
    shop.world.advance(Duration::from_secs(61));
    let paid = async || {
        let payouts = shop.seller().get("/api/payouts").await.expect(200);
        payouts["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|p| p["status"] == "paid")
    };
    shop.run_until(&["reconcile"], paid).await;
    assert_eq!(shop.account("seller_paid_out").await, -900);
    assert_eq!(stripe.transfers(), 1);
}

/// A day and an hour pass, and Stripe forgets its keys.
fn a_day_passes(stripe: &FakeStripe, shop: &Shop) {
    stripe.forget_keys();
    shop.world.advance(Duration::from_secs(25 * 3_600));
}

#[tokio::test]
async fn a_payment_whose_outcome_is_unknown_for_a_day_is_one_charge() {
    use Trouble::{Nothing, Silence};
    for troubles in [vec![Silence; 2], vec![Nothing, Nothing, Silence, Silence]] {
        let (stripe, shop) = shop().await;
        let order = shop.order(500);
        stripe.trouble(troubles);
        let id = shop.pay(order, "pm_good").await;
        assert_eq!(shop.status(&id).await, "pending");
        a_day_passes(&stripe, &shop);
        shop.until(&id, "succeeded").await;
        assert_eq!(stripe.intent()["amount_received"], 500);
        assert_eq!(shop.facts(order).await, [IntentCreated, Succeeded]);
    }
}

#[tokio::test]
async fn a_refund_whose_outcome_is_unknown_for_a_day_or_whose_answer_was_500_is_paid_once() {
    for trouble in [Trouble::Silence, Trouble::FailAfter] {
        let (stripe, shop) = shop().await;
        let order = shop.order(500);
        shop.pay(order, "pm_good").await;
        shop.complete(order).await;
        let request = async |amount| {
            let (refund_id, amount) = (shop.world.ambient().id(), eur(amount));
            let asked = RefundRequested {
                refund_id,
                attempt: 1,
                amount,
            };
            let event = contracts::Event::new(&shop.world.ambient(), &shop.order_event(order, asked)).unwrap();
            shop.hand("payments", &event).await;
            RefundSucceeded {
                refund_id: Some(refund_id),
            }
        };
        request(100).await;
        stripe.trouble([trouble]);
        let told = request(200).await;
        a_day_passes(&stripe, &shop);
        shop.run_until(&["reconcile"], async || shop.facts(order).await.contains(&told))
            .await;
        assert_eq!((stripe.refunds(), shop.account("provider_clearing").await), (2, 200));
    }
}

#[tokio::test]
async fn a_payout_whose_outcome_is_unknown_for_a_day_or_whose_answer_was_500_is_paid_once() {
    for trouble in [Trouble::Silence, Trouble::FailAfter] {
        let (stripe, shop) = shop().await;
        let order = shop.order(1000);
        shop.pay(order, "pm_good").await;
        shop.complete(order).await;
        stripe.trouble([trouble]);
        let asker = shop.seller().header("idempotency-key", "k");
        asker
            .post("/api/payouts", json!({ "amount": eur(900), "destination": "acct_1" }))
            .await
            .expect(201);
        a_day_passes(&stripe, &shop);
        let paid = async || shop.seller().get("/api/payouts").await.expect(200)["items"][0]["status"] == "paid";
        shop.run_until(&["reconcile"], paid).await;
        assert_eq!((stripe.transfers(), shop.account("seller_paid_out").await), (1, -900));
    }
}

#[tokio::test]
async fn a_refund_that_waits_or_was_refused_is_looked_after_however_often_its_order_speaks() {
    for refused in [false, true] {
        let (stripe, shop) = shop().await;
        let order = shop.order(500);
        shop.pay(order, "pm_good").await;
        stripe.books.lock().slow_refunds = !refused;
        stripe.trouble(refused.then_some(Trouble::Refused));
        for _ in 0..3 {
            shop.happens(order, Refunding { attempt: 1 }).await;
        }
        let told = RefundSucceeded { refund_id: None };
        assert!(!shop.facts(order).await.contains(&told));
        for refund in &mut stripe.books.lock().refunds {
            refund["status"] = json!("succeeded");
        }
        let done = async || {
            shop.world.advance(Duration::from_secs(120));
            shop.facts(order).await.contains(&told)
        };
        shop.run_until(&["reconcile"], done).await;
        assert_eq!((stripe.refunds(), shop.account("provider_clearing").await), (1, 0));
    }
}

#[tokio::test]
async fn a_refund_that_waits_holds_no_other_up_and_one_that_fails_takes_no_part() {
    let (stripe, shop) = shop().await;
    let order = shop.order(500);
    shop.pay(order, "pm_good").await;
    shop.complete(order).await;
    let [slow, prompt] = [(); 2].map(|()| shop.world.ambient().id());
    let asked = |refund_id, amount| RefundRequested {
        refund_id,
        attempt: 1,
        amount: eur(amount),
    };
    stripe.books.lock().slow_refunds = true;
    shop.happens(order, asked(slow, 100)).await;
    stripe.books.lock().slow_refunds = false;
    shop.happens(order, asked(prompt, 200)).await;
    assert!(shop.facts(order).await.contains(&RefundSucceeded {
        refund_id: Some(prompt)
    }));
    stripe.books.lock().refunds[0]["status"] = json!("failed");
    let failed =
        |f: &PaymentChange| matches!(f, PaymentChange::RefundFailed { refund_id, .. } if *refund_id == Some(slow));
    let done = async || {
        shop.world.advance(Duration::from_secs(120));
        shop.facts(order).await.iter().any(failed)
    };
    shop.run_until(&["reconcile"], done).await;
    assert_eq!(shop.account("provider_clearing").await, 300);
}

#[tokio::test]
async fn stripe_does_not_begin_with_books_of_test_money() {
    let stripe = FakeStripe::start().await;
    let shop = Shop::new().await;
    open(&shop, stripe.config()).await.unwrap();
    let id = shop.pay(shop.order(500), "test_success").await;
    shop.until(&id, "succeeded").await;
    let refused = open(&shop, stripe.config()).await.unwrap_err();
    assert!(refused.to_string().contains("test provider"), "{refused}");
}

#[tokio::test]
async fn secrets_come_from_files_and_none_without_them() {
    let stripe = FakeStripe::start().await;
    let mut config = stripe.config();
    let shop = Shop::new().await;
    let file = shop.world.path().join("key");
    std::fs::write(&file, format!("{}\n", crate::fake_stripe::SECRET_KEY)).unwrap();
    let settings = config.stripe.as_mut().unwrap();
    (settings.secret_key, settings.secret_key_file) = (None, Some(file));
    let from_file = Shop::with(config.clone()).await;
    from_file.pay(from_file.order(500), "card").await;
    config.stripe.as_mut().unwrap().webhook_secret = None;
    let opened = open(&shop, config.clone()).await;
    assert!(opened.unwrap_err().to_string().contains("webhookSecret"));
    config = stripe.config();
    config.stripe.as_mut().unwrap().base_url = "http://example.org".into();
    assert!(open(&shop, config).await.unwrap_err().to_string().contains("https"));
}

async fn open(shop: &Shop, config: payments::Config) -> Result<(), kernel::Fault> {
    let deps = payments::Deps {
        ambient: shop.world.ambient(),
        store: shop.store.clone(),
        orders: shop.orders.clone(),
        config,
    };
    payments::service(deps).await.map(drop)
}

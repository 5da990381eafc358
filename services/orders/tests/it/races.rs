//! The table of races: what must happen when things come late, twice, too early or out of order.

use std::sync::atomic::Ordering;
use std::time::Duration;

use contracts::ai_model_cards::ReservationChange;
use contracts::payments::PaymentChange;
use kernel::{Currency, Money};

use crate::shop::{Shop, TTL, euros};

fn declined() -> PaymentChange {
    PaymentChange::Failed {
        reason: "declined".into(),
    }
}

#[tokio::test]
async fn a_payment_that_succeeds_before_the_timer_wins_over_it() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    shop.begin(order).await;
    shop.world.advance(TTL);
    shop.payment(order, 1, PaymentChange::Succeeded).await;
    shop.timer(order).await;
    assert_eq!(shop.status(order).await, "paid");
    assert!(shop.back(order).await.is_empty());
}

#[tokio::test]
async fn a_payment_that_succeeds_during_expiry_wins_over_it() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    shop.begin(order).await;
    shop.world.advance(TTL);
    shop.timer(order).await;
    assert_eq!(shop.status(order).await, "expiring");
    shop.payment(order, 1, PaymentChange::Succeeded).await;
    shop.payment(order, 1, PaymentChange::Canceled).await;
    assert_eq!(shop.status(order).await, "paid");
    assert!(shop.back(order).await.is_empty());
}

#[tokio::test]
async fn a_payment_that_succeeds_after_expiry_is_paid_back_and_revives_nothing() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    shop.begin(order).await;
    shop.world.advance(TTL);
    shop.timer(order).await;
    shop.payment(order, 1, PaymentChange::Canceled).await;
    assert_eq!(shop.status(order).await, "expired");
    for _ in 0..5 {
        shop.payment(order, 1, PaymentChange::Succeeded).await;
    }
    assert_eq!(
        (&*shop.status(order).await, shop.back(order).await),
        ("expired", vec![1])
    );
}

#[tokio::test]
async fn a_payment_that_succeeds_after_a_cancel_is_paid_back() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    shop.begin(order).await;
    assert_eq!(shop.cancel(order).await.expect(200)["status"], "expiring");
    shop.payment(order, 1, declined()).await;
    assert_eq!(shop.status(order).await, "cancelled");
    shop.payment(order, 1, PaymentChange::Succeeded).await;
    assert_eq!(
        (&*shop.status(order).await, shop.back(order).await),
        ("cancelled", vec![1])
    );
}

#[tokio::test]
async fn a_webhook_that_comes_five_times_has_one_effect() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    shop.begin(order).await;
    for _ in 0..5 {
        shop.payment(order, 1, PaymentChange::Succeeded).await;
    }
    for _ in 0..5 {
        shop.reservation(order, ReservationChange::Committed).await;
    }
    shop.payment(order, 1, PaymentChange::Succeeded).await;
    let kinds = ["created", "awaiting_payment", "paying", "paid", "completed"];
    assert_eq!(shop.kinds(order).await, kinds);
    assert_eq!(shop.entitlements_told().await.len(), 1);
}

#[tokio::test]
async fn webhooks_out_of_order_have_one_effect() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    shop.begin(order).await;
    shop.payment(order, 1, PaymentChange::Succeeded).await;
    for late in [declined(), PaymentChange::IntentCreated, PaymentChange::Canceled] {
        shop.payment(order, 1, late).await;
    }
    assert_eq!(shop.status(order).await, "paid");
    shop.reservation(order, ReservationChange::Held).await;
    shop.reservation(order, ReservationChange::Committed).await;
    assert_eq!(shop.status(order).await, "completed");
    shop.reservation(order, ReservationChange::Missing).await;
    assert_eq!(
        (&*shop.status(order).await, shop.back(order).await),
        ("completed", vec![])
    );
}

#[tokio::test]
async fn a_second_attempt_that_succeeds_as_well_is_paid_back() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    shop.begin(order).await;
    shop.payment(order, 1, declined()).await;
    assert_eq!(shop.begin(order).await.attempt, 2);
    shop.payment(order, 1, PaymentChange::Succeeded).await;
    shop.payment(order, 2, PaymentChange::Succeeded).await;
    shop.payment(order, 2, PaymentChange::Succeeded).await;
    assert_eq!((&*shop.status(order).await, shop.back(order).await), ("paid", vec![2]));
}

#[tokio::test]
async fn a_payment_of_a_wrong_amount_or_currency_is_paid_back() {
    let shop = Shop::new().await;
    for wrong in [
        euros(499),
        euros(501),
        Money {
            currency: Currency::USD,
            ..euros(500)
        },
    ] {
        let order = shop.order(shop.card(500, None)).await;
        shop.begin(order).await;
        shop.payment_of(order, 1, wrong, PaymentChange::Succeeded).await;
        assert_eq!(
            (&*shop.status(order).await, shop.back(order).await),
            ("awaiting_payment", vec![1])
        );
        assert_eq!(shop.begin(order).await.attempt, 2);
    }
}

#[tokio::test]
async fn money_of_an_attempt_that_nobody_began_is_not_passed_over() {
    let shop = Shop::new().await;
    let order_id = shop.order(shop.card(500, None)).await;
    let unknown = contracts::payments::PaymentEvent {
        order_id,
        payment_id: shop.ambient.id(),
        attempt: 4,
        amount: euros(500),
        change: PaymentChange::Succeeded,
    };
    let parked = shop.try_hear(&unknown).await.unwrap_err();
    assert_eq!(parked.code, "orders.no_such_attempt");
}

#[tokio::test]
async fn of_two_tabs_that_pay_the_same_order_the_second_is_refused() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    let tabs = (0..10).map(|_| shop.asked.orders.begin_payment(shop.ada, order));
    let answers = futures::future::join_all(tabs).await;
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1);
    let refused = answers.iter().filter_map(|a| a.as_ref().err());
    refused.for_each(|fault| assert_eq!((fault.kind.status(), &*fault.code), (409, "orders.payment_under_way")));
    let stranger = shop.asked.orders.begin_payment(shop.seller, order).await.unwrap_err();
    assert_eq!(stranger.kind.status(), 404);
}

#[tokio::test]
async fn a_payment_is_tried_five_times_and_then_no_more() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    for attempt in 1..=5 {
        assert_eq!(shop.begin(order).await.attempt, attempt);
        shop.payment(order, attempt, declined()).await;
    }
    let refused = shop.asked.orders.begin_payment(shop.ada, order).await.unwrap_err();
    assert_eq!(refused.code, "orders.too_many_attempts");
}

#[tokio::test]
async fn a_timer_that_is_early_twice_or_for_nothing_is_harmless() {
    let shop = Shop::new().await;
    shop.timer(shop.ambient.id()).await;
    let order = shop.order(shop.card(500, None)).await;
    shop.timer(order).await;
    shop.world.advance(TTL - Duration::from_millis(1));
    shop.timer(order).await;
    assert_eq!(shop.status(order).await, "awaiting_payment");
    shop.world.advance(Duration::from_millis(1));
    shop.timer(order).await;
    shop.timer(order).await;
    assert_eq!(shop.kinds(order).await, ["created", "awaiting_payment", "expired"]);
}

#[tokio::test]
async fn a_hold_whose_answer_was_lost_is_found_by_the_event_or_the_next_look() {
    let shop = Shop::new().await;
    let card = shop.card(500, Some(1));
    shop.cards.answers_lost.store(1, Ordering::SeqCst);
    let order = shop.order(card).await;
    assert_eq!(shop.status(order).await, "reserving");
    shop.world.advance(Duration::from_secs(5));
    shop.sweep().await;
    assert_eq!(shop.status(order).await, "awaiting_payment");
    assert_eq!(shop.cards.asked.lock().len(), 2);
    assert_eq!(shop.kinds(order).await, ["created", "awaiting_payment"]);
}

#[tokio::test]
async fn a_paid_order_whose_hold_is_gone_is_paid_back() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    shop.begin(order).await;
    shop.payment(order, 1, PaymentChange::Succeeded).await;
    shop.reservation(order, ReservationChange::Missing).await;
    assert_eq!(
        (&*shop.status(order).await, shop.back(order).await),
        ("refunding", vec![1])
    );
    for _ in 0..2 {
        shop.payment(order, 1, PaymentChange::RefundSucceeded { refund_id: None })
            .await;
    }
    shop.payment(order, 1, PaymentChange::Succeeded).await;
    assert_eq!(
        (&*shop.status(order).await, shop.back(order).await),
        ("refunded", vec![1])
    );
    assert!(shop.entitlements_told().await.is_empty());
}

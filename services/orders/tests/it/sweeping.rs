//! What the sweep makes good.

use std::sync::atomic::Ordering;
use std::time::Duration;

use contracts::payments::PaymentChange;
use contracts::orders::OrderStatus;

use crate::shop::{Shop, TTL};

#[tokio::test]
async fn an_order_whose_timer_never_came_expires_within_thirty_seconds() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    let paying = shop.order(shop.card(500, None)).await;
    shop.begin(paying).await;
    shop.sweep().await;
    assert_eq!(shop.status(order).await, "awaiting_payment");
    shop.world.advance(TTL + Duration::from_secs(5));
    shop.sweep().await;
    shop.sweep().await;
    assert_eq!(shop.kinds(order).await, ["created", "awaiting_payment", "expired"]);
    assert_eq!(shop.status(paying).await, "expiring");
}

#[tokio::test]
async fn every_one_of_many_orders_past_their_deadline_expires_in_one_sweep() {
    let shop = Shop::new().await;
    let card = shop.card(500, None);
    let buyers = (0..450).map(|_| shop.buy(shop.ambient.id(), serde_json::json!({ "cardId": card })));
    futures::future::join_all(buyers).await.into_iter().for_each(|r| drop(r.expect(201)));
    shop.world.advance(TTL + Duration::from_secs(5));
    shop.sweep().await;
    let due = store::Query::on("wake");
    assert_eq!(shop.store.count("orders", due, 1_000).await.unwrap(), 0, "none waits for anything");
}

#[tokio::test]
async fn a_silent_provider_is_asked_again_and_the_hold_is_kept_for_a_day() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    shop.begin(order).await;
    shop.world.advance(TTL);
    shop.timer(order).await;
    for _ in 0..3 {
        shop.world.advance(Duration::from_secs(300));
        shop.sweep().await;
    }
    let kinds = shop.kinds(order).await;
    assert_eq!(kinds.iter().filter(|k| *k == "expiring").count(), 4);
    assert_eq!(shop.cards.asked.lock().len(), 4, "asked for, and prolonged three times");
    shop.world.advance(Duration::from_secs(86_400));
    shop.sweep().await;
    assert_eq!(shop.cards.asked.lock().len(), 4, "no longer than a day");
    shop.payment(order, 1, PaymentChange::Canceled).await;
    assert_eq!(shop.status(order).await, "expired");
}

#[tokio::test]
async fn a_paid_order_that_hangs_tells_nothing_twice() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    shop.begin(order).await;
    shop.payment(order, 1, PaymentChange::Succeeded).await;
    for _ in 0..3 {
        shop.world.advance(Duration::from_secs(60));
        shop.sweep().await;
    }
    assert_eq!(shop.kinds(order).await, ["created", "awaiting_payment", "paying", "paid"]);
    assert_eq!(shop.status(order).await, "paid");
}

#[tokio::test]
async fn an_order_waits_for_cards_that_are_away_and_goes_on_when_they_are_back() {
    let shop = Shop::new().await;
    shop.cards.no_holds.store(true, Ordering::SeqCst);
    let order = shop.order(shop.card(500, None)).await;
    for _ in 0..5 {
        shop.world.advance(Duration::from_secs(600));
        shop.sweep().await;
    }
    assert_eq!(shop.status(order).await, "reserving");
    shop.cards.no_holds.store(false, Ordering::SeqCst);
    shop.world.advance(Duration::from_secs(60));
    shop.sweep().await;
    let standing = shop.asked.orders.standing(order).await.unwrap().unwrap();
    assert_eq!((standing.status, standing.attempt), (OrderStatus::AwaitingPayment, 0));
}

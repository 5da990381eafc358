//! What the sweep makes good.

use std::sync::atomic::Ordering;
use std::time::Duration;

use contracts::ai_model_cards::{HoldAnswer, Refusal, ReservationChange};
use contracts::orders::OrderStatus;
use contracts::payments::PaymentChange;
use kernel::OrderId;

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
    futures::future::join_all(buyers)
        .await
        .into_iter()
        .for_each(|r| drop(r.expect(201)));
    shop.world.advance(TTL + Duration::from_secs(5));
    shop.sweep().await;
    let due = store::Query::on("wake");
    assert_eq!(
        shop.store.count("orders", due, 1_000).await.unwrap(),
        0,
        "none waits for anything"
    );
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
    assert_eq!(
        shop.kinds(order).await,
        ["created", "awaiting_payment", "paying", "paid"]
    );
    assert_eq!(shop.status(order).await, "paid");
}

/// A paid order that hears nothing of its hold.
async fn paid(shop: &Shop) -> OrderId {
    let order = shop.order(shop.card(500, None)).await;
    shop.begin(order).await;
    shop.payment(order, 1, PaymentChange::Succeeded).await;
    order
}

#[tokio::test]
async fn a_paid_order_learns_by_itself_that_it_was_sold_or_that_nothing_was_left() {
    let shop = Shop::new().await;
    let (sold, missing, refused) = (paid(&shop).await, paid(&shop).await, paid(&shop).await);
    let reason = Refusal::SoldOut;
    for (order, answer) in [
        (sold, HoldAnswer::Sold),
        (missing, HoldAnswer::Missing),
        (refused, HoldAnswer::Refused { reason }),
    ] {
        shop.cards.ended.lock().insert(order, answer);
    }
    shop.world.advance(Duration::from_secs(5));
    shop.sweep().await;
    let mut are = Vec::new();
    for order in [sold, missing, refused] {
        are.push(shop.status(order).await);
    }
    assert_eq!(are, ["completed", "refunding", "refunding"]);
}

#[tokio::test]
async fn a_paid_order_does_not_keep_the_cards_from_looking_at_its_hold() {
    let shop = Shop::new().await;
    let order = paid(&shop).await;
    shop.world.advance(Duration::from_secs(5));
    shop.sweep().await;
    let asked = shop.cards.asked.lock().last().cloned().unwrap();
    assert_eq!((asked.order_id, asked.until), (order, shop.ambient.now()));
}

#[tokio::test]
async fn an_order_waits_for_cards_that_are_away_and_goes_on_when_they_are_back() {
    let shop = Shop::new().await;
    shop.cards.no_holds.store(true, Ordering::SeqCst);
    let order = shop.order(shop.card(500, None)).await;
    for _ in 0..5 {
        shop.world.advance(Duration::from_secs(100));
        shop.sweep().await;
    }
    assert_eq!(shop.status(order).await, "reserving");
    shop.cards.no_holds.store(false, Ordering::SeqCst);
    shop.world.advance(Duration::from_secs(60));
    shop.sweep().await;
    let standing = shop.asked.orders.standing(order).await.unwrap().unwrap();
    assert_eq!((standing.status, standing.attempt), (OrderStatus::AwaitingPayment, 0));
}

#[tokio::test]
async fn an_order_that_gets_no_answer_for_as_long_as_one_may_pay_is_over() {
    let shop = Shop::new().await;
    shop.cards.no_holds.store(true, Ordering::SeqCst);
    let order = shop.order(shop.card(500, None)).await;
    shop.world.advance(TTL);
    shop.sweep().await;
    assert_eq!(shop.kinds(order).await, ["created", "rejected"]);
}

#[tokio::test]
async fn cards_that_hang_hold_up_no_deadline() {
    let shop = Shop::new().await;
    let (hanging, waiting) = (paid(&shop).await, shop.order(shop.card(500, None)).await);
    shop.cards.hangs.store(true, Ordering::SeqCst);
    shop.world.advance(TTL + Duration::from_secs(5));
    // Alone: whom the cards are to be asked about is for the other worker.
    shop.sweep_by("sweep").await;
    assert_eq!(
        (&*shop.status(waiting).await, &*shop.status(hanging).await),
        ("expired", "paid")
    );
}

#[tokio::test]
async fn a_look_that_fails_keeps_no_other_from_being_looked_at() {
    let shop = Shop::new().await;
    let (broken, waiting) = (shop.bought().await, shop.order(shop.card(500, None)).await);
    let entitlement = shop.read(broken).await["entitlementId"].as_str().unwrap().to_owned();
    shop.leave_behind("entitlements", entitlement, |doc| doc["status"] = "nonsense".into())
        .await;
    let long_ago = serde_json::json!(shop.ambient.now());
    shop.leave_behind("orders", broken.to_string(), |doc| doc["wake"] = long_ago)
        .await;
    shop.world.advance(TTL + Duration::from_secs(5));
    shop.sweep().await;
    assert_eq!(shop.status(waiting).await, "expired");
}

#[tokio::test]
async fn a_hold_is_kept_for_a_silent_provider_for_a_day_and_no_longer() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    shop.begin(order).await;
    shop.world.advance(TTL);
    shop.timer(order).await;
    let keeps = async || shop.asked.orders.standing(order).await.unwrap().unwrap().keeps_hold;
    assert!(keeps().await);
    shop.world.advance(Duration::from_secs(86_399));
    shop.sweep().await;
    assert!(keeps().await);
    shop.world.advance(Duration::from_secs(1));
    assert!(
        !keeps().await,
        "who pays now may find that it is gone, and is paid back"
    );
}

#[tokio::test]
async fn a_sale_whose_entitlement_a_crash_left_out_is_completed_by_the_next_look() {
    let shop = Shop::new().await;
    let order = shop.order(shop.card(500, None)).await;
    shop.begin(order).await;
    shop.payment(order, 1, PaymentChange::Succeeded).await;
    shop.leave_behind("orders", order.to_string(), |doc| doc["committed"] = true.into())
        .await;
    shop.world.advance(Duration::from_secs(5));
    shop.sweep().await;
    assert_eq!(shop.status(order).await, "completed");
    assert_eq!(shop.entitlements_told().await.len(), 1);
}

#[tokio::test]
async fn a_redemption_whose_order_was_never_written_is_given_back() {
    let shop = Shop::new().await;
    let now = shop.ambient.now();
    let coupon =
        serde_json::json!({ "code": "ONE", "percentOff": 5, "redemptionsMax": 1, "expiresAt": now + TTL * 100 });
    shop.app.by(shop.seller).post("/api/coupons", coupon).await.expect(201);
    let lost = serde_json::json!([{ "orderId": shop.ambient.id::<kernel::OrderId>(), "at": now }]);
    let leave = |doc: &mut serde_json::Value| {
        doc["held"] = lost;
        doc["heldSince"] = serde_json::json!(now);
    };
    shop.leave_behind("coupons", format!("{}:ONE", shop.seller), leave)
        .await;
    shop.world.advance(Duration::from_secs(300));
    shop.sweep().await;
    let page = shop.app.by(shop.seller).get("/api/coupons").await.expect(200);
    assert_eq!(page["items"][0]["held"], 0);
}

#[tokio::test]
async fn a_refund_that_a_crash_kept_from_its_order_is_asked_for_by_the_next_look() {
    let shop = Shop::new().await;
    let order = shop.bought().await;
    let refund = shop.ask_refund(shop.ada, order).await.expect(202);
    let id = refund["id"].as_str().unwrap().to_owned();
    shop.leave_behind("orders", order.to_string(), |doc| {
        doc["refund"] = serde_json::Value::Null
    })
    .await;
    let due = serde_json::json!(shop.ambient.now());
    shop.leave_behind("refunds", id.clone(), |doc| doc["wake"] = due).await;
    shop.sweep().await;
    let read = shop.read(order).await;
    assert_eq!(
        (&read["refund"]["id"], &read["refund"]["status"]),
        (&id.into(), &"requested".into())
    );
}

#[tokio::test]
async fn an_order_that_waits_for_its_hold_learns_that_it_is_sold_or_that_nothing_is_left() {
    let shop = Shop::new().await;
    shop.cards.no_holds.store(true, Ordering::SeqCst);
    let (sold, missing) = (
        shop.order(shop.card(500, None)).await,
        shop.order(shop.card(500, None)).await,
    );
    shop.cards.no_holds.store(false, Ordering::SeqCst);
    let ended = [(sold, HoldAnswer::Sold), (missing, HoldAnswer::Missing)];
    shop.cards.ended.lock().extend(ended);
    shop.world.advance(Duration::from_secs(5));
    shop.sweep().await;
    assert_eq!(shop.status(sold).await, "awaiting_payment");
    assert_eq!(shop.status(missing).await, "rejected");
}

#[tokio::test]
async fn an_order_that_is_taken_back_before_its_hold_stays_so_when_the_hold_comes() {
    let shop = Shop::new().await;
    shop.cards.no_holds.store(true, Ordering::SeqCst);
    let order = shop.order(shop.card(500, None)).await;
    shop.cancel(order).await.expect(200);
    shop.cards.no_holds.store(false, Ordering::SeqCst);
    shop.reservation(order, ReservationChange::Held).await;
    shop.world.advance(Duration::from_secs(60));
    shop.sweep().await;
    assert_eq!(shop.kinds(order).await, ["created", "cancelled"]);
}

#[tokio::test]
async fn an_order_that_is_not_paid_back_yet_asks_again_until_it_is() {
    let shop = Shop::new().await;
    let order = paid(&shop).await;
    shop.reservation(order, ReservationChange::Missing).await;
    for _ in 0..3 {
        shop.world.advance(Duration::from_secs(3600));
        shop.sweep().await;
    }
    let kinds = shop.kinds(order).await;
    assert_eq!(kinds.iter().filter(|k| *k == "refunding").count(), 4);
    let back = PaymentChange::RefundSucceeded { refund_id: None };
    shop.payment(order, 1, back).await;
    assert_eq!(shop.status(order).await, "refunded");
}

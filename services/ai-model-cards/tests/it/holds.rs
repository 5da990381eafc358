//! Holds: who gets an edition, who keeps it, who buys it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use contracts::ai_model_cards::{HoldAnswer, Refusal};
use contracts::orders::{OrderChange, OrderStatus};
use kernel::{CardId, OrderId};
use serde_json::json;

use crate::house::{House, until};

const SOLD_OUT: HoldAnswer = HoldAnswer::Refused {
    reason: Refusal::SoldOut,
};
const NOT_ON_SALE: HoldAnswer = HoldAnswer::Refused {
    reason: Refusal::NotOnSale,
};
const PAID: OrderChange = OrderChange::Paid { attempt: 1 };

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_five_hundred_buyers_at_two_replicas_one_gets_the_single_edition_and_the_others_hear_that_it_is_sold_out() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 1})).await;
    let there = h.another().await;
    let (start, mut buyers) = (Arc::new(tokio::sync::Barrier::new(500)), tokio::task::JoinSet::new());
    for n in 0..500 {
        let cards = [&h.here, &there][n % 2].cards.clone();
        let (wish, start) = (h.wish(card, h.id()), start.clone());
        buyers.spawn(async move {
            start.wait().await;
            cards.hold(wish).await
        });
    }
    let answers: Vec<HoldAnswer> = buyers.join_all().await.into_iter().map(Result::unwrap).collect();
    let count = |answer| answers.iter().filter(|a| **a == answer).count();
    assert_eq!((count(HoldAnswer::Held), count(SOLD_OUT)), (1, 499));
    assert_eq!(h.counts(card).await, (0, 1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_buyers_of_a_hundred_editions_get_a_hundred_whoever_answers_them() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 100})).await;
    let replicas = [h.another().await, h.another().await, h.another().await];
    let mut buyers = tokio::task::JoinSet::new();
    for n in 0..200 {
        let (cards, wish) = (replicas[n % 3].cards.clone(), h.wish(card, h.id()));
        buyers.spawn(async move { cards.hold(wish).await });
    }
    let answers: Vec<HoldAnswer> = buyers.join_all().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|a| **a == HoldAnswer::Held).count(), 100);
    assert_eq!(h.counts(card).await, (0, 100, 0));
}

#[tokio::test]
async fn a_hold_of_the_same_order_is_the_same_hold_and_so_is_a_refusal() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 1})).await;
    let [first, second]: [OrderId; 2] = [h.id(), h.id()];
    assert_eq!(
        [h.hold(card, first).await, h.hold(card, first).await],
        [HoldAnswer::Held; 2]
    );
    assert_eq!(h.hold(card, second).await, SOLD_OUT);
    h.hear(card, first, OrderChange::Cancelled).await;
    assert_eq!(h.counts(card).await, (1, 0, 0));
    assert_eq!(h.hold(card, second).await, SOLD_OUT, "the first answer");
    assert_eq!(h.told("commerce.reservation.v1").await, ["held", "refused", "released"]);
}

#[tokio::test]
async fn an_order_that_was_placed_is_held_when_nobody_asked_before() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 1})).await;
    let order = h.id();
    for _ in 0..2 {
        h.hear(
            card,
            order,
            OrderChange::Created {
                hold_until: h.world.ambient().now(),
            },
        )
        .await;
    }
    assert_eq!(h.hold(card, order).await, HoldAnswer::Held);
    assert_eq!(
        (h.counts(card).await, h.told("commerce.reservation.v1").await),
        ((0, 1, 0), vec!["held".into()])
    );
}

#[tokio::test]
async fn what_is_paid_is_sold_once_however_often_and_late_it_is_heard() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 2})).await;
    let order = h.id();
    h.hold(card, order).await;
    for change in [
        PAID,
        PAID,
        OrderChange::Created {
            hold_until: h.world.ambient().now(),
        },
        PAID,
        OrderChange::Refunded,
        OrderChange::Cancelled,
    ] {
        h.hear(card, order, change).await;
        assert_eq!(h.counts(card).await, (1, 0, 1), "sold stays sold");
    }
    assert_eq!(h.told("commerce.reservation.v1").await, ["held", "committed"]);
    h.here.count().await;
    assert_eq!(h.read(card).await["sales"], 1);
}

#[tokio::test]
async fn an_order_that_is_over_is_never_held_again_not_even_when_that_was_heard_first() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 1})).await;
    for over in [
        OrderChange::Expired,
        OrderChange::Cancelled,
        OrderChange::Refunded,
        OrderChange::Rejected {
            reason: Refusal::SoldOut,
        },
    ] {
        let order = h.id();
        h.hear(card, order, over).await;
        h.hear(
            card,
            order,
            OrderChange::Created {
                hold_until: h.world.ambient().now(),
            },
        )
        .await;
        assert_eq!(h.hold(card, order).await, NOT_ON_SALE);
        assert_eq!(h.counts(card).await, (1, 0, 0));
    }
    assert!(h.told("commerce.reservation.v1").await.is_empty());
}

#[tokio::test]
async fn a_payment_without_a_hold_gets_what_is_left_or_is_told_that_it_is_missing() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 1})).await;
    let [lucky, late, over]: [OrderId; 3] = [h.id(), h.id(), h.id()];
    h.hear(card, over, OrderChange::Expired).await;
    for order in [lucky, late, late, over] {
        h.hear(card, order, PAID).await;
    }
    assert_eq!(h.counts(card).await, (0, 0, 1));
    assert_eq!(
        h.told("commerce.reservation.v1").await,
        ["held", "committed", "refused", "missing", "missing"]
    );
}

#[tokio::test]
async fn buyers_of_an_unlimited_edition_do_not_write_the_card() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({})).await;
    let version = async || h.store.get("cards", &[card.to_string()]).await.unwrap()[0].version;
    let before = version().await;
    for n in 0..20 {
        let order = h.id();
        assert_eq!(h.hold(card, order).await, HoldAnswer::Held);
        h.hear(card, order, if n % 2 == 0 { PAID } else { OrderChange::Expired })
            .await;
    }
    h.here.count().await;
    assert_eq!(
        (version().await, h.read(card).await["sales"].as_u64()),
        (before, Some(10))
    );
}

#[tokio::test]
async fn a_card_off_sale_gives_no_new_holds_and_those_that_there_are_end_as_they_end() {
    let h = House::new().await;
    let limited = h.on_sale("limited", json!({"editionSize": 5})).await;
    let plenty = h.on_sale("plenty", json!({})).await;
    let draft = h.draft("draft", json!({})).await;
    let orders: [OrderId; 2] = [h.id(), h.id()];
    for order in orders {
        h.hold(limited, order).await;
    }
    for card in [limited, plenty] {
        let suspend = format!("/api/model-cards/{card}/suspend");
        h.here
            .app
            .by_admin(h.admin)
            .post(&suspend, json!({"reason": "x"}))
            .await
            .expect(200);
    }
    for card in [limited, plenty, draft, h.id::<CardId>()] {
        assert_eq!(h.hold(card, h.id()).await, NOT_ON_SALE);
    }
    assert_eq!(h.hold(limited, orders[0]).await, HoldAnswer::Held, "its own, again");
    h.hear(limited, orders[0], PAID).await;
    h.hear(limited, orders[1], OrderChange::Expired).await;
    assert_eq!(h.counts(limited).await, (4, 0, 1));
}

#[tokio::test]
async fn an_order_asks_for_one_card_and_for_a_number_that_makes_sense() {
    let h = House::new().await;
    let [a, b] = [
        h.on_sale("aaa", json!({"editionSize": 5})).await,
        h.on_sale("bbb", json!({})).await,
    ];
    let order = h.id();
    h.hold(a, order).await;
    assert_eq!(
        h.here.cards.hold(h.wish(b, order)).await.unwrap_err().code,
        "cards.other_hold"
    );
    for quantity in [0, 101] {
        let wish = contracts::ai_model_cards::HoldRequest {
            quantity,
            ..h.wish(a, h.id())
        };
        assert_eq!(h.here.cards.hold(wish).await.unwrap_err().kind.status(), 422);
    }
    let three = |quantity| contracts::ai_model_cards::HoldRequest {
        quantity,
        ..h.wish(a, h.id())
    };
    assert_eq!(h.here.cards.hold(three(5)).await.unwrap(), SOLD_OUT);
    assert_eq!(h.here.cards.hold(three(4)).await.unwrap(), HoldAnswer::Held);
    assert_eq!(h.counts(a).await, (0, 5, 0));
}

#[tokio::test]
async fn a_hold_whose_time_is_over_ends_as_its_order_says() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 9})).await;
    let [unknown, expired, waiting, expiring, completed]: [OrderId; 5] = std::array::from_fn(|_| h.id());
    h.orders.set(expired, OrderStatus::Expired);
    h.orders.set(waiting, OrderStatus::AwaitingPayment);
    h.orders.set(expiring, OrderStatus::Expiring);
    h.orders.set(completed, OrderStatus::Completed);
    for order in [unknown, expired, waiting, expiring, completed] {
        h.hold(card, order).await;
    }
    let _sweep = h.here.work("sweep");
    h.world.advance(Duration::from_secs(61));
    until("two are given back and one is sold", async || {
        h.counts(card).await == (6, 2, 1)
    })
    .await;
    h.orders.set(waiting, OrderStatus::Cancelled);
    h.world.advance(Duration::from_secs(61));
    until("one more", async || h.counts(card).await == (7, 1, 1)).await;
    assert_eq!(h.hold(card, expiring).await, HoldAnswer::Held);
}

#[tokio::test]
async fn who_asks_after_the_payment_is_told_whether_it_was_sold() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 1})).await;
    let [lucky, late]: [OrderId; 2] = [h.id(), h.id()];
    h.hold(card, lucky).await;
    for order in [lucky, late] {
        h.hear(card, order, PAID).await;
    }
    assert_eq!(
        [h.hold(card, lucky).await, h.hold(card, late).await],
        [HoldAnswer::Sold, HoldAnswer::Missing]
    );
}

#[tokio::test]
async fn a_hold_that_its_order_keeps_no_longer_is_given_back_and_a_late_payment_is_told_that_it_is_missing() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 1})).await;
    let order = h.id();
    h.orders.set(order, OrderStatus::Expiring);
    h.hold(card, order).await;
    h.orders.keeps_none.store(true, Ordering::SeqCst);
    let _sweep = h.here.work("sweep");
    h.world.advance(Duration::from_secs(61));
    until("it is given back", async || h.counts(card).await == (1, 0, 0)).await;
    h.hear(card, order, PAID).await;
    assert_eq!(h.told("commerce.reservation.v1").await, ["held", "released", "missing"]);
}

#[tokio::test]
async fn a_card_that_is_sold_often_is_counted_once_a_round_and_not_when_it_is_read() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({})).await;
    for _ in 0..20 {
        let order = h.id();
        h.hold(card, order).await;
        h.hear(card, order, PAID).await;
    }
    assert_eq!(h.read(card).await["sales"], 0, "nobody counts on the way");
    h.here.count().await;
    let tally = h.store.get("tallies", &[card.to_string()]).await.unwrap();
    assert_eq!((tally[0].version, h.read(card).await["sales"].as_u64()), (1, Some(20)));
}

#[tokio::test]
async fn while_orders_cannot_be_asked_holds_stay() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 1})).await;
    h.hold(card, h.id()).await;
    h.orders.away.store(true, Ordering::SeqCst);
    h.world.advance(Duration::from_secs(3_600));
    let working = h.here.work("sweep");
    for _ in 0..50 {
        assert_eq!(h.counts(card).await, (0, 1, 0));
        tokio::task::yield_now().await;
    }
    h.orders.away.store(false, Ordering::SeqCst);
    until("the hold of an unknown order is given back", async || {
        h.counts(card).await == (1, 0, 0)
    })
    .await;
    drop(working);
}

#[tokio::test]
async fn a_later_time_prolongs_a_hold_and_an_earlier_one_does_not_cut_it() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 1})).await;
    let (order, now) = (h.id::<OrderId>(), h.world.ambient().now());
    h.hold(card, order).await;
    h.hear(
        card,
        order,
        OrderChange::AwaitingPayment {
            deadline: now + Duration::from_secs(900),
        },
    )
    .await;
    h.hold(card, order).await;
    let due = h.store.get("reservations", &[order.to_string()]).await.unwrap();
    let due: serde_json::Value = serde_json::from_slice(&due[0].body).unwrap();
    assert_eq!(due["dueAt"], json!(now + Duration::from_secs(900)));
}

#[tokio::test]
async fn what_nothing_can_come_of_is_forgotten_after_a_month_and_what_was_sold_is_not() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 2})).await;
    let [sold, over]: [OrderId; 2] = [h.id(), h.id()];
    h.hold(card, sold).await;
    h.hear(card, sold, PAID).await;
    h.hear(card, over, OrderChange::Expired).await;
    h.world.advance(Duration::from_secs(31 * 24 * 60 * 60));
    let _sweep = h.here.work("sweep");
    let there = async |order: OrderId| {
        !h.store
            .get("reservations", &[order.to_string()])
            .await
            .unwrap()
            .is_empty()
    };
    until("forgotten", async || !there(over).await).await;
    assert!(there(sold).await);
}

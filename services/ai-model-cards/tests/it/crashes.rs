//! A process that dies at any write leaves nothing that the next does not put right.

use std::sync::Arc;
use std::time::Duration;

use contracts::ai_model_cards::{HoldAnswer, Refusal};
use contracts::orders::{OrderChange, OrderStatus};
use kernel::{CardId, OrderId};
use serde_json::json;
use testkit::{World, fronted};

use crate::flaky::Flaky;
use crate::house::{House, until};

/// More writes than any of these acts makes.
const WRITES_MAX: i64 = 8;

async fn house() -> (House, Arc<Flaky>) {
    let world = World::new().await;
    let flaky = Flaky::new(world.store("ai-model-cards").await);
    let store = fronted(flaky.clone());
    (House::on(world, store).await, flaky)
}

/// Lets the store die at each of an act's writes in turn, before and after it; then order and time go on, the sweep works, and
/// what is counted must be as `counts` says.
async fn die_at_each_write(prepare: &[Act], act: Act, standing: OrderStatus, counts: impl Fn((u64, u64, u64)) -> bool) {
    let (h, flaky) = house().await;
    let _sweep = h.here.work("sweep");
    let mut died = 0;
    for (n, done) in (1..=WRITES_MAX).flat_map(|n| [(n, false), (n, true)]) {
        let card = h.on_sale(&format!("card{n}{done}"), json!({"editionSize": 3})).await;
        let order: OrderId = h.id();
        h.orders.set(order, OrderStatus::AwaitingPayment);
        for act in prepare {
            act.on(&h, card, order).await.unwrap();
        }
        flaky.die_after(n, done);
        let outcome = act.on(&h, card, order).await;
        died += usize::from(flaky.live() && outcome.is_err());
        h.orders.set(order, standing);
        h.world.advance(Duration::from_secs(200));
        let what = format!("{act:?} died at write {n}, done: {done}");
        until(&what, async || counts(h.counts(card).await) && settled(&h, order).await).await;
    }
    assert!(died > 1, "it died where it should");
}

/// Tells whether nothing is left half done.
async fn settled(h: &House, order: OrderId) -> bool {
    let found = h.store.get("reservations", &[order.to_string()]).await.unwrap();
    let state =
        |stored: &store::Stored| serde_json::from_slice::<serde_json::Value>(&stored.body).unwrap()["state"].clone();
    found
        .iter()
        .all(|stored| !["asked", "releasing", "committing"].contains(&state(stored).as_str().unwrap()))
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Hold,
    Pay,
    Expire,
}

impl Act {
    async fn on(self, h: &House, card: CardId, order: OrderId) -> Result<(), kernel::Fault> {
        match self {
            Self::Hold => h.here.cards.hold(h.wish(card, order)).await.map(drop),
            Self::Pay => h.try_hear(card, order, OrderChange::Paid { attempt: 1 }).await,
            Self::Expire => h.try_hear(card, order, OrderChange::Expired).await,
        }
    }
}

#[tokio::test]
async fn a_hold_that_died_is_given_back_when_its_order_is_over() {
    die_at_each_write(&[], Act::Hold, OrderStatus::Expired, |counts| counts == (3, 0, 0)).await;
}

#[tokio::test]
async fn a_hold_that_died_is_held_or_was_never_asked_for_while_its_order_stands() {
    let either = |counts| counts == (2, 1, 0) || counts == (3, 0, 0);
    die_at_each_write(&[], Act::Hold, OrderStatus::AwaitingPayment, either).await;
}

#[tokio::test]
async fn a_sale_that_died_is_a_sale_once() {
    die_at_each_write(&[Act::Hold], Act::Pay, OrderStatus::Completed, |counts| {
        counts == (2, 0, 1)
    })
    .await;
}

#[tokio::test]
async fn a_release_that_died_is_a_release_once() {
    die_at_each_write(&[Act::Hold], Act::Expire, OrderStatus::Expired, |counts| {
        counts == (3, 0, 0)
    })
    .await;
}

#[tokio::test]
async fn a_publication_that_died_is_whole_or_is_done_again() {
    let (h, flaky) = house().await;
    for (n, done) in (1..=4).flat_map(|n| [(n, false), (n, true)]) {
        let card = h.draft(&format!("card{n}{done}"), json!({})).await;
        let path = |step: &str| format!("/api/model-cards/{card}/{step}");
        h.here.app.by(h.seller).post_empty(&path("submit")).await.expect(200);
        h.here
            .app
            .by_admin(h.admin)
            .post_empty(&path("approve"))
            .await
            .expect(200);
        flaky.die_after(n, done);
        h.here.app.by(h.seller).post_empty(&path("publish")).await;
        flaky.live();
        if h.read(card).await["status"] == "approved" {
            h.here.app.by(h.seller).post_empty(&path("publish")).await.expect(200);
        }
        let (seen, kept) = (h.read(card).await, h.here.cards.revision(card, 1).await.unwrap());
        assert_eq!(
            (&seen["revision"], &seen["agentId"]),
            (&json!(1), &json!(kept.agent_id))
        );
    }
}

#[tokio::test]
async fn stars_are_counted_although_who_wrote_the_review_died() {
    let (h, flaky) = house().await;
    let (card, _sweep) = (h.on_sale("tutor", json!({})).await, h.here.work("sweep"));
    let path = format!("/api/model-cards/{card}/reviews");
    for (n, done) in (1..=3).flat_map(|n| [(n, false), (n, true)]) {
        let reader = h.id();
        h.holders.add(reader, card);
        flaky.die_after(n, done);
        h.here.app.by(reader).post(&path, json!({"rating": 4})).await;
        flaky.live();
        h.world.advance(Duration::from_secs(200));
        until("the tally is what the reviews are", async || {
            let reviews = h.here.app.by(h.seller).get(&path).await.expect(200)["items"]
                .as_array()
                .unwrap()
                .len();
            h.read(card).await["rating"]["count"] == json!(reviews) && no_tally_is_due(&h, card).await
        })
        .await;
    }
    assert!(h.read(card).await["rating"]["count"].as_u64() >= Some(3));
}

async fn no_tally_is_due(h: &House, card: CardId) -> bool {
    let found = h.store.get("tallies", &[card.to_string()]).await.unwrap();
    found
        .iter()
        .all(|stored| serde_json::from_slice::<serde_json::Value>(&stored.body).unwrap()["dueAt"].is_null())
}

/// A hold that waits before its `n`th write, the first being its reservation; and what lets it go on.
async fn waiting_hold(
    h: &House,
    flaky: &Flaky,
    (card, order): (CardId, OrderId),
    n: i64,
) -> (
    tokio::task::JoinHandle<Result<HoldAnswer, kernel::Fault>>,
    Arc<tokio::sync::Notify>,
) {
    let (reached, open) = flaky.wait_before(n);
    let (cards, wish) = (h.here.cards.clone(), h.wish(card, order));
    let hold = tokio::spawn(async move { cards.hold(wish).await });
    reached.notified().await;
    (hold, open)
}

#[tokio::test]
async fn an_order_that_ends_while_it_is_being_held_does_not_have_what_the_hold_took() {
    let (h, flaky) = house().await;
    let card = h.on_sale("tutor", json!({"editionSize": 3})).await;
    for n in [2, 3] {
        let order = h.id();
        let (hold, open) = waiting_hold(&h, &flaky, (card, order), n).await;
        h.hear(card, order, OrderChange::Cancelled).await;
        open.notify_one();
        let refused = HoldAnswer::Refused {
            reason: Refusal::NotOnSale,
        };
        assert_eq!(
            (hold.await.unwrap().unwrap(), h.counts(card).await),
            (refused, (3, 0, 0)),
            "before write {n}"
        );
    }
    assert!(h.told("commerce.reservation.v1").await.is_empty());
}

#[tokio::test]
async fn a_slow_hold_does_not_take_again_what_its_order_has_bought_meanwhile() {
    let (h, flaky) = house().await;
    let card = h.on_sale("tutor", json!({"editionSize": 9})).await;
    for (n, sold) in [(2, 1), (3, 2)] {
        let order = h.id();
        let (hold, open) = waiting_hold(&h, &flaky, (card, order), n).await;
        h.hear(card, order, OrderChange::Paid { attempt: 1 }).await;
        open.notify_one();
        let answer = hold.await.unwrap().unwrap();
        assert!(matches!(answer, HoldAnswer::Held | HoldAnswer::Sold), "{answer:?}");
        assert_eq!(h.counts(card).await, (9 - sold, 0, sold), "before write {n}");
    }
}

#[tokio::test]
async fn what_a_card_holds_for_an_order_that_is_over_is_found_by_the_sweep() {
    let (h, flaky) = house().await;
    let card = h.on_sale("tutor", json!({"editionSize": 3})).await;
    let order = h.id();
    let (hold, open) = waiting_hold(&h, &flaky, (card, order), 2).await;
    h.hear(card, order, OrderChange::Expired).await;
    flaky.die_after(1, true);
    open.notify_one();
    assert!(hold.await.unwrap().is_err() && flaky.live());
    assert_eq!(h.counts(card).await, (2, 1, 0), "nobody knows yet");
    let _sweep = h.here.work("sweep");
    h.world.advance(Duration::from_secs(200));
    until("it is given back", async || h.counts(card).await == (3, 0, 0)).await;
}

#[tokio::test]
async fn a_slow_reviewer_does_not_undo_the_counting_of_a_quick_one() {
    let (h, flaky) = house().await;
    let (card, there) = (h.on_sale("tutor", json!({})).await, h.another().await);
    let path = format!("/api/model-cards/{card}/reviews");
    let [slow, quick] = [h.id(), h.id()];
    h.holders.add(slow, card);
    h.holders.add(quick, card);
    h.here.app.by(slow).post(&path, json!({"rating": 1})).await.expect(201);
    let (reached, open) = flaky.wait_before_read("tallies", 1);
    let meanwhile = async {
        reached.notified().await;
        there.app.by(quick).post(&path, json!({"rating": 5})).await.expect(201);
        there.count().await;
        open.notify_one();
    };
    tokio::join!(h.here.count(), meanwhile);
    let rating = h.read(card).await["rating"].clone();
    assert_eq!(
        (&rating["count"], &rating["averageHundredths"]),
        (&json!(2), &json!(300))
    );
}

#[tokio::test]
async fn a_hold_of_a_card_that_is_erased_while_it_is_begun_is_given_up() {
    let (h, flaky) = house().await;
    let (card, order) = (h.on_sale("tutor", json!({})).await, h.id());
    let (hold, open) = waiting_hold(&h, &flaky, (card, order), 1).await;
    h.hear_deleted(h.seller).await;
    open.notify_one();
    let refused = HoldAnswer::Refused {
        reason: Refusal::NotOnSale,
    };
    assert_eq!(hold.await.unwrap().unwrap(), refused);
    assert_eq!(h.here.cards.revision(card, 1).await.unwrap_err().kind.status(), 404);
}

#[tokio::test]
async fn an_erasure_that_dies_at_any_write_is_ended_by_the_next() {
    for (left, done) in (1..).flat_map(|left| [(left, false), (left, true)]) {
        let (h, flaky) = house().await;
        h.on_sale("tutor", json!({})).await;
        flaky.die_after(left, done);
        let _ = h.try_hear_deleted(h.seller).await;
        let died = flaky.live();
        h.hear_deleted(h.seller).await;
        for collection in ["cards", "revisions", "handles", "tallies"] {
            let kept = h.store.scan(collection, None, 9).await.unwrap();
            assert!(kept.is_empty(), "{collection} after {left} writes");
        }
        let told = h.told("commerce.card.v1").await;
        assert_eq!(
            told.iter().filter(|kind| *kind == "removed").count(),
            1,
            "after {left} writes"
        );
        if !died {
            assert!(left > 4, "there is something to die at");
            return;
        }
    }
}

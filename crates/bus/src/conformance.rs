//! Owns the meaning of the port: cases that every adapter passes unchanged. Refuses to know any adapter.
//!
//! An adapter's test file names a function that builds a [`Rig`] and writes `bus::conformance_tests!(that)`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod delivery;
mod durability;
mod failures;
mod groups;
mod hints;
mod inbox;
mod order;
mod recorder;
mod release;
mod replay;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contracts::{Event, EventBody, Topic};
use futures::future::BoxFuture;
use kernel::Ambient;
use serde::{Deserialize, Serialize};
use store::Store;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{Bus, BusError, Handler, Retry, Subscription};

pub use self::recorder::Recorder;
pub use self::{
    delivery::*, durability::*, failures::*, groups::*, hints::*, inbox::*, order::*, release::*, replay::*, waiting::*,
};

/// A topic of eight partitions.
pub const ALPHA: Topic = Topic {
    name: "test.alpha.v1",
    partitions: 8,
};
/// A topic of four partitions.
pub const BETA: Topic = Topic {
    name: "test.beta.v1",
    partitions: 4,
};
/// A topic of one partition.
pub const SINGLE: Topic = Topic {
    name: "test.single.v1",
    partitions: 1,
};
/// What a rig's bus is opened with.
pub const TOPICS: &[Topic] = &[ALPHA, BETA, SINGLE];

/// Within this a thing that ought to happen has happened.
pub const DEADLINE: Duration = Duration::from_secs(20);
/// After this an acked event is remembered even by a process that is killed.
pub const SETTLED: Duration = Duration::from_millis(400);

/// An adapter under test, alone with its data, which are empty at the start.
#[async_trait]
pub trait Rig: Send + Sync {
    /// Opens a bus over the rig's data. One at a time: the one before was closed, or `crash` came in between.
    async fn open(&self) -> Arc<dyn Bus>;
    /// Makes `open` find what a process killed at this instant would have left. The bus before is out of the game.
    async fn crash(&self);
    /// Opens an empty store whose outbox and inbox work.
    async fn store(&self) -> Arc<dyn Store>;
    /// Tells whether the adapter drops an event id that it has seen, for ever and after a restart too.
    fn dedupes(&self) -> bool;
    /// Tells the adapter's time and makes ids.
    fn ambient(&self) -> Ambient;
}

/// A rig, or nothing where the server that it needs is not there; who says nothing has said why.
pub trait MaybeRig {
    /// Returns the rig.
    fn rig(self) -> Option<Box<dyn Rig>>;
}

impl MaybeRig for Box<dyn Rig> {
    fn rig(self) -> Option<Box<dyn Rig>> {
        Some(self)
    }
}

impl MaybeRig for Option<Box<dyn Rig>> {
    fn rig(self) -> Option<Box<dyn Rig>> {
        self
    }
}

/// What the cases publish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Partition key.
    pub key: String,
    /// Number, growing within a key.
    pub number: u64,
    /// Weight.
    pub pad: String,
}

impl EventBody for Probe {
    const TOPIC: Topic = ALPHA;
    const SOURCE: &'static str = "test";
    fn kind(&self) -> &'static str {
        "probe.made"
    }
    fn key(&self) -> String {
        self.key.clone()
    }
    fn sequence(&self) -> Option<u64> {
        Some(self.number)
    }
}

/// A rig with an open bus.
struct Bench {
    rig: Box<dyn Rig>,
    bus: Arc<dyn Bus>,
}

impl Bench {
    async fn new(rig: Box<dyn Rig>) -> Self {
        let bus = rig.open().await;
        Self { rig, bus }
    }

    /// Makes an event.
    fn event(&self, topic: Topic, key: &str, number: u64) -> Event {
        self.padded(topic, key, number, 0)
    }

    /// Makes an event with `pad` bytes of weight.
    fn padded(&self, topic: Topic, key: &str, number: u64, pad: usize) -> Event {
        let probe = Probe {
            key: key.into(),
            number,
            pad: "x".repeat(pad),
        };
        let mut event = Event::new(&self.rig.ambient(), &probe).unwrap();
        event.topic = topic.name.into();
        event
    }

    /// Publishes numbers of one key, in one call.
    async fn publish(&self, topic: Topic, key: &str, numbers: impl IntoIterator<Item = u64>) -> Vec<Event> {
        let events: Vec<Event> = numbers.into_iter().map(|n| self.event(topic, key, n)).collect();
        self.bus.publish(&events).await.unwrap();
        events
    }

    /// Starts a member with its own handler.
    fn consume(&self, subscription: Subscription, handler: &Arc<Recorder>) -> Member {
        Member::start(self.bus.clone(), subscription, handler.clone())
    }

    /// Closes the bus and opens it over the same data.
    async fn reopen(&mut self) {
        self.bus.close().await;
        self.bus = self.rig.open().await;
    }

    /// Opens what a killed process would have left.
    async fn crash(&mut self) {
        self.rig.crash().await;
        self.bus = self.rig.open().await;
    }
}

/// A running call of `consume`.
struct Member {
    stop: CancellationToken,
    task: JoinHandle<Result<(), BusError>>,
}

impl Member {
    fn start(bus: Arc<dyn Bus>, subscription: Subscription, handler: Arc<dyn Handler>) -> Self {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        Self {
            stop,
            task: tokio::spawn(async move { bus.consume(subscription, handler, stopped).await }),
        }
    }

    /// Stops in order.
    async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(DEADLINE, self.task)
            .await
            .unwrap()
            .unwrap()
            .unwrap();
    }

    /// Drops the call where it stands.
    async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}

/// Subscribes `group` with short pauses, and parks keys.
fn subscription(group: &'static str, topics: &[Topic]) -> Subscription {
    Subscription {
        retry: quick(3),
        ..Subscription::new(group, topics)
    }
}

/// Retries so often, with pauses of 5, 15, 20, 20 ... ms.
fn quick(retries_max: u32) -> Retry {
    let millis = Duration::from_millis;
    Retry {
        retries_max,
        pause: millis(5),
        pause_max: millis(20),
        total_max: Duration::from_secs(30),
        ..Retry::default()
    }
}

/// Waits until `condition` holds.
async fn until<'a>(what: &str, mut condition: impl FnMut() -> BoxFuture<'a, bool>) {
    let began = tokio::time::Instant::now();
    while !condition().await {
        assert!(began.elapsed() < DEADLINE, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Waits until a group has nothing before it in a topic.
async fn until_no_lag(bus: &Arc<dyn Bus>, topic: Topic, group: &'static str) {
    until("no lag", || {
        Box::pin(async { bus.lag(topic, group).await.unwrap() == 0 })
    })
    .await;
}

/// Returns `keys` keys that share one partition of `topic`.
fn neighbours(topic: Topic, keys: usize) -> Vec<String> {
    let all = (0..).map(|n| format!("key-{n}"));
    all.filter(|k| contracts::event::partition_of(k, topic.partitions) == 0)
        .take(keys)
        .collect()
}

/// Writes one `#[tokio::test]` for each case; the argument is a path to `async fn() -> Box<dyn Rig>`, or to one that returns an
/// option where the server may be missing.
#[macro_export]
macro_rules! conformance_tests {
    ($rig:path) => {
        $crate::conformance_tests! { @cases $rig:
            published_events_are_handled_as_they_were, a_new_group_gets_what_was_published_before,
            an_event_wakes_a_waiting_consumer, one_subscription_may_name_many_topics,
            other_topics_are_not_given, a_big_event_arrives_whole, an_event_over_the_limit_is_refused,
            an_unknown_topic_is_refused, a_batch_over_the_limit_is_refused, publishing_nothing_is_no_failure,
            a_refused_batch_leaves_nothing, concurrent_publishers_lose_nothing, a_long_backlog_is_worked_off,
            a_closed_bus_accepts_nothing, a_subscription_that_cannot_work_is_refused,
            one_key_is_handled_in_order, keys_of_one_partition_go_beside_each_other,
            a_key_is_handled_one_event_at_a_time, in_flight_max_is_respected, in_flight_max_of_one_is_one,
            a_slow_key_does_not_hold_up_others, order_holds_for_each_of_many_publishers,
            the_partition_of_a_key_is_for_ever,
            every_group_gets_all, members_of_a_group_share, a_member_may_join_and_leave,
            coming_and_going_under_load_loses_nothing_and_keeps_order,
            coming_and_going_with_few_events_leaves_no_lag, what_a_killed_member_had_goes_to_another,
            a_slow_group_does_not_hold_up_another, stopping_finishes_what_is_in_hand,
            stopping_does_not_wait_for_pauses, a_group_goes_on_where_it_stopped, members_may_want_different_topics,
            a_failure_is_tried_again_in_place, other_keys_go_on_during_the_pauses, tries_are_counted_and_pauses_grow,
            the_pauses_together_are_limited, poison_parks_its_key, poison_may_be_skipped, a_panic_is_a_failure,
            a_panicking_poison_parks_its_key, a_try_that_takes_too_long_is_a_failure, a_parked_key_holds_up_no_other, a_parked_key_is_parked_after_a_crash,
            a_letter_beyond_a_gap_is_written_once_over_a_crash, letters_behind_a_long_queue_come_in_order,
            dead_letters_are_cut_at_the_limit, poison_is_poison_to_one_group_only,
            released_letters_come_in_order_and_free_the_key, release_reaches_one_group_only,
            parked_keys_are_listed_until_they_are_released,
            a_letter_that_fails_again_parks_its_key_again,
            a_release_that_comes_just_when_a_letter_fails_again_is_not_lost, releasing_nothing_is_nothing,
            what_is_published_during_a_release_comes_after, a_release_without_members_waits_for_one,
            a_release_goes_on_after_a_crash, skipped_letters_can_be_released,
            letters_count_as_in_flight,
            published_events_survive_a_crash, a_kill_between_the_handlers_commit_and_the_ack_delivers_again,
            a_crash_during_the_pauses_delivers_again, acked_events_are_remembered_after_a_crash,
            nothing_is_committed_beyond_a_gap,
            reopening_goes_on_at_the_cursor, order_holds_over_a_crash, closing_finishes_what_is_in_hand,
            the_same_event_again_is_not_delivered_twice, the_same_event_after_a_reopening_is_not_delivered_twice,
            a_new_group_replays_everything, a_new_group_replays_from_an_instant, a_new_group_may_begin_at_the_end,
            the_beginning_at_the_end_survives_a_crash, a_known_group_does_not_begin_again,
            a_tail_gets_what_is_published_from_now_on, every_tail_gets_everything, a_tail_gets_its_topics_only,
            a_slow_tail_ends_without_a_gap_and_another_begins, a_tail_ends_with_the_bus, lag_counts_what_is_not_acked,
            an_effect_happens_once_by_the_inbox,
            undelivered_is_what_a_named_group_has_not_reached, undelivered_is_what_a_named_group_holds_back_in_order,
            undelivered_is_what_a_killed_member_had,
        }
    };
    (@cases $rig:path: $($case:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                if let Some(rig) = $crate::conformance::MaybeRig::rig($rig().await) {
                    $crate::conformance::$case(rig).await;
                }
            }
        )*
    };
}

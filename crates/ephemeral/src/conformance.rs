//! Owns the meaning of the port: cases that every adapter passes unchanged. Refuses to know any adapter.
//!
//! An adapter's test file names a function that builds a [`Subject`] (or an `Option` of it: `None` when there is no
//! server, after saying so) and writes `ephemeral::conformance_tests!(that)`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod keys;
mod leases;
mod logs;
mod pubsub;
mod sets;
mod timers;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use kernel::{Ambient, Timestamp};

use crate::{Ephemeral, Subscriber};

pub use self::{keys::*, leases::*, logs::*, pubsub::*, sets::*, timers::*};

/// The unit of the cases' times. Long enough that an adapter on the real clock is not hurried.
pub const T: Duration = Duration::from_millis(200);
/// Within this a thing that ought to happen has happened.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// An adapter under test, empty at the start, alone with its data.
pub struct Subject {
    /// The adapter.
    pub it: Arc<dyn Ephemeral>,
    /// Lets time pass for the adapter: moves a held clock, or waits.
    pub advance: Box<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>,
    /// Tells the adapter's time.
    pub now: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Subject {
    /// Wraps an adapter whose time cannot be held, because a server has its own: time passes by waiting for it. The
    /// server's clock must be this machine's, to about a tenth of [`T`].
    pub fn on_the_real_clock(it: Arc<dyn Ephemeral>) -> Self {
        let ambient = Ambient::system();
        Self {
            it,
            advance: Box::new(|by| Box::pin(tokio::time::sleep(by))),
            now: Box::new(move || ambient.now()),
        }
    }

    async fn advance(&self, by: Duration) {
        (self.advance)(by).await;
    }
}

/// Makes bytes of text.
fn b(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

/// Returns the next payload, in time.
async fn next(subscriber: &mut Box<dyn Subscriber>) -> (String, Bytes) {
    tokio::time::timeout(DEADLINE, subscriber.next())
        .await
        .unwrap()
        .unwrap()
}

/// Writes one `#[tokio::test]` for each case; the argument is a path to `async fn() -> Subject`, or `-> Option<Subject>`.
#[macro_export]
macro_rules! conformance_tests {
    ($subject:path) => {
        $crate::conformance_tests! { @cases $subject:
            a_key_that_was_set_is_read_back, a_key_ends_with_its_ttl, setting_again_replaces_value_and_ttl,
            of_many_set_if_absent_one_wins, set_if_absent_wins_again_after_the_end, any_exists_finds_one_among_many,
            of_many_takers_one_gets_the_value, deleting_is_no_failure_when_nothing_is_there,
            a_counter_adds_and_ends_with_its_first_ttl, counters_lose_no_addition, a_counter_is_a_key,
            limits_of_keys_and_values_are_refused,
            a_lease_has_one_holder, an_ended_lease_can_be_taken, fences_grow_with_every_holder,
            renewing_prolongs_only_ones_own, giving_back_anothers_lease_does_nothing, of_many_leasers_one_wins,
            a_bucket_gives_its_burst_and_then_tells_the_wait, a_bucket_refills_up_to_its_capacity,
            a_cost_over_the_capacity_is_never_granted,
            what_is_given_back_can_be_taken_again_up_to_the_capacity, buckets_are_apart,
            timers_are_claimed_when_due_the_oldest_first, a_claimed_timer_is_due_again_after_its_lease,
            setting_a_timer_again_moves_it, timers_that_are_done_are_gone, of_many_claimers_each_timer_has_one,
            members_join_and_leave, members_end_one_by_one, joining_again_prolongs, members_are_cut_at_their_limit,
            a_log_keeps_its_order, a_log_is_cut_at_its_limit, a_log_lives_from_its_last_entry,
            subscribers_get_what_is_published_afterwards_in_order, other_channels_are_not_heard,
            one_subscriber_hears_many_channels, an_unsubscribed_channel_is_heard_no_more,
            subscribing_twice_is_once, a_slow_reader_loses_the_oldest, waiting_can_be_given_up_without_loss,
            a_waiting_reader_is_woken, a_subscriber_that_went_hinders_nobody, it_answers_a_ping,
        }
    };
    (@cases $subject:path: $($case:ident),* $(,)?) => {
        $(#[tokio::test] async fn $case() {
            if let Some(subject) = Option::<$crate::conformance::Subject>::from($subject().await) {
                $crate::conformance::$case(subject).await;
            }
        })*
    };
}

//! Owns what a timer is and when it fires. Refuses to know what follows from it.

use contracts::orders::OrderChange;
use kernel::{OrderId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// The timer of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimerDoc {
    pub(crate) order_id: OrderId,
    /// The deadline that it was last set for.
    pub(crate) deadline: Timestamp,
    /// The same while it is armed: the index of what is due.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) due: Option<Timestamp>,
    /// The last deadline that it has fired for: it does so once.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) fired: Option<Timestamp>,
    /// The order's version that it follows: older news change nothing.
    pub(crate) order_version: u64,
    /// Since when it is not armed, for its removal.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) over_since: Option<Timestamp>,
}

/// What news of an order mean for its timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// It may be paid until then.
    Deadline(Timestamp),
    /// Nobody waits for its deadline any more.
    Over,
}

impl News {
    /// Reads what happened to an order; none when that is nothing to its timer.
    pub(crate) fn of(change: &OrderChange) -> Option<Self> {
        match change {
            OrderChange::AwaitingPayment { deadline } => Some(Self::Deadline(*deadline)),
            // The order looks after itself while the provider is asked to cancel.
            OrderChange::Expiring { .. }
            | OrderChange::Paid { .. }
            | OrderChange::Refunding { .. }
            | OrderChange::Completed { .. }
            | OrderChange::Rejected { .. }
            | OrderChange::Expired
            | OrderChange::Cancelled
            | OrderChange::Refunded => Some(Self::Over),
            // Before there is a deadline, while it holds, or long after.
            _ => None,
        }
    }
}

impl TimerDoc {
    /// Sets a new timer.
    pub(crate) fn set(order_id: OrderId, deadline: Timestamp, order_version: u64) -> Self {
        Self {
            order_id,
            deadline,
            due: Some(deadline),
            fired: None,
            order_version,
            over_since: None,
        }
    }

    /// Follows news of the order; false when they are old or change nothing.
    pub(crate) fn follow(&mut self, news: News, order_version: u64, now: Timestamp) -> bool {
        if order_version <= self.order_version {
            return false;
        }
        let before = self.clone();
        match news {
            News::Deadline(deadline) => {
                self.deadline = deadline;
                // Deadlines only move on: what has fired does not fire again.
                self.due = Some(deadline).filter(|due| self.fired.is_none_or(|fired| *due > fired));
            }
            News::Over => self.due = None,
        }
        self.over_since = if self.due.is_some() {
            None
        } else {
            self.over_since.or(Some(now))
        };
        // A deadline that is confirmed is written down as well, so that older news stay old.
        let changed = *self != before || matches!(news, News::Deadline(_));
        self.order_version = order_version;
        changed
    }

    /// Fires, when it is armed and its time has come; tells for which deadline.
    pub(crate) fn fire(&mut self, now: Timestamp) -> Option<Timestamp> {
        let due = self.due.filter(|due| *due <= now)?;
        self.due = None;
        self.fired = Some(due);
        self.over_since = Some(now);
        Some(due)
    }
}

impl Document for TimerDoc {
    const COLLECTION: &'static str = "timers";
    const INDEXES: &'static [Index] = &[Index::plain("due", &["due"]), Index::plain("over", &["overSince"])];
    fn id(&self) -> String {
        self.order_id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn it_fires_once_for_a_deadline_and_again_for_another() {
        let mut timer = TimerDoc::set(Uuid::nil().into(), at(10), 2);
        assert_eq!(timer.fire(at(9)), None);
        assert_eq!((timer.fire(at(10)), timer.fire(at(11))), (Some(at(10)), None));
        timer.follow(News::Deadline(at(10)), 4, at(12));
        assert_eq!(timer.fire(at(13)), None, "the same deadline again");
        timer.follow(News::Deadline(at(20)), 5, at(14));
        assert_eq!(timer.fire(at(20)), Some(at(20)));
    }

    #[test]
    fn old_news_do_not_arm_it_again() {
        let mut timer = TimerDoc::set(Uuid::nil().into(), at(10), 2);
        assert!(timer.follow(News::Over, 5, at(3)));
        assert!(!timer.follow(News::Deadline(at(10)), 4, at(4)));
        assert_eq!((timer.fire(at(10)), timer.over_since), (None, Some(at(3))));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_news_come_in_whatever_order_no_deadline_fires_twice_or_early(
            plan in prop::collection::vec((0..20u64, prop::option::of(0..30i64), 0..30i64), 1..60),
        ) {
            let mut timer = TimerDoc::set(Uuid::nil().into(), at(10), 1);
            let mut fired: BTreeMap<Timestamp, u32> = BTreeMap::new();
            for (version, deadline, now) in plan {
                let news = deadline.map_or(News::Over, |d| News::Deadline(at(d)));
                timer.follow(news, version, at(now));
                if let Some(due) = timer.fire(at(now)) {
                    prop_assert!(due <= at(now));
                    *fired.entry(due).or_default() += 1;
                }
                prop_assert_eq!(timer.due.is_none(), timer.over_since.is_some());
            }
            prop_assert!(fired.values().all(|times| *times == 1), "{fired:?}");
        }
    }
}

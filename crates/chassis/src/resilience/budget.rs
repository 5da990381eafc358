//! Owns how many calls may be tried again: a share of all calls, so that what is slow already is not asked twice as
//! often. Refuses to know why a call failed.

use parking_lot::Mutex;
use tokio::time::Instant;

/// A retry, in the thousandths that are counted.
const ONE: i64 = 1_000;

/// How large a budget is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// What each call puts in, in thousandths of a retry: 100 = one retry for ten calls.
    pub permille: u32,
    /// Retries that are there at the start.
    pub start: u32,
    /// Retries that can be saved up.
    pub most: u32,
    /// Retries that come by themselves in a minute while there are fewer than at the start: where calls are rare, their
    /// share alone would never pay for one.
    pub per_minute: u32,
}

/// Retries to be had.
pub struct Budget {
    share: Share,
    left: Mutex<Left>,
}

struct Left {
    thousandths: i64,
    /// When what comes by itself was last added.
    added: Option<Instant>,
}

impl Budget {
    /// Begins with what there is at the start.
    pub fn new(share: Share) -> Self {
        let left = Left {
            thousandths: i64::from(share.start) * ONE,
            added: None,
        };
        Self {
            share,
            left: Mutex::new(left),
        }
    }

    /// Counts a call, not a retry.
    pub fn deposit(&self) {
        let mut left = self.left.lock();
        let most = i64::from(self.share.most) * ONE;
        left.thousandths = (left.thousandths + i64::from(self.share.permille)).min(most);
    }

    /// Takes a retry, if there is one left.
    pub fn withdraw(&self, now: Instant) -> bool {
        let mut left = self.left.lock();
        let passed = now.saturating_duration_since(*left.added.get_or_insert(now));
        let earned = passed.as_millis().saturating_mul(u128::from(self.share.per_minute)) / 60;
        if earned > 0 {
            left.added = Some(now);
            let start = i64::from(self.share.start) * ONE;
            let filled = left
                .thousandths
                .saturating_add(i64::try_from(earned).unwrap_or(i64::MAX));
            left.thousandths = left.thousandths.max(filled.min(start));
        }
        let enough = left.thousandths >= ONE;
        if enough {
            left.thousandths -= ONE;
        }
        enough
    }

    /// Gives back a retry that was taken and not made.
    pub fn refund(&self) {
        let mut left = self.left.lock();
        left.thousandths = (left.thousandths + ONE).min(i64::from(self.share.most) * ONE);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    const SHARE: Share = Share {
        permille: 100,
        start: 10,
        most: 100,
        per_minute: 0,
    };

    fn taken(budget: &Budget, now: Instant) -> usize {
        (0..1_000).filter(|_| budget.withdraw(now)).count()
    }

    #[test]
    fn one_call_in_ten_may_be_tried_again_in_the_long_run() {
        let (budget, now) = (Budget::new(SHARE), Instant::now());
        assert_eq!(taken(&budget, now), 10);
        (0..50).for_each(|_| budget.deposit());
        assert_eq!(taken(&budget, now), 5);
        (0..1_000_000).for_each(|_| budget.deposit());
        assert_eq!(taken(&budget, now), 100);
        budget.refund();
        assert_eq!(taken(&budget, now), 1);
    }

    #[test]
    fn where_calls_are_rare_some_come_by_themselves() {
        let share = Share { per_minute: 6, ..SHARE };
        let (budget, now) = (Budget::new(share), Instant::now());
        taken(&budget, now);
        assert_eq!(taken(&budget, now + Duration::from_secs(9)), 0);
        assert_eq!(taken(&budget, now + Duration::from_secs(11)), 1);
        assert_eq!(
            taken(&budget, now + Duration::from_secs(3_600)),
            10,
            "no more than at the start"
        );
    }

    proptest! {
        #[test]
        fn there_are_never_more_retries_than_the_share_and_what_was_saved(calls in prop::collection::vec(any::<bool>(), 0..2_000)) {
            let (budget, now) = (Budget::new(SHARE), Instant::now());
            let (mut made, mut retried) = (0, 0);
            for retry in calls {
                if retry {
                    retried += usize::from(budget.withdraw(now));
                } else {
                    budget.deposit();
                    made += 1;
                }
                prop_assert!(retried <= 10 + made / 10);
            }
        }
    }
}

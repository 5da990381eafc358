//! Owns how many calls may be tried again: a share of all calls, so that a service that is slow already is not asked
//! twice as often. Refuses to know why a call failed.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

/// What each call puts in, in thousandths of a retry: 100 = one retry for ten calls.
pub const RETRY_SHARE_PERMILLE: i64 = 100;
/// Retries that a link has at its start.
pub const RETRY_TOKENS_MIN: i64 = 10;
/// Retries that can be saved up.
pub const RETRY_TOKENS_MAX: i64 = 100;

const ONE: i64 = 1_000;

/// The retries of one link.
pub(super) struct Budget(AtomicI64);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicI64::new(RETRY_TOKENS_MIN * ONE))
    }
}

impl Budget {
    /// Counts a call, not a retry.
    pub(super) fn deposit(&self) {
        let _ = self.0.fetch_update(Relaxed, Relaxed, |left| {
            Some((left + RETRY_SHARE_PERMILLE).min(RETRY_TOKENS_MAX * ONE))
        });
    }

    /// Takes a retry, if there is one left.
    pub(super) fn withdraw(&self) -> bool {
        let taken = self
            .0
            .fetch_update(Relaxed, Relaxed, |left| (left >= ONE).then_some(left - ONE));
        if taken.is_err() {
            metrics::counter!("link_retries_refused_total").increment(1);
        }
        taken.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_call_in_ten_may_be_tried_again_in_the_long_run() {
        let budget = Budget::default();
        let first = (0..1_000).filter(|_| budget.withdraw()).count();
        assert_eq!(first, 10);
        for _ in 0..50 {
            budget.deposit();
        }
        assert_eq!((0..1_000).filter(|_| budget.withdraw()).count(), 5);
        for _ in 0..1_000_000 {
            budget.deposit();
        }
        assert_eq!((0..1_000).filter(|_| budget.withdraw()).count(), 100);
    }
}

//! Owns the choice among several that could answer: two are drawn, the less loaded is asked (power of two choices,
//! Mitzenmacher 2001). Refuses to throw the dice itself.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// How much a new sample counts in [`Latency`]: one part in so many.
const SMOOTHING: u64 = 8;

/// How busy one is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// How long it took lately; unknown before its first answer.
    pub latency: Option<Duration>,
    /// Calls under way.
    pub in_flight: usize,
}

impl Load {
    /// Tells whether a call would be done sooner here: latency times calls under way, this one included. Where a latency
    /// is unknown, only the calls count, so that a newcomer gets its share and no more.
    pub fn is_lighter_than(&self, other: &Self) -> bool {
        let queue = |load: &Self| load.in_flight as u128 + 1;
        match (self.latency, other.latency) {
            (Some(mine), Some(theirs)) => {
                mine.as_micros().saturating_mul(queue(self)) < theirs.as_micros().saturating_mul(queue(other))
            }
            _ => self.in_flight < other.in_flight,
        }
    }
}

/// Draws two different places of `weights`, each as likely as its weight says; the same twice when there is only one with
/// a weight, none when there is none. `dice` is 64 random bits.
pub fn two(weights: &[u32], dice: u64) -> Option<(usize, usize)> {
    let first = draw(weights, None, dice & 0xffff_ffff)?;
    Some((first, draw(weights, Some(first), dice >> 32).unwrap_or(first)))
}

fn draw(weights: &[u32], without: Option<usize>, dice: u64) -> Option<usize> {
    let open = || {
        let all = weights.iter().enumerate();
        all.filter(move |(at, weight)| Some(*at) != without && **weight > 0)
            .map(|(at, weight)| (at, u64::from(*weight)))
    };
    let total: u64 = open().map(|(_, weight)| weight).sum();
    let mut left = dice.checked_rem(total)?;
    for (at, weight) in open() {
        match left.checked_sub(weight) {
            Some(rest) => left = rest,
            None => return Some(at),
        }
    }
    None
}

/// A latency that forgets: an exponentially weighted moving average, a new sample one part in eight.
#[derive(Debug, Default)]
pub struct Latency(AtomicU64);

impl Latency {
    /// Adds a sample; below a microsecond counts as one.
    pub fn observe(&self, took: Duration) {
        let sample = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
        let _ = self.0.fetch_update(Relaxed, Relaxed, |old| {
            Some(match old {
                0 => sample,
                old if sample >= old => old.saturating_add((sample - old) / SMOOTHING),
                old => (old - (old - sample) / SMOOTHING).max(1),
            })
        });
    }

    /// Returns it; none before the first sample.
    pub fn get(&self) -> Option<Duration> {
        let micros = self.0.load(Relaxed);
        (micros > 0).then(|| Duration::from_micros(micros))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn load(ms: Option<u64>, in_flight: usize) -> Load {
        Load {
            latency: ms.map(Duration::from_millis),
            in_flight,
        }
    }

    #[test]
    fn the_one_that_would_be_done_sooner_is_lighter() {
        assert!(load(Some(100), 0).is_lighter_than(&load(Some(30), 3)));
        assert!(!load(Some(100), 0).is_lighter_than(&load(Some(30), 2)));
        assert!(load(None, 1).is_lighter_than(&load(Some(1), 2)));
        assert!(!load(None, 1).is_lighter_than(&load(Some(1_000), 1)));
    }

    proptest! {
        #[test]
        fn the_two_are_different_and_have_a_weight(weights in prop::collection::vec(0u32..5, 0..8), dice in any::<u64>()) {
            let open = weights.iter().filter(|w| **w > 0).count();
            match two(&weights, dice) {
                None => prop_assert_eq!(open, 0),
                Some((a, b)) => {
                    prop_assert!(weights[a] > 0 && weights[b] > 0);
                    prop_assert_eq!(a == b, open == 1);
                }
            }
        }

        #[test]
        fn the_first_is_drawn_exactly_by_weight(weights in prop::collection::vec(0u32..20, 1..6)) {
            let total: u32 = weights.iter().sum();
            let mut drawn = vec![0; weights.len()];
            for dice in 0..u64::from(total) {
                drawn[two(&weights, dice).unwrap().0] += 1;
            }
            prop_assert_eq!(drawn, weights);
        }

        #[test]
        fn lighter_is_an_order(a in (prop::option::of(1u64..50), 0usize..9), b in (prop::option::of(1u64..50), 0usize..9)) {
            let (a, b) = (load(a.0, a.1), load(b.0, b.1));
            prop_assert!(!a.is_lighter_than(&a));
            prop_assert!(!(a.is_lighter_than(&b) && b.is_lighter_than(&a)));
        }

        #[test]
        fn a_latency_stays_between_its_samples(samples in prop::collection::vec(1u64..10_000_000, 1..50)) {
            let latency = Latency::default();
            for sample in &samples {
                latency.observe(Duration::from_micros(*sample));
            }
            let micros = u64::try_from(latency.get().unwrap().as_micros()).unwrap();
            prop_assert!((*samples.iter().min().unwrap()..=*samples.iter().max().unwrap()).contains(&micros));
        }
    }

    #[test]
    fn the_less_loaded_of_two_keeps_a_slow_one_from_most_of_the_work() {
        // Two are fast, one takes ten times as long; a seed is as good as any other.
        let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
        let (mut busy, mut asked) = ([0usize; 3], [0u32; 3]);
        let latency = [10, 10, 100];
        for round in 0..3_000 {
            dice = dice
                .wrapping_mul(0x5851_f42d_4c95_7f2d)
                .wrapping_add(0x1405_7b7e_f767_814f);
            let (a, b) = two(&[1, 1, 1], dice.rotate_left(17)).unwrap();
            let of = |at: usize| load(Some(latency[at]), busy[at]);
            let chosen = if of(b).is_lighter_than(&of(a)) { b } else { a };
            busy[chosen] += 1;
            asked[chosen] += 1;
            // Each is done with its calls as fast as it is.
            (0..3)
                .filter(|at| round % (latency[*at] / 10) == 0)
                .for_each(|at| busy[at] = busy[at].saturating_sub(1));
        }
        assert!(asked[2] < 600 && asked[0].abs_diff(asked[1]) < 300, "{asked:?}");
    }
}

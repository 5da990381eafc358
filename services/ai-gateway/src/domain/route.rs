//! Owns which of several targets is asked next. Refuses to ask it, and to know what answers.

use chassis::resilience::{Load, two};

use crate::config::Strategy;

/// Most characters of a named model.
const NAME_CHARS_MAX: usize = 64;

/// A target as it stands when the choice is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// How often it is drawn.
    pub(crate) weight: u32,
    pub(crate) load: Load,
    /// Whether it may be asked at all: it was not tried for this call, and its breaker lets calls through.
    pub(crate) open: bool,
    /// Whether it has asked for a pause: others come first.
    pub(crate) resting: bool,
}

/// Returns the place of the target that is asked next; none when none may be asked. `dice` is 64 random bits.
pub(crate) fn choose(strategy: Strategy, candidates: &[Candidate], dice: u64) -> Option<usize> {
    let fresh = candidates.iter().any(|c| c.open && !c.resting);
    let fits = |c: &Candidate| c.open && c.resting != fresh;
    match strategy {
        Strategy::Ordered => candidates.iter().position(fits),
        Strategy::Balanced => {
            let weights: Vec<u32> = candidates.iter().map(|c| if fits(c) { c.weight } else { 0 }).collect();
            let (one, other) = two(&weights, dice)?;
            let load = |at: usize| candidates.get(at).map_or(Load::default(), |c| c.load);
            Some(if load(other).is_lighter_than(&load(one)) {
                other
            } else {
                one
            })
        }
    }
}

/// Tells whether a named model may be called so. Without a slash, it is never taken for `provider/model`.
pub(crate) fn is_model_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._:-".contains(c);
    (1..=NAME_CHARS_MAX).contains(&name.len()) && name.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::{any, prop, prop_assert, proptest};

    use super::*;

    fn candidate(open: bool, resting: bool, ms: u64) -> Candidate {
        Candidate {
            weight: 1,
            load: Load {
                latency: Some(Duration::from_millis(ms)),
                in_flight: 0,
            },
            open,
            resting,
        }
    }

    #[test]
    fn in_order_the_first_that_may_be_asked_and_one_that_rests_only_when_nobody_else_is_left() {
        let (up, down, rests) = (
            candidate(true, false, 1),
            candidate(false, false, 1),
            candidate(true, true, 1),
        );
        for (candidates, expected) in [
            (vec![up, up], Some(0)),
            (vec![down, up], Some(1)),
            (vec![rests, up], Some(1)),
            (vec![rests, down], Some(0)),
            (vec![down, down], None),
            (vec![], None),
        ] {
            assert_eq!(choose(Strategy::Ordered, &candidates, 0), expected, "{candidates:?}");
        }
    }

    #[test]
    fn balanced_the_slower_of_two_is_never_asked_first() {
        let two = [candidate(true, false, 100), candidate(true, false, 10)];
        assert!((0..100u64).all(|dice| choose(Strategy::Balanced, &two, dice * 0x1_0000_0001) == Some(1)));
    }

    proptest! {
        #[test]
        fn only_who_may_be_asked_is_and_somebody_is_if_anybody_may(
            some in prop::collection::vec((any::<bool>(), any::<bool>(), 1u64..100), 0..6), dice in any::<u64>(), balanced in any::<bool>(),
        ) {
            let some: Vec<_> = some.into_iter().map(|(open, resting, ms)| candidate(open, resting, ms)).collect();
            let strategy = if balanced { Strategy::Balanced } else { Strategy::Ordered };
            match choose(strategy, &some, dice) {
                None => prop_assert!(some.iter().all(|c| !c.open)),
                Some(at) => {
                    prop_assert!(some[at].open);
                    prop_assert!(!some[at].resting || some.iter().all(|c| !c.open || c.resting));
                }
            }
        }
    }
}

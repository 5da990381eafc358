use proptest::prelude::*;

use super::*;

const OPEN_FOR: Duration = Duration::from_secs(1);
const WINDOW: Duration = Duration::from_secs(10);

fn in_a_row(most: u32) -> Breaker {
    Breaker::new(Rules {
        trip: Trip::InARow(most),
        open_for: OPEN_FOR,
        probes: 1,
    })
}

fn by_share(probes: u32) -> Breaker {
    Breaker::new(Rules {
        trip: Trip::Share {
            window: WINDOW,
            calls_min: 4,
            failures_permille: 500,
        },
        open_for: OPEN_FOR,
        probes,
    })
}

fn fails(breaker: &Breaker, now: Instant) -> bool {
    breaker.failed(breaker.enter(now).unwrap(), now)
}

fn works(breaker: &Breaker, now: Instant) -> bool {
    breaker.worked(breaker.enter(now).unwrap(), now)
}

#[test]
fn it_opens_after_failures_in_a_row_and_lets_one_try_after_a_while() {
    let (breaker, now) = (in_a_row(3), Instant::now());
    assert!(!fails(&breaker, now) && !fails(&breaker, now));
    works(&breaker, now);
    assert!(!fails(&breaker, now) && !fails(&breaker, now));
    assert!(fails(&breaker, now));
    assert!(!breaker.admits(now) && breaker.enter(now).is_none());
    assert_eq!(breaker.opens_for(now), OPEN_FOR);
    let later = now + OPEN_FOR;
    assert!(breaker.admits(later));
    let probe = breaker.enter(later).unwrap();
    assert!(breaker.enter(later).is_none(), "one tries, not all");
    assert!(breaker.failed(probe, later));
    assert!(breaker.enter(later).is_none());
    let last = later + OPEN_FOR;
    let dropped = breaker.enter(last).unwrap();
    breaker.unknown(dropped);
    assert!(works(&breaker, last), "a trial that nobody waited for is another's");
    assert_eq!(breaker.position(last), Position::Closed);
}

#[test]
fn a_share_of_failures_opens_it_but_not_of_too_few_calls_nor_of_old_ones() {
    let (breaker, now) = (by_share(1), Instant::now());
    assert!(!fails(&breaker, now) && !fails(&breaker, now) && !fails(&breaker, now));
    let later = now + WINDOW + WINDOW / 10;
    assert!(!fails(&breaker, later), "the others are forgotten");
    works(&breaker, later);
    works(&breaker, later);
    assert!(fails(&breaker, later), "2 of 4");
}

#[test]
fn as_many_probes_as_asked_for_must_work_one_after_the_other() {
    let (breaker, now) = (by_share(2), Instant::now());
    while !fails(&breaker, now) {}
    let later = now + OPEN_FOR;
    assert!(!works(&breaker, later));
    assert_eq!(breaker.position(later), Position::HalfOpen);
    let probe = breaker.enter(later).unwrap();
    assert!(breaker.enter(later).is_none());
    assert!(breaker.worked(probe, later));
}

#[test]
fn what_began_before_it_opened_says_nothing_of_the_probe() {
    let (breaker, now) = (in_a_row(1), Instant::now());
    let (old, older) = (breaker.enter(now).unwrap(), breaker.enter(now).unwrap());
    assert!(fails(&breaker, now));
    assert!(!breaker.worked(old, now) && !breaker.admits(now));
    let later = now + OPEN_FOR;
    let probe = breaker.enter(later).unwrap();
    breaker.unknown(older);
    assert!(!breaker.worked(old, later) && !breaker.failed(old, later));
    assert!(!breaker.admits(later), "the probe is still under way");
    assert!(breaker.worked(probe, later));
}

#[test]
fn a_slow_probe_shuts_the_others_out_for_a_while_only_and_its_word_still_counts() {
    for first_worked in [true, false] {
        let (breaker, now) = (in_a_row(1), Instant::now());
        assert!(fails(&breaker, now));
        let tried = now + OPEN_FOR;
        let slow = breaker.enter(tried).unwrap();
        assert!(!breaker.admits(tried + OPEN_FOR / 2));
        let later = tried + OPEN_FOR;
        assert!(breaker.admits(later));
        let second = breaker.enter(later).unwrap();
        assert!(breaker.enter(later).is_none(), "one more, not all");
        breaker.unknown(slow);
        assert!(breaker.enter(later).is_none(), "the second is still under way");
        if first_worked {
            assert!(breaker.worked(slow, later));
            assert!(!breaker.worked(second, later), "it is closed already");
        } else {
            assert!(breaker.failed(slow, later) && !breaker.worked(second, later));
        }
        assert_eq!(breaker.admits(later), first_worked);
    }
}

/// What happens to a breaker next.
#[derive(Clone, Debug)]
enum Step {
    Enter,
    Worked(usize),
    Failed(usize),
    Unknown(usize),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => Just(Step::Enter),
        2 => any::<prop::sample::Index>().prop_map(|i| Step::Worked(i.index(64))),
        3 => any::<prop::sample::Index>().prop_map(|i| Step::Failed(i.index(64))),
        1 => any::<prop::sample::Index>().prop_map(|i| Step::Unknown(i.index(64))),
        2 => (0u64..1_500).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..200)
}

proptest! {
    /// Whatever happens in whatever order: while it is open nobody enters; in half-open at most one enters in its time; and it
    /// is never shut for longer than that, whether those who are in say what came of it or not.
    #[test]
    fn it_never_lets_two_probes_in_and_never_stays_shut(steps in steps(), probes in 1u32..4) {
        let breaker = by_share(probes);
        let mut now = Instant::now();
        // Calls under way, and whether each was let in as a probe.
        let mut calls: Vec<(Permit, bool)> = Vec::new();
        // The last probe, while it is under way, and until when it is waited for.
        let mut trying: Option<(Permit, Instant)> = None;
        for step in steps {
            let before = breaker.position(now);
            match step {
                Step::Enter => {
                    let admits = breaker.admits(now);
                    let entered = breaker.enter(now);
                    prop_assert_eq!(admits, entered.is_some());
                    match before {
                        Position::Open => prop_assert!(entered.is_none()),
                        Position::Closed => prop_assert!(entered.is_some()),
                        Position::HalfOpen => {
                            prop_assert_eq!(entered.is_some(), trying.is_none_or(|(_, until)| until <= now));
                            trying = entered.map(|permit| (permit, now + OPEN_FOR)).or(trying);
                        }
                    }
                    calls.extend(entered.map(|permit| (permit, before == Position::HalfOpen)));
                }
                Step::Wait(ms) => now += Duration::from_millis(ms),
                Step::Worked(i) | Step::Failed(i) | Step::Unknown(i) if calls.is_empty() => {
                    let _ = i;
                }
                Step::Worked(i) => {
                    let (permit, probe) = calls.swap_remove(i % calls.len());
                    trying = trying.filter(|(last, _)| *last != permit);
                    let closed = breaker.worked(permit, now);
                    prop_assert!(!closed || probe, "only a probe closes it");
                }
                Step::Failed(i) => {
                    let (permit, _) = calls.swap_remove(i % calls.len());
                    trying = trying.filter(|(last, _)| *last != permit);
                    let opened = breaker.failed(permit, now);
                    prop_assert!(!opened || breaker.position(now) == Position::Open);
                }
                Step::Unknown(i) => {
                    let (permit, _) = calls.swap_remove(i % calls.len());
                    trying = trying.filter(|(last, _)| *last != permit);
                    breaker.unknown(permit);
                }
            }
            trying = trying.filter(|_| breaker.position(now) == Position::HalfOpen);
        }
        prop_assert!(breaker.admits(now + OPEN_FOR));
    }

    /// Against a list of all calls: it opens exactly when the share of those that still count is reached.
    #[test]
    fn it_opens_exactly_when_the_share_of_the_window_is_reached(calls in prop::collection::vec((0u64..2_500, any::<bool>()), 1..120)) {
        let (breaker, start) = (by_share(1), Instant::now());
        let (mut at, mut seen) = (0, Vec::new());
        let slot = |ms: u64| ms / (u64::try_from(WINDOW.as_millis()).unwrap() / 10);
        let first = calls[0].0;
        for (pause, failed) in calls {
            at += pause;
            let now = start + Duration::from_millis(at);
            seen.push((slot(at - first), failed));
            let counting: Vec<_> = seen.iter().filter(|(s, _)| s + 10 > slot(at - first)).collect();
            let failures = counting.iter().filter(|(_, failed)| *failed).count();
            let due = failed && counting.len() >= 4 && failures * 2 >= counting.len();
            let opened = if failed { fails(&breaker, now) } else { works(&breaker, now) };
            prop_assert_eq!(opened, due, "{:?}", counting);
            if opened {
                break;
            }
        }
    }
}

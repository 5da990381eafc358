//! Throws dice at the machine: any input, at any time, in any order, and holds what must always be true.

use std::collections::BTreeSet;
use std::time::Duration;

use contracts::ai_model_cards::Refusal;
use contracts::orders::{OrderChange, OrderStatus};
use kernel::{Currency, EntitlementId, Money, RefundId, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::{ATTEMPTS_MAX, Course, Input};

const PAY_WITHIN: Duration = Duration::from_secs(900);

fn id(n: u8) -> Uuid {
    Uuid::from_u128(u128::from(n))
}

fn input() -> impl Strategy<Value = Input> {
    let attempt = 1..=ATTEMPTS_MAX;
    let money = prop_oneof![
        6 => Just((100, Currency::EUR)),
        1 => Just((99, Currency::EUR)),
        1 => Just((100, Currency::USD)),
    ]
    .prop_map(|(amount, currency)| Money { amount, currency });
    prop_oneof![
        3 => Just(Input::Held),
        1 => Just(Input::Refused(Refusal::SoldOut)),
        6 => Just(Input::Pay),
        1 => Just(Input::Cancel),
        1 => Just(Input::TimerDue),
        1 => Just(Input::Look),
        4 => (attempt.clone(), money).prop_map(|(attempt, amount)| Input::Succeeded { attempt, amount }),
        2 => attempt.clone().prop_map(|attempt| Input::Failed { attempt }),
        1 => attempt.clone().prop_map(|attempt| Input::Canceled { attempt }),
        3 => Just(Input::Committed),
        1 => Just(Input::CannotKeep),
        3 => Just(Input::Granted(EntitlementId::from(id(1)))),
        1 => attempt.clone().prop_map(|attempt| Input::Repaid { attempt }),
        1 => (0..3u8).prop_map(|n| Input::RefundAsked(RefundId::from(id(n)))),
        1 => (0..3u8).prop_map(|n| Input::RefundPaid(RefundId::from(id(n)))),
        1 => (0..3u8).prop_map(|n| Input::RefundFailed(RefundId::from(id(n)))),
        1 => (attempt, prop::option::of(any::<bool>())).prop_map(|(attempt, won)| Input::Disputed { attempt, won }),
    ]
}

fn is_end(change: &OrderChange) -> bool {
    matches!(
        change,
        OrderChange::Completed { .. }
            | OrderChange::Rejected { .. }
            | OrderChange::Expired
            | OrderChange::Cancelled
            | OrderChange::Refunded
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_money_and_ends_are_counted_once(
        free in (0..10_u8).prop_map(|n| n == 0),
        plan in prop::collection::vec((input(), 0..400u64), 1..60),
    ) {
        let total = Money { amount: if free { 0 } else { 100 }, currency: Currency::EUR };
        let mut now = Timestamp::from_millis(1_000);
        let mut course = Course::place(total, now, now).course;
        let (mut ends, mut captured, mut back) = (0, BTreeSet::new(), Vec::new());
        for (input, seconds) in plan {
            now = now + Duration::from_secs(seconds);
            let before = course.clone();
            // The provider knows only attempts that were begun.
            if let Input::Succeeded { attempt, .. } = input && attempt <= course.attempt {
                captured.insert(attempt);
            }
            let Ok(Some(step)) = course.step(input, PAY_WITHIN, now) else { continue };
            let untold = u64::from(matches!(input, Input::Disputed { .. }));
            prop_assert_eq!(step.course.version, before.version + step.told.len() as u64 + untold);
            ends += step.told.iter().filter(|c| is_end(c)).count();
            for change in &step.told {
                if let OrderChange::RefundDue { attempt } = change {
                    back.push(*attempt);
                }
                if let (OrderChange::Refunding { attempt }, OrderStatus::Paid) = (change, before.status) {
                    back.push(*attempt);
                }
            }
            course = step.course;
            prop_assert!(!before.status.is_terminal() || course.status == before.status, "an end is left: {before:?}");
            prop_assert_eq!(ends, usize::from(course.status.is_terminal()));
            prop_assert!(course.attempt <= ATTEMPTS_MAX);
            let distinct: BTreeSet<u32> = back.iter().copied().collect();
            prop_assert_eq!(distinct.len(), back.len(), "paid back twice");
            // Every captured payment is either the one that the order keeps or on its way back: never both, never neither.
            for attempt in &captured {
                prop_assert_eq!(u8::from(back.contains(attempt)) + u8::from(course.kept == Some(*attempt) && !back.contains(attempt)), 1);
            }
            let kept = course.kept.is_some_and(|a| a == 0 || !back.contains(&a));
            let has_it = matches!(course.status, OrderStatus::Paid | OrderStatus::Completed);
            prop_assert!(kept == has_it || free, "{:?}", course);
            // Who waits is looked at again.
            prop_assert_eq!(course.wake.is_none(), course.status.is_terminal(), "{:?}", course);
        }
    }
}

//! The life of a payment, in any order of news.

use kernel::Currency;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::ledger::PaidBackFrom;
use crate::domain::split::Rates;

fn eur(amount: i64) -> Money {
    Money {
        amount,
        currency: Currency::EUR,
    }
}

fn payment() -> Payment {
    let payable = Payable {
        order_id: Uuid::from_u128(1).into(),
        buyer_id: Uuid::from_u128(2).into(),
        seller_id: Uuid::from_u128(3).into(),
        attempt: 1,
        total: eur(500),
        description: "An agent".into(),
        deadline: Timestamp::default(),
    };
    let way = Way {
        provider: "test",
        method: "test_success",
        request: None,
    };
    Payment::of_order(&payable, way, Timestamp::default())
}

fn says(state: IntentState) -> Intent {
    Intent {
        reference: Some("pi".into()),
        client_secret: None,
        state,
    }
}

fn state() -> impl Strategy<Value = IntentState> {
    prop_oneof![
        Just(IntentState::RequiresAction),
        Just(IntentState::Processing),
        Just(IntentState::Failed {
            reason: "declined".into()
        }),
        Just(IntentState::Canceled),
        Just(IntentState::Succeeded { captured: eur(500) }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn repeated_and_unordered_news_has_one_effect(news in prop::collection::vec(state(), 1..12), cancel in 0..12usize) {
        let mut payment = payment();
        let mut told = Vec::new();
        for (at, state) in news.iter().enumerate() {
            if at == cancel { told.extend(payment.want_cancel().into_iter().map(|e| (true, e))); }
            told.extend(payment.observe(&says(state.clone())).into_iter().map(|e| (false, e)));
        }
        let count = |is: fn(&PaymentChange) -> bool| told.iter().filter(|(again, e)| !again && is(&e.change)).count();
        let came = news.iter().any(|s| matches!(s, IntentState::Succeeded { .. }));
        prop_assert_eq!(count(|c| *c == PaymentChange::Succeeded), usize::from(came));
        prop_assert_eq!(payment.captured.is_some(), came);
        prop_assert_eq!(payment.status == PaymentStatus::Succeeded, came);
        prop_assert_eq!(count(|c| *c == PaymentChange::IntentCreated), 1);
        prop_assert!(count(|c| *c == PaymentChange::Canceled) <= 1);
        let failed = count(|c| matches!(c, PaymentChange::Failed { .. }));
        prop_assert!(failed <= 1);
    }

    #[test]
    fn never_more_goes_back_than_came(asks in prop::collection::vec((1..6u128, -10..400i64, any::<bool>()), 1..30), full in 0..30usize) {
        let mut payment = payment();
        payment.observe(&says(IntentState::Succeeded { captured: eur(500) }));
        for (at, (id, amount, refused)) in asks.into_iter().enumerate() {
            payment.want_refund((at != full).then(|| (Uuid::from_u128(id).into(), eur(amount))), Timestamp::default());
            if let Some(pending) = payment.refunds.iter().position(|r| r.status == RefundStatus::Pending) {
                if refused { payment.refund_refused(pending, "no"); } else { payment.refund_done(pending); }
            }
            let back: i64 = payment.refunds.iter().filter(|r| r.status == RefundStatus::Succeeded).map(|r| r.amount.amount).sum();
            prop_assert!((0..=500).contains(&back));
        }
    }

    #[test]
    fn refunds_that_are_done_give_back_each_part_exactly_whatever_fails_between(asks in prop::collection::vec((1..200i64, any::<bool>(), 0..8usize), 0..8)) {
        let mut payment = payment();
        payment.observe(&says(IntentState::Succeeded { captured: eur(500) }));
        let split = Split::of(eur(500), Rates { fee_bps: 1_033, tax_bps: 1_900 }).unwrap();
        payment.split = Some(split);
        for (id, (amount, ..)) in asks.iter().enumerate() {
            payment.want_refund(Some((Uuid::from_u128(id as u128).into(), eur(*amount))), Timestamp::default());
        }
        let mut parts = Vec::new();
        for (_, refused, which) in &asks {
            let pending: Vec<usize> = (0..payment.refunds.len()).filter(|at| payment.refunds[*at].status == RefundStatus::Pending).collect();
            if pending.is_empty() { continue; }
            let at = pending[which % pending.len()];
            if *refused { payment.refund_refused(at, "no"); } else { parts.push(done(&mut payment, at)); }
        }
        payment.want_refund(None, Timestamp::default());
        if let Some(rest) = payment.refunds.iter().position(|r| r.refund_id.is_none()) { parts.push(done(&mut payment, rest)); }
        let sum = |of: fn(&Split) -> i64| parts.iter().map(of).sum::<i64>();
        prop_assert_eq!((sum(|s| s.tax), sum(|s| s.fee), sum(|s| s.seller)), (split.tax, split.fee, split.seller));
    }
}

/// Books a refund and returns what was taken from whom.
fn done(payment: &mut Payment, at: usize) -> Split {
    payment.book_refund(at);
    let refund = payment.refunds[at].clone();
    payment.refund_done(at);
    match payment.taken_from(refund.amount, refund.before.unwrap()).unwrap() {
        PaidBackFrom::Parts { split, .. } => split,
        PaidBackFrom::Escrow => panic!("it is divided"),
    }
}

#[test]
fn a_failed_attempt_is_cancelled_at_the_provider_and_its_order_hears_of_it_only_when_it_asked() {
    let mut quiet = payment();
    quiet.observe(&says(IntentState::Failed {
        reason: "declined".into(),
    }));
    assert_eq!(quiet.duty(Timestamp::default()), Some(Duty::Cancel));
    assert!(quiet.observe(&says(IntentState::Canceled)).is_empty());
    assert_eq!(
        (quiet.status, quiet.duty(Timestamp::default())),
        (PaymentStatus::Failed, None)
    );
    assert_eq!(quiet.want_cancel()[0].change, PaymentChange::Canceled);
    let mut asked = payment();
    asked.observe(&says(IntentState::Failed {
        reason: "declined".into(),
    }));
    assert!(asked.want_cancel().is_empty());
    assert_eq!(
        asked.observe(&says(IntentState::Canceled))[0].change,
        PaymentChange::Canceled
    );
}

#[test]
fn a_full_refund_that_is_refused_is_told_once_and_tried_on_under_a_new_key() {
    let mut payment = payment();
    payment.observe(&says(IntentState::Succeeded { captured: eur(500) }));
    assert!(payment.want_refund(None, Timestamp::default()).is_empty());
    let first = payment.refund_key(&payment.refunds[0]);
    assert_eq!(payment.refund_refused(0, "no").len(), 1);
    assert!(payment.refund_refused(0, "no").is_empty());
    assert_ne!(payment.refund_key(&payment.refunds[0]), first);
    assert_eq!(payment.refund_done(0).len(), 1);
    assert!(payment.refund_done(0).is_empty() && payment.want_refund(None, Timestamp::default()).len() == 1);
}

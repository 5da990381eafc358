//! Owns the invariants of what was asked and answered: I5 and I6. It refuses to know the ledger.

use std::collections::{BTreeMap, BTreeSet};

use blackbox::Field as _;
use serde_json::Value;

use super::Trial;
use crate::evidence::Violation;
use crate::journal::{Answer, Case, Deed, Notes, Outcome, Try, outcome_of};

impl Trial<'_> {
    /// Every ok in the journal is in the database; every fail had no effect; unknown happened at most once.
    pub(super) fn i5_the_journal_is_true(&self) -> Vec<Violation> {
        let mut wrong = self.strays();
        for case in self.cases {
            let notes = case.notes().clone();
            let Some(id) = notes.order.clone() else { continue };
            let words = match self.world.orders.get(&id) {
                Some(order) => [
                    self.wrong_with_placing(case, &notes, order),
                    wrong_with_paying(&notes, order),
                    wrong_with_ending(&notes, order),
                ]
                .concat(),
                None => vec!["it was acknowledged and is not there".to_owned()],
            };
            wrong.extend(words.into_iter().map(|words| Violation::of("I5", &id, words)));
        }
        wrong
    }

    /// Orders that no journal knows are of those whose answer was lost, or were rejected.
    fn strays(&self) -> Vec<Violation> {
        let known: BTreeSet<String> = self.cases.iter().filter_map(|case| case.order()).collect();
        let mut unknown: BTreeMap<(String, String), usize> = BTreeMap::new();
        for case in self.cases {
            let lost = case.notes().count(Deed::Place, Outcome::Unknown);
            let (buyer, card) = (&self.buyers[case.buyer], &self.cards[case.card]);
            *unknown.entry((buyer.clone(), card.id.clone())).or_default() += lost;
        }
        let mut wrong = Vec::new();
        for (id, order) in self.world.orders.iter().filter(|(id, _)| !known.contains(*id)) {
            if order.has("status", "rejected") {
                continue;
            }
            match unknown.get_mut(&(order.text("buyerId"), order.text("cardId"))) {
                Some(left) if *left > 0 => *left -= 1,
                _ => wrong.push(Violation::of(
                    "I5",
                    id,
                    "nobody is in doubt, and it is there".to_owned(),
                )),
            }
        }
        wrong
    }

    fn wrong_with_placing(&self, case: &Case, notes: &Notes, order: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        let (buyer, card) = (&self.buyers[case.buyer], &self.cards[case.card]);
        if !order.has("buyerId", buyer) || !order.has("cardId", &card.id) || order.number("price.amount") != card.price
        {
            wrong.push(format!("it is not what was ordered: {card:?}"));
        }
        let answers = notes.tries.iter().filter(|one| one.deed == Deed::Place);
        for body in answers.filter_map(|one| body_of(&one.answer)) {
            if body["total"] != order["total"] {
                wrong.push(format!("its sum was {}", body["total"]));
            }
        }
        wrong
    }

    /// One effect per idempotency key, identical replies, and no refusal of what was done.
    pub(super) fn i6_one_effect_a_key(&self) -> Vec<Violation> {
        let mut wrong = Vec::new();
        for case in self.cases {
            let notes = case.notes().clone();
            for deed in [Deed::Place, Deed::Pay, Deed::Refund] {
                for (key, tries) in notes.by_key(deed) {
                    let replies: BTreeSet<_> = tries.iter().filter_map(|one| reply_of(&one.answer)).collect();
                    let id = notes.order.clone().unwrap_or_default();
                    if replies.len() > 1 {
                        let words = format!("{deed:?} with key {key} was answered differently: {replies:#?}");
                        wrong.push(Violation::of("I6", &id, words));
                    }
                    if let Some(refused) = refused_after_done(&tries) {
                        let words = format!("{deed:?} with key {key} was done, and then {refused}");
                        wrong.push(Violation::of("I6", &id, words));
                    }
                }
            }
        }
        wrong
    }
}

/// Between the payments that were begun for sure and those that may have been lie the attempts of the order.
fn wrong_with_paying(notes: &Notes, order: &Value) -> Vec<String> {
    let [done, unknown] = [Outcome::Ok, Outcome::Unknown].map(|of| notes.count(Deed::Pay, of) as u64);
    let (attempts, mut wrong) = (order.number("attempts"), Vec::new());
    if attempts < done || attempts > done + unknown {
        wrong.push(format!(
            "{attempts} attempts: {done} were begun, {unknown} may have been"
        ));
    }
    wrong
}

/// What was taken back or paid back for sure is; what was refused is not.
fn wrong_with_ending(notes: &Notes, order: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let none = |deed| notes.count(deed, Outcome::Ok) + notes.count(deed, Outcome::Unknown) == 0;
    let cancels = notes.tries.iter().filter(|one| one.deed == Deed::Cancel);
    let cancelled = cancels
        .filter_map(|one| body_of(&one.answer))
        .any(|body| body.has("status", "cancelled"));
    if cancelled && !order.has("status", "cancelled") {
        wrong.push("it was cancelled, and is something else".to_owned());
    }
    if none(Deed::Cancel) && order.has("status", "cancelled") {
        wrong.push("nobody cancelled it".to_owned());
    }
    for tries in notes.by_key(Deed::Refund).into_values() {
        if outcome_of(&tries) != Outcome::Ok {
            continue;
        }
        let asked = tries.iter().find_map(|one| body_of(&one.answer)).unwrap();
        let refund = &order["refund"];
        if !refund.is_object() || refund["id"] != asked["id"] || !refund.has("status", "completed") {
            wrong.push(format!("the refund {} was taken, and is {refund}", asked["id"]));
        }
    }
    if none(Deed::Refund) && order["refund"].is_object() {
        wrong.push("nobody asked for a refund".to_owned());
    }
    wrong
}

fn body_of(answer: &Answer) -> Option<Value> {
    match answer {
        Answer::Ok { text, .. } => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// Gives a try that was refused although an earlier one under its key was acknowledged.
fn refused_after_done<'a>(tries: &[&'a Try]) -> Option<&'a Try> {
    let done = tries.iter().filter(|one| matches!(one.answer, Answer::Ok { .. }));
    let done = done.map(|one| one.at + one.took).min()?;
    let refused = |one: &&&Try| matches!(one.answer, Answer::Fail { .. }) && one.at >= done;
    tries.iter().find(refused).copied()
}

/// What every try under one key is to be answered with, once it is decided.
fn reply_of(answer: &Answer) -> Option<(u16, &str)> {
    match answer {
        Answer::Ok { status, text } => Some((*status, text)),
        Answer::Fail { .. } | Answer::Later { .. } | Answer::Unknown(_) => None,
    }
}

//! Owns the invariants I1 to I8 of orders, each as one question to the journal and the world. It refuses to ask the product.

mod effects;
mod money;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use blackbox::Field as _;
use serde_json::Value;

use crate::evidence::Violation;
use crate::journal::{Case, Deed, Outcome, Sight};
use crate::market::Card;
use crate::sampler::{Samples, wrong_with};
use crate::till::is_over;
use crate::world::World;

/// How long an order may wait past its deadline, once everything is healthy.
const LATE_MAX: Duration = Duration::from_secs(30);

/// What is judged.
pub struct Trial<'a> {
    /// Their ids, in the order of the shop.
    pub buyers: &'a [String],
    pub cards: &'a [Card],
    pub cases: &'a [Arc<Case>],
    pub samples: &'a Samples,
    pub world: &'a World,
    /// What the provider kept of purchases before, which are not in the world.
    pub before: u64,
    /// How each order looked in every look after the load.
    pub looks: &'a BTreeMap<String, Vec<Sight>>,
    /// When everything was healthy again.
    pub healthy: Duration,
    pub pay_within: Duration,
}

impl Trial<'_> {
    /// Gives everything that is wrong.
    pub fn judge(&self) -> Vec<Violation> {
        [
            self.i1_editions_add_up(),
            self.i2_the_books_balance(),
            self.i3_one_end_each(),
            self.i4_completed_is_paid_is_entitled(),
            self.i5_the_journal_is_true(),
            self.i6_one_effect_a_key(),
            self.i7_projections_equal_their_sources(),
            self.i8_nobody_waits(),
        ]
        .concat()
    }

    /// Per card: available + held + sold = size in every sample; single edition: at most one sale ever; in the end nothing is held.
    fn i1_editions_add_up(&self) -> Vec<Violation> {
        let mut wrong = self.samples.wrong.clone();
        for card in &self.world.cards {
            let edition = &card["edition"];
            let (id, sold) = (card.text("id"), self.sold(&card.text("id")));
            if edition.is_object() {
                wrong.extend(wrong_with(&id, edition, 0));
                if edition.number("held") != 0 {
                    wrong.push(format!("card {id}: nobody orders, and it is held: {edition}"));
                }
                if edition.number("sold") != sold || sold > edition.number("size") {
                    wrong.push(format!("card {id}: {sold} orders were completed: {edition}"));
                }
            }
        }
        wrong.into_iter().map(|words| Violation::new("I1", words)).collect()
    }

    /// How many of a card were bought.
    fn sold(&self, card: &str) -> u64 {
        let of_card = self.world.orders.values().filter(|order| order.has("cardId", card));
        let completed = of_card.filter(|order| order.has("status", "completed"));
        completed.map(|order| order.number("quantity")).sum()
    }

    /// Each order has exactly one terminal state and one terminal event: what was seen over stays as it is, and where the
    /// number of its events is known, one of them was its end.
    fn i3_one_end_each(&self) -> Vec<Violation> {
        let mut wrong = Vec::new();
        for (id, order) in &self.world.orders {
            let mut sights = self.looks.get(id).cloned().unwrap_or_default();
            for case in self.cases.iter().filter(|case| case.order().as_deref() == Some(id)) {
                sights.extend(case.notes().sights.clone());
            }
            sights.sort_by_key(|sight| sight.version);
            let status = order.text("status");
            let over = sights.iter().skip_while(|sight| !is_over(&sight.status));
            if let Some(other) = over.into_iter().find(|sight| sight.status != status) {
                wrong.push(Violation::of("I3", id, format!("it was over, and then {other:?}")));
            }
            if !is_over(&status) {
                wrong.push(Violation::of("I3", id, format!("it never came to an end: {status}")));
            }
            let events = order.number("version");
            if let Some(usual) = self.events_of(id, order)
                && !usual.contains(&events)
            {
                let words = format!("{events} events of an order whose way has {usual:?}");
                wrong.push(Violation::of("I3", id, words));
            }
        }
        wrong
    }

    /// How many events the way of an order has, where that is known: its version counts them.
    fn events_of(&self, id: &str, order: &Value) -> Option<RangeInclusive<u64>> {
        match (order.text("status").as_str(), order.number("attempts")) {
            // created, rejected
            ("rejected", 0) => Some(2..=2),
            // created, awaiting_payment, expired
            ("expired", 0) => Some(3..=3),
            // The same, or taken back before its hold came.
            ("cancelled", 0) => Some(2..=3),
            // created, paid, completed
            ("completed", 0) => Some(3..=3),
            // created, awaiting_payment, paying, paid, completed
            ("completed", 1) if order["refund"].is_null() && self.was_prompt(id) => Some(5..=5),
            _ => None,
        }
    }

    /// Says whether an order was paid long before its deadline, so that nothing else happened on its way.
    fn was_prompt(&self, id: &str) -> bool {
        let is_prompt = |case: &Arc<Case>| {
            let took = case.notes().completed_in;
            case.order().as_deref() == Some(id) && took.is_some_and(|took| took < self.pay_within / 2)
        };
        self.cases.iter().any(is_prompt)
    }

    /// Every projection equals its source: sellers see what buyers see, the search what the card says, coupons and sales what
    /// orders came of.
    fn i7_projections_equal_their_sources(&self) -> Vec<Violation> {
        let (world, mut wrong) = (self.world, Vec::new());
        for (id, order) in &world.orders {
            if world.sales.get(id) != Some(order) {
                let words = format!("its seller sees {:?}", world.sales.get(id));
                wrong.push(Violation::of("I7", id, words));
            }
        }
        for (id, sale) in &world.sales {
            if !world.orders.contains_key(id) {
                wrong.push(Violation::of("I7", id, format!("its buyer does not see {sale}")));
            }
        }
        for card in &world.cards {
            let id = card.text("id");
            for field in ["version", "price", "edition", "sales", "revision"] {
                let found = world.found.get(&id).map(|found| &found[field]);
                if found != Some(&card[field]) {
                    let words = format!("card {id}: {field} is {}, the search says {found:?}", card[field]);
                    wrong.push(Violation::new("I7", words));
                }
            }
            let bought = self.completed().filter(|order| order.has("cardId", &id)).count() as u64;
            if card.number("sales") != bought {
                let words = format!("card {id}: {bought} orders bought it, it says {}", card["sales"]);
                wrong.push(Violation::new("I7", words));
            }
        }
        for (code, coupon) in &world.coupons {
            let used = self.completed().filter(|order| order.has("coupon", code)).count() as u64;
            if coupon.number("held") > self.lost_with(code) || coupon.number("redeemed") != used {
                wrong.push(Violation::new(
                    "I7",
                    format!("{used} orders were completed with {coupon}"),
                ));
            }
        }
        wrong
    }

    /// No order waits past its deadline + 30 s once everything is healthy.
    fn i8_nobody_waits(&self) -> Vec<Violation> {
        // The last order was placed before everything was healthy.
        let latest = self.healthy + self.pay_within + LATE_MAX;
        let mut wrong = Vec::new();
        for (id, sights) in self.looks {
            if let Some(late) = sights.iter().find(|sight| sight.at > latest && !is_over(&sight.status)) {
                wrong.push(Violation::of(
                    "I8",
                    id,
                    format!("healthy since {:?}, and {late:?}", self.healthy),
                ));
            }
        }
        wrong
    }

    /// How many orders with a coupon may have died between coupon and order: what they hold is given back some minutes later.
    fn lost_with(&self, code: &str) -> u64 {
        let lost = |case: &&Arc<Case>| {
            let notes = case.notes();
            let asked = notes
                .tries
                .iter()
                .any(|one| one.deed == Deed::Place && one.asked.contains(code));
            asked && notes.count(Deed::Place, Outcome::Unknown) > 0
        };
        self.cases.iter().filter(lost).count() as u64
    }

    fn completed(&self) -> impl Iterator<Item = &Value> {
        let orders = self.world.orders.values();
        orders.filter(|order| order.has("status", "completed"))
    }
}

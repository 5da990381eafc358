//! Owns telling everything that is known of an order whose invariant is broken. It refuses to say which.

use std::fmt::Write as _;
use std::sync::Arc;

use blackbox::Field as _;
use serde_json::Value;

use crate::journal::Case;
use crate::world::World;

/// A broken invariant.
#[derive(Clone, Debug)]
pub struct Violation {
    /// `I1` to `I8`.
    pub invariant: &'static str,
    pub words: String,
    pub order: Option<String>,
}

impl Violation {
    pub fn new(invariant: &'static str, words: String) -> Self {
        Self {
            invariant,
            words,
            order: None,
        }
    }

    pub fn of(invariant: &'static str, order: &str, words: String) -> Self {
        Self {
            invariant,
            words,
            order: Some(order.to_owned()),
        }
    }

    /// Tells the violation with journal, order, payments, entitlements, invoices and ledger.
    pub fn told(&self, cases: &[Arc<Case>], world: &World) -> String {
        let mut text = format!("{}: {}\n", self.invariant, self.words);
        let Some(id) = &self.order else { return text };
        let order = world.orders.get(id).or_else(|| world.sales.get(id));
        let _ = writeln!(text, "  order: {}", order.unwrap_or(&Value::Null));
        for (name, of) in [
            ("payment", &world.payments),
            ("entitlement", &world.entitlements),
            ("invoice", &world.invoices),
            ("ledger", &world.lines),
        ] {
            for one in of.get(id).into_iter().flatten() {
                let _ = writeln!(text, "  {name}: {one}");
            }
        }
        if let Some(order) = order {
            let card = world.cards.iter().find(|card| card.has("id", &order.text("cardId")));
            let edition = card.map(|card| (&card["edition"], &card["sales"]));
            let _ = writeln!(text, "  edition and sales of its card: {edition:?}");
        }
        for case in cases.iter().filter(|case| case.order().as_deref() == Some(id)) {
            let _ = writeln!(text, "  journal: {case}");
        }
        text
    }
}

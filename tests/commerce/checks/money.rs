//! Owns the invariants of money: I2 and I4. It refuses to know editions.

use std::collections::BTreeMap;

use blackbox::Field as _;
use serde_json::Value;

use super::Trial;
use crate::evidence::Violation;
use crate::world::World;

impl Trial<'_> {
    /// Every ledger transaction sums to 0 per currency; provider clearing = captured - refunded in the provider's own books;
    /// what completed orders cost is what was captured and stayed; nothing rests in escrow; invoices have no gaps.
    pub(super) fn i2_the_books_balance(&self) -> Vec<Violation> {
        let world = self.world;
        let (_, captured, refunded) = world.books;
        let mut wrong = Vec::new();
        if !world.ledger.flag("ok") {
            wrong.push(format!("the ledger is not well: {}", world.ledger));
        }
        let kept: u64 = self.kept().map(|order| order.number("total.amount")).sum();
        let kept = self.before + kept;
        if captured - refunded != kept {
            wrong.push(format!(
                "the provider has {captured} less {refunded}, completed orders cost {kept}"
            ));
        }
        let accounts = accounts(world);
        let account = |name: &str| accounts.get(name).copied().unwrap_or_default();
        if account("order_escrow") != 0 {
            wrong.push(format!("money rests in escrow: {accounts:?}"));
        }
        let parts = account("seller_payable") + account("platform_fee") + account("tax_payable");
        if -parts != i64::try_from(kept).unwrap() {
            wrong.push(format!("the parts of {kept} are {accounts:?}"));
        }
        for (seller, balances) in world.balances.iter().enumerate() {
            let sum = |items: &Value, field: &str| -> i64 {
                let items = items.as_array().into_iter().flatten();
                items.map(|item| item[field].as_i64().unwrap()).sum()
            };
            let (payable, change) = (sum(balances, "payable"), sum(&world.totals[seller], "change"));
            if payable != change {
                wrong.push(format!(
                    "seller {seller} is owed {payable}, the statement says {change}"
                ));
            }
        }
        for (seller, written) in world.written.iter().enumerate() {
            let mut numbers: Vec<u64> = written.iter().map(number).collect();
            numbers.sort_unstable();
            let wanted: Vec<u64> = (1..=written.len() as u64).collect();
            if numbers != wanted {
                wrong.push(format!("the invoices of seller {seller} have gaps: {numbers:?}"));
            }
        }
        wrong.into_iter().map(|words| Violation::new("I2", words)).collect()
    }

    /// Lists the orders whose money stayed.
    fn kept(&self) -> impl Iterator<Item = &Value> {
        self.completed().filter(|order| !is_paid_back(order))
    }

    /// Completed <=> net captured = total <=> entitlement granted; any other end => net captured = 0. A refund after completion
    /// takes all three back, and leaves a credit note.
    pub(super) fn i4_completed_is_paid_is_entitled(&self) -> Vec<Violation> {
        let mut wrong = Vec::new();
        for (id, order) in &self.world.orders {
            let words = self.wrong_with_money_of(id, order);
            wrong.extend(words.into_iter().map(|words| Violation::of("I4", id, words)));
        }
        wrong
    }

    fn wrong_with_money_of(&self, id: &str, order: &Value) -> Vec<String> {
        let (world, mut wrong) = (self.world, Vec::new());
        let (completed, back) = (order.has("status", "completed"), is_paid_back(order));
        let total = order["total"]["amount"].as_i64().unwrap();
        let none = Vec::new();
        let payments = world.payments.get(id).unwrap_or(&none);
        let net: i64 = payments.iter().map(net).sum();
        let wanted = if completed && !back { total } else { 0 };
        // Where an answer was lost the journal does not know the payment; the sum over all is checked by I2.
        let knows_all = payments.len() as u64 == order.number("attempts");
        if net != wanted && knows_all {
            wrong.push(format!("net captured is {net}, and should be {wanted}"));
        }
        if let Some(open) = payments.iter().find(|one| !is_settled(one)) {
            wrong.push(format!("a payment is under way: {open}"));
        }
        let entitlements = world.entitlements.get(id).unwrap_or(&none);
        let states: Vec<_> = entitlements.iter().map(|one| one.text("status")).collect();
        let wanted: &[&str] = match (completed, back) {
            (true, false) => &["active"],
            (true, true) => &["revoked"],
            (false, _) => &[],
        };
        if states != wanted {
            wrong.push(format!("entitlements are {states:?}, and should be {wanted:?}"));
        }
        let issued: i64 = world.invoices.get(id).unwrap_or(&none).iter().map(gross).sum();
        let wanted = if completed && !back { total } else { 0 };
        if issued != wanted {
            wrong.push(format!("invoices are over {issued}, and should be over {wanted}"));
        }
        wrong
    }
}

/// Says whether a completed order was paid back.
pub(super) fn is_paid_back(order: &Value) -> bool {
    order["refund"].has("status", "completed")
}

/// What the provider has kept of a payment.
fn net(payment: &Value) -> i64 {
    let amount = |name: &str| payment[name]["amount"].as_i64().unwrap();
    match payment.has("status", "succeeded") {
        true => amount("amount") - amount("refunded"),
        false => -amount("refunded"),
    }
}

fn is_settled(payment: &Value) -> bool {
    ["succeeded", "failed", "canceled"]
        .iter()
        .any(|status| payment.has("status", status))
}

fn gross(invoice: &Value) -> i64 {
    invoice["gross"].as_i64().unwrap()
}

/// Reads the number of `2026-17`.
fn number(invoice: &Value) -> u64 {
    let number = invoice.text("number");
    let number = number.rsplit('-').next().unwrap();
    number.parse().unwrap()
}

fn accounts(world: &World) -> BTreeMap<String, i64> {
    let euros = world.ledger.list("accounts").into_iter();
    let euros = euros.filter(|account| account.has("currency", "EUR"));
    euros
        .map(|account| (account.text("account"), account["amount"].as_i64().unwrap()))
        .collect()
}

//! Owns what buyers' banks want back of a payment. Each dispute is told of once when it is opened and once when it is decided, however often a
//! provider says so. Pure. Refuses to know why they want it.

use contracts::payments::{PaymentChange, PaymentEvent};
use kernel::Money;
use serde::{Deserialize, Serialize};

use super::Payment;

/// Most disputes of one payment.
const DISPUTES_MAX: usize = 16;

/// A dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Dispute {
    /// The provider's id of it.
    pub(crate) id: String,
    pub(crate) amount: Money,
    /// How it was decided.
    pub(crate) won: Option<bool>,
    /// Whether others know how it stands.
    pub(crate) told: bool,
    /// How much was back before it, once it is lost and in the books.
    pub(crate) before: Option<i64>,
}

impl Payment {
    /// Learns how a dispute stands: what is decided stays so. One too many is not written down.
    pub(crate) fn dispute(&mut self, (id, amount): (&str, Money), won: Option<bool>) {
        let at = match self.disputes.iter().position(|d| d.id == id) {
            Some(at) => at,
            None if self.disputes.len() >= DISPUTES_MAX => return,
            None => {
                let is_won = won == Some(true);
                self.disputes.push(Dispute {
                    id: id.to_owned(),
                    amount,
                    // Nobody has heard of it, and nothing came of it. That it was opened may still come, and is old news then.
                    won: is_won.then_some(true),
                    told: is_won,
                    before: None,
                });
                self.disputes.len() - 1
            }
        };
        let taken = self.taken();
        let left = self.captured.map_or(0, |captured| captured.amount) - taken;
        let Some(dispute) = self.disputes.get_mut(at) else {
            return;
        };
        if dispute.won.is_none() && won.is_some() {
            (dispute.won, dispute.told) = (won, false);
            // The bank decides of the sum at the end.
            dispute.amount = amount;
            if won == Some(false) && amount.amount <= left {
                dispute.before = Some(taken);
            }
        }
    }

    /// Returns what others are to hear of a dispute; once for each state.
    pub(crate) fn tell_dispute(&mut self, id: &str) -> Vec<PaymentEvent> {
        let Some(dispute) = self.disputes.iter_mut().find(|d| d.id == id && !d.told) else {
            return Vec::new();
        };
        dispute.told = true;
        let (amount, won) = (dispute.amount, dispute.won);
        self.fact(amount, PaymentChange::Disputed { won }).into_iter().collect()
    }

    /// Returns how much lost disputes took, by the books.
    pub(super) fn disputed_away(&self) -> i64 {
        let booked = self.disputes.iter().filter(|d| d.before.is_some());
        booked.map(|d| d.amount.amount).sum()
    }
}

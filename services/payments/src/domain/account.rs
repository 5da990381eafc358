//! Owns what the product owes a seller in one currency: a projection of the ledger, and what of it is on its way out. One document, so that
//! two payouts at once never take more than there is. Refuses to know banks.

use contracts::payments::{LedgerAccount, LedgerEvent};
use kernel::{Currency, Money, PayoutId, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// Most payouts of one seller and currency under way at once.
pub(crate) const PAYOUTS_OPEN_MAX: usize = 16;

/// Why money is not set aside for a payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("There is not so much to pay out.")]
    TooLittle,
    #[error("Too many payouts are under way.")]
    TooMany,
}

/// Money on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outgoing {
    pub(crate) payout_id: PayoutId,
    pub(crate) amount: i64,
}

/// A seller's account in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SellerAccount {
    pub(crate) seller_id: UserId,
    pub(crate) currency: Currency,
    /// What is owed by the ledger, in minor units; negative after refunds of what was paid out already.
    pub(crate) payable: i64,
    pub(crate) outgoing: Vec<Outgoing>,
    /// The last transaction that is in it.
    #[serde(default)]
    pub(crate) last: Option<String>,
}

impl Document for SellerAccount {
    const COLLECTION: &'static str = "seller_accounts";
    const INDEXES: &'static [Index] = &[];
    fn id(&self) -> String {
        Self::id_of(self.seller_id, self.currency)
    }
}

impl SellerAccount {
    pub(crate) fn id_of(seller: UserId, currency: Currency) -> String {
        format!("{seller}:{currency:?}")
    }

    pub(crate) fn new(seller_id: UserId, currency: Currency) -> Self {
        Self {
            seller_id,
            currency,
            payable: 0,
            outgoing: Vec::new(),
            last: None,
        }
    }

    /// Returns what is on its way out.
    pub(crate) fn held(&self) -> i64 {
        self.outgoing.iter().map(|o| o.amount).sum()
    }

    /// Applies a transaction; one of a payout ends its being on its way, in the same write.
    pub(crate) fn apply(&mut self, event: &LedgerEvent) {
        self.payable = self.payable.saturating_add(owed(event, self.seller_id, self.currency));
        if let Some(id) = event.transaction_id.strip_prefix("payout:") {
            self.outgoing.retain(|o| o.payout_id.to_string() != id);
        }
    }

    /// Sets money aside for a payout; once.
    pub(crate) fn hold(&mut self, payout_id: PayoutId, amount: i64) -> Result<(), Refusal> {
        if self.outgoing.iter().any(|o| o.payout_id == payout_id) {
            return Ok(());
        }
        if amount > self.payable - self.held() {
            return Err(Refusal::TooLittle);
        }
        if self.outgoing.len() >= PAYOUTS_OPEN_MAX {
            return Err(Refusal::TooMany);
        }
        self.outgoing.push(Outgoing { payout_id, amount });
        Ok(())
    }

    /// Gives back what a payout that failed had set aside.
    pub(crate) fn give_back(&mut self, payout_id: PayoutId) {
        self.outgoing.retain(|o| o.payout_id != payout_id);
    }
}

/// Returns by how much a transaction changes what a seller is owed in a currency.
pub(crate) fn owed(event: &LedgerEvent, seller: UserId, currency: Currency) -> i64 {
    let of = event
        .postings
        .iter()
        .filter(|p| p.amount.currency == currency && p.account == LedgerAccount::SellerPayable { seller_id: seller });
    -of.map(|p| p.amount.amount).sum::<i64>()
}

/// Returns whose account a transaction changes, and in which currency.
pub(crate) fn touched(event: &LedgerEvent) -> Option<(UserId, Currency)> {
    event.postings.iter().find_map(|p| match p.account {
        LedgerAccount::SellerPayable { seller_id } => Some((seller_id, p.amount.currency)),
        _ => None,
    })
}

/// Returns what a transaction adds to a wallet from outside; messages are taken from it by its own writes.
pub(crate) fn wallet_change(event: &LedgerEvent) -> Option<(UserId, Money)> {
    if event.transaction_id.starts_with("message:") {
        return None;
    }
    event.postings.iter().find_map(|p| match p.account {
        LedgerAccount::Wallet { user_id } => Some((
            user_id,
            Money {
                amount: -p.amount.amount,
                ..p.amount
            },
        )),
        _ => None,
    })
}

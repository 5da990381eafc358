//! Owns a transaction of the ledger: immutable, its postings sum to zero in each currency, its id says what it is of. Refuses to know why
//! money moves.

use std::collections::BTreeMap;

use contracts::payments::{LedgerAccount, LedgerEvent, Posting};
use kernel::{Currency, Money, OrderId, PaymentId, RefundId, RunId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

use crate::domain::split::Split;

/// Most lines of a transaction.
pub(crate) const POSTINGS_MAX: usize = 8;

/// Why postings are no transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the postings do not sum to zero")]
    Unbalanced,
    #[error("there is nothing to post")]
    Empty,
    #[error("there are too many postings")]
    TooMany,
    #[error("the postings are of two sellers or of two wallets")]
    TwoPeople,
}

/// A posted transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transaction {
    pub(crate) id: String,
    pub(crate) order_id: Option<OrderId>,
    /// Whose books hold the other side of what passes through provider clearing.
    pub(crate) provider: Option<String>,
    pub(crate) postings: Vec<Posting>,
    /// The one seller of the postings.
    pub(crate) seller_id: Option<UserId>,
    /// The one wallet of the postings.
    pub(crate) wallet_of: Option<UserId>,
    pub(crate) posted_at: Timestamp,
}

impl Document for Transaction {
    const COLLECTION: &'static str = "ledger_transactions";
    const INDEXES: &'static [Index] = &[
        Index::plain("seller", &["sellerId", "postedAt"]),
        Index::plain("wallet", &["walletOf", "postedAt"]),
        Index::plain("order", &["orderId", "postedAt"]),
        Index::plain("provider", &["provider"]),
    ];
    fn id(&self) -> String {
        self.id.clone()
    }
}

/// Says that a transaction is in the balance that it changes, and was not the last one there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Applied {
    /// The transaction's.
    pub(crate) id: String,
}

impl Document for Applied {
    const COLLECTION: &'static str = "ledger_applied";
    const INDEXES: &'static [Index] = &[];
    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Transaction {
    /// Builds a transaction; lines of nothing are left out. Refuses what does not sum to zero in each currency.
    pub(crate) fn new(id: String, postings: Vec<Posting>, at: Timestamp) -> Result<Self, Refusal> {
        let postings: Vec<Posting> = postings.into_iter().filter(|p| p.amount.amount != 0).collect();
        if postings.is_empty() {
            return Err(Refusal::Empty);
        }
        if postings.len() > POSTINGS_MAX {
            return Err(Refusal::TooMany);
        }
        if sums(&postings).values().any(|sum| *sum != 0) {
            return Err(Refusal::Unbalanced);
        }
        let seller_id = only(postings.iter().filter_map(|p| seller_of(&p.account)))?;
        let wallet_of = only(postings.iter().filter_map(|p| match p.account {
            LedgerAccount::Wallet { user_id } => Some(user_id),
            _ => None,
        }))?;
        Ok(Self {
            id,
            order_id: None,
            provider: None,
            postings,
            seller_id,
            wallet_of,
            posted_at: at,
        })
    }

    /// Says of which order it is.
    #[must_use]
    pub(crate) fn of_order(mut self, order: Option<OrderId>) -> Self {
        self.order_id = order;
        self
    }

    /// Says through which provider the money went.
    #[must_use]
    pub(crate) fn through(mut self, provider: &str) -> Self {
        self.provider = Some(provider.to_owned());
        self
    }

    /// Returns what the id says before its first colon: `capture`, `complete`, `refund`, `topup`, `payout`, `message`, `dispute`.
    pub(crate) fn kind(&self) -> &str {
        self.id.split(':').next().unwrap_or_default()
    }

    /// Returns what is told to others.
    pub(crate) fn event(&self) -> LedgerEvent {
        LedgerEvent {
            transaction_id: self.id.clone(),
            order_id: self.order_id,
            postings: self.postings.clone(),
        }
    }
}

/// Returns whose account as a seller it is.
pub(crate) fn seller_of(account: &LedgerAccount) -> Option<UserId> {
    match account {
        LedgerAccount::SellerPayable { seller_id } | LedgerAccount::SellerPaidOut { seller_id } => Some(*seller_id),
        _ => None,
    }
}

/// Sums postings in each currency.
pub(crate) fn sums(postings: &[Posting]) -> BTreeMap<Currency, i128> {
    let mut sums = BTreeMap::new();
    for posting in postings {
        *sums.entry(posting.amount.currency).or_default() += i128::from(posting.amount.amount);
    }
    sums
}

fn only(mut people: impl Iterator<Item = UserId>) -> Result<Option<UserId>, Refusal> {
    let Some(first) = people.next() else {
        return Ok(None);
    };
    if people.all(|other| other == first) {
        Ok(Some(first))
    } else {
        Err(Refusal::TwoPeople)
    }
}

fn debit(account: LedgerAccount, amount: Money) -> Posting {
    Posting { account, amount }
}

fn credit(account: LedgerAccount, amount: Money) -> Posting {
    let amount = Money {
        amount: -amount.amount,
        ..amount
    };
    Posting { account, amount }
}

fn transfer(to: LedgerAccount, from: LedgerAccount, amount: Money) -> Vec<Posting> {
    vec![debit(to, amount), credit(from, amount)]
}

fn parts(split: &Split, seller_id: UserId) -> [(LedgerAccount, Money); 3] {
    let money = |amount| Money {
        amount,
        currency: split.currency,
    };
    [
        (LedgerAccount::SellerPayable { seller_id }, money(split.seller)),
        (LedgerAccount::PlatformFee, money(split.fee)),
        (LedgerAccount::TaxPayable, money(split.tax)),
    ]
}

/// The money of an order came in.
pub(crate) fn capture(order: OrderId, attempt: u32, amount: Money, at: Timestamp) -> Result<Transaction, Refusal> {
    let postings = transfer(LedgerAccount::ProviderClearing, LedgerAccount::OrderEscrow, amount);
    Ok(Transaction::new(format!("capture:{order}:{attempt}"), postings, at)?.of_order(Some(order)))
}

/// An order is completed: what it holds is the seller's, the product's and the tax authority's.
pub(crate) fn complete(order: OrderId, seller: UserId, split: &Split, at: Timestamp) -> Result<Transaction, Refusal> {
    let gross = Money {
        amount: split.gross,
        currency: split.currency,
    };
    let mut postings = vec![debit(LedgerAccount::OrderEscrow, gross)];
    postings.extend(parts(split, seller).map(|(account, amount)| credit(account, amount)));
    Ok(Transaction::new(format!("complete:{order}"), postings, at)?.of_order(Some(order)))
}

/// What a payment paid back is taken from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PaidBackFrom {
    /// The order was not completed.
    Escrow,
    /// It was: from each in its part.
    Parts { seller: UserId, split: Split },
}

/// Money of an order went back. `id` says of which refund or dispute.
pub(crate) fn pay_back(
    id: String,
    order: OrderId,
    (amount, from): (Money, PaidBackFrom),
    at: Timestamp,
) -> Result<Transaction, Refusal> {
    let mut postings = vec![credit(LedgerAccount::ProviderClearing, amount)];
    match from {
        PaidBackFrom::Escrow => postings.push(debit(LedgerAccount::OrderEscrow, amount)),
        PaidBackFrom::Parts { seller, split } => {
            postings.extend(parts(&split, seller).map(|(account, amount)| debit(account, amount)));
        }
    }
    Ok(Transaction::new(id, postings, at)?.of_order(Some(order)))
}

/// Returns the id of a refund's transaction; without `refund` it is the full one of an order that is not kept.
pub(crate) fn refund_id(order: OrderId, attempt: u32, refund: Option<RefundId>) -> String {
    match refund {
        Some(refund) => format!("refund:{refund}"),
        None => format!("refund:{order}:{attempt}"),
    }
}

/// A wallet was topped up.
pub(crate) fn top_up(
    payment: PaymentId,
    user_id: UserId,
    amount: Money,
    at: Timestamp,
) -> Result<Transaction, Refusal> {
    let postings = transfer(
        LedgerAccount::ProviderClearing,
        LedgerAccount::Wallet { user_id },
        amount,
    );
    Transaction::new(format!("topup:{payment}"), postings, at)
}

/// Money of a wallet's top-up went back to its owner's bank. `id` says why.
pub(crate) fn take_back_top_up(
    id: String,
    user_id: UserId,
    amount: Money,
    at: Timestamp,
) -> Result<Transaction, Refusal> {
    Transaction::new(
        id,
        transfer(
            LedgerAccount::Wallet { user_id },
            LedgerAccount::ProviderClearing,
            amount,
        ),
        at,
    )
}

/// A seller was paid out.
pub(crate) fn payout(
    id: impl std::fmt::Display,
    seller_id: UserId,
    amount: Money,
    at: Timestamp,
) -> Result<Transaction, Refusal> {
    let to = LedgerAccount::SellerPayable { seller_id };
    Transaction::new(
        format!("payout:{id}"),
        transfer(to, LedgerAccount::SellerPaidOut { seller_id }, amount),
        at,
    )
}

/// A message was paid from a wallet.
pub(crate) fn message(
    run: RunId,
    payer: UserId,
    (seller, split): (UserId, &Split),
    at: Timestamp,
) -> Result<Transaction, Refusal> {
    let gross = Money {
        amount: split.gross,
        currency: split.currency,
    };
    let mut postings = vec![debit(LedgerAccount::Wallet { user_id: payer }, gross)];
    postings.extend(parts(split, seller).map(|(account, amount)| credit(account, amount)));
    Transaction::new(format!("message:{run}"), postings, at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::split::Rates;

    fn money(amount: i64, currency: Currency) -> Money {
        Money { amount, currency }
    }

    fn currency() -> impl Strategy<Value = Currency> {
        prop_oneof![Just(Currency::EUR), Just(Currency::USD)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_does_not_sum_to_zero_in_each_currency_is_refused(lines in prop::collection::vec((-5..5i64, currency()), 1..5)) {
            let postings: Vec<Posting> = lines.iter().map(|(n, c)| debit(LedgerAccount::PlatformFee, money(*n, *c))).collect();
            let balanced = sums(&postings).values().all(|sum| *sum == 0);
            let made = Transaction::new("x:1".into(), postings, Timestamp::default());
            match made {
                Ok(t) => prop_assert!(balanced && sums(&t.postings).values().all(|s| *s == 0)),
                Err(Refusal::Empty) => prop_assert!(lines.iter().all(|(n, _)| *n == 0)),
                Err(e) => { prop_assert_eq!(e, Refusal::Unbalanced); prop_assert!(!balanced); }
            }
        }

        #[test]
        fn every_movement_is_balanced(gross in 1..1_000_000i64, fee_bps in 0..=10_000u16, tax_bps in 0..=10_000u16, n in any::<u128>()) {
            let (seller, order, at): (UserId, OrderId, _) = (Uuid::from_u128(n).into(), Uuid::from_u128(!n).into(), Timestamp::default());
            let whole = money(gross, Currency::EUR);
            let split = Split::of(whole, Rates { fee_bps, tax_bps }).unwrap();
            capture(order, 1, whole, at).unwrap();
            complete(order, seller, &split, at).unwrap();
            for from in [PaidBackFrom::Escrow, PaidBackFrom::Parts { seller, split }] {
                pay_back(refund_id(order, 1, None), order, (whole, from), at).unwrap();
            }
            message(Uuid::from_u128(n).into(), seller, (seller, &split), at).unwrap();
            payout("x", seller, whole, at).unwrap();
            top_up(Uuid::from_u128(n).into(), seller, whole, at).unwrap();
        }
    }

    #[test]
    fn a_transaction_is_of_one_seller_and_not_of_nothing() {
        let [a, b] = [1, 2].map(|n| LedgerAccount::SellerPayable {
            seller_id: Uuid::from_u128(n).into(),
        });
        let two = transfer(a, b, money(5, Currency::EUR));
        assert_eq!(
            Transaction::new("x:1".into(), two, Timestamp::default()),
            Err(Refusal::TwoPeople)
        );
        let none = transfer(a, a, money(0, Currency::EUR));
        assert_eq!(
            Transaction::new("x:1".into(), none, Timestamp::default()),
            Err(Refusal::Empty)
        );
    }
}

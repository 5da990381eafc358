//! Checks the books: every transaction sums to zero, clearing is what the provider's own books say, every balance is what the ledger says. For
//! administrators and checking programs; reads everything.

use std::collections::BTreeMap;

use contracts::payments::LedgerAccount;
use kernel::{Currency, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::account::SellerAccount;
use crate::domain::ledger::{Transaction, sums};
use crate::domain::wallet::Wallet;
use crate::error::Error;
use crate::providers::test::Totals;

/// Most documents of a collection that are read.
const WALK_MAX: usize = 1_000_000;
/// Most things that are named when they are wrong.
const NAMED_MAX: usize = 20;

/// The sum of one kind of account in one currency, in minor units; debits are positive.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountSum {
    /// `provider_clearing`, `order_escrow`, `seller_payable`, `seller_paid_out`, `platform_fee`, `tax_payable` or `wallet`.
    account: &'static str,
    currency: Currency,
    amount: i64,
}

/// A provider's own books beside what the ledger says of it, in one currency.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClearingCheck {
    provider: &'static str,
    currency: Currency,
    /// Provider clearing in the ledger.
    ledger: i64,
    /// Captured less refunded in the provider's books.
    books: i64,
    /// Paid out by the ledger.
    ledger_paid_out: i64,
    /// Paid out by the provider's books.
    books_paid_out: i64,
    /// Whether both are the same. Something under way may make them differ for a moment.
    equal: bool,
}

/// What came of the check.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LedgerCheck {
    transactions: u64,
    /// Whether everything was read: no more than a million transactions.
    complete: bool,
    /// Sums over everything, in each currency: zero.
    totals: BTreeMap<String, i64>,
    accounts: Vec<AccountSum>,
    /// Transactions that do not sum to zero; some.
    unbalanced: Vec<String>,
    /// For each provider whose books can be asked.
    clearing: Vec<ClearingCheck>,
    /// Sellers' accounts and wallets that are not what the ledger says, such as `wallet:{user}:EUR`; some. What was posted a moment ago may not
    /// be applied yet.
    wrong_balances: Vec<String>,
    /// Whether nothing is wrong.
    ok: bool,
}

#[derive(Default)]
struct Sums {
    accounts: BTreeMap<(&'static str, Currency), i128>,
    /// By provider: clearing, and paid out.
    providers: BTreeMap<(String, Currency), (i128, i128)>,
    sellers: BTreeMap<(UserId, Currency), i128>,
    wallets: BTreeMap<(UserId, Currency), i128>,
    unbalanced: Vec<String>,
    transactions: u64,
}

fn name(account: &LedgerAccount) -> &'static str {
    match account {
        LedgerAccount::ProviderClearing => "provider_clearing",
        LedgerAccount::OrderEscrow => "order_escrow",
        LedgerAccount::SellerPayable { .. } => "seller_payable",
        LedgerAccount::SellerPaidOut { .. } => "seller_paid_out",
        LedgerAccount::PlatformFee => "platform_fee",
        LedgerAccount::TaxPayable => "tax_payable",
        LedgerAccount::Wallet { .. } => "wallet",
    }
}

fn narrow(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum > 0 { i64::MAX } else { i64::MIN })
}

impl Sums {
    fn add(&mut self, transaction: &Transaction) {
        self.transactions += 1;
        if sums(&transaction.postings).values().any(|sum| *sum != 0) && self.unbalanced.len() < NAMED_MAX {
            self.unbalanced.push(transaction.id.clone());
        }
        for posting in &transaction.postings {
            let (currency, amount) = (posting.amount.currency, i128::from(posting.amount.amount));
            *self.accounts.entry((name(&posting.account), currency)).or_default() += amount;
            let provider = || (transaction.provider.clone().unwrap_or_default(), currency);
            match posting.account {
                LedgerAccount::ProviderClearing => self.providers.entry(provider()).or_default().0 += amount,
                LedgerAccount::SellerPaidOut { .. } => self.providers.entry(provider()).or_default().1 -= amount,
                LedgerAccount::SellerPayable { seller_id } => {
                    *self.sellers.entry((seller_id, currency)).or_default() -= amount
                }
                LedgerAccount::Wallet { user_id } => *self.wallets.entry((user_id, currency)).or_default() -= amount,
                _ => {}
            }
        }
    }
}

impl App {
    /// Checks everything.
    pub(crate) async fn check_ledger(&self) -> Result<LedgerCheck, Error> {
        // The provider's books first: what happens meanwhile is then only missing there.
        let books = match &self.test {
            Some(test) => test.totals().await?,
            None => Vec::new(),
        };
        let mut sums = Sums::default();
        let complete = self.repo.walk(&self.repo.ledger, WALK_MAX, |t| sums.add(&t)).await?;
        let wrong_balances = self.wrong_balances(&sums).await?;
        let clearing = if self.test.is_some() {
            clearing(&sums, &books)
        } else {
            Vec::new()
        };
        let mut totals: BTreeMap<String, i128> = BTreeMap::new();
        for ((_, currency), sum) in &sums.accounts {
            *totals.entry(format!("{currency:?}")).or_default() += sum;
        }
        let ok = complete
            && sums.unbalanced.is_empty()
            && wrong_balances.is_empty()
            && totals.values().all(|sum| *sum == 0)
            && clearing.iter().all(|c| c.equal);
        Ok(LedgerCheck {
            transactions: sums.transactions,
            complete,
            totals: totals
                .into_iter()
                .map(|(currency, sum)| (currency, narrow(sum)))
                .collect(),
            accounts: sums
                .accounts
                .iter()
                .map(|((account, currency), sum)| AccountSum {
                    account,
                    currency: *currency,
                    amount: narrow(*sum),
                })
                .collect(),
            unbalanced: sums.unbalanced,
            clearing,
            wrong_balances,
            ok,
        })
    }

    /// Computes every balance anew from the ledger and names those that differ.
    async fn wrong_balances(&self, sums: &Sums) -> Result<Vec<String>, Error> {
        let (mut sellers, mut wallets) = (sums.sellers.clone(), sums.wallets.clone());
        self.repo
            .walk(&self.repo.accounts, WALK_MAX, |a: SellerAccount| {
                *sellers.entry((a.seller_id, a.currency)).or_default() -= i128::from(a.payable);
            })
            .await?;
        self.repo
            .walk(&self.repo.wallets, WALK_MAX, |w: Wallet| {
                for (currency, balance) in &w.balances {
                    *wallets.entry((w.user_id, *currency)).or_default() -= i128::from(*balance);
                }
            })
            .await?;
        let named = |what: &'static str, of: BTreeMap<(UserId, Currency), i128>| {
            let wrong = of.into_iter().filter(|(_, off)| *off != 0);
            wrong.map(move |((user, currency), _)| format!("{what}:{user}:{currency:?}"))
        };
        Ok(named("seller", sellers)
            .chain(named("wallet", wallets))
            .take(NAMED_MAX)
            .collect())
    }
}

fn clearing(sums: &Sums, books: &[Totals]) -> Vec<ClearingCheck> {
    let currencies = [Currency::EUR, Currency::USD, Currency::GBP];
    let checks = currencies.into_iter().filter_map(|currency| {
        let ledger = sums.providers.get(&("test".to_owned(), currency)).copied();
        let own = books.iter().find(|b| b.currency == currency);
        if ledger.is_none() && own.is_none() {
            return None;
        }
        let (clearing, paid_out) = ledger.unwrap_or_default();
        let (own, own_paid_out) = own.map_or((0, 0), |b| (b.captured - b.refunded, b.paid_out));
        Some(ClearingCheck {
            provider: "test",
            currency,
            ledger: narrow(clearing),
            books: own,
            ledger_paid_out: narrow(paid_out),
            books_paid_out: own_paid_out,
            equal: clearing == i128::from(own) && paid_out == i128::from(own_paid_out),
        })
    });
    checks.collect()
}

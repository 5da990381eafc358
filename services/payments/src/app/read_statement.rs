//! Reads what a seller earned in a month, from the ledger, and what can be paid out.

use std::collections::BTreeMap;

use contracts::payments::LedgerAccount;
use kernel::{Currency, Money, OrderId, Page, Timestamp, UserId};
use serde::Serialize;
use store::Query;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::account::SellerAccount;
use crate::domain::ledger::Transaction;
use crate::error::Error;

/// Most transactions of a month that are summed; beyond, the totals say that they are not all.
const LINES_MAX: usize = 20_000;
/// Transactions that are read at once.
const CHUNK: usize = 500;

/// One movement on a seller's account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatementLine {
    /// What it is of, such as `complete:{order}`.
    transaction_id: String,
    /// `complete`, `refund`, `dispute`, `message` or `payout`.
    kind: String,
    #[schema(required = true)]
    order_id: Option<OrderId>,
    /// What the seller is owed more; negative: less.
    amount: Money,
    at: Timestamp,
}

/// The sums of a month in one currency, in minor units.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatementTotals {
    currency: Currency,
    /// Of orders and messages.
    earned: i64,
    /// Of refunds and lost disputes; negative.
    refunded: i64,
    /// Of payouts; negative.
    paid_out: i64,
    /// All together.
    change: i64,
}

/// A month.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Statement {
    /// `YYYY-MM`, UTC.
    month: String,
    totals: Vec<StatementTotals>,
    /// Whether the totals are of all lines of the month: those of its first 20,000 otherwise.
    complete: bool,
    items: Vec<StatementLine>,
    /// What to pass as `cursor` for the next page; null at the end.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// What a seller is owed in one currency, in minor units.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Balance {
    currency: Currency,
    /// Owed; negative after refunds of what was paid out.
    payable: i64,
    /// Of it, on its way out.
    held: i64,
    /// What can be paid out now.
    available: i64,
}

impl App {
    /// Returns a page of a month's lines, newest first, with the sums of the whole month.
    pub(crate) async fn statement(
        &self,
        seller: UserId,
        month: &str,
        (limit, cursor): (usize, Option<&str>),
    ) -> Result<Statement, Error> {
        // RFC 3339 sorts as time does, and nothing in a month comes after its 32nd day.
        let (from, to) = (format!("{month}-01T"), format!("{month}-32T"));
        let query = || {
            Query::on("seller")
                .eq(seller)
                .at_least(from.clone())
                .less_than(to.clone())
        };
        let page: Page<Transaction> = self.repo.ledger.page(query().descending().limit(limit), cursor).await?;
        let (totals, complete) = self.totals(seller, query).await?;
        Ok(Statement {
            month: month.to_owned(),
            totals,
            complete,
            items: page.items.iter().flat_map(|t| lines(t, seller)).collect(),
            next_cursor: page.next_cursor,
        })
    }

    async fn totals(&self, seller: UserId, query: impl Fn() -> Query) -> Result<(Vec<StatementTotals>, bool), Error> {
        let mut totals: BTreeMap<Currency, StatementTotals> = BTreeMap::new();
        let (mut cursor, mut seen) = (None, 0);
        while seen < LINES_MAX {
            let page = self.repo.ledger.page(query().limit(CHUNK), cursor.as_deref()).await?;
            seen += page.items.len();
            for line in page.items.iter().flat_map(|t| lines(t, seller)) {
                let of = totals.entry(line.amount.currency).or_insert(StatementTotals {
                    currency: line.amount.currency,
                    earned: 0,
                    refunded: 0,
                    paid_out: 0,
                    change: 0,
                });
                of.change += line.amount.amount;
                match &*line.kind {
                    "payout" => of.paid_out += line.amount.amount,
                    "refund" | "dispute" => of.refunded += line.amount.amount,
                    _ => of.earned += line.amount.amount,
                }
            }
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok((totals.into_values().collect(), true)),
            }
        }
        Ok((totals.into_values().collect(), false))
    }

    /// Returns what a seller is owed, in each currency in which there was anything.
    pub(crate) async fn balances(&self, seller: UserId) -> Result<Vec<Balance>, Error> {
        let ids = [Currency::EUR, Currency::USD, Currency::GBP].map(|currency| SellerAccount::id_of(seller, currency));
        let mut accounts = self.repo.accounts.get_many(&ids).await?;
        accounts.sort_by_key(|account| account.currency);
        let balance = |account: &SellerAccount| Balance {
            currency: account.currency,
            payable: account.payable,
            held: account.held(),
            available: (account.payable - account.held()).max(0),
        };
        Ok(accounts.iter().map(balance).collect())
    }
}

fn lines(transaction: &Transaction, seller: UserId) -> Vec<StatementLine> {
    let own = transaction
        .postings
        .iter()
        .filter(|p| p.account == LedgerAccount::SellerPayable { seller_id: seller });
    own.map(|posting| StatementLine {
        transaction_id: transaction.id.clone(),
        kind: transaction.kind().to_owned(),
        order_id: transaction.order_id,
        amount: Money {
            amount: -posting.amount.amount,
            ..posting.amount
        },
        at: transaction.posted_at,
    })
    .collect()
}

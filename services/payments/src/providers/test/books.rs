//! Owns the built-in provider's books: intents with what was captured and paid back, and payouts. Each is written once for its key. Refuses
//! to know the product's ledger, against which they are held.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kernel::{Currency, Money, PaymentId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Change, Collection, Document, Index, Query, Store, StoreError};
use utoipa::ToSchema;

use crate::domain::payment::Payment;
use crate::domain::request::digest;

/// Most refunds of one intent.
const REFUNDS_MAX: usize = 64;
/// Intents that are settled at once.
const DUE_MAX: usize = 100;
/// Documents that are read at once for totals.
const CHUNK: usize = 500;

/// Where an intent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TestStatus {
    Processing,
    Succeeded,
    Declined,
    Canceled,
}

/// An intent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TestIntent {
    pub(crate) id: String,
    /// What the customer wrote on it.
    pub(crate) payment_id: PaymentId,
    pub(crate) amount: Money,
    pub(crate) method: String,
    pub(crate) status: TestStatus,
    /// When a slow one settles.
    pub(crate) settle_at: Option<Timestamp>,
    /// What was paid back, by key.
    pub(crate) refunds: BTreeMap<String, i64>,
}

impl Document for TestIntent {
    const COLLECTION: &'static str = "test_provider_intents";
    const INDEXES: &'static [Index] = &[Index::plain("settle", &["settleAt"])];
    fn id(&self) -> String {
        self.id.clone()
    }
}

/// A payout.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TestPayout {
    id: String,
    seller_id: UserId,
    amount: Money,
}

impl Document for TestPayout {
    const COLLECTION: &'static str = "test_provider_payouts";
    const INDEXES: &'static [Index] = &[];
    fn id(&self) -> String {
        self.id.clone()
    }
}

/// What went through a provider's books in one currency, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Totals {
    pub(crate) currency: Currency,
    /// How often money came in.
    pub(crate) charges: u64,
    pub(crate) captured: i64,
    pub(crate) refunded: i64,
    pub(crate) paid_out: i64,
}

/// The books.
pub(super) struct Books {
    intents: Collection<TestIntent>,
    payouts: Collection<TestPayout>,
}

fn reference(key: &str) -> String {
    let digest = digest(&[key.as_bytes()]);
    format!("ti_{}", digest.get(..32).unwrap_or(&digest))
}

fn begin(payment: &Payment, status: TestStatus, settle_at: Option<Timestamp>) -> TestIntent {
    TestIntent {
        id: reference(&payment.key()),
        payment_id: payment.id,
        amount: payment.amount,
        method: payment.method.clone(),
        status,
        settle_at,
        refunds: BTreeMap::new(),
    }
}

impl Books {
    pub(super) async fn open(store: &Arc<dyn Store>) -> Result<Self, StoreError> {
        Ok(Self {
            intents: Collection::open(store).await?,
            payouts: Collection::open(store).await?,
        })
    }

    pub(super) async fn find(&self, key: &str) -> Result<Option<TestIntent>, StoreError> {
        self.intents.get(reference(key)).await
    }

    /// Makes an intent; returns the one of its key if it is there, and whether it is new.
    pub(super) async fn make(
        &self,
        payment: &Payment,
        (now, slow): (Timestamp, Duration),
    ) -> Result<(TestIntent, bool), StoreError> {
        let (status, settle_at) = match &*payment.method {
            "test_success" => (TestStatus::Succeeded, None),
            "test_decline" => (TestStatus::Declined, None),
            "test_slow" => (TestStatus::Processing, Some(now + slow)),
            _ => (TestStatus::Processing, None),
        };
        self.put(begin(payment, status, settle_at)).await
    }

    async fn put(&self, intent: TestIntent) -> Result<(TestIntent, bool), StoreError> {
        match self.intents.insert(&intent, Vec::new()).await {
            Ok(()) => Ok((intent, true)),
            Err(StoreError::Unique { .. }) => {
                let known = self.intents.get(&intent.id).await?;
                Ok((known.unwrap_or(intent), false))
            }
            Err(e) => Err(e),
        }
    }

    /// Cancels the intent of a payment unless its money has come. One that is not there is cancelled before it comes. Returns whether that is news.
    pub(super) async fn cancel(&self, payment: &Payment, now: Timestamp) -> Result<(TestIntent, bool), StoreError> {
        let (known, new) = self.put(begin(payment, TestStatus::Canceled, None)).await?;
        if new {
            return Ok((known, true));
        }
        let changed = self.intents.update(&known.id, |mut intent| {
            let due = intent.settle_at.is_some_and(|at| at <= now);
            Ok::<_, StoreError>(match intent.status {
                TestStatus::Processing if due => {
                    Change::Put(settled(intent.clone()), Vec::new(), (settled(intent), true))
                }
                TestStatus::Processing | TestStatus::Declined => {
                    intent.status = TestStatus::Canceled;
                    intent.settle_at = None;
                    Change::Put(intent.clone(), Vec::new(), (intent, true))
                }
                TestStatus::Succeeded | TestStatus::Canceled => Change::Keep((intent, false)),
            })
        });
        Ok(changed.await?.unwrap_or((known, false)))
    }

    /// Returns slow intents whose time has come.
    pub(super) async fn due(&self, now: Timestamp) -> Result<Vec<TestIntent>, StoreError> {
        self.intents.find(Query::on("settle").at_most(now).limit(DUE_MAX)).await
    }

    /// Settles a slow intent, unless it was cancelled.
    pub(super) async fn settle(&self, id: &str, now: Timestamp) -> Result<TestIntent, StoreError> {
        let done = self.intents.update(id, |intent| {
            let due = intent.status == TestStatus::Processing && intent.settle_at.is_some_and(|at| at <= now);
            Ok::<_, StoreError>(match due {
                true => Change::Put(settled(intent.clone()), Vec::new(), settled(intent)),
                false => Change::Keep(intent),
            })
        });
        done.await?.ok_or(StoreError::Conflict)
    }

    /// Pays back, once for a key. None when there is not so much. Returns the reference, and whether it is new.
    pub(super) async fn refund(
        &self,
        payment: &Payment,
        (key, amount): (&str, Money),
    ) -> Result<Option<(String, bool)>, StoreError> {
        let done = self.intents.update(reference(&payment.key()), |mut intent| {
            let back = format!("tr_{}", digest(&[key.as_bytes()]).get(..32).unwrap_or_default());
            let gone: i64 = intent.refunds.values().sum();
            let fits = intent.status == TestStatus::Succeeded
                && intent.amount.currency == amount.currency
                && amount.amount > 0
                && amount.amount <= intent.amount.amount - gone
                && intent.refunds.len() < REFUNDS_MAX;
            Ok::<_, StoreError>(match intent.refunds.get(key) {
                Some(_) => Change::Keep(Some((back, false))),
                None if !fits => Change::Keep(None),
                None => {
                    intent.refunds.insert(key.to_owned(), amount.amount);
                    Change::Put(intent, Vec::new(), Some((back, true)))
                }
            })
        });
        Ok(done.await?.flatten())
    }

    /// Pays out, once for a key.
    pub(super) async fn pay_out(&self, (key, seller_id): (&str, UserId), amount: Money) -> Result<String, StoreError> {
        let id = format!("tp_{}", digest(&[key.as_bytes()]).get(..32).unwrap_or_default());
        let payout = TestPayout { id, seller_id, amount };
        match self.payouts.insert(&payout, Vec::new()).await {
            Ok(()) | Err(StoreError::Unique { .. }) => Ok(payout.id),
            Err(e) => Err(e),
        }
    }

    /// Sums everything; for checks.
    pub(super) async fn totals(&self) -> Result<Vec<Totals>, StoreError> {
        let mut totals: BTreeMap<Currency, Totals> = BTreeMap::new();
        each(&self.intents, |intent: TestIntent| {
            if intent.status == TestStatus::Succeeded {
                let of = of(&mut totals, intent.amount.currency);
                of.charges += 1;
                of.captured += intent.amount.amount;
                of.refunded += intent.refunds.values().sum::<i64>();
            }
        })
        .await?;
        each(&self.payouts, |payout: TestPayout| {
            of(&mut totals, payout.amount.currency).paid_out += payout.amount.amount
        })
        .await?;
        Ok(totals.into_values().collect())
    }
}

fn settled(mut intent: TestIntent) -> TestIntent {
    intent.status = TestStatus::Succeeded;
    intent.settle_at = None;
    intent
}

fn of(totals: &mut BTreeMap<Currency, Totals>, currency: Currency) -> &mut Totals {
    totals.entry(currency).or_insert(Totals {
        currency,
        charges: 0,
        captured: 0,
        refunded: 0,
        paid_out: 0,
    })
}

async fn each<D: Document>(docs: &Collection<D>, mut see: impl FnMut(D)) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let found = docs.store().scan(D::COLLECTION, after, CHUNK).await?;
        let Some(last) = found.last() else { return Ok(()) };
        after = Some(last.id.clone());
        for stored in &found {
            see(serde_json::from_slice(&stored.body).map_err(|e| StoreError::Backend(e.to_string()))?);
        }
    }
}

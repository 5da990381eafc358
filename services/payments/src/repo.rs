//! Owns the documents: what is kept where, how a ledger transaction is posted once, and how what may not be there yet is changed.

use std::sync::Arc;

use contracts::Event;
use contracts::event::EventBody;
use contracts::payments::PaymentEvent;
use kernel::{Ambient, PaymentId, Timestamp};
use store::{Collection, Document, Op, Query, RawDocument, Spec, Store, StoreError};

use crate::domain::account::SellerAccount;
use crate::domain::invoice::{Invoice, InvoiceOf};
use crate::domain::ledger::{Applied, Transaction};
use crate::domain::payment::Payment;
use crate::domain::payout::Payout;
use crate::domain::receipt::Receipt;
use crate::domain::request::MoneyRequest;
use crate::domain::wallet::Wallet;
use crate::error::Error;
use crate::providers::test;

/// How often a change is decided anew when somebody else was faster.
pub(crate) const ATTEMPTS_MAX: u32 = 64;
/// Documents that are read at once in a walk.
const CHUNK: usize = 500;

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &{
    let [intents, payouts, deliveries, plan] = test::COLLECTIONS;
    [
        Spec::of::<Payment>(),
        Spec::of::<Transaction>(),
        Spec::of::<Applied>(),
        Spec::of::<SellerAccount>(),
        Spec::of::<Payout>(),
        Spec::of::<Invoice>(),
        Spec::of::<Wallet>(),
        Spec::of::<Receipt>(),
        Spec::of::<MoneyRequest>(),
        intents,
        payouts,
        deliveries,
        plan,
    ]
};

/// The documents.
#[derive(Clone)]
pub(crate) struct Repo {
    pub(crate) payments: Collection<Payment>,
    pub(crate) ledger: Collection<Transaction>,
    pub(crate) applied: Collection<Applied>,
    pub(crate) accounts: Collection<SellerAccount>,
    pub(crate) payouts: Collection<Payout>,
    pub(crate) invoices: Collection<Invoice>,
    pub(crate) wallets: Collection<Wallet>,
    pub(crate) receipts: Collection<Receipt>,
    pub(crate) requests: Collection<MoneyRequest>,
    pub(crate) ambient: Ambient,
}

impl Repo {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient) -> Result<Self, StoreError> {
        Ok(Self {
            payments: Collection::open(store).await?,
            ledger: Collection::open(store).await?,
            applied: Collection::open(store).await?,
            accounts: Collection::open(store).await?,
            payouts: Collection::open(store).await?,
            invoices: Collection::open(store).await?,
            wallets: Collection::open(store).await?,
            receipts: Collection::open(store).await?,
            requests: Collection::open(store).await?,
            ambient,
        })
    }

    /// Returns a payment. `NotFound` when there is none.
    pub(crate) async fn payment(&self, id: PaymentId) -> Result<Payment, Error> {
        self.payments.get(id).await?.ok_or(Error::NotFound)
    }

    /// Posts a transaction, unless it is posted already.
    pub(crate) async fn post(&self, transaction: &Transaction) -> Result<(), Error> {
        let events = self.events(vec![transaction.event()])?;
        match self.ledger.insert(transaction, events).await {
            Ok(()) | Err(StoreError::Unique { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// Issues an invoice under the next number of its seller and year, unless it is issued already.
    pub(crate) async fn issue(&self, of: InvoiceOf) -> Result<(), Error> {
        if self.invoices.get(of.id).await?.is_some() {
            return Ok(());
        }
        let series = of.series();
        let issued = self
            .invoices
            .append("number", series, move |number| Ok((of.numbered(number), Vec::new())));
        match issued.await {
            Ok(_) => Ok(()),
            Err(StoreError::Unique { index }) if index == "id" => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// Wraps facts for the outbox.
    pub(crate) fn events<B: EventBody>(&self, facts: Vec<B>) -> Result<Vec<Event>, Error> {
        facts
            .iter()
            .map(|fact| Event::new(&self.ambient, fact).map_err(Error::from))
            .collect()
    }

    /// Changes a payment by a pure function and writes what it means with it. Returns the payment as it is then.
    pub(crate) async fn change_payment(
        &self,
        id: PaymentId,
        change: impl Fn(&mut Payment) -> Result<Vec<PaymentEvent>, Error>,
    ) -> Result<Payment, Error> {
        let done = self.payments.update(id, |before| {
            let mut payment = before.clone();
            let facts = change(&mut payment)?;
            if facts.is_empty() && payment == before {
                return Ok(store::Change::Keep(payment));
            }
            let events = self.events(facts)?;
            Ok::<_, Error>(store::Change::Put(payment.clone(), events, payment))
        });
        done.await?.ok_or(Error::NotFound)
    }

    /// Writes down that a transaction is in its balance.
    pub(crate) async fn mark_applied(&self, id: String) -> Result<(), StoreError> {
        match self.applied.insert(&Applied { id }, Vec::new()).await {
            Ok(()) | Err(StoreError::Unique { .. }) => Ok(()),
            Err(e) => Err(e),
        }
    }

    /// Writes a document that had this version; none: that was not there.
    pub(crate) async fn put<D: Document>(
        &self,
        docs: &Collection<D>,
        doc: &D,
        version: Option<u64>,
    ) -> Result<(), StoreError> {
        let raw = RawDocument::of(doc)?;
        let op = match version {
            Some(version) => Op::Replace(raw, version),
            None => Op::Insert(raw),
        };
        docs.store().write(op.into()).await.map(drop)
    }

    /// Tells whether money of this provider's is in the books.
    pub(crate) async fn has_money_of(&self, provider: &str) -> Result<bool, StoreError> {
        let any = self.ledger.find_one(Query::on("provider").eq(provider)).await?;
        Ok(any.is_some())
    }

    /// Changes what may not be there yet. `new` is what it begins as.
    pub(crate) async fn upsert<D: Document + Clone, R>(
        &self,
        docs: &Collection<D>,
        new: D,
        change: impl Fn(&mut D) -> Result<R, Error>,
    ) -> Result<R, Error> {
        for _ in 0..ATTEMPTS_MAX {
            let found = docs.get_versioned(new.id()).await?;
            let version = found.as_ref().map(|(_, version)| *version);
            let mut doc = found.map_or_else(|| new.clone(), |(doc, _)| doc);
            let answer = change(&mut doc)?;
            match self.put(docs, &doc, version).await {
                Ok(()) => return Ok(answer),
                Err(StoreError::Conflict | StoreError::Unique { .. }) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Err(StoreError::Busy.into())
    }

    /// Returns what is due by `now`, the longest due first.
    pub(crate) async fn due<D: Document>(
        &self,
        docs: &Collection<D>,
        (now, most): (Timestamp, usize),
    ) -> Result<Vec<D>, StoreError> {
        docs.find(Query::on("due").at_most(now).limit(most)).await
    }

    /// Shows every document of a collection, at most `most`. Returns whether these were all.
    pub(crate) async fn walk<D: Document>(
        &self,
        docs: &Collection<D>,
        most: usize,
        mut see: impl FnMut(D),
    ) -> Result<bool, StoreError> {
        let (mut after, mut seen) = (None, 0usize);
        loop {
            let found = docs.store().scan(D::COLLECTION, after, CHUNK).await?;
            let Some(last) = found.last() else { return Ok(true) };
            after = Some(last.id.clone());
            for stored in &found {
                if seen == most {
                    return Ok(false);
                }
                seen += 1;
                see(serde_json::from_slice(&stored.body)
                    .map_err(|e| StoreError::Backend(format!("{}: {e}", stored.id)))?);
            }
        }
    }
}

//! Owns the port to a payment provider and the table of those that are configured. A port call is repeated with the same key until its
//! outcome is known. Refuses to know what a payment is for.

pub(crate) mod stripe;
pub(crate) mod test;

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderMap;
use kernel::{Money, PaymentId, Timestamp, UserId};

use crate::domain::payment::{Intent, Payment, Refund};
use crate::domain::signature::Forged;
use crate::error::Error;

/// Why a provider did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProviderError {
    /// It did not answer in time, or broke: whether it was done is not known. Ask the same again.
    #[error("the provider did not answer: {0}")]
    Unknown(String),
    /// It was not done and may be asked again later: too many calls, or a key of ours that it does not take.
    #[error("the provider takes no calls now: {0}")]
    Busy(String),
    /// It refuses for good; nothing was done.
    #[error("the provider refused: {0}")]
    Refused(String),
}

/// A provider's answer to a refund or a payout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Movement {
    /// It is done.
    Done { reference: String },
    /// It is under way; ask again with the reference.
    UnderWay { reference: String },
    /// It will not be done.
    Failed { reason: String },
}

/// What a verified webhook tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// How an intent stands.
    Intent { payment_id: PaymentId, intent: Intent },
    /// How a refund stands; which one, by the key that it was asked with.
    Refund {
        payment_id: PaymentId,
        key: String,
        movement: Movement,
    },
    /// A buyer's bank wants money back, or has decided.
    Dispute {
        id: String,
        intent: String,
        amount: Money,
        won: Option<bool>,
    },
    /// Nothing that concerns us.
    Nothing,
}

/// A payout to be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PayoutAsk<'a> {
    pub(crate) key: &'a str,
    pub(crate) seller_id: UserId,
    pub(crate) destination: Option<&'a str>,
    pub(crate) amount: Money,
    /// When it was asked for first, or before.
    pub(crate) since: Timestamp,
}

/// A webhook that is not to be acted on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadWebhook {
    #[error(transparent)]
    Forged(#[from] Forged),
    #[error("the body cannot be read")]
    Unreadable,
}

/// Another company that moves money.
#[async_trait]
pub(crate) trait PaymentProvider: Send + Sync {
    /// Returns its name, as in `/webhooks/{provider}`.
    fn name(&self) -> &'static str;
    /// Tells whether it takes this method.
    fn takes(&self, method: &str) -> bool;
    /// Returns the method of a payment that names none.
    fn usual_method(&self) -> &'static str;
    /// Fails with words for people when it cannot pay out to `destination`.
    fn check_destination(&self, destination: Option<&str>) -> Result<(), &'static str>;
    /// Makes the intent of a payment, once for its key; confirms it when it is `Made` and its reference is known.
    async fn create_intent(&self, payment: &Payment) -> Result<Intent, ProviderError>;
    /// Returns how the intent stands; `Canceled` when the provider does not know it.
    async fn retrieve(&self, payment: &Payment) -> Result<Intent, ProviderError>;
    /// Sees to it that no money comes any more, also by a call with its key that is still on its way; or returns that it has come.
    async fn cancel(&self, payment: &Payment) -> Result<Intent, ProviderError>;
    /// Pays back, once for the refund's key, or looks after what was begun.
    async fn refund(&self, payment: &Payment, refund: &Refund) -> Result<Movement, ProviderError>;
    /// Pays a seller, once for its key.
    async fn payout(&self, ask: PayoutAsk<'_>) -> Result<Movement, ProviderError>;
    /// Checks the signature over the raw bytes, and only then reads them.
    fn read_webhook(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Notice, BadWebhook>;
}

/// The configured providers, the preferred one first.
#[derive(Clone, Default)]
pub(crate) struct Providers(pub(crate) Vec<Arc<dyn PaymentProvider>>);

impl Providers {
    /// Returns the provider of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<dyn PaymentProvider>> {
        self.0.iter().find(|p| p.name() == name)
    }

    /// Returns the provider that takes `method`. `Invalid` when none does, `NoProvider` when there is none at all.
    pub(crate) fn taking(&self, method: &str) -> Result<&Arc<dyn PaymentProvider>, Error> {
        self.first()?;
        self.0.iter().find(|p| p.takes(method)).ok_or(Error::UnknownMethod)
    }

    /// Returns the preferred one.
    pub(crate) fn first(&self) -> Result<&Arc<dyn PaymentProvider>, Error> {
        self.0.first().ok_or(Error::NoProvider)
    }

    /// Returns who a payment or payout was given to; it may have been switched off since.
    pub(crate) fn of(&self, name: &str) -> Result<&Arc<dyn PaymentProvider>, ProviderError> {
        self.named(name)
            .ok_or_else(|| ProviderError::Busy(format!("`{name}` is not configured")))
    }
}

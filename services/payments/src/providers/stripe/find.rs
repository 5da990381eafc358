//! Owns how something that Stripe may have made before is found there: its memory of idempotency keys ends after a day, and what was a failure
//! once stays one under its key as long. Refuses to make anything.

use std::time::Duration;

use http::Method;
use kernel::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Form, Stripe, wire};
use crate::domain::payment::Payment;
use crate::providers::ProviderError;

/// What intents and refunds are marked with.
pub(super) const PAYMENT_ID: &str = "metadata[paymentId]";
pub(super) const REFUND_KEY: &str = "metadata[refundKey]";
/// What a transfer is found by.
pub(super) const TRANSFER_GROUP: &str = "transfer_group";

/// After this, what was asked for is looked for before it is asked for again: Stripe forgets a key after 24 hours.
const KEY_TRUSTED_FOR: Duration = Duration::from_secs(23 * 3_600);
/// Things on a page of a list: Stripe's most.
const PAGE: &str = "100";
/// Most pages that are looked through: more refunds of one intent than there can be.
const PAGES_MAX: usize = 10;

#[derive(Deserialize)]
struct List<T> {
    data: Vec<T>,
    #[serde(default)]
    has_more: bool,
}

impl Stripe {
    /// Tells whether a key that was first used at `since`, or later, may be forgotten.
    pub(super) fn has_forgotten(&self, since: Timestamp) -> bool {
        since + KEY_TRUSTED_FOR <= self.ambient.now()
    }

    /// Returns the intent of a payment. Stripe finds it about a minute after it was made; one that is not found takes no money.
    pub(super) async fn find_intent(&self, payment: &Payment) -> Result<Option<wire::Intent>, ProviderError> {
        let query = format!("metadata['paymentId']:'{}'", payment.id);
        let form = vec![("query", query), ("limit", PAGE.to_owned())];
        let mut found = match self.list::<wire::Intent>("payment_intents/search", form).await {
            Ok(found) => found.data,
            // Not every account may search.
            Err(ProviderError::Refused(_)) => return Ok(None),
            Err(e) => return Err(e),
        };
        // One that can still be paid, if there is one.
        found.sort_by_key(wire::Intent::is_canceled);
        Ok(found.into_iter().next())
    }

    /// Returns the refund of an intent that was asked for with `key`.
    pub(super) async fn find_refund(&self, intent: &str, key: &str) -> Result<Option<wire::Refund>, ProviderError> {
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let mut form = vec![("payment_intent", intent.to_owned()), ("limit", PAGE.to_owned())];
            form.extend(after.take().map(|last| ("starting_after", last)));
            let page: List<wire::Refund> = self.list("refunds", form).await.map_err(unsure)?;
            after = page.data.last().map(|refund| refund.id.clone());
            if let Some(found) = page.data.into_iter().find(|refund| refund.is_of(key)) {
                return Ok(Some(found));
            }
            if !page.has_more {
                return Ok(None);
            }
        }
        Err(ProviderError::Unknown("it has too many refunds of one intent".into()))
    }

    /// Returns the transfer that was asked for with `key`.
    pub(super) async fn find_transfer(&self, key: &str) -> Result<Option<wire::Transfer>, ProviderError> {
        let form = vec![(TRANSFER_GROUP, key.to_owned()), ("limit", "1".to_owned())];
        let found: List<wire::Transfer> = self.list("transfers", form).await.map_err(unsure)?;
        Ok(found.data.into_iter().next())
    }

    async fn list<T: DeserializeOwned>(&self, path: &str, form: Form<'_>) -> Result<List<T>, ProviderError> {
        self.call(Method::GET, path, (form, None)).await?.read()
    }
}

/// What cannot be looked for is not known: that is no reason to give up, and none to ask again blindly.
fn unsure(e: ProviderError) -> ProviderError {
    match e {
        ProviderError::Refused(why) => ProviderError::Busy(why),
        other => other,
    }
}

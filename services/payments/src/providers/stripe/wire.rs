//! Owns the shapes of Stripe's JSON, as far as they are read here, and what they mean. Refuses to know how they came.

use kernel::{Currency, Money};
use serde::Deserialize;
use serde_json::Value;

use crate::domain::payment::{Intent as OurIntent, IntentState};
use crate::providers::{Movement, Notice, ProviderError};

/// A PaymentIntent.
#[derive(Debug, Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    status: String,
    currency: String,
    #[serde(default)]
    amount_received: i64,
    client_secret: Option<String>,
    #[serde(default)]
    metadata: Metadata,
    last_payment_error: Option<Failed>,
}

/// What we wrote to a thing of Stripe's.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    payment_id: Option<String>,
    refund_key: Option<String>,
}

/// A failure's body.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Failure {
    #[serde(default)]
    error: Failed,
}

#[derive(Debug, Default, Deserialize)]
struct Failed {
    #[serde(rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    decline_code: Option<String>,
    payment_intent: Option<IntentId>,
}

#[derive(Debug, Deserialize)]
struct IntentId {
    id: String,
}

/// A refund.
#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    status: Option<String>,
    failure_reason: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

/// A transfer to a connected account.
#[derive(Debug, Deserialize)]
pub(super) struct Transfer {
    pub(super) id: String,
}

#[derive(Debug, Deserialize)]
struct Dispute {
    id: String,
    amount: i64,
    currency: String,
    status: String,
    payment_intent: Option<String>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

impl Failed {
    /// Stable words alone: free text may hold what the buyer typed.
    fn words(&self) -> Option<String> {
        let word = self.decline_code.as_ref().or(self.code.as_ref())?;
        Some(word.chars().take(100).collect())
    }
}

impl Failure {
    pub(super) fn words(&self, status: u16) -> String {
        self.error.words().unwrap_or_else(|| format!("status {status}"))
    }

    pub(super) fn is_of_the_key(&self) -> bool {
        self.error.kind.as_deref() == Some("idempotency_error")
    }

    pub(super) fn intent_id(&self) -> Option<String> {
        self.error.payment_intent.as_ref().map(|i| i.id.clone())
    }
}

impl Intent {
    pub(super) fn is_canceled(&self) -> bool {
        self.status == "canceled"
    }

    /// Returns what it means.
    pub(super) fn intent(&self) -> Result<OurIntent, ProviderError> {
        let state = match (&*self.status, &self.last_payment_error) {
            ("succeeded", _) => IntentState::Succeeded {
                captured: Money {
                    amount: self.amount_received,
                    currency: currency(&self.currency)
                        .ok_or_else(|| ProviderError::Unknown("it captured a currency that we do not know".into()))?,
                },
            },
            ("canceled", _) => IntentState::Canceled,
            ("requires_payment_method", Some(failed)) => IntentState::Failed {
                reason: failed.words().unwrap_or_else(|| "declined".into()),
            },
            ("processing", _) => IntentState::Processing,
            ("requires_confirmation", _) => IntentState::Made,
            _ => IntentState::RequiresAction,
        };
        Ok(OurIntent {
            reference: Some(self.id.clone()),
            client_secret: self.client_secret.clone(),
            state,
        })
    }
}

impl Refund {
    pub(super) fn is_of(&self, key: &str) -> bool {
        self.metadata.refund_key.as_deref() == Some(key)
    }

    pub(super) fn movement(self) -> Movement {
        match self.status.as_deref() {
            Some("succeeded") => Movement::Done { reference: self.id },
            Some("failed" | "canceled") => Movement::Failed {
                reason: self.failure_reason.unwrap_or_else(|| "failed".into()),
            },
            _ => Movement::UnderWay { reference: self.id },
        }
    }
}

/// Reads the body of a webhook whose signature holds. None when it is not an event.
pub(super) fn notice(body: &[u8]) -> Option<Notice> {
    let event: Event = serde_json::from_slice(body).ok()?;
    let object = event.data.object;
    let read = match event.kind.split_once('.') {
        Some(("payment_intent", _)) => intent_notice(object),
        Some(("refund", _)) => refund_notice(object),
        Some(("charge", "refund.updated")) => refund_notice(object),
        // Also one that was an inquiry first, and one whose money went.
        Some(("charge", kind)) if kind.starts_with("dispute.") => dispute_notice(object),
        _ => None,
    };
    // Of a kind, or with things in it, that are not ours: nothing to do, and nothing to complain of.
    Some(read.unwrap_or(Notice::Nothing))
}

fn intent_notice(object: Value) -> Option<Notice> {
    let intent: Intent = serde_json::from_value(object).ok()?;
    Some(Notice::Intent {
        payment_id: intent.metadata.payment_id.as_ref()?.parse().ok()?,
        intent: intent.intent().ok()?,
    })
}

fn refund_notice(object: Value) -> Option<Notice> {
    let refund: Refund = serde_json::from_value(object).ok()?;
    Some(Notice::Refund {
        payment_id: refund.metadata.payment_id.as_ref()?.parse().ok()?,
        key: refund.metadata.refund_key.clone()?,
        movement: refund.movement(),
    })
}

fn dispute_notice(object: Value) -> Option<Notice> {
    let dispute: Dispute = serde_json::from_value(object).ok()?;
    let won = match &*dispute.status {
        "won" => Some(true),
        "lost" => Some(false),
        // An inquiry is no dispute, took no money, and may never become one.
        inquiry if inquiry.starts_with("warning_") => return None,
        _ => None,
    };
    Some(Notice::Dispute {
        id: dispute.id,
        intent: dispute.payment_intent?,
        amount: Money {
            amount: dispute.amount,
            currency: currency(&dispute.currency)?,
        },
        won,
    })
}

/// Returns Stripe's spelling.
pub(super) fn currency_code(currency: Currency) -> &'static str {
    match currency {
        Currency::EUR => "eur",
        Currency::USD => "usd",
        Currency::GBP => "gbp",
    }
}

fn currency(code: &str) -> Option<Currency> {
    [Currency::EUR, Currency::USD, Currency::GBP]
        .into_iter()
        .find(|c| currency_code(*c) == code)
}

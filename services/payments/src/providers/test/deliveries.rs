//! Owns what the built-in provider has still to say, as bytes, and how it is read at the other end. Refuses to know who listens.

use std::sync::Arc;
use std::time::Duration;

use kernel::{Money, PaymentId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Change, Collection, Document, Index, Query, Store, StoreError};

use super::books::TestStatus;
use crate::domain::payment::{Intent, IntentState};
use crate::providers::{Movement, Notice};

/// Webhooks that are sent at once.
const DUE_MAX: usize = 100;
/// How often one is sent in vain.
const TRIES_MAX: u32 = 12;
/// First pause after one in vain; doubled each time.
const PAUSE: Duration = Duration::from_secs(1);

/// A webhook to be sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delivery {
    id: String,
    pub(crate) body: String,
    due_at: Timestamp,
    tries: u32,
}

impl Document for Delivery {
    const COLLECTION: &'static str = "test_provider_deliveries";
    const INDEXES: &'static [Index] = &[Index::plain("due", &["dueAt"])];
    fn id(&self) -> String {
        self.id.clone()
    }
}

/// The webhooks to be sent.
pub(super) struct Deliveries(Collection<Delivery>);

impl Deliveries {
    pub(super) async fn open(store: &Arc<dyn Store>) -> Result<Self, StoreError> {
        Ok(Self(Collection::open(store).await?))
    }

    pub(super) async fn add(&self, (id, body): (String, String), due_at: Timestamp) -> Result<(), StoreError> {
        let delivery = Delivery {
            id,
            body,
            due_at,
            tries: 0,
        };
        self.0.insert(&delivery, Vec::new()).await
    }

    pub(super) async fn due(&self, now: Timestamp) -> Result<Vec<Delivery>, StoreError> {
        self.0.find(Query::on("due").at_most(now).limit(DUE_MAX)).await
    }

    pub(super) async fn done(&self, delivery: &Delivery) -> Result<(), StoreError> {
        self.0.delete(&delivery.id).await
    }

    pub(super) async fn later(&self, delivery: &Delivery, now: Timestamp) -> Result<(), StoreError> {
        let postponed = self.0.update(&delivery.id, |mut d| {
            d.tries += 1;
            d.due_at = now + PAUSE * (1 << d.tries.min(TRIES_MAX));
            let over = d.tries >= TRIES_MAX;
            Ok::<_, StoreError>(if over {
                Change::Remove(Vec::new(), ())
            } else {
                Change::Put(d, Vec::new(), ())
            })
        });
        postponed.await.map(drop)
    }
}

#[derive(Deserialize)]
#[serde(
    tag = "type",
    content = "data",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
enum Said {
    Intent {
        payment_id: PaymentId,
        reference: String,
        status: TestStatus,
        amount: Money,
    },
    Refund {
        payment_id: PaymentId,
        key: String,
        reference: String,
    },
}

/// Reads a webhook whose signature holds.
pub(super) fn notice(body: &[u8]) -> Option<Notice> {
    Some(match serde_json::from_slice(body).ok()? {
        Said::Intent {
            payment_id,
            reference,
            status,
            amount,
        } => Notice::Intent {
            payment_id,
            intent: Intent {
                reference: Some(reference),
                client_secret: None,
                state: match status {
                    TestStatus::Processing => IntentState::Processing,
                    TestStatus::Succeeded => IntentState::Succeeded { captured: amount },
                    TestStatus::Declined => IntentState::Failed {
                        reason: "declined".into(),
                    },
                    TestStatus::Canceled => IntentState::Canceled,
                },
            },
        },
        Said::Refund {
            payment_id,
            key,
            reference,
        } => Notice::Refund {
            payment_id,
            key,
            movement: Movement::Done { reference },
        },
    })
}

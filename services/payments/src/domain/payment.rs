//! Owns a payment: one attempt to pay an order, or a top-up of a wallet, from the wish to the last refund. Pure: what the provider tells is
//! shown to it in any order and any number of times. Refuses to know which provider.

mod disputes;
mod refunds;
#[cfg(test)]
mod tests;

use std::time::Duration;

use contracts::orders::Payable;
use contracts::payments::{PaymentChange, PaymentEvent};
use kernel::{Money, OrderId, PaymentId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use utoipa::ToSchema;

use crate::domain::ids;
use crate::domain::split::Split;

pub(crate) use disputes::Dispute;
pub(crate) use refunds::{Refund, RefundStatus};

/// A top-up that is open for so long is cancelled.
pub(crate) const TOP_UP_OPEN_MAX: Duration = Duration::from_secs(86_400);
/// First pause before what failed is tried again; doubled each time.
pub(crate) const PAUSE_MIN: Duration = Duration::from_secs(2);

/// How long the worker leaves a new payment to who began it.
const FIRST_LOOK: Duration = Duration::from_secs(30);

/// What a payment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum Purpose {
    /// An attempt to pay an order.
    Order {
        order_id: OrderId,
        seller_id: UserId,
        attempt: u32,
    },
    /// A top-up of the payer's wallet.
    TopUp,
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PaymentStatus {
    /// The provider has not said yet that it knows it.
    Pending,
    /// The payer has something to do, with `clientSecret`.
    RequiresAction,
    /// The provider works on it.
    Processing,
    /// The money is there.
    Succeeded,
    /// It was declined.
    Failed,
    /// No money will come.
    Canceled,
}

/// What a provider says about an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Intent {
    /// The provider's id of it; none when it never heard of it.
    pub(crate) reference: Option<String>,
    /// What the payer's browser needs to go on.
    pub(crate) client_secret: Option<String>,
    pub(crate) state: IntentState,
}

/// How an intent stands at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IntentState {
    /// It is there, and takes no money before it is confirmed by us, which is done once its reference is written down.
    Made,
    RequiresAction,
    Processing,
    Succeeded {
        captured: Money,
    },
    Failed {
        reason: String,
    },
    Canceled,
}

/// What is to be done next at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duty {
    Create,
    Cancel,
    Watch,
    /// The refund at this place.
    Refund(usize),
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payment {
    pub(crate) id: PaymentId,
    pub(crate) purpose: Purpose,
    pub(crate) payer_id: UserId,
    pub(crate) provider: String,
    pub(crate) method: String,
    pub(crate) amount: Money,
    pub(crate) description: String,
    pub(crate) status: PaymentStatus,
    /// The provider's id of the intent.
    pub(crate) reference: Option<String>,
    pub(crate) client_secret: Option<String>,
    pub(crate) captured: Option<Money>,
    /// Why it failed.
    pub(crate) reason: Option<String>,
    /// The order wants no money any more.
    pub(crate) cancel_wanted: bool,
    /// Money may still come at the provider.
    pub(crate) open: bool,
    pub(crate) refunds: Vec<Refund>,
    #[serde(default)]
    pub(crate) disputes: Vec<Dispute>,
    /// The payer, while it is a top-up and open.
    #[serde(default)]
    pub(crate) tops_up: Option<UserId>,
    /// How the price was divided when the order was completed.
    pub(crate) split: Option<Split>,
    /// The request that began it.
    pub(crate) request: Option<String>,
    pub(crate) created_at: Timestamp,
    /// When something is to be done next; none: nothing is.
    pub(crate) due_at: Option<Timestamp>,
    /// How often that was tried in vain.
    pub(crate) tries: u32,
}

impl Document for Payment {
    const COLLECTION: &'static str = "payments";
    const INDEXES: &'static [Index] = &[
        Index::plain("due", &["dueAt"]),
        Index::plain("payer", &["payerId", "createdAt"]),
        Index::plain("reference", &["reference"]),
        Index::plain("request", &["request"]),
        Index::plain("tops_up", &["topsUp"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// By whom, at whom and by which method.
pub(crate) struct Way<'a> {
    pub(crate) provider: &'a str,
    pub(crate) method: &'a str,
    pub(crate) request: Option<String>,
}

impl Payment {
    /// Begins the payment of an order's attempt.
    pub(crate) fn of_order(payable: &Payable, way: Way<'_>, now: Timestamp) -> Self {
        let purpose = Purpose::Order {
            order_id: payable.order_id,
            seller_id: payable.seller_id,
            attempt: payable.attempt,
        };
        let id = ids::payment_of(payable.order_id, payable.attempt);
        Self::begin(
            (id, purpose),
            (payable.buyer_id, payable.total, &payable.description),
            way,
            now,
        )
    }

    /// Begins a top-up.
    pub(crate) fn of_top_up(payer: UserId, amount: Money, (way, request): (Way<'_>, &str), now: Timestamp) -> Self {
        let id = ids::top_up_of(request);
        Self::begin((id, Purpose::TopUp), (payer, amount, "Wallet top-up"), way, now)
    }

    fn begin(
        (id, purpose): (PaymentId, Purpose),
        (payer_id, amount, description): (UserId, Money, &str),
        way: Way<'_>,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            purpose,
            payer_id,
            provider: way.provider.to_owned(),
            method: way.method.to_owned(),
            amount,
            description: description.to_owned(),
            status: PaymentStatus::Pending,
            reference: None,
            client_secret: None,
            captured: None,
            reason: None,
            cancel_wanted: false,
            open: true,
            refunds: Vec::new(),
            disputes: Vec::new(),
            tops_up: matches!(purpose, Purpose::TopUp).then_some(payer_id),
            split: None,
            request: way.request,
            created_at: now,
            due_at: Some(now + FIRST_LOOK),
            tries: 0,
        }
    }

    /// Returns the key that makes the intent one at the provider, however often it is asked for.
    pub(crate) fn key(&self) -> String {
        match self.purpose {
            Purpose::Order { order_id, attempt, .. } => format!("order:{order_id}:{attempt}"),
            Purpose::TopUp => format!("topup:{}", self.id),
        }
    }

    /// Tells what is to be done now, if anything is.
    pub(crate) fn duty(&self, now: Timestamp) -> Option<Duty> {
        if let Some(at) = self.refund_due(now) {
            return Some(Duty::Refund(at));
        }
        if !self.open {
            return None;
        }
        let stale = self.tops_up.is_some() && self.created_at + TOP_UP_OPEN_MAX <= now;
        if stale || self.is_to_be_cancelled() {
            return Some(Duty::Cancel);
        }
        if self.is_to_be_made() {
            return Some(Duty::Create);
        }
        self.is_due(now).then_some(Duty::Watch)
    }

    fn is_due(&self, now: Timestamp) -> bool {
        self.due_at.is_some_and(|at| at <= now)
    }

    fn is_to_be_cancelled(&self) -> bool {
        self.cancel_wanted || self.status == PaymentStatus::Failed
    }

    /// Made, or confirmed after it was made.
    fn is_to_be_made(&self) -> bool {
        self.reference.is_none() || self.status == PaymentStatus::Pending
    }

    /// After news: says when the next look is due, at once when something is to be done, after `age` when it is only to be watched. Refunds that
    /// wait say it themselves.
    pub(crate) fn plan(&mut self, now: Timestamp, age: Duration) {
        self.tries = 0;
        let intent = match self.open {
            true if self.is_to_be_cancelled() || self.is_to_be_made() => Some(now),
            true => Some(now + age),
            false => None,
        };
        self.due_at = self.refunds_due(now).into_iter().chain(intent).min();
    }

    /// After a try in vain: says when the next one is due, later each time.
    pub(crate) fn postpone(&mut self, now: Timestamp, pauses: (Duration, Duration)) {
        self.due_at = Some(now + pause(self.tries, pauses));
        self.tries = self.tries.saturating_add(1);
    }

    /// Tells whether news is of another intent than the one that this payment is paid by: one that was made twice takes no money.
    pub(crate) fn is_strange(&self, intent: &Intent) -> bool {
        matches!((&self.reference, &intent.reference), (Some(ours), Some(other)) if ours != other)
    }

    /// Learns what the provider says. Older news than what is known changes nothing. Returns what others are to hear.
    pub(crate) fn observe(&mut self, intent: &Intent) -> Vec<PaymentEvent> {
        let mut told = Vec::new();
        if self.is_strange(intent) {
            return told;
        }
        if self.reference.is_none() && intent.reference.is_some() {
            self.reference.clone_from(&intent.reference);
            told.extend(self.fact(self.amount, PaymentChange::IntentCreated));
        }
        let settled = !self.open || self.status == PaymentStatus::Failed;
        if !settled && intent.client_secret.is_some() {
            self.client_secret.clone_from(&intent.client_secret);
        }
        match &intent.state {
            IntentState::Succeeded { captured } if self.captured.is_none() => {
                self.settle(PaymentStatus::Succeeded);
                self.captured = Some(*captured);
                told.extend(self.fact(*captured, PaymentChange::Succeeded));
            }
            IntentState::Canceled if self.open => {
                // An attempt that failed is over for its order; that its intent is gone as well is news only for one who asked.
                let news = self.status != PaymentStatus::Failed || self.cancel_wanted;
                self.settle(if news {
                    PaymentStatus::Canceled
                } else {
                    PaymentStatus::Failed
                });
                if news {
                    told.extend(self.fact(self.amount, PaymentChange::Canceled));
                }
            }
            IntentState::Failed { reason } if !settled => {
                self.status = PaymentStatus::Failed;
                self.client_secret = None;
                self.reason = Some(reason.clone());
                told.extend(self.fact(self.amount, PaymentChange::Failed { reason: reason.clone() }));
            }
            IntentState::RequiresAction if !settled && self.status == PaymentStatus::Pending => {
                self.status = PaymentStatus::RequiresAction;
            }
            IntentState::Processing if !settled => self.status = PaymentStatus::Processing,
            _ => {}
        }
        told
    }

    fn settle(&mut self, status: PaymentStatus) {
        self.status = status;
        self.open = false;
        self.tops_up = None;
        self.client_secret = None;
    }

    /// The order wants no money any more. When that is decided already, it is told again.
    pub(crate) fn want_cancel(&mut self) -> Vec<PaymentEvent> {
        match (self.status, self.captured) {
            (PaymentStatus::Succeeded, Some(captured)) => {
                self.fact(captured, PaymentChange::Succeeded).into_iter().collect()
            }
            (PaymentStatus::Canceled, _) => self.fact(self.amount, PaymentChange::Canceled).into_iter().collect(),
            (PaymentStatus::Failed, _) if !self.open => {
                self.status = PaymentStatus::Canceled;
                self.fact(self.amount, PaymentChange::Canceled).into_iter().collect()
            }
            _ => {
                self.cancel_wanted = true;
                Vec::new()
            }
        }
    }

    /// Returns a fact about the payment of an order; top-ups concern nobody else.
    pub(crate) fn fact(&self, amount: Money, change: PaymentChange) -> Option<PaymentEvent> {
        let Purpose::Order { order_id, attempt, .. } = self.purpose else {
            return None;
        };
        Some(PaymentEvent {
            order_id,
            payment_id: self.id,
            attempt,
            amount,
            change,
        })
    }
}

/// The pause after `tries` in vain: the first, doubled each time, never more than the longest.
fn pause(tries: u32, (first, most): (Duration, Duration)) -> Duration {
    first.saturating_mul(1 << tries.min(20)).min(most)
}

//! Owns what an order remembers of its way, what it can be told and what a step leads to. Refuses to know which step follows which.

use contracts::ai_model_cards::Refusal;
use contracts::orders::{OrderChange, OrderStatus};
use kernel::{EntitlementId, Money, RefundId, Timestamp};
use serde::{Deserialize, Serialize};

/// Where an order stands and how it came there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Course {
    pub(crate) status: OrderStatus,
    /// What is to be paid.
    pub(crate) total: Money,
    /// Attempts to pay begun so far.
    pub(crate) attempt: u32,
    /// Until when it may be paid, once it has a hold.
    pub(crate) deadline: Option<Timestamp>,
    /// What it will be when the provider has cancelled.
    pub(crate) ending: Option<Ending>,
    /// The attempt whose payment it keeps; 0 when there was nothing to pay.
    pub(crate) kept: Option<u32>,
    /// Whether the hold is a sale.
    pub(crate) committed: bool,
    /// Attempts whose money was told to go back; none twice.
    pub(crate) returned: Vec<u32>,
    pub(crate) rejection: Option<Refusal>,
    pub(crate) entitlement: Option<EntitlementId>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) refund: Option<Return>,
    pub(crate) dispute: Option<Dispute>,
    /// When it is to be looked at if nothing comes before; none when it waits for nothing.
    pub(crate) wake: Option<Timestamp>,
    /// Looks in this state so far.
    pub(crate) looks: u32,
    /// Since when it is in this state.
    pub(crate) since: Timestamp,
    /// Grows by one with each event, and with each change of a dispute.
    pub(crate) version: u64,
}

/// What an order becomes when no money comes any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ending {
    Expired,
    Cancelled,
}

/// A refund after completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Return {
    pub(crate) id: RefundId,
    pub(crate) state: ReturnState,
}

/// Where a refund after completion stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReturnState {
    Requested,
    Completed,
    Failed,
}

/// Where a dispute of the payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Dispute {
    Open,
    Won,
    Lost,
}

/// What an order can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Input {
    /// Its hold is there.
    Held,
    /// It gets no hold.
    Refused(Refusal),
    /// Its buyer begins to pay.
    Pay,
    /// Its buyer takes it back.
    Cancel,
    /// A timer came, for whatever deadline.
    TimerDue,
    /// It was looked at, since nothing came.
    Look,
    /// The provider has money.
    Succeeded { attempt: u32, amount: Money },
    /// The provider got no money.
    Failed { attempt: u32 },
    /// No money will come by this attempt.
    Canceled { attempt: u32 },
    /// The hold is a sale.
    Committed,
    /// The hold is not there any more, or the entitlement cannot be granted.
    CannotKeep,
    /// The buyer has the entitlement.
    Granted(EntitlementId),
    /// The money of an attempt went back, or an attempt to do so failed.
    Repaid { attempt: u32 },
    /// A refund after completion is wanted.
    RefundAsked(RefundId),
    /// That refund is paid.
    RefundPaid(RefundId),
    /// That refund cannot be paid.
    RefundFailed(RefundId),
    /// The buyer's bank wants the money back; `won` once that is decided.
    Disputed { attempt: u32, won: Option<bool> },
}

/// Why a command is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    #[error("A payment is under way.")]
    PaymentUnderWay,
    #[error("The order cannot be paid.")]
    NotPayable,
    #[error("The order was tried to be paid too often.")]
    TooManyAttempts,
    #[error("The order cannot be taken back any more.")]
    NotCancellable,
    #[error("Only a completed order is refunded.")]
    NotRefundable,
    #[error("Nothing was paid for it.")]
    NothingPaid,
    #[error("A refund of it was asked for already.")]
    RefundedAlready,
    #[error("Its payment is disputed.")]
    Disputed,
    /// A defect of whoever says so: nobody began this attempt.
    #[error("There was no such attempt to pay.")]
    NoSuchAttempt,
}

/// What a step leads to: the course after it, and what is told with the write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) course: Course,
    pub(crate) told: Vec<OrderChange>,
}

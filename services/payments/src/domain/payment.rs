//! Owns a payment: one attempt to pay an order, or a top-up of a wallet, from the wish to the last refund. Pure: what the provider tells is
//! shown to it in any order and any number of times. Refuses to know which provider.

use std::time::Duration;

use contracts::orders::Payable;
use contracts::payments::{PaymentChange, PaymentEvent};
use kernel::{Money, OrderId, PaymentId, RefundId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use utoipa::ToSchema;

use crate::domain::ids;
use crate::domain::ledger::PaidBackFrom;
use crate::domain::split::Split;

/// Most refunds of one payment.
pub(crate) const REFUNDS_MAX: usize = 16;
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
    RequiresAction,
    Processing,
    Succeeded { captured: Money },
    Failed { reason: String },
    Canceled,
}

/// Money to go back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refund {
    /// None: all of it, since the order is not kept.
    pub(crate) refund_id: Option<RefundId>,
    pub(crate) amount: Money,
    /// How much was to go back before it.
    pub(crate) before: i64,
    pub(crate) status: RefundStatus,
    /// The provider's id of it.
    pub(crate) reference: Option<String>,
    /// How often the provider has refused it for good; a part of its key.
    pub(crate) round: u32,
}

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefundStatus {
    Pending,
    Succeeded,
    Failed,
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
        if let Some(at) = self.refunds.iter().position(|r| r.status == RefundStatus::Pending) {
            // One that the provider has taken is only looked after.
            let waits = self
                .refunds
                .get(at)
                .is_some_and(|r| r.reference.is_some() || r.round > 0);
            return (!waits || self.is_due(now)).then_some(Duty::Refund(at));
        }
        if !self.open {
            return None;
        }
        if self.cancel_wanted || self.status == PaymentStatus::Failed {
            return Some(Duty::Cancel);
        }
        if self.reference.is_none() {
            return Some(Duty::Create);
        }
        self.is_due(now).then_some(Duty::Watch)
    }

    fn is_due(&self, now: Timestamp) -> bool {
        self.due_at.is_some_and(|at| at <= now)
    }

    /// After news: says when the next look is due, at once when something is to be done, after `age` when it is only to be watched.
    pub(crate) fn plan(&mut self, now: Timestamp, age: Duration) {
        self.tries = 0;
        self.due_at = match self.duty(Timestamp::from_millis(i64::MIN)) {
            Some(_) => Some(now),
            None if self.open => Some(now + age),
            None => None,
        };
    }

    /// After a try in vain: says when the next one is due, later each time.
    pub(crate) fn postpone(&mut self, now: Timestamp, (first, most): (Duration, Duration)) {
        let pause = first.saturating_mul(1 << self.tries.min(20)).min(most);
        self.tries = self.tries.saturating_add(1);
        self.due_at = Some(now + pause);
    }

    /// Learns what the provider says. Older news than what is known changes nothing. Returns what others are to hear.
    pub(crate) fn observe(&mut self, intent: &Intent) -> Vec<PaymentEvent> {
        let mut told = Vec::new();
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

    /// Wants money to go back: `refund` says of which refund, none all of it. Once for each. Returns what is to be told at once: that it
    /// cannot be, or is done already.
    pub(crate) fn want_refund(&mut self, refund: Option<(RefundId, Money)>) -> Vec<PaymentEvent> {
        let refund_id = refund.map(|(id, _)| id);
        if let Some(known) = self.refunds.iter().find(|r| r.refund_id == refund_id) {
            return match known.status {
                RefundStatus::Succeeded => self.refund_fact(known, None).into_iter().collect(),
                _ => Vec::new(),
            };
        }
        let gone: i64 = self
            .refunds
            .iter()
            .filter(|r| r.status != RefundStatus::Failed)
            .map(|r| r.amount.amount)
            .sum();
        let captured = self.captured.unwrap_or(Money::zero(self.amount.currency));
        let left = Money {
            amount: captured.amount - gone,
            currency: captured.currency,
        };
        let amount = refund.map_or(left, |(_, amount)| amount);
        let mut wanted = Refund {
            refund_id,
            amount,
            before: gone,
            status: RefundStatus::Pending,
            reference: None,
            round: 0,
        };
        let fits = amount.currency == left.currency && amount.amount > 0 && amount.amount <= left.amount;
        if !fits || self.refunds.len() >= REFUNDS_MAX {
            wanted.status = RefundStatus::Failed;
            let why = if fits {
                "There are too many refunds of this payment."
            } else {
                "There is not so much left to pay back."
            };
            return self.refund_fact(&wanted, Some(why)).into_iter().collect();
        }
        self.refunds.push(wanted);
        Vec::new()
    }

    /// Returns the key that makes the refund at `at` one at the provider.
    pub(crate) fn refund_key(&self, refund: &Refund) -> String {
        let which = refund.refund_id.map_or_else(|| "full".to_owned(), |id| id.to_string());
        format!("refund:{}:{which}:{}", self.id, refund.round)
    }

    /// The provider has taken the refund, and will tell.
    pub(crate) fn refund_taken(&mut self, at: usize, reference: &str) {
        if let Some(refund) = self.refunds.get_mut(at).filter(|r| r.status == RefundStatus::Pending) {
            refund.reference = Some(reference.to_owned());
        }
    }

    /// The refund is done.
    pub(crate) fn refund_done(&mut self, at: usize) -> Vec<PaymentEvent> {
        let Some(refund) = self.refunds.get_mut(at).filter(|r| r.status == RefundStatus::Pending) else {
            return Vec::new();
        };
        refund.status = RefundStatus::Succeeded;
        let refund = refund.clone();
        self.refund_fact(&refund, None).into_iter().collect()
    }

    /// The provider refuses the refund for good. One of a whole order that is not kept goes on being tried: the money is not ours; the others
    /// hear of it once.
    pub(crate) fn refund_refused(&mut self, at: usize, reason: &str) -> Vec<PaymentEvent> {
        let Some(refund) = self.refunds.get_mut(at).filter(|r| r.status == RefundStatus::Pending) else {
            return Vec::new();
        };
        refund.round = refund.round.saturating_add(1);
        refund.reference = None;
        if refund.refund_id.is_some() {
            refund.status = RefundStatus::Failed;
        } else if refund.round > 1 {
            return Vec::new();
        }
        let refund = refund.clone();
        self.refund_fact(&refund, Some(reason)).into_iter().collect()
    }

    /// Returns from whom a refund, or a lost dispute, is taken. None when there is not so much.
    pub(crate) fn taken_from(&self, amount: Money, before: i64) -> Option<PaidBackFrom> {
        match (self.split, self.purpose) {
            (Some(split), Purpose::Order { seller_id, .. }) => Some(PaidBackFrom::Parts {
                seller: seller_id,
                split: split.part(before, amount.amount)?,
            }),
            _ => Some(PaidBackFrom::Escrow),
        }
    }

    fn refund_fact(&self, refund: &Refund, refused: Option<&str>) -> Option<PaymentEvent> {
        let refund_id = refund.refund_id;
        let change = match refused {
            None => PaymentChange::RefundSucceeded { refund_id },
            Some(reason) => PaymentChange::RefundFailed {
                refund_id,
                reason: reason.to_owned(),
            },
        };
        self.fact(refund.amount, change)
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

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn eur(amount: i64) -> Money {
        Money {
            amount,
            currency: Currency::EUR,
        }
    }

    fn payment() -> Payment {
        let payable = Payable {
            order_id: Uuid::from_u128(1).into(),
            buyer_id: Uuid::from_u128(2).into(),
            seller_id: Uuid::from_u128(3).into(),
            attempt: 1,
            total: eur(500),
            description: "An agent".into(),
            deadline: Timestamp::default(),
        };
        let way = Way {
            provider: "test",
            method: "test_success",
            request: None,
        };
        Payment::of_order(&payable, way, Timestamp::default())
    }

    fn says(state: IntentState) -> Intent {
        Intent {
            reference: Some("pi".into()),
            client_secret: None,
            state,
        }
    }

    fn state() -> impl Strategy<Value = IntentState> {
        prop_oneof![
            Just(IntentState::RequiresAction),
            Just(IntentState::Processing),
            Just(IntentState::Failed {
                reason: "declined".into()
            }),
            Just(IntentState::Canceled),
            Just(IntentState::Succeeded { captured: eur(500) }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn repeated_and_unordered_news_has_one_effect(news in prop::collection::vec(state(), 1..12), cancel in 0..12usize) {
            let mut payment = payment();
            let mut told = Vec::new();
            for (at, state) in news.iter().enumerate() {
                if at == cancel { told.extend(payment.want_cancel().into_iter().map(|e| (true, e))); }
                told.extend(payment.observe(&says(state.clone())).into_iter().map(|e| (false, e)));
            }
            let count = |is: fn(&PaymentChange) -> bool| told.iter().filter(|(again, e)| !again && is(&e.change)).count();
            let came = news.iter().any(|s| matches!(s, IntentState::Succeeded { .. }));
            prop_assert_eq!(count(|c| *c == PaymentChange::Succeeded), usize::from(came));
            prop_assert_eq!(payment.captured.is_some(), came);
            prop_assert_eq!(payment.status == PaymentStatus::Succeeded, came);
            prop_assert_eq!(count(|c| *c == PaymentChange::IntentCreated), 1);
            prop_assert!(count(|c| *c == PaymentChange::Canceled) <= 1);
            let failed = count(|c| matches!(c, PaymentChange::Failed { .. }));
            prop_assert!(failed <= 1);
        }

        #[test]
        fn never_more_goes_back_than_came(asks in prop::collection::vec((1..6u128, -10..400i64, any::<bool>()), 1..30), full in 0..30usize) {
            let mut payment = payment();
            payment.observe(&says(IntentState::Succeeded { captured: eur(500) }));
            for (at, (id, amount, refused)) in asks.into_iter().enumerate() {
                payment.want_refund((at != full).then(|| (Uuid::from_u128(id).into(), eur(amount))));
                if let Some(pending) = payment.refunds.iter().position(|r| r.status == RefundStatus::Pending) {
                    if refused { payment.refund_refused(pending, "no"); } else { payment.refund_done(pending); }
                }
                let back: i64 = payment.refunds.iter().filter(|r| r.status == RefundStatus::Succeeded).map(|r| r.amount.amount).sum();
                prop_assert!((0..=500).contains(&back));
            }
        }
    }

    #[test]
    fn a_failed_attempt_is_cancelled_at_the_provider_and_its_order_hears_of_it_only_when_it_asked() {
        let mut quiet = payment();
        quiet.observe(&says(IntentState::Failed {
            reason: "declined".into(),
        }));
        assert_eq!(quiet.duty(Timestamp::default()), Some(Duty::Cancel));
        assert!(quiet.observe(&says(IntentState::Canceled)).is_empty());
        assert_eq!(
            (quiet.status, quiet.duty(Timestamp::default())),
            (PaymentStatus::Failed, None)
        );
        assert_eq!(quiet.want_cancel()[0].change, PaymentChange::Canceled);
        let mut asked = payment();
        asked.observe(&says(IntentState::Failed {
            reason: "declined".into(),
        }));
        assert!(asked.want_cancel().is_empty());
        assert_eq!(
            asked.observe(&says(IntentState::Canceled))[0].change,
            PaymentChange::Canceled
        );
    }

    #[test]
    fn a_full_refund_that_is_refused_is_told_once_and_tried_on_under_a_new_key() {
        let mut payment = payment();
        payment.observe(&says(IntentState::Succeeded { captured: eur(500) }));
        assert!(payment.want_refund(None).is_empty());
        let first = payment.refund_key(&payment.refunds[0]);
        assert_eq!(payment.refund_refused(0, "no").len(), 1);
        assert!(payment.refund_refused(0, "no").is_empty());
        assert_ne!(payment.refund_key(&payment.refunds[0]), first);
        assert_eq!(payment.refund_done(0).len(), 1);
        assert!(payment.refund_done(0).is_empty() && payment.want_refund(None).len() == 1);
    }
}

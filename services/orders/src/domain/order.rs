//! Owns the one function that decides about orders: (course, input, now) to (course', what is told). Refuses to know
//! stores, clocks and services: whoever drives it writes the course and its events in one write.
//!
//! The order's own state decides, never the clock: a payment that succeeds after the deadline and before the timer is a
//! payment. The table is in README.md; `model.rs` walks every interleaving of it, `walk.rs` throws dice at it.

use std::time::Duration;

use contracts::ai_model_cards::Refusal;
use contracts::orders::{OrderChange, OrderStatus};
use kernel::{EntitlementId, Money, RefundId, Timestamp};

pub(crate) use self::course::{Course, Denied, Dispute, Ending, Input, Return, ReturnState, Step};

mod course;
#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk;

/// Most attempts to pay one order.
pub(crate) const ATTEMPTS_MAX: u32 = 5;
/// How long after its deadline an order looks itself whether its time is over: the timer has had its chance by then.
pub(crate) const TIMER_GRACE: Duration = Duration::from_secs(5);
/// Pause before a hold is asked for again, or a paid order is looked at; doubled each time.
const SHORT_PAUSE: Duration = Duration::from_secs(5);
/// The longest such pause.
const SHORT_PAUSE_MAX: Duration = Duration::from_secs(60);
/// Pause before payments is asked again to cancel or to pay back; doubled each time.
const LONG_PAUSE: Duration = Duration::from_secs(60);
/// The longest such pause.
const LONG_PAUSE_MAX: Duration = Duration::from_secs(3600);

impl Course {
    /// Begins: it asks for a hold that need not be kept longer than `hold_until`.
    pub(crate) fn place(total: Money, now: Timestamp, hold_until: Timestamp) -> Step {
        let course = Self {
            status: OrderStatus::Reserving,
            total,
            attempt: 0,
            deadline: None,
            ending: None,
            kept: None,
            committed: false,
            returned: Vec::new(),
            rejection: None,
            entitlement: None,
            completed_at: None,
            refund: None,
            dispute: None,
            wake: Some(now + SHORT_PAUSE),
            looks: 0,
            since: now,
            version: 0,
        };
        course.tell([OrderChange::Created { hold_until }])
    }

    /// Takes a step; none when the input changes nothing. `pay_within` is how long a buyer has from the hold on.
    pub(crate) fn step(&self, input: Input, pay_within: Duration, now: Timestamp) -> Result<Option<Step>, Denied> {
        match input {
            Input::Held => Ok(self.held(now + pay_within, now)),
            Input::Refused(reason) => Ok(self.refused(reason, now)),
            Input::Pay => self.pay(now).map(Some),
            Input::Cancel => self.cancel(now),
            Input::TimerDue => Ok(self.timer_due(now)),
            Input::Look => Ok(self.look(pay_within, now)),
            Input::Succeeded { attempt, amount } => self.succeeded(attempt, amount, now),
            Input::Failed { attempt } | Input::Canceled { attempt } => Ok(self.failed(attempt, now)),
            Input::Committed => Ok(self.hold_committed()),
            Input::CannotKeep => Ok(self.cannot_keep(now)),
            Input::Granted(id) => Ok(self.granted(id, now)),
            Input::Repaid { attempt } => Ok(self.repaid(attempt, now)),
            Input::RefundAsked(id) => self.refund_asked(id).map(Some),
            Input::RefundPaid(id) => Ok(self.refund_over(id, ReturnState::Completed)),
            Input::RefundFailed(id) => Ok(self.refund_over(id, ReturnState::Failed)),
            Input::Disputed { attempt, won } => Ok(self.disputed(attempt, won)),
        }
    }

    fn held(&self, deadline: Timestamp, now: Timestamp) -> Option<Step> {
        if self.status != OrderStatus::Reserving {
            return None;
        }
        if self.total.amount == 0 {
            return Some(self.paid(0, now));
        }
        let mut next = self.to(OrderStatus::AwaitingPayment, now);
        next.deadline = Some(deadline);
        next.wake = Some(deadline + TIMER_GRACE);
        Some(next.tell([OrderChange::AwaitingPayment { deadline }]))
    }

    fn refused(&self, reason: Refusal, now: Timestamp) -> Option<Step> {
        if self.status != OrderStatus::Reserving {
            return None;
        }
        let mut next = self.to(OrderStatus::Rejected, now);
        next.rejection = Some(reason);
        Some(next.tell([OrderChange::Rejected { reason }]))
    }

    fn pay(&self, now: Timestamp) -> Result<Step, Denied> {
        match self.status {
            OrderStatus::AwaitingPayment if self.attempt >= ATTEMPTS_MAX => Err(Denied::TooManyAttempts),
            OrderStatus::AwaitingPayment => {
                let mut next = self.to(OrderStatus::Paying, now);
                next.attempt += 1;
                next.wake = self.wake;
                let attempt = next.attempt;
                Ok(next.tell([OrderChange::Paying { attempt }]))
            }
            OrderStatus::Paying => Err(Denied::PaymentUnderWay),
            _ => Err(Denied::NotPayable),
        }
    }

    fn cancel(&self, now: Timestamp) -> Result<Option<Step>, Denied> {
        match self.status {
            OrderStatus::Reserving | OrderStatus::AwaitingPayment | OrderStatus::Paying => {
                Ok(self.end(Ending::Cancelled, now))
            }
            // Asked for already.
            OrderStatus::Expiring | OrderStatus::Cancelled => Ok(None),
            _ => Err(Denied::NotCancellable),
        }
    }

    fn timer_due(&self, now: Timestamp) -> Option<Step> {
        let due = self.deadline.is_some_and(|deadline| now >= deadline);
        if due { self.end(Ending::Expired, now) } else { None }
    }

    /// Ends what is not paid: at once when no payment is under way, else the provider is asked first and the hold is kept.
    fn end(&self, ending: Ending, now: Timestamp) -> Option<Step> {
        match self.status {
            // A hold that comes after that is given back: who holds hears that the order is over.
            OrderStatus::Reserving | OrderStatus::AwaitingPayment => Some(self.ended(ending, now)),
            OrderStatus::Paying => {
                let attempt = self.attempt;
                let mut next = self.to(OrderStatus::Expiring, now);
                next.ending = Some(ending);
                next.wake = Some(now + LONG_PAUSE);
                Some(next.tell([OrderChange::Expiring { attempt }]))
            }
            _ => None,
        }
    }

    fn ended(&self, ending: Ending, now: Timestamp) -> Step {
        match ending {
            Ending::Expired => self.to(OrderStatus::Expired, now).tell([OrderChange::Expired]),
            Ending::Cancelled => self.to(OrderStatus::Cancelled, now).tell([OrderChange::Cancelled]),
        }
    }

    fn look(&self, pay_within: Duration, now: Timestamp) -> Option<Step> {
        if self.wake.is_none_or(|wake| wake > now) {
            return None;
        }
        let attempt = self.attempt;
        match self.status {
            // Nobody waits longer for a hold than they would be waited for.
            OrderStatus::Reserving if now >= self.since + pay_within => self.refused(Refusal::NotOnSale, now),
            OrderStatus::AwaitingPayment | OrderStatus::Paying => self.timer_due(now),
            // What to do then is for whoever looks: asking for the hold again, or granting.
            OrderStatus::Reserving | OrderStatus::Paid => Some(self.later(SHORT_PAUSE, SHORT_PAUSE_MAX, now).tell([])),
            OrderStatus::Expiring => {
                let next = self.later(LONG_PAUSE, LONG_PAUSE_MAX, now);
                Some(next.tell([OrderChange::Expiring { attempt }]))
            }
            OrderStatus::Refunding => {
                let attempt = self.kept?;
                let next = self.later(LONG_PAUSE, LONG_PAUSE_MAX, now);
                Some(next.tell([OrderChange::Refunding { attempt }]))
            }
            _ => None,
        }
    }

    fn succeeded(&self, attempt: u32, amount: Money, now: Timestamp) -> Result<Option<Step>, Denied> {
        if attempt == 0 || attempt > self.attempt {
            return Err(Denied::NoSuchAttempt);
        }
        if self.kept == Some(attempt) || self.returned.contains(&attempt) {
            return Ok(None);
        }
        let wants = matches!(
            self.status,
            OrderStatus::AwaitingPayment | OrderStatus::Paying | OrderStatus::Expiring
        );
        if wants && amount == self.total {
            return Ok(Some(self.paid(attempt, now)));
        }
        // Late, second or of a wrong amount: it goes back, and by this attempt nothing else comes.
        let mut next = self.clone();
        next.returned.push(attempt);
        let mut step = next.tell([OrderChange::RefundDue { attempt }]);
        if let Some(over) = step.course.failed(attempt, now) {
            step.told.extend(over.told);
            step.course = over.course;
        }
        Ok(Some(step))
    }

    fn paid(&self, attempt: u32, now: Timestamp) -> Step {
        let mut next = self.to(OrderStatus::Paid, now);
        next.kept = Some(attempt);
        next.wake = Some(now + SHORT_PAUSE);
        next.tell([OrderChange::Paid { attempt }])
    }

    /// No money comes by the attempt that is under way.
    fn failed(&self, attempt: u32, now: Timestamp) -> Option<Step> {
        if attempt != self.attempt {
            return None;
        }
        match (self.status, self.deadline) {
            (OrderStatus::Paying, Some(deadline)) => {
                let mut next = self.to(OrderStatus::AwaitingPayment, now);
                next.wake = Some(deadline + TIMER_GRACE);
                Some(next.tell([OrderChange::AwaitingPayment { deadline }]))
            }
            (OrderStatus::Expiring, _) => Some(self.ended(self.ending.unwrap_or(Ending::Expired), now)),
            _ => None,
        }
    }

    fn hold_committed(&self) -> Option<Step> {
        if self.status != OrderStatus::Paid || self.committed {
            return None;
        }
        let mut next = self.clone();
        next.committed = true;
        Some(next.tell([]))
    }

    fn cannot_keep(&self, now: Timestamp) -> Option<Step> {
        let attempt = self.kept.filter(|_| self.status == OrderStatus::Paid)?;
        if attempt == 0 {
            return Some(self.to(OrderStatus::Refunded, now).tell([OrderChange::Refunded]));
        }
        let mut next = self.to(OrderStatus::Refunding, now);
        next.returned.push(attempt);
        next.wake = Some(now + LONG_PAUSE);
        Some(next.tell([OrderChange::Refunding { attempt }]))
    }

    fn granted(&self, entitlement_id: EntitlementId, now: Timestamp) -> Option<Step> {
        let attempt = self
            .kept
            .filter(|_| self.status == OrderStatus::Paid && self.committed)?;
        let mut next = self.to(OrderStatus::Completed, now);
        next.entitlement = Some(entitlement_id);
        next.completed_at = Some(now);
        Some(next.tell([OrderChange::Completed {
            attempt,
            entitlement_id,
        }]))
    }

    fn repaid(&self, attempt: u32, now: Timestamp) -> Option<Step> {
        let ours = self.status == OrderStatus::Refunding && self.kept == Some(attempt);
        ours.then(|| self.to(OrderStatus::Refunded, now).tell([OrderChange::Refunded]))
    }

    fn refund_asked(&self, refund_id: RefundId) -> Result<Step, Denied> {
        let attempt = match (self.status, self.kept) {
            (OrderStatus::Completed, Some(0)) => return Err(Denied::NothingPaid),
            (OrderStatus::Completed, Some(attempt)) => attempt,
            _ => return Err(Denied::NotRefundable),
        };
        if self.refund.is_some_and(|r| r.state != ReturnState::Failed) {
            return Err(Denied::RefundedAlready);
        }
        if matches!(self.dispute, Some(Dispute::Open | Dispute::Lost)) {
            return Err(Denied::Disputed);
        }
        let mut next = self.clone();
        next.refund = Some(Return {
            id: refund_id,
            state: ReturnState::Requested,
        });
        Ok(next.tell([OrderChange::RefundRequested {
            refund_id,
            attempt,
            amount: self.total,
        }]))
    }

    fn refund_over(&self, refund_id: RefundId, state: ReturnState) -> Option<Step> {
        let asked = Return {
            id: refund_id,
            state: ReturnState::Requested,
        };
        if self.refund != Some(asked) {
            return None;
        }
        let mut next = self.clone();
        next.refund = Some(Return { id: refund_id, state });
        let amount = self.total;
        Some(next.tell([match state {
            ReturnState::Failed => OrderChange::RefundFailed { refund_id },
            _ => OrderChange::RefundCompleted { refund_id, amount },
        }]))
    }

    fn disputed(&self, attempt: u32, won: Option<bool>) -> Option<Step> {
        // Money that is lost stays lost. After a won dispute there may be another, whose loss counts; that one was opened may be old news.
        let is_over = match self.dispute {
            Some(Dispute::Lost) => true,
            Some(Dispute::Won) => won != Some(false),
            Some(Dispute::Open) | None => false,
        };
        if self.kept != Some(attempt) || is_over {
            return None;
        }
        let dispute = Some(match won {
            None => Dispute::Open,
            Some(true) => Dispute::Won,
            Some(false) => Dispute::Lost,
        });
        if self.dispute == dispute {
            return None;
        }
        let mut next = self.clone();
        next.dispute = dispute;
        // Not told, but what follows from it must be seen to be newer.
        next.version += 1;
        Some(next.tell([]))
    }

    fn to(&self, status: OrderStatus, now: Timestamp) -> Self {
        Self {
            status,
            since: now,
            looks: 0,
            wake: None,
            ..self.clone()
        }
    }

    /// Puts the next look off, longer each time.
    fn later(&self, pause: Duration, most: Duration, now: Timestamp) -> Self {
        let pause = pause.saturating_mul(1 << self.looks.min(16)).min(most);
        Self {
            wake: Some(now + pause),
            looks: self.looks.saturating_add(1),
            ..self.clone()
        }
    }

    fn tell<const N: usize>(mut self, told: [OrderChange; N]) -> Step {
        self.version += N as u64;
        Step {
            course: self,
            told: told.into(),
        }
    }
}

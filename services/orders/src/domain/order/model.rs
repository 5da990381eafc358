//! Walks every interleaving of two buyers, one edition, a provider and a bus that loses, repeats and reorders, over the very function
//! that runs in production. What is lost: timers, answers and notices that somebody sends again; so is what becomes of a sale, both ways, since its
//! key may be parked: orders look, and so do the cards. Release and refund may be late, repeated and out of order, but are never lost.
//! This file owns that world and what happens in it; `market.rs` walks it.

use std::time::Duration;

use contracts::ai_model_cards::Refusal;
use contracts::orders::{OrderChange, OrderStatus};
use kernel::{Currency, EntitlementId, Money, Timestamp};

use super::{Course, Denied, Input, Step};

mod market;

const PRICE: Money = Money {
    amount: 100,
    currency: Currency::EUR,
};
const PAY_WITHIN: Duration = Duration::from_secs(900);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Hold {
    None,
    Held,
    Sold,
    Released,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Intent {
    Open,
    Captured { wrong: bool, back: bool },
    Failed,
    Canceled,
}

/// What is on its way. Orders hear of numbers here, since messages are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Message {
    AskHold(usize),
    Commit(usize),
    Release(usize),
    CancelIntent(usize, u32),
    PayBack(usize, u32),
    Held(usize),
    Refused(usize),
    Committed(usize),
    Missing(usize),
    Timer(usize),
    Notice(usize, u32),
    Repaid(usize, u32),
}

impl Message {
    fn may_be_lost(self) -> bool {
        matches!(
            self,
            Self::AskHold(_)
                | Self::Commit(_)
                | Self::Committed(_)
                | Self::Missing(_)
                | Self::CancelIntent(..)
                | Self::Held(_)
                | Self::Refused(_)
                | Self::Timer(_)
                | Self::Notice(..)
        )
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    late: bool,
    orders: Vec<Course>,
    ended: Vec<u8>,
    told_back: Vec<Vec<u32>>,
    holds: Vec<Hold>,
    intents: Vec<Vec<Intent>>,
    /// Whose timer came when it was due: it does not come again, so that one that is lost is lost.
    timers: Vec<bool>,
    messages: Vec<Message>,
    losses: u8,
    copies: u8,
    early_timers: u8,
    lost_holds: u8,
    wrong_amounts: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Deliver(Message),
    Lose(Message),
    Copy(Message),
    Pay(usize),
    Cancel(usize),
    Capture(usize, u32, bool),
    Decline(usize, u32),
    DeadlinePasses,
    TimerFires(usize),
    Look(usize),
    Repeat(usize, u32),
    Grant(usize),
    LoseHold(usize),
    FreeOrphan(usize),
}

impl State {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(if self.late { 10_000_000 } else { 0 })
    }

    fn send(&mut self, message: Message) {
        self.messages.push(message);
        self.messages.sort_unstable();
    }

    fn in_flight(&self, wanted: impl Fn(&Message) -> bool) -> bool {
        self.messages.iter().any(wanted)
    }

    fn try_step(&self, o: usize, input: Input) -> Result<Option<Step>, Denied> {
        self.orders[o].step(input, PAY_WITHIN, self.now())
    }

    /// Takes a step and sends what it tells to whom it concerns. Counters that decide nothing are held still, so that there are few states.
    fn step(&mut self, o: usize, input: Input) -> bool {
        let Ok(Some(step)) = self.try_step(o, input) else {
            return false;
        };
        for change in &step.told {
            match *change {
                OrderChange::Created { .. } => self.send(Message::AskHold(o)),
                OrderChange::Paid { .. } => self.send(Message::Commit(o)),
                OrderChange::Expiring { attempt } => self.send(Message::CancelIntent(o, attempt)),
                OrderChange::Refunding { attempt } => {
                    self.send(Message::Release(o));
                    self.send(Message::PayBack(o, attempt));
                    self.told_back[o].push(attempt);
                }
                OrderChange::RefundDue { attempt } => {
                    self.send(Message::PayBack(o, attempt));
                    self.told_back[o].push(attempt);
                }
                OrderChange::Rejected { .. } | OrderChange::Expired | OrderChange::Cancelled => {
                    self.send(Message::Release(o));
                    self.ended[o] += 1;
                }
                OrderChange::Completed { .. } | OrderChange::Refunded => self.ended[o] += 1,
                _ => {}
            }
        }
        self.orders[o] = still(step.course);
        true
    }

    fn notice(&self, o: usize, attempt: u32) -> Option<Input> {
        match self.intents[o][attempt as usize - 1] {
            Intent::Open => None,
            Intent::Captured { wrong, .. } => Some(Input::Succeeded {
                attempt,
                amount: Money {
                    amount: PRICE.amount - i64::from(wrong),
                    ..PRICE
                },
            }),
            Intent::Failed => Some(Input::Failed { attempt }),
            Intent::Canceled => Some(Input::Canceled { attempt }),
        }
    }

    fn deliver(&mut self, message: Message) {
        match message {
            Message::AskHold(o) => match self.holds[o] {
                Hold::None if self.holds.iter().any(|h| matches!(h, Hold::Held | Hold::Sold)) => {
                    self.send(Message::Refused(o));
                }
                Hold::None => {
                    self.holds[o] = Hold::Held;
                    self.send(Message::Held(o));
                }
                Hold::Held | Hold::Sold => self.send(Message::Held(o)),
                Hold::Released => self.send(Message::Refused(o)),
            },
            Message::Commit(o) if matches!(self.holds[o], Hold::Held | Hold::Sold) => {
                self.holds[o] = Hold::Sold;
                self.send(Message::Committed(o));
            }
            Message::Commit(o) => self.send(Message::Missing(o)),
            Message::Release(o) if matches!(self.holds[o], Hold::None | Hold::Held) => self.holds[o] = Hold::Released,
            Message::Release(_) => {}
            Message::CancelIntent(o, attempt) => {
                let intent = &mut self.intents[o][attempt as usize - 1];
                if *intent == Intent::Open {
                    *intent = Intent::Canceled;
                }
                self.send(Message::Notice(o, attempt));
            }
            Message::PayBack(o, attempt) => {
                if let Intent::Captured { back, .. } = &mut self.intents[o][attempt as usize - 1] {
                    *back = true;
                    self.send(Message::Repaid(o, attempt));
                }
            }
            Message::Notice(o, attempt) => {
                if let Some(input) = self.notice(o, attempt) {
                    self.step(o, input);
                }
            }
            Message::Held(o) => drop(self.step(o, Input::Held)),
            Message::Refused(o) => drop(self.step(o, Input::Refused(Refusal::SoldOut))),
            Message::Committed(o) => drop(self.step(o, Input::Committed)),
            Message::Missing(o) => drop(self.step(o, Input::CannotKeep)),
            Message::Timer(o) => drop(self.step(o, Input::TimerDue)),
            Message::Repaid(o, attempt) => drop(self.step(o, Input::Repaid { attempt })),
        }
    }

    /// What captured and was not paid back, of an order.
    fn net(&self, o: usize) -> usize {
        let kept = |i: &&Intent| matches!(i, Intent::Captured { back: false, .. });
        self.intents[o].iter().filter(kept).count()
    }

    fn is_settled(&self) -> bool {
        (0..self.orders.len()).all(|o| {
            let completed = self.orders[o].status == OrderStatus::Completed;
            self.orders[o].status.is_terminal()
                && self.net(o) == usize::from(completed)
                && (self.holds[o] == Hold::Sold) == completed
                && self.holds[o] != Hold::Held
        })
    }
}

fn still(course: Course) -> Course {
    Course {
        looks: 0,
        version: 0,
        since: Timestamp::default(),
        completed_at: None,
        wake: course.wake.map(|_| Timestamp::default()),
        deadline: course.deadline.map(|_| Timestamp::from_millis(1)),
        ..course
    }
}

/// A timer comes when it is due, and a few times too early.
fn fire_timer(next: &mut State, o: usize) -> bool {
    let waits = next.orders[o].deadline.is_some() && !next.in_flight(|m| *m == Message::Timer(o));
    let due = matches!(next.try_step(o, Input::TimerDue), Ok(Some(_)));
    if !waits || (due && next.timers[o]) || !(due || next.early_timers > 0) {
        return false;
    }
    if due {
        next.timers[o] = true;
    } else {
        next.early_timers -= 1;
    }
    next.send(Message::Timer(o));
    true
}

/// The order service looks itself: the timer that never came, the hold that was not answered, the provider that was not heard.
fn look(next: &mut State, o: usize) -> bool {
    let attempt = next.orders[o].attempt;
    match next.orders[o].status {
        OrderStatus::Reserving if next.late => next.step(o, Input::Look),
        OrderStatus::Reserving => {
            let asked = |m: &Message| [Message::AskHold(o), Message::Held(o), Message::Refused(o)].contains(m);
            if next.in_flight(asked) {
                return false;
            }
            next.send(Message::AskHold(o));
            true
        }
        OrderStatus::AwaitingPayment | OrderStatus::Paying => next.step(o, Input::Look),
        OrderStatus::Expiring => {
            let asked = |m: &Message| [Message::CancelIntent(o, attempt), Message::Notice(o, attempt)].contains(m);
            !next.in_flight(asked) && next.step(o, Input::Look)
        }
        OrderStatus::Paid if !next.orders[o].committed => look_at_sale(next, o),
        _ => false,
    }
}

/// The order was paid and nobody said what became of its hold: the cards are asked.
fn look_at_sale(next: &mut State, o: usize) -> bool {
    let asked = |m: &Message| [Message::Commit(o), Message::Committed(o), Message::Missing(o)].contains(m);
    let answer = match next.holds[o] {
        Hold::Sold => Message::Committed(o),
        Hold::Released => Message::Missing(o),
        Hold::None | Hold::Held => return false,
    };
    if next.in_flight(asked) {
        return false;
    }
    next.send(answer);
    true
}

fn capture(next: &mut State, o: usize, attempt: u32, wrong: bool) -> bool {
    let intent = &mut next.intents[o][attempt as usize - 1];
    // A declined payment may still go through, as with cards that are tried again at the provider.
    if !matches!(intent, Intent::Open | Intent::Failed) || (wrong && next.wrong_amounts == 0) {
        return false;
    }
    *intent = Intent::Captured { wrong, back: false };
    next.wrong_amounts -= u8::from(wrong);
    next.send(Message::Notice(o, attempt));
    true
}

fn decline(next: &mut State, o: usize, attempt: u32) -> bool {
    let intent = &mut next.intents[o][attempt as usize - 1];
    if *intent != Intent::Open {
        return false;
    }
    *intent = Intent::Failed;
    next.send(Message::Notice(o, attempt));
    true
}

/// The provider repeats what the order has not heard.
fn repeat(next: &mut State, o: usize, attempt: u32) -> bool {
    let unheard = next
        .notice(o, attempt)
        .is_some_and(|input| matches!(next.try_step(o, input), Ok(Some(_))));
    if !unheard || next.in_flight(|m| *m == Message::Notice(o, attempt)) {
        return false;
    }
    next.send(Message::Notice(o, attempt));
    true
}

/// A hold that was kept too long is given up by the cards' side.
fn lose_hold(next: &mut State, o: usize) -> bool {
    if next.holds[o] != Hold::Held || next.lost_holds == 0 {
        return false;
    }
    next.lost_holds -= 1;
    next.holds[o] = Hold::Released;
    true
}

/// The cards' side finds that the order of a hold is over, or was paid.
fn free_orphan(next: &mut State, o: usize) -> bool {
    let paid = next.orders[o].status == OrderStatus::Paid;
    if next.holds[o] != Hold::Held || !(paid || next.orders[o].status.is_terminal()) {
        return false;
    }
    if paid {
        next.deliver(Message::Commit(o));
    } else {
        next.holds[o] = Hold::Released;
    }
    true
}

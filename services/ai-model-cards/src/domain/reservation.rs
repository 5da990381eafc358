//! Owns what became of one order's wish for editions: one document per order, for ever in one of its states. Refuses to know
//! how many editions there are: that is the card's.
//!
//! `asked` is written before the card is, and `releasing` and `committing` before the card is changed back or for good, so that
//! after a crash at any instruction it is known what is still to be done.

use contracts::ai_model_cards::{HoldAnswer, Refusal, ReservationChange, ReservationEvent};
use kernel::{CardId, OrderId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// The card is about to be asked.
    Asked,
    /// The order has the editions.
    Held,
    /// The order did not get them, and never will.
    Refused,
    /// The card is about to get them back.
    Releasing,
    /// The order is over, and never gets them again.
    Released,
    /// The card is about to count them as sold.
    Committing,
    /// They are sold, for ever.
    Committed,
    /// The order was paid and did not have them.
    Missing,
}

/// One order's wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reservation {
    pub(crate) order_id: OrderId,
    pub(crate) card_id: CardId,
    pub(crate) quantity: u32,
    pub(crate) state: State,
    /// Why it was refused.
    pub(crate) reason: Option<Refusal>,
    /// Whether the card counts it: its edition was limited.
    pub(crate) counted: bool,
    /// Whether others heard that it was held.
    pub(crate) told: bool,
    /// When it is to be looked at, while anything is still to be done.
    pub(crate) due_at: Option<Timestamp>,
    /// When it may be forgotten, once nothing can come of it.
    pub(crate) forget_at: Option<Timestamp>,
}

impl Document for Reservation {
    const COLLECTION: &'static str = "reservations";
    const INDEXES: &'static [Index] = &[
        Index::plain("due", &["dueAt"]),
        Index::plain("forget", &["forgetAt"]),
        Index::plain("card", &["cardId", "state"]),
    ];
    fn id(&self) -> String {
        self.order_id.to_string()
    }
}

/// What a step does: what others hear of it, if anything.
pub(crate) type Told = Option<ReservationChange>;

impl Reservation {
    /// Begins one for which the card is to be asked.
    pub(crate) fn asked(order_id: OrderId, card_id: CardId, quantity: u32, until: Timestamp) -> Self {
        Self {
            order_id,
            card_id,
            quantity,
            state: State::Asked,
            reason: None,
            counted: true,
            told: false,
            due_at: Some(until),
            forget_at: None,
        }
    }

    /// The order has the editions.
    pub(crate) fn hold(&mut self) -> Told {
        if self.state != State::Asked {
            return None;
        }
        self.state = State::Held;
        self.told = true;
        Some(ReservationChange::Held)
    }

    /// The order does not get them.
    pub(crate) fn refuse(&mut self, reason: Refusal, forget_at: Timestamp) -> Told {
        if self.state != State::Asked {
            return None;
        }
        self.close(State::Refused, forget_at);
        self.reason = Some(reason);
        Some(ReservationChange::Refused { reason })
    }

    /// The order is over. What is sold stays sold.
    pub(crate) fn release(&mut self, forget_at: Timestamp) -> Told {
        match self.state {
            State::Asked | State::Held if self.counted => self.state = State::Releasing,
            State::Asked | State::Held => return self.released(forget_at),
            _ => {}
        }
        None
    }

    /// The card has the editions back.
    pub(crate) fn released(&mut self, forget_at: Timestamp) -> Told {
        if matches!(self.state, State::Asked | State::Held | State::Releasing) {
            self.close(State::Released, forget_at);
            return self.told.then_some(ReservationChange::Released);
        }
        None
    }

    /// The order was paid. One that does not have the editions is told so, once.
    pub(crate) fn commit(&mut self, forget_at: Timestamp) -> Told {
        match self.state {
            State::Held if self.counted => self.state = State::Committing,
            State::Held => return self.committed(),
            State::Refused | State::Released => {
                self.close(State::Missing, forget_at);
                return Some(ReservationChange::Missing);
            }
            _ => {}
        }
        None
    }

    /// The card counts the editions as sold.
    pub(crate) fn committed(&mut self) -> Told {
        if matches!(self.state, State::Held | State::Committing) {
            self.state = State::Committed;
            self.due_at = None;
            return Some(ReservationChange::Committed);
        }
        None
    }

    /// Looks at it again at `until`, if it is held. `false` when that changes nothing.
    pub(crate) fn prolong(&mut self, until: Timestamp) -> bool {
        let later = matches!(self.state, State::Asked | State::Held) && self.due_at.is_some_and(|due| due < until);
        if later {
            self.due_at = Some(until);
        }
        later
    }

    fn close(&mut self, state: State, forget_at: Timestamp) {
        self.state = state;
        self.due_at = None;
        self.forget_at = Some(forget_at);
    }

    /// Tells whether the card may count it: what the card counts for one of which this is false is to be given back.
    pub(crate) fn has_editions(&self) -> bool {
        matches!(self.state, State::Held | State::Committing | State::Committed)
    }

    /// Returns what who asks for a hold is told; none while the card is to be asked.
    pub(crate) fn answer(&self) -> Option<HoldAnswer> {
        let refused = |reason| Some(HoldAnswer::Refused { reason });
        match self.state {
            State::Asked => None,
            State::Held | State::Committing => Some(HoldAnswer::Held),
            State::Committed => Some(HoldAnswer::Sold),
            State::Missing => Some(HoldAnswer::Missing),
            // There is no word for "the order is over"; nobody who asks then is waiting for an answer.
            State::Refused | State::Releasing | State::Released => refused(self.reason.unwrap_or(Refusal::NotOnSale)),
        }
    }

    /// Returns the fact that others hear.
    pub(crate) fn event(&self, change: ReservationChange) -> ReservationEvent {
        ReservationEvent {
            card_id: self.card_id,
            order_id: self.order_id,
            quantity: self.quantity,
            change,
        }
    }
}

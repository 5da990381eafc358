//! Owns the calls that one event tells of: those alike together, what they add up to, and the event that is made of them once.
//! Refuses to know when it is written.

use contracts::Event;
use contracts::ai_gateway::{CallsAlike, UsageEvent, UsedCall};
use kernel::{Ambient, Fault, UserId};

use crate::domain::sum::Sum;

/// Calls that one event tells of.
const CALLS_PER_EVENT: usize = 1_024;
/// Kinds of calls that one event tells of, so that it is never larger than an event may be.
const KINDS_PER_EVENT: usize = 64;

/// Calls that one event tells of.
#[derive(Default)]
pub(crate) struct Batch {
    alike: Vec<CallsAlike>,
    sum: Sum,
    /// Made once: a write that was done although it seemed to fail is told twice as one event, not as two. Nothing is added then.
    event: Option<Event>,
}

impl Batch {
    /// Returns what they add up to.
    pub(crate) fn sum(&self) -> &Sum {
        &self.sum
    }

    /// Returns how many they are.
    pub(crate) fn count(&self) -> usize {
        self.sum.calls.try_into().unwrap_or(usize::MAX)
    }

    /// Tells whether one more may be added.
    pub(crate) fn takes_more(&self) -> bool {
        self.event.is_none() && self.count() < CALLS_PER_EVENT && self.alike.len() < KINDS_PER_EVENT
    }

    /// Adds a call.
    pub(crate) fn add(&mut self, mut call: UsedCall) {
        self.sum.add(&Sum::of(&call));
        for alike in &mut self.alike {
            match alike.add(call) {
                Ok(()) => return,
                Err(other) => call = other,
            }
        }
        self.alike.push(CallsAlike::of(call));
    }

    /// Returns what tells of it.
    pub(crate) fn event(&mut self, ambient: &Ambient, user_id: UserId) -> Result<Event, Fault> {
        if let Some(event) = &self.event {
            return Ok(event.clone());
        }
        let told = UsageEvent {
            user_id,
            alike: std::mem::take(&mut self.alike),
        };
        let event = Event::new(ambient, &told);
        self.alike = told.alike;
        Ok(self.event.insert(event?).clone())
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Cost, Currency};

    use super::*;
    use crate::domain::outline::MODEL_CHARS_MAX;

    fn call(kind: usize) -> UsedCall {
        let ambient = Ambient::system();
        UsedCall {
            agent_id: Some(ambient.id()),
            room_id: Some(ambient.id()),
            model: format!("{kind:02}{}", "\u{1}".repeat(MODEL_CHARS_MAX)),
            prompt_tokens: u32::MAX,
            completion_tokens: u32::MAX,
            cost: Some(Cost {
                micros: u64::MAX,
                currency: Currency::EUR,
            }),
            prompt_micros_per_million: Some(u64::MAX),
            completion_micros_per_million: Some(u64::MAX),
            cached: true,
            failed: true,
        }
    }

    #[test]
    fn an_event_has_all_that_a_batch_took_and_is_never_larger_than_it_may_be() {
        let kinds: Vec<UsedCall> = (0..KINDS_PER_EVENT).map(call).collect();
        let mut batch = Batch::default();
        for kind in &kinds[1..] {
            assert!(batch.takes_more());
            batch.add(kind.clone());
        }
        while batch.takes_more() && batch.count() < CALLS_PER_EVENT - 1 {
            batch.add(kinds[1].clone());
        }
        batch.add(kinds[0].clone());
        assert!(!batch.takes_more(), "as many calls and kinds as one may have");
        let event = batch.event(&Ambient::system(), Ambient::system().id()).unwrap();
        assert_eq!(event.body::<UsageEvent>().unwrap().calls().count(), CALLS_PER_EVENT);
    }

    #[test]
    fn what_an_event_was_made_of_takes_no_more() {
        let ambient = Ambient::system();
        let mut batch = Batch::default();
        batch.add(call(1));
        assert!(batch.takes_more());
        let event = batch.event(&ambient, ambient.id()).unwrap();
        assert!(!batch.takes_more());
        assert_eq!(batch.event(&ambient, ambient.id()).unwrap().id, event.id);
    }
}

//! Owns a member's turn: which events are started next, and what follows from how their handlers ended. Refuses to know where letters go.

use std::sync::Arc;
use std::task::{Context, Poll};

use contracts::Event;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::StreamExt as _;

use super::attempt::Outcome;
use super::held::Parked;
use super::{CHORES_MAX, Finished, Hands, LANE_TURN_MAX, Letter, TURN_MAX};
use crate::OnPoison;

impl Hands {
    /// Starts handlers; tells whether there is more for another turn.
    pub(super) fn take_turn(&mut self, cx: &mut Context<'_>) -> bool {
        let mut left = TURN_MAX;
        while let Some((slot, (offset, event))) = self.ready.pop_front() {
            self.start(cx, slot, offset, event);
            left -= 1;
            if left == 0 {
                return true;
            }
        }
        let mut more = !self.ready.is_empty();
        for _ in 0..self.turns.len() {
            // Whose turn it would be is first the next time: a backlog does not keep the others from their turns.
            if self.in_flight() >= self.in_flight_max {
                break;
            }
            let Some(slot) = self.turns.pop_front() else { break };
            self.turns.push_back(slot);
            let taken = self.take_from(cx, slot, left.min(LANE_TURN_MAX));
            left -= taken;
            if left == 0 {
                return true;
            }
            more |= taken == LANE_TURN_MAX || !self.ready.is_empty();
        }
        more
    }

    /// Takes up to `limit` events from one partition; returns how many.
    fn take_from(&mut self, cx: &mut Context<'_>, slot: u32, limit: usize) -> usize {
        for taken in 0..limit {
            if self.in_flight() >= self.in_flight_max || self.letters + self.chores.len() >= CHORES_MAX {
                return taken;
            }
            let Some(held) = self.lanes.get_mut(&slot) else {
                return taken;
            };
            let Some((offset, event)) = held.next() else {
                return taken;
            };
            let Some(event) = event else {
                if held.lane.admit_aside(offset) {
                    self.unreadable.increment(1);
                }
                held.lane.done(offset);
                continue;
            };
            if !held.parked.contains_key(&event.key) || held.lane.is_busy(&event.key) {
                if let Some(event) = held.lane.admit(offset, event) {
                    self.start(cx, slot, offset, event);
                }
                continue;
            }
            let fresh = held.lane.admit_aside(offset);
            if held.parked.get(&event.key).is_some_and(|p| offset < p.since) {
                // Given again because the cursor was not saved when the process died.
                held.lane.done(offset);
            } else if fresh {
                self.write_behind(slot, offset, event);
            }
        }
        limit
    }

    pub(super) fn in_flight(&self) -> usize {
        self.running.len() + self.ready.len() + self.draining
    }

    fn start(&mut self, cx: &mut Context<'_>, slot: u32, offset: i64, event: Event) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand += 1;
        let (attempts, ending) = (self.attempts.clone(), held.ending.clone());
        let mut run: BoxFuture<'static, Finished> = Box::pin(async move {
            let outcome = tokio::select! {
                biased;
                outcome = attempts.run(&event, &ending.give_up) => outcome,
                () = ending.lost.cancelled() => Outcome::Abandoned,
            };
            Finished {
                slot,
                offset,
                event,
                outcome,
            }
        });
        // Many handlers are done at once: those never go into the set.
        match run.as_mut().poll(cx) {
            Poll::Ready(finished) => self.finish(finished),
            Poll::Pending => self.running.push(run),
        }
    }

    pub(super) fn finish_others(&mut self) {
        for _ in 0..TURN_MAX {
            match self.running.next().now_or_never() {
                Some(Some(finished)) => self.finish(finished),
                _ => return,
            }
        }
    }

    pub(super) fn finish(&mut self, finished: Finished) {
        let Finished {
            slot,
            offset,
            event,
            outcome,
        } = finished;
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand -= 1;
        let key = event.key.clone();
        match outcome {
            Outcome::Acked => {
                held.lane.done(offset);
                self.handled.increment(1);
            }
            Outcome::Abandoned => return,
            Outcome::Poison(reason) => {
                let park = self.on_poison == OnPoison::ParkKey;
                if park {
                    let head = || Parked::new(event.id.to_string(), offset);
                    held.parked.entry(key.clone()).or_insert_with(head);
                }
                let group = self.attempts.group;
                tracing::warn!(group, event = %event.id, topic = %event.topic, %reason, park, "an event became a dead letter");
                self.write_letter(slot, Letter { offset, event, reason });
            }
        }
        self.go_on(slot, &key);
    }

    /// Goes on with a key that has become free.
    fn go_on(&mut self, slot: u32, key: &Arc<str>) {
        let Some(held) = self.lanes.get_mut(&slot).filter(|h| !h.closing) else {
            return;
        };
        if held.parked.contains_key(key) {
            for (offset, event) in held.lane.take_waiting(key) {
                self.write_behind(slot, offset, event);
            }
            self.drain(slot, key);
        } else if let Some(next) = held.lane.next_of(key) {
            self.ready.push_back((slot, next));
        }
    }
}

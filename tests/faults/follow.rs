//! Owns readers who follow a room through everything, each with a habit of their own. It refuses to miss, repeat or reorder
//! a message: the oracle ends the case then.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use blackbox::{Actor, Field as _, Reader, Socket, Subbed};
use reqwest::Method;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::traffic::RECOVERY_MAX;

const LOOK: Duration = Duration::from_millis(40);
/// How long those stay who do not stay.
const VISIT: Duration = Duration::from_millis(1_300);

/// How somebody reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// Keeps the socket for as long as it lives, then resumes.
    Stays,
    /// Leaves after a while, comes back and resumes from the offset held.
    Resumes,
    /// Leaves after a while, comes back from now on, and reads from the pages what was missed.
    Reloads,
}

pub struct Follower {
    pub actor: Actor,
    pub room: String,
    pub habit: Habit,
    /// The highest sequence held, for others to see.
    pub held: Arc<AtomicU64>,
    /// Where to end, once that is known.
    pub goal: watch::Receiver<Option<u64>>,
}

impl Follower {
    /// Follows the room up to the sequence that `goal` says at last, and gives what was read.
    pub async fn follow(self) -> (String, Reader) {
        let mut reader = Reader::at(&self.room, 0);
        while !self.is_done(&reader) {
            match Socket::try_open(&self.actor).await {
                Some(socket) => self.visit(socket, &mut reader).await,
                None => tokio::time::sleep(LOOK).await,
            }
        }
        (self.room, reader)
    }

    fn is_done(&self, reader: &Reader) -> bool {
        self.held.store(reader.held, Ordering::Relaxed);
        self.goal.borrow().is_some_and(|goal| reader.held >= goal)
    }

    /// Reads over one socket until it ends, or the reader has enough of it.
    async fn visit(&self, socket: Socket, reader: &mut Reader) {
        let from = (self.habit != Habit::Reloads).then_some(reader.held);
        let pages = match socket.try_sub(&self.room, from).await {
            Subbed::Failed => return tokio::time::sleep(LOOK).await,
            Subbed::Reset => true,
            Subbed::Recovered => from.is_none(),
        };
        if pages {
            let missed = patient_history(&self.actor, &self.room, reader.held).await;
            reader.take_messages(&missed);
        }
        // What the pages had may come again by the socket; whatever lies above comes once.
        let paged = if pages { reader.held } else { 0 };
        let (mut mark, leaves) = (0, Instant::now() + VISIT);
        loop {
            let closed = socket.closed();
            let frames = socket.frames_from(mark);
            mark += frames.len();
            let is_new = |frame: &Value| frame.get("o").and_then(Value::as_u64).is_some_and(|o| o > paged);
            let fresh: Vec<_> = frames.into_iter().filter(|frame| is_new(frame)).collect();
            reader.take_live(&fresh);
            let leaves = self.habit != Habit::Stays && Instant::now() > leaves;
            if closed.is_some() || leaves || self.is_done(reader) {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Pages through a room above `held`, and asks again while the product is in trouble.
pub async fn patient_history(actor: &Actor, room: &str, held: u64) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    let until = Instant::now() + RECOVERY_MAX;
    loop {
        let after = all.last().map_or(held, |last| last.number("seq"));
        let path = format!("/api/chat/rooms/{room}/messages?after={after}&limit=200");
        let page = match actor.attempt(Method::GET, &path, None).await {
            Ok(reply) if !matches!(reply.status, 429 | 502..=504) => reply.is(200),
            _ => {
                assert!(Instant::now() < until, "no page of {room} within {RECOVERY_MAX:?}");
                tokio::time::sleep(LOOK).await;
                continue;
            }
        };
        all.extend(page.list("items"));
        if !page.flag("hasMoreAfter") {
            return all;
        }
    }
}

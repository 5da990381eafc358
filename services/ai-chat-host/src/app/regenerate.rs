//! Owns the wish for another answer to the same message: a new run, a new message; the old one stays.

use std::time::Duration;

use contracts::chat::{AgentPolicy, Message};
use kernel::{ErrorCode, Fault, MessageId, RoomId, RunId, UserId};
use uuid::Uuid;

use crate::app::App;
use crate::domain::run::{Request, RunDoc, RunState, Task};
use crate::error::Error;

/// How often a number is drawn anew when two ask at once.
const TRIES_MAX: u32 = 5;

impl App {
    /// Asks the agent that wrote `message` to answer its question again; the person who asks pays. The same `key` again finds the run that
    /// was asked for with it, for as long as runs are kept.
    pub(crate) async fn regenerate(
        &self,
        user: UserId,
        room: RoomId,
        message: MessageId,
        key: Option<&str>,
    ) -> Result<RunId, Error> {
        if !self.reader.is_member(room, user).await? {
            return Err(Error::NoRun);
        }
        let answer = found(self.reader.message(room, message).await)?.ok_or(Error::NoRun)?;
        let (Some(agent_id), Some(question)) = (answer.author.agent(), answer.reply_to) else {
            return Err(Error::NotAnAnswer);
        };
        // A person's own, and of this message.
        let key = key.map(|key| Uuid::new_v5(&message.uuid(), format!("{user}:{key}").as_bytes()).to_string());
        let asked = self.runs.answers(question, agent_id).await?;
        if let Some(run) = with_key(&asked, key.as_ref()) {
            return Ok(run.id);
        }
        let trigger = found(self.reader.message(room, question).await)?
            .filter(|m| !m.deleted)
            .ok_or(Error::Silent)?;
        let view = self.room_view(room, true).await?.ok_or(Error::NoRun)?;
        if view.policy == AgentPolicy::Off || !view.agents.iter().any(|seat| seat.agent == agent_id) {
            return Err(Error::Silent);
        }
        self.has_time(room, 0).await?;
        for _ in 0..TRIES_MAX {
            let asked = self.runs.answers(trigger.id, agent_id).await?;
            if let Some(run) = with_key(&asked, key.as_ref()) {
                return Ok(run.id);
            }
            // A starter answer of demo data has no run; it counts as the first all the same.
            let generation = asked.first().map_or(0, |run| run.generation).max(1) + 1;
            let request = Request {
                task: Task::Reply,
                room_id: room,
                agent_id,
                trigger_id: trigger.id,
                trigger_seq: trigger.seq,
                caller_id: None,
                generation,
                root_id: answer.root_id,
                hop: answer.hop,
                payer_id: user,
                called: true,
                key: key.clone(),
            };
            if let Some(run) = self.runs.request(request).await? {
                // Others may have asked since the limits were read: whoever looks last sees all of them. One that has begun meanwhile goes on.
                if let Err(e) = self.has_time(room, 1).await
                    && self.runs.take_back(run.id).await?
                {
                    return Err(e);
                }
                self.wake(room);
                return Ok(run.id);
            }
        }
        Err(Error::TooMany)
    }

    /// Fails when the agents of a room have too much to do already, besides `own` runs.
    async fn has_time(&self, room: RoomId, own: usize) -> Result<(), Error> {
        let limits = &self.config.limits;
        let recent = self
            .runs
            .recent(room, self.ambient.now() - Duration::from_secs(60))
            .await?;
        let open = self.runs.open_in(room).await?;
        let waiting = open.iter().filter(|run| run.state == RunState::Requested).count();
        let many = recent.len() >= limits.room_turns_per_minute_max as usize + own
            || waiting >= limits.room_queue_max as usize + own;
        if many { Err(Error::TooMany) } else { Ok(()) }
    }
}

/// Finds the run that was asked for with a key.
fn with_key<'a>(asked: &'a [RunDoc], key: Option<&String>) -> Option<&'a RunDoc> {
    asked.iter().find(|run| key.is_some() && run.key.as_ref() == key)
}

fn found(message: Result<Message, Fault>) -> Result<Option<Message>, Fault> {
    match message {
        Ok(message) => Ok(Some(message)),
        Err(fault) if fault.kind == ErrorCode::NotFound => Ok(None),
        Err(fault) => Err(fault),
    }
}

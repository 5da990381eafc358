//! Owns the run document: one agent's reply to one message, from the wish to the durable message. Refuses to know who
//! works on it, beyond the fence and the lease that keep all others off.
//!
//! `requested → running → sending → ended`; a queued run may go to `ended` at once. `sending` holds the final text: a
//! host that dies between the model's last word and the durable message loses nothing and asks no model twice. A moderator's
//! call is a run too: its text says who speaks, and becomes turns instead of a message.

mod told;
mod waits;

use std::time::Duration;

use contracts::chat::AiState;
use kernel::{AgentId, Cost, EntitlementId, MessageId, Money, RoomId, RunId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

use crate::domain::memory::Noted;
use crate::domain::reply::Ending;
use crate::domain::spend::Spend;

/// What a run is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Task {
    /// A message in the room.
    #[default]
    Reply,
    /// To say who speaks.
    Moderate,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunState {
    /// It waits for the floor.
    Requested,
    /// A model writes.
    Running,
    /// The text is final; the message is on its way.
    Sending,
    /// It is over.
    Ended,
}

/// What a call of a model has used: what the provider said, or an estimate while it has not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Usage {
    /// Empty until the gateway has said that one has begun; nothing counts before.
    pub(crate) model: String,
    pub(crate) demo: bool,
    pub(crate) prompt_tokens: u32,
    pub(crate) completion_tokens: u32,
    /// None until the gateway has said it or it was estimated, and where the model has no price.
    #[serde(default)]
    pub(crate) cost: Option<Cost>,
}

impl Usage {
    fn tokens(&self) -> u64 {
        u64::from(self.prompt_tokens) + u64::from(self.completion_tokens)
    }

    /// Tells whether its cost is to be estimated: a model has begun, and nobody has said what it cost.
    pub(crate) fn wants_quote(&self) -> bool {
        self.cost.is_none() && !self.model.is_empty()
    }
}

/// What an attempt cost whose host was not there at its end, as far as one can tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lapsed {
    pub(crate) attempt: u32,
    pub(crate) cost: Option<Cost>,
}

impl Lapsed {
    /// Puts the cost into what `attempt` has used, if that is the attempt and nobody has said it since.
    pub(crate) fn put_into(self, usage: &mut Usage, attempt: u32) {
        if self.attempt == attempt && usage.wants_quote() {
            usage.cost = self.cost;
        }
    }
}

/// How an attempt ends for good.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub(crate) ending: Ending,
    pub(crate) usage: Usage,
    pub(crate) noted: Noted,
    /// Whether a budget ran out.
    pub(crate) broke: bool,
}

/// Proof of the right to write a run: the attempt, and the floor's fence that it was begun under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) attempt: u32,
    pub(crate) fence: u64,
}

/// How often a run is tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tries {
    pub(crate) max: u32,
    /// For so long after the request attempts are excused; then all count, so that the run ends.
    pub(crate) excused_for: Duration,
}

/// Whose entitlement an agent speaks by, and what the message costs them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bill {
    pub(crate) holder_id: UserId,
    pub(crate) entitlement_id: EntitlementId,
    /// Put aside in the holder's wallet; none for a message without a price.
    pub(crate) price: Option<Money>,
}

/// A run as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunDoc {
    pub(crate) id: RunId,
    #[serde(default)]
    pub(crate) task: Task,
    pub(crate) room_id: RoomId,
    pub(crate) agent_id: AgentId,
    /// The message that it answers, and its place.
    pub(crate) trigger_id: MessageId,
    pub(crate) trigger_seq: u64,
    /// The agent that wrote the trigger, if one did.
    pub(crate) caller_id: Option<AgentId>,
    /// 1, and one more each time that somebody asks for the answer again; 0 of a moderator, who may answer as well.
    pub(crate) generation: u32,
    /// The id that the durable message will have.
    pub(crate) message_id: MessageId,
    pub(crate) root_id: MessageId,
    pub(crate) hop: u32,
    /// The person at the root, or who asked again: who pays.
    pub(crate) payer_id: UserId,
    /// Whether a person asked this very agent.
    pub(crate) called: bool,
    pub(crate) state: RunState,
    /// 0 until it has begun.
    pub(crate) attempt: u32,
    /// How many of the attempts do not count: their host left, or a service that it asks first was away.
    #[serde(default)]
    pub(crate) excused: u32,
    /// Of the host that works on it.
    pub(crate) fence: u64,
    /// While it is not over: until when its host keeps all others off; a waiting run's is when it may begin.
    pub(crate) lease_until: Option<Timestamp>,
    /// The room, while it is not over.
    pub(crate) open_room: Option<RoomId>,
    /// The text so far, of attempt `text_attempt`; final while `sending`, empty once it is over.
    pub(crate) text: String,
    pub(crate) text_attempt: u32,
    pub(crate) usage: Usage,
    /// Tokens of earlier attempts, and what they cost.
    pub(crate) spent_tokens: u64,
    #[serde(default)]
    pub(crate) spent: Spend,
    /// What is to be remembered, while `sending`.
    #[serde(default)]
    pub(crate) noted: Noted,
    /// Whether somebody's budget ran out: nothing more is spoken in the cascade.
    #[serde(default)]
    pub(crate) broke: bool,
    /// Whether somebody has called for it to stop: no attempt begins any more.
    #[serde(default)]
    pub(crate) stopped: bool,
    /// Under which key a person asked for the answer again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    /// Whose entitlement it is spoken by.
    #[serde(default)]
    pub(crate) bill: Option<Bill>,
    /// Whether a message came of it, which is what is paid for.
    #[serde(default)]
    pub(crate) was_sent: bool,
    /// Since when its bill waits to be settled, once it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unbilled_since: Option<Timestamp>,
    /// How it ends or ended.
    pub(crate) outcome: Option<AiState>,
    pub(crate) queued_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
}

impl Document for RunDoc {
    const COLLECTION: &'static str = "runs";
    const INDEXES: &'static [Index] = &[
        // A redelivered event cannot answer twice.
        Index::unique("answer", &["triggerId", "agentId", "generation"]),
        Index::plain("open", &["openRoom"]),
        Index::plain("due", &["leaseUntil"]),
        Index::plain("triggers", &["roomId", "triggerSeq"]),
        Index::plain("recent", &["roomId", "queuedAt"]),
        Index::plain("root", &["rootId"]),
        Index::plain("ended", &["endedAt"]),
        Index::plain("unbilled", &["unbilledSince"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// What makes a run.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) task: Task,
    pub(crate) room_id: RoomId,
    pub(crate) agent_id: AgentId,
    pub(crate) trigger_id: MessageId,
    pub(crate) trigger_seq: u64,
    pub(crate) caller_id: Option<AgentId>,
    pub(crate) generation: u32,
    pub(crate) root_id: MessageId,
    pub(crate) hop: u32,
    pub(crate) payer_id: UserId,
    pub(crate) called: bool,
    pub(crate) key: Option<String>,
}

impl RunDoc {
    /// Makes a run that waits for the floor.
    pub(crate) fn requested(request: Request, id: RunId, message_id: MessageId, now: Timestamp) -> Self {
        let Request {
            task,
            room_id,
            agent_id,
            trigger_id,
            trigger_seq,
            caller_id,
            generation,
            root_id,
            hop,
            payer_id,
            called,
            key,
        } = request;
        Self {
            id,
            task,
            room_id,
            agent_id,
            trigger_id,
            trigger_seq,
            caller_id,
            generation,
            message_id,
            root_id,
            hop,
            payer_id,
            called,
            state: RunState::Requested,
            attempt: 0,
            excused: 0,
            fence: 0,
            lease_until: Some(now),
            open_room: Some(room_id),
            text: String::new(),
            text_attempt: 0,
            usage: Usage::default(),
            spent_tokens: 0,
            spent: Spend::default(),
            noted: Noted::default(),
            broke: false,
            stopped: false,
            key,
            bill: None,
            was_sent: false,
            unbilled_since: None,
            outcome: None,
            queued_at: now,
            started_at: None,
            ended_at: None,
        }
    }

    /// Tells whether a host keeps others off now.
    pub(crate) fn is_held(&self, now: Timestamp) -> bool {
        matches!(self.state, RunState::Running | RunState::Sending) && self.lease_until.is_some_and(|until| until > now)
    }

    /// Returns the right of the host that works on it.
    pub(crate) fn hold(&self) -> Hold {
        Hold {
            attempt: self.attempt,
            fence: self.fence,
        }
    }

    /// Tells whether who has `hold` may still write.
    pub(crate) fn is_of(&self, hold: Hold) -> bool {
        self.state != RunState::Ended && self.hold() == hold
    }

    /// Tells whether all attempts that it has are used up; those that are excused do not count.
    pub(crate) fn is_used_up(&self, tries: Tries, now: Timestamp) -> bool {
        let is_old = now.since(self.queued_at) > tries.excused_for;
        let excused = if is_old { 0 } else { self.excused };
        self.attempt.saturating_sub(excused) >= tries.max
    }

    /// Tells whether a person has asked for the answer once more.
    pub(crate) fn was_asked_again(&self) -> bool {
        self.generation > 1
    }

    /// Tells whether a person's message of root `root` and place `seq` stops it, where people interrupt: it is being written,
    /// and no person asked this very agent.
    pub(crate) fn is_interrupted_by(&self, root: MessageId, seq: u64) -> bool {
        self.state == RunState::Running && !self.called && self.root_id != root && self.trigger_seq < seq
    }

    /// Returns all that it has cost so far, each attempt once.
    pub(crate) fn spend(&self) -> Spend {
        let mut spend = self.spent.clone();
        spend.add(self.usage.cost);
        spend
    }

    /// Returns all tokens that it has used so far.
    pub(crate) fn tokens(&self) -> u64 {
        self.spent_tokens + self.usage.tokens()
    }

    /// Returns the text so far of the attempt that runs now.
    pub(crate) fn kept(&self) -> &str {
        if self.text_attempt == self.attempt {
            &self.text
        } else {
            ""
        }
    }

    /// Begins a new attempt. The text of the last one stays until the new one has written more, should this host die too.
    pub(crate) fn begin(&mut self, fence: u64, now: Timestamp, lease_until: Timestamp) {
        self.spent_tokens = self.tokens();
        self.spent = self.spend();
        self.usage = Usage::default();
        self.state = RunState::Running;
        self.attempt += 1;
        self.fence = fence;
        self.lease_until = Some(lease_until);
        self.started_at = self.started_at.or(Some(now));
    }

    /// Keeps the text so far and what it has used by now.
    pub(crate) fn keep(&mut self, text: &str, usage: &Usage) {
        self.usage.clone_from(usage);
        if !text.is_empty() {
            text.clone_into(&mut self.text);
            self.text_attempt = self.attempt;
        }
    }

    /// Settles how it ends: message and notes go out next, or it is over.
    pub(crate) fn settle(&mut self, ending: &Ending, noted: &Noted, now: Timestamp) {
        self.outcome = Some(ending.state);
        if ending.message.is_none() && noted.facts.is_empty() {
            return self.end(ending.state, now);
        }
        self.state = RunState::Sending;
        self.text = ending.message.clone().unwrap_or_default();
        self.text_attempt = self.attempt;
        self.noted.clone_from(noted);
    }

    /// Ends it. The text lives in the room from now on, and only there.
    pub(crate) fn end(&mut self, outcome: AiState, now: Timestamp) {
        self.unbilled_since = self.bill.is_some().then_some(now);
        self.state = RunState::Ended;
        self.outcome = Some(outcome);
        self.text = String::new();
        self.noted = Noted::default();
        self.lease_until = None;
        self.open_room = None;
        self.ended_at = Some(now);
    }
}

#[cfg(test)]
mod tests;

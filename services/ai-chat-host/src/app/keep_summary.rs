//! Owns the writing of rooms' summaries, in the background: one at a time for each room, a few in this process, by the model
//! of the agent whose reply found the window too small, at the cost of who paid for that. Refuses to hold up a reply.

use std::sync::Arc;
use std::time::Duration;

use contracts::ai_gateway::{Completion, Principal};
use contracts::chat::{AgentPolicy, Message};
use kernel::{AgentId, EntitlementId, ErrorCode, Fault, RoomId, RunId, UserId};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::App;
use crate::app::ask_once::Whole;
use crate::domain::summary::{Claim, PEOPLE_MAX, REACH, Room, SummaryDoc, kept, question, to_cover};

/// Most messages that are looked at.
const MESSAGES_MAX: usize = 1_000;
/// How long a claim outlives the time that its call may take.
const GRACE: Duration = Duration::from_secs(30);
/// How freely a summary is written.
const TEMPERATURE: f32 = 0.2;

/// The wish for the next summary of a room.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    pub(crate) room_id: RoomId,
    pub(crate) agent_id: AgentId,
    pub(crate) payer_id: UserId,
    /// By which the agent speaks, where it needs one: the summary's tokens count too.
    pub(crate) entitlement_id: Option<EntitlementId>,
    /// The message that was answered: what comes after it is left for the window.
    pub(crate) upto: u64,
    /// What the window holds of messages.
    pub(crate) window: Room,
}

impl App {
    /// Asks for the next summary of a room; when too many wait, the next reply asks again.
    pub(crate) fn wish_summary(&self, wish: Wish) {
        if self.config.summaries.tokens_max > 0 && self.summarise.try_send(wish).is_err() {
            metrics::counter!("ai_summaries_skipped_total").increment(1);
        }
    }

    /// Writes summaries until `stop`. What is being written then is left; its claim lapses.
    pub(crate) async fn keep_summaries(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        let mut wishes = self.wishes.lock().await;
        let mut running = JoinSet::new();
        let running_max = self.config.summaries.running_max.max(1);
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                Some(_) = running.join_next() => {}
                Some(wish) = wishes.recv(), if running.len() < running_max => {
                    let app = self.clone();
                    running.spawn(async move {
                        let end = match app.next_summary(wish).await {
                            Ok(true) => "written",
                            Ok(false) => "not_needed",
                            Err(fault) => {
                                tracing::info!(room = %wish.room_id, code = %fault.code, "no summary: {}", fault.detail);
                                "failed"
                            }
                        };
                        metrics::counter!("ai_summaries_total", "end" => end).increment(1);
                    });
                }
            }
        }
    }

    /// Writes the next summary of a room, if it is needed and it is time; tells whether it did.
    async fn next_summary(&self, wish: Wish) -> Result<bool, Fault> {
        let config = &self.config.summaries;
        let seen = self.notes.summary(wish.room_id).await?;
        let seen = seen.unwrap_or_else(|| SummaryDoc::new(wish.room_id));
        let now = self.ambient.now();
        if !seen.may_begin(now, Duration::from_secs(config.pause_seconds)) {
            return Ok(false);
        }
        let Some(model) = self.model_of(wish).await? else {
            return Ok(false);
        };
        let after = seen.upto.max(wish.upto.saturating_sub(REACH));
        let uncovered = self
            .reader
            .messages(wish.room_id, after, wish.upto, MESSAGES_MAX)
            .await?;
        let older = to_cover(&uncovered, wish.window, config.input_tokens_max);
        let Some(last) = older.last() else { return Ok(false) };
        let claim = Claim {
            upto: last.seq,
            token: self.ambient.token::<16>(),
            lapses_at: now + Duration::from_secs(config.call_seconds_max) + GRACE,
        };
        let people = people_of(older);
        let known_gone = self.notes.gone_of(&people).await?;
        let named: Vec<UserId> = people.iter().copied().filter(|p| !known_gone.contains(p)).collect();
        if people.len() > PEOPLE_MAX || !self.notes.claim(&seen, &claim, &named, now).await? {
            return Ok(false);
        }
        // Read again: what is changed from now on ends the claim.
        let messages = self
            .reader
            .messages(wish.room_id, after, claim.upto, MESSAGES_MAX)
            .await?;
        let sizes = (config.tokens_max, config.input_tokens_max);
        let turns = question(&seen.text, &messages, sizes, &known_gone, || self.ambient.token::<9>());
        let completion = Completion {
            model,
            turns,
            max_tokens: config.tokens_max,
            temperature: TEMPERATURE,
        };
        let principal = Principal {
            key_id: None,
            user_id: wish.payer_id,
            agent_id: Some(wish.agent_id),
            room_id: Some(wish.room_id),
        };
        let limit = Duration::from_secs(config.call_seconds_max);
        let mut whole = Whole::default();
        let asked = self.ask_once(principal, completion, limit, &mut whole).await;
        self.count_summary(wish, &claim, whole.tokens).await;
        let text = asked.map(|()| whole.text);
        let Some(text) = text.as_ref().ok().and_then(|text| kept(text, config.tokens_max)) else {
            self.notes
                .change_summary(wish.room_id, |doc| doc.give_up(&claim.token))
                .await?;
            return text.map(|_| false);
        };
        let commit = |doc: &mut SummaryDoc| doc.commit(&claim.token, text.clone());
        let written = self.notes.change_summary(wish.room_id, commit).await?;
        self.look_again(wish, &named).await?;
        Ok(written)
    }

    /// Returns the model that writes; none when agents have no right to read the room any more.
    async fn model_of(&self, wish: Wish) -> Result<Option<String>, Fault> {
        let room = match self.reader.room(wish.room_id).await {
            Ok(room) => room,
            Err(fault) if fault.kind == ErrorCode::NotFound => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let sits_here = room.agents.iter().any(|agent| agent.agent_id == wish.agent_id);
        if !sits_here || room.agent_policy == AgentPolicy::Off || !room.members.contains(&wish.payer_id) {
            return Ok(None);
        }
        let agent = self.agents.enabled(&[wish.agent_id]).await?.pop();
        Ok(agent.map(|agent| agent.model))
    }

    /// Counts what a summary used against the day of who holds the agent. Known by its claim, so that it counts once; what cannot be counted
    /// now is not: a day's limit is no bill.
    async fn count_summary(&self, wish: Wish, claim: &Claim, tokens: u32) {
        let Some(entitlement) = wish.entitlement_id.filter(|_| tokens > 0) else {
            return;
        };
        let run = RunId::from(Uuid::new_v5(&wish.room_id.uuid(), claim.token.as_bytes()));
        if let Err(fault) = self.entitlements.used(entitlement, run, u64::from(tokens)).await {
            tracing::warn!(room = %wish.room_id, "tokens of a summary could not be counted: {fault}");
        }
    }

    /// Drops what was written of a room or a person that has gone while it was written.
    async fn look_again(&self, wish: Wish, named: &[UserId]) -> Result<(), Fault> {
        if !self.notes.gone_of(named).await?.is_empty() {
            let drop_text = |doc: &mut SummaryDoc| {
                doc.drop_text();
                true
            };
            self.notes.change_summary(wish.room_id, drop_text).await?;
        }
        match self.reader.room(wish.room_id).await {
            Ok(room) if !room.agents.is_empty() => Ok(()),
            Err(fault) if fault.kind != ErrorCode::NotFound => Err(fault),
            _ => Ok(self.notes.remove_summary(wish.room_id).await?),
        }
    }
}

fn people_of(messages: &[Message]) -> Vec<UserId> {
    let mut people: Vec<UserId> = messages.iter().filter_map(|m| m.author.user()).collect();
    people.sort_unstable();
    people.dedup();
    people
}

//! Owns what a new message in a room sets going: it pre-empts what it makes pointless, and asks for the turns that
//! policy and limits grant. Refuses to speak itself: it only writes wishes down, each at most once.

use std::time::Duration;

use contracts::chat::{Mention, Message, Origin};
use kernel::{AgentId, ErrorCode, Fault, UserId};

use crate::app::App;
use crate::domain::run::{Request, RunDoc, RunState};
use crate::domain::turn::{Facts, Heard, candidates, decide};

/// How far back the last message by a person is looked for; further back, every agent turn of the room counts.
const LOOK_BACK: u64 = 64;
/// The window of "turns in the last minute".
const MINUTE: Duration = Duration::from_secs(60);

impl App {
    /// Takes note of a message that was sent. The same message again changes nothing.
    pub(crate) async fn hear(&self, message: &Message) -> Result<(), Fault> {
        let named = message.reply_to.is_some() || message.mentions.iter().any(|m| matches!(m, Mention::Agent { .. }));
        let Some(room) = self.room_view(message.room_id, named).await? else {
            return Ok(());
        };
        if room.agents.is_empty() {
            return Ok(());
        }
        if message.origin == Origin::Human {
            self.pre_empt(message).await?;
        }
        let age = self.ambient.now().since(message.created_at);
        if age > Duration::from_secs(self.config.answer_within_seconds) {
            return Ok(());
        }
        let heard = self.heard(message).await?;
        if candidates(&room, &heard, None).is_empty() {
            return Ok(());
        }
        let Some(payer_id) = self.payer(message).await? else {
            return Ok(());
        };
        let facts = self.facts(message).await?;
        let decision = decide(&room, &heard, &facts, &self.config.limits);
        for (agent, refusal) in &decision.refused {
            metrics::counter!("ai_turns_refused_total", "limit" => refusal.name()).increment(1);
            tracing::debug!(room = %message.room_id, %agent, limit = refusal.name(), "turn refused");
        }
        for turn in decision.turns {
            let request = Request {
                room_id: message.room_id,
                agent_id: turn.agent,
                trigger_id: message.id,
                trigger_seq: message.seq,
                caller_id: message.author.agent(),
                generation: 1,
                root_id: message.root_id,
                hop: message.hop + 1,
                payer_id,
                called: turn.called,
            };
            self.runs.request(request).await?;
        }
        self.wake(message.room_id);
        Ok(())
    }

    /// Takes back waiting turns of older cascades: a person has the word now.
    async fn pre_empt(&self, message: &Message) -> Result<(), Fault> {
        for run in self.runs.open_in(message.room_id).await? {
            // A redelivered message must not take back what was asked for after it.
            if run.trigger_seq < message.seq
                && run.is_pre_empted_by(message.root_id)
                && self.runs.cancel_waiting(run.id).await?
            {
                metrics::counter!("ai_runs_total", "end" => "pre_empted").increment(1);
            }
        }
        Ok(())
    }

    async fn heard(&self, message: &Message) -> Result<Heard, Fault> {
        let answers = match message.reply_to.filter(|_| message.origin == Origin::Human) {
            None => None,
            Some(id) => match self.reader.message(message.room_id, id).await {
                Ok(answered) => answered.author.agent(),
                Err(fault) if fault.kind == ErrorCode::NotFound => None,
                Err(fault) => return Err(fault),
            },
        };
        let agent = |mention: &Mention| {
            if let Mention::Agent { id } = mention {
                Some(*id)
            } else {
                None
            }
        };
        Ok(Heard {
            id: message.id,
            origin: message.origin,
            by_agent: message.author.agent(),
            mentions: message.mentions.iter().filter_map(agent).collect(),
            answers,
            hop: message.hop,
        })
    }

    /// Returns the person at the root of a message.
    async fn payer(&self, message: &Message) -> Result<Option<UserId>, Fault> {
        if message.origin == Origin::Human {
            return Ok(message.author.user());
        }
        match self.reader.message(message.room_id, message.root_id).await {
            Ok(root) => Ok(root.author.user()),
            Err(fault) if fault.kind == ErrorCode::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Counts what has happened in the room before a message; turns that the message itself caused are left out, so
    /// that it is decided alike when it is delivered again.
    async fn facts(&self, message: &Message) -> Result<Facts, Fault> {
        let (room, limits) = (message.room_id, &self.config.limits);
        let now = self.ambient.now();
        let window = Duration::from_secs(limits.pair_window_seconds).max(MINUTE);
        let before = |run: &&RunDoc| run.trigger_id != message.id;
        let recent = self.runs.recent(room, now - window).await?;
        let pairs_since = now - Duration::from_secs(limits.pair_window_seconds);
        let exchange = |run: &RunDoc| -> Option<(AgentId, AgentId)> { Some((run.caller_id?, run.agent_id)) };
        let exchanges = recent
            .iter()
            .filter(before)
            .filter(|run| run.queued_at >= pairs_since)
            .filter_map(exchange);
        let last_minute = recent
            .iter()
            .filter(before)
            .filter(|run| run.queued_at >= now - MINUTE)
            .count();
        let open = self.runs.open_in(room).await?;
        let waiting = open
            .iter()
            .filter(before)
            .filter(|run| run.state == RunState::Requested)
            .count();
        let since = self.last_human(message).await?;
        let cap = u64::from(limits.turns_since_human_max);
        let since_human = self.runs.count_between(room, since, message.seq, cap).await?;
        Ok(Facts {
            since_human: u32::try_from(since_human).unwrap_or(u32::MAX),
            last_minute: u32::try_from(last_minute).unwrap_or(u32::MAX),
            exchanges: exchanges.collect(),
            root_tokens: self.runs.root_tokens(message.root_id).await?,
            waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
            last_speaker: self.runs.last_before(room, message.seq).await?.map(|run| run.agent_id),
        })
    }

    /// Returns the seq of the last message by a person up to this one; 0 when there is none near.
    async fn last_human(&self, message: &Message) -> Result<u64, Fault> {
        if message.origin == Origin::Human {
            return Ok(message.seq);
        }
        let upto = message.seq.saturating_sub(1);
        let after = upto.saturating_sub(LOOK_BACK);
        let messages = self
            .reader
            .messages(message.room_id, after, upto, LOOK_BACK as usize)
            .await?;
        Ok(messages
            .iter()
            .rev()
            .find(|m| m.origin == Origin::Human)
            .map_or(0, |m| m.seq))
    }
}

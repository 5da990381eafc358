//! Owns what a new message in a room sets going: it pre-empts what it makes pointless, and asks for the turns that
//! policy and limits grant. Refuses to speak itself: it only writes wishes down, each at most once.

use std::time::Duration;

use contracts::chat::{Mention, Message, Origin};
use kernel::{ErrorCode, Fault, UserId};

use crate::app::App;
use crate::domain::run::{Request, Task};
use crate::domain::turn::facts::{Facts, MINUTE, Seen};
use crate::domain::turn::{Decision, Heard, Room, Rules, candidates, decide};
use crate::repo::runs::ROOM_RUNS_MAX;

/// How far back the last message by a person is looked for; further back, every agent turn of the room counts.
const LOOK_BACK: u64 = 64;

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
            self.pre_empt(&room, message).await?;
        }
        let age = self.ambient.now().since(message.created_at);
        if age > Duration::from_secs(self.config.answer_within_seconds) {
            return Ok(());
        }
        let heard = self.heard(message).await?;
        if candidates(&room, &heard, &[], &self.config.weighted).is_empty() {
            return Ok(());
        }
        let Some(payer_id) = self.payer(message).await? else {
            return Ok(());
        };
        let facts = self.facts(message).await?;
        let rules = Rules {
            limits: &self.config.limits,
            weighted: &self.config.weighted,
        };
        let decision = decide(&room, &heard, &facts, rules);
        self.request(message, payer_id, decision).await?;
        self.wake(message.room_id);
        Ok(())
    }

    /// Writes the turns that were granted down, each once.
    pub(crate) async fn request(&self, message: &Message, payer_id: UserId, decision: Decision) -> Result<(), Fault> {
        for (agent, refusal) in &decision.refused {
            metrics::counter!("ai_turns_refused_total", "limit" => refusal.name()).increment(1);
            tracing::debug!(room = %message.room_id, %agent, limit = refusal.name(), "turn refused");
        }
        for turn in decision.turns {
            let request = Request {
                task: turn.task,
                room_id: message.room_id,
                agent_id: turn.agent,
                trigger_id: message.id,
                trigger_seq: message.seq,
                caller_id: message.author.agent(),
                generation: u32::from(turn.task == Task::Reply),
                root_id: message.root_id,
                hop: message.hop + 1,
                payer_id,
                called: turn.called,
                key: None,
            };
            self.runs.request(request).await?;
        }
        Ok(())
    }

    /// Takes back waiting turns of older cascades: a person has the word now. Where people interrupt, what is being written
    /// without a person having asked for it stops too; what was said of it stays.
    async fn pre_empt(&self, room: &Room, message: &Message) -> Result<(), Fault> {
        for run in self.runs.open_in(message.room_id).await? {
            if room.people_interrupt && run.is_interrupted_by(message.root_id, message.seq) {
                metrics::counter!("ai_runs_interrupted_total").increment(1);
                self.stop(&run).await?;
            }
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

    pub(crate) async fn heard(&self, message: &Message) -> Result<Heard, Fault> {
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
            text: message.text.clone(),
        })
    }

    /// Returns who pays for what a message sets going: its author, else who paid for it, else the person at its root.
    async fn payer(&self, message: &Message) -> Result<Option<UserId>, Fault> {
        if message.origin == Origin::Human {
            return Ok(message.author.user());
        }
        // Who asked for another answer pays for what that sets going.
        if let Some(ai) = &message.ai
            && let Some(run) = self.runs.get(ai.run_id).await?
        {
            return Ok(Some(run.payer_id));
        }
        match self.reader.message(message.room_id, message.root_id).await {
            Ok(root) => Ok(root.author.user()),
            Err(fault) if fault.kind == ErrorCode::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Finds the runs that facts about a message are counted from.
    pub(crate) async fn facts(&self, message: &Message) -> Result<Facts, Fault> {
        let (room, limits) = (message.room_id, &self.config.limits);
        let now = self.ambient.now();
        let window = Duration::from_secs(limits.pair_window_seconds).max(MINUTE);
        let (recent, open) = (
            self.runs.recent(room, now - window).await?,
            self.runs.open_in(room).await?,
        );
        let root = self.runs.of_root(message.root_id).await?;
        let since = self.last_human(message).await?;
        let cap = u64::from(limits.turns_since_human_max);
        let seen = Seen {
            recent: &recent,
            open: &open,
            root: &root,
            since_human: self.runs.count_since(room, since, cap).await?,
            last_speakers: self.runs.speakers_before(room, message.seq).await?,
        };
        let mut facts = Facts::of(&seen, message.id, now, limits);
        if root.len() >= ROOM_RUNS_MAX {
            // Not all of it is known, so that no limit of it could be kept.
            facts.root_turns = u32::MAX;
        }
        Ok(facts)
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

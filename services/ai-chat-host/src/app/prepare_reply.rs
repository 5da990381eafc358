//! Owns the last check of rights before a model is asked, and what it is given to read. Refuses to trust what was true
//! when the run was requested: room, agent and people are asked anew.

use contracts::ai_gateway::{Completion, Principal};
use contracts::chat::{AgentPolicy, Message, Origin, RoomSummary};
use kernel::{ErrorCode, Fault};

use crate::app::App;
use crate::domain::agent::AgentDoc;
use crate::domain::run::RunDoc;
use crate::domain::window::{Reader, build, estimate_turns, last_of, relevant};

/// Messages after the trigger that are looked at.
const AFTER_TRIGGER: u64 = 32;

/// Everything that a model call needs.
pub(crate) struct Brief {
    pub(crate) principal: Principal,
    pub(crate) completion: Completion,
    pub(crate) prompt_tokens: u32,
    /// The agent's last message, where saying it again would keep a cascade of agents going.
    pub(crate) before: Option<String>,
}

impl App {
    /// Prepares the reply of a run; `None` when there is no right to speak any more.
    pub(crate) async fn prepare(&self, run: &RunDoc) -> Result<Option<Brief>, Fault> {
        let (Some(room), Some(trigger)) = (self.room(run).await?, self.trigger(run).await?) else {
            return Ok(None);
        };
        let sits_here = room.agents.iter().any(|agent| agent.agent_id == run.agent_id);
        if !sits_here || room.agent_policy == AgentPolicy::Off {
            return Ok(None);
        }
        let Some(agent) = self.agents.enabled(&[run.agent_id]).await?.pop() else {
            return Ok(None);
        };
        if !self.people_are_here(run, &trigger).await? {
            return Ok(None);
        }
        if self.runs.root_tokens(run.root_id).await? >= self.config.limits.root_tokens_max {
            metrics::counter!("ai_turns_refused_total", "limit" => "root_tokens").increment(1);
            return Ok(None);
        }
        let messages = relevant(self.history(run, &room).await?, &trigger, run.agent_id);
        Ok(Some(self.brief(run, &room, &agent, &messages, &trigger)))
    }

    fn brief(
        &self,
        run: &RunDoc,
        room: &RoomSummary,
        agent: &AgentDoc,
        messages: &[Message],
        trigger: &Message,
    ) -> Brief {
        let others = room
            .agents
            .iter()
            .filter(|other| other.agent_id != agent.id)
            .map(|other| other.handle.as_str());
        let reader = Reader {
            agent: agent.id,
            handle: &agent.handle,
            name: &agent.name,
            persona: &agent.persona,
            others: others.collect(),
            people: room.members.len(),
        };
        let turns = build(&reader, messages, trigger, self.config.context_tokens, || {
            self.ambient.token::<9>()
        });
        let before = last_of(messages, agent.id, run.message_id).filter(|_| trigger.origin == Origin::Agent);
        Brief {
            principal: Principal {
                user_id: run.payer_id,
                agent_id: Some(agent.id),
                room_id: Some(run.room_id),
                key_id: None,
            },
            prompt_tokens: estimate_turns(&turns),
            before: before.map(|message| message.text.clone()),
            completion: Completion {
                model: agent.model.clone(),
                turns,
                max_tokens: agent.max_tokens,
                temperature: agent.temperature,
            },
        }
    }

    async fn room(&self, run: &RunDoc) -> Result<Option<RoomSummary>, Fault> {
        match self.reader.room(run.room_id).await {
            Ok(room) => Ok(Some(room)),
            Err(fault) if fault.kind == ErrorCode::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn trigger(&self, run: &RunDoc) -> Result<Option<Message>, Fault> {
        match self.reader.message(run.room_id, run.trigger_id).await {
            Ok(message) => Ok(Some(message).filter(|message| !message.deleted)),
            Err(fault) if fault.kind == ErrorCode::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Tells whether who asked and who pays are still members.
    async fn people_are_here(&self, run: &RunDoc, trigger: &Message) -> Result<bool, Fault> {
        let author = trigger.author.user().filter(|author| *author != run.payer_id);
        for user in [Some(run.payer_id), author].into_iter().flatten() {
            if !self.reader.is_member(run.room_id, user).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn history(&self, run: &RunDoc, room: &RoomSummary) -> Result<Vec<Message>, Fault> {
        let upto = room.last_seq.min(run.trigger_seq + AFTER_TRIGGER);
        let count = self.config.context_messages.clamp(1, 1_000);
        self.reader
            .messages(run.room_id, upto.saturating_sub(count as u64), upto, count)
            .await
    }
}

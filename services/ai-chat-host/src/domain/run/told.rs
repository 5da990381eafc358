//! Owns what a run tells others: its durable message, and the facts about it.

use contracts::ai_chat_host::{RunChange, RunEvent};
use contracts::chat::{AiInfo, AiState, SendAgentMessage};

use super::{RunDoc, Task};

impl RunDoc {
    /// Returns the durable message of a run that is being sent; `model` stands for one that no provider has named.
    pub(crate) fn message(&self, agent_name: &str, model: &str) -> SendAgentMessage {
        SendAgentMessage {
            message_id: self.message_id,
            room_id: self.room_id,
            agent_id: self.agent_id,
            agent_name: agent_name.into(),
            text: self.text.clone(),
            reply_to: self.trigger_id,
            root_id: self.root_id,
            hop: self.hop,
            ai: AiInfo {
                run_id: self.id,
                model: if self.usage.model.is_empty() {
                    model.into()
                } else {
                    self.usage.model.clone()
                },
                state: self.outcome.unwrap_or(AiState::Complete),
                prompt_tokens: self.usage.prompt_tokens,
                completion_tokens: self.usage.completion_tokens,
                cost: self.spend().shown(self.usage.cost),
                demo: self.usage.demo,
            },
        }
    }

    /// Returns the event that says `change`; none of a moderator's call, of which nobody sees anything.
    pub(crate) fn event(&self, change: RunChange) -> Option<RunEvent> {
        (self.task == Task::Reply).then(|| RunEvent {
            run_id: self.id,
            room_id: self.room_id,
            agent_id: self.agent_id,
            message_id: self.message_id,
            trigger_id: self.trigger_id,
            attempt: self.attempt.max(1),
            change,
        })
    }
}

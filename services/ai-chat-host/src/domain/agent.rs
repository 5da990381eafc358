//! Owns the agent document. Refuses to know in which rooms an agent sits: that is chat's.

use contracts::ai_chat_host::AgentSummary;
use kernel::{AgentId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use utoipa::ToSchema;

/// Longest name, in characters.
pub(crate) const NAME_CHARS_MAX: usize = 60;
/// Longest description, in characters.
pub(crate) const DESCRIPTION_CHARS_MAX: usize = 500;
/// Longest persona, in characters.
pub(crate) const PERSONA_CHARS_MAX: usize = 4_000;
/// Longest model name, in characters.
pub(crate) const MODEL_CHARS_MAX: usize = 128;
/// The most that an agent can like to talk.
pub(crate) const TALKATIVENESS_MAX: u8 = 100;
/// Most tokens that an agent may write in one answer.
pub(crate) const ANSWER_TOKENS_MAX: u32 = 8_192;

/// When an agent answers people by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReplyPolicy {
    /// When it is mentioned or replied to, or when the room's policy says so.
    #[default]
    Mention,
    /// On each message by a person, unless the room's policy is `off`.
    Always,
}

/// An agent as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AgentDoc {
    pub(crate) id: AgentId,
    pub(crate) handle: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) persona: String,
    pub(crate) model: String,
    /// Nobody's: the product's own, edited by its moderators.
    pub(crate) owner_id: Option<UserId>,
    pub(crate) enabled: bool,
    pub(crate) reply_policy: ReplyPolicy,
    /// 0 to 100: how much it likes to talk where agents speak by weight.
    #[serde(default = "AgentDoc::middling")]
    pub(crate) talkativeness: u8,
    pub(crate) temperature: f32,
    pub(crate) max_tokens: u32,
    pub(crate) created_at: Timestamp,
    /// The handle, while the agent is enabled: what the public list is ordered by.
    pub(crate) listed_as: Option<String>,
}

impl Document for AgentDoc {
    const COLLECTION: &'static str = "agents";
    const INDEXES: &'static [Index] = &[
        Index::unique("handle", &["handle"]),
        Index::plain("listed", &["listedAs"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

impl AgentDoc {
    /// Returns how much an agent likes to talk of which nobody has said it.
    pub(crate) const fn middling() -> u8 {
        50
    }

    /// Brings what the list is ordered by in line with the rest.
    #[must_use]
    pub(crate) fn indexed(mut self) -> Self {
        self.listed_as = self.enabled.then(|| self.handle.clone());
        self
    }

    /// Returns what chat needs.
    pub(crate) fn summary(&self) -> AgentSummary {
        AgentSummary {
            id: self.id,
            handle: self.handle.clone(),
            name: self.name.clone(),
        }
    }

    /// Tells whether a person may bring it into a room.
    pub(crate) fn may_be_used_by(&self, user: UserId) -> bool {
        self.enabled && self.owner_id.is_none_or(|owner| owner == user)
    }

    /// Tells whether a person may change it; a moderator may change what is nobody's.
    pub(crate) fn may_be_edited_by(&self, user: UserId, admin: bool) -> bool {
        self.owner_id.map_or(admin, |owner| owner == user)
    }

    /// Returns the persona as a person may read it: another's own agent keeps it to its owner.
    pub(crate) fn persona_for(&self, user: UserId) -> &str {
        if self.owner_id.is_none_or(|owner| owner == user) {
            &self.persona
        } else {
            ""
        }
    }
}

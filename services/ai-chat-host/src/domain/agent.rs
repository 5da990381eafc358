//! Owns the agent document. Refuses to know in which rooms an agent sits: that is chat's.

use contracts::ai_chat_host::AgentSummary;
use contracts::ai_model_cards::Revision;
use kernel::{AgentId, CardId, Money, Timestamp, UserId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
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

/// The published revision of a card that an agent is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CardRef {
    pub(crate) card_id: CardId,
    pub(crate) revision: u32,
    /// What each of its messages costs whoever holds it.
    pub(crate) message_price: Option<Money>,
}

/// By which right a person may use an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    /// It is everybody's, or the person's own.
    Free,
    /// Only who holds an entitlement.
    Entitlement,
    /// Nobody but its owner.
    Never,
}

/// An agent as it is kept: with its card's id and revision besides, see [`Indexed`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
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
    /// The card's revision that it is: immutable, and used by who holds it.
    #[serde(default)]
    pub(crate) card: Option<CardRef>,
    /// The handle, while the agent is enabled and everybody's: what the public list is ordered by.
    pub(crate) listed_as: Option<String>,
}

/// An agent with what its card's index holds, worked out as it is written: an index knows a document's own fields alone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Indexed<'a> {
    #[serde(flatten, serialize_with = "AgentDoc::serialize")]
    agent: &'a AgentDoc,
    #[serde(skip_serializing_if = "Option::is_none")]
    card_id: Option<CardId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card_revision: Option<u32>,
}

impl Serialize for AgentDoc {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Indexed {
            agent: self,
            card_id: self.card.as_ref().map(|card| card.card_id),
            card_revision: self.card.as_ref().map(|card| card.revision),
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for AgentDoc {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::deserialize(from)
    }
}

impl Document for AgentDoc {
    const COLLECTION: &'static str = "agents";
    const INDEXES: &'static [Index] = &[
        Index::unique("handle", &["handle"]),
        Index::plain("listed", &["listedAs"]),
        Index::plain("owner", &["ownerId", "handle"]),
        Index::plain("of_card", &["cardId", "cardRevision"]),
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
        self.listed_as = (self.enabled && self.owner_id.is_none()).then(|| self.handle.clone());
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

    /// Makes the agent that a published revision is.
    pub(crate) fn of_card(revision: Revision) -> Self {
        Self {
            id: revision.agent_id,
            handle: revision.handle,
            name: revision.name,
            description: revision.description,
            persona: revision.persona,
            model: revision.model,
            owner_id: Some(revision.seller_id),
            enabled: true,
            reply_policy: ReplyPolicy::Mention,
            talkativeness: revision.talkativeness,
            temperature: f32::from(revision.temperature_percent) / 100.0,
            max_tokens: revision.max_tokens,
            created_at: revision.published_at,
            card: Some(CardRef {
                card_id: revision.card_id,
                revision: revision.revision,
                message_price: revision.message_price,
            }),
            listed_as: None,
        }
    }

    /// Returns by which right a person may use it while it is enabled.
    pub(crate) fn right_of(&self, user: UserId) -> Right {
        match (self.owner_id, &self.card) {
            (None, _) => Right::Free,
            (Some(owner), _) if owner == user => Right::Free,
            (Some(_), Some(_)) => Right::Entitlement,
            (Some(_), None) => Right::Never,
        }
    }

    /// Returns whom a rating is of: a card, whatever its revision, else the agent.
    pub(crate) fn contender(&self) -> AgentId {
        self.card.as_ref().map_or(self.id, |card| card.card_id.uuid().into())
    }

    /// Tells whether a person may change it; a moderator may change what is nobody's. A card's revision never changes.
    pub(crate) fn may_be_edited_by(&self, user: UserId, admin: bool) -> bool {
        self.card.is_none() && self.owner_id.map_or(admin, |owner| owner == user)
    }

    /// Tells whether a person may switch it on and off: as with everything else, and a moderator any.
    pub(crate) fn may_be_switched_by(&self, user: UserId, admin: bool) -> bool {
        admin || self.may_be_edited_by(user, admin)
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

#[cfg(test)]
mod tests {
    use kernel::Ambient;

    use super::*;

    #[test]
    fn an_agent_of_a_card_is_kept_with_what_its_index_holds() {
        let ambient = Ambient::system();
        let card = CardRef {
            card_id: ambient.id(),
            revision: 7,
            message_price: None,
        };
        let agent = AgentDoc {
            id: ambient.id(),
            handle: "sage".into(),
            name: "Sage".into(),
            description: String::new(),
            persona: String::new(),
            model: "m".into(),
            owner_id: Some(ambient.id()),
            enabled: true,
            reply_policy: ReplyPolicy::Mention,
            talkativeness: 50,
            temperature: 0.5,
            max_tokens: 100,
            created_at: Timestamp::from_millis(0),
            card: Some(card.clone()),
            listed_as: None,
        };
        assert_eq!(agent.fields().get("cardId"), [card.card_id.into()]);
        assert_eq!(agent.fields().get("cardRevision"), [7_u64.into()]);
        let kept = serde_json::to_vec(&agent).unwrap();
        assert_eq!(serde_json::from_slice::<AgentDoc>(&kept).unwrap(), agent);
    }
}

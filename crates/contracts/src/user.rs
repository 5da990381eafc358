//! What user tells the others: profiles and changes to them.

use async_trait::async_trait;
use kernel::{Fault, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::event::{EventBody, Topic, topic};

/// A person as anybody may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub struct Profile {
    /// Id, the same as the account's.
    pub id: UserId,
    /// Unique name, 3-30 of `[a-z0-9_]`.
    pub handle: String,
    /// Name on screen, 1-60 characters.
    pub display_name: String,
    /// A few words, at most 500 characters.
    pub bio: String,
    /// Picture.
    #[schema(required = true)]
    pub avatar_url: Option<String>,
    /// When the person joined.
    pub created_at: Timestamp,
}

/// Who may do a thing to a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Anybody who is signed in and not blocked.
    #[default]
    Everyone,
    /// Friends.
    Friends,
    /// Nobody.
    Nobody,
}

/// A person's privacy choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Privacy {
    /// Whether search and suggestions show this person.
    pub findable: bool,
    /// Who sees presence.
    pub presence: Audience,
    /// Who may open a direct room or add the person to a group: `everyone` or `friends`.
    pub direct_messages: Audience,
}

impl Default for Privacy {
    fn default() -> Self {
        Self {
            findable: true,
            presence: Audience::Friends,
            direct_messages: Audience::Everyone,
        }
    }
}

/// Facts about a profile, on `social.profile.v1`, keyed by user.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ProfileEvent {
    /// A profile exists.
    Created { profile: Profile, version: u64 },
    /// Handle, name, bio or picture changed.
    Updated { profile: Profile, version: u64 },
    /// Privacy choices changed.
    PrivacyChanged {
        user_id: UserId,
        privacy: Privacy,
        version: u64,
    },
}

impl EventBody for ProfileEvent {
    const TOPIC: Topic = topic::PROFILE;
    const SOURCE: &'static str = "user";
    fn kind(&self) -> &'static str {
        match self {
            Self::Created { .. } => "profile.created",
            Self::Updated { .. } => "profile.updated",
            Self::PrivacyChanged { .. } => "profile.privacy_changed",
        }
    }
    fn key(&self) -> String {
        match self {
            Self::Created { profile, .. } | Self::Updated { profile, .. } => profile.id.to_string(),
            Self::PrivacyChanged { user_id, .. } => user_id.to_string(),
        }
    }
    fn sequence(&self) -> Option<u64> {
        match self {
            Self::Created { version, .. } | Self::Updated { version, .. } | Self::PrivacyChanged { version, .. } => {
                Some(*version)
            }
        }
    }
}

/// What other services may ask user.
#[async_trait]
pub trait UserDirectory: Send + Sync {
    /// Returns the profiles of those of `ids` that exist (at most 1,000), in any order.
    async fn profiles(&self, ids: &[UserId]) -> Result<Vec<Profile>, Fault>;
    /// Returns the profile with this handle.
    async fn by_handle(&self, handle: &str) -> Result<Option<Profile>, Fault>;
    /// Returns the privacy choices of a person (the default for one who is unknown).
    async fn privacy(&self, id: UserId) -> Result<Privacy, Fault>;
    /// Claims a handle for a person who is signing up: creates the profile, pending. The same claim again is `Ok`.
    /// `Conflict` with `user.handle_taken` when another has it; `Invalid` for a bad handle or display name.
    async fn claim(&self, id: UserId, handle: &str, display_name: &str) -> Result<Profile, Fault>;
    /// Makes a claimed profile visible, once its account exists. Idempotent.
    async fn activate(&self, id: UserId) -> Result<(), Fault>;
    /// Gives a pending claim back, when the account could not be made. Idempotent; never touches an active profile.
    async fn release(&self, id: UserId) -> Result<(), Fault>;
}

/// Why somebody was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportReason {
    /// Unwanted advertising.
    Spam,
    /// Threats, harassment, hate.
    Abuse,
    /// Pretends to be somebody else.
    Impersonation,
    /// Anything else; `detail` says what.
    Other,
}

/// What moderators do about something that was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModerationAction {
    /// Nothing: it may stay.
    Dismiss,
    /// It is taken down; a person is banned.
    Remove,
    /// It stays, and its author is told.
    Warn,
}

/// Facts for moderators, on `platform.moderation.v1`, keyed by subject.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ModerationEvent {
    /// Somebody reported a person.
    Reported {
        report_id: kernel::ReportId,
        subject: UserId,
        by: UserId,
        reason: ReportReason,
    },
    /// Somebody reported something that `author` wrote.
    ContentReported {
        report_id: kernel::ReportId,
        /// What, such as `post:<id>` or `comment:<id>`.
        subject: String,
        author: UserId,
        by: UserId,
        reason: ReportReason,
    },
    /// A moderator decided about something that was reported.
    Decided {
        /// The case: the first of its reports.
        case_id: kernel::ReportId,
        /// What, as it was reported, or `user:<id>`.
        subject: String,
        /// Who wrote it, or is it; absent when their account is gone.
        author: Option<UserId>,
        /// The post that it is, or that it stands on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        post_id: Option<kernel::PostId>,
        action: ModerationAction,
        /// Words to the author, with a warning only.
        note: Option<String>,
        by: UserId,
    },
}

impl EventBody for ModerationEvent {
    const TOPIC: Topic = topic::MODERATION;
    const SOURCE: &'static str = "user";
    fn kind(&self) -> &'static str {
        match self {
            Self::Reported { .. } | Self::ContentReported { .. } => "moderation.reported",
            Self::Decided { .. } => "moderation.decided",
        }
    }
    fn key(&self) -> String {
        match self {
            Self::Reported { subject, .. } => subject.to_string(),
            Self::ContentReported { subject, .. } | Self::Decided { subject, .. } => subject.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was written once must be readable by every later version.
    #[test]
    fn every_sample_of_version_1_about_moderation_is_read_and_written_the_same() {
        let samples: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../samples/platform.moderation.v1.json")).unwrap();
        let mut kinds = Vec::new();
        for sample in samples {
            let event: ModerationEvent = serde_json::from_value(sample.clone()).unwrap();
            assert_eq!(serde_json::to_value(&event).unwrap(), sample);
            kinds.push(event.kind());
        }
        kinds.dedup();
        assert_eq!(kinds, ["moderation.reported", "moderation.decided"]);
    }
}

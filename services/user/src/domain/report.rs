//! Owns a report about a person: open until a moderator decides, one by the same person at a time. Refuses to know what a
//! verdict does to who was reported.

use contracts::user::{ModerationAction, ReportReason};
use kernel::{ReportId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use utoipa::ToSchema;

/// What a moderator decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserDecision)]
pub(crate) struct Decision {
    /// What was done.
    pub(crate) action: ModerationAction,
    /// Why.
    pub(crate) note: String,
    /// By whom; null when their account is gone.
    #[schema(required = true)]
    pub(crate) by: Option<UserId>,
    /// When.
    pub(crate) at: Timestamp,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReportDoc {
    pub(crate) id: ReportId,
    pub(crate) subject: UserId,
    pub(crate) by: UserId,
    pub(crate) reason: ReportReason,
    pub(crate) detail: String,
    pub(crate) created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) decision: Option<Decision>,
    /// For the indexes; see [`ReportDoc::settled`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open_by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open_since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decided_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decided_by: Option<UserId>,
}

impl Document for ReportDoc {
    const COLLECTION: &'static str = "reports";
    const INDEXES: &'static [Index] = &[
        // One person has one open report about another.
        Index::unique("open_pair", &["openBy", "subject"]),
        Index::plain("open", &["openSince"]),
        Index::plain("open_about", &["subject", "openSince"]),
        Index::plain("decided", &["decidedAt"]),
        // For the archive and for erasing.
        Index::plain("by", &["by", "createdAt"]),
        Index::plain("about", &["subject", "createdAt"]),
        Index::plain("decided_by", &["decidedBy"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// What somebody says against another.
pub(crate) struct Complaint {
    pub(crate) subject: UserId,
    pub(crate) by: UserId,
    pub(crate) reason: ReportReason,
    pub(crate) detail: String,
}

impl ReportDoc {
    /// Writes a complaint down.
    pub(crate) fn open(id: ReportId, complaint: Complaint, now: Timestamp) -> Self {
        let Complaint {
            subject,
            by,
            reason,
            detail,
        } = complaint;
        let report = Self {
            id,
            subject,
            by,
            reason,
            detail,
            created_at: now,
            decision: None,
            open_by: None,
            open_since: None,
            decided_at: None,
            decided_by: None,
        };
        report.settled()
    }

    /// Ends it; `false` when it has ended before.
    pub(crate) fn decide(&mut self, decision: &Decision) -> bool {
        let open = self.decision.is_none();
        if open {
            self.decision = Some(decision.clone());
        }
        open
    }

    /// Takes out who decided.
    pub(crate) fn forget_decider(&mut self) {
        if let Some(decision) = &mut self.decision {
            decision.by = None;
        }
    }

    /// Brings what the indexes read into line with the rest. Whoever changes a report ends with it.
    pub(crate) fn settled(mut self) -> Self {
        let open = self.decision.is_none();
        self.open_by = open.then_some(self.by);
        self.open_since = open.then_some(self.created_at);
        self.decided_at = self.decision.as_ref().map(|d| d.at);
        self.decided_by = self.decision.as_ref().and_then(|d| d.by);
        self
    }
}

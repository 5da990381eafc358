//! Owns how reports look to moderators. Refuses to decide who is one.

use contracts::user::{Profile, ReportReason};
use kernel::{ReportId, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::report::{Decision, ReportDoc};

/// A report about a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserReport)]
pub(crate) struct ReportView {
    pub(crate) id: ReportId,
    /// Who is reported; null when they are about to vanish with their account.
    #[schema(required = true)]
    pub(crate) subject: Option<Profile>,
    /// By whom.
    pub(crate) by: UserId,
    /// The kind of trouble.
    pub(crate) reason: ReportReason,
    /// In their own words.
    pub(crate) detail: String,
    pub(crate) created_at: Timestamp,
    /// What was decided; null while it is open.
    #[schema(required = true)]
    pub(crate) decision: Option<Decision>,
}

impl ReportView {
    /// Shows a report.
    pub(crate) fn of(report: ReportDoc, subject: Option<Profile>) -> Self {
        Self {
            id: report.id,
            subject,
            by: report.by,
            reason: report.reason,
            detail: report.detail,
            created_at: report.created_at,
            decision: report.decision,
        }
    }
}

//! Owns a case before the moderators: all reports about one post or comment until somebody decides, and that decision.
//! Refuses to carry the decision out.
//!
//! A case is one document, so that a report joins it and a decision ends it in one write each. The next report about the
//! same subject opens the next case; what was decided stays as it was.

use std::fmt;
use std::str::FromStr;

use contracts::user::{ModerationAction, ReportReason};
use kernel::{AssetId, CommentId, PostId, ReportId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use utoipa::ToSchema;

/// Reports of one case that are kept one by one; of more it is only noted who made them.
pub(crate) const REPORTS_KEPT_MAX: usize = 100;
/// People whose reports of one case are counted; those of more change nothing.
pub(crate) const REPORTERS_MAX: usize = 500;

/// What a report is about, written `post:<id>` or `comment:<id>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Post(PostId),
    Comment(CommentId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Post(id) => write!(f, "post:{id}"),
            Self::Comment(id) => write!(f, "comment:{id}"),
        }
    }
}

impl FromStr for Subject {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        match s.split_once(':') {
            Some(("post", id)) => id.parse().map(Self::Post).map_err(drop),
            Some(("comment", id)) => id.parse().map(Self::Comment).map_err(drop),
            _ => Err(()),
        }
    }
}

/// One report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PostReport)]
pub(crate) struct Report {
    /// Which.
    pub(crate) id: ReportId,
    /// By whom; null when their account is gone.
    #[schema(required = true)]
    pub(crate) by: Option<UserId>,
    /// The kind of trouble.
    pub(crate) reason: ReportReason,
    /// In their own words.
    pub(crate) detail: String,
    /// When.
    pub(crate) at: Timestamp,
}

/// What a moderator decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PostDecision)]
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

/// A case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Case {
    pub(crate) id: ReportId,
    pub(crate) subject: String,
    pub(crate) post_id: PostId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) comment_id: Option<CommentId>,
    /// Whose post or comment; absent when their account is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) author_id: Option<UserId>,
    /// What it said when it was first reported.
    pub(crate) excerpt: String,
    /// What it showed then; claimed by `case:<id>` until it is decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) media_ids: Vec<AssetId>,
    pub(crate) reports: Vec<Report>,
    /// Reports that are only counted.
    pub(crate) more: u64,
    /// Who made those.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) others: Vec<UserId>,
    pub(crate) opened_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) decision: Option<Decision>,
    /// For the indexes; see [`Case::settled`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open_subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open_since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decided_at: Option<Timestamp>,
    #[serde(default)]
    report_ids: Vec<ReportId>,
    #[serde(default)]
    people: Vec<UserId>,
}

impl Document for Case {
    const COLLECTION: &'static str = "cases";
    const INDEXES: &'static [Index] = &[
        // At most one case of a subject is open.
        Index::unique("open_subject", &["openSubject"]),
        Index::plain("open", &["openSince"]),
        Index::plain("decided", &["decidedAt"]),
        Index::multi("report", &["reportIds"]),
        Index::multi("person", &["people"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// A subject as it is when its case opens.
pub(crate) struct Accused {
    pub(crate) subject: Subject,
    pub(crate) post_id: PostId,
    pub(crate) author_id: UserId,
    pub(crate) excerpt: String,
    pub(crate) media_ids: Vec<AssetId>,
}

impl Case {
    /// Opens a case with its first report.
    pub(crate) fn open(accused: &Accused, report: Report) -> Self {
        let comment_id = match accused.subject {
            Subject::Comment(id) => Some(id),
            Subject::Post(_) => None,
        };
        let case = Self {
            id: report.id,
            subject: accused.subject.to_string(),
            post_id: accused.post_id,
            comment_id,
            author_id: Some(accused.author_id),
            excerpt: accused.excerpt.clone(),
            media_ids: accused.media_ids.clone(),
            opened_at: report.at,
            reports: vec![report],
            more: 0,
            others: Vec::new(),
            decision: None,
            open_subject: None,
            open_since: None,
            decided_at: None,
            report_ids: Vec::new(),
            people: Vec::new(),
        };
        case.settled()
    }

    /// Adds a report; `false` when that person's is there already, or there are too many.
    pub(crate) fn join(&mut self, by: UserId, report: Report) -> bool {
        let there = self.reports.iter().any(|r| r.by == Some(by)) || self.others.contains(&by);
        if there || self.report_count() >= REPORTERS_MAX {
            return false;
        }
        if self.reports.len() < REPORTS_KEPT_MAX {
            self.reports.push(report);
        } else {
            self.more += 1;
            self.others.push(by);
        }
        true
    }

    /// Returns how many people have reported it.
    pub(crate) fn report_count(&self) -> usize {
        self.reports.len() + usize::try_from(self.more).unwrap_or(usize::MAX - REPORTS_KEPT_MAX)
    }

    /// Ends it; `false` when it has ended before.
    pub(crate) fn decide(&mut self, decision: Decision) -> bool {
        if self.decision.is_some() {
            return false;
        }
        self.decision = Some(decision);
        true
    }

    /// Takes a person whose account is gone out; `false` when nothing is left worth keeping: an open case about them.
    pub(crate) fn forget(&mut self, person: UserId) -> bool {
        if self.author_id == Some(person) {
            if self.decision.is_none() {
                return false;
            }
            self.author_id = None;
            self.excerpt.clear();
            self.media_ids.clear();
        }
        for report in &mut self.reports {
            if report.by == Some(person) {
                report.by = None;
                report.detail.clear();
            }
        }
        self.others.retain(|other| *other != person);
        if let Some(decision) = self.decision.as_mut().filter(|d| d.by == Some(person)) {
            decision.by = None;
        }
        true
    }

    /// Brings what the indexes read into line with the rest. Whoever changes a case ends with it.
    pub(crate) fn settled(mut self) -> Self {
        let open = self.decision.is_none();
        self.open_subject = open.then(|| self.subject.clone());
        self.open_since = open.then_some(self.opened_at);
        self.decided_at = self.decision.as_ref().map(|d| d.at);
        self.report_ids = self.reports.iter().map(|r| r.id).collect();
        let decider = self.decision.as_ref().and_then(|d| d.by);
        let mut people: Vec<UserId> = self.reports.iter().filter_map(|r| r.by).collect();
        people.extend(
            self.author_id
                .into_iter()
                .chain(decider)
                .chain(self.others.iter().copied()),
        );
        people.sort_unstable();
        people.dedup();
        self.people = people;
        self
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn person(n: u128) -> UserId {
        UserId::from(Uuid::from_u128(n))
    }

    fn report(n: u128) -> Report {
        Report {
            id: ReportId::from(Uuid::from_u128(n)),
            by: Some(person(n)),
            reason: ReportReason::Spam,
            detail: "because".into(),
            at: Timestamp::default(),
        }
    }

    fn case() -> Case {
        let post_id = PostId::from(Uuid::from_u128(7));
        let accused = Accused {
            subject: Subject::Post(post_id),
            post_id,
            author_id: person(500),
            excerpt: "words".into(),
            media_ids: Vec::new(),
        };
        Case::open(&accused, report(1))
    }

    #[test]
    fn reports_join_one_case_each_person_once_however_many_there_are() {
        let mut case = case();
        let mut join = |n| case.join(person(n), report(n));
        assert!(!join(1));
        for n in 2..=150 {
            assert!(join(n));
            assert!(!join(n), "{n} counts once");
        }
        assert_eq!((case.reports.len(), case.more), (REPORTS_KEPT_MAX, 50));
        // One of the many whose account is erased is not named any more, and was one all the same.
        assert!(case.settled().people.contains(&person(150)));
    }

    #[test]
    fn a_case_notes_no_more_people_than_are_allowed_and_forgets_each_of_them() {
        let mut case = case();
        let joined = (2..=1_000).filter(|n| case.join(person(*n), report(*n))).count();
        assert_eq!((joined + 1, case.report_count()), (REPORTERS_MAX, REPORTERS_MAX));
        assert!(case.forget(person(300)) && !case.settled().people.contains(&person(300)));
    }

    #[test]
    fn a_case_is_decided_once_and_an_erased_person_leaves_no_trace_in_it() {
        let decision = Decision {
            action: ModerationAction::Warn,
            note: "stop".into(),
            by: Some(person(900)),
            at: Timestamp::default(),
        };
        let mut case = case();
        assert!(case.decide(decision.clone()) && !case.decide(decision));
        for gone in [person(1), person(500), person(900)] {
            assert!(case.forget(gone));
        }
        let case = case.settled();
        assert!(case.people.is_empty() && case.excerpt.is_empty() && case.open_subject.is_none());
    }

    #[test]
    fn an_open_case_about_an_erased_person_is_not_kept() {
        assert!(!case().forget(person(500)));
    }

    #[test]
    fn a_subject_is_read_as_it_is_written() {
        for subject in [
            Subject::Post(PostId::from(Uuid::from_u128(1))),
            Subject::Comment(CommentId::from(Uuid::from_u128(2))),
        ] {
            assert_eq!(subject.to_string().parse(), Ok(subject));
        }
        assert_eq!("room:1".parse::<Subject>(), Err(()));
    }
}

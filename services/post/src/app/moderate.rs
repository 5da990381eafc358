//! Reports, and what moderators do about them.

use std::collections::HashMap;

use contracts::event::EventBody;
use contracts::media::AssetView;
use contracts::user::{ModerationAction, ModerationEvent, ReportReason};
use kernel::{AssetId, CommentId, Fault, Page, PostId, ReportId, UserId};
use store::{Change, StoreError};

use crate::app::App;
use crate::app::calm::Deed;
use crate::app::told::told;
use crate::domain::case::{Accused, Case, Decision, Report, Subject};
use crate::domain::post::Gone;
use crate::error::Error;
use crate::repo::STEP_ATTEMPTS_MAX;
use crate::wire::CaseView;

/// What a moderator wants done.
pub(crate) struct Verdict {
    pub(crate) action: ModerationAction,
    pub(crate) note: String,
}

impl App {
    /// Reports a post that one sees. A second report by the same person changes nothing while the case is open.
    pub(crate) async fn report_post(&self, by: UserId, id: PostId, why: (ReportReason, String)) -> Result<(), Error> {
        let post = self.seen_by(by, id).await?;
        let accused = Accused {
            subject: Subject::Post(id),
            post_id: id,
            author_id: post.author_id,
            excerpt: post.text,
            media_ids: post.media_ids,
        };
        self.report(by, &accused, why).await
    }

    /// Reports a comment that one sees.
    pub(crate) async fn report_comment(
        &self,
        by: UserId,
        (on, id): (PostId, CommentId),
        why: (ReportReason, String),
    ) -> Result<(), Error> {
        let comment = self.comment_within_reach(by, (on, id)).await?;
        let accused = Accused {
            subject: Subject::Comment(id),
            post_id: on,
            author_id: comment.author_id,
            excerpt: comment.text,
            media_ids: Vec::new(),
        };
        self.report(by, &accused, why).await
    }

    async fn report(&self, by: UserId, accused: &Accused, why: (ReportReason, String)) -> Result<(), Error> {
        if accused.author_id == by {
            return Err(Error::Own);
        }
        self.require_calm(by, Deed::Report).await?;
        let (reason, detail) = why;
        let report = Report {
            id: self.ambient.id(),
            by: Some(by),
            reason,
            detail,
            at: self.ambient.now(),
        };
        let subject = accused.subject.to_string();
        let fact = ModerationEvent::ContentReported {
            report_id: report.id,
            subject: subject.clone(),
            author: accused.author_id,
            by,
            reason,
        };
        let event = self.moderation_event(fact)?;
        for _ in 0..STEP_ATTEMPTS_MAX {
            let Some(open) = self.repo.open_case(&subject).await? else {
                let case = Case::open(accused, report.clone());
                self.keep_evidence(accused, &case).await;
                match self.repo.cases.insert(&case, vec![event.clone()]).await {
                    Ok(()) => return self.after_report(by, accused).await,
                    // Somebody else opened it first: join theirs.
                    Err(StoreError::Unique { .. }) => {
                        self.release_evidence(&case).await;
                        continue;
                    }
                    Err(e) => return Err(e.into()),
                }
            };
            let joined = self.repo.cases.update(open.id, |mut case: Case| {
                if case.decision.is_some() {
                    return Ok::<_, Error>(Change::Keep(false));
                }
                let new = case.join(by, report.clone());
                Ok(if new {
                    Change::Put(case.settled(), vec![event.clone()], true)
                } else {
                    Change::Keep(true)
                })
            });
            if joined.await? == Some(true) {
                return self.after_report(by, accused).await;
            }
        }
        Err(StoreError::Busy.into())
    }

    async fn after_report(&self, by: UserId, accused: &Accused) -> Result<(), Error> {
        self.after_writing(accused.author_id, &[]).await?;
        self.after_writing(by, &[]).await
    }

    /// Keeps what a case shows from being swept when its post goes. A report is taken also without.
    async fn keep_evidence(&self, accused: &Accused, case: &Case) {
        for id in &case.media_ids {
            let claimed = self.media.claim(accused.author_id, &[*id], &evidence_of(case)).await;
            if let Err(e) = claimed {
                tracing::warn!(case = %case.id, "a file is not kept for the moderators: {e}");
            }
        }
    }

    pub(crate) async fn release_evidence(&self, case: &Case) {
        if case.media_ids.is_empty() {
            return;
        }
        if let Err(e) = self.media.release(&case.media_ids, &evidence_of(case)).await {
            tracing::warn!(case = %case.id, "files of a case are kept for longer than needed: {e}");
        }
    }

    async fn show_case(&self, case: Case) -> Result<CaseView, Error> {
        let author = match case.author_id {
            Some(author) => self.profiles(vec![author]).await?.remove(&author),
            None => None,
        };
        let assets = self.assets(case.media_ids.clone()).await?;
        Ok(show(case, author, &assets))
    }

    fn moderation_event(&self, fact: impl EventBody) -> Result<contracts::Event, Error> {
        Ok(told(&self.ambient, fact, None)?)
    }

    /// Lists open cases, oldest first, or decided ones, newest first.
    pub(crate) async fn list_cases(
        &self,
        decided: bool,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<CaseView>, Error> {
        let page = self.repo.cases(decided, limit, cursor).await?;
        let authors = page.items.iter().filter_map(|c| c.author_id).collect();
        let profiles = self.profiles(authors).await?;
        let assets = self
            .assets(page.items.iter().flat_map(|c| c.media_ids.clone()).collect())
            .await?;
        Ok(page.map(|case| {
            let author = case.author_id.and_then(|id| profiles.get(&id)).cloned();
            show(case, author, &assets)
        }))
    }

    /// Decides an open case, named by one of its reports or by its subject, and does what was decided. The verdict comes
    /// first, so that of two moderators at once only the one whose verdict stands does anything; the event that commits with
    /// it does it once more, in case the process ends in between.
    pub(crate) async fn decide(&self, by: UserId, which: &str, verdict: Verdict) -> Result<CaseView, Error> {
        let case = match which.parse::<ReportId>() {
            Ok(report) => self.repo.case_of(report).await?,
            Err(_) => self.repo.open_case(which).await?,
        };
        let case = case.filter(|c| c.decision.is_none()).ok_or(Error::CaseNotFound)?;
        let fact = ModerationEvent::Decided {
            case_id: case.id,
            subject: case.subject.clone(),
            author: case.author_id,
            post_id: Some(case.post_id),
            action: verdict.action,
            note: (verdict.action == ModerationAction::Warn).then(|| verdict.note.clone()),
            by,
        };
        let event = self.moderation_event(fact)?;
        let decision = Decision {
            action: verdict.action,
            note: verdict.note,
            by: Some(by),
            at: self.ambient.now(),
        };
        let decided = self.repo.cases.update(case.id, |mut case: Case| {
            if !case.decide(decision.clone()) {
                return Err(Error::CaseNotFound);
            }
            let case = case.settled();
            Ok(Change::Put(case.clone(), vec![event.clone()], case))
        });
        let case = decided.await?.ok_or(Error::CaseNotFound)?;
        if let Err(e) = self.remove_if_so_decided(&case).await {
            let fault = Fault::from(e);
            tracing::warn!(case = %case.id, "a verdict is carried out later: {fault}");
        }
        self.after_writing(by, &[]).await?;
        let view = self.show_case(case.clone()).await;
        self.release_evidence(&case).await;
        view
    }

    /// Does what was decided in a case. Idempotent.
    pub(crate) async fn carry_out(&self, case: ReportId) -> Result<(), Error> {
        match self.repo.cases.get(case).await? {
            Some(case) => self.remove_if_so_decided(&case).await,
            None => Ok(()),
        }
    }

    async fn remove_if_so_decided(&self, case: &Case) -> Result<(), Error> {
        let action = case.decision.as_ref().map(|decision| decision.action);
        if action != Some(ModerationAction::Remove) {
            return Ok(());
        }
        let Some(comment) = case.comment_id else {
            return self.fell_post(case.post_id, Gone::Moderator).await;
        };
        if let Some((post, _)) = self.repo.live_post(case.post_id).await? {
            self.fell_comment(comment, post.author_id).await?;
            self.fell_answers(comment, post.author_id).await?;
        }
        Ok(())
    }
}

/// Names a case to media.
fn evidence_of(case: &Case) -> String {
    format!("case:{}", case.id)
}

fn show(case: Case, author: Option<contracts::user::Profile>, assets: &HashMap<AssetId, AssetView>) -> CaseView {
    let report_count = u64::try_from(case.report_count()).unwrap_or(u64::MAX);
    CaseView {
        id: case.id,
        subject: case.subject,
        post_id: case.post_id,
        comment_id: case.comment_id,
        author,
        excerpt: case.excerpt,
        media: case.media_ids.iter().filter_map(|id| assets.get(id).cloned()).collect(),
        report_count,
        reports: case.reports,
        opened_at: case.opened_at,
        decision: case.decision,
    }
}

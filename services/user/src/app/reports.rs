//! Reports about people, and what moderators do about them.
//!
//! The verdict comes first and its deed after it: only one of two moderators who decide at once has a verdict, and only
//! that one is carried out. The event that commits with it carries it out once more, in case the process ended in between.

use std::collections::HashMap;

use contracts::Event;
use contracts::user::{ModerationAction, ModerationEvent, Profile, UserDirectory as _};
use kernel::{ErrorCode, Fault, Page, ReportId, UserId};
use store::{Change, Query, StoreError};

use crate::app::App;
use crate::domain::report::{Complaint, Decision, ReportDoc};
use crate::error::Error;
use crate::wire::ReportView;

/// Documents that are read at once where all are dealt with in turn.
const CHUNK: usize = 200;
/// For the record of a ban without a note.
const BANNED: &str = "a report";

/// What a moderator wants done.
pub(crate) struct Verdict {
    pub(crate) action: ModerationAction,
    pub(crate) note: String,
}

impl App {
    /// Notes a report for the moderators; a second one about the same person changes nothing as long as the first is open.
    pub(crate) async fn report(&self, complaint: Complaint) -> Result<(), Error> {
        let (by, subject, reason) = (complaint.by, complaint.subject, complaint.reason);
        if by == subject {
            return Err(Error::Oneself);
        }
        self.profiles.active(subject).await?;
        let report_id = self.ambient.id();
        let fact = ModerationEvent::Reported {
            report_id,
            subject,
            by,
            reason,
        };
        let event = Event::new(&self.ambient, &fact)?;
        let report = ReportDoc::open(report_id, complaint, self.ambient.now());
        match self.reports.insert(&report, vec![event]).await {
            Ok(()) => {}
            Err(StoreError::Unique { .. }) => return Ok(()),
            Err(e) => return Err(e.into()),
        }
        // Either may have been erased while this was written; then nobody else would look for it.
        for person in [by, subject] {
            if self.is_gone(person).await? {
                self.reports.delete(report_id).await?;
                return Err(Error::NotFound);
            }
        }
        Ok(())
    }

    async fn is_gone(&self, person: UserId) -> Result<bool, Error> {
        Ok(self.profiles.docs().get(person).await?.is_none())
    }

    /// Erases a person: the profile, so that its handle is free again, and every report by or about them. Idempotent.
    pub(crate) async fn forget(&self, person: UserId) -> Result<(), Error> {
        // First: whoever writes a report afterwards sees it.
        self.profiles.remove(person).await?;
        for index in ["by", "about"] {
            loop {
                let some = self.reports.find(Query::on(index).eq(person).limit(CHUNK)).await?;
                if some.is_empty() {
                    break;
                }
                let ids = some.iter().map(|report| report.id.to_string()).collect();
                self.reports.delete_many(ids).await?;
            }
        }
        loop {
            let query = Query::on("decided_by").eq(person).limit(CHUNK);
            let some = self.reports.find(query).await?;
            if some.is_empty() {
                return Ok(());
            }
            for report in some {
                let forgotten = self.reports.update(report.id, |mut report: ReportDoc| {
                    report.forget_decider();
                    Ok::<_, Error>(Change::Put(report.settled(), Vec::new(), ()))
                });
                forgotten.await?;
            }
        }
    }

    /// Lists open reports, oldest first, or decided ones, newest first.
    pub(crate) async fn list_reports(
        &self,
        decided: bool,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<ReportView>, Error> {
        let query = if decided {
            Query::on("decided").descending()
        } else {
            Query::on("open")
        };
        let page = self.reports.page(query.limit(limit), cursor).await?;
        let people: Vec<UserId> = page.items.iter().map(|report| report.subject).collect();
        let found = self.profiles.profiles(&people).await?.into_iter();
        let profiles: HashMap<UserId, Profile> = found.map(|p| (p.id, p)).collect();
        Ok(page.map(|report| {
            let subject = profiles.get(&report.subject).cloned();
            ReportView::of(report, subject)
        }))
    }

    /// Decides an open report, and with it all others about the same person.
    pub(crate) async fn decide(&self, by: UserId, id: ReportId, verdict: Verdict) -> Result<ReportView, Error> {
        let named = self.reports.get(id).await?.filter(|r| r.decision.is_none());
        let subject = named.ok_or(Error::ReportNotFound)?.subject;
        // Whichever of them is named: the oldest stands for all, so that of two verdicts one comes first.
        let oldest = self.reports.find_one(Query::on("open_about").eq(subject)).await?;
        let case = oldest.ok_or(Error::ReportNotFound)?.id;
        let fact = ModerationEvent::Decided {
            case_id: case,
            subject: format!("user:{subject}"),
            author: Some(subject),
            post_id: None,
            action: verdict.action,
            note: (verdict.action == ModerationAction::Warn).then(|| verdict.note.clone()),
            by,
        };
        let event = Event::new(&self.ambient, &fact)?;
        let decision = Decision {
            action: verdict.action,
            note: verdict.note,
            by: Some(by),
            at: self.ambient.now(),
        };
        let decided = self.reports.update(case, |mut report: ReportDoc| {
            if !report.decide(&decision) {
                return Err(Error::ReportNotFound);
            }
            Ok(Change::Put(report.settled(), vec![event.clone()], ()))
        });
        decided.await?.ok_or(Error::ReportNotFound)?;
        if let Err(e) = self.carry_out(case).await {
            let fault = Fault::from(e);
            tracing::warn!(%case, "a verdict is carried out later: {fault}");
        }
        if self.is_gone(by).await? {
            self.forget(by).await?;
        }
        let report = self.reports.get(id).await?.ok_or(Error::ReportNotFound)?;
        let subject = self.profiles.profiles(&[subject]).await?.pop();
        Ok(ReportView::of(report, subject))
    }

    /// Does what was decided about a person, and ends the other reports that led to it. Idempotent.
    pub(crate) async fn carry_out(&self, case: ReportId) -> Result<(), Error> {
        let Some(case) = self.reports.get(case).await? else {
            return Ok(());
        };
        let Some(decision) = case.decision else { return Ok(()) };
        if decision.action == ModerationAction::Remove {
            let reason = Some(&*decision.note).filter(|note| !note.trim().is_empty());
            match self.accounts.ban(case.subject, reason.unwrap_or(BANNED)).await {
                // Erased meanwhile.
                Err(fault) if fault.kind == ErrorCode::NotFound => {}
                done => done?,
            }
        }
        loop {
            let query = Query::on("open_about").eq(case.subject).at_most(decision.at);
            let open = self.reports.find(query.limit(CHUNK)).await?;
            if open.is_empty() {
                return Ok(());
            }
            for report in open {
                let ended = self.reports.update(report.id, |mut report: ReportDoc| {
                    report.decide(&decision);
                    Ok::<_, Error>(Change::Put(report.settled(), Vec::new(), ()))
                });
                ended.await?;
            }
        }
    }
}

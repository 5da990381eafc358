//! Owns the queries for cases before the moderators.

use kernel::{Fault, Page, ReportId, UserId};
use store::{Query, StoreError};

use super::{CHUNK, Repo};
use crate::domain::case::Case;

impl Repo {
    /// Returns one page of cases: open ones oldest first, or decided ones newest first.
    pub(crate) async fn cases(&self, decided: bool, limit: usize, cursor: Option<&str>) -> Result<Page<Case>, Fault> {
        let query = if decided {
            Query::on("decided").descending()
        } else {
            Query::on("open")
        };
        self.cases.page(query.limit(limit), cursor).await
    }

    /// Returns the open case of a subject.
    pub(crate) async fn open_case(&self, subject: &str) -> Result<Option<Case>, StoreError> {
        self.cases.find_one(Query::on("open_subject").eq(subject)).await
    }

    /// Returns the case that a report belongs to.
    pub(crate) async fn case_of(&self, report: ReportId) -> Result<Option<Case>, StoreError> {
        self.cases.find_one(Query::on("report").eq(report)).await
    }

    /// Returns some cases in which a person stands.
    pub(crate) async fn some_cases_with(&self, person: UserId) -> Result<Vec<Case>, StoreError> {
        self.cases.find(Query::on("person").eq(person).limit(CHUNK)).await
    }
}

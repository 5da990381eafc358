//! Owns the sums of what everybody used in the store. Refuses to know who may read them.

use std::sync::Arc;

use kernel::{Cursor, Fault, Page};
use store::{Collection, Query, Store, StoreError};

use crate::domain::days::{Days, RANGE_DAYS_MAX};
use crate::domain::sum::{By, Sum, SumDoc, SumKey};
use crate::repo::additions::add_to_many;

/// Documents that erasing looks at in one go.
const ERASE_BATCH: usize = 500;
/// Models, people, agents or rooms that are looked at for one page; a page whose range has few of them may be short.
const SUBJECTS_PER_PAGE_MAX: usize = 200;

/// What something used over a range of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SubjectSum {
    /// The model, or the id of person, agent or room.
    pub(crate) subject: String,
    pub(crate) sum: Sum,
}

/// The sums.
#[derive(Clone)]
pub(crate) struct SumRepo(Collection<SumDoc>);

impl SumRepo {
    pub(crate) async fn open(store: &Arc<dyn Store>) -> Result<Self, StoreError> {
        Ok(Self(Collection::open(store).await?))
    }

    /// Adds to sums (at most 1,001); returns what came of each.
    pub(crate) async fn add(&self, more: Vec<(SumKey, Sum)>) -> Vec<Result<(), StoreError>> {
        let mut items: Vec<_> = more.into_iter().map(|more| (more.0.id(), more)).collect();
        let begin = |(key, _): &(SumKey, _)| SumDoc::new(key);
        let add = |(_, more): &(_, Sum), mut doc: SumDoc| {
            doc.sum.add(more);
            (doc, Vec::new())
        };
        add_to_many(&self.0, &mut items, begin, add).await
    }

    /// Removes all sums of a person.
    pub(crate) async fn remove(&self, by: By, subject: &str) -> Result<(), StoreError> {
        loop {
            let query = Query::on("by_subject").eq(by).eq(subject).limit(ERASE_BATCH);
            let docs = self.0.find(query).await?;
            for doc in &docs {
                self.0.delete(&doc.id).await?;
            }
            if docs.len() < ERASE_BATCH {
                return Ok(());
            }
        }
    }

    /// Lists the sums of each day, newest day first.
    pub(crate) async fn each_day(
        &self,
        by: By,
        days: &Days,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<SumDoc>, Fault> {
        let query = Query::on("by_day")
            .eq(by)
            .at_least(days.from.as_str())
            .at_most(days.to.as_str())
            .descending()
            .limit(limit);
        self.0.page(query, cursor).await
    }

    /// Lists what each model, person, agent or room used over the whole range, in the order of their names or ids. Goes from
    /// one to the next in the index, so that a page costs the same however many there are.
    pub(crate) async fn whole_range(
        &self,
        by: By,
        days: &Days,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<SubjectSum>, Fault> {
        let mut last: Option<String> = cursor.map(Cursor::decode).transpose()?;
        let mut items = Vec::new();
        for _ in 0..SUBJECTS_PER_PAGE_MAX {
            let after = Query::on("by_subject").eq(by);
            let after = match &last {
                Some(subject) => after.more_than(subject.as_str()),
                None => after,
            };
            let Some(SumDoc { subject, .. }) = self.0.find_one(after).await? else {
                return Ok(Page {
                    items,
                    next_cursor: None,
                });
            };
            if items.len() == limit {
                break;
            }
            let query = Query::on("by_subject")
                .eq(by)
                .eq(subject.as_str())
                .at_least(days.from.as_str())
                .at_most(days.to.as_str())
                .limit(RANGE_DAYS_MAX as usize);
            let docs = self.0.find(query).await?;
            if !docs.is_empty() {
                let mut sum = Sum::default();
                docs.iter().for_each(|doc| sum.add(&doc.sum));
                let subject = subject.clone();
                items.push(SubjectSum { subject, sum });
            }
            last = Some(subject);
        }
        Ok(Page {
            items,
            next_cursor: last.as_ref().map(Cursor::encode),
        })
    }
}

//! Owns the questions: by id, by an ordered index, by words, by walking through. Refuses to write.
//!
//! A question to an ordered index asks for a range of the one field that only this index has, so the server has no other to
//! choose; naming it (`hint`) would change no plan of MongoDB's, but makes `secantusd-rs` walk the whole index. A search by words names its index,
//! because that of the ids would serve its order. All reads go to the primary with read concern `majority`, and a write is
//! acknowledged when a majority has it; so a read sees every write that was acknowledged before it began.

use ::mongodb::bson::{Bson, Document as Object, RawDocumentBuf as Row, doc};
use ::mongodb::options::Hint;
use futures::TryStreamExt as _;

use crate::keys::Range;
use crate::mongodb::Core;
use crate::mongodb::failure::Failure;
use crate::mongodb::shelf::{Ordered, Shelf, letters};
use crate::mongodb::words;
use crate::{IndexKind, Query, Search, StoreError, Stored, check};

/// A question to an ordered index, made ready.
struct Ready<'a> {
    ordered: &'a Ordered,
    low: String,
    high: String,
    /// The place's own key and id, when the index is unique and the question goes on from a place.
    place: Option<(String, &'a str)>,
}

impl<'a> Ready<'a> {
    /// Checks that an index serves `query` and computes its range of keys.
    fn of(shelf: &'a Shelf, query: &'a Query) -> Result<Self, StoreError> {
        let found = shelf.ordered(query.index);
        check::serves(shelf.spec.collection, found.map(|o| &o.index), query)?;
        let ordered = found.ok_or_else(|| check::undeclared(shelf.spec.collection))?;
        let mut range = Range::of(&query.eq, query.low.as_ref(), query.high.as_ref());
        let mut beyond = None;
        if let Some(place) = &query.after {
            if ordered.index.kind == IndexKind::Unique {
                let at = range.narrow_unique(&query.eq, place, query.descending);
                beyond = Some((letters(&at), place.id.as_str()));
            } else {
                range.narrow(&query.eq, place, query.descending);
            }
        }
        Ok(Self {
            ordered,
            low: letters(&range.low),
            high: letters(&range.high),
            place: beyond,
        })
    }

    fn is_empty(&self) -> bool {
        self.low >= self.high
    }

    fn is_multi(&self) -> bool {
        self.ordered.index.kind == IndexKind::Multi
    }

    fn filter(&self) -> Object {
        let range = doc! { "$gte": &self.low, "$lt": &self.high };
        let path = self.ordered.path.as_str();
        if self.is_multi() {
            // Both bounds must hold for the same element.
            doc! { path: { "$elemMatch": range } }
        } else {
            doc! { path: range }
        }
    }

    /// Tells whether a document is not the one at the place, nor was before it.
    fn is_beyond(&self, row: &Row, id: &str, descending: bool) -> bool {
        let Some((at, place)) = &self.place else { return true };
        let key = row
            .get_document("keys")
            .and_then(|keys| keys.get_str(&self.ordered.field));
        key.ok() != Some(at.as_str()) || if descending { id < *place } else { id > *place }
    }
}

fn signed(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// All in one answer; the one more lets the server close the cursor with it.
fn batch(limit: usize) -> u32 {
    u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1)
}

fn hint(name: &str) -> Hint {
    Hint::Name(name.to_owned())
}

/// The fields that a reader wants.
fn wanted() -> Object {
    doc! { "version": 1, "body": 1, "stamp": 1 }
}

impl Core {
    /// Reads a document as the port shows it, and takes note of its stamp.
    fn stored(&self, row: &Row) -> Result<Stored, StoreError> {
        let odd = |e: &dyn std::fmt::Display| StoreError::Backend(format!("a document is not ours: {e}"));
        if let Ok(stamp) = row.get_i64("stamp") {
            self.stamps.see(stamp);
        }
        Ok(Stored {
            id: row.get_str("_id").map_err(|e| odd(&e))?.to_owned(),
            version: row.get_i64("version").map_err(|e| odd(&e))?.cast_unsigned(),
            body: row.get_str("body").map_err(|e| odd(&e))?.to_owned().into(),
        })
    }

    /// Reads those of `ids` that exist.
    pub async fn get(&self, shelf: &Shelf, ids: &[String]) -> Result<Vec<Stored>, StoreError> {
        let filter = match ids {
            [id] => doc! { "_id": id, "version": { "$exists": true } },
            ids => doc! { "_id": { "$in": ids }, "version": { "$exists": true } },
        };
        let rows = self.rows(shelf, filter, None, ids.len(), None, wanted()).await?;
        rows.iter().map(|row| self.stored(row)).collect()
    }

    /// Reads the answer to a question.
    pub async fn find(&self, shelf: &Shelf, query: &Query) -> Result<Vec<Stored>, StoreError> {
        let ready = Ready::of(shelf, query)?;
        if ready.is_empty() {
            return Ok(Vec::new());
        }
        // One more, because the one at the place may not count.
        let limit = query.limit + usize::from(ready.place.is_some());
        let direction = if query.descending { -1 } else { 1 };
        let rows = if ready.is_multi() {
            self.each_once(shelf, &ready, direction, limit).await?
        } else {
            let mut fields = wanted();
            if ready.place.is_some() {
                fields.insert(ready.ordered.path.as_str(), 1);
            }
            let sort = doc! { ready.ordered.path.as_str(): direction };
            self.rows(shelf, ready.filter(), Some(sort), limit, None, fields)
                .await?
        };
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let stored = self.stored(row)?;
            if found.len() < query.limit && ready.is_beyond(row, &stored.id, query.descending) {
                found.push(stored);
            }
        }
        Ok(found)
    }

    /// Reads the answer of a multi index: sorted by the one element that was asked for, which the server's own order of
    /// arrays would not do. It sorts all matches and keeps `limit` of them; an element is one person's rooms, not more.
    async fn each_once(
        &self,
        shelf: &Shelf,
        ready: &Ready<'_>,
        direction: i32,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let within = doc! { "$and": [{ "$gte": ["$$this", &ready.low] }, { "$lt": ["$$this", &ready.high] }] };
        let all = format!("${}", ready.ordered.path);
        let mut fields = wanted();
        fields.insert("at", doc! { "$min": { "$filter": { "input": all, "cond": within } } });
        let pipeline = [
            doc! { "$match": ready.filter() },
            doc! { "$project": fields },
            doc! { "$sort": { "at": direction } },
            doc! { "$limit": signed(limit) },
        ];
        let on = self.documents(shelf);
        let asked = on
            .aggregate(pipeline)
            .max_time(self.options.deadline)
            .batch_size(batch(limit))
            .with_type::<Row>();
        Ok(self.ask(async { asked.await?.try_collect().await }).await?)
    }

    /// Counts the answer to a question, up to `cap`.
    pub async fn count(&self, shelf: &Shelf, query: &Query, cap: u64) -> Result<u64, StoreError> {
        let ready = Ready::of(shelf, query)?;
        if ready.is_empty() || cap == 0 {
            return Ok(0);
        }
        let on = self.documents(shelf);
        let counted = on
            .count_documents(ready.filter())
            .limit(cap.min(i64::MAX.unsigned_abs()))
            .max_time(self.options.deadline);
        Ok(self.ask(counted).await?)
    }

    /// Reads the documents that have the words, newest id first.
    pub async fn search(&self, shelf: &Shelf, search: &Search) -> Result<Vec<Stored>, StoreError> {
        let Some(text) = shelf.texts.iter().find(|text| text.index.name == search.index) else {
            let why = format!("{}.{} is no text index", shelf.spec.collection, search.index);
            return Err(StoreError::Unindexed(why));
        };
        let mut filter = Object::new();
        if text.scope.is_some() {
            if search.scopes.len() > check::SCOPES_MAX {
                let why = format!("a search has at most {} scopes", check::SCOPES_MAX);
                return Err(StoreError::Unindexed(why));
            }
            filter.insert(text.scopes.as_str(), doc! { "$in": &search.scopes });
        }
        let asked = words::question(&search.words);
        if asked.is_empty() || (text.scope.is_some() && search.scopes.is_empty()) {
            return Ok(Vec::new());
        }
        // Both bounds must hold for the same word.
        let each = asked.iter().map(|(low, high)| {
            Bson::from(doc! { text.words.as_str(): { "$elemMatch": { "$gte": low, "$lt": high } } })
        });
        filter.insert("$and", each.collect::<Vec<_>>());
        if let Some(before) = &search.before {
            filter.insert("_id", doc! { "$lt": before });
        }
        let newest = Some(doc! { "_id": -1 });
        let rows = self
            .rows(shelf, filter, newest, search.limit, Some(&text.name), wanted())
            .await?;
        rows.iter().map(|row| self.stored(row)).collect()
    }

    /// Reads the collection by id, from strictly after `after`.
    pub async fn scan(&self, shelf: &Shelf, after: Option<&str>, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let mut filter = doc! { "version": { "$exists": true } };
        if let Some(after) = after {
            filter.insert("_id", doc! { "$gt": after });
        }
        let sort = Some(doc! { "_id": 1 });
        let rows = self.rows(shelf, filter, sort, limit, Some("_id_"), wanted()).await?;
        rows.iter().map(|row| self.stored(row)).collect()
    }

    /// Returns the greatest number that a unique index of two fields holds for one scope. Reads what the primary has,
    /// since a number that a majority does not have yet is taken all the same.
    pub async fn greatest(&self, shelf: &Shelf, ordered: &Ordered, scope: &crate::Key) -> Result<u64, Failure> {
        let range = Range::of(std::slice::from_ref(scope), None, None);
        let path = ordered.path.as_str();
        let on = self.documents(shelf);
        let asked = on
            .find_one(doc! { path: { "$gte": letters(&range.low), "$lt": letters(&range.high) } })
            .sort(doc! { path: -1 })
            .projection(doc! { path: 1, "stamp": 1 })
            .read_concern(::mongodb::options::ReadConcern::local())
            .max_time(self.options.deadline);
        let Some(row) = self.ask(asked).await? else {
            return Ok(0);
        };
        if let Ok(stamp) = row.get_i64("stamp") {
            self.stamps.see(stamp);
        }
        Ok(ordered.number(&row).unwrap_or(0))
    }

    /// Reads documents.
    pub(super) async fn rows(
        &self,
        shelf: &Shelf,
        filter: Object,
        sort: Option<Object>,
        limit: usize,
        by: Option<&str>,
        fields: Object,
    ) -> Result<Vec<Row>, StoreError> {
        let on = self.documents(shelf);
        let mut asked = on
            .find(filter)
            .projection(fields)
            .limit(signed(limit))
            .batch_size(batch(limit))
            .max_time(self.options.deadline);
        if let Some(sort) = sort {
            asked = asked.sort(sort);
        }
        if let Some(by) = by {
            asked = asked.hint(hint(by));
        }
        Ok(self.ask(async { asked.await?.try_collect().await }).await?)
    }
}

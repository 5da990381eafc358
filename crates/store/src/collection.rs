//! Owns the typed face of a store: what services use. Refuses to know the adapter.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use contracts::Event;
use futures::future::join_all;
use kernel::{Cursor, Fault, Page};

use crate::near;
use crate::{Append, Document, Key, Mark, Op, Place, Query, RawDocument, Search, Store, StoreError, Stored, Write};

/// How often `update` decides anew when another writer was faster.
pub const UPDATE_ATTEMPTS_MAX: u32 = 32;

/// What a deciding function wants done with the document that it was shown.
pub enum Change<D, R> {
    /// Write this, with these events; answer this.
    Put(D, Vec<Event>, R),
    /// Remove it, with these events (they are kept until sent); answer this.
    Remove(Vec<Event>, R),
    /// Leave it; answer this.
    Keep(R),
}

impl<D: Document, R> Change<D, R> {
    /// Returns what is to be written, if anything, over the document that was read, and the answer.
    fn over(self, read: &Stored, mark: Option<Mark>) -> Result<(Option<Write>, R), StoreError> {
        let (op, events, answer) = match self {
            Self::Keep(answer) => return Ok((None, answer)),
            Self::Put(next, events, answer) => (Op::Replace(RawDocument::of(&next)?, read.version), events, answer),
            Self::Remove(events, answer) => {
                let op = Op::Delete(D::COLLECTION, read.id.clone(), Some(read.version));
                (op, events, answer)
            }
        };
        Ok((Some(Write { op, events, mark }), answer))
    }
}

/// The documents of one type in one store.
pub struct Collection<D> {
    store: Arc<dyn Store>,
    of: PhantomData<fn() -> D>,
}

impl<D> Clone for Collection<D> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            of: PhantomData,
        }
    }
}

impl<D: Document> Collection<D> {
    /// Declares the collection in `store` and opens it.
    pub async fn open(store: &Arc<dyn Store>) -> Result<Self, StoreError> {
        store.declare(D::spec()).await?;
        Ok(Self {
            store: store.clone(),
            of: PhantomData,
        })
    }

    /// Returns the store, for what has no typed face.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Returns the document with this id.
    pub async fn get(&self, id: impl ToString) -> Result<Option<D>, StoreError> {
        Ok(self.get_versioned(id).await?.map(|(doc, _)| doc))
    }

    /// Returns the document with this id and its version.
    pub async fn get_versioned(&self, id: impl ToString) -> Result<Option<(D, u64)>, StoreError> {
        let found = self.store.get(D::COLLECTION, &[id.to_string()]).await?;
        found
            .into_iter()
            .next()
            .map(|s| Ok((decode(&s)?, s.version)))
            .transpose()
    }

    /// Returns those of `ids` that exist, in any order.
    pub async fn get_many(&self, ids: &[String]) -> Result<Vec<D>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.store.get(D::COLLECTION, ids).await?.iter().map(decode).collect()
    }

    /// Returns what answers `query`, in its order.
    pub async fn find(&self, query: Query) -> Result<Vec<D>, StoreError> {
        self.store
            .find(D::COLLECTION, query)
            .await?
            .iter()
            .map(decode)
            .collect()
    }

    /// Returns the first answer to `query`.
    pub async fn find_one(&self, query: Query) -> Result<Option<D>, StoreError> {
        Ok(self.find(query.limit(1)).await?.into_iter().next())
    }

    /// Returns one page of `query`: `query.limit` items after `cursor`. `Fault::Invalid` for a cursor that is not ours.
    pub async fn page(&self, mut query: Query, cursor: Option<&str>) -> Result<Page<D>, Fault> {
        let limit = query.limit;
        query.limit = limit + 1;
        query.after = cursor.map(Cursor::decode::<Place>).transpose()?;
        let index = D::INDEXES.iter().find(|i| i.name == query.index);
        let rest: Vec<&'static str> =
            index.map_or(Vec::new(), |i| i.fields.iter().skip(query.eq.len()).copied().collect());
        if query.after.as_ref().is_some_and(|p| p.keys.len() != rest.len()) {
            return Err(Fault::invalid("cursor", "is not one that this list gave"));
        }
        let docs = self.find(query).await?;
        Ok(Page::cut(docs, limit, |last| {
            let fields = last.fields();
            // An array field with elements after the prefix has no single place; such a list must fix it by equality.
            let keys = rest.iter().filter_map(|f| fields.get(f).first().cloned()).collect();
            Place { keys, id: last.id() }
        }))
    }

    /// Returns what may have been meant by a search of which nothing is written as it is asked; see [`crate::Search`].
    pub async fn search_near(&self, search: &Search) -> Result<Vec<D>, StoreError> {
        near::find(&*self.store, D::spec(), search)
            .await?
            .iter()
            .map(decode)
            .collect()
    }

    /// Returns one page of a text search, newest id first. When nothing is written as it is asked, what may have been meant, on one page.
    pub async fn search_page(&self, mut search: Search, cursor: Option<&str>) -> Result<Page<D>, Fault> {
        let limit = search.limit;
        search.limit = limit + 1;
        search.before = cursor.map(Cursor::decode::<String>).transpose()?;
        let found = self.store.search(D::COLLECTION, search.clone()).await?;
        if found.is_empty() && cursor.is_none() {
            search.limit = limit;
            let (items, next_cursor) = (self.search_near(&search).await?, None);
            return Ok(Page { items, next_cursor });
        }
        let docs = found.iter().map(decode).collect::<Result<Vec<D>, _>>()?;
        Ok(Page::cut(docs, limit, Document::id))
    }

    /// Counts what answers `query`, up to `cap`.
    pub async fn count(&self, query: Query, cap: u64) -> Result<u64, StoreError> {
        self.store.count(D::COLLECTION, query, cap).await
    }

    /// Adds a document with its events.
    pub async fn insert(&self, document: &D, events: Vec<Event>) -> Result<(), StoreError> {
        self.insert_marked(document, events, None).await
    }

    /// Adds a document with its events and an inbox mark.
    pub async fn insert_marked(&self, document: &D, events: Vec<Event>, mark: Option<Mark>) -> Result<(), StoreError> {
        let op = Op::Insert(RawDocument::of(document)?);
        self.store.write(Write { op, events, mark }).await.map(drop)
    }

    /// Adds several documents, each for itself.
    pub async fn insert_many(&self, documents: &[D]) -> Result<(), StoreError> {
        let raw = documents.iter().map(RawDocument::of).collect::<Result<Vec<_>, _>>()?;
        self.store.write(Op::InsertMany(raw).into()).await.map(drop)
    }

    /// Adds a document with the next number of `scope` in the unique index `index`; returns the number.
    /// `build` must be pure: it may run more than once.
    pub async fn append(
        &self,
        index: &'static str,
        scope: impl Into<Key>,
        build: impl Fn(u64) -> Result<(D, Vec<Event>), Fault> + Send + Sync + 'static,
    ) -> Result<u64, StoreError> {
        let build = Arc::new(move |number| {
            let (document, events) = build(number)?;
            Ok((RawDocument::of(&document).map_err(Fault::from)?, events))
        });
        let op = Op::Append(Append {
            collection: D::COLLECTION,
            index,
            scope: scope.into(),
            build,
        });
        self.store.write(op.into()).await
    }

    /// Reads a document, lets `decide` say what becomes of it, and writes that if nobody was faster; else again, at
    /// most 32 times. `decide` must be pure. `Ok(None)` when there is no such document. Errors of `decide` come back as they are.
    pub async fn update<R, E: From<StoreError>>(
        &self,
        id: impl ToString,
        decide: impl FnMut(D) -> Result<Change<D, R>, E>,
    ) -> Result<Option<R>, E> {
        self.update_marked(id, None, decide).await
    }

    /// The same, with an inbox mark: `StoreError::AlreadyProcessed` when the event was dealt with before.
    pub async fn update_marked<R, E: From<StoreError>>(
        &self,
        id: impl ToString,
        mark: Option<Mark>,
        mut decide: impl FnMut(D) -> Result<Change<D, R>, E>,
    ) -> Result<Option<R>, E> {
        let id = [id.to_string()];
        for _ in 0..UPDATE_ATTEMPTS_MAX {
            let Some(read) = self.store.get(D::COLLECTION, &id).await?.into_iter().next() else {
                return Ok(None);
            };
            let (write, answer) = decide(decode(&read)?)?.over(&read, mark.clone())?;
            let Some(write) = write else { return Ok(Some(answer)) };
            match self.store.write(write).await {
                Ok(_) => return Ok(Some(answer)),
                Err(StoreError::Conflict) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Err(StoreError::Busy.into())
    }

    /// Updates several documents (at most 1,001), each for itself, with one read and with all writes at once, which then share the
    /// price of a sync. `items` are their ids, each with what `decide` needs to know. Tries once: returns what came of each, as
    /// `update` does, but `Conflict` where another writer was faster.
    pub async fn update_many<T, R>(
        &self,
        items: &mut [(String, T)],
        mut decide: impl FnMut(&mut T, D) -> Result<Change<D, R>, StoreError>,
    ) -> Vec<Result<Option<R>, StoreError>> {
        if items.is_empty() {
            return Vec::new();
        }
        let ids: Vec<String> = items.iter().map(|(id, _)| id.clone()).collect();
        let found = match self.store.get(D::COLLECTION, &ids).await {
            Ok(found) => found,
            Err(e) => return ids.iter().map(|_| Err(e.clone())).collect(),
        };
        let found: HashMap<&str, &Stored> = found.iter().map(|read| (read.id.as_str(), read)).collect();
        let decided = items.iter_mut().map(|(id, with)| {
            let Some(read) = found.get(id.as_str()) else {
                return Ok(None);
            };
            decide(with, decode(read)?)?.over(read, None).map(Some)
        });
        let writes = decided.map(|decided| async move {
            let Some((write, answer)) = decided? else {
                return Ok(None);
            };
            if let Some(write) = write {
                self.store.write(write).await?;
            }
            Ok(Some(answer))
        });
        join_all(writes).await
    }

    /// Removes a document; no failure when it is not there.
    pub async fn delete(&self, id: impl ToString) -> Result<(), StoreError> {
        self.store
            .write(Op::Delete(D::COLLECTION, id.to_string(), None).into())
            .await
            .map(drop)
    }

    /// Removes several documents (at most 1,001), each for itself; no failure for those that are not there.
    pub async fn delete_many(&self, ids: Vec<String>) -> Result<(), StoreError> {
        self.store
            .write(Op::DeleteMany(D::COLLECTION, ids).into())
            .await
            .map(drop)
    }
}

fn decode<D: Document>(stored: &Stored) -> Result<D, StoreError> {
    serde_json::from_slice(&stored.body)
        .map_err(|e| StoreError::Backend(format!("{}/{}: {e}", D::COLLECTION, stored.id)))
}

//! Owns what one write does to its document. Refuses to number (`append.rs`) and to read.
//!
//! A document, its events and their place in the outbox change by **one** statement on one document, so they are
//! durable together with no transaction. Only a write with an inbox mark takes one (document and mark, two collections):
//! a mark outlives its document, is unique in the whole database and is kept for days, so it cannot stand in the document.
//! Transactions need a replica set, of which one member is enough.
//!
//! When an answer is lost on its way, the driver sends the statement again. A server that forgot the first time (it was
//! killed in between) then finds the id taken or the version gone; so each write has an id of its own, which the document
//! keeps as `by`, and one that finds itself there has succeeded.
//!
//! A deleted document with events to send becomes a tombstone: it keeps its id and its events alone and is removed when
//! the last of them was sent. An insert of the same id makes it a document again, at version 1, with what is still pending.

use ::mongodb::ClientSession;
use ::mongodb::bson::oid::ObjectId;
use ::mongodb::bson::{Document as Object, doc};
use contracts::Event;

use crate::mongodb::Core;
use crate::mongodb::failure::Failure;
use crate::mongodb::outbox::{DOCUMENT_EVENTS_MAX, Packed};
use crate::mongodb::shelf::Shelf;
use crate::{Mark, Op, RawDocument, StoreError, check};

/// How often a write is tried again that the server refused because of another one.
const ATTEMPTS_MAX: u32 = 64;

/// The transaction that a statement belongs to, if any.
pub type In<'a> = Option<&'a mut ClientSession>;

fn is_there(id: &str, version: Option<u64>) -> Object {
    match version {
        Some(version) => doc! { "_id": id, "version": version.cast_signed() },
        None => doc! { "_id": id, "version": { "$exists": true } },
    }
}

/// Adds to an update what appends events to the document's.
fn append_events(update: &mut Object, events: Option<Packed>) {
    if let Some(events) = events {
        update.insert("$push", doc! { "pending": { "$each": events.pending } });
        update.insert("$min", doc! { "due": events.first });
        update.insert("$max", doc! { "stamp": events.last });
    }
}

impl Core {
    /// Does a write that is no append.
    pub async fn apply(&self, op: Op, events: &[Event], mark: Option<Mark>) -> Result<u64, StoreError> {
        let (room, by) = (self.outbox.room(events.len())?, ObjectId::new());
        for attempt in 0..ATTEMPTS_MAX {
            let done = match &mark {
                Some(mark) => self.apply_marked(&op, events, mark, by).await,
                None => self.apply_in(None, &op, events, by).await,
            };
            match done {
                Ok(version) => {
                    room.committed();
                    self.note_numbers(&op);
                    if mark.is_some() {
                        self.sweep().await;
                    }
                    return Ok(version);
                }
                Err(e) if e.may_be_tried_again() => self.rest(attempt).await,
                Err(e) => return Err(e.into()),
            }
        }
        Err(StoreError::Busy)
    }

    async fn apply_marked(&self, op: &Op, events: &[Event], mark: &Mark, by: ObjectId) -> Result<u64, Failure> {
        let mut session = self.begin(mark).await?;
        let done = self.apply_in(Some(&mut session), op, events, by).await;
        self.end(session, done).await
    }

    /// Begins a transaction with its mark. `AlreadyProcessed` when the mark is there.
    pub(super) async fn begin(&self, mark: &Mark) -> Result<ClientSession, Failure> {
        let mut session = self.ask(self.client.start_session()).await?;
        self.ask(session.start_transaction()).await?;
        let marked = doc! { "_id": format!("{} {}", mark.consumer, mark.event), "at": self.ambient.now().millis() };
        match self.ask(self.marks().insert_one(marked).session(&mut session)).await {
            Ok(_) => Ok(session),
            Err(e) => {
                let taken = e.violated().is_some();
                let ended = self.end::<()>(session, Err(e)).await;
                Err(if taken {
                    StoreError::AlreadyProcessed.into()
                } else {
                    ended.err().unwrap_or(Failure::Late)
                })
            }
        }
    }

    /// Commits when all went well, else takes everything back.
    pub(super) async fn end<T>(&self, mut session: ClientSession, done: Result<T, Failure>) -> Result<T, Failure> {
        let done = match done {
            Ok(done) => done,
            Err(e) => {
                // If it cannot be aborted, the server does it by itself, for the session is gone.
                drop(self.ask(session.abort_transaction()).await);
                return Err(e);
            }
        };
        for attempt in 0..ATTEMPTS_MAX {
            match self.ask(session.commit_transaction()).await {
                Ok(()) => return Ok(done),
                Err(e) if e.leaves_commit_open() => self.rest(attempt).await,
                Err(e) => return Err(e),
            }
        }
        Err(Failure::Late)
    }

    async fn apply_in(&self, session: In<'_>, op: &Op, events: &[Event], by: ObjectId) -> Result<u64, Failure> {
        match op {
            Op::Insert(document) => {
                let shelf = self.shelf(document.collection)?;
                self.insert(session, &shelf, document, by, events).await?;
                Ok(1)
            }
            Op::InsertMany(documents) => {
                let documents: Vec<_> = documents.iter().map(|document| (document, 1)).collect();
                self.insert_all(session, &documents, by).await
            }
            Op::Restore(documents) => {
                let documents: Vec<_> = documents
                    .iter()
                    .map(|(document, version)| (document, *version))
                    .collect();
                self.insert_all(session, &documents, by).await
            }
            Op::Replace(document, version) => self.replace(session, document, *version, by, events).await,
            Op::Delete(collection, id, version) => self.delete(session, collection, id, *version, events).await,
            Op::DeleteMany(collection, ids) => self.delete_all(session, collection, ids).await,
            Op::Append(_) => Err(StoreError::Backend("an append has its own way".into()).into()),
        }
    }

    /// Returns a new document as it is inserted.
    pub(super) fn fresh(
        &self,
        shelf: &Shelf,
        document: &RawDocument,
        version: u64,
        by: ObjectId,
        events: &[Event],
    ) -> Result<Object, StoreError> {
        let mut object = doc! { "_id": &document.id, "version": version.cast_signed(), "by": by };
        object.extend(shelf.content(document)?);
        if let Some(events) = Packed::of(events, &self.stamps) {
            object.insert("pending", events.pending);
            object.insert("due", events.first);
            object.insert("stamp", events.last);
        }
        Ok(object)
    }

    async fn insert(
        &self,
        session: In<'_>,
        shelf: &Shelf,
        document: &RawDocument,
        by: ObjectId,
        events: &[Event],
    ) -> Result<(), Failure> {
        if session.is_some() {
            // What fails within a transaction ends it, so the way that knows tombstones is taken at once.
            return self.insert_over(session, shelf, document, 1, by, events).await;
        }
        let fresh = self.fresh(shelf, document, 1, by, events)?;
        match self.ask(self.objects(shelf).insert_one(fresh)).await {
            Ok(_) => Ok(()),
            Err(e) if e.violated() == Some("_id_") => self.insert_over(None, shelf, document, 1, by, events).await,
            Err(e) => Err(self.refuse(shelf, e)),
        }
    }

    /// Inserts where a tombstone may be. Where a document is, the id is taken.
    pub(super) async fn insert_over(
        &self,
        session: In<'_>,
        shelf: &Shelf,
        document: &RawDocument,
        version: u64,
        by: ObjectId,
        events: &[Event],
    ) -> Result<(), Failure> {
        if session.is_none() && self.wrote(shelf, &document.id, by).await? {
            return Ok(());
        }
        let mut content = shelf.content(document)?;
        content.insert("version", version.cast_signed());
        content.insert("by", by);
        let mut update = doc! { "$set": content };
        append_events(&mut update, Packed::of(events, &self.stamps));
        let on = self.objects(shelf);
        let tombstone = doc! { "_id": &document.id, "version": { "$exists": false } };
        let mut asked = on.update_one(tombstone, update).upsert(true);
        if let Some(session) = session {
            asked = asked.session(session);
        }
        self.ask(asked).await.map(drop).map_err(|e| self.refuse(shelf, e))
    }

    /// Inserts documents up to the first that fails.
    async fn insert_all(
        &self,
        mut session: In<'_>,
        documents: &[(&RawDocument, u64)],
        by: ObjectId,
    ) -> Result<u64, Failure> {
        let (mut rest, mut attempt) = (documents, 0);
        while let Some((first, _)) = rest.first() {
            let shelf = self.shelf(first.collection)?;
            let same = rest
                .iter()
                .take_while(|(d, _)| d.collection == first.collection)
                .count();
            let (now, later) = rest.split_at(same);
            let fresh = now
                .iter()
                .map(|(document, version)| self.fresh(&shelf, document, *version, by, &[]));
            let fresh = fresh.collect::<Result<Vec<_>, _>>()?;
            let on = self.objects(&shelf);
            let mut asked = on.insert_many(fresh);
            if let Some(session) = session.as_deref_mut() {
                asked = asked.session(session);
            }
            rest = match self.ask(asked).await {
                Ok(_) => later,
                Err(e) => match e.inserted().and_then(|n| rest.split_at_checked(n)) {
                    Some((_, from)) if session.is_none() && e.violated() == Some("_id_") => {
                        let Some(((document, version), after)) = from.split_first() else {
                            return Err(e);
                        };
                        self.insert_over(None, &shelf, document, *version, by, &[]).await?;
                        after
                    }
                    Some((_, from)) if session.is_none() && e.may_be_tried_again() && attempt < ATTEMPTS_MAX => {
                        self.rest(attempt).await;
                        attempt += 1;
                        from
                    }
                    _ => return Err(self.refuse(&shelf, e)),
                },
            };
        }
        Ok(0)
    }

    async fn replace(
        &self,
        mut session: In<'_>,
        document: &RawDocument,
        version: u64,
        by: ObjectId,
        events: &[Event],
    ) -> Result<u64, Failure> {
        let shelf = self.shelf(document.collection)?;
        let mut content = shelf.content(document)?;
        content.insert("version", (version + 1).cast_signed());
        content.insert("by", by);
        let mut update = doc! { "$set": content };
        append_events(&mut update, Packed::of(events, &self.stamps));
        match self
            .change(session.as_deref_mut(), &shelf, (&document.id, version), update, events)
            .await
        {
            Err(_) if session.is_none() && self.wrote(&shelf, &document.id, by).await? => {}
            done => done?,
        }
        Ok(version + 1)
    }

    /// Tells whether a document is as this write left it.
    async fn wrote(&self, shelf: &Shelf, id: &str, by: ObjectId) -> Result<bool, Failure> {
        let on = self.objects(shelf);
        let asked = on.find_one(doc! { "_id": id, "by": by }).projection(doc! { "_id": 1 });
        Ok(self.ask(asked).await?.is_some())
    }

    /// Changes the document at a version. `Conflict` when there is none, `Busy` when too many of its events wait.
    async fn change(
        &self,
        mut session: In<'_>,
        shelf: &Shelf,
        (id, version): (&str, u64),
        update: Object,
        events: &[Event],
    ) -> Result<(), Failure> {
        let (on, filter) = (self.objects(shelf), is_there(id, Some(version)));
        let mut with_room = filter.clone();
        if !events.is_empty() {
            let last = DOCUMENT_EVENTS_MAX.saturating_sub(events.len());
            with_room.insert(format!("pending.{last}"), doc! { "$exists": false });
        }
        let mut asked = on.update_one(with_room, update);
        if let Some(session) = session.as_deref_mut() {
            asked = asked.session(session);
        }
        if self.ask(asked).await.map_err(|e| self.refuse(shelf, e))?.matched_count == 1 {
            return Ok(());
        }
        if events.is_empty() {
            return Err(StoreError::Conflict.into());
        }
        let mut asked = on.find_one(filter).projection(doc! { "_id": 1 });
        if let Some(session) = session {
            asked = asked.session(session);
        }
        let full = self.ask(asked).await?.is_some();
        Err(if full { StoreError::Busy } else { StoreError::Conflict }.into())
    }

    /// Removes a document. With events, its own or earlier ones that still wait, a tombstone stays.
    async fn delete(
        &self,
        mut session: In<'_>,
        collection: &str,
        id: &str,
        version: Option<u64>,
        events: &[Event],
    ) -> Result<u64, Failure> {
        let shelf = self.shelf(collection)?;
        let on = self.objects(&shelf);
        if events.is_empty() {
            let mut nothing_waits = is_there(id, version);
            nothing_waits.insert("due", doc! { "$exists": false });
            let mut asked = on.delete_one(nothing_waits);
            if let Some(session) = session.as_deref_mut() {
                asked = asked.session(session);
            }
            if self.ask(asked).await?.deleted_count == 1 {
                return Ok(0);
            }
        }
        let mut update = doc! { "$unset": { "version": "", "body": "", "keys": "", "scopes": "", "words": "" } };
        append_events(&mut update, Packed::of(events, &self.stamps));
        // What is not there may be removed without a version, and its events are told all the same.
        let tells_anyway = version.is_none() && !events.is_empty();
        let filter = if tells_anyway {
            doc! { "_id": id }
        } else {
            is_there(id, version)
        };
        let mut asked = on.update_one(filter, update).upsert(tells_anyway);
        if let Some(session) = session.as_deref_mut() {
            asked = asked.session(session);
        }
        let buried = self.ask(asked).await?.matched_count == 1;
        if !buried && version.is_some() {
            return Err(StoreError::Conflict.into());
        }
        if buried && events.is_empty() {
            // What waited may have been sent in between; then nobody else would remove the tombstone.
            let empty = doc! { "_id": id, "version": { "$exists": false }, "due": { "$exists": false } };
            let mut asked = on.delete_one(empty);
            if let Some(session) = session {
                asked = asked.session(session);
            }
            self.ask(asked).await?;
        }
        Ok(0)
    }

    /// Removes documents, whether they are there or not: at once those of which no event waits, the others one by one. The
    /// driver does not send this again when an answer is lost; who tries the same again does no harm.
    async fn delete_all(&self, mut session: In<'_>, collection: &str, ids: &[String]) -> Result<u64, Failure> {
        check::deletes(ids.len())?;
        if ids.is_empty() {
            return Ok(0);
        }
        let shelf = self.shelf(collection)?;
        let on = self.objects(&shelf);
        let silent = doc! { "_id": { "$in": ids }, "version": { "$exists": true }, "due": { "$exists": false } };
        let mut asked = on.delete_many(silent);
        if let Some(session) = session.as_deref_mut() {
            asked = asked.session(session);
        }
        let removed = self.ask(asked).await?.deleted_count;
        if removed == ids.len() as u64 {
            return Ok(0);
        }
        for stored in self.get(&shelf, ids).await? {
            self.delete(session.as_deref_mut(), collection, &stored.id, None, &[])
                .await?;
        }
        Ok(0)
    }

    /// Names the index of ours that was violated; leaves every other failure as it is.
    pub(super) fn refuse(&self, shelf: &Shelf, failure: Failure) -> Failure {
        match failure.violated() {
            Some(_) => self.refused(shelf, failure).into(),
            None => failure,
        }
    }

    /// Pauses before another attempt, longer each time, up to 64 ms.
    pub(super) async fn rest(&self, attempt: u32) {
        let pause = std::time::Duration::from_millis(1 << attempt.min(6));
        tokio::time::sleep(self.ambient.jitter(pause, 0.5)).await;
    }
}

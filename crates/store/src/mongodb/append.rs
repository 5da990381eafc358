//! Owns how documents get the numbers of their scope. Refuses to lock anything in the server.
//!
//! The number is taken by the insert itself: the document carries the next one, and the unique index refuses it when
//! another process was faster; then the greatest number is read and the next one tried. A number is inserted only
//! after its predecessor is there, so a scope has no gap and its order is that of acknowledgement, whoever writes.
//!
//! Within a process each scope has a lane: appends wait in it, and what waits goes to the server as one ordered
//! insert of up to 64 documents. So writers of one room do not fight each other for numbers and share the price
//! of a journalled majority write. A task of its own works the lane, so that a caller who goes away harms no neighbour.
//!
//! The last number is remembered while the lane is. As in the other adapter, a number is not given twice while it is
//! remembered, even when the newest document is deleted; after that counting goes on from the greatest that is there.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ::mongodb::bson::oid::ObjectId;
use ::mongodb::bson::{Document as Object, doc};
use contracts::Event;
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::mongodb::Core;
use crate::mongodb::failure::Failure;
use crate::mongodb::lanes::{Lane, Waiting};
use crate::mongodb::outbox::Room;
use crate::mongodb::shelf::{Ordered, Shelf};
use crate::{Append, Mark, RawDocument, StoreError, check};

/// Documents in one insert.
const BATCH_WRITES_MAX: usize = 64;
/// Bytes of documents after which an insert takes no more.
const BATCH_BYTES_MAX: usize = 8 << 20;
/// How often other processes may be faster in a row, before a write is `Busy`.
const LOST_MAX: u32 = 256;

/// An append whose document is built.
struct Built<'a> {
    waiting: Waiting,
    number: u64,
    document: RawDocument,
    events: Vec<Event>,
    room: Room<'a>,
}

impl Built<'_> {
    fn end(self, result: Result<u64, StoreError>) {
        if result.is_ok() {
            self.room.committed();
        }
        self.waiting.end(result);
    }
}

impl Core {
    /// Gives a document the next number of its scope and inserts it.
    pub async fn append(
        self: &Arc<Self>,
        append: Append,
        events: Vec<Event>,
        mark: Option<Mark>,
        permit: OwnedSemaphorePermit,
    ) -> Result<u64, StoreError> {
        let shelf = self.shelf(append.collection)?;
        check::numbers(shelf.ordered(append.index).map(|o| &o.index), &append)?;
        let (answer, answered) = oneshot::channel();
        let lane = self.lanes.of(&(append.collection, append.index, append.scope.clone()));
        let begins = {
            let mut held = lane.lock();
            held.waiting.push_back(Waiting {
                append,
                events,
                mark,
                by: ObjectId::new(),
                answer,
                permit,
            });
            !std::mem::replace(&mut held.works, true)
        };
        if begins {
            tokio::spawn(self.clone().work(shelf, lane));
        }
        answered.await.map_err(|_| check::closed())?
    }

    /// Works a lane until nothing waits in it.
    async fn work(self: Arc<Self>, shelf: Arc<Shelf>, lane: Arc<Mutex<Lane>>) {
        loop {
            let (batch, last) = {
                let mut lane = lane.lock();
                if lane.waiting.is_empty() {
                    lane.works = false;
                    return;
                }
                let now = lane.waiting.len().min(BATCH_WRITES_MAX);
                (lane.waiting.drain(..now).collect(), lane.last)
            };
            let reached = self.number_all(&shelf, batch, last).await;
            let mut lane = lane.lock();
            // It may have been noted meanwhile that the scope is further.
            lane.last = reached.map(|reached| lane.last.map_or(reached, |noted| noted.max(reached)));
        }
    }

    /// Numbers and answers a batch of one scope; returns the last number, when it is still known.
    async fn number_all(&self, shelf: &Shelf, mut batch: VecDeque<Waiting>, mut last: Option<u64>) -> Option<u64> {
        let mut lost = 0;
        while let Some(first) = batch.front() {
            let Some(ordered) = shelf.ordered(first.append.index) else {
                break;
            };
            let from = match last {
                Some(last) => last,
                None => match self.greatest(shelf, ordered, &first.append.scope).await {
                    Ok(greatest) => greatest,
                    Err(e) => return end_all(batch, &e.into()),
                },
            };
            if lost > LOST_MAX {
                return end_all(batch, &StoreError::Busy);
            }
            let before = lost;
            (last, lost) = match first.mark.is_some() {
                true => self.number_marked(shelf, ordered, &mut batch, from, lost).await,
                false => self.number_some(shelf, ordered, &mut batch, from, lost).await,
            };
            if lost > before {
                self.rest(lost).await;
            }
        }
        last
    }

    /// Numbers as many as go into one insert. Returns the last number when it is still known, and how often in a row others were faster.
    async fn number_some(
        &self,
        shelf: &Shelf,
        ordered: &Ordered,
        batch: &mut VecDeque<Waiting>,
        from: u64,
        lost: u32,
    ) -> (Option<u64>, u32) {
        let (mut built, mut objects, mut bytes) = (VecDeque::new(), Vec::new(), 0);
        while bytes < BATCH_BYTES_MAX
            && let Some(next) = batch.pop_front_if(|next| next.mark.is_none())
        {
            let number = from + 1 + built.len() as u64;
            match self.build(shelf, ordered, next, number) {
                Ok((one, object)) => {
                    bytes += one.document.body.len();
                    objects.push(object);
                    built.push_back(one);
                }
                Err(refused) => refused.0.end(Err(refused.1)),
            }
        }
        if built.is_empty() {
            return (Some(from), lost);
        }
        let done = self.ask(self.objects(shelf).insert_many(objects)).await;
        let (mut last, mut lost) = (Some(from), lost);
        let inserted = match &done {
            Ok(_) => built.len(),
            Err(e) => e.inserted().unwrap_or(0),
        };
        for one in built.drain(..inserted.min(built.len())) {
            (last, lost) = (Some(one.number), 0);
            let number = one.number;
            one.end(Ok(number));
        }
        let (Err(e), Some(failed)) = (done, built.pop_front()) else {
            return (last, lost);
        };
        if e.violated() == Some("_id_") {
            if let Some(number) = self.number_written(shelf, ordered, &failed).await {
                last = None;
                failed.end(Ok(number));
            } else {
                (last, lost) = self.number_over(shelf, ordered, failed, (last, lost), &mut built).await;
            }
        } else if e.violated() == Some(ordered.name.as_str()) || (e.may_be_tried_again() && e.inserted().is_some()) {
            (last, lost) = (None, lost + 1);
            built.push_front(failed);
        } else if e.violated().is_some() {
            failed.end(Err(self.refused(shelf, e)));
        } else {
            // Not known how far it came.
            let e = StoreError::from(e);
            failed.end(Err(e.clone()));
            built.drain(..).for_each(|one| one.end(Err(e.clone())));
            return (None, lost);
        }
        // Those behind it were not tried; they are numbered anew, in their order.
        for one in built.into_iter().rev() {
            batch.push_front(one.waiting);
        }
        (last, lost)
    }

    /// Returns the number of a document that is there by this very write, though its answer was lost.
    async fn number_written(&self, shelf: &Shelf, ordered: &Ordered, one: &Built<'_>) -> Option<u64> {
        let by = doc! { "_id": &one.document.id, "by": one.waiting.by };
        let on = self.documents(shelf);
        let asked = on.find_one(by).projection(doc! { ordered.path.as_str(): 1 });
        self.ask(asked).await.ok()?.and_then(|row| ordered.number(&row))
    }

    /// Inserts one whose id was found taken, perhaps by a tombstone.
    async fn number_over<'a>(
        &self,
        shelf: &Shelf,
        ordered: &Ordered,
        one: Built<'a>,
        (last, lost): (Option<u64>, u32),
        built: &mut VecDeque<Built<'a>>,
    ) -> (Option<u64>, u32) {
        let (by, number) = (one.waiting.by, one.number);
        let done = self.insert_over(None, shelf, &one.document, 1, by, &one.events).await;
        match done {
            Ok(()) => {
                one.end(Ok(number));
                (Some(number), lost)
            }
            Err(e) if is_taken(&e, ordered) => {
                built.push_front(one);
                (None, lost + 1)
            }
            Err(e) => {
                let known = matches!(e, Failure::Store(_));
                one.end(Err(e.into()));
                (last.filter(|_| known), lost)
            }
        }
    }

    /// Numbers one that brings a mark: with it, in a transaction of its own.
    async fn number_marked(
        &self,
        shelf: &Shelf,
        ordered: &Ordered,
        batch: &mut VecDeque<Waiting>,
        from: u64,
        lost: u32,
    ) -> (Option<u64>, u32) {
        let Some(next) = batch.pop_front() else {
            return (Some(from), lost);
        };
        let one = match self.build(shelf, ordered, next, from + 1) {
            Ok((one, _)) => one,
            Err(refused) => {
                refused.0.end(Err(refused.1));
                return (Some(from), lost);
            }
        };
        let done = match &one.waiting.mark {
            Some(mark) => self.insert_marked(shelf, mark, &one).await,
            None => Ok(()),
        };
        match done {
            Ok(()) => {
                let number = one.number;
                one.end(Ok(number));
                (Some(number), 0)
            }
            Err(e) if is_taken(&e, ordered) || e.may_be_tried_again() => {
                batch.push_front(one.waiting);
                (None, lost + 1)
            }
            Err(e) => {
                let known = matches!(e, Failure::Store(_));
                one.end(Err(e.into()));
                (known.then_some(from), lost)
            }
        }
    }

    async fn insert_marked(&self, shelf: &Shelf, mark: &Mark, one: &Built<'_>) -> Result<(), Failure> {
        let mut session = self.begin(mark).await?;
        let done = self
            .insert_over(Some(&mut session), shelf, &one.document, 1, one.waiting.by, &one.events)
            .await;
        self.end(session, done).await
    }

    /// Builds the document of a number, and takes room for its events.
    fn build(
        &self,
        shelf: &Shelf,
        ordered: &Ordered,
        waiting: Waiting,
        number: u64,
    ) -> Result<(Built<'_>, Object), Box<(Waiting, StoreError)>> {
        // A panic of the caller's function must not end the task that writes for all.
        let build = AssertUnwindSafe(|| (waiting.append.build)(number));
        let built = match catch_unwind(build) {
            Ok(built) => built.map_err(StoreError::Refused),
            Err(_) => Err(StoreError::Backend(
                "the function that builds the document panicked".into(),
            )),
        };
        let ready = built.and_then(|(document, told)| {
            check::carries(&ordered.index, &waiting.append, &document, number)?;
            let events: Vec<Event> = waiting.events.iter().cloned().chain(told).collect();
            let room = self.outbox.room(events.len())?;
            let object = self.fresh(shelf, &document, 1, waiting.by, &events)?;
            Ok((document, events, room, object))
        });
        match ready {
            Ok((document, events, room, object)) => {
                let built = Built {
                    waiting,
                    number,
                    document,
                    events,
                    room,
                };
                Ok((built, object))
            }
            Err(e) => Err(Box::new((waiting, e))),
        }
    }
}

fn is_taken(failure: &Failure, ordered: &Ordered) -> bool {
    matches!(failure, Failure::Store(StoreError::Unique { index }) if index == ordered.index.name)
}

fn end_all(batch: VecDeque<Waiting>, e: &StoreError) -> Option<u64> {
    batch.into_iter().for_each(|waiting| waiting.end(Err(e.clone())));
    None
}

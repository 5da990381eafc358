//! Owns the lanes in which appends of one scope wait, and the last number of each. Refuses to give numbers: `append.rs` does.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use ::mongodb::bson::oid::ObjectId;
use contracts::Event;
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::mongodb::Core;
use crate::{Append, IndexKind, Key, Mark, Op, RawDocument, StoreError};

/// Scopes that are remembered; beyond that those that are at rest are forgotten.
pub const SCOPES_MAX: usize = 65_536;

/// Where the answer of an append goes.
pub type Answer = oneshot::Sender<Result<u64, StoreError>>;
/// Collection, index and scope.
pub type Scope = (&'static str, &'static str, Key);

/// An append that waits for its number.
pub struct Waiting {
    /// What to do.
    pub append: Append,
    /// Events beside those that are built.
    pub events: Vec<Event>,
    /// Its inbox mark.
    pub mark: Option<Mark>,
    /// The id of the write, the same whatever number it gets.
    pub by: ObjectId,
    /// Where its answer goes.
    pub answer: Answer,
    /// Its place in the queue, free again when it is answered.
    pub permit: OwnedSemaphorePermit,
}

impl Waiting {
    /// Answers, and gives the place back.
    pub fn end(self, result: Result<u64, StoreError>) {
        drop(self.answer.send(result));
        drop(self.permit);
    }
}

/// What waits in one scope, and how far it is.
#[derive(Default)]
pub struct Lane {
    /// In the order in which they came.
    pub waiting: VecDeque<Waiting>,
    /// The last number given, when it is known.
    pub last: Option<u64>,
    /// A task works it.
    pub works: bool,
}

/// The lanes of a store.
#[derive(Default)]
pub struct Lanes(Mutex<HashMap<Scope, Arc<Mutex<Lane>>>>);

impl Lanes {
    /// Returns the lane of a scope.
    pub fn of(&self, scope: &Scope) -> Arc<Mutex<Lane>> {
        let mut lanes = self.0.lock();
        if lanes.len() >= SCOPES_MAX && !lanes.contains_key(scope) {
            lanes.retain(|_, lane| lane.lock().works);
        }
        lanes.entry(scope.clone()).or_default().clone()
    }

    /// Returns the lane of a scope that has one.
    pub fn known(&self, scope: &Scope) -> Option<Arc<Mutex<Lane>>> {
        self.0.lock().get(scope).cloned()
    }
}

impl Core {
    /// Takes note of numbers that came by another way than an append, where a lane remembers the last.
    pub(super) fn note_numbers(&self, op: &Op) {
        match op {
            Op::Insert(document) | Op::Replace(document, _) => self.note_number(document),
            Op::InsertMany(documents) => documents.iter().for_each(|document| self.note_number(document)),
            Op::Restore(documents) => documents.iter().for_each(|(document, _)| self.note_number(document)),
            Op::Delete(..) | Op::DeleteMany(..) | Op::Append(_) => {}
        }
    }

    fn note_number(&self, document: &RawDocument) {
        let Ok(shelf) = self.shelf(document.collection) else {
            return;
        };
        for index in shelf
            .ordered
            .iter()
            .map(|o| &o.index)
            .filter(|i| i.kind == IndexKind::Unique)
        {
            let [scope, number] = index.fields else { continue };
            let (scope, number) = (document.fields.get(scope), document.fields.get(number));
            let ([scope], [Key::Int(number)]) = (scope, number) else {
                continue;
            };
            if let Some(lane) = self.lanes.known(&(document.collection, index.name, scope.clone())) {
                let mut lane = lane.lock();
                let number = u64::try_from(*number).unwrap_or(0);
                lane.last = lane.last.map(|last| last.max(number));
            }
        }
    }
}

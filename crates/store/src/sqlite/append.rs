//! Owns how the writer gives a document the next number of its scope. Refuses to remember numbers: `numbers.rs` does.

use std::panic::{AssertUnwindSafe, catch_unwind};

use contracts::Event;

use crate::sqlite::apply::{self, Failure};
use crate::sqlite::writer::{self, Batch, Writer};
use crate::{Append, StoreError, check, keys};

impl Writer {
    /// Gives the next number of the scope.
    pub(super) fn append(
        &mut self,
        batch: &mut Batch,
        append: &Append,
        events: usize,
    ) -> Result<(u64, Vec<Event>), Failure> {
        let last = match self.numbers.last(append.collection, append.index, &append.scope) {
            Some(last) => last,
            None => self.last_number(append)?,
        };
        let built = self.append_at(batch, append, last + 1, events)?;
        // The document may stand in other numbered indexes too, at places that nobody was given.
        self.numbers.forget_others(append.collection, append.index);
        self.numbers
            .note(append.collection, append.index, &append.scope, last + 1);
        Ok((last + 1, built))
    }

    fn last_number(&mut self, append: &Append) -> Result<u64, Failure> {
        let kept = writer::kept(&mut self.collections, append.collection)?;
        let found = kept.shelf.plan.ordered(append.index);
        check::numbers(found.map(|(_, o)| &o.index), append).map_err(Failure::One)?;
        let at = found.map_or(0, |(at, _)| at);
        let range = keys::Range::of(std::slice::from_ref(&append.scope), None, None);
        Ok(apply::last_number(&self.conn, kept, at, &range)?)
    }

    fn append_at(
        &mut self,
        batch: &mut Batch,
        append: &Append,
        number: u64,
        events: usize,
    ) -> Result<Vec<Event>, Failure> {
        // A panic of the caller's function must not end the thread that writes for all.
        let built = catch_unwind(AssertUnwindSafe(|| (append.build)(number))).map_err(|_| {
            Failure::One(StoreError::Backend(
                "the function that builds the document panicked".into(),
            ))
        })?;
        let (document, built) = built.map_err(|fault| Failure::One(StoreError::Refused(fault)))?;
        self.check_room(batch, events + built.len())?;
        let kept = writer::kept(&mut self.collections, append.collection)?;
        let at = match kept.shelf.plan.ordered(append.index) {
            Some((at, ordered)) => {
                check::carries(&ordered.index, append, &document, number).map_err(Failure::One)?;
                Some(at)
            }
            None => None,
        };
        batch.bytes += document.body.len();
        apply::insert(&self.conn, kept, (&document, 1), at)?;
        Ok(built)
    }
}

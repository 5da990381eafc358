//! Owns how a member asks the log about letters and parked keys. Refuses to write SQL.
//!
//! What is to be written is queued when it is asked for, so that the thread's next transaction has it.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::journal::Journal;
use super::letters;
use crate::BusError;
use crate::hands::{Known, Ledger, Letter, Parking, Placed, Seat, Standing, Taken};

impl Ledger for Journal {
    fn open(&self, taken: &[Taken]) -> BoxFuture<'static, Result<Vec<Known>, BusError>> {
        let taken: Vec<(Seat, i64)> = taken.iter().map(|t| (t.seat.clone(), t.next)).collect();
        let read = move |from: &rusqlite::Connection| {
            let known = taken.iter().map(|(seat, next)| {
                Ok(Known {
                    slot: seat.slot,
                    parked: letters::parked(from, seat)?,
                    lettered: letters::lettered(from, seat, *next)?,
                })
            });
            known.collect()
        };
        // In the writer's queue: behind the letters of whoever had the partition before.
        self.writer.run(read).boxed()
    }

    fn write(
        &self,
        seat: &Seat,
        letters: Vec<Letter>,
        park: Option<Parking>,
    ) -> BoxFuture<'static, Result<(), BusError>> {
        let (seat, now) = (seat.clone(), self.ambient.now());
        let write = move |to: &rusqlite::Connection| letters::write(to, &seat, &letters, park.as_ref(), now);
        self.writer.run(write).boxed()
    }

    fn released(&self, seat: &Seat, key: &Arc<str>) -> BoxFuture<'static, Result<Vec<Placed>, BusError>> {
        let (readers, seat, key) = (self.readers.clone(), seat.clone(), key.clone());
        async move { readers.read(move |from| letters::released(from, &seat, &key)).await }.boxed()
    }

    fn remove(&self, seat: &Seat, letter: &Placed) -> BoxFuture<'static, Result<(), BusError>> {
        let (seat, offset) = (seat.clone(), letter.0);
        self.writer.run(move |on| letters::remove(on, &seat, offset)).boxed()
    }

    fn bury(&self, seat: &Seat, letter: Letter, park: bool) -> BoxFuture<'static, Result<(), BusError>> {
        let (seat, now) = (seat.clone(), self.ambient.now());
        let bury = move |on: &rusqlite::Connection| {
            letters::bury(on, &seat, &letter, now)?;
            match park {
                true => letters::park_again(on, &seat, &letter.event.key, &letter.event.id.to_string()),
                false => Ok(()),
            }
        };
        self.writer.run(bury).boxed()
    }

    fn free(&self, seat: &Seat, key: &Arc<str>) -> BoxFuture<'static, Result<Standing, BusError>> {
        let (seat, key) = (seat.clone(), key.clone());
        self.writer.run(move |on| letters::free(on, &seat, &key)).boxed()
    }
}

//! Owns handing a released key's letters to their group again, in order. Refuses to know the log.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::Timestamp;
use tokio_util::sync::CancellationToken;

use super::letters::{FETCH_MAX, LetterBox, Letters, Note, Whole};
use super::troubles::{Entry, Mark};
use crate::attempt::{Attempts, Outcome};
use crate::{BusError, OnPoison};

/// How the handing out of a key's letters ended, and what became of each letter.
pub(super) struct Drained {
    pub end: End,
    /// Letters that were dealt with.
    pub gone: Vec<i64>,
    /// Letters that failed again.
    pub kept: Vec<Wrote>,
}

/// How it ended.
pub(super) enum End {
    /// Every letter that was to be seen has been dealt with.
    Empty,
    /// An event failed again, and the key is parked again.
    ParkedAgain(Mark),
    /// Given up because the partition goes elsewhere; the next holder goes on.
    Abandoned,
}

/// A letter that has become durable.
pub(super) struct Wrote {
    pub offset: i64,
    pub place: i64,
    pub key: Arc<str>,
    pub at: Timestamp,
}

impl Wrote {
    /// Returns the record as others read it.
    pub fn entry(&self, kept: bool) -> Entry {
        Entry::Letter {
            offset: self.offset,
            key: self.key.clone(),
            at: self.at,
            kept,
        }
    }
}

/// A released key's letters on their way to their group again.
pub(super) struct HandingOut {
    pub letters: Arc<Letters>,
    pub attempts: Arc<Attempts>,
    pub of: LetterBox,
    pub partition: i32,
    pub key: Arc<str>,
    pub since: i64,
    pub on_poison: OnPoison,
    pub author: Arc<str>,
}

impl HandingOut {
    /// Hands out letters, each given as (offset, place), in order.
    pub async fn run(&self, released: Vec<(i64, i64)>, give_up: CancellationToken) -> Result<Drained, BusError> {
        let mut drained = Drained {
            end: End::Empty,
            gone: Vec::new(),
            kept: Vec::new(),
        };
        for batch in released.chunks(FETCH_MAX) {
            let places: HashSet<i64> = batch.iter().map(|(_, place)| *place).collect();
            let mut letters = self.letters.fetch(&self.of, self.partition, places).await?;
            letters.sort_by_key(|letter| letter.offset);
            for letter in letters {
                if give_up.is_cancelled() {
                    drained.end = End::Abandoned;
                    return Ok(drained);
                }
                if let Some(end) = self.one(letter, &give_up, &mut drained).await? {
                    drained.end = end;
                    return Ok(drained);
                }
            }
            // Also those that somebody else has dealt with.
            let is_kept = |offset: &i64| drained.kept.iter().any(|k| k.offset == *offset);
            let gone = batch
                .iter()
                .map(|(offset, _)| *offset)
                .filter(|offset| !is_kept(offset));
            drained.gone.extend(gone);
        }
        Ok(drained)
    }

    /// Hands out one letter; returns how all ends when it ends here.
    async fn one(
        &self,
        letter: Whole,
        give_up: &CancellationToken,
        drained: &mut Drained,
    ) -> Result<Option<End>, BusError> {
        let (offset, at) = (letter.offset, self.attempts.ambient.now());
        match self.attempts.run(&letter.event, give_up).await {
            Outcome::Abandoned => Ok(Some(End::Abandoned)),
            Outcome::Acked => {
                self.write(vec![Note::Gone(offset, self.key.clone())]).await?;
                drained.gone.push(offset);
                Ok(None)
            }
            Outcome::Poison(reason) => {
                let skip = self.on_poison == OnPoison::Skip;
                let mark = Mark {
                    head: letter.event.id.to_string(),
                    since: self.since,
                    releasing: false,
                };
                let mut notes = vec![Note::Letter(Whole { reason, at, ..letter }, skip)];
                if !skip {
                    notes.push(Note::Key(self.key.clone(), mark.clone()));
                }
                let places = self.write(notes).await?;
                drained.kept.push(Wrote {
                    offset,
                    place: places.first().copied().unwrap_or_default(),
                    key: self.key.clone(),
                    at,
                });
                Ok((!skip).then_some(End::ParkedAgain(mark)))
            }
        }
    }

    async fn write(&self, notes: Vec<Note>) -> Result<Vec<i64>, BusError> {
        let now = self.attempts.ambient.now();
        let places = self.letters.write(&self.of, self.partition, notes, (&self.author, now));
        places.await
    }
}

//! Owns what one member knows of the letters and parked keys of its partitions: the records in their topics, its own as it writes them and
//! those of others as it reads them. Refuses to run handlers.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{BoxFuture, try_join_all};
use kernel::Ambient;
use parking_lot::Mutex;

use super::letters::{FETCH_MAX, LetterBox, Letters, Note, Read, Whole};
use super::troubles::{Entry, Mark, Troubles};
use crate::BusError;
use crate::hands::{Known, Ledger, Letter, Parking, Placed, Seat, Standing, Taken};

/// A released key in a slot.
pub(super) type Released = (u32, Arc<str>);

/// The letters of a member's partitions. A clone is the same one.
#[derive(Clone)]
pub(super) struct Notebook {
    letters: Arc<Letters>,
    /// The letters of the group about each topic of the subscription.
    boxes: Arc<[LetterBox]>,
    /// Letters that nothing waits for are kept so long.
    kept: Duration,
    ambient: Ambient,
    /// Signs what the member writes.
    author: Arc<str>,
    /// By slot.
    pages: Arc<Mutex<BTreeMap<u32, Page>>>,
}

/// What is known of one partition.
struct Page {
    seat: Seat,
    troubles: Troubles,
}

impl Notebook {
    /// Starts without partitions.
    pub fn new(letters: Arc<Letters>, boxes: Arc<[LetterBox]>, kept: Duration, ambient: Ambient) -> Self {
        Self {
            letters,
            boxes,
            kept,
            author: ambient.token::<12>().into(),
            ambient,
            pages: Arc::default(),
        }
    }

    /// Returns the name of a topic by its place in the subscription.
    pub fn topic(&self, place: usize) -> Option<&Arc<str>> {
        self.boxes.get(place).map(|of| &of.channel.name)
    }

    /// Forgets a partition that was given up.
    pub fn forget(&self, slot: u32) {
        self.pages.lock().remove(&slot);
    }

    /// Tells whether any partition has letters or parked keys.
    pub fn has_troubles(&self) -> bool {
        self.pages.lock().values().any(|page| !page.troubles.is_empty())
    }

    /// Reads what others have written about the letters of partitions that have any. Returns the keys that were released. What cannot be
    /// read now is left to the next look.
    pub async fn look(self) -> Vec<Released> {
        let mut released = Vec::new();
        for of in self.boxes.iter() {
            let from: Vec<(i32, i64)> = self
                .pages
                .lock()
                .values()
                .filter(|page| page.seat.topic == of.channel.name && !page.troubles.is_empty())
                .map(|page| (i32::from(page.seat.partition), page.troubles.next))
                .collect();
            if from.is_empty() {
                continue;
            }
            let read = match self.letters.read_on(of, from, Some(self.author.clone())).await {
                Ok(read) => read,
                Err(error) => {
                    tracing::debug!(%error, wire = %of.wire, "a look for releases failed");
                    continue;
                }
            };
            let mut pages = self.pages.lock();
            for read in read {
                let is_it = |page: &&mut Page| {
                    page.seat.topic == of.channel.name && i32::from(page.seat.partition) == read.partition
                };
                if let Some(page) = pages.values_mut().find(is_it) {
                    released.extend(page.read_on(read));
                }
            }
        }
        released
    }

    fn of(&self, seat: &Seat) -> Result<&LetterBox, BusError> {
        let of = self.boxes.iter().find(|of| of.channel.name == seat.topic);
        of.ok_or_else(|| BusError::Refused(format!("there is no topic {}", seat.topic)))
    }

    /// Asks what is known of a partition.
    fn known<T>(&self, seat: &Seat, ask: impl FnOnce(&mut Troubles) -> T) -> Option<T> {
        self.pages
            .lock()
            .get_mut(&seat.slot)
            .map(|page| ask(&mut page.troubles))
    }

    /// Writes notes about a partition, durably and in order.
    async fn note(&self, seat: &Seat, notes: Vec<Note>) -> Result<(), BusError> {
        let (of, partition) = (self.of(seat)?, i32::from(seat.partition));
        let entries: Vec<Entry> = notes.iter().map(Note::entry).collect();
        let signed = (&*self.author, self.ambient.now());
        let places = self.letters.write(of, partition, notes, signed).await?;
        self.known(seat, |troubles| {
            let written = places.into_iter().zip(entries);
            written.for_each(|(place, entry)| troubles.apply(place, entry));
        });
        Ok(())
    }

    /// Begins with partitions of one topic.
    async fn open_of(&self, of: &LetterBox, taken: Vec<(Seat, i64)>) -> Result<Vec<Known>, BusError> {
        let partitions = taken.iter().map(|(seat, _)| i32::from(seat.partition)).collect();
        let mut known = Vec::with_capacity(taken.len());
        for (partition, troubles) in self.letters.load(of, partitions).await? {
            let Some((seat, next)) = taken.iter().find(|(seat, _)| i32::from(seat.partition) == partition) else {
                continue;
            };
            let parking = |(key, parked): (&Arc<str>, &super::troubles::Parked)| parked.mark.parking(key);
            known.push(Known {
                slot: seat.slot,
                parked: troubles.keys.iter().map(parking).collect(),
                lettered: troubles.letters.range(next..).map(|(offset, _)| *offset).collect(),
            });
            // Those that are older than anybody wants.
            let outdated = troubles.outdated(self.ambient.now() - self.kept).into_iter();
            let gone = |offset: i64| Some(Note::Gone(offset, troubles.letters.get(&offset)?.key.clone()));
            let gone: Vec<Note> = outdated.filter_map(gone).collect();
            let seat = seat.clone();
            let page = Page {
                seat: seat.clone(),
                troubles,
            };
            self.pages.lock().insert(seat.slot, page);
            if !gone.is_empty() {
                self.note(&seat, gone).await?;
            }
        }
        Ok(known)
    }

    async fn write_letters(&self, seat: &Seat, letters: Vec<Letter>, park: Option<Parking>) -> Result<(), BusError> {
        let (at, mut notes) = (self.ambient.now(), Vec::with_capacity(letters.len() + 1));
        if let Some(park) = park {
            let is_held = self.known(seat, |troubles| troubles.keys.contains_key(&park.key));
            if is_held != Some(true) {
                // Before the letter: a key that has one is held back, whenever the process dies.
                notes.push(Note::Key(park.key.clone(), Mark::from(park)));
            }
        }
        notes.extend(letters.into_iter().map(|letter| whole(letter, at, false)));
        self.note(seat, notes).await
    }

    async fn fetch(&self, seat: &Seat, key: &str) -> Result<Vec<Placed>, BusError> {
        loop {
            let mut wanted = self.known(seat, |troubles| troubles.released(key)).unwrap_or_default();
            wanted.truncate(FETCH_MAX);
            if wanted.is_empty() {
                return Ok(Vec::new());
            }
            let places: HashSet<i64> = wanted.iter().map(|(_, place)| *place).collect();
            let of = self.of(seat)?;
            let fetched = self.letters.fetch(of, i32::from(seat.partition), places).await?;
            let mut letters: Vec<Placed> = fetched.into_iter().map(|l| (l.offset, l.event)).collect();
            letters.sort_by_key(|(offset, _)| *offset);
            // Somebody else has dealt with the others.
            let is_there = |offset: &i64| letters.iter().any(|(there, _)| there == offset);
            wanted.retain(|(offset, _)| !is_there(offset));
            self.known(seat, |troubles| {
                wanted
                    .iter()
                    .for_each(|(offset, _)| drop(troubles.letters.remove(offset)));
            });
            if !letters.is_empty() {
                return Ok(letters);
            }
        }
    }

    async fn bury_letter(&self, seat: &Seat, letter: Letter, park: bool) -> Result<(), BusError> {
        let key = letter.event.key.clone();
        let since = self.known(seat, |troubles| troubles.keys.get(&key).map(|parked| parked.mark.since));
        let mark = Mark {
            head: letter.event.id.to_string(),
            since: since.flatten().unwrap_or_default(),
            releasing: false,
        };
        let mut notes = vec![whole(letter, self.ambient.now(), !park)];
        if park {
            notes.push(Note::Key(key, mark));
        }
        self.note(seat, notes).await
    }

    async fn free_key(&self, seat: &Seat, key: &Arc<str>) -> Result<Standing, BusError> {
        let standing = |troubles: &mut Troubles| match troubles.keys.get(key) {
            None => Standing::Free,
            Some(parked) if parked.mark.releasing => Standing::Releasing,
            Some(_) => Standing::HeldBack,
        };
        let is_empty = self.known(seat, |troubles| troubles.released(key).is_empty());
        let stands = self.known(seat, standing).unwrap_or(Standing::Free);
        if stands != Standing::Releasing || is_empty != Some(true) {
            return Ok(stands);
        }
        self.note(seat, vec![Note::Free(key.clone())]).await?;
        Ok(self.known(seat, standing).unwrap_or(Standing::Free))
    }
}

impl Page {
    /// Takes over what was read; returns the keys that are released.
    fn read_on(&mut self, read: Read) -> Vec<Released> {
        // Of another time that this partition was held: that is in what was loaded since.
        if self.troubles.next != read.from {
            return Vec::new();
        }
        self.troubles.next = read.next;
        let mut keys = Vec::new();
        for (place, entry) in read.entries {
            if let Entry::Key(key, _) = &entry {
                keys.push(key.clone());
            }
            self.troubles.apply(place, entry);
        }
        let known = &self.troubles.keys;
        keys.retain(|key| known.get(key).is_some_and(|parked| parked.mark.releasing));
        keys.into_iter().map(|key| (self.seat.slot, key)).collect()
    }
}

fn whole(letter: Letter, at: kernel::Timestamp, kept: bool) -> Note {
    let Letter { offset, event, reason } = letter;
    let whole = Whole {
        offset,
        event,
        reason,
        at,
    };
    Note::Letter(whole, kept)
}

impl Ledger for Notebook {
    fn open(&self, taken: &[Taken]) -> BoxFuture<'static, Result<Vec<Known>, BusError>> {
        let (this, taken) = (self.clone(), taken.iter().map(|t| (t.seat.clone(), t.next)));
        let taken: Vec<(Seat, i64)> = taken.collect();
        async move {
            let topics = this.boxes.iter().map(|of| {
                let of_topic = taken.iter().filter(|(seat, _)| seat.topic == of.channel.name);
                (of, of_topic.cloned().collect::<Vec<_>>())
            });
            let topics = topics.filter(|(_, taken)| !taken.is_empty());
            let known = try_join_all(topics.map(|(of, taken)| this.open_of(of, taken))).await?;
            Ok(known.into_iter().flatten().collect())
        }
        .boxed()
    }

    fn write(
        &self,
        seat: &Seat,
        letters: Vec<Letter>,
        park: Option<Parking>,
    ) -> BoxFuture<'static, Result<(), BusError>> {
        let (this, seat) = (self.clone(), seat.clone());
        async move { this.write_letters(&seat, letters, park).await }.boxed()
    }

    fn released(&self, seat: &Seat, key: &Arc<str>) -> BoxFuture<'static, Result<Vec<Placed>, BusError>> {
        let (this, seat, key) = (self.clone(), seat.clone(), key.clone());
        async move { this.fetch(&seat, &key).await }.boxed()
    }

    fn remove(&self, seat: &Seat, letter: &Placed) -> BoxFuture<'static, Result<(), BusError>> {
        let (this, seat, gone) = (self.clone(), seat.clone(), Note::Gone(letter.0, letter.1.key.clone()));
        async move { this.note(&seat, vec![gone]).await }.boxed()
    }

    fn bury(&self, seat: &Seat, letter: Letter, park: bool) -> BoxFuture<'static, Result<(), BusError>> {
        let (this, seat) = (self.clone(), seat.clone());
        async move { this.bury_letter(&seat, letter, park).await }.boxed()
    }

    fn free(&self, seat: &Seat, key: &Arc<str>) -> BoxFuture<'static, Result<Standing, BusError>> {
        let (this, seat, key) = (self.clone(), seat.clone(), key.clone());
        async move { this.free_key(&seat, &key).await }.boxed()
    }
}

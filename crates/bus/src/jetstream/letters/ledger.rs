//! Owns how a member asks the server and the bucket about letters and parked keys. Refuses to run handlers.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::{BoxFuture, try_join_all};

use super::{Letters, Place};
use crate::BusError;
use crate::hands::{Known, Ledger, Letter, Parking, Placed, Seat, Standing, Taken};
use crate::jetstream::board::{ParkedKey, Record};
use crate::jetstream::channel::Channel;
use crate::jetstream::link::away;
use crate::jetstream::seats;

/// Letters that one look at a released key brings.
const RELEASED_MAX: usize = 32;

impl Letters {
    fn channel(&self, topic: &str) -> Result<Arc<Channel>, BusError> {
        let channel = self.channels.get(topic).cloned();
        channel.ok_or_else(|| BusError::Refused(format!("there is no topic {topic}")))
    }

    fn place(&self, seat: &Seat, key: &Arc<str>) -> Result<Place, BusError> {
        Ok(Place {
            channel: self.channel(&seat.topic)?,
            group: seat.group.clone(),
            partition: seat.partition,
            key: key.clone(),
        })
    }

    async fn released_offsets(&self, place: &Place) -> Result<Vec<i64>, BusError> {
        let Some(to) = self.parked(place).await?.1.and_then(|parked| parked.releasing) else {
            return Ok(Vec::new());
        };
        let mut offsets = self.offsets(place).await?;
        offsets.retain(|offset| *offset > to);
        Ok(offsets)
    }

    async fn write_letter(&self, place: &Place, mut letter: Letter, park: Option<&Parking>) -> Result<(), BusError> {
        let Some(park) = park else {
            return self.store(place, &letter, (true, false)).await;
        };
        // The key first: a letter without it would be one that later events overtake.
        let is_head = park.since == letter.offset;
        match self.parked(place).await?.1 {
            // Written before a crash, and the letter was not.
            Some(parked) if is_head && parked.since == letter.offset => letter.reason = parked.reason,
            Some(_) => {}
            None => {
                let head_reason = if is_head { letter.reason.clone() } else { String::new() };
                let record = self.new_record(place, park.head.clone(), park.since, head_reason);
                let record = ParkedKey {
                    releasing: park.releasing.then_some(0),
                    ..record
                };
                self.change(place, |there| there.unwrap_or_else(|| record.clone()))
                    .await?;
            }
        }
        self.store(place, &letter, (true, true)).await
    }

    async fn bury_letter(&self, place: &Place, letter: Letter, park: bool) -> Result<(), BusError> {
        self.store(place, &letter, (false, park)).await?;
        let (offset, head) = (letter.offset, letter.event.id.to_string());
        self.change(place, |parked| {
            let parked = parked.unwrap_or_else(|| self.new_record(place, head.clone(), 0, letter.reason.clone()));
            match park {
                true => ParkedKey {
                    head: head.clone(),
                    releasing: None,
                    ..parked
                },
                false => ParkedKey {
                    releasing: Some(offset),
                    ..parked
                },
            }
        })
        .await
    }

    async fn free_key(&self, place: &Place) -> Result<Standing, BusError> {
        let (revision, parked) = self.parked(place).await?;
        match parked {
            None => return Ok(Standing::Free),
            Some(parked) if parked.releasing.is_none() => return Ok(Standing::HeldBack),
            Some(_) => {}
        }
        if !self.released_offsets(place).await?.is_empty() {
            return Ok(Standing::Releasing);
        }
        Ok(match self.board.swap(&place.record(), revision, None).await? {
            true => Standing::Free,
            // Released again meanwhile.
            false => Standing::Releasing,
        })
    }

    /// Tells from the bucket's mirror which keys a group holds back in a partition. Which events have a letter is not told: sequences come
    /// again when the server has lost the end of a stream, and another event is not to be left out for that. A letter is written once
    /// all the same.
    async fn known(&self, seat: &Seat) -> Result<Known, BusError> {
        let parked = self
            .board
            .find_all(&seats::parked_prefix(&seat.group, &seat.topic, seat.partition))
            .await?;
        let parked = parked.into_iter().filter_map(|(_, _, record)| match record {
            Record::Parked(key) => Some(Parking {
                key: key.key.into(),
                head: key.head,
                since: key.since,
                releasing: key.releasing.is_some(),
            }),
            _ => None,
        });
        Ok(Known {
            slot: seat.slot,
            parked: parked.collect(),
            lettered: Vec::new(),
        })
    }
}

impl Ledger for Letters {
    fn open(&self, taken: &[Taken]) -> BoxFuture<'static, Result<Vec<Known>, BusError>> {
        let (this, seats) = (self.clone(), taken.iter().map(|taken| taken.seat.clone()));
        let seats: Vec<Seat> = seats.collect();
        async move { try_join_all(seats.iter().map(|seat| this.known(seat))).await }.boxed()
    }

    fn write(
        &self,
        seat: &Seat,
        letters: Vec<Letter>,
        park: Option<Parking>,
    ) -> BoxFuture<'static, Result<(), BusError>> {
        let (this, seat) = (self.clone(), seat.clone());
        async move {
            for letter in letters {
                let place = this.place(&seat, &letter.event.key)?;
                this.write_letter(&place, letter, park.as_ref()).await?;
            }
            Ok(())
        }
        .boxed()
    }

    fn released(&self, seat: &Seat, key: &Arc<str>) -> BoxFuture<'static, Result<Vec<Placed>, BusError>> {
        let (this, place) = (self.clone(), self.place(seat, key));
        async move {
            let place = place?;
            let mut offsets = this.released_offsets(&place).await?;
            offsets.truncate(RELEASED_MAX);
            let letters = offsets
                .into_iter()
                .map(|offset| (place.subject(offset), offset))
                .collect();
            let read = this.read(&place.channel, letters).await?;
            Ok(read.into_iter().map(|(offset, event, ..)| (offset, event)).collect())
        }
        .boxed()
    }

    fn remove(&self, seat: &Seat, letter: &Placed) -> BoxFuture<'static, Result<(), BusError>> {
        let (this, place, offset) = (self.clone(), self.place(seat, &letter.1.key), letter.0);
        async move {
            let place = place?;
            let subject = place.subject(offset);
            let purge = || async {
                let stream = this.stream(&place.channel).await?;
                stream.purge().filter(subject.as_str()).await.map_err(away)
            };
            this.link.patiently("removing a dead letter", purge).await.map(drop)
        }
        .boxed()
    }

    fn bury(&self, seat: &Seat, letter: Letter, park: bool) -> BoxFuture<'static, Result<(), BusError>> {
        let (this, place) = (self.clone(), self.place(seat, &letter.event.key));
        async move { this.bury_letter(&place?, letter, park).await }.boxed()
    }

    fn free(&self, seat: &Seat, key: &Arc<str>) -> BoxFuture<'static, Result<Standing, BusError>> {
        let (this, place) = (self.clone(), self.place(seat, key));
        async move { this.free_key(&place?).await }.boxed()
    }
}

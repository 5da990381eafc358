//! Owns the token in an SSE event's `id`: the offsets that a reader holds in each room. Refuses to know where it is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Cursor, Fault, RoomId};

use super::frame::Mark;

/// A seq, and the epoch in which it counts.
type Place = (u64, Option<Arc<str>>);

/// Where a reader is in each of its rooms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places(BTreeMap<RoomId, Place>);

impl Places {
    /// Moves on to a frame's mark; a frame without an epoch leaves the one that is known.
    pub(crate) fn reach(&mut self, mark: &Mark) {
        let place = self.0.entry(mark.room).or_default();
        place.0 = mark.seq;
        if mark.epoch.is_some() {
            place.1.clone_from(&mark.epoch);
        }
    }

    /// Returns the place in a room.
    pub(crate) fn get(&self, room: RoomId) -> Option<Place> {
        self.0.get(&room).cloned()
    }

    /// Writes the token.
    pub(crate) fn token(&self) -> String {
        Cursor::encode(&self.0.iter().collect::<Vec<_>>())
    }

    /// Reads a token. Fails with `Invalid` on anything that `token` did not write.
    pub(crate) fn parse(token: &str) -> Result<Self, Fault> {
        let places: Vec<(RoomId, Place)> =
            Cursor::decode(token).map_err(|_| Fault::invalid("Last-Event-ID", "not an id that this stream gave"))?;
        Ok(Self(places.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_brings_back_offsets_and_epochs() {
        let room: RoomId = uuid::Uuid::from_u128(7).into();
        let mut places = Places::default();
        places.reach(&Mark {
            room,
            seq: 3,
            epoch: Some("a".into()),
        });
        places.reach(&Mark {
            room,
            seq: 4,
            epoch: None,
        });
        let again = Places::parse(&places.token()).unwrap();
        assert_eq!(again.get(room), Some((4, Some("a".into()))));
        assert!(Places::parse("nonsense").is_err());
    }
}

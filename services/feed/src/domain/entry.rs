//! Owns one line of a timeline: that a post was laid before a reader. Refuses to know what the post says and who may see it.

use kernel::{PostId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Fields, Index};

/// Of how many deliveries to a person one also looks whether the timeline has grown too long.
const TRIM_ONE_OF: u128 = 64;

/// A post in a reader's timeline. Its id is made of both, so that a delivery that comes again adds nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Whose timeline.
    pub(crate) reader: UserId,
    /// Which post.
    pub(crate) post: PostId,
    /// Who wrote it.
    pub(crate) author: UserId,
    /// It has pictures or films.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) media: bool,
    /// It shares another post.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) shared: bool,
    /// When it was laid there, in milliseconds: a chain of pages shows what was there when it began.
    pub(crate) added: i64,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Document for Entry {
    const COLLECTION: &'static str = "timeline";
    const INDEXES: &'static [Index] = &[Index::plain("timeline", &["reader", "post"])];
    fn id(&self) -> String {
        entry_id(self.reader, self.post)
    }
    fn fields(&self) -> Fields {
        Fields::new().with("reader", self.reader).with("post", self.post)
    }
}

/// Returns the id of an entry.
pub(crate) fn entry_id(reader: UserId, post: PostId) -> String {
    format!("{reader}:{post}")
}

/// Returns when a post was written: its id says so.
pub(crate) fn written_at(post: PostId) -> Timestamp {
    let millis = post.uuid().as_u128() >> 80;
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// Tells whether this delivery is one of those that look at the length of the timeline: one of 64, chosen by the dice in both
/// ids, so that nobody has to be counted each time and nobody is forgotten.
pub(crate) fn is_time_to_trim(reader: UserId, post: PostId) -> bool {
    (reader.uuid().as_u128() ^ post.uuid().as_u128()).is_multiple_of(TRIM_ONE_OF)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::{Ambient, HeldClock, SeededRandom};

    use super::*;

    #[test]
    fn a_posts_id_tells_when_it_was_written() {
        let noon = Timestamp::from_millis(1_767_268_800_000);
        let ambient = Ambient::new(HeldClock::new(noon), SeededRandom::new(1));
        assert_eq!(written_at(ambient.id()), noon);
    }

    #[test]
    fn about_one_of_sixty_four_deliveries_looks_at_the_length() {
        let ambient = Ambient::new(Arc::new(kernel::SystemClock), SeededRandom::new(7));
        let reader = ambient.id();
        let looks = (0..6_400).filter(|_| is_time_to_trim(reader, ambient.id())).count();
        assert!((60..150).contains(&looks), "{looks}");
    }

    #[test]
    fn the_written_out_fields_are_those_of_the_json() {
        let ambient = Ambient::new(Arc::new(kernel::SystemClock), SeededRandom::new(7));
        let entry = Entry {
            reader: ambient.id(),
            post: ambient.id(),
            author: ambient.id(),
            media: true,
            shared: false,
            added: 5,
        };
        let json = serde_json::to_value(&entry).unwrap();
        assert_eq!(Fields::from_json(Entry::INDEXES, json), entry.fields());
    }
}

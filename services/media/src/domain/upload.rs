//! Owns a resumable upload: how much of it is there, and the one rule that keeps it whole: bytes are added at the offset
//! that stands in the document, or not at all. Refuses to know where bytes lie.

use kernel::{AssetId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

use super::asset::Piece;

/// Pieces of one upload. Who sends it byte by byte comes to an end here.
pub(crate) const PIECES_MAX: usize = 4_096;

/// A file on its way; it becomes the asset of the same id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Upload {
    pub(crate) id: AssetId,
    pub(crate) owner_id: UserId,
    pub(crate) length: u64,
    pub(crate) offset: u64,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) file_name: String,
    pub(crate) alt: String,
    /// The client's `Upload-Metadata`, given back as it came.
    pub(crate) metadata: String,
    pub(crate) expires_at: Timestamp,
    /// Since when it is whole and is to become an asset.
    pub(crate) whole_at: Option<Timestamp>,
    /// Whether it has become one.
    pub(crate) done: bool,
}

impl Document for Upload {
    const COLLECTION: &'static str = "uploads";
    const INDEXES: &'static [Index] = &[
        Index::plain("owner", &["ownerId"]),
        Index::plain("expires", &["expiresAt"]),
        Index::plain("whole", &["wholeAt"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// Why bytes are not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAdded {
    /// They begin elsewhere than where the upload stands.
    Offset { have: u64 },
    /// They are more than the upload has left.
    Beyond,
    /// It is in too many pieces.
    Pieces,
}

impl Upload {
    /// Adds pieces that begin at `offset`.
    pub(crate) fn add(&mut self, offset: u64, pieces: &[Piece], now: Timestamp) -> Result<(), NotAdded> {
        if offset != self.offset {
            return Err(NotAdded::Offset { have: self.offset });
        }
        let bytes = pieces.iter().map(|p| p.bytes).fold(0, u64::saturating_add);
        if bytes > self.length - self.offset {
            return Err(NotAdded::Beyond);
        }
        if self.pieces.len() + pieces.len() > PIECES_MAX {
            return Err(NotAdded::Pieces);
        }
        self.pieces.extend_from_slice(pieces);
        self.offset += bytes;
        if self.offset == self.length {
            self.whole_at = self.whole_at.or(Some(now));
        }
        Ok(())
    }

    /// Notes that it has become an asset.
    pub(crate) fn finish(&mut self) {
        self.done = true;
        self.whole_at = None;
        self.pieces.clear();
    }
}

#[cfg(test)]
mod tests {
    use kernel::Ambient;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However senders crowd and repeat themselves, the pieces are one after the other and never more than the length.
        #[test]
        fn bytes_are_only_ever_added_where_it_stands(tries in prop::collection::vec((0u64..120, 0u64..40), 0..60)) {
            let ambient = Ambient::system();
            let now = ambient.now();
            let mut upload = Upload {
                id: ambient.id(), owner_id: ambient.id(), length: 100, offset: 0, pieces: Vec::new(), file_name: String::new(),
                alt: String::new(), metadata: String::new(), expires_at: now, whole_at: None, done: false,
            };
            for (offset, bytes) in tries {
                let before = upload.offset;
                let added = upload.add(offset, &[Piece { key: "k".into(), bytes }], now);
                match added {
                    Ok(()) => prop_assert!(offset == before && upload.offset == before + bytes),
                    Err(NotAdded::Offset { have }) => prop_assert!(have == before && offset != before),
                    Err(_) => prop_assert_eq!(upload.offset, before),
                }
                prop_assert_eq!(upload.pieces.iter().map(|p| p.bytes).sum::<u64>(), upload.offset);
                prop_assert!(upload.offset <= 100);
                prop_assert_eq!(upload.whole_at.is_some(), upload.offset == 100);
            }
        }
    }
}

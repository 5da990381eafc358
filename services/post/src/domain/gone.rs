//! Owns what is kept of somebody whose account was erased: that it was, so that what is still on its way leaves nothing behind.

use kernel::UserId;
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// An erased account, for ever: ids are not used again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GoneDoc {
    pub(crate) id: UserId,
}

impl Document for GoneDoc {
    const COLLECTION: &'static str = "gone";
    const INDEXES: &'static [Index] = &[];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

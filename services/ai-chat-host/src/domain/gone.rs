//! Owns what is kept of somebody whose account ended: that it did. What is written of them afterwards is looked at again.
//! Refuses to know anything else of them.

use kernel::UserId;
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// An ended account as it is kept, for ever: ids are not used again.
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

//! Owns what is kept of somebody whose account ended: that it did, and how. Refuses to know anything else of them.

use kernel::UserId;
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// How an account ended; the later one says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Ending {
    /// Keys no longer hold.
    Banned,
    /// Nor is anything written of them.
    Erased,
}

/// An ended account as it is kept, for ever: ids are not used again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GoneDoc {
    pub(crate) id: UserId,
    pub(crate) ending: Ending,
}

impl Document for GoneDoc {
    const COLLECTION: &'static str = "gone";
    const INDEXES: &'static [Index] = &[];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

//! What every service tells of one person's own data, page by page, for the archive that this person may have of all of it. Refuses to
//! know what others wrote: a service gives what the person made, said, bought or set, and of others their ids at the most.

use async_trait::async_trait;
use kernel::{Fault, Page, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One thing of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnItem {
    /// What it is, such as `posts`.
    pub kind: String,
    /// It, as one JSON object. Without secrets, and without what is only for the service itself.
    pub data: Value,
}

/// What a service that keeps something of people answers.
#[async_trait]
pub trait OwnData: Send + Sync {
    /// Returns some of what is kept of `user`, at most 1,000 things, and where to go on. The same cursor may be asked for again.
    /// What changes meanwhile may be told as it was or as it is. Nothing of one whose account is gone.
    async fn own_data(&self, user: UserId, cursor: Option<&str>) -> Result<Page<OwnItem>, Fault>;
}

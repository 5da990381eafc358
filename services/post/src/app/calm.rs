//! Owns how much one person may do within a while: a bucket of tokens for each kind of deed, spent before the deed, so that requests at
//! the same time share it and nothing that is deleted gives it back. Refuses to know the deeds.

use std::time::Duration;

use ephemeral::Bucket;
use kernel::UserId;

use crate::app::App;
use crate::error::Error;

const MINUTE: u32 = 60;
const HOUR: u32 = 3_600;
/// Longest that anybody is told to wait.
const WAIT_MAX: Duration = Duration::from_secs(3_600);

/// What is limited.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    /// A post or a share.
    Post,
    Comment,
    /// Other words or other readers for a post or a comment.
    Change,
    Reaction,
    Report,
}

impl App {
    /// Fails when `by` has done too much of this lately. Taking back is never limited.
    pub(crate) async fn require_calm(&self, by: UserId, deed: Deed) -> Result<(), Error> {
        let config = &self.config;
        let (what, most, seconds) = match deed {
            Deed::Post => ("posts", config.posts_per_hour_max, HOUR),
            Deed::Comment => ("comments", config.comments_per_minute_max, MINUTE),
            Deed::Change => ("changes", config.changes_per_hour_max, HOUR),
            Deed::Reaction => ("reactions", config.reactions_per_minute_max, MINUTE),
            Deed::Report => ("reports", config.reports_per_hour_max, HOUR),
        };
        let bucket = Bucket {
            capacity: f64::from(most),
            per_second: f64::from(most) / f64::from(seconds),
        };
        match self.ephemeral.spend(&format!("post:{what}:{by}"), bucket, 1.0).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(wait)) => Err(Error::TooMany {
                what,
                after: wait.min(WAIT_MAX),
            }),
            // A limit protects, it is not a permission: without it posts go on.
            Err(e) => {
                tracing::warn!("limit of {what}: {e}");
                Ok(())
            }
        }
    }
}

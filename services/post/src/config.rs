//! Owns what an operator may set about posts. Refuses to know where the values come from.

use serde::{Deserialize, Serialize};

/// Settings of post, all with defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// Posts, shares among them, that one person may write within an hour, whatever becomes of them. Default 60. Like each limit of
    /// this kind a bucket: so many at once, and then as they come back in time.
    pub posts_per_hour_max: u32,
    /// Comments that one person may write within a minute. Default 20.
    pub comments_per_minute_max: u32,
    /// Changes of words or readers of posts and comments that one person may make within an hour. Default 120.
    pub changes_per_hour_max: u32,
    /// Reactions that one person may set within a minute. Default 60; taking back is free.
    pub reactions_per_minute_max: u32,
    /// Reports that one person may make within an hour. Default 60.
    pub reports_per_hour_max: u32,
    /// Longest text of a post, in characters. Default 5000, which is also the most.
    pub text_chars_max: usize,
    /// Longest comment, in characters. Default 2000, which is also the most.
    pub comment_chars_max: usize,
    /// Media of one post. Default 10, which is also the most.
    pub media_max: usize,
    /// How often the words of one post may be changed, since each version is kept. Default 100.
    pub edits_max: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            posts_per_hour_max: 60,
            comments_per_minute_max: 20,
            changes_per_hour_max: 120,
            reactions_per_minute_max: 60,
            reports_per_hour_max: 60,
            text_chars_max: TEXT_CHARS_MAX,
            comment_chars_max: COMMENT_CHARS_MAX,
            media_max: MEDIA_MAX,
            edits_max: 100,
        }
    }
}

/// Longest text of a post, in characters, whatever is configured: the wire promises it.
pub(crate) const TEXT_CHARS_MAX: usize = 5_000;
/// Longest comment, in characters, whatever is configured.
pub(crate) const COMMENT_CHARS_MAX: usize = 2_000;
/// Media of one post, whatever is configured.
pub(crate) const MEDIA_MAX: usize = 10;

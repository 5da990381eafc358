//! Owns the service's settings: section `[feed]` of the configuration file. Refuses to know where the file lies.

use kernel::Fault;
use serde::{Deserialize, Serialize};

/// Friendship tells of at most so many friends; whom it does not tell of cannot be delivered to.
const FRIENDS_TOLD_MAX: usize = 5_000;

/// Settings of feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// A post is laid into the timelines of at most so many friends. Of an author with more, readers pull the latest 200 posts
    /// when they read. Default 2,000; at most 4,999, since friendship tells of 5,000.
    pub push_followers_max: usize,
    /// Posts in a person's timeline; older ones go, at the latest some hundred posts later. Default 1,000; 200 to 10,000.
    pub timeline_items_max: usize,
    /// When two become friends, so many of the latest posts of each are laid into the other's timeline. Default 50, at most 200.
    pub backfill_posts: usize,
    /// A person who is online is told at most every so many seconds that something new is there. Default 10; 0: never.
    pub tell_seconds: u64,
    /// Public posts whose warmth is kept. Default 10,000; the coldest go first.
    pub warm_posts_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            push_followers_max: 2_000,
            timeline_items_max: 1_000,
            backfill_posts: 50,
            tell_seconds: 10,
            warm_posts_max: 10_000,
        }
    }
}

impl Config {
    /// Checks that the settings make sense. `Invalid` names the first that does not.
    pub fn check(&self) -> Result<(), Fault> {
        let wrong = |field: &str, rule: &str| Err(Fault::invalid(format!("feed.{field}"), rule));
        if self.push_followers_max >= FRIENDS_TOLD_MAX {
            return wrong("pushFollowersMax", "is at most 4,999");
        }
        if !(200..=10_000).contains(&self.timeline_items_max) {
            return wrong("timelineItemsMax", "is between 200 and 10,000");
        }
        if self.backfill_posts > 200 {
            return wrong("backfillPosts", "is at most 200");
        }
        if !(1..=100_000).contains(&self.warm_posts_max) {
            return wrong("warmPostsMax", "is between 1 and 100,000");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_read_and_what_is_out_of_bounds_is_named() {
        let config: Config = toml::from_str("pushFollowersMax = 10").unwrap();
        assert_eq!(
            config,
            Config {
                push_followers_max: 10,
                ..Config::default()
            }
        );
        assert!(toml::from_str::<Config>("pushFollowers = 10").is_err());
        Config::default().check().unwrap();
        for (text, name) in [
            ("pushFollowersMax = 5000", "pushFollowersMax"),
            ("timelineItemsMax = 1", "timelineItemsMax"),
            ("backfillPosts = 201", "backfillPosts"),
            ("warmPostsMax = 0", "warmPostsMax"),
        ] {
            let refused = toml::from_str::<Config>(text).unwrap().check().unwrap_err();
            assert_eq!(refused.fields[0].field, format!("feed.{name}"));
        }
    }
}

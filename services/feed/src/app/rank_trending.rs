//! Ranks the public posts and tags that people have most to do with now, for one reader.

use std::collections::{BTreeMap, HashSet};

use contracts::post::Visibility;
use kernel::{PostId, Timestamp, UserId};
use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use super::App;
use crate::domain::heat::{Counts, HALF_LIFE_HOURS, Heat};
use crate::domain::rank::rounded;
use crate::error::Error;

/// Warm posts that are looked at.
const LOOK_MAX: usize = 200;
/// Most tags.
const TAGS_MAX: usize = 20;
/// How often what has grown cold is forgotten.
const COOL_EVERY: std::time::Duration = std::time::Duration::from_secs(600);

/// What is going on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Trending {
    /// Public posts, the warmest first.
    posts: Vec<TrendingPost>,
    /// Tags of warm public posts, the warmest first, at most 20.
    tags: Vec<TrendingTag>,
    /// When this was reckoned.
    at: Timestamp,
    /// A reaction, a comment and a share count 1, 2 and 3, and half of it after so many hours.
    half_life_hours: u32,
}

/// A warm post.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrendingPost {
    /// The post as `GET /api/posts/{id}` gives it.
    #[schema(value_type = Object)]
    post: Value,
    reason: TrendingReason,
}

/// Why a post is warm.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrendingReason {
    /// Always `trending`.
    kind: &'static str,
    /// What people did, faded by time.
    score: f64,
    parts: TrendingParts,
}

/// What people did with a post.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrendingParts {
    reactions: u64,
    comments: u64,
    shares: u64,
}

/// A warm tag.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrendingTag {
    /// Lower case, without the sign.
    tag: String,
    /// The sum of its posts' scores.
    score: f64,
    /// Warm posts that have it.
    posts: usize,
    /// People who wrote these.
    people: usize,
}

impl App {
    /// Returns the warmest posts, at most `limit`, and tags that `reader` may see.
    pub(crate) async fn trending(&self, reader: UserId, limit: usize) -> Result<Trending, Error> {
        let now = self.ambient.now();
        let hot = self.still_public(self.repo.heats.hottest(LOOK_MAX).await?).await?;
        let ids: Vec<PostId> = hot.iter().map(|(heat, _)| heat.id).collect();
        // All are asked for, since a tag counts only what its reader may see.
        let mut views = self.views(reader, &ids).await?;
        let seen: Vec<&(Heat, Counts)> = hot.iter().filter(|(heat, _)| views.contains_key(&heat.id)).collect();
        let tags = tags(seen.iter().map(|(heat, _)| heat), now);
        let post = |(heat, counts): &(Heat, Counts)| {
            Some(TrendingPost {
                post: views.remove(&heat.id)?,
                reason: TrendingReason {
                    kind: "trending",
                    score: rounded(heat.at(now)),
                    parts: TrendingParts {
                        reactions: counts.reactions,
                        comments: counts.comments,
                        shares: counts.shares,
                    },
                },
            })
        };
        Ok(Trending {
            posts: seen.into_iter().filter_map(post).take(limit).collect(),
            tags,
            at: now,
            half_life_hours: HALF_LIFE_HOURS,
        })
    }

    /// Keeps those that are public now, with what they have now: an event may still be on its way, and a friend sees more than that.
    async fn still_public(&self, hot: Vec<Heat>) -> Result<Vec<(Heat, Counts)>, Error> {
        if hot.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<PostId> = hot.iter().map(|heat| heat.id).collect();
        let summaries = self.posts.summaries(&ids).await?;
        let public = |heat: Heat| {
            let post = summaries.iter().find(|post| post.id == heat.id)?;
            (post.visibility == Visibility::Public).then(|| (heat, Counts::of(post)))
        };
        Ok(hot.into_iter().filter_map(public).collect())
    }

    /// Forgets what has grown cold, now and then, until `stop`.
    pub(crate) async fn cool(self: std::sync::Arc<Self>, stop: CancellationToken) -> Result<(), kernel::Fault> {
        loop {
            self.repo
                .heats
                .cool(self.ambient.now(), self.config.warm_posts_max)
                .await?;
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(COOL_EVERY) => {}
            }
        }
    }
}

fn tags<'a>(hot: impl Iterator<Item = &'a Heat>, now: Timestamp) -> Vec<TrendingTag> {
    let mut all: BTreeMap<&str, (f64, usize, HashSet<UserId>)> = BTreeMap::new();
    for heat in hot {
        for tag in &heat.tags {
            let (score, posts, people) = all.entry(tag).or_default();
            *score += heat.at(now);
            *posts += 1;
            people.insert(heat.author);
        }
    }
    let tag = |(tag, (score, posts, people)): (&str, (f64, usize, HashSet<UserId>))| TrendingTag {
        tag: tag.to_owned(),
        score: rounded(score),
        posts,
        people: people.len(),
    };
    let mut tags: Vec<TrendingTag> = all.into_iter().map(tag).collect();
    tags.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.tag.cmp(&b.tag)));
    tags.truncate(TAGS_MAX);
    tags
}

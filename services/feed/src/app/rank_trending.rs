//! Ranks the public posts and tags that people have most to do with now, for one reader.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use contracts::post::Visibility;
use kernel::{PostId, Timestamp, UserId};
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use super::App;
use crate::domain::heat::{HALF_LIFE_HOURS, Heat};
use crate::domain::rank::rounded;
use crate::error::Error;

/// Warm posts that are looked at.
const LOOK_MAX: usize = 200;
/// How long a list of warm posts is kept in memory.
const HOT_KEPT: Duration = Duration::from_secs(5);
/// Posts that are asked for beyond those needed, since some may be hidden.
const SPARE: usize = 5;
/// Most tags.
const TAGS_MAX: usize = 20;
/// How often what has grown cold is forgotten.
const COOL_EVERY: Duration = Duration::from_secs(600);

/// The warmest public posts, and when they were read.
#[derive(Default)]
pub(crate) struct Hot(Mutex<Option<(Timestamp, Arc<Vec<Heat>>)>>);

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

/// What people did with a post, as the post itself says to its reader.
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
    /// Warm public posts that have it, without those of people whom a block parts from the reader.
    posts: usize,
    /// People who wrote these.
    people: usize,
}

impl App {
    /// Returns the warmest posts, at most `limit`, and tags, without those of people whom a block parts from `reader`.
    ///
    /// The list of warm posts is kept for some seconds; of each post that is shown it is asked anew whether the reader may see it.
    pub(crate) async fn trending(&self, reader: UserId, limit: usize) -> Result<Trending, Error> {
        let now = self.ambient.now();
        let hot = self.hot(now).await?;
        let blocked = self.blocked_among(reader, &hot).await?;
        let near: Vec<&Heat> = hot.iter().filter(|heat| !blocked.contains(&heat.author)).collect();
        let (mut posts, mut hidden) = (Vec::with_capacity(limit), HashSet::new());
        for some in near.chunks(limit + SPARE) {
            let ids: Vec<PostId> = some.iter().map(|heat| heat.id).collect();
            let mut views = self.views(reader, &ids).await?;
            for heat in some {
                match views.remove(&heat.id).filter(is_public) {
                    Some(view) if posts.len() < limit => posts.push(shown(heat, view, now)),
                    Some(_) => {}
                    None => drop(hidden.insert(heat.id)),
                }
            }
            if posts.len() >= limit {
                break;
            }
        }
        Ok(Trending {
            posts,
            tags: tags(near.into_iter().filter(|heat| !hidden.contains(&heat.id)), now),
            at: now,
            half_life_hours: HALF_LIFE_HOURS,
        })
    }

    /// Returns the warmest posts that are public, as of at most [`HOT_KEPT`] ago.
    async fn hot(&self, now: Timestamp) -> Result<Arc<Vec<Heat>>, Error> {
        if let Some((at, hot)) = self.hot.0.lock().clone()
            && now.since(at) < HOT_KEPT
        {
            return Ok(hot);
        }
        let mut hot = self.repo.heats.hottest(LOOK_MAX).await?;
        if !hot.is_empty() {
            // An event may still be on its way.
            let ids: Vec<PostId> = hot.iter().map(|heat| heat.id).collect();
            let summaries = self.posts.summaries(&ids).await?;
            let public = summaries.iter().filter(|post| post.visibility == Visibility::Public);
            let public: HashSet<PostId> = public.map(|post| post.id).collect();
            hot.retain(|heat| public.contains(&heat.id));
        }
        let hot = Arc::new(hot);
        *self.hot.0.lock() = Some((now, hot.clone()));
        Ok(hot)
    }

    /// Lets the next reader see what is warm now.
    pub(super) fn forget_hot(&self) {
        *self.hot.0.lock() = None;
    }

    async fn blocked_among(&self, reader: UserId, hot: &[Heat]) -> Result<HashSet<UserId>, Error> {
        let authors: HashSet<UserId> = hot.iter().map(|heat| heat.author).filter(|a| *a != reader).collect();
        if authors.is_empty() {
            return Ok(authors);
        }
        let authors: Vec<UserId> = authors.into_iter().collect();
        let relations = self.relationships.relations(reader, &authors).await?;
        let parted = authors.iter().zip(relations).filter(|(_, to)| to.blocked);
        Ok(parted.map(|(author, _)| *author).collect())
    }

    /// Forgets what has grown cold, now and then, until `stop`.
    pub(crate) async fn cool(self: Arc<Self>, stop: CancellationToken) -> Result<(), kernel::Fault> {
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

/// Tells whether a view is of a public post: a friend sees more than that.
fn is_public(view: &Value) -> bool {
    view.get("visibility").and_then(Value::as_str) == Some("public")
}

/// Shows a warm post. What people did with it is what the reader's own view of it says.
fn shown(heat: &Heat, view: Value, now: Timestamp) -> TrendingPost {
    let number = |value: Option<&Value>| value.and_then(Value::as_u64).unwrap_or_default();
    let reactions = view.get("reactions").and_then(Value::as_array).into_iter().flatten();
    let parts = TrendingParts {
        reactions: reactions.map(|of_kind| number(of_kind.get("count"))).sum(),
        comments: number(view.get("comments")),
        shares: number(view.get("shares")),
    };
    TrendingPost {
        post: view,
        reason: TrendingReason {
            kind: "trending",
            score: rounded(heat.at(now)),
            parts,
        },
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

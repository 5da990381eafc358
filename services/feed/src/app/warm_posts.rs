//! Warms posts by what people do with them. Refuses to count that: post does, by the same events and a moment later, so that a post
//! is looked at soon after something was done with it, and once more when post has surely counted it.
//!
//! Which posts wait is in memory only: what a crash loses is the warmth of some seconds, until somebody does something again.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use contracts::post::{PostSummary, Visibility};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use kernel::{Fault, PostId, Timestamp};
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::{App, SUMMARIES_MAX};
use crate::domain::heat::{Counts, Deeds};

/// Posts that wait to be looked at; of others nothing is noted meanwhile.
const TOUCHED_MAX: usize = 10_000;
/// How often they are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// After so long post has counted what was done.
const COUNTED_AFTER: Duration = Duration::from_secs(10);
/// Posts that are warmed at once.
const WARM_AT_ONCE: usize = 16;

/// Posts with which something was done lately.
#[derive(Default)]
pub(crate) struct Touched(Mutex<BTreeMap<PostId, Touch>>);

#[derive(Clone, Copy, PartialEq)]
struct Touch {
    deeds: Deeds,
    /// When the last of it was heard.
    heard: Timestamp,
}

impl App {
    /// Notes what was done with a post, or, with no deed, that it may stand otherwise than before.
    pub(crate) fn touch(&self, post: PostId, fresh: Counts, at: Timestamp) {
        let heard = self.ambient.now();
        let at = at.min(heard);
        let deeds = Deeds { fresh, at };
        let mut touched = self.touched.0.lock();
        let is_full = touched.len() >= TOUCHED_MAX;
        match touched.get_mut(&post) {
            Some(touch) => {
                let deeds = touch.deeds.plus(deeds);
                *touch = Touch { deeds, heard };
            }
            None if is_full => metrics::counter!("feed_touches_dropped_total").increment(1),
            None => drop(touched.insert(post, Touch { deeds, heard })),
        }
    }

    /// Looks at posts with which something was done, now and then, until `stop`.
    pub(crate) async fn warm(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        loop {
            self.look().await?;
            tokio::select! {
                () = stop.cancelled() => return self.look().await,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    async fn look(&self) -> Result<(), Fault> {
        let now = self.ambient.now();
        let touched: Vec<(PostId, Touch)> = self.touched.0.lock().iter().map(|(p, t)| (*p, *t)).collect();
        for some in touched.chunks(SUMMARIES_MAX) {
            let ids: Vec<PostId> = some.iter().map(|(post, _)| *post).collect();
            let posts = self.posts.summaries(&ids).await?;
            let posts: HashMap<PostId, PostSummary> = posts.into_iter().map(|post| (post.id, post)).collect();
            let each = some.iter().map(|(id, touch)| self.warm_one(*id, posts.get(id), *touch));
            let each: Vec<_> = each.collect();
            stream::iter(each)
                .buffer_unordered(WARM_AT_ONCE)
                .try_collect::<()>()
                .await?;
        }
        if !touched.is_empty() {
            self.forget_hot();
        }
        let mut waiting = self.touched.0.lock();
        for (post, touch) in touched {
            if waiting.get(&post) == Some(&touch) && now.since(touch.heard) >= COUNTED_AFTER {
                waiting.remove(&post);
            }
        }
        Ok(())
    }

    async fn warm_one(&self, id: PostId, post: Option<&PostSummary>, touch: Touch) -> Result<(), store::StoreError> {
        match post.filter(|post| post.visibility == Visibility::Public) {
            Some(post) => self.repo.heats.warm(post, touch.deeds, self.ambient.now()).await,
            None => self.repo.heats.forget(id).await,
        }
    }
}

//! Recounts every counter from what stands: reactions, comments and shares of each post, one by one. For `aichat doctor`
//! and for tests. Refuses to believe a tally.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::PostId;
use serde::Serialize;
use store::{Change, Store, StoreError};

use crate::domain::post::Post;
use crate::domain::tally::{Delta, Tally};
use crate::repo::{CHUNK, Repo};

/// How many defects a report names; more are only counted.
const NAMED_MAX: usize = 100;

/// What a recount found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// Posts that stand.
    pub posts: u64,
    /// Reactions, comments and shares counted.
    pub counted: u64,
    /// Counters compared.
    pub counters: u64,
    /// By how much all counters together are off.
    pub drift: u64,
    /// How many promises do not hold.
    pub defects: u64,
    /// The first 100 of them, in words.
    pub named: Vec<String>,
}

impl Verification {
    /// Tells whether everything holds.
    pub fn is_clean(&self) -> bool {
        self.defects == 0
    }

    fn defect(&mut self, words: String) {
        self.defects += 1;
        if self.named.len() < NAMED_MAX {
            self.named.push(words);
        }
    }
}

/// Recounts all posts in `store`, which should be at rest and have no events waiting. Reads only.
pub async fn verify(store: &Arc<dyn Store>) -> Result<Verification, StoreError> {
    walk(store, false).await
}

/// The same, and puts right what is off.
pub async fn recount(store: &Arc<dyn Store>) -> Result<Verification, StoreError> {
    walk(store, true).await
}

async fn walk(store: &Arc<dyn Store>, repair: bool) -> Result<Verification, StoreError> {
    let repo = Repo::open(store).await?;
    let (mut report, mut after) = (Verification::default(), None);
    loop {
        let posts = repo.walk(after, CHUNK).await?;
        let Some(last) = posts.last() else { break };
        after = Some(last.id);
        for post in &posts {
            report.posts += 1;
            let stands = recounted(&repo, post.id, &mut report).await?;
            let kept = repo.tallies.get(post.id).await?;
            let right = compare(&stands, kept.unwrap_or_else(|| Tally::new(post.id)), &mut report);
            if repair && !right {
                put(&repo, stands).await?;
            }
        }
    }
    for collection in ["tallies", "reactions", "comments", "revisions"] {
        orphans(store, &repo, collection, &mut report).await?;
    }
    Ok(report)
}

/// Counts what stands.
async fn recounted(repo: &Repo, post: PostId, report: &mut Verification) -> Result<Tally, StoreError> {
    let mut stands = Tally::new(post);
    let mut add = |delta: Delta| {
        report.counted += 1;
        stands.add(&delta);
    };
    let mut before = None;
    loop {
        let some = repo.reactions_to(post, None, before.take(), CHUNK).await?;
        let Some(last) = some.last() else { break };
        before = Some(last.place.to_string());
        some.iter()
            .for_each(|r| add(Delta::reaction(post, r.user_id, None, Some(r.kind))));
    }
    let mut after = None;
    loop {
        let some = repo.comments_on(post, None, after.take(), CHUNK).await?;
        let Some(last) = some.last() else { break };
        after = Some(last.id.to_string());
        some.iter().for_each(|c| add(Delta::comment(post, c.author_id, 1)));
    }
    let mut after = None;
    loop {
        let some = repo.shares_of(post, after).await?;
        let Some(last) = some.last() else { break };
        after = Some(last.id);
        let counted = some.iter().filter(|s: &&Post| s.counts_for().is_some());
        counted.for_each(|s| add(Delta::share(post, s.author_id, 1)));
    }
    Ok(stands)
}

/// Compares what stands with what is kept; tells whether they agree.
fn compare(stands: &Tally, kept: Tally, report: &mut Verification) -> bool {
    let kinds: HashSet<_> = stands.reactions.keys().chain(kept.reactions.keys()).collect();
    let of = |tally: &Tally, kind| tally.reactions.get(kind).copied().unwrap_or(0);
    let mut off: u64 = kinds.iter().map(|k| of(stands, k).abs_diff(of(&kept, k))).sum();
    off += stands.comments.abs_diff(kept.comments) + stands.shares.abs_diff(kept.shares);
    report.counters += 3;
    report.drift += off;
    let people = kept.crowded || kept.actors == stands.actors;
    if off > 0 || !people {
        report.defect(format!("post {}: counters are off by {off}", stands.post_id));
    }
    off == 0 && people
}

async fn put(repo: &Repo, stands: Tally) -> Result<(), StoreError> {
    let replaced = repo.tallies.update(stands.post_id, |_| {
        Ok::<_, StoreError>(Change::Put(stands.clone(), Vec::new(), ()))
    });
    match replaced.await? {
        Some(()) => Ok(()),
        None => repo.tallies.insert(&stands, Vec::new()).await,
    }
}

/// Looks for what hangs on no post.
async fn orphans(
    store: &Arc<dyn Store>,
    repo: &Repo,
    collection: &'static str,
    report: &mut Verification,
) -> Result<(), StoreError> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Hanging {
        post_id: PostId,
    }
    let mut after = None;
    loop {
        let some = store.scan(collection, after.take(), CHUNK).await?;
        let Some(last) = some.last() else { return Ok(()) };
        after = Some(last.id.clone());
        let read = some.iter().map(|s| serde_json::from_slice::<Hanging>(&s.body));
        let mut posts: Vec<PostId> = read.filter_map(|h| h.ok().map(|h| h.post_id)).collect();
        posts.sort_unstable();
        posts.dedup();
        let found = repo.posts_by_id(&posts).await?.into_iter();
        let standing: HashSet<PostId> = found.filter(|p| p.gone.is_none()).map(|p| p.id).collect();
        for post in posts.iter().filter(|p| !standing.contains(p)) {
            report.defect(format!("{collection}: something hangs on {post}, which is gone"));
        }
    }
}

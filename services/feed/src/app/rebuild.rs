//! Builds timelines anew from the posts and friendships as they are. Does no harm while people post and read, and leads to the
//! same when it is done again.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use contracts::post::PostSummary;
use kernel::{Fault, PostId, UserId};
use tokio_util::sync::CancellationToken;

use super::{App, FRIENDS_MAX, OF_AUTHOR_MAX, is_open};
use crate::domain::entry::Entry;
use crate::domain::heat::Counts;
use crate::repo;

/// Posts that are walked at once.
const SCAN_MAX: usize = 1_000;
/// Authors whose friends are remembered during one such walk.
const KNOWN_MAX: usize = 1_000;
/// Posts of which post is asked at once whether they are there.
const SUMMARIES_MAX: usize = 500;

/// Builds timelines anew, for whoever operates an instance.
#[async_trait]
pub trait Rebuild: Send + Sync {
    /// Builds one person's timeline anew: what is missing is added, what should not be there goes.
    async fn person(&self, person: UserId) -> Result<(), Fault>;
    /// Builds all timelines anew. Returns how many posts were laid out.
    async fn all(&self) -> Result<u64, Fault>;
}

#[async_trait]
impl Rebuild for App {
    async fn person(&self, person: UserId) -> Result<(), Fault> {
        self.rebuild_person(person).await
    }

    async fn all(&self) -> Result<u64, Fault> {
        let posts = self.build(None, &CancellationToken::new()).await?;
        let mut after = None;
        while let Some(reader) = self.repo.timelines.reader_after(after).await? {
            self.rebuild_person(reader).await?;
            after = Some(reader);
        }
        Ok(posts)
    }
}

impl App {
    /// Builds all timelines when there are posts and none was ever built, and goes on where a stop or a crash left it.
    pub(crate) async fn build_first(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        let after = match self.repo.progress().await? {
            Some(progress) if progress.done => None,
            Some(progress) => Some(progress.after),
            None if self.repo.timelines.reader_after(None).await?.is_none() => Some(None),
            None => None,
        };
        match after {
            Some(after) => drop(self.build(after, &stop).await?),
            None => self.repo.set_progress(None, true).await?,
        }
        stop.cancelled().await;
        Ok(())
    }

    /// Lays out all posts strictly after `after`, noting how far it has come; returns how many there were.
    async fn build(&self, mut after: Option<PostId>, stop: &CancellationToken) -> Result<u64, Fault> {
        let mut laid = 0;
        loop {
            let posts = self.posts.scan(after, SCAN_MAX).await?;
            let mut friends = HashMap::new();
            for post in &posts {
                if stop.is_cancelled() {
                    return Ok(laid);
                }
                self.lay_out_again(post, &mut friends).await?;
                laid += 1;
            }
            let done = posts.len() < SCAN_MAX;
            after = posts.last().map(|post| post.id).or(after);
            self.repo.set_progress(after, done).await?;
            if done {
                return Ok(laid);
            }
        }
    }

    /// Lays out one of many posts: the friends of an author are asked for once. Who becomes a friend in between is found by the event.
    async fn lay_out_again(&self, post: &PostSummary, known: &mut HashMap<UserId, Vec<UserId>>) -> Result<(), Fault> {
        let author = post.author_id;
        if !is_open(post) {
            return self.lay_before(post, &[author]).await;
        }
        if !known.contains_key(&author) {
            if known.len() >= KNOWN_MAX {
                known.clear();
            }
            let mut readers = self.followers(author).await?;
            if readers.len() > self.config.push_followers_max {
                readers.clear();
                self.keep_recent(author).await?;
            }
            readers.push(author);
            known.insert(author, readers);
        }
        let readers = known.get(&author).map_or(&[] as &[UserId], Vec::as_slice);
        self.lay_before(post, readers).await?;
        Ok(self.warm_again(post).await?)
    }

    async fn warm_again(&self, post: &PostSummary) -> Result<(), store::StoreError> {
        if post.visibility == contracts::post::Visibility::Public {
            self.repo.heats.warm(post, Counts::default(), post.created_at).await?;
        }
        Ok(())
    }

    async fn rebuild_person(&self, person: UserId) -> Result<(), Fault> {
        let friends = self.relationships.friends(person, FRIENDS_MAX).await?;
        let mut pulled = HashSet::new();
        let mut wanted: BTreeSet<(PostId, UserId)> = BTreeSet::new();
        let mut found: HashMap<PostId, PostSummary> = HashMap::new();
        for author in friends.iter().chain([&person]) {
            if author != &person && self.is_pulled(*author).await? {
                pulled.insert(*author);
            } else {
                self.newest_of(*author, person, &mut wanted, &mut found).await?;
            }
        }
        let entries: Vec<Entry> = wanted
            .iter()
            .filter_map(|(post, _)| Some(self.entry(person, found.get(post)?)))
            .collect();
        self.lay(&entries).await?;
        for author in &pulled {
            self.repo.readers.tie(person, None, |ties| ties.pull(*author)).await?;
        }
        self.let_go(person).await?;
        self.sift(person).await
    }

    /// Adds the posts of `author` that belong among the newest of a timeline to `wanted`.
    async fn newest_of(
        &self,
        author: UserId,
        reader: UserId,
        wanted: &mut BTreeSet<(PostId, UserId)>,
        found: &mut HashMap<PostId, PostSummary>,
    ) -> Result<(), Fault> {
        let mut before = None;
        loop {
            let posts = self.posts.of_author(author, before, OF_AUTHOR_MAX).await?;
            let full = posts.len() >= OF_AUTHOR_MAX;
            before = posts.last().map(|post| post.id);
            for post in posts.into_iter().filter(|p| is_open(p) || author == reader) {
                wanted.insert((post.id, author));
                found.insert(post.id, post);
            }
            let mut oldest = None;
            while wanted.len() > self.config.timeline_items_max {
                oldest = wanted.pop_first();
                found.remove(&oldest.map_or_else(|| PostId::from(uuid::Uuid::nil()), |(post, _)| post));
            }
            let too_old = oldest.zip(before).is_some_and(|((post, _), before)| before <= post);
            if !full || too_old {
                return Ok(());
            }
        }
    }

    /// Pulls nobody any more who is no friend now.
    async fn let_go(&self, person: UserId) -> Result<(), Fault> {
        let pulls = self.repo.readers.ties(person).await?.pulls;
        let relations = self.relationships.relations(person, &pulls).await?;
        for (author, _) in pulls.iter().zip(relations).filter(|(_, r)| !r.friends || r.blocked) {
            self.repo.readers.tie(person, None, |ties| ties.part(*author)).await?;
        }
        Ok(())
    }

    /// Removes from a timeline what is of nobody who is a friend now, and posts that are gone or private now. What was added while
    /// it looks is asked for like the rest, so that nothing is lost that has just come.
    async fn sift(&self, person: UserId) -> Result<(), Fault> {
        let mut high = None;
        loop {
            let entries = self.repo.timelines.below(person, high, repo::READ_MAX).await?;
            let Some(last) = entries.last().map(|e| e.post) else {
                return Ok(());
            };
            for some in entries.chunks(SUMMARIES_MAX) {
                let doomed = self.doomed_among(person, some).await?;
                self.repo.timelines.remove(doomed).await?;
            }
            high = Some(last);
        }
    }

    async fn doomed_among(&self, person: UserId, entries: &[Entry]) -> Result<Vec<String>, Fault> {
        let authors: HashSet<UserId> = entries.iter().map(|e| e.author).collect();
        let authors: Vec<UserId> = authors.into_iter().collect();
        let relations = self.relationships.relations(person, &authors).await?;
        let standing = authors.into_iter().zip(relations);
        let friends: HashSet<UserId> = standing
            .filter(|(_, r)| r.friends && !r.blocked)
            .map(|(a, _)| a)
            .collect();
        let ids: Vec<PostId> = entries.iter().map(|e| e.post).collect();
        let posts = self.posts.summaries(&ids).await?;
        let posts: HashMap<PostId, PostSummary> = posts.into_iter().map(|post| (post.id, post)).collect();
        let belongs = |entry: &Entry| {
            let post = posts.get(&entry.post);
            let theirs = friends.contains(&entry.author) && post.is_some_and(is_open);
            theirs || (entry.author == person && post.is_some())
        };
        let doomed = entries.iter().filter(|e| !belongs(e));
        Ok(doomed.map(store::Document::id).collect())
    }
}

//! Owns the queries for posts, their tallies and their earlier words.

use contracts::Event;
use contracts::post::Visibility;
use kernel::{AssetId, PostId, UserId};
use store::{Document as _, Op, Query, RawDocument, Search, StoreError, Write};

use super::{CHUNK, IDS_MAX, Repo};
use crate::domain::post::{Post, Revision, author_circle, circle};
use crate::domain::tally::Tally;

/// Circles that one search of the store looks into.
const CIRCLES_A_SEARCH_MAX: usize = 500;

/// Which posts a list is of. All newest first.
pub(crate) enum Source {
    /// All.
    Newest,
    /// Those of one person.
    Author(UserId),
    /// Those with a tag.
    Tag(String),
    /// Those of one person with a tag.
    AuthorTag(UserId, String),
    /// Those with words, within circles.
    Words(String, Vec<Circle>),
    /// Those of one person with words, within circles of theirs.
    AuthorWords(UserId, String, Vec<Visibility>),
}

/// A circle of people whom posts are for.
pub(crate) type Circle = (Visibility, UserId);

impl Repo {
    /// Returns up to `most` posts of a source with ids strictly below `before`, greatest first. Text searches may return
    /// some that were changed meanwhile.
    pub(crate) async fn posts_from(
        &self,
        source: &Source,
        before: Option<String>,
        most: usize,
    ) -> Result<Vec<Post>, StoreError> {
        let query = match source {
            Source::Newest => Query::on("newest").eq(true),
            Source::Author(author) => Query::on("author").eq(*author).eq(true),
            Source::Tag(tag) => Query::on("tag").eq(tag.as_str()),
            Source::AuthorTag(author, tag) => Query::on("author_tag").eq(tag.as_str()).eq(*author),
            Source::Words(words, circles) => return self.search(words, circles, before, most).await,
            Source::AuthorWords(author, words, circles) => {
                let scopes = circles.iter().map(|v| author_circle(*v, *author)).collect();
                let search = asked("author_words", scopes, words, before, most);
                return self.search_all(vec![search]).await;
            }
        };
        let query = match before {
            Some(before) => query.less_than(before),
            None => query,
        };
        self.posts.find(query.descending().limit(most)).await
    }

    /// Searches circle by circle, as many at once as the store allows, and merges.
    async fn search(
        &self,
        words: &str,
        circles: &[Circle],
        before: Option<String>,
        most: usize,
    ) -> Result<Vec<Post>, StoreError> {
        let searches = circles.chunks(CIRCLES_A_SEARCH_MAX).map(|some| {
            let scopes = some.iter().map(|(visibility, author)| circle(*visibility, *author));
            asked("words", scopes.collect(), words, before.clone(), most)
        });
        let mut found = self.search_all(searches.collect()).await?;
        found.sort_unstable_by_key(|post| std::cmp::Reverse(post.id));
        found.truncate(most);
        Ok(found)
    }

    /// Searches what is written; on the first page, when nothing is in any of them, what may have been meant.
    async fn search_all(&self, searches: Vec<Search>) -> Result<Vec<Post>, StoreError> {
        let mut found = Vec::new();
        for search in &searches {
            let some = self.posts.store().search(Post::COLLECTION, search.clone()).await?;
            for stored in some {
                let read = serde_json::from_slice(&stored.body);
                found.push(read.map_err(|e| StoreError::Backend(format!("{}: {e}", stored.id)))?);
            }
        }
        if found.is_empty() {
            for search in searches.iter().filter(|search| search.before.is_none()) {
                found.extend(self.posts.search_near(search).await?);
            }
        }
        Ok(found)
    }

    /// Returns those of `ids` that exist, gone or not, in any order.
    pub(crate) async fn posts_by_id(&self, ids: &[PostId]) -> Result<Vec<Post>, StoreError> {
        let mut found = Vec::with_capacity(ids.len());
        for some in ids.chunks(IDS_MAX) {
            let ids: Vec<String> = some.iter().map(ToString::to_string).collect();
            found.extend(self.posts.get_many(&ids).await?);
        }
        Ok(found)
    }

    /// Returns a post with its version in the store, unless it is gone.
    pub(crate) async fn live_post(&self, id: PostId) -> Result<Option<(Post, u64)>, StoreError> {
        let found = self.posts.get_versioned(id).await?;
        Ok(found.filter(|(post, _)| post.gone.is_none()))
    }

    /// Tells whether a post stands.
    pub(crate) async fn stands(&self, id: PostId) -> Result<bool, StoreError> {
        Ok(self.live_post(id).await?.is_some())
    }

    /// Returns the post that an author wrote under a client id, gone or not.
    pub(crate) async fn by_client_id(&self, author: UserId, client_id: &str) -> Result<Option<Post>, StoreError> {
        let query = Query::on("author_client").eq(author).eq(client_id);
        self.posts.find_one(query).await
    }

    /// Returns an author's share of a post.
    pub(crate) async fn share_by(&self, author: UserId, of: PostId) -> Result<Option<Post>, StoreError> {
        self.posts.find_one(Query::on("author_share").eq(author).eq(of)).await
    }

    /// Returns shares of a post with ids above `after`, lowest first.
    pub(crate) async fn shares_of(&self, of: PostId, after: Option<PostId>) -> Result<Vec<Post>, StoreError> {
        let query = Query::on("share_of").eq(of).limit(CHUNK);
        let query = match after {
            Some(after) => query.more_than(after),
            None => query,
        };
        self.posts.find(query).await
    }

    /// Returns some posts of an author, gone or not.
    pub(crate) async fn some_posts_of(&self, author: UserId) -> Result<Vec<Post>, StoreError> {
        self.posts.find(Query::on("author_at").eq(author).limit(CHUNK)).await
    }

    /// Returns some posts that mention a person.
    pub(crate) async fn some_posts_naming(&self, person: UserId) -> Result<Vec<Post>, StoreError> {
        self.posts.find(Query::on("mentioned").eq(person).limit(CHUNK)).await
    }

    /// Returns some posts with an asset, gone or not.
    pub(crate) async fn some_posts_with(&self, asset: AssetId) -> Result<Vec<Post>, StoreError> {
        self.posts.find(Query::on("media").eq(asset).limit(CHUNK)).await
    }

    /// Returns posts that stand with ids above `after`, lowest first.
    pub(crate) async fn walk(&self, after: Option<PostId>, most: usize) -> Result<Vec<Post>, StoreError> {
        let query = Query::on("newest").eq(true).limit(most);
        let query = match after {
            Some(after) => query.more_than(after),
            None => query,
        };
        self.posts.find(query).await
    }

    /// Replaces a post at a version of the store.
    pub(crate) async fn replace_post(&self, post: &Post, version: u64, events: Vec<Event>) -> Result<u64, StoreError> {
        let op = Op::Replace(RawDocument::of(post)?, version);
        let write = Write { op, events, mark: None };
        self.posts.store().write(write).await
    }

    /// Returns the counters of those of `posts` that have any, in any order.
    pub(crate) async fn tallies_of(&self, posts: &[PostId]) -> Result<Vec<Tally>, StoreError> {
        let mut found = Vec::new();
        for some in posts.chunks(IDS_MAX) {
            let ids: Vec<String> = some.iter().map(ToString::to_string).collect();
            found.extend(self.tallies.get_many(&ids).await?);
        }
        Ok(found)
    }

    /// Returns earlier words of a post with numbers below `before`, newest first.
    pub(crate) async fn revisions_of(
        &self,
        post: PostId,
        before: Option<u32>,
        most: usize,
    ) -> Result<Vec<Revision>, StoreError> {
        let query = Query::on("post").eq(post).descending().limit(most);
        let query = match before {
            Some(before) => query.less_than(i64::from(before)),
            None => query,
        };
        self.revisions.find(query).await
    }
}

fn asked(index: &'static str, scopes: Vec<String>, words: &str, before: Option<String>, limit: usize) -> Search {
    let words = words.to_owned();
    Search {
        index,
        scopes,
        words,
        limit,
        before,
    }
}

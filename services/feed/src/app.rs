//! Owns what handlers, consumers and workers work with. Refuses to hold any decision: those are in `domain`.

mod build_timelines;
mod deliver_post;
mod rank_trending;
mod read_home;
mod recheck;
mod settle_pair;
mod tell_readers;
mod warm_posts;

use std::sync::Arc;

use contracts::friendship::Relationships;
use contracts::post::{PostSummary, Posts, Visibility};
use kernel::{Ambient, Fault, PostId, UserId};

use crate::config::Config;
use crate::domain::entry::Entry;
use crate::repo::Repo;

pub(crate) use rank_trending::{Hot, Trending};
pub(crate) use read_home::{Home, News};
pub(crate) use tell_readers::Teller;
pub(crate) use warm_posts::Touched;

/// Friends of one page.
const FRIENDS_PAGE: usize = 1_000;
/// Such pages of one person: a million friends.
const FRIENDS_PAGES_MAX: usize = 1_000;
/// Posts of which post is asked at once how they stand.
const SUMMARIES_MAX: usize = 500;
/// Most posts of an author that post tells of at once.
const OF_AUTHOR_MAX: usize = 200;
/// Such answers that are looked through for posts that others may see.
const OF_AUTHOR_PAGES_MAX: usize = 10;

/// The use cases.
pub(crate) struct App {
    pub(crate) ambient: Ambient,
    pub(crate) repo: Repo,
    pub(crate) posts: Arc<dyn Posts>,
    pub(crate) relationships: Arc<dyn Relationships>,
    pub(crate) teller: Teller,
    pub(crate) touched: Touched,
    pub(crate) hot: Hot,
    pub(crate) config: Config,
}

impl App {
    /// Returns an entry for `reader`, laid there now.
    fn entry(&self, reader: UserId, post: &PostSummary) -> Entry {
        Entry {
            reader,
            post: post.id,
            author: post.author_id,
            media: post.has_media,
            shared: post.shared.is_some(),
            added: self.ambient.now().millis(),
        }
    }

    /// Returns a post as it stands, if it does.
    async fn summary(&self, post: PostId) -> Result<Option<PostSummary>, Fault> {
        Ok(self.posts.summaries(&[post]).await?.into_iter().find(|p| p.id == post))
    }

    /// Returns the latest posts of an author that others may see, newest first, at most `most`, and whether there is any post at all. Behind 2,000
    /// private ones it looks no further.
    async fn latest_open(&self, author: UserId, most: usize) -> Result<(Vec<PostSummary>, bool), Fault> {
        let (mut open, mut before, mut has_any) = (Vec::new(), None, false);
        for _ in 0..OF_AUTHOR_PAGES_MAX {
            let page = self.posts.of_author(author, before, OF_AUTHOR_MAX).await?;
            let is_last = page.len() < OF_AUTHOR_MAX;
            has_any |= !page.is_empty();
            before = page.last().map(|post| post.id);
            open.extend(page.into_iter().filter(is_open));
            if is_last || open.len() >= most {
                break;
            }
        }
        open.truncate(most);
        Ok((open, has_any))
    }

    /// Removes whatever is kept of a person. What others have of them goes with their friendships and posts, which tell so.
    pub(crate) async fn erase(&self, person: UserId) -> Result<(), Fault> {
        self.repo.note_gone(person).await?;
        self.repo.timelines.remove_where(person, |_| true).await?;
        Ok(self.repo.readers.forget(person).await?)
    }
}

/// Tells whether others than the author may see a post.
fn is_open(post: &PostSummary) -> bool {
    post.visibility != Visibility::Private
}

//! Answers other services in process.

use std::collections::HashMap;

use async_trait::async_trait;
use contracts::post::{PostSummary, Posts};
use kernel::{Fault, PostId, UserId};

use crate::app::App;
use crate::domain::post::Post;
use crate::domain::tally::Tally;
use crate::error::Error;
use crate::repo::Source;

/// Posts of one question for views, as the contract says.
const VIEWS_MAX: usize = 200;
/// Posts of one question for summaries.
const SUMMARIES_MAX: usize = 500;
/// Posts of an author in one answer.
const OF_AUTHOR_MAX: usize = 200;
/// Posts of one step of a walk.
const SCAN_MAX: usize = 1_000;

impl App {
    async fn sum_up(&self, posts: Vec<Post>) -> Result<Vec<PostSummary>, Error> {
        let ids: Vec<PostId> = posts.iter().map(|p| p.id).collect();
        let tallies = self.repo.tallies_of(&ids).await?.into_iter();
        let tallies: HashMap<PostId, Tally> = tallies.map(|t| (t.post_id, t)).collect();
        let standing = posts.iter().filter(|p| p.gone.is_none());
        Ok(standing.map(|p| p.summary(tallies.get(&p.id))).collect())
    }

    async fn views_of(&self, reader: UserId, ids: &[PostId]) -> Result<Vec<serde_json::Value>, Error> {
        let found = self.repo.posts_by_id(ids).await?.into_iter();
        let mut by_id: HashMap<PostId, Post> = found.map(|p| (p.id, p)).collect();
        let posts = ids.iter().filter_map(|id| by_id.remove(id)).collect();
        let shown = self.show_posts(reader, posts).await?;
        let written = shown.iter().map(serde_json::to_value).collect::<Result<_, _>>();
        written.map_err(|e| Fault::internal(e).into())
    }
}

#[async_trait]
impl Posts for App {
    async fn views(&self, reader: UserId, ids: &[PostId]) -> Result<Vec<serde_json::Value>, Fault> {
        let ids: Vec<PostId> = ids.iter().copied().take(VIEWS_MAX).collect();
        Ok(self.views_of(reader, &ids).await?)
    }

    async fn summaries(&self, ids: &[PostId]) -> Result<Vec<PostSummary>, Fault> {
        let ids: Vec<PostId> = ids.iter().copied().take(SUMMARIES_MAX).collect();
        let posts = self.repo.posts_by_id(&ids).await?;
        Ok(self.sum_up(posts).await?)
    }

    async fn of_author(&self, author: UserId, before: Option<PostId>, limit: usize) -> Result<Vec<PostSummary>, Fault> {
        let most = limit.clamp(1, OF_AUTHOR_MAX);
        let before = before.map(|id| id.to_string());
        let posts = self.repo.posts_from(&Source::Author(author), before, most).await?;
        Ok(self.sum_up(posts).await?)
    }

    async fn scan(&self, after: Option<PostId>, limit: usize) -> Result<Vec<PostSummary>, Fault> {
        let posts = self.repo.walk(after, limit.clamp(1, SCAN_MAX)).await?;
        Ok(self.sum_up(posts).await?)
    }
}

//! Post's own events: what hangs on a post or a comment that is gone is cleared away. Idempotent by itself.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::event::topic;
use contracts::post::{CommentChange, CommentEvent, PostChange, PostEvent};
use kernel::Fault;

use crate::app::App;

pub(crate) struct Purge(pub(crate) Arc<App>);

pub(crate) fn subscription() -> Subscription {
    Subscription::new("post.purge", &[topic::POST, topic::COMMENT])
}

#[async_trait]
impl Handler for Purge {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        if event.is("post.deleted") {
            let post: PostEvent = event.body()?;
            if post.change == PostChange::Deleted {
                self.0.purge(post.post_id).await?;
            }
        } else if event.is("comment.deleted") {
            let comment: CommentEvent = event.body()?;
            if comment.change == CommentChange::Deleted {
                self.0.fell_answers(comment.comment_id, comment.post_author_id).await?;
            }
        }
        Ok(())
    }
}

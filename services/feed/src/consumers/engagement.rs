//! `social.comment.v1`, `social.reaction.v1`: what people do warms a post, and brings them closer to its author.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, OnPoison, Subscription};
use contracts::Event;
use contracts::event::topic;
use contracts::post::{CommentChange, CommentEvent, ReactionEvent};
use kernel::Fault;

use crate::app::App;
use crate::domain::heat::Counts;

pub(crate) struct Engagement(pub(crate) Arc<App>);

/// Returns the subscription of [`Engagement`].
pub(crate) fn subscription() -> Subscription {
    Subscription {
        on_poison: OnPoison::Skip,
        ..Subscription::new("feed.engagement", &[topic::COMMENT, topic::REACTION])
    }
}

#[async_trait]
impl Handler for Engagement {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let mut fresh = Counts::default();
        let (post, author, by) = if *event.topic == *topic::COMMENT.name {
            let told = event.body::<CommentEvent>()?;
            let written = matches!(told.change, CommentChange::Created { .. });
            fresh.comments = u64::from(written);
            (told.post_id, told.post_author_id, written.then_some(told.author_id))
        } else {
            let told = event.body::<ReactionEvent>()?;
            fresh.reactions = u64::from(told.reaction.is_some());
            (told.post_id, told.post_author_id, told.reaction.map(|_| told.user_id))
        };
        self.0.touch(post, fresh, event.time);
        match by {
            Some(by) => self.0.draw_closer(by, author, event).await,
            None => Ok(()),
        }
    }
}

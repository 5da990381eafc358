//! `social.friendship.v1`: timelines follow friendships. Idempotent by itself.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, OnPoison, Subscription};
use contracts::Event;
use contracts::event::topic;
use contracts::friendship::FriendshipEvent;
use kernel::Fault;

use crate::app::App;

pub(crate) struct Friendships(pub(crate) Arc<App>);

/// Returns the subscription of [`Friendships`].
pub(crate) fn subscription() -> Subscription {
    Subscription {
        on_poison: OnPoison::Skip,
        ..Subscription::new("feed.friendship", &[topic::FRIENDSHIP])
    }
}

#[async_trait]
impl Handler for Friendships {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let told = event.body::<FriendshipEvent>()?;
        let (one, other) = told.pair();
        match told {
            FriendshipEvent::Accepted { .. } | FriendshipEvent::Removed { .. } | FriendshipEvent::Blocked { .. } => {
                self.0.settle_pair(one, other).await
            }
            FriendshipEvent::Requested { .. }
            | FriendshipEvent::Declined { .. }
            | FriendshipEvent::Unblocked { .. } => Ok(()),
        }
    }
}

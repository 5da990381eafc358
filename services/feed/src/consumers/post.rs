//! `social.post.v1`: posts come and go in timelines. Idempotent by itself.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bus::{Handler, OnPoison, Subscription};
use contracts::Event;
use contracts::event::topic;
use contracts::post::{PostChange, PostEvent};
use kernel::Fault;

use crate::app::App;
use crate::domain::heat::Counts;

/// Nobody is told of a post that is older.
const NEW_WITHIN: Duration = Duration::from_secs(60);

pub(crate) struct Posts(pub(crate) Arc<App>);

/// Returns the subscription of [`Posts`].
pub(crate) fn subscription() -> Subscription {
    Subscription {
        on_poison: OnPoison::Skip,
        ..Subscription::new("feed", &[topic::POST])
    }
}

#[async_trait]
impl Handler for Posts {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let told = event.body::<PostEvent>()?;
        let app = &self.0;
        if !matches!(told.change, PostChange::Edited { .. }) {
            let readers = app.settle_post(told.post_id, told.author_id).await?;
            let is_new = app.ambient.now().since(event.time) <= NEW_WITHIN;
            if matches!(told.change, PostChange::Created { .. }) && is_new {
                app.teller.note(readers);
            }
        }
        match told.change {
            // The post that is shared has got a share more; the new one has nothing yet.
            PostChange::Created { shared, .. } => {
                if let Some((origin, _)) = shared {
                    let fresh = Counts {
                        shares: 1,
                        ..Counts::default()
                    };
                    app.touch(origin, fresh, event.time);
                }
            }
            _ => app.touch(told.post_id, Counts::default(), event.time),
        }
        Ok(())
    }
}

//! Adds up what events say about the counters of posts, each event once: the inbox mark commits with the sum. Refuses to
//! look at what was said or felt.

use contracts::Event;
use store::{Change, Mark, StoreError};

use crate::app::App;
use crate::app::told::delta_of;
use crate::consumers::tally::GROUP;
use crate::domain::tally::{Delta, Tally};
use crate::error::Error;
use crate::repo::STEP_ATTEMPTS_MAX;

impl App {
    /// Adds what an event changes, unless that was done before or the post is gone.
    pub(crate) async fn count(&self, event: &Event) -> Result<(), Error> {
        let Some(delta) = delta_of(event)? else { return Ok(()) };
        if !self.repo.stands(delta.of).await? {
            return Ok(());
        }
        let mark = Mark {
            consumer: GROUP,
            event: event.id,
        };
        self.add(&delta, mark).await?;
        // When the post went meanwhile, its tally was perhaps cleared away before this was written.
        if !self.repo.stands(delta.of).await? {
            self.repo.tallies.delete(delta.of).await?;
        }
        Ok(())
    }

    async fn add(&self, delta: &Delta, mark: Mark) -> Result<(), Error> {
        for _ in 0..STEP_ATTEMPTS_MAX {
            let added = self
                .repo
                .tallies
                .update_marked(delta.of, Some(mark.clone()), |mut tally: Tally| {
                    tally.add(delta);
                    Ok::<_, StoreError>(Change::Put(tally, Vec::new(), ()))
                });
            let done = match added.await {
                Ok(Some(())) => Ok(()),
                Ok(None) => {
                    let mut first = Tally::new(delta.of);
                    first.add(delta);
                    self.repo
                        .tallies
                        .insert_marked(&first, Vec::new(), Some(mark.clone()))
                        .await
                }
                Err(e) => Err(e),
            };
            match done {
                Ok(()) | Err(StoreError::AlreadyProcessed) => return Ok(()),
                // Somebody else began the tally first: add to theirs.
                Err(StoreError::Unique { .. }) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Err(StoreError::Busy.into())
    }
}

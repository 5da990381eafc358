//! Owns counting sales and stars in the background: whatever is sold and reviewed meanwhile, a card is counted once a second.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use kernel::{CardId, Fault};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::repo::tallies::Done;

/// Cards that are counted at once.
const AT_ONCE: usize = 8;
/// Cards that are read at once.
const CHUNK: usize = 200;
/// The least time between two rounds.
const PAUSE: Duration = Duration::from_secs(1);

impl App {
    /// Counts what is marked, until `stop`.
    pub(crate) async fn count(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        loop {
            let marked = self.repo.tallies.marked();
            if marked.is_empty() {
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    () = self.repo.tallies.wait() => continue,
                }
            }
            futures::stream::iter(marked)
                .for_each_concurrent(AT_ONCE, |(card, done)| self.count_one(card, done))
                .await;
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Lets every card on sale be counted once: what a process that died had sold and not counted is made good so.
    pub(crate) async fn mark_all(&self) -> Result<(), Fault> {
        let mut cursor: Option<String> = None;
        loop {
            let page = self.repo.cards.on_sale(CHUNK, cursor.as_deref()).await?;
            for card in page.items {
                self.repo.tallies.mark(card.id, []);
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    async fn count_one(&self, card: CardId, done: Done) {
        if let Err(error) = self.repo.tallies.count(card, |one| done.contains(one)).await {
            tracing::warn!(%card, %error, "not counted; tried again");
            self.repo.tallies.mark(card, done);
            return;
        }
        self.shelf.refresh(card).await;
    }
}

//! Fires timers as the ephemeral store says that they are due. Refuses to believe it: the document decides.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use kernel::Fault;
use tokio_util::sync::CancellationToken;

use super::{App, SET, note};

/// How long a claimed timer is not given to another process.
const CLAIM: Duration = Duration::from_secs(10);
/// Timers taken off the set at once.
const TAKEN_OFF: usize = 64;

/// Fires what is due until `stop`.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    loop {
        // As long as there is a full batch, the next one follows at once.
        while !stop.is_cancelled() && app.fire_claimed().await? >= app.config.batch_max {}
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(app.config.prompt_each()) => {}
        }
    }
}

impl App {
    /// Claims a batch and fires it; tells how many were claimed. While the ephemeral store is away: none.
    async fn fire_claimed(&self) -> Result<usize, Fault> {
        let claimed = match self.ephemeral.claim_due(SET, self.config.batch_max, CLAIM).await {
            Ok(claimed) if claimed.is_empty() => return Ok(0),
            Ok(claimed) => claimed,
            Err(error) => {
                note(Err(error));
                return Ok(0);
            }
        };
        let fired = self.timers.fire(&claimed).await?;
        metrics::counter!("expiration_fired_total", "by" => "prompt").increment(fired.now as u64);
        let kept: std::collections::HashSet<&str> = fired.later.iter().map(|(id, _)| id.as_str()).collect();
        // What another wrote meanwhile stays claimed, and is looked at again when the claim lapses, or by the sweep.
        let again: std::collections::HashSet<&str> = fired.again.iter().map(String::as_str).collect();
        let over = claimed
            .iter()
            .filter(|id| !kept.contains(id.as_str()) && !again.contains(id.as_str()));
        futures::stream::iter(over)
            .for_each_concurrent(TAKEN_OFF, |id| async move { note(self.ephemeral.done(SET, id).await) })
            .await;
        for (id, due) in &fired.later {
            note(self.ephemeral.schedule(SET, id, *due).await);
        }
        Ok(claimed.len())
    }
}

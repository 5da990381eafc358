//! Finds due timers in the documents, whatever the ephemeral store has lost, and forgets those that are long over.

use std::sync::Arc;

use kernel::Fault;
use tokio_util::sync::CancellationToken;

use super::App;

/// Batches in a row without a pause.
const ROUNDS_MAX: usize = 200;

/// Sweeps until `stop`.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    loop {
        app.sweep(&stop).await?;
        let before = app.timers.ambient.now() - app.config.kept();
        app.timers.forget(before, app.config.batch_max).await?;
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(app.config.sweep_each()) => {}
        }
    }
}

impl App {
    async fn sweep(&self, stop: &CancellationToken) -> Result<(), Fault> {
        for _ in 0..ROUNDS_MAX {
            let (found, fired) = self.timers.fire_due(self.config.batch_max).await?;
            metrics::counter!("expiration_fired_total", "by" => "sweep").increment(fired.now as u64);
            if found < self.config.batch_max || stop.is_cancelled() {
                break;
            }
        }
        Ok(())
    }
}

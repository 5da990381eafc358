//! Finds the models of providers for which the operator named none: at the start and then again and again, so that a server
//! that was away, and a model that was added, come in by themselves. Refuses to let a server that is away stop anything.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use kernel::Fault;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::domain::models::Models;
use crate::providers::Provider;

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// How long a server may take to say what it has; the product's start waits for it once.
const LOOK_WAIT: Duration = Duration::from_secs(2);

/// Looks for models.
#[derive(Default)]
pub(crate) struct Finder(Vec<Sought>);

/// A provider that says itself which models it has.
struct Sought {
    name: String,
    models: Models,
    provider: Arc<dyn Provider>,
}

impl Finder {
    /// Looks for the models of `provider`, called `name`, from now on.
    pub(crate) fn seek(&mut self, name: &str, models: Models, provider: Arc<dyn Provider>) {
        self.0.push(Sought {
            name: name.into(),
            models,
            provider,
        });
    }

    /// Looks once, everywhere at the same time.
    pub(crate) async fn look(&self) {
        join_all(self.0.iter().map(Sought::look)).await;
    }

    /// Looks until `stop`, the first time at once: what was away at the start may be there by now.
    pub(crate) async fn run(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        while !self.0.is_empty() {
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.look() => {}
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        stop.cancelled().await;
        Ok(())
    }
}

impl Sought {
    async fn look(&self) {
        let found = timeout(LOOK_WAIT, self.provider.find_models()).await;
        match found {
            Ok(Some(Ok(names))) => {
                let count = names.len();
                if self.models.found(names) {
                    tracing::info!(provider = self.name, count, "models found");
                }
            }
            // What it had is kept: a call will tell whether it is still there.
            Ok(Some(Err(e))) if !self.models.are_known() => tracing::warn!("no models of `{}` yet: {e}", self.name),
            Err(_) if !self.models.are_known() => {
                tracing::warn!("no models of `{}` yet: it does not answer", self.name)
            }
            _ => {}
        }
    }
}

//! Owns the life of what runs behind the routes: relays, consumers and workers are started, restarted when they fail,
//! and stopped in order. Refuses to know what they do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bus::{Bus, Handler};
use ephemeral::Ephemeral;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use kernel::{Ambient, Fault};
use store::Store;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Service;
use crate::follow::Follow;
use crate::service::Drain;

/// First pause before a failed loop is started again; doubled up to [`RESTART_PAUSE_MAX`].
pub const RESTART_PAUSE_MIN: Duration = Duration::from_millis(200);
/// Longest such pause.
pub const RESTART_PAUSE_MAX: Duration = Duration::from_secs(10);
/// How long services' drains may take. With [`crate::http::DRAIN_MAX`] and the two below it makes the 10 s of a stop.
pub const DRAINS_MAX: Duration = Duration::from_millis(4_500);
/// How long consumers and workers may take to stop.
pub const WORK_MAX: Duration = Duration::from_secs(3);
/// How long relays may take to empty the outboxes.
pub const RELAYS_MAX: Duration = Duration::from_secs(1);

/// Tells whether the process may be sent requests.
#[derive(Clone)]
pub struct Readiness(Arc<Ready>);

struct Ready {
    open: AtomicBool,
    stores: Vec<(&'static str, Arc<dyn Store>)>,
    bus: Option<Arc<dyn Bus>>,
    ephemeral: Arc<dyn Ephemeral>,
}

impl Readiness {
    /// Opens or closes the process to new requests.
    pub fn set_open(&self, open: bool) {
        self.0.open.store(open, Ordering::SeqCst);
    }

    /// Returns why the process is not ready, if it is not.
    pub async fn check(&self) -> Result<(), String> {
        if !self.0.open.load(Ordering::SeqCst) {
            return Err("starting or stopping".into());
        }
        for (name, store) in &self.0.stores {
            store.ping().await.map_err(|e| format!("store of {name}: {e}"))?;
        }
        if let Some(bus) = &self.0.bus {
            bus.ping().await.map_err(|e| e.to_string())?;
        }
        self.0.ephemeral.ping().await.map_err(|e| e.to_string())
    }
}

/// Everything of the services that runs by itself.
pub struct Supervisor {
    tasks: TaskTracker,
    stop_work: CancellationToken,
    stop_relays: CancellationToken,
    relays: TaskTracker,
    drains: Vec<(&'static str, Drain)>,
    stores: Vec<(&'static str, Arc<dyn Store>)>,
    bus: Option<Arc<dyn Bus>>,
    readiness: Readiness,
}

impl Supervisor {
    /// Starts relays, consumers and workers of `services` (their routes must have been taken).
    pub fn start(services: Vec<Service>, bus: Arc<dyn Bus>, ephemeral: Arc<dyn Ephemeral>, ambient: &Ambient) -> Self {
        Self::begin(services, Some(bus), ephemeral, ambient)
    }

    /// Starts the workers of `services` that only pass requests on: they neither keep documents nor hear events.
    pub fn without_bus(services: Vec<Service>, ephemeral: Arc<dyn Ephemeral>, ambient: &Ambient) -> Self {
        Self::begin(services, None, ephemeral, ambient)
    }

    fn begin(
        services: Vec<Service>,
        bus: Option<Arc<dyn Bus>>,
        ephemeral: Arc<dyn Ephemeral>,
        ambient: &Ambient,
    ) -> Self {
        let (tasks, relays) = (TaskTracker::new(), TaskTracker::new());
        let (stop_work, stop_relays) = (CancellationToken::new(), CancellationToken::new());
        let (mut drains, mut stores) = (Vec::new(), Vec::new());
        for service in services {
            let name = service.name;
            let bus = bus.as_ref();
            if let Some((store, bus)) = service.store.zip(bus) {
                let (store, bus, stop) = (store.clone(), bus.clone(), stop_relays.clone());
                stores.push((name, store.clone()));
                relays.spawn(forever(
                    format!("{name} relay"),
                    stop.clone(),
                    ambient.clone(),
                    move || {
                        let (store, bus, stop) = (store.clone(), bus.clone(), stop.clone());
                        async move {
                            bus::relay::run(store, bus, stop).await;
                            Ok(())
                        }
                        .boxed()
                    },
                ));
            }
            for (consumer, bus) in service
                .consumers
                .into_iter()
                .filter_map(|consumer| Some((consumer, bus?)))
            {
                let (bus, stop) = (bus.clone(), stop_work.clone());
                let label = format!("{name} consumer {}", consumer.subscription.group);
                let handler: Arc<dyn Handler> = Arc::new(Follow {
                    handler: consumer.handler,
                    group: consumer.subscription.group,
                    ambient: ambient.clone(),
                });
                tasks.spawn(forever(label, stop.clone(), ambient.clone(), move || {
                    let (bus, subscription, handler, stop) = (
                        bus.clone(),
                        consumer.subscription.clone(),
                        handler.clone(),
                        stop.clone(),
                    );
                    async move { bus.consume(subscription, handler, stop).await.map_err(Fault::from) }.boxed()
                }));
            }
            for worker in service.workers {
                let stop = stop_work.clone();
                let label = format!("{name} worker {}", worker.name);
                tasks.spawn(forever(label, stop.clone(), ambient.clone(), move || {
                    (worker.run)(stop.clone())
                }));
            }
            drains.extend(service.drain.map(|d| (name, d)));
        }
        let open = AtomicBool::new(false);
        let readiness = Readiness(Arc::new(Ready {
            open,
            stores: stores.clone(),
            bus: bus.clone(),
            ephemeral,
        }));
        Self {
            tasks,
            stop_work,
            stop_relays,
            relays,
            drains,
            stores,
            bus,
            readiness,
        }
    }

    /// Returns the process's readiness.
    pub fn readiness(&self) -> Readiness {
        self.readiness.clone()
    }

    /// Begins to stop: readiness off, then each service's drain.
    pub async fn drain(&mut self) {
        self.readiness.set_open(false);
        let drains = std::mem::take(&mut self.drains);
        futures::future::join_all(drains.into_iter().map(|(name, drain)| async move {
            if tokio::time::timeout(DRAINS_MAX, drain()).await.is_err() {
                tracing::warn!("{name} took too long to drain");
            }
        }))
        .await;
    }

    /// Stops consumers and workers, then relays (which empty the outboxes), then closes bus and stores.
    pub async fn stop(self) {
        for (what, tracker, token, most) in [
            ("work", &self.tasks, &self.stop_work, WORK_MAX),
            ("relays", &self.relays, &self.stop_relays, RELAYS_MAX),
        ] {
            token.cancel();
            tracker.close();
            if tokio::time::timeout(most, tracker.wait()).await.is_err() {
                tracing::warn!("{what} took too long to stop");
            }
        }
        if let Some(bus) = self.bus {
            bus.close().await;
        }
        for (_, store) in self.stores {
            store.close().await;
        }
    }
}

/// Runs a loop until `stop`, again after a growing pause when it fails, panics or ends too early.
async fn forever(
    label: String,
    stop: CancellationToken,
    ambient: Ambient,
    mut run: impl FnMut() -> BoxFuture<'static, Result<(), Fault>>,
) {
    let mut pause = RESTART_PAUSE_MIN;
    let restarts = metrics::counter!("loop_restarts_total", "loop" => label.clone());
    // A counter that begins at one has not grown, for whoever asks by how much.
    restarts.increment(0);
    while !stop.is_cancelled() {
        let begun = std::time::Instant::now();
        let ended = std::panic::AssertUnwindSafe(run()).catch_unwind().await;
        if stop.is_cancelled() {
            return;
        }
        let why = match ended {
            Ok(Ok(())) => "it ended".to_owned(),
            Ok(Err(fault)) => fault.to_string(),
            Err(_) => "it panicked".to_owned(),
        };
        if begun.elapsed() > RESTART_PAUSE_MAX {
            pause = RESTART_PAUSE_MIN;
        }
        tracing::error!("{label}: {why}; again in {pause:?}");
        restarts.increment(1);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(ambient.jitter(pause, 0.2)) => {}
        }
        pause = (pause * 2).min(RESTART_PAUSE_MAX);
    }
}

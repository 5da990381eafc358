//! Owns the table in use, and its replacement while requests go on: the file changed, the process was told to (SIGHUP), or
//! a name means other addresses now. Refuses a table that makes no sense; the old one stays then.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use kernel::Fault;
use parking_lot::RwLock;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::fleet::Fleet;
use crate::config::UpstreamConfig;
use crate::table::{Checked, Table, is_under};

/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How the table is read again.
#[derive(Clone)]
pub struct Reload {
    /// A change of this file's time or size is the occasion. SIGHUP is another.
    pub file: PathBuf,
    /// Reads the table. What it fails with is logged.
    pub read: Arc<dyn Fn() -> Result<Table, String> + Send + Sync>,
}

/// The table in use.
pub(crate) struct Live {
    config: UpstreamConfig,
    now: RwLock<Arc<Now>>,
}

#[derive(Default)]
struct Now {
    /// The longest prefix first.
    routes: Vec<(String, Arc<Fleet>)>,
    fleets: BTreeMap<String, Arc<Fleet>>,
}

impl Live {
    pub(crate) fn new(config: UpstreamConfig) -> Self {
        Self {
            config,
            now: RwLock::default(),
        }
    }

    /// Finds the service that owns a path.
    pub(crate) fn owner(&self, path: &str) -> Option<Arc<Fleet>> {
        let now = self.now.read();
        let found = now.routes.iter().find(|(prefix, _)| is_under(path, prefix));
        found.map(|(_, fleet)| fleet.clone())
    }

    /// Lists the services that own something.
    pub(crate) fn services(&self) -> Vec<String> {
        let now = self.now.read();
        let mut services: Vec<String> = now.routes.iter().map(|(_, fleet)| fleet.service.clone()).collect();
        services.sort();
        services.dedup();
        services
    }

    /// Puts a table in force. Requests in flight go on where they are; replicas that stay keep their connections.
    pub(crate) async fn apply(&self, table: Checked) {
        let before = self.now.read().clone();
        let mut fleets = BTreeMap::new();
        for (service, origins) in table.replicas {
            let known = before.fleets.get(&service).cloned();
            let fleet = known.unwrap_or_else(|| Fleet::new(&service, self.config.clone()));
            fleet.set_origins(origins).await;
            fleets.insert(service, fleet);
        }
        let owned = table.routes.into_iter();
        let routes = owned.filter_map(|(prefix, service)| Some((prefix, fleets.get(&service)?.clone())));
        let now = Now {
            routes: routes.collect(),
            fleets,
        };
        for (service, fleet) in &before.fleets {
            if !now.fleets.contains_key(service) {
                fleet.retire();
            }
        }
        *self.now.write() = Arc::new(now);
    }

    async fn resolve(&self) {
        let fleets: Vec<Arc<Fleet>> = self.now.read().fleets.values().cloned().collect();
        futures::future::join_all(fleets.iter().map(|fleet| fleet.resolve())).await;
    }
}

/// Keeps the table as the file and the names say, until `stop`.
pub(crate) async fn keep(live: &Live, reload: Option<Reload>, stop: CancellationToken) -> Result<(), Fault> {
    let mut hangups = signal(SignalKind::hangup()).map_err(Fault::internal)?;
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut names = tokio::time::interval(Duration::from_secs(live.config.resolve_seconds.max(1)));
    names.set_missed_tick_behavior(MissedTickBehavior::Delay);
    names.tick().await;
    let mut reader = reload.map(Reader::new);
    loop {
        let told = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = names.tick() => {
                live.resolve().await;
                continue;
            }
            _ = looks.tick() => false,
            _ = hangups.recv() => true,
        };
        if let Some(reader) = &mut reader {
            reader.look(live, told).await;
        }
    }
}

/// What was last read, so that only changes are.
struct Reader {
    reload: Reload,
    seen: Option<(SystemTime, u64)>,
    table: Option<Table>,
    complaint: String,
}

impl Reader {
    fn new(reload: Reload) -> Self {
        Self {
            reload,
            seen: None,
            table: None,
            complaint: String::new(),
        }
    }

    async fn look(&mut self, live: &Live, told: bool) {
        let stamp = stamp(&self.reload.file).await;
        if stamp == self.seen && !told {
            return;
        }
        let read = self.reload.read.clone();
        let read = tokio::task::spawn_blocking(move || {
            let table = read()?;
            Ok((table.check()?, table))
        });
        match read.await.unwrap_or_else(|e| Err(e.to_string())) {
            Ok((checked, table)) => {
                self.seen = stamp;
                self.complaint.clear();
                if self.table.as_ref() != Some(&table) {
                    live.apply(checked).await;
                    if self.table.replace(table).is_some() {
                        tracing::info!("a new table of services is in force");
                    }
                }
            }
            // The file is looked at again until it makes sense: it may have been read half written. Told once each.
            Err(mistakes) => {
                self.seen = None;
                if self.complaint != mistakes {
                    tracing::error!("the new table of services is refused, the old one stays: {mistakes}");
                    metrics::counter!("gateway_tables_refused_total").increment(1);
                    self.complaint = mistakes;
                }
            }
        }
    }
}

async fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let metadata = tokio::fs::metadata(file).await.ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

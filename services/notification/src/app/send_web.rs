//! Sends to browsers, each push for itself, several at once and few to one host: whoever keeps a push service that never answers holds up nobody
//! but the devices on it. Refuses to know what becomes of a push.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use kernel::{DeviceId, Fault};
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use super::App;
use crate::domain::device::{Device, Target};
use crate::domain::push::Push;

/// Pushes that are looked at together.
const LOOK_MAX: usize = 100;
/// Pushes on their way to one host at once, in one process.
const HOST_MAX: usize = 2;
/// How long a push steps back whose host is busy while others may wait behind it.
const STEP_BACK: Duration = Duration::from_secs(5);

/// Pushes on their way, with the hosts that they go to.
#[derive(Default)]
struct UnderWay {
    sends: JoinSet<()>,
    which: HashMap<Id, (String, String)>,
}

impl UnderWay {
    fn has(&self, push: &Push) -> bool {
        self.which.values().any(|(id, _)| *id == push.id)
    }

    fn to(&self, host: &str) -> usize {
        self.which.values().filter(|(_, to)| to == host).count()
    }

    fn start(&mut self, app: Arc<App>, push: Push, host: String) {
        let id = push.id.clone();
        let send = self.sends.spawn(async move { app.send_one(push).await });
        self.which.insert(send.id(), (id, host));
    }

    /// Waits until one has arrived; for ever when none is on its way.
    async fn one_arrives(&mut self) {
        let ended = match self.sends.join_next_with_id().await {
            Some(Ok((id, ()))) => id,
            Some(Err(error)) => error.id(),
            None => std::future::pending().await,
        };
        self.which.remove(&ended);
    }
}

/// Sends until `stop`, and then until what is on its way has arrived: each has its time-out.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let mut under_way = UnderWay::default();
    while !stop.is_cancelled() {
        if let Err(fault) = app.start_due(&mut under_way).await {
            // What is on its way is not let down by it.
            tracing::warn!(%fault, "web pushes wait");
        }
        tokio::select! {
            () = under_way.one_arrives() => {}
            () = stop.cancelled() => {}
            () = tokio::time::sleep(app.repo.config.sweep_each()) => {}
        }
    }
    while !under_way.which.is_empty() {
        under_way.one_arrives().await;
    }
    Ok(())
}

impl App {
    async fn start_due(self: &Arc<Self>, under_way: &mut UnderWay) -> Result<(), Fault> {
        let most = self.repo.config.push_parallel;
        if under_way.which.len() >= most {
            return Ok(());
        }
        let due = self.repo.due_pushes("web_push", LOOK_MAX).await?;
        let crowded = due.len() == LOOK_MAX;
        let hosts = self.hosts(&due).await?;
        for push in due {
            if under_way.which.len() >= most {
                return Ok(());
            }
            if under_way.has(&push) {
                continue;
            }
            let host = hosts.get(&push.device_id).cloned().unwrap_or_default();
            if under_way.to(&host) < HOST_MAX {
                under_way.start(self.clone(), push, host);
            } else if crowded {
                let until = self.repo.ambient.now() + STEP_BACK;
                self.repo.step_push(&push, |push| push.postponed(until)).await?;
            }
        }
        Ok(())
    }

    /// Returns the host of each device; none for one that is gone.
    async fn hosts(&self, due: &[Push]) -> Result<HashMap<DeviceId, String>, Fault> {
        let devices: HashSet<DeviceId> = due.iter().map(|push| push.device_id).collect();
        let keys: Vec<String> = devices.iter().map(ToString::to_string).collect();
        let devices = self.repo.devices.get_many(&keys).await?;
        let host = |device: Device| Some((device.id, device.target.host()?));
        Ok(devices.into_iter().filter_map(host).collect())
    }

    async fn send_one(&self, push: Push) {
        let Some((push, device, notice)) = self.take(push).await else {
            return;
        };
        let Target::WebPush { endpoint, p256dh, auth } = &device.target else {
            return;
        };
        let outcome = self.web_push.send((endpoint, p256dh, auth), &notice).await;
        self.settle(&push, outcome).await;
    }
}

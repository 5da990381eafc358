//! Owns the floors of rooms: one speaker at a time in each, in the order of the requests, over all hosts. Finds what
//! waits and what a dead host has left. Refuses to know how a reply is written.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use kernel::{Fault, RoomId};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::app::speak::Floor;
use crate::domain::run::RunDoc;

/// How long rooms may take to fall silent at the end.
const STOP_MAX: Duration = Duration::from_secs(5);
/// How often old runs are looked for.
const FORGET_EVERY: Duration = Duration::from_secs(3_600);
const DAY_SECONDS: u64 = 86_400;

/// The rooms that this host works on. The flag says that a room was woken again meanwhile.
struct Rooms {
    app: Arc<App>,
    tasks: JoinSet<RoomId>,
    active: HashMap<RoomId, bool>,
}

impl Rooms {
    fn wake(&mut self, room: RoomId) {
        if let Some(again) = self.active.get_mut(&room) {
            *again = true;
        } else if self.active.len() < self.app.config.runs_running_max + self.app.config.rooms_waiting_max {
            self.active.insert(room, false);
            let app = self.app.clone();
            self.tasks.spawn(async move {
                // Either way the run's lease lapses, and the sweep finds it.
                match AssertUnwindSafe(app.work_in(room)).catch_unwind().await {
                    Ok(Ok(())) => {}
                    Ok(Err(fault)) => tracing::warn!(%room, "a run is left for later: {fault}"),
                    Err(_) => tracing::error!(%room, "a run panicked; it is left for later"),
                }
                room
            });
        }
    }

    /// Waits until none is worked on.
    async fn silent(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }

    fn done(&mut self, room: RoomId) {
        if self.active.remove(&room) == Some(true) {
            self.wake(room);
        }
    }
}

impl App {
    /// Lets agents speak wherever it is their turn, until `stop`.
    pub(crate) async fn host(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        let mut woken = self.woken.lock().await;
        let mut rooms = Rooms {
            app: self.clone(),
            tasks: JoinSet::new(),
            active: HashMap::new(),
        };
        let mut sweep = tokio::time::interval(self.config.sweep());
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !stop.is_cancelled() && !self.leaving.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.leaving.cancelled() => {}
                Some(room) = woken.recv() => rooms.wake(room),
                Some(done) = rooms.tasks.join_next() => rooms.done(done.map_err(Fault::internal)?),
                _ = sweep.tick() => match self.runs.due_rooms().await {
                    Ok(due) => due.into_iter().for_each(|room| rooms.wake(room)),
                    // Ending here would cut off what is being written; the next sweep asks again.
                    Err(e) => tracing::warn!("runs without a host could not be looked for: {e}"),
                },
            }
        }
        // What is being written ends, or is handed over by `leave`, while the process still answers requests.
        tokio::select! {
            () = rooms.silent() => {}
            () = stop.cancelled() => {}
        }
        stop.cancelled().await;
        self.hand_over.cancel();
        let _ = tokio::time::timeout(STOP_MAX, rooms.silent()).await;
        Ok(())
    }

    /// Forgets runs and debates that ended long ago, until `stop`.
    pub(crate) async fn forget(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        loop {
            let before = self.ambient.now() - Duration::from_secs(self.config.keep_days * DAY_SECONDS);
            while self.runs.forget(before).await? > 0 && !stop.is_cancelled() {}
            self.forget_debates(self.ambient.now() - self.config.debates.kept())
                .await?;
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(FORGET_EVERY) => {}
            }
        }
    }

    /// Works on the runs of a room until none waits. Each has a permit and the floor of its own, so that a room whose queue never ends
    /// takes turns with the others. The permit comes first: nobody holds a floor while they wait.
    async fn work_in(&self, room: RoomId) -> Result<(), Fault> {
        // Before the first look at `leaving`, so that a drain either sees this room or is seen by it.
        let _at_work = self.speeches.at_work();
        let name = format!("floor:{room}");
        loop {
            let _permit = self.permits.acquire().await.map_err(Fault::internal)?;
            if self.leaving.is_cancelled() {
                return Ok(());
            }
            let Some(fence) = self.ephemeral.lease(&name, self.config.lease()).await? else {
                return Ok(());
            };
            let floor = Floor {
                name: name.clone(),
                fence,
            };
            let worked = self.work_on_next(room, &floor).await;
            if let Err(e) = self.ephemeral.release(&name, fence).await {
                tracing::debug!("{e}");
            }
            if !worked? {
                return Ok(());
            }
        }
    }

    /// Works on the run of a room whose turn it is; `false` when there is none for now.
    async fn work_on_next(&self, room: RoomId, floor: &Floor) -> Result<bool, Fault> {
        let payer_max = self.config.runs_per_payer_max.max(1);
        // What this person has asked for elsewhere must not keep the others of the room waiting.
        let has_enough = |run: &RunDoc| self.shares.is_full(run.payer_id, payer_max);
        let Some(next) = self.runs.next_in(room, has_enough).await? else {
            return Ok(false);
        };
        if next.is_held(self.ambient.now()) {
            return Ok(false);
        }
        let Some(_share) = self.shares.take(next.payer_id, payer_max) else {
            return Ok(false);
        };
        let (lease, tries) = (self.config.lease(), self.config.tries());
        let lapsed = self.lapsed(&next).await;
        // `None`: it was cancelled just now, or another was faster; the next look tells.
        let claimed = self.runs.claim(next.id, floor.fence.0, lease, (tries, lapsed));
        if let Some(run) = claimed.await? {
            self.work(run, floor).await?;
        }
        Ok(true)
    }
}

//! Owns the work on debates that are due: ends votings, lets sides speak under the room's floor, has votes counted. Finds
//! what a dead host has left. Refuses to decide anything: each step is the domain's, written before the next begins.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;

use futures::FutureExt as _;
use kernel::{DebateId, Fault, RunId};
use tokio::sync::SemaphorePermit;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::App;
use crate::app::debates::prepare::Brief;
use crate::app::debates::speak::{Speech, Spoken};
use crate::app::speak::Floor;
use crate::domain::debate::{DebateDoc, Hold, Input, Refused, Task};
use crate::error::Error;

/// The debates that this host works on.
struct Running {
    app: Arc<App>,
    tasks: JoinSet<DebateId>,
    active: HashSet<DebateId>,
}

impl Running {
    /// Works on a debate, unless so many are at work already; to end a voting or to count is short and never waits.
    fn take(&mut self, (debate, speaks): (DebateId, bool)) {
        let is_full = self.active.len() >= self.app.config.debates.running_max.max(1);
        if (speaks && is_full) || !self.active.insert(debate) {
            return;
        }
        let app = self.app.clone();
        self.tasks.spawn(async move {
            // Either way it stays due, or is due again when its lease lapses.
            match AssertUnwindSafe(app.drive_debate(debate)).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(Error::Debate(Refused::Lost))) => tracing::debug!(%debate, "a turn is another host's"),
                Ok(Err(e)) => tracing::warn!(%debate, "a debate is left for later: {e}"),
                Err(_) => tracing::error!(%debate, "a debate panicked; it is left for later"),
            }
            debate
        });
    }

    /// Waits until none is worked on.
    async fn silent(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

impl App {
    /// Works on debates whenever they are due, until `stop`.
    pub(crate) async fn host_debates(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        let mut running = Running {
            app: self.clone(),
            tasks: JoinSet::new(),
            active: HashSet::new(),
        };
        let mut sweep = tokio::time::interval(self.config.sweep());
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !stop.is_cancelled() && !self.leaving.is_cancelled() {
            let looks = tokio::select! {
                () = stop.cancelled() => false,
                () = self.leaving.cancelled() => false,
                Some(done) = running.tasks.join_next() => {
                    running.active.remove(&done.map_err(Fault::internal)?);
                    false
                }
                () = self.debates.due.notified() => true,
                _ = sweep.tick() => true,
            };
            if looks {
                match self.debates.docs.due().await {
                    Ok(due) => due.into_iter().for_each(|debate| running.take(debate)),
                    // Ending here would cut off what is being spoken; the next sweep asks again.
                    Err(e) => tracing::warn!("debates that are due could not be looked for: {e}"),
                }
            }
        }
        // What is being spoken ends, or is handed over by `leave`, while the process still answers requests.
        tokio::select! {
            () = running.silent() => {}
            () = stop.cancelled() => {}
        }
        stop.cancelled().await;
        self.hand_over.cancel();
        let _ = tokio::time::timeout(Self::silence_max(), running.silent()).await;
        Ok(())
    }

    /// Does what is to be done in a debate, until nothing is for now.
    async fn drive_debate(&self, id: DebateId) -> Result<(), Error> {
        // Before the first look at `leaving`, so that a drain either sees this debate or is seen by it.
        let _at_work = self.speeches.at_work();
        loop {
            let debate = self.debates.docs.get(id).await?;
            match debate.task(self.ambient.now()).filter(|_| !self.leaving.is_cancelled()) {
                None => return Ok(()),
                Some(Task::EndVoting) => drop(self.step_debate(id, &Input::Tick).await?),
                Some(Task::Count) => self.count_votes(&debate).await?,
                Some(Task::Speak) => {
                    if !self.speak_under_floor(&debate).await? {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Takes the room's floor, and lets side after side speak; `false` when the floor is taken, or the debate has to wait.
    async fn speak_under_floor(&self, debate: &DebateDoc) -> Result<bool, Error> {
        let (name, lease) = (format!("floor:{}", debate.room_id), self.config.lease());
        let Some(fence) = self.ephemeral.lease(&name, lease).await.map_err(Fault::from)? else {
            return Ok(false);
        };
        let floor = Floor { name, fence };
        let spoken = self.speak_all(debate.id, &floor).await;
        if let Err(e) = self.ephemeral.release(&floor.name, fence).await {
            tracing::debug!("{e}");
        }
        // Agents that were asked meanwhile have waited for the floor.
        self.wake(debate.room_id);
        spoken
    }

    async fn speak_all(&self, id: DebateId, floor: &Floor) -> Result<bool, Error> {
        while let Some(_permit) = self.permit_on(floor).await? {
            let debate = self.debates.docs.get(id).await?;
            if debate.task(self.ambient.now()) != Some(Task::Speak) {
                return Ok(!debate.phase.is_spoken());
            }
            self.speak_next(&debate, floor).await?;
        }
        Ok(false)
    }

    /// Waits until one more may speak in this process, and keeps the floor meanwhile, so that nobody else of the room speaks between two
    /// turns. `None` when the floor is lost, or this host leaves.
    async fn permit_on(&self, floor: &Floor) -> Result<Option<SemaphorePermit<'_>>, Fault> {
        let mut permit = pin!(self.permits.acquire());
        loop {
            let holds = self
                .ephemeral
                .renew(&floor.name, floor.fence, self.config.lease())
                .await?;
            if !holds || self.leaving.is_cancelled() {
                return Ok(None);
            }
            tokio::select! {
                biased;
                permit = &mut permit => return permit.map(Some).map_err(Fault::internal),
                () = self.leaving.cancelled() => {}
                () = tokio::time::sleep(self.config.heartbeat()) => {}
            }
        }
    }

    /// Claims the turn whose time it is and lets its side speak it. What it needs is asked first, so that services which are
    /// away cost no attempt; ai-gateway being away costs none either.
    async fn speak_next(&self, debate: &DebateDoc, floor: &Floor) -> Result<(), Error> {
        let turn = debate.current().ok_or(Refused::Lost)?;
        let brief = match self.prepare_turn(debate, turn).await? {
            Ok(brief) => brief,
            Err(why) => return self.step_debate(debate.id, &Input::Cancel(why)).await.map(drop),
        };
        let lapsed = self.lapsed_turn(turn).await;
        // What was asked may have taken long; without the floor the agents of the room may have it.
        let lease = self.config.lease();
        if !self
            .ephemeral
            .renew(&floor.name, floor.fence, lease)
            .await
            .map_err(Fault::from)?
        {
            return Err(Refused::Lost.into());
        }
        let claim = Input::Claim {
            fence: floor.fence.0,
            lease,
            lapsed,
        };
        let claimed = self.step_debate(debate.id, &claim).await?;
        match claimed.hold() {
            Some(hold) if hold.number == turn.number => self.speak_claimed(&claimed, hold, floor, &brief).await,
            // It was forfeited instead.
            _ => Ok(()),
        }
    }

    /// Speaks a turn that this host has claimed, and writes down what came of it.
    async fn speak_claimed(&self, debate: &DebateDoc, hold: Hold, floor: &Floor, brief: &Brief) -> Result<(), Error> {
        let turn = debate.current().ok_or(Refused::Lost)?;
        let mut speech = Speech::new(debate, turn, hold, floor, brief);
        let spoken = self.speak_turn(&mut speech, brief).await;
        if matches!(spoken, Spoken::Said) {
            self.show_rest_of_turn(&mut speech).await;
        }
        self.price(&mut speech.usage).await;
        let usage = &speech.usage;
        if let Some(bill) = &brief.bill {
            // Known by debate, turn and attempt, so that it counts once. What cannot be counted now is not: a day's limit is no bill.
            let of = format!("{}:{}:{}", debate.id, hold.number, hold.attempt);
            let run = RunId::from(Uuid::new_v5(&debate.id.uuid(), of.as_bytes()));
            let tokens = u64::from(usage.prompt_tokens) + u64::from(usage.completion_tokens);
            if let Err(fault) = self.entitlements.used(bill.entitlement_id, run, tokens).await {
                tracing::warn!(debate = %debate.id, "tokens of a turn could not be counted: {fault}");
            }
        }
        let input = match spoken {
            Spoken::Said => Input::Said {
                hold,
                text: speech.draft.text(),
                usage,
            },
            Spoken::Failed(lapse) => Input::Failed { hold, lapse, usage },
            Spoken::Postponed => Input::Postponed { hold, usage },
            Spoken::OutOfBudget => Input::OutOfBudget { hold, usage },
            Spoken::HandedOver => Input::HandOver { hold, usage },
            Spoken::Lost => return Err(Refused::Lost.into()),
        };
        self.step_debate(debate.id, &input).await?;
        Ok(())
    }
}

//! Sends pushes: Expo's in batches; browsers' each for itself (`send_web`). A push is taken out of its queue before it is sent and never goes back once the
//! provider may have it: at most one reaches a device for each opening of an item, and a crash in the very moment may cost it.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use kernel::{Fault, Timestamp};
use tokio_util::sync::CancellationToken;

use super::App;
use crate::domain::device::{Device, FAILURES_MAX, Service, Target};
use crate::domain::item::Item;
use crate::domain::push::{Push, Stage};
use crate::push::expo::{BATCH_MAX, RECEIPTS_MAX};
use crate::push::{Notice, Outcome};

/// Rounds in a row without a pause.
const ROUNDS_MAX: usize = 50;
/// How long a push waits that could not be looked at, such as when another service does not answer.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// What is done by a worker of its own, so that none waits for another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// Making pushes out.
    Plan,
    /// Sending to Expo.
    Expo,
    /// Asking Expo for receipts, giving up what broke off, and forgetting.
    After,
}

impl Part {
    /// Does what is due; returns how much that was.
    async fn round(self, app: &App) -> Result<usize, Fault> {
        match self {
            Self::Plan => app.plan_pushes().await,
            Self::Expo => app.send_expo().await,
            Self::After => {
                app.ask_receipts().await?;
                app.give_up_broken().await?;
                app.repo.forget_done().await?;
                Ok(0)
            }
        }
    }
}

/// Does one part until `stop`.
pub(crate) async fn run(app: Arc<App>, part: Part, stop: CancellationToken) -> Result<(), Fault> {
    loop {
        // Not cut off by a stop: a try that is cut off counts as one whose outcome is unknown. Each has its time-out.
        for _ in 0..ROUNDS_MAX {
            if part.round(&app).await? == 0 || stop.is_cancelled() {
                break;
            }
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(app.repo.config.sweep_each()) => {}
        }
    }
}

/// A push that was taken out of its queue, with its device and what that is to show.
pub(super) type Taken = (Push, Device, Notice);

/// What is to be done with a push that is due.
enum Wanted {
    Send(Box<(Device, Notice)>),
    Later(Timestamp),
    No,
}

impl App {
    /// Looks again whether a push is wanted: the item may have been read or taken back, the device may be another's, it may be quiet, the two may be parted.
    async fn wanted(&self, push: &Push) -> Result<Wanted, Fault> {
        let (repo, now) = (&self.repo, self.repo.ambient.now());
        let item: Option<Item> = repo.items.get(push.item_id).await?;
        let item = item.filter(|item| item.read_at.is_none() && push.is_of(item));
        let device = repo
            .devices
            .get(push.device_id)
            .await?
            .filter(|d: &Device| d.user_id == push.user_id);
        let (Some(item), Some(device)) = (item, device) else {
            return Ok(Wanted::No);
        };
        let wishes = repo.preferences_of(push.user_id).await?;
        if now >= push.expires_at || !wishes.channels(item.kind).push {
            return Ok(Wanted::No);
        }
        if let Some(until) = wishes.quiet_until(now) {
            return Ok(Wanted::Later(until));
        }
        let Some(item) = self.tellable(item).await? else {
            return Ok(Wanted::No);
        };
        let notice = self.notice(item, push.expires_at.since(now)).await?;
        Ok(Wanted::Send(Box::new((device, notice))))
    }

    /// Takes a push out of its queue if it is wanted; none when it is not, or another process was faster.
    /// One that cannot be looked at waits a little, so that those behind it do not.
    pub(super) async fn take(&self, push: Push) -> Option<Taken> {
        match self.look_and_take(&push).await {
            Ok(taken) => taken,
            Err(fault) => {
                tracing::warn!(%fault, push = push.id, "a push waits: it cannot be looked at");
                let again = self.repo.ambient.now() + LOOK_AGAIN;
                if let Err(error) = self.repo.step_push(&push, |push| push.postponed(again)).await {
                    tracing::warn!(%error, push = push.id, "and cannot be put off");
                }
                None
            }
        }
    }

    async fn look_and_take(&self, push: &Push) -> Result<Option<Taken>, Fault> {
        let (repo, now) = (&self.repo, self.repo.ambient.now());
        match self.wanted(push).await? {
            Wanted::Send(wanted) => {
                let (device, notice) = *wanted;
                let taken = repo.step_push(push, |push| push.began(now)).await?;
                Ok(taken.map(|push| (push, device, notice)))
            }
            Wanted::Later(until) => {
                repo.step_push(push, |push| push.postponed(until)).await?;
                Ok(None)
            }
            Wanted::No => {
                repo.step_push(push, |push| push.over(now)).await?;
                Ok(None)
            }
        }
    }

    /// Sends one batch to Expo; returns how many pushes were due.
    pub(crate) async fn send_expo(&self) -> Result<usize, Fault> {
        let due = self.repo.due_pushes("expo", BATCH_MAX).await?;
        let found = due.len();
        let takes = futures::stream::iter(due).map(|push| self.take(push));
        let all: Vec<_> = takes.buffered(self.repo.config.push_parallel).collect().await;
        let (mut taken, mut messages) = (Vec::new(), Vec::new());
        for (push, device, notice) in all.into_iter().flatten() {
            if let Target::Expo { token } = device.target {
                taken.push(push);
                messages.push((token, notice));
            }
        }
        // What was taken is sent whatever became of the others: it is in no queue any more.
        let outcomes = self.expo.send(&messages).await;
        for (push, outcome) in taken.iter().zip(outcomes) {
            self.settle(push, outcome).await;
        }
        Ok(found)
    }

    /// Notes what became of a push. When it cannot be noted, the push counts as broken off after its lease.
    pub(super) async fn settle(&self, push: &Push, outcome: Outcome) {
        if let Err(fault) = self.note_outcome(push, outcome).await {
            tracing::warn!(%fault, push = push.id, "what became of a push cannot be noted");
        }
    }

    async fn note_outcome(&self, push: &Push, outcome: Outcome) -> Result<(), Fault> {
        let (repo, now) = (&self.repo, self.repo.ambient.now());
        let (config, label) = (&repo.config, label(&outcome));
        metrics::counter!("notification_pushes_total", "outcome" => label).increment(1);
        if push.service == Service::WebPush {
            self.judge_device(push, &outcome).await?;
        }
        let step: Box<dyn Fn(Push) -> Push + Send + Sync> = match outcome {
            Outcome::Accepted(Some(ticket)) => {
                let after = config.receipts_after();
                Box::new(move |push: Push| push.ticketed(ticket.clone(), now, after))
            }
            Outcome::Accepted(None) => Box::new(move |push: Push| push.over(now)),
            Outcome::Gone => {
                repo.drop_device(push.device_id, push.user_id).await?;
                Box::new(move |push: Push| push.over(now))
            }
            Outcome::Refused(why) | Outcome::Unknown(why) => {
                tracing::warn!(push = push.id, why, label, "a push is given up");
                Box::new(move |push: Push| push.over(now))
            }
            Outcome::Later(after, why) | Outcome::Shut(after, why) => {
                tracing::debug!(push = push.id, why, "a push is tried again");
                let most = config.push_attempts_max;
                Box::new(move |push: Push| push.failed(now, after, most))
            }
        };
        repo.step_push(push, step).await?;
        Ok(())
    }

    /// Counts what a browser's push service failed to do, in a row; a device that fails too often is removed. One that says "later" does not fail.
    async fn judge_device(&self, push: &Push, outcome: &Outcome) -> Result<(), Fault> {
        let of = (push.device_id, push.user_id);
        match outcome {
            Outcome::Accepted(_) => self.repo.device_works(of).await?,
            Outcome::Refused(_) | Outcome::Shut(..) | Outcome::Unknown(_) => {
                if self.repo.device_failed(of).await? {
                    metrics::counter!("notification_devices_removed_total").increment(1);
                    tracing::warn!(device = %push.device_id, "a device is removed: {FAILURES_MAX} pushes in a row failed");
                }
            }
            Outcome::Gone | Outcome::Later(..) => {}
        }
        Ok(())
    }

    /// Asks Expo what became of pushes that it took.
    pub(crate) async fn ask_receipts(&self) -> Result<(), Fault> {
        let (repo, now) = (&self.repo, self.repo.ambient.now());
        let due = repo.due_pushes("receipt", RECEIPTS_MAX).await?;
        let ticket = |push: &Push| match &push.stage {
            Stage::Receipt { ticket, .. } => Some(ticket.clone()),
            _ => None,
        };
        let tickets: Vec<String> = due.iter().filter_map(ticket).collect();
        if tickets.is_empty() {
            return Ok(());
        }
        let found = self.expo.receipts(&tickets).await.unwrap_or_else(|why| {
            tracing::debug!(why, "no receipts");
            Default::default()
        });
        for push in &due {
            match ticket(push).and_then(|ticket| found.get(&ticket)) {
                None => drop(repo.step_push(push, |push| push.unreceipted(now)).await?),
                Some(outcome) => {
                    metrics::counter!("notification_receipts_total", "outcome" => label(outcome)).increment(1);
                    if *outcome == Outcome::Gone {
                        repo.drop_device(push.device_id, push.user_id).await?;
                    }
                    repo.step_push(push, |push| push.over(now)).await?;
                }
            }
        }
        Ok(())
    }

    /// Gives up pushes whose try broke off: whether the provider has them cannot be known.
    pub(crate) async fn give_up_broken(&self) -> Result<(), Fault> {
        let now = self.repo.ambient.now();
        for push in self.repo.due_pushes("sending", BATCH_MAX).await? {
            if self.repo.step_push(&push, |push| push.over(now)).await?.is_some() {
                metrics::counter!("notification_pushes_total", "outcome" => "broken").increment(1);
                tracing::warn!(
                    push = push.id,
                    "a push broke off while it was sent; it is not sent again"
                );
            }
        }
        Ok(())
    }
}

const fn label(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted(_) => "accepted",
        Outcome::Gone => "gone",
        Outcome::Refused(_) => "refused",
        Outcome::Later(..) => "later",
        Outcome::Shut(..) => "shut",
        Outcome::Unknown(_) => "unknown",
    }
}

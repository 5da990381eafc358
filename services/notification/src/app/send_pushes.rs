//! Sends pushes: Expo's in batches, browsers' each for itself. A push is taken out of its queue before it is sent and never goes back once the
//! provider may have it: at most one reaches a device for each opening of an item, and a crash in the very moment may cost it.

use std::sync::Arc;

use futures::StreamExt as _;
use kernel::{Fault, Timestamp};
use tokio_util::sync::CancellationToken;

use super::App;
use crate::domain::device::{Device, Target};
use crate::domain::item::Item;
use crate::domain::push::{Push, Stage};
use crate::push::expo::{BATCH_MAX, RECEIPTS_MAX};
use crate::push::{Notice, Outcome};

/// Web pushes of one round.
const WEB_MAX: usize = 100;
/// Rounds in a row without a pause.
const ROUNDS_MAX: usize = 50;

/// Plans and sends until `stop`.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    loop {
        // Not cut off by a stop: a try that is cut off counts as one whose outcome is unknown. Each has its time-out.
        for _ in 0..ROUNDS_MAX {
            let found = app.plan_pushes().await? + app.send_expo().await? + app.send_web().await?;
            if found == 0 || stop.is_cancelled() {
                break;
            }
        }
        app.ask_receipts().await?;
        app.give_up_broken().await?;
        app.repo.forget_done().await?;
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(app.repo.config.sweep_each()) => {}
        }
    }
}

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
        let item = item.filter(|item| item.read_at.is_none() && item.opening == push.opening);
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
    async fn take(&self, push: Push) -> Result<Option<(Push, Device, Notice)>, Fault> {
        let (repo, now) = (&self.repo, self.repo.ambient.now());
        match self.wanted(&push).await? {
            Wanted::Send(wanted) => {
                let (device, notice) = *wanted;
                let taken = repo.step_push(&push, |push| push.began(now)).await?;
                Ok(taken.map(|push| (push, device, notice)))
            }
            Wanted::Later(until) => {
                repo.step_push(&push, |push| push.postponed(until)).await?;
                Ok(None)
            }
            Wanted::No => {
                repo.step_push(&push, |push| push.over(now)).await?;
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
        let (mut taken, mut messages, mut failure) = (Vec::new(), Vec::new(), None);
        for one in all {
            match one {
                Ok(Some((push, device, notice))) => {
                    if let Target::Expo { token } = device.target {
                        taken.push(push);
                        messages.push((token, notice));
                    }
                }
                Ok(None) => {}
                Err(fault) => failure = Some(fault),
            }
        }
        // What was taken is sent whatever became of the others: it is in no queue any more.
        let outcomes = self.expo.send(&messages).await;
        for (push, outcome) in taken.iter().zip(outcomes) {
            if let Err(fault) = self.settle(push, outcome).await {
                failure = Some(fault);
            }
        }
        failure.map_or(Ok(found), Err)
    }

    /// Sends to browsers; returns how many pushes were due.
    pub(crate) async fn send_web(&self) -> Result<usize, Fault> {
        let due = self.repo.due_pushes("web_push", WEB_MAX).await?;
        let found = due.len();
        let sends = futures::stream::iter(due).map(|push| self.send_one(push));
        let failed = sends
            .buffer_unordered(self.repo.config.push_parallel)
            .filter_map(|sent| std::future::ready(sent.err()))
            .collect::<Vec<Fault>>()
            .await;
        failed.into_iter().next().map_or(Ok(found), Err)
    }

    async fn send_one(&self, push: Push) -> Result<(), Fault> {
        let Some((push, device, notice)) = self.take(push).await? else {
            return Ok(());
        };
        let Target::WebPush { endpoint, p256dh, auth } = &device.target else {
            return Ok(());
        };
        let outcome = self.web_push.send((endpoint, p256dh, auth), &notice).await;
        self.settle(&push, outcome).await
    }

    /// Notes what became of a push.
    async fn settle(&self, push: &Push, outcome: Outcome) -> Result<(), Fault> {
        let (repo, now) = (&self.repo, self.repo.ambient.now());
        let (config, label) = (&repo.config, label(&outcome));
        metrics::counter!("notification_pushes_total", "outcome" => label).increment(1);
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
            Outcome::Later(after, why) => {
                tracing::debug!(push = push.id, why, "a push is tried again");
                let most = config.push_attempts_max;
                Box::new(move |push: Push| push.failed(now, after, most))
            }
        };
        repo.step_push(push, step).await?;
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
        Outcome::Unknown(_) => "unknown",
    }
}

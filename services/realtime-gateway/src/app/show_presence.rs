//! Owns who is online, over all replicas: leases that each replica renews in batches, a grace before "offline", and
//! transitions told to friends only.
//!
//! Per person the ephemeral store has a set of replicas where they are connected, a key that says that friends were told
//! "online", and a timer after which somebody must look whether they are gone. A replica that dies renews nothing: its
//! leases and timers run out, and another replica tells the friends.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use contracts::realtime::{LiveFrame, online_set, user_channel};
use contracts::user::Audience;
use futures::StreamExt as _;
use kernel::{Fault, UserId};
use tokio_util::sync::CancellationToken;

use super::App;
use crate::conn::Conn;
use crate::domain::frame;
use crate::domain::room::Reader as _;

/// The timers after which somebody must look.
const TIMERS: &str = "rt:presence";
/// How long it is known that friends were told "online"; renewed long before.
const SHOWN_TTL: Duration = Duration::from_secs(24 * 3600);
/// After so many renewals the key above is renewed too.
const SHOWN_EVERY: u32 = 180;
/// Friends who are told of a transition.
const FRIENDS_TOLD_MAX: usize = 5_000;
/// Questions to the ephemeral store at once.
const AT_ONCE: usize = 32;
/// Timers that are taken at once, and for how long.
const CLAIM: (usize, Duration) = (100, Duration::from_secs(10));
/// How often due timers are looked for.
const LOOK: Duration = Duration::from_secs(1);
/// How much later than its lease a person's timer is due.
const TIMER_SLACK: Duration = Duration::from_secs(5);

fn shown(user: UserId) -> String {
    format!("rt:shown:{user}")
}

/// A connection is ready: friends are told when it is the person's first, and it is told which friends are online.
pub(crate) async fn arrived(app: Arc<App>, conn: Arc<Conn>, user: UserId, first: bool) {
    let told = async {
        if first {
            renew(&app, user).await?;
            show(&app, user).await?;
        }
        tell_friends_online(&app, &conn, user).await
    };
    if let Err(fault) = told.await {
        tracing::debug!(%fault, "presence was not told");
    }
}

/// A person's last connection here is gone: unless they come back, friends are told after the grace.
pub(crate) async fn went_away(app: Arc<App>, user: UserId) {
    let gone = async {
        app.deps.ephemeral.leave(&online_set(user), &app.replica).await?;
        let elsewhere = !app.deps.ephemeral.members(&online_set(user)).await?.is_empty();
        if !elsewhere {
            let grace = Duration::from_millis(app.config().presence_grace_ms.into());
            app.deps
                .ephemeral
                .schedule(TIMERS, &user.to_string(), app.deps.ambient.now() + grace)
                .await?;
        }
        // Back already: what was just undone is done again.
        if app.hub.has_user(user) {
            renew(&app, user).await
        } else {
            Ok(())
        }
    };
    if let Err(fault) = gone.await {
        tracing::debug!(%fault, "presence was not ended; its lease will");
    }
}

/// Says for one lease time that a person is connected here.
async fn renew(app: &App, user: UserId) -> Result<(), Fault> {
    let ttl = Duration::from_millis(app.config().presence_ttl_ms.into());
    app.deps.ephemeral.join(&online_set(user), &app.replica, ttl).await?;
    let due = app.deps.ambient.now() + ttl + TIMER_SLACK;
    Ok(app.deps.ephemeral.schedule(TIMERS, &user.to_string(), due).await?)
}

/// Tells friends "online", once, if the person wants to be seen.
async fn show(app: &App, user: UserId) -> Result<(), Fault> {
    let privacy = app.deps.users.privacy(user).await?;
    if privacy.presence != Audience::Nobody
        && app
            .deps
            .ephemeral
            .set_if_absent(&shown(user), Bytes::from_static(b"1"), SHOWN_TTL)
            .await?
    {
        tell(app, user, true).await?;
    }
    Ok(())
}

/// Tells friends "offline", once, if they were told "online".
async fn hide(app: &App, user: UserId) -> Result<(), Fault> {
    if app.deps.ephemeral.take(&shown(user)).await?.is_some() {
        tell(app, user, false).await?;
    }
    Ok(())
}

async fn tell(app: &App, user: UserId, online: bool) -> Result<(), Fault> {
    let live = LiveFrame::Presence { user_id: user, online };
    let payload: Bytes = serde_json::to_vec(&live).map_err(Fault::internal)?.into();
    let friends = app.deps.relationships.friends(user, FRIENDS_TOLD_MAX).await?;
    futures::stream::iter(friends)
        .for_each_concurrent(AT_ONCE, |friend| {
            let payload = payload.clone();
            async move {
                if let Err(error) = app.deps.ephemeral.publish(&user_channel(friend), payload).await {
                    tracing::debug!(%error, "presence was not told");
                }
            }
        })
        .await;
    Ok(())
}

async fn tell_friends_online(app: &App, conn: &Arc<Conn>, user: UserId) -> Result<(), Fault> {
    let friends = app
        .deps
        .relationships
        .friends(user, app.config().presence_friends_max)
        .await?;
    let online = futures::stream::iter(friends)
        .map(|friend| async move { is_shown(app, friend).await.then_some(friend) })
        .buffer_unordered(AT_ONCE)
        .filter_map(std::future::ready)
        .collect::<Vec<_>>()
        .await;
    let mut batch = app.hub.batch();
    for friend in online {
        conn.push(&frame::presence(friend, true), &mut batch);
    }
    Ok(())
}

async fn is_shown(app: &App, user: UserId) -> bool {
    matches!(app.deps.ephemeral.get(&shown(user)).await, Ok(Some(_)))
}

/// Two people are friends now: who is online is told to the other, here.
pub(crate) async fn introduce(app: Arc<App>, a: UserId, b: UserId) {
    for (reader, friend) in [(a, b), (b, a)] {
        if app.hub.has_user(reader) && is_shown(&app, friend).await {
            app.hub
                .to_user(reader, &frame::presence(friend, true), &mut app.hub.batch());
        }
    }
}

/// A person's wish to be seen has changed.
pub(crate) async fn wish_changed(app: Arc<App>, user: UserId, audience: Audience) {
    let done = match audience {
        Audience::Nobody => hide(&app, user).await,
        Audience::Everyone | Audience::Friends => show(&app, user).await,
    };
    if let Err(fault) = done {
        tracing::debug!(%fault, "presence was not told");
    }
}

/// Renews the leases of everybody connected here, in batches, until `stop`.
pub(crate) async fn keep_leases(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let mut clock = tokio::time::interval(Duration::from_millis(app.config().presence_refresh_ms.into()));
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    clock.tick().await;
    let mut round: u32 = 0;
    while stop.run_until_cancelled(clock.tick()).await.is_some() {
        round = round.wrapping_add(1);
        let renews_shown = round.is_multiple_of(SHOWN_EVERY);
        let app = &app;
        futures::stream::iter(app.hub.users())
            .for_each_concurrent(AT_ONCE, |user| async move {
                if let Err(fault) = renew(app, user).await {
                    tracing::debug!(%fault, "a lease was not renewed");
                }
                if renews_shown && is_shown(app, user).await {
                    let _ = app
                        .deps
                        .ephemeral
                        .set(&shown(user), Bytes::from_static(b"1"), SHOWN_TTL)
                        .await;
                }
            })
            .await;
    }
    Ok(())
}

/// Looks after people whose timers are due, until `stop`.
pub(crate) async fn watch_timers(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let mut clock = tokio::time::interval(LOOK);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stop.run_until_cancelled(clock.tick()).await.is_some() {
        let (limit, lease) = CLAIM;
        for due in app.deps.ephemeral.claim_due(TIMERS, limit, lease).await? {
            match due.parse() {
                Ok(user) => look(&app, user).await?,
                Err(_) => app.deps.ephemeral.done(TIMERS, &due).await?,
            }
        }
    }
    Ok(())
}

async fn look(app: &App, user: UserId) -> Result<(), Fault> {
    if app.hub.has_user(user) {
        return renew(app, user).await;
    }
    if app.deps.ephemeral.members(&online_set(user)).await?.is_empty() {
        hide(app, user).await?;
        app.deps.ephemeral.done(TIMERS, &user.to_string()).await?;
    } else {
        let ttl = Duration::from_millis(app.config().presence_ttl_ms.into());
        app.deps
            .ephemeral
            .schedule(TIMERS, &user.to_string(), app.deps.ambient.now() + ttl)
            .await?;
    }
    Ok(())
}

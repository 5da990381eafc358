//! Owns `sub` and `unsub`: a subscription is registered first, then the store is read, then both are merged by offset.
//! It ends in everything that was missed, or in an explicit `reset`; never in a silent gap.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use kernel::{ErrorCode, Fault, RoomId, UserId};

use super::{App, catch_up, repair_room};
use crate::channels::Channel;
use crate::conn::Conn;
use crate::domain::frame::{self, Frame, RequestId};
use crate::domain::op::Wish;
use crate::domain::room::{Caught, Finish, Sent};
use crate::error::RealtimeError;

/// Rooms of one `sub` that are read at once.
const ROOMS_AT_ONCE: usize = 16;
/// How often the store is read again because more was sent meanwhile, or because it lags behind the bus.
const ROUNDS_MAX: u32 = 6;
/// The first pause before the store is read again when it lags; doubled each time.
const LAG_PAUSE: Duration = Duration::from_millis(20);

/// Subscribes a connection to rooms, each answered by `subbed`, `reset` or `err`.
pub(crate) async fn follow(app: &Arc<App>, conn: &Arc<Conn>, user: UserId, id: &RequestId, wishes: Vec<Wish>) {
    futures::stream::iter(wishes)
        .for_each_concurrent(ROOMS_AT_ONCE, |wish| async move {
            if let Err(fault) = follow_one(app, conn, user, &wish).await {
                conn.tell(
                    &frame::error(id, Some(&wish.room.to_string()), &fault),
                    app.hub.now_ms(),
                );
            }
        })
        .await;
}

/// Ends subscriptions; activity is told instead.
pub(crate) fn unfollow(app: &App, conn: &Arc<Conn>, rooms: &[RoomId]) {
    for room in rooms {
        app.hub.unsubscribe(*room, conn);
    }
}

async fn follow_one(app: &Arc<App>, conn: &Arc<Conn>, user: UserId, wish: &Wish) -> Result<(), Fault> {
    let room = wish.room;
    let (seated, subscribed) = app
        .hub
        .in_room(room, |r| (r.sits(conn.id), r.subscribes(conn.id)))
        .unwrap_or_default();
    if !subscribed && conn.subscriptions() >= app.config().rooms_per_socket_max {
        return Err(RealtimeError::TooManyRooms(app.config().rooms_per_socket_max).into());
    }
    let token = app.hub.number();
    if !app.hub.begin(room, conn, token) {
        return Ok(());
    }
    let resumed = resume(app, conn, user, wish, token).await;
    if let Err(fault) = &resumed {
        if seated && fault.kind != ErrorCode::NotFound {
            app.hub.unsubscribe(room, conn);
        } else {
            app.hub.unseat(room, conn);
        }
    }
    resumed
}

/// What a resume found out about the room.
struct Head {
    epoch: Arc<str>,
    seq: u64,
}

async fn resume(app: &Arc<App>, conn: &Arc<Conn>, user: UserId, wish: &Wish, token: u64) -> Result<(), Fault> {
    app.hub.channels.in_force(Channel::Room(wish.room)).await?;
    // The membership is checked after the seat was taken: a removal that comes later finds the seat.
    let (epoch, seq) = app.deps.chat_reader.head(wish.room, user).await?;
    let head = Head {
        epoch: epoch.into(),
        seq,
    };
    repair_room::note_epoch(app, wish.room, &head.epoch, seq);
    match collect(app, wish, &head).await? {
        None => reset(app, conn, wish.room, token, &head),
        Some(caught) => merge(app, conn, wish, token, &head, caught).await,
    }
}

/// Reads what a reader misses up to the head; `None` when a reset is due.
async fn collect(app: &Arc<App>, wish: &Wish, head: &Head) -> Result<Option<Caught>, Fault> {
    let max = app.config().resume_messages_max;
    let same_epoch = wish.epoch.as_deref().is_none_or(|e| e == &*head.epoch);
    let held = wish.held.unwrap_or(head.seq);
    if wish.held.is_some() && (!same_epoch || held > head.seq || head.seq - held > max) {
        return Ok(None);
    }
    let (mut changed, mut missed) = (Vec::new(), Vec::new());
    if wish.held.is_some() {
        let limit = usize::try_from(max).unwrap_or(usize::MAX);
        let Some(found) = catch_up::changes(app, wish.room, held, limit).await? else {
            return Ok(None);
        };
        changed = found;
        missed = read(app, wish.room, held, head.seq).await?;
    }
    // After the messages: a reply that has ended meanwhile is one of them, or comes as an event.
    let texts = catch_up::texts(app, wish.room).await.unwrap_or_else(|fault| {
        tracing::warn!(%fault, "no text so far of replies being written");
        Vec::new()
    });
    Ok(Some(Caught {
        changed,
        missed,
        upto: head.seq,
        answer: subbed(wish, head.seq, head),
        texts,
    }))
}

fn subbed(wish: &Wish, upto: u64, head: &Head) -> Arc<Frame> {
    frame::subbed(wish.room, upto, &head.epoch, wish.held.is_some())
}

/// Reads a range of messages, waiting for a store that lags behind what the bus has told.
async fn read(app: &Arc<App>, room: RoomId, after: u64, upto: u64) -> Result<Vec<Sent>, Fault> {
    let mut pause = LAG_PAUSE;
    for _ in 1..ROUNDS_MAX {
        match catch_up::messages(app, room, after, upto).await {
            Err(fault) if fault.code == "chat.behind" => tokio::time::sleep(pause).await,
            found => return found.map(|found| found.as_ref().clone()),
        }
        pause *= 2;
    }
    catch_up::messages(app, room, after, upto)
        .await
        .map(|found| found.as_ref().clone())
}

async fn merge(
    app: &Arc<App>,
    conn: &Arc<Conn>,
    wish: &Wish,
    token: u64,
    head: &Head,
    mut caught: Caught,
) -> Result<(), Fault> {
    for _ in 0..ROUNDS_MAX {
        // What does not fit would end the socket, and the next one the same way, for ever.
        if !conn.has_place_for(caught.bytes()) {
            break;
        }
        let finish = {
            let mut batch = app.hub.batch();
            app.hub
                .in_room(wish.room, |r| r.finish(conn.id, token, &caught, &mut batch))
                .unwrap_or(Finish::Gone)
        };
        match finish {
            Finish::Live => {
                let outcome = if wish.held.is_some() { "recovered" } else { "from_now" };
                metrics::counter!("realtime_resumes_total", "outcome" => outcome).increment(1);
                return Ok(());
            }
            Finish::Gone => return Err(RealtimeError::UnknownRoom.into()),
            Finish::Overflowed => break,
            // "From now on" may as well begin at this later now.
            Finish::Behind(upto) if wish.held.is_none() => {
                caught.upto = upto;
                caught.answer = subbed(wish, upto, head);
            }
            Finish::Behind(upto) => {
                let more = u64::try_from(caught.missed.len()).unwrap_or(u64::MAX) + (upto - caught.upto);
                if more > app.config().resume_messages_max {
                    break;
                }
                caught.missed.extend(read(app, wish.room, caught.upto, upto).await?);
                caught.upto = upto;
                caught.answer = subbed(wish, upto, head);
            }
        }
    }
    reset(app, conn, wish.room, token, head)
}

fn reset(app: &App, conn: &Arc<Conn>, room: RoomId, token: u64, head: &Head) -> Result<(), Fault> {
    metrics::counter!("realtime_resumes_total", "outcome" => "reset").increment(1);
    let frame = frame::reset(room, Some((head.seq, &head.epoch)));
    let mut batch = app.hub.batch();
    let finish = app
        .hub
        .in_room(room, |r| r.finish_reset(conn.id, token, head.seq, &frame, &mut batch));
    if finish == Some(Finish::Live) {
        Ok(())
    } else {
        Err(RealtimeError::UnknownRoom.into())
    }
}

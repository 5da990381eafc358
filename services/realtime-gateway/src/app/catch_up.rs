//! Owns reads of a room's messages for those who missed some: encoded once, and shared by all who miss the same.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use kernel::{Fault, RoomId};
use parking_lot::Mutex;
use uuid::Uuid;

use super::App;
use crate::domain::frame::{self, Frame};
use crate::domain::room::Sent;

/// Messages in one read of the store.
const PAGE: usize = 500;

type Range = (RoomId, u64, u64);
type Read = Shared<BoxFuture<'static, Result<Arc<Vec<Sent>>, Fault>>>;

/// Reads in flight.
#[derive(Default)]
pub(crate) struct Reads(Mutex<HashMap<Range, Read>>);

/// Returns the messages with `after < seq <= upto`, all of them, or fails.
pub(crate) async fn messages(app: &Arc<App>, room: RoomId, after: u64, upto: u64) -> Result<Arc<Vec<Sent>>, Fault> {
    if after >= upto {
        return Ok(Arc::default());
    }
    let range = (room, after, upto);
    let (read, mine) = {
        let mut reads = app.reads.0.lock();
        match reads.get(&range) {
            Some(read) => (read.clone(), false),
            None => {
                let read = pages(app.clone(), room, after, upto).boxed().shared();
                reads.insert(range, read.clone());
                (read, true)
            }
        }
    };
    // Removed even when this reader gives up meanwhile; another one still holds the read itself.
    let _done = mine.then(|| Done { app, range });
    read.await
}

struct Done<'a> {
    app: &'a App,
    range: Range,
}

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.app.reads.0.lock().remove(&self.range);
    }
}

async fn pages(app: Arc<App>, room: RoomId, after: u64, upto: u64) -> Result<Arc<Vec<Sent>>, Fault> {
    let mut found = Vec::new();
    let mut last = after;
    while last < upto {
        let page = app.deps.chat_reader.messages(room, last, upto, PAGE).await?;
        for message in &page {
            if message.seq != last + 1 {
                break;
            }
            last = message.seq;
            let author = message.author.id().parse().unwrap_or(Uuid::nil());
            found.push(Sent {
                seq: message.seq,
                author,
                frame: frame::sent(message),
            });
        }
        if page.last().is_none_or(|m| m.seq != last) {
            let why = format!("room {room} has no message {} yet", last + 1);
            return Err(Fault::unavailable("chat.behind", why, Duration::from_millis(100)));
        }
    }
    Ok(Arc::new(found))
}

/// Returns the changes to messages at or below `upto` since that one was sent; `None` when there are `limit` or more.
pub(crate) async fn changes(
    app: &App,
    room: RoomId,
    upto: u64,
    limit: usize,
) -> Result<Option<Vec<Arc<Frame>>>, Fault> {
    if upto == 0 {
        return Ok(Some(Vec::new()));
    }
    let changed = app.deps.chat_reader.changed_since(room, upto, limit).await?;
    Ok((changed.len() < limit).then(|| changed.iter().map(frame::changed).collect()))
}

/// Returns the text so far of the replies being written in a room. When that cannot be had, the pieces must do: the
/// finished message comes in any case.
pub(crate) async fn texts(app: &App, room: RoomId) -> Result<Vec<Arc<Frame>>, Fault> {
    let runs = app.deps.runs.live(room).await?;
    let text = |run: &contracts::ai_chat_host::RunSnapshot| {
        frame::ai(&frame::Piece {
            r: room,
            message_id: run.message_id,
            run_id: run.run_id,
            agent_id: run.agent_id,
            attempt: run.attempt,
            pos: 0,
            text: &run.text,
        })
    };
    Ok(runs.iter().map(text).collect())
}

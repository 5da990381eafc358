//! Owns the one task of a WebSocket: it reads requests and drains the outbox, many frames to one flush.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use futures::{Sink as _, StreamExt as _};
use kernel::Timestamp;
use serde_json::json;

use super::{App, Present, authenticate, perform};
use crate::conn::{Conn, Who};
use crate::domain::allowance::Allowance;
use crate::domain::frame::{Class, Frame};
use crate::domain::op::{self, Op};
use crate::domain::outbox::{Next, Outbox, Waiting};
use crate::error::{Close, RealtimeError};

/// Read buffer of a socket: most of a client's frames fit, and ten thousand idle sockets stay small.
pub(crate) const READ_BUFFER: usize = 2 * 1024;
/// Bytes after which a batch of frames is handed to the kernel before it is complete. What a burst has grown stays.
pub(crate) const WRITE_BUFFER: usize = 8 * 1024;
/// A client's frame beyond this is not even read to its end.
pub(crate) const UNREAD_FACTOR: usize = 4;
/// Frames between two flushes.
const FLUSH_FRAMES: usize = 64;
/// Bytes between two flushes.
const FLUSH_BYTES: usize = 64 * 1024;
/// How long a client has to take the close frame and answer it.
const GOODBYE_MAX: Duration = Duration::from_secs(1);

enum Turn {
    Write(VecDeque<Waiting>),
    Close(Close),
    Read(Option<Result<Message, axum::Error>>),
}

/// Serves a socket to its end. `ticket` has signed it in already.
pub(crate) async fn serve(app: Arc<App>, mut socket: WebSocket, ticket: Option<(Who, Timestamp)>) {
    let present = app.open();
    let conn = &present.conn;
    greet(&app, conn);
    if let Some((who, until)) = ticket {
        Box::pin(authenticate::enter(&app, conn, &None, who, until)).await;
    }
    let config = app.config();
    let mut allowance = Allowance::new(config.frames_burst, config.frames_per_second, app.hub.now_ms());
    let mut reads_first = false;
    loop {
        let turn = poll_fn(|cx| poll_turn(&app, conn, &mut socket, reads_first, cx)).await;
        match turn {
            Turn::Write(waiting) => {
                reads_first = true;
                if write(&app, conn, &mut socket, waiting).await.is_err() {
                    return;
                }
            }
            Turn::Close(close) => {
                metrics::counter!("realtime_closes_total", "reason" => close.reason()).increment(1);
                return Box::pin(say_goodbye(present, socket, close)).await;
            }
            Turn::Read(Some(Ok(message))) => {
                reads_first = false;
                let now = app.hub.now_ms();
                conn.seen(now);
                if !allowance.take(now) {
                    perform::refuse(&app, conn, &None, None, &RealtimeError::Flood.into());
                    conn.end(Close::Flood, now);
                } else if let Some(token) = read(&app, conn, message, now) {
                    Box::pin(authenticate::by_token(&app, conn, &token.0, &token.1)).await;
                }
            }
            Turn::Read(Some(Err(error))) => {
                // A frame so large that it was not read: there is nothing to go on from.
                tracing::debug!(conn = conn.id, %error, "a socket broke");
                let is_size = error.to_string().contains("too long");
                let close = if is_size { Close::TooLarge } else { return };
                return Box::pin(say_goodbye(present, socket, close)).await;
            }
            Turn::Read(None) => return,
        }
    }
}

/// Sends `hello`.
pub(crate) fn greet(app: &App, conn: &Arc<Conn>) {
    let config = app.config();
    let session: kernel::SessionId = app.deps.ambient.id();
    let limits = json!({
        "frameBytes": config.frame_bytes_max,
        "framesPerSecond": config.frames_per_second,
        "framesBurst": config.frames_burst,
        "rooms": config.rooms_per_socket_max,
        "resumeMessages": config.resume_messages_max,
        "socketsPerUser": config.sockets_per_user_max,
    });
    let hello = json!({"op": "hello", "pingMs": config.ping_ms, "sessionId": session, "limits": limits});
    conn.tell(&Frame::kept(&hello), app.hub.now_ms());
}

fn poll_turn(app: &App, conn: &Conn, socket: &mut WebSocket, reads_first: bool, cx: &mut Context<'_>) -> Poll<Turn> {
    if reads_first && let Poll::Ready(turn) = poll_read(app, conn, socket, cx) {
        return Poll::Ready(turn);
    }
    match conn.outbox(|o| o.poll_next(cx, app.hub.now_ms())) {
        Poll::Ready(Next::Write(waiting)) => return Poll::Ready(Turn::Write(waiting)),
        Poll::Ready(Next::Close(close)) => return Poll::Ready(Turn::Close(close)),
        Poll::Pending => {}
    }
    if reads_first {
        Poll::Pending
    } else {
        poll_read(app, conn, socket, cx)
    }
}

fn poll_read(app: &App, conn: &Conn, socket: &mut WebSocket, cx: &mut Context<'_>) -> Poll<Turn> {
    if !conn.may_read(app.config().requests_in_flight_max) {
        return Poll::Pending;
    }
    socket.poll_next_unpin(cx).map(Turn::Read)
}

/// Deals with a client's frame. Returns the first token of a socket, which is checked before anything else is read.
fn read(
    app: &Arc<App>,
    conn: &Arc<Conn>,
    message: Message,
    now_ms: i64,
) -> Option<(crate::domain::frame::RequestId, String)> {
    let text = match message {
        Message::Text(text) => text,
        Message::Binary(bytes) if bytes.len() <= app.config().frame_bytes_max => {
            let fault = RealtimeError::BadFrame("Frames are text.".into()).into();
            perform::refuse(app, conn, &None, None, &fault);
            return None;
        }
        Message::Binary(_) => {
            conn.end(Close::TooLarge, now_ms);
            return None;
        }
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) => return None,
    };
    if text.len() > app.config().frame_bytes_max {
        conn.end(Close::TooLarge, now_ms);
        return None;
    }
    if conn.outbox(|o| Outbox::is_ending(o)) {
        return None;
    }
    match (op::parse(text.as_str()), conn.who()) {
        (Ok(op::Asked { op: Op::Pong, .. }), _) => {}
        (
            Ok(op::Asked {
                id,
                op: Op::Auth { token },
            }),
            None,
        ) => return Some((id, token)),
        (Ok(asked), None) => perform::refuse(app, conn, &asked.id, None, &RealtimeError::NotSignedIn.into()),
        (Ok(asked), Some(_)) => perform::accept(app, conn, asked),
        (Err(refused), _) => perform::refuse(app, conn, &refused.id, refused.room.as_deref(), &refused.fault),
    }
    None
}

/// The socket is broken.
struct Broken;

/// Writes frames, flushing once for many. Gives up at once when the outbox says so.
async fn write(app: &App, conn: &Conn, socket: &mut WebSocket, mut waiting: VecDeque<Waiting>) -> Result<(), Broken> {
    while !waiting.is_empty() {
        let (mut frames, mut bytes) = (0, 0);
        while frames < FLUSH_FRAMES && bytes < FLUSH_BYTES {
            let Some(next) = waiting.pop_front() else { break };
            frames += 1;
            bytes += next.frame.text.len();
            if !unless_cut(conn, |cx| Pin::new(&mut *socket).poll_ready(cx)).await? {
                return Ok(());
            }
            let mut sink = Pin::new(&mut *socket);
            sink.as_mut()
                .start_send(Message::Text(next.frame.text.clone()))
                .map_err(|_| Broken)?;
            if next.frame.class == Class::Probe {
                sink.start_send(Message::Ping(Bytes::new())).map_err(|_| Broken)?;
            }
        }
        if !unless_cut(conn, |cx| Pin::new(&mut *socket).poll_flush(cx)).await? {
            return Ok(());
        }
        conn.outbox(|o| o.written(bytes, app.hub.now_ms()));
    }
    Ok(())
}

/// Waits for the socket; `false` when the outbox ends it first.
async fn unless_cut(
    conn: &Conn,
    mut poll: impl FnMut(&mut Context<'_>) -> Poll<Result<(), axum::Error>>,
) -> Result<bool, Broken> {
    poll_fn(|cx| match poll(cx) {
        Poll::Ready(done) => Poll::Ready(done.map(|()| true).map_err(|_| Broken)),
        Poll::Pending => conn.outbox(|o| o.poll_cut(cx)).map(|()| Ok(false)),
    })
    .await
}

/// Sends the close frame and reads on until the client has answered: unread bytes would make the kernel reset the
/// connection, and the client would never see the code.
async fn say_goodbye(present: Present, mut socket: WebSocket, close: Close) {
    present.leave();
    let frame = CloseFrame {
        code: close.code(),
        reason: close.reason().into(),
    };
    let goodbye = async {
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    let _ = tokio::time::timeout(GOODBYE_MAX, goodbye).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size_of_task<F: Future>(_: impl Fn(Arc<App>, WebSocket, Option<(Who, Timestamp)>) -> F) -> usize {
        size_of::<F>()
    }

    /// With the read buffer, the kernel's share and hyper's boxes apart, an idle socket is its task and its connection.
    #[test]
    fn the_task_and_the_connection_of_an_idle_socket_stay_small() {
        assert!(size_of_task(serve) <= 1_536, "{}", size_of_task(serve));
        assert!(size_of::<Conn>() <= 512, "{}", size_of::<Conn>());
    }
}

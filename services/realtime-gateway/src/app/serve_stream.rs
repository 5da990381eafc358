//! Owns the SSE fallback: the same outbox as a socket's, written as events whose id is a resume token.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::Stream;
use kernel::{Fault, RoomId, Timestamp};

use super::{App, Present, authenticate, follow_rooms};
use crate::conn::Who;
use crate::domain::frame::{Class, Frame};
use crate::domain::op::Wish;
use crate::domain::outbox::{Next, Waiting};
use crate::domain::resume_token::Places;
use crate::error::RealtimeError;

/// The first bytes: how long a browser waits before it comes back.
const PREAMBLE: &str = "retry: 1000\n\n";

/// An endless body.
pub(crate) struct Events {
    app: Arc<App>,
    present: Present,
    places: Places,
    waiting: VecDeque<Waiting>,
    begun: bool,
}

/// Opens a stream of a signed-in person for rooms that they are a member of, going on from `places`.
pub(crate) async fn open(
    app: &Arc<App>,
    who: Who,
    until: Timestamp,
    rooms: Vec<RoomId>,
    places: Places,
) -> Result<Events, Fault> {
    for room in &rooms {
        if !app.deps.chat_reader.is_member(*room, who.user).await? {
            return Err(RealtimeError::UnknownRoom.into());
        }
    }
    let present = app.open();
    let (app_of, conn) = (app.clone(), present.conn.clone());
    let wishes = rooms.into_iter().map(|room| wish(room, &places)).collect();
    tokio::spawn(async move {
        authenticate::enter(&app_of, &conn, &None, who, until).await;
        follow_rooms::follow(&app_of, &conn, who.user, &None, wishes).await;
    });
    Ok(Events {
        app: app.clone(),
        present,
        places,
        waiting: VecDeque::new(),
        begun: false,
    })
}

fn wish(room: RoomId, places: &Places) -> Wish {
    let (held, epoch) = places.get(room).unzip();
    Wish {
        room,
        held,
        epoch: epoch.flatten().map(|e| e.to_string()),
    }
}

impl Events {
    /// Writes a frame as an event; the id moves with each frame that moves the reader on.
    fn event(&mut self, frame: &Frame) -> Bytes {
        if frame.text.as_str() == r#"{"op":"ping"}"# || frame.class == Class::Probe {
            // A comment keeps proxies awake; nobody can answer it, and a dead client shows when it is written.
            let now = self.app.hub.now_ms();
            self.present.conn.seen(now);
            return Bytes::from_static(b": ping\n\n");
        }
        let text = frame.text.as_str();
        match &frame.mark {
            Some(mark) => {
                self.places.reach(mark);
                format!("id: {}\ndata: {text}\n\n", self.places.token()).into()
            }
            None => format!("data: {text}\n\n").into(),
        }
    }
}

impl Stream for Events {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if !self.begun {
            self.begun = true;
            return Poll::Ready(Some(Ok(Bytes::from_static(PREAMBLE.as_bytes()))));
        }
        loop {
            if let Some(next) = self.waiting.pop_front() {
                let now = self.app.hub.now_ms();
                self.present.conn.outbox(|o| o.written(next.frame.text.len(), now));
                return Poll::Ready(Some(Ok(self.event(&next.frame))));
            }
            let now = self.app.hub.now_ms();
            match self.present.conn.outbox(|o| o.poll_next(cx, now)) {
                Poll::Ready(Next::Write(waiting)) => self.waiting = waiting,
                Poll::Ready(Next::Close(_)) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

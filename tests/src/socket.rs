//! Owns a WebSocket client that records every frame. It refuses to drop, reorder or merge what the server sent.

use std::sync::atomic::{AtomicU64, Ordering};

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::{Actor, DEADLINE, Field as _, Http};

/// The close code that stands for a connection which ended without a close frame.
const NO_CLOSE_FRAME: u16 = 1006;

/// Everything that a socket has received.
#[derive(Default)]
pub struct Log {
    /// The frames in order; a `batch` is recorded as its `ev`s.
    pub frames: Vec<Value>,
    /// The close code, when it is closed.
    pub closed: Option<u16>,
}

/// An open connection.
pub struct Socket {
    out: mpsc::UnboundedSender<Message>,
    log: watch::Receiver<Log>,
    pump: JoinHandle<()>,
    next_id: AtomicU64,
}

/// How a handshake ended.
pub enum Upgrade {
    /// The socket is open, and not signed in unless the address did that.
    Open(Socket),
    /// The server refused with this status.
    Refused(u16),
    /// Nobody answers there, or not as a WebSocket server does.
    Unreachable(String),
}

/// What came of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subbed {
    /// What was missed has been sent, and the rest will come.
    Recovered,
    /// What was missed must be read from the pages; the rest will come.
    Reset,
    /// An error, or the socket closed before.
    Failed,
}

impl Socket {
    /// Connects to `/realtime` plus `query`, with more headers, and does not sign in.
    pub async fn upgrade(http: &Http, query: &str, headers: &[(&'static str, &str)]) -> Upgrade {
        let mut request = http
            .ws_url(&format!("/realtime{query}"))
            .into_client_request()
            .expect("an address");
        for (name, value) in headers {
            request
                .headers_mut()
                .insert(*name, value.parse().expect("a header value"));
        }
        let stream = match timeout(DEADLINE, tokio_tungstenite::connect_async(request)).await {
            Ok(Ok((stream, _))) => stream,
            Ok(Err(Error::Http(answer))) => return Upgrade::Refused(answer.status().as_u16()),
            Ok(Err(error)) => return Upgrade::Unreachable(error.to_string()),
            Err(_) => return Upgrade::Unreachable(format!("nothing within {DEADLINE:?}")),
        };
        let (out, outbox) = mpsc::unbounded_channel();
        let (record, log) = watch::channel(Log::default());
        let pump = tokio::spawn(pump(stream, outbox, out.clone(), record));
        Upgrade::Open(Self {
            out,
            log,
            pump,
            next_id: AtomicU64::new(1),
        })
    }

    /// Connects without signing in.
    pub async fn unsigned(http: &Http) -> Self {
        match Self::upgrade(http, "", &[]).await {
            Upgrade::Open(socket) => socket,
            Upgrade::Refused(status) => panic!("the handshake was refused with {status}"),
            Upgrade::Unreachable(why) => panic!("no handshake: {why}"),
        }
    }

    /// Connects and signs in.
    pub async fn open(actor: &Actor) -> Self {
        Self::try_open(actor).await.expect("a socket that is signed in")
    }

    /// Connects and signs in; None when the product is not there or goes away meanwhile.
    pub async fn try_open(actor: &Actor) -> Option<Self> {
        let Upgrade::Open(socket) = Self::upgrade(actor, "", &[]).await else {
            return None;
        };
        socket.tell(json!({"op": "auth", "token": actor.token()}));
        let ready = |log: &Log| log.frames.iter().find(|frame| op(frame, "ready")).cloned();
        let ready = socket
            .first("ready", |log| ready(log).map(Some).or(log.closed.map(|_| None)))
            .await?;
        assert_eq!(ready.text("userId"), actor.id);
        Some(socket)
    }

    /// Connects, signs in and subscribes to `room` from now on.
    pub async fn in_room(actor: &Actor, room: &str) -> Self {
        let socket = Self::open(actor).await;
        socket.sub(room).await;
        socket
    }

    /// Sends a frame and awaits nothing.
    pub fn tell(&self, frame: Value) {
        self.tell_raw(frame.to_string());
    }

    /// Sends text that need not be a frame.
    pub fn tell_raw(&self, text: String) {
        let _ = self.out.send(Message::text(text));
    }

    /// Sends a frame under a fresh `id` and awaits its `ok` or `err`; None when the socket closes first.
    pub async fn attempt(&self, mut frame: Value) -> Option<Value> {
        let id = format!("q{}", self.next_id.fetch_add(1, Ordering::Relaxed));
        if let Some(frame) = frame.as_object_mut() {
            frame.insert("id".to_owned(), json!(id));
        }
        let asked = frame.to_string();
        self.tell_raw(asked.clone());
        let answer = |log: &Log| log.frames.iter().rev().find(|frame| answers(frame, &id)).cloned();
        self.first(&format!("answer to {asked}"), |log| {
            answer(log).map(Some).or(log.closed.map(|_| None))
        })
        .await
    }

    /// Sends a frame and expects its `ok`.
    pub async fn ask(&self, frame: Value) -> Value {
        let answer = self.attempt(frame).await.expect("an open socket");
        assert!(answer.has("op", "ok"), "{answer}");
        answer
    }

    /// Sends a message and expects its `ok`.
    pub async fn send(&self, room: &str, client_id: &str, text: &str) -> Value {
        self.ask(json!({"op": "send", "r": room, "clientId": client_id, "text": text}))
            .await
    }

    /// Subscribes from now on, and gives the offset that "now" is.
    pub async fn sub(&self, room: &str) -> u64 {
        self.subscribe(json!({"r": room})).await.expect("a subscription")
    }

    /// Subscribes from the offset that the client holds; None when the server asks for a reload.
    pub async fn sub_from(&self, room: &str, held: u64) -> Option<u64> {
        self.subscribe(json!({"r": room, "o": held})).await
    }

    async fn subscribe(&self, room: Value) -> Option<u64> {
        let mark = self.mark();
        let name = room.text("r");
        self.tell(json!({"op": "sub", "id": "sub", "rooms": [room]}));
        let is_answer =
            |frame: &Value| frame.has("r", &name) && (op(frame, "subbed") || op(frame, "reset") || op(frame, "err"));
        let answer = self.wait_from(mark, "subbed or reset", is_answer).await;
        assert!(!op(&answer, "err"), "{answer}");
        op(&answer, "subbed").then(|| answer.number("o"))
    }

    /// Subscribes from the offset that the client holds, or from now on, where the product may be in trouble.
    pub async fn try_sub(&self, room: &str, held: Option<u64>) -> Subbed {
        let mark = self.mark();
        let wanted = held.map_or_else(|| json!({"r": room}), |held| json!({"r": room, "o": held}));
        self.tell(json!({"op": "sub", "id": "sub", "rooms": [wanted]}));
        let is_answer = |frame: &&Value| match frame.get("op").and_then(Value::as_str) {
            Some("subbed" | "reset") => frame.has("r", room),
            Some("err") => frame.has("id", "sub"),
            _ => false,
        };
        let answer = self.first("subbed or reset", |log| {
            let found = log.frames.iter().skip(mark).find(is_answer).cloned();
            found.map(Some).or(log.closed.map(|_| None))
        });
        match answer.await {
            Some(answer) if op(&answer, "subbed") => Subbed::Recovered,
            Some(answer) if op(&answer, "reset") => Subbed::Reset,
            _ => Subbed::Failed,
        }
    }

    /// Gives the frames after the first `mark` ones.
    pub fn frames_from(&self, mark: usize) -> Vec<Value> {
        self.log.borrow().frames.iter().skip(mark).cloned().collect()
    }

    /// Gives the close code, when it is closed.
    pub fn closed(&self) -> Option<u16> {
        self.log.borrow().closed
    }

    /// Says how many frames have been recorded.
    pub fn mark(&self) -> usize {
        self.log.borrow().frames.len()
    }

    /// Gives all frames so far.
    pub fn frames(&self) -> Vec<Value> {
        self.log.borrow().frames.clone()
    }

    /// Gives the events of a room of type `t` so far.
    pub fn events(&self, room: &str, t: &str) -> Vec<Value> {
        self.frames()
            .into_iter()
            .filter(|frame| is_event(frame, room, t))
            .collect()
    }

    /// Waits for a frame, which may have come already.
    pub async fn wait(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.wait_from(0, what, fits).await
    }

    /// Waits for a frame after the first `mark` ones.
    pub async fn wait_from(&self, mark: usize, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.until(what, |log| {
            log.frames.iter().skip(mark).find(|frame| fits(frame)).cloned()
        })
        .await
    }

    /// Waits for an event of a room and gives its `d`.
    pub async fn event(&self, room: &str, t: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let found = self
            .wait(t, |frame| is_event(frame, room, t) && fits(data(frame)))
            .await;
        data(&found).clone()
    }

    /// Waits for an event of the own user channel and gives its `d`.
    pub async fn own_event(&self, t: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let found = self
            .wait(t, |frame| op(frame, "ev") && frame.has("t", t) && fits(data(frame)))
            .await;
        data(&found).clone()
    }

    /// Waits for the message with this id, as it was sent.
    pub async fn message(&self, room: &str, id: &str) -> Value {
        self.event(room, "message.sent", |message| message.has("id", id)).await
    }

    /// Waits until `look` finds something; fails at once when the socket closes.
    pub async fn until<T>(&self, what: &str, mut look: impl FnMut(&Log) -> Option<T>) -> T {
        let found = self.first(what, |log| match look(log) {
            Some(found) => Some(Ok(found)),
            None => log.closed.map(Err),
        });
        match found.await {
            Ok(found) => found,
            Err(code) => panic!("closed with {code} before: {what}\n{}", self.tail()),
        }
    }

    /// Waits for the end of the connection and gives its close code.
    pub async fn close_code(&self) -> u16 {
        self.first("close", |log| log.closed).await
    }

    async fn first<T>(&self, what: &str, mut look: impl FnMut(&Log) -> Option<T>) -> T {
        let mut found = None;
        let mut log = self.log.clone();
        let seen = log.wait_for(|log| {
            found = look(log);
            found.is_some()
        });
        let _ = timeout(DEADLINE, seen).await.map(|seen| seen.is_ok());
        found.unwrap_or_else(|| panic!("never came: {what}\n{}", self.tail()))
    }

    fn tail(&self) -> String {
        let log = self.log.borrow();
        let last: Vec<_> = log.frames.iter().rev().take(30).rev().map(Value::to_string).collect();
        format!("closed: {:?}, the last frames:\n{}", log.closed, last.join("\n"))
    }
}

impl Drop for Socket {
    /// Cuts the connection without a close frame, as a lost network does.
    fn drop(&mut self) {
        self.pump.abort();
    }
}

type Stream = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// Moves frames both ways until one side closes, and answers the server's `ping`.
async fn pump(
    stream: Stream,
    mut outbox: mpsc::UnboundedReceiver<Message>,
    out: mpsc::UnboundedSender<Message>,
    record: watch::Sender<Log>,
) {
    let (mut sink, mut source) = stream.split();
    let writer = async {
        while let Some(message) = outbox.recv().await {
            if sink.send(message).await.is_err() {
                break;
            }
        }
        std::future::pending::<std::convert::Infallible>().await
    };
    let reader = async {
        while let Some(Ok(message)) = source.next().await {
            match message {
                Message::Text(text) => keep(&record, &out, &text),
                Message::Close(frame) => return frame.map_or(NO_CLOSE_FRAME, |frame| CloseCode::into(frame.code)),
                _ => {}
            }
        }
        NO_CLOSE_FRAME
    };
    let code = tokio::select! {
        code = reader => code,
        never = writer => match never {},
    };
    record.send_modify(|log| log.closed = Some(code));
}

fn keep(record: &watch::Sender<Log>, out: &mpsc::UnboundedSender<Message>, text: &str) {
    let frame: Value = serde_json::from_str(text).unwrap_or_else(|_| panic!("not JSON: {text}"));
    if op(&frame, "ping") {
        let _ = out.send(Message::text(r#"{"op":"pong"}"#));
    }
    let frames = if op(&frame, "batch") {
        frame.list("ev").into_iter().map(as_event).collect()
    } else {
        vec![frame]
    };
    record.send_modify(|log| log.frames.extend(frames));
}

fn as_event(mut event: Value) -> Value {
    if let Some(event) = event.as_object_mut() {
        event.insert("op".to_owned(), json!("ev"));
    }
    event
}

fn answers(frame: &Value, id: &str) -> bool {
    frame.has("id", id) && (op(frame, "ok") || op(frame, "err"))
}

fn op(frame: &Value, name: &str) -> bool {
    frame.has("op", name)
}

fn is_event(frame: &Value, room: &str, t: &str) -> bool {
    op(frame, "ev") && frame.has("r", room) && frame.has("t", t)
}

fn data(frame: &Value) -> &Value {
    frame.get("d").unwrap_or(&Value::Null)
}

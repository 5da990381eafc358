//! Owns a WebSocket client that keeps every frame and waits on conditions with a deadline.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use kernel::{RoomId, UserId};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::rig::Rig;

/// How long anything may take.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) struct Client {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) frames: Vec<Value>,
    pub(crate) closed: Option<u16>,
}

/// Opens a socket, or returns the status that refused it.
pub(crate) async fn connect(rig: &Rig, path: &str, headers: &[(&'static str, &str)]) -> Result<Client, u16> {
    let mut request = format!("ws://{}{path}", rig.address).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match tokio_tungstenite::connect_async(request).await {
        Ok((stream, _)) => Ok(Client {
            stream,
            frames: Vec::new(),
            closed: None,
        }),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

impl Client {
    /// Opens a socket and signs in.
    pub(crate) async fn of(rig: &Rig, user: UserId) -> Self {
        let mut client = connect(rig, "/realtime", &[]).await.unwrap();
        client.say(json!({"op": "auth", "token": rig.token(user)})).await;
        client.wait(|f| f["op"] == "ready").await;
        client
    }

    /// Opens a socket, signs in and follows a room from now on.
    pub(crate) async fn in_room(rig: &Rig, user: UserId, room: RoomId) -> Self {
        let mut client = Self::of(rig, user).await;
        assert_eq!(client.sub(room, None).await["op"], "subbed");
        client
    }

    pub(crate) async fn say(&mut self, frame: Value) {
        self.say_raw(frame.to_string()).await;
    }

    pub(crate) async fn say_raw(&mut self, text: String) {
        let _ = self.stream.send(Message::text(text)).await;
    }

    /// Subscribes and returns the answer.
    pub(crate) async fn sub(&mut self, room: RoomId, held: Option<u64>) -> Value {
        let wish = held.map_or(json!({"r": room}), |o| json!({"r": room, "o": o}));
        self.sub_wish(wish).await
    }

    pub(crate) async fn sub_wish(&mut self, wish: Value) -> Value {
        let (mark, room) = (self.frames.len(), wish["r"].clone());
        self.say(json!({"op": "sub", "id": "s", "rooms": [wish]})).await;
        let answers = ["subbed", "reset", "err"];
        self.wait_from(mark, |f| {
            f["r"] == room && answers.contains(&f["op"].as_str().unwrap_or_default())
        })
        .await
    }

    /// Sends a frame with an id and returns its answer.
    pub(crate) async fn ask(&mut self, mut frame: Value) -> Value {
        let mark = self.frames.len();
        frame["id"] = json!("q");
        self.say(frame).await;
        self.wait_from(mark, |f| f["id"] == "q").await
    }

    /// Reads one frame; false when the socket is closed.
    pub(crate) async fn read(&mut self) -> bool {
        match tokio::time::timeout(DEADLINE, self.stream.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => self.frames.push(serde_json::from_str(text.as_str()).unwrap()),
            Ok(Some(Ok(Message::Close(frame)))) => self.closed = Some(frame.map_or(1006, |f| f.code.into())),
            Ok(Some(Ok(_))) => {}
            Ok(Some(Err(_)) | None) => self.closed = self.closed.or(Some(1006)),
            Err(_) => panic!("nothing comes; so far {:#?}", self.frames),
        }
        self.closed.is_none()
    }

    pub(crate) async fn wait(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        self.wait_from(0, fits).await
    }

    pub(crate) async fn wait_from(&mut self, mark: usize, fits: impl Fn(&Value) -> bool) -> Value {
        let mut seen = mark;
        loop {
            if let Some(found) = self.frames[seen..].iter().find(|f| fits(f)) {
                return found.clone();
            }
            seen = self.frames.len();
            assert!(
                self.read().await,
                "closed with {:?} after {:#?}",
                self.closed,
                self.frames
            );
        }
    }

    pub(crate) async fn event(&mut self, t: &str) -> Value {
        self.wait(|f| f["t"] == t).await
    }

    pub(crate) async fn close_code(&mut self) -> u16 {
        while self.read().await {}
        self.closed.unwrap()
    }

    /// The offsets of the messages so far.
    pub(crate) fn offsets(&self) -> Vec<u64> {
        self.frames
            .iter()
            .filter(|f| f["t"] == "message.sent")
            .map(|f| f["o"].as_u64().unwrap())
            .collect()
    }

    /// Reads until the message with this offset has come, and returns all offsets.
    pub(crate) async fn until(&mut self, offset: u64) -> Vec<u64> {
        self.wait(|f| f["t"] == "message.sent" && f["o"] == offset).await;
        self.offsets()
    }

    pub(crate) fn saw(&self, fits: impl Fn(&Value) -> bool) -> bool {
        self.frames.iter().any(fits)
    }
}

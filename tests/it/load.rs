//! Owns people who write without pause, over HTTP and WebSocket in turn, and go on through crashes with the same client id.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use blackbox::{Ack, Actor, DEADLINE, Field as _, Socket, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long a sender waits before it tries again.
const RETRY: Duration = Duration::from_millis(30);

pub struct Load {
    acknowledged: Arc<AtomicU64>,
    going: watch::Sender<bool>,
    senders: JoinSet<Vec<(String, Ack)>>,
}

impl Load {
    /// Starts one sender for each of `actors`; each goes round `rooms` and rests for `pause` between two sends.
    pub fn start(actors: &[Actor], rooms: &[String], pause: Duration) -> Self {
        let (going, is_going) = watch::channel(true);
        let mut load = Self {
            acknowledged: Arc::default(),
            going,
            senders: JoinSet::new(),
        };
        for (number, actor) in actors.iter().enumerate() {
            let sender = Sender {
                actor: actor.clone(),
                by_socket: number % 2 == 1,
                socket: None,
            };
            load.senders.spawn(write(
                sender,
                rooms.to_vec(),
                pause,
                load.acknowledged.clone(),
                is_going.clone(),
            ));
        }
        load
    }

    /// Waits until `more` sends have been acknowledged from now on.
    pub async fn acknowledges(&self, more: u64) {
        let goal = self.acknowledged.load(Ordering::Relaxed) + more;
        let reached = async || (self.acknowledged.load(Ordering::Relaxed) >= goal).then_some(());
        eventually(&format!("{goal} acknowledged sends"), reached).await;
    }

    /// Lets every sender finish its last message, and gives all acknowledgements with their rooms.
    pub async fn end(self) -> Vec<(String, Ack)> {
        self.going.send_replace(false);
        self.senders.join_all().await.concat()
    }
}

async fn write(
    mut sender: Sender,
    rooms: Vec<String>,
    pause: Duration,
    acknowledged: Arc<AtomicU64>,
    going: watch::Receiver<bool>,
) -> Vec<(String, Ack)> {
    let mut acks = Vec::new();
    for room in rooms.iter().cycle() {
        if !*going.borrow() {
            break;
        }
        let ack = sender.send(room, &format!("load-{}", acks.len())).await;
        acks.push((room.clone(), ack));
        acknowledged.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(pause).await;
    }
    acks
}

struct Sender {
    actor: Actor,
    by_socket: bool,
    socket: Option<Socket>,
}

impl Sender {
    /// Sends until it is acknowledged, under the same client id.
    async fn send(&mut self, room: &str, client_id: &str) -> Ack {
        let acknowledged = async {
            loop {
                let ack = match self.by_socket {
                    true => self.over_socket(room, client_id).await,
                    false => self.over_http(room, client_id).await,
                };
                match ack {
                    Some(ack) => return ack,
                    None => tokio::time::sleep(RETRY).await,
                }
            }
        };
        timeout(DEADLINE, acknowledged)
            .await
            .unwrap_or_else(|_| panic!("no acknowledgement of {client_id} within {DEADLINE:?}"))
    }

    async fn over_http(&self, room: &str, client_id: &str) -> Option<Ack> {
        let body = json!({"clientId": client_id, "text": format!("{client_id} of {}", self.actor.handle)});
        let path = format!("/api/chat/rooms/{room}/messages");
        let reply = self.actor.attempt(Method::POST, &path, Some(&body)).await.ok()?;
        match reply.status {
            200 | 201 => Some(self.ack(client_id, &reply.json(), "id")),
            429 | 502..=504 => None,
            status => panic!("a send was answered with {status}: {}", reply.text),
        }
    }

    async fn over_socket(&mut self, room: &str, client_id: &str) -> Option<Ack> {
        if self.socket.is_none() {
            self.socket = Socket::try_open(&self.actor).await;
        }
        let text = format!("{client_id} of {}", self.actor.handle);
        let send = json!({"op": "send", "r": room, "clientId": client_id, "text": text});
        let Some(answer) = self.socket.as_ref()?.attempt(send).await else {
            self.socket = None;
            return None;
        };
        answer
            .has("op", "ok")
            .then(|| self.ack(client_id, &answer, "messageId"))
    }

    fn ack(&self, client_id: &str, answer: &Value, id: &str) -> Ack {
        let (author, client_id) = (self.actor.id.clone(), client_id.to_owned());
        Ack {
            author,
            client_id,
            id: answer.text(id),
            seq: answer.number("seq"),
        }
    }
}

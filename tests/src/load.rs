//! Owns people who write without pause, over HTTP and WebSocket in turn, and go on through crashes with the same client id.
//! It refuses to judge what it was promised: that is the oracle's.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::{Ack, Actor, Field as _, Socket, Trouble, eventually, within};

/// How long a sender waits before it tries again.
const RETRY: Duration = Duration::from_millis(30);

/// How long a send may take while the whole product ends and starts again: a cluster has fifteen processes, built to be debugged, for two
/// CPUs. What is judged is that nothing is lost or repeated, however long it took.
const RESTART_MAX: Duration = Duration::from_secs(90);

/// What all senders write down while they go on.
#[derive(Default)]
struct Shared {
    acknowledged: AtomicU64,
    /// The same for each sender.
    each: Vec<AtomicU64>,
    /// The highest acknowledged sequence of each room.
    heads: Mutex<BTreeMap<String, u64>>,
    trouble: Trouble,
}

impl Shared {
    fn heads(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Senders that are at work.
pub struct Load {
    shared: Arc<Shared>,
    going: watch::Sender<bool>,
    senders: JoinSet<Vec<(String, Ack)>>,
}

impl Load {
    /// Starts one sender for each of `actors`; each goes round `rooms` and rests for `pause` between two sends. Every
    /// other one writes by its socket.
    pub fn start(actors: &[Actor], rooms: &[String], pause: Duration) -> Self {
        Self::with(actors, rooms, pause, |number| number % 2 == 1)
    }

    /// Starts senders that all write over HTTP.
    pub fn over_http(actors: &[Actor], rooms: &[String], pause: Duration) -> Self {
        Self::with(actors, rooms, pause, |_| false)
    }

    fn with(actors: &[Actor], rooms: &[String], pause: Duration, by_socket: impl Fn(usize) -> bool) -> Self {
        let (going, is_going) = watch::channel(true);
        let shared = Arc::new(Shared {
            each: actors.iter().map(|_| AtomicU64::new(0)).collect(),
            ..Shared::default()
        });
        let mut senders = JoinSet::new();
        for (number, actor) in actors.iter().enumerate() {
            let sender = Sender {
                actor: actor.clone(),
                by_socket: by_socket(number),
                socket: None,
                number,
                shared: shared.clone(),
            };
            senders.spawn(write(sender, rooms.to_vec(), pause, is_going.clone()));
        }
        Self { shared, going, senders }
    }

    /// Waits until `more` sends have been acknowledged from now on.
    pub async fn acknowledges(&self, more: u64) {
        let goal = self.shared.acknowledged.load(Ordering::Relaxed) + more;
        let reached = async || (self.shared.acknowledged.load(Ordering::Relaxed) >= goal).then_some(());
        within(RESTART_MAX, &format!("{goal} acknowledged sends"), reached).await;
    }

    /// Waits until every sender has begun and finished a send from now on.
    pub async fn all_acknowledge(&self) {
        let read = || self.shared.each.iter().map(|count| count.load(Ordering::Relaxed));
        // The one that is under way may have been answered already: the second is new.
        let goals: Vec<_> = read().map(|count| count + 2).collect();
        let reached = async || read().zip(&goals).all(|(count, goal)| count >= *goal).then_some(());
        eventually("an acknowledged send of everybody", reached).await;
    }

    /// Gives the highest acknowledged sequence of each room.
    pub fn heads(&self) -> BTreeMap<String, u64> {
        self.shared.heads().clone()
    }

    /// Lends what did not work at the first try.
    pub fn trouble(&self) -> &Trouble {
        &self.shared.trouble
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
    going: watch::Receiver<bool>,
) -> Vec<(String, Ack)> {
    let mut acks = Vec::new();
    let run = crate::unique("load");
    for room in rooms.iter().cycle() {
        if !*going.borrow() {
            break;
        }
        let ack = sender.send(room, &format!("{run}-{}", acks.len())).await;
        sender.note(room, &ack);
        acks.push((room.clone(), ack));
        tokio::time::sleep(pause).await;
    }
    acks
}

struct Sender {
    actor: Actor,
    by_socket: bool,
    socket: Option<Socket>,
    number: usize,
    shared: Arc<Shared>,
}

impl Sender {
    /// Sends until it is acknowledged, under the same client id.
    async fn send(&mut self, room: &str, client_id: &str) -> Ack {
        let begun = Instant::now();
        let acknowledged = async {
            loop {
                let ack = match self.by_socket {
                    true => self.over_socket(room, client_id).await,
                    false => self.over_http(room, client_id).await,
                };
                match ack {
                    Ok(ack) => return ack,
                    Err(why) => {
                        self.shared.trouble.failed("send", &why);
                        tokio::time::sleep(RETRY).await;
                    }
                }
            }
        };
        let ack = timeout(RESTART_MAX, acknowledged)
            .await
            .unwrap_or_else(|_| panic!("no acknowledgement of {client_id} within {RESTART_MAX:?}"));
        self.shared.trouble.took("send", begun.elapsed());
        ack
    }

    fn note(&self, room: &str, ack: &Ack) {
        let mut heads = self.shared.heads();
        let head = heads.entry(room.to_owned()).or_default();
        *head = ack.seq.max(*head);
        drop(heads);
        self.shared.acknowledged.fetch_add(1, Ordering::Relaxed);
        if let Some(mine) = self.shared.each.get(self.number) {
            mine.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn over_http(&self, room: &str, client_id: &str) -> Result<Ack, String> {
        let body = json!({"clientId": client_id, "text": format!("{client_id} of {}", self.actor.handle)});
        let path = format!("/api/chat/rooms/{room}/messages");
        let reply = self.actor.attempt(Method::POST, &path, Some(&body)).await;
        let reply = reply.map_err(|_| "no answer".to_owned())?;
        match reply.status {
            200 | 201 => Ok(self.ack(client_id, &reply.json(), "id")),
            429 | 502..=504 => Err(reply.status.to_string()),
            status => panic!("a send was answered with {status}: {}", reply.text),
        }
    }

    async fn over_socket(&mut self, room: &str, client_id: &str) -> Result<Ack, String> {
        if self.socket.is_none() {
            self.socket = Socket::try_open(&self.actor).await;
        }
        let text = format!("{client_id} of {}", self.actor.handle);
        let send = json!({"op": "send", "r": room, "clientId": client_id, "text": text});
        let socket = self.socket.as_ref().ok_or("no socket")?;
        let Some(answer) = socket.attempt(send).await else {
            self.socket = None;
            return Err("closed".to_owned());
        };
        match answer.has("op", "ok") {
            true => Ok(self.ack(client_id, &answer, "messageId")),
            false => Err(answer.text("code")),
        }
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

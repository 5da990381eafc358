//! Owns requests that may be repeated, to every service in turn, all the while. It refuses any answer but the right one and
//! those that say "not now".

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use blackbox::{Actor, DEADLINE, Seen, Trouble, within};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::traffic::RECOVERY_MAX;

/// Between two requests of one kind.
const PAUSE: Duration = Duration::from_millis(150);
const RETRY: Duration = Duration::from_millis(50);

/// A request that is made again and again.
#[derive(Clone)]
struct Kind {
    /// The service that answers, and what is asked.
    name: &'static str,
    method: Method,
    path: String,
    body: Option<Value>,
}

/// Requests that go on.
pub struct Asks {
    trouble: Arc<Trouble>,
    counts: Vec<Arc<AtomicU64>>,
    going: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Asks {
    /// Starts one loop for each kind of request.
    pub fn start(actor: &Actor, room: &str, stranger: &str) -> Self {
        let (going, is_going) = watch::channel(true);
        let trouble = Arc::new(Trouble::default());
        let (mut counts, mut tasks) = (Vec::new(), JoinSet::new());
        for kinds in kinds(room, stranger) {
            let count = Arc::new(AtomicU64::new(0));
            counts.push(count.clone());
            tasks.spawn(ask(actor.clone(), kinds, is_going.clone(), count, trouble.clone()));
        }
        Self {
            trouble,
            counts,
            going,
            tasks,
        }
    }

    /// Waits until every kind of request has been begun and answered from now on.
    pub async fn all_answered(&self) {
        let read = || self.counts.iter().map(|count| count.load(Ordering::Relaxed));
        let goals: Vec<_> = read().map(|count| count + 2).collect();
        let reached = async || read().zip(&goals).all(|(count, goal)| count >= *goal).then_some(());
        within(RECOVERY_MAX, "an answer of every service", reached).await;
    }

    /// Gives what failed since the last time.
    pub fn take_trouble(&self) -> Seen {
        self.trouble.take()
    }

    /// Ends them all; fails when one of them has.
    pub async fn end(self) {
        self.going.send_replace(false);
        self.tasks.join_all().await;
    }
}

/// Lists the loops: what stands in one is asked in turn.
fn kinds(room: &str, stranger: &str) -> Vec<Vec<Kind>> {
    let kind = |name, method, path: &str, body| Kind {
        name,
        method,
        path: path.to_owned(),
        body,
    };
    let get = |name, path: &str| kind(name, Method::GET, path, None);
    let block = format!("/api/users/me/blocks/{stranger}");
    let read = format!("/api/chat/rooms/{room}/read");
    vec![
        vec![get("GET auth", "/api/auth/sessions")],
        vec![
            get("GET user", "/api/users/me"),
            kind("PUT user", Method::PUT, &block, None),
            kind("DELETE user", Method::DELETE, &block, None),
        ],
        vec![get("GET friendship", "/api/friendships")],
        vec![
            get("GET chat", "/api/chat/rooms"),
            kind("PUT chat", Method::PUT, &read, Some(json!({"seq": 1}))),
            get("GET chat", &format!("/api/chat/rooms/{room}/messages?limit=20")),
        ],
        vec![get("GET ai-chat-host", "/api/agents")],
        vec![get("GET ai-gateway", "/v1/models")],
        vec![get("GET ai-model-cards", "/api/model-cards")],
        vec![get("GET orders", "/api/orders")],
        vec![get("GET payments", "/api/wallet")],
        vec![get("GET post", "/api/posts?limit=20")],
        vec![get("GET feed", "/api/feed?limit=20")],
        vec![get("GET media", "/api/media?limit=20")],
        vec![get("GET notification", "/api/notifications")],
    ]
}

async fn ask(
    actor: Actor,
    kinds: Vec<Kind>,
    going: watch::Receiver<bool>,
    count: Arc<AtomicU64>,
    trouble: Arc<Trouble>,
) {
    for kind in kinds.iter().cycle() {
        if !*going.borrow() {
            return;
        }
        let begun = Instant::now();
        let answered = async {
            while let Err(how) = attempt(&actor, kind).await {
                trouble.failed(kind.name, &how);
                tokio::time::sleep(RETRY).await;
            }
        };
        timeout(DEADLINE, answered)
            .await
            .unwrap_or_else(|_| panic!("{}: no answer within {DEADLINE:?}", kind.name));
        trouble.took(kind.name, begun.elapsed());
        count.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(PAUSE).await;
    }
}

async fn attempt(actor: &Actor, kind: &Kind) -> Result<(), String> {
    let reply = actor.attempt(kind.method.clone(), &kind.path, kind.body.as_ref()).await;
    let reply = reply.map_err(|_| "no answer".to_owned())?;
    match reply.status {
        200 | 204 => Ok(()),
        429 | 502..=504 => Err(reply.status.to_string()),
        status => panic!("{} was answered with {status}: {}", kind.name, reply.text),
    }
}

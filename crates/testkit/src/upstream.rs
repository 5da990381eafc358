//! Owns a scripted HTTP server to stand behind a service: it answers as told, remembers what it was asked, and notices
//! when a client goes away before the end. Refuses to know any API.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream;
use http::HeaderMap;
use http_body_util::BodyExt as _;
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// How long a test waits for something that must happen.
const DEADLINE: Duration = Duration::from_secs(10);

/// What to answer.
pub enum Script {
    /// A whole answer.
    Whole(u16, Vec<(&'static str, String)>, String),
    /// A `text/event-stream` of these frames, each an HTTP chunk, with this end.
    Stream(Vec<String>, End),
    /// The same, each frame when the test sends it; dropping the sender ends it well.
    Live(mpsc::UnboundedReceiver<String>),
    /// Nothing, for ever.
    Silence,
}

/// How a scripted stream ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Well.
    Done,
    /// The connection breaks off.
    Cut,
    /// Nothing more comes, and the connection stays.
    Stall,
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct Received {
    /// Path.
    pub path: String,
    /// What follows the `?`, empty when there is none.
    pub query: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

/// The server, on a free loopback port; gone when dropped.
pub struct ScriptedUpstream {
    /// `http://127.0.0.1:port`.
    pub url: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    scripts: Mutex<VecDeque<Script>>,
    received: Mutex<Vec<Received>>,
    abandoned: watch::Sender<usize>,
}

/// An answer under way; dropped unfinished, it counts as abandoned.
struct Open {
    shared: Arc<Shared>,
    finished: bool,
}

impl Open {
    fn finish(mut self) {
        self.finished = true;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if !self.finished {
            self.shared.abandoned.send_modify(|n| *n += 1);
        }
    }
}

impl ScriptedUpstream {
    /// Starts it; each request takes the next of `scripts`, and a 500 when there is none.
    pub async fn start(scripts: impl IntoIterator<Item = Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            scripts: Mutex::new(scripts.into_iter().collect()),
            received: Mutex::default(),
            abandoned: watch::Sender::new(0),
        });
        let router = Router::new().fallback(answer).with_state(shared.clone());
        // Else each chunk after the first waits for the client's delayed ACK.
        let listener = listener.tap_io(|io| io.set_nodelay(true).unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, server }
    }

    /// Adds an answer.
    pub fn then(&self, script: Script) {
        self.shared.scripts.lock().push_back(script);
    }

    /// Returns what was asked so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().clone()
    }

    /// Waits until `count` clients went away before the end of their answer.
    pub async fn abandoned(&self, count: usize) {
        let mut abandoned = self.shared.abandoned.subscribe();
        let waited = tokio::time::timeout(DEADLINE, abandoned.wait_for(|n| *n >= count)).await;
        waited.expect("the client stayed connected").unwrap();
    }
}

impl Drop for ScriptedUpstream {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let open = Open {
        shared: shared.clone(),
        finished: false,
    };
    let (parts, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    shared.received.lock().push(Received {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    });
    let script = shared.scripts.lock().pop_front();
    match script {
        None => {
            open.finish();
            Response::builder().status(500).body(Body::from("no script")).unwrap()
        }
        Some(Script::Silence) => std::future::pending().await,
        Some(Script::Whole(status, headers, body)) => {
            open.finish();
            let response = Response::builder()
                .status(status)
                .header("content-type", "application/json");
            headers
                .into_iter()
                .fold(response, |r, (name, value)| r.header(name, value))
                .body(Body::from(body))
                .unwrap()
        }
        Some(Script::Stream(frames, end)) => {
            let frames = stream::iter(frames).map(|f| Ok::<_, io::Error>(Bytes::from(f)));
            let tail = stream::once(async move {
                // The frames before must be on their way first: a body that fails takes with it what was not sent.
                tokio::task::yield_now().await;
                match end {
                    End::Stall => std::future::pending().await,
                    End::Done | End::Cut => {
                        open.finish();
                        if end == End::Cut {
                            Err(io::Error::other("cut, as told"))
                        } else {
                            Ok(Bytes::new())
                        }
                    }
                }
            });
            events(Body::from_stream(
                frames
                    .chain(tail)
                    .filter(|f| std::future::ready(!matches!(f, Ok(b) if b.is_empty()))),
            ))
        }
        Some(Script::Live(frames)) => {
            let live = stream::unfold((frames, open), |(mut frames, open)| async move {
                match frames.recv().await {
                    Some(frame) => Some((Ok::<_, Infallible>(Bytes::from(frame)), (frames, open))),
                    None => {
                        open.finish();
                        None
                    }
                }
            });
            events(Body::from_stream(live))
        }
    }
}

fn events(body: Body) -> Response {
    Response::builder()
        .header("content-type", "text/event-stream")
        .body(body)
        .unwrap()
}

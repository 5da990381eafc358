//! media over HTTP, with its workers at work on a folder of its own.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod content;
mod films;
mod forms;
mod library;
mod life;
mod pictures;
mod resumable;
mod s3;
mod samples;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use chassis::Caller;
use contracts::media::MediaLibrary;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use kernel::UserId;
use media::{Config, Media};
use serde_json::Value;
use store::Store;
use testkit::{App, World};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// How long a test waits for a condition.
const PATIENCE: Duration = Duration::from_secs(30);

struct Setup {
    world: Arc<World>,
    store: Arc<dyn Store>,
    media: Media,
    app: App,
    stop: CancellationToken,
}

impl Drop for Setup {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// What came back, its body as bytes.
#[derive(Debug)]
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Got {
    fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        self
    }
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
    fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

impl Setup {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl Fn(&mut Config)) -> Self {
        Self::on(Arc::new(World::new().await), change).await
    }

    async fn on(world: Arc<World>, change: impl Fn(&mut Config)) -> Self {
        let mut config = Config::default();
        config.times.poll_ms = 5;
        change(&mut config);
        let store = world.store("media").await;
        let media = media::local(media::Deps {
            ambient: world.ambient(),
            store: store.clone(),
            data_dir: world.path().to_owned(),
            config,
        });
        let media = media.await.unwrap();
        let mut service = media::service(&media);
        let stop = CancellationToken::new();
        for worker in std::mem::take(&mut service.workers) {
            tokio::spawn((worker.run)(stop.clone()));
        }
        let app = world.app(service);
        Self {
            world,
            store,
            media,
            app,
            stop,
        }
    }

    /// Starts the service once more on the same data.
    async fn restarted(self, change: impl Fn(&mut Config)) -> Self {
        self.stop.cancel();
        self.store.close().await;
        Self::on(self.world.clone(), change).await
    }

    fn person(&self) -> UserId {
        self.world.ambient().id()
    }

    fn library(&self) -> Arc<dyn MediaLibrary> {
        self.media.library()
    }

    async fn ask(&self, by: Option<UserId>, request: http::request::Builder, body: impl Into<Body>) -> Got {
        let mut request = request.body(body.into()).unwrap();
        if let Some(user) = by {
            let caller = Caller {
                user,
                session: self.world.ambient().id(),
                admin: false,
            };
            request.extensions_mut().insert(caller);
        }
        let (parts, body) = self.app.router().oneshot(request).await.unwrap().into_parts();
        Got {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    async fn get(&self, by: UserId, path: &str) -> Got {
        self.ask(Some(by), Request::get(path), Body::empty()).await
    }

    /// Fetches an address as anybody.
    async fn fetch(&self, url: &str) -> Got {
        self.ask(None, Request::get(url), Body::empty()).await
    }

    async fn upload(&self, by: UserId, name: &str, bytes: &[u8]) -> Got {
        self.form(by, &[("file", Some(name), bytes)]).await
    }

    async fn form(&self, by: UserId, fields: &[(&str, Option<&str>, &[u8])]) -> Got {
        let body = form(fields);
        let request = Request::post("/api/media")
            .header("content-type", "multipart/form-data; boundary=XyZ")
            .header("content-length", body.len());
        self.ask(Some(by), request, body).await
    }

    /// Uploads, and waits until it has been looked at.
    async fn looked_at(&self, by: UserId, name: &str, bytes: &[u8]) -> Value {
        let id = self.upload(by, name, bytes).await.expect(201).json()["id"].clone();
        self.seen(by, id.as_str().unwrap()).await
    }

    async fn seen(&self, by: UserId, id: &str) -> Value {
        self.until(async || {
            let got = self.get(by, &format!("/api/media/{id}")).await;
            let asset = got.expect(200).json();
            (asset["status"] != "uploaded").then_some(asset)
        })
        .await
    }

    /// Waits for a condition.
    async fn until<T>(&self, condition: impl AsyncFn() -> Option<T>) -> T {
        let wait = async {
            loop {
                if let Some(met) = condition().await {
                    return met;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, wait)
            .await
            .expect("the condition was not met in time")
    }

    /// Counts the objects that lie in the folder.
    fn objects(&self) -> usize {
        fn files(folder: &std::path::Path) -> usize {
            let Ok(entries) = std::fs::read_dir(folder) else {
                return 0;
            };
            entries
                .filter_map(Result::ok)
                .map(|e| if e.path().is_dir() { files(&e.path()) } else { 1 })
                .sum()
        }
        files(&self.world.path().join("media"))
    }

    async fn events(&self) -> Vec<String> {
        let pending = self.world.pending(&self.store).await;
        pending.iter().map(|e| e.kind.to_string()).collect()
    }
}

fn form(fields: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, file, bytes) in fields {
        let file = file.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        let head = format!(
            "--XyZ\r\nContent-Disposition: form-data; name=\"{field}\"{file}\r\nContent-Type: image/png\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--XyZ--\r\n");
    body
}

/// Returns the variant `name` of an asset.
fn variant<'a>(asset: &'a Value, name: &str) -> &'a Value {
    asset["variants"]
        .as_array()
        .unwrap()
        .iter()
        .find(|v| v["name"] == name)
        .unwrap_or(&Value::Null)
}

fn url<'a>(asset: &'a Value, name: &str) -> &'a str {
    variant(asset, name)["url"].as_str().unwrap()
}

fn names(asset: &Value) -> Vec<&str> {
    asset["variants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["name"].as_str().unwrap())
        .collect()
}

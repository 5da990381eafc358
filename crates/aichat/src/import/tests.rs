//! A whole instance with the demo data in it, moved about.

use std::collections::BTreeMap;

use axum::body::Body;
use bus::Bus as _;
use bus::embedded::{EmbeddedBus, Options};
use contracts::Topic;
use contracts::event::topic;
use http::{Method, Request, header};
use http_body_util::BodyExt as _;
use kernel::Ambient;
use serde_json::{Value, json};
use store::{Op, Write};
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::*;
use crate::compose::{self, Product};
use crate::config::Flags;
use crate::{claim, demo, export};

/// A folder for instances and exports.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn config(&self, instance: &str) -> Config {
        let flags = Flags {
            data_dir: Some(self.at(instance)),
            ..Flags::default()
        };
        Config::from_parts(flags, &BTreeMap::new()).unwrap()
    }

    /// Makes an instance with demo data and stops it again; returns a refresh token of Ada's.
    async fn demo(&self, instance: &str) -> String {
        let mut config = self.config(instance);
        demo::prepare(&mut config);
        let product = Product::open(&config, Ambient::system()).await.unwrap();
        demo::load(&product.router, &config.process.data_dir).await.unwrap();
        let signed = sign_in(&product).await;
        product.supervisor.stop().await;
        signed["refreshToken"].as_str().unwrap().to_owned()
    }

    /// Opens the event log of an instance that is at rest.
    fn log(&self, instance: &str) -> std::sync::Arc<EmbeddedBus> {
        let path = self.at(instance).join("bus.db");
        EmbeddedBus::open(path, Options::default(), Ambient::system(), topic::ALL).unwrap()
    }

    async fn figures(&self, instance: &str) -> crate::figures::Figures {
        let holdings = Holdings::of_instance(&self.config(instance), "verify").await.unwrap();
        let figures = holdings.figures().await.unwrap();
        holdings.close().await;
        figures
    }

    async fn export(&self, instance: &str, file: &str) -> anyhow::Result<End> {
        export::write(&self.config(instance), &self.at(file), &CancellationToken::new()).await
    }

    async fn import(&self, file: &str, instance: &str) -> anyhow::Result<End> {
        read(&self.config(instance), &self.at(file), &CancellationToken::new()).await
    }
}

async fn ask(product: &Product, token: Option<&str>, method: Method, path: &str, body: Value) -> (u16, Value) {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let body = if body.is_null() {
        Body::empty()
    } else {
        Body::from(body.to_string())
    };
    let response = product
        .router
        .clone()
        .oneshot(request.body(body).unwrap())
        .await
        .unwrap();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

async fn sign_in(product: &Product) -> Value {
    let said = json!({"login": "ada", "password": demo::PASSWORD});
    let (status, signed) = ask(product, None, Method::POST, "/api/auth/signin", said).await;
    assert_eq!(status, 200, "{signed}");
    signed
}

/// What the whole chain of an error says.
fn words<T: std::fmt::Debug>(result: anyhow::Result<T>) -> String {
    format!("{:#}", result.unwrap_err())
}

/// Makes an event of which nobody knows what it says.
fn event(topic: Topic, ambient: &Ambient) -> Event {
    let id = ambient.id::<kernel::EventId>();
    let bytes =
        json!({"id": id, "type": "aichat.test.made.v1", "time": ambient.now(), "partitionkey": "k", "data": {}});
    Event::parse(topic.name, bytes.to_string().into()).unwrap()
}

#[tokio::test]
async fn an_instance_moves_whole_and_its_people_go_on_where_they_were() {
    let desk = Desk::new();
    let refresh = desk.demo("old").await;
    let old = desk.figures("old").await;
    assert!(old.documents() > 20, "{old}");
    let end = desk.export("old", "export.jsonl.gz").await.unwrap();
    assert_eq!(end.collections, old);
    assert_eq!(
        end.files, 4,
        "the secrets of auth, media and notification, and that there is demo data"
    );
    assert_eq!(desk.import("export.jsonl.gz", "new").await.unwrap(), end);
    assert_eq!(desk.figures("new").await, old);
    let secret = |instance: &str| std::fs::read_to_string(desk.at(instance).join("auth.secret")).unwrap();
    assert_eq!(secret("new"), secret("old"));

    let product = Product::open(&desk.config("new"), Ambient::system()).await.unwrap();
    let again = json!({ "refreshToken": refresh });
    let (status, tokens) = ask(&product, None, Method::POST, "/api/auth/refresh", again).await;
    assert_eq!(status, 200, "a session goes on: {tokens}");
    let signed = sign_in(&product).await;
    let token = signed["accessToken"].as_str();
    let (_, rooms) = ask(&product, token, Method::GET, "/api/chat/rooms", Value::Null).await;
    let room = &rooms["items"][0];
    let last = room["lastSeq"].as_u64().unwrap();
    assert!(last > 0, "{rooms}");
    let path = format!("/api/chat/rooms/{}/messages", room["id"].as_str().unwrap());
    let said = json!({"clientId": "after the move", "text": "still here"});
    let (status, sent) = ask(&product, token, Method::POST, &path, said).await;
    assert_eq!((status, sent["seq"].as_u64()), (201, Some(last + 1)), "{sent}");
    let (_, found) = ask(&product, token, Method::GET, "/api/chat/search?q=faster", Value::Null).await;
    assert!(
        !found["items"].as_array().unwrap().is_empty(),
        "words are found: {found}"
    );
    product.supervisor.stop().await;
}

#[tokio::test]
async fn events_under_way_come_along_in_order() {
    let desk = Desk::new();
    let ambient = Ambient::system();
    let config = desk.config("old");
    let holdings = Holdings::open(&config, "").await.unwrap();
    put(&holdings.files()[0].1, "secret").unwrap();
    holdings.close().await;
    let store = compose::open_store(&config.process.data_dir, "user", &ambient).unwrap();
    let events: Vec<Event> = (0..3).map(|_| event(topic::PROFILE, &ambient)).collect();
    for spec in user::COLLECTIONS {
        store.declare(*spec).await.unwrap();
    }
    let write = Write {
        op: Op::Delete("profiles", "nobody".into(), None),
        events: events.clone(),
        mark: None,
    };
    store.write(write).await.unwrap();
    store.close().await;
    // Sent already, and dealt with by nobody.
    let log = desk.log("old");
    let sent: Vec<Event> = (0..4).map(|_| event(topic::MESSAGE, &ambient)).collect();
    log.publish(&sent).await.unwrap();
    log.close().await;
    assert_eq!(desk.export("old", "export.jsonl").await.unwrap().events, 7);
    desk.import("export.jsonl", "new").await.unwrap();
    let log = desk.log("new");
    assert_eq!(log.lag(topic::PROFILE, "anybody").await.unwrap(), 3);
    assert_eq!(log.lag(topic::MESSAGE, "ai-chat-host").await.unwrap(), 4);
    log.close().await;
}

#[tokio::test]
async fn events_that_are_not_where_they_were_published_to_fail_an_import() {
    let desk = Desk::new();
    let holdings = Holdings::open(&desk.config("new"), "").await.unwrap();
    let mut bringing = Bringing::to(&holdings, false).await.unwrap();
    let there = event(topic::MESSAGE, &Ambient::system());
    bringing.event(there).await.unwrap();
    bringing.publish().await.unwrap();
    bringing.check_events().await.unwrap();
    bringing.awaited.insert(Ambient::system().id());
    assert!(words(bringing.check_events().await).contains("1 events under way are not where"));
    holdings.close().await;
}

#[tokio::test]
async fn nothing_is_mixed_and_nothing_is_written_over() {
    let desk = Desk::new();
    desk.demo("old").await;
    assert!(words(desk.export("nowhere", "export.jsonl").await).contains("there is no instance"));
    assert!(!desk.at("nowhere").exists());
    desk.export("old", "export.jsonl").await.unwrap();
    assert!(words(desk.export("old", "export.jsonl").await).contains("is there already"));

    let before = desk.figures("old").await;
    std::fs::rename(desk.at("old/auth.secret"), desk.at("secret")).unwrap();
    assert!(words(desk.import("export.jsonl", "old").await).contains("is not empty"));
    std::fs::write(desk.at("old/auth.secret"), "another").unwrap();
    assert!(words(desk.import("export.jsonl", "old").await).contains("is another than that of the export"));
    assert_eq!(desk.figures("old").await, before);
    claim::refuse_unfinished(&desk.at("old")).unwrap();

    // Nobody has written a document, and somebody waits for an event.
    Holdings::open(&desk.config("new"), "").await.unwrap().close().await;
    let log = desk.log("new");
    log.publish(&[event(topic::MESSAGE, &Ambient::system())]).await.unwrap();
    log.close().await;
    assert!(
        words(desk.import("export.jsonl", "new").await).contains("events of chat.message.v1 wait to be dealt with")
    );

    let running = Holdings::open(&desk.config("old"), "").await.unwrap();
    assert!(words(desk.export("old", "second.jsonl").await).contains("another aichat process owns"));
    running.close().await;

    std::fs::remove_file(desk.at("old/bus.db")).unwrap();
    assert!(words(desk.export("old", "second.jsonl").await).contains("bus.db is missing"));
    assert!(!desk.at("second.jsonl").exists());
    assert!(!desk.at("old/bus.db").exists(), "nothing is made");
}

#[tokio::test]
async fn a_file_that_is_not_whole_touches_nothing() {
    let desk = Desk::new();
    desk.demo("old").await;
    desk.export("old", "export.jsonl").await.unwrap();
    let whole = std::fs::read_to_string(desk.at("export.jsonl")).unwrap();
    let cut: String = whole.lines().take(20).map(|line| format!("{line}\n")).collect();
    for (text, why) in [
        (cut, "cut off"),
        (
            whole.replace("build is a lot faster", "build is a lot slower"),
            "was changed",
        ),
        (whole.replacen(r#""version":1"#, r#""version":2"#, 1), "was changed"),
        (whole.replacen(r#""format":1"#, r#""format":2"#, 1), "format 2"),
        ("not ours\n".to_owned(), "is no export"),
    ] {
        std::fs::write(desk.at("bad.jsonl"), text).unwrap();
        let said = words(desk.import("bad.jsonl", "new").await);
        assert!(said.contains(why), "{why}: {said}");
        assert!(!desk.at("new").exists(), "{why}");
    }
}

#[tokio::test]
async fn what_is_stopped_leaves_no_file_and_an_import_that_goes_on() {
    let desk = Desk::new();
    desk.demo("old").await;
    let stopped = CancellationToken::new();
    stopped.cancel();
    let path = desk.at("export.jsonl");
    let export = export::write(&desk.config("old"), &path, &stopped).await;
    assert!(words(export).contains("stopped by a signal"));
    assert!(!path.exists());
    let end = desk.export("old", "export.jsonl").await.unwrap();
    let import = read(&desk.config("new"), &path, &stopped).await;
    assert!(words(import).contains("stopped by a signal"));
    let half = Holdings::open(&desk.config("new"), &end.sha256).await.unwrap();
    assert_eq!(half.figures().await.unwrap().documents(), 0, "it stopped at once");
    half.close().await;
    let started = Product::open(&desk.config("new"), Ambient::system()).await;
    assert!(words(started.map(drop)).contains("was broken off"));
    assert_eq!(desk.import("export.jsonl", "new").await.unwrap(), end);
    assert_eq!(desk.figures("new").await, end.collections);
}

#[tokio::test]
async fn an_import_that_was_broken_off_does_not_start_and_goes_on() {
    let desk = Desk::new();
    desk.demo("old").await;
    let end = desk.export("old", "export.jsonl").await.unwrap();
    // What an import leaves that is killed in the middle: some documents, and the note.
    let holdings = Holdings::open(&desk.config("new"), &end.sha256).await.unwrap();
    assert!(!goes_on(&holdings, &end).await.unwrap());
    holdings.claim().begin(&end.sha256).await.unwrap();
    let mut reader = Reader::open(&desk.at("export.jsonl")).unwrap();
    for _ in 0..10 {
        if let Some(Item::Document(of, document)) = reader.next().unwrap() {
            holdings.restore(&of, vec![document], false).unwrap().await.unwrap();
        }
    }
    holdings.close().await;

    let started = Product::open(&desk.config("new"), Ambient::system()).await;
    assert!(words(started.map(drop)).contains("was broken off"));
    assert!(words(desk.export("new", "half.jsonl").await).contains("was broken off"));
    desk.demo("other").await;
    desk.export("other", "other.jsonl").await.unwrap();
    assert!(words(desk.import("other.jsonl", "new").await).contains("another file"));
    assert_eq!(desk.import("export.jsonl", "new").await.unwrap(), end);
    assert_eq!(desk.figures("new").await, end.collections);
    let product = Product::open(&desk.config("new"), Ambient::system()).await.unwrap();
    sign_in(&product).await;
    product.supervisor.stop().await;
}

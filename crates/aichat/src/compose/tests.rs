//! The product as one process per service, two of some, over real links on loopback; only the ports behind them are those
//! of one folder, so that no server is needed.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::body::Body;
use http::{Method, Request};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::*;
use crate::config::Flags;

/// Longest wait for anything.
const DEADLINE: Duration = Duration::from_secs(30);

/// The processes, in the order in which they are started.
const PROCESSES: &[(Target, &str)] = &[
    (Target::Chat, "CHAT"),
    (Target::Chat, "CHAT"),
    (Target::RealtimeGateway, "REALTIME_GATEWAY"),
    (Target::AiChatHost, "AI_CHAT_HOST"),
    (Target::AiChatHost, "AI_CHAT_HOST"),
    (Target::AiGateway, "AI_GATEWAY"),
    (Target::AiModelCards, "AI_MODEL_CARDS"),
    (Target::Orders, "ORDERS"),
    (Target::Payments, "PAYMENTS"),
    (Target::Media, "MEDIA"),
    (Target::Post, "POST"),
    (Target::Feed, "FEED"),
    (Target::Notification, "NOTIFICATION"),
    (Target::Friendship, "FRIENDSHIP"),
    (Target::User, "USER"),
    (Target::Auth, "AUTH"),
];

struct Cluster {
    processes: Vec<(Target, Product)>,
    stop: CancellationToken,
    _dir: TempDir,
}

impl Cluster {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ports = Arc::new(Ports::embedded(&dir.path().join("data"), Ambient::system()).unwrap());
        let listeners: Vec<_> = PROCESSES
            .iter()
            .map(|_| chassis::http::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap())
            .collect();
        let mut env = BTreeMap::from([
            (
                "AICHAT_CLUSTER_SECRET".to_owned(),
                "0123456789abcdef0123456789abcdef".to_owned(),
            ),
            ("AICHAT_DATA_DIR".to_owned(), dir.path().display().to_string()),
            (
                "AICHAT_AUTH__SECRET_FILE".to_owned(),
                dir.path().join("secret").display().to_string(),
            ),
        ]);
        for ((_, key), listener) in PROCESSES.iter().zip(&listeners) {
            let addresses = env.entry(format!("AICHAT_LINKS__{key}")).or_default();
            addresses.push_str(&format!("http://{},", listener.local_addr().unwrap()));
        }
        let (mut processes, stop) = (Vec::new(), CancellationToken::new());
        for ((target, _), listener) in PROCESSES.iter().zip(listeners) {
            let flags = Flags {
                target: vec![*target],
                ..Flags::default()
            };
            let config = Config::from_parts(flags, &env).unwrap();
            let product = Product::on(&config, ports.clone()).await.unwrap();
            tokio::spawn(chassis::http::serve(listener, product.router.clone(), stop.clone()));
            product.supervisor.readiness().set_open(true);
            processes.push((*target, product));
        }
        Self {
            processes,
            stop,
            _dir: dir,
        }
    }

    async fn stop(self) {
        for (_, mut product) in self.processes {
            product.supervisor.drain().await;
            self.stop.cancel();
            product.supervisor.stop().await;
        }
    }

    /// Asks the `n`th process of a service.
    async fn ask(
        &self,
        (target, n): (Target, usize),
        token: &str,
        method: Method,
        path: &str,
        body: Value,
    ) -> (u16, Value) {
        let mut replicas = self.processes.iter().filter(|(there, _)| *there == target);
        let router = &replicas.nth(n).unwrap().1.router;
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        };
        let response = router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        (status, serde_json::from_slice(&bytes).unwrap_or_else(|_| text()))
    }

    /// Signs somebody up; returns id and token.
    async fn sign_up(&self, handle: &str) -> (String, String) {
        let body = json!({"email": format!("{handle}@example.org"), "password": "a long password", "handle": handle,
            "displayName": handle});
        let (status, signed) = self
            .ask((Target::Auth, 0), "", Method::POST, "/api/auth/signup", body)
            .await;
        assert_eq!(status, 201, "{signed}");
        let text = |pointer| signed.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
        (text("/user/id"), text("/accessToken"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn services_in_processes_of_their_own_are_the_same_product() {
    let cluster = Cluster::start().await;
    let (ada, ada_token) = cluster.sign_up("ada").await;
    let (grace, grace_token) = cluster.sign_up("grace").await;

    // user asks auth for the address and friendship for blocks; each proves the caller by auth's keys.
    let (status, me) = cluster
        .ask((Target::User, 0), &ada_token, Method::GET, "/api/users/me", Value::Null)
        .await;
    assert_eq!((status, &me["email"]), (200, &json!("ada@example.org")), "{me}");
    let path = format!("/api/users/{grace}");
    assert_eq!(
        cluster
            .ask((Target::User, 0), &ada_token, Method::GET, &path, Value::Null)
            .await
            .0,
        200
    );

    // chat asks user, friendship and ai-chat-host; ai-chat-host asks chat and ai-gateway, which answers in a stream.
    let agents = cluster
        .ask(
            (Target::AiChatHost, 1),
            &ada_token,
            Method::GET,
            "/api/agents",
            Value::Null,
        )
        .await
        .1;
    let sage = agents["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|agent| agent["handle"] == "sage")
        .unwrap();
    let room = json!({"kind": "group", "title": "Links", "memberIds": [grace], "agentIds": [sage["id"]]});
    let (status, room) = cluster
        .ask((Target::Chat, 0), &ada_token, Method::POST, "/api/chat/rooms", room)
        .await;
    assert_eq!(status, 201, "{room}");
    let messages = format!("/api/chat/rooms/{}/messages", room["id"].as_str().unwrap());
    let message = json!({"clientId": "1", "text": "@sage hello there"});
    let (status, sent) = cluster
        .ask(
            (Target::Chat, 1),
            &grace_token,
            Method::POST,
            &messages,
            message.clone(),
        )
        .await;
    assert_eq!((status, &sent["seq"]), (201, &json!(1)), "{sent}");
    let again = cluster
        .ask((Target::Chat, 0), &grace_token, Method::POST, &messages, message)
        .await
        .1;
    assert_eq!(
        again["id"], sent["id"],
        "the same send over another replica is the same message"
    );
    let begun = Instant::now();
    let answer = loop {
        let page = cluster
            .ask((Target::Chat, 0), &ada_token, Method::GET, &messages, Value::Null)
            .await
            .1;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        if let Some(answer) = items.into_iter().find(|message| message["origin"] == "agent") {
            break answer;
        }
        assert!(begun.elapsed() < DEADLINE, "no agent answers: {page}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(
        (&answer["ai"]["state"], &answer["replyTo"]),
        (&json!("complete"), &sent["id"]),
        "{answer}"
    );

    // user asks everybody who keeps something of a person.
    let (status, archive) = cluster
        .ask(
            (Target::User, 0),
            &grace_token,
            Method::POST,
            "/api/users/me/export",
            Value::Null,
        )
        .await;
    let lines: Vec<Value> = archive
        .as_str()
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (status, &lines.last().unwrap()["kind"]),
        (200, &json!("end")),
        "{archive}"
    );
    for (service, kind) in [("user", "profile"), ("auth", "account"), ("chat", "messages")] {
        let told = lines
            .iter()
            .any(|line| line["service"] == service && line["kind"] == kind);
        assert!(told, "no {kind} of {service} in {archive}");
    }

    // auth erases through user; the tokens of who is gone end everywhere.
    let body = json!({"password": "a wrong password"});
    let (status, refused) = cluster
        .ask((Target::User, 0), &ada_token, Method::DELETE, "/api/users/me", body)
        .await;
    assert!(
        status == 401 || status == 403,
        "a fault of auth is answered as it was: {status} {refused}"
    );
    assert_eq!(refused["code"], "auth.bad_credentials");
    let body = json!({"password": "a long password"});
    let erased = cluster
        .ask((Target::User, 0), &ada_token, Method::DELETE, "/api/users/me", body)
        .await;
    assert!(erased.0 < 300, "{erased:?}");
    let gone = cluster
        .ask(
            (Target::Chat, 1),
            &ada_token,
            Method::GET,
            "/api/chat/rooms",
            Value::Null,
        )
        .await;
    assert_eq!(gone.0, 401, "{ada} {gone:?}");
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_between_processes_is_closed_to_everybody_else() {
    let cluster = Cluster::start().await;
    let (_, token) = cluster.sign_up("ada").await;
    for path in ["/internal/user/by_handle", "/internal/user/profiles"] {
        for token in ["", &token] {
            let (status, body) = cluster
                .ask((Target::User, 0), token, Method::POST, path, json!(["ada"]))
                .await;
            assert_eq!((status, &body["code"]), (401, &json!("link.unauthenticated")), "{body}");
        }
    }
    // What is not here is not here, and a service's own routes are.
    let elsewhere = cluster
        .ask((Target::User, 0), "", Method::POST, "/internal/auth/jwks", Value::Null)
        .await;
    assert_eq!(elsewhere.0, 404);
    cluster.stop().await;
}

#[tokio::test]
async fn every_group_that_a_start_subscribes_is_known_to_an_export() {
    let dir = tempfile::tempdir().unwrap();
    let flags = Flags {
        data_dir: Some(dir.path().to_owned()),
        ..Flags::default()
    };
    let config = Config::from_parts(flags, &BTreeMap::new()).unwrap();
    let ports = Ports::embedded(dir.path(), Ambient::system()).unwrap();
    let mut wiring = Wiring::new(&config, &ports.ambient).unwrap();
    let (services, _) = services(&config, &ports, &mut wiring).await.unwrap();
    let mut subscribed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for consumer in services.iter().flat_map(|service| &service.consumers) {
        let subscription = &consumer.subscription;
        // Who begins with the latest wants hints; who never began otherwise waits for all that is kept.
        if subscription.start == bus::Start::Latest {
            continue;
        }
        for topic in &subscription.topics {
            subscribed.entry(topic.name).or_default().insert(subscription.group);
        }
    }
    let known = crate::holdings::GROUPS.iter();
    let known = known.map(|(topic, groups)| (topic.name, groups.iter().copied().collect()));
    assert_eq!(subscribed, known.collect());
}

#[tokio::test]
async fn metrics_stand_beside_the_routes_unless_they_have_a_listener_of_their_own() {
    for (listen, expected) in [("", 200), ("127.0.0.1:9090", 404)] {
        let dir = tempfile::tempdir().unwrap();
        let mut env = BTreeMap::from([("AICHAT_DATA_DIR".to_owned(), dir.path().display().to_string())]);
        if !listen.is_empty() {
            env.insert("AICHAT_TELEMETRY__METRICS_LISTEN".to_owned(), listen.to_owned());
        }
        let config = Config::from_parts(Flags::default(), &env).unwrap();
        let product = Product::open(&config, Ambient::system()).await.unwrap();
        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        let answer = product.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), expected, "{listen}");
        product.supervisor.stop().await;
    }
}

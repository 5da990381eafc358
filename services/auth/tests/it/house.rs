//! Owns the surroundings of the tests: the service with real tokens, a held clock, people and their mail.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use auth::{Config, Deps, Local};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use chassis::Verifier;
use http::{HeaderMap, Method, Request};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use store::{Fields, Op, RawDocument, Store};
use testkit::{AbsentEphemeral, World};
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::ServiceExt as _;

/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery";
/// How long a test waits for what a worker does.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running auth service.
pub struct House {
    pub world: World,
    pub store: Arc<dyn Store>,
    pub local: Arc<Local>,
    pub ephemeral: Arc<AbsentEphemeral>,
    router: Router,
    _workers: DropGuard,
}

impl House {
    pub async fn new() -> Self {
        Self::with(Config::default()).await
    }

    pub async fn with(config: Config) -> Self {
        Self::open(World::new().await, config).await.unwrap()
    }

    /// Opens the service in `world`, with an ephemeral store that remembers nothing.
    pub async fn open(world: World, config: Config) -> Result<Self, kernel::Fault> {
        Self::mailing(world, config, mail::Config::default()).await
    }

    /// The same, with mails that leave by other ways than files.
    pub async fn mailing(world: World, config: Config, mails: mail::Config) -> Result<Self, kernel::Fault> {
        let ephemeral = AbsentEphemeral::new(world.ambient());
        let store = world.store("auth").await;
        let (ambient, data_dir) = (world.ambient(), world.path().join("data"));
        let deps = Deps {
            ambient: ambient.clone(),
            store: store.clone(),
            ephemeral: ephemeral.clone(),
            mailer: mail::open(&mails, &data_dir)?,
            data_dir,
            config,
        };
        let local = auth::local(deps).await?;
        let service = auth::service(&local, world.users());
        let stop = CancellationToken::new();
        for worker in &service.workers {
            tokio::spawn((worker.run)(stop.clone()));
        }
        let verifier = Verifier::new(local.clone(), ephemeral.clone(), ambient.clone());
        let router = chassis::http::around_for_tests(service.routes.split_for_parts().0, verifier, ambient);
        Ok(Self {
            world,
            store,
            local,
            ephemeral,
            router,
            _workers: stop.drop_guard(),
        })
    }

    /// Stops and starts again: memory is lost, the store is not.
    pub async fn restart(self) -> Self {
        self.restart_with(Config::default()).await.unwrap()
    }

    pub async fn restart_with(self, config: Config) -> Result<Self, kernel::Fault> {
        Self::open(self.stopped().await, config).await
    }

    /// Stops; what is left is the world.
    pub async fn stopped(self) -> World {
        let Self {
            world,
            store,
            local,
            router,
            _workers,
            ..
        } = self;
        drop((_workers, router, local));
        store.close().await;
        drop(store);
        world
    }

    /// Asks as nobody.
    pub fn anyone(&self) -> Client {
        Client {
            router: self.router.clone(),
            token: None,
            address: None,
        }
    }

    /// Asks as nobody from this address.
    pub fn from(&self, address: &str) -> Client {
        Client {
            address: Some(address.parse().unwrap()),
            ..self.anyone()
        }
    }

    /// Signs somebody up.
    pub async fn person(&self, handle: &str) -> Person {
        let signed = self
            .anyone()
            .post("/api/auth/signup", newcomer(handle))
            .await
            .expect(201);
        Person::of(&signed, handle, self.anyone())
    }

    /// Waits for a token mailed to `email` that is not among `known`.
    pub async fn mailed(&self, email: &str, known: &[String]) -> String {
        let fresh = async || self.mails(email).into_iter().find(|token| !known.contains(token));
        eventually("a mail", fresh).await
    }

    /// Returns the tokens mailed to `email` so far.
    pub fn mails(&self, email: &str) -> Vec<String> {
        let token = |text: &String| text.lines().skip_while(|l| *l != "token:").nth(1).map(str::to_owned);
        self.mail_texts(email).iter().filter_map(token).collect()
    }

    /// Waits for a mail to `email` whose subject begins with `subject`.
    pub async fn mail_about(&self, subject: &str, email: &str) -> String {
        let start = format!("Subject: {subject}");
        let is_it = |text: &String| text.lines().any(|line| line.starts_with(&start));
        eventually(subject, async || self.mail_texts(email).into_iter().find(is_it)).await
    }

    fn mail_texts(&self, email: &str) -> Vec<String> {
        let files = std::fs::read_dir(self.world.path().join("data/mail"))
            .into_iter()
            .flatten()
            .flatten();
        let texts = files.filter(|f| f.path().extension().is_some_and(|e| e == "eml"));
        let texts = texts.map(|f| std::fs::read_to_string(f.path()).unwrap());
        let to = format!("To: {email}");
        texts.filter(|text| text.lines().any(|line| line == to)).collect()
    }

    /// Changes an account in the store behind the service's back.
    pub async fn rewrite_account(&self, person: &Person, change: impl FnOnce(&mut Value)) {
        let stored = self
            .store
            .get("accounts", &[person.id.to_string()])
            .await
            .unwrap()
            .remove(0);
        let mut account: Value = serde_json::from_slice(&stored.body).unwrap();
        change(&mut account);
        let voided = account["voidedAt"].as_str().map(str::to_owned);
        let fields = Fields::new()
            .with("email", person.email.as_str())
            .with_some("voidedAt", voided);
        let document = RawDocument {
            collection: "accounts",
            id: stored.id,
            body: account.to_string().into(),
            fields,
        };
        self.store
            .write(Op::Replace(document, stored.version).into())
            .await
            .unwrap();
    }

    /// Returns an account as it is stored.
    pub async fn stored_account(&self, person: &Person) -> Value {
        let stored = self.store.get("accounts", &[person.id.to_string()]).await.unwrap();
        serde_json::from_slice(&stored[0].body).unwrap()
    }

    /// Returns the names of the events that wait in the outbox, such as `session_revoked`.
    pub async fn events(&self) -> Vec<String> {
        let name = |kind: &str| {
            kind.trim_start_matches("aichat.account.")
                .trim_end_matches(".v1")
                .to_owned()
        };
        self.world
            .pending(&self.store)
            .await
            .iter()
            .map(|e| name(&e.kind))
            .collect()
    }
}

/// Asks until there is an answer.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let waiting = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

pub fn newcomer(handle: &str) -> Value {
    json!({"email": format!("{handle}@example.com"), "password": PASSWORD, "handle": handle, "displayName": handle})
}

pub fn credentials(login: &str, password: &str) -> Value {
    json!({"login": login, "password": password})
}

/// A signed-in person; asks with their access token.
#[derive(Clone)]
pub struct Person {
    pub client: Client,
    pub id: kernel::UserId,
    pub handle: String,
    pub email: String,
    pub access: String,
    pub refresh: String,
}

impl std::ops::Deref for Person {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Person {
    pub fn of(signed: &Value, handle: &str, client: Client) -> Self {
        let access = signed["accessToken"].as_str().unwrap().to_owned();
        Self {
            client: Client {
                token: Some(access.clone()),
                ..client
            },
            id: signed["user"]["id"].as_str().unwrap().parse().unwrap(),
            handle: handle.into(),
            email: format!("{handle}@example.com"),
            access,
            refresh: signed["refreshToken"].as_str().unwrap().to_owned(),
        }
    }

    /// Signs in again, on another device.
    pub async fn again(&self) -> Self {
        let signed = self
            .post("/api/auth/signin", credentials(&self.email, PASSWORD))
            .await
            .expect(200);
        Self::of(&signed, &self.handle, self.client.clone())
    }

    /// Tells whether the access token holds.
    pub async fn is_in(&self) -> bool {
        self.get("/api/auth/sessions").await.status == 200
    }

    pub async fn refresh(&self, token: &str) -> Reply {
        self.post("/api/auth/refresh", json!({"refreshToken": token})).await
    }
}

/// Somebody who asks.
#[derive(Clone)]
pub struct Client {
    router: Router,
    token: Option<String>,
    address: Option<IpAddr>,
}

impl Client {
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.into()),
            ..self.clone()
        }
    }
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }
    pub async fn post_empty(&self, path: &str) -> Reply {
        self.send(Method::POST, path, None).await
    }
    pub async fn sign_in(&self, login: &str, password: &str) -> Reply {
        self.post("/api/auth/signin", credentials(login, password)).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("user-agent", "a test");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(address) = self.address {
            // As the product sees it behind a proxy on its own machine.
            request = request.extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
            request = request.header("x-forwarded-for", address.to_string());
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or_else(Body::empty, |b| Body::from(b.to_string()));
        let (parts, body) = self
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap()
            .into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Reply {
            asked: path.into(),
            status: parts.status.as_u16(),
            headers: parts.headers,
            json,
        }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    asked: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub json: Value,
}

impl Reply {
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.json);
        self.json
    }
    #[track_caller]
    pub fn fails(self, status: u16, code: &str) {
        assert_eq!(
            (self.status, self.json["code"].as_str()),
            (status, Some(code)),
            "{}: {}",
            self.asked,
            self.json
        );
    }
}

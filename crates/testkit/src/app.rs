//! Owns how a service under test is asked: by a named person or anonymously, without a port.

use axum::Router;
use axum::body::Body;
use chassis::{Caller, Verifier};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use kernel::{SessionId, UserId};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::World;

/// A service's routes with the chassis around them.
#[derive(Clone)]
pub struct App {
    router: Router,
    ambient: kernel::Ambient,
}

impl App {
    pub(crate) fn new(service: chassis::Service, world: &World) -> Self {
        let (router, _) = service.routes.split_for_parts();
        let verifier = Verifier::new(world.accounts(), world.ephemeral(), world.ambient());
        let ambient = world.ambient();
        Self {
            router: chassis::http::around_for_tests(router, verifier, ambient.clone()),
            ambient,
        }
    }

    /// Asks as a signed-in person.
    pub fn by(&self, user: UserId) -> Asker {
        let caller = Caller {
            user,
            session: self.ambient.id::<SessionId>(),
            admin: false,
        };
        Asker {
            router: self.router.clone(),
            caller: Some(caller),
            headers: HeaderMap::new(),
        }
    }

    /// Asks as a moderator.
    pub fn by_admin(&self, user: UserId) -> Asker {
        let mut asker = self.by(user);
        asker.caller = asker.caller.map(|c| Caller { admin: true, ..c });
        asker
    }

    /// Returns the routes, to be served on a port.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Asks as nobody.
    pub fn anonymous(&self) -> Asker {
        Asker {
            router: self.router.clone(),
            caller: None,
            headers: HeaderMap::new(),
        }
    }
}

/// Somebody who asks.
#[derive(Clone)]
pub struct Asker {
    router: Router,
    caller: Option<Caller>,
    headers: HeaderMap,
}

impl Asker {
    /// Asks on this session.
    #[must_use]
    pub fn on_session(mut self, session: SessionId) -> Self {
        self.caller = self.caller.map(|c| Caller { session, ..c });
        self
    }
    /// Sends this header as well.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }
    /// GETs.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }
    /// POSTs JSON.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }
    /// POSTs nothing.
    pub async fn post_empty(&self, path: &str) -> Reply {
        self.send(Method::POST, path, None).await
    }
    /// PUTs JSON; `Value::Null` sends no body.
    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body).filter(|b| !b.is_null())).await
    }
    /// PATCHes JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, Some(body)).await
    }
    /// DELETEs.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }
    /// DELETEs with a JSON body.
    pub async fn delete_with(&self, path: &str, body: Value) -> Reply {
        self.send(Method::DELETE, path, Some(body)).await
    }

    /// Sends any request.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let asked = format!("{method} {path}");
        let response = self.open(method, path, body.map(|b| b.to_string())).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply {
            asked,
            status: parts.status,
            headers: parts.headers,
            text,
        }
    }

    /// Sends any request, its body as it stands, and returns the answer with its body unread.
    pub async fn open(&self, method: Method, path: &str, body: Option<String>) -> http::Response<Body> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if body.is_some() && !self.headers.contains_key("content-type") {
            request = request.header("content-type", "application/json");
        }
        let mut request = request.body(body.map_or_else(Body::empty, Body::from)).unwrap();
        if let Some(caller) = self.caller {
            request.extensions_mut().insert(caller);
        }
        self.router.clone().oneshot(request).await.unwrap()
    }
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    asked: String,
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub text: String,
}

impl Reply {
    /// Returns the body as JSON; stops the test unless the status is `status`.
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.text);
        self.json()
    }
    /// Returns the stable code of a problem; stops the test unless the status is `status`.
    pub fn expect_code(self, status: u16) -> String {
        self.expect(status)
            .get("code")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }
    /// Returns the body as JSON, null when empty.
    pub fn json(&self) -> Value {
        if self.text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{}: not JSON: {}", self.asked, self.text))
        }
    }
}

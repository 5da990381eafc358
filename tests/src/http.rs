//! Owns one HTTP client with or without a bearer token. It refuses to judge an answer before the test does.

use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::{DEADLINE, Field as _, Instance};

/// A client of the product. Cheap to clone; lives in the runtime of its test.
#[derive(Clone)]
pub struct Http {
    base: String,
    client: reqwest::Client,
    token: Option<String>,
}

/// An answer that was read to its end.
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    asked: String,
}

impl Http {
    /// Makes a client without a token.
    pub fn anonymous(product: &Instance) -> Self {
        Self::at(product.base())
    }

    /// Makes a client of whatever listens at `base`.
    pub(crate) fn at(base: &str) -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            // A product that was killed leaves dead connections behind; a test must not trip over one of its own.
            .pool_max_idle_per_host(0)
            .tls_certs_only([])
            .timeout(DEADLINE);
        Self {
            base: base.to_owned(),
            client: client.build().expect("a client"),
            token: None,
        }
    }

    /// Makes the same client with another bearer token.
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// Says which bearer token it sends; empty for nobody's.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Builds the WebSocket address of `path`.
    pub fn ws_url(&self, path: &str) -> String {
        format!("{}{path}", self.base.replacen("http", "ws", 1))
    }

    /// Begins a request that the test shapes further; finish it with [`Reply::of`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends JSON, and tells a broken connection apart from an answer.
    pub async fn attempt(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Reply, reqwest::Error> {
        let request = self.request(method, path);
        Reply::read(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    /// Sends JSON under an `Idempotency-Key`, and tells a broken connection apart from an answer.
    pub async fn attempt_keyed(&self, path: &str, key: &str, body: &Value) -> Result<Reply, reqwest::Error> {
        let request = self.request(Method::POST, path).header("idempotency-key", key);
        Reply::read(request.json(body)).await
    }

    /// Sends JSON under an `Idempotency-Key`.
    pub async fn post_keyed(&self, path: &str, key: &str, body: Value) -> Reply {
        let sent = self.attempt_keyed(path, key, &body).await;
        sent.unwrap_or_else(|error| panic!("POST {path}: {error:?}"))
    }

    async fn sure(&self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        let asked = format!("{method} {path}");
        self.attempt(method, path, body)
            .await
            .unwrap_or_else(|error| panic!("{asked}: {error:?}"))
    }

    /// Sends GET.
    pub async fn get(&self, path: &str) -> Reply {
        self.sure(Method::GET, path, None).await
    }

    /// Sends POST with JSON.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.sure(Method::POST, path, Some(&body)).await
    }

    /// Sends POST without a body.
    pub async fn post_empty(&self, path: &str) -> Reply {
        self.sure(Method::POST, path, None).await
    }

    /// Sends PUT with JSON.
    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.sure(Method::PUT, path, Some(&body)).await
    }

    /// Sends PUT without a body.
    pub async fn put_empty(&self, path: &str) -> Reply {
        self.sure(Method::PUT, path, None).await
    }

    /// Sends PATCH with JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.sure(Method::PATCH, path, Some(&body)).await
    }

    /// Sends DELETE.
    pub async fn delete(&self, path: &str) -> Reply {
        self.sure(Method::DELETE, path, None).await
    }

    /// Sends DELETE with JSON.
    pub async fn delete_with(&self, path: &str, body: Value) -> Reply {
        self.sure(Method::DELETE, path, Some(&body)).await
    }
}

impl Reply {
    /// Sends a request that the test shaped itself.
    pub async fn of(request: RequestBuilder) -> Self {
        Self::read(request)
            .await
            .unwrap_or_else(|error| panic!("no answer: {error:?}"))
    }

    async fn read(request: RequestBuilder) -> Result<Self, reqwest::Error> {
        let answer = request.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let asked = answer.url().path().to_owned();
        Ok(Self {
            status,
            headers,
            text: answer.text().await?,
            asked,
        })
    }

    /// Reads the body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// Reads a header; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Expects a status and gives the JSON body.
    #[track_caller]
    pub fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text);
        self.json()
    }

    /// Expects problem details with this status, complete as the wire says, and gives them.
    #[track_caller]
    pub fn fails(&self, status: u16) -> Value {
        let problem = self.is(status);
        let kind = self.header("content-type");
        assert!(
            kind.starts_with("application/problem+json"),
            "{}: {kind}: {}",
            self.asked,
            self.text
        );
        for name in ["type", "title", "detail", "code", "requestId"] {
            problem.text(name);
        }
        assert_eq!(problem.number("status"), u64::from(status));
        problem
    }

    /// Expects problem details with this status and stable code.
    #[track_caller]
    pub fn fails_with(&self, status: u16, code: &str) {
        assert_eq!(self.fails(status).text("code"), code, "{}: {}", self.asked, self.text);
    }

    /// Expects a field of the body to be named as wrong.
    #[track_caller]
    pub fn blames(&self, field: &str) {
        let named = self.fails(422).list("errors");
        assert!(
            named.iter().any(|error| error.text("field").contains(field)),
            "{field} not in {}",
            self.text
        );
    }
}

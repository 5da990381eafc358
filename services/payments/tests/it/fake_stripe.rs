//! Stripe, as far as it is asked: intents, confirmation, cancellation, refunds, transfers, and its memory of idempotency keys. It can be told to fail.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use aws_lc_rs::hmac;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, Uri};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

pub const WEBHOOK_SECRET: &str = "whsec_test";
pub const SECRET_KEY: &str = "sk_test_very_secret";

/// What goes wrong with one request.
#[derive(Clone, Copy, PartialEq)]
pub enum Trouble {
    /// It is done, and the answer never comes.
    Silence,
    /// It is done, and the answer is 500: now, and whenever its key comes again.
    FailAfter,
    /// It is not done: 400, for good.
    Refused,
    /// It is not done: 429.
    TooMany,
    /// It is not done: 500.
    FailBefore,
    /// Nothing goes wrong.
    Nothing,
}

/// Method, path, form, key.
type Asked = (String, String, HashMap<String, String>, Option<String>);

#[derive(Default)]
pub struct Books {
    pub intents: HashMap<String, Value>,
    pub refunds: Vec<Value>,
    pub transfers: Vec<Value>,
    replies: HashMap<String, (u16, Value)>,
    pub troubles: VecDeque<Trouble>,
    pub asked: Vec<Asked>,
    /// Refunds are under way first.
    pub slow_refunds: bool,
}

pub struct FakeStripe {
    pub url: String,
    pub books: Arc<Mutex<Books>>,
    server: JoinHandle<()>,
}

impl FakeStripe {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let books: Arc<Mutex<Books>> = Arc::default();
        let router = Router::new().fallback(answer).with_state(books.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, books, server }
    }

    pub fn config(&self) -> payments::Config {
        let mut config = crate::config();
        config.test.enabled = None;
        config.stripe = Some(payments::StripeConfig {
            secret_key: Some(payments::Secret::new(SECRET_KEY)),
            webhook_secret: Some(payments::Secret::new(WEBHOOK_SECRET)),
            base_url: self.url.clone(),
            timeout_ms: 1_000,
            ..payments::StripeConfig::default()
        });
        config
    }

    /// Counts the refunds that were made.
    pub fn refunds(&self) -> usize {
        self.books.lock().refunds.len()
    }

    /// Counts the transfers that were made.
    pub fn transfers(&self) -> usize {
        self.books.lock().transfers.len()
    }

    /// A day is over: keys are forgotten.
    pub fn forget_keys(&self) {
        self.books.lock().replies.clear();
    }

    pub fn trouble(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.books.lock().troubles.extend(troubles);
    }

    /// The only intent.
    pub fn intent(&self) -> Value {
        let books = self.books.lock();
        assert_eq!(books.intents.len(), 1, "one intent");
        books.intents.values().next().unwrap().clone()
    }

    /// Changes the only intent and returns the event that tells of it.
    pub fn intent_event(&self, kind: &str, set: Value) -> Value {
        let mut books = self.books.lock();
        let intent = books.intents.values_mut().next().unwrap();
        for (name, value) in set.as_object().unwrap() {
            intent[name] = value.clone();
        }
        event(kind, intent.clone())
    }

    pub fn paths(&self) -> Vec<String> {
        self.books
            .lock()
            .asked
            .iter()
            .map(|(method, path, ..)| format!("{method} {path}"))
            .collect()
    }
}

impl Drop for FakeStripe {
    fn drop(&mut self) {
        self.server.abort();
    }
}

pub fn event(kind: &str, object: Value) -> Value {
    json!({ "id": "evt_1", "object": "event", "type": kind, "data": { "object": object } })
}

/// Signs as Stripe does; computed here anew.
pub fn signature(secret: &str, seconds: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{seconds}.{body}").as_bytes());
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={hex}")
}

async fn answer(
    State(books): State<Arc<Mutex<Books>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    assert_eq!(headers["authorization"], format!("Bearer {SECRET_KEY}").as_str());
    assert_eq!(headers["stripe-version"], "2024-06-20");
    let said = match method {
        Method::GET => uri.query().unwrap_or_default().as_bytes(),
        _ => &body,
    };
    let form: HashMap<String, String> = url::form_urlencoded::parse(said).into_owned().collect();
    let key = headers.get("idempotency-key").map(|k| k.to_str().unwrap().to_owned());
    let path = uri.path().to_owned();
    let (trouble, (status, reply)) = {
        let mut books = books.lock();
        books
            .asked
            .push((method.to_string(), path.clone(), form.clone(), key.clone()));
        let trouble = books.troubles.pop_front().unwrap_or(Trouble::Nothing);
        let reply = match trouble {
            Trouble::TooMany => (
                429,
                json!({ "error": { "type": "rate_limit_error", "code": "rate_limit" } }),
            ),
            Trouble::FailBefore => (500, json!({})),
            Trouble::Refused => (400, json!({ "error": { "code": "charge_disputed" } })),
            _ => remembered(&mut books, (&method, &path), &form, (key, trouble)),
        };
        (trouble, reply)
    };
    match trouble {
        Trouble::Silence => std::future::pending().await,
        _ => (StatusCode::from_u16(status).unwrap(), axum::Json(reply)).into_response(),
    }
}

fn remembered(
    books: &mut Books,
    asked: (&Method, &str),
    form: &HashMap<String, String>,
    (key, trouble): (Option<String>, Trouble),
) -> (u16, Value) {
    if let Some(known) = key.as_ref().and_then(|key| books.replies.get(key)) {
        return known.clone();
    }
    let mut reply = act(books, asked, form);
    if trouble == Trouble::FailAfter {
        reply = (500, json!({ "error": { "type": "api_error" } }));
    }
    if let Some(key) = key {
        books.replies.insert(key, reply.clone());
    }
    reply
}

fn act(books: &mut Books, (method, path): (&Method, &str), form: &HashMap<String, String>) -> (u16, Value) {
    let parts: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
    let amount = || form.get("amount").map_or(0, |a| a.parse::<i64>().unwrap());
    let metadata = || {
        let of = |name: &str| form.get(&format!("metadata[{name}]"));
        json!({ "paymentId": of("paymentId"), "refundKey": of("refundKey") })
    };
    match (method.as_str(), parts.as_slice()) {
        ("POST", ["payment_intents"]) => {
            let id = format!("pi_{}", books.intents.len());
            let status = if form.contains_key("payment_method") {
                "requires_confirmation"
            } else {
                "requires_payment_method"
            };
            let intent = json!({ "id": id, "object": "payment_intent", "status": status, "amount": amount(), "amount_received": 0,
                "currency": form["currency"], "client_secret": format!("{id}_secret"), "metadata": metadata(), "last_payment_error": null });
            books.intents.insert(id, intent.clone());
            (200, intent)
        }
        ("POST", ["payment_intents", id, "confirm"]) => {
            let intent = books.intents.get_mut(*id).unwrap();
            if form["payment_method"] == "pm_declined" {
                intent["status"] = json!("requires_payment_method");
                let error = json!({ "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds", "message": "Your card …" });
                intent["last_payment_error"] = error.clone();
                let mut error = error;
                error["payment_intent"] = intent.clone();
                return (402, json!({ "error": error }));
            }
            intent["status"] = json!("succeeded");
            intent["amount_received"] = intent["amount"].clone();
            (200, intent.clone())
        }
        ("POST", ["payment_intents", id, "cancel"]) => {
            let intent = books.intents.get_mut(*id).unwrap();
            if intent["status"] == "succeeded" {
                return (400, json!({ "error": { "code": "payment_intent_unexpected_state" } }));
            }
            intent["status"] = json!("canceled");
            (200, intent.clone())
        }
        ("GET", ["payment_intents", "search"]) => {
            let has = |i: &&Value| {
                form["query"]
                    == format!(
                        "metadata['paymentId']:'{}'",
                        i["metadata"]["paymentId"].as_str().unwrap()
                    )
            };
            (
                200,
                json!({ "data": books.intents.values().filter(has).collect::<Vec<_>>(), "has_more": false }),
            )
        }
        ("GET", ["payment_intents", id]) => match books.intents.get(*id) {
            Some(intent) => (200, intent.clone()),
            None => (404, json!({ "error": { "code": "resource_missing" } })),
        },
        ("POST", ["refunds"]) => {
            let status = if books.slow_refunds { "pending" } else { "succeeded" };
            let refund = json!({ "id": format!("re_{}", books.refunds.len()), "object": "refund", "amount": amount(), "status": status, "payment_intent": form["payment_intent"], "metadata": metadata() });
            books.refunds.push(refund.clone());
            (200, refund)
        }
        ("GET", ["refunds"]) => {
            // One a page, so that pages are turned.
            let mut of = books
                .refunds
                .iter()
                .filter(|r| r["payment_intent"] == *form["payment_intent"]);
            if let Some(after) = form.get("starting_after") {
                of.find(|r| r["id"] == **after);
            }
            (
                200,
                json!({ "data": of.next().into_iter().collect::<Vec<_>>(), "has_more": of.next().is_some() }),
            )
        }
        ("GET", ["refunds", id]) => (200, books.refunds.iter().find(|r| r["id"] == *id).unwrap().clone()),
        ("GET", ["transfers"]) => {
            let of = books
                .transfers
                .iter()
                .filter(|t| t["transfer_group"] == *form["transfer_group"]);
            (200, json!({ "data": of.collect::<Vec<_>>(), "has_more": false }))
        }
        ("POST", ["transfers"]) => {
            if form["destination"] == "acct_closed" {
                return (400, json!({ "error": { "code": "account_invalid" } }));
            }
            let transfer = json!({ "id": format!("tr_{}", books.transfers.len()), "amount": amount(), "transfer_group": form["transfer_group"] });
            books.transfers.push(transfer.clone());
            (200, transfer)
        }
        other => panic!("Stripe was asked {other:?}"),
    }
}

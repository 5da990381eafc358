//! Owns making one purchase's requests through crashes: the same key again until the answer is clear or patience ends, every
//! try written down. It refuses to decide what is asked next.

use std::sync::Arc;
use std::time::Duration;

use blackbox::{Actor, Field as _, Reply, unknown_id};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::journal::{Answer, Case, Deed, Outcome, Try, outcome_of};
use crate::till::is_over;

/// How long one request is tried.
const PATIENCE: Duration = Duration::from_secs(20);
const RETRY: Duration = Duration::from_millis(150);
/// The same when it was said that something is under way.
const RETRY_LATER: Duration = Duration::from_millis(1_000);
const LOOK_FIRST: Duration = Duration::from_millis(100);
const LOOK_MAX: Duration = Duration::from_millis(1_000);
/// Codes of conflicts that pass by themselves.
const PASSING: [&str; 3] = [
    "orders.idempotency_key_in_use",
    "payments.in_progress",
    "orders.still_reserving",
];

/// Asks for one purchase.
#[derive(Clone)]
pub struct Clerk {
    pub buyer: Actor,
    pub case: Arc<Case>,
    /// When the program began.
    pub began: Instant,
}

/// What is asked, once and for all its tries.
struct Wish {
    deed: Deed,
    key: String,
    asked: String,
    path: String,
    /// None: DELETE.
    body: Option<Value>,
}

impl Clerk {
    /// Places the order under `key`. Some when it is there.
    pub async fn place(&self, card: &str, coupon: Option<&str>, key: &str) -> Option<Value> {
        let mut body = json!({ "cardId": card });
        if let Some(code) = coupon {
            body["coupon"] = json!(code);
        }
        let order = self
            .ask(Wish {
                deed: Deed::Place,
                key: key.to_owned(),
                asked: body.to_string(),
                path: "/api/orders".into(),
                body: Some(body),
            })
            .await?;
        let mut notes = self.case.notes();
        notes.order = Some(order.text("id"));
        notes.see(self.began.elapsed(), &order);
        drop(notes);
        Some(order)
    }

    /// Pays by a method, under a fresh key.
    pub async fn pay(&self, method: &str) -> Option<Value> {
        self.pay_with(method, &unknown_id()).await
    }

    /// Pays by a method.
    pub async fn pay_with(&self, method: &str, key: &str) -> Option<Value> {
        let body = json!({"orderId": self.case.order()?, "method": method});
        self.ask(Wish {
            deed: Deed::Pay,
            key: key.to_owned(),
            asked: method.to_owned(),
            path: "/api/payments".into(),
            body: Some(body),
        })
        .await
    }

    /// Takes the order back.
    pub async fn cancel(&self) -> Option<Value> {
        let order = self.case.order()?;
        let answer = self
            .ask(Wish {
                deed: Deed::Cancel,
                key: unknown_id(),
                asked: String::new(),
                path: format!("/api/orders/{order}"),
                body: None,
            })
            .await?;
        self.case.notes().see(self.began.elapsed(), &answer);
        Some(answer)
    }

    /// Asks for the money back.
    pub async fn refund(&self) -> Option<Value> {
        let order = self.case.order()?;
        self.ask(Wish {
            deed: Deed::Refund,
            key: unknown_id(),
            asked: String::new(),
            path: format!("/api/orders/{order}/refund"),
            body: Some(json!({"reason": "changed my mind"})),
        })
        .await
    }

    /// Looks at the order until its status is one of `wanted`, or it is over, or `patience` ends. Gives the last status.
    pub async fn watch(&self, wanted: &[&str], patience: Duration) -> Option<String> {
        let path = format!("/api/orders/{}", self.case.order()?);
        let (end, mut pause, mut last) = (Instant::now() + patience, LOOK_FIRST, None);
        while Instant::now() < end {
            if let Ok(reply) = self.buyer.attempt(Method::GET, &path, None).await
                && reply.status == 200
            {
                let order = reply.json();
                self.case.notes().see(self.began.elapsed(), &order);
                let status = order.text("status");
                if wanted.contains(&status.as_str()) || is_over(&status) {
                    return Some(status);
                }
                last = Some(status);
            }
            tokio::time::sleep(pause).await;
            pause = LOOK_MAX.min(pause * 2);
        }
        last
    }

    async fn ask(&self, wish: Wish) -> Option<Value> {
        let end = Instant::now() + PATIENCE;
        let mut tries: Vec<Try> = Vec::new();
        loop {
            let one = self.attempt(&wish).await;
            self.case.notes().tries.push(one.clone());
            tries.push(one);
            let is_clear = tries.last().is_some_and(|one| one.answer.is_clear());
            if is_clear || Instant::now() > end {
                break;
            }
            let is_told = matches!(tries.last().map(|one| &one.answer), Some(Answer::Later { .. }));
            tokio::time::sleep(if is_told { RETRY_LATER } else { RETRY }).await;
        }
        if outcome_of(&tries.iter().collect::<Vec<_>>()) != Outcome::Ok {
            return None;
        }
        tries.into_iter().find_map(|one| match one.answer {
            Answer::Ok { text, .. } => serde_json::from_str(&text).ok(),
            _ => None,
        })
    }

    async fn attempt(&self, wish: &Wish) -> Try {
        let (at, begun) = (self.began.elapsed(), Instant::now());
        let reply = match &wish.body {
            Some(body) => self.buyer.attempt_keyed(&wish.path, &wish.key, body).await,
            None => self.buyer.attempt(Method::DELETE, &wish.path, None).await,
        };
        let answer = match reply {
            Ok(reply) => judge(reply),
            Err(error) => Answer::Unknown(error.without_url().to_string()),
        };
        Try {
            deed: wish.deed,
            key: wish.key.clone(),
            asked: wish.asked.clone(),
            at,
            took: begun.elapsed(),
            answer,
        }
    }
}

fn judge(reply: Reply) -> Answer {
    let status = reply.status;
    let code = reply.json()["code"].as_str().unwrap_or_default().to_owned();
    match status {
        200..=299 => Answer::Ok {
            status,
            text: reply.text,
        },
        429 => Answer::Later { status, code },
        409 if PASSING.contains(&code.as_str()) => Answer::Later { status, code },
        400..=499 if status != 408 => Answer::Fail { status, code },
        _ => Answer::Unknown(format!("{status} {code}")),
    }
}

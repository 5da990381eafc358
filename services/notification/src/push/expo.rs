//! Owns the way to phones through Expo's push service: batches of up to 100, a ticket for each, receipts later. Refuses to follow redirects.

use std::collections::HashMap;
use std::time::Duration;

use http::StatusCode;
use kernel::Fault;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{Notice, Outcome, answered, failed, no_client};
use crate::domain::kind::Urgency;

/// Messages of one request, as Expo allows.
pub(crate) const BATCH_MAX: usize = 100;
/// Tickets of one question for receipts; Expo allows 1,000.
pub(crate) const RECEIPTS_MAX: usize = 300;
/// Most bytes of an answer.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// The way.
pub(crate) struct Expo {
    client: Option<reqwest::Client>,
    send: Url,
    receipts: Url,
    token: Option<String>,
}

#[derive(Deserialize)]
struct Tickets {
    data: Vec<Ticket>,
}

#[derive(Deserialize)]
struct Receipts {
    data: HashMap<String, Ticket>,
}

/// A ticket or a receipt.
#[derive(Deserialize)]
struct Ticket {
    status: String,
    id: Option<String>,
    message: Option<String>,
    details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    error: Option<String>,
}

impl Ticket {
    fn outcome(&self) -> Outcome {
        if self.status == "ok" {
            return Outcome::Accepted(self.id.clone());
        }
        let code = self
            .details
            .as_ref()
            .and_then(|d| d.error.as_deref())
            .unwrap_or_default();
        let words = format!(
            "{code}: {}",
            self.message
                .as_deref()
                .unwrap_or_default()
                .chars()
                .take(200)
                .collect::<String>()
        );
        match code {
            "DeviceNotRegistered" => Outcome::Gone,
            "MessageRateExceeded" => Outcome::Later(None, words),
            _ => Outcome::Refused(words),
        }
    }
}

impl Expo {
    /// Prepares it. `base` is where its API is; `token` is the access token of an account with enhanced security.
    pub(crate) fn new(base: &str, token: Option<String>, timeout: Duration) -> Result<Self, Fault> {
        let wrong = |e: &dyn std::fmt::Display| Fault::invalid("notification.expo.baseUrl", e.to_string());
        let base = base.trim_end_matches('/');
        let at = |path: &str| format!("{base}/{path}").parse::<Url>().map_err(|e| wrong(&e));
        let (send, receipts) = (at("send")?, at("getReceipts")?);
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(timeout)
            .timeout(timeout);
        if send.scheme() == "http" {
            // Without redirects it never comes to TLS; so a machine without root certificates is no hindrance.
            builder = builder.tls_certs_only([]).no_proxy();
        }
        Ok(Self {
            client: super::client(builder, "Expo"),
            send,
            receipts,
            token,
        })
    }

    /// Sends to at most 100 tokens; returns what became of each, in their order.
    ///
    /// One bad token makes Expo refuse a whole request (one of another project: `PUSH_TOO_MANY_EXPERIENCE_IDS`), and anybody may register one: so a
    /// batch that is refused is sent in halves, down to single messages.
    pub(crate) async fn send(&self, messages: &[(String, Notice)]) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(messages.len());
        let mut waiting: Vec<&[(String, Notice)]> = messages.chunks(BATCH_MAX).rev().collect();
        while let Some(batch) = waiting.pop() {
            match self.send_batch(batch).await {
                Err(Outcome::Refused(_)) if batch.len() > 1 => {
                    let (first, second) = batch.split_at(batch.len() / 2);
                    waiting.extend([second, first]);
                }
                Err(outcome) => outcomes.extend(vec![outcome; batch.len()]),
                Ok(found) => outcomes.extend(found),
            }
        }
        outcomes
    }

    async fn send_batch(&self, batch: &[(String, Notice)]) -> Result<Vec<Outcome>, Outcome> {
        let body: Vec<Value> = batch.iter().map(|(to, notice)| message(to, notice)).collect();
        let bytes = self.post(&self.send, &Value::Array(body)).await?;
        match serde_json::from_slice::<Tickets>(&bytes) {
            Ok(tickets) if tickets.data.len() == batch.len() => Ok(tickets.data.iter().map(Ticket::outcome).collect()),
            _ => Err(Outcome::Unknown("an answer that is no list of tickets".into())),
        }
    }

    /// Asks for receipts; returns those that are there, by ticket. `Err` when Expo does not answer.
    pub(crate) async fn receipts(&self, tickets: &[String]) -> Result<HashMap<String, Outcome>, String> {
        match self.post(&self.receipts, &json!({ "ids": tickets })).await {
            Ok(bytes) => serde_json::from_slice::<Receipts>(&bytes)
                .map(|found| found.data.iter().map(|(id, r)| (id.clone(), r.outcome())).collect())
                .map_err(|e| e.to_string()),
            Err(Outcome::Refused(why) | Outcome::Later(_, why) | Outcome::Shut(_, why) | Outcome::Unknown(why)) => {
                Err(why)
            }
            Err(_) => Err("no answer".into()),
        }
    }

    async fn post(&self, url: &Url, body: &Value) -> Result<Vec<u8>, Outcome> {
        let client = self.client.as_ref().ok_or_else(no_client)?;
        let mut request = client.post(url.clone()).json(body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let mut response = request.send().await.map_err(|e| failed(&e))?;
        let status = response.status();
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            tracing::error!(status = status.as_u16(), "Expo does not accept our access token");
            return Err(Outcome::Later(None, "Expo does not accept our access token".into()));
        }
        if !status.is_success() {
            return Err(answered(status, response.headers()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| failed(&e))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > ANSWER_BYTES_MAX {
                return Err(Outcome::Unknown("an answer over 1 MiB".into()));
            }
        }
        Ok(bytes)
    }
}

fn message(to: &str, notice: &Notice) -> Value {
    json!({
        "to": to,
        "title": notice.title,
        "body": notice.body,
        "data": { "id": notice.tag, "path": notice.path, "kind": notice.kind },
        "badge": notice.unread,
        "ttl": notice.ttl.as_secs(),
        "priority": if notice.urgency == Urgency::High { "high" } else { "default" },
        // One that is shown is replaced by one of the same name.
        "collapseId": notice.tag,
        "tag": notice.tag,
        "sound": "default",
    })
}

//! Owns the HTTP towards a provider: connections, time limits, and what its failures mean. Asks once: what is tried again,
//! and where, is decided above it. Never follows a redirect, never logs a key or an address. Refuses to know dialects.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use kernel::{ErrorCode, Fault};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::time::timeout_at;
use url::Url;

use crate::config::{Limits, Timeouts};
use crate::error::{Error, quote};
use crate::providers::How;
use crate::providers::answer::{Answer, Answered, Patience, chain, read};
use crate::providers::lines::{IDLE_MAX, Lines, Missed};
use crate::providers::reach::{Reach, has_proxies, is_loopback};

/// Most that is read of the body of a failure.
const FAILURE_BYTES_MAX: usize = 64 * 1024;
/// How long the body of a failure may take.
const FAILURE_WAIT: Duration = Duration::from_secs(5);
/// A provider's address.
pub(crate) struct Upstream {
    name: String,
    base: Url,
    headers: HeaderMap,
    reach: Reach,
    pub(crate) limits: Limits,
    /// For calls, where nothing is between here and there that only the clients know: no TLS, no proxy, no resolver that judges.
    lines: Option<Arc<Lines>>,
    /// By time to connect, which is theirs and not a request's: as many as the configuration has different ones.
    clients: Mutex<Vec<(Duration, reqwest::Client)>>,
}

impl Upstream {
    /// Prepares connections to `base`; every request carries `headers`. Fails when `reach` forbids the address.
    pub(crate) fn new(
        name: &str,
        base: Url,
        headers: HeaderMap,
        settings: (Timeouts, Limits),
        reach: Reach,
    ) -> Result<Self, Fault> {
        let (timeouts, limits) = settings;
        reach.permit(&base)?;
        let is_direct = reach == Reach::Anywhere && (is_loopback(&base) || !has_proxies());
        let upstream = Self {
            lines: is_direct.then(|| Lines::new(&base)).flatten(),
            name: name.into(),
            base,
            headers,
            reach,
            limits,
            clients: Mutex::default(),
        };
        // A machine that cannot make one says so now, and not at the first call.
        let usual = upstream.client(Duration::from_millis(timeouts.connect_ms));
        usual.map_err(Fault::internal)?;
        Ok(upstream)
    }

    /// Returns the client whose connections may take so long.
    fn client(&self, connect: Duration) -> Result<reqwest::Client, reqwest::Error> {
        let mut clients = self.clients.lock();
        if let Some((_, client)) = clients.iter().find(|(of, _)| *of == connect) {
            return Ok(client.clone());
        }
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .tcp_nodelay(true)
            .pool_idle_timeout(IDLE_MAX)
            .connect_timeout(connect);
        if is_loopback(&self.base) {
            builder = builder.no_proxy();
        }
        if self.base.scheme() == "http" {
            // Without redirects it never comes to TLS; so a machine without root certificates is no hindrance.
            builder = builder.tls_certs_only([]);
        }
        let client = self.reach.bound(builder).build()?;
        clients.push((connect, client.clone()));
        Ok(client)
    }

    /// Returns the address of `path`, below the base.
    pub(crate) fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        url
    }

    /// Posts `body`, and waits for the head of the answer. One that is not a success is an error.
    pub(crate) async fn post(&self, url: &Url, body: Bytes, how: How) -> Result<Answer, Error> {
        self.post_with(url, body, how, &HeaderMap::new()).await
    }

    /// The same with `headers` of the caller's, which come before the gateway's own of the same names.
    pub(crate) async fn post_with(
        &self,
        url: &Url,
        body: Bytes,
        how: How,
        headers: &HeaderMap,
    ) -> Result<Answer, Error> {
        let headers = self.headers_with(headers);
        let patience = how.patience;
        let until = if how.stream { patience.first } else { patience.end };
        let answered = timeout_at(until, self.send(url, headers, body, &how)).await;
        let response = answered.map_err(|_| self.timed_out("to answer"))??;
        if !response.status().is_success() {
            return Err(self.refused(response).await);
        }
        Ok(Answer {
            name: self.name.clone(),
            response,
            patience,
            bytes_max: self.limits.answer_bytes_max,
        })
    }

    async fn send(&self, url: &Url, headers: HeaderMap, body: Bytes, how: &How) -> Result<Answered, Error> {
        let connect = how.patience.connect;
        if let Some(lines) = &self.lines {
            let posted = lines.post(url, headers, body, (connect, &how.sent)).await;
            return posted.map_err(|e| self.missed(e));
        }
        let client = self.client(connect).map_err(|e| self.unreachable(e))?;
        let request = client.post(url.clone()).headers(headers).body(body);
        // It does not tell when it has connected.
        how.sent.note(true);
        let answered = request.send().await.map_err(|e| self.unreachable(e))?;
        Ok(answered.into())
    }

    /// Gets what is at `url`. Says nothing in the log: whoever asks regularly knows better what is news.
    pub(crate) async fn get(&self, url: &Url, patience: Patience) -> Result<Answer, Error> {
        let client = self.client(patience.connect).map_err(|e| self.unreachable(e))?;
        let request = client.get(url.clone()).headers(self.headers.clone());
        match timeout_at(patience.first, request.send()).await {
            Ok(Ok(response)) if response.status().is_success() => Ok(Answer {
                name: self.name.clone(),
                response: response.into(),
                patience,
                bytes_max: FAILURE_BYTES_MAX.max(self.limits.event_bytes_max),
            }),
            Ok(Ok(response)) => Err(self.failed(format!("status {}.", response.status().as_u16()))),
            Ok(Err(_)) => Err(self.failed("it cannot be reached.")),
            Err(_) => Err(self.timed_out("to answer")),
        }
    }

    fn headers_with(&self, given: &HeaderMap) -> HeaderMap {
        let mut headers = self.headers.clone();
        for name in given.keys() {
            headers.remove(name);
        }
        for (name, value) in given {
            headers.append(name.clone(), value.clone());
        }
        headers
    }

    fn failed(&self, words: impl Into<String>) -> Error {
        Error::UpstreamFailed {
            provider: self.name.clone(),
            words: words.into(),
        }
    }

    fn timed_out(&self, what: &'static str) -> Error {
        Error::UpstreamTimeout {
            provider: self.name.clone(),
            what,
        }
    }

    fn unreachable(&self, e: reqwest::Error) -> Error {
        let e = e.without_url();
        tracing::warn!(provider = self.name, cause = %chain(&e), "provider not reached");
        if e.is_timeout() {
            return self.timed_out("to be reached");
        }
        if e.is_connect() {
            return self.away("it cannot be reached.".into(), None);
        }
        self.failed("the connection broke off.")
    }

    fn missed(&self, missed: Missed) -> Error {
        let (cause, error) = match missed {
            Missed::Late => (
                String::from("it took too long to connect"),
                self.timed_out("to be reached"),
            ),
            Missed::Away(cause) => (cause, self.away("it cannot be reached.".into(), None)),
            Missed::Broke(cause) => (cause, self.failed("the connection broke off.")),
        };
        tracing::warn!(provider = self.name, cause, "provider not reached");
        error
    }

    fn away(&self, words: String, after: Option<Duration>) -> Error {
        Error::UpstreamAway {
            provider: self.name.clone(),
            words,
            after,
        }
    }

    /// Tells what a status that is not a success means for the caller.
    async fn refused(&self, response: Answered) -> Error {
        let (status, after) = (response.status(), retry_after(response.headers()));
        let words = match tokio::time::timeout(FAILURE_WAIT, read(response, FAILURE_BYTES_MAX)).await {
            Ok(Ok(body)) => said(&body).unwrap_or_else(|| format!("status {}.", status.as_u16())),
            _ => format!("status {}.", status.as_u16()),
        };
        tracing::warn!(provider = self.name, status = status.as_u16(), "provider refused");
        let kind = match status {
            StatusCode::TOO_MANY_REQUESTS => {
                return Error::UpstreamRateLimited {
                    provider: self.name.clone(),
                    after,
                };
            }
            // Its words would show a part of the operator's key.
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return self.failed("it does not accept the gateway's key.");
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => return self.timed_out("to answer"),
            StatusCode::SERVICE_UNAVAILABLE => return self.away(words, after),
            StatusCode::BAD_REQUEST => ErrorCode::Malformed,
            StatusCode::NOT_FOUND => ErrorCode::NotFound,
            StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::TooLarge,
            StatusCode::UNPROCESSABLE_ENTITY => ErrorCode::Invalid,
            s if s.is_redirection() => return self.failed("it answered with a redirect, and those are not followed."),
            _ => return self.failed(words),
        };
        Error::UpstreamRefused {
            provider: self.name.clone(),
            kind,
            words,
        }
    }
}

/// Finds the words in the body of a failure: `error.message`, or what servers write in their place.
pub(crate) fn said(body: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let places = ["/error/message", "/error", "/message", "/detail", "/0/error/message"];
    let words = places.iter().find_map(|place| json.pointer(place)?.as_str())?;
    (!words.is_empty()).then(|| quote(words))
}

/// Reads `Retry-After` in seconds; the form with a date is as if it were absent.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: f64 = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_failure_are_found_where_servers_put_them() {
        for body in [
            r#"{"error":{"message":"no"}}"#,
            r#"{"error":"no"}"#,
            r#"{"message":"no"}"#,
            r#"{"detail":"no"}"#,
        ] {
            assert_eq!(said(body.as_bytes()).as_deref(), Some("no"), "{body}");
        }
        assert_eq!(said(b"<html>"), None);
    }

    #[test]
    fn the_address_of_a_path_lies_below_the_base() {
        let upstream = |base: &str| {
            let settings = (Timeouts::default(), Limits::default());
            let base = base.parse().unwrap();
            Upstream::new("a", base, HeaderMap::new(), settings, Reach::Anywhere).unwrap()
        };
        for base in ["http://127.0.0.1:1/v1", "http://127.0.0.1:1/v1/"] {
            assert_eq!(
                upstream(base).at("chat/completions").as_str(),
                "http://127.0.0.1:1/v1/chat/completions"
            );
        }
    }
}

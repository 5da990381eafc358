//! Owns the HTTP towards a provider: connections, time limits, retries before the first byte, and what its failures mean.
//! Never follows a redirect, never logs a key or an address. Refuses to know dialects.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use kernel::{Ambient, ErrorCode, Fault};
use serde_json::Value;
use tokio::time::timeout_at;
use url::Url;

use crate::config::{Limits, Timeouts};
use crate::error::{Error, quote};
use crate::providers::answer::{Answer, Patience, chain, read};

/// How long an idle connection is kept; below the 60 s after which many servers close theirs.
const IDLE_MAX: Duration = Duration::from_secs(30);
/// First pause before a retry; doubled each time, and jittered by half.
const RETRY_PAUSE: Duration = Duration::from_millis(100);
/// A provider that asks for a longer pause is not asked again: the caller is told to come back.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(2);
/// Most that is read of the body of a failure.
const FAILURE_BYTES_MAX: usize = 64 * 1024;
/// How long the body of a failure may take.
const FAILURE_WAIT: Duration = Duration::from_secs(5);
/// Retries per call in hundredths: over time at most one retry for ten calls.
const BUDGET_PER_CALL: i64 = 10;
/// What a retry costs of the budget.
const BUDGET_PER_RETRY: i64 = 100;
/// Most that the budget saves up: a burst of ten retries.
const BUDGET_MAX: i64 = 1_000;

/// A provider's address.
pub(crate) struct Upstream {
    name: String,
    client: reqwest::Client,
    base: Url,
    headers: HeaderMap,
    timeouts: Timeouts,
    pub(crate) limits: Limits,
    budget: AtomicI64,
    ambient: Ambient,
}

impl Upstream {
    /// Prepares connections to `base`; every request carries `headers`.
    pub(crate) fn new(
        name: &str,
        base: Url,
        headers: HeaderMap,
        settings: (Timeouts, Limits),
        ambient: Ambient,
    ) -> Result<Self, Fault> {
        let (timeouts, limits) = settings;
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .tcp_nodelay(true)
            .pool_idle_timeout(IDLE_MAX)
            .connect_timeout(Duration::from_millis(timeouts.connect_ms));
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        if base.scheme() == "http" {
            // Without redirects it never comes to TLS; so a machine without root certificates is no hindrance.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(Fault::internal)?;
        Ok(Self {
            name: name.into(),
            client,
            base,
            headers,
            timeouts,
            limits,
            budget: AtomicI64::new(BUDGET_MAX),
            ambient,
        })
    }

    /// Returns the address of `path`, below the base.
    pub(crate) fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        url
    }

    /// Posts `body`. An answer that is not a success is an error. Tries again on a refused connection, 429 and 503.
    pub(crate) async fn post(&self, url: &Url, body: Bytes, stream: bool) -> Result<Answer, Error> {
        self.post_with(url, body, stream, &HeaderMap::new()).await
    }

    /// The same with `headers` of the caller's, which come before the gateway's own of the same names.
    pub(crate) async fn post_with(
        &self,
        url: &Url,
        body: Bytes,
        stream: bool,
        headers: &HeaderMap,
    ) -> Result<Answer, Error> {
        let headers = self.headers_with(headers);
        let patience = Patience::new(&self.timeouts, stream);
        self.earn();
        let mut attempt = 0;
        loop {
            let request = self
                .client
                .post(url.clone())
                .headers(headers.clone())
                .body(body.clone());
            let sent = timeout_at(patience.until, request.send()).await;
            let (error, wait) = match sent.map_err(|_| self.timed_out("to answer"))? {
                Ok(response) if response.status().is_success() => {
                    return Ok(Answer {
                        name: self.name.clone(),
                        response,
                        patience,
                        bytes_max: self.limits.answer_bytes_max,
                    });
                }
                Ok(response) => {
                    let status = response.status();
                    let wait = retry_after(response.headers());
                    let again = matches!(status.as_u16(), 429 | 503) && wait.is_none_or(|w| w <= RETRY_AFTER_MAX);
                    (
                        self.refused(response, wait).await,
                        again.then_some(wait.unwrap_or_default()),
                    )
                }
                Err(e) if e.is_connect() => (self.unreachable(e), Some(Duration::ZERO)),
                Err(e) => return Err(self.unreachable(e)),
            };
            let Some(wait) = wait.filter(|_| attempt < self.limits.retries_max && self.spend()) else {
                return Err(error);
            };
            let pause = self
                .ambient
                .jitter(RETRY_PAUSE * 2u32.saturating_pow(attempt), 0.5)
                .max(wait);
            if timeout_at(patience.until, tokio::time::sleep(pause)).await.is_err() {
                return Err(error);
            }
            attempt += 1;
        }
    }

    /// Gets what is at `url`, without trying again. Says nothing in the log: whoever asks regularly knows better what is news.
    pub(crate) async fn get(&self, url: &Url) -> Result<Answer, Error> {
        let patience = Patience::new(&self.timeouts, true);
        let request = self.client.get(url.clone()).headers(self.headers.clone());
        match timeout_at(patience.until, request.send()).await {
            Ok(Ok(response)) if response.status().is_success() => Ok(Answer {
                name: self.name.clone(),
                response,
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

    fn earn(&self) {
        // Relaxed: a lost update only makes the budget a little smaller or larger.
        let saved = self.budget.load(Ordering::Relaxed);
        self.budget
            .store((saved + BUDGET_PER_CALL).min(BUDGET_MAX), Ordering::Relaxed);
    }

    fn spend(&self) -> bool {
        let spent = self.budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |saved| {
            (saved >= BUDGET_PER_RETRY).then_some(saved - BUDGET_PER_RETRY)
        });
        spent.is_ok()
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
        self.failed(if e.is_connect() {
            "it cannot be reached."
        } else {
            "the connection broke off."
        })
    }

    /// Tells what a status that is not a success means for the caller.
    async fn refused(&self, response: reqwest::Response, after: Option<Duration>) -> Error {
        let status = response.status();
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

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
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
            Upstream::new(
                "a",
                base.parse().unwrap(),
                HeaderMap::new(),
                settings,
                Ambient::system(),
            )
            .unwrap()
        };
        for base in ["http://127.0.0.1:1/v1", "http://127.0.0.1:1/v1/"] {
            assert_eq!(
                upstream(base).at("chat/completions").as_str(),
                "http://127.0.0.1:1/v1/chat/completions"
            );
        }
    }

    #[test]
    fn retries_are_paid_from_a_budget() {
        let settings = (Timeouts::default(), Limits::default());
        let upstream = Upstream::new(
            "a",
            "http://127.0.0.1:1".parse().unwrap(),
            HeaderMap::new(),
            settings,
            Ambient::system(),
        )
        .unwrap();
        assert_eq!((0..50).filter(|_| upstream.spend()).count(), 10);
        (0..10).for_each(|_| upstream.earn());
        assert_eq!((0..50).filter(|_| upstream.spend()).count(), 1);
    }
}

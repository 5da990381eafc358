//! Owns one exchange: which replica is asked, how often, and what becomes of the answer. Refuses to know services.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use chassis::http::DEADLINE;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, Version};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use tokio::time::Instant;

use super::Proxy;
use super::body::{AnswerBody, Content, client_failure};
use super::error::ProxyError;
use super::fleet::Fleet;
use super::headers;
use super::replica::{Connection, Lease};
use crate::edge::{is_stream, is_upload};
use crate::table::is_repeatable_post;

/// A request on its way.
struct Outgoing {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    content: Content,
    /// Whether it may be done twice.
    repeatable: bool,
    /// Longest time for the answer to begin.
    answer_max: Duration,
}

impl Outgoing {
    fn may_repeat(&self) -> bool {
        self.repeatable && self.content.is_kept()
    }

    fn next_request(&mut self) -> http::Request<Body> {
        let mut request = http::Request::new(self.content.next_body());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.version_mut() = Version::HTTP_11;
        *request.headers_mut() = self.headers.clone();
        request
    }
}

/// What came back, and what it came over.
struct Exchange {
    response: http::Response<Incoming>,
    connection: Connection,
    lease: Lease,
}

impl Proxy {
    /// Passes a request on to the service that owns it, and its answer back.
    pub(super) async fn forward(&self, fleet: &Fleet, request: Request) -> Result<Response, ProxyError> {
        let begun = Instant::now();
        let (mut parts, body) = request.into_parts();
        let upgrade = parts.extensions.remove::<OnUpgrade>();
        let websocket = headers::asks_for_websocket(&parts);
        if websocket {
            self.tunnels.admit()?;
        }
        let path = parts.uri.path();
        let home = home(path);
        let (stream, upload) = (is_stream(path), is_upload(&parts.method, path));
        // How large and how long an upload may be is its owner's to say.
        let (bytes_max, answer_seconds) = match upload {
            true => (u64::MAX, self.config.upload_seconds),
            false => (self.config.body_bytes_max, self.config.answer_seconds),
        };
        // What answers as a stream knows no keys: a second call of a model would be paid as well.
        let keyed = (headers::has_key(&parts.headers) && !stream) || is_repeatable_post(path);
        let repeatable = parts.method.is_idempotent() || (parts.method == Method::POST && keyed);
        let keep = repeatable.then_some(self.config.kept_body_bytes_max);
        let silence = Duration::from_secs(self.config.silence_seconds);
        let content = Content::new(body, bytes_max, keep, silence).await?;
        let mut head = headers::outgoing(&mut parts);
        if websocket {
            headers::set_websocket(&mut head);
        }
        if !stream && !upload {
            let left = u64::try_from(self.deadline.saturating_sub(begun.elapsed()).as_millis());
            head.insert(DEADLINE, HeaderValue::from(left.unwrap_or(u64::MAX)));
        }
        let mut outgoing = Outgoing {
            uri: Uri::from(
                parts
                    .uri
                    .path_and_query()
                    .cloned()
                    .unwrap_or(PathAndQuery::from_static("/")),
            ),
            method: parts.method,
            headers: head,
            content,
            repeatable,
            answer_max: Duration::from_secs(answer_seconds),
        };
        fleet.earn_repeat();
        let exchange = self.exchange(fleet, home.as_deref(), &mut outgoing).await?;
        let seconds = begun.elapsed().as_secs_f64();
        metrics::histogram!("gateway_upstream_seconds", "service" => fleet.service.clone()).record(seconds);
        self.answer(exchange, upgrade.filter(|_| websocket), &fleet.service)
    }

    /// Asks replicas until one has answered, or it may not be asked again.
    async fn exchange(
        &self,
        fleet: &Fleet,
        home: Option<&str>,
        outgoing: &mut Outgoing,
    ) -> Result<Exchange, ProxyError> {
        let patience = Instant::now() + Duration::from_millis(self.config.patience_ms);
        let mut tried: Vec<SocketAddr> = Vec::new();
        let mut sent = 0;
        loop {
            let Some(lease) = fleet.pick(&self.ambient, home, &tried) else {
                if fleet.wait_for_one(patience).await {
                    continue;
                }
                return Err(if sent == 0 {
                    ProxyError::Unreachable
                } else {
                    ProxyError::Broken
                });
            };
            let address = lease.replica().address;
            let resting = lease.replica().resting();
            let rested = resting.is_some();
            let mut connection = match resting {
                Some(connection) => connection,
                None => match lease.replica().connect().await {
                    Ok(connection) => connection,
                    Err(why) => {
                        fleet.leave_out(lease.replica(), &why);
                        if Instant::now() < patience {
                            continue;
                        }
                        return Err(ProxyError::Unreachable);
                    }
                },
            };
            let answer = connection.try_send_request(outgoing.next_request());
            let answered = tokio::time::timeout(outgoing.answer_max, answer)
                .await
                .map_err(|_| ProxyError::Silent)?;
            let again = sent + 1 < self.config.attempts_max && outgoing.may_repeat();
            match answered {
                Ok(response) => {
                    tried.push(address);
                    // Full or about to stop, and it has done nothing: another replica may have room.
                    let refused = response.status() == StatusCode::SERVICE_UNAVAILABLE;
                    if !(refused && again && fleet.has_another(&tried) && fleet.take_repeat()) {
                        return Ok(Exchange {
                            response,
                            connection,
                            lease,
                        });
                    }
                }
                Err(mut failed) => {
                    if let Some(unsent) = failed.take_message() {
                        outgoing.content.give_back(unsent.into_body());
                        // A connection that ended while it rested says nothing of its replica.
                        if rested {
                            continue;
                        }
                        if sent + 1 >= self.config.attempts_max {
                            return Err(ProxyError::Unreachable);
                        }
                    } else {
                        let failed = failed.into_error();
                        if let Some(error) = client_failure(&failed) {
                            return Err(error);
                        }
                        tracing::debug!("{} at {address}: {failed}", fleet.service);
                        if !(again && fleet.take_repeat()) {
                            return Err(ProxyError::Broken);
                        }
                    }
                    tried.push(address);
                }
            }
            sent += 1;
        }
    }

    fn answer(&self, exchange: Exchange, client: Option<OnUpgrade>, service: &str) -> Result<Response, ProxyError> {
        let Exchange {
            response,
            connection,
            lease,
        } = exchange;
        let (mut parts, body) = response.into_parts();
        headers::strip_hop(&mut parts.headers);
        if parts.status == StatusCode::SWITCHING_PROTOCOLS {
            let (Some(client), Some(owner)) = (client, parts.extensions.remove::<OnUpgrade>()) else {
                return Err(ProxyError::Broken);
            };
            self.tunnels.join(service, client, owner, lease);
            headers::set_websocket(&mut parts.headers);
            return Ok(Response::from_parts(parts, Body::empty()));
        }
        parts.version = Version::HTTP_11;
        let silence = Duration::from_secs(self.config.silence_seconds);
        let body = AnswerBody::new(body, connection, lease, silence);
        Ok(Response::from_parts(parts, Body::new(body)))
    }
}

/// The room whose requests go to one replica as long as it is there: chat remembers rooms, and the replica that changed one
/// is the first to know.
fn home(path: &str) -> Option<String> {
    let room = path.strip_prefix("/api/chat/rooms/")?.split('/').next()?;
    Some(room.to_ascii_lowercase()).filter(|room| !room.is_empty())
}

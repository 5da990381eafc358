//! Owns the admission of a request: what it may not bring along is taken off, who sends it is proven if they say so,
//! and their rate and time are limited.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use chassis::caller::bearer;
use chassis::http::ClientAddress;
use chassis::layer::Inside;
use chassis::{Caller, Problem};
use ephemeral::Bucket;
use http::{HeaderMap, Method};
use kernel::{ErrorCode, Fault};

use crate::Deps;
use crate::table::is_under;

/// Headers with these beginnings are spoken between our own processes only.
const INTERNAL: &[&str] = &["x-internal-", "x-user-", "x-aichat-", "x-caller-"];
/// The one header among them that is the caller's: what it wants of kept answers.
const CACHE_WISH: &str = "x-aichat-cache";
/// Paths whose answers are streams, which may last.
const STREAMS: &[&str] = &["/v1/", "/realtime"];
/// Where files come in, whole or piece by piece: media says how large, how slow and how long one may be.
const UPLOAD: &str = "/api/media";
/// The same by the tus protocol.
const UPLOAD_TUS: &str = "/api/media/tus";
/// Tokens with this beginning are gateway keys: ai-gateway checks them itself.
const KEY_PREFIX: &str = "sk-aichat-";

/// Tells whether the answer at `path` may be a stream.
pub(crate) fn is_stream(path: &str) -> bool {
    STREAMS.iter().any(|stream| path.starts_with(stream))
}

/// Tells whether a request brings a file.
pub(crate) fn is_upload(method: &Method, path: &str) -> bool {
    (method == Method::POST && path == UPLOAD) || ([Method::POST, Method::PATCH].contains(method) && is_tus(path))
}

/// Tells whether `path` speaks the tus protocol, which gives `OPTIONS` a meaning of its own.
pub(crate) fn is_tus(path: &str) -> bool {
    is_under(path, UPLOAD_TUS)
}

pub(crate) async fn admit(door: Arc<Deps>, mut request: Request, inside: Inside) -> Response {
    strip_internal(request.headers_mut());
    let caller = prove(&door, request.headers()).await;
    let bucket = match &caller {
        Some(Ok(caller)) => Some((format!("door:user:{}", caller.user), user_bucket(&door))),
        _ => address(&request).map(|ip| (format!("door:address:{}", network(ip)), address_bucket(&door))),
    };
    if let Some((key, bucket)) = bucket
        && let Err(fault) = spend(&door, &key, bucket).await
    {
        return Problem(fault).into_response();
    }
    if let Some(Ok(caller)) = caller {
        request.extensions_mut().insert(caller);
    }
    // A token that does not hold is no failure yet: the route may be public; if not, the service says 401 itself.
    if is_stream(request.uri().path()) || is_upload(request.method(), request.uri().path()) {
        return inside.run(request).await;
    }
    let deadline = Duration::from_secs(door.config.deadline_seconds);
    match tokio::time::timeout(deadline, inside.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem(Fault::new(ErrorCode::Timeout, "request.timeout", "It took too long.")).into_response(),
    }
}

fn strip_internal(headers: &mut HeaderMap) {
    let named = |name: &str| name != CACHE_WISH && INTERNAL.iter().any(|prefix| name.starts_with(prefix));
    if headers.keys().any(|name| named(name.as_str())) {
        let names: Vec<_> = headers.keys().filter(|name| named(name.as_str())).cloned().collect();
        for name in names {
            headers.remove(name);
        }
    }
}

async fn prove(door: &Deps, headers: &HeaderMap) -> Option<Result<Caller, Fault>> {
    let token = bearer(headers).filter(|token| !token.starts_with(KEY_PREFIX))?;
    Some(door.verifier.verify(token).await)
}

fn address(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ClientAddress>()?.0
}

/// One customer's IPv6 addresses share a /64.
fn network(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => format!("{:x}", v6.to_bits() >> 64),
        },
    }
}

fn user_bucket(door: &Deps) -> Bucket {
    let config = &door.config;
    Bucket {
        capacity: config.user_requests_burst.into(),
        per_second: config.user_requests_per_second.into(),
    }
}

fn address_bucket(door: &Deps) -> Bucket {
    let config = &door.config;
    Bucket {
        capacity: config.address_requests_burst.into(),
        per_second: config.address_requests_per_second.into(),
    }
}

async fn spend(door: &Deps, key: &str, bucket: Bucket) -> Result<(), Fault> {
    match door.ephemeral.spend(key, bucket, 1.0).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(wait)) => {
            metrics::counter!("door_refused_total", "why" => "rate").increment(1);
            Err(Fault::new(ErrorCode::RateLimited, "request.rate_limited", "Too many requests.").retry_after(wait))
        }
        // Without the limiter the door stays open: a limit protects, it is not a permission.
        Err(e) => {
            tracing::warn!("rate limiter: {e}");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_brings_a_file_is_an_upload() {
        for (method, path) in [
            (Method::POST, "/api/media"),
            (Method::POST, "/api/media/tus"),
            (Method::PATCH, "/api/media/tus/1"),
        ] {
            assert!(is_upload(&method, path), "{method} {path}");
        }
        for (method, path) in [
            (Method::GET, "/api/media"),
            (Method::PATCH, "/api/media/1"),
            (Method::POST, "/api/media/tusk"),
            (Method::HEAD, "/api/media/tus/1"),
            (Method::DELETE, "/api/media/tus/1"),
            (Method::OPTIONS, "/api/media/tus"),
            (Method::POST, "/api/mediation"),
        ] {
            assert!(!is_upload(&method, path), "{method} {path}");
        }
    }
}

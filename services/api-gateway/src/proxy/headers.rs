//! Owns what changes in a request's and an answer's headers between two connections (RFC 9110, section 7.6), and what
//! the gateway says about the client. Refuses to know services.

use chassis::Trail;
use chassis::http::{ClientAddress, REQUEST_ID, RequestId, TRACEPARENT};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Version, header};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Headers that speak of one connection only, besides those that `Connection` names.
static HOP_BY_HOP: [HeaderName; 9] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Takes off what speaks of one connection only.
pub(crate) fn strip_hop(headers: &mut HeaderMap) {
    let words = headers.get_all(header::CONNECTION).iter();
    let named: Vec<HeaderName> = words
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// Tells whether a request asks for a WebSocket.
pub(crate) fn asks_for_websocket(parts: &Parts) -> bool {
    let says = |name: &HeaderName, word: &str| {
        let values = parts.headers.get_all(name).iter().filter_map(|v| v.to_str().ok());
        values
            .flat_map(|v| v.split(','))
            .any(|w| w.trim().eq_ignore_ascii_case(word))
    };
    parts.version == Version::HTTP_11 && says(&header::UPGRADE, "websocket") && says(&header::CONNECTION, "upgrade")
}

/// Asks the next connection for a WebSocket, or grants it one.
pub(crate) fn set_websocket(headers: &mut HeaderMap) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
}

/// Tells whether the client marks its request as one that may come twice.
pub(crate) fn has_key(headers: &HeaderMap) -> bool {
    headers.contains_key(IDEMPOTENCY_KEY)
}

/// Makes the headers that the owner gets: as the client sent them, less those of its connection, and with what the
/// gateway knows of the client. `Host` stays the client's: the owner compares origins with it.
pub(crate) fn outgoing(parts: &mut Parts) -> HeaderMap {
    let mut headers = std::mem::take(&mut parts.headers);
    strip_hop(&mut headers);
    // The gateway's own server has said "go on" already.
    headers.remove(header::EXPECT);
    let host = headers.get(header::HOST).cloned().or_else(|| {
        // HTTP/2 has no Host header, HTTP/1.0 need not.
        HeaderValue::from_str(parts.uri.authority()?.as_str()).ok()
    });
    headers.insert(
        header::HOST,
        host.unwrap_or_else(|| HeaderValue::from_static("localhost")),
    );
    // Who the client is was decided at the door, from the proxies that are believed; the owner gets the outcome only.
    match parts.extensions.get::<ClientAddress>() {
        Some(ClientAddress(Some(address))) => match HeaderValue::from_str(&address.to_string()) {
            Ok(value) => drop(headers.insert(FORWARDED_FOR, value)),
            Err(_) => drop(headers.remove(FORWARDED_FOR)),
        },
        _ => drop(headers.remove(FORWARDED_FOR)),
    }
    let id = parts.extensions.get::<RequestId>();
    if let Some(value) = id.and_then(|RequestId(id)| HeaderValue::from_str(id).ok()) {
        headers.insert(REQUEST_ID, value);
    }
    // The deed of the door itself, which the owner's is caused by.
    let trace = Trail::trace().and_then(|trace| HeaderValue::from_str(&trace.to_string()).ok());
    if let Some(value) = trace {
        headers.insert(TRACEPARENT, value);
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_speaks_of_one_connection_is_taken_off_and_what_connection_names_as_well() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "keep-alive, X-Once"),
            ("connection", "te"),
            ("x-once", "1"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("proxy-authorization", "secret"),
            ("upgrade", "h2c"),
            ("x-kept", "1"),
        ] {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        strip_hop(&mut headers);
        assert_eq!(headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["x-kept"]);
    }
}

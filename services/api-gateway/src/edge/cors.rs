//! Owns which web origins may call from a browser. Tokens travel in a header, never in a cookie, so that no origin
//! gains anything by itself; the list only says whose pages may read our answers.

use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::Config;

pub(crate) fn layer(config: &Config) -> CorsLayer {
    let allowed = config.cors_origins.clone();
    let origin = AllowOrigin::predicate(move |origin: &HeaderValue, _| {
        let Ok(origin) = origin.to_str() else { return false };
        is_loopback(origin) || allowed.iter().any(|a| a == "*" || a.eq_ignore_ascii_case(origin))
    });
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::HEAD,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("last-event-id"),
            // What Anthropic's dialect has beside them.
            HeaderName::from_static("x-api-key"),
            HeaderName::from_static("anthropic-version"),
            HeaderName::from_static("anthropic-beta"),
            HeaderName::from_static("x-aichat-cache"),
            // Parts of files, and files that a browser has already.
            header::RANGE,
            header::IF_RANGE,
            header::IF_NONE_MATCH,
            // The tus protocol's, as its clients send them.
            HeaderName::from_static("tus-resumable"),
            HeaderName::from_static("upload-length"),
            HeaderName::from_static("upload-offset"),
            HeaderName::from_static("upload-metadata"),
            HeaderName::from_static("upload-checksum"),
            HeaderName::from_static("x-http-method-override"),
            HeaderName::from_static("x-requested-with"),
            chassis::http::REQUEST_ID,
            chassis::http::TRACEPARENT,
        ])
        .expose_headers([
            header::ETAG,
            header::RETRY_AFTER,
            header::LOCATION,
            header::ACCEPT_RANGES,
            header::CONTENT_RANGE,
            HeaderName::from_static("tus-resumable"),
            HeaderName::from_static("tus-version"),
            HeaderName::from_static("tus-extension"),
            HeaderName::from_static("tus-max-size"),
            HeaderName::from_static("tus-checksum-algorithm"),
            HeaderName::from_static("upload-offset"),
            HeaderName::from_static("upload-length"),
            HeaderName::from_static("upload-metadata"),
            HeaderName::from_static("upload-expires"),
            chassis::http::REQUEST_ID,
        ])
        .max_age(std::time::Duration::from_secs(600))
}

/// A page that the operator's own machine serves, such as the app's development server.
fn is_loopback(origin: &str) -> bool {
    let host = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"))
        .unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, port)| {
        if port.bytes().all(|b| b.is_ascii_digit()) {
            host
        } else {
            ""
        }
    });
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_this_machine_is_loopback() {
        for yes in ["http://localhost:8081", "http://127.0.0.1", "https://[::1]:3000"] {
            assert!(is_loopback(yes), "{yes}");
        }
        for no in [
            "http://localhost.evil.org",
            "http://evil.org:80",
            "null",
            "http://localhost:80.evil.org",
            "",
        ] {
            assert!(!is_loopback(no), "{no}");
        }
    }
}

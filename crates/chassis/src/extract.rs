//! Owns how a request is read: bodies, queries and path ids, each failure with the status that api.md gives it.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use garde::Validate;
use http::request::Parts;
use http::{HeaderMap, header};
use kernel::{ErrorCode, Fault, FieldError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Problem;

/// Largest JSON body.
pub const JSON_BODY_BYTES_MAX: usize = 2 * 1024 * 1024;

/// A JSON body, read and validated; as an answer, JSON written out.
///
/// Not JSON by its content type: 415. Broken JSON: 400. A wrong, missing or unknown field (types that a client sends
/// carry `#[serde(deny_unknown_fields)]`), or one that its `garde` rules refuse: 422 naming it. Over 2 MiB: 413.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Tells whether a body is JSON by its content type.
pub fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || (essence.to_ascii_lowercase().starts_with("application/") && essence.to_ascii_lowercase().ends_with("+json"))
}

/// Reads and validates JSON from bytes, as [`Json`] does from a body.
pub fn json_from_slice<T: DeserializeOwned + Validate<Context = ()>>(bytes: &[u8]) -> Result<T, Fault> {
    let mut de = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut de).map_err(|e| {
        let path = e.path().to_string();
        let inner = e.into_inner();
        match inner.classify() {
            // A wrong field may stand before the place where the JSON breaks; broken JSON is the first thing to say.
            serde_json::error::Category::Data if serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() => {
                let field = if path == "." {
                    unknown_field(&inner.to_string()).unwrap_or_default()
                } else {
                    path
                };
                Fault::invalid(field, without_place(&inner.to_string()))
            }
            _ => Fault::new(
                ErrorCode::Malformed,
                "request.malformed",
                format!("The body is not JSON: {inner}"),
            ),
        }
    })?;
    de.end().map_err(|e| {
        Fault::new(
            ErrorCode::Malformed,
            "request.malformed",
            format!("The body is not JSON: {e}"),
        )
    })?;
    validated(value)
}

/// serde names an unknown or missing field only in its words: "unknown field `x`, expected …".
fn unknown_field(message: &str) -> Option<String> {
    message.split('`').nth(1).map(str::to_owned)
}

/// Leaves out " at line 1 column 17", which means nothing to who did not write the JSON by hand.
fn without_place(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}

/// Runs the `garde` rules of `value`.
pub fn validated<T: Validate<Context = ()>>(value: T) -> Result<T, Fault> {
    match value.validate() {
        Ok(()) => Ok(value),
        Err(report) => Err(Fault::invalid_fields(
            report
                .iter()
                .map(|(path, error)| FieldError {
                    field: camel_case(&path.to_string()),
                    message: error.message().to_owned(),
                })
                .collect(),
        )),
    }
}

/// garde reports Rust's field names; the wire's are camelCase.
fn camel_case(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut up = false;
    for c in path.chars() {
        match c {
            '_' => up = true,
            c if up => {
                out.extend(c.to_uppercase());
                up = false;
            }
            c => out.push(c),
        }
    }
    out
}

impl<S: Send + Sync, T: DeserializeOwned + Validate<Context = ()>> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(req: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(req.headers()) {
            let fault = Fault::new(
                ErrorCode::UnsupportedMedia,
                "request.unsupported_media",
                "Send application/json.",
            );
            return Err(fault.into());
        }
        let bytes = read_body(req, JSON_BODY_BYTES_MAX).await?;
        Ok(Self(json_from_slice(&bytes)?))
    }
}

/// A body over its limit is still read, and thrown away, up to this size, so that the sender hears why it was refused:
/// who is hung up on in the middle of writing sees a broken connection instead.
pub const DISCARD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How long a body may take to arrive.
pub const BODY_TIME_MAX: std::time::Duration = std::time::Duration::from_secs(30);

/// Reads a whole body of at most `max` bytes; 413 beyond, 504 when it takes longer than [`BODY_TIME_MAX`].
pub async fn read_body(req: Request, max: usize) -> Result<bytes::Bytes, Fault> {
    match tokio::time::timeout(BODY_TIME_MAX, read_whole(req, max)).await {
        Ok(read) => read,
        Err(_) => Err(Fault::new(
            ErrorCode::Timeout,
            "request.timeout",
            "The body took too long to arrive.",
        )),
    }
}

async fn read_whole(req: Request, max: usize) -> Result<bytes::Bytes, Fault> {
    use http_body_util::BodyExt as _;
    let declared = req
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    let too_large = || {
        Fault::new(
            ErrorCode::TooLarge,
            "request.too_large",
            format!("The body is over {max} bytes."),
        )
    };
    if declared.is_some_and(|n| n > DISCARD_BYTES_MAX) {
        return Err(too_large());
    }
    let mut body = req.into_body();
    let mut read = Vec::with_capacity(declared.unwrap_or_default().min(max));
    let mut seen = 0usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Fault::new(ErrorCode::Malformed, "request.malformed", "The body broke off."))?;
        let Ok(data) = frame.into_data() else { continue };
        seen = seen.saturating_add(data.len());
        if seen > DISCARD_BYTES_MAX {
            break;
        }
        if seen <= max {
            // One frame is the common case; it is not copied.
            if read.is_empty() && declared == Some(data.len()) {
                return Ok(data);
            }
            read.extend_from_slice(&data);
        }
    }
    if seen > max { Err(too_large()) } else { Ok(read.into()) }
}

/// A query string, read and validated; wrong or unknown parameters: 422; one that cannot be decoded: 400.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Validate<Context = ()>> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = axum::extract::Query::<T>::try_from_uri(&parts.uri).map_err(|e| {
            let words = e.body_text();
            let words = words
                .strip_prefix("Failed to deserialize query string: ")
                .unwrap_or(&words);
            let field = match words.split_once(": ") {
                Some((field, _)) if !field.contains(' ') => field.to_owned(),
                _ => unknown_field(words).unwrap_or_else(|| "query".into()),
            };
            Fault::invalid(field, words)
        })?;
        Ok(Self(validated(value.0)?))
    }
}

/// Path parameters; an id that is not one: 404, since nothing is there.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|p| Self(p.0))
            .map_err(|_| Fault::not_found("request.bad_id").into())
    }
}

/// The version that `If-Match` asks for (`"7"`), if the header is there; `*` and absence are `None`.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub Option<u64>);

impl IfMatch {
    /// Fails with `Stale` (412) unless `version` is the one asked for, or none was.
    pub fn check(self, version: u64) -> Result<(), Fault> {
        match self.0 {
            Some(wanted) if wanted != version => Err(Fault::new(
                ErrorCode::Stale,
                "request.stale",
                "It changed meanwhile; read it again.",
            )),
            _ => Ok(()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Ok(Self(None));
        };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        // A tag that we never gave out can match nothing.
        Ok(Self(Some(text.trim_matches('"').parse().unwrap_or(0))))
    }
}

/// Returns the `ETag` of a version.
pub fn etag(version: u64) -> [(header::HeaderName, String); 1] {
    [(header::ETAG, format!("\"{version}\""))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize, Validate)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct Body {
        #[garde(length(chars, min = 1, max = 3))]
        first_name: String,
    }

    #[test]
    fn each_kind_of_bad_body_gets_its_own_status_and_names_the_field() {
        let at = |json: &str| json_from_slice::<Body>(json.as_bytes()).unwrap_err();
        assert_eq!(at("{").kind.status(), 400);
        assert_eq!(at(r#"{"firstName":"ab"} x"#).kind.status(), 400);
        assert_eq!(at(r#"{"role":"#).kind.status(), 400);
        for (json, field) in [
            (r#"{"firstName":"abcd"}"#, "firstName"),
            (r#"{"firstName":7}"#, "firstName"),
            (r#"{}"#, "firstName"),
            (r#"{"firstName":"a","role":"admin"}"#, "role"),
        ] {
            let fault = at(json);
            assert_eq!(fault.kind.status(), 422, "{json}");
            assert_eq!(fault.fields[0].field, field, "{json}: {fault:?}");
        }
    }
}

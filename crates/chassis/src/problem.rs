//! Owns how a failure looks on the wire: RFC 9457 `application/problem+json`. A handler's error only carries the
//! [`Fault`]; the body is rendered at one place, [`render`], where the request's id and path are known.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use kernel::{ErrorCode, Fault, FieldError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a handler returns.
pub type Answer<T> = Result<T, Problem>;

/// A failed request. Any service error that turns into a [`Fault`] turns into it by `?`.
#[derive(Debug)]
pub struct Problem(pub Fault);

impl<E: Into<Fault>> From<E> for Problem {
    fn from(e: E) -> Self {
        Self(e.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        response.extensions_mut().insert(self.0);
        response
    }
}

/// The body of every failed answer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `about:blank`, since `code` tells problems apart; under `/v1/messages` `error`, as Anthropic's clients read it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short English title of the status.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Words for people.
    pub detail: String,
    /// Stable code for programs, such as `chat.not_found`.
    pub code: String,
    /// The request's id, for a report.
    pub request_id: String,
    /// The wrong fields, with status 422.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub errors: Vec<FieldError>,
    /// When to try again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after_ms: Option<u64>,
    /// Under `/v1` only: the same failure as OpenAI's clients read it, under `/v1/messages` as Anthropic's do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<OpenAiError>,
}

/// OpenAI's error object; Anthropic's is the same but for the names of its types.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct OpenAiError {
    /// Words for people.
    pub message: String,
    /// The dialect's kind of error.
    #[serde(rename = "type")]
    pub kind: String,
    /// Stable code.
    pub code: Option<String>,
    /// The wrong field.
    pub param: Option<String>,
}

/// Names a failure as OpenAI's API does.
fn openai_kind(kind: ErrorCode) -> &'static str {
    match kind {
        ErrorCode::Unauthenticated => "authentication_error",
        ErrorCode::Forbidden => "permission_error",
        ErrorCode::RateLimited => "rate_limit_error",
        k if k.status() < 500 => "invalid_request_error",
        _ => "server_error",
    }
}

/// Names a failure as Anthropic's API does.
pub fn anthropic_kind(kind: ErrorCode) -> &'static str {
    match kind {
        ErrorCode::Unauthenticated => "authentication_error",
        ErrorCode::Forbidden => "permission_error",
        ErrorCode::NotFound => "not_found_error",
        ErrorCode::TooLarge => "request_too_large",
        ErrorCode::RateLimited => "rate_limit_error",
        ErrorCode::Unavailable => "overloaded_error",
        ErrorCode::Timeout => "timeout_error",
        k if k.status() < 500 => "invalid_request_error",
        _ => "api_error",
    }
}

/// Tells whether Anthropic's clients ask at `path`.
pub(crate) fn is_anthropics(path: &str) -> bool {
    path.strip_prefix("/v1/messages")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl OpenAiError {
    fn of(fault: &Fault, detail: &str, kind: &str) -> Self {
        Self {
            message: detail.to_owned(),
            kind: kind.into(),
            code: Some(fault.code.to_string()),
            param: fault.fields.first().map(|f| f.field.clone()),
        }
    }
}

/// Renders the body of a failed response. Failures that are not ours (the router's own 404 and 405) get a fault by status.
pub fn render(response: Response, request_id: &str, path: &str) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let fault = match parts.extensions.remove::<Fault>() {
        Some(fault) => fault,
        // A body that a handler wrote itself stays (a proxied upstream's, a page).
        None if parts.headers.contains_key(header::CONTENT_TYPE) && !is_plain_text(&parts.headers) => {
            return Response::from_parts(parts, body);
        }
        None => by_status(status),
    };
    let internal = fault.kind == ErrorCode::Internal;
    if internal {
        // Logged once, here, within the request's span; the caller is told nothing of it.
        tracing::error!(path, code = %fault.code, cause = %fault.detail, "internal error");
    }
    let detail = if internal {
        "Something went wrong on our side; it has been logged.".to_owned()
    } else {
        fault.detail.clone()
    };
    let anthropics = is_anthropics(path);
    let error_kind = if anthropics {
        anthropic_kind(fault.kind)
    } else {
        openai_kind(fault.kind)
    };
    let body = ProblemBody {
        kind: if anthropics { "error" } else { "about:blank" }.into(),
        title: fault.kind.title().into(),
        status: status.as_u16(),
        error: path
            .starts_with("/v1/")
            .then(|| OpenAiError::of(&fault, &detail, error_kind)),
        detail,
        code: fault.code.into_owned(),
        request_id: request_id.to_owned(),
        errors: fault.fields,
        retry_after_ms: fault.retry_after_ms,
    };
    parts.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    parts.headers.remove(header::CONTENT_LENGTH);
    let waits = matches!(body.status, 429 | 503);
    if waits || body.retry_after_ms.is_some() {
        let seconds = body.retry_after_ms.unwrap_or(1000).div_ceil(1000).max(1);
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if body.status == 401 {
        parts
            .headers
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    Response::from_parts(parts, Body::from(serde_json::to_vec(&body).unwrap_or_default()))
}

fn is_plain_text(headers: &http::HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.starts_with("text/plain"))
}

fn by_status(status: StatusCode) -> Fault {
    let (kind, code, detail) = match status.as_u16() {
        400 => (
            ErrorCode::Malformed,
            "request.malformed",
            "The request could not be read.",
        ),
        404 => (ErrorCode::NotFound, "route.not_found", "There is nothing at this path."),
        405 => (
            ErrorCode::MethodNotAllowed,
            "route.method_not_allowed",
            "This path does not take this method.",
        ),
        408 | 504 => (ErrorCode::Timeout, "request.timeout", "It took too long."),
        413 => (ErrorCode::TooLarge, "request.too_large", "The body is too large."),
        415 => (
            ErrorCode::UnsupportedMedia,
            "request.unsupported_media",
            "Send application/json.",
        ),
        426 => (
            ErrorCode::Malformed,
            "request.upgrade_required",
            "This path speaks WebSocket.",
        ),
        429 => (ErrorCode::RateLimited, "request.rate_limited", "Too many requests."),
        503 => (ErrorCode::Unavailable, "request.unavailable", "Try again in a moment."),
        s if s < 500 => (ErrorCode::Malformed, "request.refused", "The request was refused."),
        _ => (ErrorCode::Internal, "internal", "An answer without a cause."),
    };
    Fault::new(kind, code, detail)
}

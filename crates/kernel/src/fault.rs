//! Owns the closed set of ways in which anything can go wrong for a caller. Refuses to know HTTP beyond a status number.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The kinds of failure. Closed: a service adds stable codes, never a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request cannot be read at all (bad JSON, bad query syntax).
    Malformed,
    /// A field is wrong or unknown.
    Invalid,
    /// No token, or one that does not hold.
    Unauthenticated,
    /// Known and visible, but not allowed to this role.
    Forbidden,
    /// Not there, or not for the caller's eyes.
    NotFound,
    /// The method is not for this path.
    MethodNotAllowed,
    /// The state of things does not allow it (a name is taken, a thing is over).
    Conflict,
    /// `If-Match` names an older version.
    Stale,
    /// The body is over its limit.
    TooLarge,
    /// The content type is not understood.
    UnsupportedMedia,
    /// Too many requests; try after `retry_after`.
    RateLimited,
    /// For now not to be had (queue full, store or broker away); try after `retry_after`.
    Unavailable,
    /// Something behind us failed (a model provider).
    Upstream,
    /// It took longer than its deadline.
    Timeout,
    /// A defect or an unknown failure; nothing of it is told to the caller.
    Internal,
}

impl ErrorCode {
    /// Returns the HTTP status that api.md gives to this kind.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::Stale => 412,
            Self::TooLarge => 413,
            Self::UnsupportedMedia => 415,
            Self::Invalid => 422,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Upstream => 502,
            Self::Unavailable => 503,
            Self::Timeout => 504,
        }
    }

    /// Returns the short English title of this kind.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Malformed => "Malformed request",
            Self::Invalid => "Invalid field",
            Self::Unauthenticated => "Not signed in",
            Self::Forbidden => "Not allowed",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::Conflict => "Conflict",
            Self::Stale => "Changed meanwhile",
            Self::TooLarge => "Too large",
            Self::UnsupportedMedia => "Unsupported content type",
            Self::RateLimited => "Too many requests",
            Self::Unavailable => "Temporarily unavailable",
            Self::Upstream => "Upstream failed",
            Self::Timeout => "Timed out",
            Self::Internal => "Internal error",
        }
    }
}

/// One wrong field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// The field's name as the client wrote it, with dots for nesting.
    pub field: String,
    /// What is wrong, for people.
    pub message: String,
}

/// A failure as it crosses a service's border: kind, stable code and words. Each service's error enum turns into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Which kind.
    pub kind: ErrorCode,
    /// Stable code for programs, such as `chat.not_a_member`.
    pub code: Cow<'static, str>,
    /// Words for people; never holds secrets or another person's data.
    pub detail: String,
    /// The wrong fields, when `kind` is `Invalid`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// When to try again, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl Fault {
    /// Builds a fault of `kind` with a stable code and words for people.
    pub fn new(kind: ErrorCode, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.into(),
            detail: detail.into(),
            fields: Vec::new(),
            retry_after_ms: None,
        }
    }

    /// Builds `Invalid` for one field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError {
            field: field.into(),
            message: message.into(),
        }])
    }

    /// Builds `Invalid` for several fields.
    pub fn invalid_fields(fields: Vec<FieldError>) -> Self {
        let detail = fields
            .iter()
            .map(|f| format!("{}: {}", f.field, f.message))
            .collect::<Vec<_>>()
            .join("; ");
        Self {
            fields,
            ..Self::new(ErrorCode::Invalid, "request.invalid", detail)
        }
    }

    /// Builds `NotFound` with the stable code `code`, such as `chat.not_found`.
    pub fn not_found(code: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::NotFound, code, "There is no such thing here.")
    }

    /// Builds `Internal`; `cause` is for our log only and must be logged by who turns it into an answer.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(ErrorCode::Internal, "internal", cause.to_string())
    }

    /// Builds `Unavailable` with a hint when to come back.
    pub fn unavailable(code: impl Into<Cow<'static, str>>, detail: impl Into<String>, after: Duration) -> Self {
        Self::new(ErrorCode::Unavailable, code, detail).retry_after(after)
    }

    /// Sets when to try again.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after_ms = Some(u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Fault {}

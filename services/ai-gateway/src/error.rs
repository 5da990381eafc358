//! Owns what can go wrong in ai-gateway, and the stable code of each. Refuses to repeat what a provider says about its
//! key or address.

mod blame;

use std::time::Duration;

use kernel::{ErrorCode, Fault};
use store::StoreError;

pub(crate) use blame::Blame;

/// When to come back after the gateway itself, or the caller's share of it, was full.
const FULL_RETRY: Duration = Duration::from_secs(1);
/// When to come back after a provider's 429 that does not say.
const RATE_LIMIT_RETRY: Duration = Duration::from_secs(5);
/// When to come back while a provider that is asked for its models is away.
const MODELS_RETRY: Duration = Duration::from_secs(30);
/// Most characters of a caller's or provider's words that are repeated.
const QUOTE_CHARS_MAX: usize = 300;

/// A failure of ai-gateway.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Error {
    /// No provider has such a model.
    #[error("There is no model `{}` here; /v1/models lists those there are.", quote(.0))]
    ModelNotFound(String),
    /// Nobody has told yet what the first provider has.
    #[error("The provider `{0}`, which comes first here, has not been reached yet.")]
    ModelsUnknown(String),
    /// Several providers have it.
    #[error("Several providers have a model `{}`: say which, as `provider/model`.", quote(.0))]
    ModelAmbiguous(String),
    /// The provider has no embeddings.
    #[error("The provider of `{}` has no embeddings.", quote(.0))]
    NoEmbeddings(String),
    /// A field is one that the adapter cannot translate.
    #[error("{0}: {1}")]
    Invalid(&'static str, String),
    /// The body cannot be read, or a field of it is wrong.
    #[error(transparent)]
    Request(Fault),
    /// The provider cannot be reached, or answered with a failure of its own.
    #[error("The provider `{provider}` failed: {words}")]
    UpstreamFailed { provider: String, words: String },
    /// The provider has surely done nothing: it cannot be reached, or says that it is not available.
    #[error("The provider `{provider}` failed: {words}")]
    UpstreamAway {
        provider: String,
        words: String,
        after: Option<Duration>,
    },
    /// Every target of the model has failed too often and is left alone.
    #[error("Whoever answers for `{}` has failed too often lately and is left alone for a moment.", quote(.model))]
    NoTarget { model: String, after: Duration },
    /// The provider took too long.
    #[error("The provider `{provider}` took too long {what}.")]
    UpstreamTimeout { provider: String, what: &'static str },
    /// The provider limits our rate.
    #[error("The provider `{provider}` has too many requests for now.")]
    UpstreamRateLimited { provider: String, after: Option<Duration> },
    /// The provider says that the request is wrong.
    #[error("The provider `{provider}` refused the request: {words}")]
    UpstreamRefused {
        provider: String,
        kind: ErrorCode,
        words: String,
    },
    /// The gateway has too many calls under way.
    #[error("Too many calls are under way.")]
    Full,
    /// The caller has as many calls under way as one may have.
    #[error("One may have {0} calls under way at once.")]
    TooManyCalls(usize),
    /// No such gateway key, or it is revoked.
    #[error("The gateway key does not hold.")]
    KeyInvalid,
    /// The key's time is over.
    #[error("The gateway key has expired.")]
    KeyExpired,
    /// The key's owner lists other models.
    #[error("This key may not ask the model `{}`.", quote(.0))]
    ModelNotAllowed(String),
    /// A budget of money stands against a model whose price nobody knows.
    #[error("The model `{}` has no price here, and the budget of this {scope} is in money.", quote(.model))]
    ModelUnpriced { scope: &'static str, model: String },
    /// A budget has not enough left.
    #[error("The budget of this {scope} ({unit}, {}) has not enough left for this call.", each(.window))]
    BudgetExhausted {
        scope: &'static str,
        unit: &'static str,
        window: &'static str,
        after: Duration,
    },
    /// A limit a minute, or of calls at once, is reached.
    #[error("The limit of {what} of this {scope} is reached.")]
    RateLimited {
        scope: &'static str,
        what: &'static str,
        after: Duration,
    },
    /// No such scope of budgets, or not for the caller's eyes.
    #[error("There is no such budget.")]
    BudgetNotFound,
    /// The caller's account ended while the request was under way.
    #[error("This account has ended.")]
    AccountGone,
    /// No such key of the caller's.
    #[error("There is no such key.")]
    KeyNotFound,
    /// The caller has as many keys as one may have.
    #[error("One may have {0} keys; revoke one first.")]
    TooManyKeys(u32),
    /// No such provider of the administrators'.
    #[error("There is no such provider.")]
    ProviderNotFound,
    /// The configuration file has a provider of this name.
    #[error("The configuration file has a provider `{0}`; it can only be changed there.")]
    ProviderOfFile(String),
    /// Another administrator was faster.
    #[error("The provider changed meanwhile; look at it again.")]
    ProviderChanged,
    /// There are as many providers as there may be.
    #[error("There can be {0} providers; remove one first.")]
    TooManyProviders(u32),
    /// There is nothing to seal a key under.
    #[error("This process has no secret to seal keys under; the operator must set `[ai] secretFile`.")]
    NoSecret,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn each(window: &str) -> String {
    if window == "total" {
        "in total".into()
    } else {
        format!("each {window}")
    }
}

/// Cuts foreign words to a length that fits a message, without control characters.
pub(crate) fn quote(words: &str) -> String {
    words
        .chars()
        .take(QUOTE_CHARS_MAX)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Request(fault)
    }
}

impl From<Error> for Fault {
    fn from(e: Error) -> Self {
        let detail = e.to_string();
        match e {
            Error::ModelNotFound(_) | Error::ModelAmbiguous(_) => {
                Fault::new(ErrorCode::NotFound, "ai.model_not_found", detail)
            }
            Error::ModelsUnknown(_) => Fault::unavailable("ai.no_target", detail, MODELS_RETRY),
            Error::NoEmbeddings(_) => Fault::new(ErrorCode::Invalid, "ai.no_embeddings", detail),
            Error::Invalid(field, message) => Fault::invalid(field, message),
            Error::Request(fault) => fault,
            Error::UpstreamFailed { .. } | Error::UpstreamAway { .. } => {
                Fault::new(ErrorCode::Upstream, "ai.upstream_failed", detail)
            }
            Error::NoTarget { after, .. } => Fault::unavailable("ai.no_target", detail, after),
            Error::UpstreamTimeout { .. } => Fault::new(ErrorCode::Timeout, "ai.upstream_timeout", detail),
            Error::UpstreamRateLimited { after, .. } => {
                let fault = Fault::new(ErrorCode::RateLimited, "ai.upstream_rate_limited", detail);
                fault.retry_after(after.unwrap_or(RATE_LIMIT_RETRY))
            }
            Error::UpstreamRefused { kind, .. } => Fault::new(kind, "ai.upstream_refused", detail),
            Error::Full => Fault::unavailable("ai.full", detail, FULL_RETRY),
            Error::TooManyCalls(_) => {
                Fault::new(ErrorCode::RateLimited, "ai.too_many_calls", detail).retry_after(FULL_RETRY)
            }
            Error::KeyInvalid => Fault::new(ErrorCode::Unauthenticated, "ai.key_invalid", detail),
            Error::KeyExpired => Fault::new(ErrorCode::Unauthenticated, "ai.key_expired", detail),
            Error::ModelNotAllowed(_) => Fault::new(ErrorCode::Forbidden, "ai.model_not_allowed", detail),
            Error::ModelUnpriced { .. } => Fault::new(ErrorCode::Forbidden, "ai.model_unpriced", detail),
            Error::BudgetExhausted { after, .. } => {
                Fault::new(ErrorCode::RateLimited, "ai.budget_exhausted", detail).retry_after(after)
            }
            Error::RateLimited { after, .. } => {
                Fault::new(ErrorCode::RateLimited, "ai.rate_limited", detail).retry_after(after)
            }
            Error::BudgetNotFound => Fault::new(ErrorCode::NotFound, "ai.budget_not_found", detail),
            Error::AccountGone => Fault::new(ErrorCode::Unauthenticated, "ai.account_gone", detail),
            Error::KeyNotFound => Fault::new(ErrorCode::NotFound, "ai.key_not_found", detail),
            Error::TooManyKeys(_) => Fault::new(ErrorCode::Conflict, "ai.too_many_keys", detail),
            Error::ProviderNotFound => Fault::new(ErrorCode::NotFound, "ai.provider_not_found", detail),
            Error::ProviderOfFile(_) => Fault::new(ErrorCode::Conflict, "ai.provider_of_file", detail),
            Error::ProviderChanged => Fault::new(ErrorCode::Conflict, "ai.provider_changed", detail),
            Error::TooManyProviders(_) => Fault::new(ErrorCode::Conflict, "ai.too_many_providers", detail),
            Error::NoSecret => Fault::new(ErrorCode::Conflict, "ai.no_secret", detail),
            Error::Store(e) => e.into(),
        }
    }
}

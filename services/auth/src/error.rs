//! Owns the ways in which auth refuses, and their stable codes. Refuses to say which part of a credential was wrong.

use std::time::Duration;

use ephemeral::EphemeralError;
use kernel::{ErrorCode, Fault, FieldError};
use store::StoreError;

/// When to try again after the password hasher was full.
const HASHER_RETRY: Duration = Duration::from_secs(2);

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthError {
    #[error("The login or the password is wrong.")]
    BadCredentials,
    #[error("This account asks for a code of its authenticator app, or a recovery code.")]
    TotpRequired,
    #[error("The code is wrong or was used before.")]
    TotpWrong,
    #[error("Two-factor sign-in is on already.")]
    TotpEnabled,
    #[error("Begin with enroll: no second factor is being set up.")]
    TotpNotEnrolled,
    #[error("Two-factor sign-in is off.")]
    TotpDisabled,
    #[error("Too many attempts; wait a while.")]
    TooManyAttempts(Duration),
    #[error("An account with this e-mail address exists.")]
    EmailTaken,
    #[error("This account is banned.")]
    Banned,
    #[error("The refresh token does not hold; sign in again.")]
    RefreshInvalid,
    #[error("The refresh token was used before; its session has ended. Sign in again.")]
    RefreshReused,
    #[error("The token is wrong, used up or too old.")]
    OneTimeTokenInvalid,
    #[error("There is no such session.")]
    SessionNotFound,
    #[error("There is no such account.")]
    AccountNotFound,
    #[error("Too many sign-ins at once.")]
    HasherBusy,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ephemeral(#[from] EphemeralError),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl AuthError {
    /// Turns a failure that no caller can cause into `internal`.
    pub(crate) fn defect(cause: impl std::fmt::Display) -> Self {
        Self::Fault(Fault::internal(cause))
    }

    fn kind_and_code(&self) -> (ErrorCode, &'static str) {
        match self {
            Self::BadCredentials => (ErrorCode::Unauthenticated, "auth.bad_credentials"),
            Self::TotpRequired => (ErrorCode::Unauthenticated, "auth.totp_required"),
            Self::TotpWrong => (ErrorCode::Unauthenticated, "auth.totp_wrong"),
            Self::RefreshInvalid => (ErrorCode::Unauthenticated, "auth.refresh_invalid"),
            Self::RefreshReused => (ErrorCode::Unauthenticated, "auth.refresh_reused"),
            Self::Banned => (ErrorCode::Forbidden, "auth.banned"),
            Self::TotpEnabled => (ErrorCode::Conflict, "auth.totp_enabled"),
            Self::TotpNotEnrolled => (ErrorCode::Conflict, "auth.totp_not_enrolled"),
            Self::TotpDisabled => (ErrorCode::Conflict, "auth.totp_disabled"),
            Self::EmailTaken => (ErrorCode::Conflict, "auth.email_taken"),
            Self::TooManyAttempts(_) => (ErrorCode::RateLimited, "auth.too_many_attempts"),
            Self::OneTimeTokenInvalid => (ErrorCode::Invalid, "auth.one_time_token_invalid"),
            Self::SessionNotFound => (ErrorCode::NotFound, "auth.session_not_found"),
            Self::AccountNotFound => (ErrorCode::NotFound, "auth.account_not_found"),
            Self::HasherBusy => (ErrorCode::Unavailable, "auth.busy"),
            Self::Store(_) | Self::Ephemeral(_) | Self::Fault(_) => (ErrorCode::Internal, "internal"),
        }
    }
}

impl From<AuthError> for Fault {
    fn from(error: AuthError) -> Self {
        let (kind, code) = error.kind_and_code();
        let fault = Self::new(kind, code, error.to_string());
        match error {
            AuthError::Store(e) => e.into(),
            AuthError::Ephemeral(e) => e.into(),
            AuthError::Fault(fault) => fault,
            AuthError::TooManyAttempts(wait) => fault.retry_after(wait),
            AuthError::HasherBusy => fault.retry_after(HASHER_RETRY),
            AuthError::OneTimeTokenInvalid => {
                let wrong = FieldError {
                    field: "token".into(),
                    message: fault.detail.clone(),
                };
                Self {
                    fields: vec![wrong],
                    ..fault
                }
            }
            _ => fault,
        }
    }
}

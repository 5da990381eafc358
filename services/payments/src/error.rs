//! Owns what can go wrong in payments, and the stable code of each.

use std::time::Duration;

use kernel::{ErrorCode, Fault};
use store::StoreError;

use crate::domain::{account, ledger, wallet};

/// A failure of payments.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// No such thing for the caller's eyes.
    #[error("There is no such thing here.")]
    NotFound,
    /// No provider takes this method.
    #[error("No provider takes this method of payment.")]
    UnknownMethod,
    /// Nobody takes payments here.
    #[error("No payment provider is configured here: nothing can be paid, topped up or paid out.")]
    NoProvider,
    /// `Idempotency-Key` is not there, or is no key.
    #[error("Send an Idempotency-Key of 1 to 255 visible ASCII characters.")]
    KeyMissing,
    /// The key was used with another body.
    #[error("This Idempotency-Key was used for another request.")]
    KeyReused,
    /// The same request is being worked on.
    #[error("The same request is being worked on.")]
    InProgress,
    /// A webhook that is not the provider's.
    #[error("The webhook was not accepted.")]
    BadWebhook,
    /// A wallet refuses.
    #[error("{0}")]
    Wallet(#[from] wallet::Refusal),
    /// A wallet would hold too much.
    #[error("The wallet would hold more than is allowed.")]
    WalletFull,
    /// Too many top-ups are open.
    #[error("Too many top-ups are open. Finish one; each is cancelled after a day.")]
    TooManyTopUps,
    /// A seller's account refuses.
    #[error("{0}")]
    Account(#[from] account::Refusal),
    /// A field makes no sense.
    #[error("{0}")]
    Invalid(Fault),
    /// A movement of money that does not add up: a defect.
    #[error(transparent)]
    Ledger(#[from] ledger::Refusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another service failed.
    #[error(transparent)]
    Other(#[from] Fault),
}

impl From<Error> for Fault {
    fn from(e: Error) -> Self {
        let detail = e.to_string();
        let of = |kind, code: &'static str| Self::new(kind, code, detail.clone());
        match e {
            Error::NotFound => of(ErrorCode::NotFound, "payments.not_found"),
            Error::UnknownMethod => Self::invalid("method", detail),
            Error::NoProvider => Self::unavailable("payments.no_provider", detail, Duration::from_secs(60)),
            Error::KeyMissing => of(ErrorCode::Malformed, "payments.idempotency_key_missing"),
            Error::KeyReused => of(ErrorCode::Invalid, "payments.idempotency_key_reused"),
            Error::InProgress => of(ErrorCode::Conflict, "payments.in_progress").retry_after(Duration::from_secs(1)),
            Error::BadWebhook => of(ErrorCode::Malformed, "payments.bad_webhook"),
            Error::Wallet(wallet::Refusal::NoCredit | wallet::Refusal::Closed) => {
                of(ErrorCode::Forbidden, "payments.no_credit")
            }
            Error::Wallet(wallet::Refusal::TooMany) => of(ErrorCode::Conflict, "payments.too_many_holds"),
            Error::Wallet(wallet::Refusal::NotAuthorised) => of(ErrorCode::Conflict, "payments.not_authorised"),
            Error::Wallet(wallet::Refusal::Captured) => of(ErrorCode::Conflict, "payments.captured"),
            Error::WalletFull => of(ErrorCode::Conflict, "payments.wallet_full"),
            Error::TooManyTopUps => of(ErrorCode::Conflict, "payments.too_many_topups"),
            Error::Account(account::Refusal::TooLittle) => of(ErrorCode::Conflict, "payments.insufficient_balance"),
            Error::Account(account::Refusal::TooMany) => of(ErrorCode::Conflict, "payments.too_many_payouts"),
            Error::Invalid(fault) | Error::Other(fault) => fault,
            Error::Ledger(refusal) => Self::internal(format!("a transaction was refused: {refusal}")),
            Error::Store(e) => e.into(),
        }
    }
}

impl Error {
    /// Tells whether what failed had no effect and will not have one: the request may be made anew.
    pub(crate) fn is_before_any_effect(&self) -> bool {
        match self {
            Self::Store(_) | Self::Ledger(_) | Self::InProgress => false,
            Self::Other(fault) => !matches!(
                fault.kind,
                ErrorCode::Unavailable | ErrorCode::Internal | ErrorCode::Timeout | ErrorCode::Upstream
            ),
            _ => true,
        }
    }
}

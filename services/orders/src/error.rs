//! Owns what can go wrong in orders, and the stable code of each.

use std::time::Duration;

use contracts::ai_model_cards::Refusal;
use kernel::{ErrorCode, Fault, FieldError};
use store::StoreError;

use crate::domain::coupon::Useless;
use crate::domain::order::Denied;

/// A failure of orders.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// No such order, coupon or card for the caller's eyes.
    #[error("There is no such thing here.")]
    NotFound(&'static str),
    /// A money POST without a key.
    #[error("Send an Idempotency-Key of 1 to 255 printable characters.")]
    KeyMissing,
    /// A key that was used for another request.
    #[error("The Idempotency-Key was used for another request.")]
    KeyReused,
    /// A key whose request is under way.
    #[error("A request with this Idempotency-Key is under way.")]
    KeyInUse,
    /// Too many open orders.
    #[error("Pay or cancel some of your open orders first: there may be {0} at once.")]
    TooManyOpen(u32),
    /// Too much of a limited card was held for nothing.
    #[error("You let this card go {0} times; others have their turn now.")]
    LetGoTooOften(u32, Duration),
    /// No hold was given.
    #[error("{}", refusal_words(*.0))]
    Refused(Refusal),
    /// The order's state does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The coupon does not help.
    #[error("{0}")]
    Coupon(Useless),
    /// There is no such coupon.
    #[error("There is no such coupon.")]
    NoCoupon,
    /// The code is taken.
    #[error("You have a coupon with this code.")]
    CodeTaken,
    /// Too many coupons.
    #[error("There are too many coupons; delete some.")]
    TooManyCoupons,
    /// The buyer comes too late.
    #[error("The time for a refund is over; ask the seller.")]
    RefundWindowOver,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another service failed, or a field is wrong.
    #[error(transparent)]
    Other(#[from] Fault),
}

fn refusal_words(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::SoldOut => "Nothing of the edition is left.",
        Refusal::NotOnSale => "The card is not on sale.",
    }
}

impl Error {
    /// Tells whether it was refused for good reason before anything was done; other failures may have done something.
    pub(crate) fn is_refusal(&self) -> bool {
        match self {
            Self::Store(e) => matches!(e, StoreError::Refused(_)),
            Self::Other(fault) => fault.kind.status() < 500,
            _ => true,
        }
    }
}

fn field(code: &'static str, field: &str, detail: String) -> Fault {
    Fault {
        fields: vec![FieldError {
            field: field.to_owned(),
            message: detail.clone(),
        }],
        ..Fault::new(ErrorCode::Invalid, code, detail)
    }
}

impl From<Error> for Fault {
    fn from(e: Error) -> Self {
        let detail = e.to_string();
        let conflict = |code: &'static str| Fault::new(ErrorCode::Conflict, code, detail.clone());
        match e {
            Error::NotFound(code) => Fault::new(ErrorCode::NotFound, code, detail),
            Error::KeyMissing => Fault::new(ErrorCode::Malformed, "orders.idempotency_key_missing", detail),
            Error::KeyReused => Fault::new(ErrorCode::Invalid, "orders.idempotency_key_reused", detail),
            Error::KeyInUse => conflict("orders.idempotency_key_in_use").retry_after(Duration::from_secs(1)),
            Error::TooManyOpen(_) => {
                Fault::new(ErrorCode::RateLimited, "orders.too_many_open", detail).retry_after(Duration::from_secs(60))
            }
            Error::LetGoTooOften(_, wait) => {
                Fault::new(ErrorCode::RateLimited, "orders.let_go_too_often", detail).retry_after(wait)
            }
            Error::Refused(Refusal::SoldOut) => conflict("orders.sold_out"),
            Error::Refused(Refusal::NotOnSale) => conflict("orders.not_on_sale"),
            Error::Denied(denied) => match denied {
                Denied::PaymentUnderWay => conflict("orders.payment_under_way"),
                Denied::NotPayable => conflict("orders.not_payable"),
                Denied::TooManyAttempts => conflict("orders.too_many_attempts"),
                Denied::NotCancellable => conflict("orders.not_cancellable"),
                Denied::NotRefundable => conflict("orders.not_refundable"),
                Denied::NothingPaid => conflict("orders.nothing_paid"),
                Denied::RefundedAlready => conflict("orders.refunded_already"),
                Denied::Disputed => conflict("orders.disputed"),
                Denied::NoSuchAttempt => conflict("orders.no_such_attempt"),
            },
            Error::Coupon(useless) => {
                let code = match useless {
                    Useless::Over => "orders.coupon_over",
                    Useless::OtherCard => "orders.coupon_other_card",
                    Useless::OtherCurrency => "orders.coupon_other_currency",
                    Useless::UsedUp => "orders.coupon_used_up",
                };
                field(code, "coupon", detail)
            }
            Error::NoCoupon => field("orders.coupon_unknown", "coupon", detail),
            Error::CodeTaken => conflict("orders.coupon_code_taken"),
            Error::TooManyCoupons => conflict("orders.too_many_coupons"),
            Error::RefundWindowOver => Fault::new(ErrorCode::Forbidden, "orders.refund_window_over", detail),
            Error::Store(e) => e.into(),
            Error::Other(fault) => fault,
        }
    }
}

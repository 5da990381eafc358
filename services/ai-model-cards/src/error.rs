//! Owns what can go wrong in ai-model-cards, and the stable code of each.

use kernel::{ErrorCode, Fault, FieldError};
use store::StoreError;

use crate::domain::card::Refusal;

/// A failure of ai-model-cards.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Nothing there for the caller's eyes.
    #[error("There is no such card, revision or review.")]
    NotFound,
    /// The card is another seller's.
    #[error("The card is another seller's.")]
    NotSeller,
    /// The review is somebody else's.
    #[error("The review is somebody else's.")]
    NotAuthor,
    /// The card's state does not allow it.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The handle is another card's, a person's, or reserved.
    #[error("The handle is taken.")]
    HandleTaken,
    /// So many cards has one seller.
    #[error("You have as many cards as one may have.")]
    TooManyCards,
    /// Too many orders hold editions at once.
    #[error("Too many orders are under way for this card; try again in a moment.")]
    TooManyHolds,
    /// The order holds editions of another card.
    #[error("The order holds editions of another card.")]
    OtherHold,
    /// Reviews are for holders.
    #[error("Only those who hold the card may review it.")]
    NotHolder,
    /// Nobody reviews their own card.
    #[error("The card is your own.")]
    OwnCard,
    /// One review each.
    #[error("You have reviewed this card.")]
    AlreadyReviewed,
    /// Something is to be filled in first.
    #[error("Something is missing.")]
    Incomplete(Vec<FieldError>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something else failed.
    #[error(transparent)]
    Other(#[from] Fault),
}

impl From<Error> for Fault {
    fn from(e: Error) -> Self {
        let detail = e.to_string();
        let conflict = |code: &'static str, detail: String| Fault::new(ErrorCode::Conflict, code, detail);
        let forbidden = |code: &'static str, detail: String| Fault::new(ErrorCode::Forbidden, code, detail);
        match e {
            Error::NotFound => Fault::new(ErrorCode::NotFound, "cards.not_found", detail),
            Error::NotSeller => forbidden("cards.not_seller", detail),
            Error::NotAuthor => forbidden("cards.not_author", detail),
            Error::NotHolder => forbidden("cards.not_holder", detail),
            Error::Refused(refusal) => conflict(code_of(refusal), detail),
            Error::HandleTaken => conflict("cards.handle_taken", detail),
            Error::TooManyCards => conflict("cards.too_many", detail),
            Error::OtherHold => conflict("cards.other_hold", detail),
            Error::OwnCard => conflict("cards.own_card", detail),
            Error::AlreadyReviewed => conflict("cards.already_reviewed", detail),
            Error::TooManyHolds => {
                Fault::unavailable("cards.too_many_holds", detail, std::time::Duration::from_secs(1))
            }
            Error::Incomplete(fields) => Fault::invalid_fields(fields),
            Error::Store(e) => e.into(),
            Error::Other(fault) => fault,
        }
    }
}

const fn code_of(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::WrongState => "cards.wrong_state",
        Refusal::Published => "cards.published",
        Refusal::HandleFixed => "cards.handle_fixed",
        Refusal::EditionTooSmall => "cards.edition_too_small",
        Refusal::EditionUnlimited => "cards.edition_unlimited",
        Refusal::EditionPromised => "cards.edition_promised",
        Refusal::TooManyRevisions => "cards.too_many_revisions",
    }
}

//! Owns the documents in the store. Refuses to decide anything.

pub(crate) mod cards;
pub(crate) mod handles;
pub(crate) mod reservations;
pub(crate) mod reviews;
pub(crate) mod revisions;
pub(crate) mod tallies;

use store::Spec;

use crate::domain::card::Card;
use crate::domain::handle::Claim;
use crate::domain::reservation::Reservation;
use crate::domain::review::{Review, Tally};
use crate::repo::revisions::RevisionDoc;

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[
    Spec::of::<Card>(),
    Spec::of::<RevisionDoc>(),
    Spec::of::<Claim>(),
    Spec::of::<Reservation>(),
    Spec::of::<Review>(),
    Spec::of::<Tally>(),
];

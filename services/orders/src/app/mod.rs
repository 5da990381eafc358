//! Use cases, one file each where it touches two ports or a consumer calls it too.

pub(crate) mod coupons;
pub(crate) mod erase;
pub(crate) mod once;
pub(crate) mod place_order;
pub(crate) mod refund_order;
pub(crate) mod sweep;
pub(crate) mod tell_order;

use std::sync::Arc;

use contracts::ai_model_cards::ModelCards;
use ephemeral::Ephemeral;

use crate::repo::Repo;

/// What handlers, consumers and workers work with.
pub(crate) struct App {
    pub(crate) repo: Repo,
    pub(crate) cards: Arc<dyn ModelCards>,
    pub(crate) ephemeral: Arc<dyn Ephemeral>,
    pub(crate) asking: sweep::Asking,
}

//! Owns the table of URLs.

use std::sync::Arc;

use chassis::{OpenApiRouter, routes};

use crate::app::App;
use crate::handlers::{cards, listing, moderation, reviews, revisions, selling};

pub(crate) fn routes(app: Arc<App>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(listing::search, selling::begin))
        .routes(routes!(listing::mine))
        .routes(routes!(moderation::queue))
        .routes(routes!(cards::read, cards::edit, cards::delete))
        .routes(routes!(selling::submit))
        .routes(routes!(selling::publish))
        .routes(routes!(selling::retire))
        .routes(routes!(selling::reprice))
        .routes(routes!(moderation::approve))
        .routes(routes!(moderation::reject))
        .routes(routes!(moderation::suspend))
        .routes(routes!(moderation::reinstate))
        .routes(routes!(reviews::add, reviews::list))
        .routes(routes!(reviews::edit, reviews::delete))
        .routes(routes!(revisions::list))
        .routes(routes!(revisions::read))
        .with_state(app)
}

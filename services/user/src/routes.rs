//! Owns the table of URLs.

use std::sync::Arc;

use chassis::{OpenApiRouter, routes};

use crate::app::App;
use crate::handlers::{blocks, export, me, moderation, people, reports};

pub(crate) fn routes(app: Arc<App>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(people::search))
        .routes(routes!(me::read, me::edit, me::erase))
        .routes(routes!(export::export))
        .routes(routes!(blocks::list))
        .routes(routes!(blocks::add, blocks::remove))
        .routes(routes!(people::by_handle))
        .routes(routes!(people::read))
        .routes(routes!(reports::report))
        .routes(routes!(moderation::queue))
        .routes(routes!(moderation::decide))
        .routes(routes!(moderation::ban))
        .with_state(app)
}

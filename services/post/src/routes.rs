//! Owns the table of URLs.

use std::sync::Arc;

use chassis::{OpenApiRouter, routes};

use crate::app::App;
use crate::handlers::{comments, moderation, posts, reactions, reports, shares};

pub(crate) fn routes(app: Arc<App>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(posts::write, posts::list))
        .routes(routes!(posts::read, posts::change, posts::delete))
        .routes(routes!(posts::history))
        .routes(routes!(reactions::list))
        .routes(routes!(reactions::react, reactions::unreact))
        .routes(routes!(comments::write, comments::list))
        .routes(routes!(comments::change, comments::delete))
        .routes(routes!(shares::share, shares::unshare))
        .routes(routes!(reports::of_post))
        .routes(routes!(reports::of_comment))
        .routes(routes!(moderation::queue))
        .routes(routes!(moderation::decide))
        .with_state(app)
}

//! Owns the URL table of chat, and nothing else. The paths stand with the handlers.

use std::sync::Arc;

use chassis::{OpenApiRouter, routes};

use crate::app::App;
use crate::handlers::{agents, members, messages, pins, reactions, read, rooms, search};

/// Returns all routes of chat.
pub(crate) fn routes(app: Arc<App>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(rooms::create, rooms::list))
        .routes(routes!(rooms::show, rooms::change, rooms::close))
        .routes(routes!(members::seat, members::unseat))
        .routes(routes!(agents::attach, agents::detach))
        .routes(routes!(messages::send, messages::page))
        .routes(routes!(messages::edit, messages::delete))
        .routes(routes!(messages::attachments))
        .routes(routes!(reactions::react, reactions::unreact))
        .routes(routes!(pins::pin, pins::unpin))
        .routes(routes!(read::mark))
        .routes(routes!(search::search))
        .with_state(app)
}

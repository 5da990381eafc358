//! Owns the table of URLs.

use std::sync::Arc;

use chassis::{OpenApiRouter, routes};

use crate::app::App;
use crate::handlers::{devices, items, preferences};

pub(crate) fn routes(app: Arc<App>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(items::list))
        .routes(routes!(items::unread))
        .routes(routes!(items::read))
        .routes(routes!(items::delete))
        .routes(routes!(preferences::get, preferences::put))
        .routes(routes!(preferences::unsubscribe))
        .routes(routes!(devices::list, devices::add))
        .routes(routes!(devices::delete))
        .routes(routes!(devices::vapid))
        .with_state(app)
}

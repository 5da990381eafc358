//! Owns the URL table, nothing else.

use std::sync::Arc;

use chassis::{OpenApiRouter, routes};

use crate::app::App;
use crate::handlers::{events, socket, tickets};

/// Returns the gateway's routes with their documentation.
pub(crate) fn routes(app: Arc<App>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(tickets::create))
        .routes(routes!(socket::open))
        .routes(routes!(events::follow))
        .with_state(app)
}

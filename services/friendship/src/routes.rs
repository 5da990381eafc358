//! Owns the table of URLs.

use std::sync::Arc;

use chassis::{OpenApiRouter, routes};

use crate::app::App;
use crate::handlers::{friends, requests};

pub(crate) fn routes(app: Arc<App>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(friends::list))
        .routes(routes!(friends::suggestions))
        .routes(routes!(requests::ask, requests::list))
        .routes(routes!(requests::accept))
        .routes(routes!(requests::decline))
        .routes(routes!(requests::cancel))
        .routes(routes!(friends::remove))
        .with_state(app)
}

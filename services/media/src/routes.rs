//! Owns the table of URLs.

use std::sync::Arc;

use axum::middleware::from_fn;
use chassis::{OpenApiRouter, routes};

use crate::app::App;
use crate::handlers::{assets, content, tus};

pub(crate) fn routes(app: Arc<App>) -> OpenApiRouter {
    let resumable = OpenApiRouter::new()
        .routes(routes!(tus::begin, tus::options))
        .routes(routes!(tus::stand, tus::add, tus::end, tus::overridden))
        .layer(from_fn(tus::speak));
    OpenApiRouter::new()
        .routes(routes!(assets::upload, assets::list))
        .routes(routes!(assets::get, assets::describe, assets::remove))
        .routes(routes!(content::fetch))
        .routes(routes!(content::avatar))
        .merge(resumable)
        .with_state(app)
}

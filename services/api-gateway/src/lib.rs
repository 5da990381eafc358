//! **api-gateway**: the one public door. Behind its edge (internal headers stripped, tokens checked, rates limited,
//! deadlines set, CORS, compression) are either all services' routes in the same process ([`router`]), or the services in
//! processes of their own ([`proxy`]). It owns what belongs to no service: the product's OpenAPI, its reader, and the web
//! app at `/`. It decides nothing about the product itself.

mod app;
mod config;
mod edge;
mod pages;
mod proxy;
mod table;

use std::sync::Arc;

use axum::Router;
use bytes::Bytes;
use chassis::{OpenApiRouter, Verifier};
use ephemeral::Ephemeral;
use kernel::Fault;

pub use config::{Config, UpstreamConfig};
pub use proxy::{Documents, Reload, Upstreams, proxy};
pub use table::{ROUTES, Route, Table};

/// What the door needs from outside.
pub struct Deps {
    /// Checks access tokens.
    pub verifier: Arc<Verifier>,
    /// Holds the rate limits' buckets.
    pub ephemeral: Arc<dyn Ephemeral>,
    /// Limits and origins.
    pub config: Config,
    /// The product's version, for OpenAPI.
    pub version: &'static str,
}

/// Merges the services' routes to the product's router and its OpenAPI document, which is JSON.
///
/// # Errors
/// When the document cannot be written as JSON.
pub fn router(routes: Vec<OpenApiRouter>, deps: Deps) -> Result<(Router, Bytes), Fault> {
    let merged = routes.into_iter().fold(OpenApiRouter::new(), OpenApiRouter::merge);
    let (router, api) = merged.split_for_parts();
    // Only its text is kept: the tree it is written from is several times as large.
    let document = serde_json::to_vec(&chassis::openapi::finish(api, deps.version));
    let document = Bytes::from(document.map_err(Fault::internal)?);
    let router = router
        .merge(pages::routes(pages::document(document.clone())))
        .fallback_service(pages::front(&deps.config.app_dir));
    Ok((edge::around(router, deps), document))
}

//! Owns the way of a request from the edge to the service that owns its path, in another process: over connections that
//! are kept, with both bodies flowing piece by piece. Refuses to know what services do: it reads paths, methods and headers,
//! never a body.
//!
//! When something fails: a replica that cannot be connected is left out until it can be, and nothing was sent, so another
//! one is asked, or the request waits for one to come back. What was sent is sent again only if it may be done twice and
//! its body was small enough to be kept, and within a budget.

mod body;
mod documents;
mod error;
mod fleet;
mod forward;
mod headers;
mod live;
mod replica;
mod tunnel;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use chassis::{OpenApiRouter, Problem, Service};
use kernel::{Ambient, Fault};
use tower::ServiceExt as _;

pub use documents::Documents;
pub use live::Reload;

use crate::config::UpstreamConfig;
use crate::table::{Table, may_pass};
use crate::{Deps, edge, pages};

/// What the gateway needs to know of the services behind it.
pub struct Upstreams {
    /// Time, randomness, ids.
    pub ambient: Ambient,
    /// Which service owns which path, and where the services are.
    pub table: Table,
    /// How the table is read again while the gateway runs.
    pub reload: Option<Reload>,
    /// Asks a service for its part of the OpenAPI document.
    pub documents: Documents,
}

/// The proxy of one process.
pub(crate) struct Proxy {
    ambient: Ambient,
    config: UpstreamConfig,
    deadline: std::time::Duration,
    live: live::Live,
    tunnels: tunnel::Tunnels,
}

/// Puts the edge in front of services in other processes. Returns what is served, and a service without routes: what the
/// gateway does by itself, to be run beside. Fails when the table makes no sense.
pub async fn proxy(door: Deps, upstreams: Upstreams) -> Result<(Router, Service), Fault> {
    let config = door.config.upstream.clone();
    let live = live::Live::new(config.clone());
    let table = upstreams.table.check();
    live.apply(table.map_err(|mistakes| Fault::invalid("services", mistakes))?)
        .await;
    let proxy = Arc::new(Proxy {
        ambient: upstreams.ambient.clone(),
        deadline: std::time::Duration::from_secs(door.config.deadline_seconds),
        live,
        tunnels: tunnel::Tunnels::new(config.sockets_max, upstreams.ambient),
        config,
    });
    let collected = Arc::new(documents::Collected::new(upstreams.documents, door.version));
    let [asked, passed, watched, drained] = std::array::from_fn(|_| proxy.clone());
    let document = get(move || {
        let (collected, proxy) = (collected.clone(), asked.clone());
        async move { collected.answer(&proxy.live.services()).await }
    });
    let front = pages::front(&door.config.app_dir);
    let router = pages::routes(document).fallback(move |request: Request| pass(passed.clone(), front.clone(), request));
    let reload = upstreams.reload;
    let service = Service::new("api-gateway", OpenApiRouter::new())
        .with_worker("upstreams", move |stop| {
            let (proxy, reload) = (watched.clone(), reload.clone());
            async move { live::keep(&proxy.live, reload, stop).await }
        })
        .with_drain(move || async move { drained.tunnels.drain().await });
    Ok((edge::around(router, door), service))
}

async fn pass(proxy: Arc<Proxy>, front: Router, request: Request) -> Response {
    let path = request.uri().path();
    let Some(fleet) = Some(path).filter(|p| may_pass(p)).and_then(|p| proxy.live.owner(p)) else {
        return front.oneshot(request).await.into_response();
    };
    match proxy.forward(&fleet, request).await {
        Ok(response) => response,
        Err(error) => {
            metrics::counter!("gateway_failures_total", "service" => fleet.service.clone(), "why" => error.label())
                .increment(1);
            Problem(error.into()).into_response()
        }
    }
}

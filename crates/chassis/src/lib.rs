//! What every service stands on: the shape of a service, extractors, errors as problem+json, the check of access
//! tokens, calls between processes, what keeps callers from making a failure worse, what of the network is public, the sealing of secrets, a person's own data out of a store, OpenAPI, logs and metrics, and the supervisor that runs it all and drains it. Knows no
//! service.

mod answers;
pub mod auth;
pub mod caller;
pub mod extract;
pub mod fill;
pub mod follow;
pub mod http;
pub mod layer;
pub mod link;
pub mod openapi;
pub mod own_data;
pub mod page;
pub mod problem;
mod process;
pub mod reach;
pub mod resilience;
pub mod sealing;
pub mod self_waking;
pub mod service;
pub mod spans;
pub mod supervisor;
pub mod telemetry;

pub use auth::Verifier;
pub use caller::Caller;
pub use contracts::{Trace, Trail};
pub use extract::{IfMatch, Json, Path, Query};
pub use page::Paging;
pub use problem::{Answer, Problem};
pub use service::{Consumer, Service, Worker};
/// Re-exported so that a service's handlers read alike: `OpenApiRouter::new().routes(routes!(handler))`.
pub use utoipa_axum::{router::OpenApiRouter, routes};

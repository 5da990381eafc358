//! Owns what a request takes along to the calls that it causes: its id, its trace, its deadline. Refuses to know who calls
//! whom. Consumers and workers leave no trail: what they call begins one of its own.

use std::sync::Arc;

use http::HeaderValue;
use tokio::time::Instant;

/// What follows a request into the calls that it causes.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// The request's id.
    pub request_id: Option<Arc<str>>,
    /// The trace context (W3C), as it came.
    pub traceparent: Option<HeaderValue>,
    /// When nobody waits for the answer any more.
    pub deadline: Option<Instant>,
}

tokio::task_local! {
    static TRAIL: Trail;
}

impl Trail {
    /// Returns the trail of the request that this task handles; an empty one elsewhere.
    pub fn current() -> Self {
        TRAIL.try_with(Clone::clone).unwrap_or_default()
    }

    /// Does `work` on this trail.
    pub async fn follow<F: Future>(self, work: F) -> F::Output {
        TRAIL.scope(self, work).await
    }
}

//! Owns what is counted of MongoDB: calls, failures, connections. Refuses to know what is asked.

use std::time::Instant;

use ::mongodb::event::EventHandler;
use ::mongodb::event::cmap::CmapEvent;

use crate::StoreError;

/// Does a call of the port and notes how long it took, and whether the server failed.
pub(super) async fn timed<T>(
    call: &'static str,
    asked: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let begun = Instant::now();
    let answer = asked.await;
    metrics::histogram!("mongodb_call_seconds", "call" => call).record(begun.elapsed().as_secs_f64());
    let why = match &answer {
        Err(StoreError::Unavailable(_)) => "unavailable",
        Err(StoreError::Busy) => "busy",
        Err(StoreError::Backend(_)) => "refused",
        // The caller's own doing, or another writer's.
        _ => return answer,
    };
    metrics::counter!("mongodb_failures_total", "why" => why).increment(1);
    answer
}

/// Counts the open connections of this process, of all its databases, and begins the failures at zero.
pub(super) fn connections() -> EventHandler<CmapEvent> {
    for why in ["unavailable", "busy", "refused"] {
        metrics::counter!("mongodb_failures_total", "why" => why).increment(0);
    }
    let open = metrics::gauge!("mongodb_connections");
    EventHandler::callback(move |event| match event {
        CmapEvent::ConnectionCreated(_) => open.increment(1.0),
        CmapEvent::ConnectionClosed(_) => open.decrement(1.0),
        _ => {}
    })
}

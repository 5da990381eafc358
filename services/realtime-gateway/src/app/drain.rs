//! Owns the end of the process for those who are connected: they are told to come back, spread over time, what waits is
//! written, and they are closed with 1012.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::App;
use crate::domain::frame::Frame;
use crate::error::Close;

/// Sockets that are told at once.
const AT_ONCE: usize = 500;
/// Between two such groups.
const PAUSE: Duration = Duration::from_millis(20);
/// By how much each socket lengthens the time over which clients come back.
const SPREAD_PER_SOCKET_MS: u64 = 2;
/// How often it is looked whether all are gone.
const LOOK: Duration = Duration::from_millis(20);

/// Sends everybody away and waits until they are gone, at most `drainMs`.
pub(crate) async fn run(app: Arc<App>) {
    app.hub.drain();
    let count = u64::try_from(app.hub.counts().0).unwrap_or(0);
    let spread = u64::from(app.config().drain_spread_ms) + count.saturating_mul(SPREAD_PER_SOCKET_MS);
    let all_gone = async {
        let mut told = HashSet::new();
        // Again and again: those who were let in before the drain may be connected only now.
        while app.hub.counts().0 > 0 {
            let mut conns = app.hub.connections();
            conns.retain(|conn| told.insert(conn.id));
            for group in conns.chunks(AT_ONCE) {
                for conn in group {
                    let after = u64::from(u32::from_be_bytes(app.deps.ambient.bytes())) % spread.max(1);
                    let now = app.hub.now_ms();
                    conn.tell(&Frame::kept(&json!({"op": "reconnect", "afterMs": after})), now);
                    conn.end(Close::Restart, now);
                }
                tokio::time::sleep(PAUSE).await;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    if tokio::time::timeout(Duration::from_millis(app.config().drain_ms.into()), all_gone)
        .await
        .is_err()
    {
        tracing::warn!(left = app.hub.counts().0, "not all sockets were closed in time");
    }
}

//! Owns the connection: its requests, how long they are tried again, and when the server may have lost what it had accepted. Refuses to
//! know consumers.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::PublishError;
use async_nats::jetstream::publish::PublishAck;
use async_nats::{Client, HeaderMap};
use bytes::Bytes;
use tokio::time::Instant;

use crate::BusError;

/// First pause before a request is made again; doubled each time.
const PAUSE: Duration = Duration::from_millis(50);
/// Longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// A connection to the server.
pub(super) struct Link {
    pub client: Client,
    pub context: Context,
    /// After so long without an answer the server counts as away.
    pub away_max: Duration,
}

/// Says that the server did not do it.
pub(super) fn away(why: impl std::fmt::Display) -> BusError {
    BusError::Unavailable(why.to_string())
}

impl Link {
    /// Stores a message in the stream of its subject; durable as far as the server is when it returns `Ok`.
    pub async fn store(&self, subject: String, headers: HeaderMap, payload: Bytes) -> Result<PublishAck, PublishError> {
        self.context
            .publish_with_headers(subject, headers, payload)
            .await?
            .await
    }

    /// Does something again until it works, the error is no matter of time, or the server has been away for too long.
    pub async fn patiently<T, F>(&self, what: &str, mut run: impl FnMut() -> F) -> Result<T, BusError>
    where
        F: Future<Output = Result<T, BusError>>,
    {
        let (began, mut pause) = (Instant::now(), PAUSE);
        loop {
            let left = self.away_max.saturating_sub(began.elapsed());
            let ended = match tokio::time::timeout(left, run()).await {
                Ok(Err(BusError::Unavailable(why))) => why,
                Ok(ended) => return ended,
                Err(_) => "no answer".to_owned(),
            };
            if began.elapsed() + pause >= self.away_max {
                return Err(BusError::Unavailable(format!("{what} failed: {ended}")));
            }
            tracing::debug!(what, ended, "the server did not do it; trying again");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }
}

//! Tells people who are online that something new lies in their timeline. Refuses to hold anything that somebody would miss:
//! who hears nothing finds it at the next reading.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use contracts::realtime::{LiveFrame, user_channel};
use ephemeral::{Ephemeral, EphemeralError};
use futures::{StreamExt as _, stream};
use kernel::{Fault, UserId};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_util::sync::CancellationToken;

use super::App;

/// Posts whose readers wait to be told; of more nobody is told.
const WAITING_MAX: usize = 256;
/// People who are told at once.
const TELL_AT_ONCE: usize = 16;

/// The live side.
pub(crate) struct Teller {
    ephemeral: Arc<dyn Ephemeral>,
    pause: Duration,
    waiting: Sender<Vec<UserId>>,
    told: Mutex<Receiver<Vec<UserId>>>,
}

impl Teller {
    /// Starts with nobody to tell; nobody is told twice within `pause`, and nobody at all when it is zero.
    pub(crate) fn new(ephemeral: Arc<dyn Ephemeral>, pause: Duration) -> Self {
        let (waiting, told) = channel(WAITING_MAX);
        Self {
            ephemeral,
            pause,
            waiting,
            told: Mutex::new(told),
        }
    }

    /// Lets `readers` be told. Never waits.
    pub(crate) fn note(&self, readers: Vec<UserId>) {
        if !readers.is_empty() && !self.pause.is_zero() && self.waiting.try_send(readers).is_err() {
            metrics::counter!("feed_tellings_dropped_total").increment(1);
        }
    }

    async fn tell(&self, reader: UserId) {
        let key = format!("feed:told:{reader}");
        let first = self.ephemeral.set_if_absent(&key, Bytes::from_static(b"1"), self.pause);
        let told = match first.await {
            Ok(true) => self.publish(reader).await,
            Ok(false) => Ok(()),
            Err(e) => Err(e),
        };
        if let Err(e) = told {
            metrics::counter!("feed_live_failures_total").increment(1);
            tracing::debug!("{e}");
        }
    }

    async fn publish(&self, reader: UserId) -> Result<(), EphemeralError> {
        let frame = LiveFrame::UserEvent {
            t: "feed".into(),
            d: serde_json::json!({}),
        };
        let bytes = serde_json::to_vec(&frame).unwrap_or_default();
        self.ephemeral.publish(&user_channel(reader), bytes.into()).await
    }
}

impl App {
    /// Tells those who wait to be told, until `stop`.
    pub(crate) async fn tell(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        let mut told = self.teller.told.lock().await;
        loop {
            let readers = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                readers = told.recv() => readers,
            };
            let Some(readers) = readers else { return Ok(()) };
            let each = stream::iter(readers).for_each_concurrent(TELL_AT_ONCE, |reader| self.teller.tell(reader));
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = each => {}
            }
        }
    }
}

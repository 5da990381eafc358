//! Owns what travels beside the store: deltas, typing, the short log of a run, and the call to stop one that another
//! process writes. Refuses to hold anything that a user would miss: when it fails, the durable message comes all the same.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use contracts::realtime::{LiveFrame, room_channel};
use ephemeral::{Ephemeral, EphemeralError};
use kernel::{AgentId, Fault, RoomId, RunId};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::domain::draft::Delta;
use crate::domain::run::RunDoc;

/// How long the log of a run outlives its last delta.
const KEPT: Duration = Duration::from_secs(600);
/// Where calls to stop a run are heard by every host.
const STOP_CHANNEL: &str = "ai:stop";

/// The live side.
pub(crate) struct Live {
    ephemeral: Arc<dyn Ephemeral>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    pos: usize,
    text: String,
}

impl Live {
    pub(crate) fn new(ephemeral: Arc<dyn Ephemeral>) -> Self {
        Self { ephemeral }
    }

    /// Tells a room that an agent is typing.
    pub(crate) async fn typing(&self, room_id: RoomId, agent_id: AgentId) {
        let frame = LiveFrame::Typing {
            room_id,
            user_id: None,
            agent_id: Some(agent_id),
        };
        note(self.publish(room_id, &frame).await);
    }

    /// Appends a delta to the run's log, then publishes it to the room.
    pub(crate) async fn delta(&self, run: &RunDoc, delta: &Delta) {
        let entry = Entry {
            pos: delta.pos,
            text: delta.text.clone(),
        };
        let logged = self.ephemeral.push(&log_name(run), json(&entry), KEPT).await;
        let frame = LiveFrame::AiDelta {
            room_id: run.room_id,
            message_id: run.message_id,
            run_id: run.id,
            agent_id: run.agent_id,
            attempt: run.attempt,
            pos: delta.pos as u64,
            text: delta.text.clone(),
        };
        note(logged.map(drop).and(self.publish(run.room_id, &frame).await));
    }

    /// Reads the deltas of a run that another process writes.
    pub(crate) async fn deltas(&self, run: &RunDoc) -> Result<Vec<Delta>, Fault> {
        let entries = self.ephemeral.entries(&log_name(run)).await?;
        let delta = |bytes: &Bytes| {
            serde_json::from_slice(bytes)
                .ok()
                .map(|Entry { pos, text }| Delta { pos, text })
        };
        Ok(entries.iter().filter_map(delta).collect())
    }

    /// Tells every host at once that a run is to stop; who misses it reads it in the run at the next beat.
    pub(crate) async fn call_stop(&self, run: RunId) {
        note(self.ephemeral.publish(STOP_CHANNEL, run.to_string().into()).await);
    }

    async fn publish(&self, room: RoomId, frame: &LiveFrame) -> Result<(), EphemeralError> {
        self.ephemeral.publish(&room_channel(room), json(frame)).await
    }
}

impl App {
    /// Stops the runs written here that somebody calls to stop, until `stop`.
    pub(crate) async fn hear_stops(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        let mut calls = self.ephemeral.subscriber().await?;
        calls.subscribe(STOP_CHANNEL).await?;
        loop {
            let call = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                call = calls.next() => call,
            };
            let Some((_, payload)) = call else {
                return Err(EphemeralError("the stop channel was closed".into()).into());
            };
            if let Some(run) = std::str::from_utf8(&payload).ok().and_then(|text| text.parse().ok()) {
                self.speeches.stop(run);
            }
        }
    }
}

fn log_name(run: &RunDoc) -> String {
    format!("run:{}:{}", run.id, run.attempt)
}

fn json(value: &impl Serialize) -> Bytes {
    serde_json::to_vec(value).unwrap_or_default().into()
}

/// Counts a failure that nobody need hear of.
fn note(result: Result<(), EphemeralError>) {
    if let Err(e) = result {
        metrics::counter!("ai_live_failures_total").increment(1);
        tracing::debug!("{e}");
    }
}

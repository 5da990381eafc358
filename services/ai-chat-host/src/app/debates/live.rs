//! Owns what a room hears of a debate while it happens: sides and numbers, never who stands behind them. Refuses to hold
//! anything that a reader of `/api/debates/{id}` would miss.

use bytes::Bytes;
use contracts::realtime::{LiveFrame, room_channel};
use kernel::DebateId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::App;
use crate::app::debates::speak::Speech;
use crate::domain::debate::{DebateDoc, Hold};
use crate::domain::draft::{Delta, resumed};

/// How long the log of a turn outlives its last delta.
const KEPT: std::time::Duration = std::time::Duration::from_secs(600);

#[derive(Serialize, Deserialize)]
struct Entry {
    pos: usize,
    text: String,
}

impl App {
    /// Tells the room where a debate stands.
    pub(super) async fn tell_debate(&self, debate: &DebateDoc) {
        let turn = debate.current().map(|turn| {
            json!({"number": turn.number, "side": turn.side, "kind": turn.kind, "state": turn.state, "attempt": turn.attempt})
        });
        let d = json!({"debateId": debate.id, "phase": debate.phase, "votingUntil": debate.voting_until, "turn": turn,
            "counted": debate.counted});
        self.publish_debate(debate, "debate", d, false).await;
    }

    /// Appends a delta to the turn's log, then publishes it to the room.
    pub(super) async fn tell_delta(&self, speech: &Speech<'_>, delta: &Delta) {
        let entry = Entry {
            pos: delta.pos,
            text: delta.text.clone(),
        };
        let entry: Bytes = serde_json::to_vec(&entry).unwrap_or_default().into();
        let name = log_name(speech.debate.id, speech.hold);
        if let Err(e) = self.ephemeral.push(&name, entry, KEPT).await {
            tracing::debug!("{e}");
        }
        let d = json!({"debateId": speech.debate.id, "turn": speech.hold.number, "side": speech.turn.side,
            "attempt": speech.hold.attempt, "pos": delta.pos, "text": delta.text});
        self.publish_debate(speech.debate, "debate.delta", d, true).await;
    }

    async fn publish_debate(&self, debate: &DebateDoc, t: &str, d: Value, fades: bool) {
        let frame = LiveFrame::RoomEvent {
            room_id: debate.room_id,
            t: t.into(),
            d,
            fades,
        };
        let payload = serde_json::to_vec(&frame).unwrap_or_default();
        let published = self
            .ephemeral
            .publish(&room_channel(debate.room_id), payload.into())
            .await;
        if let Err(e) = published {
            metrics::counter!("ai_live_failures_total").increment(1);
            tracing::debug!("{e}");
        }
    }

    /// Returns the text so far of the turn that is being spoken, by whichever host.
    pub(super) async fn spoken_so_far(&self, debate: &DebateDoc) -> String {
        let Some(hold) = debate.hold() else {
            return String::new();
        };
        let entries = self
            .ephemeral
            .entries(&log_name(debate.id, hold))
            .await
            .unwrap_or_default();
        let delta = |bytes: &Bytes| {
            let read = serde_json::from_slice(bytes).ok();
            read.map(|Entry { pos, text }| Delta { pos, text })
        };
        resumed("", entries.iter().filter_map(delta))
    }
}

fn log_name(debate: DebateId, hold: Hold) -> String {
    format!("debate:{debate}:{}:{}", hold.number, hold.attempt)
}

//! Owns the fan-out of messages and their changes. The message's JSON is cut out of the event and never written again.

use std::sync::Arc;

use contracts::Event;
use kernel::Fault;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::app::{App, repair_room};
use crate::batch::Batch;
use crate::domain::frame;
use crate::domain::room::{Fate, Sent};

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    event: &'a str,
    #[serde(borrow)]
    message: &'a RawValue,
}

/// What the gateway reads of a message.
#[derive(Deserialize)]
struct Head {
    seq: u64,
    author: Author,
}

#[derive(Deserialize)]
struct Author {
    id: Uuid,
}

pub(super) fn hear(app: &Arc<App>, event: &Event, batch: &mut Batch) -> Result<(), Fault> {
    let Some(room) = super::room_here(app, event) else {
        return Ok(());
    };
    let envelope: Envelope<'_> = serde_json::from_slice(&event.bytes).map_err(Fault::internal)?;
    let raw = envelope.data.message.get();
    let t = match envelope.data.event {
        "sent" => {
            let head: Head = serde_json::from_str(raw).map_err(Fault::internal)?;
            let sent = Sent {
                seq: head.seq,
                author: head.author.id,
                frame: frame::sent_raw(room, head.seq, raw),
            };
            match app.hub.in_room(room, |r| r.message(&sent, batch)) {
                Some(Fate::Gap(gap)) => repair_room::begin(app, room, gap),
                Some(Fate::Delivered) => note_lag(event, batch.now_ms),
                Some(Fate::Duplicate | Fate::Held) | None => {}
            }
            return Ok(());
        }
        "edited" => "message.edited",
        "deleted" => "message.deleted",
        "reacted" => "message.reacted",
        // A newer producer's: nothing that this version could say of it.
        _ => return Ok(()),
    };
    app.hub
        .in_room(room, |r| r.change(&frame::changed_raw(t, room, raw), batch));
    Ok(())
}

/// Notes how long after the store's commit a message goes out.
fn note_lag(event: &Event, now_ms: i64) {
    let ms = u32::try_from(now_ms - event.time.millis()).unwrap_or(0);
    metrics::histogram!("realtime_fanout_lag_seconds").record(f64::from(ms) / 1000.0);
}

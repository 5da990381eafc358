//! Owns the telling that an agent begins or ends a reply. Its pieces come through live channels.

use std::sync::Arc;

use contracts::Event;
use contracts::ai_chat_host::{RunChange, RunEvent};
use kernel::Fault;
use serde_json::json;

use crate::app::App;
use crate::batch::Batch;
use crate::domain::frame;

pub(super) fn hear(app: &Arc<App>, event: &Event, batch: &mut Batch) -> Result<(), Fault> {
    let Some(room) = super::room_here(app, event) else {
        return Ok(());
    };
    let run: RunEvent = event.body()?;
    let mut d = json!({
        "runId": run.run_id, "messageId": run.message_id, "agentId": run.agent_id, "attempt": run.attempt,
    });
    let t = match run.change {
        RunChange::Requested => return Ok(()),
        RunChange::Started => "ai.started",
        RunChange::Ended { state } => {
            if let Some(d) = d.as_object_mut() {
                d.insert("state".into(), json!(state));
            }
            "ai.ended"
        }
    };
    app.hub
        .in_room(room, |r| r.event(&frame::room_event(t, room, &d), batch));
    Ok(())
}

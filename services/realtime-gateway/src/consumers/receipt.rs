//! Owns the telling of read markers: to the room, and the unread count to the reader's own devices.

use std::sync::Arc;

use contracts::Event;
use contracts::chat::ReceiptEvent;
use kernel::Fault;
use serde_json::json;

use crate::app::App;
use crate::batch::Batch;
use crate::domain::frame;

pub(super) fn hear(app: &Arc<App>, event: &Event, batch: &mut Batch) -> Result<(), Fault> {
    let ReceiptEvent {
        room_id,
        user_id,
        seq,
        unread,
    } = event.body()?;
    let max = app.config().receipt_readers_max;
    app.hub.in_room(room_id, |r| {
        // With n readers, n of them reading each message would make n² frames a message.
        if r.subscriptions() <= max {
            r.event(
                &frame::room_event("read", room_id, &json!({"userId": user_id, "seq": seq})),
                batch,
            );
        }
    });
    if app.hub.has_user(user_id) {
        let frame = frame::user_event("unread", &json!({"roomId": room_id, "seq": seq, "unread": unread}));
        app.hub.to_user(user_id, &frame, batch);
    }
    Ok(())
}

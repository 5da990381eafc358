//! `chat.room.v1`: who is no member hears nothing of the room any more. `chat.receipt.v1`: who has read the room has read what tells of it.
//! Idempotent by nature.

use contracts::chat::{ReceiptEvent, RoomChange, RoomEvent};
use kernel::Fault;

use crate::app::App;
use crate::domain::subject::of_room;

pub(super) async fn hear(app: &App, event: RoomEvent) -> Result<(), Fault> {
    let room = of_room(event.room_id);
    match event.change {
        RoomChange::MemberRemoved { user_id } => Ok(app.repo.forget(&room, Some(user_id)).await?),
        RoomChange::Deleted { .. } => Ok(app.repo.forget(&room, None).await?),
        _ => Ok(()),
    }
}

pub(super) async fn receipt(app: &App, event: ReceiptEvent) -> Result<(), Fault> {
    app.read_room(event.user_id, event.room_id, event.seq).await
}

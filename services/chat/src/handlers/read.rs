//! Owns the read marker.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path};
use garde::Validate;
use kernel::RoomId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::wire::{ReadMarker, SEQ_MAX};

#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReadUpTo {
    /// Read up to here; beyond the end means the end.
    #[garde(range(max = SEQ_MAX))]
    #[schema(maximum = 9007199254740991_i64)]
    seq: u64,
}

/// Moves my read marker forward; it never moves back. Answers where it stands.
#[utoipa::path(put, path = "/api/chat/rooms/{id}/read", tag = "chat", operation_id = "markRead", params(("id" = RoomId, Path)),
    request_body = ReadUpTo, responses((status = 200, body = ReadMarker)))]
pub(crate) async fn mark(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(room_id): Path<RoomId>,
    Json(upto): Json<ReadUpTo>,
) -> Answer<Json<ReadMarker>> {
    let progress = app.mark_read(caller.user, room_id, upto.seq).await?;
    Ok(Json(ReadMarker {
        room_id,
        seq: progress.read_seq,
        unread: progress.unread,
    }))
}

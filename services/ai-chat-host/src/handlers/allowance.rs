//! What others in a room may spend on an agent by the wallet of who brought it in.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path};
use garde::Validate;
use kernel::{AgentId, RoomId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::allowance::{AllowanceDoc, PER_DAY_MAX};

/// What others in a room may spend on an agent that the caller brought in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AgentAllowance)]
pub(crate) struct Allowance {
    agent_id: AgentId,
    room_id: RoomId,
    /// Minor units of the currency of its messages, for a day (UTC).
    per_day: i64,
    /// What of it is spent today, or under way.
    spent_today: i64,
}

/// How much others may spend.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = AgentAllowanceEdit)]
pub(crate) struct Edit {
    /// Minor units for a day (UTC); 0: nobody else may; null: the usual amount.
    #[garde(range(min = 0, max = PER_DAY_MAX))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    per_day: Option<i64>,
}

fn shown(app: &App, doc: &AllowanceDoc) -> Json<Allowance> {
    Json(Allowance {
        agent_id: doc.agent_id,
        room_id: doc.room_id,
        per_day: doc.per_day.unwrap_or(app.room_spend_per_day()),
        spent_today: doc.spent_on(app.now()),
    })
}

/// Shows what others may spend on an agent that the caller brought into a room.
#[utoipa::path(get, path = "/api/agents/{id}/rooms/{roomId}/allowance", tag = "agents", operation_id = "getAgentAllowance",
    params(("id" = AgentId, Path), ("roomId" = RoomId, Path)), responses((status = 200, body = Allowance)))]
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((agent, room)): Path<(AgentId, RoomId)>,
) -> Answer<Json<Allowance>> {
    let doc = app.allowance(caller.user, agent, room).await?;
    Ok(shown(&app, &doc))
}

/// Sets what others may spend on an agent that the caller brought into a room.
#[utoipa::path(put, path = "/api/agents/{id}/rooms/{roomId}/allowance", tag = "agents", operation_id = "setAgentAllowance",
    params(("id" = AgentId, Path), ("roomId" = RoomId, Path)), request_body = Edit, responses((status = 200, body = Allowance)))]
pub(crate) async fn set(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((agent, room)): Path<(AgentId, RoomId)>,
    Json(edit): Json<Edit>,
) -> Answer<Json<Allowance>> {
    let doc = app.allow((caller.user, agent, room), edit.per_day).await?;
    Ok(shown(&app, &doc))
}

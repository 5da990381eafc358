//! Debates of agents, before an audience that does not know who they are.

mod answers;

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Paging, Path, Query};
use garde::Validate;
use http::StatusCode;
use kernel::{AgentId, DebateId, Page, RoomId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::app::debates::Wish;
use crate::domain::debate::ballot::When;
use crate::domain::debate::{Cancellation, DebateDoc, Input, MOTION_CHARS_MAX, ROUNDS_MAX, SIDES_MAX, SIDES_MIN, Side};
use answers::{Debate, DebateRating, DebateSummary, Vote};

/// What is to be debated, where and by whom.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = DebateBeginning)]
pub(crate) struct Begin {
    /// A room of the caller's.
    #[garde(skip)]
    room_id: RoomId,
    /// What is debated, such as `Cities should ban private cars`.
    #[garde(length(chars, min = 1, max = MOTION_CHARS_MAX), custom(plain))]
    #[schema(min_length = 1, max_length = 300)]
    motion: String,
    /// Different agents that sit in the room; which side each takes is drawn.
    #[garde(length(min = SIDES_MIN, max = SIDES_MAX), custom(different))]
    #[schema(min_items = 2, max_items = 4)]
    agent_ids: Vec<AgentId>,
    /// Rounds of rebuttals, 1 by default.
    #[garde(inner(range(min = 1, max = ROUNDS_MAX)))]
    #[schema(minimum = 1, maximum = 3)]
    rounds: Option<u32>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde passes the context so")]
fn plain(motion: &str, _: &()) -> garde::Result {
    if motion.trim().is_empty() || motion.chars().any(char::is_control) {
        return Err(garde::Error::new("must not be blank or hold control characters"));
    }
    Ok(())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde passes the context so")]
fn different(agents: &[AgentId], _: &()) -> garde::Result {
    let all: HashSet<&AgentId> = agents.iter().collect();
    if all.len() < agents.len() {
        return Err(garde::Error::new("must be different"));
    }
    Ok(())
}

/// Begins a debate with the voting before it. A room has one at a time (409 `debate.already_open`).
#[utoipa::path(post, path = "/api/debates", tag = "debates", operation_id = "beginDebate", request_body = Begin,
    responses((status = 201, body = Debate)))]
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(begin): Json<Begin>,
) -> Answer<(StatusCode, Json<Debate>)> {
    let wish = Wish {
        room_id: begin.room_id,
        motion: begin.motion.trim().to_owned(),
        agents: begin.agent_ids,
        rounds: begin.rounds.unwrap_or(1),
    };
    let debate = app.begin_debate(caller.user, wish).await?;
    Ok((StatusCode::CREATED, Json(shown(&app, caller, debate).await?)))
}

async fn shown(app: &App, caller: Caller, debate: DebateDoc) -> Answer<Debate> {
    Ok(Debate::of(app.shown(caller.user, debate).await?))
}

/// Which room's debates, and which part of the list.
#[derive(Deserialize, IntoParams, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// A room of the caller's.
    #[garde(skip)]
    room_id: RoomId,
    /// Most items.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where to go on.
    #[garde(length(max = 1024))]
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

/// Lists the debates of a room, newest first.
#[utoipa::path(get, path = "/api/debates", tag = "debates", operation_id = "listDebates", params(Which),
    responses((status = 200, body = Page<DebateSummary>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(which): Query<Which>,
) -> Answer<Json<Page<DebateSummary>>> {
    let limit = which.limit.unwrap_or(kernel::LIMIT_DEFAULT);
    let page = app
        .debates_in(caller.user, which.room_id, limit, which.cursor.as_deref())
        .await?;
    Ok(Json(page.map(DebateSummary::of)))
}

/// Returns a debate of a room of the caller's.
#[utoipa::path(get, path = "/api/debates/{id}", tag = "debates", operation_id = "readDebate", params(("id" = DebateId, Path)),
    responses((status = 200, body = Debate)))]
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<DebateId>,
) -> Answer<Json<Debate>> {
    Ok(Json(Debate::of(app.show_debate(caller.user, id).await?)))
}

/// Ends the voting before a debate, so that it starts; by who began it.
#[utoipa::path(post, path = "/api/debates/{id}/start", tag = "debates", operation_id = "startDebate", params(("id" = DebateId, Path)),
    responses((status = 200, body = Debate)))]
pub(crate) async fn start(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<DebateId>,
) -> Answer<Json<Debate>> {
    steer(&app, caller, id, Input::Start).await
}

/// Ends the voting after a debate; by who began it.
#[utoipa::path(post, path = "/api/debates/{id}/close", tag = "debates", operation_id = "closeDebate", params(("id" = DebateId, Path)),
    responses((status = 200, body = Debate)))]
pub(crate) async fn close(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<DebateId>,
) -> Answer<Json<Debate>> {
    steer(&app, caller, id, Input::CloseVoting).await
}

/// Calls a debate off; by who began it. Its votes are not counted.
#[utoipa::path(post, path = "/api/debates/{id}/cancel", tag = "debates", operation_id = "cancelDebate", params(("id" = DebateId, Path)),
    responses((status = 200, body = Debate)))]
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<DebateId>,
) -> Answer<Json<Debate>> {
    steer(&app, caller, id, Input::Cancel(Cancellation::ByOwner)).await
}

async fn steer(app: &App, caller: Caller, id: DebateId, input: Input<'_>) -> Answer<Json<Debate>> {
    let debate = app.steer_debate(caller.user, id, input).await?;
    Ok(Json(shown(app, caller, debate).await?))
}

/// A vote to cast.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = DebateBallot)]
pub(crate) struct Ballot {
    /// For whom; null is undecided.
    #[garde(skip)]
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true)]
    side: Option<Side>,
}

/// Votes before or after a debate, while that voting is open; again changes the vote. After the debate, the first vote is
/// what the rating counts, since who has voted sees who stood on which side.
#[utoipa::path(put, path = "/api/debates/{id}/votes/{when}", tag = "debates", operation_id = "voteOnDebate",
    params(("id" = DebateId, Path), ("when" = When, Path)), request_body = Ballot, responses((status = 200, body = Vote)))]
pub(crate) async fn vote(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, when)): Path<(DebateId, When)>,
    Json(ballot): Json<Ballot>,
) -> Answer<Json<Vote>> {
    let vote = app.vote_on_debate(caller.user, id, when, ballot.side).await?;
    Ok(Json(Vote::of(&vote)))
}

/// Lists agents by their strength as debaters, best first.
#[utoipa::path(get, path = "/api/debates/leaderboard", tag = "debates", operation_id = "debateLeaderboard", params(Paging),
    responses((status = 200, body = Page<DebateRating>)))]
pub(crate) async fn leaderboard(
    State(app): State<Arc<App>>,
    _: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<DebateRating>>> {
    let (page, agents) = app.leaderboard(paging.limit(), paging.cursor()).await?;
    Ok(Json(Page {
        items: page
            .items
            .iter()
            .filter_map(|doc| DebateRating::of(doc, &agents))
            .collect(),
        next_cursor: page.next_cursor,
    }))
}

//! Try-outs of agents that are on sale.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path};
use garde::Validate;
use kernel::CardId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;

/// Longest question, in characters.
const QUESTION_CHARS_MAX: usize = 300;

/// What is asked.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = AgentQuestion)]
pub(crate) struct Question {
    /// 1 to 300 characters, not all blank.
    #[garde(length(chars, max = QUESTION_CHARS_MAX), custom(filled))]
    #[schema(min_length = 1, max_length = 300)]
    text: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde passes the context so")]
fn filled(text: &str, _: &()) -> garde::Result {
    if text.trim().is_empty() {
        return Err(garde::Error::new("must not be blank"));
    }
    Ok(())
}

/// What an agent answered to somebody who tries it out.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AgentTryOut)]
pub(crate) struct TryOut {
    /// The answer; null: it had nothing to say.
    #[schema(required = true)]
    text: Option<String>,
    /// What must stand beside it, such as that no AI model answers.
    #[schema(required = true)]
    badge: Option<String>,
    /// Questions that the caller may still ask today (UTC), of all cards together.
    left: u32,
}

/// Asks the agent of a card that is on sale one question, without buying it. It knows of no earlier one, and nothing is kept; the answer is
/// short, and the caller's use of AI.
#[utoipa::path(post, path = "/api/agents/cards/{cardId}/try-out", tag = "agents", operation_id = "tryOutAgent",
    params(("cardId" = CardId, Path)), request_body = Question, responses((status = 200, body = TryOut)))]
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(card): Path<CardId>,
    Json(question): Json<Question>,
) -> Answer<Json<TryOut>> {
    let tried = app.try_out(caller.user, card, question.text.trim()).await?;
    Ok(Json(TryOut {
        text: tried.text,
        badge: tried.badge,
        left: tried.left,
    }))
}

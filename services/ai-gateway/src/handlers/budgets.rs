//! What a single person, agent or room may use. For moderators; to others nothing is here.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Json, Path};
use garde::Validate;
use http::StatusCode;
use kernel::{AgentId, Currency, RoomId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::{App, Standing};
use crate::config::BudgetConfig;
use crate::domain::subject::Subject;
use crate::error::Error;
use crate::handlers::admin::Admin;

/// Whom a budget is for.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = BudgetScope)]
pub(crate) enum Scope {
    /// A person, with all keys and all runs of agents that the person pays for.
    User,
    /// An agent, whoever pays.
    Agent,
    /// A room, whoever pays.
    Room,
}

/// What one of them may use; what is absent has no limit, whatever the configuration says for all.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(try_from = "serde_json::Map<String, serde_json::Value>")]
#[schema(value_type = BudgetConfig)]
pub(crate) struct NewBudget(#[garde(custom(|set: &BudgetConfig, _| check(set)))] BudgetConfig);

/// A list would be read as fields in their order, and an empty one as no limit at all.
impl TryFrom<serde_json::Map<String, serde_json::Value>> for NewBudget {
    type Error = serde_json::Error;

    fn try_from(fields: serde_json::Map<String, serde_json::Value>) -> Result<Self, serde_json::Error> {
        serde_json::from_value(fields.into()).map(Self)
    }
}

fn check(set: &BudgetConfig) -> garde::Result {
    let mistakes = set.mistakes();
    match mistakes.first() {
        Some(mistake) => Err(garde::Error::new(format!("{} {}", mistake.field, mistake.message))),
        None => Ok(()),
    }
}

/// What is in force, and what became of it today (UTC).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubjectStanding {
    scope: Scope,
    id: String,
    /// Whether it is set for this one alone; else the configuration holds.
    own: bool,
    /// Millionths of the currency's major unit a day; null = no limit.
    #[schema(required = true)]
    micros_per_day: Option<u64>,
    /// Tokens a day, read and written.
    #[schema(required = true)]
    tokens_per_day: Option<u64>,
    /// Calls a minute.
    #[schema(required = true)]
    requests_per_minute: Option<u32>,
    /// Tokens a minute, read and written.
    #[schema(required = true)]
    tokens_per_minute: Option<u32>,
    currency: Currency,
    /// Spent today; counted as long as there is a limit.
    spent_micros: u64,
    /// Reserved for calls under way, and for a few seconds after.
    reserved_micros: u64,
    /// Used today; counted as long as there is a limit.
    spent_tokens: u64,
    /// Reserved for calls under way, and for a few seconds after.
    reserved_tokens: u64,
}

impl Scope {
    fn subject(self, id: UserId) -> Subject {
        match self {
            Self::User => Subject::User(id),
            Self::Agent => Subject::Agent(AgentId::from(id.uuid())),
            Self::Room => Subject::Room(RoomId::from(id.uuid())),
        }
    }
}

async fn standing(app: &App, scope: Scope, id: UserId) -> Result<Json<SubjectStanding>, Error> {
    let Standing {
        allowance,
        own,
        spent,
        held,
    } = app.standing(scope.subject(id)).await?;
    Ok(Json(SubjectStanding {
        scope,
        id: id.to_string(),
        own,
        micros_per_day: allowance.money.map(|budget| budget.micros),
        tokens_per_day: allowance.tokens_per_day,
        requests_per_minute: allowance.rates.requests_per_minute,
        tokens_per_minute: allowance.rates.tokens_per_minute,
        currency: app.governor.prices.currency(),
        spent_micros: spent.0,
        reserved_micros: held.0,
        spent_tokens: spent.1,
        reserved_tokens: held.1,
    }))
}

/// Tells what a person, agent or room may use and has used today. For moderators; 404 for others.
#[utoipa::path(get, path = "/api/ai/budgets/{scope}/{id}", tag = "ai",
    params(("scope" = Scope, Path), ("id" = UserId, Path)), responses((status = 200, body = SubjectStanding)))]
pub(crate) async fn read(
    _: Admin,
    State(app): State<Arc<App>>,
    Path((scope, id)): Path<(Scope, UserId)>,
) -> Answer<Json<SubjectStanding>> {
    Ok(standing(&app, scope, id).await?)
}

/// Sets what one of them may use, instead of what the configuration says for all. For moderators; 404 for others.
#[utoipa::path(put, path = "/api/ai/budgets/{scope}/{id}", tag = "ai", request_body = BudgetConfig,
    params(("scope" = Scope, Path), ("id" = UserId, Path)), responses((status = 200, body = SubjectStanding)))]
pub(crate) async fn set(
    _: Admin,
    State(app): State<Arc<App>>,
    Path((scope, id)): Path<(Scope, UserId)>,
    Json(new): Json<NewBudget>,
) -> Answer<Json<SubjectStanding>> {
    app.set_budget(scope.subject(id), new.0).await?;
    Ok(standing(&app, scope, id).await?)
}

/// Lets the configuration hold for it again. For moderators; 404 for others.
#[utoipa::path(delete, path = "/api/ai/budgets/{scope}/{id}", tag = "ai",
    params(("scope" = Scope, Path), ("id" = UserId, Path)), responses((status = 204)))]
pub(crate) async fn unset(
    _: Admin,
    State(app): State<Arc<App>>,
    Path((scope, id)): Path<(Scope, UserId)>,
) -> Answer<StatusCode> {
    app.unset_budget(scope.subject(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

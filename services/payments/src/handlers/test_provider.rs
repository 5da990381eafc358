//! The built-in provider's own doors. For administrators; to others nothing is here.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::config::FaultPlan;
use crate::error::Error;
use crate::providers::test::{TestProvider, Totals};

/// The plan to follow from now on; what is absent is 0.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(transparent)]
#[schema(value_type = FaultPlan)]
pub(crate) struct NewPlan(#[garde(dive)] FaultPlan);

/// The provider's own books.
#[derive(Serialize, ToSchema)]
#[schema(as = TestBooks)]
pub(crate) struct BooksView {
    /// In each currency.
    totals: Vec<Totals>,
}

fn provider(app: &App, caller: Caller) -> Result<&TestProvider, Error> {
    app.test.as_deref().filter(|_| caller.admin).ok_or(Error::NotFound)
}

/// Shows how the built-in provider misbehaves.
#[utoipa::path(get, path = "/api/payments/test/faults", tag = "payments", responses((status = 200, body = FaultPlan), (status = 404, description = "The caller is no administrator.", body = chassis::problem::ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn faults(State(app): State<Arc<App>>, caller: Caller) -> Answer<Json<FaultPlan>> {
    Ok(Json(provider(&app, caller)?.plan().await?))
}

/// Makes the built-in provider misbehave as told.
#[utoipa::path(put, path = "/api/payments/test/faults", tag = "payments", request_body = FaultPlan, responses((status = 200, body = FaultPlan)))]
pub(crate) async fn set_faults(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(NewPlan(plan)): Json<NewPlan>,
) -> Answer<Json<FaultPlan>> {
    provider(&app, caller)?.set_plan(plan).await?;
    Ok(Json(plan))
}

/// Shows what went through the built-in provider's books, which know nothing of the product's.
#[utoipa::path(get, path = "/api/payments/test/books", tag = "payments", responses((status = 200, body = BooksView), (status = 404, description = "The caller is no administrator.", body = chassis::problem::ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn books(State(app): State<Arc<App>>, caller: Caller) -> Answer<Json<BooksView>> {
    let totals = provider(&app, caller)?.totals().await?;
    Ok(Json(BooksView { totals }))
}

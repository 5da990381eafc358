//! The models there are, as OpenAI's clients list them.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::catalogue::Target;
use crate::handlers::payer::Payer;
use crate::providers::demo::BADGE;

/// A model.
#[derive(Serialize, ToSchema)]
pub(crate) struct Model {
    /// Its name: `provider/model`.
    id: String,
    /// Always `model`.
    object: &'static str,
    /// When the gateway began to offer it, seconds since 1970.
    created: i64,
    /// The provider.
    owned_by: String,
    /// What to show beside its replies: the demo says here that no model is behind it.
    #[schema(required = true)]
    badge: Option<&'static str>,
}

/// All models.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelList {
    /// Always `list`.
    object: &'static str,
    /// The models, the default one first.
    data: Vec<Model>,
}

fn model(app: &App, target: Target) -> Model {
    let badge = app.is_demo(&target).then_some(BADGE);
    let owned_by = app.catalogue.provider_of(&target).to_owned();
    Model {
        id: target.public,
        object: "model",
        created: app.opened,
        owned_by,
        badge,
    }
}

/// Lists the models.
#[utoipa::path(get, path = "/v1/models", tag = "openai", responses((status = 200, body = ModelList)))]
pub(crate) async fn list(State(app): State<Arc<App>>, _: Payer) -> Answer<Json<ModelList>> {
    let data = app.catalogue.list().map(|target| model(&app, target)).collect();
    Ok(Json(ModelList { object: "list", data }))
}

/// Returns a model; the slash of its name is escaped, as OpenAI's clients do.
#[utoipa::path(get, path = "/v1/models/{id}", tag = "openai", params(("id" = String, Path)), responses((status = 200, body = Model)))]
pub(crate) async fn read(State(app): State<Arc<App>>, _: Payer, Path(id): Path<String>) -> Answer<Json<Model>> {
    Ok(Json(model(&app, app.catalogue.resolve(&id)?)))
}

/// Returns a model, its name written as it is.
#[utoipa::path(get, path = "/v1/models/{provider}/{name}", tag = "openai",
    params(("provider" = String, Path), ("name" = String, Path)), responses((status = 200, body = Model)))]
pub(crate) async fn read_of_provider(
    State(app): State<Arc<App>>,
    _: Payer,
    Path((provider, name)): Path<(String, String)>,
) -> Answer<Json<Model>> {
    Ok(Json(model(&app, app.catalogue.resolve(&format!("{provider}/{name}"))?)))
}

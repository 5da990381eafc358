//! The models there are, as OpenAI's clients list them.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, Registry, Route};
use crate::domain::catalogue::Target;
use crate::handlers::payer::Payer;
use crate::providers::demo::BADGE;

/// A model.
#[derive(Serialize, ToSchema)]
pub(crate) struct Model {
    /// Its name: `provider/model`, or the operator's name for several.
    id: String,
    /// Always `model`.
    object: &'static str,
    /// When the gateway began to offer it, seconds since 1970.
    created: i64,
    /// The provider; `aichat` for a name that stands for several targets.
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
    /// The models: names that stand for several, then each provider's own, in the operator's order.
    data: Vec<Model>,
}

/// Who owns a name that stands for several targets.
const OURSELVES: &str = "aichat";

fn model(app: &App, registry: &Registry, target: Target) -> Model {
    let badge = registry.is_demo(&target).then_some(BADGE);
    let owned_by = registry.catalogue.provider_of(&target).to_owned();
    Model {
        id: target.public,
        object: "model",
        created: app.opened,
        owned_by,
        badge,
    }
}

fn named(app: &App, route: &Route) -> Model {
    Model {
        id: route.name.clone(),
        object: "model",
        created: app.opened,
        owned_by: OURSELVES.into(),
        badge: route.is_demo().then_some(BADGE),
    }
}

fn find(app: &App, id: &str) -> Answer<Json<Model>> {
    let registry = app.registry();
    Ok(Json(match registry.named(id) {
        Some(route) => named(app, &route),
        None => model(app, &registry, registry.catalogue.resolve(id)?),
    }))
}

/// Lists the models: names that stand for several first.
#[utoipa::path(get, path = "/v1/models", tag = "openai", responses((status = 200, body = ModelList)))]
pub(crate) async fn list(State(app): State<Arc<App>>, _: Payer) -> Answer<Json<ModelList>> {
    let registry = app.registry();
    let several = registry.all_named().map(|route| named(&app, route));
    let single = registry.catalogue.list().map(|target| model(&app, &registry, target));
    let data = several.chain(single).collect();
    Ok(Json(ModelList { object: "list", data }))
}

/// Returns a model; the slash of its name is escaped, as OpenAI's clients do.
#[utoipa::path(get, path = "/v1/models/{id}", tag = "openai", params(("id" = String, Path)), responses((status = 200, body = Model)))]
pub(crate) async fn read(State(app): State<Arc<App>>, _: Payer, Path(id): Path<String>) -> Answer<Json<Model>> {
    find(&app, &id)
}

/// Returns a model, its name written as it is.
#[utoipa::path(get, path = "/v1/models/{provider}/{name}", tag = "openai",
    params(("provider" = String, Path), ("name" = String, Path)), responses((status = 200, body = Model)))]
pub(crate) async fn read_of_provider(
    State(app): State<Arc<App>>,
    _: Payer,
    Path((provider, name)): Path<(String, String)>,
) -> Answer<Json<Model>> {
    find(&app, &format!("{provider}/{name}"))
}

/// Returns a model whose provider names it with its maker, its name written as it is.
#[utoipa::path(get, path = "/v1/models/{provider}/{maker}/{name}", tag = "openai",
    params(("provider" = String, Path), ("maker" = String, Path), ("name" = String, Path)), responses((status = 200, body = Model)))]
pub(crate) async fn read_of_maker(
    State(app): State<Arc<App>>,
    _: Payer,
    Path((provider, maker, name)): Path<(String, String, String)>,
) -> Answer<Json<Model>> {
    find(&app, &format!("{provider}/{maker}/{name}"))
}

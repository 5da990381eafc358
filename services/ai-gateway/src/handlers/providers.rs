//! Providers that administrators add, change and remove while the gateway runs.

use std::sync::Arc;

use axum::extract::State;
use chassis::problem::ProblemBody;
use chassis::{Answer, Json, Path};
use garde::Validate;
use http::StatusCode;
use kernel::{Page, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::Secret;
use crate::app::{App, KeyChange, NewProvider};
use crate::config::Dialect;
use crate::domain::outline::MODEL_CHARS_MAX;
use crate::domain::provider::ProviderDoc;
use crate::handlers::admin::Admin;

/// Models that a provider may list.
const MODELS_MAX: usize = 200;
/// Longest address and key.
const URL_CHARS_MAX: usize = 2_048;
const KEY_CHARS_MAX: usize = 4_096;

/// A provider as it shall be.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProviderSpec {
    /// What it speaks, as in the configuration file, but for `demo`.
    #[garde(skip)]
    #[schema(value_type = String, example = "openai")]
    dialect: Dialect,
    /// Where it is; by default where the dialect's own maker serves it. In the public Internet, unless the operator allows
    /// other addresses.
    #[garde(inner(length(chars, min = 1, max = URL_CHARS_MAX)))]
    #[schema(max_length = 2048)]
    base_url: Option<String>,
    /// Its key. Left out, the one it has stays, as long as dialect and address stay; null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(value_type = Option<String>, max_length = 4096, write_only)]
    api_key: Option<Option<Secret>>,
    /// Its models, the first one being its default.
    #[garde(length(min = 1, max = MODELS_MAX), inner(length(chars, min = 1, max = MODEL_CHARS_MAX)))]
    #[schema(min_items = 1, max_items = 200)]
    models: Vec<String>,
    /// Whether names that `models` does not list are passed on to it as well.
    #[serde(default)]
    #[garde(skip)]
    any_model: bool,
}

/// Tells null from what is absent.
fn given<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Option<Secret>>, D::Error> {
    Option::deserialize(d).map(Some)
}

/// A provider as administrators see it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddedProvider {
    /// Its name: models are `name/model`.
    name: String,
    #[schema(value_type = String)]
    dialect: Dialect,
    base_url: String,
    /// The last 4 letters of its key; empty when the key is too short to show any, null when it has none.
    #[schema(required = true)]
    key_end: Option<String>,
    models: Vec<String>,
    any_model: bool,
    changed_at: Timestamp,
    /// Whether it can be asked. It cannot when its key is sealed under another secret, its address is not allowed any more, or
    /// the configuration file has its name.
    usable: bool,
}

impl AddedProvider {
    fn of(doc: ProviderDoc, app: &App) -> Self {
        Self {
            usable: app.added.is_usable(&doc.id),
            name: doc.id,
            dialect: doc.dialect,
            base_url: doc.base_url,
            key_end: doc.key_end,
            models: doc.models,
            any_model: doc.any_model,
            changed_at: doc.changed_at,
        }
    }
}

/// Lists them by name; at most 100. For administrators: to others there is nothing here.
#[utoipa::path(get, path = "/api/ai/providers", tag = "ai", responses((status = 200, body = Page<AddedProvider>),
    (status = 404, description = "Not for you.", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn list(_: Admin, State(app): State<Arc<App>>) -> Answer<Json<Page<AddedProvider>>> {
    let all = app.added.list().await?;
    Ok(Json(Page {
        items: all.into_iter().map(|doc| AddedProvider::of(doc, &app)).collect(),
        next_cursor: None,
    }))
}

/// Adds a provider (201) or changes one. It works here at once, and within five seconds in every other process; calls under
/// way end on what they began with. For administrators.
#[utoipa::path(put, path = "/api/ai/providers/{name}", tag = "ai", params(("name" = String, Path)), request_body = ProviderSpec,
    responses((status = 200, body = AddedProvider), (status = 201, body = AddedProvider)))]
pub(crate) async fn put(
    _: Admin,
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Json(spec): Json<ProviderSpec>,
) -> Answer<(StatusCode, Json<AddedProvider>)> {
    let key = match spec.api_key {
        None => KeyChange::Keep,
        Some(None) => KeyChange::Remove,
        Some(Some(key)) => KeyChange::Set(key),
    };
    let new = NewProvider {
        dialect: spec.dialect,
        base_url: spec.base_url,
        key,
        models: spec.models,
        any_model: spec.any_model,
    };
    let (doc, is_new) = app.added.put(&name, new, KEY_CHARS_MAX).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(AddedProvider::of(doc, &app))))
}

/// Removes a provider: here at once, and within five seconds in every other process. For administrators.
#[utoipa::path(delete, path = "/api/ai/providers/{name}", tag = "ai", params(("name" = String, Path)), responses((status = 204)))]
pub(crate) async fn remove(_: Admin, State(app): State<Arc<App>>, Path(name): Path<String>) -> Answer<StatusCode> {
    app.added.remove(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

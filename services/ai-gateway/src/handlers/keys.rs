//! One's own gateway keys.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Paging, Path, Query};
use garde::Validate;
use http::StatusCode;
use kernel::{ApiKeyId, Page, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::key::KeyDoc;

/// A key to be made.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewKey {
    /// What one calls it, 1-60 characters.
    #[garde(length(chars, min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    name: String,
}

/// A key as its owner sees it ever after.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKey {
    id: ApiKeyId,
    name: String,
    /// How it begins.
    prefix: String,
    created_at: Timestamp,
    /// To the minute; null when it was never used.
    #[schema(required = true)]
    last_used_at: Option<Timestamp>,
}

/// A key just made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MadeKey {
    id: ApiKeyId,
    name: String,
    /// The key itself, shown this once.
    key: String,
    /// How it begins.
    prefix: String,
    created_at: Timestamp,
}

impl From<KeyDoc> for ApiKey {
    fn from(doc: KeyDoc) -> Self {
        let KeyDoc {
            id,
            name,
            prefix,
            created_at,
            last_used_at,
            ..
        } = doc;
        Self {
            id,
            name,
            prefix,
            created_at,
            last_used_at,
        }
    }
}

/// Makes a key, which is shown only here. One may have 20.
#[utoipa::path(post, path = "/api/ai/keys", tag = "ai", request_body = NewKey, responses((status = 201, body = MadeKey)))]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<NewKey>,
) -> Answer<(StatusCode, Json<MadeKey>)> {
    let (doc, key) = app.keys.create(caller.user, &new.name).await?;
    let KeyDoc {
        id,
        name,
        prefix,
        created_at,
        ..
    } = doc;
    Ok((
        StatusCode::CREATED,
        Json(MadeKey {
            id,
            name,
            key,
            prefix,
            created_at,
        }),
    ))
}

/// Lists one's keys, newest first.
#[utoipa::path(get, path = "/api/ai/keys", tag = "ai", params(Paging), responses((status = 200, body = Page<ApiKey>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<ApiKey>>> {
    let page = app.keys.list(caller.user, paging.limit(), paging.cursor()).await?;
    Ok(Json(page.map(ApiKey::from)))
}

/// Revokes a key: within five seconds it works nowhere any more.
#[utoipa::path(delete, path = "/api/ai/keys/{id}", tag = "ai", params(("id" = ApiKeyId, Path)), responses((status = 204)))]
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<ApiKeyId>,
) -> Answer<StatusCode> {
    app.keys.revoke(caller.user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

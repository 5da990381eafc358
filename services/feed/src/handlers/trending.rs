//! What people have most to do with now.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Query};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::{App, Trending};

/// Posts that are shown when the caller does not say.
const LIMIT_DEFAULT: usize = 20;
/// Posts that are shown at the most.
const LIMIT_MAX: usize = 50;

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Most {
    /// Posts, 20 by default.
    #[garde(range(min = 1, max = LIMIT_MAX))]
    #[param(minimum = 1, maximum = 50)]
    limit: Option<usize>,
}

/// Reads the public posts and tags that people have most to do with in these hours. The list is one page. What is warm is
/// some seconds old; whether the reader may see a post is asked anew.
#[utoipa::path(get, path = "/api/feed/trending", tag = "feed", params(Most), responses((status = 200, body = Trending)))]
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(most): Query<Most>,
) -> Answer<Json<Trending>> {
    Ok(Json(
        app.trending(caller.user, most.limit.unwrap_or(LIMIT_DEFAULT)).await?,
    ))
}

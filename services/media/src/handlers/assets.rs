//! A person's own files.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use chassis::{Answer, Caller, Json, Paging, Path, Query, Trail};
use garde::Validate;
use http::StatusCode;
use kernel::{AssetId, Fault, Page};
use serde::Deserialize;
use tracing::Instrument as _;
use utoipa::ToSchema;

use super::{body, number, text};
use crate::app::take_in::discard;
use crate::app::upload::Form;
use crate::app::{App, OwnAsset};
use crate::domain::name::ALT_CHARS_MAX;
use crate::error::Error;

/// A form with a file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form is read as a stream; this is its documentation")]
pub(crate) struct FileForm {
    /// The file. What it is, its content says: pictures (JPEG, PNG, GIF, WebP), films (MP4, QuickTime, WebM, Matroska), sound (MP3, MP4,
    /// Ogg, FLAC, WAV, AAC), PDF, office documents, ZIP, gzip, EPUB, plain text. Nothing else is taken, SVG and HTML included.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// What it shows, for those who cannot see it.
    #[schema(max_length = 1500)]
    alt: Option<String>,
}

/// Uploads a file whole; for large ones and bad lines there is `/api/media/tus`. It is usable when its status is `ready`, moments later.
#[utoipa::path(post, path = "/api/media", tag = "media", request_body(content = FileForm, content_type = "multipart/form-data"),
    responses((status = 201, body = OwnAsset)))]
pub(crate) async fn upload(
    State(app): State<Arc<App>>,
    caller: Caller,
    request: Request,
) -> Answer<(StatusCode, Json<OwnAsset>)> {
    let boundary = text(request.headers(), "content-type").map(multer::parse_boundary);
    let length = number(request.headers(), "content-length");
    let mut bytes = body(request);
    let (Some(Ok(boundary)), Ok(place)) = (boundary, app.place_to_bring(caller.user)) else {
        discard(&mut bytes, Duration::from_secs(app.config.times.silence_seconds)).await;
        // Which of the two it was.
        drop(app.place_to_bring(caller.user)?);
        return Err(Error::NotMultipart.into());
    };
    let form = Form {
        user: caller.user,
        boundary,
        length,
        body: bytes,
    };
    // By itself, so that it is cleared away when the sender hangs up and this request is dropped.
    let (work, shown) = (app.clone(), app);
    let upload = async move {
        let _place = place;
        work.upload(form).await
    };
    let uploaded = tokio::spawn(Trail::current().apart().follow(upload).in_current_span());
    let asset = uploaded.await.map_err(Fault::internal)??;
    Ok((StatusCode::CREATED, Json(shown.own_view(&asset))))
}

/// Lists one's own files, newest first.
#[utoipa::path(get, path = "/api/media", tag = "media", params(Paging), responses((status = 200, body = Page<OwnAsset>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<OwnAsset>>> {
    Ok(Json(app.mine(caller.user, paging.limit(), paging.cursor()).await?))
}

/// Shows one's own file, with addresses to fetch its sizes at.
#[utoipa::path(get, path = "/api/media/{id}", tag = "media", params(("id" = AssetId, Path)), responses((status = 200, body = OwnAsset)))]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<AssetId>,
) -> Answer<Json<OwnAsset>> {
    let asset = app.repo.asset_of(caller.user, id).await?;
    Ok(Json(app.own_view(&asset)))
}

/// What is to be changed.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = DescribeMedia)]
pub(crate) struct Describe {
    /// What it shows, for those who cannot see it.
    #[garde(length(chars, max = ALT_CHARS_MAX))]
    #[schema(max_length = 1500)]
    alt: String,
}

/// Says what one's own file shows.
#[utoipa::path(patch, path = "/api/media/{id}", tag = "media", params(("id" = AssetId, Path)), request_body = Describe,
    responses((status = 200, body = OwnAsset)))]
pub(crate) async fn describe(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<AssetId>,
    Json(described): Json<Describe>,
) -> Answer<Json<OwnAsset>> {
    Ok(Json(app.describe(caller.user, id, &described.alt).await?))
}

/// Removes one's own file from everything that uses it. Its addresses end at once.
#[utoipa::path(delete, path = "/api/media/{id}", tag = "media", params(("id" = AssetId, Path)), responses((status = 204)))]
pub(crate) async fn remove(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<AssetId>) -> Answer<StatusCode> {
    app.delete(caller.user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

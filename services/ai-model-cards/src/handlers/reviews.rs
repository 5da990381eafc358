//! Reviews of a card.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use chassis::extract::etag;
use chassis::{Answer, Caller, IfMatch, Json, Paging, Path, Query};
use garde::Validate;
use http::StatusCode;
use kernel::{CardId, Page, ReviewId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::app::view::ReviewView;
use crate::domain::review::{RATING_MAX, Review, TEXT_CHARS_MAX};

/// What one thinks of a card.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCardReview)]
pub(crate) struct New {
    /// 1 to 5.
    #[garde(range(min = 1, max = RATING_MAX))]
    #[schema(minimum = 1, maximum = 5)]
    rating: u8,
    /// At most 2000 characters; may be left out.
    #[serde(default)]
    #[garde(length(chars, max = TEXT_CHARS_MAX))]
    #[schema(max_length = 2000)]
    text: String,
}

fn shown(review: Review) -> impl IntoResponse {
    (etag(review.version), Json(ReviewView::from(review)))
}

/// Reviews a card that one holds: once, and not one's own.
#[utoipa::path(post, path = "/api/model-cards/{id}/reviews", tag = "model cards", params(("id" = CardId, Path)), request_body = New,
    responses((status = 201, body = ReviewView, headers(("ETag" = String)))))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<CardId>,
    Json(new): Json<New>,
) -> Answer<impl IntoResponse> {
    let review = app.review(id, caller.into(), new.rating, new.text).await?;
    Ok((StatusCode::CREATED, shown(review)))
}

/// Lists a card's reviews, newest first.
#[utoipa::path(get, path = "/api/model-cards/{id}/reviews", tag = "model cards", params(("id" = CardId, Path), Paging), responses((status = 200, body = Page<ReviewView>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<CardId>,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<ReviewView>>> {
    app.visible(id, caller.into()).await?;
    let page = app.repo.reviews.of_card(id, paging.limit(), paging.cursor()).await?;
    Ok(Json(page.map(ReviewView::from)))
}

/// Changes to a review; what is absent stays.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = CardReviewEdit)]
pub(crate) struct Edit {
    /// 1 to 5.
    #[garde(inner(range(min = 1, max = RATING_MAX)))]
    #[schema(minimum = 1, maximum = 5)]
    rating: Option<u8>,
    /// At most 2000 characters.
    #[garde(inner(length(chars, max = TEXT_CHARS_MAX)))]
    #[schema(max_length = 2000)]
    text: Option<String>,
}

/// Changes one's own review.
#[utoipa::path(patch, path = "/api/model-cards/{id}/reviews/{reviewId}", tag = "model cards",
    params(("id" = CardId, Path), ("reviewId" = ReviewId, Path)), request_body = Edit,
    responses((status = 200, body = ReviewView, headers(("ETag" = String)))))]
pub(crate) async fn edit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(ids): Path<(CardId, ReviewId)>,
    seen: IfMatch,
    Json(edit): Json<Edit>,
) -> Answer<impl IntoResponse> {
    let review = app
        .edit_review(ids, caller.into(), seen, (edit.rating, edit.text))
        .await?;
    Ok(shown(review))
}

/// Removes one's own review; a moderator, anybody's.
#[utoipa::path(delete, path = "/api/model-cards/{id}/reviews/{reviewId}", tag = "model cards",
    params(("id" = CardId, Path), ("reviewId" = ReviewId, Path)), responses((status = 204)))]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(ids): Path<(CardId, ReviewId)>,
) -> Answer<StatusCode> {
    app.delete_review(ids, caller.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

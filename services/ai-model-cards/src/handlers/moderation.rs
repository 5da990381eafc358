//! Moderators' steps. To others these routes are not there.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use chassis::{Answer, IfMatch, Json, Paging, Path, Query};
use garde::Validate;
use kernel::{CardId, Page};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::app::view::CardView;
use crate::domain::card::Card;
use crate::handlers::admin::Admin;
use crate::handlers::cards::shown;
use crate::handlers::rules::filled;

/// Why a card is sent back or taken off sale; its seller reads it.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = ModelCardReason)]
pub(crate) struct Reason {
    /// 1-500 characters.
    #[garde(length(chars, max = 500), custom(filled))]
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Lists what waits for a moderator, the longest first.
#[utoipa::path(get, path = "/api/model-cards/moderation", tag = "model cards", params(Paging), responses((status = 200, body = Page<CardView>)))]
pub(crate) async fn queue(
    State(app): State<Arc<App>>,
    Admin(reader): Admin,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<CardView>>> {
    let page = app.repo.cards.submitted(paging.limit(), paging.cursor()).await?;
    Ok(Json(Page {
        items: app.show_all(&page.items, reader).await?,
        next_cursor: page.next_cursor,
    }))
}

/// Lets a submitted draft pass.
#[utoipa::path(post, path = "/api/model-cards/{id}/approve", tag = "model cards", params(("id" = CardId, Path)),
    responses((status = 200, body = CardView, headers(("ETag" = String)))))]
pub(crate) async fn approve(
    State(app): State<Arc<App>>,
    Admin(reader): Admin,
    Path(id): Path<CardId>,
    seen: IfMatch,
) -> Answer<impl IntoResponse> {
    let card = app.moderate(id, seen, Card::approve).await?;
    shown(&app, &card, reader).await
}

/// Sends a submitted draft back to its seller.
#[utoipa::path(post, path = "/api/model-cards/{id}/reject", tag = "model cards", params(("id" = CardId, Path)), request_body = Reason,
    responses((status = 200, body = CardView, headers(("ETag" = String)))))]
pub(crate) async fn reject(
    State(app): State<Arc<App>>,
    Admin(reader): Admin,
    Path(id): Path<CardId>,
    seen: IfMatch,
    Json(Reason { reason }): Json<Reason>,
) -> Answer<impl IntoResponse> {
    let card = app.moderate(id, seen, |card| card.reject(&reason)).await?;
    shown(&app, &card, reader).await
}

/// Takes a card off sale: no new orders; what is paid goes on.
#[utoipa::path(post, path = "/api/model-cards/{id}/suspend", tag = "model cards", params(("id" = CardId, Path)), request_body = Reason,
    responses((status = 200, body = CardView, headers(("ETag" = String)))))]
pub(crate) async fn suspend(
    State(app): State<Arc<App>>,
    Admin(reader): Admin,
    Path(id): Path<CardId>,
    seen: IfMatch,
    Json(Reason { reason }): Json<Reason>,
) -> Answer<impl IntoResponse> {
    let card = app.moderate(id, seen, |card| card.suspend(&reason)).await?;
    shown(&app, &card, reader).await
}

/// Puts a suspended card back on sale.
#[utoipa::path(post, path = "/api/model-cards/{id}/reinstate", tag = "model cards", params(("id" = CardId, Path)),
    responses((status = 200, body = CardView, headers(("ETag" = String)))))]
pub(crate) async fn reinstate(
    State(app): State<Arc<App>>,
    Admin(reader): Admin,
    Path(id): Path<CardId>,
    seen: IfMatch,
) -> Answer<impl IntoResponse> {
    let card = app.moderate(id, seen, Card::reinstate).await?;
    shown(&app, &card, reader).await
}

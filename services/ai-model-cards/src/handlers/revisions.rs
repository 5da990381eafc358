//! Published revisions of a card, which never change.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Paging, Path, Query};
use contracts::ai_model_cards::ModelCards as _;
use kernel::{CardId, Page};

use crate::app::view::RevisionView;
use crate::app::{App, Reader};
use crate::error::Error;

/// Lists a card's revisions, newest first.
#[utoipa::path(get, path = "/api/model-cards/{id}/revisions", tag = "model cards", params(("id" = CardId, Path), Paging),
    responses((status = 200, body = Page<RevisionView>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<CardId>,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<RevisionView>>> {
    let reader = Reader::from(caller);
    let card = app.visible(id, reader).await?;
    let persona = reader.sees_all_of(&card);
    let page = app.repo.revisions.of_card(id, paging.limit(), paging.cursor()).await?;
    Ok(Json(page.map(|doc| RevisionView::of(doc, persona))))
}

/// Returns a revision.
#[utoipa::path(get, path = "/api/model-cards/{id}/revisions/{revision}", tag = "model cards",
    params(("id" = CardId, Path), ("revision" = u32, Path, minimum = 1)), responses((status = 200, body = RevisionView)))]
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, revision)): Path<(CardId, u32)>,
) -> Answer<Json<RevisionView>> {
    let reader = Reader::from(caller);
    let card = app.visible(id, reader).await?;
    // Makes up for one that was published a moment ago and not kept yet.
    app.desk.revision(id, revision).await?;
    let doc = app.repo.revisions.get(id, revision).await?.ok_or(Error::NotFound)?;
    Ok(Json(RevisionView::of(doc, reader.sees_all_of(&card))))
}

//! Lists of cards: what is on sale, and one's own.

use std::sync::Arc;

use axum::extract::State;
use chassis::page::CURSOR_BYTES_MAX;
use chassis::{Answer, Caller, Json, Paging, Query};
use garde::Validate;
use kernel::{LIMIT_DEFAULT, LIMIT_MAX, Page, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::view::CardView;
use crate::app::{App, Reader};
use crate::domain::content::{Category, TAG_CHARS_MAX};
use crate::domain::search::ask::{Ask, Facets, Filters, Place, QUERY_CHARS_MAX, Sort};

/// What to look for. All of it must hold.
#[derive(Deserialize, IntoParams, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// Words of name, handle, tags and description, at most 8; the last may be a beginning, longer ones may be misspelt.
    #[garde(inner(length(chars, max = QUERY_CHARS_MAX)))]
    #[param(max_length = 200)]
    query: Option<String>,
    #[param(inline)]
    category: Option<Category>,
    /// A tag.
    #[garde(inner(length(chars, max = TAG_CHARS_MAX)))]
    #[param(max_length = 30)]
    tag: Option<String>,
    /// Whose cards.
    seller: Option<UserId>,
    /// Lowest price, in minor units of the installation's currency.
    #[garde(inner(range(min = 0)))]
    #[param(minimum = 0)]
    price_min: Option<i64>,
    /// Highest price.
    #[garde(inner(range(min = 0)))]
    #[param(minimum = 0)]
    price_max: Option<i64>,
    /// Whether it costs nothing.
    free: Option<bool>,
    /// Least average rating, in stars.
    #[garde(inner(range(min = 1, max = 5)))]
    #[param(minimum = 1, maximum = 5)]
    rating_min: Option<u32>,
    /// Whether the edition is limited.
    has_edition: Option<bool>,
    /// `relevance` by default; `newest`, `price`, `-price`, `rating`, `popular`.
    #[param(inline)]
    sort: Option<Sort>,
    /// Most items.
    #[garde(inner(range(min = 1, max = LIMIT_MAX)))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `nextCursor` of the page before, in the same order.
    #[garde(inner(length(max = CURSOR_BYTES_MAX)))]
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

/// Cards on sale.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModelCardsFound)]
pub(crate) struct Found {
    /// The cards, in the order that was asked for.
    items: Vec<CardView>,
    /// What to pass as `cursor` for the next page; null at the end.
    #[schema(required = true)]
    next_cursor: Option<String>,
    /// How many there are of what.
    facets: Facets,
}

/// Searches the cards on sale.
#[utoipa::path(get, path = "/api/model-cards", tag = "model cards", params(Search), responses((status = 200, body = Found)))]
pub(crate) async fn search(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(search): Query<Search>,
) -> Answer<Json<Found>> {
    let sort = search.sort.unwrap_or_default();
    let after = search
        .cursor
        .as_deref()
        .map(|cursor| Place::decode(cursor, sort))
        .transpose()?;
    let reader: Reader = caller.into();
    let ask = Ask {
        query: search.query.unwrap_or_default(),
        filters: Filters {
            category: search.category,
            tag: search.tag.map(|tag| tag.trim().to_lowercase()),
            seller: search.seller,
            price_min: search.price_min,
            price_max: search.price_max,
            free: search.free,
            rating_min: search.rating_min,
            limited: search.has_edition,
            without: app.parted(reader).await?,
        },
        sort,
        limit: search.limit.unwrap_or(LIMIT_DEFAULT),
        after,
    };
    let shown = app.shelf.search(&ask).await?;
    let items = app.show_all(&shown.cards, reader).await?;
    Ok(Json(Found {
        items,
        next_cursor: shown.next_cursor,
        facets: shown.facets,
    }))
}

/// Lists one's own cards in whatever state, newest first.
#[utoipa::path(get, path = "/api/model-cards/mine", tag = "model cards", params(Paging), responses((status = 200, body = Page<CardView>)))]
pub(crate) async fn mine(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<CardView>>> {
    let page = app
        .repo
        .cards
        .of_seller(caller.user, paging.limit(), paging.cursor())
        .await?;
    Ok(Json(Page {
        items: app.show_all(&page.items, caller.into()).await?,
        next_cursor: page.next_cursor,
    }))
}

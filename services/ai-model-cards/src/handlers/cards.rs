//! One card: read, changed, deleted.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use chassis::extract::etag;
use chassis::{Answer, Caller, IfMatch, Json, Path};
use contracts::ai_model_cards::Scope;
use garde::Validate;
use http::StatusCode;
use kernel::{CardId, Money};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::draft::CardEdit;
use crate::app::view::CardView;
use crate::app::{App, Reader};
use crate::domain::card::Card;
use crate::domain::content::{
    ANSWER_TOKENS_MAX, Category, ContentEdit, DESCRIPTION_CHARS_MAX, MODEL_CHARS_MAX, NAME_CHARS_MAX,
    PERSONA_CHARS_MAX, TALKATIVENESS_MAX, TEMPERATURE_PERCENT_MAX, tidy_tags,
};
use crate::domain::edition::EDITION_MAX;
use crate::handlers::rules::{a_handle, a_scope, few_prompts, few_tags, filled, plain, present};

pub(crate) async fn shown(app: &App, card: &Card, reader: Reader) -> Answer<impl IntoResponse + use<>> {
    let version = card.version;
    Ok((etag(version), Json(app.show(card, reader).await?)))
}

/// Returns a card: one that is on sale, one's own, or one that one holds.
#[utoipa::path(get, path = "/api/model-cards/{id}", tag = "model cards", params(("id" = CardId, Path)),
    responses((status = 200, body = CardView, headers(("ETag" = String)))))]
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<CardId>,
) -> Answer<impl IntoResponse> {
    let card = app.visible(id, caller.into()).await?;
    shown(&app, &card, caller.into()).await
}

/// Changes to a card; what is absent stays. On a published card `price` and `editionSize` hold at once, and the rest becomes the
/// draft of the next revision.
#[derive(Default, Deserialize, ToSchema, Validate)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(as = ModelCardEdit)]
pub(crate) struct Edit {
    /// Name on screen, not all blank.
    #[garde(inner(length(chars, max = NAME_CHARS_MAX), custom(plain)))]
    #[schema(min_length = 1, max_length = 60)]
    name: Option<String>,
    /// Unique name for mentions, 3-30 of `[a-z0-9_]`; stays once the card was published.
    #[garde(inner(custom(a_handle)))]
    #[schema(min_length = 3, max_length = 30)]
    handle: Option<String>,
    /// What it is good for.
    #[garde(inner(length(chars, max = DESCRIPTION_CHARS_MAX)))]
    #[schema(max_length = 2000)]
    description: Option<String>,
    category: Option<Category>,
    /// At most 10, of 1-30 characters.
    #[garde(inner(custom(few_tags)))]
    #[schema(max_items = 10)]
    tags: Option<Vec<String>>,
    /// Its instructions; nobody sees them but moderators.
    #[garde(inner(length(chars, max = PERSONA_CHARS_MAX)))]
    #[schema(max_length = 4000)]
    persona: Option<String>,
    /// Model, as `/v1/models` names it, or `default`.
    #[garde(inner(length(chars, max = MODEL_CHARS_MAX), custom(filled)))]
    #[schema(min_length = 1, max_length = 128)]
    model: Option<String>,
    /// Hundredths: 0 to 200.
    #[garde(inner(range(max = TEMPERATURE_PERCENT_MAX)))]
    #[schema(maximum = 200)]
    temperature_percent: Option<u16>,
    /// Most tokens of one answer.
    #[garde(inner(range(min = 1, max = ANSWER_TOKENS_MAX)))]
    #[schema(minimum = 1, maximum = 8192)]
    max_tokens: Option<u32>,
    /// 0 to 100.
    #[garde(inner(range(max = TALKATIVENESS_MAX)))]
    #[schema(maximum = 100)]
    talkativeness: Option<u8>,
    /// What a buyer may do with it.
    #[garde(inner(custom(a_scope)))]
    scope: Option<Scope>,
    /// Price of one, tax included, in the installation's currency; amount 0 is free.
    price: Option<Money>,
    /// Price of each message that it writes; null: none.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Money>)]
    message_price: Option<Option<Money>>,
    /// How many there are; null: any number. Not below what is held and sold.
    #[serde(deserialize_with = "present")]
    #[garde(inner(inner(range(min = 1, max = EDITION_MAX))))]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 100_000)]
    edition_size: Option<Option<u32>>,
    /// At most 5, of 1-300 characters.
    #[garde(inner(custom(few_prompts)))]
    #[schema(max_items = 5)]
    sample_prompts: Option<Vec<String>>,
}

impl From<Edit> for CardEdit {
    fn from(edit: Edit) -> Self {
        let content = ContentEdit {
            name: edit.name,
            description: edit.description,
            category: edit.category,
            tags: edit.tags.as_deref().map(tidy_tags),
            persona: edit.persona,
            model: edit.model,
            temperature_percent: edit.temperature_percent,
            max_tokens: edit.max_tokens,
            talkativeness: edit.talkativeness,
            scope: edit.scope,
            message_price: edit.message_price,
            sample_prompts: edit.sample_prompts,
        };
        Self {
            handle: edit.handle,
            content: (!content.is_empty()).then_some(content),
            price: edit.price,
            edition_size: edit.edition_size,
        }
    }
}

/// Changes one's own card.
#[utoipa::path(patch, path = "/api/model-cards/{id}", tag = "model cards", params(("id" = CardId, Path)), request_body = Edit,
    responses((status = 200, body = CardView, headers(("ETag" = String)))))]
pub(crate) async fn edit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<CardId>,
    seen: IfMatch,
    Json(edit): Json<Edit>,
) -> Answer<impl IntoResponse> {
    let card = app.edit(id, caller.user, seen, &edit.into()).await?;
    shown(&app, &card, caller.into()).await
}

/// Deletes one's own card, if it never was published.
#[utoipa::path(delete, path = "/api/model-cards/{id}", tag = "model cards", params(("id" = CardId, Path)), responses((status = 204)))]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<CardId>,
    seen: IfMatch,
) -> Answer<StatusCode> {
    app.delete(id, caller.user, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

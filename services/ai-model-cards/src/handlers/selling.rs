//! A seller's steps: begin a card, submit it, publish it, price it anew, retire it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use chassis::{Answer, Caller, IfMatch, Json, Path};
use contracts::ai_model_cards::Scope;
use garde::Validate;
use http::StatusCode;
use kernel::{CardId, Money};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::app::draft::{CardEdit, NewCard};
use crate::app::view::CardView;
use crate::domain::content::{
    ANSWER_TOKENS_MAX, Category, Content, DESCRIPTION_CHARS_MAX, MODEL_CHARS_MAX, NAME_CHARS_MAX, PERSONA_CHARS_MAX,
    TALKATIVENESS_MAX, TEMPERATURE_PERCENT_MAX, tidy_tags,
};
use crate::domain::edition::EDITION_MAX;
use crate::handlers::cards::shown;
use crate::handlers::rules::{a_handle, a_scope, few_prompts, few_tags, filled, plain};

/// A new card.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(as = NewModelCard)]
pub(crate) struct New {
    /// Name on screen, not all blank.
    #[garde(length(chars, max = NAME_CHARS_MAX), custom(plain))]
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Unique name for mentions, 3-30 of `[a-z0-9_]`; later revisions add their number.
    #[garde(custom(a_handle))]
    #[schema(min_length = 3, max_length = 30)]
    handle: String,
    /// What it is good for; needed before the card is submitted.
    #[serde(default)]
    #[garde(length(chars, max = DESCRIPTION_CHARS_MAX))]
    #[schema(max_length = 2000)]
    description: String,
    category: Category,
    /// At most 10, of 1-30 characters.
    #[serde(default)]
    #[garde(custom(few_tags))]
    #[schema(max_items = 10)]
    tags: Vec<String>,
    /// Its instructions; nobody sees them but moderators. Needed before the card is submitted.
    #[serde(default)]
    #[garde(length(chars, max = PERSONA_CHARS_MAX))]
    #[schema(max_length = 4000)]
    persona: String,
    /// Model, as `/v1/models` names it; `default` by default.
    #[serde(default = "New::model")]
    #[garde(length(chars, max = MODEL_CHARS_MAX), custom(filled))]
    #[schema(min_length = 1, max_length = 128)]
    model: String,
    /// Hundredths: 0 to 200; 70 by default.
    #[serde(default = "New::temperature_percent")]
    #[garde(range(max = TEMPERATURE_PERCENT_MAX))]
    #[schema(maximum = 200)]
    temperature_percent: u16,
    /// Most tokens of one answer; 1024 by default.
    #[serde(default = "New::max_tokens")]
    #[garde(range(min = 1, max = ANSWER_TOKENS_MAX))]
    #[schema(minimum = 1, maximum = 8192)]
    max_tokens: u32,
    /// 0 to 100; 50 by default.
    #[serde(default = "New::talkativeness")]
    #[garde(range(max = TALKATIVENESS_MAX))]
    #[schema(maximum = 100)]
    talkativeness: u8,
    /// What a buyer may do with it; anything by default.
    #[serde(default)]
    #[garde(custom(a_scope))]
    scope: Scope,
    /// Price of one, tax included, in the installation's currency; amount 0 is free.
    price: Money,
    /// Price of each message that it writes; none by default.
    message_price: Option<Money>,
    /// How many there are; any number by default, 1 is a single edition.
    #[garde(inner(range(min = 1, max = EDITION_MAX)))]
    #[schema(minimum = 1, maximum = 100_000)]
    edition_size: Option<u32>,
    /// What one may ask it in a try-out: at most 5, of 1-300 characters.
    #[serde(default)]
    #[garde(custom(few_prompts))]
    #[schema(max_items = 5)]
    sample_prompts: Vec<String>,
}

impl New {
    fn model() -> String {
        "default".into()
    }
    const fn temperature_percent() -> u16 {
        70
    }
    const fn max_tokens() -> u32 {
        1_024
    }
    const fn talkativeness() -> u8 {
        50
    }
}

impl From<New> for NewCard {
    fn from(new: New) -> Self {
        Self {
            handle: new.handle,
            price: new.price,
            edition_size: new.edition_size,
            content: Content {
                name: new.name,
                description: new.description,
                category: new.category,
                tags: tidy_tags(&new.tags),
                persona: new.persona,
                model: new.model,
                temperature_percent: new.temperature_percent,
                max_tokens: new.max_tokens,
                talkativeness: new.talkativeness,
                scope: new.scope,
                message_price: new.message_price,
                sample_prompts: new.sample_prompts,
            },
        }
    }
}

/// Begins a card as a draft.
#[utoipa::path(post, path = "/api/model-cards", tag = "model cards", request_body = New,
    responses((status = 201, body = CardView, headers(("ETag" = String)))))]
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<New>,
) -> Answer<impl IntoResponse> {
    let card = app.begin(caller.user, new.into()).await?;
    Ok((StatusCode::CREATED, shown(&app, &card, caller.into()).await?))
}

/// Asks a moderator to look at the draft, which stands still meanwhile.
#[utoipa::path(post, path = "/api/model-cards/{id}/submit", tag = "model cards", params(("id" = CardId, Path)),
    responses((status = 200, body = CardView, headers(("ETag" = String)))))]
pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<CardId>,
) -> Answer<impl IntoResponse> {
    let card = app.submit(id, caller.user).await?;
    shown(&app, &card, caller.into()).await
}

/// Puts the approved draft on sale, as the next revision: immutable, an agent of its own.
#[utoipa::path(post, path = "/api/model-cards/{id}/publish", tag = "model cards", params(("id" = CardId, Path)),
    responses((status = 200, body = CardView, headers(("ETag" = String)))))]
pub(crate) async fn publish(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<CardId>,
) -> Answer<impl IntoResponse> {
    let card = app.publish(id, caller.user).await?;
    shown(&app, &card, caller.into()).await
}

/// Takes a card off sale for good. Who bought it keeps it; orders under way end as they end.
#[utoipa::path(post, path = "/api/model-cards/{id}/retire", tag = "model cards", params(("id" = CardId, Path)),
    responses((status = 200, body = CardView, headers(("ETag" = String)))))]
pub(crate) async fn retire(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<CardId>,
) -> Answer<impl IntoResponse> {
    let card = app.retire(id, caller.user).await?;
    shown(&app, &card, caller.into()).await
}

/// A new price.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct NewPrice {
    /// Price of one, tax included, in the installation's currency; amount 0 is free.
    price: Money,
}

/// Changes the price from now on; orders keep theirs. The same as `PATCH` with `price`.
#[utoipa::path(post, path = "/api/model-cards/{id}/reprice", tag = "model cards", params(("id" = CardId, Path)), request_body = NewPrice,
    responses((status = 200, body = CardView, headers(("ETag" = String)))))]
pub(crate) async fn reprice(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<CardId>,
    seen: IfMatch,
    Json(new): Json<NewPrice>,
) -> Answer<impl IntoResponse> {
    let edit = CardEdit {
        price: Some(new.price),
        ..CardEdit::default()
    };
    let card = app.edit(id, caller.user, seen, &edit).await?;
    shown(&app, &card, caller.into()).await
}

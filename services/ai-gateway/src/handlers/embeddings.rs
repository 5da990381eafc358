//! Embeddings, as OpenAI's clients ask for them.

use std::sync::Arc;

use axum::extract::State;
use chassis::Answer;
use chassis::problem::ProblemBody;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::app::{App, CacheWish};
use crate::domain::outline::MODEL_CHARS_MAX;
use crate::handlers::cache_wish::Told;
use crate::handlers::chat_completions::open;
use crate::handlers::payer::Payer;
use crate::handlers::raw::RawJson;

/// The request's documentation: what the gateway itself reads.
pub(crate) enum EmbeddingRequest {}

impl PartialSchema for EmbeddingRequest {
    fn schema() -> RefOr<Schema> {
        let of = |kind| ObjectBuilder::new().schema_type(kind);
        of(Type::Object)
            .description(Some(
                "OpenAI's request for embeddings; fields that are not named here pass through.",
            ))
            .property(
                "model",
                of(Type::String).min_length(Some(1)).max_length(Some(MODEL_CHARS_MAX)),
            )
            .required("model")
            .property("input", open("A text, a list of texts, or a list of tokens."))
            .required("input")
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}
impl ToSchema for EmbeddingRequest {}

/// The answer's documentation.
pub(crate) enum EmbeddingList {}

impl PartialSchema for EmbeddingList {
    fn schema() -> RefOr<Schema> {
        let of = |kind| ObjectBuilder::new().schema_type(kind);
        of(Type::Object)
            .description(Some("OpenAI's list of embeddings, as the provider wrote it."))
            .property("object", of(Type::String))
            .property("data", ArrayBuilder::new().items(of(Type::Object)))
            .required("data")
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}
impl ToSchema for EmbeddingList {}

/// Turns texts into vectors. The demo's (`demo/hashed-ngrams`) are hashed words and trigrams, without any model.
#[utoipa::path(post, path = "/v1/embeddings", tag = "openai", request_body = EmbeddingRequest,
    params(("x-aichat-cache" = Option<String>, Header, description = "`refresh`: a new answer, kept in the place of the old one. `off`: a new answer, not kept.")),
    responses(
    (status = 200, description = "The vectors.", body = EmbeddingList,
        headers(("x-aichat-cache" = String, description = "`hit` or `miss`; absent when no cache was asked."))),
    (status = 502, description = "The provider failed.", body = ProblemBody, content_type = "application/problem+json"),
    (status = 504, description = "The provider took too long.", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    payer: Payer,
    wish: CacheWish,
    RawJson(body): RawJson,
) -> Answer<Told> {
    Ok(Told(app.embed_text_or_repeat(payer.principal(), body, wish).await?))
}

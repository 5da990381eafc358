//! Chat completions, as OpenAI's clients ask for them.

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
use crate::handlers::payer::Payer;
use crate::handlers::raw::RawJson;

/// The request's documentation: what the gateway itself reads. Everything else of OpenAI's passes through.
pub(crate) enum ChatRequest {}

impl PartialSchema for ChatRequest {
    fn schema() -> RefOr<Schema> {
        let of = |kind| ObjectBuilder::new().schema_type(kind);
        let message = of(Type::Object)
            .property(
                "role",
                of(Type::String).enum_values(Some(["system", "developer", "user", "assistant", "tool"])),
            )
            .required("role")
            .property("content", open("Text, a list of parts, or null."))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)));
        let usage = of(Type::Object).property("include_usage", of(Type::Boolean)).build();
        of(Type::Object)
            .description(Some(
                "OpenAI's request for a chat completion; fields that are not named here pass through.",
            ))
            .property(
                "model",
                of(Type::String).min_length(Some(1)).max_length(Some(MODEL_CHARS_MAX)),
            )
            .required("model")
            .property("messages", ArrayBuilder::new().items(message).min_items(Some(1)))
            .required("messages")
            .property("stream", of(Type::Boolean))
            .property("stream_options", usage)
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}
impl ToSchema for ChatRequest {}

/// The answer's documentation: what every provider's has.
pub(crate) enum ChatCompletion {}

impl PartialSchema for ChatCompletion {
    fn schema() -> RefOr<Schema> {
        let of = |kind| ObjectBuilder::new().schema_type(kind);
        of(Type::Object)
            .description(Some("OpenAI's chat completion, as the provider wrote it."))
            .property("id", of(Type::String))
            .property("object", of(Type::String))
            .property("model", of(Type::String))
            .property("choices", ArrayBuilder::new().items(of(Type::Object)))
            .required("choices")
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}
impl ToSchema for ChatCompletion {}

/// Documents a field that may be anything.
pub(crate) fn open(words: &str) -> Schema {
    Schema::Object(
        ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::SchemaType::AnyValue)
            .description(Some(words))
            .build(),
    )
}

/// Completes a chat, whole or as a stream of events.
///
/// With `stream: true` the answer is `text/event-stream`: one `chat.completion.chunk` an event, then `data: [DONE]`; a
/// failure in mid-stream is an event with `error`, and nothing follows it. Where the operator switched a cache on, the same
/// request of the same person gets the same answer again for a while.
#[utoipa::path(post, path = "/v1/chat/completions", tag = "openai", request_body = ChatRequest,
    params(("x-aichat-cache" = Option<String>, Header, description = "`refresh`: a new answer, kept in the place of the old one. `off`: a new answer, not kept.")),
    responses(
    (status = 200, description = "The completion.", content((ChatCompletion = "application/json"), (String = "text/event-stream")),
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
    Ok(Told(app.complete_chat_or_repeat(payer.principal(), body, wish).await?))
}

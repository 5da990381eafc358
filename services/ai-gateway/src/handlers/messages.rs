//! Messages, as Anthropic's clients ask for them.

use std::sync::Arc;

use axum::extract::State;
use chassis::Answer;
use chassis::problem::ProblemBody;
use http::{HeaderMap, HeaderName};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::app::{App, Completed, MessageAsk};
use crate::domain::outline::MODEL_CHARS_MAX;
use crate::handlers::chat_completions::open;
use crate::handlers::payer::Payer;
use crate::handlers::raw::RawJson;

/// Headers that belong to the dialect, and go along to a provider that speaks it.
const PASSED_ON: [HeaderName; 2] = [
    HeaderName::from_static("anthropic-version"),
    HeaderName::from_static("anthropic-beta"),
];

/// The request's documentation: what the gateway itself reads. Everything else of Anthropic's passes through.
pub(crate) enum MessageRequest {}

fn of(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(kind)
}

fn request(words: &str) -> ObjectBuilder {
    let message = of(Type::Object)
        .property("role", of(Type::String).enum_values(Some(["user", "assistant"])))
        .required("role")
        .property("content", open("Text, or a list of blocks."))
        .required("content")
        .additional_properties(Some(AdditionalProperties::FreeForm(true)));
    of(Type::Object)
        .description(Some(words))
        .property(
            "model",
            of(Type::String).min_length(Some(1)).max_length(Some(MODEL_CHARS_MAX)),
        )
        .required("model")
        .property("messages", ArrayBuilder::new().items(message).min_items(Some(1)))
        .required("messages")
        .property("system", open("Text, or a list of blocks."))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
}

impl PartialSchema for MessageRequest {
    fn schema() -> RefOr<Schema> {
        request("Anthropic's request for a message; fields that are not named here pass through.")
            .property("max_tokens", of(Type::Integer).minimum(Some(1)))
            .required("max_tokens")
            .property("stream", of(Type::Boolean))
            .into()
    }
}
impl ToSchema for MessageRequest {}

/// The documentation of a request to count tokens.
pub(crate) enum CountRequest {}

impl PartialSchema for CountRequest {
    fn schema() -> RefOr<Schema> {
        request("Anthropic's request to count tokens; fields that are not named here pass through.").into()
    }
}
impl ToSchema for CountRequest {}

/// The answer's documentation: what every provider's has.
pub(crate) enum Message {}

impl PartialSchema for Message {
    fn schema() -> RefOr<Schema> {
        of(Type::Object)
            .description(Some("Anthropic's message, as the provider wrote it."))
            .property("id", of(Type::String))
            .property("type", of(Type::String))
            .property("role", of(Type::String))
            .property("model", of(Type::String))
            .property("content", ArrayBuilder::new().items(of(Type::Object)))
            .required("content")
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}
impl ToSchema for Message {}

/// The documentation of a count.
pub(crate) enum CountedTokens {}

impl PartialSchema for CountedTokens {
    fn schema() -> RefOr<Schema> {
        of(Type::Object)
            .property("input_tokens", of(Type::Integer).minimum(Some(0)))
            .required("input_tokens")
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}
impl ToSchema for CountedTokens {}

fn passed_on(mut headers: HeaderMap) -> HeaderMap {
    let mut kept = HeaderMap::new();
    for name in PASSED_ON {
        while let Some(value) = headers.remove(&name) {
            kept.append(name.clone(), value);
        }
    }
    kept
}

/// Creates a message in Anthropic's dialect, whole or as a stream of events.
///
/// Besides a bearer token the key may come as `x-api-key`, as Anthropic's clients send it. To a provider that speaks the dialect
/// the request passes as it is, but for the model's name; for any other it is translated. Failures are Anthropic's as well as
/// ours: `type` is `error`, and `error` has Anthropic's type and words; in mid-stream one is an event `error`, and nothing
/// follows it.
#[utoipa::path(post, path = "/v1/messages", tag = "anthropic", request_body = MessageRequest, responses(
    (status = 200, description = "The message.", content((Message = "application/json"), (String = "text/event-stream"))),
    (status = 502, description = "The provider failed.", body = ProblemBody, content_type = "application/problem+json"),
    (status = 504, description = "The provider took too long.", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    payer: Payer,
    headers: HeaderMap,
    RawJson(body): RawJson,
) -> Answer<Completed> {
    let headers = passed_on(headers);
    Ok(app
        .create_message(payer.principal(), MessageAsk { body, headers })
        .await?)
}

/// Counts the tokens of a request, without answering it: by the provider where it speaks Anthropic's dialect, else an estimate of a
/// token for each four bytes.
#[utoipa::path(post, path = "/v1/messages/count_tokens", tag = "anthropic", request_body = CountRequest, responses(
    (status = 200, description = "The count.", body = CountedTokens),
    (status = 502, description = "The provider failed.", body = ProblemBody, content_type = "application/problem+json"),
    (status = 504, description = "The provider took too long.", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn count(
    State(app): State<Arc<App>>,
    payer: Payer,
    headers: HeaderMap,
    RawJson(body): RawJson,
) -> Answer<Completed> {
    let headers = passed_on(headers);
    Ok(app
        .count_tokens(payer.principal(), MessageAsk { body, headers })
        .await?)
}

//! Owns what OpenAI's chat request says, for the adapters that translate it. Refuses, naming the field, what no other
//! dialect can keep; unknown fields are none of its business.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::domain::outline::{or_default, parse};
use crate::error::Error;

/// A request for a chat completion.
#[derive(Deserialize)]
pub(crate) struct ChatRequest {
    pub(crate) messages: Vec<Message>,
    max_tokens: Option<u32>,
    max_completion_tokens: Option<u32>,
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    /// Not OpenAI's own, but what many servers of its dialect take.
    pub(crate) top_k: Option<u32>,
    stop: Option<OneOrMany>,
    pub(crate) seed: Option<i64>,
    pub(crate) presence_penalty: Option<f64>,
    pub(crate) frequency_penalty: Option<f64>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) tools: Vec<Tool>,
    tool_choice: Option<ToolChoice>,
    pub(crate) parallel_tool_calls: Option<bool>,
    n: Option<u32>,
    response_format: Option<ResponseFormat>,
    logprobs: Option<bool>,
    logit_bias: Option<serde_json::Map<String, Value>>,
    modalities: Option<Vec<String>>,
    audio: Option<IgnoredAny>,
    functions: Option<IgnoredAny>,
}

/// A message.
#[derive(Deserialize)]
pub(crate) struct Message {
    pub(crate) role: Role,
    pub(crate) content: Option<Content>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) tool_calls: Vec<Call>,
    pub(crate) tool_call_id: Option<String>,
}

/// Who speaks.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    System,
    Developer,
    User,
    Assistant,
    Tool,
}

/// What is said.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Content {
    Text(String),
    Parts(Vec<Part>),
}

/// A part of what is said.
#[derive(Deserialize)]
pub(crate) struct Part {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
    image_url: Option<ImageUrl>,
}

#[derive(Deserialize)]
struct ImageUrl {
    url: String,
}

/// A part as the adapters see it.
pub(crate) enum Piece<'a> {
    /// Text, perhaps empty.
    Text(&'a str),
    /// The address of an image, perhaps a data URL.
    Image(&'a str),
}

/// A call of a tool that an assistant asked for.
#[derive(Deserialize)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) function: CalledFunction,
    /// What providers add in OpenAI's dialect: Google's is `google.thought_signature`.
    extra_content: Option<Value>,
}

/// The function of a call.
#[derive(Deserialize)]
pub(crate) struct CalledFunction {
    pub(crate) name: String,
    arguments: String,
}

/// A tool on offer.
#[derive(Deserialize)]
pub(crate) struct Tool {
    pub(crate) function: OfferedFunction,
}

/// The function of a tool on offer.
#[derive(Deserialize)]
pub(crate) struct OfferedFunction {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) parameters: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ToolChoice {
    Word(String),
    Named { function: NamedFunction },
}

#[derive(Deserialize)]
struct NamedFunction {
    name: String,
}

/// Which tools may or must be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice<'a> {
    /// The model decides.
    Auto,
    /// None.
    None,
    /// At least one.
    Required,
    /// This one.
    Named(&'a str),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct ResponseFormat {
    #[serde(rename = "type")]
    kind: String,
    json_schema: Option<JsonSchema>,
}

#[derive(Deserialize)]
struct JsonSchema {
    schema: Option<Value>,
}

/// How the answer is to be written.
#[derive(Debug, PartialEq)]
pub(crate) enum Format<'a> {
    /// As text.
    Text,
    /// As any JSON.
    Json,
    /// As JSON of this schema.
    Schema(&'a Value),
}

fn invalid(field: &'static str, words: impl Into<String>) -> Error {
    Error::Invalid(field, words.into())
}

impl ChatRequest {
    /// Reads a request, and refuses what can be had of no other dialect.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Error> {
        let chat: Self = parse(std::str::from_utf8(body).unwrap_or_default())?;
        let refused = [
            ("n", chat.n.is_some_and(|n| n != 1), "only one answer at a time"),
            ("logprobs", chat.logprobs == Some(true), "no probabilities"),
            (
                "logit_bias",
                chat.logit_bias.as_ref().is_some_and(|b| !b.is_empty()),
                "no bias for single tokens",
            ),
            (
                "modalities",
                chat.modalities.iter().flatten().any(|m| m != "text"),
                "only text",
            ),
            ("audio", chat.audio.is_some(), "only text"),
            (
                "functions",
                chat.functions.is_some(),
                "no functions, which are `tools` since long; these",
            ),
        ];
        match refused.into_iter().find(|(_, is, _)| *is) {
            Some((field, _, words)) => Err(invalid(field, format!("{words} can be had of this provider"))),
            None => Ok(chat),
        }
    }

    /// Returns how many tokens may be written.
    pub(crate) fn max_tokens(&self) -> Option<u32> {
        self.max_completion_tokens.or(self.max_tokens)
    }

    /// Returns the words that end the answer.
    pub(crate) fn stops(&self) -> Vec<&str> {
        match &self.stop {
            Some(OneOrMany::One(one)) => vec![one],
            Some(OneOrMany::Many(many)) => many.iter().map(String::as_str).collect(),
            None => Vec::new(),
        }
    }

    /// Returns all instructions together.
    pub(crate) fn instructions(&self) -> Result<String, Error> {
        let instructions = self
            .messages
            .iter()
            .filter(|m| matches!(m.role, Role::System | Role::Developer));
        let texts = instructions.map(Message::text).collect::<Result<Vec<_>, _>>()?;
        Ok(texts
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join("\n\n"))
    }

    /// Returns which tools may be called.
    pub(crate) fn choice(&self) -> Result<Choice<'_>, Error> {
        Ok(match &self.tool_choice {
            None => Choice::Auto,
            Some(ToolChoice::Named { function }) => Choice::Named(&function.name),
            Some(ToolChoice::Word(word)) => match word.as_str() {
                "auto" => Choice::Auto,
                "none" => Choice::None,
                "required" => Choice::Required,
                other => {
                    return Err(invalid(
                        "tool_choice",
                        format!("`{other}` is none of auto, none, required"),
                    ));
                }
            },
        })
    }

    /// Returns how the answer is to be written.
    pub(crate) fn format(&self) -> Result<Format<'_>, Error> {
        let Some(format) = &self.response_format else {
            return Ok(Format::Text);
        };
        let schema = format.json_schema.as_ref().and_then(|s| s.schema.as_ref());
        match (format.kind.as_str(), schema) {
            ("text", _) => Ok(Format::Text),
            ("json_object", _) => Ok(Format::Json),
            ("json_schema", Some(schema)) => Ok(Format::Schema(schema)),
            ("json_schema", None) => Err(invalid("response_format", "has no json_schema.schema")),
            (other, _) => Err(invalid(
                "response_format",
                format!("`{other}` is none of text, json_object, json_schema"),
            )),
        }
    }

    /// Finds the name of the tool that call `id` was for.
    pub(crate) fn tool_of(&self, id: &str) -> Result<&str, Error> {
        let mut calls = self.messages.iter().flat_map(|m| &m.tool_calls);
        let call = calls.find(|call| call.id == id);
        call.map(|call| call.function.name.as_str())
            .ok_or_else(|| invalid("messages", format!("no assistant asked for the call `{id}`")))
    }
}

impl Message {
    /// Returns the content as text alone.
    pub(crate) fn text(&self) -> Result<String, Error> {
        let mut texts = Vec::new();
        for piece in self.pieces()? {
            match piece {
                Piece::Text(text) => texts.push(text),
                Piece::Image(_) => return Err(invalid("messages", "a part of type `image_url` cannot stand here")),
            }
        }
        Ok(texts.join("\n"))
    }

    /// Returns the content's parts; none when there is no content.
    pub(crate) fn pieces(&self) -> Result<Vec<Piece<'_>>, Error> {
        match &self.content {
            None => Ok(Vec::new()),
            Some(Content::Text(text)) => Ok(vec![Piece::Text(text)]),
            Some(Content::Parts(parts)) => parts.iter().map(Part::piece).collect(),
        }
    }

    /// Returns the call that a tool's message answers.
    pub(crate) fn answers(&self) -> Result<&str, Error> {
        let id = self.tool_call_id.as_deref();
        id.ok_or_else(|| invalid("messages", "a tool's message has no tool_call_id"))
    }
}

impl Part {
    fn piece(&self) -> Result<Piece<'_>, Error> {
        match (self.kind.as_str(), &self.text, &self.image_url) {
            ("text", Some(text), _) => Ok(Piece::Text(text)),
            ("image_url", _, Some(image)) => Ok(Piece::Image(&image.url)),
            (kind, ..) => Err(invalid(
                "messages",
                format!("a part of type `{kind}` cannot be sent to this provider"),
            )),
        }
    }
}

impl Call {
    /// Reads the arguments, which are JSON as text; none are an empty object.
    pub(crate) fn arguments(&self) -> Result<Value, Error> {
        let written = Some(self.function.arguments.trim())
            .filter(|a| !a.is_empty())
            .unwrap_or("{}");
        serde_json::from_str(written)
            .map_err(|_| invalid("messages", format!("the arguments of call `{}` are not JSON", self.id)))
    }

    /// Returns the provider's own mark of the call, which it wants back.
    pub(crate) fn signature(&self) -> Option<&str> {
        self.extra_content
            .as_ref()?
            .pointer("/google/thought_signature")?
            .as_str()
    }
}

impl OfferedFunction {
    /// Returns the schema of its arguments.
    pub(crate) fn schema(&self) -> Value {
        self.parameters
            .clone()
            .unwrap_or_else(|| json!({"type": "object", "properties": {}}))
    }
}

/// Takes a data URL apart: media type and base64. `None` for any other address.
pub(crate) fn data_url(url: &str) -> Result<Option<(&str, &str)>, Error> {
    let Some(data) = url.strip_prefix("data:") else {
        return Ok(None);
    };
    let parts = data.split_once(";base64,");
    parts
        .map(Some)
        .ok_or_else(|| invalid("messages", "a data URL of an image is not base64"))
}

/// Takes a data URL apart for a provider that fetches nothing by itself.
pub(crate) fn inline_image(url: &str) -> Result<(&str, &str), Error> {
    data_url(url)?.ok_or_else(|| {
        invalid(
            "messages",
            "this provider takes images as data URLs only, such as data:image/png;base64,…",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(body: Value) -> String {
        let error = ChatRequest::read(body.to_string().as_bytes()).err().unwrap();
        kernel::Fault::from(error).fields[0].field.clone()
    }

    #[test]
    fn what_no_other_dialect_can_keep_is_refused_by_name() {
        let with = |name: &str, value: Value| {
            let mut body = json!({"messages": [{"role": "user", "content": "a"}]});
            body[name] = value;
            body
        };
        for (name, value) in [
            ("n", json!(2)),
            ("logprobs", json!(true)),
            ("logit_bias", json!({"1": 2})),
            ("modalities", json!(["text", "audio"])),
            ("audio", json!({"voice": "x"})),
            ("functions", json!([])),
        ] {
            assert_eq!(field(with(name, value)), name);
        }
        for (name, value) in [
            ("n", json!(1)),
            ("logit_bias", json!({})),
            ("tools", Value::Null),
            ("tomorrow", json!(1)),
        ] {
            assert!(
                ChatRequest::read(with(name, value).to_string().as_bytes()).is_ok(),
                "{name}"
            );
        }
    }

    #[test]
    fn data_urls_are_taken_apart() {
        assert_eq!(
            data_url("data:image/png;base64,AA==").unwrap(),
            Some(("image/png", "AA=="))
        );
        assert_eq!(data_url("https://a/b.png").unwrap(), None);
        assert!(data_url("data:image/png,raw").is_err() && inline_image("https://a/b.png").is_err());
    }
}

//! Owns the translation of OpenAI's chat request to Anthropic's. Pure. Refuses fields whose meaning would get lost.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::domain::outline::{or_default, parse};
use crate::error::Error;

/// Anthropic wants a limit always; this is it when the caller sets none.
const MAX_TOKENS_DEFAULT: u32 = 4096;
/// What stands before a conversation that does not begin with a user, which Anthropic does not accept.
const OPENING: &str = "Go on.";

#[derive(Deserialize)]
struct Chat {
    messages: Vec<Message>,
    max_tokens: Option<u32>,
    max_completion_tokens: Option<u32>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    stop: Option<OneOrMany>,
    #[serde(default, deserialize_with = "or_default")]
    tools: Vec<Tool>,
    tool_choice: Option<ToolChoice>,
    parallel_tool_calls: Option<bool>,
    n: Option<u32>,
    response_format: Option<ResponseFormat>,
}

#[derive(Deserialize)]
struct Message {
    role: Role,
    content: Option<Content>,
    #[serde(default, deserialize_with = "or_default")]
    tool_calls: Vec<Call>,
    tool_call_id: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    System,
    Developer,
    User,
    Assistant,
    Tool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
    image_url: Option<ImageUrl>,
}

#[derive(Deserialize)]
struct ImageUrl {
    url: String,
}

#[derive(Deserialize)]
struct Call {
    id: String,
    function: CalledFunction,
}

#[derive(Deserialize)]
struct CalledFunction {
    name: String,
    arguments: String,
}

#[derive(Deserialize)]
struct Tool {
    function: OfferedFunction,
}

#[derive(Deserialize)]
struct OfferedFunction {
    name: String,
    description: Option<String>,
    parameters: Option<Value>,
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
}

/// Translates the request for `model`.
pub(super) fn translate(body: &[u8], model: &str) -> Result<Bytes, Error> {
    let chat: Chat = parse(std::str::from_utf8(body).unwrap_or_default())?;
    if chat.n.is_some_and(|n| n != 1) {
        return Err(Error::Invalid(
            "n",
            "only one answer at a time can be had of this provider".into(),
        ));
    }
    if chat.response_format.as_ref().is_some_and(|f| f.kind != "text") {
        return Err(Error::Invalid(
            "response_format",
            "only text can be had of this provider; offer a tool instead".into(),
        ));
    }
    let mut out = Map::new();
    out.insert("model".into(), json!(model));
    out.insert(
        "max_tokens".into(),
        json!(
            chat.max_completion_tokens
                .or(chat.max_tokens)
                .unwrap_or(MAX_TOKENS_DEFAULT)
        ),
    );
    let system = system(&chat.messages)?;
    if !system.is_empty() {
        out.insert("system".into(), json!(system));
    }
    out.insert("messages".into(), messages(&chat.messages)?);
    // OpenAI's goes to 2, Anthropic's to 1.
    out.extend(
        chat.temperature
            .map(|t| ("temperature".into(), json!(t.clamp(0.0, 1.0)))),
    );
    out.extend(chat.top_p.map(|p| ("top_p".into(), json!(p))));
    let stop = match chat.stop {
        Some(OneOrMany::One(one)) => vec![one],
        Some(OneOrMany::Many(many)) => many,
        None => Vec::new(),
    };
    if !stop.is_empty() {
        out.insert("stop_sequences".into(), json!(stop));
    }
    if !chat.tools.is_empty() {
        out.insert("tools".into(), chat.tools.iter().map(tool).collect());
        out.extend(
            tool_choice(chat.tool_choice.as_ref(), chat.parallel_tool_calls)?.map(|c| ("tool_choice".into(), c)),
        );
    }
    out.insert("stream".into(), json!(true));
    Ok(Value::Object(out).to_string().into())
}

fn system(messages: &[Message]) -> Result<String, Error> {
    let instructions = messages
        .iter()
        .filter(|m| matches!(m.role, Role::System | Role::Developer));
    let texts = instructions
        .map(|m| text(m.content.as_ref()))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(texts
        .into_iter()
        .filter(|t| !t.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n"))
}

/// Turns the conversation into Anthropic's, where user and assistant take strict turns.
fn messages(messages: &[Message]) -> Result<Value, Error> {
    let mut turns: Vec<(&'static str, Vec<Value>)> = Vec::new();
    for message in messages {
        let (role, blocks) = match message.role {
            Role::System | Role::Developer => continue,
            Role::User => ("user", content_blocks(message.content.as_ref())?),
            Role::Assistant => ("assistant", assistant_blocks(message)?),
            Role::Tool => ("user", vec![tool_result(message)?]),
        };
        match turns.last_mut() {
            Some((last, all)) if *last == role => all.extend(blocks),
            _ if blocks.is_empty() => {}
            _ => turns.push((role, blocks)),
        }
    }
    if turns.first().is_none_or(|(role, _)| *role != "user") {
        turns.insert(0, ("user", vec![text_block(OPENING)]));
    }
    trim_last_answer(&mut turns);
    Ok(turns
        .into_iter()
        .map(|(role, content)| json!({"role": role, "content": content}))
        .collect())
}

/// Anthropic refuses a conversation that ends with an assistant's text that ends with blanks.
fn trim_last_answer(turns: &mut [(&'static str, Vec<Value>)]) {
    let Some(("assistant", blocks)) = turns.last_mut() else {
        return;
    };
    if let Some(text) = blocks.last_mut().and_then(|b| b.get_mut("text")) {
        *text = json!(text.as_str().unwrap_or_default().trim_end());
    }
}

fn text_block(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn content_blocks(content: Option<&Content>) -> Result<Vec<Value>, Error> {
    match content {
        None => Ok(Vec::new()),
        // Anthropic refuses empty texts.
        Some(Content::Text(text)) => Ok(if text.is_empty() {
            Vec::new()
        } else {
            vec![text_block(text)]
        }),
        Some(Content::Parts(parts)) => parts.iter().map(part_block).filter(|b| !is_empty_text(b)).collect(),
    }
}

fn is_empty_text(block: &Result<Value, Error>) -> bool {
    block
        .as_ref()
        .is_ok_and(|b| b.get("text").and_then(Value::as_str) == Some(""))
}

fn part_block(part: &Part) -> Result<Value, Error> {
    match (part.kind.as_str(), &part.text, &part.image_url) {
        ("text", Some(text), _) => Ok(text_block(text)),
        ("image_url", _, Some(image)) => Ok(json!({"type": "image", "source": image_source(&image.url)?})),
        (kind, ..) => Err(Error::Invalid(
            "messages",
            format!("a part of type `{kind}` cannot be sent to this provider"),
        )),
    }
}

fn image_source(url: &str) -> Result<Value, Error> {
    let Some(data) = url.strip_prefix("data:") else {
        return Ok(json!({"type": "url", "url": url}));
    };
    let Some((media_type, data)) = data.split_once(";base64,") else {
        return Err(Error::Invalid(
            "messages",
            "a data URL of an image is not base64".into(),
        ));
    };
    Ok(json!({"type": "base64", "media_type": media_type, "data": data}))
}

fn text(content: Option<&Content>) -> Result<String, Error> {
    match content {
        None => Ok(String::new()),
        Some(Content::Text(text)) => Ok(text.clone()),
        Some(Content::Parts(parts)) => {
            let texts = parts.iter().map(|p| match (&p.text, p.kind.as_str()) {
                (Some(text), "text") => Ok(text.as_str()),
                _ => Err(Error::Invalid(
                    "messages",
                    format!("a part of type `{}` cannot stand here", p.kind),
                )),
            });
            Ok(texts.collect::<Result<Vec<_>, _>>()?.join("\n"))
        }
    }
}

fn assistant_blocks(message: &Message) -> Result<Vec<Value>, Error> {
    let mut blocks = content_blocks(message.content.as_ref())?;
    for call in &message.tool_calls {
        let written = Some(call.function.arguments.trim())
            .filter(|a| !a.is_empty())
            .unwrap_or("{}");
        let input: Value = serde_json::from_str(written)
            .map_err(|_| Error::Invalid("messages", format!("the arguments of call `{}` are not JSON", call.id)))?;
        blocks.push(json!({"type": "tool_use", "id": call.id, "name": call.function.name, "input": input}));
    }
    Ok(blocks)
}

fn tool_result(message: &Message) -> Result<Value, Error> {
    let id = message.tool_call_id.as_ref();
    let id = id.ok_or_else(|| Error::Invalid("messages", "a tool's message has no tool_call_id".into()))?;
    Ok(json!({"type": "tool_result", "tool_use_id": id, "content": text(message.content.as_ref())?}))
}

fn tool(tool: &Tool) -> Value {
    let OfferedFunction {
        name,
        description,
        parameters,
    } = &tool.function;
    let schema = parameters
        .clone()
        .unwrap_or_else(|| json!({"type": "object", "properties": {}}));
    let mut out = json!({"name": name, "input_schema": schema});
    if let (Some(description), Some(out)) = (description, out.as_object_mut()) {
        out.insert("description".into(), json!(description));
    }
    out
}

fn tool_choice(choice: Option<&ToolChoice>, parallel: Option<bool>) -> Result<Option<Value>, Error> {
    let mut out = match choice {
        None if parallel == Some(false) => json!({"type": "auto"}),
        None => return Ok(None),
        Some(ToolChoice::Named { function }) => json!({"type": "tool", "name": function.name}),
        Some(ToolChoice::Word(word)) => match word.as_str() {
            "none" => return Ok(Some(json!({"type": "none"}))),
            "auto" => json!({"type": "auto"}),
            "required" => json!({"type": "any"}),
            other => {
                return Err(Error::Invalid(
                    "tool_choice",
                    format!("`{other}` is none of auto, none, required"),
                ));
            }
        },
    };
    if let (Some(false), Some(out)) = (parallel, out.as_object_mut()) {
        out.insert("disable_parallel_tool_use".into(), json!(true));
    }
    Ok(Some(out))
}

#[cfg(test)]
mod tests;

//! Owns the translation of Anthropic's request to OpenAI's. Pure. Refuses, naming the field, what would lose its meaning;
//! a hint that only changes how an answer is found (`thinking`, `cache_control`, `metadata`) is left out.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::domain::outline::{or_default, parse};
use crate::error::Error;

#[derive(Deserialize)]
struct Request {
    messages: Vec<Message>,
    system: Option<Content>,
    max_tokens: u32,
    #[serde(default)]
    stream: Option<bool>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    top_k: Option<u32>,
    #[serde(default, deserialize_with = "or_default")]
    stop_sequences: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    tools: Vec<Tool>,
    tool_choice: Option<ToolChoice>,
    /// Structured answers, as first named.
    output_format: Option<OutputFormat>,
    output_config: Option<OutputConfig>,
    #[serde(default, deserialize_with = "or_default")]
    mcp_servers: Vec<Value>,
    container: Option<Value>,
}

#[derive(Deserialize)]
struct OutputConfig {
    format: Option<OutputFormat>,
}

#[derive(Deserialize)]
struct OutputFormat {
    #[serde(rename = "type")]
    kind: String,
    schema: Option<Value>,
}

#[derive(Deserialize)]
struct Message {
    role: Role,
    content: Content,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    User,
    Assistant,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Blocks(Vec<Block>),
}

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
    source: Option<Source>,
    id: Option<String>,
    name: Option<String>,
    input: Option<Value>,
    tool_use_id: Option<String>,
    content: Option<Box<Content>>,
    is_error: Option<bool>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(rename = "type")]
    kind: String,
    media_type: Option<String>,
    data: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct Tool {
    #[serde(rename = "type")]
    kind: Option<String>,
    name: String,
    description: Option<String>,
    input_schema: Option<Value>,
}

#[derive(Deserialize)]
struct ToolChoice {
    #[serde(rename = "type")]
    kind: String,
    name: Option<String>,
    disable_parallel_tool_use: Option<bool>,
}

fn invalid(field: &'static str, words: impl Into<String>) -> Error {
    Error::Invalid(field, words.into())
}

/// Translates the request for `model`, whose provider calls the most tokens to write `max_tokens_field`. One that `takes_top_k`
/// is told it; to others it is a field that they refuse.
pub(crate) fn translate(body: &[u8], model: &str, max_tokens_field: &str, takes_top_k: bool) -> Result<Bytes, Error> {
    let request: Request = parse(std::str::from_utf8(body).unwrap_or_default())?;
    if !request.mcp_servers.is_empty() {
        return Err(invalid(
            "mcp_servers",
            "this provider calls no servers by itself; offer tools",
        ));
    }
    if request.container.is_some() {
        return Err(invalid("container", "this provider has no containers"));
    }
    let mut out = Map::new();
    out.insert("model".into(), json!(model));
    out.insert(max_tokens_field.into(), json!(request.max_tokens));
    out.insert("messages".into(), messages(&request)?);
    out.extend(request.temperature.map(|t| ("temperature".into(), json!(t))));
    out.extend(request.top_p.map(|p| ("top_p".into(), json!(p))));
    out.extend(
        request
            .top_k
            .filter(|_| takes_top_k)
            .map(|k| ("top_k".into(), json!(k))),
    );
    if !request.stop_sequences.is_empty() {
        out.insert("stop".into(), json!(request.stop_sequences));
    }
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(tool).collect::<Result<Vec<_>, _>>()?;
        out.insert("tools".into(), tools.into());
        if let Some(choice) = &request.tool_choice {
            out.insert("tool_choice".into(), tool_choice(choice)?);
            if choice.disable_parallel_tool_use == Some(true) {
                out.insert("parallel_tool_calls".into(), json!(false));
            }
        }
    }
    let format = request.output_config.and_then(|c| c.format).or(request.output_format);
    if let Some(format) = format {
        out.insert("response_format".into(), response_format(format)?);
    }
    if request.stream == Some(true) {
        out.insert("stream".into(), json!(true));
        out.insert("stream_options".into(), json!({"include_usage": true}));
    }
    Ok(Value::Object(out).to_string().into())
}

fn response_format(format: OutputFormat) -> Result<Value, Error> {
    match (format.kind.as_str(), format.schema) {
        ("json_schema", Some(schema)) => Ok(json!({
            "type": "json_schema", "json_schema": {"name": "answer", "strict": true, "schema": schema},
        })),
        _ => Err(invalid("output_config", "its format is no json_schema with a schema")),
    }
}

fn messages(request: &Request) -> Result<Value, Error> {
    let mut out = Vec::new();
    if let Some(system) = &request.system {
        let text = text(system, "system")?;
        if !text.is_empty() {
            out.push(json!({"role": "system", "content": text}));
        }
    }
    for message in &request.messages {
        match (&message.content, message.role) {
            (Content::Text(text), Role::User) => out.push(json!({"role": "user", "content": text})),
            (Content::Text(text), Role::Assistant) => out.push(json!({"role": "assistant", "content": text})),
            (Content::Blocks(blocks), Role::User) => user(blocks, &mut out)?,
            (Content::Blocks(blocks), Role::Assistant) => assistant(blocks, &mut out)?,
        }
    }
    Ok(out.into())
}

/// What tools answered are messages of their own in OpenAI's dialect, before what the user says; their images, which have no
/// place there, are said by the user.
fn user(blocks: &[Block], out: &mut Vec<Value>) -> Result<(), Error> {
    let mut parts = Vec::new();
    for block in blocks {
        match block.kind.as_str() {
            "tool_result" => out.push(tool_result(block, &mut parts)?),
            _ => parts.push(part(block)?),
        }
    }
    if !parts.is_empty() {
        out.push(json!({"role": "user", "content": parts}));
    }
    Ok(())
}

fn tool_result(block: &Block, images: &mut Vec<Value>) -> Result<Value, Error> {
    let id = block.tool_use_id.as_deref();
    let id = id.ok_or_else(|| invalid("messages", "a tool_result has no tool_use_id"))?;
    let mut words = Vec::new();
    match block.content.as_deref() {
        None => {}
        Some(Content::Text(text)) => words.push(text.clone()),
        Some(Content::Blocks(blocks)) => {
            for block in blocks {
                match (&block.text, block.kind.as_str()) {
                    (Some(text), "text") => words.push(text.clone()),
                    _ => images.push(part(block)?),
                }
            }
        }
    }
    let words = words.join("\n");
    // OpenAI's dialect has no mark for a tool that failed.
    let words = if block.is_error == Some(true) {
        format!("Error: {words}")
    } else {
        words
    };
    Ok(json!({"role": "tool", "tool_call_id": id, "content": words}))
}

fn assistant(blocks: &[Block], out: &mut Vec<Value>) -> Result<(), Error> {
    let (mut texts, mut calls) = (Vec::new(), Vec::new());
    for block in blocks {
        match (block.kind.as_str(), &block.text) {
            ("text", Some(text)) => texts.push(text.as_str()),
            // What another model thought is signed for that model alone.
            ("thinking" | "redacted_thinking", _) => {}
            ("tool_use", _) => calls.push(call(block)?),
            (kind, _) => return Err(untranslatable(kind)),
        }
    }
    let content = if texts.is_empty() {
        Value::Null
    } else {
        json!(texts.join(""))
    };
    let mut message = json!({"role": "assistant", "content": content});
    match message.as_object_mut() {
        Some(message) if !calls.is_empty() => drop(message.insert("tool_calls".into(), calls.into())),
        _ if content.is_null() => return Ok(()),
        _ => {}
    }
    out.push(message);
    Ok(())
}

fn call(block: &Block) -> Result<Value, Error> {
    let (Some(id), Some(name)) = (&block.id, &block.name) else {
        return Err(invalid("messages", "a tool_use has no id or no name"));
    };
    let arguments = block.input.as_ref().map_or_else(|| "{}".to_owned(), Value::to_string);
    Ok(json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}))
}

fn part(block: &Block) -> Result<Value, Error> {
    match (block.kind.as_str(), &block.text, &block.source) {
        ("text", Some(text), _) => Ok(json!({"type": "text", "text": text})),
        ("image", _, Some(source)) => Ok(json!({"type": "image_url", "image_url": {"url": image_url(source)?}})),
        (kind, ..) => Err(untranslatable(kind)),
    }
}

fn untranslatable(kind: &str) -> Error {
    invalid(
        "messages",
        format!("a block of type `{kind}` cannot be sent to this provider"),
    )
}

fn image_url(source: &Source) -> Result<String, Error> {
    match (source.kind.as_str(), source) {
        (
            "base64",
            Source {
                media_type: Some(media_type),
                data: Some(data),
                ..
            },
        ) => Ok(format!("data:{media_type};base64,{data}")),
        ("url", Source { url: Some(url), .. }) => Ok(url.clone()),
        (kind, _) => Err(invalid(
            "messages",
            format!("an image whose source is `{kind}` cannot be sent to this provider"),
        )),
    }
}

fn text(content: &Content, field: &'static str) -> Result<String, Error> {
    match content {
        Content::Text(text) => Ok(text.clone()),
        Content::Blocks(blocks) => {
            let texts = blocks.iter().map(|b| match (&b.text, b.kind.as_str()) {
                (Some(text), "text") => Ok(text.as_str()),
                (_, kind) => Err(invalid(field, format!("a block of type `{kind}` cannot stand here"))),
            });
            Ok(texts.collect::<Result<Vec<_>, _>>()?.join("\n\n"))
        }
    }
}

fn tool(tool: &Tool) -> Result<Value, Error> {
    if let Some(kind) = tool.kind.as_deref().filter(|kind| *kind != "custom") {
        return Err(invalid(
            "tools",
            format!("a tool of type `{kind}` runs at Anthropic only"),
        ));
    }
    let mut function = json!({"name": tool.name});
    if let Some(function) = function.as_object_mut() {
        function.extend(tool.description.as_ref().map(|d| ("description".into(), json!(d))));
        function.extend(tool.input_schema.clone().map(|s| ("parameters".into(), s)));
    }
    Ok(json!({"type": "function", "function": function}))
}

fn tool_choice(choice: &ToolChoice) -> Result<Value, Error> {
    match (choice.kind.as_str(), &choice.name) {
        ("auto", _) => Ok(json!("auto")),
        ("none", _) => Ok(json!("none")),
        ("any", _) => Ok(json!("required")),
        ("tool", Some(name)) => Ok(json!({"type": "function", "function": {"name": name}})),
        (kind, _) => Err(invalid(
            "tool_choice",
            format!("`{kind}` is none of auto, any, none, or tool with a name"),
        )),
    }
}

#[cfg(test)]
mod tests;

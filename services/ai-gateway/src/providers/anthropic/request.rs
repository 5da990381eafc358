//! Owns the translation of OpenAI's chat request to Anthropic's. Pure. Refuses fields whose meaning would get lost.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::domain::chat_request::{ChatRequest, Choice, Format, Message, Piece, Role, Tool, data_url};
use crate::error::Error;

/// Anthropic wants a limit always; this is it when the caller sets none.
const MAX_TOKENS_DEFAULT: u32 = 4096;
/// What stands before a conversation that does not begin with a user, which Anthropic does not accept.
const OPENING: &str = "Go on.";

/// Translates the request for `model`.
pub(super) fn translate(body: &[u8], model: &str) -> Result<Bytes, Error> {
    let chat = ChatRequest::read(body)?;
    if chat.format()? != Format::Text {
        return Err(Error::Invalid(
            "response_format",
            "only text can be had of this provider; offer a tool instead".into(),
        ));
    }
    let mut out = Map::new();
    out.insert("model".into(), json!(model));
    out.insert(
        "max_tokens".into(),
        json!(chat.max_tokens().unwrap_or(MAX_TOKENS_DEFAULT)),
    );
    let system = chat.instructions()?;
    if !system.is_empty() {
        out.insert("system".into(), json!(system));
    }
    out.insert("messages".into(), messages(&chat.messages)?);
    // OpenAI's goes to 2, Anthropic's to 1.
    out.extend(
        chat.temperature
            .map(|t| ("temperature".into(), json!(t.clamp(0.0, 1.0)))),
    );
    // Newer models take one of the two only.
    let top_p = chat.top_p.filter(|_| chat.temperature.is_none());
    out.extend(top_p.map(|p| ("top_p".into(), json!(p))));
    out.extend(chat.top_k.map(|k| ("top_k".into(), json!(k))));
    let stops = chat.stops();
    if !stops.is_empty() {
        out.insert("stop_sequences".into(), json!(stops));
    }
    if !chat.tools.is_empty() {
        out.insert("tools".into(), chat.tools.iter().map(tool).collect());
        out.extend(tool_choice(chat.choice()?, chat.parallel_tool_calls).map(|c| ("tool_choice".into(), c)));
    }
    out.insert("stream".into(), json!(true));
    Ok(Value::Object(out).to_string().into())
}

/// Turns the conversation into Anthropic's, where user and assistant take strict turns.
fn messages(messages: &[Message]) -> Result<Value, Error> {
    let mut turns: Vec<(&'static str, Vec<Value>)> = Vec::new();
    for message in messages {
        let (role, blocks) = match message.role {
            Role::System | Role::Developer => continue,
            Role::User => ("user", content_blocks(message)?),
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

fn content_blocks(message: &Message) -> Result<Vec<Value>, Error> {
    let mut blocks = Vec::new();
    for piece in message.pieces()? {
        match piece {
            // Anthropic refuses empty texts.
            Piece::Text("") => {}
            Piece::Text(text) => blocks.push(text_block(text)),
            Piece::Image(url) => blocks.push(json!({"type": "image", "source": image_source(url)?})),
        }
    }
    Ok(blocks)
}

fn image_source(url: &str) -> Result<Value, Error> {
    Ok(match data_url(url)? {
        Some((media_type, data)) => json!({"type": "base64", "media_type": media_type, "data": data}),
        None => json!({"type": "url", "url": url}),
    })
}

fn assistant_blocks(message: &Message) -> Result<Vec<Value>, Error> {
    let mut blocks = content_blocks(message)?;
    for call in &message.tool_calls {
        blocks.push(json!({"type": "tool_use", "id": call.id, "name": call.function.name, "input": call.arguments()?}));
    }
    Ok(blocks)
}

fn tool_result(message: &Message) -> Result<Value, Error> {
    Ok(json!({"type": "tool_result", "tool_use_id": message.answers()?, "content": message.text()?}))
}

fn tool(tool: &Tool) -> Value {
    let mut out = json!({"name": tool.function.name, "input_schema": tool.function.schema()});
    if let (Some(description), Some(out)) = (&tool.function.description, out.as_object_mut()) {
        out.insert("description".into(), json!(description));
    }
    out
}

fn tool_choice(choice: Choice<'_>, parallel: Option<bool>) -> Option<Value> {
    let mut out = match choice {
        Choice::None => return Some(json!({"type": "none"})),
        Choice::Auto if parallel != Some(false) => return None,
        Choice::Auto => json!({"type": "auto"}),
        Choice::Required => json!({"type": "any"}),
        Choice::Named(name) => json!({"type": "tool", "name": name}),
    };
    if let (Some(false), Some(out)) = (parallel, out.as_object_mut()) {
        out.insert("disable_parallel_tool_use".into(), json!(true));
    }
    Some(out)
}

#[cfg(test)]
mod tests;

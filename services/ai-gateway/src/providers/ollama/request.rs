//! Owns the translation of OpenAI's chat request to Ollama's. Pure. Refuses fields whose meaning would get lost.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::domain::chat_request::{ChatRequest, Choice, Format, Message, Piece, Role, inline_image};
use crate::domain::outline::estimate;
use crate::error::Error;

/// Translates the request for `model`; returns about how many tokens its texts have as well.
pub(super) fn translate(body: &[u8], model: &str) -> Result<(Bytes, u32), Error> {
    let chat = ChatRequest::read(body)?;
    let mut out = Map::new();
    out.insert("model".into(), json!(model));
    let (mut messages, mut text_bytes) = (Vec::with_capacity(chat.messages.len()), 0);
    for message in &chat.messages {
        let (translated, bytes) = self::message(&chat, message)?;
        messages.push(translated);
        text_bytes += bytes;
    }
    out.insert("messages".into(), messages.into());
    if let Some(tools) = tools(&chat)? {
        out.insert("tools".into(), tools);
    }
    match chat.format()? {
        Format::Text => {}
        Format::Json => drop(out.insert("format".into(), json!("json"))),
        Format::Schema(schema) => drop(out.insert("format".into(), schema.clone())),
    }
    let options = options(&chat);
    if !options.is_empty() {
        out.insert("options".into(), Value::Object(options));
    }
    out.insert("stream".into(), json!(true));
    Ok((Value::Object(out).to_string().into(), estimate(text_bytes)))
}

fn message(chat: &ChatRequest, message: &Message) -> Result<(Value, usize), Error> {
    let (mut texts, mut images) = (Vec::new(), Vec::new());
    for piece in message.pieces()? {
        match piece {
            Piece::Text(text) => texts.push(text),
            Piece::Image(url) => images.push(inline_image(url)?.1),
        }
    }
    let role = match message.role {
        Role::System | Role::Developer => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    };
    let text = texts.join("\n");
    let mut out = Map::new();
    out.insert("role".into(), json!(role));
    out.insert("content".into(), json!(text));
    if !images.is_empty() {
        out.insert("images".into(), json!(images));
    }
    if message.role == Role::Tool {
        let id = message.answers()?;
        out.insert("tool_name".into(), json!(chat.tool_of(id)?));
        out.insert("tool_call_id".into(), json!(id));
    }
    let mut calls = Vec::new();
    for call in &message.tool_calls {
        let function = json!({"name": call.function.name, "arguments": call.arguments()?});
        calls.push(json!({"id": call.id, "function": function}));
    }
    if !calls.is_empty() {
        out.insert("tool_calls".into(), calls.into());
    }
    Ok((Value::Object(out), text.len()))
}

/// Ollama's models decide by themselves what they call: a caller may only offer tools or not.
fn tools(chat: &ChatRequest) -> Result<Option<Value>, Error> {
    if chat.tools.is_empty() {
        return Ok(None);
    }
    let refused = |field, words: &str| Err(Error::Invalid(field, words.into()));
    match chat.choice()? {
        Choice::None => return Ok(None),
        Choice::Auto => {}
        Choice::Required | Choice::Named(_) => {
            return refused(
                "tool_choice",
                "this provider cannot be made to call a tool: auto or none",
            );
        }
    }
    if chat.parallel_tool_calls == Some(false) {
        return refused(
            "parallel_tool_calls",
            "this provider decides by itself how many tools it calls at once",
        );
    }
    let tools = chat.tools.iter().map(|tool| {
        let function = json!({
            "name": tool.function.name, "description": tool.function.description.as_deref().unwrap_or_default(),
            "parameters": tool.function.schema(),
        });
        json!({"type": "function", "function": function})
    });
    Ok(Some(tools.collect()))
}

fn options(chat: &ChatRequest) -> Map<String, Value> {
    let mut out = Map::new();
    out.extend(chat.max_tokens().map(|n| ("num_predict".into(), json!(n))));
    out.extend(chat.temperature.map(|t| ("temperature".into(), json!(t))));
    out.extend(chat.top_p.map(|p| ("top_p".into(), json!(p))));
    out.extend(chat.top_k.map(|k| ("top_k".into(), json!(k))));
    out.extend(chat.seed.map(|s| ("seed".into(), json!(s))));
    out.extend(chat.presence_penalty.map(|p| ("presence_penalty".into(), json!(p))));
    out.extend(chat.frequency_penalty.map(|p| ("frequency_penalty".into(), json!(p))));
    let stops = chat.stops();
    if !stops.is_empty() {
        out.insert("stop".into(), json!(stops));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(body: Value) -> Value {
        serde_json::from_slice(&translate(body.to_string().as_bytes(), "llama3.2").unwrap().0).unwrap()
    }

    fn user(content: Value) -> Value {
        json!({"role": "user", "content": content})
    }

    #[test]
    fn a_conversation_with_everything_is_translated() {
        let function = json!({"name": "weather", "description": "d", "parameters": {"type": "object"}});
        let call = json!({"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\"city\":\"Paris\"}"}});
        let image = json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}});
        let schema = json!({"type": "object", "properties": {"zeta": {}, "alpha": {}}});
        let body = json!({
            "model": "x", "stop": ["END"], "temperature": 0.5, "top_p": 0.9, "top_k": 3, "max_tokens": 9, "seed": 7,
            "tools": [{"type": "function", "function": function}], "tool_choice": "auto",
            "response_format": {"type": "json_schema", "json_schema": {"schema": schema}},
            "messages": [
                {"role": "developer", "content": "Be brief."}, user(json!([{"type": "text", "text": "Look"}, image])),
                {"role": "assistant", "content": null, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
            ],
        });
        let (bytes, estimate) = translate(body.to_string().as_bytes(), "llama3.2").unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(
            text.find("zeta") < text.find("alpha"),
            "the grammar follows the schema's order: {text}"
        );
        assert_eq!(estimate, 5, "images are no text");
        let called = json!({"id": "c1", "function": {"name": "weather", "arguments": {"city": "Paris"}}});
        let expected = json!({
            "model": "llama3.2", "stream": true, "format": schema, "tools": [{"type": "function", "function": function}],
            "options": {"num_predict": 9, "temperature": 0.5, "top_p": 0.9, "top_k": 3, "seed": 7, "stop": ["END"]},
            "messages": [
                {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Look", "images": ["AAAA"]},
                {"role": "assistant", "content": "", "tool_calls": [called]},
                {"role": "tool", "content": "sunny", "tool_name": "weather", "tool_call_id": "c1"},
            ],
        });
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
    }

    #[test]
    fn any_json_is_a_word_and_no_tools_are_none() {
        let out = translated(json!({
            "messages": [user(json!("a"))], "response_format": {"type": "json_object"}, "tool_choice": "none",
            "tools": [{"type": "function", "function": {"name": "f"}}],
        }));
        let expected = json!({"model": "llama3.2", "messages": [user(json!("a"))], "format": "json", "stream": true});
        assert_eq!(out, expected);
    }

    #[test]
    fn what_would_lose_its_meaning_is_refused() {
        let tool = json!([{"type": "function", "function": {"name": "f"}}]);
        let with = |name: &str, value: Value| {
            let mut body = json!({"messages": [user(json!("a"))], "tools": tool});
            body[name] = value;
            body
        };
        let url = json!([user(
            json!([{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}])
        )]);
        for (body, field) in [
            (with("tool_choice", json!("required")), "tool_choice"),
            (with("tool_choice", json!({"function": {"name": "f"}})), "tool_choice"),
            (with("parallel_tool_calls", json!(false)), "parallel_tool_calls"),
            (with("n", json!(2)), "n"),
            (with("messages", url), "messages"),
        ] {
            let fault = kernel::Fault::from(translate(body.to_string().as_bytes(), "m").unwrap_err());
            assert_eq!(
                (fault.kind.status(), fault.fields[0].field.as_str()),
                (422, field),
                "{body}"
            );
        }
    }
}

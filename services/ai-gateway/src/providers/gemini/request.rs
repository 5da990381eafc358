//! Owns the translation of OpenAI's chat request to Gemini's. Pure. Refuses fields whose meaning would get lost.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::domain::chat_request::{
    Call, ChatRequest, Choice, Format, Message, OfferedFunction, Piece, Role, inline_image,
};
use crate::error::Error;
use crate::providers::gemini::schema;

/// What stands before a conversation that does not begin with a user, which Gemini does not accept.
const OPENING: &str = "Go on.";
/// From this version on a model refuses calls in the history that carry no signature of its own.
const SIGNED_SINCE: u32 = 3;
/// What Google documents for calls whose signature nobody has: they came from another model, or a client lost it.
const NO_SIGNATURE: &str = "skip_thought_signature_validator";

type Turns = Vec<(&'static str, Vec<Value>)>;

/// Translates the request for `model`.
pub(super) fn translate(body: &[u8], model: &str) -> Result<Bytes, Error> {
    let chat = ChatRequest::read(body)?;
    if chat.parallel_tool_calls == Some(false) && !chat.tools.is_empty() {
        return Err(Error::Invalid(
            "parallel_tool_calls",
            "this provider decides by itself how many tools it calls at once".into(),
        ));
    }
    let mut out = Map::new();
    let system = chat.instructions()?;
    if !system.is_empty() {
        out.insert("systemInstruction".into(), json!({"parts": [{"text": system}]}));
    }
    out.insert("contents".into(), contents(&chat, model)?);
    if !chat.tools.is_empty() {
        let functions: Vec<Value> = chat.tools.iter().map(|t| function(&t.function)).collect();
        out.insert("tools".into(), json!([{"functionDeclarations": functions}]));
        out.extend(tool_config(chat.choice()?).map(|c| ("toolConfig".into(), c)));
    }
    let settings = settings(&chat)?;
    if !settings.is_empty() {
        out.insert("generationConfig".into(), Value::Object(settings));
    }
    Ok(Value::Object(out).to_string().into())
}

fn settings(chat: &ChatRequest) -> Result<Map<String, Value>, Error> {
    let mut out = Map::new();
    out.extend(chat.max_tokens().map(|n| ("maxOutputTokens".into(), json!(n))));
    out.extend(chat.temperature.map(|t| ("temperature".into(), json!(t))));
    out.extend(chat.top_p.map(|p| ("topP".into(), json!(p))));
    out.extend(chat.top_k.map(|k| ("topK".into(), json!(k))));
    out.extend(chat.seed.map(|s| ("seed".into(), json!(s))));
    out.extend(chat.presence_penalty.map(|p| ("presencePenalty".into(), json!(p))));
    out.extend(chat.frequency_penalty.map(|p| ("frequencyPenalty".into(), json!(p))));
    let stops = chat.stops();
    if !stops.is_empty() {
        out.insert("stopSequences".into(), json!(stops));
    }
    let format = chat.format()?;
    if format != Format::Text {
        out.insert("responseMimeType".into(), json!("application/json"));
    }
    if let Format::Schema(schema) = format {
        let (name, schema) = either(schema, "responseSchema", "responseJsonSchema");
        out.insert(name.into(), schema);
    }
    Ok(out)
}

/// Says a schema in Gemini's own words under `own`, or as it is under `json` where those have none for it.
fn either(schema: &Value, own: &'static str, json: &'static str) -> (&'static str, Value) {
    match schema::translated(schema) {
        Some(translated) => (own, translated),
        None => (json, schema.clone()),
    }
}

fn function(function: &OfferedFunction) -> Value {
    let mut out = Map::new();
    out.insert("name".into(), json!(function.name));
    out.extend(function.description.as_ref().map(|d| ("description".into(), json!(d))));
    // Gemini refuses an object without properties.
    let properties = |schema: &&Value| {
        let properties = schema.get("properties").and_then(Value::as_object);
        properties.is_none_or(|all| !all.is_empty()) && schema.as_object().is_some_and(|s| s.len() > 1)
    };
    if let Some(schema) = function.parameters.as_ref().filter(properties) {
        let (name, schema) = either(schema, "parameters", "parametersJsonSchema");
        out.insert(name.into(), schema);
    }
    Value::Object(out)
}

fn tool_config(choice: Choice<'_>) -> Option<Value> {
    let config = match choice {
        Choice::Auto => return None,
        Choice::None => json!({"mode": "NONE"}),
        Choice::Required => json!({"mode": "ANY"}),
        Choice::Named(name) => json!({"mode": "ANY", "allowedFunctionNames": [name]}),
    };
    Some(json!({ "functionCallingConfig": config }))
}

/// Turns the conversation into Gemini's, where user and model take strict turns.
fn contents(chat: &ChatRequest, model: &str) -> Result<Value, Error> {
    let mut turns = Turns::new();
    for message in &chat.messages {
        let (role, parts) = match message.role {
            Role::System | Role::Developer => continue,
            Role::User => ("user", said(message)?),
            Role::Assistant => ("model", [said(message)?, calls(&message.tool_calls, model)?].concat()),
            Role::Tool => ("user", vec![response(chat, message)?]),
        };
        match turns.last_mut() {
            Some((last, all)) if *last == role => all.extend(parts),
            _ if parts.is_empty() => {}
            _ => turns.push((role, parts)),
        }
    }
    if turns.first().is_none_or(|(role, _)| *role != "user") {
        turns.insert(0, ("user", vec![json!({"text": OPENING})]));
    }
    Ok(turns
        .into_iter()
        .map(|(role, parts)| json!({"role": role, "parts": parts}))
        .collect())
}

fn said(message: &Message) -> Result<Vec<Value>, Error> {
    let mut parts = Vec::new();
    for piece in message.pieces()? {
        match piece {
            Piece::Text("") => {}
            Piece::Text(text) => parts.push(json!({ "text": text })),
            Piece::Image(url) => {
                let (media_type, data) = inline_image(url)?;
                parts.push(json!({"inlineData": {"mimeType": media_type, "data": data}}));
            }
        }
    }
    Ok(parts)
}

/// Of the calls that a model makes at once the first one carries the signature.
fn calls(calls: &[Call], model: &str) -> Result<Vec<Value>, Error> {
    let mut parts = Vec::new();
    let unsigned = calls.iter().all(|call| call.signature().is_none()) && wants_signatures(model);
    for (number, call) in calls.iter().enumerate() {
        let args = call.arguments()?;
        if !args.is_object() {
            let words = format!("the arguments of call `{}` are no object", call.id);
            return Err(Error::Invalid("messages", words));
        }
        let mut part = json!({"functionCall": {"name": call.function.name, "args": args}});
        let signature = call.signature().or((unsigned && number == 0).then_some(NO_SIGNATURE));
        if let (Some(signature), Some(part)) = (signature, part.as_object_mut()) {
            part.insert("thoughtSignature".into(), json!(signature));
        }
        parts.push(part);
    }
    Ok(parts)
}

fn wants_signatures(model: &str) -> bool {
    let name = model.strip_prefix("models/").unwrap_or(model);
    let version = name.strip_prefix("gemini-").unwrap_or_default();
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse::<u32>().is_ok_and(|version| version >= SIGNED_SINCE)
}

/// What a tool answered is an object here; other words become its `result`.
fn response(chat: &ChatRequest, message: &Message) -> Result<Value, Error> {
    let name = chat.tool_of(message.answers()?)?;
    let words = message.text()?;
    let response = serde_json::from_str::<Value>(&words).ok().filter(Value::is_object);
    let response = response.unwrap_or_else(|| json!({ "result": words }));
    Ok(json!({"functionResponse": {"name": name, "response": response}}))
}

#[cfg(test)]
mod tests;

//! Owns the little that the gateway must know of a request: its model, and whether it wants a stream. Everything else
//! stays the caller's bytes; only the model's name is ever replaced in them. Refuses to know the rest of OpenAI's fields.

use std::ops::Range;

use bytes::{BufMut as _, Bytes, BytesMut};
use kernel::{ErrorCode, Fault};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};
use serde_json::value::RawValue;

use crate::domain::prompt::{BYTES_PER_TOKEN_ABOUT, Measure, number};

/// Most characters of a model's name.
pub(crate) const MODEL_CHARS_MAX: usize = 256;

/// What a request for a chat completion says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChatOutline {
    /// The model as the caller names it, and where it stands in the body.
    pub(crate) model: Named,
    /// Whether the answer is to be streamed.
    pub(crate) stream: bool,
    /// Whether the stream is to end with its usage.
    pub(crate) include_usage: bool,
    /// Tokens of conversation, instructions and tools, roughly.
    pub(crate) prompt_estimate: u32,
    /// The same of the whole body, rather too many: what is reserved for.
    pub(crate) prompt_bound: u32,
    /// Most tokens to write, if the caller says.
    pub(crate) max_tokens: Option<u32>,
    /// How many answers are asked for, if the caller says.
    pub(crate) answers: Option<u32>,
    /// A field by which whoever gets the body may choose another model than `model`, if there is one.
    pub(crate) chooses: Option<&'static str>,
}

/// What a request for embeddings says about itself.
pub(crate) struct EmbeddingOutline {
    /// The model as the caller names it, and where it stands in the body.
    pub(crate) model: Named,
    /// Tokens of its input, roughly.
    pub(crate) prompt_estimate: u32,
    /// The same of the whole body, rather too many: what is reserved for.
    pub(crate) prompt_bound: u32,
    /// A field by which whoever gets the body may choose another model than `model`, if there is one.
    pub(crate) chooses: Option<&'static str>,
}

/// A model's name and its place in the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// The name.
    pub(crate) name: String,
    /// The JSON string's bytes, quotes included.
    at: Range<usize>,
}

#[derive(Deserialize)]
struct ChatShape<'a> {
    #[serde(borrow)]
    model: &'a RawValue,
    #[serde(borrow)]
    messages: &'a RawValue,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    #[serde(borrow, default)]
    tools: Option<&'a RawValue>,
    /// Anthropic's instructions.
    #[serde(borrow, default)]
    system: Option<&'a RawValue>,
    #[serde(borrow, default)]
    max_tokens: Option<&'a RawValue>,
    #[serde(borrow, default)]
    max_completion_tokens: Option<&'a RawValue>,
    #[serde(borrow, default)]
    n: Option<&'a RawValue>,
    models: Option<IgnoredAny>,
    fallbacks: Option<IgnoredAny>,
    route: Option<IgnoredAny>,
    plugins: Option<IgnoredAny>,
}

/// Returns the first field that is there of those by which routers before several models choose another one: `models`,
/// `fallbacks`, `route`, `plugins`.
fn chooses(fields: [Option<IgnoredAny>; 4]) -> Option<&'static str> {
    let names = ["models", "fallbacks", "route", "plugins"];
    names
        .into_iter()
        .zip(fields)
        .find_map(|(name, value)| value.map(|_| name))
}

#[derive(Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
}

#[derive(Deserialize)]
struct EmbeddingShape<'a> {
    #[serde(borrow)]
    model: &'a RawValue,
    #[serde(borrow)]
    input: &'a RawValue,
    models: Option<IgnoredAny>,
    fallbacks: Option<IgnoredAny>,
    route: Option<IgnoredAny>,
    plugins: Option<IgnoredAny>,
}

impl ChatOutline {
    /// Reads the outline. `Malformed` for what is not JSON, `Invalid` naming the field for a wrong or missing one.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Fault> {
        let text = text(body)?;
        let shape: ChatShape<'_> = parse(text)?;
        if !is_filled_array(shape.messages.get()) {
            return Err(Fault::invalid("messages", "is not a list of at least one message"));
        }
        // Files are in messages alone: what else looks like one is read as text.
        let beside = [shape.tools, shape.system].into_iter().flatten();
        let beside = beside.map(|part| part.get().len()).sum();
        let prompt = Measure::of(shape.messages.get()).with_text(beside);
        let bytes = shape.messages.get().len() + beside;
        Ok(Self {
            model: Named::find(text, shape.model)?,
            chooses: chooses([shape.models, shape.fallbacks, shape.route, shape.plugins]),
            stream: shape.stream.unwrap_or(false),
            include_usage: shape.stream_options.and_then(|o| o.include_usage).unwrap_or(false),
            prompt_estimate: prompt.estimate(),
            prompt_bound: prompt.with_text(text.len().saturating_sub(bytes)).bound(),
            // Which of them a provider believes is its own affair.
            max_tokens: number(shape.max_completion_tokens).max(number(shape.max_tokens)),
            answers: number(shape.n),
        })
    }
}

impl EmbeddingOutline {
    /// Reads the outline, as that of a chat.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Fault> {
        let text = text(body)?;
        let shape: EmbeddingShape<'_> = parse(text)?;
        Ok(Self {
            model: Named::find(text, shape.model)?,
            prompt_estimate: estimate(shape.input.get().len()),
            prompt_bound: Measure::default().with_text(text.len()).bound(),
            chooses: chooses([shape.models, shape.fallbacks, shape.route, shape.plugins]),
        })
    }
}

/// Estimates the tokens of so many bytes of text.
pub(crate) fn estimate(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(BYTES_PER_TOKEN_ABOUT)).unwrap_or(u32::MAX)
}

impl Named {
    fn find(body: &str, raw: &RawValue) -> Result<Self, Fault> {
        let name: String = serde_json::from_str(raw.get()).map_err(|_| Fault::invalid("model", "is not a string"))?;
        if !(1..=MODEL_CHARS_MAX).contains(&name.chars().count()) {
            return Err(Fault::invalid(
                "model",
                format!("has not 1 to {MODEL_CHARS_MAX} characters"),
            ));
        }
        // `raw` is borrowed from `body`, so the difference of their addresses is its place.
        let start = (raw.get().as_ptr() as usize).saturating_sub(body.as_ptr() as usize);
        Ok(Self {
            name,
            at: start..start + raw.get().len(),
        })
    }

    /// Returns `body` with this name replaced by `name`; every other byte stays, and the same name costs no copy.
    pub(crate) fn replaced(&self, body: &Bytes, name: &str) -> Bytes {
        let (Some(before), Some(after)) = (body.get(..self.at.start), body.get(self.at.end..)) else {
            return body.clone();
        };
        if name == self.name {
            return body.clone();
        }
        let quoted = serde_json::Value::from(name).to_string();
        let mut out = BytesMut::with_capacity(before.len() + quoted.len() + after.len());
        out.put_slice(before);
        out.put_slice(quoted.as_bytes());
        out.put_slice(after);
        out.freeze()
    }
}

fn text(body: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(body).map_err(|_| malformed("it is not UTF-8"))
}

fn malformed(why: impl std::fmt::Display) -> Fault {
    Fault::new(
        ErrorCode::Malformed,
        "request.malformed",
        format!("The body is not JSON: {why}"),
    )
}

fn is_filled_array(json: &str) -> bool {
    json.strip_prefix('[')
        .is_some_and(|rest| !rest.trim_start().starts_with(']'))
}

/// Reads JSON; the field's path is worked out only when something is wrong.
pub(crate) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Fault> {
    match serde_json::from_str(text) {
        Ok(value) => Ok(value),
        Err(e) if e.is_data() => Err(wrong_field::<T>(text)),
        Err(e) => Err(malformed(e)),
    }
}

fn wrong_field<'a, T: Deserialize<'a>>(text: &'a str) -> Fault {
    let mut json = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, T>(&mut json as &mut serde_json::Deserializer<_>) {
        Ok(_) => Fault::invalid("", "is not as expected"),
        Err(e) => {
            let path = e.path().to_string();
            let words = e.into_inner().to_string();
            let words = words.split(" at line ").next().unwrap_or_default();
            // serde names a missing field only in its words: "missing field `model`".
            let named = words.split('`').nth(1).unwrap_or_default();
            Fault::invalid(if path == "." { named.to_owned() } else { path }, words)
        }
    }
}

/// Reads null as absent.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(d: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(d)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_outline_is_read_and_unknown_fields_are_none_of_its_business() {
        let body = br#"{"tomorrow": {"model": 1}, "stream":true,"stream_options":{"include_usage":true,"x":1},"messages":[{}],"model":"a\/b"}"#;
        let outline = ChatOutline::read(body).unwrap();
        assert_eq!(
            (outline.model.name.as_str(), outline.stream, outline.include_usage),
            ("a/b", true, true)
        );
        let nulls = ChatOutline::read(br#"{"messages":[1],"model":"m","stream":null,"stream_options":null}"#).unwrap();
        assert!(!nulls.stream && !nulls.include_usage);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (body, status, field) in [
            ("{", 400, None),
            ("", 400, None),
            (r#"{"model":"m","messages":[1]} x"#, 400, None),
            (r#"{"model":"m"}"#, 422, Some("messages")),
            (r#"{"model":"m","messages":[ ]}"#, 422, Some("messages")),
            (r#"{"model":"m","messages":{}}"#, 422, Some("messages")),
            (r#"{"messages":[1]}"#, 422, Some("model")),
            (r#"{"model":"","messages":[1]}"#, 422, Some("model")),
            (r#"{"model":7,"messages":[1]}"#, 422, Some("model")),
            (r#"{"model":"m","model":"n","messages":[1]}"#, 422, Some("model")),
            (r#"{"model":"m","messages":[1],"stream":"yes"}"#, 422, Some("stream")),
            (
                r#"{"model":"m","messages":[1],"stream_options":{"include_usage":3}}"#,
                422,
                Some("stream_options.include_usage"),
            ),
            ("[]", 422, None),
        ] {
            let fault = ChatOutline::read(body.as_bytes()).unwrap_err();
            assert_eq!(fault.kind.status(), status, "{body}: {fault}");
            if let Some(field) = field {
                assert_eq!(fault.fields[0].field, field, "{body}: {fault}");
            }
        }
        assert_eq!(
            ChatOutline::read(b"{\"model\":\"\xff\"}").unwrap_err().kind.status(),
            400
        );
    }

    #[test]
    fn what_chooses_another_model_is_seen_but_not_read() {
        let chooses = |more: &str| {
            let body = format!(r#"{{"model":"m","messages":[{{"models":1}}]{more}}}"#);
            ChatOutline::read(body.as_bytes()).unwrap().chooses
        };
        assert_eq!(chooses(r#","x":{"models":[]},"models":null"#), None);
        assert_eq!(chooses(r#","models":["dear"]"#), Some("models"));
        assert_eq!(chooses(r#","f\u0061llbacks":0"#), Some("fallbacks"));
        assert_eq!(chooses(r#","route":"fallback""#), Some("route"));
        assert_eq!(chooses(r#","plugins":[{}]"#), Some("plugins"));
    }

    fn spaces() -> impl Strategy<Value = String> {
        "[ \n\t\r]{0,3}"
    }

    proptest! {
        #[test]
        fn replacing_the_model_leaves_every_other_byte(
            (a, b, c, d) in (spaces(), spaces(), spaces(), spaces()),
            model in "\\PC{1,20}", next in "\\PC{1,20}", content in "\\PC{0,40}", extra in any::<f64>(), first in any::<bool>(),
        ) {
            let other = format!("\"messages\":[{}],\"x\":{extra:?},\"y\":{{\"model\":{}}}", json!({ "content": content }), json!(model));
            let (before, after) = if first { (format!("{a}{{{b}\"model\"{c}:{d}"), format!("{b},{other}}}{a}")) }
                else { (format!("{a}{{{b}{other},\"model\"{c}:{d}"), format!("{b}}}{a}")) };
            let extra_is_json = extra.is_finite();
            prop_assume!(extra_is_json);
            let body = Bytes::from(format!("{before}{}{after}", json!(model)));
            let outline = ChatOutline::read(&body).unwrap();
            prop_assert_eq!(&outline.model.name, &model);
            let replaced = outline.model.replaced(&body, &next);
            prop_assert_eq!(std::str::from_utf8(&replaced).unwrap(), format!("{before}{}{after}", json!(next)));
            prop_assert_eq!(&serde_json::from_slice::<Value>(&replaced).unwrap()["model"], &json!(next));
            prop_assert_eq!(outline.model.replaced(&body, &model), body);
        }

        #[test]
        fn no_bytes_stop_the_reader(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = ChatOutline::read(&body);
        }
    }
}

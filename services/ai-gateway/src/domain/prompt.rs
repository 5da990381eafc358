//! Owns how many tokens a request is reserved for before anybody has counted: rather too many than too few. Refuses to read
//! what the request says.

mod named;

use std::ops::Range;

use serde_json::value::RawValue;

use self::named::{files_named, inputs_of};
use crate::domain::outline::ChatOutline;

/// Bytes of JSON that are reserved for as a token. English has over four a token, Chinese about three.
const BYTES_PER_TOKEN: usize = 3;
/// Bytes of JSON that count as a token where nobody has counted.
pub(crate) const BYTES_PER_TOKEN_ABOUT: usize = 4;
/// Tokens that an image or another file within the request is reserved for; its bytes are not text.
const FILE_TOKENS: usize = 2_000;
/// What stands before the content of a file in a data URL.
const FILE_MARK: &[u8] = b";base64,";
/// A shorter string is text, whatever is in it.
const FILE_BYTES_MIN: usize = 1_024;
/// Bytes that are looked at together.
const BASE64_PART: usize = 64;
/// What the key of a string ends with that may be a file's content: `data`, `file_data`, `url`, `image_url`.
const FILE_KEYS: [&str; 2] = ["data", "url"];
/// A data URL says no more about its file than that.
const FILE_HEAD_BYTES_MAX: usize = 128;
/// Most answers that one request is believed to ask for.
const ANSWERS_MAX: u32 = 128;

/// Tokens that a call may need at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// Read.
    pub(crate) prompt: u32,
    /// Written.
    pub(crate) completion: u32,
}

impl Need {
    /// Of an answer that is there already.
    pub(crate) const NOTHING: Self = Self {
        prompt: 0,
        completion: 0,
    };

    /// Returns what the chat in `outline` may need; `unnamed` tokens are written where it does not say how many at most.
    pub(crate) fn of_chat(outline: &ChatOutline, unnamed: impl FnOnce() -> u32) -> Self {
        let each = outline.max_tokens.unwrap_or_else(unnamed);
        let answers = outline.answers.unwrap_or(1).clamp(1, ANSWERS_MAX);
        Self {
            prompt: outline.prompt_bound,
            completion: each.saturating_mul(answers),
        }
    }

    /// Returns the same for two providers that may be asked at once.
    pub(crate) fn doubled(self) -> Self {
        Self {
            prompt: self.prompt.saturating_mul(2),
            completion: self.completion.saturating_mul(2),
        }
    }
}

/// What a piece of JSON consists of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measure {
    /// Bytes that are no file's.
    text: usize,
    /// Files in it.
    files: usize,
}

impl Measure {
    /// Measures `json`, a list of messages. A long string of base64 is a file: of a data URL, or as `data`; but not what is read
    /// as text, such as what a tool was called with. A file that is only named is one as well.
    pub(crate) fn of(json: &str) -> Self {
        let bytes = json.as_bytes();
        let (mut files, mut file_bytes, mut from) = (0, 0, 0);
        let mut inputs = None;
        // From behind, so that words cost next to nothing: the first blank found rules out all before it.
        while let Some(window) = bytes.get(from..from + FILE_BYTES_MIN) {
            if let Some(gap) = window.iter().rposition(|byte| !is_base64(*byte)) {
                from += gap + 1;
                continue;
            }
            let (before, begun) = bytes.split_at(from);
            let length = base64_length(begun);
            let is_input = |inputs: &mut Option<Vec<Range<usize>>>| {
                let inputs = inputs.get_or_insert_with(|| inputs_of(json));
                let at = inputs.partition_point(|input| input.end <= from);
                inputs.get(at).is_some_and(|input| input.contains(&from))
            };
            if ends_string(begun, length) && begins_file(before) && !is_input(&mut inputs) {
                files += 1;
                file_bytes += length;
            }
            from += length;
        }
        Self {
            text: json.len() - file_bytes,
            // Whichever way each of them is told, they are the same ones.
            files: files.max(files_named(json)),
        }
    }

    /// Adds bytes that are text.
    #[must_use]
    pub(crate) const fn with_text(mut self, bytes: usize) -> Self {
        self.text = self.text.saturating_add(bytes);
        self
    }

    /// Returns the bytes of text that would be about as many tokens.
    pub(crate) fn estimated_bytes(self) -> usize {
        self.text + self.files.saturating_mul(FILE_TOKENS * BYTES_PER_TOKEN_ABOUT)
    }

    /// Returns how many tokens it has at most, as far as can be known.
    pub(crate) fn bound(self) -> u32 {
        self.tokens(BYTES_PER_TOKEN)
    }

    /// Returns about how many tokens it has; never more than the bound.
    pub(crate) fn estimate(self) -> u32 {
        self.tokens(BYTES_PER_TOKEN_ABOUT)
    }

    fn tokens(self, bytes: usize) -> u32 {
        let files = self.files.saturating_mul(FILE_TOKENS);
        u32::try_from(self.text.div_ceil(bytes).saturating_add(files)).unwrap_or(u32::MAX)
    }
}

/// Tells whether a byte may stand in a file's content; slashes and line ends may be escaped.
const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-' | b'\\')
}

/// Returns how much base64 `bytes` begin with. A part at a time, which machines do at once.
fn base64_length(bytes: &[u8]) -> usize {
    let parts = bytes.chunks_exact(BASE64_PART);
    let fits = |part: &&[u8]| part.iter().fold(true, |fits, byte| fits & is_base64(*byte));
    let whole = parts.take_while(fits).count() * BASE64_PART;
    let rest = bytes.get(whole..).unwrap_or_default();
    whole + rest.iter().take_while(|byte| is_base64(**byte)).count()
}

/// Tells whether a string that begins with so much base64 has nothing more.
fn ends_string(begun: &[u8], length: usize) -> bool {
    let last = length.checked_sub(1).and_then(|at| begun.get(at));
    begun.get(length) == Some(&b'"') && last != Some(&b'\\')
}

/// Tells whether base64 that comes after `json` is a string of its own, or a data URL's, under a key of files.
fn begins_file(json: &[u8]) -> bool {
    let Some(opened) = json.strip_suffix(b"\"").or_else(|| before_url(json)) else {
        return false;
    };
    // A quote within a string is escaped.
    if opened.ends_with(b"\\") {
        return false;
    }
    let key = opened.trim_ascii_end().strip_suffix(b":");
    let key = key.and_then(|key| key.trim_ascii_end().strip_suffix(b"\""));
    key.is_some_and(|key| FILE_KEYS.iter().any(|end| key.ends_with(end.as_bytes())))
}

/// Returns what stands before a string that begins as a data URL and has got to its content.
fn before_url(json: &[u8]) -> Option<&[u8]> {
    let head = json.strip_suffix(FILE_MARK)?;
    let near = head.len().saturating_sub(FILE_HEAD_BYTES_MAX);
    let quote = near + head.get(near..)?.iter().rposition(|byte| *byte == b'"')?;
    head.get(quote + 1..)?.starts_with(b"data:").then_some(())?;
    head.get(..quote)
}

/// Returns how many tokens the text in `json` has at most, as far as can be known.
pub(crate) fn bound(json: &str) -> u32 {
    Measure::of(json).bound()
}

/// Reads a number of tokens, also one that is written as `1e5`; one that is larger than any answer is as large as can be. What
/// is no such number is the provider's to refuse.
pub(crate) fn number(raw: Option<&RawValue>) -> Option<u32> {
    let text = raw?.get();
    if let Ok(whole) = text.parse::<u64>() {
        return Some(u32::try_from(whole).unwrap_or(u32::MAX));
    }
    let real: f64 = serde_json::from_str(text).ok()?;
    // The cast stops at the ends of the type.
    (real >= 0.0).then(|| real.ceil() as u32)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn files_are_not_taken_for_text() {
        let image = "iVBORw0KGgo/+A\\/A".repeat(10_000);
        for file in [
            json!({"url": format!("data:image/png;base64,{image}")}),
            json!({"source": {"type": "base64", "media_type": "image/png", "data": image}}),
            json!({"input_audio": {"data": image, "format": "wav"}}),
            json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": image}}),
            json!({"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{image}")}}),
            json!({"type": "file", "file": {"file_data": format!("data:application/pdf;base64,{image}"), "filename": "a.pdf"}}),
            json!({"image_url": {"detail": "low", "url": format!("data:image/png;base64,{image}")}}),
        ] {
            let json = json!([{"say \"": "a\\"}, file, {"text": "abc"}]).to_string();
            let measure = Measure::of(&json);
            assert_eq!(measure.files, 1, "{file}");
            assert!(measure.text < 200 && (2_000..2_100).contains(&measure.bound()));
            assert!((2_000..measure.bound()).contains(&measure.estimate()));
        }
        assert_eq!((bound(""), bound("abcd")), (0, 2));
        assert_eq!(Measure::of(&"\"".repeat(5_001)).text, 5_001);
    }

    #[test]
    fn what_says_that_it_is_text_is_no_file_and_no_words_make_it_one() {
        let long = "A".repeat(3_000);
        for text in [
            json!({"text": format!("\"{long}\"")}),
            json!(["a", format!("\"data:x;base64,{long}\"")]),
            json!([format!("{long}\"and more")]),
            json!({"text": long}),
            json!({"content": long}),
            json!([format!("data:x;base64,{long} and more")]),
            json!([format!("data:{};base64,{long}", "word ".repeat(30))]),
            json!([format!("words;base64,{long}")]),
            json!([long]),
            json!({"enum": [long]}),
            json!({"default": long}),
            json!({"pattern": long}),
            json!({"type": "tool_use", "input": {"a": "\"}{\\", "b": {"data": long}}}),
            json!({"input": {"url": format!("data:image/png;base64,{long}")}}),
        ] {
            assert_eq!(Measure::of(&text.to_string()).files, 0, "{text}");
        }
        assert!(bound(&json!([format!(";base64,{}", "words ".repeat(1_000))]).to_string()) >= 2_000);
    }

    #[test]
    fn what_the_caller_names_is_what_is_needed_for_each_answer() {
        let need = |body: &str| Need::of_chat(&ChatOutline::read(body.as_bytes()).unwrap(), || 4_096).completion;
        let with = |more: &str| need(&format!(r#"{{"model":"m","messages":["abc"]{more}}}"#));
        assert_eq!(with(""), 4_096);
        assert_eq!(with(r#","max_tokens":5"#), 5);
        assert_eq!(with(r#","max_completion_tokens":6,"n":3"#), 18);
        assert_eq!(with(r#","max_tokens":"many","n":0"#), 4_096);
        assert_eq!(
            with(r#","max_tokens":7,"max_completion_tokens":6"#),
            7,
            "whichever is believed"
        );
        assert_eq!(with(r#","max_tokens":1e5"#), 100_000);
        assert_eq!(with(r#","max_tokens":5000000000"#), u32::MAX);
        assert_eq!(with(r#","max_tokens":-1"#), 4_096);
    }

    #[test]
    fn what_tools_are_told_is_text_though_it_looks_like_a_file() {
        let long = "A".repeat(30_000);
        let image = format!(r#"{{"type":"image_url","image_url":{{"url":"data:image/png;base64,{long}"}}}}"#);
        let bound = |messages: &str, more: &str| {
            let body = format!(r#"{{"model":"m","messages":[{messages}]{more}}}"#);
            ChatOutline::read(body.as_bytes()).unwrap().prompt_bound
        };
        assert!(bound(&image, "") < 2_100);
        for field in ["tools", "system"] {
            assert!(bound("1", &format!(r#","{field}":[{image}]"#)) >= 10_000, "{field}");
        }
        let result = format!(
            r#"{{"type":"tool_use","input":{{"q":1}}}},{{"type":"tool_result","content":[{{"type":"image","source":{{"type":"base64","data":"{long}"}}}}]}}"#
        );
        assert!(bound(&result, "") < 2_200, "a tool's image is one");
    }

    #[test]
    fn everything_in_the_body_is_reserved_for() {
        let bound = |more: &str| {
            let body = format!(r#"{{"model":"m","messages":["abc"],{more}}}"#);
            ChatOutline::read(body.as_bytes()).unwrap().prompt_bound
        };
        let words = "word ".repeat(600);
        for field in ["system", "response_format", "functions", "output_config", "tools"] {
            assert!(bound(&format!(r#""{field}":["{words}"]"#)) >= 1_000, "{field}");
        }
    }
}

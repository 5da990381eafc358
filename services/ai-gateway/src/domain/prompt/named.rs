//! Owns which files a list of messages only names, and where in it tools are called. Looks at keys alone, and parses nothing.

use std::ops::Range;

/// What a part of a message says that it is, where that is a file.
const FILE_TYPES: [&str; 11] = [
    "image_url",
    "image",
    "input_image",
    "document",
    "file",
    "input_file",
    "input_audio",
    "audio_url",
    "video_url",
    "video",
    "audio",
];
/// Keys of files at servers that need no `type` beside them.
const FILE_KEYS: [&str; 3] = ["image_url", "audio_url", "video_url"];
/// A longer key is none that counts here, however it is escaped.
const KEY_BYTES_MAX: usize = 64;

/// Returns how many files `json` names, wherever they are.
pub(super) fn files_named(json: &str) -> usize {
    let (mut typed, mut keyed) = (0_usize, 0_usize);
    for (key, rest) in keys(json) {
        if key == "type" {
            let value = rest.trim_ascii_start().strip_prefix('"');
            let value = value.and_then(|value| value.split('"').next());
            typed += usize::from(value.is_some_and(|value| FILE_TYPES.contains(&value) || hides_letters(value)));
        } else if FILE_KEYS.contains(&key) || hides_letters(key) {
            keyed += 1;
        }
    }
    typed.max(keyed)
}

/// Returns where the objects are that tools were called with.
pub(super) fn inputs_of(json: &str) -> Vec<Range<usize>> {
    let mut inputs: Vec<Range<usize>> = Vec::new();
    for (key, rest) in keys(json) {
        let begin = json.len() - rest.len();
        let is_within = inputs.last().is_some_and(|last| begin < last.end);
        if (key == "input" || hides_letters(key)) && !is_within && rest.trim_ascii_start().starts_with('{') {
            inputs.push(begin..begin + object_length(rest));
        }
    }
    inputs
}

/// Lists the keys in `json`, each with what comes after its colon.
fn keys(json: &str) -> impl Iterator<Item = (&str, &str)> {
    json.match_indices(':').filter_map(|(at, _)| {
        let before = json.as_bytes().get(..at)?.trim_ascii_end().strip_suffix(b"\"")?;
        // A quote within a string is escaped.
        if before.ends_with(b"\\") {
            return None;
        }
        let near = before.len().saturating_sub(KEY_BYTES_MAX);
        let quote = near + before.get(near..)?.iter().rposition(|byte| *byte == b'"')?;
        Some((json.get(quote + 1..before.len())?, json.get(at + 1..)?))
    })
}

/// Tells whether a word has ASCII escaped that nobody need escape, so that it may be any word.
fn hides_letters(word: &str) -> bool {
    let escaped = |rest: &str| rest.starts_with(['4', '5', '6', '7']);
    word.contains('\\') && word.split("\\u00").skip(1).any(escaped)
}

/// Returns how far the object goes that `json` begins with.
fn object_length(json: &str) -> usize {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in json.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'{' if !quoted => depth += 1,
            b'}' if !quoted && depth <= 1 => return at + 1,
            b'}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_that_is_only_named_is_one() {
        for part in [
            json!({"type": "image_url", "image_url": {"url": "https://a/b.png"}}),
            json!({"type": "image_url", "image_url": "https://a/b.png"}),
            json!({"image_url": "https://a/b.png"}),
            json!({"type": "file", "file": {"file_id": "file-1"}}),
            json!({"type": "image", "source": {"type": "url", "url": "https://a/b.png"}}),
            json!({"type": "document", "source": {"type": "file", "file_id": "f"}}),
            json!({"type": "video_url", "video_url": {"url": "https://a/b.mp4"}}),
        ] {
            let twice = json!([{"role": "user", "content": [part, {"type": "text", "text": "what is it?"}, part]}]);
            assert!((2..=4).contains(&files_named(&twice.to_string())), "{part}");
        }
        assert_eq!(files_named(r#"[{"type":"image_\u0075rl"},{"t\u0079pe" : "file"}]"#), 1);
        assert_eq!(files_named("[{\"type\" :\n \"file\"},{\"type\":\"image\"}]"), 2);
    }

    #[test]
    fn words_about_files_are_none() {
        for text in [
            json!([{"role": "user", "content": "\"type\":\"image_url\", \"image_url\": {}"}]),
            json!([{"role": "user", "content": [{"type": "text", "text": "see https://a/b.png"}]}]),
            json!([{"type": "tool_use", "input": {"url": "https://a", "file": "main.rs", "r\u{e9}sum\u{e9}": 1}}]),
            json!([{"tool_calls": [{"type": "function", "function": {"arguments": "{\"type\":\"file\"}"}}]}]),
        ] {
            assert_eq!(files_named(&text.to_string()), 0, "{text}");
        }
        assert_eq!(files_named(r#"[{"r\u00e9sum\u00e9":1,"\u540d":2}]"#), 0);
    }

    #[test]
    fn what_a_tool_was_called_with_ends_where_its_object_does() {
        let json = r#"[{"input": {"a":"}\"{\\","input":{"b":{}}},"x":{}},{"input":"text"},{"input":{}}]"#;
        let found: Vec<&str> = inputs_of(json)
            .into_iter()
            .filter_map(|range| json.get(range))
            .collect();
        assert_eq!(found, [r#" {"a":"}\"{\\","input":{"b":{}}}"#, "{}"]);
    }
}

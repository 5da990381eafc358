//! Owns how many tokens a request is reserved for before anybody has counted: rather too many than too few. Refuses to read
//! what the request says.

use serde_json::value::RawValue;

use crate::domain::outline::ChatOutline;

/// Bytes of JSON that are reserved for as a token. English has over four a token, Chinese about three.
const BYTES_PER_TOKEN: usize = 3;
/// Tokens that an image or another file within the request is reserved for; its bytes are not text.
const FILE_TOKENS: usize = 2_000;
/// What the content of a file begins with.
const FILE: &str = ";base64,";
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
    pub(crate) fn of_chat(outline: &ChatOutline, unnamed: u32) -> Self {
        let each = outline.max_tokens.unwrap_or(unnamed);
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

/// Returns how many tokens the text in `json` has at most, as far as can be known.
pub(crate) fn bound(json: &str) -> u32 {
    let (mut text, mut files, mut rest) = (0, 0usize, json);
    while let Some((before, file)) = rest.split_once(FILE) {
        text += before.len();
        files += 1;
        rest = file.find('"').and_then(|end| file.get(end..)).unwrap_or_default();
    }
    text += rest.len();
    let tokens = text
        .div_ceil(BYTES_PER_TOKEN)
        .saturating_add(files.saturating_mul(FILE_TOKENS));
    u32::try_from(tokens).unwrap_or(u32::MAX)
}

/// Reads a number of tokens; what is no such number is the provider's to refuse.
pub(crate) fn number(raw: Option<&RawValue>) -> Option<u32> {
    serde_json::from_str(raw?.get()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_not_taken_for_text() {
        let image = "A".repeat(1_000_000);
        let json = format!(r#"[{{"url":"data:image/png;base64,{image}"}},{{"text":"abc"}}]"#);
        let plain = json.len() - image.len() - FILE.len();
        assert_eq!(bound(&json), u32::try_from(plain.div_ceil(3) + FILE_TOKENS).unwrap());
        assert_eq!(bound(";base64,never ends"), 2_000);
        assert_eq!((bound(""), bound("abcd")), (0, 2));
    }

    #[test]
    fn what_the_caller_names_is_what_is_needed_for_each_answer() {
        let need = |body: &str| Need::of_chat(&ChatOutline::read(body.as_bytes()).unwrap(), 4_096).completion;
        let with = |more: &str| need(&format!(r#"{{"model":"m","messages":["abc"]{more}}}"#));
        assert_eq!(with(""), 4_096);
        assert_eq!(with(r#","max_tokens":5"#), 5);
        assert_eq!(with(r#","max_completion_tokens":6,"n":3"#), 18);
        assert_eq!(with(r#","max_tokens":"many","n":0"#), 4_096);
    }
}

//! Owns what the end of an answer in OpenAI's dialect says about the whole: model, id, reasons, usage. Holds no more of a
//! stream than its last bytes, and reads them once. Refuses to look at what was written.

use serde::Deserialize;

use crate::domain::delta::Usage;

/// Bytes of a stream that are held, at most twice as many in between: the last chunk, the one with the usage, and `[DONE]`.
const TAIL_BYTES: usize = 8 * 1024;

/// What an answer says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Learned {
    /// The model that answered, in the provider's words.
    pub(crate) model: Option<String>,
    /// The answer's id.
    pub(crate) id: Option<String>,
    /// Why it ended, a reason a choice.
    pub(crate) reasons: Vec<String>,
    /// What the provider counted.
    pub(crate) usage: Option<Usage>,
    /// Whether an end was seen.
    pub(crate) ended: bool,
    /// Whether a failure was told in it.
    pub(crate) failed: bool,
}

#[derive(Deserialize)]
struct Part {
    model: Option<String>,
    id: Option<String>,
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Usage>,
    error: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Counted {
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    finish_reason: Option<String>,
}

impl Learned {
    /// Reads a whole answer.
    pub(crate) fn of_whole(body: &[u8]) -> Self {
        let mut learned = Self {
            ended: true,
            ..Self::default()
        };
        learned.read(body);
        learned
    }

    fn read(&mut self, json: &[u8]) {
        let part = match serde_json::from_slice::<Part>(json) {
            Ok(part) => part,
            // What is charged must not depend on the rest being as it should.
            Err(_) => {
                let counted = serde_json::from_slice::<Counted>(json).ok();
                self.usage = counted.and_then(|c| c.usage).or(self.usage);
                return;
            }
        };
        self.model = part.model.or(self.model.take());
        self.id = part.id.or(self.id.take());
        self.usage = part.usage.or(self.usage);
        self.failed |= part.error.is_some();
        let reasons = part.choices.into_iter().filter_map(|c| c.finish_reason);
        self.reasons.extend(reasons);
        self.ended |= !self.reasons.is_empty();
    }
}

/// The last bytes of a stream of events.
#[derive(Default)]
pub(crate) struct Tail(Vec<u8>);

impl Tail {
    /// Holds on to the end of `frame`.
    pub(crate) fn add(&mut self, frame: &[u8]) {
        let from = frame.len().saturating_sub(TAIL_BYTES);
        let end = frame.get(from..).unwrap_or_default();
        if self.0.len() + end.len() > 2 * TAIL_BYTES {
            self.0.drain(..self.0.len().saturating_sub(TAIL_BYTES));
        }
        self.0.extend_from_slice(end);
    }

    /// Reads the lines that are whole; one that was cut at its beginning is no JSON and says nothing.
    pub(crate) fn learned(&self) -> Learned {
        let mut learned = Learned::default();
        for line in self.0.split(|b| matches!(b, b'\n' | b'\r')) {
            let Some(data) = line.strip_prefix(b"data:") else {
                continue;
            };
            match data.trim_ascii() {
                b"[DONE]" => learned.ended = true,
                json => learned.read(json),
            }
        }
        learned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(text: &str, size: usize) -> Learned {
        let mut tail = Tail::default();
        text.as_bytes().chunks(size).for_each(|part| tail.add(part));
        assert!(tail.0.len() <= 2 * TAIL_BYTES);
        tail.learned()
    }

    #[test]
    fn the_end_of_a_stream_tells_all_however_long_it_was_and_however_it_is_cut() {
        let chunk = "data: {\"id\":\"x\",\"model\":\"m-1\",\"choices\":[{\"delta\":{\"content\":\"word \"},\"finish_reason\":null}]}\n\n";
        let text = chunk.repeat(1_000)
            + "data: {\"id\":\"x\",\"model\":\"m-1\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\r\n\r\n"
            + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1000}}\n\ndata: [DONE]\n\n";
        let usage = Usage::of(3, 1000);
        let all = Learned {
            model: Some("m-1".into()),
            id: Some("x".into()),
            reasons: vec!["stop".into()],
            usage: Some(usage),
            ended: true,
            failed: false,
        };
        for size in [1, 7, 4096, 1_000_000] {
            assert_eq!(learned(&text, size), all, "{size}");
        }
        let cut = learned(&chunk.repeat(3), 10);
        assert!(!cut.ended && cut.model.is_some());
        assert!(learned("data: {\"error\":{\"message\":\"no\"}}\n\n", 10).failed);
    }

    #[test]
    fn a_whole_answer_has_ended() {
        let learned = Learned::of_whole(b"{\"model\":\"e\",\"data\":[],\"usage\":{\"prompt_tokens\":4}}");
        assert!(learned.ended && learned.usage.is_some_and(|u| u.prompt_tokens == 4));
        let odd = Learned::of_whole(b"{\"id\":7,\"choices\":null,\"usage\":{\"prompt_tokens\":4}}");
        assert_eq!(
            (odd.usage, odd.id),
            (Some(Usage::of(4, 0)), None),
            "counted all the same"
        );
    }
}

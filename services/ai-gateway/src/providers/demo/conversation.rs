//! Owns what the script reads of a request. Tolerates fields it does not know.

use serde::Deserialize;
use serde_json::Value;

use crate::domain::outline::{or_default, parse};
use crate::error::Error;

/// A conversation, oldest turn first.
pub(super) struct Conversation {
    /// All instructions together.
    pub(super) system: String,
    /// What was said.
    pub(super) turns: Vec<Turn>,
    /// Tools on offer.
    pub(super) tools: Vec<Offer>,
    max_words: Option<usize>,
}

/// Something said.
pub(super) struct Turn {
    /// By whom.
    pub(super) by: By,
    /// The words, without marks of who wrote them and to whom.
    pub(super) text: String,
}

/// Who said it.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum By {
    #[serde(alias = "developer")]
    System,
    User,
    Assistant,
    #[serde(alias = "function")]
    Tool,
}

/// A tool on offer.
pub(super) struct Offer {
    pub(super) name: String,
    pub(super) schema: Value,
}

#[derive(Deserialize)]
struct Request {
    messages: Vec<Message>,
    #[serde(default, deserialize_with = "or_default")]
    tools: Vec<Tool>,
    tool_choice: Option<Value>,
    max_tokens: Option<u32>,
    max_completion_tokens: Option<u32>,
}

#[derive(Deserialize)]
struct Message {
    role: By,
    content: Option<Content>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
struct Part {
    text: Option<String>,
}

#[derive(Deserialize)]
struct Tool {
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    name: String,
    parameters: Option<Value>,
}

impl Conversation {
    /// Reads a request.
    pub(super) fn read(body: &[u8]) -> Result<Self, Error> {
        let request: Request = parse(std::str::from_utf8(body).unwrap_or_default())?;
        let (mut system, mut turns) = (Vec::new(), Vec::new());
        for Message { role, content } in request.messages {
            let text = match content {
                None => String::new(),
                Some(Content::Text(text)) => text,
                Some(Content::Parts(parts)) => parts.into_iter().filter_map(|p| p.text).collect::<Vec<_>>().join(" "),
            };
            match role {
                By::System => system.push(text),
                by => turns.push(Turn { by, text: plain(&text) }),
            }
        }
        let functions = request.tools.into_iter().filter_map(|t| t.function);
        let offers = functions.map(|f| Offer { name: f.name, schema: f.parameters.unwrap_or_default() }).collect();
        Ok(Self {
            system: system.join("\n"),
            turns,
            tools: allowed(offers, request.tool_choice.as_ref()),
            max_words: request.max_completion_tokens.or(request.max_tokens).and_then(|n| usize::try_from(n).ok()),
        })
    }

    /// Returns the last thing a user said.
    pub(super) fn last(&self) -> &str {
        self.said().next_back().unwrap_or_default()
    }

    /// Returns all that users said, oldest first.
    pub(super) fn said(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.turns.iter().filter(|t| t.by == By::User).map(|t| t.text.as_str())
    }

    /// Returns what a tool answered after the last thing a user said.
    pub(super) fn tool_result(&self) -> Option<&str> {
        let since = self.turns.iter().rev().take_while(|t| t.by != By::User);
        since.into_iter().find(|t| t.by == By::Tool).map(|t| t.text.as_str())
    }

    /// Returns how many words were read, at least 1.
    pub(super) fn words(&self) -> u32 {
        let texts = self.turns.iter().map(|t| t.text.as_str()).chain([self.system.as_str()]);
        u32::try_from(texts.map(|t| t.split_whitespace().count()).sum::<usize>().max(1)).unwrap_or(u32::MAX)
    }

    /// Returns how many words may be written.
    pub(super) fn max_words(&self) -> Option<usize> {
        self.max_words
    }
}

/// Leaves those tools that may be called: none, all, or the one that is named.
fn allowed(mut offers: Vec<Offer>, choice: Option<&Value>) -> Vec<Offer> {
    match choice {
        Some(Value::String(word)) if word == "none" => offers.clear(),
        Some(Value::Object(named)) => {
            let name = named.get("function").and_then(|f| f.get("name")).and_then(Value::as_str);
            offers.retain(|o| name.is_none_or(|n| n == o.name));
        }
        _ => {}
    }
    offers
}

/// Takes off what says who wrote it and to whom: `<from ada>`, `[ada]`, `ada:` and `@sage`.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // A tag begins with a letter or slash right after `<`, so that `a < b` stays.
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let is_tag = after.starts_with(|c: char| c == '/' || c.is_ascii_alphabetic());
        match after.split_once('>').filter(|_| is_tag) {
            Some((_, next)) => rest = next,
            None => {
                out.push('<');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    let mut line = out.trim();
    if let Some((_, after)) = line.strip_prefix('[').and_then(|l| l.split_once(']')) {
        line = after.trim_start_matches(':').trim_start();
    } else if let Some((author, after)) = line.split_once(": ") {
        if !author.is_empty() && !author.contains(char::is_whitespace) {
            line = after;
        }
    }
    let words = line.split(' ').filter(|w| !(w.len() > 1 && w.starts_with('@')));
    words.collect::<Vec<_>>().join(" ").trim_start_matches([',', ':']).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_who_wrote_it_are_taken_off() {
        for (text, words) in [
            ("<message from=\"ada\">hello</message>", "hello"),
            ("[ada] hello", "hello"),
            ("ada: @sage, what is 1 < 2?", "what is 1 < 2?"),
            ("@sage hello", "hello"),
            ("Remember this: tea", "Remember this: tea"),
        ] {
            assert_eq!(plain(text), words);
        }
    }
}

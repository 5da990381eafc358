//! Owns what the script reads of a request: who said what, and which tools are on offer. In a room, turns name their
//! authors and frame what other agents wrote (see ai-chat-host); both are understood here. Tolerates unknown fields.

use serde::Deserialize;
use serde_json::Value;

use crate::domain::outline::{or_default, parse};
use crate::error::Error;

/// What the instructions say when people's turns begin with `Name: `.
const NAMED_TURNS: &str = "begin with their name";
/// How turns begin that frame what agents wrote, and how their last line does.
const AGENT_FRAMES: [&str; 4] = ["<<agent ", "<<agents ", "<<memory ", "<<summary "];
const FRAME_END: &str = "\n<<end ";
/// Longest name of an author, in characters.
const AUTHOR_CHARS_MAX: usize = 60;

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
    /// Under which name, in a room.
    pub(super) author: Option<String>,
    /// The words, without the names of who wrote them and to whom.
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
    /// Another agent, whose words are no orders.
    #[serde(skip)]
    Agent,
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
        let texts = request
            .messages
            .into_iter()
            .map(|m| (m.role, m.content.map(Content::text).unwrap_or_default()));
        let (system, said): (Vec<_>, Vec<_>) = texts.partition(|(role, _)| *role == By::System);
        let system = system.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n");
        let named = system.contains(NAMED_TURNS);
        let turns = said
            .into_iter()
            .map(|(by, text)| Turn::read(by, &text, named))
            .collect();
        let functions = request.tools.into_iter().filter_map(|t| t.function);
        let offers = functions
            .map(|f| Offer {
                name: f.name,
                schema: f.parameters.unwrap_or_default(),
            })
            .collect();
        Ok(Self {
            system,
            turns,
            tools: allowed(offers, request.tool_choice.as_ref()),
            max_words: request
                .max_completion_tokens
                .or(request.max_tokens)
                .and_then(|n| usize::try_from(n).ok()),
        })
    }

    /// Returns the turn to be answered: the last one that is not the assistant's own.
    pub(super) fn last(&self) -> Option<&Turn> {
        self.turns.iter().rev().find(|t| matches!(t.by, By::User | By::Agent))
    }

    /// Returns all that people said, oldest first.
    pub(super) fn said(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.turns.iter().filter(|t| t.by == By::User).map(|t| t.text.as_str())
    }

    /// Returns what one person of a room said, or all when the turns name nobody.
    pub(super) fn said_by(&self, author: Option<&str>) -> impl DoubleEndedIterator<Item = &str> {
        let theirs = move |t: &&Turn| t.by == By::User && (author.is_none() || t.author.as_deref() == author);
        self.turns.iter().filter(theirs).map(|t| t.text.as_str())
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
            let name = named
                .get("function")
                .and_then(|f| f.get("name"))
                .and_then(Value::as_str);
            offers.retain(|o| name.is_none_or(|n| n == o.name));
        }
        _ => {}
    }
    offers
}

impl Content {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Parts(parts) => parts.into_iter().filter_map(|p| p.text).collect::<Vec<_>>().join(" "),
        }
    }
}

impl Turn {
    fn read(by: By, text: &str, named: bool) -> Self {
        if by == By::User && named {
            let rest = AGENT_FRAMES.iter().find_map(|mark| text.strip_prefix(mark));
            if let Some(framed) = rest.and_then(|rest| rest.split_once(">>\n")) {
                let words = framed.1.rsplit_once(FRAME_END).map_or(framed.1, |(words, _)| words);
                return Self {
                    by: By::Agent,
                    author: None,
                    text: unaddressed(words),
                };
            }
            let fits = |name: &str| !name.contains('\n') && name.chars().count() <= AUTHOR_CHARS_MAX;
            if let Some((author, words)) = text.split_once(": ").filter(|(author, _)| fits(author)) {
                return Self {
                    by,
                    author: Some(author.to_owned()),
                    text: unaddressed(words),
                };
            }
        }
        Self {
            by,
            author: None,
            text: unaddressed(text),
        }
    }
}

/// Leaves out whom it is for: `@sage, hello` is `hello`.
fn unaddressed(text: &str) -> String {
    let mut words = text.to_owned();
    if text.contains('@') {
        let kept = text.split(' ').filter(|w| !(w.len() > 1 && w.starts_with('@')));
        words = kept.collect::<Vec<_>>().join(" ");
    }
    words.trim_start_matches([',', ':']).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn in_a_room_turns_name_their_authors_and_frame_other_agents() {
        let turn = |role: &str, content: &str| json!({"role": role, "content": content});
        let body = json!({"messages": [
            turn("system", "You are Sage. People's messages begin with their name."), turn("user", "Ada Lovelace: @sage, one: two"),
            turn("user", "<<agent abc name=\"Muse\">>\nAda: /demo error\n<<end abc>>"), turn("assistant", "Well: yes"),
        ]});
        let read = Conversation::read(body.to_string().as_bytes()).unwrap();
        let turns: Vec<_> = read
            .turns
            .iter()
            .map(|t| (t.author.as_deref(), t.text.as_str()))
            .collect();
        assert_eq!(
            turns,
            [
                (Some("Ada Lovelace"), "one: two"),
                (None, "Ada: /demo error"),
                (None, "Well: yes")
            ]
        );
        assert!(read.last().is_some_and(|t| t.by == By::Agent));
        let noted = Turn::read(By::User, "<<memory abc>>\nmy name is Eve\n<<end abc>>", true);
        assert!(
            noted.by == By::Agent && noted.text == "my name is Eve",
            "what an agent noted is nobody's word"
        );
        let plain = json!({"messages": [turn("user", "Remember: tea")]});
        assert_eq!(
            Conversation::read(plain.to_string().as_bytes()).unwrap().turns[0].text,
            "Remember: tea"
        );
    }
}

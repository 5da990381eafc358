//! Owns whom the demo names when it moderates a room (see ai-chat-host): the agent whose description has most in common with what
//! was said last. Pure. Refuses to name more than one.

use super::conversation::{By, Conversation};

/// What the instructions of a moderator say.
const MODERATES: &str = "you only say which agents speak next";
/// Shortest word that counts, in characters.
const WORD_CHARS_MIN: usize = 4;
/// Lines of the roster and words of a text that are looked at.
const LINES_MAX: usize = 16;
const WORDS_MAX: usize = 200;

/// Returns the handle of who speaks next; none when nobody is moderated here.
pub(super) fn named(conversation: &Conversation) -> Option<String> {
    if !conversation.system.contains(MODERATES) {
        return None;
    }
    let roster = conversation.turns.iter().find(|turn| turn.by == By::Agent)?;
    // The very last turn is the question to the moderator.
    let said = conversation.said().rev().nth(1).unwrap_or_default();
    let said: Vec<String> = words(said).collect();
    let shared = |about: &str| words(about).filter(|word| said.contains(word)).count();
    let cards = roster
        .text
        .lines()
        .take(LINES_MAX)
        .filter_map(|line| line.split_once(": "));
    let cards: Vec<(&str, usize)> = cards.map(|(handle, about)| (handle, shared(about))).collect();
    let most = cards.iter().map(|(_, count)| *count).max()?;
    let named = cards.iter().find(|(_, count)| *count == most)?;
    Some(named.0.to_owned())
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= WORD_CHARS_MIN)
        .take(WORDS_MAX)
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_names_the_agent_that_the_last_words_concern_and_else_the_first() {
        let system = "You moderate: you only say which agents speak next. People's messages begin with their name.";
        let asked = |said: &str| {
            let turn = |role: &str, content: &str| json!({"role": role, "content": content});
            let roster = "<<agents w>>\nsage: Sage. Explains things.\nmuse: Muse. A writer of haiku.\n<<end w>>";
            let body = json!({"messages": [
                turn("system", system), turn("user", roster), turn("user", said), turn("user", "Which agents speak next?"),
            ]});
            named(&Conversation::read(body.to_string().as_bytes()).unwrap())
        };
        assert_eq!(asked("Ada: a haiku, please").as_deref(), Some("muse"));
        assert_eq!(asked("Ada: hello").as_deref(), Some("sage"));
        let plain = json!({"messages": [{"role": "user", "content": "which agents speak next?"}]});
        assert_eq!(named(&Conversation::read(plain.to_string().as_bytes()).unwrap()), None);
    }
}

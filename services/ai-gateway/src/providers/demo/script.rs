//! Owns what the demo says: the triggers, and which reply fits what was said last. Pure: the same conversation gets the
//! same words for ever. Refuses to claim knowledge.

use super::conversation::{By, Conversation, Turn};
use super::debate;
use super::facts::{Facts, READ_BYTES_MAX, Recalled, tail};
use super::moderator;
use super::persona::Persona;
use super::tool;

/// Words of the reply to `/demo slow`, so that it takes about ten seconds.
const SLOW_WORDS: usize = 50;
/// Words of the reply to `/demo long`.
const LONG_WORDS: usize = 400;
/// Turns that a summary tells of.
const SUMMARY_TURNS_MAX: usize = 6;
/// Words that a summary quotes of a turn.
const SUMMARY_WORDS_MAX: usize = 12;
/// Words, of more than three letters, that a topic is looked for in: each is compared with those before it.
const TOPIC_WORDS_MAX: usize = 500;
/// Most characters of a tool's answer that are repeated.
const TOOL_RESULT_CHARS_MAX: usize = 400;
/// Said where somebody expects knowledge.
const HONEST: &str = "I am a scripted demo without a model behind me, so for a real answer connect a provider.";
/// Of what long replies are made.
const SENTENCES: [&str; 5] = [
    "This is a long scripted reply, so that you can watch a stream arrive, scroll, and be stopped half-way.",
    "Every word of it is sent as a piece of its own, and all members of a room see the same pieces in the same order.",
    "If your connection breaks now and comes back, the text goes on where you left it, without a gap and without a repeat.",
    "No model wrote this; the sentences go round until there are enough of them.",
    "When a real provider is configured, its words take this place and nothing else changes.",
];

/// What the demo does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scripted {
    /// It fails, as asked.
    Failure,
    /// It calls a tool with these arguments (JSON).
    Tool { name: String, arguments: String },
    /// It speaks.
    Text { text: String, pace: Pace },
}

/// How fast it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// As fast as it can.
    Fast,
    /// As one who writes.
    Natural,
    /// So slowly that one can stop it.
    Slow,
}

/// Decides on the reply.
pub(super) fn reply(conversation: &Conversation) -> Scripted {
    let Some(turn) = conversation.last() else {
        return Scripted::Text {
            text: introduce(&Persona::of(&conversation.system)),
            pace: Pace::Natural,
        };
    };
    if let Some(text) = moderator::named(conversation) {
        return Scripted::Text { text, pace: Pace::Fast };
    }
    let last = turn.text.as_str();
    // Only people give orders: an agent may well mention a trigger.
    let asked = |trigger: &str| turn.by == By::User && last.contains(trigger);
    if asked("/demo error") {
        return Scripted::Failure;
    }
    if asked("/demo slow") {
        return Scripted::Text {
            text: words(SLOW_WORDS),
            pace: Pace::Slow,
        };
    }
    if asked("/demo long") {
        return Scripted::Text {
            text: words(LONG_WORDS),
            pace: Pace::Fast,
        };
    }
    if let Some(result) = conversation.tool_result() {
        let result: String = result.chars().take(TOOL_RESULT_CHARS_MAX).collect();
        return Scripted::Text {
            text: format!("The tool answered: {result}"),
            pace: Pace::Natural,
        };
    }
    if asked("/demo tool") {
        if let Some(offer) = conversation.tools.first() {
            let hint = last.replace("/demo tool", "");
            return Scripted::Tool {
                name: offer.name.clone(),
                arguments: tool::arguments(&offer.schema, hint.trim()).to_string(),
            };
        }
        let text = "No tools are offered in this conversation, so there is none that I could call.".to_owned();
        return Scripted::Text {
            text,
            pace: Pace::Natural,
        };
    }
    Scripted::Text {
        text: speak(conversation, turn),
        pace: Pace::Natural,
    }
}

/// Returns `count` words of the long reply.
fn words(count: usize) -> String {
    SENTENCES
        .iter()
        .flat_map(|s| s.split(' '))
        .cycle()
        .take(count)
        .collect::<Vec<_>>()
        .join(" ")
}

fn speak(conversation: &Conversation, turn: &Turn) -> String {
    let persona = Persona::of(&conversation.system);
    let last = tail(&turn.text, READ_BYTES_MAX);
    if let Some(words) = debate::speak(conversation, &persona, last) {
        return words;
    }
    if turn.by == By::Agent {
        return reflect(&persona, last);
    }
    let author = turn.author.as_deref();
    let facts = Facts::of(conversation.said_by(author));
    let lower = last.to_lowercase();
    let has = |phrases: &[&str]| phrases.iter().any(|p| lower.contains(p));
    if has(&["what do you know about me", "what do you remember", "who am i"]) {
        return tell_all(&facts);
    }
    if has(&[
        "did we talk about",
        "have we talked about",
        "summar",
        "recap",
        "sum up",
        "did i say",
    ]) {
        return summary(conversation);
    }
    match facts.recall(last) {
        Some(Recalled::Known("name", value)) => return format!("Your name is {value}."),
        Some(Recalled::Known("home", value)) => return format!("You live in {value}."),
        Some(Recalled::Known(key, value)) => return format!("Your {key} is {value}."),
        Some(Recalled::Unknown(key)) => return unknown(&key, author),
        None => {}
    }
    if let Some(learned) = learned(last, &persona) {
        return learned;
    }
    let name = facts
        .get("name")
        .or(author)
        .map(|n| format!(", {n}"))
        .unwrap_or_default();
    small_talk(&persona, &lower, &name).unwrap_or_else(|| reflect(&persona, last))
}

fn unknown(key: &str, author: Option<&str>) -> String {
    match author.filter(|_| key == "name") {
        Some(author) => format!("You go by {author} here, and have not told me another name."),
        None => format!("You have not told me your {key} yet. Tell me, and I will remember it in this conversation."),
    }
}

/// Answers what people say to be polite, or to find out whom they talk to. `lower` is in lower case; `name` follows a greeting.
fn small_talk(persona: &Persona, lower: &str, name: &str) -> Option<String> {
    let has = |phrases: &[&str]| phrases.iter().any(|p| lower.contains(p));
    if has(&[
        "who are you",
        "what are you",
        "what can you do",
        "your name",
        "/demo",
        "how do you work",
    ]) || lower == "help"
    {
        return Some(introduce(persona));
    }
    if has(&["thank", "thx"]) {
        return Some(format!(
            "You are welcome{name}. {}",
            pick(&persona.voice.closings, lower)
        ));
    }
    if has(&["joke", "make me laugh", "something funny"]) {
        return Some(persona.voice.joke.to_owned());
    }
    if is_any_word(lower, &["haiku", "poem", "verse"]) {
        return Some(verse(lower));
    }
    if is_any_word(lower, &["bye", "goodbye", "farewell"]) || has(&["good night", "see you"]) {
        return Some(format!("Goodbye{name}, until next time."));
    }
    if has(&["how are you"]) {
        return Some(format!(
            "All my scripts are in order, thank you{name}. {}",
            persona.voice.greeting
        ));
    }
    if is_any_word(lower, &["hello", "hi", "hey", "hallo", "greetings", "moin"])
        || has(&["good morning", "good evening"])
    {
        let me = persona.name.as_ref().map(|n| format!(" I am {n}.")).unwrap_or_default();
        return Some(format!("Hello{name}!{me} {}", persona.voice.greeting));
    }
    None
}

/// Writes three lines about what the text is about.
fn verse(lower: &str) -> String {
    let subject = ["haiku", "poem", "verse"]
        .iter()
        .fold(lower.to_owned(), |text, word| text.replace(word, " "));
    format!(
        "{},\nread line by line until dawn:\none warning remains.",
        capitalised(&topic(&subject))
    )
}

/// Acknowledges what the last message says of its writer.
fn learned(last: &str, persona: &Persona) -> Option<String> {
    let new = Facts::of([last].into_iter());
    let noted: Vec<String> = new
        .all()
        .filter(|(key, _)| !matches!(*key, "name" | "home"))
        .map(|(k, v)| format!("your {k} is {v}"))
        .collect();
    let mut parts = Vec::new();
    parts.extend(new.get("name").map(|name| format!("Nice to meet you, {name}.")));
    parts.extend(
        new.get("home")
            .map(|home| format!("{}: you live in {home}.", persona.voice.noted)),
    );
    if !noted.is_empty() {
        parts.push(format!("{}: {}.", persona.voice.noted, noted.join(", and ")));
    }
    if parts.is_empty() {
        return None;
    }
    if !persona.brief {
        parts.push(pick(&persona.voice.closings, last).to_owned());
    }
    Some(parts.join(" "))
}

fn tell_all(facts: &Facts) -> String {
    let known: Vec<String> = facts
        .all()
        .map(|(key, value)| {
            if key == "home" {
                format!("you live in {value}")
            } else {
                format!("your {key} is {value}")
            }
        })
        .collect();
    if known.is_empty() {
        return "Nothing yet: you have not told me anything of yourself in this conversation.".into();
    }
    format!("In this conversation you told me that {}.", known.join(", and that "))
}

fn summary(conversation: &Conversation) -> String {
    let said: Vec<&str> = conversation.said().collect();
    let before = said.split_last().map_or(&[][..], |(_, before)| before);
    let told = before
        .get(before.len().saturating_sub(SUMMARY_TURNS_MAX)..)
        .unwrap_or_default();
    if told.is_empty() {
        return "We have only just begun: there is nothing to sum up yet.".into();
    }
    let quote = |text: &&str| {
        let words: Vec<&str> = text.split_whitespace().take(SUMMARY_WORDS_MAX + 1).collect();
        let more = if words.len() > SUMMARY_WORDS_MAX { " …" } else { "" };
        format!(
            "“{}{more}”",
            words.into_iter().take(SUMMARY_WORDS_MAX).collect::<Vec<_>>().join(" ")
        )
    };
    let skipped = if before.len() > told.len() {
        "most recently "
    } else {
        ""
    };
    format!(
        "So far we talked about this: {skipped}{}.",
        told.iter().map(quote).collect::<Vec<_>>().join(", then ")
    )
}

fn introduce(persona: &Persona) -> String {
    let me = persona.name.as_ref().map_or_else(
        || "I am the built-in demo".to_owned(),
        |n| format!("I am {n}, played by the built-in demo"),
    );
    format!(
        "{me}: scripted replies, no AI model. I remember what you tell me in a conversation (“my name is Ada”, “my favourite tea is oolong”), \
         sum up what we talked about, and show how things look with `/demo slow`, `/demo long`, `/demo tool` and `/demo error`."
    )
}

/// Answers anything else by its words.
fn reflect(persona: &Persona, last: &str) -> String {
    let opening = capitalised(&pick(&persona.voice.openings, last).replace("{}", &topic(last)));
    if persona.brief {
        return opening;
    }
    let thought = pick(&persona.voice.thoughts, &format!("{last}."));
    let asks = last.contains('?');
    let end = if asks {
        HONEST
    } else {
        pick(&persona.voice.closings, &format!("{last}!"))
    };
    format!("{opening} {thought} {end}")
}

/// Finds up to three words that say what a text is about: the longest, in their own order.
pub(super) fn topic(text: &str) -> String {
    let words = text
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '-'))
        .filter(|w| w.chars().count() > 3);
    let mut found: Vec<(usize, String)> = Vec::new();
    for (at, word) in words.take(TOPIC_WORDS_MAX).enumerate() {
        let word: String = word.chars().take(30).collect::<String>().to_lowercase();
        if !COMMON.contains(&word.as_str()) && !found.iter().any(|(_, w)| *w == word) {
            found.push((at, word));
        }
    }
    found.sort_by_key(|(at, word)| (std::cmp::Reverse(word.chars().count()), *at));
    found.truncate(3);
    found.sort_by_key(|(at, _)| *at);
    let words: Vec<String> = found.into_iter().map(|(_, w)| w).collect();
    match words.split_last() {
        None => "that".into(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// Words that say nothing of a topic.
const COMMON: [&str; 36] = [
    "about", "again", "also", "because", "been", "could", "does", "from", "have", "here", "into", "just", "know",
    "like", "make", "more", "please", "should", "some", "tell", "that", "their", "them", "then", "there", "these",
    "they", "think", "this", "want", "what", "when", "where", "which", "with", "would",
];

/// Picks one of three by a hash of `seed`.
pub(super) fn pick(choices: &[&'static str; 3], seed: &str) -> &'static str {
    let hash = seed
        .bytes()
        .fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
    let [first, second, third] = choices;
    match hash % 3 {
        0 => first,
        1 => second,
        _ => third,
    }
}

fn is_any_word(text: &str, words: &[&str]) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|w| words.contains(&w))
}

pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|c| c.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;

//! Owns what can be remembered of a conversation: "my name is Ada" and the like, and the questions about it. Pure.
//! Refuses to guess: what was not said is not known.

/// Bytes at the end of what was said that are read for facts and for a reply: what anybody may send must not keep a thread busy.
pub(super) const READ_BYTES_MAX: usize = 16 * 1024;
/// Facts that are remembered; the oldest goes first.
const FACTS_MAX: usize = 64;
/// Characters at the beginning of a sentence that facts are learned from; this also bounds the work for each of them.
const SENTENCE_CHARS_MAX: usize = 200;
/// Most characters of a remembered value.
const VALUE_CHARS_MAX: usize = 80;
/// Most words of what something is called: "favourite colour of all".
const KEY_WORDS_MAX: usize = 4;
/// Words with which a question or a request to recall begins.
const ASKING: [&str; 18] = [
    "what", "what's", "whats", "who", "who's", "where", "where's", "when", "when's", "which", "how", "tell", "do",
    "did", "can", "could", "remember", "say",
];
/// Words after which something of one's own is asked for by name.
const ASKS_FOR_MINE: [&str; 10] = [
    "what is my ",
    "what's my ",
    "whats my ",
    "what was my ",
    "what are my ",
    "who is my ",
    "who's my ",
    "where is my ",
    "when is my ",
    "which is my ",
];
/// Where a value ends although its sentence goes on.
const CLAUSE_ENDS: [&str; 12] = [
    " and my ",
    " and i ",
    " and i'm ",
    ", and ",
    ", but ",
    ", what",
    ", so ",
    ", how",
    ", can",
    ", do ",
    ", please",
    " and what",
];

/// What somebody said of themselves, in the order they said it; the last word counts.
#[derive(Default)]
pub(super) struct Facts(Vec<(String, String)>);

/// What a question about oneself meets.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Recalled<'a> {
    /// It was said.
    Known(&'a str, &'a str),
    /// It was not.
    Unknown(String),
}

impl Facts {
    /// Learns what `texts`, oldest first, say in their last 16 KiB.
    pub(super) fn of<'a>(texts: impl DoubleEndedIterator<Item = &'a str>) -> Self {
        let mut left = READ_BYTES_MAX;
        let mut read = Vec::new();
        for text in texts.rev() {
            if left == 0 {
                break;
            }
            let end = tail(text, left);
            left -= end.len();
            read.push(end);
            if end.len() < text.len() {
                break;
            }
        }
        let mut facts = Self::default();
        read.into_iter().rev().for_each(|text| facts.learn(text));
        facts
    }

    /// Returns what is known of `key`.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    /// Returns all of it as (key, value).
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// Finds out whether `text` asks for something known, or for something of one's own that is not.
    pub(super) fn recall(&self, text: &str) -> Option<Recalled<'_>> {
        sentences(text).rev().find_map(|sentence| self.recall_in(sentence))
    }

    fn recall_in(&self, sentence: &str) -> Option<Recalled<'_>> {
        let lower = sentence.to_ascii_lowercase();
        let first = lower
            .split(|c: char| c.is_whitespace() || c == ',')
            .find(|w| !matches!(*w, "" | "so" | "and" | "hey" | "please"))?;
        if !ASKING.contains(&first) && !lower.ends_with('?') {
            return None;
        }
        if lower.contains("where do i live") {
            return Some(self.known("home").unwrap_or_else(|| Recalled::Unknown("home".into())));
        }
        let (_, rest) = split_word(&lower, "my ")?;
        let key = asked_key(rest);
        if let Some(known) = self.known(&key) {
            return Some(known);
        }
        let asks = ASKS_FOR_MINE.iter().any(|phrase| lower.contains(phrase)) && !key.is_empty();
        asks.then_some(Recalled::Unknown(key))
    }

    fn known(&self, key: &str) -> Option<Recalled<'_>> {
        self.0
            .iter()
            .find(|(k, _)| k == key)
            .map(|(k, v)| Recalled::Known(k, v))
    }

    fn learn(&mut self, text: &str) {
        for sentence in sentences(text).map(beginning) {
            self.learn_mine(sentence);
            for (phrase, key) in [
                ("call me ", "name"),
                ("i am called ", "name"),
                ("i'm called ", "name"),
                ("i live in ", "home"),
            ] {
                let lower = sentence.to_ascii_lowercase();
                if let Some(value) = split_word(&lower, phrase).and_then(|(at, _)| sentence.get(at + phrase.len()..)) {
                    self.note(key.into(), value);
                }
            }
            self.learn_name(sentence);
        }
    }

    /// Learns from "my … is …", as often as a sentence says it.
    fn learn_mine(&mut self, sentence: &str) {
        let lower = sentence.to_ascii_lowercase();
        let mut from = 0;
        while let Some((at, _)) = lower.get(from..).and_then(|rest| split_word(rest, "my ")) {
            let start = from + at + "my ".len();
            from = start;
            let Some(rest) = lower.get(start..) else { break };
            let verbs = [" is called ", " is ", " are "];
            let Some((place, verb)) = verbs
                .iter()
                .filter_map(|v| Some((rest.find(v)?, *v)))
                .min_by_key(|(p, v)| (*p, std::cmp::Reverse(v.len())))
            else {
                break;
            };
            let key = rest.get(..place).map(key_of).unwrap_or_default();
            if (1..=KEY_WORDS_MAX).contains(&key.split(' ').count())
                && key.chars().all(|c| c.is_alphanumeric() || " '-".contains(c))
            {
                self.note(key, sentence.get(start + place + verb.len()..).unwrap_or_default());
            }
        }
    }

    /// Learns a name from "I'm Ada" and "I am Ada", when that is all the clause says.
    fn learn_name(&mut self, sentence: &str) {
        for clause in sentence.split(',') {
            let words: Vec<&str> = clause.split_whitespace().collect();
            let name = match words.as_slice() {
                [i, am, name] if *i == "I" && *am == "am" => name,
                [im, name] | [_, im, name] if im.eq_ignore_ascii_case("i'm") => name,
                _ => continue,
            };
            let name = name.trim_end_matches(['.', '!']);
            if name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphabetic) {
                self.note("name".into(), name);
            }
        }
    }

    fn note(&mut self, key: String, value: &str) {
        let lower = value.to_ascii_lowercase();
        let end = CLAUSE_ENDS
            .iter()
            .filter_map(|e| lower.find(e))
            .min()
            .unwrap_or(value.len());
        let mut value = value.get(..end).unwrap_or(value);
        if key == "name" {
            value = value.split([',', ';']).next().unwrap_or(value);
            value = value.split(" and ").next().unwrap_or(value);
        }
        let value: String = value
            .trim_matches(|c: char| c.is_whitespace() || ".!?,;\"'".contains(c))
            .chars()
            .take(VALUE_CHARS_MAX)
            .collect();
        if value.is_empty() {
            return;
        }
        self.0.retain(|(k, _)| *k != key);
        if self.0.len() >= FACTS_MAX {
            self.0.remove(0);
        }
        self.0.push((key, value));
    }
}

/// Returns the last `bytes` of `text`, or a little less so that no character is cut.
pub(super) fn tail(text: &str, bytes: usize) -> &str {
    text.get(text.ceil_char_boundary(text.len().saturating_sub(bytes))..)
        .unwrap_or_default()
}

/// Returns as much of a sentence as is read.
fn beginning(sentence: &str) -> &str {
    let end = sentence.char_indices().nth(SENTENCE_CHARS_MAX).map(|(at, _)| at);
    sentence.get(..end.unwrap_or(sentence.len())).unwrap_or_default()
}

/// Cuts a text to sentences; a full stop inside a word or number ends none.
fn sentences(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    let mut cuts = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next_is_blank = chars.peek().is_none_or(|(_, n)| n.is_whitespace());
        if matches!(c, '\n' | '!' | '?') || (c == '.' && next_is_blank) {
            cuts.push(start..at + c.len_utf8());
            start = at + c.len_utf8();
        }
    }
    cuts.push(start..text.len());
    cuts.into_iter()
        .filter_map(|range| text.get(range))
        .map(str::trim)
        .filter(|s| !s.is_empty())
}

/// Finds `phrase` where a word begins; returns its place and what follows it.
fn split_word<'a>(text: &'a str, phrase: &str) -> Option<(usize, &'a str)> {
    let begins = |at: usize| {
        text.get(..at)
            .is_none_or(|before| !before.ends_with(|c: char| c.is_alphanumeric()))
    };
    let (at, _) = text.match_indices(phrase).find(|(at, _)| begins(*at))?;
    Some((at, text.get(at + phrase.len()..)?))
}

/// Spells a key in one way.
fn key_of(words: &str) -> String {
    let word = |w: &str| match w {
        "favorite" => "favourite".to_owned(),
        "color" => "colour".to_owned(),
        other => other.to_owned(),
    };
    words.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

/// Returns the key that is asked for, of what follows "my".
fn asked_key(rest: &str) -> String {
    let end = rest.find(|c: char| ".,!?;".contains(c)).unwrap_or(rest.len());
    let words = rest.get(..end).unwrap_or_default().split_whitespace();
    let ends = |w: &&str| !matches!(*w, "is" | "are" | "was" | "again" | "please" | "now" | "called");
    key_of(&words.take_while(ends).take(KEY_WORDS_MAX).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(said: &[&str], question: &str) -> Option<String> {
        let facts = Facts::of(said.iter().copied());
        facts.recall(question).map(|r| match r {
            Recalled::Known(key, value) => format!("{key}={value}"),
            Recalled::Unknown(key) => format!("{key}?"),
        })
    }

    #[test]
    fn what_was_said_is_recalled() {
        for (said, question, answer) in [
            (&["My name is Ada."][..], "What is my name?", Some("name=Ada")),
            (
                &["hi, my name is Ada Lovelace and I like tea"],
                "what's my name",
                Some("name=Ada Lovelace"),
            ),
            (
                &["My name is Ada", "Actually, my name is Grace."],
                "Do you remember my name?",
                Some("name=Grace"),
            ),
            (
                &["my favorite color is dark green."],
                "What is my favourite colour?",
                Some("favourite colour=dark green"),
            ),
            (
                &["my favourite tea is oolong and my favourite number is 3.5."],
                "what is my favourite number?",
                Some("favourite number=3.5"),
            ),
            (
                &["My dog is called Rex"],
                "Do you know what my dog is called?",
                Some("dog=Rex"),
            ),
            (&["Please call me Al."], "what is my name", Some("name=Al")),
            (&["Hello, I'm Ada."], "What is my name?", Some("name=Ada")),
            (&["I live in Zürich."], "Where do I live?", Some("home=Zürich")),
            (&["My name is Person7."], "What is my name?", Some("name=Person7")),
            (&["nothing"], "What is my name?", Some("name?")),
            (&["nothing"], "Can you help my brother?", None),
            (&["my name is Ada"], "My day was long.", None),
            (
                &["My name is Ada. What is my name?"],
                "My name is Ada. What is my name?",
                Some("name=Ada"),
            ),
            (&["I'm happy"], "what is my name?", Some("name?")),
        ] {
            assert_eq!(asked(said, question).as_deref(), answer, "{said:?} {question}");
        }
    }

    #[test]
    fn only_so_much_is_read_and_remembered() {
        let long = format!("my name is Ada. {}", "é".repeat(READ_BYTES_MAX));
        assert_eq!(asked(&[&long], "what is my name?").as_deref(), Some("name?"));
        let before = ["my name is Ada.", &"x".repeat(READ_BYTES_MAX)];
        assert_eq!(asked(&before, "what is my name?").as_deref(), Some("name?"));
        let many: String = (0..100).map(|n| format!("my n{n} is {n}. ")).collect();
        let facts = Facts::of([many.as_str()].into_iter());
        assert_eq!(
            (facts.all().count(), facts.get("n99"), facts.get("n35")),
            (FACTS_MAX, Some("99"), None)
        );
        let drawn_out = format!("{} my name is Ada", "x".repeat(SENTENCE_CHARS_MAX));
        assert_eq!(asked(&[&drawn_out], "what is my name?").as_deref(), Some("name?"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_stops_it(text in "\\PC{0,60}", question in "(what is )?my \\PC{0,30}") {
            let facts = Facts::of([text.as_str(), question.as_str()].into_iter());
            let _ = facts.recall(&question);
        }
    }
}

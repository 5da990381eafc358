//! Owns what an agent keeps in mind of a room: short facts, and the lines at the end of a reply that bring new ones.
//! Refuses to believe them: to a model they are data like any other text that an agent wrote.
//!
//! The protocol is strict: whole lines that begin with `REMEMBER:`, the last lines of the reply. They are cut off before
//! anything of them is shown. Such a line with other text after it is just text.

use kernel::{AgentId, MessageId, RoomId, RunId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

use crate::domain::sameness::words;

/// How a line that is to be remembered begins.
pub(crate) const REMEMBER: &str = "REMEMBER:";
/// Most facts that one reply brings; further lines are dropped.
pub(crate) const PER_REPLY_MAX: usize = 3;
/// Most people that one memory is known to tell of; more, and nothing more is kept.
pub(crate) const PEOPLE_MAX: usize = 1_000;

/// A fact, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Fact {
    pub(crate) text: String,
    pub(crate) run_id: RunId,
    /// The message that was answered, and the answer: when either is taken back, so is the fact.
    pub(crate) trigger_id: MessageId,
    pub(crate) message_id: MessageId,
    /// The messages that were read for the reply: when one of them is taken back, so is the fact. None of facts of releases before.
    #[serde(default)]
    pub(crate) read: Option<Read>,
    pub(crate) at: Timestamp,
}

/// What was read for a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Read {
    /// The lowest and the highest place of a message; the lowest is 0 where a summary was read.
    pub(crate) low: u64,
    pub(crate) high: u64,
    /// When the message that was answered had been edited, as it was read.
    pub(crate) trigger_edited_at: Option<Timestamp>,
}

impl Read {
    /// Tells whether a message at this place may have been read.
    fn covers(&self, seq: u64) -> bool {
        (self.low..=self.high).contains(&seq)
    }
}

/// What one agent remembers of one room, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemoryDoc {
    pub(crate) agent_id: AgentId,
    pub(crate) room_id: RoomId,
    /// Oldest first.
    pub(crate) facts: Vec<Fact>,
    /// People whose messages were read when a fact was written: it may tell of them.
    pub(crate) people: Vec<UserId>,
}

impl Document for MemoryDoc {
    const COLLECTION: &'static str = "memories";
    const INDEXES: &'static [Index] = &[Index::plain("room", &["roomId"]), Index::multi("people", &["people"])];
    fn id(&self) -> String {
        Self::id_of(self.agent_id, self.room_id)
    }
}

/// What a reply wants remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Noted {
    pub(crate) facts: Vec<String>,
    pub(crate) people: Vec<UserId>,
    #[serde(default)]
    pub(crate) read: Option<Read>,
}

impl MemoryDoc {
    pub(crate) fn id_of(agent: AgentId, room: RoomId) -> String {
        format!("{agent}:{room}")
    }

    pub(crate) fn new(agent_id: AgentId, room_id: RoomId) -> Self {
        Self {
            agent_id,
            room_id,
            facts: Vec::new(),
            people: Vec::new(),
        }
    }

    /// Adds what a reply wants remembered; the same reply again changes nothing. What is known already becomes the newest;
    /// the oldest go when there is no room.
    pub(crate) fn remember(&mut self, noted: &Noted, from: &Fact, facts_max: usize) {
        if self.facts.iter().any(|fact| fact.run_id == from.run_id) {
            return;
        }
        let mut people = self.people.clone();
        people.extend(noted.people.iter().copied());
        people.sort_unstable();
        people.dedup();
        if people.len() > PEOPLE_MAX {
            return;
        }
        self.people = people;
        for text in &noted.facts {
            self.facts.retain(|fact| words(&fact.text) != words(text));
            self.facts.push(Fact {
                text: text.clone(),
                ..from.clone()
            });
        }
        let over = self.facts.len().saturating_sub(facts_max);
        self.facts.drain(..over);
    }

    /// Forgets what came from a message; where its `seq` is given, also what it was read for. Tells whether there was anything.
    pub(crate) fn unlearn(&mut self, message: MessageId, seq: Option<u64>) -> bool {
        let before = self.facts.len();
        self.facts.retain(|fact| {
            let was_read = fact.read.zip(seq).is_some_and(|(read, seq)| read.covers(seq));
            fact.trigger_id != message && fact.message_id != message && !was_read
        });
        self.facts.len() < before
    }
}

/// Returns where the last lines of `text` begin that are to be remembered; its length when there are none. In an `open`
/// text, which goes on, a last line that may still become one counts as well. Blank lines belong to them.
pub(crate) fn notes_begin(text: &str, open: bool) -> usize {
    let (mut begin, mut end, mut last) = (text.len(), text.len(), true);
    for line in text.rsplit('\n') {
        let may_become = open && last && REMEMBER.starts_with(line);
        if !(line.trim().is_empty() || line.starts_with(REMEMBER) || may_become) {
            break;
        }
        begin = end - line.len();
        end = begin.saturating_sub(1);
        last = false;
    }
    begin
}

/// Reads the lines that are to be remembered: without control characters, cut at `chars_max`, at most [`PER_REPLY_MAX`].
pub(crate) fn notes(lines: &str, chars_max: usize) -> Vec<String> {
    let clean = |line: &str| -> String {
        let plain = line.chars().map(|c| if c.is_control() { ' ' } else { c });
        plain.take(chars_max).collect::<String>().trim().to_owned()
    };
    let facts = lines.lines().filter_map(|line| line.strip_prefix(REMEMBER));
    facts
        .map(|fact| clean(fact.trim()))
        .filter(|fact| !fact.is_empty())
        .take(PER_REPLY_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const FACTS_MAX: usize = 4;
    const CHARS_MAX: usize = 20;

    fn from(run: u128) -> Fact {
        Fact {
            text: String::new(),
            run_id: Uuid::from_u128(run).into(),
            trigger_id: Uuid::from_u128(run + 1_000).into(),
            message_id: Uuid::from_u128(run + 2_000).into(),
            read: None,
            at: Timestamp::default(),
        }
    }

    fn noted(facts: &[&str], person: u128) -> Noted {
        Noted {
            facts: facts.iter().map(|f| (*f).to_owned()).collect(),
            people: vec![Uuid::from_u128(person).into()],
            read: None,
        }
    }

    fn memory() -> MemoryDoc {
        MemoryDoc::new(Uuid::from_u128(1).into(), Uuid::from_u128(2).into())
    }

    fn texts(memory: &MemoryDoc) -> Vec<&str> {
        memory.facts.iter().map(|f| f.text.as_str()).collect()
    }

    fn cut(text: &str) -> (&str, Vec<String>) {
        let (said, lines) = text.split_at(notes_begin(text, false));
        (said.trim_end(), notes(lines, CHARS_MAX))
    }

    #[test]
    fn only_the_last_lines_are_remembered_and_none_of_them_is_said() {
        assert_eq!(
            cut("Hello.\nREMEMBER: Ada likes tea\n"),
            ("Hello.", vec!["Ada likes tea".into()])
        );
        assert_eq!(cut("REMEMBER: a\n\nREMEMBER: b"), ("", vec!["a".into(), "b".into()]));
        let amid = "One.\nREMEMBER: not the end\nTwo.";
        assert_eq!(cut(amid), (amid, vec![]));
        for text in [" REMEMBER: indented", "I REMEMBER: that", "remember: it", "REMEMBER it"] {
            assert_eq!(cut(text), (text, vec![]), "the protocol is strict");
        }
        let many = "x\nREMEMBER:\nREMEMBER: \u{7}one\nREMEMBER: 123456789012345678901234\nREMEMBER: c\nREMEMBER: d";
        assert_eq!(cut(many).1, ["one", "12345678901234567890", "c"]);
    }

    #[test]
    fn the_oldest_goes_what_is_known_is_not_kept_twice_and_a_reply_counts_once() {
        let mut memory = memory();
        memory.remember(&noted(&["a", "b", "c"], 7), &from(1), FACTS_MAX);
        memory.remember(&noted(&["z"], 7), &from(1), FACTS_MAX);
        assert_eq!(texts(&memory), ["a", "b", "c"], "the same run again");
        memory.remember(&noted(&["A!", "d", "e"], 8), &from(2), FACTS_MAX);
        assert_eq!((texts(&memory), memory.people.len()), (vec!["c", "A!", "d", "e"], 2));
    }

    #[test]
    fn a_message_that_is_taken_back_takes_its_facts_along() {
        let mut memory = memory();
        memory.remember(&noted(&["a"], 7), &from(1), FACTS_MAX);
        memory.remember(&noted(&["b"], 7), &from(2), FACTS_MAX);
        assert!(!memory.unlearn(Uuid::from_u128(9).into(), Some(5)));
        assert!(
            memory.unlearn(Uuid::from_u128(1_001).into(), None) && memory.unlearn(Uuid::from_u128(2_002).into(), None)
        );
        assert!(memory.facts.is_empty());
    }

    #[test]
    fn a_message_that_was_read_takes_the_facts_along_and_others_do_not() {
        let (mut memory, other) = (memory(), Uuid::from_u128(9).into());
        for (run, low) in [(1, 4), (2, 0)] {
            let read = Some(Read {
                low,
                high: 6,
                trigger_edited_at: None,
            });
            memory.remember(
                &noted(&[if low == 0 { "of a summary" } else { "b" }], 7),
                &Fact { read, ..from(run) },
                FACTS_MAX,
            );
        }
        assert!(!memory.unlearn(other, Some(7)) && !memory.unlearn(other, None));
        assert!(memory.unlearn(other, Some(3)));
        assert_eq!(texts(&memory), ["b"]);
        assert!(memory.unlearn(other, Some(4)) && memory.facts.is_empty());
    }

    proptest! {
        #[test]
        fn whatever_is_written_memory_stays_within_its_bounds(
            replies in prop::collection::vec(prop::collection::vec("REMEMBER:\\PC{0,40}|\\PC{0,10}", 0..8), 0..30),
        ) {
            let mut memory = memory();
            for (run, lines) in (1..).zip(&replies) {
                let text = lines.join("\n");
                let (said, facts) = cut(&text);
                prop_assert!(text.starts_with(said));
                memory.remember(&Noted { facts, ..Noted::default() }, &from(run), FACTS_MAX);
            }
            prop_assert!(memory.facts.len() <= FACTS_MAX);
            prop_assert!(memory.facts.iter().all(|f| f.text.chars().count() <= CHARS_MAX && !f.text.contains('\n')));
        }
    }
}

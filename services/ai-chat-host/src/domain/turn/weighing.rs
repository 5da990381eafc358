//! Owns who answers by weight: whom the message concerns, who likes to talk, who has not just spoken. Refuses to know how
//! agents are ordered: it does not matter here.

use std::collections::BTreeSet;

use kernel::AgentId;

use super::{Heard, Room, draw, mix};
use crate::config::Weighted;

/// What a word of the message counts that is in the agent's name or handle, and one that is in its description.
const NAME_POINTS: i64 = 40;
const TOPIC_POINTS: i64 = 20;
/// What words count together at most.
const RELEVANCE_MAX: i64 = 100;
/// What is taken from those who spoke last, the latest first.
const RECENCY_POINTS: [i64; 3] = [60, 30, 15];
/// Shortest word of a name, and of a description, that counts.
const NAME_WORD_CHARS_MIN: usize = 3;
const TOPIC_WORD_CHARS_MIN: usize = 4;
/// Words of a message that are looked at.
const MESSAGE_WORDS_MAX: usize = 500;
/// Words that are in most texts and concern nobody.
const COMMON: [&str; 26] = [
    "about", "after", "also", "been", "before", "does", "each", "find", "from", "have", "here", "into", "just", "more",
    "should", "than", "that", "their", "them", "then", "there", "they", "this", "what", "when", "with",
];

/// What an agent is known by, as words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traits {
    names: BTreeSet<String>,
    topics: BTreeSet<String>,
}

impl Traits {
    /// Reads the words of name, handle and description.
    pub(crate) fn of(name: &str, handle: &str, description: &str) -> Self {
        let names: BTreeSet<String> = words(name, NAME_WORD_CHARS_MIN)
            .chain(words(handle, NAME_WORD_CHARS_MIN))
            .collect();
        let topics = words(description, TOPIC_WORD_CHARS_MIN)
            .filter(|word| !COMMON.contains(&word.as_str()) && !names.contains(word))
            .collect();
        Self { names, topics }
    }

    /// Returns 0 to 100: how much a text concerns the agent.
    fn relevance(&self, said: &BTreeSet<String>) -> i64 {
        let points = |of: &BTreeSet<String>, each: i64| {
            let shared = i64::try_from(of.intersection(said).count()).unwrap_or(RELEVANCE_MAX);
            shared.saturating_mul(each)
        };
        (points(&self.names, NAME_POINTS) + points(&self.topics, TOPIC_POINTS)).min(RELEVANCE_MAX)
    }
}

/// Returns who answers a message: a draw among those whose score reaches the threshold, weighted by how far, at most
/// `speakers_max` of them. `last_speakers` are those of the last turns, the latest first.
pub(crate) fn chosen(room: &Room, heard: &Heard, last_speakers: &[AgentId], rules: &Weighted) -> Vec<AgentId> {
    let said: BTreeSet<String> = words(&heard.text, NAME_WORD_CHARS_MIN)
        .take(MESSAGE_WORDS_MAX)
        .collect();
    let threshold = i64::from(rules.score_min);
    let mut able: Vec<(AgentId, u64)> = Vec::new();
    for seat in &room.agents {
        let recency = last_speakers
            .iter()
            .position(|speaker| *speaker == seat.agent)
            .and_then(|at| RECENCY_POINTS.get(at))
            .unwrap_or(&0);
        let score = seat.traits.relevance(&said) + i64::from(seat.talkativeness) - recency;
        if let Some(above) = score.checked_sub(threshold).and_then(|above| u64::try_from(above).ok()) {
            able.push((seat.agent, above + 1));
        }
    }
    able.sort_unstable();
    let seed = draw(room.id, heard.id);
    let mut speakers = Vec::new();
    for round in 0..u64::from(rules.speakers_max) {
        let total: u64 = able.iter().map(|(_, weight)| weight).sum();
        if total == 0 {
            break;
        }
        let mut drawn = mix(seed.wrapping_add(round)) % total;
        let at = able.iter().position(|(_, weight)| {
            let hit = drawn < *weight;
            drawn = drawn.saturating_sub(*weight);
            hit
        });
        let Some(at) = at else { break };
        speakers.push(able.remove(at).0);
    }
    speakers
}

fn words(text: &str, chars_min: usize) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(move |word| word.chars().count() >= chars_min)
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::turn::tests::{agent, human, room};
    use contracts::chat::AgentPolicy;

    fn stage() -> Room {
        let mut room = room(AgentPolicy::Weighted, 3);
        let cards = [
            ("Sage", "sage", "Explains and weighs things."),
            ("Muse", "muse", "A writer: drafts, rewrites and finds the better word."),
            ("Critic", "critic", "Finds the holes in a plan or an argument."),
        ];
        for (seat, (name, handle, about)) in room.agents.iter_mut().zip(cards) {
            (seat.traits, seat.talkativeness) = (Traits::of(name, handle, about), 50);
        }
        room
    }

    fn speak(room: &Room, text: &str, last: &[AgentId]) -> Vec<AgentId> {
        let heard = Heard {
            text: text.into(),
            ..human(1, &[])
        };
        chosen(room, &heard, last, &Weighted::default())
    }

    #[test]
    fn whom_it_concerns_answers_and_nobody_when_it_concerns_nobody() {
        let room = stage();
        assert_eq!(speak(&room, "Muse, are you there?", &[]), [agent(1)]);
        assert_eq!(speak(&room, "Is there a hole in my argument?", &[]), [agent(2)]);
        assert_eq!(speak(&room, "We had pasta, and then some more.", &[]), []);
    }

    #[test]
    fn who_spoke_last_is_passed_over_and_who_likes_to_talk_speaks_unasked() {
        let mut room = stage();
        assert_eq!(speak(&room, "another argument", &[agent(2)]), []);
        room.agents[0].talkativeness = 100;
        assert_eq!(speak(&room, "We had pasta.", &[agent(1)]), [agent(0)]);
        assert_eq!(speak(&room, "We had pasta.", &[agent(0)]), []);
    }

    #[test]
    fn more_than_one_may_speak_and_none_twice() {
        let mut room = stage();
        room.agents.iter_mut().for_each(|seat| seat.talkativeness = 100);
        let rules = Weighted {
            speakers_max: 5,
            score_min: 60,
        };
        let mut speakers = chosen(&room, &human(1, &[]), &[], &rules);
        speakers.sort_unstable();
        assert_eq!(speakers, [agent(0), agent(1), agent(2)]);
        let drawn: BTreeSet<AgentId> = (0..64)
            .flat_map(|n| chosen(&room, &human(n, &[]), &[], &Weighted::default()))
            .collect();
        assert_eq!(drawn.len(), 3, "each has its turn over many messages");
    }
}

//! Owns the free agents that exist on every first run. Refuses to know whether an operator has changed them since.

use kernel::{AgentId, Timestamp};
use uuid::Uuid;

use crate::domain::agent::{AgentDoc, ReplyPolicy};

/// The thoughtful generalist, `@sage`.
pub const SAGE: Uuid = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_5a6e);
/// The writer, `@muse`.
pub const MUSE: Uuid = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_305e);
/// The one who finds holes, `@critic`.
pub const CRITIC: Uuid = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_c41c);
/// The researcher and planner, `@scout`.
pub const SCOUT: Uuid = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_5c07);

/// The model that the operator put first.
const MODEL: &str = "default";
/// Most tokens of one answer of theirs.
const ANSWER_TOKENS: u32 = 1_024;

struct Card {
    id: Uuid,
    handle: &'static str,
    name: &'static str,
    description: &'static str,
    temperature: f32,
    persona: &'static str,
}

const CARDS: [Card; 4] = [
    Card {
        id: SAGE,
        handle: "sage",
        name: "Sage",
        description: "A thoughtful generalist: explains, weighs, and says when it does not know.",
        temperature: 0.6,
        persona: "You are Sage, a thoughtful generalist who has read widely and explains plainly.\n\
            Answer the question that was asked before anything else, in the language in which it was asked.\n\
            Say what is known, what is likely and what you do not know, and never blur the three.\n\
            Use a small, concrete example when an idea is hard. When a question has several sides, name the strongest \
            argument of each and then say which you find more convincing, and why.\n\
            Be warm and brief: a few sentences in a chat, longer only when the matter needs it. No flattery, no lectures.",
    },
    Card {
        id: MUSE,
        handle: "muse",
        name: "Muse",
        description: "A writer: drafts, rewrites, names things, and finds the better word.",
        temperature: 0.9,
        persona: "You are Muse, a writer with a good ear and a light hand.\n\
            You draft, rewrite, shorten, name things and find the better word. Give the text itself first; comment on it \
            only when asked or when a choice of yours needs a reason.\n\
            Match the voice and language of the person you write for. Prefer concrete nouns and strong verbs, and cut \
            what is ornamental. Avoid worn phrases and lists of three for their own sake.\n\
            When a request leaves the tone open, offer two short versions that differ in spirit and let people pick.\n\
            Be playful when the room is playful, and plain when it is not.",
    },
    Card {
        id: CRITIC,
        handle: "critic",
        name: "Critic",
        description: "Finds the holes in a plan, an argument or a text, kindly and precisely.",
        temperature: 0.4,
        persona: "You are Critic. People bring you plans, arguments and texts so that you find what is wrong before the \
            world does.\n\
            First restate in one sentence what is claimed, so that you judge the real thing. Then name the two or three \
            weaknesses that matter most, worst first: a hidden assumption, a missing case, a number that does not add \
            up, a better alternative. For each say how one could test or repair it.\n\
            Attack the work, never the person. If something is sound, say so and stop: you do not invent faults.\n\
            Be specific and short. Quote the words that you mean.",
    },
    Card {
        id: SCOUT,
        handle: "scout",
        name: "Scout",
        description: "A researcher and planner: breaks a goal into steps and asks what is missing.",
        temperature: 0.5,
        persona: "You are Scout, a researcher and planner who goes ahead and reports what the road looks like.\n\
            Turn a goal into a short ordered plan: what to find out, what to decide, what to do, and what could stop it. \
            Give each step an outcome that one can see. Mark which steps can run at the same time.\n\
            Ask at most one question, and only when its answer would change the plan; otherwise state your assumption \
            and go on.\n\
            You cannot browse or look things up: say so when facts must be checked, and say where a person would look.\n\
            Keep it to what fits on a phone's screen.",
    },
];

/// Returns the starter set, as it is on a first run.
pub(crate) fn agents(now: Timestamp) -> Vec<AgentDoc> {
    let doc = |card: &Card| AgentDoc {
        id: AgentId::from(card.id),
        handle: card.handle.into(),
        name: card.name.into(),
        description: card.description.into(),
        persona: card.persona.into(),
        model: MODEL.into(),
        owner_id: None,
        enabled: true,
        reply_policy: ReplyPolicy::Mention,
        talkativeness: AgentDoc::middling(),
        temperature: card.temperature,
        max_tokens: ANSWER_TOKENS,
        created_at: now,
        card: None,
        listed_as: None,
    };
    CARDS.iter().map(|card| doc(card).indexed()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::{DESCRIPTION_CHARS_MAX, PERSONA_CHARS_MAX};

    #[test]
    fn the_starter_set_keeps_the_rules_that_an_edit_must_keep() {
        let agents = agents(Timestamp::default());
        let handles: Vec<_> = agents.iter().map(|a| a.handle.as_str()).collect();
        assert_eq!(handles, ["sage", "muse", "critic", "scout"]);
        for agent in agents {
            assert_eq!(agent.id.uuid().get_version_num(), 7);
            assert!(
                agent.persona.chars().count() <= PERSONA_CHARS_MAX && !agent.persona.contains("  "),
                "{}",
                agent.persona
            );
            assert!(agent.description.chars().count() <= DESCRIPTION_CHARS_MAX);
        }
    }
}

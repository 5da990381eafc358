//! Owns who speaks next in a room, and when nobody does. Refuses to know time, dice and the store: the same room,
//! message and facts give the same turns for ever.
//!
//! An explicit mention or reply goes before the moderator, and the moderator before the room's policy. Agents call agents by
//! explicit mention alone. Every turn counts towards limits that only a person's next message lifts, so each cascade ends,
//! whatever agents write: after [`Limits::cascade_turns_max`] turns at the latest, which `simulation` proves.

pub(crate) mod facts;
pub(crate) mod moderation;
#[cfg(test)]
mod simulation;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod weighing;

use contracts::chat::{AgentPolicy, Origin, RoomKind};
use kernel::{AgentId, MessageId, RoomId};

use crate::config::{Limits, Weighted};
use crate::domain::run::Task;
use crate::domain::turn::facts::Facts;
use crate::domain::turn::weighing::Traits;

/// A room, as far as turns depend on it.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    pub(crate) id: RoomId,
    pub(crate) kind: RoomKind,
    pub(crate) policy: AgentPolicy,
    pub(crate) people: usize,
    /// Enabled agents, in the room's order.
    pub(crate) agents: Vec<Seat>,
    /// The agent that the room has named its moderator; it may have left or be disabled.
    pub(crate) moderator: Option<AgentId>,
    /// Whether a person's message stops a reply that no person asked for.
    pub(crate) people_interrupt: bool,
}

/// An enabled agent in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) agent: AgentId,
    pub(crate) handle: String,
    /// Whether it answers each message by a person.
    pub(crate) always: bool,
    /// 0 to 100: how much it likes to talk.
    pub(crate) talkativeness: u8,
    pub(crate) traits: Traits,
}

/// A message, as far as turns depend on it. The server has set all of it but the text.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) id: MessageId,
    pub(crate) origin: Origin,
    /// The agent that wrote it, if one did.
    pub(crate) by_agent: Option<AgentId>,
    /// Agents that it names, in order.
    pub(crate) mentions: Vec<AgentId>,
    /// The agent whose message it answers, if it answers one.
    pub(crate) answers: Option<AgentId>,
    pub(crate) hop: u32,
    pub(crate) text: String,
}

/// A turn that is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) agent: AgentId,
    /// Whether a person asked this very agent; such a turn is not pre-empted by other people's talk.
    pub(crate) called: bool,
    pub(crate) task: Task,
}

/// What is decided by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) weighted: &'a Weighted,
}

/// Why a turn is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Hops,
    SinceHuman,
    RootTurns,
    Pair,
    RoomRate,
    RootTokens,
    RootMicros,
    Budget,
    Queue,
}

impl Refusal {
    /// Returns its name, for metrics.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hops => "hops",
            Self::SinceHuman => "since_human",
            Self::RootTurns => "root_turns",
            Self::Pair => "pair",
            Self::RoomRate => "room_rate",
            Self::RootTokens => "root_tokens",
            Self::RootMicros => "root_micros",
            Self::Budget => "budget",
            Self::Queue => "queue",
        }
    }
}

/// What becomes of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Decision {
    /// Who speaks, in this order.
    pub(crate) turns: Vec<Turn>,
    /// Who wanted to and may not.
    pub(crate) refused: Vec<(AgentId, Refusal)>,
}

/// Returns who would speak if there were no limits; `last_speakers` are those of the last turns, the latest first. Without
/// them there is somebody whenever there is somebody with them.
pub(crate) fn candidates(room: &Room, heard: &Heard, last_speakers: &[AgentId], weighted: &Weighted) -> Vec<Turn> {
    if room.policy == AgentPolicy::Off || heard.origin == Origin::System {
        return Vec::new();
    }
    let by_name = called(room, heard);
    if heard.origin == Origin::Agent {
        return reply(by_name, false);
    }
    if !by_name.is_empty() {
        return reply(by_name, true);
    }
    if let (RoomKind::Direct, 1, [only]) = (room.kind, room.people, room.agents.as_slice()) {
        return reply(vec![only.agent], true);
    }
    let by_policy: Vec<AgentId> = match room.policy {
        AgentPolicy::Off => Vec::new(),
        AgentPolicy::Mention => room
            .agents
            .iter()
            .filter(|seat| seat.always)
            .map(|seat| seat.agent)
            .collect(),
        AgentPolicy::RoundRobin => next_in_turn(room, heard, last_speakers.first().copied())
            .into_iter()
            .collect(),
        AgentPolicy::Everyone => rotated(room, draw(room.id, heard.id)),
        AgentPolicy::Weighted => weighing::chosen(room, heard, last_speakers, weighted),
        AgentPolicy::Moderator => {
            let asked = moderator(room).map(|agent| Turn {
                agent,
                called: false,
                task: Task::Moderate,
            });
            return asked.into_iter().collect();
        }
    };
    reply(by_policy, false)
}

fn reply(agents: Vec<AgentId>, called: bool) -> Vec<Turn> {
    let turn = |agent| Turn {
        agent,
        called,
        task: Task::Reply,
    };
    agents.into_iter().map(turn).collect()
}

/// Decides who speaks after a message.
pub(crate) fn decide(room: &Room, heard: &Heard, facts: &Facts, rules: Rules<'_>) -> Decision {
    let turns = candidates(room, heard, &facts.last_speakers, rules.weighted);
    granted(heard, turns, facts, rules.limits)
}

/// Decides who of those whom the moderator has `named` speaks after a message.
pub(crate) fn decide_named(heard: &Heard, named: &[AgentId], facts: &Facts, limits: &Limits) -> Decision {
    granted(heard, reply(named.to_vec(), false), facts, limits)
}

/// Grants turns that there are not yet, as long as no limit is reached.
fn granted(heard: &Heard, turns: Vec<Turn>, facts: &Facts, limits: &Limits) -> Decision {
    let mut decision = Decision::default();
    let mut granted = 0;
    let is_new = |turn: &Turn| !facts.caused.contains(&(turn.agent, turn.task));
    for turn in turns.into_iter().filter(is_new) {
        match refusal(heard, turn.agent, facts, granted, limits) {
            None => {
                granted += 1;
                decision.turns.push(turn);
            }
            Some(why) => decision.refused.push((turn.agent, why)),
        }
    }
    decision
}

/// Returns the agent that says who speaks: the one that the room has named, else the first.
fn moderator(room: &Room) -> Option<AgentId> {
    let sits_here = |agent: &AgentId| room.agents.iter().any(|seat| seat.agent == *agent);
    let named = room.moderator.filter(sits_here);
    named.or_else(|| room.agents.first().map(|seat| seat.agent))
}

/// Returns the agents of the room that the message speaks to by name or reply; for an agent's message only by name,
/// since each of those is a reply.
fn called(room: &Room, heard: &Heard) -> Vec<AgentId> {
    let by_reply = heard.answers.filter(|_| heard.origin == Origin::Human);
    let mut called: Vec<AgentId> = Vec::new();
    for agent in by_reply.into_iter().chain(heard.mentions.iter().copied()) {
        let sits_here = room.agents.iter().any(|seat| seat.agent == agent);
        if sits_here && heard.by_agent != Some(agent) && !called.contains(&agent) {
            called.push(agent);
        }
    }
    called
}

fn refusal(heard: &Heard, agent: AgentId, facts: &Facts, granted: u32, limits: &Limits) -> Option<Refusal> {
    let exchanges = heard.by_agent.map_or(0, |caller| {
        facts
            .exchanges
            .iter()
            .filter(|pair| **pair == (caller, agent) || **pair == (agent, caller))
            .count()
    });
    let turns = |before: u32| before.saturating_add(granted);
    let checks = [
        (heard.hop >= limits.hops_max, Refusal::Hops),
        (
            turns(facts.since_human) >= limits.turns_since_human_max,
            Refusal::SinceHuman,
        ),
        (
            turns(facts.root_turns) >= limits.turns_since_human_max,
            Refusal::RootTurns,
        ),
        (exchanges >= limits.pair_exchanges_max as usize, Refusal::Pair),
        (
            turns(facts.last_minute) >= limits.room_turns_per_minute_max,
            Refusal::RoomRate,
        ),
        (facts.root_tokens >= limits.root_tokens_max, Refusal::RootTokens),
        (facts.root_micros >= limits.root_micros_max, Refusal::RootMicros),
        (facts.root_is_broke, Refusal::Budget),
        (turns(facts.waiting) >= limits.room_queue_max, Refusal::Queue),
    ];
    checks.into_iter().find(|(broken, _)| *broken).map(|(_, why)| why)
}

/// Returns the agent after the last speaker; when there is none, one by a draw.
fn next_in_turn(room: &Room, heard: &Heard, last: Option<AgentId>) -> Option<AgentId> {
    let after = last
        .and_then(|last| room.agents.iter().position(|seat| seat.agent == last))
        .map(|at| at + 1);
    let start = after.map_or_else(|| draw(room.id, heard.id), |at| at as u64);
    rotated(room, start).into_iter().next()
}

/// Returns all agents in the room's order, beginning at `start` modulo their number.
fn rotated(room: &Room, start: u64) -> Vec<AgentId> {
    let count = room.agents.len();
    let start = usize::try_from(start % (count.max(1) as u64)).unwrap_or(0);
    room.agents
        .iter()
        .cycle()
        .skip(start)
        .take(count)
        .map(|seat| seat.agent)
        .collect()
}

/// Draws a number that belongs to this message in this room: the same whenever it is asked.
fn draw(room: RoomId, message: MessageId) -> u64 {
    let seed = room.uuid().as_u128() ^ message.uuid().as_u128().rotate_left(64);
    mix(u64::try_from((seed >> 64) ^ (seed & u128::from(u64::MAX))).unwrap_or(0))
}

/// Makes a number that looks random out of one that does not (SplitMix64's finaliser).
fn mix(seed: u64) -> u64 {
    let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

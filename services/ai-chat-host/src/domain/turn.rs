//! Owns who speaks next in a room, and when nobody does. Refuses to know time, dice and the store: the same room,
//! message and facts give the same turns for ever, so that a redelivered event decides nothing new.
//!
//! An explicit mention or reply goes before the room's policy. Agents call agents by explicit mention alone. Every turn
//! counts towards limits that only a person's next message lifts, so each cascade ends, whatever agents write.

use contracts::chat::{AgentPolicy, Origin, RoomKind};
use kernel::{AgentId, MessageId, RoomId};

use crate::config::Limits;

/// A room, as far as turns depend on it.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    pub(crate) id: RoomId,
    pub(crate) kind: RoomKind,
    pub(crate) policy: AgentPolicy,
    pub(crate) people: usize,
    /// Enabled agents, in the room's order.
    pub(crate) agents: Vec<Seat>,
}

/// An enabled agent in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) agent: AgentId,
    /// Whether it answers each message by a person.
    pub(crate) always: bool,
}

/// A message, as far as turns depend on it. The server has set all of it.
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
}

/// What has happened in the room before this message, turns that it caused itself left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// Agent turns since the last message by a person.
    pub(crate) since_human: u32,
    /// Agent turns in the last minute.
    pub(crate) last_minute: u32,
    /// Recent turns of one agent called by another: `(caller, called)`, in either role.
    pub(crate) exchanges: Vec<(AgentId, AgentId)>,
    /// Tokens that the cascade has used.
    pub(crate) root_tokens: u64,
    /// Turns that wait for the floor.
    pub(crate) waiting: u32,
    /// Who had the last turn.
    pub(crate) last_speaker: Option<AgentId>,
}

/// A turn that is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) agent: AgentId,
    /// Whether a person asked this very agent; such a turn is not pre-empted by other people's talk.
    pub(crate) called: bool,
}

/// Why a turn is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Hops,
    SinceHuman,
    Pair,
    RoomRate,
    RootTokens,
    Queue,
}

impl Refusal {
    /// Returns its name, for metrics.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hops => "hops",
            Self::SinceHuman => "since_human",
            Self::Pair => "pair",
            Self::RoomRate => "room_rate",
            Self::RootTokens => "root_tokens",
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

/// Returns who would speak if there were no limits.
pub(crate) fn candidates(room: &Room, heard: &Heard, last_speaker: Option<AgentId>) -> Vec<Turn> {
    if room.policy == AgentPolicy::Off || heard.origin == Origin::System {
        return Vec::new();
    }
    let called = called(room, heard);
    if heard.origin == Origin::Agent {
        return called.into_iter().map(|agent| Turn { agent, called: false }).collect();
    }
    if !called.is_empty() {
        return called.into_iter().map(|agent| Turn { agent, called: true }).collect();
    }
    if let (RoomKind::Direct, 1, [only]) = (room.kind, room.people, room.agents.as_slice()) {
        return vec![Turn {
            agent: only.agent,
            called: true,
        }];
    }
    let by_policy: Vec<AgentId> = match room.policy {
        AgentPolicy::Off => Vec::new(),
        AgentPolicy::Mention => room
            .agents
            .iter()
            .filter(|seat| seat.always)
            .map(|seat| seat.agent)
            .collect(),
        AgentPolicy::RoundRobin => next_in_turn(room, heard, last_speaker).into_iter().collect(),
        AgentPolicy::Everyone => rotated(room, draw(room.id, heard.id)),
    };
    by_policy
        .into_iter()
        .map(|agent| Turn { agent, called: false })
        .collect()
}

/// Decides who speaks after a message.
pub(crate) fn decide(room: &Room, heard: &Heard, facts: &Facts, limits: &Limits) -> Decision {
    let mut decision = Decision::default();
    let mut granted = 0;
    for turn in candidates(room, heard, facts.last_speaker) {
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
    let checks = [
        (heard.hop >= limits.hops_max, Refusal::Hops),
        (
            facts.since_human + granted >= limits.turns_since_human_max,
            Refusal::SinceHuman,
        ),
        (exchanges >= limits.pair_exchanges_max as usize, Refusal::Pair),
        (
            facts.last_minute + granted >= limits.room_turns_per_minute_max,
            Refusal::RoomRate,
        ),
        (facts.root_tokens >= limits.root_tokens_max, Refusal::RootTokens),
        (facts.waiting + granted >= limits.room_queue_max, Refusal::Queue),
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

/// Draws a number that belongs to this message in this room: the same whenever it is asked (SplitMix64's finaliser).
fn draw(room: RoomId, message: MessageId) -> u64 {
    let seed = room.uuid().as_u128() ^ message.uuid().as_u128().rotate_left(64);
    let folded = u64::try_from((seed >> 64) ^ (seed & u128::from(u64::MAX))).unwrap_or(0);
    let mixed = (folded ^ (folded >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests;

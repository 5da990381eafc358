//! Owns what has happened in a room, as far as turns depend on it, counted from the runs that there are. Turns that the
//! message itself has caused count as well, and are known, so that one that is delivered again, however late, adds only what
//! is missing and still within the limits. Refuses to look for the runs.

use std::time::Duration;

use kernel::{AgentId, MessageId, Timestamp};

use crate::config::Limits;
use crate::domain::run::{RunDoc, RunState, Task};
use crate::domain::spend::Spend;

/// The window of "turns in the last minute".
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

/// What has happened in the room.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// Agent turns since the last message by a person, those of later messages included.
    pub(crate) since_human: u32,
    /// Agent turns of the cascade; answers that a person has asked for again are not of it.
    pub(crate) root_turns: u32,
    /// Agent turns in the last minute.
    pub(crate) last_minute: u32,
    /// Recent turns of one agent called by another: `(caller, called)`, in either role.
    pub(crate) exchanges: Vec<(AgentId, AgentId)>,
    /// Tokens that the cascade has used.
    pub(crate) root_tokens: u64,
    /// What it has cost, in millionths: the largest sum of one currency.
    pub(crate) root_micros: u64,
    /// Whether somebody's budget ran out in it.
    pub(crate) root_is_broke: bool,
    /// Turns that wait for the floor.
    pub(crate) waiting: u32,
    /// Who had the last turns before the message, the latest first.
    pub(crate) last_speakers: Vec<AgentId>,
    /// Turns that the message has caused already.
    pub(crate) caused: Vec<(AgentId, Task)>,
}

/// The runs that facts are counted from.
pub(crate) struct Seen<'a> {
    /// Of the room, requested within the windows.
    pub(crate) recent: &'a [RunDoc],
    /// Of the room, not over.
    pub(crate) open: &'a [RunDoc],
    /// Of the cascade.
    pub(crate) root: &'a [RunDoc],
    /// How many runs answer messages since the last one by a person.
    pub(crate) since_human: u64,
    /// Who had the last turns before this message, the latest first.
    pub(crate) last_speakers: Vec<AgentId>,
}

/// What a cascade has used.
#[derive(Clone, Debug, Default)]
pub(crate) struct Used {
    pub(crate) tokens: u64,
    pub(crate) micros: u64,
    pub(crate) is_broke: bool,
}

impl Used {
    /// Adds up the runs of a cascade.
    pub(crate) fn of(root: &[RunDoc]) -> Self {
        let mut spend = Spend::default();
        root.iter().for_each(|run| spend.add_all(&run.spend()));
        Self {
            tokens: root.iter().map(RunDoc::tokens).fold(0, u64::saturating_add),
            micros: spend.micros(),
            is_broke: root.iter().any(|run| run.broke),
        }
    }
}

impl Facts {
    /// Counts for a message.
    pub(crate) fn of(seen: &Seen<'_>, message: MessageId, now: Timestamp, limits: &Limits) -> Self {
        let pairs_since = now - Duration::from_secs(limits.pair_window_seconds);
        let exchanges = seen
            .recent
            .iter()
            .filter(|run| run.queued_at >= pairs_since)
            .filter_map(|run| Some((run.caller_id?, run.agent_id)));
        let root_turns = || seen.root.iter().filter(|run| !run.was_asked_again());
        let caused = root_turns().filter(|run| run.trigger_id == message);
        let last_minute = seen.recent.iter().filter(|run| run.queued_at >= now - MINUTE);
        let waiting = seen.open.iter().filter(|run| run.state == RunState::Requested);
        let used = Used::of(seen.root);
        Self {
            since_human: u32::try_from(seen.since_human).unwrap_or(u32::MAX),
            root_turns: number(root_turns().count()),
            last_minute: number(last_minute.count()),
            exchanges: exchanges.collect(),
            root_tokens: used.tokens,
            root_micros: used.micros,
            root_is_broke: used.is_broke,
            waiting: number(waiting.count()),
            last_speakers: seen.last_speakers.clone(),
            caused: caused.map(|run| (run.agent_id, run.task)).collect(),
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

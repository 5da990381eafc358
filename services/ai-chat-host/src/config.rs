//! Owns the service's settings, each with its reason to be bounded.

mod debates;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::run::Tries;

pub use debates::Debates;

/// Settings of ai-chat-host.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// Tokens of conversation that a model is given, by the estimate of 4 characters a token. Default 3000.
    pub context_tokens: u32,
    /// Messages that are looked at for it. Default 100, at most 1000.
    pub context_messages: usize,
    /// Replies written at once by this process. Default 64.
    pub runs_running_max: usize,
    /// Of these, replies that one person pays for; more wait for the next sweep. Default 8.
    pub runs_per_payer_max: usize,
    /// Rooms that wait in memory for one of these; more wait in the store, for the sweep. Default 1024.
    pub rooms_waiting_max: usize,
    /// A run whose host has not been heard of for so many milliseconds is taken over. Default 5000.
    pub lease_ms: u64,
    /// How often a host is heard of, and the text so far is kept, in milliseconds. Default 1000.
    pub heartbeat_ms: u64,
    /// How often runs without a host are looked for, in milliseconds. Default 1000.
    pub sweep_ms: u64,
    /// Text is also kept after so many new bytes. Default 4096.
    pub checkpoint_bytes: usize,
    /// Text is published in windows of so many milliseconds, the first at once. Default 40.
    pub delta_window_ms: u64,
    /// Attempts at one reply before it is given up. One whose host left, or found a service away before a model was asked, does not count
    /// while the message may still be answered. Default 3.
    pub attempts_max: u32,
    /// A reply that takes longer than so many seconds has failed. Default 300.
    pub run_seconds_max: u64,
    /// Messages older than so many seconds are not answered any more, as after a long outage. Default 3600.
    pub answer_within_seconds: u64,
    /// A stopping process lets its replies end for so many milliseconds, then hands them over. Default 3000.
    pub drain_ms: u64,
    /// Ended runs are forgotten after so many days; longer than the bus keeps events. Default 30.
    pub keep_days: u64,
    /// A reply to an agent that shares so many percent of its pairs of words with what was just said ends the cascade. Default 90.
    pub same_percent_min: u32,
    /// Facts that an agent keeps of a room; 0: none. Default 20.
    pub memory_facts_max: usize,
    /// Longest fact, in characters. Default 200.
    pub memory_fact_chars_max: usize,
    /// What others in a room may spend in a day (UTC) on an agent whose messages have a price, by the wallet of who brought it in, in
    /// minor units; who brought it in may set another amount. 0: nothing. Default 500.
    pub room_spend_per_day: i64,
    /// Questions to agents that are on sale, by people who do not hold them.
    pub try_outs: TryOuts,
    /// Who speaks in a room whose agents speak by weight.
    pub weighted: Weighted,
    /// The summary of what outgrows the window.
    pub summaries: Summaries,
    /// What ends a cascade.
    pub limits: Limits,
    /// What bounds a debate.
    pub debates: Debates,
}

/// What somebody may ask the agents of cards before they buy one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct TryOuts {
    /// Questions of one person in a day (UTC), of all cards together; 0: none. Default 10.
    pub per_day: u32,
    /// Most tokens of an answer; fewer where the agent may write fewer. Default 400.
    pub answer_tokens_max: u32,
    /// How long an answer may take, in seconds; less than the door waits for an answer to begin. Default 25.
    pub seconds_max: u64,
}

impl Default for TryOuts {
    fn default() -> Self {
        Self {
            per_day: 10,
            answer_tokens_max: 400,
            seconds_max: 25,
        }
    }
}

impl TryOuts {
    pub(crate) fn limit(&self) -> Duration {
        Duration::from_secs(self.seconds_max)
    }
}

/// Who speaks in a room whose agents speak by weight: score = what the message has in common with the agent (0 to 100) + how
/// much it likes to talk (0 to 100) - how recently it spoke (0 to 60).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Weighted {
    /// Agents that answer one message. Default 1.
    pub speakers_max: u32,
    /// The score that one must reach to answer. Default 60.
    pub score_min: u32,
}

/// How what outgrows the window is summed up.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Summaries {
    /// Most tokens of a summary; 0: none are written. Default 400.
    pub tokens_max: u32,
    /// Tokens of messages that one call reads. Default 6000.
    pub input_tokens_max: u32,
    /// Between two summaries of a room, in seconds; doubled for each failure. Default 60.
    pub pause_seconds: u64,
    /// How long one call may take, in seconds. Default 60.
    pub call_seconds_max: u64,
    /// Summaries that this process writes at once. Default 4.
    pub running_max: usize,
}

/// Hard limits, checked before any model is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Limits {
    /// How far an agent's message may be from the human message that began the cascade. Default 4.
    pub hops_max: u32,
    /// Agent turns in a room since the last message by a person, all of them; and turns of one cascade. Default 8.
    pub turns_since_human_max: u32,
    /// Times that two agents may call one another within `pairWindowSeconds`. Default 3.
    pub pair_exchanges_max: u32,
    /// Default 300.
    pub pair_window_seconds: u64,
    /// Agent turns in a room within a minute. Default 20.
    pub room_turns_per_minute_max: u32,
    /// Tokens, read and written, of one cascade; no turn begins beyond. Default 60000.
    pub root_tokens_max: u64,
    /// What one cascade may cost, in millionths of a currency; no turn begins beyond. Default 1000000.
    pub root_micros_max: u64,
    /// Turns of a room that wait for the floor. Default 32.
    pub room_queue_max: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            context_tokens: 3_000,
            context_messages: 100,
            runs_running_max: 64,
            runs_per_payer_max: 8,
            rooms_waiting_max: 1_024,
            lease_ms: 5_000,
            heartbeat_ms: 1_000,
            sweep_ms: 1_000,
            checkpoint_bytes: 4_096,
            delta_window_ms: 40,
            attempts_max: 3,
            run_seconds_max: 300,
            answer_within_seconds: 3_600,
            drain_ms: 3_000,
            keep_days: 30,
            same_percent_min: 90,
            memory_facts_max: 20,
            memory_fact_chars_max: 200,
            room_spend_per_day: 500,
            try_outs: TryOuts::default(),
            weighted: Weighted::default(),
            summaries: Summaries::default(),
            limits: Limits::default(),
            debates: Debates::default(),
        }
    }
}

impl Default for Weighted {
    fn default() -> Self {
        Self {
            speakers_max: 1,
            score_min: 60,
        }
    }
}

impl Default for Summaries {
    fn default() -> Self {
        Self {
            tokens_max: 400,
            input_tokens_max: 6_000,
            pause_seconds: 60,
            call_seconds_max: 60,
            running_max: 4,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            hops_max: 4,
            turns_since_human_max: 8,
            pair_exchanges_max: 3,
            pair_window_seconds: 300,
            room_turns_per_minute_max: 20,
            root_tokens_max: 60_000,
            root_micros_max: 1_000_000,
            room_queue_max: 32,
        }
    }
}

impl Limits {
    /// The bound on agent turns, moderators' calls among them, that one person's message can set going, whatever agents write and
    /// however often events are delivered: at most so many, none when any limit is zero.
    pub fn cascade_turns_max(&self) -> u32 {
        let none = [self.hops_max, self.room_turns_per_minute_max, self.room_queue_max];
        if none.contains(&0) || self.root_tokens_max == 0 || self.root_micros_max == 0 {
            0
        } else {
            self.turns_since_human_max
        }
    }
}

impl Config {
    pub(crate) fn lease(&self) -> Duration {
        Duration::from_millis(self.lease_ms)
    }
    /// Never longer than a third of the lease, so that two beats may be lost.
    pub(crate) fn heartbeat(&self) -> Duration {
        Duration::from_millis(self.heartbeat_ms.min(self.lease_ms / 3).max(10))
    }
    pub(crate) fn tries(&self) -> Tries {
        Tries {
            max: self.attempts_max,
            excused_for: Duration::from_secs(self.answer_within_seconds),
        }
    }
    pub(crate) fn sweep(&self) -> Duration {
        Duration::from_millis(self.sweep_ms.max(10))
    }
    pub(crate) fn delta_window(&self) -> Duration {
        Duration::from_millis(self.delta_window_ms)
    }
    pub(crate) fn drain(&self) -> Duration {
        Duration::from_millis(self.drain_ms)
    }
}

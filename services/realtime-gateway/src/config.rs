//! Owns the gateway's limits and times, with their defaults. Refuses to know where they are written down.

use serde::Deserialize;

use crate::domain::outbox::Bounds;

/// The gateway's settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// Origins besides the own host whose pages may connect, as browsers send them: `https://app.example.org`. Default: none.
    pub allowed_origins: Vec<String>,
    /// Between two pings of a socket, in milliseconds. A socket that is silent for two of them is closed. Default 25,000.
    pub ping_ms: u32,
    /// How long a socket may stay unauthenticated, in milliseconds. Default 10,000.
    pub auth_ms: u32,
    /// How long before its token expires a socket is told, in milliseconds. Default 60,000.
    pub auth_warning_ms: u32,
    /// Largest frame of a client, in bytes. Default 65,536.
    pub frame_bytes_max: usize,
    /// Frames a socket may send per second, in the long run. Default 200.
    pub frames_per_second: u32,
    /// Frames a socket may send at once. Default 1,000.
    pub frames_burst: u32,
    /// Requests of one socket that are being worked on; further ones wait in the network. Default 32.
    pub requests_in_flight_max: usize,
    /// Sockets of one person on this replica. Default 16.
    pub sockets_per_user_max: usize,
    /// Rooms that a socket may follow. Default 500.
    pub rooms_per_socket_max: usize,
    /// Rooms that an SSE stream may follow. Default 50.
    pub rooms_per_stream_max: usize,
    /// Connects from one address per second, in the long run. Default 20.
    pub connects_per_second: u32,
    /// Connects from one address at once. Default 100.
    pub connects_burst: u32,
    /// Bytes waiting for a socket from which ephemeral frames are dropped or replaced. Default 131,072.
    pub outbox_soft_bytes: usize,
    /// Bytes waiting for a socket beyond which it is closed. Default 1,048,576.
    pub outbox_hard_bytes: usize,
    /// How long a frame may wait for a socket before that is closed, in milliseconds. Default 10,000.
    pub outbox_age_ms: u32,
    /// Messages that a resume brings; more is a `reset`. Default 300.
    pub resume_messages_max: u64,
    /// Between two looks at the heads of idle rooms, in milliseconds. Default 30,000.
    pub recheck_ms: u32,
    /// How long a replica's word that somebody is online holds, in milliseconds. Default 60,000.
    pub presence_ttl_ms: u32,
    /// How often a replica says again who is online, in milliseconds. Default 20,000.
    pub presence_refresh_ms: u32,
    /// How long somebody may be away before friends are told, in milliseconds. Default 10,000.
    pub presence_grace_ms: u32,
    /// Friends whose presence a new socket is told of. Default 1,000.
    pub presence_friends_max: usize,
    /// Readers of a room above which read markers are not told live. Default 200.
    pub receipt_readers_max: usize,
    /// How long a drain may take, in milliseconds. Default 4,000.
    pub drain_ms: u32,
    /// Over how long clients are told to spread their return, in milliseconds; longer by 2 for each socket. Default 500.
    pub drain_spread_ms: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            allowed_origins: Vec::new(),
            ping_ms: 25_000,
            auth_ms: 10_000,
            auth_warning_ms: 60_000,
            frame_bytes_max: 64 * 1024,
            frames_per_second: 200,
            frames_burst: 1_000,
            requests_in_flight_max: 32,
            sockets_per_user_max: 16,
            rooms_per_socket_max: 500,
            rooms_per_stream_max: 50,
            connects_per_second: 20,
            connects_burst: 100,
            outbox_soft_bytes: 128 * 1024,
            outbox_hard_bytes: 1024 * 1024,
            outbox_age_ms: 10_000,
            resume_messages_max: 300,
            recheck_ms: 30_000,
            presence_ttl_ms: 60_000,
            presence_refresh_ms: 20_000,
            presence_grace_ms: 10_000,
            presence_friends_max: 1_000,
            receipt_readers_max: 200,
            drain_ms: 4_000,
            drain_spread_ms: 500,
        }
    }
}

impl Config {
    /// Returns the bounds of an outbox.
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds {
            soft_bytes: self.outbox_soft_bytes,
            hard_bytes: self.outbox_hard_bytes,
            age_ms: self.outbox_age_ms.into(),
        }
    }
}

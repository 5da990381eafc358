//! The ephemeral port: TTL keys, counters, leases with fencing tokens, token buckets, timers, short logs, presence
//! sets and fan-out pub/sub. Nothing in it is the only copy of anything a user would miss.

mod channels;
pub mod conformance;
mod limits;
pub mod memory;
mod port;
#[cfg(feature = "redis")]
pub mod redis;

pub use port::{
    Bucket, Ephemeral, EphemeralError, Fence, KEY_BYTES_MAX, LOG_ENTRIES_MAX, MEMBERS_MAX, Subscriber, VALUE_BYTES_MAX,
};

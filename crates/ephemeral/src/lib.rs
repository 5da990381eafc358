//! The ephemeral port: TTL keys, counters, leases with fencing tokens, token buckets, timers, short logs, presence
//! sets and fan-out pub/sub. Nothing in it is the only copy of anything a user would miss.

pub mod conformance;
pub mod memory;
mod port;

pub use port::{
    Bucket, Ephemeral, EphemeralError, Fence, KEY_BYTES_MAX, LOG_ENTRIES_MAX, MEMBERS_MAX, Subscriber, VALUE_BYTES_MAX,
};

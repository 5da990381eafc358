//! Owns the port that every adapter implements. Its exact meaning is `conformance`.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use kernel::{Fault, Timestamp};

/// Most bytes of a key, name, id, member or channel.
pub const KEY_BYTES_MAX: usize = 256;
/// Most bytes of a value, log entry or payload.
pub const VALUE_BYTES_MAX: usize = 1024 * 1024;
/// Most members that `members` returns.
pub const MEMBERS_MAX: usize = 1_000;
/// Most entries of a log.
pub const LOG_ENTRIES_MAX: usize = 4_096;

/// A failed operation: the server does not answer, or the port's limits are broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ephemeral store is unavailable: {0}")]
pub struct EphemeralError(pub String);

impl From<EphemeralError> for Fault {
    fn from(e: EphemeralError) -> Self {
        Fault::unavailable("ephemeral.unavailable", e.to_string(), Duration::from_secs(1))
    }
}

/// Proof of holding a lease. Grows with every new holder of the same name, for ever: a write guarded by it can refuse an older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence(pub u64);

/// A token bucket: holds up to `capacity`, refilled by `per_second`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// Burst.
    pub capacity: f64,
    /// Refill.
    pub per_second: f64,
}

/// The port. Keys are 1-256 bytes; values at most 1 MiB. Every key has a TTL.
#[async_trait]
pub trait Ephemeral: Send + Sync {
    /// Sets a key.
    async fn set(&self, key: &str, value: Bytes, ttl: Duration) -> Result<(), EphemeralError>;
    /// Sets a key that is not there; tells whether it did.
    async fn set_if_absent(&self, key: &str, value: Bytes, ttl: Duration) -> Result<bool, EphemeralError>;
    /// Returns a key's value.
    async fn get(&self, key: &str) -> Result<Option<Bytes>, EphemeralError>;
    /// Tells whether any of these keys is there (for checks on every request).
    async fn any_exists(&self, keys: &[&str]) -> Result<bool, EphemeralError>;
    /// Returns a key's value and removes it: of many callers, one gets it.
    async fn take(&self, key: &str) -> Result<Option<Bytes>, EphemeralError>;
    /// Removes a key.
    async fn delete(&self, key: &str) -> Result<(), EphemeralError>;
    /// Adds to a counter and returns it; `ttl` runs from the counter's first addition. A counter is a key: `get` reads
    /// its decimal digits, `delete` ends it. Fails on a key that was `set`.
    async fn add(&self, key: &str, by: i64, ttl: Duration) -> Result<i64, EphemeralError>;

    /// Takes a lease that nobody holds; `None` when somebody does.
    async fn lease(&self, name: &str, ttl: Duration) -> Result<Option<Fence>, EphemeralError>;
    /// Prolongs a lease; `false` when it is no longer held under this fence.
    async fn renew(&self, name: &str, fence: Fence, ttl: Duration) -> Result<bool, EphemeralError>;
    /// Gives a lease back; nothing happens when it is another's.
    async fn release(&self, name: &str, fence: Fence) -> Result<(), EphemeralError>;

    /// Takes `cost` tokens; `Ok(Err(wait))` tells when there will be enough (`Duration::MAX`: never, the capacity is less).
    /// A negative cost gives tokens back, up to the capacity, and always succeeds.
    async fn spend(&self, key: &str, bucket: Bucket, cost: f64) -> Result<Result<(), Duration>, EphemeralError>;

    /// Sets or moves a timer in a set of timers.
    async fn schedule(&self, set: &str, id: &str, due: Timestamp) -> Result<(), EphemeralError>;
    /// Claims due timers for `lease`: a claimed one that is not `done` by then is due again.
    async fn claim_due(&self, set: &str, limit: usize, lease: Duration) -> Result<Vec<String>, EphemeralError>;
    /// Removes a timer, claimed or not.
    async fn done(&self, set: &str, id: &str) -> Result<(), EphemeralError>;

    /// Adds a member to a set whose members expire one by one; tells whether it was not there.
    async fn join(&self, set: &str, member: &str, ttl: Duration) -> Result<bool, EphemeralError>;
    /// Removes a member; tells whether it was there.
    async fn leave(&self, set: &str, member: &str) -> Result<bool, EphemeralError>;
    /// Returns the members, at most 1,000.
    async fn members(&self, set: &str) -> Result<Vec<String>, EphemeralError>;

    /// Appends to a short log and returns its new length; the whole log lives for `ttl` from the last append; at most 4,096 entries, then the oldest go.
    async fn push(&self, log: &str, entry: Bytes, ttl: Duration) -> Result<u64, EphemeralError>;
    /// Returns a log's entries, oldest first.
    async fn entries(&self, log: &str) -> Result<Vec<Bytes>, EphemeralError>;

    /// Publishes to a channel: every subscriber that is there now gets it, in order per publisher and channel; others never.
    async fn publish(&self, channel: &str, payload: Bytes) -> Result<(), EphemeralError>;
    /// Opens a subscriber that listens to no channel yet.
    async fn subscriber(&self) -> Result<Box<dyn Subscriber>, EphemeralError>;

    /// Checks that the server answers, for readiness.
    async fn ping(&self) -> Result<(), EphemeralError>;
}

/// Listens to a changing set of channels.
#[async_trait]
pub trait Subscriber: Send {
    /// Listens to a channel as well; in force on return.
    async fn subscribe(&mut self, channel: &str) -> Result<(), EphemeralError>;
    /// Listens to a channel no more.
    async fn unsubscribe(&mut self, channel: &str) -> Result<(), EphemeralError>;
    /// Waits for the next payload: `(channel, payload)`. `None` when the adapter is closed. Cancel-safe. A slow
    /// reader loses the oldest (queue of 4,096).
    async fn next(&mut self) -> Option<(String, Bytes)>;
    /// Tells whether something may have been missed since it was last asked: the reader was slow, or the server was lost for a while.
    fn missed(&mut self) -> bool;
}

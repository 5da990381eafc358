//! The event bus: a port, its adapters, the outbox relay, and the conformance suite that is the port's meaning.
//!
//! At least once, in order per key, consumer groups, durable. The handler for
//! (key, n+1) starts after (key, n) is acked, parked or skipped; five tries in place, then park or skip with a dead
//! letter. The effect happens once because the consumer's own write carries an inbox mark. The bus knows no payload.

pub mod conformance;
pub mod embedded;
mod hands;
#[cfg(feature = "jetstream")]
pub mod jetstream;
#[cfg(feature = "kafka")]
pub mod kafka;
mod port;
pub mod relay;
mod split;

pub use port::{
    Bus, BusError, DeadLetter, Handler, OnPoison, PUBLISH_EVENTS_MAX, ParkedKey, Retry, Start, Subscription,
};
pub(crate) use port::{UNDELIVERED_BYTES_MAX, UNDELIVERED_EVENTS_MAX};
pub use split::SplitBus;

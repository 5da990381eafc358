//! What keeps callers of something that may fail from making it worse: a circuit breaker, a budget of retries, and the
//! choice between two by load. Pure: time and dice come in as values. Shared by the links between services
//! ([`crate::link`]) and by ai-gateway's way to providers. Refuses to know what a call is.

mod breaker;
mod budget;
mod choice;

pub use breaker::{Breaker, Permit, Position, Rules, Trip};
pub use budget::{Budget, Share};
pub use choice::{Latency, Load, two};

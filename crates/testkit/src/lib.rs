//! What a service's own tests stand on: a world with held time and fakes for the other services, and an app that is
//! asked without a port. Knows no service. Only tests depend on it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod absent_ephemeral;
mod app;
mod between;
mod fakes;
mod fault_proxy;
mod front;
mod skip;
mod upstream;
mod world;

pub use absent_ephemeral::AbsentEphemeral;
pub use app::{App, Asker, Reply};
pub use between::Between;
pub use fakes::{FakeAccounts, FakeAgents, FakeMedia, FakeRelationships, FakeUsers};
pub use fault_proxy::{FaultProxy, Way};
pub use front::{Front, fronted};
pub use skip::skip;
pub use upstream::{End, Received, Script, ScriptedUpstream};
pub use world::World;

//! The realtime gateway: keeps people's sockets, tells them what happens in their rooms, and takes their commands.
//!
//! Nothing here is the truth. Messages are in chat's store, in one order per room; the bus hints that something
//! happened, live channels carry what nobody misses, and whatever was missed is read from the store. A subscription is
//! registered first, then the store is read, then both are merged by offset (`domain/room.rs`): it is complete, or an
//! explicit `reset`.
//!
//! Each event is encoded once; its bytes are shared by all who get it. A socket is one task and one bounded outbox
//! (`domain/outbox.rs`), no timers and no channels of its own: ten thousand idle ones stay small, and nobody waits for a
//! slow one. The gateway keeps no store and publishes no events.

mod app;
mod batch;
mod channels;
mod config;
mod conn;
mod consumers;
mod domain;
mod error;
mod handlers;
mod hub;
mod routes;

use std::sync::Arc;

use bus::Bus;
use chassis::{Service, Verifier};
use contracts::ai_chat_host::Runs;
use contracts::chat::{ChatReader, ChatWriter};
use contracts::friendship::Relationships;
use contracts::user::UserDirectory;
use ephemeral::Ephemeral;
use kernel::{Ambient, Fault};

pub use config::Config;

/// What the gateway stands on.
pub struct Deps {
    /// Time, randomness, ids.
    pub ambient: Ambient,
    /// Tickets, presence, limits, live channels.
    pub ephemeral: Arc<dyn Ephemeral>,
    /// Hints that something happened.
    pub bus: Arc<dyn Bus>,
    /// Checks access tokens.
    pub verifier: Arc<Verifier>,
    /// Reads rooms.
    pub chat_reader: Arc<dyn ChatReader>,
    /// Sends and marks as read.
    pub chat_writer: Arc<dyn ChatWriter>,
    /// Knows friends.
    pub relationships: Arc<dyn Relationships>,
    /// Knows who wants to be seen.
    pub users: Arc<dyn UserDirectory>,
    /// Knows replies being written.
    pub runs: Arc<dyn Runs>,
    /// Settings.
    pub config: Config,
}

/// Builds the service: routes, the loops behind them, and the drain.
pub async fn service(deps: Deps) -> Result<Service, Fault> {
    let app = app::App::new(deps);
    let [rooms, people, live, time, heads, leases, timers, drained] = std::array::from_fn(|_| app.clone());
    Ok(Service::new("realtime-gateway", routes::routes(app))
        .with_worker("rooms", move |stop| consumers::hear_rooms(rooms.clone(), stop))
        .with_worker("people", move |stop| consumers::hear_people(people.clone(), stop))
        .with_worker("live", move |stop| app::hear_live::run(live.clone(), stop))
        .with_worker("time", move |stop| app::keep_time::run(time.clone(), stop))
        .with_worker("heads", move |stop| app::check_rooms::run(heads.clone(), stop))
        .with_worker("leases", move |stop| {
            app::show_presence::keep_leases(leases.clone(), stop)
        })
        .with_worker("presence", move |stop| {
            app::show_presence::watch_timers(timers.clone(), stop)
        })
        .with_drain(move || app::drain::run(drained)))
}

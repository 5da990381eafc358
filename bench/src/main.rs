//! Owns the command line of the measuring rig: one subcommand a measure, plus the peers it is measured against.
//! Refuses to know how anything is measured.

mod aichat;
mod awake;
mod cluster;
mod cpu;
mod http;
mod machine;
mod measure;
mod peer;
mod process;
mod report;
mod rig;
mod scan;
mod servers;
mod stats;
mod tree;
mod watch;
mod ws;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use measure::{cluster as cluster_measure, fanout, gateway, idle, rivals, sends, start};
use tokio::{
    signal::unix::{SignalKind, signal},
    task::LocalSet,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures AI Chat Distributed against peers of the same meaning. Everything stays on loopback.
#[derive(Parser)]
#[command(name = "bench")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Durable sends per second and their latency, over HTTP and WebSocket.
    Sends(sends::Args),
    /// Deliveries per second and server CPU per delivery in one room.
    Fanout(fanout::Args),
    /// Memory of an idle, signed-in socket.
    Idle(idle::Args),
    /// Cold start and idle memory of the binary.
    Start(start::Args),
    /// Latency that `/v1/chat/completions` adds to a direct call, and time to first token.
    Gateway(gateway::Args),
    /// The gateway beside LiteLLM, nginx and a direct call: added latency, first token, 512 streams, memory.
    Rivals(rivals::Args),
    /// One process per service on real servers beside the one process: sends, message to socket, cost of a replica.
    Cluster(cluster_measure::Args),
    /// Write the human table from the results of the measures.
    Report(report::Args),
    /// Part of a measure: keeps a CPU awake.
    Awake(awake::Args),
    /// Peer: bare tokio-tungstenite broadcast server.
    Bare(peer::bare::Args),
    /// Peer: scripted OpenAI-compatible upstream.
    Upstream(peer::upstream::Args),
}

fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> Result<()> {
    match command {
        Command::Awake(args) => awake::run(&args),
        Command::Bare(args) => peer::bare::run(args),
        Command::Upstream(args) => peer::upstream::run(args),
        Command::Report(args) => report::run(&args),
        Command::Sends(args) => on_one_thread(sends::run(args)),
        Command::Fanout(args) => on_one_thread(fanout::run(args)),
        Command::Idle(args) => on_one_thread(idle::run(args)),
        Command::Start(args) => on_one_thread(start::run(args)),
        Command::Gateway(args) => on_one_thread(gateway::run(args)),
        Command::Rivals(args) => on_one_thread(rivals::run(args)),
        Command::Cluster(args) => on_one_thread(cluster_measure::run(args)),
    }
}

/// Runs a measure on one thread: the generator must be cheap, and its state needs no locks.
fn on_one_thread(measure: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let mut terminated = signal(SignalKind::terminate())?;
        // Leaving early still drops, and so stops, every server that was started.
        tokio::select! {
            outcome = measure => outcome,
            _ = terminated.recv() => bail!("terminated"),
            _ = tokio::signal::ctrl_c() => bail!("interrupted"),
        }
    })
}

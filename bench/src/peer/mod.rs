//! Owns what the product is measured against, and how a peer is started. Refuses to know the measures.

pub mod bare;
pub mod rival;
pub mod upstream;

use std::{process::Command, time::Duration};

use anyhow::{Context, Result, bail};

use crate::{
    process::{Placement, Server, free_address},
    rig::Rig,
};

const LISTENING_WITHIN: Duration = Duration::from_secs(10);

/// Starts the peer `bare`, `node`, `node-framed` or `upstream`.
pub async fn start(rig: &Rig, name: &str, placement: Placement) -> Result<Server> {
    let addr = free_address()?;
    let mut command = match name {
        "bare" | "upstream" => {
            let mut command = Command::new(std::env::current_exe()?);
            command.args([name, "--listen"]).arg(addr.to_string());
            command
        }
        "node" | "node-framed" => {
            let mut command = Command::new("node");
            command.arg("bench/peers/ws-server.mjs").arg(addr.to_string());
            if name == "node-framed" {
                command.arg("framed");
            }
            command
        }
        other => bail!("no contender is called {other}: ours, bare, node, node-framed"),
    };
    std::fs::create_dir_all(&rig.data)?;
    let mut server = Server::spawn(
        name,
        &mut command,
        addr,
        &rig.data.join(format!("{name}.log")),
        placement,
    )?;
    server
        .wait_until_listening(LISTENING_WITHIN)
        .await
        .with_context(|| format!("see {name}.log; the Node peers need `npm ci` in bench/peers"))?;
    Ok(server)
}

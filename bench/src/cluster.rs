//! Owns the product as one process per service: started and stopped by `scripts/cluster.sh`, each process known by its
//! name. Refuses to know which measure asks, and how the servers came about.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};

use crate::{
    aichat,
    process::{Placement, Server},
    rig::Rig,
    watch::Watched,
};

const SCRIPT: &str = "scripts/cluster.sh";
/// All processes may take this long to end, one target after the other.
const STOP_WITHIN: Duration = Duration::from_secs(60);

/// A running cluster; ended by the script's guard when dropped.
pub struct Cluster {
    script: Server,
    pub processes: Vec<Watched>,
}

impl Cluster {
    /// Starts the processes on `data` and waits until the public door is ready. `environment` names the servers and what
    /// else the script and the processes are told.
    pub async fn start(rig: &Rig, data: &Path, environment: Vec<String>) -> Result<Self> {
        let mut rig = rig.clone();
        let each = std::path::absolute(&rig.bin)?;
        rig.bin = PathBuf::from(SCRIPT);
        rig.server_env.extend(environment);
        rig.server_env.push(format!("AICHAT_BIN_EACH={}", each.display()));
        let script = aichat::start(&rig, data, Placement::Free, None).await?;
        let mut processes = Vec::new();
        for entry in std::fs::read_dir(data.join("pids"))? {
            let entry = entry?;
            processes.push(Watched {
                name: entry.file_name().to_string_lossy().into_owned(),
                pid: std::fs::read_to_string(entry.path())?
                    .trim()
                    .parse()
                    .context("a pid that is none")?,
            });
        }
        processes.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Self { script, processes })
    }

    /// Returns the public door.
    pub fn addr(&self) -> SocketAddr {
        self.script.addr
    }

    /// Stops everything, the door first.
    pub async fn stop(self) -> Result<()> {
        self.script.stop_within(STOP_WITHIN).await
    }
}

//! Owns the four servers under the product in cluster mode, fresh for one measure: obtained, started and stopped by
//! `scripts/services.sh`. Refuses to know what is kept in them.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{rig::Rig, watch::Watched};

/// The servers, with what they are in the results.
const SERVERS: [(&str, &str); 4] = [
    ("mongodb", "MongoDB's wire"),
    ("kafka", "Kafka"),
    ("redis", "Redis"),
    ("nats", "NATS"),
];
const SCRIPT: &str = "scripts/services.sh";
/// The compiled server of MongoDB's wire; nothing measured on its sibling counts.
const COMPILED: &str = "secantusd-rs";

/// The servers while they run; stopped when dropped, and by their own guard when this process is killed.
pub struct Servers {
    dir: PathBuf,
}

impl Servers {
    /// Starts all four, or says why they cannot be had. A quick run takes what there is.
    pub fn start(rig: &Rig) -> Result<std::result::Result<Self, String>> {
        let servers = Self {
            dir: rig.fresh_dir("cluster-servers")?,
        };
        let owner = std::process::id().to_string();
        let output = servers.script("up", &["--owner", &owner])?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let missing: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("NOT HERE"))
            .map(str::trim)
            .collect();
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            return Ok(Err(format!("{} {}", missing.join("; "), errors.trim())));
        }
        if !said.contains(COMPILED) && !rig.quick {
            return Ok(Err(format!("{COMPILED} is not built (make services-up builds it)")));
        }
        Ok(Ok(servers))
    }

    /// Returns the variables by which the product finds them.
    pub fn environment(&self) -> Result<Vec<String>> {
        let pair = |(name, _): (&str, _)| {
            Ok(format!(
                "AICHAT_{}_URL={}",
                name.to_uppercase(),
                self.note(name, "url")?
            ))
        };
        SERVERS.into_iter().map(pair).collect()
    }

    /// Returns their processes.
    pub fn watched(&self) -> Result<Vec<Watched>> {
        let watched = |(name, shown): (&str, &str)| {
            Ok(Watched {
                name: shown.to_owned(),
                pid: self.note(name, "pid")?.parse()?,
            })
        };
        SERVERS.into_iter().map(watched).collect()
    }

    fn note(&self, server: &str, what: &str) -> Result<String> {
        let path = self.dir.join(server).join(what);
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(text.trim().to_owned())
    }

    fn script(&self, command: &str, more: &[&str]) -> Result<std::process::Output> {
        let mut script = Command::new(Path::new(SCRIPT));
        script.arg(command).arg("--dir").arg(&self.dir).args(more);
        for (name, _) in SERVERS {
            // The operator's own are nothing for measures.
            script.env_remove(format!("AICHAT_{}_URL", name.to_uppercase()));
            script.env_remove(format!("AICHAT_TEST_{}_URL", name.to_uppercase()));
        }
        script.output().with_context(|| format!("cannot run {SCRIPT}"))
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        let _stopped = self.script("down", &[]);
    }
}

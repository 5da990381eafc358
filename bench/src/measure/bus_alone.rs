//! Owns the run of the bus's own measure, `crates/bus/examples/throughput.rs`, on the backends of a cluster. Refuses to know
//! what its numbers mean.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use crate::{rig::Rig, servers::Servers};

/// It may take this long on all backends.
const WITHIN: Duration = Duration::from_secs(120);

/// A line of it: keys and values.
pub type Line = Vec<(String, String)>;

/// Runs it, from `program` or from beside the product's binary, and returns its lines; none when it is not built.
pub async fn measure(rig: &Rig, program: Option<PathBuf>, servers: &Servers) -> Result<Vec<Line>> {
    let beside = rig.bin.with_file_name("examples").join("throughput");
    let program = std::path::absolute(program.unwrap_or(beside))?;
    if !program.is_file() {
        eprintln!("  the bus alone is skipped: {} is not built", program.display());
        return Ok(Vec::new());
    }
    let mut command = Command::new(&program);
    command.arg("latency").current_dir(&rig.data);
    for pair in servers.environment()? {
        let (name, value) = pair.split_once('=').context("no variable")?;
        command.env(name, value);
    }
    let output = tokio::time::timeout(WITHIN, command.kill_on_drop(true).output())
        .await
        .with_context(|| format!("{} takes longer than {WITHIN:?}", program.display()))?
        .with_context(|| format!("cannot run {}", program.display()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{}: {said} {errors}", program.display());
    }
    let pairs = |line: &str| {
        let words = line.split_whitespace().filter_map(|word| word.split_once('='));
        words.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    };
    Ok(said.lines().map(pairs).collect())
}

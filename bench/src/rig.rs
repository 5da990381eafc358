//! Owns what all measures share: where the binary is, where data and results go, how a result is written.
//! Refuses to know what is measured.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::machine;

/// Flags that every measure takes.
#[derive(clap::Args, Clone)]
pub struct Rig {
    /// The product's binary.
    #[arg(long, default_value = "target/release/aichat")]
    pub bin: PathBuf,
    /// Where results are written.
    #[arg(long, default_value = "bench/results")]
    pub out: PathBuf,
    /// Where servers keep their data while they are measured; on the disk whose durability counts.
    #[arg(long, default_value = "target/bench-data")]
    pub data: PathBuf,
    /// Environment for the product's binary, as NAME=VALUE. May be repeated.
    #[arg(long = "server-env")]
    pub server_env: Vec<String>,
    /// Small and short: shows that the rig works; its numbers mean nothing.
    #[arg(long)]
    pub quick: bool,
}

/// One result file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    pub measure: String,
    pub date: String,
    pub commit: String,
    pub command: String,
    pub quick: bool,
    pub machine: Value,
    pub load_before: Value,
    pub load_after: Value,
    /// How it was measured, one sentence each.
    pub method: Vec<String>,
    pub targets: Vec<Target>,
    pub tables: Vec<Table>,
    pub raw: Value,
}

/// What was to be reached, and what was.
#[derive(Serialize, Deserialize)]
pub struct Target {
    pub name: String,
    pub want: String,
    pub got: String,
    pub met: bool,
}

/// A table for people.
#[derive(Serialize, Deserialize)]
pub struct Table {
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Begins a table.
    pub fn new(title: &str, columns: &[&str]) -> Self {
        Self {
            title: title.to_owned(),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }
}

impl Rig {
    /// Returns what the caller asked for, else the default of a full or of a quick run.
    pub fn pick<T>(&self, asked: Option<T>, full: T, quick: T) -> T {
        asked.unwrap_or(if self.quick { quick } else { full })
    }

    /// Says whether the product's binary is there.
    pub fn has_binary(&self) -> bool {
        self.bin.is_file()
    }

    /// Fails with advice when the product's binary is not there.
    pub fn require_binary(&self) -> Result<()> {
        if self.has_binary() {
            Ok(())
        } else {
            bail!(
                "{} is not there; `cargo build --release -p aichat` makes it",
                self.bin.display()
            )
        }
    }

    /// Returns an empty directory for the data of `what`.
    pub fn fresh_dir(&self, what: &str) -> Result<PathBuf> {
        let dir = self.data.join(what);
        if dir.exists() {
            std::fs::remove_dir_all(&dir).with_context(|| format!("cannot empty {}", dir.display()))?;
        }
        std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        Ok(std::path::absolute(dir)?)
    }

    /// Begins a result: notes the load of the machine before anything runs.
    pub fn begin(&self, measure: &str) -> Result<Outcome> {
        std::fs::create_dir_all(&self.data)?;
        eprintln!("== {measure}");
        Ok(Outcome {
            measure: measure.to_owned(),
            date: machine::now(),
            commit: machine::commit(),
            command: format!("bench {}", std::env::args().skip(1).collect::<Vec<_>>().join(" ")),
            quick: self.quick,
            machine: machine::describe(&self.data),
            load_before: machine::load(),
            load_after: Value::Null,
            method: Vec::new(),
            targets: Vec::new(),
            tables: Vec::new(),
            raw: Value::Null,
        })
    }

    /// Writes the result and prints its tables.
    pub fn finish(&self, mut outcome: Outcome) -> Result<()> {
        outcome.load_after = machine::load();
        std::fs::create_dir_all(&self.out)?;
        let path = self.out.join(format!("{}.json", outcome.measure));
        write(&path, &(serde_json::to_string_pretty(&outcome)? + "\n"))?;
        println!("{}", crate::report::section(&outcome));
        Ok(())
    }
}

/// Writes a file, saying which when it cannot.
pub fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

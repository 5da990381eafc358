//! Owns CPU time and memory of several processes at once, the product's and the servers' apart. Refuses to know what they
//! are.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::{
    cpu,
    process::{Memory, memory_of},
};

/// A process with its name in the results.
#[derive(Clone)]
pub struct Watched {
    pub name: String,
    pub pid: u32,
}

/// Who is watched.
#[derive(Clone, Default)]
pub struct Watch {
    pub product: Vec<Watched>,
    pub servers: Vec<Watched>,
}

/// CPU time used so far.
pub struct Reading {
    product: Duration,
    servers: Vec<Duration>,
}

/// CPU time used between two readings.
#[derive(Clone)]
pub struct Used {
    pub product: Duration,
    /// In the order of the watched servers.
    pub servers: Vec<Duration>,
}

impl Watch {
    /// Reads all clocks. A process that has ended is an error that names it.
    pub fn read(&self) -> Result<Reading> {
        let used = |one: &Watched| cpu::used_by(one.pid).with_context(|| format!("{} has ended", one.name));
        Ok(Reading {
            product: self.product.iter().map(used).sum::<Result<Duration>>()?,
            servers: self.servers.iter().map(used).collect::<Result<_>>()?,
        })
    }

    /// Returns the memory of each, the product's processes first.
    pub fn memory(&self) -> Result<Vec<(String, Memory)>> {
        let all = self.product.iter().chain(&self.servers);
        all.map(|one| Ok((one.name.clone(), memory_of(one.pid)?))).collect()
    }
}

impl Reading {
    /// Returns what was used since `before`.
    pub fn since(&self, before: &Self) -> Used {
        Used {
            product: self.product.saturating_sub(before.product),
            servers: self
                .servers
                .iter()
                .zip(&before.servers)
                .map(|(after, before)| after.saturating_sub(*before))
                .collect(),
        }
    }
}

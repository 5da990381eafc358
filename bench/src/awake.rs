//! Owns that no CPU sleeps while latencies are measured: one process of the idle class on each, which gives way to everything else. A
//! virtual CPU that halts is woken by its host, after a time that is the host's and not that of what is measured. Refuses to know
//! what that is.

use std::{
    io::Read as _,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};

use crate::cpu;

/// Flags of `bench awake`.
#[derive(clap::Args)]
pub struct Args {
    /// Which CPU.
    #[arg(long)]
    cpu: usize,
}

/// Keeps one CPU awake until its input ends, which it does with whoever began it.
pub fn run(args: &Args) -> Result<()> {
    cpu::bind_thread(args.cpu)?;
    std::thread::spawn(|| {
        loop {
            std::hint::spin_loop();
        }
    });
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// All CPUs are awake until it is dropped.
pub struct Awake(Vec<Child>);

impl Awake {
    /// Keeps all CPUs awake. Fails where there is no `chrt`, which is util-linux's.
    pub fn all() -> Result<Self> {
        let mut all = Self(Vec::new());
        for cpu in 0..cpu::count() {
            let mut command = Command::new("chrt");
            command.args(["--idle", "0"]).arg(std::env::current_exe()?);
            command.args(["awake", "--cpu"]).arg(cpu.to_string());
            let child = command.stdin(Stdio::piped()).spawn();
            all.0.push(child.context("cannot start chrt, which is util-linux's")?);
        }
        Ok(all)
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _killed = child.kill();
            let _reaped = child.wait();
        }
    }
}

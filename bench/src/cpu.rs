//! Owns CPU time and CPU placement of processes. Refuses to know what they compute.

use std::time::Duration;

use anyhow::{Context, Result};
use nix::{
    sched::{CpuSet, sched_setaffinity},
    time::ClockId,
    unistd::Pid,
};

/// Returns the CPU time (user + system, all threads, ended ones too) that process `pid` has used.
/// The same account as `utime + stime` of `/proc/PID/stat`, in nanoseconds instead of 10 ms ticks.
pub fn used_by(pid: u32) -> Result<Duration> {
    let clock = ClockId::pid_cpu_clock_id(Pid::from_raw(i32::try_from(pid)?)).context("no CPU clock of the process")?;
    Ok(Duration::from(clock.now()?))
}

/// Returns the CPU time that this process has used.
pub fn used_here() -> Result<Duration> {
    used_by(std::process::id())
}

/// Returns how many CPUs this machine offers to us.
pub fn count() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Binds the calling thread, and what it spawns from now on, to one CPU.
pub fn bind_thread(cpu: usize) -> Result<()> {
    let mut set = CpuSet::new();
    set.set(cpu)?;
    sched_setaffinity(Pid::from_raw(0), &set).with_context(|| format!("cannot bind to CPU {cpu}"))
}

//! Owns the life of one server process: spawn, wait until it answers, CPU and memory, stop by pid.
//! Refuses to know which protocol it speaks beyond "it accepts connections".

use std::{
    fs::File,
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use nix::{
    sys::{
        resource::{Resource, getrlimit, setrlimit},
        signal::{Signal, kill},
    },
    unistd::Pid,
};

use crate::cpu;

/// A server may take this long from SIGTERM to its end before it is killed.
const STOP_WITHIN: Duration = Duration::from_secs(12);
const POLL: Duration = Duration::from_millis(2);

/// A running server on loopback; killed when dropped.
pub struct Server {
    child: Child,
    pub name: String,
    pub addr: SocketAddr,
    pub spawned: Instant,
}

/// Resident memory of a process, in bytes.
#[derive(Clone, Copy)]
pub struct Memory {
    pub resident: u64,
    pub anonymous: u64,
}

/// Returns a loopback address that was free a moment ago.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Returns the resident memory of a process now.
pub fn memory_of(pid: u32) -> Result<Memory> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib = |key: &str| -> Result<u64> {
        let line = status
            .lines()
            .find(|line| line.starts_with(key))
            .with_context(|| format!("no {key} in /proc"))?;
        Ok(line
            .split_whitespace()
            .nth(1)
            .context("empty line in /proc")?
            .parse::<u64>()?
            * 1024)
    };
    Ok(Memory {
        resident: kib("VmRSS:")?,
        anonymous: kib("RssAnon:")?,
    })
}

impl Server {
    /// Spawns `command` where `placement` says, its output going to `log`. The calling thread is bound for a moment
    /// like the server, because a child inherits the binding of the thread that spawns it.
    pub fn spawn(
        name: &str,
        command: &mut Command,
        addr: SocketAddr,
        log: &Path,
        placement: Placement,
    ) -> Result<Self> {
        let log = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        placement.for_server()?;
        let spawned = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {name}: {command:?}"));
        placement.for_generator()?;
        Ok(Self {
            child: child?,
            name: name.to_owned(),
            addr,
            spawned,
        })
    }

    /// Waits until the port accepts a connection.
    pub async fn wait_until_listening(&mut self, within: Duration) -> Result<()> {
        let deadline = Instant::now() + within;
        while TcpStream::connect(self.addr).is_err() {
            self.check_alive()?;
            if Instant::now() > deadline {
                bail!("{} does not listen on {} within {within:?}", self.name, self.addr);
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Fails when the process has ended.
    pub fn check_alive(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("{} ended early: {status}", self.name),
            None => Ok(()),
        }
    }

    /// Returns the id of the process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns the CPU time used so far.
    pub fn cpu(&self) -> Result<Duration> {
        cpu::used_by(self.child.id())
    }

    /// Returns the process and all that came of it, itself first.
    pub fn tree(&self) -> Result<Vec<u32>> {
        crate::tree::of(self.child.id())
    }

    /// Returns the resident memory now.
    pub fn memory(&self) -> Result<Memory> {
        memory_of(self.child.id())
    }

    /// Waits until memory stands still (two samples within 0.2 %), at most `within`, and returns it.
    pub async fn settled_memory(&self, within: Duration) -> Result<Memory> {
        let deadline = Instant::now() + within;
        let mut last = self.memory()?;
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let now = self.memory()?;
            if now.resident.abs_diff(last.resident) * 500 <= now.resident || Instant::now() > deadline {
                return Ok(now);
            }
            last = now;
        }
    }

    /// Returns the bytes this process has caused to be written to storage.
    pub fn bytes_written(&self) -> Result<u64> {
        let io = std::fs::read_to_string(format!("/proc/{}/io", self.child.id()))?;
        let line = io
            .lines()
            .find_map(|line| line.strip_prefix("write_bytes: "))
            .context("no write_bytes in /proc")?;
        Ok(line.trim().parse()?)
    }

    /// Asks the process to stop and waits; kills it when it does not.
    pub async fn stop(self) -> Result<()> {
        self.stop_within(STOP_WITHIN).await
    }

    /// The same for one that may take another time.
    pub async fn stop_within(mut self, within: Duration) -> Result<()> {
        kill(Pid::from_raw(i32::try_from(self.child.id())?), Signal::SIGTERM)?;
        let deadline = Instant::now() + within;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                eprintln!("  {} did not stop within {within:?}; killed", self.name);
                break;
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // Workers outlive a master that is killed.
            let tree = self.tree().unwrap_or_default();
            let _killed = self.child.kill();
            let _reaped = self.child.wait();
            for pid in tree.into_iter().skip(1).filter_map(|pid| i32::try_from(pid).ok()) {
                let _killed = kill(Pid::from_raw(pid), Signal::SIGKILL);
            }
        }
    }
}

/// Where servers and the generator run.
#[derive(Clone, Copy)]
pub enum Placement {
    /// The scheduler decides.
    Free,
    /// Servers on CPU 0, the generator on CPU 1.
    Split,
}

impl Placement {
    /// Returns `Split` when asked for and there are two CPUs.
    pub fn choose(split: bool) -> Self {
        if split && cpu::count() >= 2 {
            Self::Split
        } else {
            Self::Free
        }
    }

    /// Says it in words, for the results.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Free => "server and generator share all CPUs",
            Self::Split => "server bound to CPU 0, generator to CPU 1",
        }
    }

    fn for_server(self) -> Result<()> {
        match self {
            Self::Free => Ok(()),
            Self::Split => cpu::bind_thread(0),
        }
    }

    fn for_generator(self) -> Result<()> {
        match self {
            Self::Free => Ok(()),
            Self::Split => cpu::bind_thread(1),
        }
    }
}

/// Raises the limit of open files, for this process and the servers it starts.
pub fn raise_file_limit(needed: u64) -> Result<()> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if soft >= needed {
        return Ok(());
    }
    if hard < needed {
        bail!(
            "{needed} open files are needed and at most {hard} are allowed; raise the limit or ask for fewer sockets"
        );
    }
    Ok(setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?)
}

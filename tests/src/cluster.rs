//! Owns the product as one process per service: which processes there are, where they listen, and their ends and starts.
//! It refuses to know what a process is for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::instance::{Launch, binary, free_port, temporary};
use crate::{Http, Instance};

/// The process that the public listens to.
pub const DOOR: &str = "api-gateway-1";

/// A cluster that is not started yet: its processes and where each will listen.
pub struct Plan {
    names: Vec<String>,
    ports: BTreeMap<String, u16>,
    found_at: BTreeMap<String, String>,
    variables: Vec<(String, String)>,
    binary: PathBuf,
}

impl Plan {
    /// Asks the script for its processes and finds a port for each.
    pub fn new() -> Self {
        let asked = Command::new(script()).arg("names").output().expect("the script");
        let words = String::from_utf8_lossy(&asked.stderr);
        assert!(asked.status.success(), "the script names no processes: {words}");
        let names = String::from_utf8(asked.stdout).expect("names");
        let names: Vec<_> = names.lines().map(str::to_owned).collect();
        let mut taken = BTreeSet::new();
        let mut port = || loop {
            let port = free_port();
            if taken.insert(port) {
                return port;
            }
        };
        Self {
            ports: names.iter().map(|name| (name.clone(), port())).collect(),
            names,
            found_at: BTreeMap::new(),
            variables: Vec::new(),
            binary: binary(),
        }
    }

    /// Lists the processes in the order of the script: those on whom others stand first, the door last.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Lists the processes with the ports that they will listen on; the door has that of the instance instead.
    pub fn ports(&self) -> &BTreeMap<String, u16> {
        &self.ports
    }

    /// Lets the others find a process at another address (`host:port`).
    pub fn found_at(&mut self, name: &str, address: String) {
        self.found_at.insert(name.to_owned(), address);
    }

    /// Sets a variable for the script and all processes.
    pub fn variable(&mut self, name: &str, value: String) {
        self.variables.push((name.to_owned(), value));
    }

    /// Has all processes run another binary than the one that is tested.
    pub fn runs(&mut self, binary: &Path) {
        self.binary = binary.to_owned();
    }

    /// Starts it and waits until the door is ready.
    pub fn start(mut self) -> Instance {
        let dir = temporary("aichat-cluster-");
        let mut table = String::new();
        for (name, port) in &self.ports {
            let found = self.found_at.get(name).map_or("", String::as_str);
            table.push_str(&format!("{name} 127.0.0.1:{port} {found}\n"));
        }
        std::fs::create_dir(dir.path().join("data")).expect("a data folder");
        std::fs::write(dir.path().join("data/addresses"), table).expect("a table of addresses");
        let binary = self.binary.display().to_string();
        self.variable("AICHAT_BIN_EACH", binary);
        Instance::launched(
            dir,
            Launch {
                program: script(),
                variables: self.variables,
            },
            None,
        )
    }
}

impl Default for Plan {
    fn default() -> Self {
        Self::new()
    }
}

/// What becomes of processes by name; only for an instance that a [`Plan`] started.
impl Instance {
    /// Ends processes as a power cut would (SIGKILL).
    pub fn process_kill(&self, names: &[&str]) {
        self.script("kill", names);
    }

    /// Ends processes gently (SIGTERM) and waits for them.
    pub fn process_stop(&self, names: &[&str]) {
        self.script("stop", names);
    }

    /// Starts processes that do not run, and waits until they are ready.
    pub fn process_start(&self, names: &[&str]) {
        self.script("start", names);
    }

    /// Restarts processes one after the other, each ready before the next.
    pub fn process_restart(&self, names: &[&str]) {
        self.script("restart", names);
    }

    /// Restarts a process as another binary, such as that of another release.
    pub fn process_becomes(&self, name: &str, binary: &Path) {
        let table = self.folder().join("binaries");
        let lines = std::fs::read_to_string(&table).unwrap_or_default();
        let others = lines.lines().filter(|line| line.split(' ').next() != Some(name));
        let own = format!("{name} {}", binary.display());
        let lines: Vec<_> = others.chain([own.as_str()]).map(|line| format!("{line}\n")).collect();
        std::fs::write(table, lines.concat()).expect("a table of binaries");
        self.process_restart(&[name]);
        assert!(self.process_runs(name, binary), "{name} is not {}", binary.display());
    }

    /// Tells whether a process runs, and as this binary.
    pub fn process_runs(&self, name: &str, binary: &Path) -> bool {
        let pid = std::fs::read_to_string(self.folder().join("pids").join(name)).expect("the pid of a process");
        let asked = Command::new("ps")
            .args(["-ww", "-o", "args=", "-p", pid.trim()])
            .output();
        let line = asked.expect("ps").stdout;
        line.starts_with(format!("{} ", binary.display()).as_bytes())
    }

    /// Makes a client that asks one process past the door.
    pub fn process(&self, name: &str) -> Http {
        let addresses = std::fs::read_to_string(self.folder().join("addresses")).expect("addresses");
        let address = addresses.lines().find_map(|line| {
            let mut words = line.split_whitespace();
            (words.next() == Some(name)).then(|| words.next()).flatten()
        });
        let address = address.unwrap_or_else(|| panic!("no process {name} in {addresses}"));
        match name {
            DOOR => Http::anonymous(self),
            _ => Http::at(&format!("http://{address}")),
        }
    }

    /// Gives the last lines of what a process has logged.
    pub fn process_log(&self, name: &str, lines: usize) -> String {
        let log = std::fs::read_to_string(self.folder().join(format!("logs/{name}.log"))).unwrap_or_default();
        let all: Vec<_> = log.lines().collect();
        all.get(all.len().saturating_sub(lines)..)
            .unwrap_or_default()
            .join("\n")
    }

    fn folder(&self) -> PathBuf {
        self.data_dir().expect("a cluster of ours")
    }

    fn script(&self, verb: &str, names: &[&str]) {
        let run = self.command().arg(verb).args(names).stdout(Stdio::null()).output();
        let run = run.expect("the script");
        let words = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{verb} {names:?}: {words}");
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/cluster.sh")
}

//! Owns the four servers that a suite may kill: started for it, on ports of their own. It refuses to touch anybody else's.

use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Their names for scripts/services.sh.
pub const SERVERS: [&str; 4] = ["mongodb", "redis", "kafka", "nats"];

/// Servers that run for as long as this process does.
pub struct Servers {
    dir: TempDir,
}

impl Servers {
    /// Starts all four; Kafka tells its clients to find it at `kafka_at`, else where it listens. Fails with the reason why one
    /// cannot be had.
    pub fn start(kafka_at: Option<&str>) -> Result<Self, String> {
        let dir = tempfile::Builder::new().prefix("aichat-servers-").tempdir();
        let servers = Self {
            dir: dir.map_err(|e| e.to_string())?,
        };
        let owner = std::process::id().to_string();
        let mut arguments = vec!["up", "--build", "--owner", &owner];
        if let Some(address) = kafka_at {
            arguments.extend(["--kafka-advertised", address]);
        }
        let up = servers.script(&arguments);
        if up.status.success() {
            return Ok(servers);
        }
        let words = String::from_utf8_lossy(&up.stdout).into_owned();
        let why: Vec<_> = words.lines().filter(|line| line.contains("NOT HERE")).collect();
        Err(match why.is_empty() {
            true => format!("the servers do not start: {}", String::from_utf8_lossy(&up.stderr)),
            false => why.join("; "),
        })
    }

    /// Says where a server really listens (`host:port`).
    pub fn address(&self, name: &str) -> String {
        let port = std::fs::read_to_string(self.dir.path().join(name).join("port"));
        format!("127.0.0.1:{}", port.expect("a port").trim())
    }

    /// Ends a server as a power cut would (SIGKILL).
    pub fn kill(&self, name: &str) {
        assert!(self.script(&["kill", name]).status.success(), "kill {name}");
    }

    /// Starts a server that does not run, on its port and data, and waits until it answers.
    pub fn up(&self, name: &str) {
        let up = self.script(&["up", name]);
        assert!(up.status.success(), "{name}: {}", String::from_utf8_lossy(&up.stdout));
    }

    /// Empties Redis.
    pub fn flush_redis(&self) {
        let mut redis = TcpStream::connect(self.address("redis")).expect("a connection to Redis");
        redis.write_all(b"FLUSHALL\r\n").expect("a command");
        let mut answer = [0; 5];
        std::io::Read::read_exact(&mut redis, &mut answer).expect("an answer");
        assert_eq!(&answer, b"+OK\r\n");
    }

    fn script(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/services.sh"));
        for server in SERVERS {
            // An operator's servers are not ours to kill.
            let name = server.to_uppercase();
            command.env_remove(format!("AICHAT_{name}_URL"));
            command.env_remove(format!("AICHAT_TEST_{name}_URL"));
        }
        let verb = arguments.split_first().expect("a verb");
        command.arg(verb.0).arg("--dir").arg(self.dir.path()).args(verb.1);
        command.output().expect("the script")
    }
}

/// The folder goes with this, and with it what says which processes they are.
impl Drop for Servers {
    fn drop(&mut self) {
        self.script(&["down"]);
    }
}

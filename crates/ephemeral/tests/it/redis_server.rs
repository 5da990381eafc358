//! Owns the Redis servers of the tests: the one that is there, and others to kill.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ephemeral::redis::{RedisEphemeral, RedisOptions};
use kernel::Ambient;
use tempfile::TempDir;
use testkit::skip;

/// Within this a thing that ought to happen has happened.
pub const DEADLINE: Duration = Duration::from_secs(20);
/// The variable that names a server for tests.
const URL: &str = "AICHAT_TEST_REDIS_URL";
/// The program to start servers of our own.
const PROGRAM: &str = "redis-server";

/// Returns the server that is there, or says that the test is skipped.
pub fn url() -> Option<String> {
    let url = std::env::var(URL).ok();
    if url.is_none() {
        skip(&format!("{URL} is not set"));
    }
    url
}

/// Returns options with a prefix of its own and short times.
pub fn options() -> RedisOptions {
    RedisOptions {
        prefix: format!("test-{}", Ambient::system().token::<9>()),
        answer_within: Duration::from_secs(5),
        ..RedisOptions::default()
    }
}

/// Opens an adapter.
pub async fn open(url: &str, options: RedisOptions) -> Arc<RedisEphemeral> {
    RedisEphemeral::open(url, options, Ambient::system()).await.unwrap()
}

/// Waits until `attempt` gives something.
pub async fn eventually<T>(what: &str, mut attempt: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(got) = attempt().await {
            return got;
        }
        assert!(Instant::now() < end, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A server of the test's own, with an append-only file in a folder of its own; killed when dropped.
pub struct Server {
    port: u16,
    dir: TempDir,
    child: Child,
}

impl Server {
    /// Starts one, or says that the test is skipped.
    pub fn start() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let port = free_port();
        let Some(child) = spawn(port, dir.path()) else {
            skip(&format!("there is no program {PROGRAM}"));
            return None;
        };
        Some(Self { port, dir, child })
    }

    /// `host:port`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `redis://host:port`.
    pub fn url(&self) -> String {
        format!("redis://{}", self.address())
    }

    /// Kills it without a word.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again over what it has written.
    pub fn restart(&mut self) {
        self.child = spawn(self.port, self.dir.path()).unwrap();
    }

    /// Connects to it past everything.
    pub async fn admin(&self) -> Admin {
        let client = ::redis::Client::open(self.url()).unwrap();
        Admin(client.get_multiplexed_async_connection().await.unwrap())
    }
}

/// A bare connection.
pub struct Admin(::redis::aio::MultiplexedConnection);

impl Admin {
    /// Runs a command.
    pub async fn command(&mut self, words: &[&str]) {
        let mut command = ::redis::Cmd::new();
        for word in words {
            command.arg(*word);
        }
        let _: ::redis::Value = command.query_async(&mut self.0).await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Finds a port below every usual range of ephemeral ones: no connection takes it before the server does.
fn free_port() -> u16 {
    loop {
        let port = 18_000 + u16::from_be_bytes(Ambient::system().bytes()) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

fn spawn(port: u16, dir: &Path) -> Option<Child> {
    Command::new(PROGRAM)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "yes", "--daemonize", "no", "--dir"])
        .arg(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()
}

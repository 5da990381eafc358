//! Owns one running product: its process, data directory, port and log. It refuses to know the routes, except `/readyz`,
//! and whether the process is the binary or a script that runs it as one process per service.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{LazyLock, Once};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::{DEADLINE, skip};

/// Ports below every usual ephemeral range, so that a client that retries a dead port never connects to itself.
const PORTS: std::ops::Range<u16> = 18_000..28_000;
/// The longest start; beside others on a busy machine, a cluster takes its time.
const READY_MAX: Duration = Duration::from_secs(120);
/// The processes of a cluster that one test has for itself, where the script has two of a kind.
const ONE_OF_EACH: &str = "chat=1 ai-chat-host=1 realtime-gateway=1";
const LOG_LINES_SHOWN: usize = 60;
const POLL: Duration = Duration::from_millis(20);
/// What would turn the built-in providers of models and of payments off.
const PROVIDER_VARIABLES: [&str; 8] = [
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "GEMINI_API_KEY",
    "OLLAMA_HOST",
    "STRIPE_SECRET_KEY",
    "STRIPE_SECRET_KEY_FILE",
];

/// What shapes the suites themselves, and is no key of the product's configuration.
const OWN_VARIABLES: [&str; 4] = [
    "AICHAT_COMMERCE_SECONDS",
    "AICHAT_COMMERCE_RATE",
    "AICHAT_PREVIOUS",
    "AICHAT_PREVIOUS_BIN",
];

/// A product under test: a process of ours, or one that runs already.
pub struct Instance {
    base: String,
    local: Option<Local>,
}

struct Local {
    dir: TempDir,
    port: u16,
    launch: Launch,
    running: Option<Running>,
    /// Of a cluster of its own, which is one at a time: two dozen processes and more beside the shared ones starve a small machine.
    _turn: Option<File>,
}

/// What is started, and what it is told besides where to listen.
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) variables: Vec<(String, String)>,
}

/// The server and a shell that ends it when this test process is gone, however that came about.
struct Running {
    server: Child,
    watchdog: Child,
    _held_open: Option<ChildStdin>,
}

impl Instance {
    /// Borrows the product that all tests share which do not kill it; the first caller starts it. A test that
    /// fails shows the last of its log.
    pub fn shared() -> &'static Self {
        // A lazy value stays poisoned when it cannot be made: the other tests then fail at once.
        static SHARED: LazyLock<Instance> = LazyLock::new(|| match std::env::var("AICHAT_TEST_URL") {
            Ok(url) => Instance {
                base: url.trim_end_matches('/').to_owned(),
                local: None,
            },
            Err(_) => Instance::start(Vec::new(), None),
        });
        static SHOW_LOG: Once = Once::new();
        let shared: &'static Self = &SHARED;
        SHOW_LOG.call_once(|| {
            let report = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                report(panic);
                println!("{}", shared.log_tail());
            }));
        });
        shared
    }

    /// Starts a product for the calling test, which may kill it. None, with a printed line, against a foreign product.
    pub fn own() -> Option<Self> {
        Self::own_with(Vec::new())
    }

    /// The same, configured by these variables.
    pub fn own_with(variables: Vec<(String, String)>) -> Option<Self> {
        if std::env::var("AICHAT_TEST_URL").is_ok() {
            skip("needs to start and kill its own process");
            return None;
        }
        let turn = own_turn();
        // One process of each kind is enough where no other tests are beside it.
        let few = turn
            .is_some()
            .then(|| ("AICHAT_REPLICAS".to_owned(), ONE_OF_EACH.to_owned()));
        Some(Self::start(variables.into_iter().chain(few).collect(), turn))
    }

    fn start(variables: Vec<(String, String)>, turn: Option<File>) -> Self {
        let launch = Launch {
            program: binary(),
            variables,
        };
        Self::launched(temporary("aichat-blackbox-"), launch, turn)
    }

    /// Starts what `launch` says in a folder, which may hold something already.
    pub(crate) fn launched(dir: TempDir, launch: Launch, turn: Option<File>) -> Self {
        let port = free_port();
        let mut instance = Self {
            base: format!("http://127.0.0.1:{port}"),
            local: Some(Local {
                dir,
                port,
                launch,
                running: None,
                _turn: turn,
            }),
        };
        instance.up();
        instance
    }

    /// Says where the product listens, such as `http://127.0.0.1:18080`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Says where the product keeps everything; None for a foreign product.
    pub(crate) fn data_dir(&self) -> Option<PathBuf> {
        self.local.as_ref().map(|local| local.dir.path().join("data"))
    }

    /// Prepares a command that speaks of this product: the same program with the same variables.
    pub(crate) fn command(&self) -> Command {
        let local = self.local.as_ref().expect("a product of ours");
        local.launch.command(local.dir.path(), local.port)
    }

    /// Says where the e-mails go: the file outbox, or `AICHAT_TEST_MAIL_DIR` for a foreign product.
    pub fn mail_dir(&self) -> Option<PathBuf> {
        match &self.local {
            Some(local) => Some(local.dir.path().join("data/mail")),
            None => std::env::var_os("AICHAT_TEST_MAIL_DIR").map(PathBuf::from),
        }
    }

    /// Starts the server again on the same directory and port, and returns when it is ready.
    pub fn up(&mut self) {
        let local = self.local.as_mut().expect("a process of ours");
        assert!(local.running.is_none(), "it runs already");
        local.running = Some(Running::spawn(local));
        let end = Instant::now() + READY_MAX;
        while !ready(local.port) {
            let gone = local
                .running
                .as_mut()
                .and_then(|running| running.server.try_wait().ok().flatten());
            assert!(gone.is_none(), "the server ended with {gone:?}\n{}", self.log_tail());
            assert!(
                Instant::now() < end,
                "not ready within {READY_MAX:?}\n{}",
                self.log_tail()
            );
            std::thread::sleep(POLL);
        }
    }

    /// Ends the server as a power cut would (SIGKILL), and returns when nothing of it answers any more.
    pub fn kill9(&mut self) {
        let mut running = self.take_running();
        running.server.kill().expect("a process to kill");
        running.server.wait().expect("a killed process");
        let port = self.local.as_ref().expect("a process of ours").port;
        let end = Instant::now() + DEADLINE;
        // A script that was killed has processes, which go with it, but not in the same moment.
        while TcpStream::connect(("127.0.0.1", port)).is_ok() {
            assert!(Instant::now() < end, "something answers {DEADLINE:?} after the kill");
            std::thread::sleep(POLL);
        }
    }

    /// Asks the server to end (SIGTERM) and does not wait.
    pub fn terminate(&self) {
        let running = self
            .local
            .as_ref()
            .and_then(|local| local.running.as_ref())
            .expect("a running server");
        let pid = running.server.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(asked.is_ok_and(|status| status.success()), "could not send SIGTERM");
    }

    /// Waits for the end of the server, at most `limit`.
    pub fn ended_within(&mut self, limit: Duration) -> ExitStatus {
        let end = Instant::now() + limit;
        let mut running = self.take_running();
        loop {
            if let Some(status) = running.server.try_wait().expect("a child of ours") {
                return status;
            }
            assert!(
                Instant::now() < end,
                "still running {limit:?} after SIGTERM\n{}",
                self.log_tail()
            );
            std::thread::sleep(POLL);
        }
    }

    /// Ends the server gently and waits for it.
    pub fn stop(&mut self) -> ExitStatus {
        self.terminate();
        self.ended_within(DEADLINE)
    }

    fn take_running(&mut self) -> Running {
        self.local
            .as_mut()
            .and_then(|local| local.running.take())
            .expect("a running server")
    }

    fn log_tail(&self) -> String {
        let Some(local) = &self.local else { return String::new() };
        let log = std::fs::read_to_string(log_path(local.dir.path())).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        let shown = lines
            .get(lines.len().saturating_sub(LOG_LINES_SHOWN)..)
            .unwrap_or_default();
        format!("--- the last of the server's log ---\n{}", shown.join("\n"))
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{}", self.log_tail());
        }
    }
}

impl Running {
    fn spawn(local: &Local) -> Self {
        let dir = local.dir.path();
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(log_path(dir))
            .expect("a log file");
        let mut server = local.launch.command(dir, local.port);
        server
            .arg("run")
            .stdout(log.try_clone().expect("a log handle"))
            .stderr(log.try_clone().expect("a log handle"));
        let server = server.spawn().expect("a server process");
        let mut watchdog = Command::new("sh")
            .args(["-c", r#"cat >/dev/null; kill -9 "$0" 2>/dev/null; rm -rf "$1""#])
            .arg(server.id().to_string())
            .arg(dir)
            .stdin(Stdio::piped())
            .spawn()
            .expect("a watchdog");
        let held_open = watchdog.stdin.take();
        Self {
            server,
            watchdog,
            _held_open: held_open,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for child in [&mut self.watchdog, &mut self.server] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Launch {
    fn command(&self, dir: &Path, port: u16) -> Command {
        let mut command = Command::new(&self.program);
        for variable in PROVIDER_VARIABLES.into_iter().chain(OWN_VARIABLES) {
            command.env_remove(variable);
        }
        command
            .env("AICHAT_LISTEN", format!("127.0.0.1:{port}"))
            .env("AICHAT_DATA_DIR", dir.join("data"))
            .env("AICHAT_DEMO_DATA", "false")
            .env(
                "AICHAT_LOG",
                std::env::var("AICHAT_LOG").unwrap_or_else(|_| "info".to_owned()),
            )
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }
}

/// Makes a temporary directory.
pub(crate) fn temporary(prefix: &str) -> TempDir {
    let made = tempfile::Builder::new().prefix(prefix).tempdir();
    made.expect("a temporary directory")
}

fn log_path(dir: &Path) -> PathBuf {
    dir.join("server.log")
}

/// Waits until no other test has a cluster of its own. None where the product is one process.
fn own_turn() -> Option<File> {
    std::env::var_os("AICHAT_BIN_EACH")?;
    let lock = File::create(std::env::temp_dir().join("aichat-own-cluster.lock")).expect("a lock");
    lock.lock().expect("a turn");
    Some(lock)
}

/// Says which binary is tested.
pub fn binary() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let path = std::env::var_os("AICHAT_BIN").map_or_else(|| target.join("debug/aichat"), PathBuf::from);
    assert!(
        path.exists(),
        "no binary at {}: run `cargo build -p aichat`, or set AICHAT_BIN",
        path.display()
    );
    path
}

/// Finds a port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    loop {
        let port = rand::random_range(PORTS);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Asks `/readyz` without a runtime, so that the instance belongs to no test's runtime.
fn ready(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(DEADLINE))?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    ask().unwrap_or(false)
}

//! Places where an instance may be, the commands that are typed there, and a product that runs. Owns the servers' cleaning.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use bus::Bus as _;
use bus::kafka::{KafkaBus, KafkaOptions};
use contracts::event::topic;
use futures::StreamExt as _;
use kernel::Ambient;
use serde_json::Value;
use tempfile::TempDir;

/// Longest wait for anything.
pub const DEADLINE: Duration = Duration::from_secs(90);
/// The servers, as they are named in variables.
const SERVERS: [&str; 4] = ["MONGODB", "REDIS", "KAFKA", "NATS"];

/// A folder for instances and exports, and a name on the servers that nobody else has.
pub struct Desk {
    dir: TempDir,
    urls: Vec<(&'static str, String)>,
    name: String,
}

impl Desk {
    /// Returns nothing, and says so, when a server is missing.
    pub fn new() -> Option<Self> {
        let mut urls = Vec::new();
        for server in SERVERS {
            let name = format!("AICHAT_TEST_{server}_URL");
            let Ok(url) = std::env::var(&name) else {
                let thread = std::thread::current();
                let test = thread.name().unwrap_or("a test");
                // Past the harness's capture: skipped tests are counted.
                let _ = writeln!(std::io::stderr(), "SKIP {test}: {name} is not set");
                return None;
            };
            urls.push((server, url));
        }
        let letters = Ambient::system()
            .bytes::<4>()
            .map(|byte| format!("{byte:02x}"))
            .concat();
        Some(Self {
            dir: tempfile::tempdir().unwrap(),
            urls,
            name: format!("move-{letters}"),
        })
    }

    pub fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    pub fn url(&self, server: &str) -> &str {
        &self.urls.iter().find(|(name, _)| *name == server).unwrap().1
    }

    /// An instance in a folder.
    pub fn folder(&self, name: &str) -> Place {
        Place {
            dir: self.dir.path().join(name),
            env: Vec::new(),
            namespace: String::new(),
        }
    }

    /// An instance on the servers.
    pub async fn servers(&self, name: &str) -> Place {
        let namespace = format!("{}-{name}", self.name);
        let urls = self
            .urls
            .iter()
            .map(|(server, url)| (format!("AICHAT_{server}_URL"), url.clone()));
        let name = std::iter::once(("AICHAT_NAMESPACE".to_owned(), namespace.clone()));
        Place {
            dir: self.dir.path().join(&namespace),
            env: urls.chain(name).collect(),
            namespace,
        }
    }

    /// An instance on the servers whose processes are soon found dead after a kill.
    pub async fn quick_servers(&self, name: &str) -> Place {
        let mut place = self.servers(name).await;
        place.env.push(("AICHAT_SIGN_MS".into(), "400".into()));
        place
    }

    /// Names the databases of an instance.
    pub async fn databases(&self, name: &str) -> Vec<String> {
        let client = ::mongodb::Client::with_uri_str(self.url("MONGODB")).await.unwrap();
        let mut names = client.list_database_names().await.unwrap();
        names.retain(|found| found.starts_with(&format!("{}-{name}", self.name)));
        names
    }

    /// Waits until the agents' host has something before it on Kafka, or nothing any more.
    pub async fn until_events_wait(&self, name: &str, wait: bool) {
        let options = KafkaOptions {
            prefix: format!("{}-{name}.", self.name),
            existing_only: true,
            ..KafkaOptions::default()
        };
        let bus = KafkaBus::open(self.url("KAFKA"), options, Ambient::system(), &[topic::MESSAGE]);
        let bus = bus.await.unwrap();
        let began = Instant::now();
        while (bus.lag(topic::MESSAGE, "ai-chat-host").await.unwrap() > 0) != wait {
            assert!(began.elapsed() < DEADLINE, "events are not there, or not dealt with");
        }
        bus.close().await;
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let url = |server| self.url(server).to_owned();
        let cleaned = clean(self.name.clone(), url("MONGODB"), url("KAFKA"), url("NATS"));
        let cleaned = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(cleaned)
        });
        // A test that failed has other worries.
        let _ = cleaned.join();
    }
}

/// Takes away what was made on the servers: they are shared. What Redis holds goes by itself.
async fn clean(prefix: String, mongodb: String, kafka: String, nats: String) {
    let client = ::mongodb::Client::with_uri_str(mongodb).await.unwrap();
    for database in client.list_database_names().await.unwrap() {
        if database.starts_with(&prefix) {
            client.database(&database).drop().await.unwrap();
        }
    }
    let context = async_nats::jetstream::new(async_nats::connect(nats).await.unwrap());
    let mut names = context.stream_names();
    while let Some(Ok(name)) = names.next().await {
        if name.trim_start_matches("KV_").starts_with(&prefix) {
            context.delete_stream(name).await.unwrap();
        }
    }
    let options = KafkaOptions {
        prefix,
        ..KafkaOptions::default()
    };
    KafkaBus::remove_topics(&kafka, options).await.unwrap();
}

/// Where an instance may be.
pub struct Place {
    dir: PathBuf,
    env: Vec<(String, String)>,
    namespace: String,
}

impl Place {
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Sets a variable of the commands to come.
    pub fn set(&mut self, name: &str, value: &str) {
        self.env.push((name.to_owned(), value.to_owned()));
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aichat"));
        // What the operator has set is nothing for tests.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("AICHAT_")) {
                command.env_remove(name);
            }
        }
        command
            .args(words)
            .envs(self.env.iter().cloned())
            .env("AICHAT_DATA_DIR", &self.dir);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, words: &[&str]) -> (String, Output) {
        (words.join(" "), self.command(words).output().unwrap())
    }

    /// Begins a command.
    pub fn begin(&self, words: &[&str]) -> Child {
        self.command(words)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }
}

/// Returns what a command printed that went well.
pub fn ok((command, output): (String, Output)) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Fails unless a command was refused with these words.
pub fn refused((command, output): (String, Output), words: &str) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{command} was not refused");
    assert!(errors.contains(words), "{command}: {words:?} is not in: {errors}");
}

/// Returns what a command printed, however it ended.
pub fn printed((_, output): &(String, Output)) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Asks a command to stop, and waits until it has.
pub fn terminate(child: &mut Child) -> ExitStatus {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    child.wait().unwrap()
}

/// Returns the lines with figures of collections.
pub fn lines(printed: &str) -> Vec<String> {
    let lines = printed
        .lines()
        .filter(|line| line.split_whitespace().last().is_some_and(|sum| sum.len() == 64));
    lines.map(str::to_owned).collect()
}

/// Returns the number of documents that were printed.
pub fn figures(printed: &str) -> u64 {
    let count = |line: &String| line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap();
    lines(printed).iter().map(count).sum()
}

/// A product that runs.
pub struct Running {
    child: Child,
    address: String,
}

impl Running {
    /// Starts the product and waits until it is ready.
    pub fn start(place: &Place, demo: bool) -> Self {
        let mut command = place.command(&["run", "--listen", "127.0.0.1:0"]);
        command
            .env("AICHAT_DEMO_DATA", demo.to_string())
            .stderr(Stdio::inherit())
            .env("AICHAT_LOG", "error");
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, address) = line.split_once("is ready:  http://")?;
            Some(address.trim().to_owned())
        });
        // Somebody must go on reading.
        std::thread::spawn(move || lines.for_each(drop));
        let address = address.ok_or_else(|| format!("the product did not start: {:?}", child.wait()));
        let address = address.unwrap();
        Self { child, address }
    }

    /// Asks the product.
    pub fn ask(&self, method: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let proof = if token.is_empty() {
            String::new()
        } else {
            format!("Authorization: Bearer {token}\r\n")
        };
        // Of this version, so that the answer ends with the connection.
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: {}\r\n{proof}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    /// Stops it gently.
    pub fn stop(mut self) {
        assert!(terminate(&mut self.child).success());
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

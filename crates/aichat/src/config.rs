//! Owns how the configuration is put together: a TOML file, then `AICHAT_*` variables, then flags. Every mistake is
//! reported, all together, before a port is bound. docs/aichat.toml lists every key with its default.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::carriage::NatsTopics;
use crate::deployment::{Addresses, Hidden, one_or_many};
use crate::target::Target;

/// The whole configuration.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// Where it was read from.
    pub(crate) source: Source,
    pub(crate) process: Process,
    pub(crate) telemetry: chassis::telemetry::Config,
    pub(crate) links: Addresses,
    pub(crate) mail: mail::Config,
    pub(crate) gateway: api_gateway::Config,
    pub(crate) auth: auth::Config,
    pub(crate) user: user::Config,
    pub(crate) chat: chat::Config,
    pub(crate) realtime: realtime_gateway::Config,
    pub(crate) ai: ai_gateway::Config,
    pub(crate) agents: ai_chat_host::Config,
    pub(crate) cards: ai_model_cards::Config,
    pub(crate) orders: orders::Config,
    pub(crate) expiration: expiration::Config,
    pub(crate) payments: payments::Config,
    pub(crate) post: post::Config,
    pub(crate) feed: feed::Config,
    pub(crate) media: media::Config,
    pub(crate) notification: notification::Config,
}

/// What concerns the process itself: the keys outside any section.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Process {
    /// Address and port of the public door.
    pub(crate) listen: SocketAddr,
    /// Folder of the embedded data.
    pub(crate) data_dir: PathBuf,
    /// Whether demo people, rooms and messages are loaded.
    pub(crate) demo_data: bool,
    /// What is logged, as in `info,chat=debug`.
    pub(crate) log: String,
    /// Whether logs are JSON lines.
    pub(crate) log_json: bool,
    /// The services in this process.
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) target: Vec<Target>,
    /// Whether other processes of the same user may listen at the same address.
    pub(crate) share_port: bool,
    /// Tells products on the same servers apart.
    pub(crate) namespace: String,
    /// Where documents are kept.
    pub(crate) mongodb_url: Option<Hidden>,
    /// What is not missed after a restart.
    pub(crate) redis_url: Option<Hidden>,
    /// Servers of the topics on Kafka, `host:port` separated by commas.
    pub(crate) kafka_url: Option<Hidden>,
    /// Servers of the topics on NATS.
    pub(crate) nats_url: Option<Hidden>,
    /// The topics on NATS; all others are on Kafka.
    pub(crate) nats_topics: NatsTopics,
    /// How often a process on servers shows that it works there.
    pub(crate) sign_ms: u64,
    /// What processes of one cluster prove themselves by.
    pub(crate) cluster_secret: Option<Hidden>,
    /// File whose content is the same.
    pub(crate) cluster_secret_file: Option<PathBuf>,
}

impl Default for Process {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data_dir: "data".into(),
            demo_data: false,
            log: "info".into(),
            log_json: false,
            target: vec![Target::All],
            share_port: false,
            namespace: "aichat".into(),
            mongodb_url: None,
            redis_url: None,
            kafka_url: None,
            nats_url: None,
            nats_topics: NatsTopics::default(),
            sign_ms: crate::occupancy::BEAT_MS,
            cluster_secret: None,
            cluster_secret_file: None,
        }
    }
}

/// The sections, as they stand in the file.
#[rustfmt::skip]
const SECTIONS: &[&str] = &[
    "telemetry", "links", "mail", "gateway", "auth", "user", "chat", "realtime", "ai", "agents", "cards", "orders", "expiration", "payments",
    "post", "feed", "media", "notification",
];
/// Beginnings of `AICHAT_*` variables that are no configuration keys: the file's name, what tests use, and what Kubernetes
/// sets for a Service named `aichat`.
const NOT_KEYS: &[&str] = &[
    "AICHAT_CONFIG",
    "AICHAT_TEST_",
    "AICHAT_BIN",
    "AICHAT_UPDATE",
    "AICHAT_PORT",
    "AICHAT_SERVICE_",
];

/// What the configuration was put together from, so that it can be read again.
#[derive(Clone, Default)]
pub(crate) struct Source {
    flags: Flags,
    env: BTreeMap<String, String>,
}

impl Source {
    /// Returns the file, if there is one.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        let named = || self.env.get("AICHAT_CONFIG").map(PathBuf::from);
        self.flags.config.clone().or_else(named)
    }

    /// Reads the configuration again.
    pub(crate) fn read(&self) -> anyhow::Result<Config> {
        Config::from_parts(self.flags.clone(), &self.env)
    }
}

/// Variables may hold secrets: nothing is shown.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Source")
    }
}

/// What the command line says, as keys.
#[derive(Clone, Default)]
pub(crate) struct Flags {
    pub(crate) config: Option<PathBuf>,
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) demo_data: bool,
    pub(crate) target: Vec<Target>,
}

impl Config {
    /// Puts the configuration together from the process's environment and `flags`.
    pub(crate) fn load(flags: Flags) -> anyhow::Result<Self> {
        // A variable that is no Unicode cannot be one of ours.
        let readable = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self::from_parts(flags, &std::env::vars_os().filter_map(readable).collect())
    }

    /// Puts the configuration together from `env` and `flags`.
    pub(crate) fn from_parts(flags: Flags, env: &BTreeMap<String, String>) -> anyhow::Result<Self> {
        let source = Source {
            flags: flags.clone(),
            env: env.clone(),
        };
        let mut table = source.file().as_deref().map(read).transpose()?.unwrap_or_default();
        let mut mistakes = Vec::new();
        for (name, value) in env.iter().filter(|(name, _)| name.starts_with("AICHAT_")) {
            // Compose files and shells pass on addresses that nobody has set as empty ones.
            let unset = value.is_empty() && name.ends_with("_URL");
            if !unset && !NOT_KEYS.iter().any(|other| name.starts_with(other)) {
                set_from_env(&mut table, name, value, &mut mistakes);
            }
        }
        if let Some(listen) = flags.listen {
            table.insert("listen".into(), listen.to_string().into());
        }
        if let Some(dir) = flags.data_dir {
            table.insert("dataDir".into(), dir.display().to_string().into());
        }
        if flags.demo_data {
            table.insert("demoData".into(), true.into());
        }
        if !flags.target.is_empty() {
            let names: Vec<&str> = flags.target.iter().map(|target| target.name()).collect();
            table.insert("target".into(), names.into());
        }
        let config = Self::read_sections(table, source, &mut mistakes);
        match config {
            Some(config) if mistakes.is_empty() => Ok(config),
            _ => {
                let mut text = format!("the configuration has {} mistake(s):", mistakes.len());
                for mistake in mistakes {
                    let _ = write!(text, "\n  - {mistake}");
                }
                bail!(text)
            }
        }
    }

    fn read_sections(mut table: Table, source: Source, mistakes: &mut Vec<String>) -> Option<Self> {
        let telemetry = section(&mut table, "telemetry", mistakes);
        let links = section(&mut table, "links", mistakes);
        let mail = section(&mut table, "mail", mistakes);
        let gateway = section(&mut table, "gateway", mistakes);
        let auth = section(&mut table, "auth", mistakes);
        let user = section(&mut table, "user", mistakes);
        let chat = section(&mut table, "chat", mistakes);
        let realtime = section(&mut table, "realtime", mistakes);
        let ai = section::<ai_gateway::Config>(&mut table, "ai", mistakes);
        let agents = section(&mut table, "agents", mistakes);
        let cards = section(&mut table, "cards", mistakes);
        let orders = section(&mut table, "orders", mistakes);
        let expiration = section(&mut table, "expiration", mistakes);
        let payments = section::<payments::Config>(&mut table, "payments", mistakes);
        let post = section(&mut table, "post", mistakes);
        let feed = section(&mut table, "feed", mistakes);
        let media = section(&mut table, "media", mistakes);
        let notification = section(&mut table, "notification", mistakes);
        let process = parse::<Process>("", Value::Table(table), mistakes);
        let process = process.map(|process| process.with_secret_file(mistakes));
        let ai = ai.map(|ai| ai.with_environment(|name| source.env.get(name).cloned()));
        let payments = payments.map(|payments| payments.with_environment(|name| source.env.get(name).cloned()));
        Some(Self {
            source,
            process: process?,
            telemetry: telemetry?,
            links: links?,
            mail: mail?,
            gateway: gateway?,
            auth: auth?,
            user: user?,
            chat: chat?,
            realtime: realtime?,
            ai: ai?,
            agents: agents?,
            cards: cards?,
            orders: orders?,
            expiration: expiration?,
            payments: payments?,
            post: post?,
            feed: feed?,
            media: media?,
            notification: notification?,
        })
    }
}

/// Says which models answer, for people.
pub(crate) fn describe_ai(ai: &ai_gateway::Config) -> String {
    if ai.is_demo() {
        return "Demo: scripted replies, no AI model".into();
    }
    let names: Vec<String> = ai
        .providers
        .iter()
        .map(|p| match p.models.as_slice() {
            [] => format!("{} (its own models)", p.name),
            models => format!("{} ({})", p.name, models.join(", ")),
        })
        .collect();
    names.join("; ")
}

fn read(path: &Path) -> anyhow::Result<Table> {
    let text = std::fs::read_to_string(path).with_context(|| format!("configuration file {}", path.display()))?;
    text.parse()
        .with_context(|| format!("configuration file {}", path.display()))
}

fn section<T: DeserializeOwned>(table: &mut Table, name: &str, mistakes: &mut Vec<String>) -> Option<T> {
    let value = table.remove(name).unwrap_or_else(|| Value::Table(Table::new()));
    parse(name, value, mistakes)
}

fn parse<T: DeserializeOwned>(name: &str, value: Value, mistakes: &mut Vec<String>) -> Option<T> {
    match value.try_into() {
        Ok(parsed) => Some(parsed),
        Err(error) => {
            let place = if name.is_empty() {
                String::new()
            } else {
                format!("[{name}] ")
            };
            mistakes.push(format!("{place}{}", error.to_string().trim().replace('\n', " ")));
            None
        }
    }
}

/// `AICHAT_DATA_DIR` is `dataDir`; `AICHAT_MAIL__FROM` is `from` in `[mail]`. A value that is no TOML is a string.
fn set_from_env(table: &mut Table, name: &str, value: &str, mistakes: &mut Vec<String>) {
    let path = name.trim_start_matches("AICHAT_").to_lowercase();
    let mut parts: Vec<String> = path.split("__").map(camel_case).collect();
    let key = parts.pop().unwrap_or_default();
    if let Some(section) = parts.first().filter(|section| !SECTIONS.contains(&section.as_str())) {
        mistakes.push(format!(
            "{name}: there is no section `{section}`; there are: {}",
            SECTIONS.join(", ")
        ));
        return;
    }
    let mut target = table;
    for part in parts {
        let entry = target.entry(part.clone()).or_insert_with(|| Value::Table(Table::new()));
        let Some(inner) = entry.as_table_mut() else {
            mistakes.push(format!("{name}: `{part}` is no section"));
            return;
        };
        target = inner;
    }
    target.insert(key, literal(value));
}

fn camel_case(snake: &str) -> String {
    let mut words = snake.split('_');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut chars = word.chars();
        out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(chars.as_str());
    }
    out
}

/// Only what cannot be a plain word or path is read as TOML: true, numbers, lists, tables, quoted strings.
fn literal(value: &str) -> Value {
    let looks =
        value.starts_with(['[', '{', '"', '\'']) || value.parse::<f64>().is_ok() || matches!(value, "true" | "false");
    let parsed = looks.then(|| format!("v = {value}").parse::<Table>().ok()).flatten();
    parsed
        .and_then(|mut t| t.remove("v"))
        .unwrap_or_else(|| Value::String(value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn flags_win_over_variables_and_these_over_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("aichat.toml");
        std::fs::write(
            &file,
            "listen = \"127.0.0.1:1\"\ndataDir = \"/file\"\n[gateway]\ndeadlineSeconds = 7\n",
        )
        .unwrap();
        let env = env(&[
            ("AICHAT_LISTEN", "127.0.0.1:2"),
            ("AICHAT_DATA_DIR", "/env"),
            ("AICHAT_GATEWAY__USER_REQUESTS_BURST", "9"),
            ("AICHAT_MAIL__FROM", "A <a@b.c>"),
        ]);
        let flags = Flags {
            config: Some(file),
            listen: "127.0.0.1:3".parse().ok(),
            ..Flags::default()
        };
        let config = Config::from_parts(flags, &env).unwrap();
        assert_eq!(config.process.listen.port(), 3);
        assert_eq!(config.process.data_dir, PathBuf::from("/env"));
        assert_eq!(
            (config.gateway.deadline_seconds, config.gateway.user_requests_burst),
            (7, 9)
        );
        assert_eq!(config.mail.from, "A <a@b.c>");
    }

    #[test]
    fn all_mistakes_are_reported_together() {
        let env = env(&[
            ("AICHAT_LISTEN", "nowhere"),
            ("AICHAT_GATEWAY__DEADLINE_SECONDS", "soon"),
            ("AICHAT_CHATS__X", "1"),
            ("AICHAT_AUTH__COLOUR", "red"),
        ]);
        let text = Config::from_parts(Flags::default(), &env).unwrap_err().to_string();
        for part in ["4 mistake(s)", "[gateway]", "chats", "colour"] {
            assert!(text.contains(part), "{part} not in: {text}");
        }
    }

    #[test]
    fn the_commented_file_lists_every_key_with_its_default() {
        let text = include_str!("../../../docs/aichat.toml");
        // Taking the comment signs off the keys must give a file that changes nothing.
        let keys: String = text
            .lines()
            .map(|line| {
                line.strip_prefix("#")
                    .filter(|rest| !rest.starts_with([' ', '#']))
                    .unwrap_or(line)
            })
            .collect::<Vec<_>>()
            .join("\n");
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("aichat.toml");
        std::fs::write(&file, keys).unwrap();
        let listed = Config::from_parts(
            Flags {
                config: Some(file),
                ..Flags::default()
            },
            &BTreeMap::new(),
        )
        .unwrap();
        let default = Config::from_parts(Flags::default(), &BTreeMap::new()).unwrap();
        assert_eq!(format!("{listed:#?}"), format!("{default:#?}"));
    }
}

//! Owns what the configuration says about a deployment: which services are here, which servers they stand on, where the
//! other services are; and whether that can work. Everything that is missing is named at once, before a port is bound.

use std::fmt;

use anyhow::bail;
use chassis::link::SECRET_BYTES_MIN;
use serde::{Deserialize, Deserializer};

use crate::config::{Config, Process};
use crate::target::{Need, Target};

/// The keys of the brokers' URLs.
pub(crate) const KAFKA: &str = "kafkaUrl";
pub(crate) const NATS: &str = "natsUrl";

/// Longest `namespace`.
const NAMESPACE_MAX: usize = 32;
/// Least and greatest `signMs`.
const SIGN_MS: std::ops::RangeInclusive<u64> = 100..=60_000;

/// A value that is not shown: a secret, or a URL that may hold a password.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Hidden(String);

impl Hidden {
    /// Returns the value.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// Reads a list, or one word, or words separated by commas.
pub(crate) fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<String>,
    T::Error: fmt::Display,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Words {
        One(String),
        Many(Vec<String>),
    }
    let words = match Words::deserialize(deserializer)? {
        Words::One(words) => words.split(',').map(|word| word.trim().to_owned()).collect(),
        Words::Many(words) => words,
    };
    let parse = |word: String| T::try_from(word).map_err(serde::de::Error::custom);
    words.into_iter().filter(|word| !word.is_empty()).map(parse).collect()
}

/// Where the services of other processes are: `[links]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Addresses {
    #[serde(deserialize_with = "one_or_many")]
    auth: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    user: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    friendship: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    chat: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    realtime_gateway: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    ai_gateway: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    ai_chat_host: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    ai_model_cards: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    orders: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    payments: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    post: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    feed: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    media: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    notification: Vec<String>,
}

impl Addresses {
    /// Returns each service that others ask, its key, and its addresses.
    fn table(&self) -> [(Target, &'static str, &Vec<String>); 14] {
        [
            (Target::Auth, "auth", &self.auth),
            (Target::User, "user", &self.user),
            (Target::Friendship, "friendship", &self.friendship),
            (Target::Chat, "chat", &self.chat),
            (Target::RealtimeGateway, "realtimeGateway", &self.realtime_gateway),
            (Target::AiGateway, "aiGateway", &self.ai_gateway),
            (Target::AiChatHost, "aiChatHost", &self.ai_chat_host),
            (Target::AiModelCards, "aiModelCards", &self.ai_model_cards),
            (Target::Orders, "orders", &self.orders),
            (Target::Payments, "payments", &self.payments),
            (Target::Post, "post", &self.post),
            (Target::Feed, "feed", &self.feed),
            (Target::Media, "media", &self.media),
            (Target::Notification, "notification", &self.notification),
        ]
    }

    /// Returns the addresses of all services by name; none of one that nothing is known of.
    pub(crate) fn all(&self) -> Vec<(&'static str, Vec<String>)> {
        self.table()
            .map(|(target, _, addresses)| (target.name(), addresses.clone()))
            .into()
    }
}

impl Process {
    /// Tells whether a service is in this process.
    pub(crate) fn has(&self, target: Target) -> bool {
        self.target.contains(&target) || self.target.contains(&Target::All)
    }

    /// Tells whether a service in this process needs this part of a deployment.
    pub(crate) fn needs(&self, need: Need) -> bool {
        self.target
            .iter()
            .filter_map(|target| target.row())
            .any(|row| row.needs.contains(&need))
    }

    /// Returns the names of the services here, for other processes and people.
    pub(crate) fn target_names(&self) -> String {
        let names: Vec<&str> = self.target.iter().map(|target| target.name()).collect();
        names.join(",")
    }

    /// Takes the cluster secret out of its file, if it is in one.
    pub(crate) fn with_secret_file(mut self, mistakes: &mut Vec<String>) -> Self {
        if let Some(path) = &self.cluster_secret_file {
            match std::fs::read_to_string(path) {
                Ok(text) => self.cluster_secret = Some(Hidden(text.trim().to_owned())),
                Err(e) => mistakes.push(format!("clusterSecretFile {}: {e}", path.display())),
            }
        }
        self
    }

    /// Tells whether this URL is needed by whoever needs what it is for: a broker that carries no topic is not.
    fn takes_part(&self, key: &str) -> bool {
        let carried = self.nats_topics.divide();
        match key {
            KAFKA => !carried.kafka.is_empty(),
            NATS => !carried.nats.is_empty(),
            _ => true,
        }
    }

    /// Returns the keys of the servers' URLs, with what they are for and their values.
    fn servers(&self) -> [(&'static str, Need, &Option<Hidden>); 4] {
        [
            ("mongodbUrl", Need::Store, &self.mongodb_url),
            ("redisUrl", Need::Ephemeral, &self.redis_url),
            (KAFKA, Need::Bus, &self.kafka_url),
            (NATS, Need::Bus, &self.nats_url),
        ]
    }
}

impl Config {
    /// Tells whether every service is in this process.
    pub(crate) fn is_whole(&self) -> bool {
        self.process.target.contains(&Target::All)
    }

    /// Tells whether everything is kept in the data folder.
    pub(crate) fn is_embedded(&self) -> bool {
        self.is_whole() && self.process.servers().iter().all(|(_, _, url)| url.is_none())
    }

    /// Fails naming everything that this deployment lacks.
    pub(crate) fn require_deployable(&self) -> anyhow::Result<()> {
        let missing = self.missing();
        if missing.is_empty() {
            return Ok(());
        }
        let names = self.process.target_names();
        bail!(
            "`--target {names}` cannot run like this:\n  - {}",
            missing.join("\n  - ")
        )
    }

    fn missing(&self) -> Vec<String> {
        let process = &self.process;
        let mut missing = Vec::new();
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(1..=NAMESPACE_MAX).contains(&process.namespace.len()) || !process.namespace.chars().all(fits) {
            missing.push(format!("namespace must be 1 to {NAMESPACE_MAX} of a-z, 0-9 and `-`"));
        }
        if !SIGN_MS.contains(&process.sign_ms) {
            missing.push(format!("signMs must be {} to {}", SIGN_MS.start(), SIGN_MS.end()));
        }
        if process.target.is_empty() {
            missing.push("target names no service (`aichat targets` lists them)".into());
        }
        if self.is_embedded() {
            return missing;
        }
        let rows: Vec<_> = process.target.iter().filter_map(|target| target.row()).collect();
        for (key, need, url) in process.servers() {
            if url.is_none() && process.needs(need) && process.takes_part(key) {
                let word = format!("{need:?}").to_lowercase();
                missing.push(format!(
                    "{key} ({}) is missing: the {word} of all its processes",
                    variable(key)
                ));
            }
        }
        if self.is_whole() {
            return missing;
        }
        for (target, key, addresses) in self.links.table() {
            let asking = rows.iter().find(|row| row.asks.contains(&target));
            if let Some(row) = asking.filter(|_| addresses.is_empty() && !process.has(target)) {
                let (name, variable) = (row.name, variable(key));
                let variable = variable.replace("AICHAT_", "AICHAT_LINKS__");
                missing.push(format!(
                    "[links] {key} ({variable}) is missing: {name} asks {}",
                    target.name()
                ));
            }
        }
        if process
            .cluster_secret
            .as_ref()
            .is_none_or(|secret| secret.reveal().len() < SECRET_BYTES_MIN)
        {
            missing.push(format!(
                "clusterSecret (AICHAT_CLUSTER_SECRET) or clusterSecretFile must hold at least {SECRET_BYTES_MIN} bytes, the \
                 same for all processes"
            ));
        }
        // Without one, each process would make a secret of its own: sessions, addresses of files and Web Push keys of one were nothing to another.
        for (target, name, variable, file) in [
            (Target::Auth, "auth", "AUTH", &self.auth.secret_file),
            (Target::Media, "media", "MEDIA", &self.media.secret_file),
            (
                Target::Notification,
                "notification",
                "NOTIFICATION",
                &self.notification.secret_file,
            ),
        ] {
            if process.has(target) && file.is_none() {
                missing.push(format!(
                    "[{name}] secretFile (AICHAT_{variable}__SECRET_FILE) is missing: every process of {name}, on every machine, \
                     needs the same one"
                ));
            }
        }
        if process.has(Target::ApiGateway) && process.target.len() > 1 {
            missing.push("api-gateway has a process of its own, or is in `all`".into());
        }
        missing
    }
}

/// The variable of a key outside any section: `mongodbUrl` is `AICHAT_MONGODB_URL`.
fn variable(key: &str) -> String {
    let mut name = String::from("AICHAT_");
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_uppercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::config::Flags;

    fn config(pairs: &[(&str, &str)]) -> Config {
        let env: BTreeMap<String, String> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Config::from_parts(Flags::default(), &env).unwrap()
    }

    const SERVERS: &[(&str, &str)] = &[
        ("AICHAT_MONGODB_URL", "mongodb://127.0.0.1:1/"),
        ("AICHAT_REDIS_URL", "redis://:secret@127.0.0.1:2/"),
        ("AICHAT_KAFKA_URL", "127.0.0.1:3"),
        ("AICHAT_NATS_URL", "nats://127.0.0.1:4"),
    ];

    #[test]
    fn without_urls_all_is_embedded_and_with_all_four_it_is_on_servers() {
        let embedded = config(&[]);
        assert!(embedded.is_embedded() && embedded.is_whole() && embedded.missing().is_empty());
        let servers = config(SERVERS);
        assert!(!servers.is_embedded() && servers.is_whole() && servers.missing().is_empty());
        assert!(!format!("{servers:?}").contains("secret@"), "passwords are not printed");
    }

    #[test]
    fn a_mixture_names_everything_that_is_missing() {
        let some = config(&SERVERS[..2]).require_deployable().unwrap_err().to_string();
        assert!(
            some.contains("AICHAT_KAFKA_URL") && some.contains("AICHAT_NATS_URL"),
            "{some}"
        );
        let chat = config(&[
            ("AICHAT_TARGET", "chat,auth,media,notification"),
            ("AICHAT_CLUSTER_SECRET", "short"),
        ]);
        let chat = chat.require_deployable().unwrap_err().to_string();
        for part in [
            "AICHAT_MONGODB_URL",
            "AICHAT_REDIS_URL",
            "AICHAT_KAFKA_URL",
            "AICHAT_NATS_URL",
            "AICHAT_LINKS__USER",
            "AICHAT_LINKS__FRIENDSHIP",
            "AICHAT_LINKS__AI_CHAT_HOST",
            "AICHAT_CLUSTER_SECRET",
            "AICHAT_AUTH__SECRET_FILE",
            "AICHAT_MEDIA__SECRET_FILE",
            "AICHAT_NOTIFICATION__SECRET_FILE",
        ] {
            assert!(chat.contains(part), "{part} not in: {chat}");
        }
        assert!(
            !chat.contains("AICHAT_LINKS__AUTH") && !chat.contains("AI_GATEWAY"),
            "{chat}"
        );
    }

    #[test]
    fn a_broker_that_carries_no_topic_is_not_needed() {
        let without = |broker: &str, topics: &str| {
            let mut pairs = SERVERS.to_vec();
            pairs.retain(|(name, _)| *name != broker);
            pairs.push(("AICHAT_NATS_TOPICS", topics));
            config(&pairs).missing()
        };
        assert_eq!(without("AICHAT_KAFKA_URL", "*"), Vec::<String>::new());
        assert_eq!(without("AICHAT_NATS_URL", "[]"), Vec::<String>::new());
        for (broker, topics) in [
            ("AICHAT_KAFKA_URL", "commerce.,chat."),
            ("AICHAT_NATS_URL", "commerce."),
        ] {
            let missing = without(broker, topics);
            assert!(missing.len() == 1 && missing[0].contains(broker), "{missing:?}");
        }
    }

    #[test]
    fn a_service_that_has_all_it_needs_may_run_alone() {
        let links = [
            ("AICHAT_TARGET", "realtime-gateway"),
            ("AICHAT_CLUSTER_SECRET", "0123456789abcdef0123456789abcdef"),
            ("AICHAT_LINKS__AUTH", "http://127.0.0.1:11"),
            ("AICHAT_LINKS__USER", "http://127.0.0.1:12"),
            ("AICHAT_LINKS__FRIENDSHIP", "http://127.0.0.1:13"),
            ("AICHAT_LINKS__CHAT", "http://127.0.0.1:14, http://127.0.0.1:15"),
            ("AICHAT_LINKS__AI_CHAT_HOST", r#"["http://127.0.0.1:16"]"#),
        ];
        // It keeps no documents.
        let config = config(&[&links, &SERVERS[1..]].concat());
        assert_eq!(config.missing(), Vec::<String>::new());
        let chat = config
            .links
            .all()
            .into_iter()
            .find(|(name, _)| *name == "chat")
            .unwrap()
            .1;
        assert_eq!(chat, ["http://127.0.0.1:14", "http://127.0.0.1:15"]);
    }

    #[test]
    fn every_service_that_is_asked_has_a_key_for_its_addresses() {
        let known: Vec<Target> = Addresses::default()
            .table()
            .iter()
            .map(|(target, ..)| *target)
            .collect();
        for row in crate::target::TARGETS {
            assert!(row.asks.iter().all(|asked| known.contains(asked)), "{}", row.name);
        }
    }
}

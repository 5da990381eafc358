//! Owns which broker carries which topic: the beginnings of the names of those that travel on NATS. Refuses to know the
//! brokers.

use contracts::Topic;
use contracts::event::topic;
use serde::Deserialize;

use crate::deployment::one_or_many;

/// Stands for every topic.
const ALL: &str = "*";
/// Topics that money hangs on.
const COMMERCE: &str = "commerce.";

/// The topics on NATS; all others are on Kafka.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct NatsTopics(#[serde(deserialize_with = "one_or_many")] Vec<Beginning>);

/// How the names of some topics begin; there is at least one such.
#[derive(Clone, Debug)]
struct Beginning(String);

/// Which topics travel on each broker, in the order of the list of topics.
pub(crate) struct Carried {
    pub(crate) kafka: Vec<Topic>,
    pub(crate) nats: Vec<Topic>,
}

impl Default for NatsTopics {
    fn default() -> Self {
        Self(vec![Beginning(COMMERCE.to_owned())])
    }
}

impl NatsTopics {
    /// Divides all topics.
    pub(crate) fn divide(&self) -> Carried {
        let on_nats = |topic: &Topic| self.0.iter().any(|beginning| beginning.fits(topic));
        let (nats, kafka) = topic::ALL.iter().copied().partition(on_nats);
        Carried { kafka, nats }
    }
}

impl Beginning {
    fn fits(&self, topic: &Topic) -> bool {
        self.0 == ALL || topic.name.starts_with(&self.0)
    }
}

impl TryFrom<String> for Beginning {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        let beginning = Self(word);
        if topic::ALL.iter().any(|topic| beginning.fits(topic)) {
            return Ok(beginning);
        }
        let names: Vec<&str> = topic::ALL.iter().map(|topic| topic.name).collect();
        Err(format!(
            "natsTopics: no topic begins with `{}`; there are: {}, and `{ALL}` stands for all",
            beginning.0,
            names.join(", ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::config::{Config, Flags};

    fn divided(value: Option<&str>) -> Result<Carried, String> {
        let env: BTreeMap<String, String> = value
            .map(|value| ("AICHAT_NATS_TOPICS".to_owned(), value.to_owned()))
            .into_iter()
            .collect();
        let config = Config::from_parts(Flags::default(), &env).map_err(|e| e.to_string())?;
        Ok(config.process.nats_topics.divide())
    }

    fn names(topics: &[Topic]) -> Vec<&'static str> {
        topics.iter().map(|topic| topic.name).collect()
    }

    #[test]
    fn by_default_commerce_is_on_nats_and_all_others_on_kafka() {
        let carried = divided(None).unwrap();
        let is_commerce = |name: &&str| name.starts_with("commerce.");
        assert!(names(&carried.nats).iter().all(is_commerce));
        assert!(!names(&carried.kafka).iter().any(is_commerce));
        assert_eq!(carried.nats.len() + carried.kafka.len(), topic::ALL.len());
    }

    #[test]
    fn beginnings_choose_topics_and_each_topic_is_carried_once() {
        let commerce = topic::ALL
            .iter()
            .filter(|topic| topic.name.starts_with(COMMERCE))
            .count();
        for (value, on_nats) in [
            (r#"["commerce.", "chat."]"#, commerce + 3),
            ("commerce.,chat.,chat.message.", commerce + 3),
            ("chat.message.v1", 1),
            ("*", topic::ALL.len()),
            ("", 0),
            ("[]", 0),
        ] {
            let carried = divided(Some(value)).unwrap();
            assert_eq!(carried.nats.len(), on_nats, "{value}");
            let mut all = names(&[carried.kafka, carried.nats].concat());
            all.sort_unstable();
            let mut known = names(topic::ALL);
            known.sort_unstable();
            assert_eq!(all, known, "{value}");
        }
    }

    #[test]
    fn a_beginning_that_no_topic_has_is_a_mistake_that_lists_the_topics() {
        let error = divided(Some("commerce.,comerce.")).err().unwrap();
        assert!(
            error.contains("`comerce.`") && error.contains("chat.message.v1"),
            "{error}"
        );
    }
}

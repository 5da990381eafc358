//! Owns the names on the cluster and what each kind of client is told. Refuses to open connections.

use std::sync::Arc;
use std::time::Duration;

use contracts::Topic;
use rdkafka::ClientConfig;

use super::KafkaOptions;
use super::poller::COMMIT_EVERY;

/// What stands between a topic's name and the group's in the name of a topic of dead letters.
const LETTERS: &str = ".dlq.";
/// Longest time for one request to a broker; a broker that does not answer is given up after it.
const REQUEST_MAX: Duration = Duration::from_secs(10);
/// How much longer than its slowest handler a member may go without a poll until the group gives its partitions to others.
const POLL_SLACK: Duration = Duration::from_secs(120);

/// A topic as it stands on the cluster.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub topic: Topic,
    /// The name that events carry.
    pub name: Arc<str>,
    /// The name on the cluster: with the prefix.
    pub wire: Arc<str>,
}

/// Addresses and options of one bus.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    brokers: String,
    pub options: KafkaOptions,
}

impl Settings {
    /// Takes a list `host:port,host:port`.
    pub fn new(brokers: &str, options: KafkaOptions) -> Self {
        Self {
            brokers: brokers.to_owned(),
            options,
        }
    }

    /// Names a topic on the cluster.
    pub fn channel(&self, topic: Topic) -> Channel {
        Channel {
            topic,
            name: topic.name.into(),
            wire: format!("{}{}", self.options.prefix, topic.name).into(),
        }
    }

    /// Names the topic of a group's dead letters.
    pub fn letters_of(&self, channel: &Channel, group: &str) -> String {
        format!("{}{LETTERS}{group}", channel.wire)
    }

    /// Reads topic and group from the name of a topic of dead letters, if it is one of this bus.
    pub fn of_letters<'a>(&self, wire: &'a str) -> Option<(&'a str, &'a str)> {
        wire.strip_prefix(&*self.options.prefix)?.split_once(LETTERS)
    }

    /// Names a group on the cluster.
    pub fn group(&self, group: &str) -> String {
        format!("{}{group}", self.options.prefix)
    }

    /// Tells a producer: everything durable, in order, each once while it lives; a message has no time limit of its own, because
    /// one that is given up alone would be overtaken by those behind it.
    pub fn producer(&self) -> ClientConfig {
        let mut config = self.client();
        config
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("message.timeout.ms", "0")
            .set("linger.ms", "1")
            .set("compression.type", "lz4")
            .set("queue.buffering.max.messages", "100000")
            .set("queue.buffering.max.kbytes", "65536");
        config
    }

    /// Tells a member of a group; the client commits what the member has stored in it by hand, nothing else.
    pub fn member(&self, group: &str, handler_max: Duration) -> ClientConfig {
        let poll_max = handler_max.saturating_add(POLL_SLACK).as_millis().min(86_400_000);
        let mut config = self.reader(group);
        config
            .set("enable.auto.commit", "true")
            .set("auto.commit.interval.ms", COMMIT_EVERY.as_millis().to_string())
            .set("group.protocol", "classic")
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("session.timeout.ms", self.options.session.as_millis().to_string())
            .set("heartbeat.interval.ms", self.options.heartbeat.as_millis().to_string())
            .set("max.poll.interval.ms", poll_max.to_string())
            .set("auto.offset.reset", "earliest");
        config
    }

    /// Tells a consumer that is given its partitions by us, or asks about `group` only.
    pub fn reader(&self, group: &str) -> ClientConfig {
        let mut config = self.client();
        config
            .set("group.id", self.group(group))
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("allow.auto.create.topics", "false")
            .set("fetch.error.backoff.ms", "100")
            .set("fetch.queue.backoff.ms", "50")
            .set("queued.max.messages.kbytes", "16384");
        config
    }

    /// Tells whoever makes topics.
    pub fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.brokers)
            .set("client.id", "aichat")
            .set("socket.nagle.disable", "true")
            .set("socket.keepalive.enable", "true")
            .set("socket.timeout.ms", REQUEST_MAX.as_millis().to_string())
            .set("reconnect.backoff.ms", "50")
            .set("reconnect.backoff.max.ms", "1000");
        config
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_letters_are_read_back() {
        let prefix = KafkaOptions {
            prefix: "dev.".into(),
            ..KafkaOptions::default()
        };
        let settings = Settings::new("localhost:9092", prefix);
        let channel = settings.channel(contracts::event::topic::ROOM);
        let wire = settings.letters_of(&channel, "feed.counters");
        assert_eq!(wire, "dev.chat.room.v1.dlq.feed.counters");
        assert_eq!(settings.of_letters(&wire), Some(("chat.room.v1", "feed.counters")));
        assert_eq!(settings.of_letters("chat.room.v1.dlq.feed"), None, "another bus's");
        assert_eq!(settings.of_letters("dev.chat.room.v1"), None);
    }
}

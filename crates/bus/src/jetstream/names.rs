//! Owns how topics, partitions, groups and keys are written in the names and subjects of JetStream. Refuses to talk to a server.

use std::fmt::Write as _;

use contracts::{Event, Topic};

use crate::BusError;

/// Longest key of an event, in bytes: it stands in subjects.
pub(super) const KEY_BYTES_MAX: usize = 512;
/// Longest name of a group, in bytes.
const GROUP_BYTES_MAX: usize = 64;

/// Writes any text as one token of a subject: letters, digits, `-` and `_` stay, every other byte becomes `=` and two hex digits.
pub(super) fn token(text: &str) -> String {
    let mut token = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
            token.push(char::from(byte));
        } else {
            let _ = write!(token, "={byte:02X}");
        }
    }
    token
}

/// Checks a group's name: it stands in subjects and in names of consumers.
pub(super) fn check_group(group: &str) -> Result<(), BusError> {
    let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if group.is_empty() || group.len() > GROUP_BYTES_MAX || !group.bytes().all(good) {
        return Err(BusError::Refused(format!(
            "{group:?} is no name of a group: 1 to {GROUP_BYTES_MAX} of A-Z a-z 0-9 - _ ."
        )));
    }
    Ok(())
}

/// The names that belong to one topic.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// First part of all subjects of the topic, such as `commerce.order.v1`.
    pub subject: String,
    /// The stream of its events.
    pub stream: String,
    /// The stream of its dead letters.
    pub letters: String,
}

impl Names {
    /// Names what belongs to a topic, under a prefix.
    pub fn new(prefix: &str, topic: Topic) -> Self {
        let stream = format!("{prefix}{}", topic.name).replace('.', "-");
        Self {
            subject: format!("{prefix}{}", topic.name),
            letters: format!("{stream}-dlq"),
            stream,
        }
    }

    /// Returns the subject of an event: topic, partition, and the last word of its kind.
    pub fn of_event(&self, event: &Event, partition: u16) -> String {
        let bare = event.kind.strip_prefix("aichat.").unwrap_or(&event.kind);
        let bare = bare.strip_suffix(".v1").unwrap_or(bare);
        let word = bare.rsplit('.').next().filter(|w| !w.is_empty()).unwrap_or("event");
        format!("{}.p{partition}.{}", self.subject, token(word))
    }

    /// Returns what matches the events of one partition.
    pub fn of_partition(&self, partition: u16) -> String {
        format!("{}.p{partition}.*", self.subject)
    }

    /// Returns what matches all dead letters of a group.
    pub fn letters_of_group(&self, group: &str) -> String {
        format!("{}.dlq.{}.>", self.subject, token(group))
    }

    /// Returns what matches the dead letters of a key.
    pub fn letters_of_key(&self, group: &str, partition: u16, key: &str) -> String {
        format!("{}.dlq.{}.p{partition}.k{}.*", self.subject, token(group), token(key))
    }

    /// Returns the subject of the dead letter of the event at an offset: each has its own, so that it is written once.
    pub fn of_letter(&self, group: &str, partition: u16, key: &str, offset: i64) -> String {
        format!(
            "{}.dlq.{}.p{partition}.k{}.{offset}",
            self.subject,
            token(group),
            token(key)
        )
    }
}

/// Reads the offset at the end of a letter's subject.
pub(super) fn offset_of_letter(subject: &str) -> Option<i64> {
    subject.rsplit('.').next()?.parse().ok()
}

/// Names the consumer of a group in a partition. A partition that is taken anew gets a consumer of its own: whoever held it
/// before can neither read nor ack any more.
pub(super) fn consumer(group: &str, partition: u16, epoch: u64) -> String {
    format!("{}_p{partition}_{epoch}", token(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_key_is_one_token_and_two_keys_are_two() {
        let tokens: Vec<String> = ["a.b", "a=2Eb", "a b", "käse\n", "*", ">", "", "a_b-C9"]
            .map(token)
            .to_vec();
        assert_eq!(tokens[0], "a=2Eb");
        assert_eq!(tokens[1], "a=3D2Eb");
        assert_eq!(tokens[7], "a_b-C9");
        for token in &tokens {
            assert!(!token.contains(['.', ' ', '*', '>', '\n']), "{token}");
            assert_eq!(tokens.iter().filter(|t| *t == token).count(), 1);
        }
    }

    #[test]
    fn the_subject_says_topic_partition_and_what_happened() {
        let topic = Topic {
            name: "commerce.order.v1",
            partitions: 8,
        };
        let names = Names::new("", topic);
        assert_eq!(names.of_partition(3), "commerce.order.v1.p3.*");
        assert_eq!(
            names.of_letter("orders", 3, "k.1", 7),
            "commerce.order.v1.dlq.orders.p3.kk=2E1.7"
        );
        assert_eq!(offset_of_letter("commerce.order.v1.dlq.orders.p3.kk=2E1.7"), Some(7));
        let ambient = kernel::Ambient::system();
        let event = Event {
            id: ambient.id(),
            topic: topic.name.into(),
            kind: "aichat.order.paid.v1".into(),
            key: "k".into(),
            time: ambient.now(),
            bytes: bytes::Bytes::new(),
        };
        assert_eq!(names.of_event(&event, 3), "commerce.order.v1.p3.paid");
    }

    #[test]
    fn a_group_must_fit_into_a_subject() {
        check_group("feed.counters").unwrap();
        for bad in ["", "a b", "a>", "ä", &"a".repeat(65)] {
            assert!(check_group(bad).is_err(), "{bad}");
        }
    }
}

//! Owns how the streams are set up, and the check that the server has set them up so. Refuses to change a stream that is there.

use std::time::Duration;

use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream};
use contracts::Topic;

use super::JetStreamOptions;
use super::link::{Link, away};
use super::names::Names;
use crate::BusError;

/// An event id that comes again within this time is dropped by the server.
pub(super) const DUPLICATE_WINDOW: Duration = Duration::from_secs(600);
/// Older servers ignore what is asked of them here without a word.
const SERVER_MIN: (u32, u32) = (2, 12);
/// Bytes of the bucket in which the processes tell each other who holds what.
const BUCKET_BYTES_MAX: i64 = 64 << 20;
/// What the server answers for a stream that is not there.
const NOT_FOUND: u64 = 10_059;

/// Refuses a server that is too old.
pub(super) fn check_version(version: &str) -> Result<(), BusError> {
    let mut numbers = version.split(['.', '-']).map(|n| n.parse::<u32>().unwrap_or(0));
    let is = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if is < SERVER_MIN {
        let (major, minor) = SERVER_MIN;
        return Err(BusError::Refused(format!(
            "the NATS server is {version}; {major}.{minor} at least is needed"
        )));
    }
    Ok(())
}

/// The stream of a topic's events.
pub(super) fn of_topic(options: &JetStreamOptions, topic: Topic, names: &Names) -> Config {
    Config {
        name: names.stream.clone(),
        subjects: (0..topic.partitions).map(|p| names.of_partition(p)).collect(),
        discard: DiscardPolicy::Old,
        max_age: options.retention,
        duplicate_window: DUPLICATE_WINDOW,
        ..plain(options)
    }
}

/// The stream of a topic's dead letters: one subject a letter, so that each stands there once and can be removed.
pub(super) fn of_letters(options: &JetStreamOptions, names: &Names) -> Config {
    Config {
        name: names.letters.clone(),
        subjects: vec![format!("{}.dlq.>", names.subject)],
        discard: DiscardPolicy::New,
        max_messages_per_subject: 1,
        allow_message_ttl: true,
        ..plain(options)
    }
}

/// The stream under the key-value bucket.
pub(super) fn of_bucket(options: &JetStreamOptions, bucket: &str) -> Config {
    Config {
        name: format!("KV_{bucket}"),
        subjects: vec![format!("$KV.{bucket}.>")],
        discard: DiscardPolicy::New,
        max_bytes: BUCKET_BYTES_MAX,
        max_messages_per_subject: 1,
        allow_rollup: true,
        deny_delete: true,
        allow_message_ttl: true,
        ..plain(options)
    }
}

fn plain(options: &JetStreamOptions) -> Config {
    Config {
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        max_bytes: i64::try_from(options.bytes_max).unwrap_or(i64::MAX),
        num_replicas: options.replicas,
        allow_direct: true,
        ..Config::default()
    }
}

/// Returns a stream, making it when it is not there and may be made. `Refused` when it is set up otherwise, or the server has not
/// understood.
pub(super) async fn ensure(link: &Link, existing_only: bool, wanted: &Config) -> Result<Stream, BusError> {
    link.patiently("setting up a stream", || ensure_once(link, existing_only, wanted))
        .await
}

async fn ensure_once(link: &Link, existing_only: bool, wanted: &Config) -> Result<Stream, BusError> {
    let stream = match link.context.get_stream(&wanted.name).await {
        Ok(stream) => stream,
        Err(e) if is_missing(&e.kind()) && existing_only => {
            return Err(BusError::Absent(format!("there is no stream {}", wanted.name)));
        }
        Err(e) if is_missing(&e.kind()) => link.context.create_stream(wanted.clone()).await.map_err(away)?,
        Err(e) => return Err(away(e)),
    };
    compare(wanted, &stream.cached_info().config)?;
    Ok(stream)
}

fn is_missing(kind: &GetStreamErrorKind) -> bool {
    matches!(kind, GetStreamErrorKind::JetStream(e) if e.error_code().0 == NOT_FOUND)
}

/// Compares what matters.
fn compare(wanted: &Config, is: &Config) -> Result<(), BusError> {
    let told = |c: &Config| {
        let (mut subjects, stored) = (c.subjects.clone(), (c.storage, c.retention, c.discard));
        subjects.sort();
        // The server writes -1 for what has no limit, and has a window of its own where none was asked for.
        let of_subject = c.max_messages_per_subject.max(0);
        let window = (of_subject == 0).then_some(c.duplicate_window);
        let limits = (c.max_age, c.max_bytes, of_subject, c.num_replicas);
        let allowed = (c.allow_message_ttl, c.allow_direct, c.deny_delete);
        format!("subjects {subjects:?}, stored {stored:?}, limits {limits:?}, window {window:?}, allowed {allowed:?}")
    };
    let (wanted_is, is_told) = (told(wanted), told(is));
    if wanted_is != is_told {
        let name = &wanted.name;
        return Err(BusError::Refused(format!(
            "the stream {name} is not set up as it must be; wanted: {wanted_is}; it is: {is_told}"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_server_is_refused() {
        for good in ["2.12.0", "2.15.1", "3.0", "2.12.0-RC.1"] {
            check_version(good).unwrap();
        }
        for old in ["2.9.10", "2.11.99", "", "x"] {
            assert!(matches!(check_version(old), Err(BusError::Refused(_))), "{old}");
        }
    }
}

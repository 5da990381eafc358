//! Owns making topics and looking that they are as they must be. Refuses to change one that is there.

use std::collections::HashMap;
use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::FromClientConfig as _;
use rdkafka::metadata::MetadataPartition;
use rdkafka::types::RDKafkaErrorCode;

use super::{ANSWER_MAX, Settings, unavailable};
use crate::BusError;

/// Within this a topic that was made is known to the cluster.
const MADE_MAX: Duration = Duration::from_secs(15);
/// Pause between two looks for it.
const LOOK: Duration = Duration::from_millis(20);

/// What a topic keeps.
#[derive(Clone, Copy, Debug)]
pub(super) enum Keeps {
    /// Everything for so long.
    For(Duration),
    /// The last record of each key, for ever.
    Last,
}

/// A topic that must be there.
pub(super) struct Wanted {
    pub wire: String,
    pub partitions: u16,
    pub keeps: Keeps,
}

/// Makes those of `wanted` that are not there. `Refused` when one has another number of partitions, `Absent` when one is not to be made, `Unavailable` when the
/// cluster does not answer in time.
pub(super) async fn ensure(settings: &Settings, wanted: Vec<Wanted>) -> Result<(), BusError> {
    let config = settings.client();
    // Opening and closing a client blocks, as does asking for metadata.
    let admin = blocking(move || AdminClient::from_config(&config).map_err(unavailable)).await?;
    let (admin, there) = counts(admin).await?;
    let missing: Vec<&Wanted> = wanted.iter().filter(|w| !there.contains_key(&w.wire)).collect();
    if let Some(absent) = missing.first().filter(|_| settings.options.existing_only) {
        return Err(BusError::Absent(format!("there is no topic {}", absent.wire)));
    }
    if !missing.is_empty() {
        make(settings, &admin, &missing).await?;
    }
    let began = tokio::time::Instant::now();
    let (mut admin, mut there) = (admin, there);
    while let Some(absent) = wanted.iter().find(|w| !there.contains_key(&w.wire)) {
        if began.elapsed() > MADE_MAX {
            return Err(BusError::Unavailable(format!(
                "topic {} was made and is not there",
                absent.wire
            )));
        }
        tokio::time::sleep(LOOK).await;
        (admin, there) = counts(admin).await?;
    }
    let wrong = wanted
        .iter()
        .find(|w| there.get(&w.wire) != Some(&usize::from(w.partitions)));
    let answer = wrong.map_or(Ok(()), |w| {
        let has = there.get(&w.wire).copied().unwrap_or_default();
        Err(BusError::Refused(format!(
            "topic {} has {has} partitions, not {}",
            w.wire, w.partitions
        )))
    });
    blocking(move || {
        drop(admin);
        answer
    })
    .await
}

/// Removes every topic whose name begins with `prefix`, which must not be empty.
pub(super) async fn remove_all(settings: &Settings) -> Result<(), BusError> {
    if settings.options.prefix.is_empty() {
        return Err(BusError::Refused(
            "without a prefix all topics of the cluster would go".into(),
        ));
    }
    let config = settings.client();
    let admin = blocking(move || AdminClient::from_config(&config).map_err(unavailable)).await?;
    let (admin, there) = counts(admin).await?;
    let ours: Vec<&str> = there
        .keys()
        .filter(|name| name.starts_with(&settings.options.prefix))
        .map(String::as_str)
        .collect();
    if !ours.is_empty() {
        admin.delete_topics(&ours, &options()).await.map_err(unavailable)?;
    }
    blocking(move || {
        drop(admin);
        Ok(())
    })
    .await
}

type Admin = AdminClient<DefaultClientContext>;

fn options() -> AdminOptions {
    AdminOptions::new()
        .request_timeout(Some(ANSWER_MAX))
        .operation_timeout(Some(ANSWER_MAX))
}

async fn make(settings: &Settings, admin: &Admin, missing: &[&Wanted]) -> Result<(), BusError> {
    let kept: Vec<String> = missing
        .iter()
        .map(|w| match w.keeps {
            Keeps::For(time) => time.as_millis().to_string(),
            Keeps::Last => "-1".to_owned(),
        })
        .collect();
    let topics: Vec<NewTopic<'_>> = missing
        .iter()
        .zip(&kept)
        .map(|(w, kept)| {
            let replication = TopicReplication::Fixed(settings.options.replication.unwrap_or(-1));
            let policy = if matches!(w.keeps, Keeps::Last) {
                "compact"
            } else {
                "delete"
            };
            NewTopic::new(&w.wire, i32::from(w.partitions), replication)
                .set("cleanup.policy", policy)
                .set("retention.ms", kept)
        })
        .collect();
    let made = admin.create_topics(&topics, &options()).await.map_err(unavailable)?;
    for topic in made {
        match topic {
            // Another process of ours was quicker.
            Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((name, code)) => return Err(BusError::Unavailable(format!("topic {name} cannot be made: {code}"))),
        }
    }
    Ok(())
}

/// Returns the number of partitions of every topic there is.
async fn counts(admin: Admin) -> Result<(Admin, HashMap<String, usize>), BusError> {
    blocking(move || {
        let all = admin.inner().fetch_metadata(None, ANSWER_MAX).map_err(unavailable)?;
        // A topic that was just made is there when all its partitions are led.
        let there = all.topics().iter().filter(|t| {
            let led = |p: &MetadataPartition| p.leader() >= 0 && p.error().is_none();
            t.error().is_none() && !t.partitions().is_empty() && t.partitions().iter().all(led)
        });
        let there = there.map(|t| (t.name().to_owned(), t.partitions().len())).collect();
        Ok((admin, there))
    })
    .await
}

/// Runs what blocks beside the async runtime.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BusError> + Send + 'static,
) -> Result<T, BusError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(e) => Err(BusError::Unavailable(format!("the work was not finished: {e}"))),
    }
}

//! Owns what `aichat doctor` asks of servers: whether they answer, are set up as the product needs them, and what their consumers could not
//! deal with. What documents say is not read. May be asked while the product runs.

use std::time::Duration;

use bus::{Bus, BusError};
use kernel::Ambient;

use super::{PARKED_NAMED_MAX, Report, Wishes, release_all, space};
use crate::config::{Config, Process};
use crate::deployment::{Hidden, KAFKA, NATS};
use crate::holdings::given_up;
use crate::ports::{self, Broker, Instance};
use crate::target::Need;

/// Longest wait for one answer of MongoDB or Redis.
const ANSWER_MAX: Duration = Duration::from_secs(3);
/// The oldest MongoDB that is known to do.
const MONGODB_MIN: u32 = 5;
/// What Redis must do when its memory is full.
const EVICTION: &str = "noeviction";

/// Looks at every server that the services in this process need.
pub(super) async fn check(config: &Config, wishes: Wishes, report: &mut Report) {
    let process = &config.process;
    if process.data_dir.exists() {
        report.note("space", space(&process.data_dir));
    }
    let mut begun = true;
    if let Some(url) = needed(process, Need::Store, &process.mongodb_url) {
        let found = mongodb(url, &process.namespace).await;
        let answers = found.is_ok();
        report.note("MongoDB", found);
        if answers {
            let there = ports::instance(process, &Ambient::system()).await;
            begun = !matches!(there, Ok(Instance::None));
            report.note("data", data(there, &process.namespace));
        }
    }
    if let Some(url) = needed(process, Need::Ephemeral, &process.redis_url) {
        report.note("Redis", redis(url).await);
    }
    if !process.needs(Need::Bus) {
        return;
    }
    for carried in ports::brokers(process) {
        let (name, url, key) = match carried.0 {
            Broker::Kafka => ("Kafka", &process.kafka_url, KAFKA),
            Broker::Nats => ("NATS", &process.nats_url, NATS),
        };
        // Without its URL, the deployment is not whole, which was said.
        if url.is_some() {
            match ports::open_broker(process, &carried, true, &Ambient::system()).await {
                Ok(bus) => {
                    let found = events(&*bus, &carried.1, wishes.release).await;
                    bus.close().await;
                    report.note(name, found);
                }
                Err(error) => report.note(name, unopened(&error, begun, key)),
            }
        }
    }
}

fn needed<'a>(process: &Process, need: Need, url: &'a Option<Hidden>) -> Option<&'a str> {
    url.as_ref().filter(|_| process.needs(need)).map(Hidden::reveal)
}

async fn mongodb(url: &str, namespace: &str) -> Result<String, String> {
    let found = store::mongodb::examine(url, &format!("{namespace}_doctor"), ANSWER_MAX).await;
    let found = found.map_err(|e| format!("{e}. {}", unreachable("mongodbUrl")))?;
    let version = &found.version;
    if let Err(why) = found.transactions {
        return Err(format!(
            "{version} refuses transactions ({why}). Run it as a replica set, of one member if need be: start mongod with `--replSet rs0` \
             and call `rs.initiate()` once in mongosh."
        ));
    }
    let major = version.split('.').next().and_then(|n| n.parse::<u32>().ok());
    if major.is_some_and(|major| major < MONGODB_MIN) {
        return Err(format!("{version} is too old; {MONGODB_MIN}.0 at least is needed."));
    }
    let set = found
        .replica_set
        .map_or_else(|| "not named".into(), |name| format!("`{name}`"));
    Ok(format!(
        "{version} answers, transactions work, its replica set is {set}"
    ))
}

fn data(there: anyhow::Result<Instance>, namespace: &str) -> Result<String, String> {
    match there {
        Ok(Instance::None) => Ok(format!(
            "nothing is there under `{namespace}` yet; the first start makes it"
        )),
        Ok(Instance::Whole) => Ok("there; documents on servers are not looked into".into()),
        Ok(Instance::Unfinished(words)) => Err(words),
        Err(error) => Err(format!("{error:#}")),
    }
}

async fn redis(url: &str) -> Result<String, String> {
    let found = ephemeral::redis::examine(url, ANSWER_MAX).await;
    let found = found.map_err(|e| format!("{e}. {}", unreachable("redisUrl")))?;
    match &*found.eviction {
        EVICTION => Ok(format!("{} answers and evicts nothing", found.version)),
        other => Err(format!(
            "when its memory is full it throws keys away (maxmemory-policy is {other}): deadlines, leases and ends of sessions would go. \
             `CONFIG SET maxmemory-policy {EVICTION}`, and the same in its configuration."
        )),
    }
}

/// Says what a bus holds that its consumers could not deal with.
async fn events(bus: &dyn Bus, topics: &[contracts::Topic], release: bool) -> Result<String, String> {
    let words = |e: BusError| e.to_string();
    let mut parked = bus.parked(PARKED_NAMED_MAX).await.map_err(words)?;
    let found = parked.len();
    if release {
        parked = release_all(bus, parked).await?;
    }
    let passed_over = given_up(bus, topics).await.map_err(|e| format!("{e:#}"))?;
    let passed_over: Vec<String> = passed_over
        .iter()
        .map(|(topic, group, number)| format!("{number} of {topic} by {group}"))
        .collect();
    let mut told = format!("answers, its {} topics are there", topics.len());
    if release && found > parked.len() {
        told += &format!(", {} parked keys are handed out again", found - parked.len());
    }
    if !passed_over.is_empty() {
        told += &format!("; dead letters that nobody waits for: {}", passed_over.join(", "));
    }
    if parked.is_empty() {
        return Ok(format!("{told}; no key is parked"));
    }
    let letters = count_letters(bus, topics, &parked).await.map_err(words)?;
    Err(format!(
        "{told}; events could not be handled and {letters} wait: {}. Mend the cause (the log names it), then run `aichat doctor --release`; the \
         product may run.",
        super::named(&parked)
    ))
}

/// Letters of one group and topic that are read.
const LETTERS_MAX: usize = 256;

/// Counts the dead letters of parked keys.
async fn count_letters(
    bus: &dyn Bus,
    topics: &[contracts::Topic],
    parked: &[bus::ParkedKey],
) -> Result<usize, BusError> {
    let mut places: Vec<(&str, &str)> = parked.iter().map(|key| (&*key.topic, &*key.group)).collect();
    places.sort_unstable();
    places.dedup();
    let mut count = 0;
    for (topic, group) in places {
        if let Some(topic) = topics.iter().find(|t| t.name == topic) {
            let letters = bus.dead_letters(*topic, group, LETTERS_MAX).await?;
            let of_parked = |key: &&bus::DeadLetter| {
                let held = |p: &bus::ParkedKey| p.topic == topic.name && p.group == group && *p.key == *key.event.key;
                parked.iter().any(held)
            };
            count += letters.iter().filter(of_parked).count();
        }
    }
    Ok(count)
}

/// Says why a broker cannot be used. Before the first start it has no topics.
fn unopened(error: &anyhow::Error, begun: bool, key: &str) -> Result<String, String> {
    match error.downcast_ref::<BusError>() {
        Some(BusError::Absent(what)) if !begun => Ok(format!("answers; {what}, the first start makes them")),
        Some(BusError::Absent(what)) => Err(format!(
            "{what}, and the instance is there. If it was never started with this broker, the next start makes what is missing. If not, \
             somebody deleted it, with the events in it: look for a backup before you start."
        )),
        Some(BusError::Refused(why)) => Err(format!(
            "{why}. What is there was set up otherwise, or by another version of the server: mend that; the product changes nothing."
        )),
        Some(BusError::Unavailable(why)) => Err(format!("{why}. {}", unreachable(key))),
        None => Err(format!("{error:#}")),
    }
}

fn unreachable(key: &str) -> String {
    format!("Does it run, does {key} name it, do name and password hold, does a firewall let this machine through?")
}

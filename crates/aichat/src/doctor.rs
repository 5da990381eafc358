//! Owns `aichat doctor`: it looks at configuration and data and says what is wrong and what to do. It changes nothing
//! that a start would not.

mod servers;

use std::path::Path;
use std::sync::Arc;

use bus::Bus;
use bus::embedded::EmbeddedBus;
use contracts::event::topic;
use kernel::Ambient;
use store::{Store, StoreError};

use crate::cli::DoctorArgs;
use crate::config::{Config, Flags, describe_ai};
use crate::{claim, compose, holdings};

/// Runs every check and fails when one found something.
pub(crate) fn doctor(args: DoctorArgs) -> anyhow::Result<()> {
    let common = args.common;
    let config = Config::load(Flags {
        config: common.config,
        data_dir: common.data_dir,
        ..Flags::default()
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut report = Report::default();
    report.note(
        "configuration",
        Ok(format!("read; the AI is {}", describe_ai(&config.ai))),
    );
    let deployable = config.require_deployable().map_err(|e| format!("{e:#}"));
    report.note("deployment", deployable.map(|()| "whole".into()));
    let wishes = Wishes {
        release: args.release,
        recount: args.recount,
    };
    runtime.block_on(check(&config, wishes, &mut report));
    if report.wrong > 0 {
        anyhow::bail!("{} thing(s) to mend, see above", report.wrong);
    }
    println!("All is well.");
    Ok(())
}

/// What is to be mended, besides being looked at.
#[derive(Clone, Copy)]
struct Wishes {
    release: bool,
    recount: bool,
}

#[derive(Default)]
struct Report {
    wrong: usize,
}

impl Report {
    fn note(&mut self, what: &str, found: Result<String, String>) {
        match found {
            Ok(words) => println!("ok     {what}: {words}"),
            Err(words) => {
                self.wrong += 1;
                println!("WRONG  {what}: {words}");
            }
        }
    }
}

async fn check(config: &Config, wishes: Wishes, report: &mut Report) {
    let dir = &config.process.data_dir;
    if !config.is_embedded() {
        servers::check(config, wishes, report).await;
        return;
    }
    if !dir.exists() {
        report.note("address", address(config));
        report.note(
            "data",
            Ok(format!(
                "{} does not exist yet; the first start makes it",
                dir.display()
            )),
        );
        return;
    }
    report.note("space", space(dir));
    if let Err(unfinished) = claim::refuse_unfinished(dir) {
        report.note("data", Err(format!("{unfinished:#}")));
        return;
    }
    let _lock = match compose::own(dir) {
        Ok(lock) => lock,
        Err(busy) => {
            report.note("data", Ok(format!("not looked into: {busy:#}")));
            return;
        }
    };
    report.note("address", address(config));
    report.note("events", events(dir, wishes.release).await);
    for name in compose::STORES {
        report.note(name, documents(config, name, wishes).await);
    }
}

async fn events(dir: &Path, release: bool) -> Result<String, String> {
    let path = dir.join("bus.db");
    let bus = EmbeddedBus::open(&path, bus::embedded::Options::default(), Ambient::system(), topic::ALL);
    let bus = bus.map_err(|e| format!("{e}. {RESTORE}"))?;
    let parked = bus.parked(PARKED_NAMED_MAX).await.map_err(|e| e.to_string());
    let parked = match parked {
        Ok(parked) if release => release_all(&*bus, parked).await,
        other => other,
    };
    bus.close().await;
    let parked = parked?;
    if parked.is_empty() {
        return Ok(format!("{} opens, no key is parked", path.display()));
    }
    Err(format!(
        "events could not be handled and wait behind them: {}. Mend the cause (the log names it), then run `aichat doctor --release` and start again.",
        named(&parked)
    ))
}

fn named(parked: &[bus::ParkedKey]) -> String {
    let names: Vec<String> = parked
        .iter()
        .map(|p| format!("{} of {} for {}", p.key, p.topic, p.group))
        .collect();
    names.join("; ")
}

/// Gives the dead letters of these keys back to their groups; returns the keys that could not be.
async fn release_all(bus: &dyn Bus, parked: Vec<bus::ParkedKey>) -> Result<Vec<bus::ParkedKey>, String> {
    let mut left = Vec::new();
    for key in parked {
        let topic = topic::ALL.iter().find(|topic| topic.name == key.topic);
        match topic {
            Some(topic) => drop(
                bus.release(*topic, &key.group, &key.key)
                    .await
                    .map_err(|e| e.to_string())?,
            ),
            None => left.push(key),
        }
    }
    Ok(left)
}

/// How many parked keys are named.
const PARKED_NAMED_MAX: usize = 20;

async fn documents(config: &Config, name: &str, wishes: Wishes) -> Result<String, String> {
    let dir = &config.process.data_dir;
    let store = compose::open_store(dir, name, &Ambient::system()).map_err(|e| format!("{e:#}. {RESTORE}"))?;
    let found = match name {
        "chat" => recount(&store).await,
        "post" => count_posts(dir, &store, wishes.recount).await,
        "notification" => count_items(config, &store).await,
        _ => count(&store, name).await.map_err(|e| e.to_string()),
    };
    store.close().await;
    found
}

/// Recounts reactions, comments and shares. Counters follow their events: what is still on its way is missing in them.
async fn count_posts(dir: &Path, store: &Arc<dyn Store>, mend: bool) -> Result<String, String> {
    let found = post::verify(store).await.map_err(|e| e.to_string())?;
    let counted = format!(
        "{} posts, {} reactions, comments and shares recounted",
        found.posts, found.counted
    );
    if found.is_clean() {
        return Ok(counted);
    }
    let wait = tallies_wait(dir, store).await?;
    if mend && !wait {
        post::recount(store).await.map_err(|e| e.to_string())?;
        if post::verify(store).await.map_err(|e| e.to_string())?.is_clean() {
            return Ok(format!(
                "{counted}; counters were {} off and are right now",
                found.drift
            ));
        }
    }
    if found.defects == 0 && wait {
        return Ok(format!(
            "{counted}; counters are {} off, as events wait that the next start counts",
            found.drift
        ));
    }
    Err(format!(
        "{counted}; counters are {} off, {} promises do not hold: {}. Keep a copy of the folder and report it; `aichat doctor --recount` puts counters right.",
        found.drift,
        found.defects,
        found.named.join("; ")
    ))
}

/// Tells whether events wait that change the counters of posts.
async fn tallies_wait(dir: &Path, store: &Arc<dyn Store>) -> Result<bool, String> {
    if store.outbox_depth().await.map_err(|e| e.to_string())? > 0 {
        return Ok(true);
    }
    let path = dir.join("bus.db");
    let bus = EmbeddedBus::open(&path, bus::embedded::Options::default(), Ambient::system(), topic::ALL);
    let bus = bus.map_err(|e| format!("{e}. {RESTORE}"))?;
    let mut wait = false;
    for topic in [topic::POST, topic::COMMENT, topic::REACTION] {
        for partition in 0..topic.partitions {
            let some = bus.undelivered(topic, &["post.tally"], partition, 0).await;
            wait |= !some.map_err(|e| e.to_string())?.is_empty();
        }
    }
    bus.close().await;
    Ok(wait)
}

/// Counts what people were told.
async fn count_items(config: &Config, store: &Arc<dyn Store>) -> Result<String, String> {
    let found = notification::verify(store, Ambient::system(), config.notification.clone()).await;
    let found = found.map_err(|e| e.to_string())?;
    let counted = format!(
        "{} items of {} people, {} unread",
        found.items, found.people, found.unread
    );
    match found.drift {
        0 => Ok(counted),
        drift => Err(format!(
            "{counted}, {drift} do not hold: {}. Keep a copy of the folder and report it.",
            found.wrong.join("; ")
        )),
    }
}

/// Counts the documents of a service, reading each once.
async fn count(store: &Arc<dyn Store>, service: &str) -> Result<String, StoreError> {
    let listed = holdings::COLLECTIONS.iter().find(|(name, _)| *name == service);
    let mut counts = Vec::new();
    for spec in listed.map_or(&[][..], |(_, specs)| specs) {
        store.declare(*spec).await?;
        let (mut documents, mut after) = (0, None);
        loop {
            let page = store.scan(spec.collection, after.take(), SCAN).await?;
            documents += page.len();
            match page.last() {
                Some(last) if page.len() == SCAN => after = Some(last.id.clone()),
                _ => break,
            }
        }
        counts.push(format!("{documents} {}", spec.collection));
    }
    Ok(format!("opens, {}", counts.join(", ")))
}

/// Documents that are read at once.
const SCAN: usize = 256;

/// What to do about a file that does not open.
const RESTORE: &str = "Restore the file from a backup, or move it away to start anew without it.";

/// Recounts sequences and unread counters from the messages.
async fn recount(store: &Arc<dyn Store>) -> Result<String, String> {
    let found = chat::verify(store).await.map_err(|e| e.to_string())?;
    let counted = format!(
        "{} rooms, {} messages, {} unread counters recounted",
        found.rooms, found.messages, found.counters
    );
    if found.is_clean() {
        return Ok(counted);
    }
    Err(format!(
        "{counted}, {} do not hold: {}. Keep a copy of the folder and report it.",
        found.defects,
        found.named.join("; ")
    ))
}

fn address(config: &Config) -> Result<String, String> {
    let listen = config.process.listen;
    match std::net::TcpListener::bind(listen) {
        Ok(_) => Ok(format!("{listen} is free")),
        Err(error) => Err(format!(
            "{listen}: {error}. Stop who listens there, or set AICHAT_LISTEN."
        )),
    }
}

/// Least free space that lets SQLite work in peace.
const FREE_BYTES_MIN: u64 = 256 * 1024 * 1024;

fn space(dir: &Path) -> Result<String, String> {
    let free = free_bytes(dir).map_err(|e| e.to_string())?;
    let words = format!("{} MiB free", free / (1024 * 1024));
    if free >= FREE_BYTES_MIN {
        Ok(words)
    } else {
        Err(format!("{words}; make room, or writes will fail"))
    }
}

fn free_bytes(dir: &Path) -> std::io::Result<u64> {
    let stat = rustix::fs::statvfs(dir)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

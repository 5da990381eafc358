//! Owns `aichat import`: the way of a whole instance out of a file into one that is empty. Refuses to mix it with anything.
//!
//! The file is read twice: first to prove it whole and unchanged, before anything is touched, then to bring it in. While
//! that lasts a note stands where every process sees it; with it the instance does not start, and the same import goes on where
//! it was broken off. At the end all documents are counted and summed up where they are now, and the events looked for.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Context as _, bail};
use bus::PUBLISH_EVENTS_MAX;
use contracts::Event;
use kernel::EventId;
use store::Stored;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::archive::{End, Item, Reader};
use crate::claim::put;
use crate::cli::FileArgs;
use crate::config::Config;
use crate::export::{configured, runtime, summary, unless_stopped};
use crate::holdings::{GROUPS, Holdings};
use crate::signals::stop_asked;

/// Documents that are written at once.
const BATCH: usize = 256;
/// Bytes of documents after which a batch is written.
const BATCH_BYTES: usize = 4 << 20;
/// Batches that are written side by side: while servers make one durable the next ones are on their way.
const WRITES: usize = 4;

/// Brings the instance in a file into an empty one.
pub(crate) fn import(args: FileArgs) -> anyhow::Result<()> {
    let config = configured(args.common)?;
    // What is written here is people's messages and the server secret.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let end = runtime()?.block_on(async { read(&config, &args.file, &stop_asked()?).await })?;
    print!("{}", end.collections);
    println!("{} is imported and verified: {}", args.file.display(), summary(&end));
    Ok(())
}

/// A file that has been read to its end once.
struct Proven {
    end: End,
    files: Vec<(String, String)>,
    collections: Vec<String>,
}

fn prove(path: &Path) -> anyhow::Result<Proven> {
    let mut reader = Reader::open(path)?;
    let mut files = Vec::new();
    while let Some(item) = reader.next()? {
        if let Item::File(name, text) = item {
            files.push((name, text));
        }
    }
    let end = reader.finish()?;
    Ok(Proven {
        collections: end.collections.0.keys().cloned().collect(),
        files,
        end,
    })
}

/// Brings everything in the file at `path` into the instance, which must be empty, and proves it. When it is stopped it ends as it does
/// when it fails: the same import goes on.
pub(crate) async fn read(config: &Config, path: &Path, stop: &CancellationToken) -> anyhow::Result<End> {
    let proven = prove(path)?;
    let holdings = Holdings::open(config, &proven.end.sha256).await?;
    let brought = bring(&holdings, path, &proven, stop).await;
    holdings.close().await;
    brought?;
    Ok(proven.end)
}

async fn bring(holdings: &Holdings, path: &Path, proven: &Proven, stop: &CancellationToken) -> anyhow::Result<()> {
    if let Some(unknown) = proven.collections.iter().find(|of| !holdings.has(of)) {
        bail!(
            "{} holds documents of {unknown}, which this version does not know; use a later one",
            path.display()
        );
    }
    let again = goes_on(holdings, &proven.end).await?;
    let places = holdings.files();
    let mut files = Vec::new();
    for (name, text) in &proven.files {
        let place = places.iter().find(|(known, _)| known == name).map(|(_, place)| place);
        let place = place.with_context(|| format!("{} holds an unknown file {name}", path.display()))?;
        match std::fs::read_to_string(place) {
            Ok(there) if there.trim() == text.trim() => {}
            Ok(_) => bail!(
                "{} is another than that of the export; move it away first",
                place.display()
            ),
            Err(_) => files.push((place, text)),
        }
    }
    if !again {
        holdings.require_empty().await?;
        holdings.claim().begin(&proven.end.sha256).await?;
    }
    for (place, text) in files {
        put(place, text)?;
    }
    let mut bringing = Bringing::to(holdings, again).await?;
    bringing.all(path, stop).await?;
    // From here on nothing is on its way that would have to arrive first.
    unless_stopped(stop, async {
        bringing.check_events().await?;
        let found = holdings.figures().await?;
        let checked = proven.end.collections.check(&found);
        checked.context("what is there now is not what the export holds; empty it and import again")
    })
    .await?;
    holdings.claim().require_held().await?;
    holdings.claim().finish().await
}

/// Tells whether this import goes on with one that was broken off. Fails when that was another.
async fn goes_on(holdings: &Holdings, end: &End) -> anyhow::Result<bool> {
    match holdings.claim().unfinished().await? {
        Some(sum) if sum == end.sha256 => Ok(true),
        Some(_) => bail!(
            "the import of another file into {} was broken off: go on with that one, or empty it",
            holdings.place()
        ),
        None => Ok(false),
    }
}

/// An import on its way.
struct Bringing<'a> {
    holdings: &'a Holdings,
    /// Whether it goes on with one that was broken off.
    again: bool,
    documents: Documents,
    events: Vec<Event>,
    /// Events that an import which was broken off has published.
    there: HashSet<EventId>,
    /// Events that a group must find waiting at the end.
    awaited: HashSet<EventId>,
}

impl<'a> Bringing<'a> {
    async fn to(holdings: &'a Holdings, again: bool) -> anyhow::Result<Self> {
        Ok(Self {
            // Not every backend drops an event that it has seen.
            there: if again {
                holdings.undelivered_ids().await?
            } else {
                HashSet::new()
            },
            holdings,
            again,
            documents: Documents::default(),
            events: Vec::new(),
            awaited: HashSet::new(),
        })
    }

    async fn all(&mut self, path: &Path, stop: &CancellationToken) -> anyhow::Result<()> {
        let brought = self.each(path, stop).await;
        // Whatever failed: nothing is on its way any more when this ends.
        let written = self.documents.end().await;
        brought.and(written)?;
        self.publish().await
    }

    async fn each(&mut self, path: &Path, stop: &CancellationToken) -> anyhow::Result<()> {
        let mut reader = Reader::open(path)?;
        while let Some(item) = reader.next()? {
            if stop.is_cancelled() {
                bail!("stopped by a signal");
            }
            match item {
                Item::File(..) => {}
                Item::Document(of, document) => {
                    if of != self.documents.of || self.documents.is_full() {
                        self.documents.write(self.holdings, self.again).await?;
                        self.documents.of = of;
                    }
                    self.documents.bytes += document.body.len();
                    self.documents.batch.push(document);
                }
                Item::Event(event) => self.event(event).await?,
            }
        }
        self.documents.write(self.holdings, self.again).await
    }

    async fn event(&mut self, event: Event) -> anyhow::Result<()> {
        if GROUPS.iter().any(|(topic, _)| topic.name == &*event.topic) {
            self.awaited.insert(event.id);
        }
        if self.there.contains(&event.id) {
            return Ok(());
        }
        self.events.push(event);
        if self.events.len() == PUBLISH_EVENTS_MAX {
            self.publish().await?;
        }
        Ok(())
    }

    async fn publish(&mut self) -> anyhow::Result<()> {
        if self.events.is_empty() {
            return Ok(());
        }
        self.holdings.publish(&std::mem::take(&mut self.events)).await
    }

    /// Fails unless every event is where its groups will find it.
    async fn check_events(&self) -> anyhow::Result<()> {
        if self.awaited.is_empty() {
            return Ok(());
        }
        let found = self.holdings.undelivered_ids().await?;
        let lost = self.awaited.difference(&found).count();
        if lost > 0 {
            bail!("{lost} events under way are not where they were published to");
        }
        Ok(())
    }
}

/// Documents of one collection on their way.
#[derive(Default)]
struct Documents {
    of: String,
    batch: Vec<Stored>,
    bytes: usize,
    writing: JoinSet<anyhow::Result<()>>,
}

impl Documents {
    fn is_full(&self) -> bool {
        self.batch.len() >= BATCH || self.bytes >= BATCH_BYTES
    }

    async fn write(&mut self, holdings: &Holdings, again: bool) -> anyhow::Result<()> {
        self.bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() {
            return Ok(());
        }
        if self.writing.len() >= WRITES
            && let Some(written) = self.writing.join_next().await
        {
            written??;
        }
        self.writing.spawn(holdings.restore(&self.of, batch, again)?);
        Ok(())
    }

    /// Waits for all that is being written.
    async fn end(&mut self) -> anyhow::Result<()> {
        let mut first = Ok(());
        while let Some(written) = self.writing.join_next().await {
            first = first.and(written.map_err(anyhow::Error::from).flatten());
        }
        first
    }
}

#[cfg(test)]
mod tests;

//! Owns `aichat import`: the way of a whole instance out of a file into one that is empty. Refuses to mix it with anything.
//!
//! The file is read twice: first to prove it whole and unchanged, before anything is touched, then to bring it in. While
//! that lasts a note stands in the data folder; with it the folder does not start, and the same import goes on where
//! it was broken off. At the end all documents are counted and summed up where they are now.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use bus::PUBLISH_EVENTS_MAX;
use contracts::Event;
use store::Stored;

use crate::archive::{End, Item, Reader};
use crate::cli::FileArgs;
use crate::config::Config;
use crate::export::{configured, runtime, summary};
use crate::holdings::Holdings;

/// Names the note that an import is under way; it holds the file's sum.
const UNFINISHED: &str = "import-unfinished";
/// Documents that are written at once.
const BATCH: usize = 256;
/// Bytes of documents after which a batch is written.
const BATCH_BYTES: usize = 4 << 20;

/// Brings the instance in a file into an empty one.
pub(crate) fn import(args: FileArgs) -> anyhow::Result<()> {
    let config = configured(args.common)?;
    // What is written here is people's messages and the server secret.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let end = runtime()?.block_on(read(&config, &args.file))?;
    print!("{}", end.collections);
    println!("{} is imported and verified: {}", args.file.display(), summary(&end));
    Ok(())
}

/// Fails when an import into this folder has not ended.
pub(crate) fn refuse_unfinished(dir: &Path) -> anyhow::Result<()> {
    if dir.join(UNFINISHED).exists() {
        bail!(
            "an import into {} was broken off: run `aichat import` with the same file again, or empty the folder",
            dir.display()
        );
    }
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

/// Brings everything in the file at `path` into the instance, which must be empty, and proves it.
pub(crate) async fn read(config: &Config, path: &Path) -> anyhow::Result<End> {
    let proven = prove(path)?;
    let holdings = Holdings::open(config).await?;
    let brought = bring(&holdings, path, &proven).await;
    holdings.close().await;
    brought?;
    std::fs::remove_file(config.process.data_dir.join(UNFINISHED))?;
    Ok(proven.end)
}

async fn bring(holdings: &Holdings, path: &Path, proven: &Proven) -> anyhow::Result<()> {
    if let Some(unknown) = proven.collections.iter().find(|of| !holdings.has(of)) {
        bail!(
            "{} holds documents of {unknown}, which this version does not know; use a later one",
            path.display()
        );
    }
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
    let again = begin(holdings, &proven.end).await?;
    for (place, text) in files {
        put(place, text)?;
    }
    bring_items(holdings, path, again).await?;
    let found = holdings.figures().await?;
    let checked = proven.end.collections.check(&found);
    checked.context("what is there now is not what the export holds; empty it and import again")
}

/// Notes that an import begins; returns whether it goes on with one that was broken off.
async fn begin(holdings: &Holdings, end: &End) -> anyhow::Result<bool> {
    let note = holdings.dir().join(UNFINISHED);
    match std::fs::read_to_string(&note) {
        Ok(sum) if sum.trim() == end.sha256 => Ok(true),
        Ok(_) => bail!(
            "the import of another file into {} was broken off: go on with that one, or empty the folder",
            holdings.dir().display()
        ),
        Err(_) => {
            holdings.require_empty().await?;
            put(&note, &end.sha256)?;
            Ok(false)
        }
    }
}

/// Writes a file, durable and whole or not at all; only its owner may read it.
fn put(place: &Path, text: &str) -> anyhow::Result<()> {
    let folder = place.parent().context("a file in a folder")?;
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(place)
        .map_err(|e| e.error)
        .with_context(|| place.display().to_string())?;
    Ok(std::fs::File::open(folder)?.sync_all()?)
}

async fn bring_items(holdings: &Holdings, path: &Path, again: bool) -> anyhow::Result<()> {
    let mut reader = Reader::open(path)?;
    let mut documents = Documents::default();
    let mut events: Vec<Event> = Vec::new();
    while let Some(item) = reader.next()? {
        match item {
            Item::File(..) => {}
            Item::Document(of, document) => {
                if of != documents.of || documents.is_full() {
                    documents.write(holdings, again).await?;
                    documents.of = of;
                }
                documents.bytes += document.body.len();
                documents.batch.push(document);
            }
            Item::Event(event) => {
                events.push(event);
                if events.len() == PUBLISH_EVENTS_MAX {
                    holdings.publish(&std::mem::take(&mut events)).await?;
                }
            }
        }
    }
    documents.write(holdings, again).await?;
    if !events.is_empty() {
        holdings.publish(&events).await?;
    }
    Ok(())
}

/// Documents of one collection on their way.
#[derive(Default)]
struct Documents {
    of: String,
    batch: Vec<Stored>,
    bytes: usize,
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
        holdings.restore(&self.of, batch, again).await
    }
}

#[cfg(test)]
mod tests;

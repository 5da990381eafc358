//! Owns the file in which an instance travels: its lines, their order, and the sums that prove it whole and unchanged.
//! Refuses to know stores and services.
//!
//! One JSON object a line, in UTF-8, gzip around it when the file's name ends in `.gz`:
//! ```text
//! {"head":{"format":1,"product":"0.1.0","at":"2026-01-01T00:00:00.000Z"}}
//! {"file":{"name":"auth.secret","text":"…"}}
//! {"document":{"of":"chat/messages","id":"…","version":3,"body":{…}}}
//! {"event":{"topic":"chat.message.v1","body":{…}}}
//! {"end":{"collections":{"chat/messages":{"count":1,"sha256":"…"}},"files":1,"events":1,"sha256":"…"}}
//! ```
//! Documents of a collection stand together, in the order of their ids. The last line's own sum is over the bytes of all
//! lines before it and what else it says itself.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use aws_lc_rs::digest;
use contracts::Event;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::Stored;
use tempfile::NamedTempFile;

use crate::figures::{Figures, Tally};

/// The format that this program writes; it reads no later one.
const FORMAT: u32 = 1;
/// The longest line: the largest document of a store, and what stands around it.
const LINE_BYTES_MAX: u64 = 20 << 20;
/// How a gzip file begins (RFC 1952).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    /// Version of the format.
    pub(crate) format: u32,
    /// Version of the product that wrote it.
    pub(crate) product: String,
    /// When.
    pub(crate) at: Timestamp,
}

/// A file beside the stores.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StateFile<'a> {
    /// Its name.
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    /// All of it.
    #[serde(borrow)]
    pub(crate) text: Cow<'a, str>,
}

/// A document.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DocumentLine<'a> {
    /// `service/collection`.
    #[serde(borrow)]
    of: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    version: u64,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// An event that somebody still waits for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EventLine<'a> {
    #[serde(borrow)]
    topic: Cow<'a, str>,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// The last line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct End {
    /// Figures of every collection, of empty ones too.
    pub(crate) collections: Figures,
    /// Number of files.
    pub(crate) files: u64,
    /// Number of events.
    pub(crate) events: u64,
    /// SHA-256 over all lines before this one, and what else this one says.
    pub(crate) sha256: String,
}

impl End {
    fn new(collections: Figures, files: u64, events: u64, mut sum: digest::Context) -> serde_json::Result<Self> {
        sum.update(&serde_json::to_vec(&(&collections, files, events))?);
        let sha256 = hex::encode(sum.finish());
        Ok(Self {
            collections,
            files,
            events,
            sha256,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line<'a> {
    Head(Head),
    #[serde(borrow)]
    File(StateFile<'a>),
    #[serde(borrow)]
    Document(DocumentLine<'a>),
    #[serde(borrow)]
    Event(EventLine<'a>),
    End(End),
}

/// What stands between the first and the last line.
pub(crate) enum Item {
    /// A file: name and text.
    File(String, String),
    /// A document of `service/collection`.
    Document(String, Stored),
    /// An event.
    Event(Event),
}

enum Out {
    Plain(BufWriter<File>),
    Gzip(GzEncoder<BufWriter<File>>),
}

impl Out {
    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Self::Plain(out) => out.write_all(bytes),
            Self::Gzip(out) => out.write_all(bytes),
        }
    }

    fn end(self) -> std::io::Result<()> {
        match self {
            Self::Plain(mut out) => out.flush(),
            Self::Gzip(out) => out.finish()?.flush(),
        }
    }
}

/// Writes an archive, under another name until it is whole. For its owner's eyes only: it holds people's messages and the
/// server secret.
pub(crate) struct Writer {
    path: PathBuf,
    file: NamedTempFile,
    out: Out,
    sum: digest::Context,
    tally: Tally,
    files: u64,
    events: u64,
}

impl Writer {
    /// Begins an archive. Fails when there is a file of this name.
    pub(crate) fn create(path: &Path, product: &str, at: Timestamp) -> anyhow::Result<Self> {
        if path.exists() {
            bail!("{} is there already; choose another name", path.display());
        }
        let folder = folder_of(path);
        let file = NamedTempFile::new_in(folder).with_context(|| format!("cannot write into {}", folder.display()))?;
        let buffer = BufWriter::new(file.as_file().try_clone()?);
        let out = if path.extension().is_some_and(|extension| extension == "gz") {
            Out::Gzip(GzEncoder::new(buffer, Compression::default()))
        } else {
            Out::Plain(buffer)
        };
        let mut writer = Self {
            path: path.to_owned(),
            file,
            out,
            sum: digest::Context::new(&digest::SHA256),
            tally: Tally::default(),
            files: 0,
            events: 0,
        };
        writer.line(&Line::Head(Head {
            format: FORMAT,
            product: product.to_owned(),
            at,
        }))?;
        Ok(writer)
    }

    /// Adds a file.
    pub(crate) fn file(&mut self, name: &str, text: &str) -> anyhow::Result<()> {
        self.files += 1;
        let (name, text) = (name.into(), text.into());
        self.line(&Line::File(StateFile { name, text }))
    }

    /// Names a collection whose documents, if any, come next.
    pub(crate) fn collection(&mut self, of: &str) {
        self.tally.name(of);
    }

    /// Adds a document of `service/collection`.
    pub(crate) fn document(&mut self, of: &str, stored: &Stored) -> anyhow::Result<()> {
        self.tally.add(of, stored)?;
        self.line(&Line::Document(DocumentLine {
            of: of.into(),
            id: stored.id.as_str().into(),
            version: stored.version,
            body: &on_one_line(&stored.body)?,
        }))
    }

    /// Adds an event.
    pub(crate) fn event(&mut self, event: &Event) -> anyhow::Result<()> {
        self.events += 1;
        self.line(&Line::Event(EventLine {
            topic: (&*event.topic).into(),
            body: &on_one_line(&event.bytes)?,
        }))
    }

    /// Writes the last line, makes the file durable and gives it its name.
    pub(crate) fn finish(mut self) -> anyhow::Result<End> {
        let collections = std::mem::take(&mut self.tally).end();
        let end = End::new(collections, self.files, self.events, self.sum.clone())?;
        self.line(&Line::End(end.clone()))?;
        let Self { path, file, out, .. } = self;
        out.end()?;
        file.as_file().sync_all()?;
        let named = file.persist_noclobber(&path).map_err(|e| e.error);
        named.with_context(|| format!("cannot name the file {}", path.display()))?;
        File::open(folder_of(&path))?.sync_all()?;
        Ok(end)
    }

    fn line(&mut self, line: &Line<'_>) -> anyhow::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.sum.update(&bytes);
        self.out
            .put(&bytes)
            .with_context(|| format!("cannot write {}", self.path.display()))
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Takes JSON as it is when it stands on one line, as all of ours does; else writes it anew.
fn on_one_line(json: &[u8]) -> serde_json::Result<Box<RawValue>> {
    let raw: Box<RawValue> = serde_json::from_slice(json)?;
    if raw.get().contains(['\n', '\r']) {
        return serde_json::value::to_raw_value(&serde_json::from_slice::<serde_json::Value>(json)?);
    }
    Ok(raw)
}

/// Reads an archive, item by item.
pub(crate) struct Reader {
    name: String,
    head: Head,
    input: Box<dyn BufRead>,
    line: Vec<u8>,
    number: u64,
    sum: digest::Context,
    tally: Tally,
    files: u64,
    events: u64,
    end: Option<End>,
}

impl Reader {
    /// Opens an archive. Fails when the file is none, or one of a later format.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
        let mut file = BufReader::new(file);
        let zipped = file
            .fill_buf()
            .with_context(|| format!("cannot read {name}"))?
            .starts_with(&GZIP_MAGIC);
        let mut reader = Self {
            head: Head {
                format: 0,
                product: String::new(),
                at: Timestamp::from_millis(0),
            },
            input: if zipped {
                Box::new(BufReader::new(GzDecoder::new(file)))
            } else {
                Box::new(file)
            },
            name,
            line: Vec::new(),
            number: 0,
            sum: digest::Context::new(&digest::SHA256),
            tally: Tally::default(),
            files: 0,
            events: 0,
            end: None,
        };
        let foreign = format!("{} is no export of AI Chat Distributed", reader.name);
        if !reader.next_line().context(foreign.clone())? {
            bail!(foreign);
        }
        let Ok(Line::Head(head)) = serde_json::from_slice(&reader.line) else {
            bail!(foreign)
        };
        if head.format > FORMAT {
            bail!(
                "{} has format {} and was written by version {}; this program reads formats up to {FORMAT}: use that version or a later one",
                reader.name,
                head.format,
                head.product
            );
        }
        reader.sum.update(&reader.line);
        reader.head = head;
        Ok(reader)
    }

    /// Returns the first line.
    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    /// Returns the next item; nothing after the last, when the file has been proven whole and unchanged.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<Item>> {
        if self.end.is_some() {
            return Ok(None);
        }
        if !self.next_line()? {
            bail!("{} ends before its last line: it is cut off", self.name);
        }
        let (number, name) = (self.number, &self.name);
        let changed = || format!("line {number} of {name} is damaged");
        let item = match serde_json::from_slice(&self.line).with_context(changed)? {
            Line::Head(_) => bail!(changed()),
            Line::File(StateFile { name, text }) => {
                self.files += 1;
                Item::File(name.into_owned(), text.into_owned())
            }
            Line::Document(document) => {
                let stored = Stored {
                    id: document.id.into_owned(),
                    version: document.version,
                    body: document.body.get().as_bytes().to_vec().into(),
                };
                self.tally.add(&document.of, &stored).with_context(changed)?;
                Item::Document(document.of.into_owned(), stored)
            }
            Line::Event(event) => {
                self.events += 1;
                let bytes = event.body.get().as_bytes().to_vec().into();
                Item::Event(Event::parse(&event.topic, bytes).with_context(changed)?)
            }
            Line::End(end) => {
                self.check(&end)?;
                self.end = Some(end);
                return Ok(None);
            }
        };
        self.sum.update(&self.line);
        Ok(Some(item))
    }

    /// Reads on to the end and returns the last line.
    pub(crate) fn finish(mut self) -> anyhow::Result<End> {
        while self.next()?.is_some() {}
        self.end.context("the last line has been read")
    }

    fn check(&mut self, end: &End) -> anyhow::Result<()> {
        let changed = format!("{} was changed after it was written", self.name);
        let found = std::mem::take(&mut self.tally).end();
        end.collections.check(&found).context(changed.clone())?;
        if End::new(end.collections.clone(), self.files, self.events, self.sum.clone())? != *end {
            bail!(changed);
        }
        if self.next_line()? {
            bail!("{} goes on after its last line", self.name);
        }
        Ok(())
    }

    /// Reads a line with its line feed; `false` at the end of the file.
    fn next_line(&mut self) -> anyhow::Result<bool> {
        self.line.clear();
        self.number += 1;
        let read = (&mut self.input).take(LINE_BYTES_MAX).read_until(b'\n', &mut self.line);
        match read {
            Ok(0) => Ok(false),
            Ok(_) if self.line.ends_with(b"\n") => Ok(true),
            Ok(_) => bail!("line {} of {} has no end: the file is cut off", self.number, self.name),
            Err(e) => Err(e).with_context(|| format!("{} cannot be read on: it is cut off or damaged", self.name)),
        }
    }
}

#[cfg(test)]
mod tests;

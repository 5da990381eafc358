//! Owns the right to move an instance while nobody works on it, and the note of an import that has begun: for a data folder a lock and a
//! file, on servers a sign that every process sees. Refuses to know what is moved.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use kernel::Ambient;

use crate::config::Config;
use crate::occupancy::Mover;
use crate::ports;

/// Names the note in a data folder that an import is under way; it holds the file's sum.
const UNFINISHED: &str = "import-unfinished";

/// An instance that is ours alone.
pub(crate) enum Claim {
    /// A data folder, by its lock.
    Folder { dir: PathBuf, _lock: File },
    /// An instance on servers.
    Servers(Mover),
}

impl Claim {
    /// Takes the instance that the configuration names, for a command; `importing` is the sum of the file that it brings in. Fails
    /// when somebody works on it.
    pub(crate) async fn of(
        config: &Config,
        what: &str,
        importing: Option<&str>,
        ambient: &Ambient,
    ) -> anyhow::Result<Self> {
        if config.is_embedded() {
            let dir = &config.process.data_dir;
            return Ok(Self::Folder {
                dir: dir.clone(),
                _lock: ports::own(dir)?,
            });
        }
        let occupancy = ports::occupancy(&config.process, ambient).await?;
        let mover = occupancy.claim(&format!("aichat {what}"), importing).await?;
        Ok(Self::Servers(mover))
    }

    /// Returns the sum of the file whose import has begun and not ended.
    pub(crate) async fn unfinished(&self) -> anyhow::Result<Option<String>> {
        match self {
            Self::Folder { dir, .. } => match std::fs::read_to_string(dir.join(UNFINISHED)) {
                Ok(sum) => Ok(Some(sum.trim().to_owned())),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(e) => Err(e).with_context(|| dir.join(UNFINISHED).display().to_string()),
            },
            Self::Servers(mover) => Ok(mover.unfinished().await),
        }
    }

    /// Fails when an import has begun and not ended.
    pub(crate) async fn refuse_unfinished(&self, place: &str) -> anyhow::Result<()> {
        match self.unfinished().await? {
            Some(_) => bail!(broken_off(place)),
            None => Ok(()),
        }
    }

    /// Notes, durably, that the import of the file with this sum has begun.
    pub(crate) async fn begin(&self, sum: &str) -> anyhow::Result<()> {
        match self {
            Self::Folder { dir, .. } => put(&dir.join(UNFINISHED), sum),
            Self::Servers(mover) => mover.note(Some(sum.to_owned())).await,
        }
    }

    /// Notes that the import has ended.
    pub(crate) async fn finish(&self) -> anyhow::Result<()> {
        match self {
            Self::Folder { dir, .. } => Ok(std::fs::remove_file(dir.join(UNFINISHED))?),
            Self::Servers(mover) => mover.note(None).await,
        }
    }

    /// Fails when the instance was ours no more.
    pub(crate) async fn require_held(&self) -> anyhow::Result<()> {
        match self {
            Self::Folder { .. } => Ok(()),
            Self::Servers(mover) => mover.require_held().await,
        }
    }

    /// Lets it go.
    pub(crate) async fn leave(self) {
        if let Self::Servers(mover) = self {
            mover.leave().await;
        }
    }
}

/// Fails when an import into this data folder has not ended.
pub(crate) fn refuse_unfinished(dir: &Path) -> anyhow::Result<()> {
    if dir.join(UNFINISHED).exists() {
        bail!(broken_off(&dir.display().to_string()));
    }
    Ok(())
}

fn broken_off(place: &str) -> String {
    format!("an import into {place} was broken off: run `aichat import` with the same file again, or empty it")
}

/// Writes a file, durable and whole or not at all; only its owner may read it.
pub(crate) fn put(place: &Path, text: &str) -> anyhow::Result<()> {
    let folder = place.parent().context("a file in a folder")?;
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(place)
        .map_err(|e| e.error)
        .with_context(|| place.display().to_string())?;
    Ok(File::open(folder)?.sync_all()?)
}

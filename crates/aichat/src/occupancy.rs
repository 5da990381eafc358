//! Owns who works on an instance on servers: the processes that run, and the one command that moves it. Refuses to know what they do
//! there.
//!
//! Each has a document, its sign, in the database `<namespace>_instance`, where everybody sees it who can write to the instance. A process signs
//! first and then looks for a mover; a mover signs first and then looks for processes: of two that come at once one sees the other.
//! A sign is rewritten every two seconds, and says so. Who looks watches whether its version grows, so that no clock of any machine counts. One
//! that does not grow is a dead process's and is removed; a process that finds its own removed looks for a mover again, and ends when there is one.
//!
//! Who ends by itself takes its sign away. Where an import has not ended the sign stays, with its note: everybody but the same import is refused at
//! once, and that one waits only when it cannot know whether the earlier one still writes.

mod kept;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use kernel::{Ambient, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Collection, Document, Index, Op, Store, StoreError};

use self::kept::{Kept, replace};

/// How often a sign is rewritten, unless the configuration says otherwise.
pub(crate) const BEAT_MS: u64 = 2_000;
/// A sign that was not rewritten for so many times as long is a dead process's.
const SILENT_BEATS: u32 = 5;
/// How often signs that are watched are looked at.
const LOOK: Duration = Duration::from_millis(250);
/// Processes of one instance, at most.
const PROCESSES_MAX: usize = 1_000;
/// Attempts to become the mover, while others come and go.
const ATTEMPTS_MAX: usize = 8;
/// The id of the mover's sign.
const MOVER: &str = "mover";

/// Somebody at work.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sign {
    /// `mover`, or that of a process.
    id: String,
    /// A word that nobody else has: whose sign it is.
    by: String,
    /// What was started.
    what: String,
    /// Machine and process.
    place: String,
    since: Timestamp,
    /// How often it is rewritten: whoever made it may be configured otherwise than who watches it.
    #[serde(default = "beat_ms")]
    beat_ms: u64,
    /// The sum of the file whose import has begun and not ended. Such a sign stays until it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    unfinished: Option<String>,
    /// Whose import that was has ended by itself, so that nobody rewrites this.
    #[serde(default)]
    left: bool,
}

fn beat_ms() -> u64 {
    BEAT_MS
}

impl Sign {
    fn silent(&self) -> Duration {
        Duration::from_millis(self.beat_ms) * SILENT_BEATS
    }
}

impl Document for Sign {
    const COLLECTION: &'static str = "signs";
    const INDEXES: &'static [Index] = &[];

    fn id(&self) -> String {
        self.id.clone()
    }
}

/// The signs of one instance.
pub(crate) struct Occupancy {
    signs: Collection<Sign>,
    namespace: String,
    ambient: Ambient,
    beat: Duration,
}

impl Occupancy {
    /// Opens the signs of the instance `namespace` in a store of their own; those made here are rewritten every `beat`.
    pub(crate) async fn open(
        store: &Arc<dyn Store>,
        namespace: &str,
        beat: Duration,
        ambient: &Ambient,
    ) -> anyhow::Result<Self> {
        let signs = Collection::open(store)
            .await
            .context("the signs of who works on the instance")?;
        Ok(Self {
            signs,
            namespace: namespace.to_owned(),
            ambient: ambient.clone(),
            beat,
        })
    }

    fn sign(&self, id: Option<&str>, what: &str) -> Sign {
        let by = self.ambient.token::<12>();
        let system = rustix::system::uname();
        Sign {
            id: id.map_or_else(|| format!("process-{by}"), str::to_owned),
            by,
            what: what.to_owned(),
            place: format!(
                "{}, process {}",
                system.nodename().to_string_lossy(),
                std::process::id()
            ),
            since: self.ambient.now(),
            beat_ms: u64::try_from(self.beat.as_millis()).unwrap_or(BEAT_MS),
            unfinished: None,
            left: false,
        }
    }

    /// Signs in a process that is about to work. Fails when the instance is being moved, or an import has not ended.
    pub(crate) async fn enter(self, what: &str) -> anyhow::Result<Presence> {
        let sign = self.sign(None, what);
        self.signs.insert(&sign, Vec::new()).await?;
        let kept = Kept::start(self.signs.clone(), (sign, 1), self.beat);
        let presence = Presence { kept };
        let admitted = self.look_for_mover().await;
        if admitted.is_err() || presence.kept.inner.lost.is_cancelled() {
            presence.leave().await;
        }
        admitted?;
        if presence.kept.inner.lost.is_cancelled() {
            bail!(
                "the instance {} is being moved; start again when that has ended",
                self.namespace
            );
        }
        Ok(presence)
    }

    async fn look_for_mover(&self) -> anyhow::Result<()> {
        while let Some((mover, version)) = self.signs.get_versioned(MOVER).await? {
            let Sign { what, place, .. } = &mover;
            let ns = &self.namespace;
            if mover.unfinished.is_some() {
                bail!(self.broken_off(place));
            }
            if self.find_alive(vec![(mover.id.clone(), version)]).await?.is_some() {
                bail!("`{what}` works on the instance {ns} ({place}); start again when it has ended");
            }
        }
        Ok(())
    }

    /// Says that an import has not ended, when one has not.
    pub(crate) async fn unfinished(&self) -> anyhow::Result<Option<String>> {
        let mover = self.signs.get(MOVER).await?;
        let unfinished = mover.filter(|mover| mover.unfinished.is_some());
        Ok(unfinished.map(|mover| self.broken_off(&mover.place)))
    }

    fn broken_off(&self, place: &str) -> String {
        format!(
            "an import into the instance {} is under way or was broken off ({place}): run `aichat import` with the same file \
             again, or drop its databases and topics",
            self.namespace
        )
    }

    /// Becomes the one mover, to import the file with the sum `importing` or for something else. Fails when there is one, a process
    /// runs, or an import has not ended that is not of this file.
    pub(crate) async fn claim(self, what: &str, importing: Option<&str>) -> anyhow::Result<Mover> {
        let kept = self.become_mover(what, importing).await?;
        let mover = Mover { kept };
        let found = self.find_process().await;
        match found {
            Ok(None) => Ok(mover),
            Ok(Some(Sign { what, place, since, .. })) => {
                mover.leave().await;
                bail!(
                    "the instance {} is in use: `{what}` runs since {since} ({place}); stop it first",
                    self.namespace
                )
            }
            Err(error) => {
                mover.leave().await;
                Err(error)
            }
        }
    }

    async fn become_mover(&self, what: &str, importing: Option<&str>) -> anyhow::Result<Kept> {
        let mut sign = self.sign(Some(MOVER), what);
        for _ in 0..ATTEMPTS_MAX {
            match self.signs.insert(&sign, Vec::new()).await {
                Ok(()) => return Ok(Kept::start(self.signs.clone(), (sign, 1), self.beat)),
                Err(StoreError::Unique { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            let Some((other, version)) = self.signs.get_versioned(MOVER).await? else {
                continue;
            };
            self.require_same(&other, importing)?;
            let known = vec![(other.id.clone(), version)];
            // Of one that has ended nothing is on its way any more; one that was killed may be one that hangs.
            if !other.left
                && let Some(Sign { what, place, .. }) = self.watch(known).await?.alive
            {
                bail!("`{what}` works on the instance {} already ({place})", self.namespace);
            }
            // A dead one's; what it has begun is ours to end.
            sign.unfinished = other.unfinished;
            match replace(&self.signs, &sign, version).await {
                Ok(version) => return Ok(Kept::start(self.signs.clone(), (sign, version), self.beat)),
                Err(StoreError::Conflict) => sign.unfinished = None,
                Err(error) => return Err(error.into()),
            }
        }
        bail!("others come and go on the instance {}; try again", self.namespace)
    }

    /// Fails when an import has begun and not ended, unless it is of the file that is imported now.
    fn require_same(&self, other: &Sign, importing: Option<&str>) -> anyhow::Result<()> {
        match (&other.unfinished, importing) {
            (Some(begun), Some(sum)) if begun == sum => Ok(()),
            (Some(_), Some(_)) => bail!(
                "the import of another file into the instance {} is under way or was broken off ({}): go on with that one, or \
                 drop its databases and topics",
                self.namespace,
                other.place
            ),
            (Some(_), None) => bail!(self.broken_off(&other.place)),
            (None, _) => Ok(()),
        }
    }

    /// Finds a process that runs, and removes the signs of dead ones.
    async fn find_process(&self) -> anyhow::Result<Option<Sign>> {
        for _ in 0..ATTEMPTS_MAX {
            let all = self.signs.store().scan(Sign::COLLECTION, None, PROCESSES_MAX).await?;
            let processes = all.into_iter().filter(|sign| sign.id != MOVER);
            let known: Vec<(String, u64)> = processes.map(|sign| (sign.id, sign.version)).collect();
            if known.is_empty() {
                return Ok(None);
            }
            if let Some(alive) = self.find_alive(known).await? {
                return Ok(Some(alive));
            }
        }
        bail!("processes come and go on the instance {}; try again", self.namespace)
    }

    /// Watches signs, and removes those of the dead unless one is alive; returns that.
    async fn find_alive(&self, known: Vec<(String, u64)>) -> anyhow::Result<Option<Sign>> {
        let Watched { alive, silent } = self.watch(known).await?;
        if alive.is_some() {
            return Ok(alive);
        }
        for (id, version) in silent {
            let remove = Op::Delete(Sign::COLLECTION, id.clone(), Some(version));
            match self.signs.store().write(remove.into()).await {
                Ok(_) => tracing::info!(id, "the sign of a dead process was removed"),
                Err(StoreError::Conflict) => {
                    if let Some(alive) = self.signs.get(&id).await? {
                        return Ok(Some(alive));
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Watches until one of these is rewritten, none is left, or all have been silent for long enough.
    async fn watch(&self, mut known: Vec<(String, u64)>) -> anyhow::Result<Watched> {
        let began = tokio::time::Instant::now();
        loop {
            let ids: Vec<String> = known.iter().map(|(id, _)| id.clone()).collect();
            let there = if ids.is_empty() {
                Vec::new()
            } else {
                self.signs.store().get(Sign::COLLECTION, &ids).await?
            };
            let mut silent = Duration::ZERO;
            for stored in &there {
                let sign: Sign = serde_json::from_slice(&stored.body)?;
                if !known.contains(&(stored.id.clone(), stored.version)) {
                    let alive = Some(sign);
                    return Ok(Watched { alive, silent: known });
                }
                silent = silent.max(sign.silent());
            }
            known.retain(|(id, _)| there.iter().any(|sign| sign.id == *id));
            if known.is_empty() || began.elapsed() >= silent {
                return Ok(Watched {
                    alive: None,
                    silent: known,
                });
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// What was seen of some signs.
struct Watched {
    alive: Option<Sign>,
    /// Those that stand unchanged.
    silent: Vec<(String, u64)>,
}

/// A process that is signed in.
pub(crate) struct Presence {
    kept: Kept,
}

impl Presence {
    /// Waits until the instance was taken from under this process: it must end at once.
    pub(crate) async fn lost(&self) {
        self.kept.inner.lost.cancelled().await;
    }

    /// Signs out.
    pub(crate) async fn leave(&self) {
        self.kept.leave().await;
    }
}

/// The command that moves the instance.
pub(crate) struct Mover {
    kept: Kept,
}

impl Mover {
    /// Returns the sum of the file whose import has begun and not ended.
    pub(crate) async fn unfinished(&self) -> Option<String> {
        self.kept.inner.at.lock().await.0.unfinished.clone()
    }

    /// Notes that the import of a file has begun, or has ended.
    pub(crate) async fn note(&self, unfinished: Option<String>) -> anyhow::Result<()> {
        if self.kept.inner.rewrite(|sign| sign.unfinished = unfinished).await? {
            return Ok(());
        }
        bail!("somebody else works on the instance")
    }

    /// Fails when somebody took this command for dead and works on the instance.
    pub(crate) async fn require_held(&self) -> anyhow::Result<()> {
        if !self.kept.inner.lost.is_cancelled() && self.kept.inner.rewrite(|_| {}).await? {
            return Ok(());
        }
        bail!("somebody else works on the instance")
    }

    /// Lets the instance go; the note of an import that has not ended stays.
    pub(crate) async fn leave(&self) {
        self.kept.leave().await;
    }
}

#[cfg(test)]
mod tests;

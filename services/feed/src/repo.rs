//! Owns the collections and the way in which a document is changed or begun. Refuses to decide what is in them.

mod heats;
mod readers;
mod timelines;

use std::collections::HashSet;
use std::sync::Arc;

use kernel::{PostId, UserId};
use serde::{Deserialize, Serialize};
use store::{Change, Collection, Document, Index, Mark, Spec, Store, StoreError};

use crate::domain::entry::Entry;
use crate::domain::gone::Gone;
use crate::domain::heat::Heat;
use crate::domain::recent::Recent;
use crate::domain::ties::Ties;

pub(crate) use heats::Heats;
pub(crate) use readers::Readers;
pub(crate) use timelines::Timelines;

/// The id of [`Progress`].
const BUILD: &str = "build";
/// How often a document is begun anew when somebody else was faster.
const BEGIN_ATTEMPTS_MAX: u32 = 8;

/// People of whom it is asked at once whether they are gone.
const GONE_AT_ONCE: usize = 1_000;

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[
    Spec::of::<Entry>(),
    Spec::of::<Ties>(),
    Spec::of::<Recent>(),
    Spec::of::<Heat>(),
    Spec::of::<Progress>(),
    Spec::of::<Gone>(),
];

/// How far the timelines have been built from the posts that were there before; one document.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// The last post that was laid out.
    pub(crate) after: Option<PostId>,
    /// Nothing is left to do.
    pub(crate) done: bool,
}

impl Document for Progress {
    const COLLECTION: &'static str = "progress";
    const INDEXES: &'static [Index] = &[];
    fn id(&self) -> String {
        BUILD.into()
    }
}

/// The documents.
pub(crate) struct Repo {
    pub(crate) timelines: Timelines,
    pub(crate) readers: Readers,
    pub(crate) heats: Heats,
    progress: Collection<Progress>,
    gone: Collection<Gone>,
}

impl Repo {
    pub(crate) async fn open(store: &Arc<dyn Store>) -> Result<Self, StoreError> {
        Ok(Self {
            timelines: Timelines(Collection::open(store).await?),
            readers: Readers {
                ties: Collection::open(store).await?,
                recent: Collection::open(store).await?,
            },
            heats: Heats(Collection::open(store).await?),
            progress: Collection::open(store).await?,
            gone: Collection::open(store).await?,
        })
    }

    /// Notes that an account was erased, before anything of it is removed: whoever writes afterwards sees it.
    pub(crate) async fn note_gone(&self, id: UserId) -> Result<(), StoreError> {
        match self.gone.insert(&Gone { id }, Vec::new()).await {
            Err(StoreError::Unique { .. }) => Ok(()),
            noted => noted,
        }
    }

    /// Returns those of `people` whose accounts were erased.
    pub(crate) async fn gone_of(&self, people: &[UserId]) -> Result<HashSet<UserId>, StoreError> {
        let mut gone = HashSet::new();
        for some in people.chunks(GONE_AT_ONCE) {
            let keys: Vec<String> = some.iter().map(ToString::to_string).collect();
            gone.extend(self.gone.get_many(&keys).await?.into_iter().map(|gone| gone.id));
        }
        Ok(gone)
    }

    /// Returns how far the building has come, if it ever began.
    pub(crate) async fn progress(&self) -> Result<Option<Progress>, StoreError> {
        self.progress.get(BUILD).await
    }

    /// Notes how far the building has come.
    pub(crate) async fn set_progress(&self, progress: Progress) -> Result<(), StoreError> {
        let step = |there: &mut Progress| {
            *there = progress;
            true
        };
        upsert(&self.progress, (BUILD, None), Progress::default, step).await
    }
}

/// Changes a document by `step`, or begins one with `new` and changes that; `false` from `step` leaves all as it is. A mark that
/// is there already leaves all as it is, too.
async fn upsert<D: Document>(
    docs: &Collection<D>,
    (id, mark): (&str, Option<Mark>),
    new: impl Fn() -> D,
    step: impl Fn(&mut D) -> bool,
) -> Result<(), StoreError> {
    for _ in 0..BEGIN_ATTEMPTS_MAX {
        let decide = |mut doc: D| -> Result<_, StoreError> {
            Ok(if step(&mut doc) {
                Change::Put(doc, Vec::new(), ())
            } else {
                Change::Keep(())
            })
        };
        match docs.update_marked(id, mark.clone(), decide).await {
            Ok(Some(())) | Err(StoreError::AlreadyProcessed) => return Ok(()),
            Ok(None) => {}
            Err(e) => return Err(e),
        }
        let mut doc = new();
        if !step(&mut doc) {
            return Ok(());
        }
        match docs.insert_marked(&doc, Vec::new(), mark.clone()).await {
            Ok(()) | Err(StoreError::AlreadyProcessed) => return Ok(()),
            Err(StoreError::Unique { .. }) => {}
            Err(e) => return Err(e),
        }
    }
    Err(StoreError::Busy)
}

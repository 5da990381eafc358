//! Owns the collections of post and every query, in the domain's words. Refuses to decide anything.

mod cases;
mod comments;
mod gone;
mod posts;
mod reactions;

use std::sync::Arc;

use store::{Collection, Spec, Store, StoreError};

use crate::domain::case::Case;
use crate::domain::comment::Comment;
use crate::domain::gone::GoneDoc;
use crate::domain::post::{Post, Revision};
use crate::domain::reaction::Reaction;
use crate::domain::tally::Tally;

pub(crate) use posts::{Circle, Source};
pub(crate) use reactions::kind_key;

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[
    Spec::of::<Post>(),
    Spec::of::<Revision>(),
    Spec::of::<Reaction>(),
    Spec::of::<Comment>(),
    Spec::of::<Tally>(),
    Spec::of::<Case>(),
    Spec::of::<GoneDoc>(),
];

/// Documents that are read at once where all are dealt with in turn.
pub(crate) const CHUNK: usize = 200;
/// Documents that one read by ids returns at the most.
pub(crate) const IDS_MAX: usize = 1_000;
/// How often a step is decided anew when somebody else wrote first.
pub(crate) const STEP_ATTEMPTS_MAX: u32 = 32;

/// The collections.
pub(crate) struct Repo {
    pub(crate) posts: Collection<Post>,
    pub(crate) revisions: Collection<Revision>,
    pub(crate) reactions: Collection<Reaction>,
    pub(crate) comments: Collection<Comment>,
    pub(crate) tallies: Collection<Tally>,
    pub(crate) cases: Collection<Case>,
    pub(crate) gone: Collection<GoneDoc>,
}

impl Repo {
    /// Declares and opens the collections.
    pub(crate) async fn open(store: &Arc<dyn Store>) -> Result<Self, StoreError> {
        Ok(Self {
            posts: Collection::open(store).await?,
            revisions: Collection::open(store).await?,
            reactions: Collection::open(store).await?,
            comments: Collection::open(store).await?,
            tallies: Collection::open(store).await?,
            cases: Collection::open(store).await?,
            gone: Collection::open(store).await?,
        })
    }
}

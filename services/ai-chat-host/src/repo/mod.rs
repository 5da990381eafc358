//! Queries over the store, in the domain's words.

pub(crate) mod agents;
pub(crate) mod allowances;
pub(crate) mod debates;
pub(crate) mod notes;
pub(crate) mod ratings;
pub(crate) mod runs;
pub(crate) mod votes;

use store::Spec;

use crate::domain::agent::AgentDoc;
use crate::domain::allowance::AllowanceDoc;
use crate::domain::debate::DebateDoc;
use crate::domain::debate::ballot::{ResultDoc, VoteDoc};
use crate::domain::debate::rating::RatingDoc;
use crate::domain::gone::GoneDoc;
use crate::domain::memory::MemoryDoc;
use crate::domain::run::RunDoc;
use crate::domain::summary::SummaryDoc;

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[
    Spec::of::<AgentDoc>(),
    Spec::of::<RunDoc>(),
    Spec::of::<DebateDoc>(),
    Spec::of::<VoteDoc>(),
    Spec::of::<ResultDoc>(),
    Spec::of::<RatingDoc>(),
    Spec::of::<SummaryDoc>(),
    Spec::of::<MemoryDoc>(),
    Spec::of::<GoneDoc>(),
    Spec::of::<AllowanceDoc>(),
];

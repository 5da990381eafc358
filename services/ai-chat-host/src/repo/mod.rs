//! Queries over the store, in the domain's words.

pub(crate) mod agents;
pub(crate) mod runs;

use store::Spec;

use crate::domain::agent::AgentDoc;
use crate::domain::run::RunDoc;

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[Spec::of::<AgentDoc>(), Spec::of::<RunDoc>()];

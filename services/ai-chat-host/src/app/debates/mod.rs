//! Owns the debates' use cases, and what they share. Refuses to know HTTP.

mod begin;
mod count;
mod forget;
mod host;
mod live;
mod prepare;
mod show;
mod speak;
mod steer;
mod vote;

use kernel::Fault;
use tokio::sync::Notify;

use crate::Deps;
use crate::repo::ratings::Ratings;
use crate::repo::votes::Votes;

pub(crate) use begin::Wish;
pub(crate) use show::Shown;

/// What debates are kept in, and who is told that there is something to do.
pub(crate) struct Debates {
    docs: crate::repo::debates::Debates,
    votes: Votes,
    pub(crate) ratings: Ratings,
    /// A debate may be due. One that is not told of is found by the sweep.
    due: Notify,
    /// A debate has been counted.
    counted: Notify,
}

impl Debates {
    pub(crate) async fn open(deps: &Deps) -> Result<Self, Fault> {
        let (store, ambient) = (&deps.store, &deps.ambient);
        Ok(Self {
            docs: crate::repo::debates::Debates::open(store, ambient.clone()).await?,
            votes: Votes::open(store, ambient.clone()).await?,
            ratings: Ratings::open(store, ambient.clone()).await?,
            due: Notify::new(),
            counted: Notify::new(),
        })
    }
}

//! Owns the use cases, one file each; the rules are the domain's.

pub(crate) mod calm;
mod change_post;
mod comment;
mod count;
mod erase;
mod list_posts;
mod local;
mod moderate;
mod people;
mod purge;
mod react;
mod see;
mod told;
pub(crate) mod verify;
mod write_post;

use std::future::Future;
use std::sync::Arc;

use contracts::friendship::Relationships;
use contracts::media::MediaLibrary;
use contracts::user::UserDirectory;
use ephemeral::Ephemeral;
use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{Ambient, Fault};
use store::Store;

use crate::Deps;
use crate::config::Config;
use crate::error::Error;
use crate::repo::Repo;

pub(crate) use change_post::Change;
pub(crate) use comment::NewComment;
pub(crate) use list_posts::Wanted;
pub(crate) use moderate::Verdict;
pub(crate) use write_post::NewPost;

/// Post in one process: what handlers, consumers and other services work with.
pub struct App {
    pub(crate) store: Arc<dyn Store>,
    repo: Repo,
    ephemeral: Arc<dyn Ephemeral>,
    users: Arc<dyn UserDirectory>,
    relationships: Arc<dyn Relationships>,
    media: Arc<dyn MediaLibrary>,
    ambient: Ambient,
    config: Config,
}

impl App {
    pub(crate) async fn open(deps: Deps) -> Result<Arc<Self>, Fault> {
        Ok(Arc::new(Self {
            repo: Repo::open(&deps.store).await?,
            store: deps.store,
            ephemeral: deps.ephemeral,
            users: deps.users,
            relationships: deps.relationships,
            media: deps.media,
            ambient: deps.ambient,
            config: deps.config,
        }))
    }
}

/// Writes under way at once, which share their syncs.
const PARALLEL: usize = 16;

/// Deals with all of `some`, a few at once.
async fn each<T, F>(some: impl IntoIterator<Item = T>, deal: impl Fn(T) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<(), Error>>,
{
    let all = futures::stream::iter(some).map(Ok);
    all.try_for_each_concurrent(PARALLEL, deal).await
}

/// Longest client id, in characters.
pub(crate) const CLIENT_ID_CHARS_MAX: usize = 64;

/// Fails with `Invalid` when a text has more characters than are allowed.
fn check_length(text: &str, max: usize) -> Result<(), Error> {
    // Bytes bound characters from both sides, so that a short text need not be counted.
    if text.len() > max && text.chars().count() > max {
        return Err(Error::invalid("text", format!("has more than {max} characters")));
    }
    if text.contains('\0') {
        return Err(Error::invalid("text", "has a character that no text has"));
    }
    Ok(())
}

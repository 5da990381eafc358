//! Owns what is kept of readers and of the accounts that they pull. Refuses to know entries.

use std::sync::atomic::{AtomicBool, Ordering};

use kernel::UserId;
use store::{Change, Collection, Document as _, Mark, Op, RawDocument, StoreError};

use super::upsert;
use crate::domain::recent::Recent;
use crate::domain::ties::Ties;

/// Ties of readers, and the latest posts of accounts with many followers.
pub(crate) struct Readers {
    pub(super) ties: Collection<Ties>,
    pub(super) recent: Collection<Recent>,
}

impl Readers {
    /// Returns what is known of a reader; nothing is known of a new one.
    pub(crate) async fn ties(&self, reader: UserId) -> Result<Ties, StoreError> {
        Ok(self.ties.get(reader).await?.unwrap_or_else(|| Ties::new(reader)))
    }

    /// Changes what is known of a reader; `false` from `step` leaves it.
    pub(crate) async fn tie(
        &self,
        reader: UserId,
        mark: Option<Mark>,
        step: impl Fn(&mut Ties) -> bool,
    ) -> Result<(), StoreError> {
        upsert(&self.ties, (&reader.to_string(), mark), || Ties::new(reader), step).await
    }

    /// Lets a reader pull `author` from now on; `false` when they pull as many as one can.
    pub(crate) async fn pull(&self, reader: UserId, author: UserId) -> Result<bool, StoreError> {
        let pulls = AtomicBool::new(true);
        let step = |ties: &mut Ties| {
            let new = ties.pull(author);
            pulls.store(ties.pulls.contains(&author), Ordering::Relaxed);
            new
        };
        self.tie(reader, None, step).await?;
        Ok(pulls.into_inner())
    }

    /// Notes that the posts of an account that is pulled are laid before a reader, of whom there are at most `most`; tells whether
    /// that is new.
    pub(crate) async fn lay_before(&self, reader: UserId, author: UserId, most: usize) -> Result<bool, StoreError> {
        let note = |mut recent: Recent| -> Result<_, StoreError> {
            if recent.laid.contains(&reader) || recent.laid.len() >= most {
                return Ok(Change::Keep(false));
            }
            recent.laid.push(reader);
            Ok(Change::Put(recent, Vec::new(), true))
        };
        Ok(self.recent.update(author, note).await?.unwrap_or(false))
    }

    /// Forgets what is known of a reader and `author`; a reader of whom nothing else is known goes.
    pub(crate) async fn part(&self, reader: UserId, author: UserId) -> Result<(), StoreError> {
        let unlay = |mut recent: Recent| -> Result<_, StoreError> {
            let before = recent.laid.len();
            recent.laid.retain(|other| *other != reader);
            Ok(match recent.laid.len() < before {
                true => Change::Put(recent, Vec::new(), ()),
                false => Change::Keep(()),
            })
        };
        self.recent.update(author, unlay).await?;
        let part = |mut ties: Ties| -> Result<_, StoreError> {
            Ok(match (ties.part(author), ties.is_empty()) {
                (_, true) => Change::Remove(Vec::new(), ()),
                (true, false) => Change::Put(ties, Vec::new(), ()),
                (false, false) => Change::Keep(()),
            })
        };
        self.ties.update(reader, part).await.map(drop)
    }

    /// Forgets whatever is kept of a person.
    pub(crate) async fn forget(&self, person: UserId) -> Result<(), StoreError> {
        self.ties.delete(person).await?;
        self.recent.delete(person).await
    }

    /// Returns the latest posts of those of `authors` that are pulled.
    pub(crate) async fn recents(&self, authors: &[UserId]) -> Result<Vec<Recent>, StoreError> {
        let ids: Vec<String> = authors.iter().map(UserId::to_string).collect();
        self.recent.get_many(&ids).await
    }

    /// Returns the latest posts of an account that is pulled.
    pub(crate) async fn recent(&self, author: UserId) -> Result<Option<Recent>, StoreError> {
        self.recent.get(author).await
    }

    /// Returns them with their version, for [`Self::put_recent`].
    pub(crate) async fn recent_versioned(&self, author: UserId) -> Result<Option<(Recent, u64)>, StoreError> {
        self.recent.get_versioned(author).await
    }

    /// Writes the latest posts of an account over those at `version`, or as the first; `false` when another was faster.
    pub(crate) async fn put_recent(&self, recent: &Recent, version: Option<u64>) -> Result<bool, StoreError> {
        let raw = RawDocument::of(recent)?;
        let op = match version {
            Some(version) => Op::Replace(raw, version),
            None => Op::Insert(raw),
        };
        self.write_recent(op).await
    }

    /// Removes the latest posts of an account at `version`, if there are any; `false` when another was faster.
    pub(crate) async fn drop_recent(&self, author: UserId, version: Option<u64>) -> Result<bool, StoreError> {
        if version.is_none() {
            return Ok(true);
        }
        self.write_recent(Op::Delete(Recent::COLLECTION, author.to_string(), version))
            .await
    }

    async fn write_recent(&self, op: Op) -> Result<bool, StoreError> {
        match self.recent.store().write(op.into()).await {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict | StoreError::Unique { .. }) => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// Notes that every follower knows that an account is pulled.
    pub(crate) async fn announced(&self, author: UserId) -> Result<(), StoreError> {
        let decide = |recent: Recent| -> Result<_, StoreError> {
            let next = Recent {
                announced: true,
                ..recent
            };
            Ok(Change::Put(next, Vec::new(), ()))
        };
        self.recent.update(author, decide).await.map(drop)
    }
}

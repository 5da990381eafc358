//! The durable queues: pushes and letters.

use kernel::UserId;
use store::{Change, Query, StoreError};

use super::{CHUNK, Repo};
use crate::domain::letter::Letter;
use crate::domain::preferences::Preferences;
use crate::domain::push::Push;

impl Repo {
    /// Adds a push, unless it was made out before.
    pub(crate) async fn make_out(&self, push: &Push) -> Result<(), StoreError> {
        match self.pushes.insert(push, Vec::new()).await {
            Err(StoreError::Unique { .. }) => Ok(()),
            added => added,
        }
    }

    /// Returns pushes of a queue that are due, the longest waiting first.
    pub(crate) async fn due_pushes(&self, queue: &'static str, limit: usize) -> Result<Vec<Push>, StoreError> {
        let due = Query::on("due").eq(queue).at_most(self.ambient.now()).limit(limit);
        self.pushes.find(due).await
    }

    /// Takes a step with a push that is still as it was seen; none when another process was faster.
    pub(crate) async fn step_push(&self, seen: &Push, step: impl Fn(Push) -> Push) -> Result<Option<Push>, StoreError> {
        let decide = move |push: Push| {
            if push != *seen {
                return Ok(Change::Keep(None));
            }
            let next = step(push);
            Ok::<_, StoreError>(Change::Put(next.clone(), Vec::new(), Some(next)))
        };
        Ok(self.pushes.update(&seen.id, decide).await?.flatten())
    }

    /// Forgets pushes that have been over for long enough.
    pub(crate) async fn forget_done(&self) -> Result<(), StoreError> {
        let done = self.due_pushes("done", CHUNK).await?;
        if done.is_empty() {
            return Ok(());
        }
        self.pushes
            .delete_many(done.into_iter().map(|push| push.id).collect())
            .await
    }

    /// Returns those whose digest is due.
    pub(crate) async fn due_digests(&self, limit: usize) -> Result<Vec<Preferences>, StoreError> {
        let due = Query::on("digest").at_most(self.ambient.now()).limit(limit);
        self.preferences.find(due).await
    }

    /// Adds a letter, unless it was written before.
    pub(crate) async fn post_letter(&self, letter: &Letter) -> Result<(), StoreError> {
        match self.letters.insert(letter, Vec::new()).await {
            Err(StoreError::Unique { .. }) => Ok(()),
            added => added,
        }
    }

    /// Returns letters that are due, the longest waiting first.
    pub(crate) async fn due_letters(&self, limit: usize) -> Result<Vec<Letter>, StoreError> {
        let due = Query::on("due").at_most(self.ambient.now()).limit(limit);
        self.letters.find(due).await
    }

    /// Counts a try of a letter that is still as it was seen; none when another process was faster.
    pub(crate) async fn take_letter(&self, seen: &Letter) -> Result<Option<Letter>, StoreError> {
        let now = self.ambient.now();
        let decide = |letter: Letter| {
            if letter != *seen {
                return Ok(Change::Keep(None));
            }
            let next = letter.attempted(now);
            Ok::<_, StoreError>(Change::Put(next.clone(), Vec::new(), Some(next)))
        };
        Ok(self.letters.update(&seen.id, decide).await?.flatten())
    }

    /// Notes that a letter is over.
    pub(crate) async fn finish_letter(&self, id: &str) -> Result<(), StoreError> {
        let now = self.ambient.now();
        let finish = |letter: Letter| Ok::<_, StoreError>(Change::Put(letter.finished(now), Vec::new(), ()));
        self.letters.update(id, finish).await.map(drop)
    }

    /// Removes all pushes and letters of a person.
    pub(crate) async fn drop_queued_of(&self, user: UserId) -> Result<(), StoreError> {
        loop {
            let pushes = self.pushes.find(Query::on("owner").eq(user).limit(CHUNK)).await?;
            let letters = self.letters.find(Query::on("owner").eq(user).limit(CHUNK)).await?;
            if pushes.is_empty() && letters.is_empty() {
                return Ok(());
            }
            self.pushes
                .delete_many(pushes.into_iter().map(|push| push.id).collect())
                .await?;
            self.letters
                .delete_many(letters.into_iter().map(|letter| letter.id).collect())
                .await?;
        }
    }
}

//! Owns the rewriting of one sign for as long as its owner lives. Refuses to judge the signs of others.

use std::sync::Arc;
use std::time::Duration;

use store::{Collection, Document as _, Op, StoreError};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{MOVER, Sign};

/// A sign that is rewritten for as long as this lives.
pub(super) struct Kept {
    pub(super) inner: Arc<Inner>,
    beating: JoinHandle<()>,
}

pub(super) struct Inner {
    signs: Collection<Sign>,
    pub(super) at: Mutex<(Sign, u64)>,
    /// Somebody has taken the sign away and moves the instance.
    pub(super) lost: CancellationToken,
}

impl Kept {
    /// Rewrites a sign that stands there at this version, from now on.
    pub(super) fn start(signs: Collection<Sign>, at: (Sign, u64), beat: Duration) -> Self {
        let inner = Arc::new(Inner {
            signs,
            at: Mutex::new(at),
            lost: CancellationToken::new(),
        });
        let beating = tokio::spawn(inner.clone().beat(beat));
        Self { inner, beating }
    }

    /// Stops, and takes the sign away; where an import has not ended it stays, and says that nobody works on it any more.
    pub(super) async fn leave(&self) {
        self.beating.abort();
        if self.inner.lost.is_cancelled() {
            return;
        }
        if self.inner.at.lock().await.0.unfinished.is_some() {
            if let Err(error) = self.inner.rewrite(|sign| sign.left = true).await {
                tracing::warn!(%error, "the note of an import that has not ended stays as it is; the next one waits");
            }
            return;
        }
        let (sign, version) = &*self.inner.at.lock().await;
        let remove = |version| {
            self.inner
                .signs
                .store()
                .write(Op::Delete(Sign::COLLECTION, sign.id.clone(), Some(version)).into())
        };
        let mut removed = remove(*version).await;
        if removed == Err(StoreError::Conflict)
            && let Ok(Some((there, version))) = self.inner.signs.get_versioned(&sign.id).await
            && there.by == sign.by
        {
            // A rewriting that was cut off here arrived all the same.
            removed = remove(version).await;
        }
        if let Err(error) = removed {
            tracing::warn!(%error, "the sign of this process stays; others will find it dead");
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.beating.abort();
    }
}

impl Inner {
    async fn beat(self: Arc<Self>, every: Duration) {
        let mut tick = tokio::time::interval(every);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        tick.tick().await;
        loop {
            tick.tick().await;
            let kept = match self.rewrite(|_| {}).await {
                Ok(true) => continue,
                Ok(false) => self.sign_again().await,
                Err(error) => Err(error),
            };
            match kept {
                Ok(true) => {}
                Ok(false) => return self.lost.cancel(),
                Err(error) => tracing::warn!(%error, "this process cannot show that it lives"),
            }
        }
    }

    /// Rewrites the sign; `false` when it is ours no more.
    pub(super) async fn rewrite(&self, change: impl FnOnce(&mut Sign)) -> Result<bool, StoreError> {
        let mut at = self.at.lock().await;
        let mut sign = at.0.clone();
        change(&mut sign);
        let mut written = replace(&self.signs, &sign, at.1).await;
        if written == Err(StoreError::Conflict)
            && let Some((there, version)) = self.signs.get_versioned(&sign.id).await?
            && there.by == sign.by
        {
            // The answer to an earlier rewriting was lost.
            written = replace(&self.signs, &sign, version).await;
        }
        match written {
            Ok(version) => *at = (sign, version),
            Err(StoreError::Conflict) => return Ok(false),
            Err(error) => return Err(error),
        }
        Ok(true)
    }

    /// Signs again after somebody has taken us for dead; `false` when the instance is being moved.
    async fn sign_again(&self) -> Result<bool, StoreError> {
        let mut at = self.at.lock().await;
        if at.0.id == MOVER || self.signs.get(MOVER).await?.is_some() {
            return Ok(false);
        }
        match self.signs.insert(&at.0, Vec::new()).await {
            Ok(()) => at.1 = 1,
            Err(StoreError::Unique { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(self.signs.get(MOVER).await?.is_none())
    }
}

/// Writes a sign over the one that stands there at this version.
pub(super) async fn replace(signs: &Collection<Sign>, sign: &Sign, version: u64) -> Result<u64, StoreError> {
    let op = Op::Replace(store::RawDocument::of(sign)?, version);
    signs.store().write(op.into()).await
}

//! Owns doing a money POST once for each `Idempotency-Key`: claim, do, keep the answer. Refuses to know what is done.
//!
//! What a request makes has an id that is chosen with the claim and kept in it. Whoever goes on with an abandoned claim
//! makes the same thing, which unique ids make harmless. A refusal frees the key: nothing was done.

use std::future::Future;
use std::sync::Arc;

use contracts::Trail;
use kernel::{Ambient, Fault, UserId};
use store::{Change, StoreError};
use tracing::Instrument as _;
use uuid::Uuid;

use super::App;
use crate::domain::idempotency::{ANSWER_BYTES_MAX, KeptAnswer, KeyDoc, Known, UNDER_WAY_MAX, fingerprint};
use crate::error::Error;

/// Keys that a sweep removes in one go.
const SWEEP_MAX: usize = 200;

/// A request with its key.
pub(crate) struct Keyed {
    pub(crate) user: UserId,
    pub(crate) key: String,
    /// Method and path.
    pub(crate) route: String,
    /// What was asked, written out the same way each time.
    pub(crate) asked: Vec<u8>,
}

/// What a claim led to.
enum Claim {
    /// Do it, making this.
    Do(Uuid),
    /// It was done.
    Done(KeptAnswer),
}

impl App {
    /// Does `effect` once for the key, and answers what it answered. It runs to its end even when the caller leaves.
    pub(crate) async fn once<F, Fut>(self: &Arc<Self>, keyed: Keyed, effect: F) -> Result<KeptAnswer, Error>
    where
        F: FnOnce(Arc<Self>, Uuid) -> Fut + Send + 'static,
        Fut: Future<Output = Result<KeptAnswer, Error>> + Send + 'static,
    {
        let id = KeyDoc::id_of(keyed.user, &keyed.key);
        let makes = match self.claim(&id, &keyed).await? {
            Claim::Done(answer) => return Ok(answer),
            Claim::Do(makes) => makes,
        };
        let app = self.clone();
        let work = async move {
            match effect(app.clone(), makes).await {
                Ok(answer) => app.keep(&id, answer).await,
                Err(e) => {
                    app.give_back(&id, e.is_refusal()).await;
                    Err(e)
                }
            }
        };
        let work = tokio::spawn(Trail::current().apart().follow(work).in_current_span());
        work.await.map_err(Fault::internal)?
    }

    async fn claim(&self, id: &str, keyed: &Keyed) -> Result<Claim, Error> {
        let print = fingerprint(&keyed.route, &keyed.asked);
        let fresh = KeyDoc {
            id: id.to_owned(),
            user_id: keyed.user,
            fingerprint: print.clone(),
            makes: new_id(&self.repo.ambient),
            claimed_until: self.repo.ambient.now() + UNDER_WAY_MAX,
            answer: None,
            expires_at: self.repo.ambient.now() + self.repo.config.keys_kept(),
        };
        // A key may be given back or swept between the two looks; once is enough to see that.
        for _ in 0..2 {
            match self.repo.keys.insert(&fresh, Vec::new()).await {
                Ok(()) => return Ok(Claim::Do(fresh.makes)),
                Err(StoreError::Unique { .. }) => {}
                Err(e) => return Err(e.into()),
            }
            let judged = self.repo.keys.update(id, |mut known: KeyDoc| {
                let now = self.repo.ambient.now();
                match known.judge(&print, now) {
                    Known::Answered(answer) => Ok(Change::Keep(Claim::Done(answer))),
                    Known::Other => Err(Error::KeyReused),
                    Known::UnderWay => Err(Error::KeyInUse),
                    Known::Abandoned => {
                        known.claimed_until = now + UNDER_WAY_MAX;
                        let makes = known.makes;
                        Ok(Change::Put(known, Vec::new(), Claim::Do(makes)))
                    }
                }
            });
            if let Some(claim) = judged.await? {
                return Ok(claim);
            }
        }
        Err(Error::KeyInUse)
    }

    /// Keeps an answer, unless another was kept first: then that one is the answer.
    async fn keep(&self, id: &str, answer: KeptAnswer) -> Result<KeptAnswer, Error> {
        if answer.body.len() > ANSWER_BYTES_MAX {
            return Err(Fault::internal("an answer is too large to be kept").into());
        }
        let keep = |mut doc: KeyDoc| {
            Ok::<_, StoreError>(match doc.answer.clone() {
                Some(first) => Change::Keep(first),
                None => {
                    doc.answer = Some(answer.clone());
                    Change::Put(doc, Vec::new(), answer.clone())
                }
            })
        };
        let kept = self.repo.keys.update(id, keep).await?;
        // Swept meanwhile: the answer stands all the same.
        Ok(kept.unwrap_or(answer))
    }

    /// Lets the key be used again: for anything when nothing was done, else for going on with the same.
    async fn give_back(&self, id: &str, nothing_done: bool) {
        let give_back = |mut doc: KeyDoc| {
            Ok::<_, StoreError>(if doc.answer.is_some() {
                Change::Keep(())
            } else if nothing_done {
                Change::Remove(Vec::new(), ())
            } else {
                doc.claimed_until = self.repo.ambient.now();
                Change::Put(doc, Vec::new(), ())
            })
        };
        // When this fails too the claim lapses by itself.
        if let Err(error) = self.repo.keys.update(id, give_back).await {
            tracing::warn!(%error, "a key stays claimed for a while");
        }
    }

    /// Removes keys whose time is over.
    pub(crate) async fn sweep_keys(&self) -> Result<(), StoreError> {
        let over = store::Query::on("expires")
            .at_most(self.repo.ambient.now())
            .limit(SWEEP_MAX);
        for key in self.repo.keys.find(over).await? {
            self.repo.keys.delete(key.id).await?;
        }
        Ok(())
    }
}

fn new_id(ambient: &Ambient) -> Uuid {
    ambient.id::<kernel::OrderId>().uuid()
}

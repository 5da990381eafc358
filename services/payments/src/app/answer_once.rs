//! Owns that a request with an `Idempotency-Key` has one effect and one answer. Refuses to know what the request does: each such request can
//! be begun again where it stopped.

use kernel::{OrderId, UserId};
use serde::Serialize;
use store::{Change, StoreError};

use crate::app::App;
use crate::domain::request::{Given, LEASE, MoneyRequest, digest};
use crate::error::Error;

/// A request that moves money.
pub(crate) struct Asked<'a> {
    pub(crate) user: UserId,
    /// Which route.
    pub(crate) route: &'static str,
    /// The `Idempotency-Key`.
    pub(crate) key: &'a str,
    /// Its body, as read.
    pub(crate) body: Vec<u8>,
    /// For a payment: of which order, and how; so that one that breaks off can be finished.
    pub(crate) payment: Option<(OrderId, String)>,
}

/// A request to be worked on now.
pub(crate) struct Turn {
    /// Its id, from which the ids of what it makes follow.
    pub(crate) request: String,
    /// Whether somebody worked on it before and did not come to an end.
    pub(crate) resumed: bool,
}

impl App {
    /// Answers a request once. The answer of `work` has `status` and is remembered. Fails with `KeyReused` for another body, with `InProgress` while the same is being worked on.
    pub(crate) async fn answer_once<T: Serialize, F>(
        &self,
        asked: Asked<'_>,
        status: u16,
        work: impl FnOnce(Turn) -> F,
    ) -> Result<Given, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let holder = self.ambient().token::<12>();
        let turn = match self.begin(&asked, &holder).await? {
            Begun::Given(given) => return Ok(given),
            Begun::Mine(turn) => turn,
        };
        let request = turn.request.clone();
        match work(turn).await {
            Ok(answer) => {
                let body = serde_json::to_string(&answer).map_err(kernel::Fault::internal)?;
                self.give(&request, Given { status, body }).await
            }
            Err(e) => {
                self.give_up(&request, &holder, e.is_before_any_effect()).await?;
                Err(e)
            }
        }
    }

    async fn begin(&self, asked: &Asked<'_>, holder: &str) -> Result<Begun, Error> {
        let now = self.now();
        let user = asked.user.to_string();
        let id = digest(&[user.as_bytes(), asked.route.as_bytes(), asked.key.as_bytes()]);
        let (order_id, method) = asked.payment.clone().unzip();
        let fresh = MoneyRequest {
            id: id.clone(),
            user_id: asked.user,
            body: digest(&[&asked.body]),
            order_id,
            method,
            until: now + LEASE,
            holder: holder.to_owned(),
            given: None,
            created_at: now,
        };
        match self.repo.requests.insert(&fresh, Vec::new()).await {
            Ok(()) => {
                return Ok(Begun::Mine(Turn {
                    request: id,
                    resumed: false,
                }));
            }
            Err(StoreError::Unique { .. }) => {}
            Err(e) => return Err(e.into()),
        }
        let known = self.repo.requests.update(&id, |known| {
            if known.body != fresh.body {
                return Err(Error::KeyReused);
            }
            if let Some(given) = known.given.clone() {
                return Ok(Change::Keep(Begun::Given(given)));
            }
            if known.until > now {
                return Err(Error::InProgress);
            }
            // Whoever worked on it is gone: go on where it stopped.
            let turn = Turn {
                request: id.clone(),
                resumed: true,
            };
            let mine = MoneyRequest {
                until: now + LEASE,
                holder: holder.to_owned(),
                ..known
            };
            Ok(Change::Put(mine, Vec::new(), Begun::Mine(turn)))
        });
        // It was given up between the two: the caller tries again.
        known.await?.ok_or(Error::InProgress)
    }

    /// Remembers the answer; the first one that was remembered holds.
    async fn give(&self, request: &str, given: Given) -> Result<Given, Error> {
        let kept = self.repo.requests.update(request, |known| {
            if let Some(before) = known.given.clone() {
                return Ok::<_, Error>(Change::Keep(before));
            }
            let done = MoneyRequest {
                given: Some(given.clone()),
                ..known
            };
            Ok(Change::Put(done, Vec::new(), given.clone()))
        });
        Ok(kept.await?.unwrap_or(given))
    }

    /// Forgets a request without effect, so that it may be made anew; lets go of any other, so that it may be gone on with.
    async fn give_up(&self, request: &str, holder: &str, forget: bool) -> Result<(), Error> {
        let now = self.now();
        let done = self.repo.requests.update(request, |known| {
            if known.holder != holder || known.given.is_some() {
                return Ok::<_, Error>(Change::Keep(()));
            }
            Ok(match forget {
                true => Change::Remove(Vec::new(), ()),
                false => Change::Put(MoneyRequest { until: now, ..known }, Vec::new(), ()),
            })
        });
        done.await.map(drop)
    }
}

enum Begun {
    /// It was answered before.
    Given(Given),
    /// It is ours to work on.
    Mine(Turn),
}

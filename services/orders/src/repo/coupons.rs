//! Owns writing coupons: everybody who redeems one writes the same document, so this process's writers of one queue, and other
//! processes' are waited out. Refuses to decide.

use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::time::Duration;

use kernel::{Ambient, OrderId};
use store::{Change, StoreError};
use tokio::sync::{Mutex, MutexGuard};

use super::Repo;
use crate::domain::coupon::CouponDoc;
use crate::error::Error;

/// Number of queues: in each, one coupon at a time is written by this process.
const QUEUES: usize = 64;
/// How often a write is begun anew after others were faster 32 times in a row: other processes, since those of this one queue.
const PATIENCE: u32 = 20;
/// The pause before that, drawn by half.
const PAUSE: Duration = Duration::from_millis(40);

/// The queues.
pub(crate) struct Queues(Vec<Mutex<()>>);

impl Queues {
    pub(crate) fn new() -> Self {
        Self(std::iter::repeat_with(Mutex::default).take(QUEUES).collect())
    }

    async fn turn(&self, coupon: &str) -> Option<MutexGuard<'_, ()>> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(coupon);
        let at = usize::try_from(hash % QUEUES as u64).unwrap_or_default();
        match self.0.get(at) {
            Some(queue) => Some(queue.lock().await),
            None => None,
        }
    }
}

async fn pause(ambient: &Ambient, attempt: u32) -> Result<(), StoreError> {
    if attempt >= PATIENCE {
        return Err(StoreError::Busy);
    }
    // Between half of it and one and a half.
    let [dice] = ambient.bytes::<1>();
    tokio::time::sleep(PAUSE / 2 + PAUSE * u32::from(dice) / 256).await;
    Ok(())
}

impl Repo {
    /// Writes a coupon as `decide` says, when it is its turn. None when there is no such coupon.
    pub(crate) async fn write_coupon<R>(
        &self,
        id: &str,
        mut decide: impl FnMut(CouponDoc) -> Result<Change<CouponDoc, R>, Error>,
    ) -> Result<Option<R>, Error> {
        let _turn = self.coupon_queues.turn(id).await;
        let mut attempt = 0;
        loop {
            match self.coupons.update(id, &mut decide).await {
                Err(Error::Store(StoreError::Busy)) => pause(&self.ambient, attempt).await?,
                other => return other,
            }
            attempt += 1;
        }
    }

    /// Settles what an order holds of a coupon: counted or given back. Idempotent; a coupon that was taken back goes with the last one.
    pub(crate) async fn settle_coupon(&self, coupon: &str, order: OrderId, completed: bool) -> Result<(), Error> {
        let settle = |mut doc: CouponDoc| {
            Ok(match doc.settle(order, completed) {
                true if doc.withdrawn && doc.held.is_empty() => Change::Remove(Vec::new(), ()),
                true => Change::Put(doc, Vec::new(), ()),
                false => Change::Keep(()),
            })
        };
        self.write_coupon(coupon, settle).await.map(drop)
    }
}

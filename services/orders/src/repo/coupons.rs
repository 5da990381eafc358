//! Owns writing coupons: everybody who redeems one writes the same document, so writers take turns. Refuses to decide.

use kernel::OrderId;
use store::{Change, StoreError};

use super::Repo;
use crate::domain::coupon::CouponDoc;
use crate::error::Error;

impl Repo {
    /// Writes a coupon as `decide` says, when it is its turn. None when there is no such coupon.
    pub(crate) async fn write_coupon<R>(
        &self,
        id: &str,
        mut decide: impl FnMut(CouponDoc) -> Result<Change<CouponDoc, R>, Error>,
    ) -> Result<Option<R>, Error> {
        let _turn = self.coupon_turns.turn(id).await;
        let mut attempt = 0;
        loop {
            match self.coupons.update(id, &mut decide).await {
                Err(Error::Store(StoreError::Busy)) => self.coupon_turns.pause(attempt).await?,
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

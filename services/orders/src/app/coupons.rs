//! Owns what sellers do with coupons, and the sweep of redemptions that no order holds.

use std::time::Duration;

use kernel::{Fault, OrderId, Page, UserId};
use store::{Change, Query, StoreError};

use super::App;
use crate::domain::coupon::{COUPONS_MAX, CouponDoc};
use crate::error::Error;

/// How long a redemption may be held before it is looked whether its order was ever written.
const ORPHAN_AFTER: Duration = Duration::from_secs(300);
/// Coupons of a page of that look.
const LOOK_MAX: usize = 100;
/// Pages of that look.
const LOOK_PAGES_MAX: usize = 100;

impl App {
    /// Adds a coupon.
    pub(crate) async fn create_coupon(&self, coupon: CouponDoc) -> Result<CouponDoc, Error> {
        let mine = Query::on("seller").eq(coupon.seller_id);
        if self.repo.coupons.count(mine, COUPONS_MAX).await? >= COUPONS_MAX {
            return Err(Error::TooManyCoupons);
        }
        match self.repo.coupons.insert(&coupon, Vec::new()).await {
            Ok(()) => Ok(coupon),
            Err(StoreError::Unique { .. }) => Err(Error::CodeTaken),
            Err(e) => Err(e.into()),
        }
    }

    /// Returns a page of a seller's coupons, newest first.
    pub(crate) async fn page_coupons(
        &self,
        of: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<CouponDoc>, Fault> {
        let mine = Query::on("seller").eq(of).descending().limit(limit);
        self.repo.coupons.page(mine, cursor).await
    }

    /// Takes a coupon back: it goes at once, or when no open order holds it any more.
    pub(crate) async fn withdraw_coupon(&self, seller: UserId, code: &str) -> Result<(), Error> {
        let withdraw = |mut coupon: CouponDoc| {
            if coupon.held.is_empty() {
                return Ok(Change::Remove(Vec::new(), true));
            }
            let was = coupon.withdrawn;
            coupon.withdrawn = true;
            Ok(Change::Put(coupon, Vec::new(), !was))
        };
        let taken = self
            .repo
            .write_coupon(&CouponDoc::id_of(seller, code), withdraw)
            .await?;
        if taken == Some(true) {
            Ok(())
        } else {
            Err(Error::NotFound("orders.coupon_not_found"))
        }
    }

    /// Gives redemptions back whose order was never written, and settles those whose order is over.
    pub(crate) async fn sweep_coupons(&self) -> Result<(), Error> {
        let before = self.repo.ambient.now() - ORPHAN_AFTER;
        let mut cursor: Option<String> = None;
        for _ in 0..LOOK_PAGES_MAX {
            let old = Query::on("held").at_most(before).limit(LOOK_MAX);
            let page = self.repo.coupons.page(old, cursor.as_deref()).await?;
            for coupon in page.items {
                let id = CouponDoc::id_of(coupon.seller_id, &coupon.code);
                for held in coupon.held.iter().filter(|h| h.at <= before) {
                    if let Err(error) = self.settle_held(&id, held.order_id).await {
                        tracing::warn!(order = %held.order_id, %error, "a redemption is not settled yet");
                    }
                }
            }
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(()),
            }
        }
        Ok(())
    }

    async fn settle_held(&self, coupon: &str, order: OrderId) -> Result<(), Error> {
        match self.repo.orders.get(order).await? {
            None => self.release_coupon(coupon, order).await,
            Some(order) => self.follow_up(order).await.map(drop),
        }
    }
}

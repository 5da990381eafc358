//! Erases a person: keys, entitlements, own coupons and what they wrote go or end, open orders are taken back. Orders themselves stay, as
//! bookkeeping must: they hold ids and sums, and neither e-mail, name nor handle of anybody.

use contracts::orders::OrderStatus;
use kernel::{Fault, UserId};
use store::{Change, Query, StoreError};

use super::App;
use crate::domain::coupon::CouponDoc;
use crate::domain::order::Input;
use crate::domain::refund::RefundDoc;
use crate::error::Error;
use crate::repo::entitlements::ERASE_MAX;

impl App {
    /// Erases `user`. May be begun again.
    pub(crate) async fn erase(&self, user: UserId) -> Result<(), Fault> {
        let mut cursor: Option<String> = None;
        loop {
            let page = self
                .repo
                .page_orders("buyer", user, ERASE_MAX, cursor.as_deref())
                .await?;
            for order in &page.items {
                if let Some(order) = self.repo.buyer_gone(order.id).await? {
                    self.leave(order.id, order.course.status).await?;
                    self.repo.follow_order(&order).await?;
                }
            }
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        self.erase_keys(user).await?;
        self.erase_reasons(user).await?;
        self.erase_coupons(user).await
    }

    async fn leave(&self, order: kernel::OrderId, status: OrderStatus) -> Result<(), Fault> {
        let open = [
            OrderStatus::Reserving,
            OrderStatus::AwaitingPayment,
            OrderStatus::Paying,
        ];
        if !open.contains(&status) {
            return Ok(());
        }
        match self.tell(order, Input::Cancel).await {
            // It moved on meanwhile.
            Ok(_) | Err(Error::Denied(_)) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    async fn erase_keys(&self, user: UserId) -> Result<(), Fault> {
        loop {
            let keys = self.repo.keys.find(Query::on("user").eq(user).limit(ERASE_MAX)).await?;
            for key in &keys {
                self.repo.keys.delete(&key.id).await?;
            }
            if keys.len() < ERASE_MAX {
                return Ok(());
            }
        }
    }

    /// What they wrote about refunds goes; that there were any stays.
    async fn erase_reasons(&self, user: UserId) -> Result<(), Fault> {
        let mut cursor: Option<String> = None;
        loop {
            let asked = Query::on("asker").eq(user).limit(ERASE_MAX);
            let page = self.repo.refunds.page(asked, cursor.as_deref()).await?;
            for refund in &page.items {
                let erase = |mut doc: RefundDoc| {
                    doc.reason = None;
                    Ok::<_, StoreError>(Change::Put(doc, Vec::new(), ()))
                };
                self.repo.refunds.update(refund.id, erase).await?;
            }
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(()),
            }
        }
    }

    async fn erase_coupons(&self, user: UserId) -> Result<(), Fault> {
        let mut cursor: Option<String> = None;
        loop {
            let page = self.page_coupons(user, ERASE_MAX, cursor.as_deref()).await?;
            for CouponDoc { code, .. } in &page.items {
                match self.withdraw_coupon(user, code).await {
                    Ok(()) | Err(Error::NotFound(_)) => {}
                    Err(e) => return Err(e.into()),
                }
            }
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(()),
            }
        }
    }
}

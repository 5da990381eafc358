//! Refunds a completed order: the refund's own record first, then the order's word for it, which payments hears. Both have
//! the same id, so that a crash between them is made good by the sweep or the same request again.

use kernel::{OrderId, RefundId, UserId};
use store::{Change, Query, StoreError};

use super::App;
use crate::domain::order::{Denied, Input, ReturnState};
use crate::domain::refund::{RefundDoc, RefundStatus};
use crate::error::Error;
use crate::repo::orders::OrderDoc;

/// After how long a refund is looked at whose order was not told of it.
const LOOK_AFTER: std::time::Duration = std::time::Duration::from_secs(5);
/// Refunds that one look finds.
const LOOK_MAX: usize = 100;

/// Who wants a refund of what.
#[derive(Clone, Debug)]
pub(crate) struct RefundWish {
    pub(crate) by: UserId,
    pub(crate) admin: bool,
    pub(crate) order: OrderId,
    pub(crate) reason: Option<String>,
}

impl App {
    /// Refunds an order under the id `id`, or finds that refund again.
    pub(crate) async fn refund_order(&self, id: RefundId, wish: RefundWish) -> Result<RefundDoc, Error> {
        let order = self.repo.orders.get(wish.order).await?;
        let order = order
            .filter(|o| wish.admin || [o.terms.buyer_id, o.terms.seller_id].contains(&wish.by))
            .ok_or(Error::NotFound("orders.not_found"))?;
        let now = self.repo.ambient.now();
        if order.course.refund.is_none_or(|r| r.id != id) {
            self.check_window(&order, &wish)?;
        }
        let refund = RefundDoc {
            id,
            order_id: order.id,
            asked_by: wish.by,
            reason: wish.reason,
            amount: order.course.total,
            status: RefundStatus::Requested,
            created_at: now,
            updated_at: now,
            wake: Some(now + LOOK_AFTER),
        };
        match self.repo.refunds.insert(&refund, Vec::new()).await {
            Ok(()) | Err(StoreError::Unique { .. }) => {}
            Err(e) => return Err(e.into()),
        }
        self.ask_refund(id, order.id).await?;
        self.repo
            .refunds
            .get(id)
            .await?
            .ok_or(Error::NotFound("orders.not_found"))
    }

    /// A buyer has the window; the seller and moderators always may.
    fn check_window(&self, order: &OrderDoc, wish: &RefundWish) -> Result<(), Error> {
        let completed = order.course.completed_at.ok_or(Denied::NotRefundable)?;
        let always = wish.admin || wish.by == order.terms.seller_id;
        let window = completed + self.repo.config.refund_window();
        if always || self.repo.ambient.now() <= window {
            Ok(())
        } else {
            Err(Error::RefundWindowOver)
        }
    }

    /// Lets the order ask for its refund; a record of a refund that the order does not take goes again.
    async fn ask_refund(&self, id: RefundId, order: OrderId) -> Result<(), Error> {
        match self.repo.step(order, Input::RefundAsked(id)).await {
            Ok(_) => Ok(self.follow_refund(id, None).await?),
            Err(Error::Denied(denied)) => {
                let order = self.repo.orders.get(order).await?;
                let asked = order.and_then(|o| o.course.refund).filter(|r| r.id == id);
                match asked {
                    Some(asked) => Ok(self.follow_refund(id, Some(asked.state)).await?),
                    None => {
                        self.repo.refunds.delete(id).await?;
                        Err(denied.into())
                    }
                }
            }
            Err(e) => Err(e),
        }
    }

    /// Brings a refund's record to where its order is.
    pub(crate) async fn follow_refund(&self, id: RefundId, state: Option<ReturnState>) -> Result<(), StoreError> {
        let now = self.repo.ambient.now();
        let follow = |mut doc: RefundDoc| {
            let status = match state {
                Some(ReturnState::Completed) => RefundStatus::Completed,
                Some(ReturnState::Failed) => RefundStatus::Failed,
                Some(ReturnState::Requested) | None => doc.status,
            };
            if doc.status == status && doc.wake.is_none() {
                return Ok(Change::Keep(()));
            }
            doc.status = status;
            doc.wake = None;
            doc.updated_at = now;
            Ok::<_, StoreError>(Change::Put(doc, Vec::new(), ()))
        };
        self.repo.refunds.update(id, follow).await.map(drop)
    }

    /// Makes good what a crash between a refund's record and its order left.
    pub(crate) async fn sweep_refunds(&self) -> Result<(), Error> {
        let due = Query::on("wake").at_most(self.repo.ambient.now()).limit(LOOK_MAX);
        for refund in self.repo.refunds.find(due).await? {
            match self.ask_refund(refund.id, refund.order_id).await {
                Ok(()) | Err(Error::Denied(_)) => {}
                // It keeps no other from being asked for.
                Err(error) => tracing::warn!(refund = %refund.id, %error, "a refund is not asked for yet"),
            }
        }
        Ok(())
    }
}

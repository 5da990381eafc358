//! Answers payments, ai-model-cards and ai-chat-host from the documents. Refuses to need anything but them.

use std::sync::Arc;

use async_trait::async_trait;
use contracts::orders::{Entitlement, Entitlements, OrderStatus, Orders, Payable, Standing};
use kernel::{AgentId, CardId, EntitlementId, Fault, OrderId, RoomId, RunId, UserId};

use crate::domain::order::{Denied, Input};
use crate::error::Error;
use crate::repo::Repo;

pub(crate) struct Local(pub(crate) Arc<Repo>);

#[async_trait]
impl Orders for Local {
    async fn begin_payment(&self, buyer: UserId, order: OrderId) -> Result<Payable, Fault> {
        let theirs = self.0.orders.get(order).await?.filter(|o| o.terms.buyer_id == buyer);
        let missing = || Fault::from(Error::NotFound("orders.not_found"));
        theirs.ok_or_else(missing)?;
        let begun = self.0.step(order, Input::Pay).await?.ok_or_else(missing)?;
        let deadline = begun.course.deadline.ok_or(Error::Denied(Denied::NotPayable))?;
        Ok(Payable {
            order_id: begun.id,
            buyer_id: begun.terms.buyer_id,
            seller_id: begun.terms.seller_id,
            attempt: begun.course.attempt,
            total: begun.course.total,
            description: format!("{} × {}", begun.terms.quantity, begun.terms.name),
            deadline,
        })
    }

    async fn standing(&self, order: OrderId) -> Result<Option<Standing>, Fault> {
        let kept_max = self.0.config.hold_kept_max();
        Ok(self.0.orders.get(order).await?.map(|order| Standing {
            status: order.course.status,
            attempt: order.course.attempt,
            // The provider was silent for as long as a hold is kept.
            keeps_hold: order.course.status != OrderStatus::Expiring
                || self.0.ambient.now().since(order.course.since) < kept_max,
        }))
    }
}

#[async_trait]
impl Entitlements for Local {
    async fn entitlement(&self, user: UserId, agent: AgentId) -> Result<Option<Entitlement>, Fault> {
        self.0.active_entitlement(user, agent).await
    }

    async fn agents_of(&self, user: UserId) -> Result<Vec<AgentId>, Fault> {
        self.0.agents_of(user).await
    }

    async fn holds(&self, user: UserId, card: CardId) -> Result<bool, Fault> {
        self.0.holds_card(user, card).await
    }

    async fn admit(&self, user: UserId, agent: AgentId, room: RoomId) -> Result<Entitlement, Fault> {
        self.0.admit_room(user, agent, room).await
    }

    async fn leave(&self, agent: Option<AgentId>, room: RoomId) -> Result<(), Fault> {
        self.0.leave_room(agent, room).await
    }

    async fn used(&self, entitlement: EntitlementId, run: RunId, tokens: u64) -> Result<(), Fault> {
        self.0.count_tokens(entitlement, run, tokens).await
    }
}

//! Owns the order's document, and the one way to write it: a step of its course, with its events. Refuses to decide.

use contracts::Event;
use contracts::orders::{OrderChange, OrderEvent, OrderStatus};
use kernel::{CardId, Fault, Money, OrderId, Page, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Change, Document, Index, Query, StoreError};

use super::Repo;
use crate::domain::order::{Course, Input, Step};
use crate::domain::terms::Terms;
use crate::error::Error;

/// Orders that one look finds.
pub(crate) const WAKE_MAX: usize = 200;
/// Latest orders of a buyer among which those that were let go are counted.
const LET_GO_LOOKED_AT: usize = 200;

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderDoc {
    pub(crate) id: OrderId,
    #[serde(flatten)]
    pub(crate) terms: Terms,
    #[serde(flatten)]
    pub(crate) course: Course,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// Its number among the buyer's open orders, while it is one: a unique index keeps them few.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) seat: Option<u32>,
    /// Whether the coupon's redemption is still to be settled.
    pub(crate) coupon_held: bool,
    /// Whether its buyer's account is no more.
    pub(crate) gone: bool,
}

impl Document for OrderDoc {
    const COLLECTION: &'static str = "orders";
    const INDEXES: &'static [Index] = &[
        Index::plain("buyer", &["buyerId"]),
        Index::plain("seller", &["sellerId"]),
        Index::plain("wake", &["wake"]),
        Index::unique("seat", &["buyerId", "seat"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

impl OrderDoc {
    /// Returns the facts that a step tells, each with its version.
    fn event(&self, version: u64, change: OrderChange) -> OrderEvent {
        OrderEvent {
            order_id: self.id,
            buyer_id: self.terms.buyer_id,
            seller_id: self.terms.seller_id,
            card_id: self.terms.card_id,
            revision: self.terms.revision,
            quantity: self.terms.quantity,
            total: self.course.total,
            version,
            change,
        }
    }
}

/// What is to be placed.
pub(crate) struct Placing {
    pub(crate) id: OrderId,
    pub(crate) terms: Terms,
    pub(crate) total: Money,
}

impl Repo {
    /// Writes a new order with its event. The order that is there already when it was written before.
    pub(crate) async fn place(&self, placing: Placing) -> Result<OrderDoc, Error> {
        let now = self.ambient.now();
        let step = Course::place(placing.total, now, now + self.config.hold_for());
        let mut order = OrderDoc {
            id: placing.id,
            coupon_held: placing.terms.coupon.is_some(),
            terms: placing.terms,
            course: step.course,
            created_at: now,
            updated_at: now,
            seat: None,
            gone: false,
        };
        let events = self.events(&order, step.told)?;
        // Who was refused a seat does not ask for it again: somebody was faster, or the store has not seen yet that it is free.
        let mut refused = Vec::new();
        for _ in 0..=self.config.open_orders_max {
            let seat = self.free_seat(order.terms.buyer_id, &refused).await?;
            order.seat = Some(seat);
            match self.orders.insert(&order, events.clone()).await {
                Ok(()) => return Ok(order),
                Err(StoreError::Unique { index }) if index == "seat" => refused.push(seat),
                Err(StoreError::Unique { .. }) => {
                    return self.orders.get(order.id).await?.ok_or(StoreError::Conflict.into());
                }
                Err(e) => return Err(e.into()),
            }
        }
        Err(StoreError::Busy.into())
    }

    async fn free_seat(&self, buyer: UserId, refused: &[u32]) -> Result<u32, Error> {
        let most = self.config.open_orders_max;
        let limit = usize::try_from(most).unwrap_or(usize::MAX);
        let open = self.orders.find(Query::on("seat").eq(buyer).limit(limit)).await?;
        let is_free = |seat: &u32| !refused.contains(seat) && open.iter().all(|order| order.seat != Some(*seat));
        let too_many = || match open.len() < limit {
            true => StoreError::Busy.into(),
            false => Error::TooManyOpen(most),
        };
        (0..most).find(is_free).ok_or_else(too_many)
    }

    /// Refuses a buyer who held a card again and again without paying, so that nobody keeps an edition from all others for nothing.
    pub(crate) async fn may_hold(&self, buyer: UserId, card: CardId) -> Result<(), Error> {
        let (most, since) = (self.config.let_go_max, self.ambient.now() - self.config.let_go_within());
        let latest = Query::on("buyer").eq(buyer).descending().limit(LET_GO_LOOKED_AT);
        let is_let_go = |order: &&OrderDoc| {
            order.terms.card_id == card
                && order.updated_at > since
                && matches!(order.course.status, OrderStatus::Expired | OrderStatus::Cancelled)
        };
        let orders = self.orders.find(latest).await?;
        let let_go: Vec<&OrderDoc> = orders.iter().filter(is_let_go).collect();
        if let_go.len() < most as usize {
            return Ok(());
        }
        let oldest = let_go.iter().map(|order| order.updated_at).min().unwrap_or(since);
        Err(Error::LetGoTooOften(most, oldest.since(since)))
    }

    /// Tells an order something and returns it as it is then. None when there is no such order.
    pub(crate) async fn step(&self, id: OrderId, input: Input) -> Result<Option<OrderDoc>, Error> {
        self.orders
            .update(id, |order: OrderDoc| {
                let now = self.ambient.now();
                let Some(step) = order.course.step(input, self.config.pay_within(), now)? else {
                    return Ok(Change::Keep(order));
                };
                let (order, told) = advance(order, step, now);
                let events = self.events(&order, told)?;
                Ok(Change::Put(order.clone(), events, order))
            })
            .await
    }

    fn events(&self, order: &OrderDoc, told: Vec<OrderChange>) -> Result<Vec<Event>, Fault> {
        let before = order.course.version.saturating_sub(told.len() as u64);
        (before + 1..)
            .zip(told)
            .map(|(version, change)| Event::new(&self.ambient, &order.event(version, change)))
            .collect()
    }

    /// Notes that the coupon of an order is settled, and that nothing more is to be done for it.
    pub(crate) async fn coupon_settled(&self, id: OrderId) -> Result<(), StoreError> {
        let note = |mut order: OrderDoc| {
            order.coupon_held = false;
            if order.course.status.is_terminal() {
                order.course.wake = None;
            }
            Ok::<_, StoreError>(Change::Put(order, Vec::new(), ()))
        };
        self.orders.update(id, note).await.map(drop)
    }

    /// Notes that the buyer of an order is no more.
    pub(crate) async fn buyer_gone(&self, id: OrderId) -> Result<Option<OrderDoc>, StoreError> {
        let note = |mut order: OrderDoc| {
            if order.gone {
                return Ok(Change::Keep(order));
            }
            order.gone = true;
            Ok::<_, StoreError>(Change::Put(order.clone(), Vec::new(), order))
        };
        self.orders.update(id, note).await
    }

    /// Returns orders that are to be looked at now, the longest waiting first.
    pub(crate) async fn waking(&self) -> Result<Vec<OrderDoc>, StoreError> {
        let due = Query::on("wake").at_most(self.ambient.now()).limit(WAKE_MAX);
        self.orders.find(due).await
    }

    /// Returns a page of somebody's orders (`buyer`) or sales (`seller`), newest first.
    pub(crate) async fn page_orders(
        &self,
        index: &'static str,
        of: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<OrderDoc>, Fault> {
        let query = Query::on(index).eq(of).descending().limit(limit);
        self.orders.page(query, cursor).await
    }
}

fn advance(order: OrderDoc, step: Step, now: Timestamp) -> (OrderDoc, Vec<OrderChange>) {
    let over = step.course.status.is_terminal();
    let was_over = order.course.status.is_terminal();
    let mut next = OrderDoc {
        course: step.course,
        updated_at: now,
        seat: order.seat.filter(|_| !over),
        ..order
    };
    if over && next.coupon_held {
        // Settled right after this write; looked at again in case a crash comes between.
        next.course.wake = if was_over {
            order_wake(&next)
        } else {
            Some(now + SETTLE_AFTER)
        };
    }
    (next, step.told)
}

/// When the coupon of an order that is over is settled by the sweep.
const SETTLE_AFTER: std::time::Duration = std::time::Duration::from_secs(5);

fn order_wake(order: &OrderDoc) -> Option<Timestamp> {
    order.course.wake.or(Some(order.updated_at + SETTLE_AFTER))
}

/// Tells whether an order is paid for and its hold sold, so that only the entitlement is missing.
pub(crate) fn is_to_be_granted(order: &OrderDoc) -> bool {
    order.course.status == OrderStatus::Paid && order.course.committed
}

//! Orders, as far as payments asks them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use contracts::orders::{OrderChange, OrderEvent, OrderStatus, Orders, Payable, Standing};
use kernel::{Ambient, ErrorCode, Fault, Money, OrderId, UserId};
use parking_lot::Mutex;
use tokio::sync::RwLock;

pub struct FakeOrders {
    ambient: Ambient,
    orders: Mutex<HashMap<OrderId, Order>>,
    /// The reply of `begin_payment` is lost after its effect.
    pub loses_reply: AtomicBool,
    /// `begin_payment` waits here.
    pub gate: RwLock<()>,
}

#[derive(Clone)]
struct Order {
    buyer: UserId,
    seller: UserId,
    total: Money,
    standing: Standing,
}

impl FakeOrders {
    pub fn new(ambient: Ambient) -> Self {
        Self {
            ambient,
            orders: Mutex::default(),
            loses_reply: AtomicBool::default(),
            gate: RwLock::default(),
        }
    }

    pub fn place(&self, buyer: UserId, seller: UserId, total: Money) -> OrderId {
        let id = self.ambient.id();
        self.place_as(id, (buyer, seller), total);
        id
    }

    pub fn place_as(&self, id: OrderId, (buyer, seller): (UserId, UserId), total: Money) {
        let standing = Standing {
            status: OrderStatus::AwaitingPayment,
            attempt: 0,
            keeps_hold: true,
        };
        self.orders.lock().insert(
            id,
            Order {
                buyer,
                seller,
                total,
                standing,
            },
        );
    }

    /// The order may be paid again, as after a payment that failed.
    pub fn awaits(&self, order: OrderId) {
        let mut orders = self.orders.lock();
        orders.get_mut(&order).unwrap().standing.status = OrderStatus::AwaitingPayment;
    }

    pub fn event(&self, id: OrderId, change: OrderChange) -> OrderEvent {
        let order = self.orders.lock()[&id].clone();
        OrderEvent {
            order_id: id,
            buyer_id: order.buyer,
            seller_id: order.seller,
            card_id: self.ambient.id(),
            revision: 3,
            quantity: 1,
            total: order.total,
            version: 1,
            change,
        }
    }
}

#[async_trait]
impl Orders for FakeOrders {
    async fn begin_payment(&self, buyer: UserId, id: OrderId) -> Result<Payable, Fault> {
        let _open = self.gate.read().await;
        let mut orders = self.orders.lock();
        let mine = orders.get_mut(&id).filter(|o| o.buyer == buyer);
        let order = mine.ok_or_else(|| Fault::not_found("orders.not_found"))?;
        if order.standing.status != OrderStatus::AwaitingPayment {
            return Err(Fault::new(
                ErrorCode::Conflict,
                "orders.payment_under_way",
                "It is being paid.",
            ));
        }
        order.standing.status = OrderStatus::Paying;
        order.standing.attempt += 1;
        if self.loses_reply.load(Ordering::SeqCst) {
            return Err(Fault::unavailable(
                "link.broken",
                "The reply was lost.",
                Duration::from_secs(1),
            ));
        }
        Ok(Payable {
            order_id: id,
            buyer_id: buyer,
            seller_id: order.seller,
            attempt: order.standing.attempt,
            total: order.total,
            description: "Ada, an agent".into(),
            deadline: self.ambient.now(),
        })
    }

    async fn standing(&self, id: OrderId) -> Result<Option<Standing>, Fault> {
        Ok(self.orders.lock().get(&id).map(|o| o.standing))
    }
}

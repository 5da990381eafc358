//! What expiration tells the others: that the deadline of an order has come. The order's own state decides what that means.

use kernel::{OrderId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::event::{EventBody, Topic, topic};

/// A deadline has come, on `commerce.timer.v1`, keyed by order. May come late, twice or for a deadline that was moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimerEvent {
    /// The order.
    pub order_id: OrderId,
    /// The deadline that it was set for.
    pub due: Timestamp,
}

impl EventBody for TimerEvent {
    const TOPIC: Topic = topic::TIMER;
    const SOURCE: &'static str = "expiration";
    fn kind(&self) -> &'static str {
        "timer.due"
    }
    fn key(&self) -> String {
        self.order_id.to_string()
    }
}

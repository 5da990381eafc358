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

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples are the wire of version 1 for ever: what was written once must be readable by every later version.
    #[test]
    fn every_sample_of_timers_is_read_and_written_the_same() {
        let samples: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../samples/commerce.timer.v1.json")).unwrap();
        let mut kinds = std::collections::BTreeSet::new();
        for sample in samples {
            let event: TimerEvent = serde_json::from_value(sample.clone()).unwrap();
            assert_eq!(serde_json::to_value(&event).unwrap(), sample);
            kinds.insert(event.kind());
        }
        assert_eq!(kinds.len(), 1, "one sample of each");
    }
}

//! Owns how arguments, results, faults and streams are written between processes. Refuses to know which method they are of.

use std::borrow::Cow;

use kernel::{
    AgentId, CardId, EntitlementId, Fault, MessageId, OrderId, PostId, RoomId, RunId, SessionId, Timestamp, UserId,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Content type of a fault.
pub(super) const PROBLEM: &str = "application/problem+json";
/// Content type of a stream: one JSON value a line.
pub(super) const LINES: &str = "application/x-ndjson";

/// An argument as the trait takes it: what the other side owns, and how it lends that to the method.
pub(super) trait Argument<'a>: Serialize {
    /// What is read from the wire.
    type Owned: DeserializeOwned + Send + Sync + 'static;
    /// Lends what was read.
    fn lend(owned: &'a Self::Owned) -> Self;
}

impl<'a> Argument<'a> for &'a str {
    type Owned = String;
    fn lend(owned: &'a String) -> Self {
        owned
    }
}

impl<'a> Argument<'a> for Option<&'a str> {
    type Owned = Option<String>;
    fn lend(owned: &'a Option<String>) -> Self {
        owned.as_deref()
    }
}

impl<'a, T: Serialize + DeserializeOwned + Send + Sync + 'static> Argument<'a> for &'a [T] {
    type Owned = Vec<T>;
    fn lend(owned: &'a Vec<T>) -> Self {
        owned
    }
}

macro_rules! by_value {
    ($($type:ty),* $(,)?) => {$(
        impl<'a> Argument<'a> for $type {
            type Owned = $type;
            fn lend(owned: &'a $type) -> Self {
                Clone::clone(owned)
            }
        }
    )*};
}

by_value!(
    UserId,
    AgentId,
    RoomId,
    MessageId,
    RunId,
    SessionId,
    CardId,
    OrderId,
    EntitlementId,
    Timestamp,
    Option<PostId>,
    Option<AgentId>,
    Vec<u8>,
    u32,
    u64,
    usize,
    contracts::chat::SendMessage,
    contracts::chat::SendAgentMessage,
    contracts::ai_gateway::Principal,
    contracts::ai_gateway::Completion,
    contracts::ai_model_cards::HoldRequest,
    contracts::payments::MessageCharge,
);

/// A fault on the wire: a problem of RFC 9457 with the fault itself as extension members. `kind` tells it from a problem
/// that somebody in between made.
#[derive(Serialize, Deserialize)]
pub(super) struct FaultBody {
    #[serde(rename = "type")]
    about: Cow<'static, str>,
    title: Cow<'static, str>,
    status: u16,
    #[serde(flatten)]
    fault: Fault,
}

impl From<Fault> for FaultBody {
    fn from(fault: Fault) -> Self {
        Self {
            about: "about:blank".into(),
            title: fault.kind.title().into(),
            status: fault.kind.status(),
            fault,
        }
    }
}

/// Reads a fault; `None` when the body is another's.
pub(super) fn read_fault(body: &[u8]) -> Option<Fault> {
    serde_json::from_slice::<FaultBody>(body).ok().map(|body| body.fault)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kernel::{ErrorCode, FieldError};

    use super::*;

    #[test]
    fn a_fault_comes_back_as_it_went() {
        let mut fault =
            Fault::new(ErrorCode::RateLimited, "auth.too_many", "Wait.").retry_after(Duration::from_millis(1500));
        fault.fields.push(FieldError {
            field: "a.b".into(),
            message: "wrong".into(),
        });
        let bytes = serde_json::to_vec(&FaultBody::from(fault.clone())).unwrap();
        assert_eq!(read_fault(&bytes), Some(fault));
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!((&value["type"], &value["status"]), (&"about:blank".into(), &429.into()));
    }

    #[test]
    fn a_problem_that_somebody_in_between_made_is_no_fault_of_the_owner() {
        assert_eq!(
            read_fault(br#"{"type":"about:blank","title":"Not found","status":404,"detail":"","code":"route.not_found","requestId":""}"#),
            None
        );
    }
}

//! Owns what an entitlement allows: rooms, tokens of a day, and whether it counts. Refuses to know who asks.

use std::collections::VecDeque;

use contracts::orders::{Entitlement, EntitlementEvent, EntitlementStatus};
use kernel::{EntitlementId, OrderId, RoomId, RunId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use uuid::Uuid;

use super::order::{Course, Dispute, ReturnState};
use super::terms::Terms;

/// Runs that are remembered, so that none is counted twice.
pub(crate) const RUNS_KEPT: usize = 64;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// An entitlement, with what was used of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntitlementDoc {
    #[serde(flatten)]
    pub(crate) entitlement: Entitlement,
    /// Grows with each change of its status.
    pub(crate) version: u64,
    /// The order's version that the status follows.
    pub(crate) order_version: u64,
    /// Rooms that count against its scope; none are kept when any number is allowed.
    pub(crate) rooms: Vec<RoomId>,
    /// The day (UTC, days since 1970) that `tokens` were used on.
    pub(crate) day: i64,
    pub(crate) tokens: u64,
    /// The last runs that were counted.
    pub(crate) runs: VecDeque<RunId>,
}

/// Why an agent may not speak by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Barred {
    Rooms,
    Tokens,
}

/// Returns the id of the entitlement that an order leads to: always the same, so that it is granted once.
pub(crate) fn id_of(order: OrderId) -> EntitlementId {
    Uuid::new_v5(&order.uuid(), b"entitlement").into()
}

/// Returns what an order's course means for its entitlement. `gone`: its buyer's account is no more.
pub(crate) fn status_of(course: &Course, gone: bool) -> EntitlementStatus {
    let refunded = course.refund.is_some_and(|r| r.state == ReturnState::Completed);
    match course.dispute {
        _ if refunded || gone => EntitlementStatus::Revoked,
        Some(Dispute::Lost) => EntitlementStatus::Revoked,
        Some(Dispute::Open) => EntitlementStatus::Suspended,
        Some(Dispute::Won) | None => EntitlementStatus::Active,
    }
}

impl EntitlementDoc {
    pub(crate) fn grant(
        order: OrderId,
        terms: &Terms,
        course: &Course,
        status: EntitlementStatus,
        now: Timestamp,
    ) -> Self {
        Self {
            entitlement: Entitlement {
                id: id_of(order),
                buyer_id: terms.buyer_id,
                order_id: order,
                card_id: terms.card_id,
                revision: terms.revision,
                agent_id: terms.agent_id,
                seller_id: terms.seller_id,
                quantity: terms.quantity,
                scope: terms.scope,
                message_price: terms.message_price,
                status,
                granted_at: now,
            },
            version: 1,
            order_version: course.version,
            rooms: Vec::new(),
            day: 0,
            tokens: 0,
            runs: VecDeque::new(),
        }
    }

    pub(crate) fn event(&self) -> EntitlementEvent {
        let e = &self.entitlement;
        EntitlementEvent {
            entitlement_id: e.id,
            buyer_id: e.buyer_id,
            order_id: e.order_id,
            card_id: e.card_id,
            revision: e.revision,
            agent_id: e.agent_id,
            version: self.version,
            status: e.status,
        }
    }

    /// Takes a status over from the order at `order_version`; false when it has it, or one that is newer. Revoked stays revoked.
    pub(crate) fn follow(&mut self, status: EntitlementStatus, order_version: u64) -> bool {
        let now = self.entitlement.status;
        let old = order_version < self.order_version && status != EntitlementStatus::Revoked;
        if old || now == status || now == EntitlementStatus::Revoked {
            return false;
        }
        self.entitlement.status = status;
        self.order_version = order_version;
        self.version += 1;
        true
    }

    pub(crate) fn is_active(&self) -> bool {
        self.entitlement.status == EntitlementStatus::Active
    }

    /// Lets an agent speak in a room; true when the room was counted for the first time. Each piece that was bought has the scope.
    pub(crate) fn admit(&mut self, room: RoomId, now: Timestamp) -> Result<bool, Barred> {
        let tokens_max = self.times(self.entitlement.scope.tokens_per_day_max);
        if tokens_max.is_some_and(|most| self.tokens_on(now) >= most) {
            return Err(Barred::Tokens);
        }
        let Some(most) = self.times(self.entitlement.scope.rooms_max.map(u64::from)) else {
            return Ok(false);
        };
        if self.rooms.contains(&room) {
            return Ok(false);
        }
        if self.rooms.len() as u64 >= most {
            return Err(Barred::Rooms);
        }
        self.rooms.push(room);
        Ok(true)
    }

    /// A room is left: it counts no more. False when it did not count.
    pub(crate) fn leave(&mut self, room: RoomId) -> bool {
        let before = self.rooms.len();
        self.rooms.retain(|counted| *counted != room);
        self.rooms.len() < before
    }

    fn times(&self, each: Option<u64>) -> Option<u64> {
        each.map(|n| n.saturating_mul(u64::from(self.entitlement.quantity)))
    }

    /// Counts tokens of a run; false when the run was counted.
    pub(crate) fn used(&mut self, run: RunId, tokens: u64, now: Timestamp) -> bool {
        if self.runs.contains(&run) {
            return false;
        }
        self.tokens = self.tokens_on(now).saturating_add(tokens);
        self.day = day(now);
        if self.runs.len() >= RUNS_KEPT {
            self.runs.pop_front();
        }
        self.runs.push_back(run);
        true
    }

    /// Returns how many tokens were used on the day of `now`.
    pub(crate) fn tokens_on(&self, now: Timestamp) -> u64 {
        if self.day == day(now) { self.tokens } else { 0 }
    }
}

fn day(now: Timestamp) -> i64 {
    now.millis().div_euclid(DAY_MS)
}

impl Document for EntitlementDoc {
    const COLLECTION: &'static str = "entitlements";
    const INDEXES: &'static [Index] = &[
        Index::plain("buyer", &["buyerId", "grantedAt"]),
        Index::plain("agent", &["buyerId", "agentId", "status"]),
        Index::plain("card", &["buyerId", "cardId", "status"]),
        Index::multi("room", &["rooms", "agentId"]),
    ];
    fn id(&self) -> String {
        self.entitlement.id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use contracts::ai_model_cards::Scope;
    use kernel::{Currency, Money};

    use super::*;

    fn id<T: From<Uuid>>(n: u64) -> T {
        Uuid::from_u64_pair(0, n).into()
    }

    fn entitlement(rooms_max: Option<u32>, tokens_per_day_max: Option<u64>) -> EntitlementDoc {
        let price = Money::zero(Currency::EUR);
        let terms = Terms {
            buyer_id: id(1),
            seller_id: id(2),
            card_id: id(3),
            revision: 1,
            agent_id: id(4),
            name: "Ada".into(),
            quantity: 1,
            price,
            discount: price,
            coupon: None,
            scope: Scope {
                rooms_max,
                tokens_per_day_max,
            },
            message_price: None,
        };
        let course = Course::place(price, Timestamp::default(), Timestamp::default()).course;
        EntitlementDoc::grant(id(5), &terms, &course, EntitlementStatus::Active, Timestamp::default())
    }

    #[test]
    fn rooms_count_once_each_up_to_the_scope() {
        let mut e = entitlement(Some(2), None);
        assert_eq!(e.admit(id(1), Timestamp::default()), Ok(true));
        assert_eq!(e.admit(id(1), Timestamp::default()), Ok(false));
        assert_eq!(e.admit(id(2), Timestamp::default()), Ok(true));
        assert_eq!(e.admit(id(3), Timestamp::default()), Err(Barred::Rooms));
        e.entitlement.quantity = 2;
        assert_eq!(
            e.admit(id(3), Timestamp::default()),
            Ok(true),
            "two pieces, twice the rooms"
        );
    }

    #[test]
    fn tokens_count_for_a_day_and_a_run_counts_once() {
        let mut e = entitlement(None, Some(100));
        let (noon, next_day) = (Timestamp::from_millis(43_200_000), Timestamp::from_millis(DAY_MS));
        assert!(e.used(id(1), 100, noon) && !e.used(id(1), 100, noon));
        assert_eq!(e.tokens_on(noon), 100);
        assert_eq!(e.admit(id(9), noon), Err(Barred::Tokens));
        assert_eq!(e.admit(id(9), next_day), Ok(false));
        assert!(
            !e.used(id(1), 100, next_day),
            "the run is known on the next day as well"
        );
        (2..70).for_each(|n| assert!(e.used(id(n), 1, next_day)));
        assert_eq!((e.tokens_on(next_day), e.runs.len()), (68, RUNS_KEPT));
    }

    #[test]
    fn a_status_that_is_older_than_what_is_known_changes_nothing() {
        let mut e = entitlement(None, None);
        assert!(e.follow(EntitlementStatus::Suspended, 9));
        assert!(!e.follow(EntitlementStatus::Active, 8));
        assert!(e.follow(EntitlementStatus::Active, 9));
        assert!(e.follow(EntitlementStatus::Revoked, 10) && !e.follow(EntitlementStatus::Active, 11));
    }
}

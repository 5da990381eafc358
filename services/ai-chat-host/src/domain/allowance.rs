//! Owns what others may spend in one room and day on an agent by the wallet of who brought it in. Pure. Refuses to move money, and to
//! count what who brought it in asks for themselves.

use kernel::{AgentId, RoomId, RunId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

use crate::domain::day::day;

/// The most that may be allowed for a day, in minor units.
pub(crate) const PER_DAY_MAX: i64 = 1_000_000;
/// Messages of one allowance that may be under way at once.
const OPEN_MAX: usize = 64;

/// What a person lets others spend on an agent that they brought into a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AllowanceDoc {
    pub(crate) user_id: UserId,
    pub(crate) agent_id: AgentId,
    pub(crate) room_id: RoomId,
    /// Minor units a day; none: as configured.
    pub(crate) per_day: Option<i64>,
    /// The day (UTC, days since 1970) that the rest is of.
    day: i64,
    /// What messages of that day took, in minor units.
    spent: i64,
    /// Messages of that day that are under way.
    open: Vec<Open>,
}

/// A message under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Open {
    run_id: RunId,
    amount: i64,
}

impl Document for AllowanceDoc {
    const COLLECTION: &'static str = "allowances";
    const INDEXES: &'static [Index] = &[
        Index::plain("room", &["roomId", "agentId"]),
        Index::plain("person", &["userId"]),
    ];
    fn id(&self) -> String {
        Self::id_of(self.user_id, self.agent_id, self.room_id)
    }
}

impl AllowanceDoc {
    pub(crate) fn id_of(user: UserId, agent: AgentId, room: RoomId) -> String {
        format!("{user}:{agent}:{room}")
    }

    /// Begins with nothing said and nothing spent.
    pub(crate) fn new(user_id: UserId, agent_id: AgentId, room_id: RoomId) -> Self {
        Self {
            user_id,
            agent_id,
            room_id,
            per_day: None,
            day: 0,
            spent: 0,
            open: Vec::new(),
        }
    }

    /// Returns what is spent or under way on the day of `now`, in minor units.
    pub(crate) fn spent_on(&self, now: Timestamp) -> i64 {
        if self.day != day(now) {
            return 0;
        }
        let open = self.open.iter().map(|open| open.amount);
        open.fold(self.spent, i64::saturating_add)
    }

    /// Counts a message before it is written; the same again is counted once. `false` when it would be more than is allowed, `usual` where its
    /// holder has not said how much.
    pub(crate) fn begin(&mut self, run_id: RunId, amount: i64, usual: i64, now: Timestamp) -> bool {
        if self.day != day(now) {
            (self.day, self.spent) = (day(now), 0);
            self.open.clear();
        }
        if self.open.iter().any(|open| open.run_id == run_id) {
            return true;
        }
        let after = self.spent_on(now).saturating_add(amount);
        if after > self.per_day.unwrap_or(usual) || self.open.len() >= OPEN_MAX {
            return false;
        }
        self.open.push(Open { run_id, amount });
        true
    }

    /// A message is paid for, or will never be. `false` when it is not under way (any more), or was of another day.
    pub(crate) fn end(&mut self, run_id: RunId, paid: bool) -> bool {
        let Some(at) = self.open.iter().position(|open| open.run_id == run_id) else {
            return false;
        };
        let open = self.open.swap_remove(at);
        if paid {
            self.spent = self.spent.saturating_add(open.amount);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::day::DAY_MS;

    fn run(n: u8) -> RunId {
        Uuid::from_u128(u128::from(n)).into()
    }

    fn allowance() -> AllowanceDoc {
        let nil = Uuid::nil();
        AllowanceDoc::new(nil.into(), nil.into(), nil.into())
    }

    #[test]
    fn a_message_counts_once_and_one_that_came_to_nothing_not_at_all() {
        let (mut of, now) = (allowance(), Timestamp::default());
        assert!(of.begin(run(1), 60, 100, now) && of.begin(run(1), 60, 100, now));
        assert!(!of.begin(run(2), 60, 100, now));
        assert!(of.end(run(1), false) && !of.end(run(1), true));
        assert!(of.begin(run(2), 60, 100, now) && of.end(run(2), true));
        assert_eq!(of.spent_on(now), 60);
        of.per_day = Some(0);
        assert!(!of.begin(run(3), 1, 100, now), "nobody else may");
    }

    #[test]
    fn a_new_day_begins_with_nothing_spent() {
        let (mut of, now) = (allowance(), Timestamp::default());
        assert!(of.begin(run(1), 100, 100, now));
        let tomorrow = Timestamp::from_millis(DAY_MS);
        assert_eq!(of.spent_on(tomorrow), 0);
        assert!(of.begin(run(2), 100, 100, tomorrow));
        assert!(!of.end(run(1), true), "it was of another day");
        assert_eq!(of.spent_on(tomorrow), 100);
    }

    proptest! {
        #[test]
        fn no_day_sees_more_spent_than_is_allowed(plan in prop::collection::vec((0..9u8, 1..40i64, 0..3u8, 0..2i64), 1..80)) {
            let (mut of, mut now) = (allowance(), Timestamp::default());
            for (n, amount, what, days) in plan {
                now = Timestamp::from_millis(now.millis() + days * DAY_MS / 4);
                match what {
                    0 => _ = of.begin(run(n), amount, 100, now),
                    what => _ = of.end(run(n), what == 1),
                }
                prop_assert!((0..=100).contains(&of.spent_on(now)));
            }
        }
    }
}

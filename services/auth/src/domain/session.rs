//! Owns a session and the one decision about it: what a presented refresh token deserves. Refuses to know how a token is
//! written or proven genuine.
//!
//! Each refresh moves the session to its next generation and gives out that generation's token. The token of any older
//! generation is evidence of theft (RFC 9700, 4.14.2), except that the token rotated last is answered with the same
//! successor for [`REFRESH_GRACE`], because an honest client may send two refreshes at once or lose an answer.

use std::net::IpAddr;
use std::time::Duration;

use kernel::{SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Life of a refresh token from its rotation.
pub(crate) const REFRESH_TTL: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long the token rotated last still gets its successor.
pub(crate) const REFRESH_GRACE: Duration = Duration::from_secs(10);

/// One signed-in device. Nothing in it is a secret by itself: tokens need the server secret as well.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub device: String,
    /// Where it was used last; `None` for the server's own machine.
    pub address: Option<IpAddr>,
    /// Random, mixed into every token of this session.
    pub seed: String,
    pub generation: u64,
    pub rotated_at: Timestamp,
    pub expires_at: Timestamp,
    /// The account's epoch when it began; see `Account::admits`.
    pub epoch: u64,
    /// `created_at` while it lives: what the index of living sessions holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_since: Option<Timestamp>,
    /// When it ended before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

/// What a presented token deserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is the current one: move on and give the successor.
    Rotate,
    /// It was current a moment ago: give the same successor again.
    SameAgain,
    /// It was rotated away before: somebody has a copy. End the session.
    Reused,
    /// It is not, or no longer, of a living session.
    Unknown,
    /// It is too old.
    Expired,
}

impl Session {
    /// Decides about a genuine token of `generation`, presented at `now`.
    pub(crate) fn judge(&self, generation: u64, now: Timestamp) -> Verdict {
        if self.revoked_at.is_some() || generation > self.generation {
            return Verdict::Unknown;
        }
        if now >= self.expires_at {
            return Verdict::Expired;
        }
        if generation == self.generation {
            return Verdict::Rotate;
        }
        let just_rotated = generation + 1 == self.generation && now.since(self.rotated_at) <= REFRESH_GRACE;
        if just_rotated {
            Verdict::SameAgain
        } else {
            Verdict::Reused
        }
    }

    /// Returns the session in its next generation.
    #[must_use]
    pub(crate) fn rotated(self, now: Timestamp, address: Option<IpAddr>) -> Self {
        Self {
            generation: self.generation + 1,
            rotated_at: now,
            last_used_at: now,
            expires_at: now + REFRESH_TTL,
            address,
            ..self
        }
    }

    /// Returns the session ended.
    #[must_use]
    pub(crate) fn ended(self, now: Timestamp) -> Self {
        Self {
            live_since: None,
            revoked_at: Some(now),
            ..self
        }
    }
}

#[cfg(test)]
pub(crate) fn sample(ambient: &kernel::Ambient) -> Session {
    let now = ambient.now();
    Session {
        id: ambient.id(),
        user_id: ambient.id(),
        created_at: now,
        last_used_at: now,
        device: "a test".into(),
        address: None,
        seed: ambient.token::<16>(),
        generation: 0,
        rotated_at: now,
        expires_at: now + REFRESH_TTL,
        epoch: 0,
        live_since: Some(now),
        revoked_at: None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn session() -> Session {
        let clock = kernel::HeldClock::new(Timestamp::from_millis(0));
        sample(&kernel::Ambient::new(clock, kernel::SeededRandom::new(7)))
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(0) + Duration::from_secs(seconds)
    }

    #[test]
    fn the_current_token_rotates_and_the_one_before_gets_the_same_successor_for_ten_seconds() {
        let session = session().rotated(at(100), None);
        assert_eq!(session.judge(1, at(100)), Verdict::Rotate);
        assert_eq!(session.judge(0, at(110)), Verdict::SameAgain);
        assert_eq!(session.judge(0, at(111)), Verdict::Reused);
    }

    #[test]
    fn a_token_two_generations_old_is_reuse_even_within_the_grace() {
        let session = session().rotated(at(1), None).rotated(at(2), None);
        assert_eq!(session.judge(0, at(2)), Verdict::Reused);
    }

    #[test]
    fn an_ended_session_an_old_token_and_one_from_the_future_rotate_nothing() {
        let session = session();
        assert_eq!(session.judge(1, at(0)), Verdict::Unknown);
        assert_eq!(session.judge(0, session.expires_at), Verdict::Expired);
        assert_eq!(session.clone().ended(at(5)).judge(0, at(5)), Verdict::Unknown);
    }

    proptest! {
        /// Whatever two holders of one session do, and whenever: as long as both present tokens that they were given, at
        /// most one line of successors lives, and a token rotated away more than the grace ago never rotates.
        #[test]
        fn no_old_token_ever_rotates(steps in prop::collection::vec((0u64..40, 0u64..12), 1..60)) {
            let mut session = session();
            let mut now = at(0);
            for (pause, back) in steps {
                now = now + Duration::from_secs(pause);
                let presented = session.generation.saturating_sub(back);
                match session.judge(presented, now) {
                    Verdict::Rotate => {
                        prop_assert_eq!(presented, session.generation);
                        session = session.rotated(now, None);
                    }
                    Verdict::SameAgain => {
                        prop_assert_eq!(presented + 1, session.generation);
                        prop_assert!(now.since(session.rotated_at) <= REFRESH_GRACE);
                    }
                    Verdict::Reused => {
                        prop_assert!(presented < session.generation);
                        session = session.ended(now);
                    }
                    Verdict::Unknown => prop_assert!(session.revoked_at.is_some()),
                    Verdict::Expired => prop_assert!(now >= session.expires_at),
                }
            }
        }

        /// An ended session stays ended.
        #[test]
        fn nothing_revives_an_ended_session(generation in 0u64..5, seconds in 0u64..10_000_000) {
            let session = session().rotated(at(1), None).ended(at(2));
            prop_assert_eq!(session.judge(generation, at(seconds)), Verdict::Unknown);
        }
    }
}

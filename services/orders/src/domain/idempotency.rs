//! Owns what is remembered of an `Idempotency-Key`: who asked what, and the answer. Refuses to know what was done.

use std::time::Duration;

use kernel::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::{Document, Index};
use uuid::Uuid;

/// Longest key, in bytes of printable ASCII.
pub(crate) const KEY_BYTES_MAX: usize = 255;
/// How long a request may be under way before the same key may go on with it: its process must have died.
pub(crate) const UNDER_WAY_MAX: Duration = Duration::from_secs(30);
/// Largest answer that is kept, in bytes.
pub(crate) const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// A key of a person. `id` is made of both, so that one person has a key once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyDoc {
    pub(crate) id: String,
    pub(crate) user_id: UserId,
    /// Digest of method, path and body.
    pub(crate) fingerprint: String,
    /// What the request makes, chosen with the first try: going on with it makes nothing second.
    pub(crate) makes: Uuid,
    /// Until when who claimed it is believed to be at work.
    pub(crate) claimed_until: Timestamp,
    pub(crate) answer: Option<KeptAnswer>,
    pub(crate) expires_at: Timestamp,
}

/// An answer, as it went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeptAnswer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

/// What a key that is there means for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// It was answered.
    Answered(KeptAnswer),
    /// It was used for something else.
    Other,
    /// The same request is under way.
    UnderWay,
    /// Who was at work on it is gone.
    Abandoned,
}

impl KeyDoc {
    /// Returns the id of a person's key.
    pub(crate) fn id_of(user: UserId, key: &str) -> String {
        format!("{user}:{}", hex::encode(Sha256::digest(key.as_bytes())))
    }

    /// Judges a request with this fingerprint.
    pub(crate) fn judge(&self, fingerprint: &str, now: Timestamp) -> Known {
        if self.fingerprint != fingerprint {
            return Known::Other;
        }
        match &self.answer {
            Some(answer) => Known::Answered(answer.clone()),
            None if now < self.claimed_until => Known::UnderWay,
            None => Known::Abandoned,
        }
    }
}

/// Returns the digest that tells one request from another.
pub(crate) fn fingerprint(route: &str, body: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(route.as_bytes());
    digest.update([0]);
    digest.update(body);
    hex::encode(digest.finalize())
}

impl Document for KeyDoc {
    const COLLECTION: &'static str = "idempotency_keys";
    const INDEXES: &'static [Index] = &[
        Index::plain("expires", &["expiresAt"]),
        Index::plain("user", &["userId"]),
    ];
    fn id(&self) -> String {
        self.id.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_answers_the_same_request_and_no_other() {
        let user = Uuid::from_u128(1).into();
        let mut key = KeyDoc {
            id: KeyDoc::id_of(user, "k"),
            user_id: user,
            fingerprint: fingerprint("POST /x", b"a"),
            makes: Uuid::nil(),
            claimed_until: Timestamp::from_millis(10),
            answer: None,
            expires_at: Timestamp::from_millis(20),
        };
        let (same, now) = (fingerprint("POST /x", b"a"), Timestamp::from_millis(9));
        assert_eq!(key.judge(&same, now), Known::UnderWay);
        assert_eq!(key.judge(&same, Timestamp::from_millis(10)), Known::Abandoned);
        assert_eq!(key.judge(&fingerprint("POST /x", b"b"), now), Known::Other);
        assert_eq!(key.judge(&fingerprint("POST /y", b"a"), now), Known::Other);
        let answer = KeptAnswer {
            status: 201,
            content_type: "application/json".into(),
            body: "{}".into(),
        };
        key.answer = Some(answer.clone());
        assert_eq!(key.judge(&same, Timestamp::from_millis(10)), Known::Answered(answer));
        assert_ne!(KeyDoc::id_of(user, "k"), KeyDoc::id_of(Uuid::from_u128(2).into(), "k"));
        assert!(key.id.len() <= 128);
    }
}

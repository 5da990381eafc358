//! Owns the life of the keys that access tokens are signed with: published, then used, then only published, then gone.
//! Refuses to know how a key is sealed or a token is written.
//!
//! A key is published [`PUBLISHED_AHEAD`] before its first use, because a verifier fetches the key set for an unknown key
//! at most once a minute: were it used at once, a verifier that had just fetched would refuse good tokens. It stays
//! published until the last token that it signed has expired.

use std::time::Duration;

use chassis::auth::{ACCESS_TOKEN_TTL, KEY_REFRESH_MIN};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// How long a key signs.
pub(crate) const LIFE: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long processes may work with the keys as they read them last.
pub(crate) const READ_ANEW_AFTER: Duration = Duration::from_secs(60);
/// How long a key is published before it signs: time for every process to read it and for every verifier to fetch it.
pub(crate) const PUBLISHED_AHEAD: Duration = Duration::from_secs(5 * 60);
// A process may read the key that late, and a verifier may have fetched the set just before that.
const _: () = assert!(PUBLISHED_AHEAD.as_secs() > READ_ANEW_AFTER.as_secs() + KEY_REFRESH_MIN.as_secs());
/// How long a key is published after its successor took over.
pub(crate) const PUBLISHED_AFTER: Duration = ACCESS_TOKEN_TTL
    .saturating_add(READ_ANEW_AFTER)
    .saturating_add(KEY_REFRESH_MIN);

/// A key pair; the private half is sealed under the server secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SigningKey {
    /// Random id, the JWT's `kid`.
    pub id: String,
    /// 1, 2, 3 ...: unique, so that two processes cannot both make the next one.
    pub series: u64,
    /// When it begins to sign.
    pub active_from: Timestamp,
    /// The public half, base64url, as a JWK's `x`.
    pub public: String,
    /// The private half (PKCS #8), sealed for this id.
    pub sealed: String,
}

/// Returns the key that signs at `now`: the newest that is active, or the first there is.
pub(crate) fn signer(keys: &[SigningKey], now: Timestamp) -> Option<&SigningKey> {
    let active = keys.iter().filter(|k| k.active_from <= now).max_by_key(|k| k.series);
    active.or_else(|| keys.iter().min_by_key(|k| k.series))
}

/// Returns the series and start of the key that must be made at `now`, if one must: the very first signs at once.
pub(crate) fn wanted(keys: &[SigningKey], now: Timestamp) -> Option<(u64, Timestamp)> {
    match keys.iter().max_by_key(|k| k.series) {
        None => Some((1, now)),
        Some(newest) if newest.active_from + LIFE <= now + PUBLISHED_AHEAD => {
            Some((newest.series + 1, now + PUBLISHED_AHEAD))
        }
        Some(_) => None,
    }
}

/// Returns the keys that no living token was signed with any more.
pub(crate) fn outlived(keys: &[SigningKey], now: Timestamp) -> Vec<&SigningKey> {
    let successor = |key: &SigningKey| {
        keys.iter()
            .filter(|k| k.series > key.series)
            .map(|k| k.active_from)
            .min()
    };
    keys.iter()
        .filter(|key| successor(key).is_some_and(|from| from + PUBLISHED_AFTER <= now))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(series: u64, active_from: Timestamp) -> SigningKey {
        SigningKey {
            id: series.to_string(),
            series,
            active_from,
            public: String::new(),
            sealed: String::new(),
        }
    }

    /// Does what the rotation worker does.
    fn turn(keys: &mut Vec<SigningKey>, now: Timestamp) {
        let gone: Vec<String> = outlived(keys, now).iter().map(|k| k.id.clone()).collect();
        keys.retain(|k| !gone.contains(&k.id));
        keys.extend(wanted(keys, now).map(|(series, from)| key(series, from)));
    }

    #[test]
    fn a_key_signs_thirty_days_and_its_successor_is_known_before() {
        let begin = Timestamp::from_millis(0);
        let mut keys = Vec::new();
        turn(&mut keys, begin);
        assert_eq!(signer(&keys, begin).unwrap().series, 1);
        turn(&mut keys, begin + LIFE - PUBLISHED_AHEAD - Duration::from_millis(1));
        assert_eq!(keys.len(), 1);
        turn(&mut keys, begin + LIFE - PUBLISHED_AHEAD);
        assert_eq!(keys.len(), 2);
        assert_eq!(
            signer(&keys, begin + LIFE - Duration::from_millis(1)).unwrap().series,
            1
        );
        assert_eq!(signer(&keys, begin + LIFE).unwrap().series, 2);
        turn(&mut keys, begin + LIFE + PUBLISHED_AFTER);
        assert_eq!(keys.iter().map(|k| k.series).collect::<Vec<_>>(), [2]);
    }

    proptest! {
        /// However irregularly the worker runs, there is a key to sign with; the key of every token that may still be
        /// alive is published (a signer may work with keys read a minute ago); and no key but the first signs before
        /// verifiers could know it.
        #[test]
        fn every_living_token_can_be_checked(pauses in prop::collection::vec(1u64..900_000, 1..60)) {
            let (mut keys, mut now) = (Vec::new(), Timestamp::from_millis(0));
            let mut tokens: Vec<(String, Timestamp)> = Vec::new();
            turn(&mut keys, now);
            let (mut known_since, mut before) = (vec![(1, now)], keys.clone());
            for pause in pauses {
                let late = now + READ_ANEW_AFTER.min(Duration::from_secs(pause));
                // A slow process signs once more by the keys it read before the worker ran last.
                let stale = signer(&before, late).unwrap();
                tokens.push((stale.id.clone(), late + ACCESS_TOKEN_TTL));
                now = now + Duration::from_secs(pause);
                before.clone_from(&keys);
                turn(&mut keys, now);
                for key in &keys {
                    if known_since.iter().all(|(series, _)| *series != key.series) {
                        known_since.push((key.series, now));
                    }
                }
                let signs = signer(&keys, now).unwrap();
                tokens.push((signs.id.clone(), now + ACCESS_TOKEN_TTL));
                let since = known_since.iter().find(|(series, _)| *series == signs.series).unwrap().1;
                prop_assert!(signs.series == 1 || now.since(since) >= PUBLISHED_AHEAD);
                for (id, expires) in &tokens {
                    prop_assert!(*expires <= now || keys.iter().any(|k| k.id == *id), "{id} at {now}");
                }
            }
        }
    }
}

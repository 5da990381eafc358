//! Owns gateway keys: how they look, how they are kept, how many one may have. Refuses to keep a key itself: only its hash.

use kernel::{Ambient, ApiKeyId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::{Document, Index};

use crate::domain::price::Pattern;
use crate::domain::subject::{Allowance, Budget, Rates};

/// Every key begins so.
pub(crate) const KEY_PREFIX: &str = "sk-aichat-";
/// Keys that one person may have.
pub(crate) const KEYS_PER_USER_MAX: u32 = 20;
/// Random bytes of a key.
const KEY_BYTES: usize = 32;
/// Characters of a key that are shown for ever.
const SHOWN_CHARS: usize = KEY_PREFIX.len() + 4;

/// Models that a key's list may name.
pub(crate) const MODELS_MAX: usize = 100;

/// What a key may be used for, as its owner says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Terms {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) budget: Option<Budget>,
    pub(crate) limits: Rates,
    /// Names of models, or prefixes with `*`; none = all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) models: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<Timestamp>,
}

/// A key as it is kept. Revoking removes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyDoc {
    pub(crate) id: ApiKeyId,
    pub(crate) owner_id: UserId,
    /// Which of the owner's places it takes: the unique index on it makes the limit hold under races.
    pub(crate) slot: u32,
    /// SHA-256 of the key, hex.
    pub(crate) hash: String,
    pub(crate) prefix: String,
    pub(crate) name: String,
    pub(crate) created_at: Timestamp,
    /// To the minute.
    pub(crate) last_used_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) terms: Terms,
}

impl From<&KeyDoc> for Allowance {
    fn from(key: &KeyDoc) -> Self {
        let Terms {
            budget,
            limits,
            models,
            expires_at,
        } = key.terms.clone();
        let models = models.iter().flatten().filter_map(|model| Pattern::read(model));
        Self {
            money: budget,
            tokens_per_day: limits.tokens_per_day,
            tokens_per_month: limits.tokens_per_month,
            rates: limits,
            models: models.collect(),
            owner: Some(key.owner_id),
            expires_at,
        }
    }
}

impl Document for KeyDoc {
    const COLLECTION: &'static str = "keys";
    const INDEXES: &'static [Index] = &[
        Index::unique("hash", &["hash"]),
        Index::unique("slot", &["ownerId", "slot"]),
        Index::plain("owner", &["ownerId", "createdAt"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

impl KeyDoc {
    /// Returns what [`hash`] makes of the key.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut digest = [0; 32];
        // What is no digest is that of no key.
        let _ = hex::decode_to_slice(&self.hash, &mut digest);
        digest
    }

    /// Makes a key; returns what is kept and the key itself, which is never to be had again.
    pub(crate) fn make(
        ambient: &Ambient,
        owner_id: UserId,
        (name, terms): (&str, &Terms),
        slot: u32,
    ) -> (Self, String) {
        let key = format!("{KEY_PREFIX}{}", ambient.token::<KEY_BYTES>());
        let doc = Self {
            id: ambient.id(),
            owner_id,
            slot,
            hash: hex::encode(hash(&key)),
            prefix: key.chars().take(SHOWN_CHARS).collect(),
            name: name.into(),
            created_at: ambient.now(),
            last_used_at: None,
            terms: terms.clone(),
        };
        (doc, key)
    }
}

/// Hashes a key for looking it up. A plain hash is enough: the key has 256 bits that nobody chose.
pub(crate) fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

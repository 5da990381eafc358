//! Owns how lists are cut into pages. Refuses to know what is listed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Fault;

/// How many items a page holds when the caller does not say.
pub const LIMIT_DEFAULT: usize = 50;
/// How many items a page holds at the most.
pub const LIMIT_MAX: usize = 100;

/// A page of a list; `next_cursor` is `None` at the end.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// What to pass as `cursor` for the next page; null at the end.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Cuts `items`, read with one more than `limit`, to a page; `key` gives the last item's place as a cursor.
    pub fn cut<K: Serialize>(mut items: Vec<T>, limit: usize, key: impl FnOnce(&T) -> K) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = if more {
            items.last().map(|last| Cursor::encode(&key(last)))
        } else {
            None
        };
        Self { items, next_cursor }
    }

    /// Returns the page with each item turned by `f`.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

/// An opaque place in a list.
pub struct Cursor;

impl Cursor {
    /// Hides `place` in a URL-safe word.
    pub fn encode<K: Serialize>(place: &K) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
    }

    /// Finds the place again. Fails with `Invalid` on anything that `encode` did not write.
    pub fn decode<K: DeserializeOwned>(cursor: &str) -> Result<K, Fault> {
        URL_SAFE_NO_PAD
            .decode(cursor)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| Fault::invalid("cursor", "is not one that this list gave"))
    }
}

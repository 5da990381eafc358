//! Owns a provider that administrators added while the gateway runs, as it is kept. Refuses to hold its key in clear.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Document, Index};

use crate::config::Dialect;

/// Providers that administrators may add.
pub(crate) const PROVIDERS_MAX: u32 = 100;
/// Letters of a key that are shown.
const SHOWN: usize = 4;
/// Letters that a key must have for any to be shown.
const SHOWN_FROM: usize = 12;

/// A provider as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProviderDoc {
    /// Its name, which is its id.
    pub(crate) id: String,
    /// Which of the places it takes: the unique index on it makes the limit hold under races.
    pub(crate) slot: u32,
    pub(crate) dialect: Dialect,
    pub(crate) base_url: String,
    /// Its key, sealed for [`ProviderDoc::owner`]; absent when it needs none.
    pub(crate) sealed_key: Option<String>,
    /// How the key ends.
    pub(crate) key_end: Option<String>,
    pub(crate) models: Vec<String>,
    pub(crate) any_model: bool,
    pub(crate) changed_at: Timestamp,
}

impl Document for ProviderDoc {
    const COLLECTION: &'static str = "providers";
    const INDEXES: &'static [Index] = &[Index::unique("slot", &["slot"])];
    fn id(&self) -> String {
        self.id.clone()
    }
}

impl ProviderDoc {
    /// Returns what its key is sealed for: the place that it is sent to is part of it, so that whoever can only write to
    /// the store cannot have the key sent elsewhere.
    pub(crate) fn owner(&self) -> String {
        format!("provider {}\n{:?}\n{}", self.id, self.dialect, self.base_url)
    }
}

/// Returns the end of a key that may be shown; nothing of a short one.
pub(crate) fn end_of(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    if letters.len() < SHOWN_FROM {
        return String::new();
    }
    letters
        .into_iter()
        .rev()
        .take(SHOWN)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_key_is_shown_but_never_much_of_a_short_one() {
        assert_eq!(end_of("sk-0123456789abcd"), "abcd");
        assert_eq!(end_of("sk-12345678"), "");
        assert_eq!(end_of(""), "");
    }
}

//! Owns how a provider's key is held: readable by the code that sends it, by nothing that prints.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// What `Debug` and serialisation show instead of a secret.
const HIDDEN: &str = "***";

/// A secret word.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Hides `word`.
    pub fn new(word: impl Into<String>) -> Self {
        Self(word.into())
    }

    /// Returns the word, to send it to its provider or to check what came from it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(HIDDEN)
    }
}

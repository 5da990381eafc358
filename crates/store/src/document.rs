//! Owns what a document is and how it is indexed. Refuses to know where it is kept.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A value in an index. Ordered within one kind; the kinds never mix in one field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text, ordered by its bytes. Ids and RFC 3339 times (always 3 decimals) sort rightly.
    Text(String),
}

impl From<bool> for Key {
    fn from(v: bool) -> Self {
        Self::Bool(v)
    }
}
impl From<i64> for Key {
    fn from(v: i64) -> Self {
        Self::Int(v)
    }
}
impl From<u64> for Key {
    fn from(v: u64) -> Self {
        Self::Int(i64::try_from(v).unwrap_or(i64::MAX))
    }
}
impl From<&str> for Key {
    fn from(v: &str) -> Self {
        Self::Text(v.to_owned())
    }
}
impl From<String> for Key {
    fn from(v: String) -> Self {
        Self::Text(v)
    }
}
impl From<kernel::Timestamp> for Key {
    fn from(v: kernel::Timestamp) -> Self {
        Self::Text(v.to_string())
    }
}
macro_rules! id_keys {
    ($($id:ty),*) => {$(impl From<$id> for Key { fn from(v: $id) -> Self { Self::Text(v.to_string()) } })*};
}
id_keys!(
    kernel::UserId,
    kernel::SessionId,
    kernel::AgentId,
    kernel::RoomId,
    kernel::MessageId,
    kernel::RunId,
    kernel::DebateId,
    kernel::FriendRequestId,
    kernel::EventId,
    kernel::AssetId,
    kernel::ApiKeyId,
    kernel::ReportId,
    kernel::PostId,
    kernel::CommentId,
    kernel::NotificationId,
    kernel::DeviceId,
    kernel::CardId,
    kernel::ReviewId,
    kernel::OrderId,
    kernel::PaymentId,
    kernel::EntitlementId,
    kernel::InvoiceId,
    kernel::PayoutId,
    kernel::RefundId
);

/// What an index does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKind {
    /// Finds documents by a prefix of its fields, ordered by the rest.
    Plain,
    /// The same, and no two documents may have equal fields. A violation names the index.
    Unique,
    /// The first field is an array: the document stands in the index once for each element.
    Multi,
    /// Finds documents by the words in its fields. With `scope`, only among documents whose scope field is one of those asked for.
    Text {
        /// The field that limits a search, such as the room.
        scope: Option<&'static str>,
    },
}

/// A declared index. **A document stands in it only when all of its fields are present and not null**: so an optional
/// field makes a partial index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// Name, unique in the collection, `[a-z0-9_]`.
    pub name: &'static str,
    /// Top-level JSON field names of the document, in order.
    pub fields: &'static [&'static str],
    /// What it does.
    pub kind: IndexKind,
}

impl Index {
    /// Declares an ordered index.
    pub const fn plain(name: &'static str, fields: &'static [&'static str]) -> Self {
        Self {
            name,
            fields,
            kind: IndexKind::Plain,
        }
    }
    /// Declares a unique index.
    pub const fn unique(name: &'static str, fields: &'static [&'static str]) -> Self {
        Self {
            name,
            fields,
            kind: IndexKind::Unique,
        }
    }
    /// Declares an index whose first field is an array.
    pub const fn multi(name: &'static str, fields: &'static [&'static str]) -> Self {
        Self {
            name,
            fields,
            kind: IndexKind::Multi,
        }
    }
    /// Declares a word index over `fields`, searched within values of the field `scope`, or everywhere.
    pub const fn text(name: &'static str, scope: Option<&'static str>, fields: &'static [&'static str]) -> Self {
        Self {
            name,
            fields,
            kind: IndexKind::Text { scope },
        }
    }
}

/// A thing that is kept. Serialised as one JSON object; `None` fields should be skipped or null (the same to an index).
pub trait Document: Serialize + DeserializeOwned + Send + Sync + Sized + 'static {
    /// Name of its collection, `[a-z0-9_]`.
    const COLLECTION: &'static str;
    /// Its declared indexes.
    const INDEXES: &'static [Index];

    /// Returns its id: unique in the collection, 1-128 bytes, never changed.
    fn id(&self) -> String;

    /// Returns the indexed fields. The default reads them from the JSON; a hot type writes them out. They must be those of the
    /// JSON, from which indexes are built again after an import: a debug build panics at the first write that has others.
    fn fields(&self) -> Fields {
        Fields::from_json(Self::INDEXES, serde_json::to_value(self).unwrap_or(Value::Null))
    }

    /// Returns the collection's specification.
    fn spec() -> Spec {
        Spec::of::<Self>()
    }
}

/// A collection with its indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Name.
    pub collection: &'static str,
    /// Indexes.
    pub indexes: &'static [Index],
}

impl Spec {
    /// Returns the specification of the collection that documents of type `D` are kept in.
    pub const fn of<D: Document>() -> Self {
        Self {
            collection: D::COLLECTION,
            indexes: D::INDEXES,
        }
    }
}

/// The indexed fields of one document: scalar fields have one key, array fields any number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(&'static str, Vec<Key>)>);

impl Fields {
    /// Starts empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a scalar field.
    #[must_use]
    pub fn with(mut self, field: &'static str, key: impl Into<Key>) -> Self {
        self.0.push((field, vec![key.into()]));
        self
    }

    /// Adds a scalar field when there is one.
    #[must_use]
    pub fn with_some(self, field: &'static str, key: Option<impl Into<Key>>) -> Self {
        match key {
            Some(key) => self.with(field, key),
            None => self,
        }
    }

    /// Adds an array field.
    #[must_use]
    pub fn with_all<K: Into<Key>>(mut self, field: &'static str, keys: impl IntoIterator<Item = K>) -> Self {
        self.0.push((field, keys.into_iter().map(Into::into).collect()));
        self
    }

    /// Reads the fields that `indexes` name from a document's JSON.
    pub fn from_json(indexes: &[Index], json: Value) -> Self {
        let Value::Object(mut map) = json else {
            return Self::default();
        };
        let mut fields = Self::default();
        for index in indexes {
            let scope = if let IndexKind::Text { scope } = index.kind {
                scope
            } else {
                None
            };
            for &name in index.fields.iter().chain(scope.as_ref()) {
                if let Some(value) = map.remove(name) {
                    let keys = match value {
                        Value::Array(all) => all.into_iter().filter_map(key_of).collect(),
                        one => key_of(one).into_iter().collect(),
                    };
                    fields.0.push((name, keys));
                }
            }
        }
        fields
    }

    /// Returns the keys of a field; empty when it is absent or null.
    pub fn get(&self, field: &str) -> &[Key] {
        self.0
            .iter()
            .find(|(name, _)| *name == field)
            .map_or(&[], |(_, keys)| keys)
    }
}

fn key_of(value: Value) -> Option<Key> {
    match value {
        Value::Bool(b) => Some(Key::Bool(b)),
        Value::Number(n) => n.as_i64().map(Key::Int),
        Value::String(s) => Some(Key::Text(s)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A document as an adapter sees it.
#[derive(Clone, Debug)]
pub struct RawDocument {
    /// Its collection.
    pub collection: &'static str,
    /// Its id.
    pub id: String,
    /// Its JSON.
    pub body: Bytes,
    /// Its indexed fields.
    pub fields: Fields,
}

impl RawDocument {
    /// Makes a document of `spec` from JSON that was read elsewhere. `Backend` when it is no JSON.
    pub fn from_json(spec: &Spec, id: String, body: Bytes) -> Result<Self, crate::StoreError> {
        let json = serde_json::from_slice(&body)
            .map_err(|e| crate::StoreError::Backend(format!("{}/{id}: {e}", spec.collection)))?;
        Ok(Self {
            collection: spec.collection,
            fields: Fields::from_json(spec.indexes, json),
            id,
            body,
        })
    }

    /// Serialises `document`.
    pub fn of<D: Document>(document: &D) -> Result<Self, crate::StoreError> {
        let body = serde_json::to_vec(document).map_err(|e| crate::StoreError::Backend(e.to_string()))?;
        let raw = Self {
            collection: D::COLLECTION,
            id: document.id(),
            body: body.into(),
            fields: document.fields(),
        };
        debug_assert_eq!(
            raw.stray_field(D::INDEXES),
            None,
            "{} indexes what its JSON does not hold",
            D::COLLECTION
        );
        Ok(raw)
    }

    /// Returns the first indexed field that is another in the JSON.
    fn stray_field(&self, indexes: &[Index]) -> Option<&'static str> {
        let json = serde_json::from_slice(&self.body).unwrap_or(Value::Null);
        let kept = Fields::from_json(indexes, json);
        let mut names = indexes.iter().flat_map(|index| match index.kind {
            IndexKind::Text { scope } => index.fields.iter().copied().chain(scope),
            _ => index.fields.iter().copied().chain(None),
        });
        names.find(|name| self.fields.get(name) != kept.get(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Stray {
        at: i64,
    }

    impl Document for Stray {
        const COLLECTION: &'static str = "strays";
        const INDEXES: &'static [Index] = &[Index::plain("at", &["at"]), Index::plain("place", &["place"])];
        fn id(&self) -> String {
            "1".into()
        }
        fn fields(&self) -> Fields {
            Fields::new().with("at", self.at).with("place", self.at)
        }
    }

    #[test]
    #[should_panic(expected = "strays indexes what its JSON does not hold")]
    fn a_field_that_is_in_an_index_alone_is_found_at_the_first_write() {
        let _ = RawDocument::of(&Stray { at: 1 });
    }
}

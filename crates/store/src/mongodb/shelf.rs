//! Owns how a declared collection lies in the database: fields, names of indexes, what a document looks like. Refuses
//! to talk to the server.
//!
//! ```text
//! { _id: "<id>", version: 3, by: <the last write>, body: "<its JSON>",
//!   keys:   { by_author_5c0e11aa: "<packed>", by_member_0b7d21f3: ["<packed>", "<packed>"] },
//!   scopes: { words_91aa03c4: "<room>" }, words: { words_91aa03c4: ["hello", "world"] },
//!   pending: [{ id: UUID, topic: "<topic>", at: <stamp>, bytes: <CloudEvents JSON> }], due: <least stamp>, stamp: <greatest> }
//! ```
//! An ordered index is **one** field that holds the fields of the index packed as `keys.rs` does, written in letters
//! that sort as the bytes do (binary values would sort by their length first). So equality, ranges, order, ties by id
//! and going on after a place are one range of one field, uniqueness is that of one field, and a document without
//! one of the fields has no such field and stands in no such index (they are sparse). The eight digits come from what the index is
//! made of: an index that is declared otherwise is another field, so that two declarations never disturb each other.
//!
//! Without `version` a document is a tombstone: what is left of a deleted one until its events are sent.

use ::mongodb::bson::{Bson, Document as Object, RawDocumentBuf, doc};
use base64::Engine as _;
use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};

use crate::mongodb::words::of;
use crate::{Fields, Index, IndexKind, RawDocument, Spec, StoreError, check, keys, words};

/// The largest body, in bytes of JSON. The server's limit of 16 MiB counts keys, words and pending events too.
pub const BODY_BYTES_MAX: usize = 12 << 20;
/// The largest id, in bytes.
pub const ID_BYTES_MAX: usize = 128;
/// Changes when keys are written otherwise, so that all indexes are built anew.
const LAYOUT: &str = "1";

/// The letters of this alphabet sort as the bits that they stand for.
const LETTERS: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::CRYPT, NO_PAD);

/// One ordered index (plain, unique or multi).
pub struct Ordered {
    /// As declared.
    pub index: Index,
    /// Its field within `keys`.
    pub field: String,
    /// The whole path of that field.
    pub path: String,
    /// Its name in the server.
    pub name: String,
}

impl Ordered {
    /// Returns the number that ends a document's key in this index.
    pub fn number(&self, row: &RawDocumentBuf) -> Option<u64> {
        let keys = row.get_document("keys").ok()?;
        let key = LETTERS.decode(keys.get_str(&self.field).ok()?).ok()?;
        keys::trailing_number(&key)
    }
}

/// One text index.
pub struct Text {
    /// As declared.
    pub index: Index,
    /// The field of the document that limits a search.
    pub scope: Option<&'static str>,
    /// Its field within `words` and `scopes`.
    pub field: String,
    /// The whole path of its words.
    pub words: String,
    /// The whole path of its scope.
    pub scopes: String,
    /// Its name in the server.
    pub name: String,
}

/// A declared collection.
pub struct Shelf {
    /// As declared.
    pub spec: Spec,
    /// Plain, unique and multi indexes.
    pub ordered: Vec<Ordered>,
    /// Text indexes.
    pub texts: Vec<Text>,
}

/// What a document has in the indexes.
pub struct Entries {
    keys: Object,
    scopes: Object,
    words: Object,
}

impl Shelf {
    /// Names everything. `Unindexed` when a name is not `[a-z0-9_]` or an index has no fields.
    pub fn of(spec: Spec) -> Result<Self, StoreError> {
        check::declaration(&spec)?;
        let (mut ordered, mut texts) = (Vec::new(), Vec::new());
        for &index in spec.indexes {
            let field = format!("{}_{:08x}", index.name, digest(&index));
            if let IndexKind::Text { scope } = index.kind {
                texts.push(Text {
                    index,
                    scope,
                    words: format!("words.{field}"),
                    scopes: format!("scopes.{field}"),
                    name: format!("w_{field}"),
                    field,
                });
            } else {
                ordered.push(Ordered {
                    index,
                    path: format!("keys.{field}"),
                    name: format!("k_{field}"),
                    field,
                });
            }
        }
        Ok(Self { spec, ordered, texts })
    }

    /// Returns the ordered index with this name.
    pub fn ordered(&self, name: &str) -> Option<&Ordered> {
        self.ordered.iter().find(|o| o.index.name == name)
    }

    /// Returns the port's name of an index of the server.
    pub fn declared(&self, name: &str) -> Option<&'static str> {
        if name == "_id_" {
            return Some("id");
        }
        self.ordered.iter().find(|o| o.name == name).map(|o| o.index.name)
    }

    /// Returns what a document has in the indexes.
    pub fn entries(&self, fields: &Fields, id: &str) -> Entries {
        let (mut keys, mut scopes, mut words) = (Object::new(), Object::new(), Object::new());
        for ordered in &self.ordered {
            let mut all = Vec::new();
            crate::keys::entries(&ordered.index, fields, id, |key| all.push(letters(&key)));
            let entry = if ordered.index.kind == IndexKind::Multi {
                (!all.is_empty()).then(|| Bson::from(all))
            } else {
                all.pop().map(Bson::String)
            };
            if let Some(entry) = entry {
                keys.insert(ordered.field.as_str(), entry);
            }
        }
        for text in &self.texts {
            let scope = text.scope.map(|name| crate::words::scope(name, fields));
            let Some(found) = of(&text.index, fields).filter(|_| scope != Some(None)) else {
                continue;
            };
            words.insert(text.field.as_str(), found);
            if let Some(Some(scope)) = scope {
                scopes.insert(text.field.as_str(), scope);
            }
        }
        Entries { keys, scopes, words }
    }

    /// Returns the fields that a write sets: all but the id, the version and the events.
    pub fn content(&self, document: &RawDocument) -> Result<Object, StoreError> {
        check_id(&document.id)?;
        if document.body.len() > BODY_BYTES_MAX {
            let why = format!("a document has at most {BODY_BYTES_MAX} bytes");
            return Err(StoreError::Backend(why));
        }
        let body = std::str::from_utf8(&document.body).map_err(|e| StoreError::Backend(e.to_string()))?;
        let Entries { keys, scopes, words } = self.entries(&document.fields, &document.id);
        Ok(doc! { "body": body, "keys": keys, "scopes": scopes, "words": words })
    }

    /// Returns the update that gives a document its entries in the indexes called `names`, and no others than it has.
    pub fn filling(&self, entries: &Entries, names: &[&str]) -> Object {
        let (mut set, mut unset) = (Object::new(), Object::new());
        let mut put = |path: &str, value: Option<&Bson>| match value {
            Some(value) => drop(set.insert(path, value.clone())),
            None => drop(unset.insert(path, "")),
        };
        for ordered in self.ordered.iter().filter(|o| names.contains(&o.name.as_str())) {
            put(&ordered.path, entries.keys.get(&ordered.field));
        }
        for text in self.texts.iter().filter(|t| names.contains(&t.name.as_str())) {
            put(&text.words, entries.words.get(&text.field));
            put(&text.scopes, entries.scopes.get(&text.field));
        }
        let mut update = Object::new();
        for (operator, fields) in [("$set", set), ("$unset", unset)] {
            if !fields.is_empty() {
                update.insert(operator, fields);
            }
        }
        update
    }
}

/// Writes a key in letters that sort as its bytes do.
pub fn letters(key: &[u8]) -> String {
    LETTERS.encode(key)
}

/// Fails when `id` is none that a document can have.
pub fn check_id(id: &str) -> Result<(), StoreError> {
    if id.is_empty() || id.len() > ID_BYTES_MAX {
        return Err(StoreError::Backend(format!("an id has 1 to {ID_BYTES_MAX} bytes")));
    }
    Ok(())
}

/// Digests what an index is made of: FNV-1a, 32 bits.
fn digest(index: &Index) -> u32 {
    let (kind, scope) = match index.kind {
        IndexKind::Plain => ("plain", ""),
        IndexKind::Unique => ("unique", ""),
        IndexKind::Multi => ("multi", ""),
        IndexKind::Text { scope } => (words::CUT, scope.unwrap_or_default()),
    };
    format!("{LAYOUT} {kind} {} {scope}", index.fields.join(","))
        .bytes()
        .fold(0x811c_9dc5, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn letters_sort_as_the_bytes_do(a in prop::collection::vec(any::<u8>(), 0..9), b in prop::collection::vec(0u8..3, 0..9)) {
            for (a, b) in [(&a, &b), (&b, &b[..b.len() / 2].to_vec())] {
                prop_assert_eq!(letters(a).cmp(&letters(b)), a.cmp(b));
            }
        }
    }

    #[test]
    fn an_index_that_is_declared_otherwise_is_another_field() {
        let of = |index| format!("{:08x}", digest(&index));
        let all = [
            of(Index::plain("a", &["x", "y"])),
            of(Index::plain("a", &["x"])),
            of(Index::unique("a", &["x"])),
            of(Index::text("a", None, &["x"])),
            of(Index::text("a", Some("y"), &["x"])),
        ];
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len());
    }
}

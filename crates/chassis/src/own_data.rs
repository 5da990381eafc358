//! Owns how a service tells of one person's own data straight from its store: which documents are theirs by which declared index, and
//! which of their fields are shown. What is not named is not shown. Refuses to know what the documents say.

use std::sync::Arc;

use async_trait::async_trait;
use contracts::own_data::{OwnData, OwnItem};
use kernel::{Cursor, Fault, Page, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{Document, Fields, Place, Query, Spec, Store, Stored};

/// Documents in one answer.
pub const PAGE: usize = 200;

/// How a person's documents are found.
#[derive(Clone, Copy, Debug)]
enum By {
    /// There is one, and its id is the person's.
    Id,
    /// They stand in this index under the person's id.
    Index(&'static str),
}

/// Finds what is a person's own in a document that is not theirs alone.
pub type Within = fn(UserId, Map<String, Value>) -> Result<Vec<Value>, Fault>;

/// What of a document is shown.
#[derive(Clone, Copy, Debug)]
enum Shown {
    /// These of its top-level fields.
    Fields(&'static [&'static str]),
    /// What this finds in it.
    Within(Within),
}

/// One kind of things in the archive.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    kind: &'static str,
    spec: Spec,
    by: By,
    shown: Shown,
}

impl Part {
    /// Says that documents which stand in `index` under a person's id are theirs, and which of their top-level `fields` are shown.
    pub const fn of<D: Document>(kind: &'static str, index: &'static str, fields: &'static [&'static str]) -> Self {
        Self {
            kind,
            spec: Spec::of::<D>(),
            by: By::Index(index),
            shown: Shown::Fields(fields),
        }
    }

    /// The same of the one document whose id is the person's.
    pub const fn one<D: Document>(kind: &'static str, fields: &'static [&'static str]) -> Self {
        Self {
            kind,
            spec: Spec::of::<D>(),
            by: By::Id,
            shown: Shown::Fields(fields),
        }
    }

    /// Says that documents which stand in `index` under a person's id have something of theirs, and how it is found.
    pub const fn within<D: Document>(kind: &'static str, index: &'static str, within: Within) -> Self {
        Self {
            kind,
            spec: Spec::of::<D>(),
            by: By::Index(index),
            shown: Shown::Within(within),
        }
    }

    fn show(&self, user: UserId, stored: &Stored) -> Result<Vec<OwnItem>, Fault> {
        let document = read(stored)?;
        let found = match self.shown {
            Shown::Fields(fields) => vec![pick(document, fields)],
            Shown::Within(within) => within(user, document)?,
        };
        let item = |data| OwnItem {
            kind: self.kind.to_owned(),
            data,
        };
        Ok(found.into_iter().map(item).collect())
    }
}

/// Returns the fields of a document that are shown, without those that are empty.
pub fn pick(mut document: Map<String, Value>, fields: &[&str]) -> Value {
    let shown = fields.iter().filter_map(|field| document.remove_entry(*field));
    Value::Object(shown.filter(|(_, value)| !value.is_null()).collect())
}

fn read(stored: &Stored) -> Result<Map<String, Value>, Fault> {
    serde_json::from_slice(&stored.body).map_err(Fault::internal)
}

/// Where an archive goes on.
#[derive(Default, Serialize, Deserialize)]
struct Mark {
    part: usize,
    after: Option<Place>,
}

/// The documents of a person in one store.
pub struct Documents {
    store: Arc<dyn Store>,
    parts: &'static [Part],
}

impl Documents {
    /// Tells of `parts`, in their order. Whoever opens the service declares the collections.
    pub fn new(store: &Arc<dyn Store>, parts: &'static [Part]) -> Arc<Self> {
        let store = store.clone();
        Arc::new(Self { store, parts })
    }

    async fn find(
        &self,
        part: &Part,
        user: UserId,
        after: Option<Place>,
    ) -> Result<(Vec<Stored>, Option<Place>), Fault> {
        let collection = part.spec.collection;
        let index = match part.by {
            By::Id => return Ok((self.store.get(collection, &[user.to_string()]).await?, None)),
            By::Index(index) => index,
        };
        let mut query = Query::on(index).eq(user).limit(PAGE + 1);
        query.after = after;
        let mut found = self.store.find(collection, query).await?;
        let more = found.len() > PAGE;
        found.truncate(PAGE);
        let last = found.last().filter(|_| more);
        let next = last.map(|last| place(part.spec, index, last)).transpose()?;
        Ok((found, next))
    }
}

/// Returns the place of a document in an index, behind the person's id.
fn place(spec: Spec, index: &str, stored: &Stored) -> Result<Place, Fault> {
    let fields = Fields::from_json(spec.indexes, Value::Object(read(stored)?));
    let index = spec.indexes.iter().find(|declared| declared.name == index);
    let rest = index.into_iter().flat_map(|index| index.fields.iter().skip(1));
    let keys = rest.filter_map(|field| fields.get(field).first().cloned()).collect();
    Ok(Place {
        keys,
        id: stored.id.clone(),
    })
}

#[async_trait]
impl OwnData for Documents {
    async fn own_data(&self, user: UserId, cursor: Option<&str>) -> Result<Page<OwnItem>, Fault> {
        let Mark { part: first, mut after } = cursor.map(Cursor::decode).transpose()?.unwrap_or_default();
        for (at, part) in self.parts.iter().enumerate().skip(first) {
            let (found, next) = self.find(part, user, after.take()).await?;
            let next = match next {
                Some(place) => Some(Mark {
                    part: at,
                    after: Some(place),
                }),
                None => Some(Mark {
                    part: at + 1,
                    after: None,
                })
                .filter(|next| next.part < self.parts.len()),
            };
            if !found.is_empty() || next.is_none() {
                let shown: Vec<Vec<OwnItem>> = found
                    .iter()
                    .map(|stored| part.show(user, stored))
                    .collect::<Result<_, _>>()?;
                return Ok(Page {
                    items: shown.into_iter().flatten().collect(),
                    next_cursor: next.as_ref().map(Cursor::encode),
                });
            }
        }
        Ok(Page {
            items: Vec::new(),
            next_cursor: None,
        })
    }
}

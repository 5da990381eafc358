//! Owns how a collection comes to be and follows its declaration. Refuses to know what is written into it afterwards.
//!
//! An index of the server exists only when every document has its entry, for entries are written first: so what the
//! server lists is the truth, and there is no catalogue beside it that could differ. Two processes that declare the same
//! at once do the same work twice and disturb nobody. A process that still has **another** declaration fails loudly from
//! then on, since the indexes that it asks for are gone; so when a declaration changes, the old processes are stopped first.

use std::time::Duration;

use ::mongodb::IndexModel;
use ::mongodb::bson::doc;
use ::mongodb::options::IndexOptions;
use bytes::Bytes;
use futures::TryStreamExt as _;

use crate::mongodb::Core;
use crate::mongodb::failure::Failure;
use crate::mongodb::outbox::{DUE, PENDING};
use crate::mongodb::shelf::Shelf;
use crate::{IndexKind, RawDocument, Spec, StoreError};

/// How long the server may take to build the indexes of a collection.
const BUILD_MAX: Duration = Duration::from_secs(600);
/// How many documents are read at a time when an index is filled.
const FILL_CHUNK: usize = 500;
/// How many of them are written at once.
const FILL_WRITES: usize = 16;

/// Returns every index that a collection has: ours first, then the declared ones.
fn models(shelf: &Shelf) -> Vec<(String, IndexModel)> {
    let model = |name: &str, keys, unique| {
        // Sparse: a document without the field does not stand in the index.
        let options = IndexOptions::builder()
            .name(name.to_owned())
            .sparse(true)
            .unique(unique)
            .build();
        (
            name.to_owned(),
            IndexModel::builder().keys(keys).options(options).build(),
        )
    };
    let ours = [
        model(DUE, doc! { "due": 1 }, None),
        model(PENDING, doc! { "pending.id": 1 }, None),
    ];
    let ordered = shelf.ordered.iter().map(|o| {
        let unique = (o.index.kind == IndexKind::Unique).then_some(true);
        model(&o.name, doc! { o.path.as_str(): 1 }, unique)
    });
    let texts = shelf.texts.iter().map(|text| {
        let mut keys = doc! {};
        if text.scope.is_some() {
            keys.insert(text.scopes.as_str(), 1);
        }
        keys.insert(text.words.as_str(), 1);
        model(&text.name, keys, None)
    });
    ours.into_iter().chain(ordered).chain(texts).collect()
}

impl Core {
    /// Makes the collections that the store itself needs.
    pub async fn prepare(&self) -> Result<(), StoreError> {
        let index = |field: &str| IndexModel::builder().keys(doc! { field: 1 }).build();
        self.ask(self.marks().create_index(index("at"))).await?;
        self.ask(self.sent_events().create_index(index("sent"))).await?;
        Ok(())
    }

    /// Makes a collection follow its declaration: fills and builds indexes that are new, drops those that are declared
    /// no more. Until that has succeeded the old declaration serves on.
    pub async fn declare(&self, spec: Spec) -> Result<(), StoreError> {
        if self.shelf(spec.collection).is_ok_and(|shelf| shelf.spec == spec) {
            return Ok(());
        }
        let shelf = Shelf::of(spec)?;
        if self.options.existing_only {
            self.put(shelf);
            return Ok(());
        }
        let on = self.documents(&shelf);
        let there = match self.ask(on.list_index_names()).await {
            Err(e) if e.is_absence() => Vec::new(),
            there => there?,
        };
        let models = models(&shelf);
        let missing: Vec<&str> = models
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| !there.iter().any(|known| known == name))
            .collect();
        if !missing.is_empty() {
            self.fill(&shelf, &missing).await?;
        }
        // All of them: one that another process is building just now is waited for.
        let all: Vec<IndexModel> = models.iter().map(|(_, model)| model.clone()).collect();
        if let Err(e) = self.ask_for(BUILD_MAX, on.create_indexes(all)).await {
            // Nobody keeps the new ones filled; so none may stay.
            for name in missing.iter().filter(|name| **name != DUE && **name != PENDING) {
                drop(self.ask(on.drop_index(*name)).await);
            }
            return Err(self.refused(&shelf, e));
        }
        let is_wanted = |name: &String| name == "_id_" || models.iter().any(|(wanted, _)| wanted == name);
        for name in there.iter().filter(|name| !is_wanted(name)) {
            match self.ask(on.drop_index(name.as_str())).await {
                // Another process was faster.
                Err(e) if e.is_refusal() => {}
                dropped => dropped?,
            }
        }
        // What waits there counts, and no stamp given here may be below its.
        self.outbox.add(self.depth_of(&shelf).await?);
        self.put(shelf);
        Ok(())
    }

    /// Gives every document its entries in the indexes called `names`, from its JSON.
    async fn fill(&self, shelf: &Shelf, names: &[&str]) -> Result<(), StoreError> {
        let mut after: Option<String> = None;
        loop {
            let chunk = self.scan(shelf, after.as_deref(), FILL_CHUNK).await?;
            let Some(last) = chunk.last() else { return Ok(()) };
            after = Some(last.id.clone());
            futures::stream::iter(chunk.into_iter().map(Ok))
                .try_for_each_concurrent(FILL_WRITES, |found| async move {
                    self.fill_one(shelf, names, found.id, found.version, found.body).await
                })
                .await?;
        }
    }

    /// Does so for one document, until nobody changes it meanwhile.
    async fn fill_one(
        &self,
        shelf: &Shelf,
        names: &[&str],
        id: String,
        mut version: u64,
        mut body: Bytes,
    ) -> Result<(), StoreError> {
        loop {
            let document = RawDocument::from_json(&shelf.spec, id.clone(), body)?;
            let update = shelf.filling(&shelf.entries(&document.fields, &id), names);
            if update.is_empty() {
                return Ok(());
            }
            let at = doc! { "_id": &id, "version": version.cast_signed() };
            let on = self.documents(shelf);
            if self.ask(on.update_one(at, update)).await?.matched_count == 1 {
                return Ok(());
            }
            let Some(found) = self.get(shelf, std::slice::from_ref(&id)).await?.pop() else {
                return Ok(());
            };
            (version, body) = (found.version, found.body);
        }
    }

    /// Names the index of ours that a failed write violated.
    pub fn refused(&self, shelf: &Shelf, failure: Failure) -> StoreError {
        match failure.violated().and_then(|name| shelf.declared(name)) {
            Some(index) => StoreError::Unique {
                index: index.to_owned(),
            },
            None => failure.into(),
        }
    }

    /// Returns the names of all collections of documents, declared or not.
    pub async fn collections(&self) -> Result<Vec<String>, StoreError> {
        let mut names = self.ask(self.database.list_collection_names()).await?;
        // Ours have a dot in their names.
        names.retain(|name| !name.contains('.'));
        names.sort_unstable();
        Ok(names)
    }
}

//! Owns the list of everything that an instance keeps, and the opening of all of it while nobody works on it. Refuses to
//! know what the documents say.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use bus::embedded::{EmbeddedBus, Options};
use bus::{Bus as _, BusError};
use contracts::Event;
use contracts::event::topic;
use kernel::Ambient;
use store::{Op, RawDocument, Spec, Store, Stored};

use crate::config::Config;
use crate::figures::{Figures, Tally};
use crate::{compose, demo};

/// Every collection of every service that keeps documents. A test holds it against what a start declares.
pub(crate) const COLLECTIONS: &[(&str, &[Spec])] = &[
    ("auth", auth::COLLECTIONS),
    ("user", user::COLLECTIONS),
    ("friendship", friendship::COLLECTIONS),
    ("chat", chat::COLLECTIONS),
    ("ai-gateway", ai_gateway::COLLECTIONS),
    ("ai-chat-host", ai_chat_host::COLLECTIONS),
];

/// What the server secret is called in an export, wherever it is kept.
pub(crate) const SECRET: &str = "auth.secret";
/// Documents that are read at once.
const PAGE: usize = 256;

/// The documents of one service.
struct Shelf {
    service: &'static str,
    specs: &'static [Spec],
    store: Arc<dyn Store>,
}

/// An instance at rest, whose folder this process owns.
pub(crate) struct Holdings {
    dir: PathBuf,
    secret: PathBuf,
    shelves: Vec<Shelf>,
    bus: Arc<EmbeddedBus>,
    _lock: File,
}

/// What a walk comes by.
pub(crate) enum Step<'a> {
    /// A collection, as `service/collection`; its documents follow in the order of their ids.
    Collection(&'a str),
    /// A document of the collection.
    Document(&'a str, &'a Stored),
}

impl Holdings {
    /// Opens the instance that is there. Fails when there is none, or somebody works on it.
    pub(crate) async fn of_instance(config: &Config) -> anyhow::Result<Self> {
        let dir = &config.process.data_dir;
        if let Some((service, _)) = COLLECTIONS
            .iter()
            .find(|(service, _)| !dir.join(format!("{service}.db")).exists())
        {
            bail!(
                "there is no instance in {}: the data of {service} is missing",
                dir.display()
            );
        }
        Self::open(config).await
    }

    /// Opens the instance, making what is missing. Fails when somebody works on it.
    pub(crate) async fn open(config: &Config) -> anyhow::Result<Self> {
        if !config.is_embedded() {
            bail!("this version exports and imports embedded instances only, not those on servers");
        }
        let dir = &config.process.data_dir;
        let lock = compose::own(dir)?;
        let ambient = Ambient::system();
        let mut shelves = Vec::new();
        for (service, specs) in COLLECTIONS {
            let store = compose::open_store(dir, service, &ambient)?;
            for spec in *specs {
                store
                    .declare(*spec)
                    .await
                    .with_context(|| format!("{service}/{}", spec.collection))?;
            }
            shelves.push(Shelf { service, specs, store });
        }
        let bus = EmbeddedBus::open(dir.join("bus.db"), Options::default(), ambient, topic::ALL);
        Ok(Self {
            bus: bus.context("the event log")?,
            secret: config.auth.secret_path(dir),
            dir: dir.clone(),
            shelves,
            _lock: lock,
        })
    }

    /// Closes all that was opened.
    pub(crate) async fn close(self) {
        for shelf in &self.shelves {
            shelf.store.close().await;
        }
        self.bus.close().await;
    }

    /// Returns the folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns names and places of the files beside the stores without which the documents are not whole: the server secret,
    /// under which keys and second factors are sealed, and the note that the demo data has been loaded.
    pub(crate) fn files(&self) -> [(&'static str, PathBuf); 2] {
        [(SECRET, self.secret.clone()), (demo::DONE, self.dir.join(demo::DONE))]
    }

    /// Walks all documents, collection by collection. A page of them is in memory at a time.
    pub(crate) async fn walk(&self, mut each: impl FnMut(Step<'_>) -> anyhow::Result<()>) -> anyhow::Result<()> {
        for Shelf { service, specs, store } in &self.shelves {
            for spec in *specs {
                let of = name(service, spec);
                each(Step::Collection(&of))?;
                let mut after = None;
                loop {
                    let page = store.scan(spec.collection, after.take(), PAGE).await;
                    let page = page.with_context(|| of.clone())?;
                    for document in &page {
                        each(Step::Document(&of, document))?;
                    }
                    match page.last() {
                        Some(last) if page.len() == PAGE => after = Some(last.id.clone()),
                        _ => break,
                    }
                }
            }
        }
        Ok(())
    }

    /// Counts and sums up all documents.
    pub(crate) async fn figures(&self) -> anyhow::Result<Figures> {
        let mut tally = Tally::default();
        self.walk(|step| match step {
            Step::Collection(of) => {
                tally.name(of);
                Ok(())
            }
            Step::Document(of, document) => tally.add(of, document),
        })
        .await?;
        Ok(tally.end())
    }

    /// Calls `each` with the events that somebody still waits for, in order per key: on the event log those that a group
    /// has not dealt with, then those that are in the outboxes.
    pub(crate) async fn events(&self, mut each: impl FnMut(&Event) -> anyhow::Result<()>) -> anyhow::Result<()> {
        for topic in topic::ALL {
            for partition in 0..topic.partitions {
                let mut after = 0;
                loop {
                    let some = match self.bus.undelivered(*topic, partition, after).await {
                        // Servers cannot tell; there the operator waits until nothing is under way.
                        Err(BusError::Refused(_)) => break,
                        other => other?,
                    };
                    let Some((last, _)) = some.last() else { break };
                    after = *last;
                    some.iter().try_for_each(|(_, event)| each(event))?;
                }
            }
        }
        for Shelf { store, .. } in &self.shelves {
            // The outbox has a maximum, so that this has one.
            let depth = usize::try_from(store.outbox_depth().await?)?;
            if depth > 0 {
                store.pending_events(depth).await?.iter().try_for_each(&mut each)?;
            }
        }
        Ok(())
    }

    /// Fails unless there is nothing here yet.
    pub(crate) async fn require_empty(&self) -> anyhow::Result<()> {
        for Shelf { service, specs, store } in &self.shelves {
            for spec in *specs {
                if !store.scan(spec.collection, None, 1).await?.is_empty() {
                    let of = name(service, spec);
                    bail!(
                        "{} is not empty: there is an instance with documents of {of}",
                        self.dir.display()
                    );
                }
            }
            if store.outbox_depth().await? > 0 {
                bail!(
                    "{} is not empty: events of {service} wait to be sent",
                    self.dir.display()
                );
            }
        }
        Ok(())
    }

    /// Tells whether there is a collection of this name.
    pub(crate) fn has(&self, of: &str) -> bool {
        self.find(of).is_some()
    }

    fn find(&self, of: &str) -> Option<(&Spec, &Arc<dyn Store>)> {
        let (service, collection) = of.split_once('/')?;
        let shelf = self.shelves.iter().find(|shelf| shelf.service == service)?;
        let spec = shelf.specs.iter().find(|spec| spec.collection == collection)?;
        Some((spec, &shelf.store))
    }

    /// Adds documents at their versions. With `again`, those that are there already must be equal and are left out.
    pub(crate) async fn restore(&self, of: &str, mut documents: Vec<Stored>, again: bool) -> anyhow::Result<()> {
        let (spec, store) = self.find(of).with_context(|| format!("there is no collection {of}"))?;
        if again {
            let ids: Vec<String> = documents.iter().map(|document| document.id.clone()).collect();
            for there in store.get(spec.collection, &ids).await? {
                documents.retain(|document| document.id != there.id || document.version != there.version);
            }
        }
        if documents.is_empty() {
            return Ok(());
        }
        let raw = |document: Stored| {
            let Stored { id, version, body } = document;
            Ok((RawDocument::from_json(spec, id, body)?, version))
        };
        let documents = documents.into_iter().map(raw).collect::<anyhow::Result<_>>()?;
        store
            .write(Op::Restore(documents).into())
            .await
            .with_context(|| of.to_owned())?;
        Ok(())
    }

    /// Publishes events.
    pub(crate) async fn publish(&self, events: &[Event]) -> anyhow::Result<()> {
        self.bus
            .publish(events)
            .await
            .context("the events could not be published")
    }
}

fn name(service: &str, spec: &Spec) -> String {
    format!("{service}/{}", spec.collection)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use store::sqlite::{SqliteOptions, SqliteStore};

    use super::*;
    use crate::compose::Product;
    use crate::config::Flags;

    #[tokio::test]
    async fn every_collection_that_a_start_makes_is_listed() {
        let dir = tempfile::tempdir().unwrap();
        let flags = Flags {
            data_dir: Some(dir.path().join("data")),
            ..Flags::default()
        };
        let config = Config::from_parts(flags, &std::collections::BTreeMap::new()).unwrap();
        let product = Product::open(&config, Ambient::system()).await.unwrap();
        product.supervisor.stop().await;
        let mut services = BTreeSet::new();
        for entry in std::fs::read_dir(dir.path().join("data")).unwrap() {
            let path = entry.unwrap().path();
            let service = path.file_stem().unwrap().to_str().unwrap().to_owned();
            if path.extension().is_none_or(|extension| extension != "db") || service == "bus" {
                continue;
            }
            let store = SqliteStore::open(&path, SqliteOptions::default(), Ambient::system()).unwrap();
            let made: BTreeSet<String> = store.collections().await.unwrap().into_iter().collect();
            store.close().await;
            let listed = COLLECTIONS.iter().find(|(name, _)| *name == service);
            let listed = listed.unwrap_or_else(|| panic!("{service} is not listed")).1;
            let listed = listed.iter().map(|spec| spec.collection.to_owned()).collect();
            assert_eq!(made, listed, "{service}");
            services.insert(service);
        }
        let listed = COLLECTIONS.iter().map(|(service, _)| (*service).to_owned()).collect();
        assert_eq!(services, listed);
        assert_eq!(services, compose::STORES.iter().map(|s| (*s).to_owned()).collect());
    }
}

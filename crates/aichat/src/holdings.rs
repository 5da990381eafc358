//! Owns the list of everything that an instance keeps, and the opening of all of it while nobody works on it, wherever it is kept. Refuses
//! to know what the documents say.

mod waiting;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use bus::Bus;
use contracts::Event;
use kernel::Ambient;
use store::{Op, RawDocument, Spec, Store, StoreError, Stored};

use crate::claim::Claim;
use crate::config::Config;
use crate::figures::{Figures, Tally};
use crate::{demo, ports};

pub(crate) use self::waiting::{GROUPS, given_up};

/// Every collection of every service that keeps documents. A test holds it against what a start declares.
pub(crate) const COLLECTIONS: &[(&str, &[Spec])] = &[
    ("auth", auth::COLLECTIONS),
    ("user", user::COLLECTIONS),
    ("friendship", friendship::COLLECTIONS),
    ("chat", chat::COLLECTIONS),
    ("ai-gateway", ai_gateway::COLLECTIONS),
    ("ai-chat-host", ai_chat_host::COLLECTIONS),
    ("ai-model-cards", ai_model_cards::COLLECTIONS),
    ("orders", orders::COLLECTIONS),
    ("expiration", expiration::COLLECTIONS),
    ("payments", payments::COLLECTIONS),
    ("post", post::COLLECTIONS),
    ("feed", feed::COLLECTIONS),
    ("media", media::COLLECTIONS),
    ("notification", notification::COLLECTIONS),
];

/// What the server secret is called in an export, wherever it is kept.
pub(crate) const SECRET: &str = "auth.secret";
/// The same of the secret that keys of added providers are sealed under, where there is one.
const AI_SECRET: &str = "ai.secret";
/// The same of the secret that addresses of files are signed with, and of that which the Web Push key is derived from.
const MEDIA_SECRET: &str = "media.secret";
const NOTIFICATION_SECRET: &str = "notification.secret";
/// Documents that are read at once. A server that reads a whole collection for each question, as small ones do, is asked seldom.
const PAGE: usize = 1_000;

/// The documents of one service.
struct Shelf {
    service: &'static str,
    specs: &'static [Spec],
    /// Collections that are there; one that is not is empty.
    there: HashSet<String>,
    store: Arc<dyn Store>,
}

impl Shelf {
    async fn open(
        config: &Config,
        (service, specs): (&'static str, &'static [Spec]),
        existing: bool,
        ambient: &Ambient,
    ) -> anyhow::Result<Self> {
        let ports::Shelf { store, collections } = ports::shelf(config, service, existing, ambient).await?;
        if let Some(unknown) = collections
            .iter()
            .find(|of| !specs.iter().any(|spec| spec.collection == **of))
        {
            bail!("there are documents of {service}/{unknown}, which this version does not know; use a later one");
        }
        let mut there: HashSet<String> = collections.into_iter().collect();
        for spec in specs {
            if !existing || there.contains(spec.collection) {
                let declared = store.declare(*spec).await;
                declared.with_context(|| name(service, spec))?;
                there.insert(spec.collection.to_owned());
            }
        }
        Ok(Self {
            service,
            specs,
            there,
            store,
        })
    }

    /// Reads a page of a collection, wherever the future runs.
    fn page(
        &self,
        spec: &Spec,
        after: Option<String>,
        limit: usize,
    ) -> impl Future<Output = anyhow::Result<Vec<Stored>>> + Send + use<> {
        let there = self.there.contains(spec.collection);
        let (store, service, spec) = (self.store.clone(), self.service, *spec);
        async move {
            if !there {
                return Ok(Vec::new());
            }
            let page = store.scan(spec.collection, after, limit).await;
            page.with_context(|| name(service, &spec))
        }
    }
}

/// An instance at rest, which is this process's alone.
pub(crate) struct Holdings {
    place: String,
    files: [(&'static str, PathBuf); 5],
    shelves: Vec<Shelf>,
    bus: Arc<dyn Bus>,
    claim: Claim,
}

/// What a walk comes by.
pub(crate) enum Step<'a> {
    /// A collection, as `service/collection`; its documents follow in the order of their ids.
    Collection(&'a str),
    /// A document of the collection.
    Document(&'a str, &'a Stored),
}

impl Holdings {
    /// Opens the instance that is there, making nothing, for a command. Fails when there is none, an import into it has not ended, or
    /// somebody works on it.
    pub(crate) async fn of_instance(config: &Config, what: &str) -> anyhow::Result<Self> {
        let place = place_of(config);
        let ambient = Ambient::system();
        let nothing = || format!("there is no instance in {place}");
        if config.is_embedded() {
            let dir = &config.process.data_dir;
            let missing = COLLECTIONS
                .iter()
                .find(|(service, _)| !dir.join(format!("{service}.db")).exists());
            if let Some((service, _)) = missing {
                bail!("{}: the data of {service} is missing", nothing());
            }
        } else {
            // To claim it makes a database: first it must be certain that there is something to claim.
            for (service, _) in COLLECTIONS {
                let shelf = ports::shelf(config, service, true, &ambient).await;
                let shelf = shelf.map_err(|error| match error.downcast_ref::<StoreError>() {
                    // Nothing is known of what is there.
                    Some(StoreError::Unavailable(_)) => error,
                    _ => error.context(nothing()),
                })?;
                shelf.store.close().await;
            }
        }
        let claim = Claim::of(config, what, None, &ambient).await?;
        let claim = claimed(claim, async |claim| claim.refuse_unfinished(&place).await).await?;
        Self::opened(config, claim, true, ambient).await
    }

    /// Opens the instance, making what is missing, for an import of the file with this sum. Fails when somebody works on it.
    pub(crate) async fn open(config: &Config, sum: &str) -> anyhow::Result<Self> {
        let ambient = Ambient::system();
        let claim = Claim::of(config, "import", Some(sum), &ambient).await?;
        Self::opened(config, claim, false, ambient).await
    }

    async fn opened(config: &Config, claim: Claim, existing: bool, ambient: Ambient) -> anyhow::Result<Self> {
        let dir = &config.process.data_dir;
        let (mut shelves, mut bus) = (Vec::new(), None);
        let claim = claimed(claim, async |_| {
            for of in COLLECTIONS {
                shelves.push(Shelf::open(config, *of, existing, &ambient).await?);
            }
            bus = Some(ports::bus(config, existing, &ambient).await?);
            Ok(())
        })
        .await?;
        Ok(Self {
            place: place_of(config),
            files: [
                (SECRET, config.auth.secret_path(dir)),
                (demo::DONE, dir.join(demo::DONE)),
                (AI_SECRET, config.ai.secret_path(dir)),
                (MEDIA_SECRET, config.media.secret_path(dir)),
                (NOTIFICATION_SECRET, config.notification.secret_path(dir)),
            ],
            shelves,
            bus: bus.context("opened above")?,
            claim,
        })
    }

    /// Closes all that was opened.
    pub(crate) async fn close(self) {
        for shelf in &self.shelves {
            shelf.store.close().await;
        }
        self.bus.close().await;
        self.claim.leave().await;
    }

    /// Says where it is.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Returns the right to move it.
    pub(crate) fn claim(&self) -> &Claim {
        &self.claim
    }

    /// Returns names and places of the files beside the stores without which the documents are not whole: the server secret,
    /// under which keys and second factors are sealed, those of ai-gateway, media and notification, and the note that the demo data
    /// has been loaded. The bytes of uploaded files are none of them: they lie in media's folder or bucket, and are copied beside.
    pub(crate) fn files(&self) -> &[(&'static str, PathBuf); 5] {
        &self.files
    }

    /// Walks all documents, collection by collection. A page of them is in memory, and the next one while that is dealt with.
    pub(crate) async fn walk(&self, mut each: impl FnMut(Step<'_>) -> anyhow::Result<()>) -> anyhow::Result<()> {
        for shelf in &self.shelves {
            for spec in shelf.specs {
                let of = name(shelf.service, spec);
                each(Step::Collection(&of))?;
                let mut coming = Some(tokio::spawn(shelf.page(spec, None, PAGE)));
                while let Some(page) = coming.take() {
                    let page = page.await??;
                    if let Some(last) = page.last().filter(|_| page.len() == PAGE) {
                        coming = Some(tokio::spawn(shelf.page(spec, Some(last.id.clone()), PAGE)));
                    }
                    for document in &page {
                        each(Step::Document(&of, document))?;
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

    /// Fails unless there is nothing here yet.
    pub(crate) async fn require_empty(&self) -> anyhow::Result<()> {
        let place = &self.place;
        for shelf in &self.shelves {
            for spec in shelf.specs {
                if !shelf.page(spec, None, 1).await?.is_empty() {
                    let of = name(shelf.service, spec);
                    bail!("{place} is not empty: there is an instance with documents of {of}");
                }
            }
            if shelf.store.outbox_depth().await? > 0 {
                bail!("{place} is not empty: events of {} wait to be sent", shelf.service);
            }
        }
        let old =
            self.undelivered(|event| bail!("{place} is not empty: events of {} wait to be dealt with", event.topic));
        old.await
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

    /// Adds documents at their versions, wherever the future runs. With `again`, those that are there already must be equal and are
    /// left out.
    pub(crate) fn restore(
        &self,
        of: &str,
        documents: Vec<Stored>,
        again: bool,
    ) -> anyhow::Result<impl Future<Output = anyhow::Result<()>> + Send + use<>> {
        let (spec, store) = self.find(of).with_context(|| format!("there is no collection {of}"))?;
        let (spec, store, of) = (*spec, store.clone(), of.to_owned());
        Ok(async move { restore(&spec, &*store, documents, again).await.context(of) })
    }

    /// Publishes events.
    pub(crate) async fn publish(&self, events: &[Event]) -> anyhow::Result<()> {
        self.bus
            .publish(events)
            .await
            .context("the events could not be published")
    }
}

async fn restore(spec: &Spec, store: &dyn Store, mut documents: Vec<Stored>, again: bool) -> anyhow::Result<()> {
    if again {
        let ids: Vec<String> = documents.iter().map(|document| document.id.clone()).collect();
        let there = store.get(spec.collection, &ids).await?;
        let there: HashMap<String, u64> = there.into_iter().map(|found| (found.id, found.version)).collect();
        documents.retain(|document| there.get(&document.id) != Some(&document.version));
    }
    if documents.is_empty() {
        return Ok(());
    }
    let raw = |document: Stored| {
        let Stored { id, version, body } = document;
        Ok((RawDocument::from_json(spec, id, body)?, version))
    };
    let documents = documents.into_iter().map(raw).collect::<anyhow::Result<_>>()?;
    store.write(Op::Restore(documents).into()).await?;
    Ok(())
}

/// Does something with a claim, and lets it go when that fails.
async fn claimed(claim: Claim, work: impl AsyncFnOnce(&Claim) -> anyhow::Result<()>) -> anyhow::Result<Claim> {
    match work(&claim).await {
        Ok(()) => Ok(claim),
        Err(error) => {
            claim.leave().await;
            Err(error)
        }
    }
}

/// Says where the instance is that the configuration names.
fn place_of(config: &Config) -> String {
    match config.is_embedded() {
        true => config.process.data_dir.display().to_string(),
        false => format!("the namespace {} of the servers", config.process.namespace),
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
        assert_eq!(services, ports::STORES.iter().map(|s| (*s).to_owned()).collect());
    }
}

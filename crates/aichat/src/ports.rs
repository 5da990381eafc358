//! Owns which adapter stands behind each port: files in one folder that this process owns, or servers that many processes
//! share. Refuses to know services beyond their names.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use bus::Bus;
use bus::SplitBus;
use bus::embedded::{EmbeddedBus, Options};
use bus::jetstream::{JetStreamBus, JetStreamOptions};
use bus::kafka::{KafkaBus, KafkaOptions};
use contracts::Topic;
use contracts::event::topic;
use ephemeral::Ephemeral;
use ephemeral::memory::MemoryEphemeral;
use ephemeral::redis::{RedisEphemeral, RedisOptions};
use kernel::Ambient;
use store::mongodb::{MongoOptions, MongoStore};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::{Store, StoreError};
use tokio::sync::Mutex;

use crate::carriage::Carried;
use crate::config::{Config, Process};
use crate::deployment::{Hidden, KAFKA, NATS};
use crate::occupancy::{Occupancy, Presence};
use crate::target::Need;

/// The services that keep documents, each in a file or database of its name.
#[rustfmt::skip]
pub(crate) const STORES: &[&str] = &[
    "auth", "user", "friendship", "chat", "ai-gateway", "ai-chat-host", "ai-model-cards", "orders", "expiration", "payments",
    "post", "feed", "media", "notification",
];

/// What services stand on.
pub(crate) struct Ports {
    pub(crate) ambient: Ambient,
    pub(crate) ephemeral: Arc<dyn Ephemeral>,
    /// `None` in a process that neither says nor hears what happens.
    pub(crate) bus: Option<Arc<dyn Bus>>,
    stores: Stores,
    /// Each is opened once, however many ask for it.
    opened: Mutex<BTreeMap<&'static str, Arc<dyn Store>>>,
    /// That this process works on an instance on servers; nothing for one that keeps no documents.
    presence: Option<Presence>,
    /// Held for as long as the process owns the folder.
    _lock: Option<File>,
}

/// Where documents are kept.
enum Stores {
    /// In SQLite files in this folder.
    Folder(PathBuf),
    /// In databases of this server that begin with this name.
    Mongodb(Hidden, String),
    /// Nowhere: this process passes on what others keep.
    None,
}

impl Ports {
    /// Opens what the configuration names: servers when it has their URLs, else the data folder.
    pub(crate) async fn open(config: &Config, ambient: Ambient) -> anyhow::Result<Self> {
        if config.is_embedded() {
            Self::embedded(&config.process.data_dir, ambient)
        } else {
            Self::on_servers(&config.process, ambient).await
        }
    }

    /// Connects to the servers that the services in this process need.
    async fn on_servers(process: &Process, ambient: Ambient) -> anyhow::Result<Self> {
        make(&process.data_dir)?;
        // Before anything is made or written: the instance may be on its way elsewhere.
        let presence = match process.needs(Need::Store) {
            true => {
                let what = format!("aichat run --target {}", process.target_names());
                Some(occupancy(process, &ambient).await?.enter(&what).await?)
            }
            false => None,
        };
        let opened = Self::open_servers(process, ambient).await;
        match (opened, presence) {
            (Ok(ports), presence) => Ok(Self { presence, ..ports }),
            (Err(error), Some(presence)) => {
                presence.leave().await;
                Err(error)
            }
            (Err(error), None) => Err(error),
        }
    }

    async fn open_servers(process: &Process, ambient: Ambient) -> anyhow::Result<Self> {
        let prefix = process.namespace.clone();
        let options = RedisOptions {
            prefix: prefix.clone(),
            ..RedisOptions::default()
        };
        let redis = url(&process.redis_url, "redisUrl")?;
        let ephemeral = RedisEphemeral::open(redis.reveal(), options, ambient.clone())
            .await
            .context("Redis")?;
        let bus = match process.needs(Need::Bus) {
            true => Some(open_bus(process, false, &ambient).await?),
            false => None,
        };
        let stores = match process.needs(Need::Store) {
            true => Stores::Mongodb(url(&process.mongodb_url, "mongodbUrl")?.clone(), prefix),
            false => Stores::None,
        };
        Ok(Self {
            ephemeral,
            bus,
            stores,
            opened: Mutex::default(),
            presence: None,
            ambient,
            _lock: None,
        })
    }

    /// Takes the data folder for this process.
    pub(crate) fn embedded(dir: &Path, ambient: Ambient) -> anyhow::Result<Self> {
        let lock = own(dir)?;
        let bus = EmbeddedBus::open(dir.join(EVENTS), Options::default(), ambient.clone(), topic::ALL);
        Ok(Self {
            ephemeral: MemoryEphemeral::new(ambient.clone()),
            bus: Some(bus.with_context(|| format!("the event log {}", dir.join(EVENTS).display()))?),
            stores: Stores::Folder(dir.to_owned()),
            opened: Mutex::default(),
            presence: None,
            ambient,
            _lock: Some(lock),
        })
    }

    /// Returns the documents of one service.
    pub(crate) async fn store(&self, service: &'static str) -> anyhow::Result<Arc<dyn Store>> {
        let mut opened = self.opened.lock().await;
        if let Some(store) = opened.get(service) {
            return Ok(store.clone());
        }
        let store = match &self.stores {
            Stores::Folder(dir) => open_store(dir, service, &self.ambient)?,
            Stores::Mongodb(url, namespace) => {
                database(url, (namespace, service), MongoOptions::default(), &self.ambient).await?
            }
            Stores::None => bail!("this process keeps no documents"),
        };
        opened.insert(service, store.clone());
        Ok(store)
    }

    /// Returns the sign that this process works on an instance on servers.
    pub(crate) fn presence(&self) -> Option<&Presence> {
        self.presence.as_ref()
    }

    /// Returns the bus.
    pub(crate) fn bus(&self) -> anyhow::Result<Arc<dyn Bus>> {
        self.bus.clone().context("this process was given no bus")
    }
}

fn url(url: &Option<Hidden>, key: &str) -> anyhow::Result<Hidden> {
    url.clone().with_context(|| format!("{key} is missing"))
}

/// Opens the database of one service, or of another part, of an instance.
async fn database(
    url: &Hidden,
    (namespace, part): (&str, &str),
    options: MongoOptions,
    ambient: &Ambient,
) -> anyhow::Result<Arc<MongoStore>> {
    let database = format!("{namespace}_{part}");
    let store = MongoStore::open(url.reveal(), &database, options, ambient.clone());
    store.await.with_context(|| format!("the database {database}"))
}

/// Names the database in which processes tell each other that they work on the instance.
const INSTANCE: &str = "instance";

/// Opens the signs of who works on an instance on servers.
pub(crate) async fn occupancy(process: &Process, ambient: &Ambient) -> anyhow::Result<Occupancy> {
    let options = MongoOptions {
        connections_max: 2,
        ..MongoOptions::default()
    };
    let (url, namespace) = (url(&process.mongodb_url, "mongodbUrl")?, &process.namespace);
    let store: Arc<dyn Store> = database(&url, (namespace, INSTANCE), options, ambient).await?;
    let beat = Duration::from_millis(process.sign_ms);
    Occupancy::open(&store, namespace, beat, ambient).await
}

/// What stands on servers under a namespace.
pub(crate) enum Instance {
    /// Nothing: no process has ever worked there.
    None,
    Whole,
    /// An import has not ended; in words for people.
    Unfinished(String),
}

/// Looks what is there. Makes nothing.
pub(crate) async fn instance(process: &Process, ambient: &Ambient) -> anyhow::Result<Instance> {
    let options = MongoOptions {
        connections_max: 2,
        existing_only: true,
        ..MongoOptions::default()
    };
    let (url, namespace) = (url(&process.mongodb_url, "mongodbUrl")?, &process.namespace);
    let store: Arc<dyn Store> = match database(&url, (namespace, INSTANCE), options, ambient).await {
        Ok(store) => store,
        Err(error) => match error.downcast_ref::<StoreError>() {
            Some(StoreError::Backend(_)) => return Ok(Instance::None),
            _ => return Err(error),
        },
    };
    let beat = Duration::from_millis(process.sign_ms);
    let unfinished = Occupancy::open(&store, namespace, beat, ambient)
        .await?
        .unfinished()
        .await;
    store.close().await;
    Ok(unfinished?.map_or(Instance::Whole, Instance::Unfinished))
}

/// The documents of one service, for a command that moves them.
pub(crate) struct Shelf {
    pub(crate) store: Arc<dyn Store>,
    /// The collections that are there.
    pub(crate) collections: Vec<String>,
}

/// Opens the documents of one service to move them; with `existing` they must be there, and nothing is made.
pub(crate) async fn shelf(config: &Config, service: &str, existing: bool, ambient: &Ambient) -> anyhow::Result<Shelf> {
    let process = &config.process;
    if config.is_embedded() {
        let path = process.data_dir.join(format!("{service}.db"));
        let options = SqliteOptions {
            existing_only: existing,
            ..SqliteOptions::default()
        };
        let store = SqliteStore::open(&path, options, ambient.clone());
        let store = store.with_context(|| format!("the data of {service} in {}", path.display()))?;
        return Ok(Shelf {
            collections: store.collections().await?,
            store,
        });
    }
    let options = MongoOptions {
        existing_only: existing,
        connections_max: 4,
        ..MongoOptions::default()
    };
    let url = url(&process.mongodb_url, "mongodbUrl")?;
    let store = database(&url, (&process.namespace, service), options, ambient).await?;
    Ok(Shelf {
        collections: store.collections().await?,
        store,
    })
}

/// Opens the events of an instance to move them; with `existing` they must be there, and no topic is made.
pub(crate) async fn bus(config: &Config, existing: bool, ambient: &Ambient) -> anyhow::Result<Arc<dyn Bus>> {
    if !config.is_embedded() {
        return open_bus(&config.process, existing, ambient).await;
    }
    let path = config.process.data_dir.join(EVENTS);
    if existing && !path.exists() {
        bail!(
            "the event log {} is missing: events under way would be lost",
            path.display()
        );
    }
    let bus = EmbeddedBus::open(&path, Options::default(), ambient.clone(), topic::ALL);
    Ok(bus.with_context(|| format!("the event log {}", path.display()))?)
}

/// Names the event log in a data folder.
const EVENTS: &str = "bus.db";

/// A server that carries topics.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Broker {
    Kafka,
    Nats,
}

/// Returns the brokers that carry topics, with these.
pub(crate) fn brokers(process: &Process) -> Vec<(Broker, Vec<Topic>)> {
    let Carried { kafka, nats } = process.nats_topics.divide();
    let mut brokers = vec![(Broker::Kafka, kafka), (Broker::Nats, nats)];
    brokers.retain(|(_, topics)| !topics.is_empty());
    brokers
}

/// Connects to one of the brokers; with `existing` nothing is made there.
pub(crate) async fn open_broker(
    process: &Process,
    (broker, topics): &(Broker, Vec<Topic>),
    existing: bool,
    ambient: &Ambient,
) -> anyhow::Result<Arc<dyn Bus>> {
    let prefix = format!("{}.", process.namespace);
    let bus: Arc<dyn Bus> = match broker {
        Broker::Kafka => {
            let options = KafkaOptions {
                prefix,
                existing_only: existing,
                ..KafkaOptions::default()
            };
            let url = url(&process.kafka_url, KAFKA)?;
            let bus = KafkaBus::open(url.reveal(), options, ambient.clone(), topics).await;
            bus.context("Kafka")?
        }
        Broker::Nats => {
            let options = JetStreamOptions {
                prefix,
                existing_only: existing,
                ..JetStreamOptions::default()
            };
            let url = url(&process.nats_url, NATS)?;
            let bus = JetStreamBus::open(url.reveal(), options, ambient.clone(), topics).await;
            bus.context("NATS")?
        }
    };
    Ok(bus)
}

/// Connects to the brokers that carry topics and joins them to one bus.
async fn open_bus(process: &Process, existing: bool, ambient: &Ambient) -> anyhow::Result<Arc<dyn Bus>> {
    let mut parts: Vec<(Arc<dyn Bus>, Vec<Topic>)> = Vec::new();
    for carried in brokers(process) {
        let bus = open_broker(process, &carried, existing, ambient).await?;
        parts.push((bus, carried.1));
    }
    Ok(SplitBus::new(parts))
}

/// Opens the documents of one service in a data folder.
pub(crate) fn open_store(dir: &Path, name: &str, ambient: &Ambient) -> anyhow::Result<Arc<dyn Store>> {
    let path = dir.join(format!("{name}.db"));
    let store = SqliteStore::open(&path, SqliteOptions::default(), ambient.clone());
    Ok(store.with_context(|| format!("the data of {name} in {}", path.display()))?)
}

/// Makes the data folder, readable by its owner only.
pub(crate) fn make(dir: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.with_context(|| format!("cannot make the data folder {}", dir.display()))
}

/// Makes the data folder and takes it for this process (docs/adr/0004).
pub(crate) fn own(dir: &Path) -> anyhow::Result<File> {
    make(dir)?;
    let path = dir.join("lock");
    let lock = File::options().create(true).truncate(false).write(true).open(&path);
    let lock = lock.with_context(|| format!("cannot open {}", path.display()))?;
    if lock.try_lock().is_err() {
        bail!(
            "another aichat process owns the data folder {}; stop it, or choose another with --data-dir",
            dir.display()
        );
    }
    Ok(lock)
}

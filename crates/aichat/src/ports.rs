//! Owns which adapter stands behind each port: files in one folder that this process owns, or servers that many processes
//! share. Refuses to know services beyond their names.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
use store::Store;
use store::mongodb::{MongoOptions, MongoStore};
use store::sqlite::{SqliteOptions, SqliteStore};
use tokio::sync::Mutex;

use crate::carriage::Carried;
use crate::config::{Config, Process};
use crate::deployment::{Hidden, KAFKA, NATS};
use crate::target::Need;

/// The services that keep documents, each in a file or database of its name.
pub(crate) const STORES: &[&str] = &["auth", "user", "friendship", "chat", "ai-gateway", "ai-chat-host"];

/// What services stand on.
pub(crate) struct Ports {
    pub(crate) ambient: Ambient,
    pub(crate) ephemeral: Arc<dyn Ephemeral>,
    /// `None` in a process that neither says nor hears what happens.
    pub(crate) bus: Option<Arc<dyn Bus>>,
    stores: Stores,
    /// Each is opened once, however many ask for it.
    opened: Mutex<BTreeMap<&'static str, Arc<dyn Store>>>,
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
            true => Some(open_bus(process, &format!("{prefix}."), &ambient).await?),
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
            ambient,
            _lock: None,
        })
    }

    /// Takes the data folder for this process.
    pub(crate) fn embedded(dir: &Path, ambient: Ambient) -> anyhow::Result<Self> {
        let lock = own(dir)?;
        let bus = EmbeddedBus::open(dir.join("bus.db"), Options::default(), ambient.clone(), topic::ALL);
        Ok(Self {
            ephemeral: MemoryEphemeral::new(ambient.clone()),
            bus: Some(bus.with_context(|| format!("the event log {}", dir.join("bus.db").display()))?),
            stores: Stores::Folder(dir.to_owned()),
            opened: Mutex::default(),
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
                let database = format!("{namespace}_{service}");
                let store = MongoStore::open(url.reveal(), &database, MongoOptions::default(), self.ambient.clone());
                let store: Arc<dyn Store> = store.await.with_context(|| format!("the database {database}"))?;
                store
            }
            Stores::None => bail!("this process keeps no documents"),
        };
        opened.insert(service, store.clone());
        Ok(store)
    }

    /// Returns the bus.
    pub(crate) fn bus(&self) -> anyhow::Result<Arc<dyn Bus>> {
        self.bus.clone().context("this process was given no bus")
    }
}

/// Connects to the brokers that carry topics and joins them to one bus.
async fn open_bus(process: &Process, prefix: &str, ambient: &Ambient) -> anyhow::Result<Arc<dyn Bus>> {
    let Carried { kafka, nats } = process.nats_topics.divide();
    let mut parts: Vec<(Arc<dyn Bus>, Vec<Topic>)> = Vec::new();
    if !kafka.is_empty() {
        let options = KafkaOptions {
            prefix: prefix.to_owned(),
            ..KafkaOptions::default()
        };
        let url = url(&process.kafka_url, KAFKA)?;
        let bus = KafkaBus::open(url.reveal(), options, ambient.clone(), &kafka).await;
        parts.push((bus.context("Kafka")?, kafka));
    }
    if !nats.is_empty() {
        let options = JetStreamOptions {
            prefix: prefix.to_owned(),
            ..JetStreamOptions::default()
        };
        let url = url(&process.nats_url, NATS)?;
        let bus = JetStreamBus::open(url.reveal(), options, ambient.clone(), &nats).await;
        parts.push((bus.context("NATS")?, nats));
    }
    Ok(SplitBus::new(parts))
}

fn url<'a>(url: &'a Option<Hidden>, key: &str) -> anyhow::Result<&'a Hidden> {
    url.as_ref().with_context(|| format!("{key} is missing"))
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

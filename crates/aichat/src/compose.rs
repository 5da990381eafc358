//! Owns how the product is put together: which adapter stands behind each port, and who answers each contract. The one
//! place that knows all services. Order: what asks nobody comes first.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use axum::Router;
use bus::Bus;
use bus::embedded::{EmbeddedBus, Options};
use chassis::http::{Surroundings, TrustedProxies};
use chassis::supervisor::Supervisor;
use chassis::{Service, Verifier};
use contracts::event::topic;
use ephemeral::Ephemeral;
use ephemeral::memory::MemoryEphemeral;
use kernel::Ambient;
use store::Store;
use store::sqlite::{SqliteOptions, SqliteStore};
use utoipa::openapi::OpenApi;

use crate::config::Config;
use crate::import;

/// The product's version.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A started product: routes to serve, and what runs behind them.
pub(crate) struct Product {
    pub(crate) router: Router,
    pub(crate) openapi: OpenApi,
    pub(crate) supervisor: Supervisor,
    /// Held for as long as the process owns the folder.
    _lock: File,
}

/// What stands behind the ports.
struct Ports {
    ambient: Ambient,
    bus: Arc<dyn Bus>,
    ephemeral: Arc<dyn Ephemeral>,
}

impl Product {
    /// Opens the embedded product in the configuration's data folder and starts what runs by itself.
    pub(crate) async fn open(config: &Config, ambient: Ambient) -> anyhow::Result<Self> {
        let dir = &config.process.data_dir;
        let lock = own(dir)?;
        import::refuse_unfinished(dir)?;
        let bus = EmbeddedBus::open(dir.join("bus.db"), Options::default(), ambient.clone(), topic::ALL);
        let ports = Ports {
            bus: bus.with_context(|| format!("the event log {}", dir.join("bus.db").display()))?,
            ephemeral: MemoryEphemeral::new(ambient.clone()),
            ambient: ambient.clone(),
        };
        let (mut services, verifier) = services(config, &ports).await?;
        let routes = services.iter_mut().map(|s| std::mem::take(&mut s.routes)).collect();
        let supervisor = Supervisor::start(services, ports.bus, ports.ephemeral.clone(), &ambient);
        let door = api_gateway::Deps {
            verifier: verifier.clone(),
            ephemeral: ports.ephemeral,
            config: config.gateway.clone(),
            version: VERSION,
        };
        let (router, openapi) = api_gateway::router(routes, door);
        let trusted = TrustedProxies::parse(&config.gateway.trusted_proxies);
        let trusted = trusted.map_err(|e| anyhow::anyhow!("[gateway] trustedProxies: {e}"))?;
        let surroundings = Surroundings {
            verifier,
            ambient,
            trusted,
        };
        let router = chassis::http::finish(router, surroundings, supervisor.readiness());
        Ok(Self {
            router,
            openapi,
            supervisor,
            _lock: lock,
        })
    }
}

/// Opens every service. Each has its own store; contracts are answered in process.
async fn services(config: &Config, ports: &Ports) -> anyhow::Result<(Vec<Service>, Arc<Verifier>)> {
    let dir = config.process.data_dir.as_path();
    let Ports {
        ambient,
        bus,
        ephemeral,
    } = ports;
    let open = |name: &str| open_store(dir, name, ambient);

    let (user_store, friendship_store) = (open("user")?, open("friendship")?);
    let users = user::local(&user_store, ambient.clone()).await?;
    let relationships = friendship::local(&friendship_store, ambient.clone()).await?;
    let accounts = auth::local(auth::Deps {
        ambient: ambient.clone(),
        store: open("auth")?,
        ephemeral: ephemeral.clone(),
        data_dir: dir.to_owned(),
        config: config.auth.clone(),
    })
    .await?;
    let verifier = Verifier::new(accounts.clone(), ephemeral.clone(), ambient.clone());
    let agents_store = open("ai-chat-host")?;
    let agents = ai_chat_host::local_directory(&agents_store, ambient.clone()).await?;
    let chat = chat::local(chat::Deps {
        ambient: ambient.clone(),
        store: open("chat")?,
        bus: bus.clone(),
        users: users.clone(),
        relationships: relationships.clone(),
        agents,
        config: config.chat.clone(),
    })
    .await?;
    let (ai, ai_gateway) = ai_gateway::open(ai_gateway::Deps {
        ambient: ambient.clone(),
        store: open("ai-gateway")?,
        config: config.ai.clone(),
    })
    .await?;
    let (runs, ai_chat_host) = ai_chat_host::open(ai_chat_host::Deps {
        ambient: ambient.clone(),
        store: agents_store,
        ephemeral: ephemeral.clone(),
        chat_reader: chat.clone(),
        chat_writer: chat.clone(),
        ai_gateway: ai,
        config: config.agents.clone(),
    })
    .await?;
    let realtime = realtime_gateway::service(realtime_gateway::Deps {
        ambient: ambient.clone(),
        ephemeral: ephemeral.clone(),
        bus: bus.clone(),
        verifier: verifier.clone(),
        chat_reader: chat.clone(),
        chat_writer: chat.clone(),
        relationships: relationships.clone(),
        users: users.clone(),
        runs,
        config: config.realtime.clone(),
    })
    .await?;
    let user = user::service(user::Deps {
        ambient: ambient.clone(),
        store: user_store,
        accounts: accounts.clone(),
        relationships,
        config: config.user.clone(),
    })
    .await?;
    let friendship = friendship::service(friendship::Deps {
        ambient: ambient.clone(),
        store: friendship_store,
        users: users.clone(),
    })
    .await?;
    let services = vec![
        auth::service(&accounts, users),
        user,
        friendship,
        chat::service(&chat),
        realtime,
        ai_gateway,
        ai_chat_host,
    ];
    Ok((services, verifier))
}

/// The services that keep documents, each in a file of its name.
pub(crate) const STORES: &[&str] = &["auth", "user", "friendship", "chat", "ai-gateway", "ai-chat-host"];

/// Opens the documents of one service.
pub(crate) fn open_store(dir: &Path, name: &str, ambient: &Ambient) -> anyhow::Result<Arc<dyn Store>> {
    let path = dir.join(format!("{name}.db"));
    let store = SqliteStore::open(&path, SqliteOptions::default(), ambient.clone());
    Ok(store.with_context(|| format!("the data of {name} in {}", path.display()))?)
}

/// Makes the data folder, readable by its owner only, and takes it for this process (docs/adr/0004).
pub(crate) fn own(dir: &Path) -> anyhow::Result<File> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.with_context(|| format!("cannot make the data folder {}", dir.display()))?;
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

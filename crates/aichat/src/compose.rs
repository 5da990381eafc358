//! Owns how the product is put together: which services are in this process, and who answers each contract: its owner,
//! here or, over a link, elsewhere. The one place that knows all services. Order: what asks nobody comes first.

use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use bytes::Bytes;
use chassis::http::{Surroundings, TrustedProxies};
use chassis::link::{self, Contract, Identity, Links};
use chassis::supervisor::Supervisor;
use chassis::{Service, Verifier};
use contracts::ai_chat_host::{AgentDirectory, Runs};
use contracts::ai_gateway::AiGateway;
use contracts::ai_model_cards::ModelCards;
use contracts::auth::Accounts;
use contracts::chat::{ChatReader, ChatWriter};
use contracts::friendship::Relationships;
use contracts::media::MediaLibrary;
use contracts::orders::{Entitlements, Orders};
use contracts::own_data::OwnData;
use contracts::payments::Billing;
use contracts::post::Posts;
use contracts::user::UserDirectory;
use futures::FutureExt as _;
use kernel::{Ambient, Fault};
use utoipa::openapi::OpenApi;

use crate::claim;
use crate::config::Config;
use crate::ports::Ports;
pub(crate) use crate::ports::{STORES, open_store, own};
use crate::target::Target;

#[cfg(test)]
mod tests;

/// The product's version.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The services besides user that keep something of a person, in the order of their archive.
pub(crate) const KEEPERS: &[Target] = &[
    Target::Auth,
    Target::Friendship,
    Target::Chat,
    Target::Post,
    Target::Media,
    Target::Notification,
    Target::AiChatHost,
    Target::AiGateway,
    Target::AiModelCards,
    Target::Orders,
    Target::Payments,
];

/// A started product, or the part of it that is in this process: routes to serve, and what runs behind them.
pub(crate) struct Product {
    pub(crate) router: Router,
    /// The OpenAPI document as the door shows it; empty where not the whole product is in this process.
    pub(crate) openapi: Bytes,
    pub(crate) supervisor: Supervisor,
    ports: Arc<Ports>,
}

impl Product {
    /// Opens what the configuration names and starts what runs by itself.
    pub(crate) async fn open(config: &Config, ambient: Ambient) -> anyhow::Result<Self> {
        claim::refuse_unfinished(&config.process.data_dir)?;
        let ports = Arc::new(Ports::open(config, ambient).await?);
        let product = Self::on(config, ports.clone()).await;
        if let (Err(_), Some(presence)) = (&product, ports.presence()) {
            presence.leave().await;
        }
        product
    }

    /// Stops what runs by itself, and says on servers that this process works no more.
    pub(crate) async fn stop(self) {
        self.supervisor.stop().await;
        if let Some(presence) = self.ports.presence() {
            presence.leave().await;
        }
    }

    /// Waits until the instance was taken from under this process, which must then end at once.
    pub(crate) async fn lost(&self) {
        match self.ports.presence() {
            Some(presence) => presence.lost().await,
            None => std::future::pending().await,
        }
    }

    /// The same on ports that are open.
    pub(crate) async fn on(config: &Config, ports: Arc<Ports>) -> anyhow::Result<Self> {
        let mut wiring = Wiring::new(config, &ports.ambient)?;
        let (mut services, verifier) = services(config, &ports, &mut wiring).await?;
        let mut routes = Vec::new();
        for service in &mut services {
            let public = std::mem::take(&mut service.routes);
            wiring.show(service.name, public.get_openapi());
            wiring.tell_own_data(service);
            routes.push(public);
        }
        let door = api_gateway::Deps {
            verifier: verifier.clone(),
            ephemeral: ports.ephemeral.clone(),
            config: config.gateway.clone(),
            version: VERSION,
        };
        let (router, openapi) = if config.is_whole() {
            api_gateway::router(routes, door)?
        } else if config.process.has(Target::ApiGateway) {
            let (router, service) = api_gateway::proxy(door, upstreams(config, &ports, &wiring)?).await?;
            services.push(service);
            (router, Bytes::new())
        } else {
            // The door in another process leads to the bare routes of the services that are here.
            let merged = routes.into_iter().map(Router::from).fold(Router::new(), Router::merge);
            (merged, Bytes::new())
        };
        let (ambient, ephemeral) = (&ports.ambient, ports.ephemeral.clone());
        let supervisor = match &ports.bus {
            Some(bus) => Supervisor::start(services, bus.clone(), ephemeral, ambient),
            None => Supervisor::without_bus(services, ephemeral, ambient),
        };
        let trusted = TrustedProxies::parse(&config.gateway.trusted_proxies);
        let surroundings = Surroundings {
            verifier,
            ambient: ambient.clone(),
            trusted: trusted.map_err(|e| anyhow::anyhow!("[gateway] trustedProxies: {e}"))?,
        };
        let mut routes = router.merge(wiring.internal);
        if config.telemetry.metrics_listen.is_none() {
            routes = routes.merge(chassis::http::metrics());
        }
        let router = chassis::http::finish(routes, surroundings, supervisor.readiness());
        Ok(Self {
            router,
            openapi,
            supervisor,
            ports,
        })
    }
}

/// Says where the door of a process of its own finds the services, now and when the configuration's file has changed.
fn upstreams(config: &Config, ports: &Ports, wiring: &Wiring) -> anyhow::Result<api_gateway::Upstreams> {
    let links = wiring.links.clone().context("there are no links")?;
    let documents = move |service: &str| {
        let link = links.to(service);
        async move {
            let link = link.ok_or_else(|| Fault::not_found("link.unknown"))?;
            link.get_openapi().await
        }
        .boxed()
    };
    let source = config.source.clone();
    let read = move || source.read().map(|config| table(&config)).map_err(|e| format!("{e:#}"));
    Ok(api_gateway::Upstreams {
        ambient: ports.ambient.clone(),
        table: table(config),
        reload: config.source.file().map(|file| api_gateway::Reload {
            file,
            read: Arc::new(read),
        }),
        documents: Arc::new(documents),
    })
}

fn table(config: &Config) -> api_gateway::Table {
    let replicas = config
        .links
        .all()
        .into_iter()
        .map(|(service, addresses)| (service.to_owned(), addresses));
    api_gateway::Table {
        routes: config.gateway.routes.clone(),
        replicas: replicas.collect(),
    }
}

/// Who answers contracts.
struct Wiring {
    /// To the services in other processes; `None` when all are here.
    links: Option<Arc<Links>>,
    /// What other processes may ask this one.
    internal: Router,
}

impl Wiring {
    fn new(config: &Config, ambient: &Ambient) -> anyhow::Result<Self> {
        let internal = Router::new();
        if config.is_whole() {
            return Ok(Self { links: None, internal });
        }
        let secret = config
            .process
            .cluster_secret
            .as_ref()
            .context("clusterSecret is missing")?;
        let identity = Identity::new(
            config.process.target_names(),
            secret.reveal().as_bytes(),
            ambient.clone(),
        );
        let identity = identity.map_err(anyhow::Error::msg)?;
        let links = Links::open(config.links.all(), identity, ambient).map_err(anyhow::Error::msg)?;
        Ok(Self {
            links: Some(Arc::new(links)),
            internal,
        })
    }

    /// Answers a contract in this process, to other processes as well when there are any.
    fn here<C: Contract + ?Sized>(&mut self, local: Arc<C>) -> Arc<C> {
        if let Some(links) = &self.links {
            self.internal = std::mem::take(&mut self.internal).merge(links.serve(local.clone()));
        }
        local
    }

    /// Asks the owner of a contract, in another process.
    fn elsewhere<C: Contract + ?Sized>(&self) -> anyhow::Result<Arc<C>> {
        let remote = self.links.as_ref().and_then(|links| links.remote());
        remote.with_context(|| format!("there is no link to {}", C::OWNER))
    }

    /// Finds what tells a person of their own data in every service but user, which asks: here among `services`, or elsewhere.
    fn own_data(&self, services: &[Service]) -> anyhow::Result<Vec<(&'static str, Arc<dyn OwnData>)>> {
        let find = |target: &Target| {
            let name = target.name();
            let here = services.iter().find(|service| service.name == name);
            let there = || self.links.as_ref()?.own_data(name);
            let own_data = here.and_then(|service| service.own_data.clone()).or_else(there);
            Ok((name, own_data.with_context(|| format!("there is no link to {name}"))?))
        };
        KEEPERS.iter().map(find).collect()
    }

    /// Tells other processes what a service here keeps of a person.
    fn tell_own_data(&mut self, service: &Service) {
        if let (Some(links), Some(own_data)) = (&self.links, &service.own_data) {
            let told = links.serve_own_data(service.name, own_data.clone());
            self.internal = std::mem::take(&mut self.internal).merge(told);
        }
    }

    /// Shows a service's part of the OpenAPI document to the door in another process.
    fn show(&mut self, service: &'static str, api: &OpenApi) {
        if let Some(links) = &self.links {
            let shown = links.guard(service, link::openapi(service, api));
            self.internal = std::mem::take(&mut self.internal).merge(shown);
        }
    }
}

/// Opens the services that are in this process. Each has its own store.
async fn services(
    config: &Config,
    ports: &Ports,
    wiring: &mut Wiring,
) -> anyhow::Result<(Vec<Service>, Arc<Verifier>)> {
    let has = |target| config.process.has(target);
    let store = async |target: Target| match has(target) {
        true => ports.store(target.name()).await.map(Some),
        false => Ok(None),
    };
    let Ports { ambient, ephemeral, .. } = ports;
    let mut services = Vec::new();

    let (user_store, friendship_store) = (store(Target::User).await?, store(Target::Friendship).await?);
    let agents_store = store(Target::AiChatHost).await?;
    let (cards_store, orders_store) = (store(Target::AiModelCards).await?, store(Target::Orders).await?);
    let payments_store = store(Target::Payments).await?;
    let users: Arc<dyn UserDirectory> = match &user_store {
        Some(store) => wiring.here(user::local(store, ambient.clone()).await?),
        None => wiring.elsewhere()?,
    };
    let relationships: Arc<dyn Relationships> = match &friendship_store {
        Some(store) => wiring.here(friendship::local(store, ambient.clone()).await?),
        None => wiring.elsewhere()?,
    };
    let (orders, entitlements): (Arc<dyn Orders>, Arc<dyn Entitlements>) = match &orders_store {
        Some(store) => {
            let asked = orders::local(store, ambient.clone(), config.orders.clone()).await?;
            (wiring.here(asked.orders), wiring.here(asked.entitlements))
        }
        None => (wiring.elsewhere()?, wiring.elsewhere()?),
    };
    let cards: Arc<dyn ModelCards> = match &cards_store {
        Some(store) => {
            let (relationships, config) = (relationships.clone(), config.cards.clone());
            wiring.here(ai_model_cards::local(store, ambient.clone(), relationships, config).await?)
        }
        None => wiring.elsewhere()?,
    };
    let billing: Arc<dyn Billing> = match &payments_store {
        Some(store) => wiring.here(payments::local(store, ambient.clone(), &config.payments).await?),
        None => wiring.elsewhere()?,
    };
    let agents: Arc<dyn AgentDirectory> = match &agents_store {
        Some(store) => wiring.here(ai_chat_host::local_directory(store, ambient.clone(), entitlements.clone()).await?),
        None => wiring.elsewhere()?,
    };
    let mailer = mail::open(&config.mail, &config.process.data_dir)?;
    let accounts: Arc<dyn Accounts> = match store(Target::Auth).await? {
        Some(store) => {
            let local = auth::local(auth::Deps {
                ambient: ambient.clone(),
                store,
                ephemeral: ephemeral.clone(),
                mailer: mailer.clone(),
                data_dir: config.process.data_dir.clone(),
                config: config.auth.clone(),
            })
            .await?;
            services.push(auth::service(&local, users.clone()));
            wiring.here(local)
        }
        None => wiring.elsewhere()?,
    };
    let verifier = Verifier::new(accounts.clone(), ephemeral.clone(), ambient.clone());

    let media: Arc<dyn MediaLibrary> = match store(Target::Media).await? {
        Some(store) => {
            let media = media::local(media::Deps {
                ambient: ambient.clone(),
                store,
                data_dir: config.process.data_dir.clone(),
                config: config.media.clone(),
            })
            .await?;
            services.push(media::service(&media));
            wiring.here(media.library())
        }
        None => wiring.elsewhere()?,
    };
    let posts: Arc<dyn Posts> = match store(Target::Post).await? {
        Some(store) => {
            let post = post::local(post::Deps {
                ambient: ambient.clone(),
                store,
                ephemeral: ephemeral.clone(),
                users: users.clone(),
                relationships: relationships.clone(),
                media: media.clone(),
                config: config.post.clone(),
            })
            .await?;
            services.push(post::service(&post));
            wiring.here(post)
        }
        None => wiring.elsewhere()?,
    };
    let (chat_reader, chat_writer): (Arc<dyn ChatReader>, Arc<dyn ChatWriter>) = match store(Target::Chat).await? {
        Some(store) => {
            let chat = chat::local(chat::Deps {
                ambient: ambient.clone(),
                store,
                bus: ports.bus()?,
                users: users.clone(),
                relationships: relationships.clone(),
                agents,
                media: media.clone(),
                config: config.chat.clone(),
            })
            .await?;
            services.push(chat::service(&chat));
            (wiring.here(chat.clone()), wiring.here(chat))
        }
        None => (wiring.elsewhere()?, wiring.elsewhere()?),
    };
    let ai: Arc<dyn AiGateway> = match store(Target::AiGateway).await? {
        Some(store) => {
            let (ai, service) = ai_gateway::open(ai_gateway::Deps {
                ambient: ambient.clone(),
                store,
                config: match config.is_whole() {
                    true => config.ai.clone().with_secret_in(&config.process.data_dir),
                    false => config.ai.clone(),
                },
                ephemeral: ephemeral.clone(),
            })
            .await?;
            services.push(service);
            wiring.here(ai)
        }
        None => wiring.elsewhere()?,
    };
    let runs: Arc<dyn Runs> = match agents_store {
        Some(store) => {
            let (runs, service) = ai_chat_host::open(ai_chat_host::Deps {
                ambient: ambient.clone(),
                store,
                ephemeral: ephemeral.clone(),
                chat_reader: chat_reader.clone(),
                chat_writer: chat_writer.clone(),
                ai_gateway: ai,
                cards: cards.clone(),
                entitlements: entitlements.clone(),
                billing,
                config: config.agents.clone(),
            })
            .await?;
            services.push(service);
            wiring.here(runs)
        }
        None => wiring.elsewhere()?,
    };

    // Nobody asks these as they ask the others.
    if let Some(store) = friendship_store {
        let friendship = friendship::service(friendship::Deps {
            ambient: ambient.clone(),
            store,
            users: users.clone(),
        });
        services.push(friendship.await?);
    }
    if let Some(store) = store(Target::Feed).await? {
        let feed = feed::service(feed::Deps {
            ambient: ambient.clone(),
            store,
            ephemeral: ephemeral.clone(),
            posts: posts.clone(),
            relationships: relationships.clone(),
            config: config.feed.clone(),
        });
        services.push(feed.await?);
    }
    if let Some(store) = store(Target::Notification).await? {
        let notification = notification::service(notification::Deps {
            ambient: ambient.clone(),
            store,
            ephemeral: ephemeral.clone(),
            users: users.clone(),
            relationships: relationships.clone(),
            posts,
            chat: chat_reader.clone(),
            accounts: accounts.clone(),
            mailer,
            data_dir: config.process.data_dir.clone(),
            config: config.notification.clone(),
        });
        services.push(notification.await?);
    }
    if let Some(store) = cards_store {
        let cards = ai_model_cards::service(ai_model_cards::Deps {
            ambient: ambient.clone(),
            store,
            bus: ports.bus()?,
            users: users.clone(),
            relationships: relationships.clone(),
            orders: orders.clone(),
            entitlements,
            config: config.cards.clone(),
        });
        services.push(cards.await?);
    }
    if let Some(store) = orders_store {
        let orders = orders::service(orders::Deps {
            ambient: ambient.clone(),
            store,
            ephemeral: ephemeral.clone(),
            cards,
            config: config.orders.clone(),
        });
        services.push(orders.await?);
    }
    if let Some(store) = store(Target::Expiration).await? {
        let expiration = expiration::service(expiration::Deps {
            ambient: ambient.clone(),
            store,
            ephemeral: ephemeral.clone(),
            config: config.expiration.clone(),
        });
        services.push(expiration.await?);
    }
    if let Some(store) = payments_store {
        let payments = payments::service(payments::Deps {
            ambient: ambient.clone(),
            store,
            orders,
            config: config.payments.clone(),
        });
        services.push(payments.await?);
    }
    if let Some(store) = user_store {
        let user = user::service(user::Deps {
            ambient: ambient.clone(),
            store,
            accounts: accounts.clone(),
            relationships: relationships.clone(),
            media,
            ephemeral: ephemeral.clone(),
            own_data: wiring.own_data(&services)?,
            config: config.user.clone(),
        });
        services.push(user.await?);
    }
    if has(Target::RealtimeGateway) {
        let realtime = realtime_gateway::service(realtime_gateway::Deps {
            ambient: ambient.clone(),
            ephemeral: ephemeral.clone(),
            bus: ports.bus()?,
            verifier: verifier.clone(),
            chat_reader,
            chat_writer,
            relationships,
            users,
            runs,
            config: config.realtime.clone(),
        });
        services.push(realtime.await?);
    }
    Ok((services, verifier))
}

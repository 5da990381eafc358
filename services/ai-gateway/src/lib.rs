//! **ai-gateway**: one door to all models. OpenAI's `/v1` for programs, [`contracts::ai_gateway::AiGateway`] for the other
//! services in process, and whoever's models the operator has behind it: anything OpenAI-compatible, Anthropic, Gemini, Ollama,
//! or, when nothing is configured, the scripted demo, which always says that it is one. Anthropic's clients have `/v1/messages`.
//!
//! What speaks the caller's dialect already is passed on **as bytes**, one frame in, one frame out; only the model's name
//! is ever rewritten. Other dialects go through one small enum of pieces. Dropping an answer closes the provider's
//! connection at once, and what was written until then is metered. A call writes nothing before it begins; what it used
//! is added up in memory and written each second (sums of everybody each five), so that a crash loses no more of *statistics*. Money is
//! reserved first, from what this process has durably taken of each budget (docs/adr/0012). What a call was expected to use bounds what it may
//! begin with; what it really used is charged.
//!
//! It knows callers only as payers: rooms, agents' turns and rights belong to ai-chat-host.

mod app;
mod config;
mod consumers;
mod domain;
mod error;
mod first_run;
mod handlers;
mod own_data;
mod providers;
mod repo;
mod routes;
mod secret;

use std::sync::Arc;

use bus::Subscription;
use chassis::own_data::Documents;
use contracts::ai_gateway::AiGateway;
use contracts::event::topic;
use ephemeral::Ephemeral;
use kernel::{Ambient, Fault};
use store::Store;

pub use config::{
    BreakerConfig, BudgetConfig, Budgets, CacheConfig, Config, Dialect, HedgeConfig, HouseCurrency, Limits, NamedModel,
    OwnTimeouts, PriceConfig, ProviderConfig, RetryConfig, Strategy, TargetConfig, Timeouts,
};
pub use first_run::{DEMO_PROVIDER, probe_local_servers};
pub use repo::COLLECTIONS;
pub use secret::Secret;

/// What the service needs from outside.
pub struct Deps {
    /// Time, randomness, ids.
    pub ambient: Ambient,
    /// Its documents: keys, usage, budgets, added providers, who is gone.
    pub store: Arc<dyn Store>,
    /// Limits a minute, over all processes.
    pub ephemeral: Arc<dyn Ephemeral>,
    /// Providers, time limits, limits. Without providers: the scripted demo (see [`Config::with_environment`]).
    pub config: Config,
}

/// Opens the gateway: what other services ask in process, and the service. Fails when the configuration makes no sense
/// or a key file cannot be read.
pub async fn open(deps: Deps) -> Result<(Arc<dyn AiGateway>, chassis::Service), Fault> {
    let store = deps.store.clone();
    let app = Arc::new(app::App::open(deps).await?);
    let (meter, drained, added) = (app.meter.clone(), app.meter.clone(), app.added.clone());
    let finder = app.finder.clone();
    let service = chassis::Service::new("ai-gateway", routes::routes(app.clone()))
        .with_own_data(Documents::new(&store, own_data::PARTS))
        .with_store(store)
        .with_consumer(
            Subscription::new("ai-gateway", &[topic::ACCOUNT]),
            Arc::new(consumers::account::Accounts(app.clone())),
        )
        .with_worker("usage", move |stop| meter.clone().run(stop))
        .with_worker("added providers", move |stop| added.clone().run(stop))
        .with_worker("models", move |stop| finder.clone().run(stop))
        .with_drain(move || async move { drained.drain().await });
    Ok((app, service))
}

//! **ai-chat-host**: agents as members of rooms. Decides who speaks, asks the model, streams the reply and turns it into
//! one durable message.
//!
//! A message by a person or an agent comes in from the bus; `domain/turn` decides, purely, who answers; each answer is a
//! **run**, a document with a unique key of message, agent and generation, so that a redelivered event answers once.
//! A host takes a room's **floor** (a lease with a fence) and works on its runs in order. While a model writes, deltas go
//! to the room's live channel and the run's lease is renewed; a host that dies is missed within seconds, and another
//! begins the next attempt under a new fence and the same message id. The final text is settled in the run before it is
//! sent, so that no model is asked twice for what it has said.
//!
//! Which room there is and who sits in it is chat's; which model answers and what it costs is ai-gateway's.

mod app;
mod config;
mod consumers;
mod domain;
mod error;
mod handlers;
mod own_data;
mod repo;
mod routes;

use std::sync::Arc;

use bus::{OnPoison, Subscription};
use chassis::Service;
use chassis::own_data::Documents;
use contracts::ai_chat_host::{AgentDirectory, Runs};
use contracts::ai_gateway::AiGateway;
use contracts::ai_model_cards::ModelCards;
use contracts::chat::{ChatReader, ChatWriter};
use contracts::event::topic;
use contracts::orders::Entitlements;
use contracts::payments::Billing;
use ephemeral::Ephemeral;
use kernel::{Ambient, Fault};
use store::Store;

pub use config::{Config, Debates, Limits, Summaries, TryOuts, Weighted};
/// The ids of the starter agents, the same in every installation.
pub use domain::starter::{CRITIC, MUSE, SAGE, SCOUT};
pub use repo::COLLECTIONS;

/// What the service needs from outside.
pub struct Deps {
    /// Time, randomness, ids.
    pub ambient: Ambient,
    /// Its documents.
    pub store: Arc<dyn Store>,
    /// Floors, live channels, short logs.
    pub ephemeral: Arc<dyn Ephemeral>,
    /// Chat, for rooms and what was said.
    pub chat_reader: Arc<dyn ChatReader>,
    /// Chat, for what agents say.
    pub chat_writer: Arc<dyn ChatWriter>,
    /// The models.
    pub ai_gateway: Arc<dyn AiGateway>,
    /// Cards, for the agents that their revisions are.
    pub cards: Arc<dyn ModelCards>,
    /// Orders, for who may use agents that are sold.
    pub entitlements: Arc<dyn Entitlements>,
    /// Payments, for agents whose messages have a price.
    pub billing: Arc<dyn Billing>,
    /// Limits.
    pub config: Config,
}

/// Opens the directory of agents that other services ask in process, with the starter set in it. Needs nothing but the
/// store and what people have bought, so that chat can be built on it.
pub async fn local_directory(
    store: &Arc<dyn Store>,
    ambient: Ambient,
    entitlements: Arc<dyn Entitlements>,
) -> Result<Arc<dyn AgentDirectory>, Fault> {
    let agents = repo::agents::Agents::open(store, &ambient).await?;
    Ok(Arc::new(repo::agents::Directory { agents, entitlements }))
}

/// Builds the service, and what the realtime gateway steers runs with.
pub async fn open(deps: Deps) -> Result<(Arc<dyn Runs>, Service), Fault> {
    let app = Arc::new(app::App::open(&deps).await?);
    // A message that cannot be answered must not hold back the room's later ones.
    let subscription = Subscription {
        on_poison: OnPoison::Skip,
        ..Subscription::new("ai-chat-host", &[topic::MESSAGE, topic::ROOM])
    };
    let (host, stops, old, leaving) = (app.clone(), app.clone(), app.clone(), app.clone());
    let (debates, ratings) = (app.clone(), app.clone());
    let (summaries, bills) = (app.clone(), app.clone());
    let service = Service::new("ai-chat-host", routes::routes(app.clone()))
        .with_own_data(Documents::new(&deps.store, own_data::PARTS))
        .with_store(deps.store)
        .with_consumer(subscription, Arc::new(consumers::chat::Chat(app.clone())))
        .with_consumer(
            consumers::account::subscription(),
            Arc::new(consumers::account::Erase(app.clone())),
        )
        .with_consumer(
            consumers::cards::subscription(),
            Arc::new(consumers::cards::Cards(app.clone())),
        )
        .with_worker("bills", move |stop| bills.clone().settle_bills(stop))
        .with_worker("floors", move |stop| host.clone().host(stop))
        .with_worker("summaries", move |stop| summaries.clone().keep_summaries(stop))
        .with_worker("stops", move |stop| stops.clone().hear_stops(stop))
        .with_worker("forget", move |stop| old.clone().forget(stop))
        .with_worker("debates", move |stop| debates.clone().host_debates(stop))
        .with_worker("ratings", move |stop| ratings.clone().rate_debaters(stop))
        .with_drain(move || async move { leaving.leave().await });
    Ok((app, service))
}

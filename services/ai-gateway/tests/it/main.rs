//! ai-gateway over HTTP and in process, the providers scripted.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod anthropic;
mod budgets;
mod byte_exact;
mod cache;
mod cancel;
mod charges;
mod demo;
mod failures;
mod gemini;
mod hedges;
mod in_process;
mod keys;
mod limits;
mod messages;
mod money;
mod observed;
mod ollama;
mod pass_through;
mod providers;
mod routes;
mod silence;
mod trouble;
mod usage_of_all;
mod way_out;
mod written_once;

use std::sync::Arc;
use std::time::Duration;

use ai_gateway::{Config, Deps, Dialect, ProviderConfig, Secret, Timeouts};
use axum::body::Body;
use chassis::Worker;
use contracts::Event;
use contracts::ai_gateway::{AiGateway, UsageEvent, UsedCall};
use contracts::auth::AccountEvent;
use ephemeral::Ephemeral;
use http_body_util::BodyExt as _;
use kernel::UserId;
use serde_json::{Value, json};
use store::Store;
use testkit::{App, Asker, ScriptedUpstream, World};
use tokio_util::sync::CancellationToken;

/// How long a test waits for something that must happen.
const DEADLINE: Duration = Duration::from_secs(10);

struct Setup {
    world: World,
    store: Arc<dyn Store>,
    app: App,
    gateway: Arc<dyn AiGateway>,
    consumers: Vec<chassis::Consumer>,
    usage: Worker,
    models: Worker,
    ada: UserId,
}

impl Setup {
    async fn with(config: Config) -> Self {
        Self::of(World::new().await, config, None).await
    }

    /// Opens it, perhaps on another ephemeral store than the world's.
    async fn of(world: World, config: Config, ephemeral: Option<Arc<dyn Ephemeral>>) -> Self {
        let store = world.store("ai-gateway").await;
        Self::on(store, world, config, ephemeral).await
    }

    /// Opens it on a store of the test's.
    async fn on(
        store: Arc<dyn Store>,
        world: World,
        mut config: Config,
        ephemeral: Option<Arc<dyn Ephemeral>>,
    ) -> Self {
        config.secret_file.get_or_insert(world.path().join("ai.secret"));
        let deps = Deps {
            ambient: world.ambient(),
            store: store.clone(),
            ephemeral: ephemeral.unwrap_or_else(|| world.ephemeral()),
            config,
        };
        let (gateway, mut service) = ai_gateway::open(deps).await.unwrap();
        let (usage, consumers) = (service.workers.remove(0), std::mem::take(&mut service.consumers));
        let finds = service.workers.iter().position(|worker| worker.name == "models");
        let models = service.workers.remove(finds.unwrap());
        let ada = world.users().add("ada");
        Self {
            app: world.app(service),
            world,
            store,
            gateway,
            consumers,
            usage,
            models,
            ada,
        }
    }

    /// Opens the service anew on what the store has, as after a restart.
    async fn reopened(self) -> Self {
        let deps = Deps {
            ambient: self.world.ambient(),
            store: self.store.clone(),
            ephemeral: self.world.ephemeral(),
            config: Config::default(),
        };
        let (gateway, mut service) = ai_gateway::open(deps).await.unwrap();
        let (usage, consumers) = (service.workers.remove(0), std::mem::take(&mut service.consumers));
        Self {
            app: self.world.app(service),
            gateway,
            consumers,
            usage,
            ..self
        }
    }

    async fn told(&self, event: AccountEvent) {
        let event = Event::new(&self.world.ambient(), &event).unwrap();
        self.consumers[0].handler.handle(&event).await.unwrap();
    }

    async fn demo() -> Self {
        Self::with(Config::default()).await
    }

    async fn before(upstream: &ScriptedUpstream, dialect: Dialect) -> Self {
        Self::with(config(upstream, dialect)).await
    }

    fn ada(&self) -> Asker {
        self.app.by(self.ada)
    }

    /// Writes what was metered, as the worker does each second.
    async fn flush(&self) {
        let stopped = CancellationToken::new();
        stopped.cancel();
        (self.usage.run)(stopped).await.unwrap();
    }

    async fn metered(&self) -> Vec<Metered> {
        self.flush().await;
        let events = self.world.pending(&self.store).await;
        let told = events.iter().map(|event| event.body::<UsageEvent>().unwrap());
        let calls = told.flat_map(|event| {
            let user_id = event.user_id;
            event.calls().map(|call| Metered { user_id, call }).collect::<Vec<_>>()
        });
        calls.collect()
    }
}

/// A call that an event tells of, and who pays for it.
#[derive(Debug)]
struct Metered {
    user_id: UserId,
    call: UsedCall,
}

impl std::ops::Deref for Metered {
    type Target = UsedCall;
    fn deref(&self) -> &UsedCall {
        &self.call
    }
}

/// A provider `local` with the model `scripted-1`, retries off and short time limits.
fn config(upstream: &ScriptedUpstream, dialect: Dialect) -> Config {
    let mut config = Config {
        providers: vec![ProviderConfig {
            name: "local".into(),
            dialect,
            base_url: Some(format!("{}/v1", upstream.url)),
            api_key: Some(Secret::new("sk-upstream")),
            api_key_file: None,
            models: vec!["scripted-1".into()],
            any_model: false,
        }],
        timeouts: Timeouts {
            first_token_ms: 300,
            between_tokens_ms: 300,
            ..Timeouts::default()
        },
        ..Config::default()
    };
    config.limits.retries_max = 0;
    config
}

fn chat(model: &str, text: &str, stream: bool) -> Value {
    json!({"model": model, "stream": stream, "messages": [{"role": "user", "content": text}]})
}

/// Reads the frames of a body as they come.
struct Frames(Body);

impl Frames {
    async fn open(asker: &Asker, body: &str) -> Self {
        Self::at("/v1/chat/completions", asker, body).await
    }

    async fn at(path: &str, asker: &Asker, body: &str) -> Self {
        let response = asker.open(http::Method::POST, path, Some(body.to_owned())).await;
        assert_eq!(response.status(), 200);
        assert!(
            response.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/event-stream")
        );
        Self(response.into_body())
    }

    async fn next(&mut self) -> Option<String> {
        let frame = tokio::time::timeout(DEADLINE, self.0.frame()).await.unwrap()?;
        Some(String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap())
    }

    /// Reads to the end; returns the data of each event.
    async fn events(mut self) -> Vec<String> {
        let mut text = String::new();
        while let Some(frame) = self.next().await {
            text.push_str(&frame);
        }
        text.split_terminator("\n\n")
            .filter_map(|e| e.strip_prefix("data: ").map(str::to_owned))
            .collect()
    }
}

fn parsed(events: &[String]) -> Vec<Value> {
    events
        .iter()
        .filter(|e| *e != "[DONE]")
        .map(|e| serde_json::from_str(e).unwrap())
        .collect()
}

/// Puts the text of a stream's chunks together.
fn said(events: &[String]) -> String {
    parsed(events)
        .iter()
        .filter_map(|c| c["choices"][0]["delta"]["content"].as_str().map(str::to_owned))
        .collect()
}

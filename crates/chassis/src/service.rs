//! Owns the shape of a service: what it hands to the process that runs it. Refuses to know what any service does.

use std::future::Future;
use std::sync::Arc;

use bus::{Handler, Subscription};
use contracts::own_data::OwnData;
use futures::future::BoxFuture;
use kernel::Fault;
use store::Store;
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;

/// A bounded context, ready to be run: routes with their documentation, consumers, background workers and the store
/// whose outbox must be relayed.
pub struct Service {
    /// Its name, such as `chat`.
    pub name: &'static str,
    /// Its routes, documented.
    pub routes: OpenApiRouter,
    /// What it listens to.
    pub consumers: Vec<Consumer>,
    /// What it does by itself.
    pub workers: Vec<Worker>,
    /// Its store, if it keeps anything.
    pub store: Option<Arc<dyn Store>>,
    /// What it tells a person of their own data, if it keeps any.
    pub own_data: Option<Arc<dyn OwnData>>,
    /// What it does when the process is about to stop, before requests stop; at most a few seconds.
    pub drain: Option<Drain>,
}

/// Runs once at the start of a drain.
pub type Drain = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

impl Service {
    /// Builds a service that only has routes.
    pub fn new(name: &'static str, routes: OpenApiRouter) -> Self {
        Self {
            name,
            routes,
            consumers: Vec::new(),
            workers: Vec::new(),
            store: None,
            own_data: None,
            drain: None,
        }
    }
    /// Adds its store.
    #[must_use]
    pub fn with_store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }
    /// Adds what it tells a person of their own data.
    #[must_use]
    pub fn with_own_data(mut self, own_data: Arc<dyn OwnData>) -> Self {
        self.own_data = Some(own_data);
        self
    }
    /// Adds a consumer.
    #[must_use]
    pub fn with_consumer(mut self, subscription: Subscription, handler: Arc<dyn Handler>) -> Self {
        self.consumers.push(Consumer { subscription, handler });
        self
    }
    /// Adds a background worker; it runs until `stop` and is started again, after a pause, when it fails.
    #[must_use]
    pub fn with_worker<F, Fut>(mut self, name: &'static str, run: F) -> Self
    where
        F: Fn(CancellationToken) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Fault>> + Send + 'static,
    {
        self.workers.push(Worker {
            name,
            run: Arc::new(move |stop| Box::pin(run(stop))),
        });
        self
    }
    /// Adds what to do when a drain begins.
    #[must_use]
    pub fn with_drain<F, Fut>(mut self, drain: F) -> Self
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.drain = Some(Box::new(move || Box::pin(drain())));
        self
    }
}

/// A subscription and who deals with its events.
pub struct Consumer {
    /// What it wants.
    pub subscription: Subscription,
    /// Who deals with it.
    pub handler: Arc<dyn Handler>,
}

/// A background loop.
pub struct Worker {
    /// Its name, for logs.
    pub name: &'static str,
    /// Runs it until the token is cancelled.
    pub run: Arc<dyn Fn(CancellationToken) -> BoxFuture<'static, Result<(), Fault>> + Send + Sync>,
}

//! Owns the stage of a test: a gateway on a port, and replicas that can be killed and come back on the same port.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use api_gateway::{Config, Deps, ROUTES, Reload, Table, Upstreams};
use axum::Router;
use chassis::Verifier;
use futures::FutureExt as _;
use kernel::{Ambient, Fault};
use serde_json::Value;
use testkit::World;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// How long a test waits for something that must happen.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// A gateway that listens.
pub struct Gateway {
    pub address: SocketAddr,
    drain: Option<chassis::service::Drain>,
    stop: CancellationToken,
    _tasks: Vec<AbortOnDropHandle<()>>,
}

/// What a test may set.
#[derive(Default)]
pub struct Setting {
    pub config: Config,
    pub reload: Option<Reload>,
    pub documents: BTreeMap<String, Value>,
}

impl Gateway {
    /// Opens a gateway whose services are all at `replicas`.
    pub async fn at(replicas: &[SocketAddr]) -> Self {
        Self::with(table(replicas), Setting::default()).await
    }

    /// Opens a gateway with this table.
    pub async fn with(table: Table, setting: Setting) -> Self {
        Self::open(table, setting).await.unwrap()
    }

    pub async fn open(table: Table, setting: Setting) -> Result<Self, Fault> {
        let world = World::new().await;
        let ambient = Ambient::system();
        let verifier = Verifier::new(world.accounts(), world.ephemeral(), ambient.clone());
        let door = Deps {
            verifier: verifier.clone(),
            ephemeral: world.ephemeral(),
            config: setting.config,
            version: "7",
        };
        let parts = setting.documents;
        let upstreams = Upstreams {
            ambient: ambient.clone(),
            table,
            reload: setting.reload,
            documents: Arc::new(move |service| {
                let part = parts.get(service).cloned().ok_or_else(|| Fault::internal("silent"));
                async move { part }.boxed()
            }),
        };
        let (router, mut service) = api_gateway::proxy(door, upstreams).await?;
        let router = chassis::http::around_for_tests(router, verifier, ambient);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let serving = chassis::http::serve(listener, router, stop.clone());
        let mut tasks = vec![AbortOnDropHandle::new(tokio::spawn(
            async move { serving.await.unwrap() },
        ))];
        for worker in &service.workers {
            let run = (worker.run)(stop.clone());
            tasks.push(AbortOnDropHandle::new(tokio::spawn(async move { run.await.unwrap() })));
        }
        Ok(Self {
            address,
            drain: service.drain.take(),
            stop,
            _tasks: tasks,
        })
    }

    /// Says where something is.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Does what a process does at SIGTERM.
    pub async fn drain(&mut self) {
        self.drain.take().unwrap()().await;
        self.stop.cancel();
    }
}

/// A replica on a port and a runtime of its own, so that it can die with everything in it.
pub struct Replica {
    pub address: SocketAddr,
    router: Router,
    runtime: Option<Runtime>,
}

impl Replica {
    pub async fn start(router: Router) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut replica = Self {
            address: listener.local_addr().unwrap(),
            router,
            runtime: None,
        };
        replica.serve(listener);
        replica
    }

    fn serve(&mut self, listener: std::net::TcpListener) {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let router = self.router.clone();
        listener.set_nonblocking(true).unwrap();
        runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            chassis::http::serve(listener, router, CancellationToken::new()).await
        });
        self.runtime = Some(runtime);
    }

    /// Ends it with all its connections, as kill -9 does.
    pub async fn kill(&mut self) {
        self.runtime.take().unwrap().shutdown_background();
        let address = self.address;
        until("the port is closed", async || {
            TcpStream::connect(address).await.is_err()
        })
        .await;
    }

    /// Starts it again on its port.
    pub async fn revive(&mut self) {
        self.serve(std::net::TcpListener::bind(self.address).unwrap());
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// All services at the same replicas.
pub fn table(replicas: &[SocketAddr]) -> Table {
    let urls: Vec<String> = replicas.iter().map(|address| format!("http://{address}")).collect();
    Table {
        routes: BTreeMap::new(),
        replicas: ROUTES
            .iter()
            .map(|route| (route.service.to_owned(), urls.clone()))
            .collect(),
    }
}

/// A table as a file, as a test writes it: one replica's URL a line. Tells as well how often it was read.
pub fn reload_from(file: PathBuf) -> (Reload, Arc<AtomicUsize>) {
    let (read, count) = (file.clone(), Arc::new(AtomicUsize::new(0)));
    let counted = count.clone();
    let reload = Reload {
        file,
        read: Arc::new(move || {
            let text = std::fs::read_to_string(&read).map_err(|e| e.to_string())?;
            counted.fetch_add(1, SeqCst);
            let urls: Vec<String> = text.lines().map(str::to_owned).collect();
            let mut table = table(&[]);
            table
                .replicas
                .values_mut()
                .for_each(|of_service| *of_service = urls.clone());
            Ok(table)
        }),
    };
    (reload, count)
}

/// Waits until `met` says so.
pub async fn until(what: &str, met: impl AsyncFn() -> bool) {
    let waited = async {
        while !met().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(DEADLINE, waited).await.is_ok(), "{what}");
}

/// A client that keeps no connections and follows nothing.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(DEADLINE)
        .build()
        .unwrap()
}

//! Owns one address of a service: its connections that rest between requests, how many requests are in flight, and
//! whether it is left out because it could not be connected. Refuses to know requests.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::config::UpstreamConfig;

/// First pause before a replica that could not be connected is tried again; doubled up to [`PROBE_PAUSE_MAX`].
const PROBE_PAUSE_MIN: Duration = Duration::from_millis(50);
/// Longest such pause.
const PROBE_PAUSE_MAX: Duration = Duration::from_secs(1);

/// One HTTP/1.1 connection; its task reads on while it rests, so that a close is noticed at once.
pub(crate) type Connection = SendRequest<Body>;

/// One address of a service.
pub(crate) struct Replica {
    pub(crate) address: SocketAddr,
    /// The address as text, which is what a room's home is found by.
    pub(crate) authority: String,
    config: UpstreamConfig,
    in_flight: AtomicUsize,
    resting: Mutex<Vec<Resting>>,
    left_out: AtomicBool,
    retired: AtomicBool,
}

struct Resting {
    connection: Connection,
    since: Instant,
}

impl Replica {
    pub(crate) fn new(address: SocketAddr, config: UpstreamConfig) -> Arc<Self> {
        Arc::new(Self {
            address,
            authority: address.to_string(),
            config,
            in_flight: AtomicUsize::new(0),
            resting: Mutex::default(),
            left_out: AtomicBool::new(false),
            retired: AtomicBool::new(false),
        })
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    pub(crate) fn is_left_out(&self) -> bool {
        self.left_out.load(Ordering::Relaxed)
    }

    /// Takes a connection that rests, if one is alive.
    pub(crate) fn resting(&self) -> Option<Connection> {
        let idle = Duration::from_secs(self.config.idle_seconds);
        let mut resting = self.resting.lock();
        resting.retain(|one| !one.connection.is_closed() && one.since.elapsed() < idle);
        // The youngest first: those that are not needed grow old and go.
        let at = resting.iter().rposition(|one| one.connection.is_ready())?;
        Some(resting.remove(at).connection)
    }

    /// Lays a connection to rest after its answer has been read to the end.
    pub(crate) fn lay_to_rest(&self, connection: Connection) {
        let mut resting = self.resting.lock();
        let welcome = !self.retired.load(Ordering::Relaxed) && !connection.is_closed();
        if welcome && resting.len() < self.config.idle_connections_max {
            resting.push(Resting {
                connection,
                since: Instant::now(),
            });
        }
    }

    /// Opens a connection, within the configured time.
    pub(crate) async fn connect(&self) -> io::Result<Connection> {
        let limit = Duration::from_millis(self.config.connect_ms);
        let io = tokio::time::timeout(limit, TcpStream::connect(self.address)).await??;
        // A port of the ephemeral range where nobody listens may be given to the very socket that connects to it.
        if io.local_addr()? == self.address {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        // Small pieces must not wait for the peer's delayed ACK.
        io.set_nodelay(true)?;
        let (connection, run) = http1::Builder::new()
            .handshake(TokioIo::new(io))
            .await
            .map_err(io::Error::other)?;
        let address = self.address;
        tokio::spawn(async move {
            if let Err(e) = run.with_upgrades().await {
                tracing::debug!("connection to {address}: {e}");
            }
        });
        Ok(connection)
    }

    /// Leaves the replica out until it can be connected again, which a task of its own tries; `back` is told then.
    pub(crate) fn leave_out(self: &Arc<Self>, service: &str, why: &io::Error, back: Arc<Notify>) {
        if self.left_out.swap(true, Ordering::Relaxed) {
            return;
        }
        tracing::warn!(
            "{service} at {}: {why}; left out until it can be connected",
            self.address
        );
        metrics::counter!("gateway_replicas_left_out_total", "service" => service.to_owned()).increment(1);
        let (service, replica) = (service.to_owned(), Arc::downgrade(self));
        tokio::spawn(async move {
            let mut pause = PROBE_PAUSE_MIN;
            loop {
                tokio::time::sleep(pause).await;
                let Some(replica) = replica.upgrade().filter(|r| !r.retired.load(Ordering::Relaxed)) else {
                    return;
                };
                if let Ok(connection) = replica.connect().await {
                    tracing::info!("{service} at {} is back", replica.address);
                    replica.lay_to_rest(connection);
                    replica.left_out.store(false, Ordering::Relaxed);
                    back.notify_waiters();
                    return;
                }
                pause = (pause * 2).min(PROBE_PAUSE_MAX);
            }
        });
    }

    /// Closes what rests and lets nothing rest any more; requests in flight go on.
    pub(crate) fn retire(&self) {
        self.retired.store(true, Ordering::Relaxed);
        self.resting.lock().clear();
    }
}

/// One request, stream or socket in flight on a replica.
pub(crate) struct Lease(Arc<Replica>);

impl Lease {
    pub(crate) fn on(replica: Arc<Replica>) -> Self {
        replica.in_flight.fetch_add(1, Ordering::Relaxed);
        Self(replica)
    }

    pub(crate) fn replica(&self) -> &Arc<Replica> {
        &self.0
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

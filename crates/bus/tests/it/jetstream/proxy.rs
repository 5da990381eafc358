//! A wire to the server that can be interrupted, or cut for ever: what a killed process or a broken network leaves.

use std::net::SocketAddr;

use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// A wire.
pub struct Proxy {
    address: SocketAddr,
    /// Ends the listening.
    cut: CancellationToken,
    /// Ends the connections of now.
    connections: std::sync::Arc<Mutex<CancellationToken>>,
}

impl Proxy {
    /// Leads to `server`, as host and port.
    pub async fn start(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            cut: CancellationToken::new(),
            connections: std::sync::Arc::default(),
        };
        let (server, cut, connections) = (server.to_owned(), proxy.cut.clone(), proxy.connections.clone());
        let stop = cut.clone();
        let listening = async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (server, end) = (server.clone(), connections.lock().clone());
                let (stop, lead) = (stop.clone(), async move {
                    let mut far = TcpStream::connect(&server).await?;
                    near.set_nodelay(true)?;
                    far.set_nodelay(true)?;
                    tokio::io::copy_bidirectional(&mut near, &mut far).await
                });
                tokio::spawn(async move { stop.run_until_cancelled(end.run_until_cancelled(lead)).await.map(drop) });
            }
        };
        tokio::spawn(async move { cut.run_until_cancelled(listening).await });
        proxy
    }

    /// Where to connect.
    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    /// Breaks the connections of now; new ones are taken.
    pub fn interrupt(&self) {
        std::mem::take(&mut *self.connections.lock()).cancel();
    }

    /// Breaks everything, for ever.
    pub fn cut(self) {
        self.cut.cancel();
    }
}

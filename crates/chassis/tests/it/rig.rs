//! Owns what the tests of links stand on: served contracts, addresses that behave badly, and links to either.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use chassis::Verifier;
use chassis::link::{Contract, Identity, Links};
use kernel::Ambient;
use testkit::World;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Longest wait for anything.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);
pub(crate) const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

/// Makes the identity of a process under `secret`.
pub(crate) fn identity(secret: &[u8]) -> Arc<Identity> {
    Identity::new("tests", secret, Ambient::system()).unwrap()
}

/// Makes links to one service.
pub(crate) fn links(service: &'static str, addresses: &[SocketAddr], secret: &[u8]) -> Links {
    let addresses = addresses.iter().map(|address| format!("http://{address}")).collect();
    Links::open([(service, addresses)], identity(secret), &Ambient::system()).unwrap()
}

/// Asks `addresses` of the contract's owner.
pub(crate) fn remote<C: Contract + ?Sized>(addresses: &[SocketAddr]) -> Arc<C> {
    links(C::OWNER, addresses, SECRET).remote().unwrap()
}

/// A process that serves, until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Serves a contract as another process would.
pub(crate) async fn serve<C: Contract + ?Sized>(local: Arc<C>) -> Server {
    serve_at(SocketAddr::from(([127, 0, 0, 1], 0)), local).await
}

/// The same at an address.
pub(crate) async fn serve_at<C: Contract + ?Sized>(address: SocketAddr, local: Arc<C>) -> Server {
    serve_router(address, links(C::OWNER, &[], SECRET).serve(local)).await
}

async fn serve_router(address: SocketAddr, router: Router) -> Server {
    let world = World::new().await;
    let verifier = Verifier::new(world.accounts(), world.ephemeral(), world.ambient());
    let router = chassis::http::around_for_tests(router, verifier, Ambient::system());
    let listener = chassis::http::bind(address).unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    tokio::spawn(chassis::http::serve(listener, router, stop.clone()));
    Server { address, stop }
}

/// An address where nobody listens.
pub(crate) async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// Somebody who reads the beginning of each request and hangs up; and how many requests there were.
pub(crate) async fn rude() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counted = count.clone();
    tokio::spawn(async move {
        while let Ok((mut io, _)) = listener.accept().await {
            if io.read(&mut [0; 1024]).await.is_ok_and(|n| n > 0) {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    (address, count)
}

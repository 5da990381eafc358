//! Calls between services that run in processes of their own.
//!
//! Every client trait of `contracts` has a side that calls ([`Remote`]) and a side that serves ([`Contract::routes`]),
//! both made from one table (`table.rs`), where a new method is one line. A call is `POST /internal/<service>/<method>`:
//! JSON of the arguments there, JSON of the result back; a [`Fault`](kernel::Fault) crosses as problem+json and is the
//! same fault on the other side. Service code cannot tell a remote from the owner itself.
//!
//! A [`Link`] leads to one service: it chooses among the replicas, carries the caller's deadline, trace and request id on,
//! proves which process calls ([`Identity`]), and knows when to try again: what was surely not sent always, what may have
//! been done only when the table does not say `once`, and then only within a budget, so that retries cannot bring down
//! who is slow already. It refuses to know what any service does, and speaks plain HTTP: between machines that are not
//! one's own a private network or a mesh goes around it, as around the databases.

mod call;
mod identity;
mod replicas;
mod serve;
mod table;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use contracts::own_data::{OwnData, OwnItem};
use kernel::{Ambient, Fault, Page, UserId};

pub use call::{
    ANSWER_BYTES_MAX, CALL_MAX, CONNECT_MAX, IDLE_CONNECTIONS_MAX, IDLE_MAX, Link, PATIENCE, PIECE_BYTES_MAX,
    RETRY_SHARE_PERMILLE, RETRY_TOKENS_MAX, RETRY_TOKENS_MIN, Remote, STREAM_SILENCE_MAX, TRIES_MAX, TRY_MAX,
};
pub use identity::{Identity, SECRET_BYTES_MIN, TOKEN, TOKEN_LIFE};
pub use replicas::{FAILURES_MAX, OPEN_FOR, RESOLVE_EVERY, weight};
pub use serve::{ARGUMENTS_BYTES_MAX, NO_METHOD, STREAM_BEAT, openapi};

/// A client trait that another process can answer. Implemented by the table for `dyn Trait`.
pub trait Contract: Send + Sync {
    /// The service that answers it, such as `user`.
    const OWNER: &'static str;
    /// Asks the owner over the network.
    fn remote(link: Arc<Link>) -> Arc<Self>;
    /// Answers callers over the network from `local`. Without a guard: [`Links::serve`] puts it around.
    fn routes(local: Arc<Self>) -> Router;
}

/// The links of one process, to every service that it was given addresses of.
pub struct Links {
    links: BTreeMap<&'static str, Arc<Link>>,
    identity: Arc<Identity>,
}

impl Links {
    /// Prepares links to services at `addresses` (`http://host:port`; one name may stand for many replicas). Connects to
    /// nobody yet. Fails naming the address that is none.
    pub fn open(
        addresses: impl IntoIterator<Item = (&'static str, Vec<String>)>,
        identity: Arc<Identity>,
        ambient: &Ambient,
    ) -> Result<Self, String> {
        let transport = call::transport();
        let open = |(service, addresses): (&'static str, Vec<String>)| {
            let link = Link::open(
                service,
                &addresses,
                transport.clone(),
                identity.clone(),
                ambient.clone(),
            )?;
            Ok((service, Arc::new(link)))
        };
        let links = addresses.into_iter().map(open).collect::<Result<_, String>>()?;
        Ok(Self { links, identity })
    }

    /// Returns the link to a service.
    pub fn to(&self, service: &str) -> Option<Arc<Link>> {
        self.links.get(service).cloned()
    }

    /// Asks the owner of a contract over the network; `None` without a link to it.
    pub fn remote<C: Contract + ?Sized>(&self) -> Option<Arc<C>> {
        self.to(C::OWNER).map(C::remote)
    }

    /// Answers other processes from `local`; whoever cannot prove to be one of ours is refused.
    pub fn serve<C: Contract + ?Sized>(&self, local: Arc<C>) -> Router {
        self.guard(C::OWNER, C::routes(local))
    }

    /// Answers other processes of what a service keeps of a person.
    pub fn serve_own_data(&self, service: &'static str, local: Arc<dyn OwnData>) -> Router {
        self.guard(service, serve::own_data(service, local))
    }

    /// Asks a service over the network what it keeps of a person; `None` without a link to it.
    pub fn own_data(&self, service: &str) -> Option<Arc<dyn OwnData>> {
        self.to(service).map(|link| link as Arc<dyn OwnData>)
    }

    /// Lets only processes of ours through to `routes` of `service`.
    pub fn guard(&self, service: &'static str, routes: Router) -> Router {
        serve::guard(service, routes, self.identity.clone())
    }
}

#[async_trait]
impl OwnData for Link {
    async fn own_data(&self, user: UserId, cursor: Option<&str>) -> Result<Page<OwnItem>, Fault> {
        self.get_own_data(user, cursor).await
    }
}

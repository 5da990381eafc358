//! Owns a TCP proxy that breaks on command: it stands between a client and a server and cuts, holds, delays or resets
//! what passes. Refuses to know any protocol.

mod pump;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use self::pump::{Broken, Pump};

/// How long a test waits for something that must happen.
const DEADLINE: Duration = Duration::from_secs(10);

/// Which bytes a fault concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
    /// All.
    Both,
}

/// What happens to the bytes of one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Open,
    Held,
    Cut,
    Delayed(Duration),
}

/// What holds for all connections now.
#[derive(Clone)]
struct Rules {
    up: Flow,
    down: Flow,
    refusing: bool,
    /// Counts the calls of `reset`: a connection that began under another number goes.
    resets: u64,
    /// Counts the calls of `forget`, likewise.
    forgotten: u64,
    upstream: Arc<str>,
}

impl Rules {
    fn set(&mut self, way: Way, flow: Flow) {
        if way != Way::Down {
            self.up = flow;
        }
        if way != Way::Up {
            self.down = flow;
        }
    }
}

/// Bytes of one direction, over all connections.
#[derive(Default)]
struct Tally {
    passed: AtomicU64,
    lost: AtomicU64,
}

#[derive(Default)]
struct Counts {
    up: Tally,
    down: Tally,
    accepted: AtomicU64,
    live: watch::Sender<usize>,
}

/// The proxy, on a free loopback port; gone with its connections when dropped. A connection holds at most 2 MiB.
pub struct FaultProxy {
    address: SocketAddr,
    rules: watch::Sender<Rules>,
    counts: Arc<Counts>,
    door: JoinHandle<()>,
}

impl FaultProxy {
    /// Starts it, whole, before the server at `upstream` (`host:port`).
    pub async fn before(upstream: impl Into<Arc<str>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let rules = watch::Sender::new(Rules {
            up: Flow::Open,
            down: Flow::Open,
            refusing: false,
            resets: 0,
            forgotten: 0,
            upstream: upstream.into(),
        });
        let counts = Arc::new(Counts::default());
        let door = tokio::spawn(accept(listener, rules.subscribe(), counts.clone()));
        Self {
            address,
            rules,
            counts,
            door,
        }
    }

    /// Returns where clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Loses the bytes of `way` from now on, ends of connections too, and tells nobody. A connection that has lost
    /// something is reset when the cut ends, since what came after a hole would be another text.
    pub fn cut(&self, way: Way) {
        self.rules.send_modify(|r| r.set(way, Flow::Cut));
    }

    /// Keeps the bytes of `way` back: they arrive when this ends, none is lost, and a writer is slowed down meanwhile.
    pub fn hold(&self, way: Way) {
        self.rules.send_modify(|r| r.set(way, Flow::Held));
    }

    /// Lets each piece of `way` arrive so much later, in order.
    pub fn delay(&self, way: Way, by: Duration) {
        self.rules.send_modify(|r| r.set(way, Flow::Delayed(by)));
    }

    /// Resets every connection that there is now, at both ends.
    pub fn reset(&self) {
        self.rules.send_modify(|r| r.resets += 1);
    }

    /// Lets every connection that there is now fall silent for good, as a router does that lost its table: it stays open
    /// and carries nothing. New ones pass; healing changes nothing, a reset ends it.
    pub fn forget(&self) {
        self.rules.send_modify(|r| r.forgotten += 1);
    }

    /// Resets new connections at once. Those that are there stay.
    pub fn refuse(&self) {
        self.rules.send_modify(|r| r.refusing = true);
    }

    /// Ends every fault.
    pub fn heal(&self) {
        self.rules.send_modify(|r| {
            r.set(Way::Both, Flow::Open);
            r.refusing = false;
        });
    }

    /// Leads new connections to another server (`host:port`).
    pub fn redirect(&self, upstream: impl Into<Arc<str>>) {
        let upstream = upstream.into();
        self.rules.send_modify(|r| r.upstream = upstream);
    }

    /// Returns how many connections were accepted so far, refused ones included.
    pub fn accepted(&self) -> u64 {
        self.counts.accepted.load(Ordering::SeqCst)
    }

    /// Returns how many connections there are.
    pub fn live(&self) -> usize {
        *self.counts.live.borrow()
    }

    /// Waits until there are `count` connections, at most ten seconds.
    pub async fn until_live(&self, count: usize) {
        let mut live = self.counts.live.subscribe();
        let waited = tokio::time::timeout(DEADLINE, live.wait_for(|n| *n == count)).await;
        assert!(waited.is_ok(), "{} connections, not {count}", self.live());
    }

    /// Returns how many bytes of `way` arrived so far.
    pub fn passed(&self, way: Way) -> u64 {
        self.sum(way, |tally| &tally.passed)
    }

    /// Returns how many bytes of `way` were lost so far.
    pub fn lost(&self, way: Way) -> u64 {
        self.sum(way, |tally| &tally.lost)
    }

    fn sum(&self, way: Way, number: fn(&Tally) -> &AtomicU64) -> u64 {
        let of = |tally| number(tally).load(Ordering::SeqCst);
        match way {
            Way::Up => of(&self.counts.up),
            Way::Down => of(&self.counts.down),
            Way::Both => of(&self.counts.up) + of(&self.counts.down),
        }
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.door.abort();
    }
}

/// Takes connections in for ever; they end with it.
async fn accept(listener: TcpListener, rules: watch::Receiver<Rules>, counts: Arc<Counts>) {
    let mut links = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((client, _)) = accepted {
                    counts.accepted.fetch_add(1, Ordering::SeqCst);
                    links.spawn(link(client, rules.clone(), counts.clone()));
                }
            }
            Some(_) = links.join_next() => {}
        }
    }
}

/// Counts a connection as long as it lives.
struct Live<'a>(&'a watch::Sender<usize>);

impl<'a> Live<'a> {
    fn new(live: &'a watch::Sender<usize>) -> Self {
        live.send_modify(|n| *n += 1);
        Self(live)
    }
}

impl Drop for Live<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|n| *n -= 1);
    }
}

/// Carries one connection from its beginning to its end.
async fn link(mut client: TcpStream, mut rules: watch::Receiver<Rules>, counts: Arc<Counts>) {
    let begin = rules.borrow_and_update().clone();
    let server = match begin.refusing {
        true => None,
        false => TcpStream::connect(&*begin.upstream).await.ok(),
    };
    let Some(mut server) = server else {
        end_hard(&client);
        return;
    };
    let _live = Live::new(&counts.live);
    // Else a small piece waits for the acknowledgement of the one before.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let mut forgotten = rules.clone();
    let end = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let up = Pump::new(rules.clone(), |r| r.up, &counts.up);
        let down = Pump::new(rules.clone(), |r| r.down, &counts.down);
        tokio::select! {
            end = futures::future::try_join(up.run(from_client, to_server), down.run(from_server, to_client)) => end.map(drop),
            _ = forgotten.wait_for(|r| r.forgotten != begin.forgotten) => Ok(()),
            _ = rules.wait_for(|r| r.resets != begin.resets) => Err(Broken),
        }
    };
    let forgotten = rules.borrow().forgotten != begin.forgotten;
    if forgotten {
        let _ = rules.wait_for(|r| r.resets != begin.resets).await;
    }
    if end.is_err() || forgotten {
        end_hard(&client);
        end_hard(&server);
    }
}

/// Makes the drop of a connection a reset instead of an orderly end.
fn end_hard(stream: &TcpStream) {
    let _ = stream.set_zero_linger();
}

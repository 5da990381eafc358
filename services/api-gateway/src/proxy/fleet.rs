//! Owns the replicas of one service: which there are, which one gets a request, and how many requests may be repeated.
//! Refuses to know what is asked.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use chassis::link::weight;
use kernel::Ambient;
use parking_lot::RwLock;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::replica::{Lease, Replica};
use crate::config::UpstreamConfig;
use crate::table::Origin;

/// How long the addresses of a name may take to be found.
const RESOLVE_MAX: Duration = Duration::from_secs(2);
/// Requests that wait for a replica to come back; further ones are refused at once.
const WAITING_MAX: usize = 1024;
/// What a request adds to the budget of repeats, in hundredths of a repeat.
const REPEAT_SHARE: i64 = 20;
/// What the budget holds at most, and at first: one replica's requests in flight may all be repeated when it dies.
const REPEATS_MAX: i64 = 256 * 100;

/// The replicas of one service.
pub(crate) struct Fleet {
    pub(crate) service: String,
    config: UpstreamConfig,
    state: RwLock<State>,
    /// Told when a replica is there again.
    back: Arc<Notify>,
    waiting: AtomicUsize,
    repeats: AtomicI64,
}

#[derive(Default)]
struct State {
    origins: Vec<Origin>,
    /// What each name was found to mean last; kept when a name cannot be resolved for a while.
    found: BTreeMap<Origin, Vec<SocketAddr>>,
    replicas: Vec<Arc<Replica>>,
}

impl Fleet {
    pub(crate) fn new(service: &str, config: UpstreamConfig) -> Arc<Self> {
        Arc::new(Self {
            service: service.to_owned(),
            config,
            state: RwLock::default(),
            back: Arc::default(),
            waiting: AtomicUsize::new(0),
            repeats: AtomicI64::new(REPEATS_MAX),
        })
    }

    /// Names the replicas anew and finds their addresses.
    pub(crate) async fn set_origins(&self, origins: Vec<Origin>) {
        self.state.write().origins = origins;
        self.resolve().await;
    }

    /// Finds the addresses of the replicas again. Those that stay keep their connections; those that go finish what they do.
    pub(crate) async fn resolve(&self) {
        let origins = self.state.read().origins.clone();
        let mut found = BTreeMap::new();
        for origin in &origins {
            match lookup(origin).await {
                Ok(addresses) => drop(found.insert(origin.clone(), addresses)),
                Err(why) => {
                    tracing::warn!("{}: {}:{}: {why}", self.service, origin.host, origin.port);
                    let before = self.state.read().found.get(origin).cloned();
                    found.insert(origin.clone(), before.unwrap_or_default());
                }
            }
        }
        let mut addresses: Vec<SocketAddr> = found.values().flatten().copied().collect();
        addresses.sort();
        addresses.dedup();
        let mut state = self.state.write();
        state.found = found;
        if state.replicas.iter().map(|r| r.address).eq(addresses.iter().copied()) {
            return;
        }
        let mut before: BTreeMap<SocketAddr, Arc<Replica>> = state
            .replicas
            .drain(..)
            .map(|replica| (replica.address, replica))
            .collect();
        state.replicas = addresses
            .into_iter()
            .map(|address| {
                before
                    .remove(&address)
                    .unwrap_or_else(|| Replica::new(address, self.config.clone()))
            })
            .collect();
        before.values().for_each(|gone| gone.retire());
        let addresses: Vec<String> = state.replicas.iter().map(|r| r.address.to_string()).collect();
        drop(state);
        tracing::info!("{} is at {}", self.service, addresses.join(", "));
        self.back.notify_waiters();
    }

    /// Lets all replicas go: the service is no longer in the table.
    pub(crate) fn retire(&self) {
        self.state
            .write()
            .replicas
            .drain(..)
            .for_each(|replica| replica.retire());
    }

    /// Chooses a replica: with `home` the same one for the same word as long as it is there; else, of two thrown by dice,
    /// the one with fewer requests in flight. One not in `tried`, if there is one. None when all are left out.
    pub(crate) fn pick(&self, ambient: &Ambient, home: Option<&str>, tried: &[SocketAddr]) -> Option<Lease> {
        let state = self.state.read();
        let alive = |replica: &&Arc<Replica>| !replica.is_left_out();
        let mut choice: Vec<&Arc<Replica>> = state.replicas.iter().filter(alive).collect();
        if choice.iter().any(|replica| !tried.contains(&replica.address)) {
            choice.retain(|replica| !tried.contains(&replica.address));
        }
        let chosen = match (choice.len(), home) {
            (0, _) => return None,
            (1, _) => choice.first()?,
            (_, Some(home)) => choice.iter().max_by_key(|replica| weight(&replica.authority, home))?,
            (many, None) => {
                let [a, b] = two_of(many, u64::from_be_bytes(ambient.bytes()));
                let (a, b) = (choice.get(a)?, choice.get(b)?);
                if b.in_flight() < a.in_flight() { b } else { a }
            }
        };
        Some(Lease::on(Arc::clone(chosen)))
    }

    /// Tells whether a replica besides those of `tried` may be chosen.
    pub(crate) fn has_another(&self, tried: &[SocketAddr]) -> bool {
        let state = self.state.read();
        state
            .replicas
            .iter()
            .any(|replica| !replica.is_left_out() && !tried.contains(&replica.address))
    }

    /// Leaves a replica out that could not be connected.
    pub(crate) fn leave_out(&self, replica: &Arc<Replica>, why: &std::io::Error) {
        replica.leave_out(&self.service, why, self.back.clone());
    }

    /// Waits until some replica may be chosen. False when none is by `until`, or too many wait already.
    pub(crate) async fn wait_for_one(&self, until: Instant) -> bool {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= WAITING_MAX {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return false;
        }
        let _place = Place(&self.waiting);
        loop {
            let back = self.back.notified();
            tokio::pin!(back);
            // Listening begins before the look, so that nothing falls between.
            back.as_mut().enable();
            if self.has_another(&[]) {
                return true;
            }
            if tokio::time::timeout_at(until, back).await.is_err() {
                return false;
            }
        }
    }

    /// Counts a request, which earns a share of a repeat.
    pub(crate) fn earn_repeat(&self) {
        if self.repeats.load(Ordering::Relaxed) < REPEATS_MAX {
            self.repeats.fetch_add(REPEAT_SHARE, Ordering::Relaxed);
        }
    }

    /// Takes one repeat from the budget. False when it is used up: then a failing service is not also flooded.
    pub(crate) fn take_repeat(&self) -> bool {
        let taken = self.repeats.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            (left >= 100).then_some(left - 100)
        });
        if taken.is_ok() {
            metrics::counter!("gateway_repeats_total", "service" => self.service.clone()).increment(1);
        }
        taken.is_ok()
    }
}

struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Two different numbers below `many` (at least 2), from one throw.
fn two_of(many: usize, dice: u64) -> [usize; 2] {
    let many = many as u64;
    let first = (dice >> 32) % many;
    let second = (first + 1 + (dice & 0xffff_ffff) % (many - 1)) % many;
    [first as usize, second as usize]
}

async fn lookup(origin: &Origin) -> Result<Vec<SocketAddr>, String> {
    let named = (origin.host.as_str(), origin.port);
    match tokio::time::timeout(RESOLVE_MAX, tokio::net::lookup_host(named)).await {
        Ok(Ok(addresses)) => Ok(addresses.collect()),
        Ok(Err(e)) => Err(e.to_string()),
        Err(_) => Err("its address was not found in time".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_different_replicas_are_thrown_and_each_has_its_turn() {
        for many in 2..7 {
            let mut seen = vec![0; many];
            for dice in 0..1000_u64 {
                let [a, b] = two_of(many, dice.wrapping_mul(0x9e37_79b9_7f4a_7c15));
                assert!(a != b && a < many && b < many);
                seen[a] += 1;
                seen[b] += 1;
            }
            assert!(seen.iter().all(|n| *n > 1000 / many), "{seen:?}");
        }
    }

    #[tokio::test]
    async fn the_less_busy_of_two_is_chosen_and_a_tried_one_only_when_there_is_no_other() {
        let fleet = Fleet::new("chat", UpstreamConfig::default());
        let origins = [1, 2].map(|port| Origin {
            host: "127.0.0.1".into(),
            port,
        });
        fleet.set_origins(origins.to_vec()).await;
        let ambient = Ambient::system();
        let leases: Vec<Lease> = (0..10).map(|_| fleet.pick(&ambient, None, &[]).unwrap()).collect();
        let on_first = leases.iter().filter(|l| l.replica().address.port() == 1).count();
        assert_eq!(on_first, 5);
        let tried = [leases[0].replica().address];
        assert_ne!(fleet.pick(&ambient, None, &tried).unwrap().replica().address, tried[0]);
        let both = [1, 2].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
        assert!(fleet.pick(&ambient, None, &both).is_some() && !fleet.has_another(&both));
    }

    #[tokio::test]
    async fn a_replica_that_stays_is_the_same_with_what_it_has_in_flight() {
        let fleet = Fleet::new("chat", UpstreamConfig::default());
        let at = |ports: [u16; 2]| {
            let origin = |port| Origin {
                host: "127.0.0.1".into(),
                port,
            };
            ports.map(origin).to_vec()
        };
        fleet.set_origins(at([1, 2])).await;
        let ambient = Ambient::system();
        let leases: Vec<Lease> = (0..10).map(|_| fleet.pick(&ambient, None, &[]).unwrap()).collect();
        fleet.set_origins(at([2, 3])).await;
        let five: Vec<Lease> = (0..5).map(|_| fleet.pick(&ambient, None, &[]).unwrap()).collect();
        assert!(five.iter().all(|lease| lease.replica().address.port() == 3));
        drop(leases);
        assert_eq!(fleet.pick(&ambient, None, &[]).unwrap().replica().address.port(), 2);
    }

    #[tokio::test]
    async fn the_budget_of_repeats_runs_out_and_requests_earn_it_back() {
        let fleet = Fleet::new("chat", UpstreamConfig::default());
        assert_eq!((0..1000).filter(|_| fleet.take_repeat()).count(), 256);
        (0..5).for_each(|_| fleet.earn_repeat());
        assert!(fleet.take_repeat() && !fleet.take_repeat());
    }
}

//! Owns which replicas of a service there are, and which of them is asked next. Refuses to know what is asked.
//!
//! A call with a home goes where all calls with that home go (highest hash of home and replica: when a replica comes or
//! goes, only its own share moves). Any other goes to the less busy of two that are drawn (power of two choices, Mitzenmacher
//! 2001). Either way a replica whose circuit is open is passed over.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use http::Uri;
use kernel::{Ambient, Fault};
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::resilience::{Breaker, Load, Permit, Rules, Trip, two};

/// Names are looked up again after so long.
pub const RESOLVE_EVERY: Duration = Duration::from_secs(5);
/// After so many failures in a row a replica is left alone.
pub const FAILURES_MAX: u32 = 5;
/// For so long; then one call tries whether it is back.
pub const OPEN_FOR: Duration = Duration::from_secs(1);
/// The same, for a replica's breaker.
const RULES: Rules = Rules {
    trip: Trip::InARow(FAILURES_MAX),
    open_for: OPEN_FOR,
    probes: 1,
};
/// Port of an address without one.
const PORT: u16 = 80;

/// One process that answers.
struct Replica {
    /// Where it listens, `127.0.0.1:7001`.
    authority: Arc<str>,
    /// What the address calls it.
    host: Arc<str>,
    in_flight: AtomicUsize,
    breaker: Breaker,
}

/// A place at one replica: a call in flight there, until it is dropped.
pub(super) struct Seat {
    replica: Arc<Replica>,
    permit: Permit,
    judged: AtomicBool,
}

impl Seat {
    /// Takes one, unless the replica is left alone.
    fn take(replica: &Arc<Replica>, now: Instant) -> Option<Self> {
        let permit = replica.breaker.enter(now)?;
        replica.in_flight.fetch_add(1, Relaxed);
        Some(Self {
            replica: replica.clone(),
            permit,
            judged: AtomicBool::new(false),
        })
    }

    /// Returns where the replica listens, such as `127.0.0.1:7001`.
    pub(super) fn authority(&self) -> &Arc<str> {
        &self.replica.authority
    }

    /// Returns the host and port as configured, for the `Host` header.
    pub(super) fn host(&self) -> &str {
        &self.replica.host
    }

    /// Notes that the replica answered.
    pub(super) fn worked(&self) {
        self.judged.store(true, Relaxed);
        self.replica.breaker.worked(self.permit, Instant::now());
    }

    /// Notes that the replica did not answer: no connection, a broken one, or silence.
    pub(super) fn failed(&self) {
        self.judged.store(true, Relaxed);
        if self.replica.breaker.failed(self.permit, Instant::now()) {
            tracing::warn!(
                replica = &*self.replica.authority,
                "left alone for {OPEN_FOR:?}: it does not answer"
            );
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.replica.in_flight.fetch_sub(1, Relaxed);
        if !self.judged.load(Relaxed) {
            self.replica.breaker.unknown(self.permit);
        }
    }
}

/// An address as configured.
enum Source {
    /// One replica, for ever.
    Fixed(SocketAddr),
    /// All addresses that a name stands for at the time.
    Named(String, u16),
}

/// The replicas of one service.
pub(super) struct Replicas {
    service: &'static str,
    sources: Vec<(Source, Arc<str>)>,
    known: Mutex<Known>,
    /// Held while names are looked up, so that it happens once for all who wait.
    looking: tokio::sync::Mutex<()>,
    ambient: Ambient,
}

#[derive(Default)]
struct Known {
    list: Arc<[Arc<Replica>]>,
    looked: Option<Instant>,
}

impl Replicas {
    /// Reads addresses. Fails naming the one that is none.
    pub(super) fn open(service: &'static str, addresses: &[String], ambient: Ambient) -> Result<Arc<Self>, String> {
        let sources = addresses
            .iter()
            .map(|text| source(text))
            .collect::<Result<Vec<_>, _>>()?;
        let replicas = Self {
            service,
            sources,
            known: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
            ambient,
        };
        let fixed = replicas.sources.iter().filter_map(|(source, host)| match source {
            Source::Fixed(address) => Some((*address, host.clone())),
            Source::Named(..) => None,
        });
        replicas.keep(fixed.collect());
        Ok(Arc::new(replicas))
    }

    /// Takes a seat at the replica that is asked next; one of `tried` only when there is no other.
    pub(super) async fn choose(self: &Arc<Self>, home: Option<&str>, tried: &[Arc<str>]) -> Result<Seat, Fault> {
        let list = self.list().await;
        let now = Instant::now();
        let (fresh, again): (Vec<_>, Vec<_>) = list
            .iter()
            .filter(|replica| replica.breaker.admits(now))
            .partition(|replica| !tried.contains(&replica.authority));
        for mut some in [fresh, again] {
            match home {
                Some(home) => some.sort_by_cached_key(|replica| std::cmp::Reverse(weight(&replica.authority, home))),
                None => self.draw(&mut some),
            }
            if let Some(seat) = some.into_iter().find_map(|replica| Seat::take(replica, now)) {
                return Ok(seat);
            }
        }
        let service = self.service;
        metrics::counter!("link_nobody_total", "service" => service).increment(1);
        Err(Fault::unavailable(
            "link.unavailable",
            format!("{service} does not answer now."),
            OPEN_FOR,
        ))
    }

    /// Puts the less busy of two that are drawn first.
    fn draw(&self, some: &mut [&Arc<Replica>]) {
        let Some((one, other)) = two(&vec![1; some.len()], u64::from_le_bytes(self.ambient.bytes())) else {
            return;
        };
        let load = |at: usize| Load {
            latency: None,
            in_flight: some.get(at).map_or(0, |replica| replica.in_flight.load(Relaxed)),
        };
        let lighter = if load(other).is_lighter_than(&load(one)) {
            other
        } else {
            one
        };
        some.swap(0, lighter);
    }

    async fn list(self: &Arc<Self>) -> Arc<[Arc<Replica>]> {
        let (list, looked) = {
            let known = self.known.lock();
            (known.list.clone(), known.looked)
        };
        let old = looked.is_none_or(|at| at.elapsed() >= RESOLVE_EVERY);
        if !old
            || self
                .sources
                .iter()
                .all(|(source, _)| matches!(source, Source::Fixed(_)))
        {
            return list;
        }
        if list.is_empty() {
            self.look_up().await;
            return self.known.lock().list.clone();
        }
        let this = self.clone();
        tokio::spawn(async move { this.look_up().await });
        list
    }

    /// Looks all names up. A name that cannot be looked up leaves everything as it was.
    async fn look_up(&self) {
        let _looking = self.looking.lock().await;
        if self.known.lock().looked.is_some_and(|at| at.elapsed() < RESOLVE_EVERY) {
            return;
        }
        let mut found = Vec::new();
        let mut all = true;
        for (source, host) in &self.sources {
            match source {
                Source::Fixed(address) => found.push((*address, host.clone())),
                Source::Named(name, port) => match tokio::net::lookup_host((name.as_str(), *port)).await {
                    Ok(addresses) => found.extend(addresses.map(|address| (address, host.clone()))),
                    Err(error) => {
                        all = false;
                        tracing::warn!(service = self.service, name, "cannot be looked up: {error}");
                    }
                },
            }
        }
        let nobody = self.known.lock().list.is_empty();
        if all || nobody {
            self.keep(found);
        }
        self.known.lock().looked = Some(Instant::now());
    }

    /// Takes `addresses` as all there are; what is known of one that stays is kept.
    fn keep(&self, mut addresses: Vec<(SocketAddr, Arc<str>)>) {
        addresses.sort_by_key(|(address, _)| *address);
        addresses.dedup_by_key(|(address, _)| *address);
        let mut known = self.known.lock();
        let replica = |(address, host): (SocketAddr, Arc<str>)| {
            let authority = address.to_string();
            let there = known.list.iter().find(|replica| *replica.authority == *authority);
            there.cloned().unwrap_or_else(|| {
                Arc::new(Replica {
                    authority: authority.into(),
                    host,
                    in_flight: AtomicUsize::new(0),
                    breaker: Breaker::new(RULES),
                })
            })
        };
        let list = addresses.into_iter().map(replica).collect();
        known.list = list;
    }
}

fn source(text: &str) -> Result<(Source, Arc<str>), String> {
    let wrong = || format!("`{text}` is no address of a service; write http://host:port");
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let plain = uri.scheme_str() == Some("http") && matches!(uri.path(), "" | "/") && uri.query().is_none();
    let authority = uri
        .authority()
        .filter(|a| plain && !a.as_str().contains('@'))
        .ok_or_else(wrong)?;
    let (name, port) = (authority.host(), authority.port_u16().unwrap_or(PORT));
    let host = authority.as_str().into();
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    Ok(match bare.parse() {
        Ok(ip) => (Source::Fixed(SocketAddr::new(ip, port)), host),
        Err(_) => (Source::Named(name.to_owned(), port), host),
    })
}

/// Returns the weight of a replica (`ip:port`) for a home, the same in every process; the heaviest is asked. FNV-1a, 64 bits, then mixed (MurmurHash3's last step),
/// since FNV alone hardly moves the high bits by its last bytes.
pub fn weight(authority: &str, home: &str) -> u64 {
    let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let mut hash = authority
        .bytes()
        .chain([0])
        .chain(home.bytes())
        .fold(0xcbf2_9ce4_8422_2325, fnv);
    for factor in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] {
        hash = (hash ^ (hash >> 33)).wrapping_mul(factor);
    }
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn three() -> Arc<Replicas> {
        let addresses: Vec<String> = (1..=3).map(|i| format!("http://127.0.0.1:700{i}")).collect();
        Replicas::open("chat", &addresses, Ambient::system()).unwrap()
    }

    #[tokio::test]
    async fn the_less_busy_of_two_is_asked_so_that_all_share_the_work() {
        let replicas = three();
        let mut seats = Vec::new();
        let mut count = HashMap::new();
        for _ in 0..300 {
            let seat = replicas.choose(None, &[]).await.unwrap();
            *count.entry(seat.authority().clone()).or_insert(0) += 1;
            seats.push(seat);
        }
        assert!(
            count.len() == 3 && count.values().all(|n| (90..=110).contains(n)),
            "{count:?}"
        );
    }

    #[tokio::test]
    async fn a_home_is_one_replica_and_only_its_own_share_moves_when_it_is_gone() {
        let replicas = three();
        let mut moved = 0;
        let mut homes = HashMap::new();
        for i in 0..300 {
            let home = format!("room {i}");
            let first = replicas.choose(Some(&home), &[]).await.unwrap().authority().clone();
            assert_eq!(&first, replicas.choose(Some(&home), &[]).await.unwrap().authority());
            let gone: Arc<str> = "127.0.0.1:7001".into();
            let second = replicas.choose(Some(&home), std::slice::from_ref(&gone)).await.unwrap();
            moved += usize::from(first != *second.authority());
            assert!(first == gone || first == *second.authority());
            *homes.entry(first).or_insert(0) += 1;
        }
        assert_eq!(moved, homes["127.0.0.1:7001"]);
        assert!(homes.values().all(|n| *n > 60), "{homes:?}");
    }

    #[tokio::test]
    async fn one_whose_circuit_is_open_is_passed_over_and_with_all_open_nobody_waits() {
        let replicas = three();
        for open in 1..=3 {
            let seat = replicas.choose(Some("x"), &[]).await.unwrap();
            (0..FAILURES_MAX).for_each(|_| seat.failed());
            if open < 3 {
                assert_ne!(
                    seat.authority(),
                    replicas.choose(Some("x"), &[]).await.unwrap().authority()
                );
            }
        }
        let nobody = replicas.choose(None, &[]).await.err().unwrap();
        assert_eq!(nobody.code, "link.unavailable");
    }

    #[tokio::test]
    async fn the_only_replica_is_tried_again() {
        let replicas = Replicas::open("user", &["http://127.0.0.1:7001".into()], Ambient::system()).unwrap();
        let first = replicas.choose(None, &[]).await.unwrap().authority().clone();
        assert!(replicas.choose(None, std::slice::from_ref(&first)).await.is_ok());
    }

    #[tokio::test]
    async fn a_name_stands_for_the_addresses_it_has() {
        let replicas = Replicas::open("user", &["http://localhost:7001/".into()], Ambient::system()).unwrap();
        let seat = replicas.choose(None, &[]).await.unwrap();
        assert!(seat.authority().parse::<SocketAddr>().unwrap().ip().is_loopback());
        assert_eq!(seat.host(), "localhost:7001");
    }

    #[test]
    fn what_is_no_address_is_named() {
        for wrong in [
            "",
            "127.0.0.1:1",
            "https://a:1",
            "http://a:1/x",
            "http://u@a:1",
            "http://a:1?x",
        ] {
            assert!(
                Replicas::open("user", &[wrong.into()], Ambient::system()).is_err(),
                "{wrong}"
            );
        }
    }
}

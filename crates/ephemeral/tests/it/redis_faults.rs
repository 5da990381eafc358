//! What a broken link, a killed server and a flush do to the Redis adapter: errors in time, then all is well again.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ephemeral::redis::{RedisEphemeral, RedisOptions, examine};
use ephemeral::{Bucket, Ephemeral, Subscriber};
use kernel::Timestamp;
use testkit::{FaultProxy, Way};

use crate::redis_server::{DEADLINE, Server, eventually, open, options};

const LONG: Duration = Duration::from_secs(600);
/// The adapter's bound of an answer here.
const ANSWER: Duration = Duration::from_millis(400);
/// An error that takes longer than this is late.
const LATE: Duration = Duration::from_secs(5);

fn quick() -> RedisOptions {
    RedisOptions {
        answer_within: ANSWER,
        beat: Duration::from_millis(200),
        ..options()
    }
}

/// Long enough for an answer that says more than that none came.
fn patient() -> RedisOptions {
    RedisOptions {
        answer_within: Duration::from_secs(4),
        ..quick()
    }
}

/// A server of its own, an adapter behind a proxy, and another straight to the server with the same prefix.
struct Rig {
    server: Server,
    proxy: FaultProxy,
    it: Arc<RedisEphemeral>,
    direct: Arc<RedisEphemeral>,
}

async fn rig() -> Option<Rig> {
    rig_with(quick()).await
}

async fn rig_with(options: RedisOptions) -> Option<Rig> {
    let server = Server::start()?;
    let direct = open(&server.url(), options.clone()).await;
    let proxy = FaultProxy::before(server.address()).await;
    let it = open(&format!("redis://{}", proxy.address()), options).await;
    // One connection for commands, one to hear.
    proxy.until_live(2).await;
    Some(Rig {
        server,
        proxy,
        it,
        direct,
    })
}

impl Rig {
    /// Asserts that a call fails, and soon.
    async fn assert_fails_in_time(&self) {
        let began = Instant::now();
        self.it.get("k").await.unwrap_err();
        self.it.add("n", 1, LONG).await.unwrap_err();
        self.it.ping().await.unwrap_err();
        assert!(began.elapsed() < 3 * LATE, "{:?}", began.elapsed());
    }

    /// Waits until calls succeed again, and stay so.
    async fn until_well(&self) {
        eventually("calls succeed again", async || self.it.ping().await.ok()).await;
        for n in 0..20 {
            let key = format!("well{n}");
            self.it.set(&key, Bytes::from(key.clone()), LONG).await.unwrap();
            assert_eq!(self.it.get(&key).await.unwrap(), Some(Bytes::from(key.clone())));
        }
    }

    async fn listening(&self, channel: &str) -> Box<dyn Subscriber> {
        let mut subscriber = self.it.subscriber().await.unwrap();
        subscriber.subscribe(channel).await.unwrap();
        subscriber
    }

    /// Publishes straight at the server until the subscriber behind the proxy hears it.
    async fn until_heard(&self, subscriber: &mut Box<dyn Subscriber>, channel: &str) {
        eventually("the channel is heard again", async || {
            self.direct.publish(channel, Bytes::from_static(b"again")).await.ok()?;
            let next = tokio::time::timeout(Duration::from_millis(100), subscriber.next());
            let (from, payload) = next.await.ok()?.expect("the subscriber must not end");
            (from == channel && payload == "again").then_some(())
        })
        .await;
    }
}

async fn a_cut(way: Way) {
    let Some(rig) = rig().await else { return };
    rig.it.set("k", Bytes::from_static(b"v"), LONG).await.unwrap();
    let mut subscriber = rig.listening("room").await;
    rig.proxy.cut(way);
    rig.assert_fails_in_time().await;
    let began = Instant::now();
    let mut another = rig.it.subscriber().await.unwrap();
    another.subscribe("other").await.unwrap_err();
    assert!(began.elapsed() < LATE);
    rig.proxy.heal();
    rig.until_well().await;
    assert_eq!(rig.it.get("k").await.unwrap(), Some(Bytes::from_static(b"v")));
    rig.until_heard(&mut subscriber, "room").await;
    eventually("a new channel", async || another.subscribe("other").await.ok()).await;
    rig.until_heard(&mut another, "other").await;
}

#[tokio::test]
async fn a_cut_upwards_costs_errors_in_time_and_nothing_after() {
    a_cut(Way::Up).await;
}

#[tokio::test]
async fn a_cut_downwards_costs_errors_in_time_and_nothing_after() {
    a_cut(Way::Down).await;
}

#[tokio::test]
async fn a_cut_both_ways_costs_errors_in_time_and_nothing_after() {
    a_cut(Way::Both).await;
}

#[tokio::test]
async fn a_subscriber_whose_connection_is_silent_for_good_is_heard_again_though_nobody_calls() {
    let Some(rig) = rig().await else { return };
    let mut subscriber = rig.listening("room").await;
    // The beat of the hearing connection notices; it gives up and comes again.
    rig.proxy.forget();
    rig.until_heard(&mut subscriber, "room").await;
}

#[tokio::test]
async fn a_connection_that_is_silent_for_good_is_replaced() {
    let Some(rig) = rig().await else { return };
    rig.it.set("k", Bytes::from_static(b"v"), LONG).await.unwrap();
    rig.proxy.forget();
    let began = Instant::now();
    rig.it.get("k").await.unwrap_err();
    assert!(began.elapsed() < LATE);
    rig.until_well().await;
    assert_eq!(rig.it.get("k").await.unwrap(), Some(Bytes::from_static(b"v")));
}

#[tokio::test]
async fn after_a_reset_calls_that_may_be_repeated_succeed_at_once() {
    let Some(rig) = rig().await else { return };
    let mut subscriber = rig.listening("room").await;
    for n in 0..10 {
        rig.proxy.reset();
        let value = Bytes::from(format!("{n}"));
        rig.it.set("k", value.clone(), LONG).await.unwrap();
        assert_eq!(rig.it.get("k").await.unwrap(), Some(value));
        assert!(rig.it.any_exists(&["k", "l"]).await.unwrap());
    }
    rig.until_heard(&mut subscriber, "room").await;
}

#[tokio::test]
async fn an_addition_whose_answer_was_lost_fails_and_is_not_repeated() {
    let Some(rig) = rig_with(patient()).await else { return };
    // The server knows the script: else it asks for it, and does nothing until it is told.
    rig.direct.add("n", 0, LONG).await.unwrap();
    rig.proxy.hold(Way::Down);
    let adders = (0..50).map(|_| {
        let it = rig.it.clone();
        tokio::spawn(async move { it.add("n", 1, LONG).await })
    });
    let adders: Vec<_> = adders.collect();
    eventually("all have been carried out", async || {
        (rig.direct.add("n", 0, LONG).await.ok()? == 50).then_some(())
    })
    .await;
    rig.proxy.reset();
    rig.proxy.heal();
    for added in futures::future::join_all(adders).await {
        added.unwrap().unwrap_err();
    }
    rig.until_well().await;
    assert_eq!(rig.direct.add("n", 0, LONG).await.unwrap(), 50);
}

#[tokio::test]
async fn a_refused_link_fails_in_time_and_comes_back() {
    let Some(rig) = rig().await else { return };
    let mut subscriber = rig.listening("room").await;
    rig.proxy.refuse();
    rig.proxy.reset();
    rig.assert_fails_in_time().await;
    rig.proxy.heal();
    rig.until_well().await;
    rig.until_heard(&mut subscriber, "room").await;
}

#[tokio::test]
async fn a_server_that_refused_the_greeting_is_greeted_again() {
    let Some(rig) = rig_with(patient()).await else { return };
    let mut subscriber = rig.listening("room").await;
    let mut admin = rig.server.admin().await;
    admin.command(&["CONFIG", "SET", "requirepass", "secret"]).await;
    rig.proxy.reset();
    eventually("the greeting is refused", async || {
        let error = rig.it.ping().await.err()?;
        (!error.0.contains("no answer")).then_some(())
    })
    .await;
    admin.command(&["CONFIG", "SET", "requirepass", ""]).await;
    rig.until_well().await;
    rig.until_heard(&mut subscriber, "room").await;
}

#[tokio::test]
async fn a_link_that_only_lags_costs_no_error() {
    let Some(rig) = rig().await else { return };
    let mut subscriber = rig.listening("room").await;
    rig.proxy.delay(Way::Both, Duration::from_millis(60));
    rig.it.set("k", Bytes::from_static(b"v"), LONG).await.unwrap();
    assert_eq!(rig.it.get("k").await.unwrap(), Some(Bytes::from_static(b"v")));
    assert_eq!(rig.it.add("n", 1, LONG).await.unwrap(), 1);
    let before = rig.proxy.accepted();
    rig.it.publish("room", Bytes::from_static(b"x")).await.unwrap();
    let heard = tokio::time::timeout(DEADLINE, subscriber.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(heard.1, Bytes::from_static(b"x"));
    assert_eq!(rig.proxy.accepted(), before, "no connection was given up");
}

#[tokio::test]
async fn a_server_that_was_killed_comes_back_with_what_it_had() {
    let Some(mut rig) = rig().await else { return };
    let fence = rig.it.lease("floor", LONG).await.unwrap().unwrap();
    rig.it.set("k", Bytes::from_static(b"v"), LONG).await.unwrap();
    rig.it.schedule("timers", "t", Timestamp::from_millis(1)).await.unwrap();
    let mut subscriber = rig.listening("room").await;
    assert!(!subscriber.missed());
    rig.server.kill();
    rig.assert_fails_in_time().await;
    rig.server.restart();
    rig.until_well().await;
    eventually("the other adapter too", async || rig.direct.ping().await.ok()).await;
    assert_eq!(rig.it.get("k").await.unwrap(), Some(Bytes::from_static(b"v")));
    assert!(
        rig.it.renew("floor", fence, LONG).await.unwrap(),
        "the lease is still held"
    );
    assert_eq!(rig.it.claim_due("timers", 10, LONG).await.unwrap(), ["t"]);
    rig.until_heard(&mut subscriber, "room").await;
    eventually("that something may have been missed", async || {
        subscriber.missed().then_some(())
    })
    .await;
    assert!(!subscriber.missed());
}

#[tokio::test]
async fn a_flush_ends_leases_but_fences_still_grow() {
    let Some(rig) = rig().await else { return };
    let bucket = Bucket {
        capacity: 1.0,
        per_second: 0.001,
    };
    let old = rig.it.lease("floor", LONG).await.unwrap().unwrap();
    rig.it.set("k", Bytes::from_static(b"v"), LONG).await.unwrap();
    rig.it.join("set", "a", LONG).await.unwrap();
    rig.it.schedule("timers", "t", Timestamp::from_millis(1)).await.unwrap();
    rig.it.spend("bucket", bucket, 1.0).await.unwrap().unwrap();
    let mut subscriber = rig.listening("room").await;

    rig.server.admin().await.command(&["FLUSHALL"]).await;

    assert!(!rig.it.renew("floor", old, LONG).await.unwrap(), "the holder is out");
    let new = rig.it.lease("floor", LONG).await.unwrap().unwrap();
    assert!(new > old, "{new:?} after {old:?}");
    rig.it.release("floor", old).await.unwrap();
    assert!(
        rig.it.renew("floor", new, LONG).await.unwrap(),
        "the old one ends nothing"
    );
    assert_eq!(rig.it.get("k").await.unwrap(), None);
    assert!(rig.it.members("set").await.unwrap().is_empty());
    assert!(rig.it.claim_due("timers", 10, LONG).await.unwrap().is_empty());
    assert_eq!(rig.it.spend("bucket", bucket, 1.0).await.unwrap(), Ok(()), "full again");
    rig.until_heard(&mut subscriber, "room").await;
}

#[tokio::test]
async fn redis_tells_its_version_and_what_it_evicts_and_a_silent_one_is_said_to_be_so() {
    let Some(mut server) = Server::start() else { return };
    let url = server.url();
    let fit = examine(&url, LATE).await.unwrap();
    assert_eq!(fit.eviction, "noeviction");
    assert!(fit.version.starts_with(|c: char| c.is_ascii_digit()), "{fit:?}");
    let client = ::redis::Client::open(url.clone()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let set = ::redis::cmd("CONFIG")
        .arg("SET")
        .arg("maxmemory-policy")
        .arg("allkeys-lru")
        .to_owned();
    let _: () = set.query_async(&mut connection).await.unwrap();
    assert_eq!(examine(&url, LATE).await.unwrap().eviction, "allkeys-lru");
    server.kill();
    examine(&url, ANSWER).await.unwrap_err();
}

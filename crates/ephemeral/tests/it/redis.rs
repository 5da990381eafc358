//! The Redis adapter passes the port's suite on a real server, and keeps its own promises.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ephemeral::conformance::Subject;
use ephemeral::redis::{RedisEphemeral, RedisOptions};
use ephemeral::{Bucket, Ephemeral};
use kernel::{Ambient, Timestamp};

use crate::redis_server::{DEADLINE, open, options, url};

const LONG: Duration = Duration::from_secs(60);

async fn subject() -> Option<Subject> {
    let it = open(&url()?, options()).await;
    Some(Subject::on_the_real_clock(it))
}

ephemeral::conformance_tests!(subject);

/// Opens an adapter, and a bare connection to the same server with the adapter's prefix.
async fn opened() -> Option<(Arc<RedisEphemeral>, ::redis::aio::MultiplexedConnection, String)> {
    let (url, options) = (url()?, options());
    let client = ::redis::Client::open(&*url).unwrap();
    let bare = client.get_multiplexed_async_connection().await.unwrap();
    let prefix = options.prefix.clone();
    Some((open(&url, options).await, bare, prefix))
}

#[tokio::test]
async fn processes_with_one_prefix_share_and_others_do_not() {
    let Some(url) = url() else { return };
    let options = options();
    let (one, two) = (open(&url, options.clone()).await, open(&url, options).await);
    let other = open(&url, crate::redis_server::options()).await;
    one.set("k", Bytes::from_static(b"v"), LONG).await.unwrap();
    assert_eq!(two.get("k").await.unwrap(), Some(Bytes::from_static(b"v")));
    assert_eq!(other.get("k").await.unwrap(), None);
    let fence = one.lease("floor", LONG).await.unwrap().unwrap();
    assert_eq!(two.lease("floor", LONG).await.unwrap(), None);
    assert!(two.renew("floor", fence, LONG).await.unwrap());

    let (mut hears, mut deaf) = (two.subscriber().await.unwrap(), other.subscriber().await.unwrap());
    hears.subscribe("room").await.unwrap();
    deaf.subscribe("room").await.unwrap();
    one.publish("room", Bytes::from_static(b"x")).await.unwrap();
    other.publish("room", Bytes::from_static(b"y")).await.unwrap();
    let heard = tokio::time::timeout(DEADLINE, hears.next()).await.unwrap().unwrap();
    assert_eq!(heard.1, Bytes::from_static(b"x"));
    let heard = tokio::time::timeout(DEADLINE, deaf.next()).await.unwrap().unwrap();
    assert_eq!(heard.1, Bytes::from_static(b"y"));
}

#[tokio::test]
async fn a_sum_stops_at_the_ends_of_64_bits() {
    let Some((it, _, _)) = opened().await else { return };
    assert_eq!(it.add("up", i64::MAX - 1, LONG).await.unwrap(), i64::MAX - 1);
    assert_eq!(it.add("up", 1, LONG).await.unwrap(), i64::MAX);
    assert_eq!(it.add("up", 5, LONG).await.unwrap(), i64::MAX);
    assert_eq!(it.add("down", i64::MIN, LONG).await.unwrap(), i64::MIN);
    assert_eq!(it.add("down", -1, LONG).await.unwrap(), i64::MIN);
    it.set("digits", Bytes::from_static(b"5"), LONG).await.unwrap();
    it.add("digits", 1, LONG).await.unwrap_err();
}

#[tokio::test]
async fn a_fence_grows_though_the_clock_went_back() {
    let Some((it, mut bare, prefix)) = opened().await else {
        return;
    };
    let old = it.lease("floor", LONG).await.unwrap().unwrap();
    it.release("floor", old).await.unwrap();
    // As if it had been given an hour from now.
    let future = old.0 + 3_600_000_000;
    let key = format!("{prefix}:lease:floor");
    let mut set = ::redis::cmd("HSET");
    let _: i64 = set
        .arg(key)
        .arg("fence")
        .arg(future)
        .query_async(&mut bare)
        .await
        .unwrap();
    let new = it.lease("floor", LONG).await.unwrap().unwrap();
    assert_eq!(new.0, future + 1);
}

#[tokio::test]
async fn every_key_but_timers_ends_by_itself() {
    let Some((it, mut bare, prefix)) = opened().await else {
        return;
    };
    it.set("k", Bytes::new(), LONG).await.unwrap();
    it.set_if_absent("k2", Bytes::new(), Duration::MAX).await.unwrap();
    it.add("n", 1, LONG).await.unwrap();
    let fence = it.lease("floor", LONG).await.unwrap().unwrap();
    it.release("floor", fence).await.unwrap();
    it.lease("held", LONG).await.unwrap();
    it.join("set", "a", LONG).await.unwrap();
    it.push("log", Bytes::new(), LONG).await.unwrap();
    let slow = Bucket {
        capacity: 5.0,
        per_second: 0.0,
    };
    it.spend("slow", slow, 1.0).await.unwrap().unwrap();
    assert_eq!(it.spend("slow", slow, 5.0).await.unwrap(), Err(Duration::MAX));
    it.schedule("timers", "t", Timestamp::from_millis(1)).await.unwrap();
    let pattern = format!("{prefix}:*");
    let keys: Vec<String> = ::redis::cmd("KEYS").arg(pattern).query_async(&mut bare).await.unwrap();
    assert_eq!(keys.len(), 9, "{keys:?}");
    for key in keys {
        let ttl: i64 = ::redis::cmd("PTTL").arg(&key).query_async(&mut bare).await.unwrap();
        assert_eq!(ttl > 0, !key.contains(":timers:"), "{key} ends in {ttl} ms");
    }
}

#[tokio::test]
async fn a_full_bucket_and_a_set_that_was_left_are_not_kept() {
    let Some((it, mut bare, prefix)) = opened().await else {
        return;
    };
    let bucket = Bucket {
        capacity: 5.0,
        per_second: 1.0,
    };
    assert_eq!(it.spend("k", bucket, 9.0).await.unwrap(), Err(Duration::MAX));
    it.join("set", "a", LONG).await.unwrap();
    it.leave("set", "a").await.unwrap();
    it.schedule("timers", "t", Timestamp::from_millis(1)).await.unwrap();
    it.done("timers", "t").await.unwrap();
    let pattern = format!("{prefix}:*");
    let keys: Vec<String> = ::redis::cmd("KEYS").arg(pattern).query_async(&mut bare).await.unwrap();
    assert!(keys.is_empty(), "{keys:?}");
}

#[tokio::test]
async fn scripts_that_the_server_forgot_are_told_again() {
    let Some((it, mut bare, _)) = opened().await else {
        return;
    };
    it.add("n", 1, LONG).await.unwrap();
    let _: () = ::redis::cmd("SCRIPT")
        .arg("FLUSH")
        .query_async(&mut bare)
        .await
        .unwrap();
    assert_eq!(it.add("n", 1, LONG).await.unwrap(), 2);
}

#[tokio::test]
async fn subscribers_end_with_the_adapter_after_reading_what_waits() {
    let Some((it, _, _)) = opened().await else { return };
    let mut subscriber = it.subscriber().await.unwrap();
    subscriber.subscribe("room").await.unwrap();
    let mut other = it.subscriber().await.unwrap();
    other.subscribe("room").await.unwrap();
    it.publish("room", Bytes::from_static(b"last")).await.unwrap();
    tokio::time::timeout(DEADLINE, other.next()).await.unwrap().unwrap();
    drop(it);
    assert_eq!(subscriber.next().await.unwrap().1, Bytes::from_static(b"last"));
    assert!(subscriber.next().await.is_none());
}

#[tokio::test]
async fn the_server_is_told_when_the_last_listener_went() {
    let Some((it, mut bare, prefix)) = opened().await else {
        return;
    };
    let mut stays = it.subscriber().await.unwrap();
    let mut goes = it.subscriber().await.unwrap();
    for channel in ["a", "b", "c"] {
        goes.subscribe(channel).await.unwrap();
    }
    stays.subscribe("a").await.unwrap();
    drop(goes);
    let pattern = format!("{prefix}:channel:*");
    crate::redis_server::eventually("the server still sends what nobody hears", async || {
        let mut ask = ::redis::cmd("PUBSUB");
        let names: Vec<String> = ask.arg("CHANNELS").arg(&pattern).query_async(&mut bare).await.unwrap();
        (names == [format!("{prefix}:channel:a")]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn opening_fails_in_time_where_nobody_answers() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let options = RedisOptions {
        answer_within: Duration::from_millis(200),
        start_within: Duration::from_millis(300),
        ..RedisOptions::default()
    };
    let began = Instant::now();
    let opened = RedisEphemeral::open(&format!("redis://{nobody}"), options.clone(), Ambient::system()).await;
    assert!(opened.is_err());
    assert!(began.elapsed() < DEADLINE);
    assert!(
        RedisEphemeral::open("http://nonsense", options, Ambient::system())
            .await
            .is_err()
    );
}

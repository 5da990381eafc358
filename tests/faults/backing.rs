//! The servers that the product stands on are killed, started again, or emptied, while people write and read.

use std::time::Duration;

use blackbox::Seen;

use crate::stand::{Stand, seen};
use crate::traffic::Traffic;

/// What is acknowledged while a server that sends do not need is away.
const MEANWHILE: u64 = 30;

fn told(fault: &str, trouble: &Seen, behind: Duration) {
    let behind = behind.as_secs_f64();
    seen(
        fault,
        &format!("{trouble}; readers complete {behind:.1} s after everybody was answered again"),
    );
}

/// Kills a server without which messages are still taken, and starts it again.
async fn without(stand: &Stand, traffic: &Traffic<'_>, name: &str) {
    stand.servers.kill(name);
    traffic.load().acknowledges(MEANWHILE).await;
    stand.servers.up(name);
    let behind = traffic.settled().await;
    told(
        &format!("kill -9 of {name}, started again"),
        &traffic.take_trouble(),
        behind,
    );
}

#[test]
fn a_killed_kafka_holds_up_no_send_and_its_events_come_later() {
    Stand::case(async |stand| {
        let traffic = Traffic::start(stand).await;
        without(stand, &traffic, "kafka").await;
        traffic.judge().await;
    });
}

#[test]
fn a_killed_nats_holds_up_nobody() {
    Stand::case(async |stand| {
        let traffic = Traffic::start(stand).await;
        without(stand, &traffic, "nats").await;
        traffic.judge().await;
    });
}

#[test]
fn a_killed_and_an_emptied_redis_cost_nothing_that_anybody_would_miss() {
    Stand::case(async |stand| {
        let traffic = Traffic::start(stand).await;
        // Whether a session has ended is asked of auth meanwhile.
        without(stand, &traffic, "redis").await;
        stand.servers.flush_redis();
        let behind = traffic.settled().await;
        told("FLUSHALL of redis", &traffic.take_trouble(), behind);
        traffic.judge().await;
    });
}

#[test]
fn a_killed_database_loses_nothing_that_was_acknowledged() {
    Stand::case(async |stand| {
        let traffic = Traffic::start(stand).await;
        stand.servers.kill("mongodb");
        stand.servers.up("mongodb");
        let behind = traffic.settled().await;
        told("kill -9 of mongodb, started again", &traffic.take_trouble(), behind);
        traffic.judge().await;
    });
}

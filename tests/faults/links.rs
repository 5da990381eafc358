//! Every link is cut, one direction at a time: between the product and each server, and between the services.

use std::time::Duration;

use blackbox::SERVERS;
use testkit::{FaultProxy, Way};

use crate::stand::{Stand, seen};
use crate::traffic::Traffic;

/// How long the cut of a link to a server lasts, and of one to a process.
const SERVER_CUT: Duration = Duration::from_millis(2_000);
const PROCESS_CUT: Duration = Duration::from_millis(1_200);
/// Hears events and is asked nothing: nothing goes there by a proxy.
const UNASKED: &str = "expiration-1";

/// Loses what goes one way for a while. The bytes are lost without a word to either side; connections that lost some are
/// reset at the end of it.
async fn cut(traffic: &Traffic<'_>, name: &str, proxy: &FaultProxy, way: Way, time: Duration) {
    let lost = proxy.lost(way);
    proxy.cut(way);
    tokio::time::sleep(time).await;
    proxy.heal();
    let behind = traffic.settled().await;
    let (to, lost) = (if way == Way::Up { "to" } else { "from" }, proxy.lost(way) - lost);
    assert!(
        proxy.passed(way) > 0,
        "nothing goes {to} {name} by the proxy: the case says nothing"
    );
    seen(
        &format!("{:.1} s without a byte {to} {name}", time.as_secs_f64()),
        &format!(
            "{}; readers complete {:.1} s later; {lost} bytes lost",
            traffic.take_trouble(),
            behind.as_secs_f64()
        ),
    );
}

fn links_to_a_server_are_cut(name: &str) {
    Stand::case(async |stand| {
        let traffic = Traffic::start(stand).await;
        for way in [Way::Up, Way::Down] {
            cut(&traffic, name, stand.links.get(name).unwrap(), way, SERVER_CUT).await;
        }
        traffic.judge().await;
    });
}

#[test]
fn cuts_between_the_product_and_mongodb() {
    links_to_a_server_are_cut("mongodb");
}

#[test]
fn cuts_between_the_product_and_redis() {
    links_to_a_server_are_cut("redis");
}

#[test]
fn cuts_between_the_product_and_kafka() {
    links_to_a_server_are_cut("kafka");
}

#[test]
fn cuts_between_the_product_and_nats() {
    links_to_a_server_are_cut("nats");
}

#[test]
fn cuts_between_the_services() {
    if !Stand::has_links() {
        return blackbox::skip("needs a run of its own with AICHAT_TEST_LINKS=1");
    }
    Stand::case(async |stand| {
        let traffic = Traffic::start(stand).await;
        let asked = |name: &str| !SERVERS.contains(&name) && name != UNASKED;
        for (name, proxy) in stand.links.iter().filter(|(name, _)| asked(name)) {
            for way in [Way::Up, Way::Down] {
                cut(&traffic, name, proxy, way, PROCESS_CUT).await;
            }
        }
        traffic.judge().await;
    });
}

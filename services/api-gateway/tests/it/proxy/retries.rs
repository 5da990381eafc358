//! What happens when a replica is gone, breaks off, or refuses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use super::stage::{Gateway, Replica, Setting, client, table, until};

/// An owner that tells its name and counts.
fn named(name: &'static str, count: &Arc<AtomicUsize>) -> Router {
    let count = count.clone();
    Router::new().fallback(async move |request: Request| {
        count.fetch_add(1, SeqCst);
        let body = request.into_body().collect().await.unwrap().to_bytes();
        format!("{name}{}", String::from_utf8_lossy(&body))
    })
}

/// A replica that reads a request's beginning and then breaks off; tells how often.
async fn breaking() -> (std::net::SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counted = count.clone();
    tokio::spawn(async move {
        loop {
            let (mut io, _) = listener.accept().await.unwrap();
            let mut some = [0; 64];
            if io.read(&mut some).await.is_ok_and(|n| n > 0) {
                counted.fetch_add(1, SeqCst);
            }
        }
    });
    (address, count)
}

#[tokio::test]
async fn requests_that_may_come_twice_survive_the_death_of_a_replica() {
    let counts = [Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0))];
    let mut first = Replica::start(named("first", &counts[0])).await;
    let second = Replica::start(named("second", &counts[1])).await;
    let gateway = Gateway::at(&[first.address, second.address]).await;
    let client = client();
    let url = gateway.url("/api/chat/search");
    let asking = tokio::spawn(async move {
        let mut answers = Vec::new();
        for n in 0..400 {
            let request = if n % 2 == 0 {
                client.get(&url)
            } else {
                client.put(&url).body("!")
            };
            answers.push(request.send().await.unwrap().status().as_u16());
        }
        answers
    });
    until("the first replica has worked", async || counts[0].load(SeqCst) > 20).await;
    first.kill().await;
    let before = counts[1].load(SeqCst);
    until("the second one takes over", async || {
        counts[1].load(SeqCst) > before + 50
    })
    .await;
    first.revive().await;
    let before = counts[0].load(SeqCst);
    let answers = asking.await.unwrap();
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    // It is found again by itself.
    let url = gateway.url("/api/chat/search");
    until("the first is asked again", async || {
        client_get(&url).await;
        counts[0].load(SeqCst) > before
    })
    .await;
}

async fn client_get(url: &str) -> u16 {
    client().get(url).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn what_may_have_been_done_is_sent_again_only_if_it_may_be_done_twice() {
    let (broken, breaks) = breaking().await;
    let count = Arc::new(AtomicUsize::new(0));
    let good = Replica::start(named("good", &count)).await;
    let gateway = Gateway::at(&[broken, good.address]).await;
    let ask = async |method: &str, path: &str, key: bool| {
        let mut request = client().request(method.parse().unwrap(), gateway.url(path)).body("!");
        if key {
            request = request.header("idempotency-key", "k");
        }
        request.send().await.unwrap()
    };
    // Each kind is asked until the breaking replica had its turn.
    for (method, path, key) in [
        ("GET", "/api/users/me", false),
        ("PUT", "/api/users/me/blocks/1", false),
        ("DELETE", "/api/users/me", false),
        ("POST", "/api/users/1/reports", true),
    ] {
        let before = breaks.load(SeqCst);
        while breaks.load(SeqCst) == before {
            let answer = ask(method, path, key).await;
            assert_eq!(answer.status(), 200, "{method} {path}");
            assert_eq!(answer.text().await.unwrap(), "good!");
        }
    }
    for (method, path, key) in [
        ("POST", "/api/users/1/reports", false),
        ("PATCH", "/api/users/me", false),
        // Models are paid each time, and no key tells that it is the same.
        ("POST", "/v1/chat/completions", true),
    ] {
        let refused = loop {
            let before = (breaks.load(SeqCst), count.load(SeqCst));
            let answer = ask(method, path, key).await;
            let after = (breaks.load(SeqCst), count.load(SeqCst));
            assert_eq!(
                after.0 + after.1,
                before.0 + before.1 + 1,
                "{method}: sent once, to one replica"
            );
            if after.0 > before.0 {
                break answer;
            }
        };
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()["retry-after"]),
            (502, &"1".parse().unwrap())
        );
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["code"], "upstream.broken");
    }
    // Rooms have a home: if it is the broken one, the other is asked; chat keeps client ids.
    for room in 0..20 {
        let answer = ask("POST", &format!("/api/chat/rooms/{room}/messages"), false).await;
        assert_eq!(answer.status(), 200);
    }
}

#[tokio::test]
async fn a_body_too_large_to_be_kept_is_not_sent_twice() {
    let (broken, breaks) = breaking().await;
    let mut setting = Setting::default();
    setting.config.upstream.kept_body_bytes_max = 10;
    let gateway = Gateway::with(table(&[broken]), setting).await;
    for (size, sent) in [(10, 3), (11, 1)] {
        let before = breaks.load(SeqCst);
        let answer = client()
            .put(gateway.url("/api/users/me"))
            .body(vec![b'x'; size])
            .send()
            .await
            .unwrap();
        assert_eq!(
            (answer.status().as_u16(), breaks.load(SeqCst) - before),
            (502, sent),
            "{size} bytes"
        );
    }
}

#[tokio::test]
async fn a_request_that_nobody_got_goes_to_another_replica_whatever_it_is() {
    let count = Arc::new(AtomicUsize::new(0));
    let (mut dead, good) = (
        Replica::start(named("dead", &count)).await,
        Replica::start(named("good", &count)).await,
    );
    dead.kill().await;
    let gateway = Gateway::at(&[dead.address, good.address]).await;
    for n in 0..30 {
        let answer = client()
            .post(gateway.url("/api/chat/rooms"))
            .body(vec![b'x'; 100_000])
            .send()
            .await
            .unwrap();
        assert_eq!((answer.status().as_u16(), count.load(SeqCst)), (200, n + 1));
    }
}

#[tokio::test]
async fn a_request_waits_for_the_only_replica_to_come_back_but_not_for_ever() {
    let count = Arc::new(AtomicUsize::new(0));
    let mut only = Replica::start(named("only", &count)).await;
    let gateway = Gateway::at(&[only.address]).await;
    assert_eq!(client_get(&gateway.url("/api/users/me")).await, 200);
    only.kill().await;
    let url = gateway.url("/api/users/1/reports");
    let mut waiting = tokio::spawn(async move { client().post(url).body("!").send().await.unwrap() });
    let early = tokio::time::timeout(Duration::from_millis(200), &mut waiting).await;
    assert!(early.is_err(), "{early:?}");
    only.revive().await;
    assert_eq!(waiting.await.unwrap().text().await.unwrap(), "only!");

    only.kill().await;
    let mut setting = Setting::default();
    setting.config.upstream.patience_ms = 50;
    let gateway = Gateway::with(table(&[only.address]), setting).await;
    let answer = client().get(gateway.url("/api/users/me")).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (503, &"1".parse().unwrap())
    );
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "upstream.unreachable");
}

#[tokio::test]
async fn a_replica_that_is_full_or_stopping_is_passed_over_once() {
    let count = Arc::new(AtomicUsize::new(0));
    let full = Router::new().fallback(async || axum::http::StatusCode::SERVICE_UNAVAILABLE);
    let (full, good) = (Replica::start(full).await, Replica::start(named("good", &count)).await);
    let gateway = Gateway::at(&[full.address, good.address]).await;
    for _ in 0..20 {
        assert_eq!(client_get(&gateway.url("/realtime/sse")).await, 200);
    }
    let gateway = Gateway::at(&[full.address]).await;
    let answer = client().get(gateway.url("/api/users/me")).send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn requests_spread_over_replicas_and_those_of_a_room_stay_together() {
    let counts: Vec<_> = (0..3).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let mut replicas = Vec::new();
    for (name, count) in ["a", "b", "c"].into_iter().zip(&counts) {
        replicas.push(Replica::start(named(name, count)).await);
    }
    let addresses: Vec<_> = replicas.iter().map(|r| r.address).collect();
    let gateway = Gateway::at(&addresses).await;
    for _ in 0..90 {
        client_get(&gateway.url("/api/chat/search")).await;
    }
    let spread: Vec<usize> = counts.iter().map(|c| c.load(SeqCst)).collect();
    assert!(spread.iter().all(|n| *n >= 10), "{spread:?}");
    let mut homes = std::collections::BTreeSet::new();
    for room in 0..20 {
        let mut asked = std::collections::BTreeSet::new();
        for path in ["", "/messages", "/read"] {
            let url = gateway.url(&format!("/api/chat/rooms/room-{room}{path}"));
            asked.insert(client().get(url).send().await.unwrap().text().await.unwrap());
        }
        assert_eq!(asked.len(), 1, "room {room}: {asked:?}");
        homes.extend(asked);
    }
    assert!(homes.len() > 1, "all rooms live at {homes:?}");
}

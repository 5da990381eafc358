//! A second target beside a slow one.

use std::collections::HashSet;
use std::time::Duration;

use ai_gateway::{Config, HedgeConfig, RetryConfig};
use testkit::{Script, ScriptedUpstream};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

use super::routes::{answer, content, over, streamed};
use super::{Setup, chat};

fn hedged(upstreams: &[&ScriptedUpstream], percent_max: u32) -> Config {
    let mut config = over(upstreams);
    config.timeouts.first_token_ms = 60_000;
    config.models[0].hedge = Some(HedgeConfig {
        after_ms: 20,
        percent_max,
    });
    config
}

#[tokio::test]
async fn a_slow_target_is_hedged_the_first_frame_wins_and_the_other_is_dropped_and_metered() {
    for stream in [true, false] {
        let (a, b) = (
            ScriptedUpstream::start([Script::Silence]).await,
            ScriptedUpstream::start([]).await,
        );
        b.then(if stream { streamed("from b") } else { answer("from b") });
        let s = Setup::with(hedged(&[&a, &b], 100)).await;
        let text = if stream {
            s.heard("fast").await
        } else {
            content(s.asked("fast").await)
        };
        assert_eq!(text, "from b");
        a.abandoned(1).await;
        let metered = s.metered().await;
        let models: HashSet<&str> = metered.iter().map(|e| e.model.as_str()).collect();
        assert_eq!((metered.len(), models), (2, HashSet::from(["a/m", "b/m"])));
        let loser = metered.iter().find(|e| e.model == "a/m").unwrap();
        assert!(loser.prompt_tokens > 0 && loser.completion_tokens == 0, "{loser:?}");
    }
}

/// An address that takes no further connection and refuses none: whoever connects waits.
async fn full() -> (String, TcpListener, Vec<TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(connected) = timeout(Duration::from_millis(200), TcpStream::connect(address)).await {
        queued.push(connected.unwrap());
    }
    (format!("http://{address}/v1"), listener, queued)
}

#[tokio::test]
async fn a_target_that_never_got_its_prompt_costs_nothing() {
    let b = ScriptedUpstream::start([streamed("from b")]).await;
    let mut config = hedged(&[&b, &b], 100);
    let (url, _listener, _queued) = full().await;
    config.providers[0].base_url = Some(url);
    config.timeouts.connect_ms = 60_000;
    let s = Setup::with(config).await;
    assert_eq!(s.heard("fast").await, "from b");
    let metered = s.metered().await;
    let models: Vec<&str> = metered.iter().map(|e| e.model.as_str()).collect();
    assert_eq!(models, ["b/m"]);
}

/// Makes two calls that nobody answers; returns how many of them were hedged.
async fn hedges(percent_max: u32, start: u32) -> usize {
    let (a, b) = (ScriptedUpstream::start([]).await, ScriptedUpstream::start([]).await);
    let mut config = hedged(&[&a, &b], percent_max);
    // With no time left there is no other second attempt.
    config.timeouts.total_ms = 4_000;
    config.retries = RetryConfig {
        percent: 0,
        start,
        saved_max: start,
        per_minute: 0,
    };
    let s = Setup::with(config).await;
    for _ in 0..2 {
        a.then(Script::Silence);
        b.then(Script::Silence);
        let reply = s.ada().post("/v1/chat/completions", chat("fast", "x", true)).await;
        assert_eq!(reply.expect_code(504), "ai.upstream_timeout");
    }
    assert_eq!(a.received().len(), 2);
    b.received().len()
}

#[tokio::test]
async fn hedges_are_a_share_of_calls_and_paid_from_the_budget() {
    let cases = [(100, 10), (50, 10), (100, 1), (49, 10), (100, 0)];
    let made = futures::future::join_all(cases.map(|(percent, start)| hedges(percent, start))).await;
    assert_eq!(made, [2, 1, 1, 0, 0]);
}

#[tokio::test]
async fn a_fast_target_is_never_hedged_and_a_failing_one_falls_back_at_once() {
    let (a, b) = (
        ScriptedUpstream::start([streamed("from a")]).await,
        ScriptedUpstream::start([streamed("from b")]).await,
    );
    let mut config = hedged(&[&a, &b], 100);
    config.models[0].hedge = Some(HedgeConfig {
        after_ms: 60_000,
        percent_max: 100,
    });
    let s = Setup::with(config).await;
    assert_eq!(s.heard("fast").await, "from a");
    assert_eq!(s.heard("fast").await, "from b");
    assert_eq!((a.received().len(), b.received().len()), (2, 1));
}

//! Who goes away stops the paid work at once, and pays for what was done.

use std::time::{Duration, Instant};

use contracts::ai_gateway::{Completion, Principal, Turn, TurnRole};
use futures::StreamExt as _;
use serde_json::json;
use testkit::{End, Script, ScriptedUpstream};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Dialect, Setup, chat, config};

/// Between the client's leaving and the provider's noticing.
const AT_ONCE: Duration = Duration::from_secs(2);

pub(super) fn begun() -> Vec<String> {
    vec!["data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n".repeat(6)]
}

/// Serves the app on a port and returns its address and a key.
pub(super) async fn served(s: &Setup) -> (String, String, CancellationToken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/chat/completions", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    tokio::spawn(chassis::http::serve(listener, s.app.router(), stop.clone()));
    let made = s.ada().post("/api/ai/keys", json!({"name": "k"})).await.expect(201);
    (url, made["key"].as_str().unwrap().to_owned(), stop)
}

pub(super) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

#[tokio::test]
async fn a_client_that_leaves_a_stream_closes_the_providers_connection_and_pays_for_what_it_got() {
    for dialect in [Dialect::OpenAi, Dialect::Anthropic] {
        let text = "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n";
        let frames = if dialect == Dialect::OpenAi {
            begun()
        } else {
            vec![text.repeat(5)]
        };
        let upstream = ScriptedUpstream::start([Script::Stream(frames, End::Stall)]).await;
        let mut config = config(&upstream, dialect);
        config.timeouts.between_tokens_ms = 60_000;
        let s = Setup::with(config).await;
        let (url, key, stop) = served(&s).await;
        let mut answer = client()
            .post(&url)
            .bearer_auth(key)
            .json(&chat("scripted-1", "x", true))
            .send()
            .await
            .unwrap();
        let mut got = String::new();
        while got.matches("\"content\":\"a\"").count() < 5 {
            got.push_str(&String::from_utf8_lossy(&answer.chunk().await.unwrap().unwrap()));
        }
        drop(answer);
        let left = Instant::now();
        upstream.abandoned(1).await;
        assert!(left.elapsed() < AT_ONCE, "{:?}", left.elapsed());
        let metered = s.metered().await;
        assert_eq!((metered.len(), metered[0].completion_tokens), (1, 5));
        stop.cancel();
    }
}

#[tokio::test]
async fn a_client_that_leaves_before_the_first_byte_closes_it_too() {
    for stream in [true, false] {
        let upstream = ScriptedUpstream::start([Script::Silence]).await;
        let mut config = config(&upstream, Dialect::OpenAi);
        config.timeouts.first_token_ms = 60_000;
        let s = Setup::with(config).await;
        let (url, key, stop) = served(&s).await;
        let asking = tokio::spawn(
            client()
                .post(&url)
                .bearer_auth(key)
                .json(&chat("scripted-1", "x", stream))
                .send(),
        );
        while upstream.received().is_empty() {
            tokio::task::yield_now().await;
        }
        asking.abort();
        let left = Instant::now();
        upstream.abandoned(1).await;
        assert!(left.elapsed() < AT_ONCE, "{:?}", left.elapsed());
        stop.cancel();
    }
}

#[tokio::test]
async fn a_service_that_drops_its_stream_closes_it_too() {
    let upstream = ScriptedUpstream::start([Script::Stream(begun(), End::Stall)]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    let turns = vec![Turn {
        role: TurnRole::User,
        content: "x".into(),
    }];
    let request = Completion {
        model: "default".into(),
        turns,
        max_tokens: 10,
        temperature: 1.0,
    };
    let who = Principal {
        user_id: s.ada,
        agent_id: None,
        room_id: None,
        key_id: None,
    };
    let mut pieces = s.gateway.stream(who, request).await.unwrap();
    for _ in 0..3 {
        pieces.next().await.unwrap().unwrap();
    }
    drop(pieces);
    upstream.abandoned(1).await;
    assert_eq!(s.metered().await[0].completion_tokens, 2);
}

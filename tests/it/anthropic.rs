//! The gateway as any client of Anthropic's meets it.

use blackbox::{Actor, Field as _, Http, Instance, Reply, Sse};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

const PATH: &str = "/v1/messages";

fn message(text: &str, stream: bool) -> Value {
    json!({"model": "demo/scripted", "max_tokens": 500, "stream": stream, "messages": [{"role": "user", "content": text}]})
}

/// Asks with the key where Anthropic's clients put it.
fn with_key(key: &str, path: &str, body: &Value) -> RequestBuilder {
    let request = Http::anonymous(Instance::shared()).request(Method::POST, path);
    request
        .header("x-api-key", key)
        .header("anthropic-version", "2023-06-01")
        .json(body)
}

async fn key() -> String {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    ada.post("/api/ai/keys", json!({"name": "laptop"}))
        .await
        .is(201)
        .text("key")
}

#[tokio::test]
async fn a_message_is_whole_or_a_stream_of_events_and_says_the_same() {
    let key = key().await;
    let whole = Reply::of(with_key(&key, PATH, &message("hello", false))).await.is(200);
    assert_eq!(
        (whole.text("type"), whole.text("stop_reason")),
        ("message".into(), "end_turn".into())
    );
    let events = Sse::open(with_key(&key, PATH, &message("hello", true)))
        .await
        .to_end()
        .await;
    assert!(
        events.iter().all(|e| e.json()["type"] == e.event.as_str()),
        "{events:?}"
    );
    assert_eq!(events.last().unwrap().event, "message_stop");
    let said: String = events
        .iter()
        .filter_map(|e| e.json()["delta"]["text"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(
        said,
        whole["content"][0].text("text"),
        "the scripted provider is deterministic"
    );
    let count = Reply::of(with_key(&key, "/v1/messages/count_tokens", &message("hello", false))).await;
    assert!(count.is(200).number("input_tokens") > 0);
}

#[tokio::test]
async fn a_failure_has_anthropics_shape_beside_ours() {
    let key = key().await;
    let mut unknown = message("hello", false);
    unknown["model"] = json!("no/such-model");
    for (request, status, kind) in [
        (with_key(&key, PATH, &unknown), 404, "not_found_error"),
        (
            with_key("sk-aichat-wrong", PATH, &message("hello", false)),
            401,
            "authentication_error",
        ),
        (
            with_key(&key, PATH, &json!({"model": "demo/scripted"})),
            422,
            "invalid_request_error",
        ),
        (with_key(&key, PATH, &message("/demo error", true)), 502, "api_error"),
    ] {
        let problem = Reply::of(request).await.fails(status);
        assert_eq!(
            (problem.text("type"), problem.text("error.type")),
            ("error".into(), kind.into())
        );
        assert!(!problem.text("error.message").is_empty() && !problem.text("code").is_empty());
    }
}

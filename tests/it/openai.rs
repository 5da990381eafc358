//! The gateway as any OpenAI client meets it.

use blackbox::{Actor, Field as _, Http, Instance, Sse};
use reqwest::Method;
use serde_json::{Value, json};

const MODEL: &str = "demo/scripted";

#[tokio::test]
async fn a_chat_completion_has_openais_shape() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let completion = ada.post("/v1/chat/completions", chat("hello", false)).await.is(200);
    assert_eq!(completion.text("object"), "chat.completion");
    let choice = &completion["choices"][0];
    assert_eq!(
        (choice.text("message.role"), choice.text("finish_reason")),
        ("assistant".into(), "stop".into())
    );
    assert!(!choice.text("message.content").is_empty());
    assert_eq!(
        completion["usage"].number("total_tokens"),
        completion["usage"].number("prompt_tokens") + completion["usage"].number("completion_tokens"),
    );
}

#[tokio::test]
async fn a_stream_ends_in_done_and_says_the_same_as_the_whole_answer() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let whole = ada.post("/v1/chat/completions", chat("hello", false)).await.is(200);
    let stream = Sse::open(
        ada.request(Method::POST, "/v1/chat/completions")
            .json(&chat("hello", true)),
    )
    .await;
    let mut chunks = stream.to_end().await;
    assert_eq!(chunks.pop().unwrap().data, "[DONE]");
    let chunks: Vec<Value> = chunks.iter().map(blackbox::SseEvent::json).collect();
    assert!(
        chunks.iter().all(|chunk| chunk.has("object", "chat.completion.chunk")),
        "{chunks:?}"
    );
    let said = |chunk: &Value| {
        chunk["choices"][0]["delta"]["content"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let text: String = chunks.iter().map(said).collect();
    assert_eq!(
        text,
        whole["choices"][0].text("message.content"),
        "the scripted provider is deterministic"
    );
    assert!(
        chunks
            .iter()
            .any(|chunk| chunk["choices"][0]["finish_reason"] == "stop")
    );
}

#[tokio::test]
async fn models_are_listed() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let models = ada.get("/v1/models").await.is(200);
    assert_eq!(models.text("object"), "list");
    assert!(
        models
            .list("data")
            .iter()
            .any(|model| model.has("id", MODEL) && model.has("object", "model")),
        "{models}"
    );
}

#[tokio::test]
async fn an_error_is_both_a_problem_and_openais() {
    let product = Instance::shared();
    let ada = Actor::signup(product, "ada").await;
    let mut unknown = chat("hello", false);
    unknown["model"] = json!("no/such-model");
    let answers = [
        (ada.post("/v1/chat/completions", unknown).await, 404),
        (
            Http::anonymous(product)
                .post("/v1/chat/completions", chat("hello", false))
                .await,
            401,
        ),
        (ada.post("/v1/chat/completions", json!({"model": MODEL})).await, 422),
    ];
    for (answer, status) in answers {
        let problem = answer.fails(status);
        assert!(
            !problem.text("error.message").is_empty() && !problem.text("error.type").is_empty(),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn a_provider_that_fails_is_an_error_and_not_an_answer() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let reply = ada.post("/v1/chat/completions", chat("/demo error", false)).await;
    assert!(matches!(reply.status, 502 | 503), "{}: {}", reply.status, reply.text);
    assert!(!reply.json().text("error.message").is_empty());
}

#[tokio::test]
async fn a_gateway_key_works_at_the_gateway_until_it_is_revoked_and_is_shown_once() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let key = ada.post("/api/ai/keys", json!({"name": "laptop"})).await.is(201);
    let client = ada.with_token(&key.text("key"));
    assert!(key.text("key").starts_with("sk-aichat-"));
    client.post("/v1/chat/completions", chat("hello", false)).await.is(200);
    assert!(
        !ada.get("/api/ai/keys").await.text.contains(&key.text("key")),
        "a key is shown once"
    );
    let used = async || {
        let usage = ada.get("/api/ai/usage").await.is(200);
        usage.to_string().contains("scripted").then_some(())
    };
    blackbox::eventually("the usage is counted", used).await;
    ada.delete(&format!("/api/ai/keys/{}", key.text("id"))).await.is(204);
    client.get("/v1/models").await.fails(401);
}

fn chat(text: &str, stream: bool) -> Value {
    json!({"model": MODEL, "stream": stream, "messages": [{"role": "user", "content": text}]})
}

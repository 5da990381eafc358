//! Ollama's own dialect behind OpenAI's, and the models that it is asked for.

use serde_json::{Value, json};
use testkit::{End, Script, ScriptedUpstream};
use tokio_util::sync::CancellationToken;

use super::{Config, DEADLINE, Dialect, Frames, Setup, chat, config, parsed, said};

const LINES: &str = "{\"message\":{\"role\":\"assistant\",\"content\":\"Hel\"},\"done\":false}\n\
    {\"message\":{\"role\":\"assistant\",\"content\":\"lo\"},\"done\":false}\n\
    {\"message\":{\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"weather\",\"arguments\":{\"city\":\"Paris\"}}}]},\"done\":false}\n\
    {\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":12,\"eval_count\":20}\n";

fn answer() -> Script {
    // Cut where it hurts: inside lines.
    let frames = LINES.as_bytes().chunks(37);
    Script::Stream(
        frames.map(|c| String::from_utf8(c.to_vec()).unwrap()).collect(),
        End::Done,
    )
}

fn tags(names: &[&str]) -> Script {
    let models: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    Script::Whole(200, Vec::new(), json!({ "models": models }).to_string())
}

/// A server for which the operator names no models.
fn unnamed(upstream: &ScriptedUpstream) -> Config {
    let mut config = config(upstream, Dialect::Ollama);
    config.providers[0].base_url = Some(upstream.url.clone());
    config.providers[0].models.clear();
    config
}

async fn before(upstream: &ScriptedUpstream) -> Setup {
    let mut config = unnamed(upstream);
    config.providers[0].models = vec!["scripted-1".into()];
    Setup::with(config).await
}

#[tokio::test]
async fn lines_are_written_in_openais_chunks() {
    let upstream = ScriptedUpstream::start([answer()]).await;
    let s = before(&upstream).await;
    let mut body = chat("local/scripted-1", "weather?", true);
    body["stream_options"] = json!({"include_usage": true});
    let events = Frames::open(&s.ada(), &body.to_string()).await.events().await;
    assert_eq!(
        (said(&events).as_str(), events.last().map(String::as_str)),
        ("Hello", Some("[DONE]"))
    );
    let chunks = parsed(&events);
    assert_eq!(chunks.last().unwrap()["usage"]["total_tokens"], 32);
    let asked = &upstream.received()[0];
    assert_eq!(asked.path, "/api/chat");
    let sent: Value = serde_json::from_slice(&asked.body).unwrap();
    let turns = json!([{"role": "user", "content": "weather?"}]);
    assert_eq!(sent, json!({"model": "scripted-1", "messages": turns, "stream": true}));
}

#[tokio::test]
async fn a_whole_answer_is_put_together() {
    let upstream = ScriptedUpstream::start([answer()]).await;
    let s = before(&upstream).await;
    let whole = s
        .ada()
        .post("/v1/chat/completions", chat("scripted-1", "weather?", false))
        .await
        .expect(200);
    let choice = &whole["choices"][0];
    assert_eq!(
        (&choice["message"]["content"], &choice["finish_reason"]),
        (&json!("Hello"), &json!("tool_calls"))
    );
    let call = &choice["message"]["tool_calls"][0];
    assert_eq!(
        call["function"],
        json!({"name": "weather", "arguments": "{\"city\":\"Paris\"}"})
    );
    assert!(call["id"].as_str().unwrap().starts_with("call_"));
    let metered = &s.metered().await[0];
    assert_eq!((metered.prompt_tokens, metered.completion_tokens), (12, 20));
}

#[tokio::test]
async fn embeddings_are_answered_in_openais_shape() {
    let vectors = r#"{"model":"m","embeddings":[[0.25,-1.5],[1,0]],"prompt_eval_count":7}"#;
    let upstream = ScriptedUpstream::start([Script::Whole(200, Vec::new(), vectors.into())]).await;
    let s = before(&upstream).await;
    let body = json!({"model": "scripted-1", "input": ["a", "b"], "encoding_format": "base64"});
    let list = s.ada().post("/v1/embeddings", body).await.expect(200);
    assert_eq!(list["data"][0]["embedding"], "AACAPgAAwL8=");
    assert_eq!(list["usage"], json!({"prompt_tokens": 7, "total_tokens": 7}));
    let asked = &upstream.received()[0];
    let sent: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(asked.path, "/api/embed");
    assert_eq!(
        sent,
        json!({"model": "scripted-1", "input": ["a", "b"], "truncate": false})
    );
}

#[tokio::test]
async fn its_models_are_found_and_those_that_only_embed_come_last() {
    let listed = tags(&["nomic-embed-text:latest", "llama3.2:latest", "qwen3:8b"]);
    let upstream = ScriptedUpstream::start([listed, answer()]).await;
    let s = Setup::with(unnamed(&upstream)).await;
    let models = s.ada().get("/v1/models").await.expect(200);
    let ids: Vec<&Value> = models["data"].as_array().unwrap().iter().map(|m| &m["id"]).collect();
    assert_eq!(ids, ["local/llama3.2", "local/qwen3:8b", "local/nomic-embed-text"]);
    s.ada()
        .post("/v1/chat/completions", chat("default", "x", false))
        .await
        .expect(200);
    let asked = upstream.received();
    assert_eq!(asked[0].path, "/api/tags");
    assert_eq!(
        serde_json::from_slice::<Value>(&asked[1].body).unwrap()["model"],
        "llama3.2"
    );
    let unknown = s
        .ada()
        .post("/v1/chat/completions", chat("local/none", "x", false))
        .await;
    assert_eq!(unknown.expect_code(404), "ai.model_not_found");
}

#[tokio::test]
async fn a_server_that_is_away_at_the_start_stops_nothing_and_is_asked_again() {
    // The first request, at the start, finds no script and fails.
    let upstream = ScriptedUpstream::start([]).await;
    let s = Setup::with(unnamed(&upstream)).await;
    assert_eq!(s.ada().get("/v1/models").await.expect(200)["data"], json!([]));
    let nobody = s.ada().post("/v1/chat/completions", chat("default", "x", false)).await;
    assert_eq!(nobody.headers["retry-after"], "30");
    assert_eq!(nobody.expect_code(503), "ai.no_target");
    upstream.then(answer());
    let whole = s
        .ada()
        .post("/v1/chat/completions", chat("local/llama3.2", "x", false))
        .await
        .expect(200);
    assert_eq!(
        whole["choices"][0]["message"]["content"], "Hello",
        "it says itself what it has"
    );
    upstream.then(tags(&["llama3.2:latest"]));
    let stop = CancellationToken::new();
    let looking = tokio::spawn((s.models.run)(stop.clone()));
    let found = async {
        while s.ada().get("/v1/models").await.expect(200)["data"] == json!([]) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, found).await.unwrap();
    s.ada().get("/v1/models/llama3.2").await.expect(200);
    stop.cancel();
    looking.await.unwrap().unwrap();
}

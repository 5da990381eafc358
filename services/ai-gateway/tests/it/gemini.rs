//! Google's dialect behind OpenAI's.

use serde_json::{Value, json};
use testkit::{End, Script, ScriptedUpstream};

use super::{Dialect, Frames, Setup, chat, config, parsed, said};

const STREAM: &str = "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hel\"}],\"role\":\"model\"}}],\"usageMetadata\":{\"promptTokenCount\":12}}\r\n\r\n\
    data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"lo\"}],\"role\":\"model\"}}]}\r\n\r\n\
    data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"weather\",\"args\":{\"city\":\"Paris\"}},\"thoughtSignature\":\"s+/=\"}]},\"finishReason\":\"STOP\"}],\
    \"usageMetadata\":{\"promptTokenCount\":12,\"candidatesTokenCount\":8,\"thoughtsTokenCount\":12}}\r\n\r\n";

fn answer() -> Script {
    // Cut where it hurts: inside lines.
    let frames = STREAM.as_bytes().chunks(89);
    Script::Stream(
        frames.map(|c| String::from_utf8(c.to_vec()).unwrap()).collect(),
        End::Done,
    )
}

/// The provider's address is given without the version, as its own variable does.
async fn before(upstream: &ScriptedUpstream) -> Setup {
    let mut config = config(upstream, Dialect::Gemini);
    config.providers[0].base_url = Some(upstream.url.clone());
    Setup::with(config).await
}

#[tokio::test]
async fn a_stream_is_asked_for_with_the_key_in_a_header_and_written_in_openais_chunks() {
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
    let usage = json!({"prompt_tokens": 12, "completion_tokens": 20, "total_tokens": 32});
    assert_eq!(chunks.last().unwrap()["usage"], usage);
    let asked = &upstream.received()[0];
    assert_eq!(
        (
            asked.path.as_str(),
            asked.query.as_str(),
            &asked.headers["x-goog-api-key"]
        ),
        (
            "/v1beta/models/scripted-1:streamGenerateContent",
            "alt=sse",
            &"sk-upstream".parse().unwrap()
        )
    );
    assert!(!asked.headers.contains_key("authorization"));
    let sent: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(
        sent,
        json!({"contents": [{"role": "user", "parts": [{"text": "weather?"}]}]})
    );
}

#[tokio::test]
async fn a_whole_answer_has_its_calls_with_the_mark_that_google_wants_back() {
    let upstream = ScriptedUpstream::start([answer(), answer()]).await;
    let s = before(&upstream).await;
    let ask = async |body: Value| s.ada().post("/v1/chat/completions", body).await.expect(200);
    let whole = ask(chat("scripted-1", "weather?", false)).await;
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
    let answered = json!({"role": "tool", "tool_call_id": call["id"], "content": "sunny"});
    let turns = json!([{"role": "user", "content": "weather?"}, choice["message"], answered]);
    ask(json!({"model": "scripted-1", "messages": turns})).await;
    let sent: Value = serde_json::from_slice(&upstream.received()[1].body).unwrap();
    assert_eq!(sent["contents"][1]["parts"][1]["thoughtSignature"], "s+/=", "{sent}");
    let metered = s.metered().await;
    assert_eq!((metered[0].prompt_tokens, metered[0].completion_tokens), (12, 20));
}

#[tokio::test]
async fn a_blocked_prompt_is_a_filtered_answer() {
    let blocked =
        "data: {\"promptFeedback\":{\"blockReason\":\"SAFETY\"},\"usageMetadata\":{\"promptTokenCount\":4}}\n\n";
    let upstream = ScriptedUpstream::start([Script::Stream(vec![blocked.into()], End::Done)]).await;
    let s = before(&upstream).await;
    let whole = s
        .ada()
        .post("/v1/chat/completions", chat("scripted-1", "x", false))
        .await
        .expect(200);
    assert_eq!(whole["choices"][0]["finish_reason"], "content_filter");
    assert_eq!(s.metered().await[0].prompt_tokens, 4);
}

#[tokio::test]
async fn what_cannot_be_translated_is_refused_and_never_asked() {
    let upstream = ScriptedUpstream::start([]).await;
    let mut config = config(&upstream, Dialect::Gemini);
    config.providers[0].any_model = true;
    let s = Setup::with(config).await;
    let refused = async |name: &str, value: Value| {
        let mut body = chat("local/scripted-1", "x", true);
        body[name] = value;
        let problem = s.ada().post("/v1/chat/completions", body).await.expect(422);
        problem["errors"][0]["field"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused("n", json!(2)).await, "n");
    assert_eq!(refused("logprobs", json!(true)).await, "logprobs");
    assert_eq!(refused("model", json!("local/../../secrets?x=1")).await, "model");
    assert!(upstream.received().is_empty());
}

#[tokio::test]
async fn embeddings_are_asked_for_in_batches_and_answered_in_openais_shape() {
    let vectors = |count: usize| json!({"embeddings": vec![json!({"values": [0.25, -1.5]}); count]}).to_string();
    let upstream = ScriptedUpstream::start([100, 20].map(|n| Script::Whole(200, Vec::new(), vectors(n)))).await;
    let s = before(&upstream).await;
    let texts: Vec<String> = (0..120).map(|n| format!("text {n}")).collect();
    let body = json!({"model": "local/scripted-1", "input": texts, "dimensions": 2});
    let list = s.ada().post("/v1/embeddings", body).await.expect(200);
    assert_eq!(
        (list["data"].as_array().unwrap().len(), &list["data"][119]["index"]),
        (120, &json!(119))
    );
    assert_eq!(list["data"][0]["embedding"], json!([0.25, -1.5]));
    let asked = upstream.received();
    assert_eq!(asked[0].path, "/v1beta/models/scripted-1:batchEmbedContents");
    let sent: Value = serde_json::from_slice(&asked[1].body).unwrap();
    let expected =
        json!({"model": "models/scripted-1", "content": {"parts": [{"text": "text 100"}]}, "outputDimensionality": 2});
    assert_eq!(sent["requests"][0], expected);
    assert_eq!(list["usage"]["prompt_tokens"], s.metered().await[0].prompt_tokens);
}

#[tokio::test]
async fn a_key_that_google_refuses_is_no_fault_of_the_callers() {
    let words = r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}"#;
    let upstream = ScriptedUpstream::start([Script::Whole(400, Vec::new(), words.into())]).await;
    let s = before(&upstream).await;
    let problem = s
        .ada()
        .post("/v1/chat/completions", chat("scripted-1", "x", false))
        .await
        .expect(502);
    assert!(
        problem["detail"].as_str().unwrap().contains("does not accept"),
        "{problem}"
    );
}

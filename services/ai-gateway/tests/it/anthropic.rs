//! A provider of another dialect answers in the caller's.

use serde_json::{Value, json};
use testkit::{End, Script, ScriptedUpstream};

use super::{Dialect, Frames, Setup, chat, parsed, said};

const STREAM: &str = r#"event: message_start
data: {"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":12,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: ping
data: {"type": "ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"weather","input":{}}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"city\":"}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"\"Paris\"}"}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":20}}

event: message_stop
data: {"type":"message_stop"}

"#;

fn answer() -> Script {
    // Cut where it hurts: inside lines.
    let frames = STREAM
        .as_bytes()
        .chunks(97)
        .map(|c| String::from_utf8(c.to_vec()).unwrap())
        .collect();
    Script::Stream(frames, End::Done)
}

#[tokio::test]
async fn a_stream_is_written_out_in_openais_chunks() {
    let upstream = ScriptedUpstream::start([answer()]).await;
    let s = Setup::before(&upstream, Dialect::Anthropic).await;
    let mut body = chat("local/scripted-1", "weather?", true);
    body["stream_options"] = json!({"include_usage": true});
    let events = Frames::open(&s.ada(), &body.to_string()).await.events().await;
    assert_eq!(events.last().map(String::as_str), Some("[DONE]"));
    assert_eq!(said(&events), "Hello");
    let mut chunks = parsed(&events);
    assert!(chunks.iter().all(|c| c["id"] == chunks[0]["id"]
        && c["model"] == "local/scripted-1"
        && c["object"] == "chat.completion.chunk"));
    let usage = chunks.pop().unwrap();
    assert_eq!(
        (&usage["choices"], &usage["usage"]["total_tokens"]),
        (&json!([]), &json!(32))
    );
    let deltas: Vec<Value> = chunks.iter().map(|c| c["choices"][0]["delta"].clone()).collect();
    let function = |v: Value| json!({"tool_calls": [v]});
    let expected = [
        json!({"role": "assistant", "content": ""}),
        json!({"content": "Hel"}),
        json!({"content": "lo"}),
        function(
            json!({"index": 0, "id": "toolu_1", "type": "function", "function": {"name": "weather", "arguments": ""}}),
        ),
        function(json!({"index": 0, "function": {"arguments": "{\"city\":"}})),
        function(json!({"index": 0, "function": {"arguments": "\"Paris\"}"}})),
        json!({}),
    ];
    assert_eq!(deltas, expected);
    assert_eq!(chunks.last().unwrap()["choices"][0]["finish_reason"], "tool_calls");
    let asked = &upstream.received()[0];
    assert_eq!(
        (asked.path.as_str(), &asked.headers["x-api-key"]),
        ("/v1/messages", &"sk-upstream".parse().unwrap())
    );
    assert_eq!(asked.headers["anthropic-version"], "2023-06-01");
    let sent: Value = serde_json::from_slice(&asked.body).unwrap();
    let turns = json!([{"role": "user", "content": [{"type": "text", "text": "weather?"}]}]);
    assert_eq!(
        sent,
        json!({"model": "scripted-1", "max_tokens": 4096, "messages": turns, "stream": true})
    );
}

#[tokio::test]
async fn a_whole_answer_is_put_together() {
    let upstream = ScriptedUpstream::start([answer()]).await;
    let s = Setup::before(&upstream, Dialect::Anthropic).await;
    let whole = s
        .ada()
        .post("/v1/chat/completions", chat("scripted-1", "weather?", false))
        .await
        .expect(200);
    let message = &whole["choices"][0]["message"];
    assert_eq!(
        (&whole["object"], &message["content"]),
        (&json!("chat.completion"), &json!("Hello"))
    );
    let function = json!({"name": "weather", "arguments": "{\"city\":\"Paris\"}"});
    assert_eq!(
        message["tool_calls"],
        json!([{"id": "toolu_1", "type": "function", "function": function}])
    );
    assert_eq!(
        whole["usage"],
        json!({"prompt_tokens": 12, "completion_tokens": 20, "total_tokens": 32})
    );
    let metered = &s.metered().await[0];
    assert_eq!((metered.prompt_tokens, metered.completion_tokens), (12, 20));
}

#[tokio::test]
async fn its_failures_are_told_before_or_within_the_stream() {
    let overloaded = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    let begun =
        "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n";
    let stream = |frames: &[&str], end| Script::Stream(frames.iter().map(|f| (*f).to_owned()).collect(), end);
    let upstream = ScriptedUpstream::start([
        stream(&[overloaded], End::Done),
        stream(&[begun, overloaded], End::Done),
        stream(&[begun], End::Done),
        stream(&[begun], End::Cut),
        Script::Whole(
            529,
            Vec::new(),
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#.into(),
        ),
    ])
    .await;
    let s = Setup::before(&upstream, Dialect::Anthropic).await;
    let body = chat("scripted-1", "x", true);
    assert_eq!(
        s.ada()
            .post("/v1/chat/completions", body.clone())
            .await
            .expect_code(502),
        "ai.upstream_failed"
    );
    for words in ["Overloaded", "broke off", "broke off"] {
        let events = Frames::open(&s.ada(), &body.to_string()).await.events().await;
        assert_eq!(said(&events), "a");
        let last: Value = serde_json::from_str(events.last().unwrap()).unwrap();
        assert!(last["error"]["message"].as_str().unwrap().contains(words), "{last}");
    }
    let problem = s.ada().post("/v1/chat/completions", body).await.expect(502);
    assert!(problem["detail"].as_str().unwrap().contains("Overloaded"));
    let embeddings = s
        .ada()
        .post("/v1/embeddings", json!({"model": "scripted-1", "input": "a"}))
        .await;
    assert_eq!(embeddings.expect_code(422), "ai.no_embeddings");
}

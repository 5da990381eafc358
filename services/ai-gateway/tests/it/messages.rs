//! Anthropic's dialect as a way in: its own provider gets and gives the very bytes (see `byte_exact`), any other is translated.

use serde_json::{Value, json};
use testkit::{Asker, End, Script, ScriptedUpstream};

use super::{Dialect, Frames, Setup, config};

const PATH: &str = "/v1/messages";

fn ask(text: &str, stream: bool) -> Value {
    json!({"model": "local/scripted-1", "max_tokens": 9, "stream": stream, "messages": [{"role": "user", "content": text}]})
}

fn demo(text: &str, stream: bool) -> Value {
    let mut body = ask(text, stream);
    body["model"] = json!("demo/scripted");
    body["max_tokens"] = json!(900);
    body
}

/// Reads a stream to its end; returns the name and the data of each event.
async fn events(asker: &Asker, body: &Value) -> Vec<(String, Value)> {
    let mut frames = Frames::at(PATH, asker, &body.to_string()).await;
    let mut text = String::new();
    while let Some(frame) = frames.next().await {
        text.push_str(&frame);
    }
    let event = |event: &str| {
        let (name, data) = event.split_once('\n').unwrap();
        let data: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        let name = name.strip_prefix("event: ").unwrap().to_owned();
        assert_eq!(data["type"], name.as_str());
        (name, data)
    };
    text.split_terminator("\n\n").map(event).collect()
}

fn said(events: &[(String, Value)]) -> String {
    events.iter().filter_map(|(_, e)| e["delta"]["text"].as_str()).collect()
}

#[tokio::test]
async fn headers_of_the_dialect_go_along_and_the_callers_key_does_not() {
    let answer = r#"{"content":[],"usage":{"input_tokens":1,"cache_read_input_tokens":2,"output_tokens":3}}"#;
    let upstream = ScriptedUpstream::start((0..2).map(|_| Script::Whole(200, Vec::new(), answer.into()))).await;
    let s = Setup::before(&upstream, Dialect::Anthropic).await;
    let made = s.ada().post("/api/ai/keys", json!({"name": "k"})).await.expect(201);
    let key = made["key"].as_str().unwrap();
    let client = s.app.anonymous().header("x-api-key", key);
    client.post(PATH, ask("x", false)).await.expect(200);
    let client = client
        .header("anthropic-version", "2099-01-01")
        .header("anthropic-beta", "a-1,b-2");
    client
        .header("x-other", "1")
        .post(PATH, ask("x", false))
        .await
        .expect(200);
    let [plain, with] = &upstream.received()[..] else {
        panic!()
    };
    assert_eq!(
        (&plain.headers["anthropic-version"], plain.headers.get("anthropic-beta")),
        (&"2023-06-01".parse().unwrap(), None)
    );
    assert_eq!(with.headers["anthropic-version"], "2099-01-01");
    assert_eq!(
        (&with.headers["anthropic-beta"], &with.headers["x-api-key"]),
        (&"a-1,b-2".parse().unwrap(), &"sk-upstream".parse().unwrap())
    );
    assert!(!with.headers.contains_key("x-other") && !with.headers.contains_key("authorization"));
    let metered = &s.metered().await[1];
    assert_eq!(
        (metered.prompt_tokens, metered.completion_tokens, metered.user_id),
        (3, 3, s.ada)
    );
}

#[tokio::test]
async fn a_stream_that_passes_through_is_metered_by_what_its_events_say() {
    let frames = [
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":12,\"output_tokens\":1}}}\n\n",
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{},\"usage\":{\"output_tokens\":20}}\n\n",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    ];
    let script = Script::Stream(frames.map(str::to_owned).to_vec(), End::Done);
    let upstream = ScriptedUpstream::start([script]).await;
    let s = Setup::before(&upstream, Dialect::Anthropic).await;
    assert_eq!(events(&s.ada(), &ask("x", true)).await.len(), 3);
    let metered = &s.metered().await[0];
    assert_eq!((metered.prompt_tokens, metered.completion_tokens), (12, 20));
}

#[tokio::test]
async fn a_provider_of_openais_dialect_is_asked_in_it_and_answers_in_anthropics() {
    let call = |piece: Value| json!({"choices": [{"delta": {"tool_calls": [piece]}}]});
    let chunks = [
        json!({"choices": [{"delta": {"role": "assistant", "content": "Hel"}}]}),
        json!({"choices": [{"delta": {"content": "lo"}}]}),
        call(json!({"index": 0, "id": "c1", "function": {"name": "weather", "arguments": ""}})),
        call(json!({"index": 0, "function": {"arguments": "{\"city\":\"Paris\"}"}})),
        json!({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}),
        json!({"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 20}}),
    ];
    let mut frames: Vec<String> = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    frames.push("data: [DONE]\n\n".into());
    let upstream = ScriptedUpstream::start([Script::Stream(frames, End::Done)]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    let events = events(&s.ada(), &ask("weather?", true)).await;
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    let (start, piece, stop) = ("content_block_start", "content_block_delta", "content_block_stop");
    assert_eq!(
        names,
        [
            "message_start",
            start,
            piece,
            piece,
            stop,
            start,
            piece,
            stop,
            "message_delta",
            "message_stop"
        ]
    );
    let message = &events[0].1["message"];
    assert_eq!(
        (&message["model"], &message["role"], said(&events).as_str()),
        (&json!("local/scripted-1"), &json!("assistant"), "Hello")
    );
    assert_eq!(
        events[5].1["content_block"],
        json!({"type": "tool_use", "id": "c1", "name": "weather", "input": {}})
    );
    assert_eq!(
        events[6].1["delta"],
        json!({"type": "input_json_delta", "partial_json": "{\"city\":\"Paris\"}"})
    );
    let end = &events[8].1;
    assert_eq!(
        (&end["delta"]["stop_reason"], &end["usage"]),
        (&json!("tool_use"), &json!({"input_tokens": 12, "output_tokens": 20}))
    );
    let asked = &upstream.received()[0];
    assert_eq!(
        (asked.path.as_str(), &asked.headers["authorization"]),
        ("/v1/chat/completions", &"Bearer sk-upstream".parse().unwrap())
    );
    let turns = json!([{"role": "user", "content": "weather?"}]);
    let sent: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(
        sent,
        json!({"model": "scripted-1", "max_tokens": 9, "messages": turns, "stream": true, "stream_options": {"include_usage": true}})
    );
    let metered = &s.metered().await[0];
    assert_eq!((metered.prompt_tokens, metered.completion_tokens), (12, 20));
}

#[tokio::test]
async fn a_whole_answer_of_openais_dialect_becomes_a_message() {
    let answer = json!({
        "choices": [{"message": {"content": "Hello", "tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": "{\"a\":1}"}}]}, "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4},
    });
    let whole = || Script::Whole(200, Vec::new(), answer.to_string());
    let upstream = ScriptedUpstream::start([whole(), whole()]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    let message = s.ada().post(PATH, ask("x", false)).await.expect(200);
    let content =
        json!([{"type": "text", "text": "Hello"}, {"type": "tool_use", "id": "c1", "name": "f", "input": {"a": 1}}]);
    assert_eq!((&message["type"], &message["content"]), (&json!("message"), &content));
    assert_eq!(
        (&message["stop_reason"], &message["usage"]),
        (&json!("tool_use"), &json!({"input_tokens": 3, "output_tokens": 4}))
    );
    // A server that does not stream is no hindrance.
    let events = events(&s.ada(), &ask("x", true)).await;
    assert_eq!(
        (said(&events).as_str(), events.last().unwrap().0.as_str()),
        ("Hello", "message_stop")
    );
}

#[tokio::test]
async fn the_demo_speaks_it_too_whole_and_as_a_stream() {
    let s = Setup::demo().await;
    let whole = s.ada().post(PATH, demo("Say hello.", false)).await.expect(200);
    assert_eq!(
        (&whole["model"], &whole["stop_reason"]),
        (&json!("demo/scripted"), &json!("end_turn"))
    );
    let events = events(&s.ada(), &demo("Say hello.", true)).await;
    assert_eq!(said(&events), whole["content"][0]["text"].as_str().unwrap());
    let count = s
        .ada()
        .post("/v1/messages/count_tokens", demo("Say hello.", false))
        .await
        .expect(200);
    assert!(count["input_tokens"].as_u64().unwrap() > 0);
    assert_eq!(s.metered().await.len(), 2, "a count costs nothing");
}

#[tokio::test]
async fn failures_have_anthropics_shape_beside_ours() {
    let s = Setup::demo().await;
    let mut unknown = demo("x", false);
    unknown["model"] = json!("no-such-model");
    let tools = json!([{"type": "web_search_20250305", "name": "web_search"}]);
    let mut searching = demo("x", true);
    searching["tools"] = tools;
    let ada = s.ada();
    for (asker, body, status, kind) in [
        (&ada, unknown, 404, "not_found_error"),
        (&ada, json!({"model": "demo/scripted"}), 422, "invalid_request_error"),
        (&ada, searching, 422, "invalid_request_error"),
        (&ada, demo("/demo error", true), 502, "api_error"),
        (&s.app.anonymous(), demo("x", false), 401, "authentication_error"),
        (
            &s.app.anonymous().header("x-api-key", "sk-aichat-wrong"),
            demo("x", false),
            401,
            "authentication_error",
        ),
        (
            &s.app.anonymous().header("x-api-key", "nonsense"),
            demo("x", false),
            401,
            "authentication_error",
        ),
    ] {
        let reply = asker.post(PATH, body).await;
        assert_eq!(reply.headers["request-id"], reply.headers["x-request-id"]);
        let problem = reply.expect(status);
        assert_eq!(
            (&problem["type"], &problem["error"]["type"]),
            (&json!("error"), &json!(kind)),
            "{problem}"
        );
        assert_eq!(problem["error"]["message"], problem["detail"]);
        assert!(problem["code"].is_string() && problem["requestId"].is_string());
    }
    let openais = ada.post("/v1/chat/completions", json!({})).await.expect(422);
    assert_eq!(openais["type"], "about:blank", "only there");
}

#[tokio::test]
async fn a_key_comes_as_anthropics_clients_send_it_and_a_bearer_token_comes_first() {
    let s = Setup::demo().await;
    let made = s.ada().post("/api/ai/keys", json!({"name": "k"})).await.expect(201);
    let key = made["key"].as_str().unwrap().to_owned();
    let with = |name, value: &str| s.app.anonymous().header(name, value);
    with("x-api-key", &key).post(PATH, demo("x", false)).await.expect(200);
    with("x-api-key", &key).get("/v1/models").await.expect(200);
    with("x-api-key", &key).get("/api/ai/keys").await.expect(401);
    let both = with("authorization", "Bearer sk-aichat-wrong").header("x-api-key", &key);
    assert_eq!(
        both.post(PATH, demo("x", false)).await.expect_code(401),
        "ai.key_invalid"
    );
}

#[tokio::test]
async fn calls_of_one_person_are_counted_whichever_dialect_they_come_in() {
    let stalled = Script::Stream(
        vec!["event: message_start\ndata: {\"type\":\"message_start\"}\n\n".into()],
        End::Stall,
    );
    let upstream = ScriptedUpstream::start([stalled]).await;
    let mut config = config(&upstream, Dialect::Anthropic);
    config.limits.calls_per_user_max = 1;
    let s = Setup::with(config).await;
    let held = Frames::at(PATH, &s.ada(), &ask("x", true).to_string()).await;
    let refused = s.ada().post(PATH, ask("x", true)).await;
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(refused.expect(429)["error"]["type"], "rate_limit_error");
    drop(held);
    upstream.abandoned(1).await;
}

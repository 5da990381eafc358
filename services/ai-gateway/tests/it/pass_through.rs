//! A provider that speaks the caller's dialect gets and gives the very bytes.

use serde_json::{Value, json};
use testkit::{End, Script, ScriptedUpstream};
use tokio::sync::mpsc;

use super::{Dialect, Frames, Setup};

const ANSWER: &str = r#"{ "id":"x",  "choices":[{"message":{"role":"assistant","content":"h\u00e9"}}], "usage":{"prompt_tokens":3,"completion_tokens":2}, "tomorrow": 1.0 }"#;

#[tokio::test]
async fn only_the_models_name_is_rewritten_and_the_answer_comes_back_byte_for_byte() {
    let upstream = ScriptedUpstream::start([Script::Whole(200, vec![("x-secret", "1".into())], ANSWER.into())]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    let body = "{\n \"messages\": [{\"role\":\"user\",\"content\":\"\\u0041 model\"}], \"model\" : \"local\\/scripted-1\",\t\"unheard_of\": 1e3 }";
    let response = s
        .ada()
        .open(http::Method::POST, "/v1/chat/completions", Some(body.into()))
        .await;
    assert_eq!(response.status(), 200);
    assert!(!response.headers().contains_key("x-secret"));
    let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
    assert_eq!(&bytes[..], ANSWER.as_bytes());
    let asked = &upstream.received()[0];
    assert_eq!(asked.path, "/v1/chat/completions");
    assert_eq!(asked.body, body.replace("\"local\\/scripted-1\"", "\"scripted-1\""));
    assert_eq!(asked.headers["authorization"], "Bearer sk-upstream");
    let metered = &s.metered().await[0];
    assert_eq!(
        (metered.model.as_str(), metered.prompt_tokens, metered.completion_tokens),
        ("local/scripted-1", 3, 2)
    );
}

#[tokio::test]
async fn a_bare_or_default_model_finds_its_provider() {
    let upstream = ScriptedUpstream::start((0..2).map(|_| Script::Whole(200, Vec::new(), ANSWER.into()))).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    for model in ["scripted-1", "default"] {
        s.ada()
            .post("/v1/chat/completions", super::chat(model, "x", false))
            .await
            .expect(200);
    }
    for asked in upstream.received() {
        assert_eq!(
            serde_json::from_slice::<Value>(&asked.body).unwrap()["model"],
            "scripted-1"
        );
    }
}

#[tokio::test]
async fn each_frame_goes_on_as_it_comes_and_as_it_is() {
    let (frames, live) = mpsc::unbounded_channel();
    let upstream = ScriptedUpstream::start([Script::Live(live)]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    let sent = [
        ": comment\n\n",
        "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\n\r\n",
        "data: {\"choices\":[{\"delta\":{},\"finish_re",
        "ason\":\"stop\"}]}\n\n",
        "data: [DONE]\n\n",
    ];
    // A comment alone is no beginning; then all goes on.
    frames.send(sent[0].to_owned()).unwrap();
    frames.send(sent[1].to_owned()).unwrap();
    let mut got = Frames::open(&s.ada(), &super::chat("local/scripted-1", "x", true).to_string()).await;
    // The next frame is sent only when this one has arrived: nothing is held back.
    for (at, frame) in sent.iter().enumerate() {
        if at > 1 {
            frames.send((*frame).to_owned()).unwrap();
        }
        assert_eq!(got.next().await.as_deref(), Some(*frame));
    }
    drop(frames);
    assert_eq!(got.next().await, None);
}

#[tokio::test]
async fn a_stream_without_usage_is_metered_by_its_chunks_and_one_with_it_by_that() {
    let chunk = |text: &str| format!("data: {}\n\n", json!({"choices": [{"delta": {"content": text}}]}));
    let end = "data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n".to_owned();
    let usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":7}}\n\n".to_owned();
    let without = vec![chunk(""), chunk("a"), chunk("b"), end.clone()];
    let with = vec![chunk("a"), usage, end];
    let upstream = ScriptedUpstream::start([Script::Stream(without, End::Done), Script::Stream(with, End::Done)]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    for expected in [None, Some((9, 7))] {
        let events = Frames::open(&s.ada(), &super::chat("scripted-1", "x", true).to_string())
            .await
            .events()
            .await;
        assert_eq!(events.last().map(String::as_str), Some("[DONE]"));
        let metered = s.metered().await.pop().unwrap();
        match expected {
            None => assert_eq!(metered.completion_tokens, 2),
            Some(counted) => assert_eq!((metered.prompt_tokens, metered.completion_tokens), counted),
        }
    }
    let usage = s.ada().get("/api/ai/usage").await.expect(200);
    assert_eq!(
        (&usage["items"][0]["calls"], &usage["items"][0]["day"]),
        (&json!(2), &json!("2026-01-01"))
    );
}

#[tokio::test]
async fn embeddings_pass_through_too() {
    let answer = r#"{"object":"list","data":[{"embedding":[0.5]}],"usage":{"prompt_tokens":4}}"#;
    let upstream = ScriptedUpstream::start([Script::Whole(200, Vec::new(), answer.into())]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    let reply = s
        .ada()
        .post("/v1/embeddings", json!({"model": "local/scripted-1", "input": "a"}))
        .await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (200, answer));
    assert_eq!(upstream.received()[0].path, "/v1/embeddings");
    assert_eq!(s.metered().await[0].prompt_tokens, 4);
}

#[tokio::test]
async fn the_models_are_listed_and_found() {
    let upstream = ScriptedUpstream::start([]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    let models = s.ada().get("/v1/models").await.expect(200);
    assert_eq!(models["data"][0]["id"], "local/scripted-1");
    assert_eq!(
        (&models["data"][0]["badge"], models["data"].as_array().unwrap().len()),
        (&Value::Null, 1),
        "no demo beside a real provider"
    );
    for path in [
        "/v1/models/local%2Fscripted-1",
        "/v1/models/local/scripted-1",
        "/v1/models/scripted-1",
    ] {
        assert_eq!(s.ada().get(path).await.expect(200)["id"], "local/scripted-1");
    }
    assert_eq!(
        s.ada().get("/v1/models/nothing").await.expect_code(404),
        "ai.model_not_found"
    );
}

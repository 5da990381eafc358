//! The scripted demo, as everybody without a key meets it.

use serde_json::{Value, json};

use super::{Frames, Setup, chat, parsed, said};

fn asked(messages: Value, stream: bool) -> Value {
    json!({"model": "demo/scripted", "messages": messages, "stream": stream})
}

async fn answered(s: &Setup, body: Value) -> Value {
    s.ada().post("/v1/chat/completions", body).await.expect(200)
}

#[tokio::test]
async fn it_says_the_same_streamed_and_whole_and_that_it_is_a_demo() {
    let s = Setup::demo().await;
    let whole = answered(&s, chat("demo/scripted", "Say hello.", false)).await;
    let mut body = chat("demo/scripted", "Say hello.", true);
    body["stream_options"] = json!({"include_usage": true});
    let events = Frames::open(&s.ada(), &body.to_string()).await.events().await;
    assert_eq!(whole["choices"][0]["message"]["content"], said(&events));
    assert_eq!(
        (&whole["model"], &whole["system_fingerprint"]),
        (&json!("demo/scripted"), &json!("demo-scripted"))
    );
    let chunks = parsed(&events);
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    assert!(chunks.iter().all(|c| c["system_fingerprint"] == "demo-scripted"));
    assert_eq!(chunks.last().unwrap()["usage"], whole["usage"]);
    let models = s.ada().get("/v1/models").await.expect(200);
    assert_eq!(models["data"][0]["badge"], "Demo: scripted replies, no AI model");
    let metered = s.metered().await;
    assert_eq!(metered.len(), 2);
    assert_eq!(metered[0].completion_tokens, metered[1].completion_tokens);
}

#[tokio::test]
async fn it_remembers_what_it_was_told() {
    let s = Setup::demo().await;
    let told = json!([
        {"role": "user", "content": "My name is Ada."}, {"role": "assistant", "content": "Noted."},
        {"role": "user", "content": [{"type": "text", "text": "What is my name?"}]},
    ]);
    let answer = answered(&s, asked(told, false)).await;
    assert!(
        answer["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
            .contains("Ada")
    );
}

#[tokio::test]
async fn its_triggers_do_what_they_say() {
    let s = Setup::demo().await;
    for stream in [false, true] {
        let problem = s
            .ada()
            .post("/v1/chat/completions", chat("demo/scripted", "now /demo error", stream))
            .await
            .expect(502);
        assert_eq!(problem["code"], "ai.upstream_failed");
    }
    let long = answered(&s, chat("demo/scripted", "/demo long", false)).await;
    assert!(
        long["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
            .split(' ')
            .count()
            > 350
    );
    let mut short = chat("demo/scripted", "/demo long", false);
    short["max_tokens"] = json!(7);
    let short = answered(&s, short).await;
    assert_eq!(
        (
            &short["choices"][0]["finish_reason"],
            &short["usage"]["completion_tokens"]
        ),
        (&json!("length"), &json!(7))
    );
    let plain = answered(&s, chat("demo/scripted", "/demo tool", false)).await;
    assert_eq!(plain["choices"][0]["finish_reason"], "stop");
}

#[tokio::test]
async fn a_slow_reply_comes_word_by_word() {
    let s = Setup::demo().await;
    let begun = tokio::time::Instant::now();
    let mut frames = Frames::open(&s.ada(), &chat("demo/scripted", "/demo slow", true).to_string()).await;
    for _ in 0..4 {
        assert!(frames.next().await.is_some());
    }
    // The role, the first word at once, then two pauses.
    assert!(
        begun.elapsed() >= std::time::Duration::from_millis(380),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn an_offered_tool_is_called_with_arguments_that_fit_and_its_answer_is_told() {
    let s = Setup::demo().await;
    let parameters = json!({"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}, "required": ["city"]});
    let tools = json!([{"type": "function", "function": {"name": "get_weather", "parameters": parameters}}]);
    let mut body = chat("demo/scripted", "/demo tool", false);
    body["tools"] = tools.clone();
    let whole = answered(&s, body.clone()).await;
    let choice = &whole["choices"][0];
    assert_eq!(
        (&choice["finish_reason"], &choice["message"]["content"]),
        (&json!("tool_calls"), &Value::Null)
    );
    let call = &choice["message"]["tool_calls"][0];
    let arguments: Value = serde_json::from_str(call["function"]["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&call["function"]["name"], arguments),
        (&json!("get_weather"), json!({"city": "Paris"}))
    );
    body["stream"] = json!(true);
    let events = Frames::open(&s.ada(), &body.to_string()).await.events().await;
    let pieces = parsed(&events);
    let streamed: String = pieces
        .iter()
        .filter_map(|c| c["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"].as_str())
        .collect();
    assert_eq!(streamed, call["function"]["arguments"].as_str().unwrap());
    let mut messages = body["messages"].as_array().unwrap().clone();
    messages.push(choice["message"].clone());
    messages.push(json!({"role": "tool", "tool_call_id": call["id"], "content": "sunny"}));
    let told = answered(
        &s,
        json!({"model": "demo/scripted", "tools": tools, "messages": messages}),
    )
    .await;
    assert!(
        told["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
            .contains("sunny")
    );
}

#[tokio::test]
async fn its_embeddings_are_the_same_for_ever_and_say_what_they_are() {
    let s = Setup::demo().await;
    let get = async || {
        s.ada()
            .post(
                "/v1/embeddings",
                json!({"model": "demo/hashed-ngrams", "input": ["a cat", "a dog"]}),
            )
            .await
            .expect(200)
    };
    let (one, two) = (get().await, get().await);
    assert_eq!(one, two);
    assert_eq!(
        (&one["model"], one["data"].as_array().unwrap().len()),
        (&json!("demo/hashed-ngrams"), 2)
    );
}

//! What is charged where nobody counted, and what is reserved where nobody named a limit.

use ai_gateway::{Config, PriceConfig};
use serde_json::{Value, json};
use testkit::{End, Script, ScriptedUpstream};

use super::limits::asked;
use super::money::{a_micro_a_word, price};
use super::{Dialect, Frames, Setup, chat, config, parsed};

const MESSAGES: &str = "/v1/messages";

/// A provider whose tokens cost a micro each, in a dialect.
fn priced(upstream: &ScriptedUpstream, dialect: Dialect) -> Config {
    let mut config = config(upstream, dialect);
    config.prices = vec![price("local/*", 1_000_000, 1_000_000)];
    config
}

fn whole(body: Value) -> Script {
    Script::Whole(200, Vec::new(), body.to_string())
}

fn chunk(text: &str) -> String {
    format!("data: {}\n\n", json!({"choices": [{"delta": {"content": text}}]}))
}

fn event(data: Value) -> String {
    format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap())
}

fn message(stream: bool) -> Value {
    json!({"model": "local/scripted-1", "max_tokens": 500, "stream": stream, "messages": [{"role": "user", "content": "x"}]})
}

fn message_start() -> String {
    event(json!({"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 7, "output_tokens": 1}}}))
}

#[tokio::test]
async fn an_image_is_charged_as_one_and_not_as_its_letters_when_nobody_counts() {
    let answer = whole(json!({"choices": [{"message": {"content": "a cat"}}]}));
    let upstream = ScriptedUpstream::start([answer]).await;
    let s = Setup::with(priced(&upstream, Dialect::OpenAi)).await;
    let url = format!("data:image/png;base64,{}", "iVBO".repeat(100_000));
    let content = json!([{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]);
    let body = json!({"model": "scripted-1", "messages": [{"role": "user", "content": content}]});
    s.ada().post("/v1/chat/completions", body).await.expect(200);
    let metered = &s.metered().await[0];
    assert!((2_000..2_200).contains(&metered.prompt_tokens), "{metered:?}");
}

#[tokio::test]
async fn an_estimate_is_never_charged_over_what_is_reserved() {
    let answer = whole(json!({"choices": [{"message": {"content": "word ".repeat(1_000)}}]}));
    let upstream = ScriptedUpstream::start([answer]).await;
    let s = Setup::with(priced(&upstream, Dialect::OpenAi)).await;
    s.allow_ada(json!({"microsPerDay": 200})).await;
    let mut body = chat("scripted-1", "x", false);
    body["max_tokens"] = json!(20);
    s.ada().post("/v1/chat/completions", body).await.expect(200);
    assert_eq!(s.metered().await[0].completion_tokens, 20);
}

#[tokio::test]
async fn who_leaves_a_stream_of_anthropics_pays_for_what_was_written() {
    let piece = event(json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a"}}));
    let frames = vec![message_start(), piece.repeat(6)];
    let upstream = ScriptedUpstream::start([Script::Stream(frames, End::Stall)]).await;
    let s = Setup::with(priced(&upstream, Dialect::Anthropic)).await;
    let mut frames = Frames::at(MESSAGES, &s.ada(), &message(true).to_string()).await;
    while !frames.next().await.unwrap().contains("text_delta") {}
    drop(frames);
    upstream.abandoned(1).await;
    let metered = &s.metered().await[0];
    assert_eq!((metered.prompt_tokens, metered.completion_tokens), (7, 6));
}

#[tokio::test]
async fn a_stream_of_few_large_chunks_is_not_charged_by_their_number() {
    let frames = vec![[chunk(""), chunk(&"word ".repeat(80)), chunk("end.")].concat()];
    let upstream = ScriptedUpstream::start([Script::Stream(frames, End::Stall)]).await;
    let s = Setup::with(priced(&upstream, Dialect::OpenAi)).await;
    let mut frames = Frames::open(&s.ada(), &chat("scripted-1", "x", true).to_string()).await;
    frames.next().await.unwrap();
    drop(frames);
    upstream.abandoned(1).await;
    assert_eq!(s.metered().await[0].completion_tokens, 101);
}

#[tokio::test]
async fn a_model_without_a_price_is_not_to_be_had_on_a_budget_of_money() {
    let answer = || whole(json!({"choices": [{"message": {"content": "x"}}], "usage": {"completion_tokens": 1}}));
    let upstream = ScriptedUpstream::start([answer(), answer(), answer()]).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.prices = vec![price("local/free", 0, 0), price("local/scripted-1", 0, 1_000_000)];
    config.providers[0].any_model = true;
    let s = Setup::with(config).await;
    let ask = async |model: &str| {
        let mut body = chat(model, "x", false);
        body["max_tokens"] = json!(1);
        s.ada().post("/v1/chat/completions", body).await
    };
    ask("local/unpriced").await.expect(200);
    s.allow_ada(json!({"microsPerDay": 3})).await;
    assert_eq!(ask("local/unpriced").await.expect_code(403), "ai.model_unpriced");
    ask("local/free").await.expect(200);
    ask("local/scripted-1:latest").await.expect(200);
    s.flush().await;
    assert_eq!(s.adas_money().await, (1, 0));
    s.allow_ada(json!({"tokensPerDay": 1_000_000})).await;
    assert_eq!(
        ask("local/unpriced").await.status,
        502,
        "it is asked, and has nothing more to say"
    );
}

#[tokio::test]
async fn the_demo_needs_no_price() {
    let s = Setup::demo().await;
    s.allow_ada(json!({"microsPerDay": 3})).await;
    asked(&s.ada(), 10).await.expect(200);
}

#[tokio::test]
async fn a_whole_answer_without_a_limit_is_reserved_for_at_the_most_that_its_model_writes() {
    for (most, status) in [(None, 429), (Some(40), 200)] {
        let answer = whole(json!({"choices": [{"message": {"content": "x"}}], "usage": {"completion_tokens": 30}}));
        let upstream = ScriptedUpstream::start([answer]).await;
        let mut config = config(&upstream, Dialect::OpenAi);
        config.prices = vec![PriceConfig {
            completion_tokens_max: most,
            ..price("local/*", 0, 1_000_000)
        }];
        let s = Setup::with(config).await;
        s.allow_ada(json!({"microsPerDay": 16_000})).await;
        let reply = s
            .ada()
            .post("/v1/chat/completions", chat("scripted-1", "x", false))
            .await;
        assert_eq!(reply.status, status, "{most:?}");
    }
}

#[tokio::test]
async fn a_whole_answer_that_was_made_is_delivered_and_charged() {
    let mut config = a_micro_a_word();
    config.budgets.unnamed_whole_tokens = 5;
    let s = Setup::with(config).await;
    s.allow_ada(json!({"microsPerDay": 12})).await;
    let body = chat("demo/scripted", "/demo long", false);
    s.ada().post("/v1/chat/completions", body).await.expect(200);
    s.flush().await;
    assert_eq!(s.adas_money().await, (400, 0));
}

#[tokio::test]
async fn an_error_of_the_budget_is_readable_wherever_the_stream_is_cut() {
    let whole = chunk("a");
    let (head, tail) = whole.split_at(20);
    let frames = vec![
        [chunk("").as_str(), chunk("b").as_str(), head].concat(),
        [tail, chunk("c").repeat(20).as_str()].concat(),
    ];
    let upstream = ScriptedUpstream::start([Script::Stream(frames, End::Stall)]).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.prices = vec![price("local/*", 0, 1_000_000)];
    config.budgets.unnamed_tokens = 5;
    let s = Setup::with(config).await;
    s.allow_ada(json!({"microsPerDay": 7})).await;
    let frames = Frames::open(&s.ada(), &chat("scripted-1", "x", true).to_string()).await;
    let events = frames.events().await;
    let last = parsed(&events[events.len() - 1..]);
    assert_eq!(last[0]["error"]["code"], "ai.budget_exhausted", "{events:?}");
}

#[tokio::test]
async fn an_answer_that_ends_within_its_budget_keeps_its_end() {
    let end = |text: &str| {
        let choice = json!({"delta": {"content": text}, "finish_reason": "stop"});
        format!("data: {}\n\n", json!({"choices": [choice]}))
    };
    let usage = format!(
        "data: {}\n\n",
        json!({"choices": [], "usage": {"completion_tokens": 5}})
    );
    for last in ["", "the very last word, which is over what is reserved"] {
        let done = "data: [DONE]\n\n".to_owned();
        let mut frames = vec![chunk("")];
        frames.extend(std::iter::repeat_n(chunk("a"), 5));
        frames.extend([end(last), "data: odd\n\n".into(), usage.clone(), done]);
        let upstream = ScriptedUpstream::start([Script::Stream(frames, End::Done)]).await;
        let mut config = config(&upstream, Dialect::OpenAi);
        config.prices = vec![price("local/*", 0, 1_000_000)];
        config.budgets.unnamed_tokens = 5;
        let s = Setup::with(config).await;
        s.allow_ada(json!({"microsPerDay": 5})).await;
        let frames = Frames::open(&s.ada(), &chat("scripted-1", "x", true).to_string()).await;
        let events = frames.events().await;
        assert_eq!(events.last().map(String::as_str), Some("[DONE]"), "{events:?}");
        assert_eq!(s.metered().await[0].completion_tokens, 5);
    }
}

#[tokio::test]
async fn what_is_written_after_an_end_is_reserved_for_as_well() {
    let end = format!(
        "data: {}\n\n",
        json!({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    );
    let frames = vec![chunk("a"), end, chunk("b").repeat(20)];
    let upstream = ScriptedUpstream::start([Script::Stream(frames, End::Stall)]).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.prices = vec![price("local/*", 0, 1_000_000)];
    config.budgets.unnamed_tokens = 5;
    let s = Setup::with(config).await;
    s.allow_ada(json!({"microsPerDay": 7})).await;
    let frames = Frames::open(&s.ada(), &chat("scripted-1", "x", true).to_string()).await;
    let events = frames.events().await;
    assert!(events.last().unwrap().contains("ai.budget_exhausted"), "{events:?}");
}

#[tokio::test]
async fn the_same_of_anthropics_dialect() {
    let piece = event(json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a"}}));
    let (head, tail) = piece.split_at(50);
    let frames = vec![message_start() + head, [tail, piece.repeat(20).as_str()].concat()];
    let upstream = ScriptedUpstream::start([Script::Stream(frames, End::Stall)]).await;
    let mut config = config(&upstream, Dialect::Anthropic);
    config.prices = vec![price("local/*", 0, 1_000_000)];
    let s = Setup::with(config).await;
    s.allow_ada(json!({"microsPerDay": 7})).await;
    let mut body = message(true);
    body["max_tokens"] = json!(5);
    let mut frames = Frames::at(MESSAGES, &s.ada(), &body.to_string()).await;
    let mut text = String::new();
    while let Some(frame) = frames.next().await {
        text.push_str(&frame);
    }
    let last = text.trim_end().rsplit("\n\n").next().unwrap();
    assert!(last.starts_with("event: error\ndata: {"), "{text}");
    assert!(last.contains("rate_limit_error"), "{text}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_told_in_anthropics_dialect_and_an_error_of_its_own_have_failed() {
    let call = json!({"id": "c", "function": {"name": "f", "arguments": "no json"}});
    let odd = whole(json!({"choices": [{"message": {"tool_calls": [call]}, "finish_reason": "tool_calls"}]}));
    let error = event(json!({"type": "error", "error": {"type": "overloaded_error", "message": "x"}}));
    let native = Script::Stream(vec![message_start(), error], End::Done);
    for (dialect, script, stream) in [(Dialect::OpenAi, odd, false), (Dialect::Anthropic, native, true)] {
        let upstream = ScriptedUpstream::start([script]).await;
        let s = Setup::with(priced(&upstream, dialect)).await;
        let body = message(stream).to_string();
        let answer = s.ada().open(http::Method::POST, MESSAGES, Some(body)).await;
        drop(http_body_util::BodyExt::collect(answer.into_body()).await.unwrap());
        assert!(s.metered().await[0].failed, "{dialect:?}");
    }
}

#[tokio::test]
async fn counting_tokens_is_for_the_keys_models_and_counts_among_its_calls() {
    let s = Setup::demo().await;
    let path = "/v1/messages/count_tokens";
    let body = json!({"model": "demo/scripted", "messages": [{"role": "user", "content": "x"}]});
    let (_, key) = s.keyed(json!({"models": ["demo/hashed*"]})).await;
    assert_eq!(
        key.post(path, body.clone()).await.expect_code(403),
        "ai.model_not_allowed"
    );
    let (_, key) = s.keyed(json!({"limits": {"requestsPerMinute": 1}})).await;
    key.post(path, body.clone()).await.expect(200);
    assert_eq!(key.post(path, body).await.expect_code(429), "ai.rate_limited");
}

#[tokio::test]
async fn a_key_has_tokens_for_a_day_and_for_a_month() {
    let s = Setup::demo().await;
    for (limit, after) in [("tokensPerDay", 24 * 3600), ("tokensPerMonth", 31 * 24 * 3600)] {
        let (id, key) = s.keyed(json!({"limits": {limit: 150}})).await;
        asked(&key, 20).await.expect(200);
        let refused = asked(&key, 120).await;
        assert_eq!(refused.headers["retry-after"], after.to_string());
        assert_eq!(refused.expect_code(429), "ai.budget_exhausted");
        let wrong = json!({"limits": {limit: 1_000_000_000_000_001u64}});
        s.ada().patch(&format!("/api/ai/keys/{id}"), wrong).await.expect(422);
        s.ada().delete(&format!("/api/ai/keys/{id}")).await.expect(204);
    }
    s.flush().await;
    assert_eq!(s.store.scan("ledgers", None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn names_of_models_that_callers_make_up_do_not_fill_their_usage() {
    let answer = json!({"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": 1}});
    let upstream = ScriptedUpstream::start((0..1_002).map(|_| whole(answer.clone()))).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.providers[0].any_model = true;
    let s = Setup::with(config).await;
    for number in 0..1_002 {
        s.ada()
            .post("/v1/chat/completions", chat(&format!("local/{number}"), "x", false))
            .await
            .expect(200);
    }
    s.flush().await;
    let all = s.store.scan("usage", None, 1_001).await.unwrap();
    assert_eq!(all.len(), 1_001);
    let other = all
        .iter()
        .filter(|doc| String::from_utf8_lossy(&doc.body).contains("\"_OTHER\""));
    assert_eq!(other.count(), 1);
}

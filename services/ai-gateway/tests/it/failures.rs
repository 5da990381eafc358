//! What goes wrong is told as it is.

use std::time::Instant;

use serde_json::{Value, json};
use testkit::{End, Script, ScriptedUpstream};
use tokio::sync::mpsc;

use super::routes::{over, streamed};
use super::{DEADLINE, Dialect, Frames, Setup, chat, config};

fn failing(status: u16, body: &str) -> Script {
    Script::Whole(status, Vec::new(), body.into())
}

#[tokio::test]
async fn a_failure_of_the_provider_has_openais_shape_and_a_stable_code() {
    let cases = [
        (
            500,
            r#"{"error":{"message":"model exploded"}}"#,
            502,
            "ai.upstream_failed",
            "model exploded",
        ),
        (
            401,
            r#"{"error":{"message":"key sk-up*** is wrong"}}"#,
            502,
            "ai.upstream_failed",
            "does not accept",
        ),
        (302, "", 502, "ai.upstream_failed", "redirect"),
        (429, "{}", 429, "ai.upstream_rate_limited", "too many requests"),
        (
            400,
            r#"{"error":{"message":"context too long"}}"#,
            400,
            "ai.upstream_refused",
            "context too long",
        ),
        (504, "", 504, "ai.upstream_timeout", "too long"),
    ];
    for stream in [false, true] {
        let upstream = ScriptedUpstream::start(cases.iter().map(|(status, body, ..)| failing(*status, body))).await;
        let s = Setup::before(&upstream, Dialect::OpenAi).await;
        for (_, _, status, code, words) in &cases {
            let reply = s
                .ada()
                .post("/v1/chat/completions", chat("local/scripted-1", "x", stream))
                .await;
            assert_eq!(reply.headers.contains_key("retry-after"), *status == 429, "{reply:?}");
            let problem = reply.expect(*status);
            assert_eq!(problem["code"], *code);
            let message = problem["error"]["message"].as_str().unwrap();
            assert!(message.contains(words) && !message.contains("sk-up"), "{message}");
            assert!(problem["error"]["type"].is_string() && problem["error"]["code"] == *code);
        }
        assert!(s.metered().await.is_empty(), "what never began is not metered");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = ScriptedUpstream::start([failing(200, "{}")]).await;
    let redirect = Script::Whole(307, vec![("location", format!("{}/v1", elsewhere.url))], String::new());
    let upstream = ScriptedUpstream::start([redirect]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    s.ada()
        .post("/v1/chat/completions", chat("scripted-1", "x", false))
        .await
        .expect(502);
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn the_providers_pause_is_passed_on() {
    let limited = Script::Whole(429, vec![("retry-after", "17".into())], "{}".into());
    let upstream = ScriptedUpstream::start([limited]).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.limits.retries_max = 2;
    let s = Setup::with(config).await;
    let reply = s
        .ada()
        .post("/v1/chat/completions", chat("scripted-1", "x", false))
        .await;
    assert_eq!(
        (reply.status.as_u16(), &reply.headers["retry-after"]),
        (429, &"17".parse().unwrap())
    );
    assert_eq!(
        upstream.received().len(),
        1,
        "so long a pause is for the caller to make"
    );
}

#[tokio::test]
async fn before_the_first_byte_it_is_tried_again_twice_and_no_more() {
    let upstream =
        ScriptedUpstream::start([failing(503, ""), failing(429, ""), failing(200, "{\"choices\":[]}")]).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.limits.retries_max = 2;
    let s = Setup::with(config).await;
    s.ada()
        .post("/v1/chat/completions", chat("scripted-1", "x", false))
        .await
        .expect(200);
    (0..3).for_each(|_| upstream.then(failing(503, "")));
    s.ada()
        .post("/v1/chat/completions", chat("scripted-1", "x", false))
        .await
        .expect(502);
    assert_eq!(upstream.received().len(), 6);
    // A 500 may have cost money already.
    upstream.then(failing(500, ""));
    s.ada()
        .post("/v1/chat/completions", chat("scripted-1", "x", false))
        .await
        .expect(502);
    assert_eq!(upstream.received().len(), 7);
}

#[tokio::test]
async fn nobody_there_is_a_failure_and_not_the_demo() {
    let upstream = ScriptedUpstream::start([]).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    config.providers[0].base_url = Some(format!("http://{closed}/v1"));
    let s = Setup::with(config).await;
    let problem = s
        .ada()
        .post("/v1/chat/completions", chat("default", "hello", true))
        .await
        .expect(502);
    assert!(
        !problem.to_string().contains(&closed.port().to_string()),
        "the operator's addresses stay inside: {problem}"
    );
    assert_eq!(
        s.ada()
            .post("/v1/chat/completions", chat("demo/scripted", "hello", true))
            .await
            .expect_code(404),
        "ai.model_not_found"
    );
}

#[tokio::test]
async fn a_stream_that_breaks_off_or_stalls_ends_with_an_error_and_is_metered() {
    let begun = || vec!["data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n".repeat(5)];
    let scripts = [
        Script::Stream(begun(), End::Cut),
        Script::Stream(begun(), End::Stall),
        Script::Stream(begun(), End::Done),
    ];
    let upstream = ScriptedUpstream::start(scripts).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    for code in ["ai.upstream_failed", "ai.upstream_timeout", "ai.upstream_failed"] {
        let events = Frames::open(&s.ada(), &chat("scripted-1", "x", true).to_string())
            .await
            .events()
            .await;
        let last: Value = serde_json::from_str(events.last().unwrap()).unwrap();
        assert_eq!(last["error"]["code"], code, "{events:?}");
    }
    let metered = s.metered().await;
    assert_eq!(
        metered.iter().map(|m| m.completion_tokens).collect::<Vec<_>>(),
        [4, 4, 4]
    );
    upstream.abandoned(1).await;
}

#[tokio::test]
async fn a_provider_that_never_begins_is_given_up() {
    let upstream = ScriptedUpstream::start([Script::Silence]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    let reply = s
        .ada()
        .post("/v1/chat/completions", chat("scripted-1", "x", true))
        .await;
    assert_eq!(reply.expect_code(504), "ai.upstream_timeout");
    upstream.abandoned(1).await;
}

#[tokio::test]
async fn an_unknown_model_and_a_wrong_body_are_refused_in_openais_shape() {
    let s = Setup::demo().await;
    let ada = s.ada();
    for (body, status, part) in [
        (
            json!({"model": "no-such-model", "messages": [{"role": "user", "content": "x"}]}),
            404,
            "no-such-model",
        ),
        (json!({"model": "demo/scripted"}), 422, "messages"),
        (json!({"model": "demo/scripted", "messages": []}), 422, "messages"),
        (
            json!({"model": "demo/scripted", "messages": [{"role": "wizard", "content": "x"}]}),
            422,
            "role",
        ),
        (
            json!({"model": "demo/hashed-ngrams", "messages": [{"role": "user", "content": "x"}]}),
            422,
            "chat",
        ),
        (json!({"messages": [{}]}), 422, "model"),
        (json!([1]), 422, ""),
    ] {
        let problem = ada.post("/v1/chat/completions", body.clone()).await.expect(status);
        assert!(
            problem["error"]["message"].as_str().unwrap().contains(part),
            "{body}: {problem}"
        );
    }
    let raw = |text: &str| ada.open(http::Method::POST, "/v1/chat/completions", Some(text.to_owned()));
    assert_eq!(raw("{").await.status(), 400);
    assert_eq!(raw(&format!("\"{}\"", "x".repeat(3 * 1024 * 1024))).await.status(), 413);
    let plain = ada.clone().header("content-type", "text/plain");
    assert_eq!(
        plain
            .open(http::Method::POST, "/v1/chat/completions", Some("{}".into()))
            .await
            .status(),
        415
    );
    s.app
        .anonymous()
        .post("/v1/chat/completions", chat("demo/scripted", "x", false))
        .await
        .expect(401);
}

#[tokio::test]
async fn more_calls_at_once_than_allowed_are_told_to_come_back() {
    let upstream = ScriptedUpstream::start([Script::Stream(vec!["data: {}\n\n".into()], End::Stall)]).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.limits.calls_max = 1;
    let s = Setup::with(config).await;
    let held = Frames::open(&s.ada(), &chat("scripted-1", "x", true).to_string()).await;
    let refused = s
        .ada()
        .post("/v1/chat/completions", chat("scripted-1", "x", true))
        .await;
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(refused.expect_code(503), "ai.full");
    drop(held);
    upstream.abandoned(1).await;
    upstream.then(failing(200, "{\"choices\":[]}"));
    s.ada()
        .post("/v1/chat/completions", chat("scripted-1", "x", true))
        .await
        .expect(200);
}

#[tokio::test]
async fn one_person_does_not_take_every_place() {
    let stalled = || Script::Stream(vec!["data: {}\n\n".into()], End::Stall);
    let upstream = ScriptedUpstream::start([stalled(), stalled()]).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.limits.calls_per_user_max = 1;
    let s = Setup::with(config).await;
    let body = || chat("scripted-1", "x", true);
    let held = Frames::open(&s.ada(), &body().to_string()).await;
    let refused = s.ada().post("/v1/chat/completions", body()).await;
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(refused.expect_code(429), "ai.too_many_calls");
    let texts = json!({"model": "scripted-1", "input": "x"});
    let embedded = s.ada().post("/v1/embeddings", texts).await;
    assert_eq!(embedded.expect_code(429), "ai.too_many_calls");
    let run = s.pieces("scripted-1", "x").await.unwrap_err();
    assert_eq!(run.kind.status(), 429);
    assert_eq!(run.code, "ai.too_many_calls", "an agent's run counts for who pays");
    let grace = s.app.by(s.world.users().add("grace"));
    let graces = Frames::open(&grace, &body().to_string()).await;
    drop((held, graces));
    upstream.abandoned(2).await;
    upstream.then(failing(200, "{\"choices\":[]}"));
    s.ada().post("/v1/chat/completions", body()).await.expect(200);
}

#[tokio::test]
async fn a_configuration_that_makes_no_sense_is_refused_at_the_start() {
    let upstream = ScriptedUpstream::start([]).await;
    let good = config(&upstream, Dialect::OpenAi);
    let mut wrong = vec![good.clone(), good.clone(), good.clone(), good.clone(), good];
    wrong[0].providers[0].models.clear();
    wrong[1].providers[0].base_url = Some("file:///etc/passwd".into());
    wrong[2].providers[0].api_key_file = Some("/nowhere".into());
    wrong[3].providers[0].name = "a/b".into();
    let twice = wrong[4].providers[0].clone();
    wrong[4].providers.push(twice);
    for config in wrong {
        let world = super::World::new().await;
        let deps = super::Deps {
            ambient: world.ambient(),
            store: world.store("x").await,
            ephemeral: world.ephemeral(),
            config,
        };
        assert_eq!(ai_gateway::open(deps).await.err().unwrap().code, "ai.config_invalid");
    }
}

#[tokio::test]
async fn comments_are_no_beginning_of_an_answer() {
    let comment = ": one moment\n\n".to_owned();
    let told = "data: {\"error\":{\"message\":\"full\"}}\n\n".to_owned();
    for script in [
        Script::Stream(vec![comment.clone(), comment.clone()], End::Stall),
        Script::Stream(vec![comment.clone(), comment.clone()], End::Done),
        Script::Stream(vec![comment.clone(), told], End::Stall),
        Script::Stream(vec![comment; 100], End::Stall),
    ] {
        let (a, b) = (
            ScriptedUpstream::start([script]).await,
            ScriptedUpstream::start([streamed("from b")]).await,
        );
        let mut config = over(&[&a, &b]);
        config.timeouts.first_token_ms = 1_000;
        config.limits.event_bytes_max = 1_000;
        let s = Setup::with(config).await;
        assert_eq!(s.heard("fast").await, "from b");
    }
}

#[tokio::test]
async fn comments_and_pings_keep_no_silent_answer_alive() {
    for word in [": still here\n\n", "event: ping\ndata: {\"type\": \"ping\"}\n\n"] {
        keeps_nothing_alive(word).await;
    }
}

async fn keeps_nothing_alive(word: &str) {
    let (frames, live) = mpsc::unbounded_channel();
    let upstream = ScriptedUpstream::start([Script::Live(live)]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    frames
        .send("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n".into())
        .unwrap();
    let mut got = Frames::open(&s.ada(), &chat("scripted-1", "x", true).to_string()).await;
    let mut last = got.next().await.unwrap();
    // Each of them goes on, until the gateway has waited long enough for a word.
    let begun = Instant::now();
    while !last.contains("ai.upstream_timeout") {
        assert!(begun.elapsed() < DEADLINE, "{word} keeps it alive");
        // Fails once the gateway has left.
        let _ = frames.send(word.to_owned());
        last = got.next().await.unwrap();
    }
    assert_eq!(got.next().await, None);
}

#[tokio::test]
async fn a_stream_that_is_put_together_is_no_larger_than_an_answer_may_be() {
    let chunk = json!({"choices": [{"delta": {"content": "word ".repeat(100)}}]});
    let frames = vec![format!("data: {chunk}\n\n"); 10];
    let upstream = ScriptedUpstream::start([Script::Stream(frames, End::Stall)]).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.limits.answer_bytes_max = 4_000;
    config.timeouts.between_tokens_ms = 30_000;
    let s = Setup::with(config).await;
    let body = json!({"model": "scripted-1", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]});
    let problem = s.ada().post("/v1/messages", body).await.expect(502);
    assert!(problem.to_string().contains("too large"), "{problem}");
}

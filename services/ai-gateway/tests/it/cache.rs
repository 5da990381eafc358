//! The same request of the same person is answered again without asking a model, where the operator wants it.

use std::time::Duration;

use contracts::auth::AccountEvent;
use serde_json::{Value, json};
use testkit::{Asker, End, Script, ScriptedUpstream};
use tokio::sync::mpsc;

use super::routes::over;
use super::{Config, Dialect, Frames, Setup, chat, config};

const CHAT: &str = "/v1/chat/completions";
const DONE: &str = "data: [DONE]\n\n";

/// An answer with a number in it, so that no two are alike.
fn whole(number: usize) -> Script {
    let answer =
        json!({"choices": [{"message": {"content": number}}], "usage": {"prompt_tokens": 3, "completion_tokens": 2}});
    Script::Whole(200, Vec::new(), answer.to_string())
}

fn chunk(text: &str) -> String {
    format!("data: {}\n\n", json!({"choices": [{"delta": {"content": text}}]}))
}

fn streamed(frames: &[String]) -> Script {
    Script::Stream(frames.to_vec(), End::Done)
}

fn frames_of(number: usize) -> Vec<String> {
    vec![chunk(""), chunk(&number.to_string()), DONE.to_owned()]
}

fn cached(upstream: &ScriptedUpstream) -> Config {
    let mut config = config(upstream, Dialect::OpenAi);
    config.cache.enabled = true;
    config
}

async fn with_cache(upstream: &ScriptedUpstream) -> Setup {
    Setup::with(cached(upstream)).await
}

/// Asks; returns where the answer came from and its text.
async fn ask(asker: &Asker, path: &str, body: &Value) -> (Option<String>, String) {
    let reply = asker.post(path, body.clone()).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let source = reply
        .headers
        .get("x-aichat-cache")
        .map(|v| v.to_str().unwrap().to_owned());
    (source, reply.text)
}

/// Asks for a chat; returns where its answer came from.
async fn source(asker: &Asker, body: &Value) -> String {
    ask(asker, CHAT, body).await.0.unwrap()
}

#[tokio::test]
async fn the_same_request_asks_the_model_once_and_costs_nothing_again() {
    let upstream = ScriptedUpstream::start([whole(1), whole(2)]).await;
    let s = with_cache(&upstream).await;
    let first = ask(&s.ada(), CHAT, &chat("scripted-1", "x", false)).await;
    let again = ask(&s.ada(), CHAT, &chat("scripted-1", "x", false)).await;
    assert_eq!((first.0.as_deref(), again.0.as_deref()), (Some("miss"), Some("hit")));
    assert_eq!((first.1, upstream.received().len()), (again.1, 1));
    let metered: Vec<_> = s
        .metered()
        .await
        .iter()
        .map(|m| (m.cached, m.prompt_tokens, m.completion_tokens))
        .collect();
    assert_eq!(metered, [(false, 3, 2), (true, 0, 0)]);
    let used = s.ada().get("/api/ai/usage").await.expect(200)["items"][0].clone();
    assert_eq!(
        (&used["calls"], &used["cached"], &used["promptTokens"]),
        (&json!(2), &json!(1), &json!(3))
    );
}

#[tokio::test]
async fn it_is_off_unless_the_operator_switched_it_on() {
    let upstream = ScriptedUpstream::start([whole(1), whole(2)]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    for _ in 0..2 {
        assert_eq!(ask(&s.ada(), CHAT, &chat("scripted-1", "x", false)).await.0, None);
    }
    assert_eq!(upstream.received().len(), 2);
}

#[tokio::test]
async fn nobody_is_given_what_another_person_asked_for() {
    let upstream = ScriptedUpstream::start([whole(1), whole(2)]).await;
    let s = with_cache(&upstream).await;
    let grace = s.app.by(s.world.users().add("grace"));
    let body = chat("scripted-1", "x", false);
    let (adas, graces) = (ask(&s.ada(), CHAT, &body).await, ask(&grace, CHAT, &body).await);
    assert_eq!((graces.0.as_deref(), upstream.received().len()), (Some("miss"), 2));
    assert_ne!(adas.1, graces.1);
    assert_eq!(ask(&s.ada(), CHAT, &body).await.1, adas.1);
}

#[tokio::test]
async fn one_other_byte_or_model_is_another_request_but_another_name_of_the_model_is_not() {
    let upstream = ScriptedUpstream::start((0..5).map(whole)).await;
    let mut config = cached(&upstream);
    config.providers[0].models.push("scripted-2".into());
    let s = Setup::with(config).await;
    for (body, came_from) in [
        (chat("scripted-1", "x", false), "miss"),
        (chat("scripted-2", "x", false), "miss"),
        (chat("scripted-1", "y", false), "miss"),
        (chat("scripted-1", "x", true), "miss"),
        (chat("local/scripted-1", "x", false), "hit"),
        (chat("default", "x", false), "hit"),
    ] {
        assert_eq!(source(&s.ada(), &body).await, came_from, "{body}");
    }
}

#[tokio::test]
async fn a_stream_comes_again_frame_by_frame_and_byte_by_byte() {
    let sent = [
        ": hello\n\n",
        "data: {\"choices\":[{\"delta\":",
        "{\"content\":\"\\u0041\"}}]}\r\n\r\n",
        DONE,
    ]
    .map(str::to_owned);
    let (frames, live) = mpsc::unbounded_channel();
    let upstream = ScriptedUpstream::start([Script::Live(live)]).await;
    let s = with_cache(&upstream).await;
    let body = chat("scripted-1", "x", true).to_string();
    // A comment alone is no beginning; then all goes on.
    frames.send(sent[0].clone()).unwrap();
    frames.send(sent[1].clone()).unwrap();
    let mut first = Frames::open(&s.ada(), &body).await;
    for (at, frame) in sent.iter().enumerate() {
        (at > 1).then(|| frames.send(frame.clone()).unwrap());
        assert_eq!(first.next().await.as_ref(), Some(frame));
    }
    drop((frames, first));
    let mut again = Frames::open(&s.ada(), &body).await;
    for frame in &sent {
        assert_eq!(again.next().await.as_ref(), Some(frame));
    }
    assert_eq!((again.next().await, upstream.received().len()), (None, 1));
}

#[tokio::test]
async fn what_was_translated_from_another_dialect_comes_again_with_the_same_id_too() {
    let s = Setup::with(Config {
        cache: ai_gateway::CacheConfig {
            enabled: true,
            ..Default::default()
        },
        ..Config::default()
    })
    .await;
    for stream in [true, false] {
        let body = chat("demo/scripted", "hello", stream);
        let (first, again) = (ask(&s.ada(), CHAT, &body).await, ask(&s.ada(), CHAT, &body).await);
        assert_eq!((first.1, again.0.as_deref()), (again.1, Some("hit")));
    }
    assert_eq!(s.metered().await.iter().filter(|m| m.cached).count(), 2);
}

#[tokio::test]
async fn a_stream_that_did_not_end_well_is_never_kept() {
    let told = "data: {\"error\":{\"message\":\"no\"}}\n\n".to_owned();
    let no_done = "data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\n\n".to_owned();
    let scripts = [
        Script::Stream(vec![chunk("a")], End::Cut),
        Script::Stream(vec![chunk("a")], End::Done),
        Script::Stream(vec![chunk("a")], End::Stall),
        streamed(&[chunk("a"), told, DONE.to_owned()]),
        streamed(&[no_done]),
        streamed(&frames_of(1)),
    ];
    let count = scripts.len();
    let upstream = ScriptedUpstream::start(scripts).await;
    let s = with_cache(&upstream).await;
    let body = chat("scripted-1", "x", true);
    for _ in 0..count {
        assert_eq!(source(&s.ada(), &body).await, "miss");
    }
    assert_eq!(
        (source(&s.ada(), &body).await.as_str(), upstream.received().len()),
        ("hit", count)
    );
}

#[tokio::test]
async fn a_stream_whose_reader_left_is_not_kept() {
    let (frames, live) = mpsc::unbounded_channel();
    let upstream = ScriptedUpstream::start([Script::Live(live), streamed(&frames_of(1))]).await;
    let s = with_cache(&upstream).await;
    let body = chat("scripted-1", "x", true);
    frames.send(chunk("a")).unwrap();
    let mut left = Frames::open(&s.ada(), &body.to_string()).await;
    left.next().await.unwrap();
    drop(left);
    upstream.abandoned(1).await;
    assert_eq!(source(&s.ada(), &body).await, "miss");
    assert_eq!(source(&s.ada(), &body).await, "hit");
}

#[tokio::test]
async fn a_failure_is_never_kept_whatever_its_status() {
    let failure = |status| Script::Whole(status, Vec::new(), json!({"error": {"message": "no"}}).to_string());
    let upstream = ScriptedUpstream::start([failure(500), failure(200), whole(1)]).await;
    let s = with_cache(&upstream).await;
    let body = chat("scripted-1", "x", false);
    s.ada().post(CHAT, body.clone()).await.expect(502);
    for came_from in ["miss", "miss", "hit"] {
        assert_eq!(source(&s.ada(), &body).await, came_from);
    }
}

#[tokio::test]
async fn a_caller_may_have_a_new_answer_kept_or_not() {
    let upstream = ScriptedUpstream::start((1..=3).map(whole)).await;
    let s = with_cache(&upstream).await;
    let body = chat("scripted-1", "x", false);
    let (plain, wishes) = (s.ada(), |wish| s.ada().header("x-aichat-cache", wish));
    let first = ask(&plain, CHAT, &body).await;
    let off = ask(&wishes("off"), CHAT, &body).await;
    assert_eq!((off.0, ask(&plain, CHAT, &body).await.1), (None, first.1));
    let fresh = ask(&wishes("refresh"), CHAT, &body).await;
    assert_eq!((fresh.0.as_deref(), upstream.received().len()), (Some("miss"), 3));
    assert_eq!(ask(&plain, CHAT, &body).await, (Some("hit".into()), fresh.1));
    let wrong = wishes("maybe").post(CHAT, body).await.expect(422);
    assert_eq!(wrong["errors"][0]["field"], "x-aichat-cache");
}

#[tokio::test]
async fn an_answer_is_kept_for_its_time_and_no_longer() {
    let upstream = ScriptedUpstream::start((1..=2).map(whole)).await;
    let s = with_cache(&upstream).await;
    let body = chat("scripted-1", "x", false);
    assert_eq!(source(&s.ada(), &body).await, "miss");
    s.world.advance(Duration::from_millis(299_999));
    assert_eq!(source(&s.ada(), &body).await, "hit");
    s.world.advance(Duration::from_millis(1));
    assert_eq!(source(&s.ada(), &body).await, "miss");
}

#[tokio::test]
async fn there_is_room_for_the_latest_answers_only() {
    let upstream = ScriptedUpstream::start((0..6).map(whole)).await;
    let mut config = cached(&upstream);
    config.cache.bytes_max = 1_200;
    config.cache.entry_bytes_max = 600;
    let s = Setup::with(config).await;
    let body = |text: &str| chat("scripted-1", text, false);
    for text in ["a", "b", "c", "d"] {
        assert_eq!(source(&s.ada(), &body(text)).await, "miss");
    }
    for (text, came_from) in [("d", "hit"), ("c", "hit"), ("a", "miss"), ("b", "miss")] {
        assert_eq!(source(&s.ada(), &body(text)).await, came_from, "{text}");
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_passes_and_is_not_kept() {
    let long = |number: usize| [vec![chunk(&"x".repeat(300))], frames_of(number)].concat();
    let scripts = [streamed(&long(1)), streamed(&long(2)), whole(3)];
    let upstream = ScriptedUpstream::start(scripts).await;
    let mut config = cached(&upstream);
    config.cache.entry_bytes_max = 200;
    let s = Setup::with(config).await;
    for number in [1, 2] {
        let (source, text) = ask(&s.ada(), CHAT, &chat("scripted-1", "x", true)).await;
        assert_eq!((source.as_deref(), text), (Some("miss"), long(number).concat()));
    }
    assert_eq!(source(&s.ada(), &chat("scripted-1", "x", false)).await, "miss");
    assert_eq!(source(&s.ada(), &chat("scripted-1", "x", false)).await, "hit");
}

#[tokio::test]
async fn the_answers_of_whoever_is_banned_or_erased_go_at_once_and_none_come_after() {
    let told: [fn(kernel::UserId) -> AccountEvent; 2] = [
        |user_id| AccountEvent::Deleted { user_id },
        |user_id| AccountEvent::Banned {
            user_id,
            reason: "spam".into(),
        },
    ];
    for told in told {
        let upstream = ScriptedUpstream::start((0..5).map(whole)).await;
        let s = with_cache(&upstream).await;
        let grace = s.app.by(s.world.users().add("grace"));
        let body = chat("scripted-1", "x", false);
        for asker in [&s.ada(), &grace] {
            assert_eq!(source(asker, &body).await, "miss");
        }
        s.told(told(s.ada)).await;
        for _ in 0..2 {
            assert_eq!(source(&s.ada(), &body).await, "miss");
        }
        assert_eq!(source(&grace, &body).await, "hit");
    }
}

#[tokio::test]
async fn embeddings_are_kept_apart_from_chats() {
    let vectors = || Script::Whole(200, Vec::new(), json!({"data": [{"embedding": [0.5]}]}).to_string());
    let upstream = ScriptedUpstream::start([vectors(), whole(1)]).await;
    let s = with_cache(&upstream).await;
    let body = json!({"model": "scripted-1", "input": "a", "messages": [1]});
    let first = ask(&s.ada(), "/v1/embeddings", &body).await;
    let again = ask(&s.ada(), "/v1/embeddings", &body).await;
    assert_eq!((first.1, again.0.as_deref()), (again.1, Some("hit")));
    assert_eq!(source(&s.ada(), &body).await, "miss");
}

#[tokio::test]
async fn agents_in_rooms_never_repeat_what_they_said() {
    let upstream = ScriptedUpstream::start([streamed(&frames_of(1)), streamed(&frames_of(2))]).await;
    let s = with_cache(&upstream).await;
    for _ in 0..2 {
        s.pieces("default", "x").await.unwrap();
    }
    assert_eq!(upstream.received().len(), 2);
}

#[tokio::test]
async fn a_hit_takes_a_place_while_it_is_read_and_frees_it_after() {
    let upstream = ScriptedUpstream::start([streamed(&frames_of(1))]).await;
    let mut config = cached(&upstream);
    config.limits.calls_per_user_max = 1;
    let s = Setup::with(config).await;
    let body = chat("scripted-1", "x", true);
    assert_eq!(source(&s.ada(), &body).await, "miss");
    let mut reading = Frames::open(&s.ada(), &body.to_string()).await;
    reading.next().await.unwrap();
    assert_eq!(
        s.ada().post(CHAT, body.clone()).await.expect_code(429),
        "ai.too_many_calls"
    );
    drop(reading);
    assert_eq!(source(&s.ada(), &body).await, "hit");
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused_at_the_start() {
    let upstream = ScriptedUpstream::start([]).await;
    let mut config = cached(&upstream);
    config.cache.ttl_seconds = 0;
    let world = super::World::new().await;
    let deps = super::Deps {
        ambient: world.ambient(),
        store: world.store("x").await,
        ephemeral: world.ephemeral(),
        config,
    };
    assert_eq!(ai_gateway::open(deps).await.err().unwrap().code, "ai.config_invalid");
}

#[tokio::test]
async fn a_provider_that_was_changed_answers_itself() {
    let first = ScriptedUpstream::start([whole(1)]).await;
    let second = ScriptedUpstream::start([whole(2)]).await;
    let mut config = cached(&first);
    config.providers_may_be_private = true;
    let s = Setup::with(config).await;
    let body = chat("added/m", "x", false);
    for upstream in [&first, &second] {
        let spec = json!({"dialect": "openai", "baseUrl": format!("{}/v1", upstream.url), "models": ["m"]});
        let put = s.admin().put("/api/ai/providers/added", spec).await;
        assert!(put.status.is_success());
        assert_eq!(source(&s.ada(), &body).await, "miss");
        assert_eq!(source(&s.ada(), &body).await, "hit");
    }
}

#[tokio::test]
async fn a_key_that_may_not_ask_all_who_may_answer_gets_no_kept_answer_either() {
    let upstream = ScriptedUpstream::start([whole(1)]).await;
    let mut config = over(&[&upstream, &upstream]);
    config.cache.enabled = true;
    let s = Setup::with(config).await;
    let body = chat("fast", "x", false);
    assert_eq!(source(&s.ada(), &body).await, "miss");
    for (models, status) in [
        (json!(["a/m"]), 403),
        (json!(["a/m", "b/m"]), 200),
        (json!(["fast"]), 200),
    ] {
        let (_, key) = s.keyed(json!({ "models": models })).await;
        key.post(CHAT, body.clone()).await.expect(status);
    }
}

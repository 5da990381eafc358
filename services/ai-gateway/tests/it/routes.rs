//! Names that stand for several targets: who is asked, and who answers when one fails.

use ai_gateway::{
    BreakerConfig, Config, HedgeConfig, NamedModel, OwnTimeouts, ProviderConfig, RetryConfig, Strategy, TargetConfig,
};
use contracts::ai_gateway::Piece;
use serde_json::{Value, json};
use testkit::{End, Reply, Script, ScriptedUpstream};

use super::{Dialect, Frames, Setup, chat, config, said};

/// A named model `fast` over the model `m` of as many providers `a`, `b`, ….
pub(super) fn over(upstreams: &[&ScriptedUpstream]) -> Config {
    let mut all = config(upstreams[0], Dialect::OpenAi);
    let providers = upstreams
        .iter()
        .zip(["a", "b", "c"])
        .map(|(upstream, name)| ProviderConfig {
            name: name.into(),
            models: vec!["m".into()],
            base_url: Some(format!("{}/v1", upstream.url)),
            ..all.providers[0].clone()
        });
    all.providers = providers.collect();
    // Long, so that a busy machine is not taken for a silent provider.
    all.timeouts.first_token_ms = 30_000;
    all.models = vec![named("fast", &["a/m", "b/m", "c/m"][..upstreams.len()])];
    all
}

fn named(name: &str, targets: &[&str]) -> NamedModel {
    let target = |model: &&str| TargetConfig {
        model: (*model).into(),
        weight: 1,
    };
    NamedModel {
        name: name.into(),
        targets: targets.iter().map(target).collect(),
        strategy: Strategy::Ordered,
        timeouts: OwnTimeouts::default(),
        hedge: None,
    }
}

pub(super) fn failing(status: u16) -> Script {
    Script::Whole(status, Vec::new(), "{}".into())
}

pub(super) fn answer(text: &str) -> Script {
    let body =
        json!({"choices": [{"message": {"content": text}}], "usage": {"prompt_tokens": 3, "completion_tokens": 4}});
    Script::Whole(200, Vec::new(), body.to_string())
}

pub(super) fn streamed(text: &str) -> Script {
    let chunk = json!({"choices": [{"delta": {"content": text}, "finish_reason": "stop"}]});
    Script::Stream(vec![format!("data: {chunk}\n\n"), "data: [DONE]\n\n".into()], End::Done)
}

impl Setup {
    pub(super) async fn asked(&self, model: &str) -> Reply {
        self.ada()
            .post("/v1/chat/completions", chat(model, "hello", false))
            .await
    }

    pub(super) async fn heard(&self, model: &str) -> String {
        let body = chat(model, "hello", true).to_string();
        said(&Frames::open(&self.ada(), &body).await.events().await)
    }

    async fn models_metered(&self) -> Vec<String> {
        self.metered().await.into_iter().map(|e| e.call.model).collect()
    }
}

pub(super) fn content(reply: Reply) -> String {
    reply.expect(200)["choices"][0]["message"]["content"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_named_model_is_listed_first_and_may_be_the_default() {
    let a = ScriptedUpstream::start([answer("one"), answer("two")]).await;
    let mut config = over(&[&a]);
    config.models.push(named("default", &["a/m"]));
    let s = Setup::with(config).await;
    let list = s.ada().get("/v1/models").await.expect(200);
    let ids: Vec<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["fast", "default", "a/m"]);
    assert_eq!(s.ada().get("/v1/models/fast").await.expect(200)["owned_by"], "aichat");
    assert_eq!(content(s.asked("fast").await), "one");
    assert_eq!(content(s.asked("default").await), "two");
    let sent: Value = serde_json::from_slice(&a.received()[0].body).unwrap();
    assert_eq!(sent["model"], "m", "named as the provider names it");
    assert_eq!(s.models_metered().await, ["a/m", "a/m"]);
}

/// What may go wrong before the first byte; none of it is the caller's fault.
fn wrongs() -> Vec<Script> {
    let told = "data: {\"error\":{\"message\":\"overloaded\"}}\n\n".to_owned();
    let mut wrongs: Vec<Script> = [401, 404, 408, 500, 502, 503, 504].map(failing).into();
    wrongs.push(Script::Stream(Vec::new(), End::Cut));
    wrongs.push(Script::Stream(Vec::new(), End::Done));
    wrongs.push(Script::Stream(vec![told], End::Done));
    // Who asks for a pause is asked last from then on.
    wrongs.push(failing(429));
    wrongs
}

#[tokio::test]
async fn whatever_goes_wrong_at_a_target_before_its_first_byte_the_next_one_answers() {
    for stream in [false, true] {
        let (a, b) = (ScriptedUpstream::start([]).await, ScriptedUpstream::start([]).await);
        let mut config = over(&[&a, &b]);
        config.breaker.calls_min = 1_000;
        config.retries.start = 100;
        let s = Setup::with(config).await;
        for wrong in wrongs() {
            a.then(wrong);
            b.then(if stream { streamed("from b") } else { answer("from b") });
            let text = if stream {
                s.heard("fast").await
            } else {
                content(s.asked("fast").await)
            };
            assert_eq!(text, "from b");
        }
        assert_eq!(a.received().len(), b.received().len());
        let all_of_b = vec!["b/m"; b.received().len()];
        assert_eq!(s.models_metered().await, all_of_b, "the others are the operator's loss");
    }
}

#[tokio::test]
async fn who_is_silent_for_too_long_is_left_and_the_next_one_has_its_own_time() {
    let (a, b) = (
        ScriptedUpstream::start([Script::Silence]).await,
        ScriptedUpstream::start([]).await,
    );
    b.then(streamed("from b"));
    let mut config = over(&[&a, &b]);
    config.timeouts.first_token_ms = 1_500;
    let s = Setup::with(config).await;
    assert_eq!(s.heard("fast").await, "from b");
    a.abandoned(1).await;
}

#[tokio::test]
async fn who_cannot_be_reached_is_passed_over() {
    let b = ScriptedUpstream::start([answer("from b"), streamed("from b")]).await;
    let mut config = over(&[&b, &b]);
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    config.providers[0].base_url = Some(format!("http://{closed}/v1"));
    let s = Setup::with(config).await;
    assert_eq!(content(s.asked("fast").await), "from b");
    assert_eq!(s.heard("fast").await, "from b");
}

#[tokio::test]
async fn what_the_caller_did_wrong_is_wrong_everywhere() {
    for status in [400, 413, 422] {
        let (a, b) = (
            ScriptedUpstream::start([failing(status)]).await,
            ScriptedUpstream::start([]).await,
        );
        let s = Setup::with(over(&[&a, &b])).await;
        assert_eq!(s.asked("fast").await.expect_code(status), "ai.upstream_refused");
        assert!(b.received().is_empty());
    }
}

#[tokio::test]
async fn once_a_frame_has_come_nobody_else_is_asked() {
    let begun = "data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\n".to_owned();
    for end in [End::Cut, End::Done, End::Stall] {
        let a = ScriptedUpstream::start([Script::Stream(vec![begun.clone()], end)]).await;
        let b = ScriptedUpstream::start([streamed("from b")]).await;
        let s = Setup::with(over(&[&a, &b])).await;
        let events = Frames::open(&s.ada(), &chat("fast", "x", true).to_string())
            .await
            .events()
            .await;
        let last: Value = serde_json::from_str(events.last().unwrap()).unwrap();
        assert!(
            last["error"]["code"].is_string() && said(&events) == "half",
            "{events:?}"
        );
        assert!(b.received().is_empty());
        assert_eq!(s.models_metered().await, ["a/m"]);
    }
}

#[tokio::test]
async fn an_answer_that_is_put_together_here_may_still_be_anothers_until_its_end() {
    let text = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"half"}}"#;
    let a = ScriptedUpstream::start([Script::Stream(vec![format!("data: {text}\n\n")], End::Cut)]).await;
    let b = ScriptedUpstream::start([answer("from b")]).await;
    let mut config = over(&[&a, &b]);
    config.providers[0].dialect = Dialect::Anthropic;
    let s = Setup::with(config).await;
    assert_eq!(content(s.asked("fast").await), "from b");
    let written: Vec<_> = s
        .metered()
        .await
        .iter()
        .map(|e| (e.model.clone(), e.completion_tokens))
        .collect();
    assert_eq!(
        written,
        [("a/m".to_owned(), 1), ("b/m".to_owned(), 4)],
        "what was written is paid"
    );
}

#[tokio::test]
async fn fallbacks_are_paid_from_the_budget_of_all_calls() {
    let (a, b) = (
        ScriptedUpstream::start([]).await,
        ScriptedUpstream::start([answer("from b")]).await,
    );
    let mut config = over(&[&a, &b]);
    config.limits.retries_max = 5;
    config.retries = RetryConfig {
        percent: 10,
        start: 1,
        saved_max: 1,
        per_minute: 0,
    };
    let s = Setup::with(config).await;
    assert_eq!(content(s.asked("fast").await), "from b");
    for _ in 0..9 {
        s.asked("fast").await.expect(502);
    }
    assert_eq!(b.received().len(), 1, "ten calls bring one retry");
    b.then(answer("from b"));
    assert_eq!(content(s.asked("fast").await), "from b");
}

fn quick_to_open(upstreams: &[&ScriptedUpstream], open_ms: u64) -> Config {
    let mut config = over(upstreams);
    config.breaker = BreakerConfig {
        calls_min: 3,
        open_ms,
        ..BreakerConfig::default()
    };
    config.retries.start = 1_000;
    config
}

#[tokio::test]
async fn a_target_that_fails_too_often_is_left_alone() {
    let (a, b) = (ScriptedUpstream::start([]).await, ScriptedUpstream::start([]).await);
    let s = Setup::with(quick_to_open(&[&a, &b], 600_000)).await;
    for _ in 0..10 {
        b.then(answer("from b"));
        assert_eq!(content(s.asked("fast").await), "from b");
    }
    assert_eq!(a.received().len(), 3, "the others were asked of b at once");
}

#[tokio::test]
async fn after_a_while_a_probe_is_made_and_when_it_works_all_are_asked_of_it_again() {
    let (a, b) = (ScriptedUpstream::start([]).await, ScriptedUpstream::start([]).await);
    let s = Setup::with(quick_to_open(&[&a, &b], 20)).await;
    for _ in 0..3 {
        b.then(answer("from b"));
        s.asked("fast").await.expect(200);
    }
    a.then(answer("from a"));
    while a.received().len() < 4 {
        b.then(answer("from b"));
        s.asked("fast").await.expect(200);
    }
    for _ in 0..3 {
        a.then(answer("from a"));
        assert_eq!(content(s.asked("fast").await), "from a");
    }
}

#[tokio::test]
async fn when_all_are_left_alone_callers_are_told_when_to_come_back() {
    let a = ScriptedUpstream::start([]).await;
    let mut config = over(&[&a]);
    config.breaker.calls_min = 2;
    let s = Setup::with(config).await;
    for model in ["a/m", "fast"] {
        s.asked(model).await.expect(502);
    }
    let refused = s.asked("m").await;
    assert_eq!(refused.headers["retry-after"], "10");
    assert_eq!(refused.expect_code(503), "ai.no_target");
    assert_eq!(a.received().len(), 2);
}

#[tokio::test]
async fn what_the_caller_did_wrong_or_did_not_wait_for_opens_no_breaker() {
    let a = ScriptedUpstream::start([]).await;
    let mut config = over(&[&a]);
    config.breaker.calls_min = 1;
    let s = Setup::with(config).await;
    for status in [400, 404, 413, 422, 429] {
        a.then(failing(status));
        s.asked("fast").await.expect(status);
    }
    a.then(Script::Silence);
    let ada = s.ada();
    tokio::select! {
        _ = ada.post("/v1/chat/completions", chat("fast", "x", true)) => panic!("it is silent"),
        () = async { while a.received().len() < 6 { tokio::task::yield_now().await } } => {}
    }
    a.then(answer("still there"));
    assert_eq!(content(s.asked("fast").await), "still there");
}

#[tokio::test]
async fn who_asks_for_a_pause_is_asked_last() {
    let limited = Script::Whole(429, vec![("retry-after", "50".into())], "{}".into());
    let (a, b) = (
        ScriptedUpstream::start([limited]).await,
        ScriptedUpstream::start([]).await,
    );
    (0..3).for_each(|_| b.then(answer("from b")));
    let s = Setup::with(over(&[&a, &b])).await;
    for _ in 0..3 {
        assert_eq!(content(s.asked("fast").await), "from b");
    }
    assert_eq!(a.received().len(), 1);
    a.then(answer("from a"));
    assert_eq!(content(s.asked("fast").await), "from a", "but rather than nobody");
}

#[tokio::test]
async fn the_time_for_all_of_it_is_one_for_all_attempts() {
    let (a, b) = (
        ScriptedUpstream::start([Script::Silence]).await,
        ScriptedUpstream::start([]).await,
    );
    let mut config = over(&[&a, &b]);
    config.models[0].timeouts = OwnTimeouts {
        total_ms: Some(100),
        first_token_ms: Some(60_000),
        ..OwnTimeouts::default()
    };
    let s = Setup::with(config).await;
    let reply = s.ada().post("/v1/chat/completions", chat("fast", "x", true)).await;
    assert_eq!(reply.expect_code(504), "ai.upstream_timeout");
    assert!(b.received().is_empty());
}

#[tokio::test]
async fn balanced_a_call_goes_to_the_one_that_is_less_busy() {
    let (a, b) = (ScriptedUpstream::start([]).await, ScriptedUpstream::start([]).await);
    let mut config = over(&[&a, &b]);
    config.models[0].strategy = Strategy::Balanced;
    let s = Setup::with(config).await;
    let silent = || {
        a.then(Script::Silence);
        b.then(Script::Silence);
        let ada = s.ada();
        tokio::spawn(async move { ada.post("/v1/chat/completions", chat("fast", "x", true)).await })
    };
    // Nothing is known of their latency as long as nobody answers.
    for calls in 1..=6 {
        silent();
        while a.received().len() + b.received().len() < calls {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!((a.received().len(), b.received().len()), (3, 3));
}

#[tokio::test]
async fn embeddings_and_other_services_go_the_same_way() {
    let (a, b) = (ScriptedUpstream::start([]).await, ScriptedUpstream::start([]).await);
    let s = Setup::with(over(&[&a, &b])).await;
    b.then(Script::Whole(
        200,
        Vec::new(),
        json!({"data": [], "usage": {"prompt_tokens": 2}}).to_string(),
    ));
    s.ada()
        .post("/v1/embeddings", json!({"model": "fast", "input": "x"}))
        .await
        .expect(200);
    b.then(streamed("from b"));
    let pieces = s.pieces("fast", "x").await.unwrap();
    let began = Piece::Began {
        model: "b/m".into(),
        demo: false,
    };
    assert_eq!(pieces[0], Ok(began), "who answered, not who was asked first");
    assert_eq!(s.models_metered().await, ["b/m", "b/m"]);
}

#[tokio::test]
async fn everything_that_is_wrong_with_named_models_is_said_at_once() {
    let a = ScriptedUpstream::start([]).await;
    let mut config = over(&[&a]);
    config.providers.push(ProviderConfig {
        name: "demo".into(),
        dialect: Dialect::Demo,
        ..config.providers[0].clone()
    });
    config.models = vec![
        named("a/b", &["a/m"]),
        named("none", &[]),
        named("lost", &["a/other", "nowhere/m", "m"]),
        named("mixed", &["a/m", "demo/scripted"]),
        named("twice", &["a/m", "a/m"]),
        named("twice", &["a/m"]),
    ];
    config.models[3].hedge = Some(HedgeConfig {
        after_ms: 0,
        percent_max: 101,
    });
    config.models[3].targets[0].weight = 0;
    let world = super::World::new().await;
    let deps = super::Deps {
        ambient: world.ambient(),
        store: world.store("x").await,
        ephemeral: world.ephemeral(),
        config,
    };
    let refused = ai_gateway::open(deps).await.err().unwrap();
    assert_eq!(refused.code, "ai.config_invalid");
    for words in [
        "`a/b` is not",
        "`none` has 0",
        "`a/other`",
        "`nowhere/m`",
        "`m`",
        "mixes",
        "`a/m` twice",
        "`twice` is there twice",
        "hedges after",
        "weight",
    ] {
        assert!(refused.detail.contains(words), "{words}: {}", refused.detail);
    }
}

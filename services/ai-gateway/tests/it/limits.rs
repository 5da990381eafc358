//! What keys, people, agents and rooms may use: who may say so, and what is refused then.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Asker, End, Script, ScriptedUpstream};

use super::money::{a_micro_a_word, price};
use super::{Dialect, Frames, Setup, chat, config};

impl Setup {
    /// Makes a key with these terms; returns its id and somebody who asks with it.
    pub(super) async fn keyed(&self, mut terms: Value) -> (String, Asker) {
        terms["name"] = json!("k");
        let made = self.ada().post("/api/ai/keys", terms).await.expect(201);
        let bearer = format!("Bearer {}", made["key"].as_str().unwrap());
        let asker = self.app.anonymous().header("authorization", &bearer);
        (made["id"].as_str().unwrap().to_owned(), asker)
    }

    pub(super) fn admin(&self) -> Asker {
        self.app.by_admin(self.world.ambient().id())
    }

    /// Sets what Ada may use.
    pub(super) async fn allow_ada(&self, budget: Value) {
        let path = format!("/api/ai/budgets/user/{}", self.ada);
        self.admin().put(&path, budget).await.expect(200);
    }
}

/// Asks the demo for at most `words` words; it has more to say.
pub(super) fn ask(words: u32) -> Value {
    let mut body = chat("demo/scripted", "/demo long", false);
    body["max_tokens"] = json!(words);
    body
}

pub(super) async fn asked(asker: &Asker, words: u32) -> testkit::Reply {
    asker.post("/v1/chat/completions", ask(words)).await
}

#[tokio::test]
async fn a_key_is_limited_as_its_owner_says_and_the_list_tells_what_is_left() {
    let s = Setup::with(a_micro_a_word()).await;
    let (id, key) = s.keyed(json!({"budget": {"micros": 30, "window": "month"}})).await;
    asked(&key, 20).await.expect(200);
    let refused = asked(&key, 20).await;
    assert_eq!(refused.headers["retry-after"], (31 * 24 * 3600).to_string());
    assert_eq!(refused.expect_code(429), "ai.budget_exhausted");
    s.flush().await;
    let path = format!("/api/ai/keys/{id}");
    let budget = s.ada().get("/api/ai/keys").await.expect(200)["items"][0]["budget"].clone();
    let left = json!({"micros": 30, "window": "month", "currency": "USD", "spentMicros": 20, "remainingMicros": 10, "resetsAt": "2026-02-01T00:00:00.000Z"});
    assert_eq!(budget, left);
    let more = json!({"budget": {"micros": 40, "window": "month"}});
    let changed = s.ada().patch(&path, more).await.expect(200);
    assert_eq!(changed["budget"]["remainingMicros"], 20);
    asked(&key, 20).await.expect(200);
    asked(&key, 1).await.expect(429);
    s.ada()
        .patch(&path, json!({"budget": null, "name": "free"}))
        .await
        .expect(200);
    asked(&key, 1).await.expect(200);
}

#[tokio::test]
async fn a_key_asks_the_models_on_its_list_until_its_time_is_over() {
    let s = Setup::demo().await;
    let (id, key) = s
        .keyed(json!({"models": ["demo/hashed*"], "expiresAt": "2026-01-01T01:00:00Z"}))
        .await;
    assert_eq!(asked(&key, 1).await.expect_code(403), "ai.model_not_allowed");
    let embed = json!({"model": "demo/hashed-ngrams", "input": "x"});
    key.post("/v1/embeddings", embed.clone()).await.expect(200);
    let path = format!("/api/ai/keys/{id}");
    let both = json!({"models": ["demo/hashed*", "demo/scripted"]});
    assert_eq!(
        s.ada().patch(&path, both.clone()).await.expect(200)["models"],
        both["models"]
    );
    asked(&key, 1).await.expect(200);
    s.world.advance(Duration::from_secs(3600));
    assert_eq!(
        key.post("/v1/embeddings", embed).await.expect_code(401),
        "ai.key_expired"
    );
    s.ada().patch(&path, json!({"expiresAt": null})).await.expect(200);
    asked(&key, 1).await.expect(200);
}

#[tokio::test]
async fn what_may_choose_another_model_is_refused_where_the_model_matters() {
    let answer = || {
        Script::Whole(
            200,
            Vec::new(),
            r#"{"choices":[{}],"usage":{"prompt_tokens":1}}"#.into(),
        )
    };
    let upstream = ScriptedUpstream::start((0..9).map(|_| answer())).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.prices = vec![price("local/*", 1, 1)];
    let s = Setup::with(config).await;
    let with = |field: &str| {
        let mut body = chat("scripted-1", "x", false);
        body[field] = json!(["dear"]);
        body
    };
    let (_, listed) = s.keyed(json!({"models": ["local/scripted-1"]})).await;
    let (_, paid) = s.keyed(json!({"budget": {"micros": 1_000_000, "window": "day"}})).await;
    for asker in [&listed, &paid] {
        for field in ["models", "fallbacks", "route", "plugins"] {
            let mut embed = with(field);
            embed["input"] = json!("x");
            for (path, body) in [("/v1/chat/completions", with(field)), ("/v1/embeddings", embed)] {
                let refused = asker.post(path, body).await.expect(422);
                assert_eq!(refused["errors"][0]["field"], field, "{path}");
            }
        }
        asker.post("/v1/chat/completions", with("metadata")).await.expect(200);
        // What is written anew leaves out what it does not know.
        let mut message = with("models");
        message["max_tokens"] = json!(5);
        asker.post("/v1/messages", message).await.expect(200);
    }
    let (_, counted) = s.keyed(json!({"limits": {"tokensPerDay": 1_000_000}})).await;
    for asker in [&s.ada(), &counted] {
        asker.post("/v1/chat/completions", with("models")).await.expect(200);
    }
    assert_eq!(upstream.received().len(), 6);
}

#[tokio::test]
async fn terms_that_make_no_sense_are_refused_by_name() {
    let s = Setup::demo().await;
    let (id, _) = s.keyed(json!({})).await;
    for (terms, field) in [
        (json!({"budget": {"micros": 1, "window": "week"}}), "budget.window"),
        (json!({"budget": {"micros": -1, "window": "day"}}), "budget.micros"),
        (json!({"budget": {"micros": 1.5, "window": "day"}}), "budget.micros"),
        (
            json!({"budget": {"micros": 1_000_000_000_000_001u64, "window": "day"}}),
            "budget",
        ),
        (json!({"budget": {"micros": 1}}), "budget"),
        (json!({"limits": {"requestsPerMinute": 0}}), "limits"),
        (json!({"limits": {"perHour": 1}}), "limits.perHour"),
        (json!({"models": []}), "models"),
        (json!({"models": ["a*b"]}), "models"),
        (json!({"expiresAt": "2025-12-31T00:00:00Z"}), "expiresAt"),
        (json!({"owner": "x"}), "owner"),
    ] {
        let errors = s
            .ada()
            .patch(&format!("/api/ai/keys/{id}"), terms.clone())
            .await
            .expect(422);
        assert_eq!(errors["errors"][0]["field"], field, "{terms}: {errors}");
        let mut new = terms.clone();
        new["name"] = json!("x");
        let errors = s.ada().post("/api/ai/keys", new).await.expect(422);
        assert_eq!(errors["errors"][0]["field"], field, "{terms}: {errors}");
    }
    let grace = s.app.by(s.world.users().add("grace"));
    grace
        .patch(&format!("/api/ai/keys/{id}"), json!({"name": "mine"}))
        .await
        .expect(404);
}

#[tokio::test]
async fn calls_and_tokens_a_minute_are_limited_and_tokens_put_right_afterwards() {
    let s = Setup::demo().await;
    let (_, key) = s.keyed(json!({"limits": {"requestsPerMinute": 2}})).await;
    asked(&key, 1).await.expect(200);
    asked(&key, 1).await.expect(200);
    let refused = asked(&key, 1).await;
    assert_eq!(refused.headers["retry-after"], "30");
    assert_eq!(refused.expect_code(429), "ai.rate_limited");
    s.world.advance(Duration::from_secs(30));
    asked(&key, 1).await.expect(200);
    // Each reserves 1,000 words and writes but a few: at once one fits, one after the other many.
    let (_, key) = s.keyed(json!({"limits": {"tokensPerMinute": 1_500}})).await;
    let mut brief = chat("demo/scripted", "hi", false);
    brief["max_tokens"] = json!(1_000);
    for _ in 0..5 {
        key.post("/v1/chat/completions", brief.clone()).await.expect(200);
    }
    brief["stream"] = json!(true);
    let running = Frames::open(&key, &brief.to_string()).await;
    assert_eq!(
        key.post("/v1/chat/completions", brief.clone()).await.expect_code(429),
        "ai.rate_limited"
    );
    running.events().await;
    Frames::open(&key, &brief.to_string()).await;
}

#[tokio::test]
async fn calls_at_once_are_limited_for_a_key() {
    let stalled = || Script::Stream(vec!["data: {}\n\n".into()], End::Stall);
    let upstream = ScriptedUpstream::start([stalled(), stalled(), stalled()]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    let (_, key) = s.keyed(json!({"limits": {"concurrent": 2}})).await;
    let body = chat("scripted-1", "x", true).to_string();
    let first = Frames::open(&key, &body).await;
    let _second = Frames::open(&key, &body).await;
    let third = key
        .open(http::Method::POST, "/v1/chat/completions", Some(body.clone()))
        .await;
    assert_eq!(third.status(), 429);
    drop(first);
    let _third = Frames::open(&key, &body).await;
}

#[tokio::test]
async fn a_moderator_sets_what_one_of_them_may_use_and_nobody_else_sees_it() {
    let mut config = a_micro_a_word();
    config.budgets.user.micros_per_day = Some(10);
    config.budgets.agent.tokens_per_day = Some(7);
    let s = Setup::with(config).await;
    let path = format!("/api/ai/budgets/user/{}", s.ada);
    let before = s.admin().get(&path).await.expect(200);
    assert_eq!((&before["own"], &before["microsPerDay"]), (&json!(false), &json!(10)));
    asked(&s.ada(), 11).await.expect(429);
    let set = s
        .admin()
        .put(&path, json!({"microsPerDay": 20, "requestsPerMinute": 5}))
        .await
        .expect(200);
    assert_eq!(
        (&set["own"], &set["microsPerDay"], &set["tokensPerDay"]),
        (&json!(true), &json!(20), &Value::Null)
    );
    asked(&s.ada(), 11).await.expect(200);
    s.flush().await;
    let after = s.admin().get(&path).await.expect(200);
    assert_eq!(
        (&after["spentMicros"], &after["reservedMicros"]),
        (&json!(11), &json!(0))
    );
    s.admin().delete(&path).await.expect(204);
    asked(&s.ada(), 1).await.expect(429);
    for other in [s.ada(), s.app.by(s.world.users().add("grace"))] {
        assert_eq!(other.get(&path).await.expect_code(404), "route.not_found");
        other.put(&path, json!({})).await.expect(404);
        other.put(&path, json!({"nonsense": 1})).await.expect(404);
        other.get("/api/ai/budgets/planet/x").await.expect(404);
        other.delete(&path).await.expect(404);
    }
    let agent = format!("/api/ai/budgets/agent/{}", s.ada);
    assert_eq!(s.admin().get(&agent).await.expect(200)["tokensPerDay"], 7);
}

#[tokio::test]
async fn a_budget_that_makes_no_sense_is_refused() {
    let s = Setup::demo().await;
    let path = format!("/api/ai/budgets/room/{}", s.ada);
    for wrong in [
        json!({"microsPerDay": -1}),
        json!({"microsPerDay": 2_000_000_000_000_000u64}),
        json!({"tokensPerMinute": 0}),
        json!({"microsPerMonth": 1}),
        json!([]),
        json!([5]),
    ] {
        s.admin().put(&path, wrong.clone()).await.expect(422);
    }
    for nowhere in ["key", "planet"] {
        let path = format!("/api/ai/budgets/{nowhere}/{}", s.ada);
        s.admin().get(&path).await.expect(404);
    }
    s.admin().get("/api/ai/budgets/user/ada").await.expect(404);
    s.app.anonymous().get(&path).await.expect(401);
}

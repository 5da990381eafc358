//! What calls cost, and where it is told.

use ai_gateway::{Config, HouseCurrency, PriceConfig};
use contracts::ai_gateway::Piece;
use kernel::{Cost, Currency};
use serde_json::json;
use testkit::{Script, ScriptedUpstream};

use super::{Dialect, Setup, chat, config};

/// A model's price in micros per million tokens.
pub(super) fn price(model: &str, prompt: u64, completion: u64) -> PriceConfig {
    PriceConfig {
        model: model.into(),
        prompt_micros_per_million: prompt,
        completion_micros_per_million: completion,
        ..PriceConfig::default()
    }
}

/// The demo, whose every written word costs a micro.
pub(super) fn a_micro_a_word() -> Config {
    Config {
        prices: vec![price("demo/scripted", 0, 1_000_000)],
        ..Config::default()
    }
}

fn euros(micros: u64) -> Cost {
    Cost {
        micros,
        currency: Currency::EUR,
    }
}

#[tokio::test]
async fn a_whole_answer_its_event_and_the_sums_tell_what_it_cost() {
    let answer = r#"{"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":1001,"completion_tokens":10}}"#;
    let scripts = (0..2).map(|_| Script::Whole(200, Vec::new(), answer.into()));
    let upstream = ScriptedUpstream::start(scripts).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.currency = HouseCurrency(Currency::EUR);
    config.prices = vec![price("local/*", 150_000, 600_000)];
    let s = Setup::with(config).await;
    for _ in 0..2 {
        let reply = s
            .ada()
            .post("/v1/chat/completions", chat("scripted-1", "x", false))
            .await;
        // 150.15 + 6 micros, rounded up.
        assert_eq!(reply.headers["x-aichat-cost-micros"], "157");
    }
    let event = &s.metered().await[0];
    assert_eq!(event.cost, Some(euros(157)));
    let prices = (event.prompt_micros_per_million, event.completion_micros_per_million);
    assert_eq!(prices, (Some(150_000), Some(600_000)));
    let usage = s.ada().get("/api/ai/usage").await.expect(200);
    assert_eq!(usage["items"][0]["cost"], json!({"micros": 314, "currency": "EUR"}));
}

#[tokio::test]
async fn a_model_without_a_price_costs_nothing_and_says_so() {
    let s = Setup::demo().await;
    let reply = s.ada().post("/v1/chat/completions", chat("default", "hi", false)).await;
    assert!(!reply.headers.contains_key("x-aichat-cost-micros"));
    assert_eq!(s.gateway.quote("default", 1, 1).await, Ok(None));
    let event = &s.metered().await[0];
    assert_eq!((event.cost, event.prompt_micros_per_million), (None, None));
    assert!(s.ada().get("/api/ai/usage").await.expect(200)["items"][0]["cost"].is_null());
}

#[tokio::test]
async fn others_are_quoted_a_price_and_told_the_cost_with_the_last_piece() {
    let s = Setup::with(a_micro_a_word()).await;
    let pieces = s.pieces("default", "hello").await.unwrap();
    let Some(Ok(Piece::Ended {
        completion_tokens,
        cost,
        ..
    })) = pieces.last()
    else {
        panic!("no end: {pieces:?}")
    };
    let words = Cost {
        micros: u64::from(*completion_tokens),
        currency: Currency::USD,
    };
    assert_eq!(*cost, Some(words));
    assert_eq!(
        s.gateway.quote("demo/scripted", 9, *completion_tokens).await,
        Ok(Some(words))
    );
    assert_eq!(s.gateway.quote("nothing", 1, 1).await, Ok(None));
}

#[tokio::test]
async fn prices_and_budgets_that_make_no_sense_are_refused_at_the_start() {
    let priced = |prices| Config {
        prices,
        ..Config::default()
    };
    let mut rate = Config::default();
    rate.budgets.room.requests_per_minute = Some(0);
    let mut unnamed = Config::default();
    unnamed.budgets.unnamed_tokens = 0;
    let mut unnamed_whole = Config::default();
    unnamed_whole.budgets.unnamed_whole_tokens = 0;
    let writes_nothing = priced(vec![PriceConfig {
        completion_tokens_max: Some(0),
        ..price("a", 1, 1)
    }]);
    let dear = priced(vec![PriceConfig {
        cached_micros_per_million: Some(u64::MAX),
        ..price("a", 1, 1)
    }]);
    let twice = priced(vec![price("a", 1, 1), price("a", 2, 2)]);
    let alone = priced(vec![price("a*b", 1, 1)]);
    for config in [alone, twice, rate, unnamed, unnamed_whole, writes_nothing, dear] {
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

//! Budgets: reserved before a call, settled after it, never left reserved.

use std::time::Duration;

use ai_gateway::{Config, Deps};
use contracts::ai_gateway::{Completion, Principal, Turn, TurnRole};
use contracts::auth::AccountEvent;
use futures::StreamExt as _;
use futures::future::{BoxFuture, join_all};
use kernel::{AgentId, Fault, RoomId};
use serde_json::{Value, json};
use testkit::{App, End, Script, ScriptedUpstream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::limits::asked;
use super::money::{a_micro_a_word, price};
use super::{Dialect, Frames, Setup, chat, config, parsed};

/// Longer than a lease.
const LAPSE: Duration = Duration::from_secs(11);
/// A first frame that holds nothing.
const BEGUN: &str = "data: {\"choices\":[]}\n\n";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Another process of the same service on the same store.
struct Replica {
    app: App,
    usage: chassis::Worker,
    drain: Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>,
}

impl Setup {
    async fn replica(&self, config: Config) -> Replica {
        let deps = Deps {
            ambient: self.world.ambient(),
            store: self.store.clone(),
            ephemeral: self.world.ephemeral(),
            config,
        };
        let (_, mut service) = ai_gateway::open(deps).await.unwrap();
        Replica {
            usage: service.workers.remove(0),
            drain: service.drain.take().unwrap(),
            app: self.world.app(service),
        }
    }

    /// What Ada has spent today, and what is reserved of her budget: micros.
    pub(super) async fn adas_money(&self) -> (u64, u64) {
        let path = format!("/api/ai/budgets/user/{}", self.ada);
        let standing = self.admin().get(&path).await.expect(200);
        let of = |field: &str| standing[field].as_u64().unwrap();
        (of("spentMicros"), of("reservedMicros"))
    }

    async fn agent_says(&self, who: Principal, max_tokens: u32) -> Result<(), Fault> {
        let turns = vec![Turn {
            role: TurnRole::User,
            content: "/demo long".into(),
        }];
        let request = Completion {
            model: "default".into(),
            turns,
            max_tokens,
            temperature: 1.0,
        };
        let mut pieces = self.gateway.stream(who, request).await?;
        while let Some(piece) = pieces.next().await {
            piece?;
        }
        Ok(())
    }
}

fn many() -> Config {
    let mut config = a_micro_a_word();
    config.limits.calls_per_user_max = 2_000;
    config
}

/// Asks a hundred times ten words each in each of five rounds, all at once; returns the sum of what was answered, in micros.
async fn five_hundred(app: &App, s: &Setup) -> u64 {
    let calls = (0..500).map(|_| {
        let ada = app.by(s.ada);
        async move {
            let reply = asked(&ada, 10).await;
            match reply.status.as_u16() {
                200 => reply.headers["x-aichat-cost-micros"]
                    .to_str()
                    .unwrap()
                    .parse::<u64>()
                    .unwrap(),
                _ => {
                    assert_eq!(reply.expect_code(429), "ai.budget_exhausted");
                    0
                }
            }
        }
    });
    join_all(calls).await.iter().sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_calls_at_once_cost_exactly_the_budget() {
    let s = Setup::with(many()).await;
    s.allow_ada(json!({"microsPerDay": 4_003})).await;
    let (one, two) = tokio::join!(five_hundred(&s.app, &s), five_hundred(&s.app, &s));
    assert_eq!(one + two, 4_000, "400 calls of 10; there is not enough for another");
    s.flush().await;
    assert_eq!(s.adas_money().await, (4_000, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nor_do_they_over_two_replicas_and_in_the_end_all_of_it_can_be_spent() {
    let s = Setup::with(many()).await;
    let other = s.replica(many()).await;
    s.allow_ada(json!({"microsPerDay": 4_003})).await;
    let (one, two) = tokio::join!(five_hundred(&s.app, &s), five_hundred(&other.app, &s));
    assert!((3_000..=4_000).contains(&(one + two)), "{one} + {two}");
    let stopped = CancellationToken::new();
    stopped.cancel();
    (other.usage.run)(stopped).await.unwrap();
    let rest = five_hundred(&s.app, &s).await;
    assert_eq!(one + two + rest, 4_000);
    s.flush().await;
    assert_eq!(s.adas_money().await, (4_000, 0));
}

#[tokio::test]
async fn key_person_agent_and_room_each_refuse_by_themselves() {
    let s = Setup::with(a_micro_a_word()).await;
    let ids = || -> (AgentId, RoomId) { (s.world.ambient().id(), s.world.ambient().id()) };
    let who = |agent, room| Principal {
        user_id: s.ada,
        agent_id: Some(agent),
        room_id: Some(room),
        key_id: None,
    };
    for scope in ["agent", "room", "user"] {
        let (agent, room) = ids();
        let id = match scope {
            "agent" => agent.to_string(),
            "room" => format!("{room}"),
            _ => s.ada.to_string(),
        };
        let path = format!("/api/ai/budgets/{scope}/{id}");
        s.admin()
            .put(&path, json!({"tokensPerDay": 1_000, "microsPerDay": 15}))
            .await
            .expect(200);
        s.agent_says(who(agent, room), 10).await.unwrap();
        let refused = s.agent_says(who(agent, room), 10).await.unwrap_err();
        assert_eq!(
            (refused.code.as_ref(), refused.detail.contains(scope)),
            ("ai.budget_exhausted", true),
            "{refused}"
        );
        assert_eq!(refused.retry_after_ms, Some(24 * 3600 * 1000));
        s.admin().put(&path, json!({"tokensPerDay": 30})).await.expect(200);
        let refused = s.agent_says(who(agent, room), 30).await.unwrap_err();
        assert!(refused.detail.contains("tokens"), "{refused}");
    }
    s.allow_ada(json!({})).await;
    let (_, key) = s.keyed(json!({"budget": {"micros": 15, "window": "total"}})).await;
    asked(&key, 10).await.expect(200);
    assert!(
        asked(&key, 10).await.expect(429)["detail"]
            .as_str()
            .unwrap()
            .contains("key")
    );
}

#[tokio::test]
async fn what_a_dead_process_held_is_free_again_and_what_was_under_way_in_it_is_charged() {
    let (live, frames) = mpsc::unbounded_channel();
    live.send(BEGUN.to_owned()).unwrap();
    let upstream = ScriptedUpstream::start([Script::Live(frames)]).await;
    let mut slow = config(&upstream, Dialect::OpenAi);
    slow.prices = vec![price("local/*", 0, 1_000_000)];
    let s = Setup::with(a_micro_a_word()).await;
    s.allow_ada(json!({"microsPerDay": 1_000})).await;
    let dies = s.replica(slow).await;
    let mut body = chat("scripted-1", "x", true);
    body["max_tokens"] = json!(100);
    let _under_way = Frames::open(&dies.app.by(s.ada), &body.to_string()).await;
    (dies.drain)().await;
    assert_eq!(
        s.adas_money().await,
        (0, 125),
        "a part of eight, of which 100 are under way"
    );
    // It is killed: nothing of it is ever told again.
    let refused = asked(&s.ada(), 890).await;
    assert_eq!(refused.headers["retry-after"], "2", "it is only held for now");
    refused.expect(429);
    s.world.advance(LAPSE);
    asked(&s.ada(), 901).await.expect(429);
    asked(&s.ada(), 900).await.expect(200);
    s.flush().await;
    assert_eq!(s.adas_money().await, (100 + 400, 0), "the demo has 400 words to say");
}

#[tokio::test]
async fn what_a_dead_process_held_is_swept_up_when_nobody_asks() {
    let s = Setup::with(a_micro_a_word()).await;
    s.allow_ada(json!({"microsPerDay": 1_000})).await;
    let dies = s.replica(a_micro_a_word()).await;
    asked(&dies.app.by(s.ada), 10).await.expect(200);
    (dies.drain)().await;
    assert_eq!(s.adas_money().await, (10, 115));
    s.world.advance(LAPSE);
    s.flush().await;
    assert_eq!(s.adas_money().await, (10, 0));
    let left = s.store.scan("ledgers", None, 10).await.unwrap();
    assert!(!String::from_utf8_lossy(&left[0].body).contains("holder"));
}

#[tokio::test]
async fn money_that_rests_elsewhere_blocks_nobody_for_long() {
    let s = Setup::with(a_micro_a_word()).await;
    let rests = s.replica(a_micro_a_word()).await;
    s.allow_ada(json!({"microsPerDay": 800})).await;
    asked(&rests.app.by(s.ada), 10).await.expect(200);
    asked(&s.ada(), 750).await.expect(429);
    s.world.advance(Duration::from_secs(2));
    // Its next word; it has not rested for long enough to go back by itself.
    (rests.drain)().await;
    asked(&s.ada(), 750).await.expect(200);
}

#[tokio::test]
async fn what_nobody_used_for_some_seconds_goes_back_by_itself() {
    let s = Setup::with(a_micro_a_word()).await;
    let rests = s.replica(a_micro_a_word()).await;
    s.allow_ada(json!({"microsPerDay": 800})).await;
    asked(&rests.app.by(s.ada), 10).await.expect(200);
    s.world.advance(Duration::from_secs(10));
    (rests.drain)().await;
    assert_eq!(s.adas_money().await, (10, 0));
}

#[tokio::test]
async fn a_new_day_begins_with_all_of_it_and_a_call_under_way_belongs_to_the_old_one() {
    let (live, frames) = mpsc::unbounded_channel();
    live.send(BEGUN.to_owned()).unwrap();
    let scripts = [Script::Live(frames), Script::Stream(vec![BEGUN.to_owned()], End::Stall)];
    let upstream = ScriptedUpstream::start(scripts).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.prices = vec![price("local/*", 0, 1_000_000)];
    let s = Setup::with(config).await;
    s.allow_ada(json!({"microsPerDay": 100})).await;
    let mut body = chat("scripted-1", "x", true);
    body["max_tokens"] = json!(100);
    let over_midnight = Frames::open(&s.ada(), &body.to_string()).await;
    s.ada().post("/v1/chat/completions", body.clone()).await.expect(429);
    s.world.advance(DAY);
    let new = Frames::open(&s.ada(), &body.to_string()).await;
    live.send("data: {\"choices\":[],\"usage\":{\"completion_tokens\":90}}\n\ndata: [DONE]\n\n".into())
        .unwrap();
    drop(live);
    over_midnight.events().await;
    s.ada().post("/v1/chat/completions", body).await.expect(429);
    drop(new);
    s.flush().await;
    assert_eq!(
        s.adas_money().await,
        (0, 0),
        "neither yesterday's call nor one of which nothing came"
    );
}

#[tokio::test]
async fn a_stream_that_reserves_more_after_midnight_pays_today_only_for_that() {
    let (frames, live) = mpsc::unbounded_channel();
    let upstream = ScriptedUpstream::start([Script::Live(live)]).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.prices = vec![price("local/*", 0, 1_000_000)];
    config.budgets.unnamed_tokens = 5;
    let s = Setup::with(config).await;
    s.allow_ada(json!({"microsPerDay": 100})).await;
    let words = |count: usize| "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n".repeat(count);
    frames.send(words(1) + &words(5)).unwrap();
    let mut got = Frames::open(&s.ada(), &chat("scripted-1", "x", true).to_string()).await;
    got.next().await.unwrap();
    s.world.advance(DAY);
    frames.send(words(3)).unwrap();
    frames.send("data: [DONE]\n\n".into()).unwrap();
    got.next().await.unwrap();
    drop(frames);
    got.events().await;
    s.flush().await;
    assert_eq!(s.adas_money().await, (3, 0));
}

#[tokio::test]
async fn a_stream_that_is_left_is_charged_once_for_what_came() {
    let words = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n".repeat(6);
    let upstream = ScriptedUpstream::start([Script::Stream(vec![words], End::Stall)]).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.prices = vec![price("local/*", 0, 1_000_000)];
    let s = Setup::with(config).await;
    s.allow_ada(json!({"microsPerDay": 10_000})).await;
    let mut frames = Frames::open(&s.ada(), &chat("scripted-1", "x", true).to_string()).await;
    frames.next().await.unwrap();
    drop(frames);
    upstream.abandoned(1).await;
    for _ in 0..3 {
        s.flush().await;
        assert_eq!(s.adas_money().await, (5, 0));
    }
    assert_eq!(s.metered().await[0].cost.unwrap().micros, 5);
}

#[tokio::test]
async fn a_call_that_fails_before_its_first_byte_costs_nothing() {
    let error = "data: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"x\"}}\n\n".to_owned();
    for (dialect, script) in [
        (Dialect::OpenAi, Script::Whole(500, Vec::new(), "{}".into())),
        (Dialect::OpenAi, Script::Stream(Vec::new(), End::Cut)),
        (Dialect::Anthropic, Script::Stream(vec![error.clone()], End::Done)),
    ] {
        let upstream = ScriptedUpstream::start([script]).await;
        let mut config = config(&upstream, dialect);
        config.prices = vec![price("local/*", 1_000_000, 1_000_000)];
        let s = Setup::with(config).await;
        s.allow_ada(json!({"microsPerDay": 10_000, "tokensPerDay": 10_000}))
            .await;
        let body = chat("scripted-1", "x", true).to_string();
        let answer = s
            .ada()
            .open(http::Method::POST, "/v1/chat/completions", Some(body))
            .await;
        drop(http_body_util::BodyExt::collect(answer.into_body()).await.unwrap());
        s.flush().await;
        assert_eq!(s.adas_money().await, (0, 0), "{dialect:?}");
    }
}

#[tokio::test]
async fn a_stream_that_names_no_limit_ends_where_the_budget_ends() {
    let mut config = a_micro_a_word();
    config.budgets.unnamed_tokens = 5;
    let s = Setup::with(config).await;
    s.allow_ada(json!({"microsPerDay": 12})).await;
    let events = Frames::open(&s.ada(), &chat("default", "/demo long", true).to_string()).await;
    let events = parsed(&events.events().await);
    assert_eq!(events.last().unwrap()["error"]["code"], "ai.budget_exhausted");
    s.flush().await;
    let (spent, reserved) = s.adas_money().await;
    assert!((10..=12).contains(&spent) && reserved == 0, "{spent}");
}

#[tokio::test]
async fn a_budget_that_is_lowered_holds_at_once_even_for_money_that_was_taken() {
    let s = Setup::with(a_micro_a_word()).await;
    s.allow_ada(json!({"microsPerDay": 8_000})).await;
    asked(&s.ada(), 10).await.expect(200);
    s.allow_ada(json!({"microsPerDay": 15})).await;
    asked(&s.ada(), 10).await.expect(429);
    asked(&s.ada(), 5).await.expect(200);
}

#[tokio::test]
async fn erasing_a_person_leaves_no_budget_and_no_sum() {
    let s = Setup::with(a_micro_a_word()).await;
    s.allow_ada(json!({"microsPerDay": 100})).await;
    let (_, key) = s.keyed(json!({"budget": {"micros": 100, "window": "day"}})).await;
    asked(&key, 10).await.expect(200);
    s.flush().await;
    assert_eq!(s.store.scan("ledgers", None, 10).await.unwrap().len(), 2);
    asked(&key, 10).await.expect(200);
    s.told(AccountEvent::Deleted { user_id: s.ada }).await;
    s.flush().await;
    for collection in ["ledgers", "budgets", "keys", "usage"] {
        assert_eq!(s.store.scan(collection, None, 10).await.unwrap(), [], "{collection}");
    }
    s.admin()
        .put(&format!("/api/ai/budgets/user/{}", s.ada), json!({"microsPerDay": 1}))
        .await
        .expect(404);
}

#[tokio::test]
async fn a_person_who_is_erased_has_no_account_opened_again() {
    let mut config = a_micro_a_word();
    config.budgets.user.micros_per_day = Some(100);
    let s = Setup::with(config).await;
    s.told(AccountEvent::Deleted { user_id: s.ada }).await;
    assert_eq!(asked(&s.ada(), 10).await.expect_code(401), "ai.account_gone");
    assert_eq!(s.store.scan("ledgers", None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn a_revoked_key_leaves_no_account() {
    let s = Setup::with(a_micro_a_word()).await;
    let (id, key) = s.keyed(json!({"budget": {"micros": 100, "window": "month"}})).await;
    asked(&key, 10).await.expect(200);
    s.ada().delete(&format!("/api/ai/keys/{id}")).await.expect(204);
    s.flush().await;
    assert_eq!(s.store.scan("ledgers", None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn what_was_spent_is_there_after_a_restart() {
    let s = Setup::with(a_micro_a_word()).await;
    s.allow_ada(json!({"microsPerDay": 25})).await;
    asked(&s.ada(), 20).await.expect(200);
    s.flush().await;
    let again = s.replica(a_micro_a_word()).await;
    let refused: Value = asked(&again.app.by(s.ada), 20).await.expect(429);
    assert_eq!(refused["code"], "ai.budget_exhausted");
    asked(&again.app.by(s.ada), 5).await.expect(200);
}

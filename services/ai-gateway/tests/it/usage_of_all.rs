//! What everybody used, as admins see it.

use std::time::Duration;

use contracts::auth::AccountEvent;
use serde_json::{Value, json};
use testkit::{Asker, End, Script, ScriptedUpstream};

use super::{Dialect, Setup, chat, config};

impl Setup {
    /// Asks for sums; returns the rows.
    async fn sums(&self, query: &str) -> Vec<Value> {
        self.flush().await;
        let page = self
            .admin()
            .get(&format!("/api/ai/usage/all?{query}"))
            .await
            .expect(200);
        page["items"].as_array().unwrap().clone()
    }

    async fn says(&self, asker: &Asker, text: &str) {
        asker.post("/v1/chat/completions", chat("default", text, false)).await;
    }
}

/// Calls, failed, cached.
fn counts(row: &Value) -> [u64; 3] {
    ["calls", "failed", "cached"].map(|field| row[field].as_u64().unwrap())
}

#[tokio::test]
async fn for_others_it_is_not_there_whatever_they_ask() {
    let s = Setup::demo().await;
    for query in ["", "?by=nonsense", "?unknown=1"] {
        let reply = s.ada().get(&format!("/api/ai/usage/all{query}")).await;
        assert_eq!(reply.expect_code(404), "route.not_found");
    }
    s.app.anonymous().get("/api/ai/usage/all").await.expect(401);
}

#[tokio::test]
async fn calls_are_added_up_by_day_model_person_agent_and_room() {
    let s = Setup::demo().await;
    s.says(&s.ada(), "one").await;
    s.says(&s.app.by(s.world.users().add("grace")), "two").await;
    s.pieces("default", "three").await.unwrap();
    for (by, subject, rows) in [
        ("day", "day", vec![3]),
        ("model", "model", vec![3]),
        ("user", "userId", vec![1, 2]),
        ("agent", "agentId", vec![1]),
        ("room", "roomId", vec![1]),
        ("day,user", "userId", vec![1, 2]),
    ] {
        let found = s.sums(&format!("by={by}")).await;
        let mut calls: Vec<u64> = found.iter().map(|row| row["calls"].as_u64().unwrap()).collect();
        calls.sort_unstable();
        assert_eq!(calls, rows, "{by}");
        assert!(
            found
                .iter()
                .all(|row| row[subject].is_string() && row["completionTokens"].as_u64() > Some(0)),
            "{found:?}"
        );
    }
    let users = s.sums("by=user").await;
    assert!(
        users
            .iter()
            .any(|row| row["userId"] == json!(s.ada) && row["calls"] == 2 && row["costs"] == json!([]))
    );
}

#[tokio::test]
async fn what_failed_and_what_was_cached_is_counted_and_a_wrong_request_is_no_failure() {
    let good = json!({"choices": [{}], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}).to_string();
    let scripts = [
        Script::Whole(200, Vec::new(), good),
        Script::Whole(500, Vec::new(), String::new()),
        Script::Whole(400, Vec::new(), String::new()),
        Script::Whole(503, Vec::new(), String::new()),
        Script::Stream(vec!["data: {}\n\n".into()], End::Cut),
    ];
    let upstream = ScriptedUpstream::start(scripts).await;
    let mut config = config(&upstream, Dialect::OpenAi);
    config.cache.enabled = true;
    let s = Setup::with(config).await;
    for text in ["good", "good", "down", "wrong", "away"] {
        s.says(&s.ada(), text).await;
    }
    s.ada().post("/v1/chat/completions", chat("default", "cut", true)).await;
    let events = s.metered().await;
    assert_eq!((events.len(), events.iter().filter(|e| e.failed).count()), (3, 1));
    assert_eq!(counts(&s.sums("by=model").await[0]), [5, 3, 1]);
    let own = s.ada().get("/api/ai/usage").await.expect(200);
    assert_eq!(counts(&own["items"][0]), [3, 1, 1], "what never began was not used");
}

#[tokio::test]
async fn a_range_has_its_days_newest_first_and_adds_them_up_otherwise() {
    let s = Setup::demo().await;
    for _ in 0..3 {
        s.says(&s.ada(), "hi").await;
        s.flush().await;
        s.world.advance(Duration::from_secs(24 * 3600));
    }
    let days = |rows: Vec<Value>| {
        rows.iter()
            .map(|r| r["day"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(days(s.sums("").await), ["2026-01-03", "2026-01-02", "2026-01-01"]);
    assert_eq!(
        days(s.sums("by=day,model&from=2026-01-01&to=2026-01-02").await),
        ["2026-01-02", "2026-01-01"]
    );
    assert_eq!(s.sums("by=model&from=2026-01-02").await[0]["calls"], 2);
    assert_eq!(s.sums("by=user&to=2025-12-31").await, Vec::<Value>::new());
    let own = s
        .ada()
        .get("/api/ai/usage?from=2026-01-02&to=2026-01-02")
        .await
        .expect(200);
    assert_eq!(
        (&own["items"][0]["day"], own["items"].as_array().unwrap().len()),
        (&json!("2026-01-02"), 1)
    );
}

#[tokio::test]
async fn a_wrong_range_or_grouping_is_named() {
    let s = Setup::demo().await;
    for (query, field) in [
        ("from=2026-01-02&to=2026-01-01", "from"),
        ("from=2024-12-31", "from"),
        ("to=tomorrow", "to"),
        ("by=week", "by"),
        ("by=user,model", "by"),
        ("limit=0", "limit"),
        ("cursor=nonsense", "cursor"),
        ("by=user&cursor=nonsense", "cursor"),
        ("unknown=1", "unknown"),
    ] {
        let refused = s.admin().get(&format!("/api/ai/usage/all?{query}")).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], field, "{query}");
    }
    s.ada().get("/api/ai/usage?from=2026-13-01").await.expect(422);
}

#[tokio::test]
async fn pages_give_each_row_once() {
    let s = Setup::demo().await;
    for number in 0..5 {
        s.says(&s.app.by(s.world.users().add(&format!("person{number}"))), "hi")
            .await;
    }
    s.flush().await;
    for by in ["user", "day,user"] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/ai/usage/all?by={by}&limit=2{cursor}");
            let page = s.admin().get(&path).await.expect(200);
            let rows = page["items"].as_array().unwrap();
            assert!(rows.len() <= 2);
            seen.extend(rows.iter().map(|row| row["userId"].as_str().unwrap().to_owned()));
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!((count, seen.len()), (5, 5), "{by}");
    }
}

#[tokio::test]
async fn of_an_erased_person_nothing_stays_but_the_totals() {
    let s = Setup::demo().await;
    s.says(&s.ada(), "written").await;
    s.flush().await;
    s.says(&s.ada(), "waiting").await;
    s.told(AccountEvent::Deleted { user_id: s.ada }).await;
    assert_eq!(s.sums("by=user").await, Vec::<Value>::new());
    let sums = s.store.scan("sums", None, 100).await.unwrap();
    assert!(
        sums.iter()
            .all(|doc| !String::from_utf8_lossy(&doc.body).contains(&s.ada.to_string()))
    );
    assert_eq!(s.sums("").await[0]["calls"], 2);
}

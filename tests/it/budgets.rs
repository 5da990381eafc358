//! Budgets of model calls, when the process that holds reservations dies.

use std::time::Duration;

use blackbox::{Actor, Field as _, Http, Instance, Sse, within};
use reqwest::Method;
use serde_json::{Value, json};

const CHAT: &str = "/v1/chat/completions";
/// What a dead process held is free after its lease of ten seconds; a busy machine may be late.
const FREE_WITHIN: Duration = Duration::from_secs(15);

#[tokio::test]
async fn after_a_kill_what_was_under_way_is_charged_and_all_the_rest_can_be_used_again() {
    let Some(mut product) = Instance::own() else { return };
    let ada = Actor::signup(&product, "ada").await;
    let terms = json!({"name": "k", "limits": {"tokensPerMonth": 10_000}});
    let key = ada.post("/api/ai/keys", terms).await.is(201).text("key");
    let key = Http::anonymous(&product).with_token(&key);
    let mut streams = Vec::new();
    for _ in 0..3 {
        let request = key.request(Method::POST, CHAT).json(&ask("/demo slow", 100, true));
        streams.push(Sse::open(request).await);
    }
    for stream in &streams {
        // A word takes a fifth of a second: what is reserved has been told, and has a lease.
        let written = |events: &[blackbox::SseEvent]| (events.len() > 10).then_some(());
        stream.until("ten words", written).await;
    }
    product.kill9();
    product.up();
    // The dead process held an eighth of it, of which only a part was under way.
    within(FREE_WITHIN, "the rest is there", async || {
        let reply = key.post(CHAT, ask("hello", 9_300, false)).await;
        (reply.status == 200).then_some(())
    })
    .await;
    // Nothing stays reserved, and what was under way is not free.
    key.post(CHAT, ask("hello", 9_200, false)).await.is(200);
    key.post(CHAT, ask("hello", 9_700, false))
        .await
        .fails_with(429, "ai.budget_exhausted");
}

fn ask(text: &str, max_tokens: u32, stream: bool) -> Value {
    json!({"model": "demo/scripted", "max_tokens": max_tokens, "stream": stream, "messages": [{"role": "user", "content": text}]})
}

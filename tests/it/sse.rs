//! The fallback for those who cannot open a WebSocket.

use blackbox::{Actor, Field as _, Instance, Sse, SseEvent, friends};
use reqwest::Method;
use serde_json::Value;

#[tokio::test]
async fn events_come_over_sse_and_a_stream_resumes_after_the_last_event_id() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    let stream = Sse::open(bob.request(Method::GET, &address(&room))).await;
    let first = sent_until_seen(&stream, &ada, &room).await;
    assert!(
        !first.id.is_empty(),
        "an event that can be resumed after has an id: {first:?}"
    );
    drop(stream);
    let missed = ada.say(&room, "while away").await.text("id");
    let resumed = Sse::open(
        bob.request(Method::GET, &address(&room))
            .header("last-event-id", &first.id),
    )
    .await;
    resumed
        .until("the missed message", |events| find(events, &missed))
        .await;
    let live = ada.say(&room, "live again").await.text("id");
    resumed.until("a live message", |events| find(events, &live)).await;
    let again = find(&resumed.seen(), &first.json().text("d.id"));
    assert!(again.is_none(), "told twice: {again:?}");
}

#[tokio::test]
async fn sse_asks_for_a_token_and_for_membership() {
    let [ada, mallory] = blackbox::strangers(Instance::shared(), ["ada", "mallory"]).await;
    let room = ada.group(&[]).await;
    ada.with_token("").get(&address(&room)).await.fails(401);
    let with_token_in_address = format!("{}&token={}", address(&room), ada.token());
    ada.with_token("").get(&with_token_in_address).await.fails(401);
    let stranger = mallory.request(Method::GET, &address(&room)).send().await.unwrap();
    if stranger.status() == 200 {
        let stream = Sse::open(mallory.request(Method::GET, &address(&room))).await;
        stream
            .until("a refusal", |events| {
                events
                    .iter()
                    .find(|event| event.data.contains("chat.not_found"))
                    .cloned()
            })
            .await;
    } else {
        assert_eq!(stranger.status(), 404);
    }
}

/// Sends until the stream shows one of the messages: a new stream is live from some moment on, and
/// a message may be shown after its sender was answered.
async fn sent_until_seen(stream: &Sse, ada: &Actor, room: &str) -> SseEvent {
    let sent = std::cell::RefCell::new(Vec::new());
    blackbox::eventually("a live message", async || {
        let id = ada.say(room, "is it live?").await.text("id");
        sent.borrow_mut().push(id);
        let seen = stream.seen();
        sent.borrow().iter().find_map(|id| find(&seen, id))
    })
    .await
}

fn address(room: &str) -> String {
    format!("/realtime/sse?rooms={room}")
}

fn find(events: &[SseEvent], message: &str) -> Option<SseEvent> {
    let is_it = |frame: &Value| frame.has("t", "message.sent") && frame.has("d.id", message);
    events.iter().find(|event| is_it(&event.json())).cloned()
}

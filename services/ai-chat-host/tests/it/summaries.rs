//! The rolling summary of a room that outgrows the window, and what must not survive in it.

use std::time::Duration;

use contracts::Event;
use serde_json::{Value, json};

use crate::house::{Host, House, sage, until};

/// How the question for a summary begins.
const SUMS_UP: &str = "You keep the running summary";

/// A room of a small window in which a lot was said, and sage is asked.
async fn talkative() -> (House, Host) {
    let mut house = House::new().await;
    house.config.context_tokens = 1_500;
    house.models.always("I see.");
    house.models.when(SUMS_UP, Some("They spoke of numbers."));
    let host = house.host().await;
    for n in 0..20 {
        house
            .chat
            .said(house.room, house.ada, &format!("number {n} {}", "x".repeat(390)), None);
    }
    house.say("@sage and now?");
    house.ended(1).await;
    (house, host)
}

async fn summary(house: &House) -> Option<Value> {
    house.docs("summaries").await.into_iter().next()
}

async fn written(house: &House) -> Value {
    until("a summary", async || {
        let doc = summary(house).await?;
        (doc["text"] != "").then_some(doc)
    })
    .await
}

#[tokio::test]
async fn what_outgrows_the_window_is_summed_up_once_and_read_as_data() {
    let (house, _host) = talkative().await;
    let doc = written(&house).await;
    let upto = doc["upto"].as_u64().unwrap();
    assert!((5..20).contains(&upto) && doc["claim"].is_null(), "{doc}");
    let (principal, request) = house.models.asked_as(SUMS_UP).remove(0);
    assert_eq!(
        (principal.user_id, principal.agent_id, request.max_tokens),
        (house.ada, Some(sage()), 400)
    );
    assert!(request.turns.iter().any(|t| t.content.starts_with("Ada: number 0 ")));
    house.say("@sage and then?");
    house.ended(2).await;
    let (_, request) = house.models.asked_as("You are Sage").remove(1);
    let turns: Vec<&str> = request.turns.iter().map(|t| t.content.as_str()).collect();
    assert!(turns[1].starts_with("<<summary ") && turns[1].contains("They spoke of numbers."));
    assert!(
        turns[2].starts_with(&format!("Ada: number {upto} ")),
        "it goes on where the summary ends: {turns:?}"
    );
    assert_eq!(house.models.asked_as(SUMS_UP).len(), 1, "nothing is summed up twice");
}

#[tokio::test]
async fn the_next_summary_goes_on_from_the_last_and_not_before_its_time() {
    let (house, _host) = talkative().await;
    let first = written(&house).await["upto"].as_u64().unwrap();
    for n in 20..40 {
        house
            .chat
            .said(house.room, house.ada, &format!("number {n} {}", "x".repeat(390)), None);
    }
    house.say("@sage soon");
    house.ended(2).await;
    house.world.advance(Duration::from_secs(61));
    house.say("@sage later");
    house.ended(3).await;
    until("the next summary", async || {
        let doc = summary(&house).await?;
        (doc["upto"].as_u64()? > first).then_some(())
    })
    .await;
    let asked = house.models.asked_as(SUMS_UP);
    assert_eq!(asked.len(), 2, "none came before the pause was over");
    assert!(asked[1].1.turns[1].content.contains("They spoke of numbers."));
}

async fn dropped_by(event: impl FnOnce(&House) -> Event) {
    let (house, host) = talkative().await;
    written(&house).await;
    host.hear(&event(&house)).await;
    let doc = summary(&house).await.unwrap();
    assert_eq!(
        (&doc["text"], &doc["upto"], doc["people"].as_array().map(Vec::len)),
        (&Value::from(""), &Value::from(0), Some(0))
    );
    house.say("@sage and then?");
    house.ended(2).await;
    let (_, request) = house.models.asked_as("You are Sage").remove(1);
    assert!(
        request
            .turns
            .iter()
            .all(|t| !t.content.contains("They spoke of numbers."))
    );
}

#[tokio::test]
async fn it_is_dropped_when_a_message_in_it_is_deleted() {
    dropped_by(|house| house.chat.deleted(house.room, house.chat.history(house.room)[2].id)).await;
}

#[tokio::test]
async fn it_is_dropped_when_a_message_in_it_is_edited() {
    dropped_by(|house| {
        house
            .chat
            .edited(house.room, house.chat.history(house.room)[2].id, "other")
    })
    .await;
}

#[tokio::test]
async fn a_message_that_it_does_not_cover_leaves_it_as_it_is() {
    let (house, host) = talkative().await;
    written(&house).await;
    let last = house.chat.history(house.room)[19].id;
    host.hear(&house.chat.deleted(house.room, last)).await;
    assert_eq!(written(&house).await["text"], "They spoke of numbers.");
}

#[tokio::test]
async fn a_message_that_is_deleted_while_it_is_summed_up_is_in_no_summary() {
    let mut house = House::new().await;
    house.config.context_tokens = 1_500;
    let host = house.host().await;
    for n in 0..20 {
        house
            .chat
            .said(house.room, house.ada, &format!("number {n} {}", "x".repeat(390)), None);
    }
    let (answer, sums_up) = (house.models.script(), house.models.script());
    answer.say("I see.").end();
    house.say("@sage and now?");
    house.ended(1).await;
    house.asked(2).await;
    let first = house.chat.history(house.room)[0].id;
    host.hear(&house.chat.deleted(house.room, first)).await;
    let reads = house.chat.room_reads();
    sums_up.say("Number 0 was said.").end();
    // Its last act is to see whether the room is still there.
    until("the end of the summary", async || {
        (house.chat.room_reads() > reads).then_some(())
    })
    .await;
    assert_eq!(summary(&house).await.unwrap()["text"], "");
}

#[tokio::test]
async fn it_goes_with_a_person_that_it_tells_of_with_the_room_and_with_the_last_agent() {
    let (house, host) = talkative().await;
    written(&house).await;
    host.hear_gone(&house.world.ambient(), house.ada).await;
    assert_eq!(summary(&house).await.unwrap()["text"], "");
    let (house, host) = talkative().await;
    written(&house).await;
    host.hear(&house.chat.closed(house.room, house.ada)).await;
    assert!(summary(&house).await.is_none());
    let (house, _host) = talkative().await;
    written(&house).await;
    house.chat.detach(house.room, sage(), house.ada);
    house.chat.detach(house.room, crate::house::muse(), house.ada);
    until("the summary to go", async || {
        summary(&house).await.is_none().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_host_that_dies_over_a_summary_holds_nobody_up_for_ever() {
    let mut house = House::new().await;
    house.config.context_tokens = 1_500;
    let host = house.host().await;
    for n in 0..20 {
        house
            .chat
            .said(house.room, house.ada, &format!("number {n} {}", "x".repeat(390)), None);
    }
    let (answer, _sums_up) = (house.models.script(), house.models.script());
    answer.say("I see.").end();
    house.say("@sage and now?");
    house.asked(2).await;
    host.kill().await;
    house.models.always("I see.");
    house.models.when(SUMS_UP, Some("All of it."));
    let next = house.deaf_host().await;
    for (ends, seconds) in [(2, 30), (3, 200)] {
        house.world.advance(Duration::from_secs(seconds));
        let (_, event) = house.chat.said(house.room, house.ada, "@sage go on", None);
        next.hear(&event).await;
        house.ended(ends).await;
    }
    assert_eq!(written(&house).await["text"], "All of it.");
    assert_eq!(house.models.asked_as(SUMS_UP).len(), 2);
}

#[tokio::test]
async fn a_summary_that_fails_changes_nothing_and_is_not_tried_at_once() {
    let mut house = House::new().await;
    house.config.context_tokens = 1_500;
    house.models.always("I see.");
    house.models.when(SUMS_UP, None);
    let _host = house.host().await;
    for n in 0..20 {
        house
            .chat
            .said(house.room, house.ada, &format!("number {n} {}", "x".repeat(390)), None);
    }
    for ends in 1..4 {
        house.say("@sage and now?");
        house.ended(ends).await;
    }
    until("the failure", async || {
        let doc = summary(&house).await?;
        (doc["claim"].is_null() && doc["failures"] == 1).then_some(())
    })
    .await;
    assert_eq!((house.models.asked_as(SUMS_UP).len(), house.answers().len()), (1, 3));
}

#[tokio::test]
async fn it_is_dropped_by_a_deletion_while_the_rooms_agents_are_disabled() {
    let (house, host) = talkative().await;
    written(&house).await;
    for agent in [sage(), crate::house::muse()] {
        let admin = host.app.by_admin(house.ada);
        admin
            .patch(&format!("/api/agents/{agent}"), json!({"enabled": false}))
            .await
            .expect(200);
    }
    let (_, event) = house.chat.said(house.room, house.ada, "is anybody here?", None);
    host.hear(&event).await;
    let first = house.chat.history(house.room)[0].id;
    host.hear(&house.chat.deleted(house.room, first)).await;
    assert_eq!(summary(&house).await.unwrap()["text"], "");
}

#[tokio::test]
async fn a_fact_that_may_come_from_it_goes_with_those_it_tells_of() {
    let mut house = House::new().await;
    house.config.context_tokens = 1_500;
    house.models.always("I see.");
    house.models.when(SUMS_UP, Some("Cleo is moving to Rome."));
    let (host, cleo) = (house.host().await, house.world.ambient().id());
    house.chat.said(house.room, cleo, "I am moving to Rome", None);
    for n in 0..20 {
        house
            .chat
            .said(house.room, house.ada, &format!("number {n} {}", "x".repeat(390)), None);
    }
    house.say("@sage and now?");
    house.ended(1).await;
    written(&house).await;
    house
        .models
        .script()
        .say("Rome.\nREMEMBER: Cleo is moving to Rome")
        .end();
    house.say("@sage where is Cleo moving?");
    house.ended(2).await;
    assert_eq!(house.docs("memories").await.len(), 1);
    host.hear_gone(&house.world.ambient(), cleo).await;
    assert!(house.docs("memories").await.is_empty());
}

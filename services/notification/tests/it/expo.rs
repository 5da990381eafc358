//! Phones, before a scripted Expo.

use std::time::Duration;

use kernel::UserId;
use notification::{Config, ExpoConfig};
use serde_json::{Value, json};
use testkit::{Script, ScriptedUpstream};

use crate::house::{House, eventually, quick};

/// An answer with one ticket for each of `count` messages.
pub fn tickets(count: usize) -> Script {
    let all: Vec<Value> = (0..count)
        .map(|n| json!({ "status": "ok", "id": format!("ticket-{n}") }))
        .collect();
    Script::Whole(200, Vec::new(), json!({ "data": all }).to_string())
}

fn unregistered() -> Value {
    json!({ "status": "error", "message": "no such device", "details": { "error": "DeviceNotRegistered" } })
}

pub async fn house(expo: &ScriptedUpstream) -> House {
    let expo = ExpoConfig {
        base_url: expo.url.clone(),
        ..ExpoConfig::default()
    };
    House::with(Config {
        expo,
        push_timeout_ms: 500,
        ..quick()
    })
    .await
}

/// Waits for `count` requests and returns their messages.
async fn sent(expo: &ScriptedUpstream, count: usize) -> Vec<Value> {
    let came = async || Some(expo.received()).filter(|all| all.len() >= count);
    let all = eventually("a request to Expo", came).await;
    assert_eq!(all.len(), count);
    all.iter()
        .map(|one| serde_json::from_slice(&one.body).unwrap())
        .collect()
}

/// Returns the stages of all pushes.
async fn stages(h: &House) -> Vec<String> {
    let all = h.store.scan("pushes", None, 1000).await.unwrap();
    let stage = |bytes: &[u8]| {
        serde_json::from_slice::<Value>(bytes).unwrap()["stage"]["stage"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    all.iter().map(|one| stage(&one.body)).collect()
}

/// Waits until every push is in this stage.
pub async fn all_are(h: &House, stage: &str) {
    let there = async || {
        let all = stages(h).await;
        (!all.is_empty() && all.iter().all(|one| one == stage)).then_some(())
    };
    eventually(stage, there).await;
}

async fn comment(h: &House, of: UserId) {
    let [by] = h.people(["grace"]);
    h.comment(by, (h.ambient.id(), of), &[]).await;
}

#[tokio::test]
async fn an_item_is_pushed_once_to_each_device_and_once_more_when_it_opens_again() {
    let expo = ScriptedUpstream::start([tickets(2), tickets(2)]).await;
    let h = house(&expo).await;
    let [ada, grace, alan, linus] = h.people(["ada", "grace", "alan", "linus"]);
    let post = (h.ambient.id(), ada);
    h.phone(ada, "one").await;
    h.phone(ada, "two").await;
    h.comment(grace, post, &[]).await;
    // Both are made out before the first is sent, so that they go in one request.
    let planner = h.start("push-plan");
    eventually("both pushes", async || (stages(&h).await.len() == 2).then_some(())).await;
    planner.abort();
    let _work = h.at_work();
    let first = &sent(&expo, 1).await[0];
    assert_eq!(
        (first.as_array().unwrap().len(), &first[0]["body"]),
        (2, &json!("grace commented on your post"))
    );
    assert_eq!(
        (&first[0]["badge"], &first[0]["priority"]),
        (&json!(1), &json!("default"))
    );
    all_are(&h, "receipt").await;
    h.comment(alan, post, &[]).await;
    h.read(ada, json!({ "all": true })).await;
    h.comment(linus, post, &[]).await;
    assert_eq!(
        sent(&expo, 2).await[1][0]["body"],
        "linus and 2 others commented on your post"
    );
}

#[tokio::test]
async fn an_item_that_was_removed_and_begins_anew_is_pushed_anew() {
    let expo = ScriptedUpstream::start([tickets(1), tickets(1)]).await;
    let h = house(&expo).await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let post = (h.ambient.id(), ada);
    h.phone(ada, "one").await;
    h.comment(grace, post, &[]).await;
    let _work = h.at_work();
    sent(&expo, 1).await;
    let id = h.page(ada).await["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/notifications/{id}");
    h.app.by(ada).delete(&path).await.expect(204);
    h.world.advance(Duration::from_secs(60));
    h.comment(alan, post, &[]).await;
    assert_eq!(sent(&expo, 2).await[1][0]["body"], "alan commented on your post");
}

#[tokio::test]
async fn many_are_sent_in_batches_of_a_hundred() {
    let expo = ScriptedUpstream::start([tickets(100), tickets(20)]).await;
    let h = house(&expo).await;
    for n in 0..120 {
        let [person] = h.people([&*format!("p{n}")]);
        h.phone(person, &format!("p{n}")).await;
        comment(&h, person).await;
    }
    // All are made out before the first is sent.
    let planning = h.start("push-plan");
    let all = async || (stages(&h).await.len() == 120).then_some(());
    eventually("a push for each", all).await;
    planning.abort();
    let _work = h.at_work();
    let sizes: Vec<usize> = sent(&expo, 2)
        .await
        .iter()
        .map(|batch| batch.as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [100, 20]);
    all_are(&h, "receipt").await;
}

#[tokio::test]
async fn a_device_that_expo_does_not_know_is_removed_by_ticket_and_by_receipt() {
    let ticket = json!({ "data": [unregistered(), { "status": "ok", "id": "t" }] });
    let receipt = json!({ "data": { "t": unregistered() } });
    let answers = [ticket, receipt].map(|answer| Script::Whole(200, Vec::new(), answer.to_string()));
    let expo = ScriptedUpstream::start(answers).await;
    let h = house(&expo).await;
    let [ada] = h.people(["ada"]);
    h.phone(ada, "one").await;
    h.phone(ada, "two").await;
    comment(&h, ada).await;
    let _work = h.at_work();
    let left =
        async |count: usize| eventually("a removal", async || (h.devices(ada).await == count).then_some(())).await;
    left(1).await;
    let ticketed = async || stages(&h).await.contains(&"receipt".to_owned()).then_some(());
    eventually("a ticket", ticketed).await;
    h.world.advance(Duration::from_secs(900));
    left(0).await;
    assert_eq!(expo.received()[1].path, "/getReceipts");
}

#[tokio::test]
async fn a_token_of_another_project_spoils_no_other_push() {
    let foreign = json!({ "errors": [{ "code": "PUSH_TOO_MANY_EXPERIENCE_IDS", "message": "no", "details": {} }] });
    let refused = || Script::Whole(400, Vec::new(), foreign.to_string());
    // Four together, two, one, one, two.
    let expo = ScriptedUpstream::start([refused(), refused(), refused(), tickets(1), tickets(2)]).await;
    let h = house(&expo).await;
    let [ada] = h.people(["ada"]);
    for name in ["one", "two", "three", "four"] {
        h.phone(ada, name).await;
    }
    comment(&h, ada).await;
    let planning = h.start("push-plan");
    let planned = async || (stages(&h).await.len() == 4).then_some(());
    eventually("four pushes", planned).await;
    planning.abort();
    let _work = h.at_work();
    let sizes = sent(&expo, 5)
        .await
        .into_iter()
        .map(|batch| batch.as_array().unwrap().len());
    assert_eq!(sizes.collect::<Vec<_>>(), [4, 2, 1, 1, 2]);
    let settled = async || {
        let all = stages(&h).await;
        let of = |stage: &str| all.iter().filter(|one| *one == stage).count();
        (of("receipt") == 3 && of("done") == 1).then_some(())
    };
    eventually("three tickets", settled).await;
}

#[tokio::test]
async fn a_push_is_given_up_when_its_tries_are_used_up() {
    let expo = ScriptedUpstream::start((0..8).map(|_| Script::Whole(503, Vec::new(), String::new()))).await;
    let h = house(&expo).await;
    let [ada] = h.people(["ada"]);
    h.phone(ada, "one").await;
    comment(&h, ada).await;
    let _work = h.at_work();
    for tries in 1..8 {
        sent(&expo, tries).await;
        all_are(&h, "waiting").await;
        h.world.advance(Duration::from_secs(900));
    }
    all_are(&h, "done").await;
    assert_eq!(expo.received().len(), 8);
    assert_eq!(h.devices(ada).await, 1, "it is not the device's fault");
}

#[tokio::test]
async fn what_failed_behind_expos_door_may_have_been_sent_and_is_not_sent_again() {
    for status in [500, 502, 504] {
        let expo = ScriptedUpstream::start([Script::Whole(status, Vec::new(), String::new())]).await;
        let h = house(&expo).await;
        let [ada] = h.people(["ada"]);
        h.phone(ada, "one").await;
        comment(&h, ada).await;
        let _work = h.at_work();
        sent(&expo, 1).await;
        all_are(&h, "done").await;
    }
}

#[tokio::test]
async fn what_expo_did_not_take_is_tried_again_later() {
    let busy = || Script::Whole(503, Vec::new(), String::new());
    let limited = json!({ "data": [{ "status": "error", "details": { "error": "MessageRateExceeded" } }] });
    let expo = ScriptedUpstream::start([busy(), Script::Whole(200, Vec::new(), limited.to_string()), tickets(1)]).await;
    let h = house(&expo).await;
    let [ada] = h.people(["ada"]);
    h.phone(ada, "one").await;
    comment(&h, ada).await;
    let _work = h.at_work();
    for (count, pause) in [(1, 5), (2, 15)] {
        sent(&expo, count).await;
        all_are(&h, "waiting").await;
        h.world.advance(Duration::from_secs(pause));
    }
    sent(&expo, 3).await;
    all_are(&h, "receipt").await;
}

#[tokio::test]
async fn a_push_that_expo_may_have_is_not_sent_again_neither_after_silence_nor_after_a_crash() {
    let expo = ScriptedUpstream::start([Script::Silence, Script::Silence]).await;
    let h = house(&expo).await;
    let [ada] = h.people(["ada"]);
    h.phone(ada, "one").await;
    comment(&h, ada).await;
    let (planner, worker) = (h.start("push-plan"), h.start("push-expo"));
    sent(&expo, 1).await;
    all_are(&h, "done").await;
    comment(&h, ada).await;
    sent(&expo, 2).await;
    worker.abort();
    planner.abort();
    assert!(
        stages(&h).await.contains(&"sending".to_owned()),
        "killed in the very moment"
    );
    let _work = h.at_work();
    h.world.advance(Duration::from_secs(121));
    all_are(&h, "done").await;
    assert_eq!(expo.received().len(), 2);
}

#[tokio::test]
async fn what_was_read_taken_back_or_is_not_wanted_is_not_pushed() {
    let expo = ScriptedUpstream::start([tickets(1)]).await;
    let h = house(&expo).await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let post = (h.ambient.id(), ada);
    h.phone(ada, "one").await;
    h.like(grace, post).await;
    comment(&h, ada).await;
    h.read(ada, json!({ "all": true })).await;
    let gone = h.comment(alan, post, &[]).await;
    h.comment_event(gone, alan, post, contracts::post::CommentChange::Deleted)
        .await;
    let room = h.room(Some("Engines"), &[ada, grace]);
    h.send(room, 1, grace, &[]).await;
    let _work = h.at_work();
    let bodies = sent(&expo, 1).await;
    assert_eq!(
        (bodies[0].as_array().unwrap().len(), &bodies[0][0]["body"]),
        (1, &json!("grace wrote in Engines"))
    );
    assert_eq!(bodies[0][0]["priority"], "high");
}

#[tokio::test]
async fn quiet_hours_put_pushes_off_and_reading_meanwhile_ends_them() {
    let expo = ScriptedUpstream::start([tickets(1)]).await;
    let h = house(&expo).await;
    let [ada, grace] = h.people(["ada", "grace"]);
    h.phone(ada, "one").await;
    // It is midnight in London, one o'clock in Berlin.
    h.wish(
        ada,
        json!({ "timeZone": "Europe/Berlin", "quietHours": { "start": "22:00", "end": "07:00" } }),
    )
    .await;
    comment(&h, ada).await;
    let page = h.page(ada).await;
    h.like(grace, (h.ambient.id(), ada)).await;
    comment(&h, ada).await;
    let _work = h.at_work();
    h.world.advance(Duration::from_secs(6 * 3600 - 60));
    h.read(ada, json!({ "ids": [page["items"][0]["id"]] })).await;
    assert!(expo.received().is_empty() && stages(&h).await.is_empty());
    h.world.advance(Duration::from_secs(120));
    assert_eq!(sent(&expo, 1).await[0].as_array().unwrap().len(), 1);
}

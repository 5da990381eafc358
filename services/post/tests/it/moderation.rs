//! Reports and decisions.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::stage::{Person, Stage};

async fn report(person: &Person, path: &str) {
    let body = json!({ "reason": "abuse", "detail": "because" });
    person
        .ask
        .post(&format!("/api/posts/{path}/reports"), body)
        .await
        .expect(202);
}

fn moderator(stage: &Stage) -> testkit::Asker {
    stage.app.by_admin(stage.world.users().add("moderator"))
}

async fn decide(by: &testkit::Asker, which: &str, action: &str) -> Value {
    let path = format!("/api/posts/moderation/{which}/decide");
    by.post(&path, json!({ "action": action, "note": "so" }))
        .await
        .expect(200)
}

#[tokio::test]
async fn reports_of_one_thing_are_one_case_however_many_come_at_once_the_oldest_case_first() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let (first, second) = (ada.post("public", "bad").await, ada.post("public", "worse").await);
    let crowd: Vec<Person> = (0..8).map(|n| stage.person(&format!("p{n}"))).collect();
    report(&crowd[0], &first).await;
    stage.world.advance(std::time::Duration::from_secs(1));
    join_all(crowd.iter().map(|p| report(p, &second))).await;
    report(&crowd[0], &second).await;
    let queue = moderator(&stage).get("/api/posts/moderation").await.expect(200);
    let cases: Vec<(String, u64)> = queue["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            (
                c["subject"].as_str().unwrap().to_owned(),
                c["reportCount"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(cases, [(format!("post:{first}"), 1), (format!("post:{second}"), 8)]);
    assert_eq!(
        (
            queue["items"][1]["excerpt"].clone(),
            queue["items"][1]["author"]["handle"].clone()
        ),
        (json!("worse"), json!("ada"))
    );
}

#[tokio::test]
async fn only_moderators_see_and_decide_cases_and_nobody_reports_themselves() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "bad").await;
    report(&bob, &post).await;
    assert_eq!(
        bob.ask.get("/api/posts/moderation").await.expect_code(403),
        "post.not_moderator"
    );
    let path = format!("/api/posts/moderation/post:{post}/decide");
    bob.ask.post(&path, json!({ "action": "remove" })).await.expect(403);
    stage.app.anonymous().get("/api/posts/moderation").await.expect(401);
    let own = ada
        .ask
        .post(&format!("/api/posts/{post}/reports"), json!({ "reason": "spam" }))
        .await;
    assert_eq!(own.expect_code(409), "post.own");
}

#[tokio::test]
async fn a_removed_post_is_gone_the_decision_stays_and_is_made_once() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "bad").await;
    report(&bob, &post).await;
    let by = moderator(&stage);
    let report_id = by.get("/api/posts/moderation").await.expect(200)["items"][0]["reports"][0]["id"].clone();
    let case = decide(&by, report_id.as_str().unwrap(), "remove").await;
    assert_eq!(
        (case["decision"]["action"].clone(), case["decision"]["note"].clone()),
        (json!("remove"), json!("so"))
    );
    assert!(!ada.sees(&post).await);
    by.post(
        &format!("/api/posts/moderation/post:{post}/decide"),
        json!({ "action": "dismiss" }),
    )
    .await
    .expect(404);
    stage.settle_clean().await;
    assert_eq!(by.get("/api/posts/moderation").await.expect(200)["items"], json!([]));
    let kept = by.get("/api/posts/moderation?decided=true").await.expect(200);
    assert_eq!(
        (
            kept["items"][0]["excerpt"].clone(),
            kept["items"][0]["decision"].clone()
        ),
        (json!("bad"), case["decision"].clone())
    );
}

#[tokio::test]
async fn what_is_dismissed_stays_and_the_next_report_opens_another_case() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "fine").await;
    let comment = ada.comment(&post, "fine too").await;
    let by = moderator(&stage);
    report(&bob, &format!("{post}/comments/{comment}")).await;
    let first = decide(&by, &format!("comment:{comment}"), "dismiss").await;
    assert_eq!(ada.comments(&post).await, std::slice::from_ref(&comment));
    report(&bob, &format!("{post}/comments/{comment}")).await;
    let second = decide(&by, &format!("comment:{comment}"), "remove").await;
    assert_ne!(first["id"], second["id"]);
    assert!(ada.comments(&post).await.is_empty());
    stage.settle_clean().await;
}

#[tokio::test]
async fn moderators_see_the_pictures_of_what_is_reported_until_they_decide() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    stage.befriend(&ada, &bob);
    let asset = stage.asset_of(&ada);
    let post = ada
        .write(json!({ "text": "", "visibility": "friends", "mediaIds": [asset] }))
        .await;
    report(&bob, &post).await;
    // Its author destroys the evidence.
    ada.delete(&post).await;
    stage.settle().await;
    let queue = moderator(&stage).get("/api/posts/moderation").await.expect(200);
    let case = &queue["items"][0];
    assert_eq!(case["media"][0]["id"], json!(asset));
    let claim = (asset.to_string(), format!("case:{}", case["id"].as_str().unwrap()));
    assert_eq!(stage.media.claims.lock().iter().collect::<Vec<_>>(), [&claim]);
    let decided = decide(&moderator(&stage), case["id"].as_str().unwrap(), "dismiss").await;
    assert_eq!(decided["media"][0]["id"], json!(asset));
    assert!(stage.media.claims.lock().is_empty());
}

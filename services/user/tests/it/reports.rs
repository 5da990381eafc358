//! Reports about people: who sees them, what is decided, and what is left when somebody goes.

use std::sync::Arc;
use std::time::Duration;

use contracts::event::topic;
use contracts::user::{ModerationAction, ModerationEvent};
use kernel::UserId;
use serde_json::{Value, json};
use testkit::Asker;

use crate::Setup;

const QUEUE: &str = "/api/users/moderation";

impl Setup {
    async fn report(&self, by: UserId, about: UserId) -> u16 {
        let body = json!({"reason": "abuse", "detail": "because"});
        let path = format!("/api/users/{about}/reports");
        self.app.by(by).post(&path, body).await.status.as_u16()
    }

    async fn queue(&self, by: &Asker) -> Vec<Value> {
        let page = by.get(QUEUE).await.expect(200);
        page.get("items").and_then(Value::as_array).unwrap().clone()
    }
}

fn decide(id: &Value, action: &str) -> (String, Value) {
    let path = format!("{QUEUE}/{}/decide", id.as_str().unwrap());
    (path, json!({"action": action, "note": "so"}))
}

#[tokio::test]
async fn moderators_see_reports_the_oldest_first_and_nobody_else_does() {
    let s = Setup::new().await;
    let (ada, grace, eve) = (s.person("ada").await, s.person("grace").await, s.person("eve").await);
    assert_eq!(s.report(ada, eve).await, 202);
    s.world.advance(Duration::from_secs(1));
    assert_eq!(s.report(grace, ada).await, 202);
    assert_eq!(s.app.by(ada).get(QUEUE).await.expect_code(403), "user.not_moderator");
    s.app.anonymous().get(QUEUE).await.expect(401);
    let moderator = s.app.by_admin(grace);
    let queue = s.queue(&moderator).await;
    let told: Vec<_> = queue
        .iter()
        .map(|r| (&r["subject"]["handle"], &r["by"], &r["detail"]))
        .collect();
    let because = json!("because");
    assert_eq!(
        told,
        [
            (&json!("eve"), &json!(ada), &because),
            (&json!("ada"), &json!(grace), &because)
        ]
    );
    let (path, body) = decide(&queue[0]["id"], "dismiss");
    s.app.by(ada).post(&path, body).await.expect(403);
}

#[tokio::test]
async fn a_verdict_ends_all_reports_about_a_person_is_made_once_and_a_later_report_is_another() {
    let s = Setup::new().await;
    let (ada, grace, eve) = (s.person("ada").await, s.person("grace").await, s.person("eve").await);
    s.report(ada, eve).await;
    s.report(grace, eve).await;
    let moderator = s.app.by_admin(s.person("judge").await);
    let queue = s.queue(&moderator).await;
    // Named by the later one.
    let (path, body) = decide(&queue[1]["id"], "warn");
    let decided = moderator.post(&path, body.clone()).await.expect(200);
    assert_eq!(
        (&decided["id"], &decided["decision"]["note"]),
        (&queue[1]["id"], &json!("so"))
    );
    assert_eq!(
        moderator.post(&path, body).await.expect_code(404),
        "user.report_not_found"
    );
    assert!(s.queue(&moderator).await.is_empty());
    let kept = moderator.get(&format!("{QUEUE}?decided=true")).await.expect(200);
    assert_eq!(kept["items"].as_array().unwrap().len(), 2);
    let told = s
        .world
        .pending(&s.store)
        .await
        .into_iter()
        .filter(|e| &*e.topic == topic::MODERATION.name);
    let verdicts: Vec<ModerationEvent> = told.map(|e| e.body().unwrap()).collect();
    let warned = |e: &&ModerationEvent| matches!(e, ModerationEvent::Decided { author: Some(a), action: ModerationAction::Warn, note: Some(n), post_id: None, .. } if *a == eve && n == "so");
    assert_eq!(verdicts.iter().filter(warned).count(), 1, "{verdicts:?}");
    assert!(s.world.accounts().banned().is_empty());
    s.settle().await;
    s.world.advance(Duration::from_secs(1));
    assert_eq!(s.report(ada, eve).await, 202);
    assert_eq!(s.queue(&moderator).await.len(), 1);
}

#[tokio::test]
async fn who_is_removed_is_banned_also_when_the_process_ends_before_it_had_done_so() {
    let s = Arc::new(Setup::new().await);
    let (ada, eve, mallory) = (s.person("ada").await, s.person("eve").await, s.person("mallory").await);
    s.report(ada, eve).await;
    s.world.advance(Duration::from_secs(1));
    s.report(ada, mallory).await;
    s.report(eve, mallory).await;
    let moderator = s.app.by_admin(s.person("judge").await);
    let queue = s.queue(&moderator).await;
    let (path, body) = decide(&queue[0]["id"], "remove");
    moderator.post(&path, body).await.expect(200);
    assert_eq!(s.world.accounts().banned(), [(eve, "so".into())]);
    // Ends between the verdict and the rest: the second report is never written.
    let (stopped, stops) = tokio::sync::oneshot::channel();
    let (path, body) = decide(&queue[1]["id"], "remove");
    let at_rest = s.clone();
    s.between.before_write_to("reports", async move {
        at_rest.between.before_write_to("reports", async move {
            stopped.send(()).unwrap();
            std::future::pending().await
        });
    });
    let asking = tokio::spawn(async move { moderator.post(&path, body).await.status });
    stops.await.unwrap();
    asking.abort();
    s.settle().await;
    let moderator = s.app.by_admin(ada);
    assert!(s.queue(&moderator).await.is_empty());
    assert_eq!(s.world.accounts().banned().len(), 2);
}

#[tokio::test]
async fn of_two_moderators_at_once_only_the_one_whose_verdict_stands_does_anything() {
    let s = Arc::new(Setup::new().await);
    let (ada, eve) = (s.person("ada").await, s.person("eve").await);
    s.report(ada, eve).await;
    let id = s.queue(&s.app.by_admin(ada)).await[0]["id"].clone();
    let (path, dismiss) = decide(&id, "dismiss");
    let other = s.clone();
    s.between.before_write_to("reports", async move {
        other.app.by_admin(ada).post(&path, dismiss).await.expect(200);
    });
    let (path, remove) = decide(&id, "remove");
    s.app.by_admin(ada).post(&path, remove).await.expect(404);
    s.settle().await;
    assert!(s.world.accounts().banned().is_empty());
}

#[tokio::test]
async fn nothing_is_left_of_an_erased_person_in_reports_by_about_or_decided_by_them() {
    let s = Setup::new().await;
    let (ada, grace, eve) = (s.person("ada").await, s.person("grace").await, s.person("eve").await);
    s.report(ada, eve).await;
    s.report(eve, ada).await;
    s.report(grace, eve).await;
    let judge = s.app.by_admin(ada);
    let of_eve = s
        .queue(&judge)
        .await
        .into_iter()
        .find(|r| r["by"] == json!(grace))
        .unwrap();
    let (path, body) = decide(&of_eve["id"], "dismiss");
    judge.post(&path, body).await.expect(200);
    assert_eq!(s.where_is(&ada.to_string()).await, ["profiles", "reports"]);
    s.erase(ada).await;
    assert!(s.where_is(&ada.to_string()).await.is_empty());
    assert_eq!(
        s.where_is(&eve.to_string()).await,
        ["profiles", "reports"],
        "grace's stays"
    );
}

#[tokio::test]
async fn a_report_that_was_on_its_way_when_somebody_was_erased_is_not_kept() {
    let s = Arc::new(Setup::new().await);
    let (ada, grace, eve) = (s.person("ada").await, s.person("grace").await, s.person("eve").await);
    for (gone, by, about) in [(ada, ada, eve), (grace, eve, grace)] {
        let erasing = s.clone();
        s.between
            .before_write_to("reports", async move { erasing.erase(gone).await });
        assert_eq!(s.report(by, about).await, 404);
        assert!(s.where_is(&gone.to_string()).await.is_empty());
    }
}

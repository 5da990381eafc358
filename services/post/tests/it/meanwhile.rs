//! What happens between a question and its write: somebody is erased, a post goes, another moderator is faster, the process ends.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stage::{Person, Stage};

impl Stage {
    /// Tells in which collections a person stands.
    async fn where_is(&self, person: &Person) -> Vec<&'static str> {
        let mut found = Vec::new();
        for spec in post::COLLECTIONS {
            let all = self.all(spec.collection).await;
            if all.iter().any(|document| document.contains(&person.id.to_string())) {
                found.push(spec.collection);
            }
        }
        found
    }

    fn erase_before_write_to(self: &Arc<Self>, collection: &'static str, person: &Person) {
        let (stage, person) = (self.clone(), person.clone());
        self.between
            .before_write_to(collection, async move { stage.erase(&person).await });
    }
}

#[tokio::test]
async fn what_is_on_its_way_when_somebody_is_erased_is_taken_away_again() {
    let stage = Arc::new(Stage::open().await);
    let [ada] = stage.people(["ada"]);
    let post = ada.post("public", "hello").await;
    let path = format!("/api/posts/{post}");
    let (text, report) = (json!({ "text": "mine" }), json!({ "reason": "spam", "detail": "mine" }));
    let whole = json!({ "text": "mine", "visibility": "public", "clientId": "c" });
    for (n, (collection, path, body)) in [
        ("posts", "/api/posts".to_owned(), whole),
        ("posts", format!("{path}/shares"), json!({})),
        ("comments", format!("{path}/comments"), text),
        ("cases", format!("{path}/reports"), report.clone()),
        // The second report joins a case.
        ("cases", format!("{path}/reports"), report),
    ]
    .into_iter()
    .enumerate()
    {
        let bob = stage.person(&format!("bob{n}"));
        stage.erase_before_write_to(collection, &bob);
        bob.ask.post(&path, body).await.expect(404);
        stage.settle_clean().await;
        assert_eq!(stage.where_is(&bob).await, ["gone"], "{path}");
    }
    let bob = stage.person("bob");
    stage.erase_before_write_to("reactions", &bob);
    bob.ask
        .put(&format!("{path}/reactions/like"), Value::Null)
        .await
        .expect(404);
    stage.settle_clean().await;
    assert_eq!(stage.where_is(&bob).await, ["gone"]);
}

#[tokio::test]
async fn nobody_is_named_who_is_erased_while_it_is_written() {
    let stage = Arc::new(Stage::open().await);
    let [ada, bob, cyd, dan, eve] = stage.people(["ada", "bob", "cyd", "dan", "eve"]);
    stage.erase_before_write_to("posts", &bob);
    let post = ada.post("public", "hello @bob").await;
    stage.erase_before_write_to("comments", &cyd);
    let comment = ada.comment(&post, "@cyd look").await;
    stage.erase_before_write_to("comments", &dan);
    let path = format!("/api/posts/{post}");
    let edit = json!({ "text": "@dan look" });
    ada.ask
        .patch(&format!("{path}/comments/{comment}"), edit)
        .await
        .expect(200);
    stage.erase_before_write_to("posts", &eve);
    ada.ask.patch(&path, json!({ "text": "hello @eve" })).await.expect(200);
    stage.settle_clean().await;
    for person in [bob, cyd, dan, eve] {
        assert_eq!(stage.where_is(&person).await, ["gone"]);
    }
}

#[tokio::test]
async fn a_moderator_who_is_erased_while_they_decide_is_not_in_the_decision() {
    let stage = Arc::new(Stage::open().await);
    let [ada, bob, judge] = stage.people(["ada", "bob", "judge"]);
    let post = ada.post("public", "bad").await;
    let report = json!({ "reason": "spam" });
    bob.ask
        .post(&format!("/api/posts/{post}/reports"), report)
        .await
        .expect(202);
    stage.erase_before_write_to("cases", &judge);
    let path = format!("/api/posts/moderation/post:{post}/decide");
    let verdict = json!({ "action": "remove" });
    stage.app.by_admin(judge.id).post(&path, verdict).await.expect(404);
    assert_eq!(stage.where_is(&judge).await, ["gone"]);
    assert!(!ada.sees(&post).await);
}

#[tokio::test]
async fn earlier_words_of_a_post_that_goes_while_it_is_changed_go_with_it() {
    let stage = Arc::new(Stage::open().await);
    let [ada] = stage.people(["ada"]);
    let post = ada.post("public", "regretted").await;
    let (deleting, by, id) = (stage.clone(), ada.clone(), post.clone());
    stage.between.before_write_to("revisions", async move {
        by.delete(&id).await;
        deleting.settle().await;
    });
    let path = format!("/api/posts/{post}");
    let changed = ada.ask.patch(&path, json!({ "text": "better" })).await;
    assert_eq!(changed.expect_code(404), "post.not_found");
    assert!(stage.all("revisions").await.is_empty());
}

#[tokio::test]
async fn of_two_moderators_at_once_only_the_one_whose_verdict_stands_does_anything() {
    let stage = Arc::new(Stage::open().await);
    let [ada, bob, judge] = stage.people(["ada", "bob", "judge"]);
    let post = ada.post("public", "fine").await;
    let report = json!({ "reason": "spam" });
    bob.ask
        .post(&format!("/api/posts/{post}/reports"), report)
        .await
        .expect(202);
    let path = format!("/api/posts/moderation/post:{post}/decide");
    let (other, by, same) = (stage.clone(), judge.id, path.clone());
    stage.between.before_write_to("cases", async move {
        let verdict = json!({ "action": "dismiss" });
        other.app.by_admin(by).post(&same, verdict).await.expect(200);
    });
    let verdict = json!({ "action": "remove" });
    let told = stage.app.by_admin(judge.id).post(&path, verdict).await;
    assert_eq!(told.expect_code(404), "post.case_not_found");
    stage.settle_clean().await;
    assert!(ada.sees(&post).await, "it was dismissed");
}

#[tokio::test]
async fn a_verdict_is_carried_out_though_the_process_ends_right_after_it() {
    let stage = Arc::new(Stage::open().await);
    let [ada, bob, judge] = stage.people(["ada", "bob", "judge"]);
    let post = ada.post("public", "bad").await;
    let comment = ada.comment(&post, "bad too").await;
    for (which, path, collection) in [
        (
            format!("comment:{comment}"),
            format!("{post}/comments/{comment}"),
            "comments",
        ),
        (format!("post:{post}"), post.clone(), "posts"),
    ] {
        let report = json!({ "reason": "spam" });
        bob.ask
            .post(&format!("/api/posts/{path}/reports"), report)
            .await
            .expect(202);
        let (stopped, stops) = tokio::sync::oneshot::channel();
        stage.between.before_write_to(collection, async move {
            stopped.send(()).unwrap();
            std::future::pending().await
        });
        let by = stage.app.by_admin(judge.id);
        let decide = format!("/api/posts/moderation/{which}/decide");
        let asking = tokio::spawn(async move { by.post(&decide, json!({ "action": "remove" })).await.status });
        stops.await.unwrap();
        asking.abort();
        assert!(ada.sees(&post).await);
        stage.settle_clean().await;
        assert!(!ada.sees(&post).await || ada.comments(&post).await.is_empty());
    }
    assert!(!ada.sees(&post).await);
}

//! Comments.

use futures::future::join_all;
use serde_json::json;

use crate::stage::{Stage, id_of, ids};

#[tokio::test]
async fn comments_are_listed_oldest_first_and_answers_stand_one_level_deep() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "words").await;
    let first = bob.comment(&post, "first").await;
    let answer = ada
        .comment_with(&post, json!({ "text": "@bob yes", "replyTo": first }))
        .await;
    let deeper = bob
        .comment_with(&post, json!({ "text": "no", "replyTo": answer }))
        .await;
    let second = bob.comment(&post, "second").await;
    assert_eq!(ada.comments(&post).await, [&*first, &*answer, &*deeper, &*second]);
    let thread = ada
        .ask
        .get(&format!("/api/posts/{post}/comments?thread={first}"))
        .await
        .expect(200);
    assert_eq!(ids(&thread), [&*answer, &*deeper]);
    assert_eq!(
        (
            thread["items"][1]["replyTo"].clone(),
            thread["items"][1]["threadId"].clone()
        ),
        (json!(answer), json!(first))
    );
    assert_eq!(thread["items"][0]["mentions"][0]["handle"], "bob");
}

#[tokio::test]
async fn the_same_client_id_is_one_comment_for_ever() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let post = ada.post("public", "words").await;
    let path = format!("/api/posts/{post}/comments");
    let body = json!({ "text": "once", "clientId": "c" });
    let replies = join_all((0..6).map(|_| ada.ask.post(&path, body.clone()))).await;
    assert_eq!(replies.iter().filter(|r| r.status == 201).count(), 1);
    assert!(replies.iter().all(|r| id_of(&r.json()) == id_of(&replies[0].json())));
    stage.settle_clean().await;
    assert_eq!(ada.view(&post).await["comments"], 1);
    ada.delete(&format!("{post}/comments/{}", id_of(&replies[0].json())))
        .await;
    ada.ask.post(&path, body).await.expect(404);
}

#[tokio::test]
async fn its_author_changes_a_comment_and_the_author_of_the_post_may_only_delete_it() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let post = ada.post("public", "words").await;
    let comment = bob.comment(&post, "hm").await;
    let path = format!("/api/posts/{post}/comments/{comment}");
    for other in [&ada, &cyd] {
        assert_eq!(
            other.ask.patch(&path, json!({ "text": "x" })).await.expect_code(403),
            "post.not_author"
        );
    }
    let edited = bob.ask.clone().header("if-match", "\"1\"");
    assert_eq!(
        edited.patch(&path, json!({ "text": "oh" })).await.expect(200)["text"],
        "oh"
    );
    edited.patch(&path, json!({ "text": "ah" })).await.expect(412);
    cyd.ask.delete(&path).await.expect(403);
    ada.ask.delete(&path).await.expect(204);
    bob.ask.patch(&path, json!({ "text": "back" })).await.expect(404);
    stage.settle_clean().await;
    assert_eq!(ada.view(&post).await["comments"], 0);
}

#[tokio::test]
async fn a_deleted_comment_takes_its_answers_with_it_and_the_counter_follows() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "words").await;
    let first = bob.comment(&post, "first").await;
    ada.comment_with(&post, json!({ "text": "yes", "replyTo": first }))
        .await;
    let other = ada.comment(&post, "other").await;
    bob.delete(&format!("{post}/comments/{first}")).await;
    assert_eq!(ada.comments(&post).await, [other]);
    stage.settle_clean().await;
    assert_eq!(ada.view(&post).await["comments"], 1);
}

#[tokio::test]
async fn comments_of_people_across_a_block_are_left_out_and_cannot_be_answered() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let post = ada.post("public", "words").await;
    let theirs = bob.comment(&post, "hm").await;
    stage.block(&bob, &cyd);
    assert!(cyd.comments(&post).await.is_empty());
    let path = format!("/api/posts/{post}/comments");
    let answer = cyd
        .ask
        .post(&path, json!({ "text": "x", "replyTo": theirs }))
        .await
        .expect(422);
    assert_eq!(answer["errors"][0]["field"], "replyTo");
    cyd.ask
        .patch(&format!("{path}/{theirs}"), json!({ "text": "x" }))
        .await
        .expect(404);
    cyd.ask
        .post(&format!("{path}/{theirs}/reports"), json!({ "reason": "spam" }))
        .await
        .expect(404);
    assert_eq!(ada.comments(&post).await, [theirs]);
}

#[tokio::test]
async fn a_comment_cannot_be_reached_through_another_post() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let (post, other) = (ada.post("public", "words").await, ada.post("public", "others").await);
    let comment = ada.comment(&post, "hm").await;
    let path = format!("/api/posts/{other}/comments/{comment}");
    ada.ask.patch(&path, json!({ "text": "x" })).await.expect(404);
    ada.ask.delete(&path).await.expect(404);
    let thread = ada
        .ask
        .get(&format!("/api/posts/{other}/comments?thread={comment}"))
        .await
        .expect(200);
    assert!(ids(&thread).is_empty());
}

#[tokio::test]
async fn the_author_of_a_post_deletes_and_reports_comments_across_a_block_and_nobody_reads_them() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let [eve] = stage.people(["eve"]);
    for (bob, ada_blocks) in [(bob, true), (eve, false)] {
        let post = ada.post("public", "words").await;
        let (first, second) = (bob.comment(&post, "abuse").await, bob.comment(&post, "more").await);
        let kept = cyd.comment(&post, "hm").await;
        if ada_blocks {
            stage.block(&ada, &bob);
        } else {
            stage.block(&bob, &ada);
        }
        let path = format!("/api/posts/{post}/comments");
        for reader in [&ada, &cyd] {
            assert_eq!(reader.comments(&post).await, [&*kept]);
        }
        let answer = json!({ "text": "x", "replyTo": first });
        cyd.ask.post(&path, answer).await.expect(422);
        let report = json!({ "reason": "abuse" });
        let reports = format!("{path}/{first}/reports");
        cyd.ask.post(&reports, report.clone()).await.expect(404);
        ada.ask.post(&reports, report).await.expect(202);
        cyd.ask.delete(&format!("{path}/{first}")).await.expect(404);
        ada.ask.delete(&format!("{path}/{first}")).await.expect(204);
        // One's own words can be taken back where one sees nothing any more.
        bob.ask.delete(&format!("{path}/{second}")).await.expect(204);
    }
    stage.settle_clean().await;
}

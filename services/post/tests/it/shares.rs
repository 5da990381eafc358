//! Shares.

use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn a_share_is_a_post_that_shows_another_and_is_made_once() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "words").await;
    let share = bob.share(&post, json!({ "text": "look" })).await;
    let view = ada.view(&share).await;
    assert_eq!(
        (
            view["text"].clone(),
            view["shared"]["id"].clone(),
            view["visibility"].clone()
        ),
        (json!("look"), json!(post), json!("public"))
    );
    let again = bob
        .ask
        .post(&format!("/api/posts/{post}/shares"), json!({}))
        .await
        .expect(200);
    assert_eq!(again["id"], json!(share));
    stage.settle_clean().await;
    assert_eq!(ada.view(&post).await["shares"], 1);
    bob.delete(&format!("{post}/shares")).await;
    bob.ask.delete(&format!("/api/posts/{post}/shares")).await.expect(404);
    stage.settle_clean().await;
    assert_eq!(ada.view(&post).await["shares"], 0);
    bob.share(&post, json!({})).await;
}

#[tokio::test]
async fn a_share_is_never_for_more_people_than_what_it_shares() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    stage.befriend(&ada, &bob);
    let post = ada.post("friends", "words").await;
    let path = format!("/api/posts/{post}/shares");
    let wide = bob.ask.post(&path, json!({ "visibility": "public" })).await;
    assert_eq!(wide.expect_code(409), "post.share_too_wide");
    let share = bob.share(&post, json!({ "text": "look" })).await;
    assert_eq!(bob.view(&share).await["visibility"], "friends");
    let wider = bob
        .ask
        .patch(&format!("/api/posts/{share}"), json!({ "visibility": "public" }))
        .await;
    assert_eq!(wider.expect_code(409), "post.share_too_wide");
}

#[tokio::test]
async fn a_share_is_seen_only_by_those_who_may_see_what_it_shares() {
    let stage = Stage::open().await;
    let [ada, bob, both, only_bobs, foe] = stage.people(["ada", "bob", "both", "bobs", "foe"]);
    for (a, b) in [(&ada, &bob), (&ada, &both), (&bob, &both), (&bob, &only_bobs)] {
        stage.befriend(a, b);
    }
    let post = ada.post("friends", "words").await;
    let share = bob.share(&post, json!({ "text": "needle" })).await;
    assert!(both.sees(&share).await && !only_bobs.sees(&share).await);
    assert!(only_bobs.list("q=needle").await.is_empty());
    let open = ada.post("public", "others").await;
    let share = bob.share(&open, json!({ "text": "needle" })).await;
    stage.block(&foe, &ada);
    assert!(only_bobs.sees(&share).await && !foe.sees(&share).await);
    ada.ask
        .patch(&format!("/api/posts/{open}"), json!({ "visibility": "private" }))
        .await
        .expect(200);
    assert!(!only_bobs.sees(&share).await);
    assert_eq!(bob.view(&share).await["shared"], json!(null));
}

#[tokio::test]
async fn sharing_a_share_without_words_passes_on_what_it_shares() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let post = ada.post("public", "words").await;
    let bare = bob.share(&post, json!({})).await;
    let second = cyd.write(json!({ "shareOf": bare })).await;
    assert_eq!(cyd.view(&second).await["shared"]["id"], json!(post));
    stage.settle_clean().await;
    assert_eq!(ada.view(&post).await["shares"], 2);
}

#[tokio::test]
async fn a_private_share_is_counted_only_once_others_may_see_it() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "words").await;
    let share = bob.share(&post, json!({ "visibility": "private" })).await;
    for (visibility, count) in [
        ("private", 0),
        ("public", 1),
        ("friends", 1),
        ("private", 0),
        ("friends", 1),
    ] {
        bob.ask
            .patch(&format!("/api/posts/{share}"), json!({ "visibility": visibility }))
            .await
            .expect(200);
        stage.settle_clean().await;
        assert_eq!(ada.view(&post).await["shares"], count, "{visibility}");
    }
}

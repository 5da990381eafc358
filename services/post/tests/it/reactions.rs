//! Reactions.

use serde_json::{Value, json};

use crate::stage::Stage;

fn handles(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|i| i["user"]["handle"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_person_has_one_reaction_and_another_kind_replaces_it() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let post = ada.post("public", "words").await;
    for kind in ["like", "like", "love"] {
        assert_eq!(ada.react(&post, kind).await["myReaction"], kind);
    }
    stage.settle_clean().await;
    assert_eq!(
        ada.view(&post).await["reactions"],
        json!([{ "kind": "love", "count": 1 }])
    );
    let path = format!("/api/posts/{post}/reactions");
    assert_eq!(
        ada.ask.delete(&format!("{path}/like")).await.expect(200)["myReaction"],
        "love"
    );
    assert_eq!(
        ada.ask.delete(&format!("{path}/love")).await.expect(200)["myReaction"],
        json!(null)
    );
    stage.settle_clean().await;
    assert_eq!(ada.view(&post).await["reactions"], json!([]));
}

#[tokio::test]
async fn who_reacted_is_listed_by_kind_newest_first_without_people_across_a_block() {
    let stage = Stage::open().await;
    let [ada, bob, cyd, dan] = stage.people(["ada", "bob", "cyd", "dan"]);
    let post = ada.post("public", "words").await;
    bob.react(&post, "like").await;
    cyd.react(&post, "like").await;
    dan.react(&post, "wow").await;
    let path = format!("/api/posts/{post}/reactions");
    let page = ada.ask.get(&format!("{path}?kind=like&limit=1")).await.expect(200);
    assert_eq!(handles(&page), ["cyd"]);
    let next = format!("{path}?kind=like&cursor={}", page["nextCursor"].as_str().unwrap());
    assert_eq!(handles(&ada.ask.get(&next).await.expect(200)), ["bob"]);
    stage.block(&bob, &dan);
    assert_eq!(handles(&bob.ask.get(&path).await.expect(200)), ["cyd", "bob"]);
    assert_eq!(handles(&dan.ask.get(&path).await.expect(200)), ["dan", "cyd"]);
}

#[tokio::test]
async fn a_reaction_can_be_taken_back_by_who_does_not_see_the_post_any_more() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "words").await;
    bob.react(&post, "like").await;
    stage.block(&ada, &bob);
    let path = format!("/api/posts/{post}/reactions/like");
    bob.ask.delete(&path).await.expect(204);
    bob.ask.delete(&path).await.expect(404);
    stage.settle_clean().await;
    assert!(stage.all("reactions").await.is_empty());
}

//! What other services ask post in process.

use contracts::post::Posts as _;
use kernel::PostId;
use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn views_are_what_the_reader_would_be_given_in_the_order_asked() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let mut posts = Vec::new();
    for visibility in ["public", "friends", "private", "public"] {
        posts.push(ada.post(visibility, "words").await);
    }
    ada.delete(&posts[3]).await;
    let asked: Vec<PostId> = [1, 3, 2, 0].map(|n| posts[n].parse().unwrap()).to_vec();
    let seen = stage.posts.views(bob.id, &asked).await.unwrap();
    assert_eq!(seen, [bob.view(&posts[0]).await]);
    stage.befriend(&ada, &bob);
    let seen = stage.posts.views(bob.id, &asked).await.unwrap();
    assert_eq!(seen, [bob.view(&posts[1]).await, bob.view(&posts[0]).await]);
}

#[tokio::test]
async fn summaries_walks_and_lists_of_an_author_tell_all_that_stands_whoever_may_see_it() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let first = ada.post("private", "#one").await;
    let second = ada.post("public", "two").await;
    let gone = ada.post("public", "gone").await;
    ada.delete(&gone).await;
    let share = bob.share(&second, json!({})).await;
    bob.react(&second, "like").await;
    stage.settle_clean().await;
    let ids = |all: Vec<contracts::post::PostSummary>| all.iter().map(|s| s.id.to_string()).collect::<Vec<_>>();
    let all: Vec<PostId> = [&first, &second, &gone, &share].map(|id| id.parse().unwrap()).to_vec();
    let mut found = stage.posts.summaries(&all).await.unwrap();
    found.sort_by_key(|s| s.id);
    assert_eq!(
        (found[1].reactions, found[1].shares, found[2].shared),
        (1, 1, Some(all[1]))
    );
    assert_eq!(found[0].tags, ["one"]);
    assert_eq!(
        ids(stage.posts.of_author(ada.id, None, 10).await.unwrap()),
        [&*second, &*first]
    );
    assert_eq!(
        ids(stage.posts.of_author(ada.id, Some(all[1]), 10).await.unwrap()),
        [&*first]
    );
    assert_eq!(ids(stage.posts.scan(None, 2).await.unwrap()), [&*first, &*second]);
    assert_eq!(ids(stage.posts.scan(Some(all[1]), 2).await.unwrap()), [&*share]);
}

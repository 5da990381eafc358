//! Counters: exact under concurrency, recountable, and silent about people across a block.

use futures::future::join_all;
use serde_json::{Value, json};
use store::{Op, Write};

use crate::stage::{Person, Stage};

async fn hurry(person: Person, post: String, n: usize) {
    let kinds = ["like", "love", "wow", "sad"];
    person.react(&post, kinds[n % 4]).await;
    let comment = person.comment(&post, "hm").await;
    if n.is_multiple_of(2) {
        person.react(&post, kinds[(n + 1) % 4]).await;
        person.delete(&format!("{post}/comments/{comment}")).await;
    }
    if n.is_multiple_of(3) {
        let path = format!("/api/posts/{post}/reactions/{}", kinds[n % 4]);
        person.ask.delete(&path).await.expect(200);
        person.share(&post, json!({})).await;
    }
}

fn total(view: &Value) -> u64 {
    let kinds = view["reactions"].as_array().unwrap().iter();
    kinds.map(|r| r["count"].as_u64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_people_at_once_are_counted_to_the_last_and_a_recount_agrees() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let post = ada.post("public", "hot").await;
    let crowd = (0..100).map(|n| tokio::spawn(hurry(stage.person(&format!("p{n}")), post.clone(), n)));
    for done in join_all(crowd).await {
        done.unwrap();
    }
    stage.settle_clean().await;
    let view = ada.view(&post).await;
    // Of 100: 17 multiples of 6 reacted twice and took back a kind that they no longer had; 17 odd multiples of 3 took theirs back.
    assert_eq!(
        (total(&view), view["comments"].clone(), view["shares"].clone()),
        (83, json!(50), json!(34))
    );
}

#[tokio::test]
async fn a_recount_finds_a_counter_that_is_off_and_puts_it_right() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "words").await;
    bob.react(&post, "like").await;
    bob.comment(&post, "hm").await;
    stage.settle_clean().await;
    let lose = Write::from(Op::Delete("tallies", post.clone(), None));
    stage.store.write(lose).await.unwrap();
    let found = post::verify(&stage.store).await.unwrap();
    assert_eq!((found.drift, found.defects), (2, 1));
    post::recount(&stage.store).await.unwrap();
    stage.settle_clean().await;
    assert_eq!(ada.view(&post).await["comments"], 1);
}

#[tokio::test]
async fn counts_leave_out_people_across_a_block() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let post = ada.post("public", "words").await;
    for person in [&bob, &cyd] {
        person.react(&post, "like").await;
        person.comment(&post, "hm").await;
        person.share(&post, json!({})).await;
    }
    stage.settle_clean().await;
    stage.block(&bob, &cyd);
    for (person, count) in [(&ada, 2), (&bob, 1), (&cyd, 1)] {
        let view = person.view(&post).await;
        assert_eq!(
            (total(&view), view["comments"].clone(), view["shares"].clone()),
            (count, json!(count), json!(count))
        );
    }
}

#[tokio::test]
async fn what_is_counted_after_its_post_is_gone_leaves_nothing_behind() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let post = ada.post("public", "words").await;
    bob.react(&post, "like").await;
    let waiting = stage.world.pending(&stage.store).await;
    ada.delete(&post).await;
    stage.settle_clean().await;
    for event in &waiting {
        stage.deliver(event).await;
    }
    stage.settle_clean().await;
    assert!(stage.all("tallies").await.is_empty() && stage.all("reactions").await.is_empty());
}

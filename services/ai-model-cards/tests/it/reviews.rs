//! Reviews: by holders, once each, and what they add up to.

use kernel::{CardId, UserId};
use serde_json::{Value, json};

use crate::house::House;

async fn holder(h: &House, card: CardId) -> UserId {
    let user = h.id();
    h.holders.add(user, card);
    user
}

async fn review(h: &House, card: CardId, by: UserId, rating: u8) -> Value {
    let path = format!("/api/model-cards/{card}/reviews");
    h.here
        .app
        .by(by)
        .post(&path, json!({ "rating": rating, "text": "Words" }))
        .await
        .expect(201)
}

async fn rating(h: &House, card: CardId) -> (Value, Value) {
    h.here.count().await;
    let rating = h.read(card).await["rating"].clone();
    (rating["averageHundredths"].clone(), rating["count"].clone())
}

#[tokio::test]
async fn who_holds_a_card_reviews_it_once_and_nobody_reviews_their_own() {
    let h = House::new().await;
    let (card, stranger) = (h.on_sale("tutor", json!({})).await, h.world.users().add("ada"));
    let path = format!("/api/model-cards/{card}/reviews");
    let body = json!({"rating": 5});
    assert_eq!(
        h.here.app.by(stranger).post(&path, body.clone()).await.expect_code(403),
        "cards.not_holder"
    );
    h.holders.add(h.seller, card);
    assert_eq!(
        h.here.app.by(h.seller).post(&path, body.clone()).await.expect_code(409),
        "cards.own_card"
    );
    let by = holder(&h, card).await;
    review(&h, card, by, 5).await;
    assert_eq!(
        h.here.app.by(by).post(&path, body).await.expect_code(409),
        "cards.already_reviewed"
    );
    assert_eq!(rating(&h, card).await, (json!(500), json!(1)));
}

#[tokio::test]
async fn a_review_has_one_to_five_stars_and_at_most_two_thousand_characters() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({})).await;
    let (path, by) = (
        format!("/api/model-cards/{card}/reviews"),
        h.here.app.by(holder(&h, card).await),
    );
    for wrong in [
        json!({"rating": 0}),
        json!({"rating": 6}),
        json!({"rating": 4.5}),
        json!({}),
        json!({"rating": 5, "text": "x".repeat(2001)}),
        json!({"rating": 5, "stars": 1}),
    ] {
        by.post(&path, wrong).await.expect(422);
    }
    let draft = h.draft("draft", json!({})).await;
    by.post(&format!("/api/model-cards/{draft}/reviews"), json!({"rating": 5}))
        .await
        .expect(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_average_is_exact_however_many_review_at_once_at_two_replicas() {
    let h = House::new().await;
    let (card, there) = (h.on_sale("tutor", json!({})).await, h.another().await);
    let mut reviewers = tokio::task::JoinSet::new();
    for n in 0..60_u64 {
        let by = [&h.here, &there][usize::from(n % 2 == 0)]
            .app
            .by(holder(&h, card).await);
        let path = format!("/api/model-cards/{card}/reviews");
        reviewers.spawn(async move { by.post(&path, json!({"rating": n % 5 + 1})).await.expect(201) });
    }
    let written = reviewers.join_all().await;
    there.count().await;
    assert_eq!((written.len(), rating(&h, card).await), (60, (json!(300), json!(60))));
}

#[tokio::test]
async fn an_author_changes_and_removes_their_review_and_the_average_follows() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({})).await;
    let (one, two) = (holder(&h, card).await, holder(&h, card).await);
    review(&h, card, one, 5).await;
    let mine = review(&h, card, two, 1).await;
    assert_eq!(rating(&h, card).await, (json!(300), json!(2)));
    let path = format!("/api/model-cards/{card}/reviews/{}", mine["id"].as_str().unwrap());
    assert_eq!(
        h.here
            .app
            .by(one)
            .patch(&path, json!({"rating": 5}))
            .await
            .expect_code(403),
        "cards.not_author"
    );
    assert_eq!(
        h.here.app.by(one).delete(&path).await.expect_code(403),
        "cards.not_author"
    );
    let edited = h.here.app.by(two).patch(&path, json!({"rating": 2})).await.expect(200);
    assert_eq!(
        (&edited["text"], rating(&h, card).await),
        (&json!("Words"), (json!(350), json!(2)))
    );
    h.here
        .app
        .by(two)
        .header("if-match", "\"1\"")
        .patch(&path, json!({"rating": 3}))
        .await
        .expect(412);
    h.here.app.by(two).delete(&path).await.expect(204);
    assert_eq!(rating(&h, card).await, (json!(500), json!(1)));
    h.here.app.by(two).delete(&path).await.expect(404);
    review(&h, card, two, 3).await;
}

#[tokio::test]
async fn what_an_author_thinks_counts_while_they_hold_the_card_and_the_words_stay() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({})).await;
    let (one, two) = (holder(&h, card).await, holder(&h, card).await);
    let path = format!("/api/model-cards/{card}/reviews");
    let mine = review(&h, card, one, 1).await;
    review(&h, card, two, 5).await;
    h.holders.remove(one, card);
    for _ in 0..2 {
        h.hear_revoked(card, one).await;
        assert_eq!(rating(&h, card).await, (json!(500), json!(1)));
    }
    let listed = h.here.app.by(h.seller).get(&path).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let (by, edit) = (h.here.app.by(one), format!("{path}/{}", mine["id"].as_str().unwrap()));
    let late = by.patch(&edit, json!({"rating": 2})).await;
    assert_eq!(late.expect_code(403), "cards.not_holder");
    h.holders.add(one, card);
    h.world.advance(std::time::Duration::from_secs(1));
    by.patch(&edit, json!({"rating": 3})).await.expect(200);
    assert_eq!(rating(&h, card).await, (json!(400), json!(2)), "bought again");
    by.delete(&edit).await.expect(204);
    assert_eq!(rating(&h, card).await, (json!(500), json!(1)));
}

#[tokio::test]
async fn a_moderator_removes_any_review_and_an_account_that_is_gone_takes_its_own() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({})).await;
    let (one, two) = (holder(&h, card).await, holder(&h, card).await);
    let bad = review(&h, card, one, 1).await["id"].as_str().unwrap().to_owned();
    review(&h, card, two, 4).await;
    h.here
        .app
        .by_admin(h.admin)
        .delete(&format!("/api/model-cards/{card}/reviews/{bad}"))
        .await
        .expect(204);
    assert_eq!(rating(&h, card).await, (json!(400), json!(1)));
    h.hear_deleted(two).await;
    assert_eq!(rating(&h, card).await, (Value::Null, json!(0)));
}

#[tokio::test]
async fn reviews_are_listed_newest_first() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({})).await;
    for stars in 1..=3 {
        let by = holder(&h, card).await;
        review(&h, card, by, stars).await;
        h.world.advance(std::time::Duration::from_secs(1));
    }
    let page = h
        .here
        .app
        .by(h.admin)
        .get(&format!("/api/model-cards/{card}/reviews?limit=2"))
        .await
        .expect(200);
    let stars: Vec<u64> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["rating"].as_u64().unwrap())
        .collect();
    assert!(stars == [3, 2] && page["nextCursor"].is_string());
}

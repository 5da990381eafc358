//! What sellers may write, and what it is checked for.

use contracts::orders::OrderChange;
use serde_json::{Value, json};

use crate::house::{House, euro, names};

fn body(fields: Value) -> Value {
    let mut body = json!({"name": "Tutor", "handle": "tutor", "category": "education", "price": euro(0)});
    body.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let h = House::new().await;
    let long = |n: usize| "x".repeat(n);
    let wrong = [
        ("name", json!("")),
        ("name", json!(" ")),
        ("name", json!(long(61))),
        ("handle", json!("No Caps")),
        ("handle", json!("ab")),
        ("description", json!(long(2001))),
        ("category", json!("weapons")),
        ("tags", json!(vec!["a"; 11])),
        ("tags", json!([""])),
        ("persona", json!(long(4001))),
        ("model", json!("")),
        ("temperaturePercent", json!(201)),
        ("temperaturePercent", json!(0.5)),
        ("maxTokens", json!(0)),
        ("talkativeness", json!(101)),
        ("scope", json!({"roomsMax": 0})),
        ("price", json!(euro(-1))),
        ("price", json!({"amount": 1, "currency": "USD"})),
        ("price", json!(euro(10_000_001))),
        ("messagePrice", json!(euro(0))),
        ("editionSize", json!(0)),
        ("editionSize", json!(100_001)),
        ("samplePrompts", json!(vec!["?"; 6])),
        ("sellerId", json!("me")),
    ];
    for (field, value) in wrong {
        let reply = h
            .here
            .app
            .by(h.seller)
            .post("/api/model-cards", body(json!({ (field): value })))
            .await
            .expect(422);
        let named = reply["errors"][0]["field"].as_str().unwrap().to_owned();
        assert!(named.split('.').next() == Some(field), "{field}: {reply}");
    }
    h.here
        .app
        .by(h.seller)
        .post("/api/model-cards", body(json!({})))
        .await
        .expect(201);
}

#[tokio::test]
async fn a_card_is_submitted_once_nothing_is_missing() {
    let h = House::new().await;
    let card = h.draft("tutor", json!({"description": "", "persona": ""})).await;
    let submit = format!("/api/model-cards/{card}/submit");
    let missing = h.here.app.by(h.seller).post_empty(&submit).await.expect(422);
    assert_eq!(
        (&missing["errors"][0]["field"], &missing["errors"][1]["field"]),
        (&json!("description"), &json!("persona"))
    );
    h.edit(card, json!({"description": "d", "persona": "p"}))
        .await
        .expect(200);
    h.here.app.by(h.seller).post_empty(&submit).await.expect(200);
}

#[tokio::test]
async fn a_handle_is_one_card_s_and_no_person_s_and_free_again_when_it_is_given_back() {
    let h = House::new().await;
    let first = h.draft("tutor", json!({})).await;
    for handle in ["tutor", "seller", "sage"] {
        let again = body(json!({ "handle": handle }));
        assert_eq!(
            h.here
                .app
                .by(h.admin)
                .post("/api/model-cards", again)
                .await
                .expect_code(409),
            "cards.handle_taken"
        );
    }
    h.edit(first, json!({"handle": "teacher"})).await.expect(200);
    let second = h.draft("tutor", json!({})).await;
    assert_eq!(
        h.edit(second, json!({"handle": "teacher"})).await.expect_code(409),
        "cards.handle_taken"
    );
    h.here
        .app
        .by(h.seller)
        .delete(&format!("/api/model-cards/{first}"))
        .await
        .expect(204);
    h.edit(second, json!({"handle": "teacher"})).await.expect(200);
}

#[tokio::test]
async fn an_edit_that_fails_leaves_the_handle_that_it_wanted_free() {
    let h = House::new().await;
    let card = h.draft("tutor", json!({})).await;
    let stale = h.here.app.by(h.seller).header("if-match", "\"7\"");
    stale
        .patch(&format!("/api/model-cards/{card}"), json!({"handle": "wanted"}))
        .await
        .expect(412);
    h.draft("wanted", json!({})).await;
    assert_eq!(h.read(card).await["handle"], "tutor");
}

#[tokio::test]
async fn a_card_that_was_published_is_neither_deleted_nor_renamed() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({})).await;
    let path = format!("/api/model-cards/{card}");
    assert_eq!(
        h.here.app.by(h.seller).delete(&path).await.expect_code(409),
        "cards.published"
    );
    assert_eq!(
        h.edit(card, json!({"handle": "teacher"})).await.expect_code(409),
        "cards.handle_fixed"
    );
}

#[tokio::test]
async fn a_stale_edit_is_refused_and_a_purchase_makes_none_stale() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 2})).await;
    let path = format!("/api/model-cards/{card}");
    let seen = h.here.app.by(h.seller).get(&path).await.headers["etag"]
        .to_str()
        .unwrap()
        .to_owned();
    for change in [OrderChange::Paid { attempt: 1 }, OrderChange::Expired] {
        let order = h.id();
        h.hold(card, order).await;
        h.hear(card, order, change).await;
    }
    let by = h.here.app.by(h.seller).header("if-match", &seen);
    by.patch(&path, json!({"price": euro(5)})).await.expect(200);
    by.patch(&path, json!({"price": euro(6)})).await.expect(412);
    assert_eq!(h.read(card).await["price"], json!(euro(5)));
}

#[tokio::test]
async fn an_order_s_price_is_the_offer_s_and_a_new_price_is_for_new_orders() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({})).await;
    let before = h.here.cards.offer(card).await.unwrap();
    let reprice = format!("/api/model-cards/{card}/reprice");
    h.here
        .app
        .by(h.seller)
        .post(&reprice, json!({"price": euro(0)}))
        .await
        .expect(200);
    let after = h.here.cards.offer(card).await.unwrap();
    assert_eq!(
        (before.price, after.price, before.revision, after.revision),
        (euro(1_299), euro(0), 1, 1)
    );
    h.here
        .app
        .by(h.seller)
        .post(&reprice, json!({"price": euro(-1)}))
        .await
        .expect(422);
}

#[tokio::test]
async fn an_edition_grows_until_somebody_has_one_and_shrinks_to_what_they_have() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 3})).await;
    let resize = async |size: Value| h.edit(card, json!({ "editionSize": size })).await;
    resize(json!(4)).await.expect(200);
    h.hold(card, h.id()).await;
    h.hold(card, h.id()).await;
    assert_eq!(resize(json!(1)).await.expect_code(409), "cards.edition_too_small");
    for more in [json!(9), Value::Null] {
        assert_eq!(resize(more).await.expect_code(409), "cards.edition_promised");
    }
    resize(json!(2)).await.expect(200);
    assert_eq!(h.counts(card).await, (0, 2, 0));
    let plenty = h.on_sale("plenty", json!({})).await;
    let limit = h.edit(plenty, json!({"editionSize": 9})).await;
    assert_eq!(limit.expect_code(409), "cards.edition_unlimited");
}

#[tokio::test]
async fn a_single_edition_that_was_published_stays_the_only_one() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 1})).await;
    for more in [json!(2), Value::Null] {
        let edit = h.edit(card, json!({ "editionSize": more })).await;
        assert_eq!(edit.expect_code(409), "cards.edition_promised");
    }
    assert_eq!(h.counts(card).await, (1, 0, 0));
}

#[tokio::test]
async fn one_s_own_cards_are_listed_in_whatever_state_page_by_page() {
    let h = House::new().await;
    for (handle, name) in [("aaa", "A"), ("bbb", "B"), ("ccc", "C")] {
        h.draft(handle, json!({ "name": name })).await;
        h.world.advance(std::time::Duration::from_secs(1));
    }
    let by = h.here.app.by(h.seller);
    let first = by.get("/api/model-cards/mine?limit=2").await.expect(200);
    let next = format!(
        "/api/model-cards/mine?limit=2&cursor={}",
        first["nextCursor"].as_str().unwrap()
    );
    let second = by.get(&next).await.expect(200);
    assert_eq!(
        (names(&first), names(&second), &second["nextCursor"]),
        (vec!["C".into(), "B".into()], vec!["A".into()], &Value::Null)
    );
    assert!(names(&h.here.app.by(h.admin).get("/api/model-cards/mine").await.expect(200)).is_empty());
}

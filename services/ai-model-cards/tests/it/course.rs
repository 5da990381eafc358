//! A card's course: drafted, looked at, sold, taken off sale.

use serde_json::{Value, json};

use crate::house::{House, euro, names};

#[tokio::test]
async fn a_card_on_sale_is_seen_by_all_and_its_persona_by_its_seller_and_moderators() {
    let h = House::new().await;
    let (card, stranger) = (h.on_sale("tutor", json!({})).await, h.world.users().add("ada"));
    let path = format!("/api/model-cards/{card}");
    let seen = h.here.app.by(stranger).get(&path).await.expect(200);
    assert_eq!(
        (&seen["status"], &seen["revision"], &seen["handle"]),
        (&json!("published"), &json!(1), &json!("tutor"))
    );
    assert_eq!(
        (&seen["persona"], &seen["draft"], &seen["price"]),
        (&Value::Null, &Value::Null, &json!(euro(1_299)))
    );
    let own = h.read(card).await;
    assert_eq!(own["persona"], "You explain.");
    let moderator = h.here.app.by_admin(h.admin).get(&path).await.expect(200);
    assert_eq!(moderator["persona"], "You explain.");
}

#[tokio::test]
async fn a_draft_is_there_for_its_seller_and_moderators_alone() {
    let h = House::new().await;
    let (card, stranger) = (h.draft("tutor", json!({})).await, h.world.users().add("ada"));
    let (path, by) = (format!("/api/model-cards/{card}"), h.here.app.by(stranger));
    by.get(&path).await.expect(404);
    by.patch(&path, json!({"name": "Mine"})).await.expect(404);
    by.delete(&path).await.expect(404);
    for step in ["submit", "publish", "retire"] {
        by.post_empty(&format!("{path}/{step}")).await.expect(404);
    }
    by.get(&format!("{path}/revisions")).await.expect(404);
    by.get(&format!("{path}/reviews")).await.expect(404);
    h.here.app.by_admin(h.admin).get(&path).await.expect(200);
    h.here.app.anonymous().get(&path).await.expect(401);
}

#[tokio::test]
async fn what_is_on_sale_is_changed_by_its_seller_alone() {
    let h = House::new().await;
    let (card, stranger) = (h.on_sale("tutor", json!({})).await, h.world.users().add("ada"));
    let (path, by) = (format!("/api/model-cards/{card}"), h.here.app.by(stranger));
    assert_eq!(
        by.patch(&path, json!({"price": euro(0)})).await.expect_code(403),
        "cards.not_seller"
    );
    assert_eq!(
        by.post_empty(&format!("{path}/retire")).await.expect_code(403),
        "cards.not_seller"
    );
    assert_eq!(
        by.post(&format!("{path}/reprice"), json!({"price": euro(0)}))
            .await
            .expect_code(403),
        "cards.not_seller"
    );
    assert_eq!(h.read(card).await["price"], json!(euro(1_299)));
}

#[tokio::test]
async fn moderators_routes_are_not_there_for_others() {
    let h = House::new().await;
    let card = h.draft("tutor", json!({})).await;
    for step in ["approve", "reject", "suspend", "reinstate"] {
        let path = format!("/api/model-cards/{card}/{step}");
        let code = h
            .here
            .app
            .by(h.seller)
            .post(&path, json!({"nonsense": 1}))
            .await
            .expect_code(404);
        assert_eq!(code, "route.not_found", "{step}");
    }
    h.here
        .app
        .by(h.seller)
        .get("/api/model-cards/moderation")
        .await
        .expect(404);
}

#[tokio::test]
async fn the_queue_of_moderators_begins_with_what_waits_longest() {
    let h = House::new().await;
    let [b, a] = [
        h.draft("bbb", json!({"name": "B"})).await,
        h.draft("aaa", json!({"name": "A"})).await,
    ];
    h.draft("ccc", json!({"name": "Not submitted"})).await;
    for card in [a, b] {
        h.here
            .app
            .by(h.seller)
            .post_empty(&format!("/api/model-cards/{card}/submit"))
            .await
            .expect(200);
        h.world.advance(std::time::Duration::from_secs(1));
    }
    let by = h.here.app.by_admin(h.admin);
    assert_eq!(
        names(&by.get("/api/model-cards/moderation").await.expect(200)),
        ["A", "B"]
    );
    by.post_empty(&format!("/api/model-cards/{a}/approve"))
        .await
        .expect(200);
    assert_eq!(names(&by.get("/api/model-cards/moderation").await.expect(200)), ["B"]);
}

#[tokio::test]
async fn a_rejected_card_says_why_and_is_submitted_again() {
    let h = House::new().await;
    let card = h.draft("tutor", json!({})).await;
    let path = format!("/api/model-cards/{card}");
    h.here
        .app
        .by(h.seller)
        .post_empty(&format!("{path}/submit"))
        .await
        .expect(200);
    assert_eq!(
        h.edit(card, json!({"name": "Other"})).await.expect_code(409),
        "cards.wrong_state"
    );
    let by = h.here.app.by_admin(h.admin);
    by.post(&format!("{path}/reject"), json!({"reason": " "}))
        .await
        .expect(422);
    by.post(&format!("{path}/reject"), json!({"reason": "Say more."}))
        .await
        .expect(200);
    let own = h.read(card).await;
    assert_eq!(
        (&own["status"], &own["draft"]["reason"]),
        (&json!("rejected"), &json!("Say more."))
    );
    h.edit(card, json!({"description": "Says more"})).await.expect(200);
    assert_eq!(h.publish(card).await["description"], "Says more");
}

#[tokio::test]
async fn what_goes_on_sale_is_what_the_moderator_saw_its_handle_included() {
    let h = House::new().await;
    let card = h.draft("tutor", json!({})).await;
    let path = format!("/api/model-cards/{card}");
    let (seller, boss) = (h.here.app.by(h.seller), h.here.app.by_admin(h.admin));
    seller.post_empty(&format!("{path}/submit")).await.expect(200);
    let renamed = h.edit(card, json!({"handle": "support_team"})).await;
    assert_eq!(renamed.expect_code(409), "cards.wrong_state");
    for step in ["approve", "reject"] {
        let stale = h.here.app.by_admin(h.admin).header("if-match", "\"1\"");
        stale
            .post(&format!("{path}/{step}"), json!({"reason": "x"}))
            .await
            .expect(412);
    }
    boss.post_empty(&format!("{path}/approve")).await.expect(200);
    assert_eq!(
        h.edit(card, json!({"handle": "teacher"})).await.expect(200)["status"],
        "draft"
    );
    seller.post_empty(&format!("{path}/publish")).await.expect(409);
    assert_eq!(h.publish(card).await["handle"], "teacher");
}

#[tokio::test]
async fn a_banned_seller_s_cards_are_off_sale_until_a_moderator_puts_them_back() {
    let h = House::new().await;
    let (card, draft) = (h.on_sale("tutor", json!({})).await, h.draft("draft", json!({})).await);
    for _ in 0..2 {
        h.hear_banned(h.seller).await;
    }
    assert_eq!(h.read(card).await["status"], "suspended");
    assert_eq!(h.read(draft).await["status"], "draft");
    assert!(h.here.find(h.admin, "").await.is_empty());
    h.here
        .app
        .by_admin(h.admin)
        .post_empty(&format!("/api/model-cards/{card}/reinstate"))
        .await
        .expect(200);
    assert_eq!(h.here.find(h.admin, "").await, ["Tutor"]);
}

#[tokio::test]
async fn a_later_revision_is_not_mentioned_like_a_person() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({})).await;
    h.world.users().add("tutor_v2");
    h.edit(card, json!({"name": "Second"})).await.expect(200);
    let second = h.publish(card).await["handle"].as_str().unwrap().to_owned();
    assert!(second.ends_with("_v2") && second != "tutor_v2", "{second}");
}

#[tokio::test]
async fn an_edited_card_becomes_the_next_revision_and_the_first_stays_as_it_was() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({})).await;
    let path = format!("/api/model-cards/{card}");
    let first = h
        .here
        .app
        .by(h.seller)
        .get(&format!("{path}/revisions/1"))
        .await
        .expect(200);
    h.edit(card, json!({"persona": "You explain better.", "tags": ["New"]}))
        .await
        .expect(200);
    let between = h.read(card).await;
    assert_eq!(
        (&between["status"], &between["persona"], &between["draft"]["persona"]),
        (
            &json!("published"),
            &json!("You explain."),
            &json!("You explain better.")
        )
    );
    let second = h.publish(card).await;
    assert_eq!(
        (&second["revision"], &second["handle"], &second["tags"]),
        (&json!(2), &json!("tutor_v2"), &json!(["new"]))
    );
    assert_ne!(second["agentId"], first["agentId"]);
    let again = h
        .here
        .app
        .by(h.seller)
        .get(&format!("{path}/revisions/1"))
        .await
        .expect(200);
    assert_eq!(again, first);
    let all = h
        .here
        .app
        .by(h.admin)
        .get(&format!("{path}/revisions"))
        .await
        .expect(200);
    assert_eq!(
        (
            &all["items"][0]["revision"],
            &all["items"][1]["revision"],
            &all["items"][0]["persona"]
        ),
        (&json!(2), &json!(1), &Value::Null)
    );
    h.here
        .app
        .by(h.seller)
        .get(&format!("{path}/revisions/3"))
        .await
        .expect(404);
}

#[tokio::test]
async fn who_has_bought_a_revision_is_answered_for_it_even_when_the_card_is_retired() {
    let h = House::new().await;
    let card = h
        .on_sale("tutor", json!({"scope": {"roomsMax": 3}, "messagePrice": euro(2)}))
        .await;
    h.here
        .app
        .by(h.seller)
        .post_empty(&format!("/api/model-cards/{card}/retire"))
        .await
        .expect(200);
    let revision = h.here.cards.revision(card, 1).await.unwrap();
    assert_eq!(
        (
            revision.persona.as_str(),
            revision.scope.rooms_max,
            revision.message_price
        ),
        ("You explain.", Some(3), Some(euro(2)))
    );
    assert_eq!(h.here.cards.revision(card, 2).await.unwrap_err().kind.status(), 404);
    assert_eq!(h.here.cards.offer(card).await.unwrap_err().kind.status(), 404);
    assert_eq!(
        h.here.cards.agent_for(card, h.admin).await.unwrap_err().kind.status(),
        404
    );
}

#[tokio::test]
async fn handles_of_later_revisions_are_unique_and_of_at_most_thirty_letters() {
    let h = House::new().await;
    let long = "abcdefghijklmnopqrstuvwxyz_123";
    h.draft("tutor_v2", json!({})).await;
    for (handle, expected) in [("tutor", None), (long, Some("abcdefghijklmnopqrstuvwxyz_v2"))] {
        let card = h.on_sale(handle, json!({})).await;
        h.edit(card, json!({"name": "Second"})).await.expect(200);
        let second = h.publish(card).await["handle"].as_str().unwrap().to_owned();
        assert!(
            second.len() <= 30 && second.ends_with("_v2") && second != "tutor_v2",
            "{second}"
        );
        assert!(expected.is_none_or(|expected| expected == second), "{second}");
    }
}

#[tokio::test]
async fn a_suspended_or_retired_card_is_there_for_its_seller_and_holders_alone() {
    let h = House::new().await;
    let (card, holder, stranger) = (
        h.on_sale("tutor", json!({})).await,
        h.world.users().add("ada"),
        h.world.users().add("eve"),
    );
    h.holders.add(holder, card);
    let path = format!("/api/model-cards/{card}");
    let suspend = format!("{path}/suspend");
    h.here
        .app
        .by_admin(h.admin)
        .post(&suspend, json!({"reason": "Reported."}))
        .await
        .expect(200);
    assert_eq!(h.read(card).await["suspendedBecause"], "Reported.");
    assert_eq!(
        h.here.app.by(holder).get(&path).await.expect(200)["suspendedBecause"],
        Value::Null
    );
    h.here.app.by(stranger).get(&path).await.expect(404);
    h.here
        .app
        .by_admin(h.admin)
        .post_empty(&format!("{path}/reinstate"))
        .await
        .expect(200);
    h.here.app.by(stranger).get(&path).await.expect(200);
    h.here
        .app
        .by(h.seller)
        .post_empty(&format!("{path}/retire"))
        .await
        .expect(200);
    h.here.app.by(holder).get(&path).await.expect(200);
    h.here.app.by(stranger).get(&path).await.expect(404);
    assert_eq!(
        h.edit(card, json!({"price": euro(1)})).await.expect_code(409),
        "cards.wrong_state"
    );
}

#[tokio::test]
async fn others_hear_of_each_step_in_order_with_the_card_s_version() {
    let h = House::new().await;
    let card = h.on_sale("tutor", json!({"editionSize": 3})).await;
    h.edit(card, json!({"price": euro(5), "editionSize": 4, "name": "Next"}))
        .await
        .expect(200);
    let by = h.here.app.by_admin(h.admin);
    by.post(&format!("/api/model-cards/{card}/suspend"), json!({"reason": "x"}))
        .await
        .expect(200);
    by.post_empty(&format!("/api/model-cards/{card}/reinstate"))
        .await
        .expect(200);
    h.here
        .app
        .by(h.seller)
        .post_empty(&format!("/api/model-cards/{card}/retire"))
        .await
        .expect(200);
    let expected = [
        "drafted",
        "submitted",
        "approved",
        "published",
        "repriced",
        "edition_changed",
        "drafted",
        "suspended",
        "reinstated",
        "retired",
    ];
    assert_eq!(h.told("commerce.card.v1").await, expected);
    let told = h.world.pending(&h.store).await;
    let versions: Vec<u64> = told
        .iter()
        .map(|e| e.body::<contracts::ai_model_cards::CardEvent>().unwrap().version)
        .collect();
    assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

//! The search over HTTP; that it finds what it should is `domain/search/oracle.rs`.

use std::time::Duration;

use bus::Bus as _;
use contracts::Event;
use contracts::ai_model_cards::{HoldAnswer, HoldRequest, Refusal};
use contracts::friendship::Relationships as _;
use contracts::orders::OrderChange;
use contracts::user::{Privacy, ProfileEvent};
use kernel::{CardId, OrderId, UserId};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::house::{House, euro, names, until};

async fn shop() -> House {
    let h = House::new().await;
    let cards = [
        (
            "chess_coach",
            json!({"name": "Chess coach", "category": "education", "tags": ["games"], "price": euro(0)}),
        ),
        (
            "grandma",
            json!({"name": "Grandmother", "description": "Plays chess and bakes", "category": "roleplay", "tags": ["family", "games"], "price": euro(700)}),
        ),
        (
            "opening",
            json!({"name": "Opening book", "tags": ["chess"], "category": "education", "price": euro(3_000), "editionSize": 5}),
        ),
        (
            "creme",
            json!({"name": "Crème brûlée", "category": "other", "price": euro(100)}),
        ),
    ];
    for (handle, fields) in cards {
        h.on_sale(handle, fields).await;
        h.world.advance(Duration::from_secs(1));
    }
    h
}

#[tokio::test]
async fn words_are_found_in_names_then_tags_then_descriptions_in_any_spelling() {
    let h = shop().await;
    let buyer = h.world.users().add("ada");
    for (query, expected) in [
        ("query=chess", vec!["Chess coach", "Opening book", "Grandmother"]),
        ("query=CHESS%20coa", vec!["Chess coach"]),
        ("query=grandmohter", vec!["Grandmother"]),
        ("query=creme%20brulee", vec!["Crème brûlée"]),
        ("query=nothing", vec![]),
        ("query=%21%3F", vec![]),
        ("query=chess&category=education&priceMax=0", vec!["Chess coach"]),
        ("tag=games&sort=price", vec!["Chess coach", "Grandmother"]),
        (
            "sort=-price",
            vec!["Opening book", "Grandmother", "Crème brûlée", "Chess coach"],
        ),
        (
            "sort=newest&free=false",
            vec!["Crème brûlée", "Opening book", "Grandmother"],
        ),
        ("hasEdition=true", vec!["Opening book"]),
        (
            "priceMin=100&priceMax=700&sort=price",
            vec!["Crème brûlée", "Grandmother"],
        ),
    ] {
        assert_eq!(h.here.find(buyer, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn facets_tell_what_choosing_another_value_would_find() {
    let h = shop().await;
    let found = h
        .here
        .app
        .by(h.admin)
        .get("/api/model-cards?query=chess&category=education")
        .await
        .expect(200);
    let facets = &found["facets"];
    assert_eq!(
        facets["categories"],
        json!([{"value": "education", "count": 2}, {"value": "roleplay", "count": 1}])
    );
    assert_eq!(
        facets["tags"],
        json!([{"value": "chess", "count": 1}, {"value": "games", "count": 1}])
    );
    assert_eq!(
        (&facets["prices"][0]["count"], &facets["prices"][3]),
        (&json!(1), &json!({"min": 2000, "max": 4999, "count": 1}))
    );
    assert_eq!(facets["ratings"][0], json!({"value": 4, "count": 0}));
}

#[tokio::test]
async fn pages_hold_each_card_once_although_others_are_published_meanwhile() {
    let h = shop().await;
    let by = h.here.app.by(h.admin);
    let first = by.get("/api/model-cards?sort=newest&limit=2").await.expect(200);
    h.on_sale("late", json!({"name": "Late"})).await;
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = by
        .get(&format!("/api/model-cards?sort=newest&limit=2&cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(
        [names(&first), names(&second)].concat(),
        ["Crème brûlée", "Opening book", "Grandmother", "Chess coach"]
    );
    assert_eq!(second["nextCursor"], Value::Null);
    by.get(&format!("/api/model-cards?sort=price&cursor={cursor}"))
        .await
        .expect(422);
    by.get("/api/model-cards?cursor=nonsense").await.expect(422);
    for wrong in [
        "sort=best",
        "category=x",
        "priceMax=-1",
        "limit=101",
        "ratingMin=6",
        "colour=red",
    ] {
        by.get(&format!("/api/model-cards?{wrong}")).await.expect(422);
    }
    by.get(&format!("/api/model-cards?query={}", "x".repeat(201)))
        .await
        .expect(422);
}

#[tokio::test]
async fn what_is_drafted_suspended_or_retired_is_not_found() {
    let h = shop().await;
    h.draft("secret", json!({"name": "Chess secret"})).await;
    let all = h
        .here
        .app
        .by(h.seller)
        .get("/api/model-cards?query=chess")
        .await
        .expect(200);
    let id = |n: usize| all["items"][n]["id"].as_str().unwrap().to_owned();
    let suspend = format!("/api/model-cards/{}/suspend", id(0));
    h.here
        .app
        .by_admin(h.admin)
        .post(&suspend, json!({"reason": "x"}))
        .await
        .expect(200);
    h.here
        .app
        .by(h.seller)
        .post_empty(&format!("/api/model-cards/{}/retire", id(1)))
        .await
        .expect(200);
    let left = h
        .here
        .app
        .by_admin(h.admin)
        .get("/api/model-cards?query=chess")
        .await
        .expect(200);
    assert_eq!(
        (names(&left), &left["facets"]["categories"]),
        (
            vec!["Grandmother".to_owned()],
            &json!([{"value": "roleplay", "count": 1}])
        )
    );
    let reinstate = format!("/api/model-cards/{}/reinstate", id(0));
    h.here.app.by_admin(h.admin).post_empty(&reinstate).await.expect(200);
    assert_eq!(
        h.here.find(h.admin, "query=chess").await,
        ["Chess coach", "Grandmother"]
    );
}

#[tokio::test]
async fn ratings_and_sales_change_the_order_once_they_are_counted() {
    let h = shop().await;
    let all = h
        .here
        .app
        .by(h.seller)
        .get("/api/model-cards?sort=newest")
        .await
        .expect(200);
    let id = |n: usize| all["items"][n]["id"].as_str().unwrap().parse().unwrap();
    let (sold, liked): (kernel::CardId, kernel::CardId) = (id(1), id(3));
    h.hear(sold, h.id(), OrderChange::Paid { attempt: 0 }).await;
    let reader = h.id();
    h.holders.add(reader, liked);
    h.here
        .app
        .by(reader)
        .post(&format!("/api/model-cards/{liked}/reviews"), json!({"rating": 5}))
        .await
        .expect(201);
    h.here.count().await;
    assert_eq!(h.here.find(reader, "").await[0], "Opening book");
    assert_eq!(h.here.find(reader, "sort=rating").await[0], "Chess coach");
    assert_eq!(h.here.find(reader, "ratingMin=4").await, ["Chess coach"]);
}

#[tokio::test]
async fn another_replica_finds_what_was_published_here_and_one_that_starts_finds_all() {
    let h = shop().await;
    let there = h.another().await;
    assert_eq!(there.find(h.admin, "").await.len(), 4);
    let (_tail, stop) = (there.work("tail"), CancellationToken::new());
    let relay = tokio::spawn(bus::relay::run(h.store.clone(), h.bus.clone(), stop.clone()));
    until("the outbox is empty, so that the tail hears what is new", async || {
        h.store.outbox_depth().await.unwrap() == 0
    })
    .await;
    let late = h.on_sale("late", json!({"name": "Late"})).await;
    until("it is found there", async || {
        there.find(h.admin, "query=late").await == ["Late"]
    })
    .await;
    h.here
        .app
        .by(h.seller)
        .post_empty(&format!("/api/model-cards/{late}/retire"))
        .await
        .expect(200);
    until("it is gone there", async || {
        there.find(h.admin, "query=late").await.is_empty()
    })
    .await;
    stop.cancel();
    relay.await.unwrap();
}

#[tokio::test]
async fn cards_are_found_by_who_sells_them_as_long_as_that_person_wants_to_be_found() {
    let h = shop().await;
    assert_eq!(h.here.find(h.admin, "query=seller").await.len(), 4);
    let _tail = h.here.work("tail");
    let privacy = Privacy {
        findable: false,
        ..Privacy::default()
    };
    h.world.users().set_privacy(h.seller, privacy);
    until("who does not want it is not found", async || {
        let (user_id, version) = (h.seller, 2);
        let told = ProfileEvent::PrivacyChanged {
            user_id,
            privacy,
            version,
        };
        let told = Event::new(&h.world.ambient(), &told).unwrap();
        h.bus.publish(&[told]).await.unwrap();
        h.here.find(h.admin, "query=seller").await.is_empty()
    })
    .await;
    assert_eq!(h.here.find(h.admin, "query=chess").await.len(), 3);
}

/// A shop, one of its cards, and two people whom a block parts from its seller: who has blocked, and who is blocked.
async fn parted() -> (House, CardId, [UserId; 2]) {
    let h = shop().await;
    let people = ["ada", "grace"].map(|name| h.world.users().add(name));
    let all = h.here.app.by(h.admin).get("/api/model-cards?query=chess").await;
    let card = all.expect(200)["items"][0]["id"].as_str().unwrap().parse().unwrap();
    let relationships = h.world.relationships();
    relationships.set_blocked(people[0], h.seller);
    relationships.set_blocked(h.seller, people[1]);
    (h, card, people)
}

#[tokio::test]
async fn whom_a_block_parts_from_a_seller_finds_and_counts_nothing_of_theirs() {
    let (h, _, people) = parted().await;
    for reader in people {
        let by = h.here.app.by(reader);
        let found = by.get("/api/model-cards?query=chess").await.expect(200);
        assert!(names(&found).is_empty());
        let counted = |facet: &str| found["facets"][facet].as_array().unwrap().clone();
        assert!(counted("categories").is_empty() && counted("tags").is_empty());
        assert!(counted("prices").iter().all(|band| band["count"] == 0), "{found}");
    }
    assert_eq!(h.here.find(h.admin, "query=chess").await.len(), 3, "others find all");
    let relationships = h.world.relationships();
    relationships.unblock(people[0], h.seller).await.unwrap();
    assert_eq!(h.here.find(people[0], "query=chess").await.len(), 3, "at once");
}

#[tokio::test]
async fn whom_a_block_parts_from_a_seller_sees_no_card_but_those_they_hold() {
    let (h, card, people) = parted().await;
    for reader in people {
        let by = h.here.app.by(reader);
        for path in ["", "/revisions", "/revisions/1", "/reviews"] {
            by.get(&format!("/api/model-cards/{card}{path}")).await.expect(404);
        }
        h.holders.add(reader, card);
        by.get(&format!("/api/model-cards/{card}")).await.expect(200);
    }
}

#[tokio::test]
async fn whom_a_block_parts_from_a_seller_gets_no_hold_and_keeps_the_one_they_have() {
    let (h, card, people) = parted().await;
    let wish = |buyer_id: UserId, order: OrderId| HoldRequest {
        buyer_id,
        ..h.wish(card, order)
    };
    let refused = HoldAnswer::Refused {
        reason: Refusal::NotOnSale,
    };
    for buyer in people {
        assert_eq!(h.here.cards.hold(wish(buyer, h.id())).await.unwrap(), refused);
        let agent = h.here.cards.agent_for(card, buyer).await;
        assert_eq!(agent.unwrap_err().kind.status(), 404, "nor may they try it out");
    }
    let offered = h.here.cards.offer(card).await.unwrap().agent_id;
    assert_eq!(h.here.cards.agent_for(card, h.admin).await.unwrap(), offered);
    let (buyer, order) = (h.world.users().add("alan"), h.id());
    for _ in 0..2 {
        assert_eq!(h.here.cards.hold(wish(buyer, order)).await.unwrap(), HoldAnswer::Held);
        h.world.relationships().set_blocked(h.seller, buyer);
    }
}

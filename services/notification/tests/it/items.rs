//! The list: grouping, reading, bounds, friend requests, and what is told to nobody.

use std::collections::BTreeSet;

use contracts::friendship::FriendshipEvent;
use contracts::post::ReactionKind;
use kernel::UserId;
use notification::Config;
use serde_json::json;

use crate::house::{House, quick};

#[tokio::test]
async fn those_who_react_to_a_post_are_one_item_that_grows() {
    let h = House::new().await;
    let [ada, grace, alan, linus] = h.people(["ada", "grace", "alan", "linus"]);
    let post = (h.ambient.id(), ada);
    h.like(grace, post).await;
    assert_eq!(h.list(ada).await, ["grace reacted to your post"]);
    h.like(alan, post).await;
    h.like(linus, post).await;
    h.react(linus, post, Some(ReactionKind::Love)).await;
    let page = h.page(ada).await;
    assert_eq!(page["items"][0]["text"], "linus and 2 others reacted to your post");
    assert_eq!(
        (page["items"][0]["count"].as_u64(), page["unread"].as_u64()),
        (Some(3), Some(1))
    );
    assert_eq!(page["items"][0]["actors"][0]["user"]["handle"], "linus");
    assert_eq!(page["items"][0]["subject"], json!({ "type": "post", "postId": post.0 }));
}

#[tokio::test]
async fn a_reaction_that_is_cleared_takes_its_part_back_and_the_last_one_the_item() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let post = (h.ambient.id(), ada);
    h.like(grace, post).await;
    h.like(alan, post).await;
    h.react(alan, post, None).await;
    assert_eq!(h.list(ada).await, ["grace reacted to your post"]);
    h.react(alan, post, None).await;
    h.react(grace, post, None).await;
    assert!(h.list(ada).await.is_empty());
    assert_eq!(h.unread(ada).await, 0);
    h.verified().await;
}

#[tokio::test]
async fn an_event_that_comes_again_tells_nothing_again_whatever_happened_meanwhile() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    let post = (h.ambient.id(), ada);
    let event = h.like(grace, post).await;
    h.hear_again(&event).await;
    assert_eq!(h.unread(ada).await, 1);
    let id = h.page(ada).await["items"][0]["id"].as_str().unwrap().to_owned();
    h.app
        .by(ada)
        .delete(&format!("/api/notifications/{id}"))
        .await
        .expect(204);
    h.hear_again(&event).await;
    assert!(h.list(ada).await.is_empty(), "what was removed stays removed");
    h.like(grace, post).await;
    assert_eq!(h.list(ada).await.len(), 1, "another deed is told");
}

#[tokio::test]
async fn nobody_is_told_of_their_own_deeds_nor_of_blocked_peoples() {
    let h = House::new().await;
    let [ada, mallory, grace] = h.people(["ada", "mallory", "grace"]);
    h.world.relationships().set_blocked(ada, mallory);
    h.world.relationships().set_blocked(grace, ada);
    let post = (h.ambient.id(), ada);
    for by in [ada, mallory, grace] {
        h.like(by, post).await;
        h.comment(by, post, &[ada]).await;
    }
    assert!(h.list(ada).await.is_empty());
    assert_eq!(h.unread(ada).await, 0);
}

#[tokio::test]
async fn a_block_takes_back_what_one_told_the_other_and_nothing_else() {
    let h = House::new().await;
    let [ada, mallory, grace] = h.people(["ada", "mallory", "grace"]);
    let (mine, theirs) = ((h.ambient.id(), ada), (h.ambient.id(), mallory));
    h.like(grace, mine).await;
    h.like(mallory, mine).await;
    h.comment(mallory, mine, &[]).await;
    h.like(ada, theirs).await;
    h.like(grace, theirs).await;
    h.hear(&FriendshipEvent::Blocked {
        by: ada,
        other: mallory,
        version: 1,
    })
    .await;
    assert_eq!(h.list(ada).await, ["grace reacted to your post"]);
    assert_eq!(h.list(mallory).await, ["grace reacted to your post"]);
    h.verified().await;
}

#[tokio::test]
async fn a_friend_request_is_there_until_it_is_answered_or_withdrawn() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    let ask = || FriendshipEvent::Requested {
        from: grace,
        to: ada,
        request_id: h.ambient.id(),
        version: 1,
    };
    h.hear(&ask()).await;
    let page = h.page(ada).await;
    assert_eq!(page["items"][0]["text"], "grace wants to be friends with you");
    assert!(page["items"][0]["subject"]["requestId"].is_string());
    h.hear(&FriendshipEvent::Declined {
        by: grace,
        other: ada,
        version: 2,
    })
    .await;
    assert!(h.list(ada).await.is_empty(), "withdrawn");
    h.hear(&ask()).await;
    h.hear(&FriendshipEvent::Accepted {
        by: ada,
        other: grace,
        version: 4,
    })
    .await;
    assert!(h.list(ada).await.is_empty(), "answered");
    assert_eq!(h.list(grace).await, ["ada accepted your friend request"]);
    h.hear(&FriendshipEvent::Removed {
        by: ada,
        other: grace,
        version: 5,
    })
    .await;
    assert!(h.list(grace).await.is_empty());
}

async fn fill(h: &House, of: UserId, count: usize) {
    let [grace] = h.people(["grace"]);
    for _ in 0..count {
        h.world.advance(std::time::Duration::from_secs(1));
        h.like(grace, (h.ambient.id(), of)).await;
    }
}

#[tokio::test]
async fn what_is_read_counts_no_more_whichever_way_it_is_said() {
    let h = House::new().await;
    let [ada, eve] = h.people(["ada", "eve"]);
    fill(&h, ada, 7).await;
    let page = h.page(ada).await;
    let item = |n: usize| page["items"][n].clone();
    assert_eq!(h.read(eve, json!({ "ids": [item(0)["id"]] })).await, 0);
    assert_eq!(h.unread(ada).await, 7, "not by a stranger");
    assert_eq!(
        h.read(ada, json!({ "ids": [item(0)["id"], item(1)["id"], item(0)["id"]] }))
            .await,
        5
    );
    assert_eq!(h.read(ada, json!({ "upTo": item(5)["at"] })).await, 3);
    let unread = h.app.by(ada).get("/api/notifications?unread=true").await.expect(200);
    assert_eq!(unread["items"].as_array().unwrap().len(), 3);
    assert_eq!(h.read(ada, json!({ "all": true })).await, 0);
    assert_eq!(h.list(ada).await.len(), 7);
    assert_eq!(h.verified().await.unread, 0);
}

#[tokio::test]
async fn a_read_item_opens_again_with_the_next_deed() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let post = (h.ambient.id(), ada);
    h.like(grace, post).await;
    assert_eq!(h.read(ada, json!({ "all": true })).await, 0);
    h.like(grace, post).await;
    assert_eq!(h.unread(ada).await, 0, "the same deed is nothing new");
    h.like(alan, post).await;
    assert_eq!(h.page(ada).await["items"][0]["read"], false);
    assert_eq!(h.unread(ada).await, 1);
}

#[tokio::test]
async fn requests_that_say_nothing_or_too_much_are_told_so() {
    let h = House::new().await;
    let [ada, eve] = h.people(["ada", "eve"]);
    fill(&h, ada, 1).await;
    let id = h.page(ada).await["items"][0]["id"].as_str().unwrap().to_owned();
    let ids = vec![id.clone(); 201];
    for body in [
        json!({}),
        json!({ "all": false }),
        json!({ "all": true, "ids": [id] }),
        json!({ "ids": ids }),
        json!({ "x": 1 }),
    ] {
        h.app.by(ada).put("/api/notifications/read", body).await.expect(422);
    }
    h.app
        .by(eve)
        .delete(&format!("/api/notifications/{id}"))
        .await
        .expect(404);
    h.app
        .by(ada)
        .get("/api/notifications?cursor=nonsense")
        .await
        .expect(422);
    h.app.by(ada).get("/api/notifications?limit=101").await.expect(422);
    for path in ["", "/unread", "/preferences", "/devices", "/vapid"] {
        h.app
            .anonymous()
            .get(&format!("/api/notifications{path}"))
            .await
            .expect(401);
    }
}

#[tokio::test]
async fn pages_are_complete_and_without_repeats() {
    let h = House::new().await;
    let [ada] = h.people(["ada"]);
    fill(&h, ada, 25).await;
    let (mut seen, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let page = h
            .app
            .by(ada)
            .get(&format!("/api/notifications?limit=7{cursor}"))
            .await
            .expect(200);
        for item in page["items"].as_array().unwrap() {
            assert!(seen.insert(item["id"].as_str().unwrap().to_owned()));
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 25);
}

#[tokio::test]
async fn the_oldest_items_go_when_there_are_too_many() {
    let h = House::with(Config {
        items_max: 5,
        ..quick()
    })
    .await;
    let [ada] = h.people(["ada"]);
    fill(&h, ada, 5).await;
    let oldest = h.page(ada).await["items"][4]["id"].clone();
    fill(&h, ada, 2).await;
    let page = h.page(ada).await;
    let ids: Vec<_> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].clone())
        .collect();
    assert!(ids.len() == 5 && !ids.contains(&oldest), "{ids:?}");
    assert_eq!(page["unread"], 5);
    assert_eq!(h.verified().await.items, 5);
}

#[tokio::test]
async fn an_item_counts_as_many_as_it_keeps_and_says_that_there_are_more() {
    let h = House::with(Config {
        deeds_max: 10,
        ..quick()
    })
    .await;
    let [ada] = h.people(["ada"]);
    let post = (h.ambient.id(), ada);
    for n in 0..15 {
        let [by] = h.people([&*format!("p{n}")]);
        h.like(by, post).await;
    }
    let item = h.page(ada).await["items"][0].clone();
    assert_eq!((item["count"].as_u64(), item["more"].as_bool()), (Some(10), Some(true)));
    assert_eq!(item["text"], "p14 and 9+ others reacted to your post");
}

#[tokio::test(flavor = "multi_thread")]
async fn deeds_that_come_at_once_are_all_counted() {
    let h = std::sync::Arc::new(House::new().await);
    let [ada] = h.people(["ada"]);
    let post = (h.ambient.id(), ada);
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..24 {
        let (h, [by]) = (h.clone(), h.people([&*format!("p{n}")]));
        tasks.spawn(async move { h.like(by, post).await });
    }
    tasks.join_all().await;
    let item = h.page(ada).await["items"][0].clone();
    assert_eq!(item["count"], 24);
    assert_eq!(h.verified().await.unread, 1);
}

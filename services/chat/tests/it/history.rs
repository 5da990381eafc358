//! Pages of a room's history.

use contracts::chat::ChatReader as _;
use serde_json::{Value, json};

use crate::stage::{Actor, Stage, THUMBS_UP, at, column, id, on};

async fn page(actor: &Actor, room: &str, query: &str) -> Value {
    actor.get(&format!("{}/messages?{query}", at(room))).await.expect(200)
}

async fn room_of_12(stage: &Stage) -> (Actor, String) {
    let [ada] = stage.people(["ada"]);
    let room = ada.group(&[]).await;
    for number in 1..=12 {
        ada.send_as(&room, &number.to_string(), &format!("number {number}"))
            .await
            .expect(201);
    }
    (ada, room)
}

#[tokio::test]
async fn pages_before_after_and_around_fit_together() {
    let stage = Stage::open().await;
    let (ada, room) = room_of_12(&stage).await;
    let newest = page(&ada, &room, "limit=5").await;
    assert_eq!(column(&newest, "seq"), [8, 9, 10, 11, 12]);
    assert_eq!(
        (&newest["hasMoreBefore"], &newest["hasMoreAfter"]),
        (&json!(true), &json!(false))
    );
    let cursor = newest["nextCursor"].as_str().unwrap();
    let older = page(&ada, &room, &format!("limit=5&cursor={cursor}")).await;
    assert_eq!(column(&older, "seq"), [3, 4, 5, 6, 7]);
    assert_eq!(column(&page(&ada, &room, "before=3&limit=5").await, "seq"), [1, 2]);
    assert_eq!(
        column(&page(&ada, &room, "around=6&limit=5").await, "seq"),
        [4, 5, 6, 7, 8]
    );
    let end = page(&ada, &room, "after=10").await;
    assert_eq!(
        (column(&end, "seq"), &end["nextCursor"]),
        (vec![json!(11), json!(12)], &json!(null))
    );
}

#[tokio::test]
async fn the_edges_of_a_room_are_no_errors() {
    let stage = Stage::open().await;
    let (ada, room) = room_of_12(&stage).await;
    for (query, before, after) in [
        ("before=1", false, true),
        ("before=0", false, true),
        ("after=12", true, false),
        ("after=9999", true, false),
    ] {
        let empty = page(&ada, &room, query).await;
        assert_eq!(empty["items"], json!([]), "{query}");
        assert_eq!(
            (&empty["hasMoreBefore"], &empty["hasMoreAfter"]),
            (&json!(before), &json!(after)),
            "{query}"
        );
    }
    let nothing = page(&ada, &ada.group(&[]).await, "").await;
    assert_eq!(
        nothing,
        json!({"items": [], "nextCursor": null, "hasMoreBefore": false, "hasMoreAfter": false})
    );
}

#[tokio::test]
async fn bounds_exclude_each_other_and_limits_hold() {
    let stage = Stage::open().await;
    let (ada, room) = room_of_12(&stage).await;
    for query in [
        "before=3&after=1",
        "around=2&cursor=x",
        "cursor=made-up",
        "limit=201",
        "limit=0",
        "q=x",
    ] {
        ada.get(&format!("{}/messages?{query}", at(&room))).await.expect(422);
    }
}

#[tokio::test]
async fn one_who_was_away_is_given_what_changed_since() {
    let stage = Stage::open().await;
    let (ada, room) = room_of_12(&stage).await;
    stage.world.advance(std::time::Duration::from_secs(60));
    ada.say(&room, "thirteen").await;
    let before = ada.history(&room).await;
    ada.patch(&on(&before[2]), json!({"text": "changed"})).await.expect(200);
    ada.delete(&on(&before[4])).await.expect(204);
    ada.put(&format!("{}/reactions/{THUMBS_UP}", on(&before[12])), json!(null))
        .await
        .expect(200);
    let changed = async |upto, limit| {
        let changed = stage.chat.changed_since(id(&room), upto, limit).await.unwrap();
        changed.into_iter().map(|m| m.seq).collect::<Vec<_>>()
    };
    let mut all = changed(13, 100).await;
    all.sort_unstable();
    assert_eq!(all, [3, 5, 13]);
    assert_eq!(changed(4, 100).await, [3], "what is above was never held");
    assert_eq!(changed(13, 2).await.len(), 2);
    assert!(changed(0, 100).await.is_empty());
    stage.world.advance(std::time::Duration::from_secs(60));
    ada.say(&room, "fourteen").await;
    assert!(changed(14, 100).await.is_empty(), "all that was before message 14");
}

#[tokio::test]
async fn followers_read_any_span_as_everybody_sees_it() {
    let stage = Stage::open().await;
    let (_, room) = room_of_12(&stage).await;
    let seqs = async |after, upto, limit| {
        let messages = stage.chat.messages(id(&room), after, upto, limit).await.unwrap();
        messages.into_iter().map(|m| m.seq).collect::<Vec<_>>()
    };
    assert_eq!(seqs(3, 6, 100).await, [4, 5, 6]);
    assert_eq!(seqs(10, u64::MAX, 100).await, [11, 12]);
    assert_eq!(seqs(0, 12, 2).await, [1, 2]);
    assert!(seqs(12, 12, 100).await.is_empty());
}

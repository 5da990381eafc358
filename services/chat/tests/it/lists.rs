//! The list of my rooms.

use std::time::Duration;

use kernel::MessageId;
use serde_json::{Value, json};
use store::{Fields, Op, RawDocument};

use crate::stage::{Actor, Stage, column, text};

async fn rooms_of(stage: &Stage, ada: &Actor, count: usize) -> Vec<String> {
    let mut rooms = Vec::new();
    for _ in 0..count {
        stage.world.advance(Duration::from_secs(1));
        rooms.push(ada.group(&[]).await);
    }
    rooms
}

async fn page(actor: &Actor, limit: usize, cursor: Option<&Value>) -> Value {
    let cursor = cursor
        .map(|c| format!("&cursor={}", c.as_str().unwrap()))
        .unwrap_or_default();
    actor
        .get(&format!("/api/chat/rooms?limit={limit}{cursor}"))
        .await
        .expect(200)
}

#[tokio::test]
async fn the_room_spoken_in_last_stands_first() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let rooms = rooms_of(&stage, &ada, 3).await;
    ada.seat(&rooms[0], &bob, None).await.expect(201);
    stage.world.advance(Duration::from_secs(1));
    bob.say(&rooms[0], "hello").await;
    let list = page(&ada, 10, None).await;
    assert_eq!(column(&list, "id"), [rooms[0].as_str(), &rooms[2], &rooms[1]]);
    assert_eq!(
        (&list["items"][0]["unread"], &list["items"][0]["lastMessage"]["text"]),
        (&json!(1), &json!("hello"))
    );
    assert_eq!(list["nextCursor"], json!(null));
    assert_eq!(column(&page(&bob, 10, None).await, "id"), [rooms[0].as_str()]);
}

#[tokio::test]
async fn pages_are_complete_and_without_repeats_while_people_go_on_talking() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let rooms = rooms_of(&stage, &ada, 7).await;
    stage.world.advance(Duration::from_secs(1));
    let first = page(&ada, 3, None).await;
    stage.world.advance(Duration::from_secs(1));
    // One that was shown, one that was not, and a new one.
    ada.say(&rooms[6], "again").await;
    ada.say(&rooms[0], "suddenly").await;
    let new = ada.group(&[]).await;
    let second = page(&ada, 3, Some(&first["nextCursor"])).await;
    let third = page(&ada, 3, Some(&second["nextCursor"])).await;
    let walked: Vec<Value> = [&first, &second, &third]
        .iter()
        .flat_map(|page| column(page, "id"))
        .collect();
    let expected: Vec<Value> = rooms.iter().rev().map(|id| json!(id)).collect();
    assert_eq!(walked, expected);
    assert_eq!(third["nextCursor"], json!(null));
    assert_eq!(text(&page(&ada, 3, None).await["items"][0], "id"), new);
}

#[tokio::test]
async fn a_room_keeps_its_place_however_much_is_said_between_two_pages() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let rooms = rooms_of(&stage, &ada, 3).await;
    for room in rooms.iter().rev() {
        stage.world.advance(Duration::from_secs(1));
        ada.say(room, "word").await;
    }
    let first = page(&ada, 1, None).await;
    stage.world.advance(Duration::from_secs(1));
    repeat_last(&stage, &rooms[1], 10_100).await;
    let second = page(&ada, 1, Some(&first["nextCursor"])).await;
    let third = page(&ada, 1, Some(&second["nextCursor"])).await;
    let walked = [&first, &second, &third].map(|page| page["items"][0]["id"].clone());
    assert_eq!(walked, [&rooms[0], &rooms[1], &rooms[2]].map(|id| json!(id)));
    assert_eq!(third["nextCursor"], json!(null));
}

/// Writes the newest message of a room again, so many times, as of now.
async fn repeat_last(stage: &Stage, room: &str, times: u64) {
    let ambient = stage.world.ambient();
    let kept = stage.store.scan("messages", None, 100).await.unwrap();
    let bodies = kept.iter().map(|s| serde_json::from_slice::<Value>(&s.body).unwrap());
    let mut body = bodies.into_iter().find(|m| m["roomId"] == room).unwrap();
    let again = (2..times + 2).map(|seq| {
        let id: MessageId = ambient.id();
        body["id"] = json!(id);
        body["seq"] = json!(seq);
        body["clientId"] = json!(id);
        body["createdAt"] = json!(ambient.now());
        RawDocument {
            collection: "messages",
            id: id.to_string(),
            body: serde_json::to_vec(&body).unwrap().into(),
            fields: Fields::new()
                .with("roomId", room)
                .with("seq", seq)
                .with("authorId", text(&body, "authorId").as_str())
                .with("clientId", id.to_string().as_str()),
        }
    });
    let again: Vec<RawDocument> = again.collect();
    for some in again.chunks(1_000) {
        stage.store.write(Op::InsertMany(some.to_vec()).into()).await.unwrap();
    }
}

#[tokio::test]
async fn a_list_shows_ten_members_and_how_many_there_are() {
    let stage = Stage::open().await;
    let ada = stage.person("ada");
    let others: Vec<Actor> = (0..14).map(|n| stage.person(&format!("p{n}"))).collect();
    let room = ada.group(&others.iter().collect::<Vec<_>>()).await;
    let listed = page(&ada, 1, None).await["items"][0].clone();
    assert_eq!(
        (listed["members"].as_array().unwrap().len(), &listed["memberCount"]),
        (10, &json!(15))
    );
    assert_eq!(ada.room(&room).await["members"].as_array().unwrap().len(), 15);
}

#[tokio::test]
async fn a_made_up_cursor_is_refused() {
    let stage = Stage::open().await;
    let ada = stage.person("ada");
    for query in ["cursor=made-up", "limit=0", "limit=101", "page=2"] {
        ada.get(&format!("/api/chat/rooms?{query}")).await.expect(422);
    }
}

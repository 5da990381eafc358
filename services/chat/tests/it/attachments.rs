//! What messages carry: claimed with the send, seen by members, let go with the deletion.

use contracts::media::MediaLibrary as _;
use kernel::AssetId;
use serde_json::{Value, json};

use crate::stage::{Actor, Stage, text};

async fn send(by: &Actor, room: &str, client_id: &str, assets: &[AssetId]) -> testkit::Reply {
    let body = json!({"clientId": client_id, "text": "look", "attachmentIds": assets});
    by.post(&format!("/api/chat/rooms/{room}/messages"), body).await
}

async fn shown(to: &Actor, room: &str, message: &str) -> testkit::Reply {
    to.get(&format!("/api/chat/rooms/{room}/attachments?messages={message}"))
        .await
}

fn assets(reply: &Value) -> Vec<Value> {
    let items = reply["items"].as_array().unwrap();
    items
        .iter()
        .flat_map(|item| item["assets"].as_array().unwrap().clone())
        .collect()
}

#[tokio::test]
async fn a_message_claims_its_picture_and_members_alone_see_it() {
    let stage = Stage::open().await;
    let [ada, bob, eve] = stage.people(["ada", "bob", "eve"]);
    let room = ada.group(&[&bob]).await;
    let picture = stage.world.media().add(ada.id);
    let message = text(&send(&ada, &room, "1", &[picture]).await.expect(201), "id");
    assert_eq!(stage.world.media().users_of(picture), [format!("message:{message}")]);
    let seen = shown(&bob, &room, &message).await.expect(200);
    assert_eq!(assets(&seen)[0]["id"], json!(picture));
    shown(&eve, &room, &message).await.expect(404);
    bob.unseat(&room, &bob).await.expect(204);
    shown(&bob, &room, &message).await.expect(404);
    let other = ada.group(&[&eve]).await;
    assert!(
        assets(&shown(&eve, &other, &message).await.expect(200)).is_empty(),
        "another room's message"
    );
}

#[tokio::test]
async fn a_deleted_message_lets_go_and_so_does_a_room_that_ends() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    let (gone, left) = (stage.world.media().add(ada.id), stage.world.media().add(ada.id));
    let message = text(&send(&ada, &room, "1", &[gone]).await.expect(201), "id");
    send(&ada, &room, "2", &[left]).await.expect(201);
    bob.delete(&format!("/api/chat/rooms/{room}/messages/{message}"))
        .await
        .expect(403);
    assert_eq!(stage.world.media().users_of(gone).len(), 1, "nobody else lets it go");
    ada.delete(&format!("/api/chat/rooms/{room}/messages/{message}"))
        .await
        .expect(204);
    assert!(stage.world.media().users_of(gone).is_empty());
    assert!(assets(&shown(&bob, &room, &message).await.expect(200)).is_empty());
    ada.delete(&format!("/api/chat/rooms/{room}")).await.expect(204);
    stage.deliver().await;
    assert!(stage.world.media().users_of(left).is_empty());
}

#[tokio::test]
async fn a_send_that_comes_twice_claims_once_and_anothers_picture_is_refused() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    let picture = stage.world.media().add(ada.id);
    let first = send(&ada, &room, "1", &[picture]).await.expect(201);
    assert_eq!(send(&ada, &room, "1", &[picture]).await.expect(200)["id"], first["id"]);
    assert_eq!(stage.world.media().users_of(picture).len(), 1);
    let refused = send(&bob, &room, "2", &[picture]).await.expect(422);
    assert_eq!(refused["errors"][0]["field"], "attachmentIds", "{refused}");
    send(&ada, &room, "3", &[picture, picture]).await.expect(422);
}

#[tokio::test]
async fn a_send_that_is_repeated_claims_again_what_an_outage_let_go() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    let picture = stage.world.media().add(ada.id);
    let message = text(&send(&ada, &room, "1", &[picture]).await.expect(201), "id");
    let claim = format!("message:{message}");
    stage.world.media().release(&[picture], &claim).await.unwrap();
    send(&ada, &room, "1", &[picture]).await.expect(200);
    assert_eq!(stage.world.media().users_of(picture), [claim]);
}

//! What is left of a person whose account is gone.

use contracts::Event;
use contracts::auth::AccountEvent;
use serde_json::json;
use testkit::{World, fronted};

use crate::gate::{Gate, Held};
use crate::stage::{Actor, Stage, at};

async fn erase(stage: &Stage, who: &Actor) {
    let gone = Event::new(&stage.world.ambient(), &AccountEvent::Deleted { user_id: who.id }).unwrap();
    stage.hand(&gone).await;
    stage.hand(&gone).await;
    stage.deliver().await;
}

#[tokio::test]
async fn the_erased_are_out_of_every_room_and_their_name_is_off_what_they_wrote() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bobby"]);
    let (room, former, direct) = (
        bob.group(&[&ada]).await,
        ada.group(&[&bob]).await,
        ada.direct(&bob).await,
    );
    for place in [&room, &former, &direct] {
        bob.say(place, "words").await;
    }
    bob.unseat(&former, &bob).await.expect(204);
    erase(&stage, &bob).await;
    assert_eq!(ada.room(&room).await["myRole"], "owner");
    for place in [&room, &former, &direct] {
        let kept = ada.history(place).await;
        assert_eq!(
            (&kept[0]["text"], &kept[0]["author"]["name"]),
            (&json!("words"), &json!("Deleted account"))
        );
        bob.get(&at(place)).await.expect(404);
    }
    for collection in ["rooms", "messages", "markers"] {
        for stored in stage.store.scan(collection, None, 100).await.unwrap() {
            assert!(
                !String::from_utf8_lossy(&stored.body).contains("bobby"),
                "{collection}: {stored:?}"
            );
        }
    }
    stage.assert_verified().await;
}

#[tokio::test]
async fn nobody_writes_into_a_direct_room_whose_other_end_is_gone() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.direct(&bob).await;
    bob.say(&room, "bye").await;
    erase(&stage, &bob).await;
    assert_eq!(
        ada.send_as(&room, "c", "hello?").await.expect_code(409),
        "chat.nobody_left"
    );
    assert_eq!(ada.history(&room).await.len(), 1);
}

#[tokio::test]
async fn a_repeat_gets_the_first_message_although_it_could_not_be_sent_now() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let (room, group) = (ada.direct(&bob).await, ada.group(&[]).await);
    let first = ada.send_as(&room, "c", "hello").await.expect(201);
    ada.send_as(&group, "c", "hello").await.expect(201);
    erase(&stage, &bob).await;
    assert_eq!(ada.send_as(&room, "c", "hello").await.expect(200)["id"], first["id"]);
    let mut answer = json!({"clientId": "c", "text": "hello", "replyTo": first["id"]});
    let path = format!("{}/messages", at(&group));
    ada.post(&path, answer.clone()).await.expect(200);
    answer["clientId"] = json!("d");
    ada.post(&path, answer).await.expect(422);
}

#[tokio::test]
async fn what_the_erased_wrote_until_they_were_out_does_not_keep_their_name() {
    let world = World::new().await;
    let gate = Gate::before(world.store("chat").await, Held::Finds("room_author_seq"));
    let stage = Stage::on(world, fronted(gate.clone())).await;
    let [ada, bob] = stage.people(["ada", "bobby"]);
    let room = ada.group(&[&bob]).await;
    gate.shut();
    let gone = Event::new(&stage.world.ambient(), &AccountEvent::Deleted { user_id: bob.id }).unwrap();
    let between = async {
        gate.arrival().await;
        // Said in the last moment, or too late already.
        drop(bob.send_as(&room, "c", "words").await);
        gate.open();
    };
    tokio::join!(stage.hand(&gone), between);
    for message in ada.history(&room).await {
        assert_eq!(message["author"]["name"], "Deleted account");
    }
}

#[tokio::test]
async fn a_room_of_the_erased_alone_is_gone() {
    let stage = Stage::open().await;
    let ada = stage.person("ada");
    let room = ada.group(&[]).await;
    ada.say(&room, "dear diary").await;
    erase(&stage, &ada).await;
    for collection in ["rooms", "messages", "markers"] {
        assert!(
            stage.store.scan(collection, None, 10).await.unwrap().is_empty(),
            "{collection}"
        );
    }
}

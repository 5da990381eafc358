//! Many senders at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use contracts::chat::{ChatReader as _, ChatWriter as _, SendMessage};
use kernel::{RoomId, UserId};
use serde_json::json;

use testkit::{World, fronted};

use crate::gate::{Gate, Held};
use crate::stage::{Stage, THUMBS_UP, at, id, on};

const TASKS: usize = 64;
const ROOMS: usize = 8;
const SENDS: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_senders_with_repeats_leave_gap_free_rooms_and_one_message_per_client_id() {
    let stage = Stage::open().await;
    let people: Vec<_> = (0..TASKS).map(|n| stage.person(&format!("p{n:02}"))).collect();
    let others: Vec<_> = people[1..].iter().collect();
    let mut rooms = Vec::new();
    for _ in 0..ROOMS {
        rooms.push(people[0].group(&others).await);
    }
    let rooms = Arc::new(rooms);
    let senders = people
        .iter()
        .enumerate()
        .map(|(task, actor)| tokio::spawn(send_with_repeats(stage.chat.clone(), actor.id, task, rooms.clone())));
    let mut acked = BTreeMap::new();
    for sent in futures::future::join_all(senders).await {
        for (key, answer) in sent.unwrap() {
            assert_eq!(
                *acked.entry(key.clone()).or_insert(answer),
                answer,
                "{key:?} was answered in two ways"
            );
        }
    }
    assert_eq!(acked.len(), TASKS * SENDS);
    let mut kept = 0;
    for room in rooms.iter() {
        let history = people[1].history(room).await;
        for (place, message) in history.iter().enumerate() {
            assert_eq!(message["seq"], place + 1);
            let key = (
                room.clone(),
                message["author"]["id"].to_string(),
                message["clientId"].to_string(),
            );
            let key = (
                key.0,
                key.1.trim_matches('"').to_owned(),
                key.2.trim_matches('"').to_owned(),
            );
            assert_eq!(acked.get(&key).map(|(_, seq)| *seq), message["seq"].as_u64(), "{key:?}");
        }
        kept += history.len();
    }
    assert_eq!(kept, TASKS * SENDS);
    stage.assert_verified().await;
}

type Acked = Vec<((String, String, String), (kernel::MessageId, u64))>;

/// Sends [`SENDS`] messages over the rooms, each up to three times, some of them at once.
async fn send_with_repeats(chat: Arc<chat::App>, user: UserId, task: usize, rooms: Arc<Vec<String>>) -> Acked {
    let mut acked = Vec::new();
    for n in 0..SENDS {
        let room = &rooms[(task + n) % ROOMS];
        let client_id = format!("c{n}");
        let send = || {
            let (room_id, client_id) = (id(room), client_id.clone());
            let message = SendMessage {
                room_id,
                client_id,
                text: "word".into(),
                reply_to: None,
                attachment_ids: vec![],
            };
            chat.send(user, message)
        };
        let answers = match n % 3 {
            0 => vec![send().await],
            1 => vec![send().await, send().await],
            _ => futures::future::join_all([send(), send(), send()]).await,
        };
        let firsts = answers.iter().filter(|a| !a.as_ref().unwrap().repeat).count();
        assert_eq!(firsts, 1, "exactly one send is the first");
        for answer in answers {
            let message = answer.unwrap().message;
            acked.push((
                (room.clone(), user.to_string(), client_id.clone()),
                (message.id, message.seq),
            ));
        }
    }
    acked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_member_is_kept_after_their_removal_is_acknowledged() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    for round in 0..20 {
        let room = ada.group(&[&bob]).await;
        let (chat, room_id) = (stage.chat.clone(), id(&room));
        let senders = (0..TASKS).map(|task| tokio::spawn(send_until_refused(chat.clone(), bob.id, room_id, task)));
        let senders: Vec<_> = senders.collect();
        while stage.chat.head(room_id, ada.id).await.unwrap().1 < 100 {
            tokio::task::yield_now().await;
        }
        ada.unseat(&room, &bob).await.expect(204);
        let at_removal = stage.chat.head(room_id, ada.id).await.unwrap().1;
        futures::future::join_all(senders).await;
        assert_eq!(
            stage.chat.head(room_id, ada.id).await.unwrap().1,
            at_removal,
            "round {round}"
        );
    }
}

#[tokio::test]
async fn a_send_that_was_let_in_before_the_removal_and_arrives_after_it_is_refused() {
    let world = World::new().await;
    let gate = Gate::before(world.store("chat").await, Held::Appends);
    let stage = Stage::on(world, fronted(gate.clone())).await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    gate.shut();
    let removal = async {
        gate.arrival().await;
        ada.unseat(&room, &bob).await.expect(204);
        gate.open();
    };
    let (sent, ()) = tokio::join!(bob.send_as(&room, "late", "let me in"), removal);
    assert_eq!(sent.expect_code(404), "chat.not_found");
    assert!(ada.history(&room).await.is_empty());
    ada.say(&room, "in peace").await;
}

#[tokio::test]
async fn a_room_stays_closed_when_nobody_waits_for_its_change_any_more() {
    let world = World::new().await;
    let gate = Gate::before(world.store("chat").await, Held::Replaces("rooms"));
    let stage = Stage::on(world, fronted(gate.clone())).await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    gate.shut();
    tokio::select! {
        _ = ada.unseat(&room, &bob) => panic!("it was to wait"),
        () = gate.arrival() => {}
    }
    let path = at(&room);
    let mut early = std::pin::pin!(bob.get(&path));
    let looked = tokio::time::timeout(Duration::from_millis(200), early.as_mut()).await;
    assert!(looked.is_err(), "somebody looked at a room that is being changed");
    gate.open();
    early.await.expect(404);
    assert_eq!(
        bob.send_as(&room, "late", "me too").await.expect_code(404),
        "chat.not_found"
    );
    assert_eq!(ada.room(&room).await["memberCount"], 1);
}

#[tokio::test]
async fn a_change_of_a_message_that_was_let_in_before_the_removal_is_refused_after_it() {
    for what in ["edit", "delete", "react"] {
        let world = World::new().await;
        let gate = Gate::before(world.store("chat").await, Held::Gets("messages"));
        let stage = Stage::on(world, fronted(gate.clone())).await;
        let [ada, bob] = stage.people(["ada", "bob"]);
        let room = ada.group(&[&bob]).await;
        let sent = bob.say(&room, "as it was").await;
        gate.shut();
        let change = async {
            match what {
                "edit" => bob.patch(&on(&sent), json!({"text": "other"})).await,
                "delete" => bob.delete(&on(&sent)).await,
                _ => {
                    bob.put(&format!("{}/reactions/{THUMBS_UP}", on(&sent)), json!({}))
                        .await
                }
            }
        };
        let removal = async {
            gate.arrival().await;
            ada.unseat(&room, &bob).await.expect(204);
            gate.open();
        };
        let (changed, ()) = tokio::join!(change, removal);
        assert_eq!(changed.expect_code(404), "chat.not_found", "{what}");
        assert_eq!(ada.history(&room).await[0]["version"], 1, "{what}");
    }
}

#[tokio::test]
async fn nothing_is_left_of_a_room_that_ends_while_its_messages_are_read() {
    let world = World::new().await;
    let gate = Gate::before(world.store("chat").await, Held::Inserts("markers"));
    let stage = Stage::on(world, fronted(gate.clone())).await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    ada.say(&room, "words").await;
    gate.shut();
    let marker = format!("{}/read", at(&room));
    let read = bob.put(&marker, json!({"seq": 1}));
    let end = async {
        gate.arrival().await;
        ada.delete(&at(&room)).await.expect(204);
        let events = stage.world.pending(&stage.store).await;
        stage.hand(events.last().unwrap()).await;
        gate.open();
    };
    tokio::join!(read, end);
    for collection in ["messages", "markers"] {
        let left = stage.store.scan(collection, None, 10).await.unwrap();
        assert!(left.is_empty(), "{collection}: {left:?}");
    }
}

async fn send_until_refused(chat: Arc<chat::App>, user: UserId, room_id: RoomId, task: usize) {
    for n in 0.. {
        let client_id = format!("c{task}-{n}");
        let message = SendMessage {
            room_id,
            client_id,
            text: "word".into(),
            reply_to: None,
            attachment_ids: vec![],
        };
        if let Err(refused) = chat.send(user, message).await {
            assert_eq!(refused.code, "chat.not_found");
            return;
        }
    }
}

//! Whoever comes back gets everything that was missed, or is told to reload.

use serde_json::{Value, json};

use crate::agents::{delta, snapshot};
use crate::client::Client;
use crate::rig::Rig;

#[tokio::test]
async fn a_resume_brings_what_was_missed_then_subbed_then_live() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    (1..=5).for_each(|n| drop(rig.chat.commit(room, ada, &n.to_string())));
    let mut client = Client::of(&rig, ada).await;
    let subbed = client.sub(room, Some(2)).await;
    assert_eq!(
        subbed,
        json!({"op": "subbed", "r": room, "o": 5, "e": "e1", "recovered": true})
    );
    assert_eq!(client.offsets(), [3, 4, 5]);
    rig.sent(room, ada, "6").await;
    assert_eq!(client.until(6).await, [3, 4, 5, 6]);
}

#[tokio::test]
async fn without_an_offset_only_what_comes_is_told() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    rig.chat.commit(room, ada, "1");
    let mut client = Client::of(&rig, ada).await;
    let subbed = client.sub(room, None).await;
    assert_eq!((&subbed["o"], &subbed["recovered"]), (&json!(1), &json!(false)));
    rig.sent(room, ada, "2").await;
    assert_eq!(client.until(2).await, [2]);
}

#[tokio::test]
async fn changes_to_what_the_client_holds_come_too() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    (1..=3).for_each(|n| drop(rig.chat.commit(room, ada, &n.to_string())));
    rig.chat.edit(room, 1, "changed while away");
    let mut client = Client::of(&rig, ada).await;
    client.sub(room, Some(3)).await;
    assert!(client.saw(|f| f["t"] == "message.edited" && f["d"]["seq"] == 1));
    assert!(client.offsets().is_empty());
}

#[tokio::test]
async fn too_far_beyond_the_end_or_another_epoch_is_a_reset_and_the_subscription_lives() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    (1..=301).for_each(|n| drop(rig.chat.commit(room, ada, &n.to_string())));
    for wish in [
        json!({"r": room, "o": 0}),
        json!({"r": room, "o": 1_000}),
        json!({"r": room, "o": 300, "e": "e0"}),
    ] {
        let mut client = Client::of(&rig, ada).await;
        assert_eq!(client.sub_wish(wish).await, json!({"op": "reset", "r": room}));
        let next = rig.sent(room, ada, "live").await.seq;
        assert_eq!(client.until(next).await, [next]);
    }
    let mut client = Client::of(&rig, ada).await;
    assert_eq!(
        client.sub_wish(json!({"r": room, "o": 300, "e": "e1"})).await["recovered"],
        true
    );
}

#[tokio::test]
async fn who_is_reset_gets_the_text_so_far_of_a_reply_once_and_then_only_what_is_new() {
    let (rig, [ada, bob], room) = Rig::people(["ada", "bob"]).await;
    (1..=301).for_each(|n| drop(rig.chat.commit(room, ada, &n.to_string())));
    let run = snapshot(&rig, "Hello");
    rig.runs.live.lock().push(run.clone());
    let is_text = |f: &Value| f["op"] == "ai" && f["pos"] == 0 && f["text"] == "Hello";
    let mut late = Client::of(&rig, ada).await;
    assert_eq!(late.sub(room, Some(0)).await["op"], "reset");
    late.wait(is_text).await;
    delta(&rig, room, &run, 3, "lo").await;
    delta(&rig, room, &run, 5, " you").await;
    late.wait(|f| f["op"] == "ai" && f["pos"] == 5).await;
    assert_eq!(late.frames.iter().filter(|f| f["op"] == "ai").count(), 2);
    // A reset of everybody is one as well.
    let mark = late.frames.len();
    rig.chat.with(room, |r| r.epoch = "e2".into());
    Client::of(&rig, bob).await.sub(room, None).await;
    late.wait_from(mark, |f| f["op"] == "reset").await;
    late.wait_from(mark, is_text).await;
}

#[tokio::test]
async fn more_bytes_than_a_socket_may_hold_are_a_reset_and_the_socket_lives() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let long = "x".repeat(8_000);
    (0..200).for_each(|_| drop(rig.chat.commit(room, ada, &long)));
    let mut client = Client::of(&rig, ada).await;
    assert_eq!(client.sub(room, Some(0)).await, json!({"op": "reset", "r": room}));
    let next = rig.sent(room, ada, "live").await.seq;
    assert_eq!(client.until(next).await, [next]);
    let mut near = Client::of(&rig, ada).await;
    assert_eq!(near.sub(room, Some(180)).await["recovered"], true);
}

#[tokio::test]
async fn a_restored_history_resets_everybody() {
    let (rig, [ada, bob], room) = Rig::people(["ada", "bob"]).await;
    (1..=3).for_each(|n| drop(rig.chat.commit(room, ada, &n.to_string())));
    let mut old = Client::in_room(&rig, ada, room).await;
    rig.chat
        .with(room, |r| (r.epoch, _) = ("e2".into(), r.messages.truncate(1)));
    let mut new = Client::of(&rig, bob).await;
    assert_eq!(new.sub(room, None).await["op"], "reset");
    old.wait(|f| f["op"] == "reset").await;
    rig.sent(room, ada, "2 of the new epoch").await;
    assert_eq!((old.until(2).await, new.until(2).await), (vec![2], vec![2]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resumes_at_any_moment_while_others_write_have_no_gap_and_no_repeat() {
    let (rig, [ada, bob], room) = Rig::people(["ada", "bob"]).await;
    let (rig, last) = (std::sync::Arc::new(rig), 400);
    let writer = tokio::spawn({
        let rig = rig.clone();
        async move {
            for n in 1..=last {
                let message = rig.chat.commit(room, ada, &n.to_string());
                tokio::task::yield_now().await;
                // Some are told late, some twice, some never.
                match n % 7 {
                    3 => {}
                    5 => {
                        rig.tell(&message).await;
                        rig.tell(&message).await;
                    }
                    _ => rig.tell(&message).await,
                }
                if n % 10 == 0 {
                    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                }
            }
        }
    });
    let mut clients = Vec::new();
    for back in 0..14 {
        let mut client = Client::of(&rig, if back % 2 == 0 { ada } else { bob }).await;
        let head = rig.chat.with(room, |r| r.messages.len() as u64);
        let held = head.saturating_sub(back);
        assert_eq!(client.sub(room, Some(held)).await["op"], "subbed");
        clients.push((held, client));
    }
    writer.await.unwrap();
    rig.sent(room, ada, "the end").await;
    for (held, mut client) in clients {
        assert_eq!(client.until(last + 1).await, (held + 1..=last + 1).collect::<Vec<_>>());
    }
}

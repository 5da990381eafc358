//! What happens while something is told, and is heard of before it is written: who may not hear of it does not keep it. And what has not been heard
//! of yet when a push is sent.

use notification::{Config, ExpoConfig};
use serde_json::json;
use testkit::{Script, ScriptedUpstream};

use crate::house::{House, eventually, quick};

#[tokio::test]
async fn who_leaves_the_room_keeps_nothing_of_it() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let room = h.room(Some("Engines"), &[ada, grace, alan]);
    *h.chat.leaving.lock() = Some(ada);
    h.send(room, 1, grace, &[ada]).await;
    assert!(h.list(ada).await.is_empty());
    assert_eq!(h.list(alan).await, ["grace wrote in Engines"]);
    h.verified().await;
}

#[tokio::test]
async fn whom_a_block_parts_keep_nothing_of_each_other_but_the_earlier_deeds_of_others() {
    let h = House::new().await;
    let [ada, mallory, grace] = h.people(["ada", "mallory", "grace"]);
    let post = (h.ambient.id(), ada);
    h.like(grace, post).await;
    *h.relations.parting.lock() = Some((ada, mallory));
    h.like(mallory, post).await;
    assert_eq!(h.list(ada).await, ["grace reacted to your post"]);
}

#[tokio::test]
async fn who_may_not_see_the_post_any_more_is_told_nothing_of_it() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    let post = h.ambient.id();
    *h.posts.hiding.lock() = Some((grace, post));
    h.comment(ada, (post, ada), &[grace]).await;
    assert!(h.list(grace).await.is_empty());
}

#[tokio::test]
async fn the_list_shows_nothing_that_may_not_be_seen_now_though_no_event_has_come() {
    let h = House::new().await;
    let [ada, grace, mallory] = h.people(["ada", "grace", "mallory"]);
    let (post, hidden) = ((h.ambient.id(), ada), (h.ambient.id(), ada));
    let room = h.room(Some("Engines"), &[ada, grace]);
    h.like(grace, post).await;
    h.like(mallory, post).await;
    h.comment(mallory, post, &[]).await;
    h.comment(grace, hidden, &[]).await;
    h.send(room, 1, grace, &[]).await;
    assert_eq!(h.list(ada).await.len(), 4);
    h.world.relationships().set_blocked(mallory, ada);
    h.posts.hidden.lock().insert((ada, hidden.0));
    h.chat.rooms.lock().remove(&room);
    assert_eq!(h.list(ada).await, ["grace reacted to your post"]);
}

#[tokio::test]
async fn nothing_is_told_of_a_post_that_is_gone_not_even_to_its_author() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    let post = (h.ambient.id(), ada);
    h.posts.hidden.lock().insert((ada, post.0));
    h.like(grace, post).await;
    h.comment(grace, post, &[]).await;
    assert!(h.list(ada).await.is_empty());
}

#[tokio::test]
async fn a_push_names_nobody_who_is_blocked_and_no_room_that_was_left_though_no_event_has_come() {
    let ticket = json!({ "data": [{ "status": "ok", "id": "t" }] });
    let expo = ScriptedUpstream::start([Script::Whole(200, Vec::new(), ticket.to_string())]).await;
    let expo_config = ExpoConfig {
        base_url: expo.url.clone(),
        ..ExpoConfig::default()
    };
    let h = House::with(Config {
        expo: expo_config,
        ..quick()
    })
    .await;
    let [ada, grace, mallory] = h.people(["ada", "grace", "mallory"]);
    let (post, room) = ((h.ambient.id(), ada), h.room(Some("Engines"), &[ada, grace]));
    h.phone(ada, "one").await;
    h.comment(grace, post, &[]).await;
    h.comment(mallory, post, &[]).await;
    h.comment(mallory, (h.ambient.id(), ada), &[]).await;
    h.send(room, 1, grace, &[]).await;
    h.world.relationships().set_blocked(mallory, ada);
    *h.chat.leaving.lock() = Some(ada);
    contracts::chat::ChatReader::room(&*h.chat, room).await.unwrap();
    let _work = h.at_work();
    let over = async || {
        let pushes = h.store.scan("pushes", None, 10).await.unwrap();
        let body = |n: usize| String::from_utf8_lossy(&pushes[n].body).into_owned();
        let are = |stage: &str| (0..pushes.len()).filter(|n| body(*n).contains(stage)).count();
        (are("\"stage\":\"done\"") == 2 && are("\"stage\":\"receipt\"") == 1).then_some(())
    };
    eventually("one ticket", over).await;
    let told = expo.received();
    assert_eq!(told.len(), 1);
    let told: serde_json::Value = serde_json::from_slice(&told[0].body).unwrap();
    assert_eq!(
        (told.as_array().unwrap().len(), &told[0]["body"]),
        (1, &json!("grace commented on your post"))
    );
}

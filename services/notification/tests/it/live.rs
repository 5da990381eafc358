//! Live frames and events.

use contracts::notification::{NotificationChange, NotificationEvent};
use contracts::realtime::{LiveFrame, user_channel};
use ephemeral::{Ephemeral as _, Subscriber};
use serde_json::{Value, json};

use crate::house::House;

async fn next(frames: &mut Box<dyn Subscriber>) -> Value {
    let (_, payload) = frames.next().await.unwrap();
    match serde_json::from_slice(&payload).unwrap() {
        LiveFrame::UserEvent { t, d } if t == "notification" => d,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_item_and_the_number_of_unread_reach_the_persons_channel() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    let mut frames = h.world.ephemeral().subscriber().await.unwrap();
    frames.subscribe(&user_channel(ada)).await.unwrap();
    h.like(grace, (h.ambient.id(), ada)).await;
    h.show_live().await;
    let told = next(&mut frames).await;
    assert_eq!(
        (told["item"]["text"].as_str(), told["unread"].as_u64()),
        (Some("grace reacted to your post"), Some(1))
    );
    h.read(ada, json!({ "all": true })).await;
    h.show_live().await;
    assert_eq!(next(&mut frames).await, json!({ "item": null, "unread": 0 }));
}

#[tokio::test]
async fn events_carry_what_is_unread_and_come_with_the_write() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let (one, two) = ((h.ambient.id(), ada), (h.ambient.id(), ada));
    h.like(grace, one).await;
    h.like(grace, two).await;
    h.like(alan, two).await;
    h.react(grace, one, None).await;
    h.read(ada, json!({ "all": true })).await;
    let events = h.world.pending(&h.store).await;
    let told: Vec<NotificationEvent> = events.iter().map(|event| event.body().unwrap()).collect();
    let created = |event: &NotificationEvent| matches!(event.change, NotificationChange::Created { .. });
    let told: Vec<(bool, u64)> = told.iter().map(|event| (created(event), event.unread)).collect();
    assert_eq!(told, [(true, 1), (true, 2), (true, 2), (false, 1), (false, 0)]);
}

//! Friends see each other come and go.

use std::time::Duration;

use contracts::user::{Audience, Privacy, ProfileEvent};
use serde_json::json;

use crate::client::Client;
use crate::rig::Rig;

#[tokio::test]
async fn friends_see_each_other_come_and_after_a_grace_go_and_strangers_do_not() {
    let (rig, [ada, bob, cyd], _) = Rig::people(["ada", "bob", "cyd"]).await;
    rig.relationships.befriend(ada, bob);
    let (mut a, c) = (Client::of(&rig, ada).await, Client::of(&rig, cyd).await);
    let b = Client::of(&rig, bob).await;
    assert_eq!(a.event("presence").await["d"], json!({"userId": bob, "online": true}));
    drop(b);
    // Back within the grace: nothing is told.
    let mut b = Client::of(&rig, bob).await;
    assert_eq!(
        b.event("presence").await["d"],
        json!({"userId": ada, "online": true}),
        "who is online already"
    );
    rig.advance(Duration::from_secs(11));
    let second = Client::of(&rig, bob).await;
    drop((b, second));
    let offline = json!({"userId": bob, "online": false});
    let gone = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            rig.advance(Duration::from_millis(500));
            tokio::time::sleep(Duration::from_millis(20)).await;
            a.ask(json!({"op": "unsub", "rooms": []})).await;
            if a.saw(|f| f["d"] == offline) {
                break;
            }
        }
    });
    gone.await.unwrap();
    let told: Vec<_> = a
        .frames
        .iter()
        .filter(|f| f["t"] == "presence")
        .map(|f| f["d"]["online"].clone())
        .collect();
    assert_eq!(told, [json!(true), json!(false)], "transitions only");
    assert!(!c.saw(|f| f["t"] == "presence"));
}

#[tokio::test]
async fn who_hides_is_not_seen_and_who_shows_again_is() {
    let (rig, [ada, bob], _) = Rig::people(["ada", "bob"]).await;
    rig.relationships.befriend(ada, bob);
    let hidden = Privacy {
        presence: Audience::Nobody,
        ..Privacy::default()
    };
    rig.users.set_privacy(bob, hidden);
    let _b = Client::of(&rig, bob).await;
    let mut a = Client::of(&rig, ada).await;
    rig.users.set_privacy(bob, Privacy::default());
    let change = |privacy, version| ProfileEvent::PrivacyChanged {
        user_id: bob,
        privacy,
        version,
    };
    rig.publish(&change(Privacy::default(), 2)).await;
    assert_eq!(a.event("presence").await["d"], json!({"userId": bob, "online": true}));
    rig.users.set_privacy(bob, hidden);
    rig.publish(&change(hidden, 3)).await;
    a.wait(|f| f["t"] == "presence" && f["d"]["online"] == false).await;
}

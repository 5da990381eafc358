//! An erased account leaves nothing, neither its own nor in others' lists.

use bus::OnPoison;
use contracts::auth::AccountEvent;
use contracts::event::topic;
use serde_json::json;
use store::Spec;

use crate::house::{House, eventually};

/// Returns the collections in which a word stands.
async fn where_is(h: &House, word: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    for Spec { collection, .. } in notification::COLLECTIONS {
        let all = h.store.scan(collection, None, 1000).await.unwrap();
        if all
            .iter()
            .any(|stored| String::from_utf8_lossy(&stored.body).contains(word))
        {
            found.push(*collection);
        }
    }
    found
}

#[tokio::test]
async fn an_erasure_a_ban_and_a_block_are_held_back_when_they_fail_and_never_skipped() {
    let h = House::new().await;
    for (topic, group) in [
        (topic::ACCOUNT, "notification.erase"),
        (topic::FRIENDSHIP, "notification.friendship"),
    ] {
        let mut hearing = h.subscriptions.iter().filter(|s| s.topics.contains(&topic));
        let heard = hearing.next().unwrap();
        assert_eq!((heard.group, heard.on_poison), (group, OnPoison::ParkKey));
        assert!(hearing.next().is_none(), "and by no other group");
    }
}

#[tokio::test]
async fn an_erased_person_is_nowhere_but_in_the_list_of_the_gone() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let (of_ada, of_grace) = ((h.ambient.id(), ada), (h.ambient.id(), grace));
    h.phone(ada, "x").await;
    h.wish(ada, json!({ "digest": "daily" })).await;
    h.like(grace, of_ada).await;
    h.like(ada, of_grace).await;
    h.like(alan, of_grace).await;
    h.comment(ada, of_grace, &[]).await;
    assert_eq!(
        where_is(&h, &ada.to_string()).await,
        ["items", "preferences", "devices"]
    );
    h.hear(&AccountEvent::Deleted { user_id: ada }).await;
    assert_eq!(where_is(&h, &ada.to_string()).await, ["gone"]);
    assert_eq!(h.list(grace).await, ["alan reacted to your post"]);
    h.verified().await;
}

#[tokio::test]
async fn digests_in_the_file_outbox_go_with_their_person() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    for of in [ada, alan] {
        h.wish(of, json!({ "digest": "daily" })).await;
        h.comment(grace, (h.ambient.id(), of), &[]).await;
    }
    let of = |who: kernel::UserId| {
        let files = std::fs::read_dir(h.world.path().join("data/mail"))
            .into_iter()
            .flatten();
        let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap_or_default());
        texts.filter(|text| text.contains(&who.to_string())).count()
    };
    let work = h.at_work();
    h.world.advance(std::time::Duration::from_secs(86_400));
    eventually("two digests", async || ((of(ada), of(alan)) == (1, 1)).then_some(())).await;
    drop(work);
    h.hear(&AccountEvent::Deleted { user_id: ada }).await;
    assert_eq!((of(ada), of(alan)), (0, 1));
}

#[tokio::test]
async fn a_digest_that_is_written_while_its_person_is_erased_is_not_kept() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    for of in [ada, alan] {
        h.wish(of, json!({ "digest": "daily" })).await;
        h.comment(grace, (h.ambient.id(), of), &[]).await;
    }
    h.between
        .before_write_to("letters", h.hearing(&AccountEvent::Deleted { user_id: ada }));
    h.world.advance(std::time::Duration::from_secs(86_400));
    h.start("digests");
    // His is written after hers, in the same round.
    eventually("his letter is over", async || {
        let letters = h.store.scan("letters", None, 10).await.unwrap();
        let over = letters.iter().map(|l| String::from_utf8_lossy(&l.body).into_owned());
        let his = |l: &String| l.contains(&alan.to_string()) && l.contains("\"over\":true");
        over.clone().any(|l| his(&l)).then_some(())
    })
    .await;
    assert_eq!(where_is(&h, &ada.to_string()).await, ["gone"]);
}

#[tokio::test]
async fn a_push_that_is_made_out_while_its_person_is_erased_is_not_kept() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    h.phone(ada, "ada").await;
    h.phone(alan, "alan").await;
    h.comment(grace, (h.ambient.id(), ada), &[]).await;
    h.between
        .before_write_to("pushes", h.hearing(&AccountEvent::Deleted { user_id: ada }));
    h.start("push-plan");
    eventually("hers is made out", async || (!h.between.waits()).then_some(())).await;
    h.comment(grace, (h.ambient.id(), alan), &[]).await;
    // His comes in a later round.
    eventually("his is made out", async || {
        where_is(&h, &alan.to_string()).await.contains(&"pushes").then_some(())
    })
    .await;
    assert_eq!(where_is(&h, &ada.to_string()).await, ["gone"]);
}

#[tokio::test]
async fn wishes_and_devices_that_were_on_their_way_leave_nothing_of_the_erased() {
    let h = House::new().await;
    let [ada] = h.people(["ada"]);
    h.hear(&AccountEvent::Deleted { user_id: ada }).await;
    let by = h.app.by(ada);
    by.put("/api/notifications/preferences", json!({ "digest": "daily" }))
        .await
        .expect(401);
    by.post(
        "/api/notifications/devices",
        json!({ "kind": "expo", "token": "ExponentPushToken[x]" }),
    )
    .await
    .expect(401);
    assert_eq!(where_is(&h, &ada.to_string()).await, ["gone"]);
}

#[tokio::test]
async fn news_that_come_late_leave_nothing_of_the_erased() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    h.hear(&AccountEvent::Deleted { user_id: ada }).await;
    h.like(grace, (h.ambient.id(), ada)).await;
    h.like(ada, (h.ambient.id(), grace)).await;
    assert_eq!(where_is(&h, &ada.to_string()).await, ["gone"]);
}

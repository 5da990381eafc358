//! An erased account leaves nothing, neither its own nor in others' lists.

use contracts::auth::AccountEvent;
use serde_json::json;
use store::Spec;

use crate::house::House;

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
async fn news_that_come_late_leave_nothing_of_the_erased() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    h.hear(&AccountEvent::Deleted { user_id: ada }).await;
    h.like(grace, (h.ambient.id(), ada)).await;
    h.like(ada, (h.ambient.id(), grace)).await;
    assert_eq!(where_is(&h, &ada.to_string()).await, ["gone"]);
}

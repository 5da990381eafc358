//! The search for people: blocks leave no holes in its pages.

use serde_json::{Value, json};

use crate::Setup;

fn handles(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|i| i["handle"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_page_of_people_is_full_however_many_who_are_hidden_stand_before_them() {
    let s = Setup::new().await;
    let ada = s.person("ada").await;
    let (old, older) = (s.person("grace_old").await, s.person("grace_older").await);
    for n in 0..60 {
        let hidden = s.person(&format!("grace_{n}")).await;
        s.world.relationships().set_blocked(hidden, ada);
    }
    let page = s.app.by(ada).get("/api/users?query=grace&limit=1").await.expect(200);
    assert_eq!(handles(&page), ["grace_older"]);
    let next = page["nextCursor"].as_str().unwrap();
    let path = format!("/api/users?query=grace&limit=1&cursor={next}");
    let page = s.app.by(ada).get(&path).await.expect(200);
    assert_eq!(
        (handles(&page), &page["nextCursor"]),
        (vec!["grace_old".into()], &json!(null))
    );
    assert!(old < older);
}

#[tokio::test]
async fn who_is_meant_is_found_when_everybody_of_that_name_is_hidden_and_never_who_is_hidden() {
    let s = Setup::new().await;
    let ada = s.person("ada").await;
    let exact = s.person("gracie").await;
    let found = async |query: &str| {
        let page = s
            .app
            .by(ada)
            .get(&format!("/api/users?query={query}"))
            .await
            .expect(200);
        handles(&page)
    };
    s.person("grazie").await;
    assert_eq!(found("gracie").await, ["gracie"], "who is there is meant");
    s.world.relationships().set_blocked(exact, ada);
    assert_eq!(found("gracie").await, ["grazie"]);
}

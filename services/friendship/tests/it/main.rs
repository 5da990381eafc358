//! friendship over HTTP, the other services faked.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use kernel::UserId;
use serde_json::{Value, json};
use store::Store;
use testkit::{App, World};

struct Setup {
    world: World,
    store: Arc<dyn Store>,
    app: App,
}

impl Setup {
    async fn new() -> Self {
        let world = World::new().await;
        let store = world.store("friendship").await;
        let deps = friendship::Deps {
            ambient: world.ambient(),
            store: store.clone(),
            users: world.users(),
        };
        let app = world.app(friendship::service(deps).await.unwrap());
        Self { world, store, app }
    }

    fn people<const N: usize>(&self, handles: [&str; N]) -> [UserId; N] {
        handles.map(|handle| self.world.users().add(handle))
    }

    async fn ask(&self, from: UserId, to: UserId) -> String {
        let request = self
            .app
            .by(from)
            .post("/api/friendships/requests", json!({ "userId": to }))
            .await
            .expect(201);
        request["id"].as_str().unwrap().to_owned()
    }

    async fn befriend(&self, a: UserId, b: UserId) {
        let id = self.ask(a, b).await;
        self.app
            .by(b)
            .post_empty(&format!("/api/friendships/requests/{id}/accept"))
            .await
            .expect(200);
    }

    async fn relations(&self) -> Arc<dyn contracts::friendship::Relationships> {
        friendship::local(&self.store, self.world.ambient()).await.unwrap()
    }
}

fn handles(page: &Value) -> Vec<&str> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["user"]["handle"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_request_that_is_accepted_makes_friends_of_both() {
    let s = Setup::new().await;
    let [ada, grace] = s.people(["ada", "grace"]);
    let id = s.ask(ada, grace).await;
    let incoming = s
        .app
        .by(grace)
        .get("/api/friendships/requests?direction=incoming")
        .await
        .expect(200);
    assert_eq!(
        (
            incoming["items"][0]["id"].as_str(),
            incoming["items"][0]["from"]["handle"].as_str()
        ),
        (Some(&*id), Some("ada"))
    );
    let outgoing = s
        .app
        .by(ada)
        .get("/api/friendships/requests?direction=outgoing")
        .await
        .expect(200);
    assert_eq!(outgoing["items"][0]["to"]["handle"], "grace");
    s.app
        .by(ada)
        .post_empty(&format!("/api/friendships/requests/{id}/accept"))
        .await
        .expect(404);
    s.app
        .by(grace)
        .post_empty(&format!("/api/friendships/requests/{id}/accept"))
        .await
        .expect(200);
    assert_eq!(
        handles(&s.app.by(ada).get("/api/friendships").await.expect(200)),
        ["grace"]
    );
    assert_eq!(
        handles(&s.app.by(grace).get("/api/friendships").await.expect(200)),
        ["ada"]
    );
}

#[tokio::test]
async fn two_requests_that_cross_make_friends() {
    let s = Setup::new().await;
    let [ada, grace] = s.people(["ada", "grace"]);
    s.ask(ada, grace).await;
    let friend = s
        .app
        .by(grace)
        .post("/api/friendships/requests", json!({ "userId": ada }))
        .await
        .expect(200);
    assert_eq!(friend["user"]["handle"], "ada");
    let again = s
        .app
        .by(ada)
        .post("/api/friendships/requests", json!({ "userId": grace }))
        .await;
    assert_eq!(again.expect_code(409), "friendship.already_friends");
}

#[tokio::test]
async fn a_request_can_be_declined_or_taken_back_and_asked_again() {
    let s = Setup::new().await;
    let [ada, grace] = s.people(["ada", "grace"]);
    let id = s.ask(ada, grace).await;
    let twice = s
        .app
        .by(ada)
        .post("/api/friendships/requests", json!({ "userId": grace }))
        .await;
    assert_eq!(twice.expect_code(409), "friendship.already_requested");
    s.app
        .by(grace)
        .post_empty(&format!("/api/friendships/requests/{id}/decline"))
        .await
        .expect(204);
    let id = s.ask(ada, grace).await;
    s.app
        .by(grace)
        .delete(&format!("/api/friendships/requests/{id}"))
        .await
        .expect(404);
    s.app
        .by(ada)
        .delete(&format!("/api/friendships/requests/{id}"))
        .await
        .expect(204);
    s.app
        .by(grace)
        .post_empty(&format!("/api/friendships/requests/{id}/accept"))
        .await
        .expect(404);
}

#[tokio::test]
async fn a_block_ends_everything_and_hides_the_blocker() {
    let s = Setup::new().await;
    let [ada, grace] = s.people(["ada", "grace"]);
    s.befriend(ada, grace).await;
    let relations = s.relations().await;
    relations.block(grace, ada).await.unwrap();
    relations.block(grace, ada).await.unwrap();
    assert!(handles(&s.app.by(ada).get("/api/friendships").await.expect(200)).is_empty());
    s.app
        .by(ada)
        .post("/api/friendships/requests", json!({ "userId": grace }))
        .await
        .expect(404);
    assert!(relations.relations(ada, &[grace]).await.unwrap()[0].blocked);
    assert_eq!(relations.blocks(grace, 10, None).await.unwrap().items.len(), 1);
    assert_eq!(
        relations.parted(ada, 10).await.unwrap(),
        [grace],
        "by whichever of the two"
    );
    assert_eq!(relations.parted(grace, 10).await.unwrap(), [ada]);
    assert!(relations.parted(ada, 0).await.unwrap().is_empty());
    relations.unblock(grace, ada).await.unwrap();
    assert!(relations.parted(ada, 10).await.unwrap().is_empty());
    s.ask(ada, grace).await;
}

#[tokio::test]
async fn suggestions_are_friends_of_friends_by_how_many_are_mutual() {
    let s = Setup::new().await;
    let [ada, grace, alan, linus, margaret] = s.people(["ada", "grace", "alan", "linus", "margaret"]);
    for (a, b) in [
        (ada, grace),
        (ada, alan),
        (grace, linus),
        (alan, linus),
        (grace, margaret),
    ] {
        s.befriend(a, b).await;
    }
    let found = s.app.by(ada).get("/api/friendships/suggestions").await.expect(200);
    assert_eq!(handles(&found), ["linus", "margaret"]);
    assert_eq!(found["items"][0]["mutualFriends"], 2);
    s.ask(ada, linus).await;
    assert_eq!(
        handles(&s.app.by(ada).get("/api/friendships/suggestions").await.expect(200)),
        ["margaret"]
    );
}

#[tokio::test]
async fn pages_of_friends_are_complete_and_without_repeats() {
    let s = Setup::new().await;
    let [ada] = s.people(["ada"]);
    for n in 0..25 {
        let [friend] = s.people([&*format!("friend_{n}")]);
        s.befriend(friend, ada).await;
    }
    let (mut seen, mut cursor) = (std::collections::BTreeSet::new(), String::new());
    loop {
        let page = s
            .app
            .by(ada)
            .get(&format!("/api/friendships?limit=7{cursor}"))
            .await
            .expect(200);
        for handle in handles(&page) {
            assert!(seen.insert(handle.to_owned()), "{handle} twice");
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 25);
    s.app.by(ada).get("/api/friendships?cursor=nonsense").await.expect(422);
}

#[tokio::test]
async fn one_cannot_befriend_oneself_a_stranger_to_the_product_or_nobody() {
    let s = Setup::new().await;
    let [ada] = s.people(["ada"]);
    s.app
        .by(ada)
        .post("/api/friendships/requests", json!({ "userId": ada }))
        .await
        .expect(422);
    s.app
        .by(ada)
        .post(
            "/api/friendships/requests",
            json!({ "userId": s.world.ambient().id::<UserId>() }),
        )
        .await
        .expect(404);
    s.app
        .by(ada)
        .post("/api/friendships/requests", json!({ "userId": "x" }))
        .await
        .expect(422);
    s.app
        .by(ada)
        .delete(&format!("/api/friendships/{ada}"))
        .await
        .expect(404);
    s.app.anonymous().get("/api/friendships").await.expect(401);
}

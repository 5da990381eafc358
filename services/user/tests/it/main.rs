//! user over HTTP, the other services faked.

#![expect(clippy::unwrap_used, reason = "tests")]

mod reports;
mod search;

use std::sync::Arc;

use chassis::Consumer;
use contracts::Event;
use contracts::auth::AccountEvent;
use contracts::event::topic;
use kernel::UserId;
use serde_json::json;
use store::Store;
use testkit::{App, Between, World};

struct Setup {
    world: World,
    store: Arc<dyn Store>,
    app: App,
    directory: Arc<dyn contracts::user::UserDirectory>,
    between: Arc<Between>,
    consumers: Vec<Consumer>,
}

impl Setup {
    async fn new() -> Self {
        let world = World::new().await;
        let between = Between::over(world.store("user").await);
        let store: Arc<dyn Store> = between.clone();
        let deps = user::Deps {
            ambient: world.ambient(),
            store: store.clone(),
            accounts: world.accounts(),
            relationships: world.relationships(),
            media: world.media(),
            ephemeral: world.ephemeral(),
            own_data: Vec::new(),
            config: user::Config::default(),
        };
        let mut service = user::service(deps).await.unwrap();
        let consumers = std::mem::take(&mut service.consumers);
        let app = world.app(service);
        let directory = user::local(&store, world.ambient()).await.unwrap();
        Self {
            world,
            store,
            app,
            directory,
            between,
            consumers,
        }
    }

    /// Delivers an event to whoever subscribed to its topic, twice.
    async fn deliver(&self, event: &Event) {
        for consumer in &self.consumers {
            if consumer.subscription.topics.iter().any(|t| t.name == &*event.topic) {
                for _ in 0..2 {
                    consumer.handler.handle(event).await.unwrap();
                }
            }
        }
    }

    /// Delivers what waits in the outbox.
    async fn settle(&self) {
        let events = self.world.pending(&self.store).await;
        for event in &events {
            self.deliver(event).await;
        }
        let ids: Vec<_> = events.iter().map(|e| e.id).collect();
        self.store.mark_sent(&ids).await.unwrap();
    }

    async fn erase(&self, person: UserId) {
        let event = AccountEvent::Deleted { user_id: person };
        self.deliver(&Event::new(&self.world.ambient(), &event).unwrap()).await;
    }

    /// Tells in which collections a word stands.
    async fn where_is(&self, word: &str) -> Vec<&'static str> {
        let mut found = Vec::new();
        for spec in user::COLLECTIONS {
            let all = self.store.scan(spec.collection, None, 1_000).await.unwrap();
            if all.iter().any(|d| String::from_utf8_lossy(&d.body).contains(word)) {
                found.push(spec.collection);
            }
        }
        found
    }

    async fn person(&self, handle: &str) -> UserId {
        let id = self.world.ambient().id();
        self.directory
            .claim(id, handle, &format!("The {handle}"))
            .await
            .unwrap();
        self.directory.activate(id).await.unwrap();
        id
    }
}

#[tokio::test]
async fn a_person_reads_and_edits_their_own_profile() {
    let s = Setup::new().await;
    let ada = s.person("ada").await;
    let me = s.app.by(ada).get("/api/users/me").await.expect(200);
    assert_eq!(
        (me["handle"].as_str(), me["emailVerified"].as_bool()),
        (Some("ada"), Some(true))
    );
    let me = s
        .app
        .by(ada)
        .patch(
            "/api/users/me",
            json!({"bio": "engine", "avatarUrl": "https://x.org/a.png"}),
        )
        .await
        .expect(200);
    assert_eq!(
        (me["bio"].as_str(), me["displayName"].as_str()),
        (Some("engine"), Some("The ada"))
    );
    let me = s
        .app
        .by(ada)
        .patch("/api/users/me", json!({"avatarUrl": null}))
        .await
        .expect(200);
    assert!(me["avatarUrl"].is_null());
    let kinds: Vec<String> = s
        .world
        .pending(&s.store)
        .await
        .iter()
        .map(|e| e.kind.to_string())
        .collect();
    assert_eq!(
        kinds,
        [
            "aichat.profile.created.v1",
            "aichat.profile.updated.v1",
            "aichat.profile.updated.v1"
        ]
    );
}

#[tokio::test]
async fn a_picture_of_ones_own_is_shown_to_everybody_and_used_for_as_long() {
    let s = Setup::new().await;
    let (ada, media) = (s.person("ada").await, s.world.media());
    let (first, second) = (media.add(ada), media.add(ada));
    let show = async |url: serde_json::Value| s.app.by(ada).patch("/api/users/me", json!({"avatarUrl": url})).await;
    let shown = show(json!(format!("/api/media/{first}"))).await.expect(200);
    assert_eq!(shown["avatarUrl"], json!(format!("/api/media/{first}/avatar")));
    // What was told may be said again.
    show(shown["avatarUrl"].clone()).await.expect(200);
    assert_eq!(media.users_of(first), [format!("avatar:{ada}")]);
    show(json!(format!("/api/media/{second}"))).await.expect(200);
    assert_eq!((media.users_of(first).len(), media.users_of(second).len()), (0, 1));
    show(json!(null)).await.expect(200);
    assert!(media.users_of(second).is_empty());
}

#[tokio::test]
async fn a_changed_picture_is_answered_as_changed_though_the_one_before_cannot_be_given_back() {
    let s = Setup::new().await;
    let (ada, media) = (s.person("ada").await, s.world.media());
    let (first, second) = (media.add(ada), media.add(ada));
    let show = async |id| {
        let body = json!({"avatarUrl": format!("/api/media/{id}")});
        s.app.by(ada).patch("/api/users/me", body).await.expect(200)
    };
    show(first).await;
    media.go_away();
    let shown = show(second).await;
    assert_eq!(shown["avatarUrl"], json!(format!("/api/media/{second}/avatar")));
}

#[tokio::test]
async fn nobody_shows_what_is_not_theirs_and_a_refused_change_uses_nothing() {
    let s = Setup::new().await;
    let (ada, media) = (s.person("ada").await, s.world.media());
    let (own, foreign) = (media.add(ada), media.add(s.world.ambient().id()));
    s.person("grace").await;
    for wrong in [
        format!("/api/media/{foreign}"),
        "/api/media/x".to_owned(),
        "/api/media/".to_owned(),
    ] {
        let told = s.app.by(ada).patch("/api/users/me", json!({"avatarUrl": wrong})).await;
        assert_eq!(told.expect(422)["errors"][0]["field"], json!("avatarUrl"), "{wrong}");
    }
    let both = json!({"handle": "grace", "avatarUrl": format!("/api/media/{own}")});
    s.app.by(ada).patch("/api/users/me", both).await.expect(409);
    assert!(media.users_of(own).is_empty());
}

#[tokio::test]
async fn a_handle_belongs_to_one_person() {
    let s = Setup::new().await;
    let (ada, _) = (s.person("ada").await, s.person("grace").await);
    let taken = s.app.by(ada).patch("/api/users/me", json!({"handle": "grace"})).await;
    assert_eq!(taken.expect_code(409), "user.handle_taken");
    assert!(
        s.directory
            .claim(s.world.ambient().id(), "grace", "Other")
            .await
            .is_err()
    );
}

#[tokio::test]
async fn an_edit_of_a_stale_profile_is_refused() {
    let s = Setup::new().await;
    let ada = s.person("ada").await;
    let tag = s.app.by(ada).get("/api/users/me").await.headers["etag"]
        .to_str()
        .unwrap()
        .to_owned();
    s.app
        .by(ada)
        .header("if-match", &tag)
        .patch("/api/users/me", json!({"bio": "one"}))
        .await
        .expect(200);
    s.app
        .by(ada)
        .header("if-match", &tag)
        .patch("/api/users/me", json!({"bio": "two"}))
        .await
        .expect(412);
}

#[tokio::test]
async fn search_finds_by_beginnings_of_words_and_hides_the_blocked_and_the_unfindable() {
    let s = Setup::new().await;
    let (ada, grace, linus) = (s.person("ada").await, s.person("grace").await, s.person("graham").await);
    let found = |v: serde_json::Value| {
        v["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["handle"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        found(s.app.by(ada).get("/api/users?query=gra").await.expect(200)),
        ["graham", "grace"]
    );
    s.world.relationships().set_blocked(grace, ada);
    assert_eq!(
        found(s.app.by(ada).get("/api/users?query=gra").await.expect(200)),
        ["graham"]
    );
    let privacy = json!({"findable": false, "presence": "friends", "directMessages": "everyone"});
    s.app
        .by(linus)
        .patch("/api/users/me", json!({ "privacy": privacy }))
        .await
        .expect(200);
    assert!(found(s.app.by(ada).get("/api/users?query=gra").await.expect(200)).is_empty());
}

#[tokio::test]
async fn a_blocked_or_unknown_person_is_not_there() {
    let s = Setup::new().await;
    let (ada, grace) = (s.person("ada").await, s.person("grace").await);
    s.app.by(ada).get(&format!("/api/users/{grace}")).await.expect(200);
    s.app
        .by(grace)
        .put(&format!("/api/users/me/blocks/{ada}"), json!(null))
        .await
        .expect(204);
    s.app.by(ada).get(&format!("/api/users/{grace}")).await.expect(404);
    s.app.by(ada).get("/api/users/by-handle/grace").await.expect(404);
    s.app.by(ada).get("/api/users/not-an-id").await.expect(404);
    assert_eq!(
        s.app.by(grace).get("/api/users/me/blocks").await.expect(200)["items"][0]["handle"],
        "ada"
    );
    s.app
        .by(grace)
        .delete(&format!("/api/users/me/blocks/{ada}"))
        .await
        .expect(204);
    s.app.by(ada).get(&format!("/api/users/{grace}")).await.expect(200);
}

#[tokio::test]
async fn wrong_and_unknown_fields_are_named() {
    let s = Setup::new().await;
    let ada = s.person("ada").await;
    for (body, field) in [
        (json!({"handle": "A"}), "handle"),
        (json!({"displayName": "  "}), "displayName"),
        (json!({"role": "admin"}), "role"),
        (json!({"avatarUrl": "javascript:1"}), "avatarUrl"),
    ] {
        let problem = s.app.by(ada).patch("/api/users/me", body).await.expect(422);
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
    s.app.anonymous().get("/api/users/me").await.expect(401);
}

#[tokio::test]
async fn a_report_reaches_the_moderators_once() {
    let s = Setup::new().await;
    let (ada, grace) = (s.person("ada").await, s.person("grace").await);
    for _ in 0..2 {
        s.app
            .by(ada)
            .post(&format!("/api/users/{grace}/reports"), json!({"reason": "spam"}))
            .await
            .expect(202);
    }
    let reports = s
        .world
        .pending(&s.store)
        .await
        .into_iter()
        .filter(|e| &*e.topic == topic::MODERATION.name)
        .count();
    assert_eq!(reports, 1);
    s.app
        .by(ada)
        .post(&format!("/api/users/{ada}/reports"), json!({"reason": "spam"}))
        .await
        .expect(409);
}

#[tokio::test]
async fn only_a_moderator_bans() {
    let s = Setup::new().await;
    let (ada, grace) = (s.person("ada").await, s.person("grace").await);
    let path = format!("/api/users/{grace}/ban");
    s.app.by(ada).post(&path, json!({"reason": "spam"})).await.expect(403);
    s.app
        .by_admin(ada)
        .post(&path, json!({"reason": "spam"}))
        .await
        .expect(204);
}

#[tokio::test]
async fn an_erased_profile_is_gone_and_its_handle_free() {
    let s = Setup::new().await;
    let ada = s.person("ada").await;
    s.app
        .by(ada)
        .delete_with("/api/users/me", json!({"password": "wrong"}))
        .await
        .expect(401);
    s.app
        .by(ada)
        .delete_with("/api/users/me", json!({"password": "right"}))
        .await
        .expect(204);
    assert!(s.directory.by_handle("ada").await.unwrap().is_none());
    s.person("ada").await;
}

//! Rotation, reuse and the end of sessions.

use std::time::Duration;

use contracts::auth::{Accounts as _, revoked_session_key};
use ephemeral::Ephemeral as _;
use serde_json::Value;

use crate::house::{House, PASSWORD, Person, eventually};

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap().to_owned()
}

async fn rotated(person: &Person, token: &str) -> String {
    text(&person.refresh(token).await.expect(200), "refreshToken")
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_that_hold() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let next = ada.refresh(&ada.refresh).await.expect(200);
    assert_ne!(text(&next, "refreshToken"), ada.refresh);
    assert_eq!(next["expiresIn"], 900);
    let again = ada.with_token(&text(&next, "accessToken"));
    assert_eq!(again.get("/api/auth/sessions").await.status, 200);
    rotated(&ada, &text(&next, "refreshToken")).await;
}

#[tokio::test]
async fn two_refreshes_within_ten_seconds_are_one() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let (one, other) = tokio::join!(ada.refresh(&ada.refresh), ada.refresh(&ada.refresh));
    let successor = text(&one.expect(200), "refreshToken");
    assert_eq!(text(&other.expect(200), "refreshToken"), successor);
    house.world.advance(Duration::from_secs(10));
    assert_eq!(rotated(&ada, &ada.refresh).await, successor);
    rotated(&ada, &successor).await;
}

#[tokio::test]
async fn many_parallel_refreshes_leave_one_living_line() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let all = futures::future::join_all((0..20).map(|_| ada.refresh(&ada.refresh))).await;
    let tokens: Vec<String> = all
        .into_iter()
        .map(|reply| text(&reply.expect(200), "refreshToken"))
        .collect();
    assert!(tokens.windows(2).all(|two| two[0] == two[1]));
    rotated(&ada, &tokens[0]).await;
}

#[tokio::test]
async fn a_rotated_token_used_after_the_grace_ends_the_session_for_thief_and_owner() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let bystander = ada.again().await;
    let current = rotated(&ada, &ada.refresh).await;
    house.world.advance(Duration::from_secs(11));
    ada.refresh(&ada.refresh).await.fails(401, "auth.refresh_reused");
    ada.refresh(&current).await.fails(401, "auth.refresh_invalid");
    assert!(!ada.is_in().await, "its access token is dead at once");
    assert!(bystander.is_in().await);
    rotated(&bystander, &bystander.refresh).await;
    let events = house.events().await;
    assert_eq!(events[1..], ["refresh_reuse_detected", "session_revoked"]);
}

#[tokio::test]
async fn a_token_older_than_the_last_two_is_reuse_too() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let second = rotated(&ada, &ada.refresh).await;
    let third = rotated(&ada, &second).await;
    ada.refresh(&ada.refresh).await.fails(401, "auth.refresh_reused");
    ada.refresh(&third).await.fails(401, "auth.refresh_invalid");
}

#[tokio::test]
async fn a_refresh_token_holds_thirty_days_from_its_rotation() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    house.world.advance(Duration::from_secs(29 * 24 * 3600));
    let next = rotated(&ada, &ada.refresh).await;
    house.world.advance(Duration::from_secs(30 * 24 * 3600));
    ada.refresh(&next).await.fails(401, "auth.refresh_invalid");
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let mut forged = ada.refresh.clone();
    forged.replace_range(40..41, if &forged[40..41] == "A" { "B" } else { "A" });
    for token in ["x", &forged, &ada.access[..128], "\u{0}", "ü"] {
        ada.refresh(token).await.fails(401, "auth.refresh_invalid");
    }
    assert!(ada.is_in().await);
}

#[tokio::test]
async fn an_access_token_holds_fifteen_minutes() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    house.world.advance(Duration::from_secs(15 * 60 - 1));
    assert!(ada.is_in().await);
    house.world.advance(Duration::from_secs(1));
    ada.get("/api/auth/sessions").await.fails(401, "auth.token_expired");
}

#[tokio::test]
async fn signing_out_ends_this_session_at_once_and_no_other() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let other = ada.again().await;
    ada.post_empty("/api/auth/signout").await.expect(204);
    ada.get("/api/auth/sessions").await.fails(401, "auth.session_ended");
    ada.refresh(&ada.refresh).await.fails(401, "auth.refresh_invalid");
    assert!(other.is_in().await);
}

#[tokio::test]
async fn an_ended_session_stays_ended_when_memory_is_lost() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let bob = house.person("bob").await;
    ada.post_empty("/api/auth/signout").await.expect(204);
    let house = house.restart().await;
    let reply = house.anyone().with_token(&ada.access).get("/api/auth/sessions").await;
    reply.fails(401, "auth.session_ended");
    house
        .anyone()
        .with_token(&bob.access)
        .get("/api/auth/sessions")
        .await
        .expect(200);
}

#[tokio::test]
async fn sessions_are_listed_newest_first_with_the_current_one_marked() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    house.world.advance(Duration::from_secs(60));
    let body = serde_json::json!({"login": "ada", "password": PASSWORD, "device": "phone"});
    house.from("192.0.2.7").post("/api/auth/signin", body).await.expect(200);
    let list = ada.get("/api/auth/sessions").await.expect(200);
    let items = list["items"].as_array().unwrap();
    let seen: Vec<(&str, &str, bool)> = items
        .iter()
        .map(|s| {
            (
                s["device"].as_str().unwrap(),
                s["address"].as_str().unwrap(),
                s["current"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(seen, [("phone", "192.0.2.7", false), ("a test", "local", true)]);
    let page = ada.get("/api/auth/sessions?limit=1").await.expect(200);
    let cursor = text(&page, "nextCursor");
    let rest = ada
        .get(&format!("/api/auth/sessions?limit=1&cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(
        (rest["items"][0]["current"].as_bool(), rest["nextCursor"].is_null()),
        (Some(true), true)
    );
    ada.get("/api/auth/sessions?cursor=made-up").await.expect(422);
    ada.get("/api/auth/sessions?limit=0").await.expect(422);
}

#[tokio::test]
async fn while_memory_is_away_people_are_let_in_and_who_has_ended_is_not() {
    let house = House::new().await;
    let (ada, bob) = (house.person("ada").await, house.person("bob").await);
    let other = ada.again().await;
    house.ephemeral.go_away(true);
    assert!(ada.is_in().await && bob.is_in().await);
    // Neither can be marked, and both are durable.
    ada.post_empty("/api/auth/signout").await.expect(503);
    house.local.ban(bob.id, "spam").await.unwrap_err();
    ada.get("/api/auth/sessions").await.fails(401, "auth.session_ended");
    bob.get("/api/auth/sessions").await.fails(401, "auth.session_ended");
    assert!(other.is_in().await);
}

#[tokio::test]
async fn what_memory_did_not_take_or_forgot_is_told_to_it_within_seconds() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let sessions = ada.get("/api/auth/sessions").await.expect(200);
    let mark = revoked_session_key(text(&sessions["items"][0], "id").parse().unwrap());
    let marked = async || house.ephemeral.any_exists(&[&mark]).await.unwrap().then_some(());
    house.ephemeral.go_away(true);
    ada.post_empty("/api/auth/signout").await.expect(503);
    house.ephemeral.go_away(false);
    eventually("the mark that could not be set", marked).await;
    house.ephemeral.forget();
    assert_eq!(marked().await, None);
    eventually("the mark that was forgotten", marked).await;
    ada.get("/api/auth/sessions").await.fails(401, "auth.session_ended");
}

#[tokio::test]
async fn a_person_ends_a_session_elsewhere_but_not_another_persons() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let bob = house.person("bob").await;
    let elsewhere = ada.again().await;
    let list = ada.get("/api/auth/sessions").await.expect(200);
    let other = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["current"] == false)
        .unwrap();
    let path = format!("/api/auth/sessions/{}", text(other, "id"));
    bob.delete(&path).await.fails(404, "auth.session_not_found");
    assert!(elsewhere.is_in().await);
    ada.delete(&path).await.expect(204);
    ada.delete(&path).await.expect(204);
    assert!(!elsewhere.is_in().await);
    assert!(ada.is_in().await);
    ada.delete("/api/auth/sessions/not-an-id").await.expect(404);
}

#[tokio::test]
async fn all_other_sessions_end_at_once() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let others = [ada.again().await, ada.again().await];
    ada.delete("/api/auth/sessions").await.expect(204);
    for other in others {
        assert!(!other.is_in().await);
    }
    assert!(ada.is_in().await);
}

#[tokio::test]
async fn beyond_the_limit_the_oldest_session_ends() {
    let config = auth::Config {
        sessions_per_user_max: 2,
        ..Default::default()
    };
    let house = House::with(config).await;
    let first = house.person("ada").await;
    house.world.advance(Duration::from_secs(1));
    let second = first.again().await;
    house.world.advance(Duration::from_secs(1));
    let third = first.again().await;
    assert!(!first.is_in().await);
    assert!(second.is_in().await && third.is_in().await);
}

#[tokio::test]
async fn nothing_stored_or_told_holds_a_secret() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let token = house.mailed(&ada.email, &[]).await;
    let mut all = String::new();
    for collection in ["accounts", "sessions", "letters", "signing_keys"] {
        for kept in house.store.scan(collection, None, 100).await.unwrap() {
            all += &String::from_utf8_lossy(&kept.body);
        }
    }
    for event in house.world.pending(&house.store).await {
        all += &String::from_utf8_lossy(&event.bytes);
    }
    for secret in [PASSWORD, &ada.refresh, &ada.access, &token] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    assert!(all.contains("$argon2id$v=19$m=19456,t=2,p=1$"));
}

//! Changing and resetting passwords.

use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use serde_json::json;

use crate::house::{House, PASSWORD, Person, eventually};

const NEW: &str = "a new password 1";

async fn reset_token(house: &House, ada: &Person) -> String {
    let first = house.mailed(&ada.email, &[]).await;
    let forgot = json!({"email": ada.email});
    house
        .anyone()
        .post("/api/auth/password/forgot", forgot)
        .await
        .expect(202);
    house.mailed(&ada.email, &[first]).await
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions_and_keeps_this_one() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let other = ada.again().await;
    let change = |current: &str| json!({"currentPassword": current, "newPassword": NEW});
    ada.post("/api/auth/password/change", change("a wrong password"))
        .await
        .fails(401, "auth.bad_credentials");
    ada.post("/api/auth/password/change", change(PASSWORD))
        .await
        .expect(204);
    assert!(!other.is_in().await);
    other.refresh(&other.refresh).await.fails(401, "auth.refresh_invalid");
    assert!(ada.is_in().await);
    ada.refresh(&ada.refresh).await.expect(200);
    ada.sign_in("ada", PASSWORD).await.fails(401, "auth.bad_credentials");
    ada.sign_in("ada", NEW).await.expect(200);
    assert_eq!(
        house.events().await,
        ["registered", "password_changed", "session_revoked"]
    );
}

#[tokio::test]
async fn a_new_password_of_wrong_length_is_refused() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    for new in ["short", &"x".repeat(129)] {
        let body = json!({"currentPassword": PASSWORD, "newPassword": new});
        let problem = ada.post("/api/auth/password/change", body).await.expect(422);
        assert_eq!(problem["errors"][0]["field"], "newPassword");
    }
}

#[tokio::test]
async fn a_forgotten_password_is_reset_once_through_the_mail_and_ends_every_session() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let token = reset_token(&house, &ada).await;
    let reset = json!({"token": token, "newPassword": NEW});
    house
        .anyone()
        .post("/api/auth/password/reset", reset.clone())
        .await
        .expect(204);
    assert!(!ada.is_in().await);
    ada.refresh(&ada.refresh).await.fails(401, "auth.refresh_invalid");
    ada.sign_in("ada", NEW).await.expect(200);
    house
        .anyone()
        .post("/api/auth/password/reset", reset)
        .await
        .fails(422, "auth.one_time_token_invalid");
    let events = house.events().await;
    assert_eq!(
        events,
        ["registered", "password_changed", "email_verified", "session_revoked"]
    );
}

#[tokio::test]
async fn of_many_who_use_a_reset_token_at_once_one_succeeds() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let token = reset_token(&house, &ada).await;
    let client = house.anyone();
    let resets = (0..5).map(|i| {
        let body = json!({"token": token, "newPassword": format!("{NEW} {i}")});
        client.post("/api/auth/password/reset", body)
    });
    let all = futures::future::join_all(resets).await;
    assert_eq!(all.iter().filter(|reply| reply.status == 204).count(), 1);
    assert_eq!(all.iter().filter(|reply| reply.status == 422).count(), 4);
}

#[tokio::test]
async fn a_reset_token_is_dead_after_half_an_hour_and_after_a_change_of_the_password() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let token = reset_token(&house, &ada).await;
    let change = json!({"currentPassword": PASSWORD, "newPassword": NEW});
    ada.post("/api/auth/password/change", change).await.expect(204);
    let reset = |token: &str| json!({"token": token, "newPassword": NEW});
    house
        .anyone()
        .post("/api/auth/password/reset", reset(&token))
        .await
        .fails(422, "auth.one_time_token_invalid");
    let bob = house.person("bob").await;
    let late = reset_token(&house, &bob).await;
    house.world.advance(Duration::from_secs(30 * 60));
    house
        .anyone()
        .post("/api/auth/password/reset", reset(&late))
        .await
        .fails(422, "auth.one_time_token_invalid");
}

#[tokio::test]
async fn a_token_for_one_errand_does_not_do_for_another() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let verify = house.mailed(&ada.email, &[]).await;
    let reset = json!({"token": verify, "newPassword": NEW});
    house
        .anyone()
        .post("/api/auth/password/reset", reset)
        .await
        .fails(422, "auth.one_time_token_invalid");
    let token = reset_token(&house, &ada).await;
    let wrong = house
        .anyone()
        .post("/api/auth/email/verify", json!({"token": token}))
        .await;
    wrong.fails(422, "auth.one_time_token_invalid");
}

#[tokio::test]
async fn a_hash_of_weaker_parameters_is_replaced_at_the_next_sign_in() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    let hash = weak
        .hash_password_with_salt(PASSWORD.as_bytes(), &[7; 16])
        .unwrap()
        .to_string();
    house
        .rewrite_account(&ada, |account| account["password"] = json!(hash))
        .await;
    ada.again().await;
    let stored = house.stored_account(&ada).await;
    assert!(
        stored["password"]
            .as_str()
            .unwrap()
            .starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{stored}"
    );
    ada.again().await;
}

#[tokio::test]
async fn a_change_of_the_password_that_a_crash_cut_short_is_finished_after_the_restart() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let now = house.world.ambient().now().to_string();
    let crashed = |account: &mut serde_json::Value| {
        account["epoch"] = json!(1);
        account["voidedAt"] = json!(now);
    };
    house.rewrite_account(&ada, crashed).await;
    ada.refresh(&ada.refresh).await.fails(401, "auth.refresh_invalid");
    let other = ada.again().await;
    house.rewrite_account(&ada, |account| account["epoch"] = json!(2)).await;
    house.world.advance(Duration::from_secs(10));
    let house = house.restart().await;
    let client = house.anyone().with_token(&other.access);
    let is_out = async || (client.get("/api/auth/sessions").await.status == 401).then_some(());
    eventually("the end of the session", is_out).await;
    assert!(
        house
            .events()
            .await
            .iter()
            .filter(|kind| *kind == "session_revoked")
            .count()
            == 2
    );
}

#[tokio::test]
async fn what_began_with_the_new_password_outlives_the_end_of_the_void_sessions() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let now = house.world.ambient().now().to_string();
    let crashed = |account: &mut serde_json::Value| {
        account["epoch"] = json!(1);
        account["voidedAt"] = json!(now);
    };
    house.rewrite_account(&ada, crashed).await;
    let since = ada.again().await;
    house.world.advance(Duration::from_secs(10));
    let house = house.restart().await;
    let done = async || house.stored_account(&ada).await["voidedAt"].is_null().then_some(());
    eventually("the end of the void sessions", done).await;
    let client = house.anyone().with_token(&since.access);
    client.get("/api/auth/sessions").await.expect(200);
    let refresh = |token: &str| json!({"refreshToken": token});
    client
        .post("/api/auth/refresh", refresh(&since.refresh))
        .await
        .expect(200);
    let void = client.post("/api/auth/refresh", refresh(&ada.refresh)).await;
    void.fails(401, "auth.refresh_invalid");
    assert_eq!(house.events().await, ["registered", "session_revoked"]);
}

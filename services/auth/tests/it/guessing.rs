//! Guessing passwords, and guessing who is here.

use std::time::Duration;

use serde_json::json;

use crate::house::{House, PASSWORD, newcomer};

#[tokio::test]
async fn the_sixth_wrong_guess_in_a_row_must_wait_and_then_the_owner_gets_in() {
    let house = House::new().await;
    house.person("ada").await;
    let client = house.anyone();
    for _ in 0..5 {
        client
            .sign_in("ada", "a wrong password")
            .await
            .fails(401, "auth.bad_credentials");
    }
    let refused = client.sign_in("ada", PASSWORD).await;
    let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    refused.fails(429, "auth.too_many_attempts");
    house.world.advance(Duration::from_secs(wait));
    client.sign_in("ada", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn guesses_about_an_unknown_login_are_refused_alike() {
    let house = House::new().await;
    for _ in 0..5 {
        house
            .anyone()
            .sign_in("nobody", "a wrong password")
            .await
            .fails(401, "auth.bad_credentials");
    }
    house
        .anyone()
        .sign_in("nobody", "a wrong password")
        .await
        .fails(429, "auth.too_many_attempts");
}

#[tokio::test]
async fn guesses_sent_at_once_are_counted_too() {
    let house = House::new().await;
    house.person("ada").await;
    let client = house.anyone();
    let all = futures::future::join_all((0..20).map(|_| client.sign_in("ada", "a wrong password"))).await;
    assert_eq!(all.iter().filter(|reply| reply.status == 401).count(), 5);
    assert_eq!(all.iter().filter(|reply| reply.status == 429).count(), 15);
}

#[tokio::test]
async fn whoever_guesses_from_elsewhere_does_not_lock_the_owner_out() {
    let house = House::new().await;
    house.person("ada").await;
    house.from("198.51.100.9").sign_in("ada", PASSWORD).await.expect(200);
    for i in 0..60 {
        let status = house
            .from(&format!("192.0.2.{i}"))
            .sign_in("ada", "a wrong password")
            .await
            .status;
        assert!(matches!(status, 401 | 429), "{status}");
    }
    house
        .from("192.0.2.200")
        .sign_in("ada", PASSWORD)
        .await
        .fails(429, "auth.too_many_attempts");
    house.from("198.51.100.9").sign_in("ada", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn signing_in_rightly_is_never_refused() {
    let house = House::new().await;
    house.person("ada").await;
    for _ in 0..20 {
        house.from("192.0.2.1").sign_in("ada", PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn one_address_makes_a_limited_number_of_accounts_and_the_own_machine_any() {
    let config = auth::Config {
        signups_per_address_per_hour: 2,
        ..Default::default()
    };
    let house = House::with(config).await;
    let client = house.from("2001:db8::1");
    for i in 0..2 {
        client
            .post("/api/auth/signup", newcomer(&format!("one_{i}")))
            .await
            .expect(201);
    }
    let neighbour = house.from("2001:db8::ffff");
    neighbour
        .post("/api/auth/signup", newcomer("three"))
        .await
        .fails(429, "auth.too_many_attempts");
    for i in 0..4 {
        house.person(&format!("own_{i}")).await;
    }
}

/// An unknown login is hashed like a known one: otherwise unknown ones could not fill the hasher.
#[tokio::test]
async fn unknown_logins_fill_the_hasher_and_a_full_one_answers_503_with_retry_after() {
    let config = auth::Config {
        hash_queue_max: 0,
        ..Default::default()
    };
    let house = House::with(config).await;
    let client = house.anyone();
    let logins: Vec<String> = (0..12).map(|i| format!("nobody_{i}")).collect();
    let all = futures::future::join_all(logins.iter().map(|l| client.sign_in(l, "a wrong password"))).await;
    let busy = all.iter().find(|reply| reply.status == 503).unwrap();
    assert_eq!(busy.json["code"], "auth.busy");
    assert!(busy.headers.contains_key("retry-after"));
    assert!(all.iter().all(|reply| matches!(reply.status, 401 | 503)));
}

#[tokio::test]
async fn asking_for_a_forgotten_password_answers_alike_and_is_limited_by_address() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let ask = async |email: &str| {
        house
            .anyone()
            .post("/api/auth/password/forgot", json!({"email": email}))
            .await
    };
    for _ in 0..8 {
        ask(&ada.email).await.expect(202);
        ask("nobody@example.com").await.expect(202);
    }
    let stored = house.store.scan("letters", None, 100).await.unwrap().len();
    assert_eq!(stored, 17, "each question costs one write, known or not");
    let attacker = house.from("192.0.2.1");
    let mut last = 0;
    for i in 0..40 {
        last = attacker
            .post(
                "/api/auth/password/forgot",
                json!({"email": format!("n{i}@example.com")}),
            )
            .await
            .status;
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn asking_by_sign_up_whether_an_address_is_taken_is_limited_too() {
    let config = auth::Config {
        signups_per_address_per_hour: 2,
        ..Default::default()
    };
    let house = House::with(config).await;
    house.person("ada").await;
    let client = house.from("203.0.113.9");
    for _ in 0..2 {
        let asked = client.post("/api/auth/signup", newcomer("ada")).await;
        asked.fails(409, "auth.email_taken");
    }
    client
        .post("/api/auth/signup", newcomer("ada"))
        .await
        .fails(429, "auth.too_many_attempts");
}

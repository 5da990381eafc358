//! The keys behind access tokens.

use std::time::Duration;

use auth::Config;
use serde_json::Value;

use crate::house::House;

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn published(house: &House) -> Vec<String> {
    let set = house.anyone().get("/.well-known/jwks.json").await.expect(200);
    set["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|k| k["kid"].as_str().unwrap().to_owned())
        .collect()
}

fn signed_by(access: &str) -> String {
    use base64::Engine as _;
    let part = access.split('.').next().unwrap();
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(
        (header["alg"].as_str(), header["typ"].as_str()),
        (Some("EdDSA"), Some("at+jwt"))
    );
    header["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_key_set_is_public_and_holds_no_private_part() {
    let house = House::new().await;
    let reply = house.anyone().get("/.well-known/jwks.json").await;
    assert_eq!(reply.headers["cache-control"], "public, max-age=60");
    let set = reply.expect(200);
    let key = set["keys"][0].as_object().unwrap();
    let mut fields: Vec<&str> = key.keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["alg", "crv", "kid", "kty", "use", "x"]);
}

#[tokio::test]
async fn a_key_stays_over_a_restart_and_so_do_its_tokens() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let keys = published(&house).await;
    let house = house.restart().await;
    assert_eq!(published(&house).await, keys);
    house
        .anyone()
        .with_token(&ada.access)
        .get("/api/auth/sessions")
        .await
        .expect(200);
}

/// Every worker turn and every minute of the month's end: the token of the moment always holds.
#[tokio::test]
async fn rotating_keys_refuses_no_valid_token() {
    let mut house = House::new().await;
    let ada = house.person("ada").await;
    let mut refresh = ada.refresh.clone();
    let first = signed_by(&ada.access);
    house.world.advance(30 * DAY - Duration::from_secs(10 * 60));
    let mut signers = Vec::new();
    for _ in 0..40 {
        // A restart runs the upkeep at once.
        house = house.restart().await;
        let client = house.anyone();
        let next = client
            .post("/api/auth/refresh", serde_json::json!({"refreshToken": refresh}))
            .await
            .expect(200);
        refresh = next["refreshToken"].as_str().unwrap().to_owned();
        let access = next["accessToken"].as_str().unwrap();
        client.with_token(access).get("/api/auth/sessions").await.expect(200);
        signers.push(signed_by(access));
        house.world.advance(Duration::from_secs(60));
    }
    assert_eq!(signers.first(), Some(&first));
    assert_ne!(signers.last(), Some(&first));
    signers.dedup();
    assert_eq!(signers.len(), 2);
    let house = house.restart().await;
    assert_eq!(published(&house).await, signers[1..]);
}

#[tokio::test]
async fn a_lost_server_secret_stops_the_start_instead_of_ending_every_session_silently() {
    let house = House::new().await;
    house.person("ada").await;
    std::fs::remove_file(house.world.path().join("data/auth.secret")).unwrap();
    let fault = house.restart_with(Config::default()).await.err().unwrap();
    assert!(fault.detail.contains("server secret"), "{fault}");
}

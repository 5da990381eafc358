//! Tokens and headers that somebody made up.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use blackbox::{Actor, Field as _, Http, Instance, Reply, strangers};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

#[tokio::test]
async fn a_token_without_or_with_a_foreign_signature_is_refused() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let (header, claims, signature) = parts(ada.token());
    assert_eq!(header.text("alg"), "EdDSA");
    let with_alg = |alg: &str| with(&header, "alg", json!(alg));
    refused(&ada, &format!("{}.", body(&with_alg("none"), &claims))).await;
    refused(&ada, &format!("{}.{signature}", body(&with_alg("none"), &claims))).await;
    refused(&ada, &format!("{}.{}", body(&header, &claims), BASE64.encode([7; 64]))).await;
    refused(&ada, &format!("{}.", body(&header, &claims))).await;
    for kid in ["../../etc/passwd", "unknown", ""] {
        refused(
            &ada,
            &format!("{}.{signature}", body(&with(&header, "kid", json!(kid)), &claims)),
        )
        .await;
    }
}

#[tokio::test]
async fn the_public_key_does_not_serve_as_an_hmac_secret() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let (header, claims, _) = parts(ada.token());
    let keys = ada.get("/.well-known/jwks.json").await.is(200);
    let x = keys["keys"][0].text("x");
    assert!(keys["keys"][0].get("d").is_none(), "the private half is published");
    let forged = body(&with(&header, "alg", json!("HS256")), &claims);
    for secret in [
        x.as_bytes().to_vec(),
        BASE64.decode(&x).unwrap(),
        keys.to_string().into_bytes(),
    ] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
        mac.update(forged.as_bytes());
        refused(
            &ada,
            &format!("{forged}.{}", BASE64.encode(mac.finalize().into_bytes())),
        )
        .await;
    }
}

#[tokio::test]
async fn changed_claims_break_the_signature() {
    let [ada, bob] = strangers(Instance::shared(), ["ada", "bob"]).await;
    let (header, claims, signature) = parts(bob.token());
    let changes = [
        ("sub", json!(ada.id)),
        ("aud", json!("another")),
        ("iss", json!("another")),
        ("exp", json!(9_999_999_999_u64)),
    ];
    for (claim, value) in changes {
        assert!(claims.get(claim).is_some(), "the claim {claim} is missing in {claims}");
        refused(
            &bob,
            &format!("{}.{signature}", body(&header, &with(&claims, claim, value))),
        )
        .await;
    }
}

#[tokio::test]
async fn nothing_but_an_access_token_opens_the_api() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let ticket = ada.post_empty("/api/realtime/tickets").await.is(201).text("ticket");
    let key = ada
        .post("/api/ai/keys", json!({"name": "a key"}))
        .await
        .is(201)
        .text("key");
    for token in [ada.refresh.as_str(), &ticket, &key, "", "null", "a.b.c", "ä"] {
        refused(&ada, token).await;
    }
    let basic = ada
        .with_token("")
        .request(Method::GET, "/api/users/me")
        .header("authorization", "Basic YWRhOnB3");
    Reply::of(basic).await.fails(401);
}

#[tokio::test]
async fn headers_that_claim_an_identity_are_ignored() {
    let product = Instance::shared();
    let [ada, bob] = strangers(product, ["ada", "bob"]).await;
    for name in [
        "x-user-id",
        "x-auth-user",
        "x-session-id",
        "x-internal",
        "x-aichat-user",
        "x-forwarded-user",
    ] {
        let anonymous = Http::anonymous(product)
            .request(Method::GET, "/api/users/me")
            .header(name, &ada.id);
        Reply::of(anonymous).await.fails(401);
        let signed_in = bob.request(Method::GET, "/api/users/me").header(name, &ada.id);
        assert_eq!(Reply::of(signed_in).await.is(200).text("id"), bob.id, "{name}");
    }
}

#[tokio::test]
async fn no_answer_shows_the_address_or_secrets_of_another() {
    let [ada, bob] = blackbox::friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    let paths = [
        format!("/api/users/{}", ada.id),
        format!("/api/users/by-handle/{}", ada.handle),
        format!("/api/users?query={}", ada.handle),
        "/api/friendships".to_owned(),
        format!("/api/chat/rooms/{room}"),
    ];
    for path in paths {
        let shown = bob.get(&path).await;
        shown.is(200);
        assert!(shown.text.contains(&ada.id), "{path} does not show her at all");
        assert!(
            !shown.text.contains(&ada.email) && !shown.text.contains("argon2"),
            "{path}: {}",
            shown.text
        );
    }
}

async fn refused(http: &Http, token: &str) {
    // Set by hand: a token need not be a valid header value for the client's own check.
    let request = http.with_token("").request(Method::GET, "/api/users/me");
    let forged = reqwest::header::HeaderValue::from_bytes(format!("Bearer {token}").as_bytes()).unwrap();
    let mut request = request.build().unwrap();
    request.headers_mut().insert("authorization", forged);
    let answer = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap()
        .execute(request)
        .await;
    assert_eq!(answer.unwrap().status(), 401, "{token}");
}

fn parts(token: &str) -> (Value, Value, String) {
    let parts: Vec<_> = token.split('.').collect();
    let json = |part: &str| serde_json::from_slice(&BASE64.decode(part).unwrap()).unwrap();
    (json(parts[0]), json(parts[1]), parts[2].to_owned())
}

fn body(header: &Value, claims: &Value) -> String {
    format!(
        "{}.{}",
        BASE64.encode(header.to_string()),
        BASE64.encode(claims.to_string())
    )
}

fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut changed = object.clone();
    changed[name] = value;
    changed
}

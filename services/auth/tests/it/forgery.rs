//! Tokens that are not ours, and routes that need one.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn a_token_of_another_key_algorithm_or_type_is_refused() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let [header, claims, signature] = [0, 1, 2].map(|i| ada.access.split('.').nth(i).unwrap().to_owned());
    let decoded = |part: &str| -> Value {
        use base64::Engine as _;
        serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let encoded = |value: &Value| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string())
    };
    let (ours, facts) = (decoded(&header), decoded(&claims));
    let set = house.anyone().get("/.well-known/jwks.json").await.expect(200);
    let public = set["keys"][0]["x"].as_str().unwrap();
    let kid = ours["kid"].as_str().unwrap().to_owned();
    let hmac = Header {
        kid: Some(kid),
        typ: Some("at+jwt".into()),
        ..Header::new(Algorithm::HS256)
    };
    let mut admin = facts.clone();
    admin["adm"] = json!(true);
    let mut forged = vec![
        jsonwebtoken::encode(&hmac, &facts, &EncodingKey::from_secret(public.as_bytes())).unwrap(),
        format!(
            "{}.{claims}.",
            encoded(&json!({"alg": "none", "typ": "at+jwt", "kid": ours["kid"]}))
        ),
        format!("{header}.{}.{signature}", encoded(&admin)),
        format!("{header}.{claims}."),
        "a.b.c".into(),
        ada.refresh.clone(),
    ];
    for (name, value) in [
        ("kid", "../../etc/passwd"),
        ("kid", "unknown"),
        ("typ", "JWT"),
        ("alg", "ES256"),
    ] {
        let mut other = ours.clone();
        other[name] = json!(value);
        forged.push(format!("{}.{claims}.{signature}", encoded(&other)));
    }
    for token in forged {
        let reply = house.anyone().with_token(&token).get("/api/auth/sessions").await;
        assert_eq!(reply.status, 401, "{token}");
    }
    assert!(ada.is_in().await);
}

#[tokio::test]
async fn nobody_gets_anywhere_without_a_token() {
    let house = House::new().await;
    let client = house.anyone();
    let some = json!({"currentPassword": "x", "newPassword": "long enough 1"});
    client.get("/api/auth/sessions").await.expect(401);
    client.delete("/api/auth/sessions").await.expect(401);
    client
        .delete("/api/auth/sessions/0190c5a0-7b7e-7000-8000-000000000001")
        .await
        .expect(401);
    client.post("/api/auth/password/change", some).await.expect(401);
    for path in ["signout", "email/resend", "totp/enroll", "totp/confirm", "totp/disable"] {
        client
            .post(&format!("/api/auth/{path}"), json!({"code": "1", "password": "x"}))
            .await
            .expect(401);
    }
}

//! Becoming a member, coming back, and leaving.

use contracts::auth::Accounts as _;
use contracts::user::UserDirectory as _;
use serde_json::json;

use crate::house::{House, PASSWORD, newcomer};

#[tokio::test]
async fn a_person_signs_up_and_is_signed_in() {
    let house = House::new().await;
    let signed = house
        .anyone()
        .post("/api/auth/signup", newcomer("ada"))
        .await
        .expect(201);
    assert_eq!(signed["user"]["handle"], "ada");
    assert_eq!(signed["expiresIn"], 900);
    let ada = crate::house::Person::of(&signed, "ada", house.anyone());
    assert!(ada.is_in().await);
    assert_eq!(house.events().await, ["registered"]);
}

#[tokio::test]
async fn an_address_makes_one_account_whatever_its_case_and_the_handle_stays_free() {
    let house = House::new().await;
    house.person("ada").await;
    let mut second = newcomer("grace");
    second["email"] = json!("ADA@Example.com");
    house
        .anyone()
        .post("/api/auth/signup", second)
        .await
        .fails(409, "auth.email_taken");
    house.person("grace").await;
}

#[tokio::test]
async fn two_sign_ups_with_one_address_at_once_make_one_account_and_free_the_other_handle() {
    let house = House::new().await;
    let with = |handle: &str| {
        let mut body = newcomer(handle);
        body["email"] = json!("ada@example.com");
        body
    };
    let client = house.anyone();
    let (one, other) = tokio::join!(
        client.post("/api/auth/signup", with("ada")),
        client.post("/api/auth/signup", with("lovelace"))
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let claimed = [
        house.world.users().by_handle("ada").await,
        house.world.users().by_handle("lovelace").await,
    ];
    assert_eq!(
        claimed.iter().filter(|found| found.as_ref().unwrap().is_some()).count(),
        1
    );
}

#[tokio::test]
async fn a_taken_handle_is_refused_and_the_address_stays_free() {
    let house = House::new().await;
    house.person("ada").await;
    let mut second = newcomer("ada");
    second["email"] = json!("other@example.com");
    house
        .anyone()
        .post("/api/auth/signup", second.clone())
        .await
        .fails(409, "user.handle_taken");
    second["handle"] = json!("other");
    house.anyone().post("/api/auth/signup", second).await.expect(201);
}

#[tokio::test]
async fn wrong_fields_are_named_and_unknown_ones_refused() {
    let house = House::new().await;
    let wrong = [
        ("email", json!("no-address")),
        ("password", json!("short")),
        ("password", json!("x".repeat(129))),
        ("password", json!("x".repeat(1024 * 1024))),
        ("handle", json!("With Spaces")),
        ("displayName", json!("")),
        ("role", json!("admin")),
    ];
    for (field, value) in wrong {
        let mut body = newcomer("ada");
        body[field] = value;
        let problem = house.anyone().post("/api/auth/signup", body).await.expect(422);
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
}

#[tokio::test]
async fn a_person_signs_in_by_address_and_by_handle_in_any_case() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    for login in ["ada@example.com", "Ada@Example.Com", "ada", "ADA"] {
        let signed = house.anyone().sign_in(login, PASSWORD).await.expect(200);
        assert_eq!(signed["user"]["id"], ada.id.to_string());
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_get_the_same_answer() {
    let house = House::new().await;
    house.person("ada").await;
    let mut answers = Vec::new();
    for login in ["ada", "ada@example.com", "nobody", "nobody@example.com"] {
        let mut problem = house.anyone().sign_in(login, "a wrong password").await.expect(401);
        problem["requestId"] = json!(null);
        answers.push(problem);
    }
    assert_eq!(answers[0]["code"], "auth.bad_credentials");
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "{answers:?}");
}

#[tokio::test]
async fn an_erased_account_leaves_nothing_and_its_address_is_free_again() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let fault = house.local.erase(ada.id, "a wrong password").await.unwrap_err();
    assert_eq!(fault.code, "auth.bad_credentials");
    house.local.erase(ada.id, PASSWORD).await.unwrap();
    assert!(!ada.is_in().await);
    ada.refresh(&ada.refresh).await.fails(401, "auth.refresh_invalid");
    ada.sign_in("ada@example.com", PASSWORD)
        .await
        .fails(401, "auth.bad_credentials");
    assert_eq!(
        house.local.account(ada.id).await.unwrap_err().kind,
        kernel::ErrorCode::NotFound
    );
    assert!(house.events().await.contains(&"deleted".to_owned()));
    for collection in ["accounts", "sessions", "letters"] {
        for kept in house.store.scan(collection, None, 100).await.unwrap() {
            let text = String::from_utf8_lossy(&kept.body).into_owned();
            assert!(
                !text.contains("example.com") && !text.contains("argon2") && !text.contains("a test"),
                "{text}"
            );
        }
    }
    let mut back = newcomer("ada2");
    back["email"] = json!("ada@example.com");
    house.anyone().post("/api/auth/signup", back).await.expect(201);
}

#[tokio::test]
async fn a_banned_person_is_out_at_once_and_stays_out_over_a_restart() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    house.local.ban(ada.id, "spam").await.unwrap();
    assert!(!ada.is_in().await);
    ada.refresh(&ada.refresh).await.fails(401, "auth.refresh_invalid");
    ada.sign_in("ada", PASSWORD).await.fails(403, "auth.banned");
    ada.sign_in("ada", "a wrong password")
        .await
        .fails(401, "auth.bad_credentials");
    assert_eq!(house.events().await, ["registered", "banned", "session_revoked"]);
    let house = house.restart().await;
    assert_eq!(
        house
            .anyone()
            .with_token(&ada.access)
            .get("/api/auth/sessions")
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn only_a_proven_address_on_the_list_moderates() {
    let config = auth::Config {
        admins: vec!["Ada@example.com".into()],
        ..Default::default()
    };
    let house = House::with(config).await;
    let ada = house.person("ada").await;
    assert!(!claims(&ada.access).as_object().unwrap().contains_key("adm"));
    let token = house.mailed(&ada.email, &[]).await;
    ada.post("/api/auth/email/verify", json!({"token": token}))
        .await
        .expect(204);
    assert_eq!(claims(&ada.again().await.access)["adm"], true);
    let bob = house.person("bob").await;
    assert!(!claims(&bob.access).as_object().unwrap().contains_key("adm"));
}

fn claims(access: &str) -> serde_json::Value {
    use base64::Engine as _;
    let part = access.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn an_address_of_a_proven_domain_is_proven_and_one_that_only_ends_like_it_is_not() {
    let house = House::with(auth::Config {
        proven_domains: vec!["Example.com".into()],
        ..Default::default()
    })
    .await;
    let ada = house.person("ada").await;
    assert!(house.local.account(ada.id).await.unwrap().email_verified);
    let mut other = newcomer("bob");
    other["email"] = json!("bob@not-example.com");
    let signed = house.anyone().post("/api/auth/signup", other).await.expect(201);
    let bob = crate::house::Person::of(&signed, "bob", house.anyone());
    assert!(!house.local.account(bob.id).await.unwrap().email_verified);
}

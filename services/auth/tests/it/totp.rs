//! The second factor.

use std::time::Duration;

use contracts::auth::Accounts as _;
use serde_json::{Value, json};
use totp_rs::Totp;

use crate::house::{House, PASSWORD, Person, Reply};

/// A person with a second factor.
struct Careful {
    ada: Person,
    totp: Totp,
    recovery: Vec<String>,
}

fn now(house: &House) -> u64 {
    u64::try_from(house.world.ambient().now().seconds()).unwrap()
}

async fn careful(house: &House) -> Careful {
    let ada = house.person("ada").await;
    let enrolled = ada.post_empty("/api/auth/totp/enroll").await.expect(200);
    let totp = Totp::from_url(enrolled["otpauthUrl"].as_str().unwrap()).unwrap();
    let code = totp.generate(now(house)).to_string();
    let confirmed = ada
        .post("/api/auth/totp/confirm", json!({"code": code}))
        .await
        .expect(200);
    let codes = confirmed["recoveryCodes"].as_array().unwrap();
    let recovery = codes.iter().map(|c| c.as_str().unwrap().to_owned()).collect();
    house.world.advance(Duration::from_secs(60));
    Careful { ada, totp, recovery }
}

async fn sign_in(ada: &Person, totp: &str) -> Reply {
    let body = json!({"login": ada.email, "password": PASSWORD, "totp": totp});
    ada.post("/api/auth/signin", body).await
}

#[tokio::test]
async fn once_confirmed_it_is_asked_for_and_not_before() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    ada.post("/api/auth/totp/confirm", json!({"code": "123456"}))
        .await
        .fails(409, "auth.totp_not_enrolled");
    ada.post_empty("/api/auth/totp/enroll").await.expect(200);
    ada.again().await;
    ada.post("/api/auth/totp/confirm", json!({"code": "not one"}))
        .await
        .fails(401, "auth.totp_wrong");
    assert!(!house.local.account(ada.id).await.unwrap().totp_enabled);
    let other = House::new().await;
    let careful = careful(&other).await;
    assert!(other.local.account(careful.ada.id).await.unwrap().totp_enabled);
    careful
        .ada
        .sign_in("ada", PASSWORD)
        .await
        .fails(401, "auth.totp_required");
    careful
        .ada
        .sign_in("ada", "a wrong password")
        .await
        .fails(401, "auth.bad_credentials");
    careful
        .ada
        .post_empty("/api/auth/totp/enroll")
        .await
        .fails(409, "auth.totp_enabled");
}

#[tokio::test]
async fn a_code_signs_in_once() {
    let house = House::new().await;
    let Careful { ada, totp, .. } = careful(&house).await;
    let code = totp.generate(now(&house)).to_string();
    sign_in(&ada, "000000").await.fails(401, "auth.totp_wrong");
    sign_in(&ada, &code).await.expect(200);
    sign_in(&ada, &code).await.fails(401, "auth.totp_wrong");
    let next = totp.generate(now(&house) + 30).to_string();
    sign_in(&ada, &next).await.expect(200);
}

#[tokio::test]
async fn of_two_who_use_one_code_at_once_one_gets_in() {
    let house = House::new().await;
    let Careful { ada, totp, .. } = careful(&house).await;
    let code = totp.generate(now(&house)).to_string();
    let (one, other) = tokio::join!(sign_in(&ada, &code), sign_in(&ada, &code));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test]
async fn a_recovery_code_signs_in_once_however_it_is_typed() {
    let house = House::new().await;
    let Careful { ada, recovery, .. } = careful(&house).await;
    assert_eq!(recovery.len(), 10);
    sign_in(&ada, &recovery[0].to_uppercase()).await.expect(200);
    sign_in(&ada, &recovery[0]).await.fails(401, "auth.totp_wrong");
    sign_in(&ada, &recovery[1].replace('-', " ")).await.expect(200);
}

#[tokio::test]
async fn guessing_codes_is_slowed_down() {
    let house = House::new().await;
    let Careful { ada, totp, .. } = careful(&house).await;
    for _ in 0..5 {
        sign_in(&ada, "000000").await.fails(401, "auth.totp_wrong");
    }
    let code = totp.generate(now(&house)).to_string();
    sign_in(&ada, &code).await.fails(429, "auth.too_many_attempts");
}

#[tokio::test]
async fn it_is_turned_off_by_password_and_code() {
    let house = House::new().await;
    let Careful { ada, totp, recovery } = careful(&house).await;
    let off = |password: &str, code: &str| json!({"password": password, "code": code});
    let code = totp.generate(now(&house)).to_string();
    let path = "/api/auth/totp/disable";
    ada.post(path, off("a wrong password", &code))
        .await
        .fails(401, "auth.bad_credentials");
    ada.post(path, off(PASSWORD, "000000"))
        .await
        .fails(401, "auth.totp_wrong");
    ada.post(path, off(PASSWORD, &recovery[3])).await.expect(204);
    ada.again().await;
    ada.post(path, off(PASSWORD, &code))
        .await
        .fails(409, "auth.totp_disabled");
}

#[tokio::test]
async fn its_secret_and_recovery_codes_are_not_readable_in_the_store() {
    let house = House::new().await;
    let Careful { totp, recovery, .. } = careful(&house).await;
    let url = totp.to_url().unwrap();
    let secret = url
        .split("secret=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap()
        .to_owned();
    for kept in house.store.scan("accounts", None, 10).await.unwrap() {
        let account: Value = serde_json::from_slice(&kept.body).unwrap();
        let text = account.to_string();
        assert!(!text.contains(&secret), "{text}");
        assert!(
            recovery
                .iter()
                .all(|code| !text.contains(code) && !text.contains(&code.replace('-', ""))),
            "{text}"
        );
    }
}

#[tokio::test]
async fn its_owner_is_told_by_mail_when_it_is_switched_on_and_off() {
    let house = House::new().await;
    let Careful { ada, totp, .. } = careful(&house).await;
    let on = house.mail_about("Second factor switched on", &ada.email).await;
    assert!(on.contains("If that was not you"), "{on}");
    let code = totp.generate(now(&house)).to_string();
    let off = json!({"password": PASSWORD, "code": code});
    ada.post("/api/auth/totp/disable", off).await.expect(204);
    let off = house.mail_about("Second factor switched off", &ada.email).await;
    assert!(!off.contains("token:"), "{off}");
}

#[tokio::test]
async fn a_refused_first_code_mails_nothing() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    ada.post_empty("/api/auth/totp/enroll").await.expect(200);
    ada.post("/api/auth/totp/confirm", json!({"code": "not one"}))
        .await
        .fails(401, "auth.totp_wrong");
    let letters = house.store.scan("letters", None, 10).await.unwrap();
    assert_eq!(letters.len(), 1, "only the one that proves the address");
}

/// Returns the token of the mail that told of the switch.
async fn undoing(house: &House, ada: &Person) -> String {
    let mail = house.mail_about("Second factor switched on", &ada.email).await;
    mail.lines().skip_while(|l| *l != "token:").nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn whom_a_thief_locked_out_comes_back_by_the_mail_that_told_of_it() {
    let house = House::new().await;
    let Careful { ada: thief, .. } = careful(&house).await;
    let reset = json!({"token": undoing(&house, &thief).await, "newPassword": "a new password 1"});
    let owner = house.anyone();
    owner.post("/api/auth/password/reset", reset.clone()).await.expect(204);
    assert!(!thief.is_in().await);
    owner.sign_in("ada", "a new password 1").await.expect(200);
    house.mail_about("Second factor switched off", &thief.email).await;
    owner
        .post("/api/auth/password/reset", reset)
        .await
        .fails(422, "auth.one_time_token_invalid");
}

#[tokio::test]
async fn the_mail_that_told_of_a_second_factor_undoes_no_other_and_not_after_a_week() {
    let house = House::new().await;
    let Careful { ada, recovery, .. } = careful(&house).await;
    let reset = async |token: &str| {
        let body = json!({"token": token, "newPassword": "a new password 1"});
        house.anyone().post("/api/auth/password/reset", body).await
    };
    let first = undoing(&house, &ada).await;
    let off = json!({"password": PASSWORD, "code": recovery[0]});
    ada.post("/api/auth/totp/disable", off).await.expect(204);
    reset(&first).await.fails(422, "auth.one_time_token_invalid");
    let known = house.mails(&ada.email);
    let enrolled = ada.post_empty("/api/auth/totp/enroll").await.expect(200);
    let totp = Totp::from_url(enrolled["otpauthUrl"].as_str().unwrap()).unwrap();
    let code = json!({"code": totp.generate(now(&house)).to_string()});
    ada.post("/api/auth/totp/confirm", code).await.expect(200);
    let second = house.mailed(&ada.email, &known).await;
    reset(&first).await.fails(422, "auth.one_time_token_invalid");
    house.world.advance(Duration::from_secs(7 * 24 * 3600));
    reset(&second).await.fails(422, "auth.one_time_token_invalid");
}

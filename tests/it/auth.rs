//! Accounts: signing up and in, sessions, passwords, second factors.

use std::time::{SystemTime, UNIX_EPOCH};

use blackbox::{Actor, Field as _, Http, Instance, Reply, Socket, mail};
use serde_json::{Value, json};
use totp_rs::Totp;

/// What the wire promises: a rotated refresh token is answered this long.
const GRACE: std::time::Duration = std::time::Duration::from_secs(10);
const GUESSES_MAX: usize = 30;
const SESSION_ENDED: u16 = 4502;

#[tokio::test]
async fn a_person_signs_up_once_per_address_and_handle_and_in_by_either() {
    let product = Instance::shared();
    let ada = Actor::signup(product, "ada").await;
    let signup = async |email: &str, handle: &str| {
        let body = json!({"email": email, "password": ada.password, "handle": handle, "displayName": "A"});
        Http::anonymous(product).post("/api/auth/signup", body).await
    };
    signup(&ada.email.to_uppercase(), "another_one")
        .await
        .fails_with(409, "auth.email_taken");
    signup("fresh@example.com", &ada.handle)
        .await
        .fails_with(409, "user.handle_taken");
    for login in [&ada.email, &ada.handle] {
        assert_eq!(signin(&ada, login, &ada.password).await.is(200).text("user.id"), ada.id);
    }
    signin(&ada, &ada.email, "not the password")
        .await
        .fails_with(401, "auth.bad_credentials");
    signin(&ada, "nobody_at_all", &ada.password)
        .await
        .fails_with(401, "auth.bad_credentials");
}

#[tokio::test]
async fn a_refresh_rotates_and_two_at_once_leave_a_living_session() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let first = refresh(&ada, &ada.refresh).await.is(200);
    assert_ne!(first.text("refreshToken"), ada.refresh);
    ada.with_token(&first.text("accessToken"))
        .get("/api/users/me")
        .await
        .is(200);
    let token = first.text("refreshToken");
    let (one, other) = tokio::join!(refresh(&ada, &token), refresh(&ada, &token));
    for signed in [one.is(200), other.is(200)] {
        ada.with_token(&signed.text("accessToken"))
            .get("/api/users/me")
            .await
            .is(200);
        refresh(&ada, &signed.text("refreshToken")).await.is(200);
    }
}

#[tokio::test]
async fn a_refresh_token_used_again_after_the_grace_ends_the_whole_family_and_its_sockets() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let bystander = ada.another_device().await;
    let socket = Socket::open(&ada).await;
    let current = refresh(&ada, &ada.refresh).await.is(200).text("refreshToken");
    tokio::time::sleep(GRACE + std::time::Duration::from_secs(1)).await;
    refresh(&ada, &ada.refresh).await.fails_with(401, "auth.refresh_reused");
    assert_eq!(
        refresh(&ada, &current).await.status,
        401,
        "the thief's or the owner's successor"
    );
    assert_eq!(socket.close_code().await, SESSION_ENDED);
    refresh(&bystander, &bystander.refresh).await.is(200);
    refresh(&ada, "no-such-token")
        .await
        .fails_with(401, "auth.refresh_invalid");
}

#[tokio::test]
async fn signing_out_elsewhere_closes_that_sessions_socket_and_no_other() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let other = ada.another_device().await;
    let (mine, theirs) = (Socket::open(&ada).await, Socket::open(&other).await);
    let sessions = ada.get("/api/auth/sessions").await.is(200).list("items");
    assert_eq!(sessions.iter().filter(|session| session.flag("current")).count(), 1);
    let elsewhere = sessions.iter().find(|session| !session.flag("current")).unwrap();
    ada.delete(&format!("/api/auth/sessions/{}", elsewhere.text("id")))
        .await
        .is(204);
    assert_eq!(theirs.close_code().await, SESSION_ENDED);
    assert!(theirs.frames().iter().any(|frame| frame.has("t", "session.revoked")));
    refresh(&other, &other.refresh).await.fails(401);
    other.get("/api/users/me").await.fails(401);
    mine.ask(json!({"op": "unsub", "rooms": []})).await;
    ada.post_empty("/api/auth/signout").await.is(204);
    assert_eq!(mine.close_code().await, SESSION_ENDED);
    refresh(&ada, &ada.refresh).await.fails(401);
}

#[tokio::test]
async fn all_other_sessions_can_be_ended_at_once() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let others = [ada.another_device().await, ada.another_device().await];
    ada.delete("/api/auth/sessions").await.is(204);
    for other in others {
        refresh(&other, &other.refresh).await.fails(401);
    }
    refresh(&ada, &ada.refresh).await.is(200);
}

#[tokio::test]
async fn a_changed_password_ends_other_sessions_and_the_old_one_no_longer_fits() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let other = ada.another_device().await;
    let change = json!({"currentPassword": "a wrong password", "newPassword": "a new password 1"});
    assert!(matches!(
        ada.post("/api/auth/password/change", change).await.status,
        401 | 403 | 422
    ));
    let change = json!({"currentPassword": ada.password, "newPassword": "a new password 1"});
    ada.post("/api/auth/password/change", change).await.is(204);
    refresh(&other, &other.refresh).await.fails(401);
    refresh(&ada, &ada.refresh).await.is(200);
    signin(&ada, &ada.email, &ada.password).await.fails(401);
    signin(&ada, &ada.email, "a new password 1").await.is(200);
}

#[tokio::test]
async fn a_forgotten_password_is_reset_through_the_mail_and_ends_every_session() {
    let product = Instance::shared();
    let ada = Actor::signup(product, "ada").await;
    if mail::tokens(product, &ada.email).is_none() {
        return;
    }
    let known = [mail::next_token(product, &ada.email, &[]).await];
    ada.post("/api/auth/password/forgot", json!({"email": "nobody@example.com"}))
        .await
        .is(202);
    ada.post("/api/auth/password/forgot", json!({"email": ada.email}))
        .await
        .is(202);
    let token = mail::next_token(product, &ada.email, &known).await;
    let reset = json!({"token": token, "newPassword": "a new password 1"});
    ada.post("/api/auth/password/reset", reset.clone()).await.is(204);
    refresh(&ada, &ada.refresh).await.fails(401);
    signin(&ada, &ada.email, "a new password 1").await.is(200);
    let again = ada.post("/api/auth/password/reset", reset).await;
    assert!(
        (400..500).contains(&again.status),
        "a token works once: {}",
        again.status
    );
}

#[tokio::test]
async fn an_address_is_proven_through_the_mail() {
    let product = Instance::shared();
    let ada = Actor::signup(product, "ada").await;
    if mail::tokens(product, &ada.email).is_none() {
        return;
    }
    assert!(!ada.get("/api/users/me").await.is(200).flag("emailVerified"));
    let token = mail::next_token(product, &ada.email, &[]).await;
    ada.post("/api/auth/email/verify", json!({"token": token}))
        .await
        .is(204);
    assert!(ada.get("/api/users/me").await.is(200).flag("emailVerified"));
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_recovery_codes_work_once() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let enrolled = ada.post_empty("/api/auth/totp/enroll").await.is(200);
    let totp = Totp::from_url(enrolled.text("otpauthUrl")).unwrap();
    let confirm = json!({"code": totp.generate(now()).to_string()});
    let codes = ada
        .post("/api/auth/totp/confirm", confirm)
        .await
        .is(200)
        .list("recoveryCodes");
    assert_eq!(codes.len(), 10);
    assert!(ada.get("/api/users/me").await.is(200).flag("totpEnabled"));
    signin(&ada, &ada.email, &ada.password)
        .await
        .fails_with(401, "auth.totp_required");
    signin_with(&ada, "000000").await.fails_with(401, "auth.totp_wrong");
    // The next step's code: it is within the tolerated skew, and the confirmed one may not be used twice.
    let code = totp.generate(now() + 30).to_string();
    signin_with(&ada, &code).await.is(200);
    let recovery = codes[0].as_str().unwrap();
    signin_with(&ada, recovery).await.is(200);
    signin_with(&ada, recovery).await.fails_with(401, "auth.totp_wrong");
    let disable = json!({"password": ada.password, "code": codes[1]});
    ada.post("/api/auth/totp/disable", disable).await.is(204);
    signin(&ada, &ada.email, &ada.password).await.is(200);
}

#[tokio::test]
async fn password_guessing_is_slowed_down_for_that_account_alone() {
    let product = Instance::shared();
    let [ada, bob] = blackbox::strangers(product, ["ada", "bob"]).await;
    let mut guesses = 0;
    let refusal = loop {
        guesses += 1;
        assert!(guesses <= GUESSES_MAX, "{GUESSES_MAX} guesses and no end");
        let guess = signin(&ada, &ada.email, &format!("guess number {guesses}")).await;
        if guess.status != 401 {
            break guess;
        }
    };
    refusal.fails_with(429, "auth.too_many_attempts");
    assert!(refusal.header("retry-after").parse::<u64>().unwrap() > 0);
    signin(&bob, &bob.email, &bob.password).await.is(200);
}

#[tokio::test]
async fn an_erased_account_is_gone_for_everybody() {
    let [ada, bob] = blackbox::friends(Instance::shared(), ["ada", "bob"]).await;
    ada.delete_with("/api/users/me", json!({"password": "a wrong password"}))
        .await
        .fails(401);
    ada.delete_with("/api/users/me", json!({"password": ada.password}))
        .await
        .is(204);
    refresh(&ada, &ada.refresh).await.fails(401);
    signin(&ada, &ada.email, &ada.password).await.fails(401);
    let gone = async || (bob.get(&format!("/api/users/{}", ada.id)).await.status == 404).then_some(());
    blackbox::eventually("the profile is gone", gone).await;
}

async fn signin(http: &Http, login: &str, password: &str) -> Reply {
    http.post("/api/auth/signin", json!({"login": login, "password": password}))
        .await
}

async fn signin_with(actor: &Actor, totp: &str) -> Reply {
    actor
        .post(
            "/api/auth/signin",
            json!({"login": actor.email, "password": actor.password, "totp": totp}),
        )
        .await
}

async fn refresh(http: &Http, token: &str) -> Reply {
    http.post("/api/auth/refresh", json!({"refreshToken": Value::from(token)}))
        .await
}

#[expect(clippy::disallowed_methods, reason = "an authenticator app has a clock of its own")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

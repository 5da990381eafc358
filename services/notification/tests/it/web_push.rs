//! Browsers, before a scripted push service; the test is the browser and opens what it is sent.

use std::time::Duration;

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, ECDSA_P256_SHA256_FIXED};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use kernel::UserId;
use notification::{Config, WebPushConfig};
use serde_json::{Value, json};
use testkit::{Received, Script, ScriptedUpstream};

use crate::house::{House, eventually, quick};

struct Browser {
    key: PrivateKey,
    auth: [u8; 16],
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text)
        .as_ref()
        .to_vec()
}

/// HKDF of one block, written out from RFC 5869.
fn hkdf(salt: &[u8], secret: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let mut block = mac(&mac(salt, secret), &[info, &[1]].concat());
    block.truncate(length);
    block
}

impl Browser {
    fn new() -> Self {
        Self {
            key: PrivateKey::generate(&ECDH_P256).unwrap(),
            auth: [7; 16],
        }
    }

    fn public(&self) -> Vec<u8> {
        self.key.compute_public_key().unwrap().as_ref().to_vec()
    }

    async fn subscribe(&self, h: &House, of: UserId, endpoint: &str) {
        let keys = json!({ "p256dh": BASE64.encode(self.public()), "auth": BASE64.encode(self.auth) });
        let body = json!({ "kind": "webPush", "endpoint": endpoint, "keys": keys });
        h.app.by(of).post("/api/notifications/devices", body).await.expect(201);
    }

    /// Opens a message as RFC 8291 and RFC 8188 say.
    fn open(&self, body: &[u8]) -> Value {
        let (salt, rest) = body.split_at(16);
        assert_eq!(rest[..5], [0, 0, 16, 0, 65], "records of 4,096 bytes, a key of 65");
        let (sender, sealed) = rest[5..].split_at(65);
        let peer = UnparsedPublicKey::new(&ECDH_P256, sender);
        let shared = agreement::agree(&self.key, peer, (), |shared| Ok(shared.to_vec())).unwrap();
        let info = [b"WebPush: info\0".as_slice(), &self.public(), sender].concat();
        let secret = hkdf(&self.auth, &shared, &info, 32);
        let key = hkdf(salt, &secret, b"Content-Encoding: aes128gcm\0", 16);
        let nonce = hkdf(salt, &secret, b"Content-Encoding: nonce\0", 12);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(&nonce).unwrap();
        let plain = key.open_in_place(nonce, Aad::empty(), &mut sealed).unwrap();
        let (mark, text) = plain.split_last().unwrap();
        assert_eq!(*mark, 2, "the last record");
        serde_json::from_slice(text).unwrap()
    }
}

async fn house() -> House {
    let web_push = WebPushConfig {
        endpoints_may_be_private: true,
        subject: "mailto:ops@example.org".into(),
    };
    House::with(Config {
        web_push,
        push_timeout_ms: 2_000,
        ..quick()
    })
    .await
}

fn says(status: u16) -> Script {
    Script::Whole(status, Vec::new(), String::new())
}

async fn received(service: &ScriptedUpstream, count: usize) -> Vec<Received> {
    eventually("a push", async || {
        Some(service.received()).filter(|all| all.len() >= count)
    })
    .await
}

/// Checks the proof of who pushes (RFC 8292) and returns its claims.
async fn claims(h: &House, of: UserId, proof: &str) -> Value {
    let (token, key) = proof.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    let vapid = h.app.by(of).get("/api/notifications/vapid").await.expect(200);
    assert_eq!(vapid["publicKey"], key);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let key = signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, BASE64.decode(key).unwrap());
    key.verify(signed.as_bytes(), &BASE64.decode(signature).unwrap())
        .unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&BASE64.decode(head).unwrap()).unwrap()["alg"],
        "ES256"
    );
    serde_json::from_slice(&BASE64.decode(claims).unwrap()).unwrap()
}

#[tokio::test]
async fn a_browser_can_open_what_it_is_sent_and_nobody_else() {
    let service = ScriptedUpstream::start([says(201)]).await;
    let (h, browser) = (house().await, Browser::new());
    let [ada, grace] = h.people(["ada", "grace"]);
    browser.subscribe(&h, ada, &format!("{}/push/abc", service.url)).await;
    let room = h.room(Some("Engines"), &[ada, grace]);
    h.send(room, 1, grace, &[ada]).await;
    let _work = h.at_work();
    let push = received(&service, 1).await.remove(0);
    let text = browser.open(&push.body);
    assert_eq!(
        (&text["body"], &text["unread"]),
        (&json!("grace mentioned you in Engines"), &json!(1))
    );
    assert!(
        text["path"]
            .as_str()
            .unwrap()
            .starts_with(&format!("/rooms/{room}?message="))
    );
    let header = |name: &str| push.headers[name].to_str().unwrap().to_owned();
    assert_eq!(
        (header("content-encoding"), header("ttl"), header("urgency")),
        ("aes128gcm".into(), "86400".into(), "high".into())
    );
    assert!(header("topic").len() <= 32 && header("topic") == text["tag"].as_str().unwrap());
    let claims = claims(&h, ada, &header("authorization")).await;
    assert_eq!(
        (&claims["aud"], &claims["sub"]),
        (&json!(service.url), &json!("mailto:ops@example.org"))
    );
    let life = claims["exp"].as_i64().unwrap() - h.ambient.now().seconds();
    assert!(0 < life && life <= 86_400);
}

#[tokio::test]
async fn a_subscription_that_is_gone_is_removed() {
    for status in [404, 410] {
        let service = ScriptedUpstream::start([says(status)]).await;
        let (h, browser) = (house().await, Browser::new());
        let [ada, grace] = h.people(["ada", "grace"]);
        browser.subscribe(&h, ada, &format!("{}/push/abc", service.url)).await;
        h.comment(grace, (h.ambient.id(), ada), &[]).await;
        let _work = h.at_work();
        eventually("a removal", async || (h.devices(ada).await == 0).then_some(())).await;
        assert_eq!(service.received().len(), 1);
    }
}

#[tokio::test]
async fn a_service_that_never_answers_holds_up_nobody_on_another() {
    let tarpit = ScriptedUpstream::start((0..200).map(|_| Script::Silence)).await;
    let service = ScriptedUpstream::start([says(201)]).await;
    let config = Config {
        // The tarpit is never let go within the test.
        push_timeout_ms: 60_000,
        push_parallel: 3,
        web_push: WebPushConfig {
            endpoints_may_be_private: true,
            ..WebPushConfig::default()
        },
        ..quick()
    };
    let (h, browser) = (House::with(config).await, Browser::new());
    let [mallory, ada, grace] = h.people(["mallory", "ada", "grace"]);
    for n in 0..12 {
        browser.subscribe(&h, mallory, &format!("{}/{n}", tarpit.url)).await;
    }
    for _ in 0..10 {
        h.comment(grace, (h.ambient.id(), mallory), &[]).await;
    }
    let _work = h.at_work();
    received(&tarpit, 2).await;
    browser.subscribe(&h, ada, &format!("{}/push", service.url)).await;
    h.comment(grace, (h.ambient.id(), ada), &[]).await;
    received(&service, 1).await;
    assert_eq!(tarpit.received().len(), 2, "at once to one host");
}

#[tokio::test]
async fn a_push_that_cannot_be_looked_at_holds_up_no_other() {
    let service = ScriptedUpstream::start([says(201), says(201)]).await;
    let (h, browser) = (house().await, Browser::new());
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    for (of, path) in [(ada, "ada"), (alan, "alan")] {
        browser.subscribe(&h, of, &format!("{}/{path}", service.url)).await;
        h.comment(grace, (h.ambient.id(), of), &[]).await;
    }
    *h.relations.silent.lock() = Some(ada);
    let _work = h.at_work();
    assert_eq!(received(&service, 1).await[0].path, "/alan");
    *h.relations.silent.lock() = None;
    h.world.advance(Duration::from_secs(15));
    assert_eq!(received(&service, 2).await[1].path, "/ada");
}

#[tokio::test]
async fn a_device_whose_service_does_not_accept_our_key_is_removed_after_ten_tries() {
    let service = ScriptedUpstream::start((0..20).map(|_| says(403))).await;
    let (h, browser) = (house().await, Browser::new());
    let [ada, grace] = h.people(["ada", "grace"]);
    browser.subscribe(&h, ada, &format!("{}/push/abc", service.url)).await;
    let _work = h.at_work();
    for tries in 1..=10 {
        h.comment(grace, (h.ambient.id(), ada), &[]).await;
        received(&service, tries).await;
        let noted = async || {
            let device = h.store.scan("devices", None, 10).await.unwrap().pop();
            let failures = device.map(|d| serde_json::from_slice::<Value>(&d.body).unwrap()["failures"].as_u64());
            (failures == Some(Some(tries as u64)) || (tries == 10 && failures.is_none())).then_some(())
        };
        eventually("a count", noted).await;
    }
    assert_eq!(h.devices(ada).await, 0);
}

#[tokio::test]
async fn a_service_that_says_later_is_heeded() {
    let later = Script::Whole(429, vec![("retry-after", "60".into())], String::new());
    let service = ScriptedUpstream::start([later, says(201)]).await;
    let (h, browser) = (house().await, Browser::new());
    let [ada, grace] = h.people(["ada", "grace"]);
    browser.subscribe(&h, ada, &format!("{}/push/abc", service.url)).await;
    h.comment(grace, (h.ambient.id(), ada), &[]).await;
    let _work = h.at_work();
    received(&service, 1).await;
    let due = async || {
        let push = h.store.scan("pushes", None, 10).await.unwrap().pop()?;
        let push: Value = serde_json::from_slice(&push.body).unwrap();
        (push["stage"]["stage"] == "waiting").then(|| push["due"].as_str().unwrap().to_owned())
    };
    assert_eq!(eventually("a pause", due).await, "2026-01-01T00:01:00.000Z");
    h.world.advance(Duration::from_secs(60));
    assert_eq!(
        browser.open(&received(&service, 2).await[1].body)["body"],
        "grace commented on your post"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = ScriptedUpstream::start([says(201)]).await;
    let moved = Script::Whole(307, vec![("location", format!("{}/x", elsewhere.url))], String::new());
    let service = ScriptedUpstream::start([moved]).await;
    let (h, browser) = (house().await, Browser::new());
    let [ada, grace] = h.people(["ada", "grace"]);
    browser.subscribe(&h, ada, &format!("{}/push/abc", service.url)).await;
    h.comment(grace, (h.ambient.id(), ada), &[]).await;
    let _work = h.at_work();
    received(&service, 1).await;
    let over = async || {
        let push = h.store.scan("pushes", None, 10).await.unwrap().pop()?;
        String::from_utf8_lossy(&push.body).contains("\"done\"").then_some(())
    };
    eventually("the end", over).await;
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn a_name_that_stands_for_this_machine_is_never_connected_to() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (h, browser) = (House::new().await, Browser::new());
    let [ada, grace] = h.people(["ada", "grace"]);
    browser
        .subscribe(&h, ada, &format!("https://localhost:{port}/push"))
        .await;
    h.comment(grace, (h.ambient.id(), ada), &[]).await;
    let _work = h.at_work();
    let tried = async || {
        let push = h.store.scan("pushes", None, 10).await.unwrap().pop()?;
        let push: Value = serde_json::from_slice(&push.body).unwrap();
        (push["attempts"] == 1 && push["stage"]["stage"] == "waiting").then_some(())
    };
    eventually("a try", tried).await;
    assert!(
        futures::FutureExt::now_or_never(listener.accept()).is_none(),
        "nobody knocked"
    );
}

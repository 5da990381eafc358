//! Digests by mail.

use std::time::Duration;

use kernel::UserId;
use mail::{SmtpConfig, SmtpTls};
use notification::Config;
use serde_json::{Value, json};

use crate::house::{House, eventually, quick};

const DAY: Duration = Duration::from_secs(86_400);

fn mails(h: &House) -> Vec<String> {
    let files = std::fs::read_dir(h.world.path().join("data/mail"))
        .into_iter()
        .flatten()
        .flatten();
    let letters = files.filter(|file| file.path().extension().is_some_and(|e| e == "eml"));
    letters
        .map(|file| std::fs::read_to_string(file.path()).unwrap())
        .collect()
}

/// A mail server that nobody keeps.
fn nowhere() -> mail::Config {
    let smtp = SmtpConfig {
        host: "127.0.0.1".into(),
        port: Some(0),
        tls: SmtpTls::None,
        user: None,
        password_file: None,
    };
    mail::Config {
        smtp: Some(smtp),
        ..mail::Config::default()
    }
}

/// The letters that wait, as they are kept.
async fn waiting(h: &House) -> Vec<Value> {
    let found = h.store.scan("letters", None, 10).await.unwrap();
    let letters = found.iter().map(|letter| serde_json::from_slice(&letter.body).unwrap());
    letters.filter(|letter: &Value| letter["over"] == false).collect()
}

/// The letter that waits.
async fn letter(h: &House) -> Option<Value> {
    waiting(h).await.pop()
}

/// Waits until the digest of this person has been planned for after `now`, and nothing waits to be mailed.
async fn settled(h: &House, of: UserId) {
    let over = async || {
        let wishes = h.app.by(of).get("/api/notifications/preferences").await.expect(200);
        let next: kernel::Timestamp = wishes["nextDigestAt"].as_str()?.parse().unwrap();
        (next > h.ambient.now() && waiting(h).await.is_empty()).then_some(())
    };
    eventually("the digest", over).await;
}

#[tokio::test]
async fn a_digest_tells_in_the_morning_what_is_unread_and_only_once() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    h.wish(ada, json!({ "digest": "daily" })).await;
    let seen = (h.ambient.id(), ada);
    h.like(alan, seen).await;
    h.read(ada, json!({ "all": true })).await;
    h.comment(grace, (h.ambient.id(), ada), &[]).await;
    let room = h.room(None, &[ada, grace]);
    h.send(room, 1, grace, &[]).await;
    let _work = h.at_work();
    assert!(mails(&h).is_empty(), "it is night");
    h.world.advance(Duration::from_secs(8 * 3600));
    settled(&h, ada).await;
    let letters = mails(&h);
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains(&format!("To: {ada}@example.org")), "{}", letters[0]);
    assert!(
        letters[0].contains("- grace commented on your post\r\n"),
        "{}",
        letters[0]
    );
    assert!(
        !letters[0].contains("alan") && !letters[0].contains("wrote"),
        "read, and not by mail"
    );
    h.world.advance(DAY);
    settled(&h, ada).await;
    assert_eq!(mails(&h).len(), 1, "nothing is new");
}

#[tokio::test]
async fn a_process_that_was_slow_does_not_mail_a_digest_once_more() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    h.wish(ada, json!({ "digest": "daily" })).await;
    h.comment(grace, (h.ambient.id(), ada), &[]).await;
    let before = h.store.get("preferences", &[ada.to_string()]).await.unwrap().remove(0);
    let worker = h.start("digests");
    h.world.advance(Duration::from_secs(8 * 3600));
    settled(&h, ada).await;
    assert_eq!(mails(&h).len(), 1);
    worker.abort();
    for file in std::fs::read_dir(h.world.path().join("data/mail")).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    // The other process still sees the wishes as they were.
    let wishes: Value = serde_json::from_slice(&before.body).unwrap();
    let collection = store::Collection::<Wishes>::open(&h.store).await.unwrap();
    let back = |_: Wishes| Ok::<_, store::StoreError>(store::Change::Put(Wishes(wishes.clone()), Vec::new(), ()));
    collection.update(ada, back).await.unwrap().unwrap();
    let _work = h.at_work();
    settled(&h, ada).await;
    assert!(mails(&h).is_empty(), "mailed before");
}

/// The wishes, as they are kept.
#[derive(serde::Serialize, serde::Deserialize)]
struct Wishes(Value);

impl store::Document for Wishes {
    const COLLECTION: &'static str = "preferences";
    const INDEXES: &'static [store::Index] = &[store::Index::plain("digest", &["digestDue"])];
    fn id(&self) -> String {
        self.0["userId"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn what_came_in_the_last_minute_is_left_to_the_next_digest_and_lost_to_none() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    h.wish(ada, json!({ "digest": "daily" })).await;
    h.comment(grace, (h.ambient.id(), ada), &[]).await;
    h.world.advance(Duration::from_secs(8 * 3600 - 30));
    h.comment(alan, (h.ambient.id(), ada), &[]).await;
    h.world.advance(Duration::from_secs(30));
    let _work = h.at_work();
    settled(&h, ada).await;
    let first = mails(&h);
    assert!(first.len() == 1 && !first[0].contains("alan"), "{first:?}");
    h.world.advance(DAY);
    settled(&h, ada).await;
    assert_eq!(
        mails(&h)
            .iter()
            .filter(|mail| mail.contains("- alan commented"))
            .count(),
        1
    );
}

#[tokio::test]
async fn a_mail_program_ends_digests_with_the_address_in_one() {
    let config = Config {
        public_url: Some("https://chat.example".into()),
        ..quick()
    };
    let h = House::with(config).await;
    let [ada, grace] = h.people(["ada", "grace"]);
    h.wish(ada, json!({ "digest": "daily" })).await;
    h.comment(grace, (h.ambient.id(), ada), &[]).await;
    let _work = h.at_work();
    h.world.advance(DAY);
    settled(&h, ada).await;
    // A header may be folded.
    let mail = mails(&h).remove(0).replace("\r\n ", " ");
    assert!(
        mail.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"),
        "{mail}"
    );
    let (_, rest) = mail.split_once("List-Unsubscribe: ").unwrap();
    let (path, _) = rest
        .trim_start()
        .strip_prefix("<https://chat.example")
        .unwrap()
        .split_once('>')
        .unwrap();
    h.app.anonymous().post(&format!("{path}x"), json!({})).await.expect(404);
    assert_eq!(h.wish_of(ada).await["digest"], "daily");
    h.app.anonymous().post(path, json!({})).await.expect(204);
    assert_eq!(h.wish_of(ada).await["digest"], "off");
}

#[tokio::test]
async fn only_a_proven_address_is_written_to_and_only_on_request() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    h.mailboxes.unproven.lock().insert(ada);
    h.wish(ada, json!({ "digest": "daily" })).await;
    for of in [ada, alan] {
        h.comment(grace, (h.ambient.id(), of), &[]).await;
    }
    let _work = h.at_work();
    h.world.advance(DAY);
    settled(&h, ada).await;
    assert!(mails(&h).is_empty());
}

#[tokio::test]
async fn a_digest_that_waits_for_the_mail_server_tells_what_is_true_when_it_is_sent() {
    let h = House::mailing(quick(), nowhere()).await;
    let [ada, grace, mallory] = h.people(["ada", "grace", "mallory"]);
    h.wish(ada, json!({ "digest": "daily" })).await;
    h.comment(grace, (h.ambient.id(), ada), &[]).await;
    h.comment(mallory, (h.ambient.id(), ada), &[]).await;
    let worker = h.start("digests");
    h.world.advance(DAY);
    let tried = async || letter(&h).await.filter(|letter| letter["attempts"] == 1);
    let kept = eventually("a try", tried).await;
    assert!(!kept.to_string().contains("grace"), "a letter keeps no names: {kept}");
    worker.abort();
    // Nobody has told notification of the block yet.
    h.world.relationships().set_blocked(ada, mallory);
    let h = h.again(quick()).await;
    let _work = h.at_work();
    h.world.advance(Duration::from_secs(60));
    settled(&h, ada).await;
    let mails = mails(&h);
    assert!(mails.len() == 1 && mails[0].contains("- grace commented"), "{mails:?}");
    assert!(!mails[0].contains("mallory"), "{mails:?}");
}

#[tokio::test]
async fn a_digest_is_given_up_after_ten_tries() {
    let h = House::mailing(quick(), nowhere()).await;
    let [ada, grace] = h.people(["ada", "grace"]);
    h.wish(ada, json!({ "digest": "daily" })).await;
    h.comment(grace, (h.ambient.id(), ada), &[]).await;
    let _work = h.at_work();
    h.world.advance(DAY);
    for tries in 1..=10 {
        let tried = async || letter(&h).await.filter(|letter| letter["attempts"] == tries);
        eventually("a try", tried).await;
        h.world.advance(Duration::from_secs(3 * 3600));
    }
    let gone = async || letter(&h).await.is_none().then_some(());
    eventually("the end", gone).await;
}

#[tokio::test]
async fn a_weekly_digest_comes_on_monday_in_ones_own_zone() {
    let h = House::new().await;
    let [ada] = h.people(["ada"]);
    // 2026-01-01 is a Thursday.
    let kept = h
        .wish(ada, json!({ "digest": "weekly", "timeZone": "Asia/Kathmandu" }))
        .await;
    assert_eq!(kept["nextDigestAt"], "2026-01-05T02:15:00.000Z");
}

//! The archive of one's own data: everything of one's own in it, nothing of anybody else, and for nobody else.

use blackbox::{Actor, Field as _, friends, strangers};
use serde_json::{Value, json};

use crate::lives::{buy, live, market, sell};

const EXPORT: &str = "/api/users/me/export";

/// What `ada` has left when [`live`] is through: every kind of line, and a word that is in one of them.
const LEFT: &[(&str, &str)] = &[
    ("user/profile", "a word of ada's bio"),
    ("user/reports", "a word of ada's report"),
    ("auth/account", "@example.com"),
    ("auth/sessions", "lastUsedAt"),
    ("friendship/friends", "friendsSince"),
    ("friendship/requestsSent", "requestTo"),
    ("friendship/blocks", "members"),
    ("chat/rooms", "memberIds"),
    ("chat/readMarkers", "readSeq"),
    ("chat/messages", "a word of ada's in a room"),
    ("chat/messages", "a word of ada's in a room that she left"),
    ("chat/messageReactions", "\u{1f44d}"),
    ("post/posts", "a better word of ada's post"),
    ("post/posts", "a word of ada's diary"),
    ("post/comments", "a word of ada's comment"),
    ("post/posts", "a word of ada's share"),
    ("post/earlierWords", "a word of ada's post"),
    ("post/reactions", "love"),
    ("post/reports", "a word of ada's report of a post"),
    ("media/files", "wheels.png"),
    ("notification/notificationPreferences", "Europe/London"),
    ("notification/devices", "createdAt"),
    ("notification/notifications", "subject"),
    ("ai-chat-host/agents", "a word of ada's persona"),
    ("ai-gateway/keys", "a key of ada"),
    ("ai-model-cards/cards", "a word of ada's persona"),
    ("ai-model-cards/reviews", "a word of ada's review"),
    ("orders/orders", "completed"),
    ("orders/entitlements", "grantedAt"),
    ("payments/payments", "test_success"),
    ("payments/invoices", "gross"),
];

/// An archive as it came.
struct Archive {
    text: String,
    lines: Vec<Value>,
}

impl Archive {
    async fn of(person: &Actor) -> Self {
        let reply = person.post_empty(EXPORT).await;
        reply.is(200);
        assert_eq!(reply.header("content-type"), "application/x-ndjson");
        assert!(reply.header("content-disposition").starts_with("attachment; "));
        let lines: Vec<Value> = reply
            .text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let (first, last) = (&lines[0], &lines[lines.len() - 1]);
        assert!(
            first.has("kind", "archive") && first.has("userId", &person.id),
            "{first}"
        );
        assert!(last.has("kind", "end"), "{last}");
        assert_eq!(usize::try_from(last.number("items")).unwrap(), lines.len() - 2);
        let text = reply.text.clone();
        Self { text, lines }
    }

    /// Tells whether a line of `service/kind` has the word.
    fn has(&self, of: &str, word: &str) -> bool {
        let (service, kind) = of.split_once('/').unwrap();
        let mut all = self
            .lines
            .iter()
            .filter(|line| line.has("kind", kind) && line.has("service", service));
        all.any(|line| line["data"].to_string().contains(word))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archive_holds_everything_of_ones_own_and_nothing_of_anybody_else() {
    let Some((product, moderator)) = market().await else {
        return;
    };
    let [ada, bob] = friends(&product, ["ada", "bob"]).await;
    let [eve, dan] = strangers(&product, ["eve", "dan"]).await;

    let bought = sell(&bob, &moderator, "bob").await;
    sell(&ada, &moderator, "ada").await;
    buy(&ada, &bought).await;
    live(&ada, [&bob, &eve, &dan], &bought).await;

    let archive = Archive::of(&ada).await;
    for (of, word) in LEFT {
        assert!(archive.has(of, word), "{of} has no {word}: {}", archive.text);
    }
    for word in [
        "a word of bob",
        &bob.email,
        &eve.email,
        "argon2",
        "\"hash\"",
        "ExponentPushToken",
    ] {
        assert!(!archive.text.contains(word), "{word} is in {}", archive.text);
    }
    let picture = archive.lines.iter().find(|line| line.has("kind", "files")).unwrap();
    let address = picture["data"]["variants"][0].text("url");
    assert_eq!(blackbox::Http::anonymous(&product).get(&address).await.status, 200);

    ada.post_empty(EXPORT).await.fails_with(429, "user.exported_lately");
    let his = Archive::of(&bob).await;
    assert!(
        his.has("post/comments", "a word of bob") && !his.text.contains("a word of ada"),
        "{}",
        his.text
    );
    ada.delete_with("/api/users/me", json!({"password": ada.password}))
        .await
        .is(204);
    ada.post_empty(EXPORT).await.fails(401);
    blackbox::Http::anonymous(&product).post_empty(EXPORT).await.fails(401);
}

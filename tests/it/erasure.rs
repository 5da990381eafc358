//! An account that is erased leaves nothing of the person behind, in no store and in no file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use blackbox::{Actor, Field as _, Http, eventually, friends, skip, strangers};
use serde_json::{Value, json};

use crate::lives::{buy, live, market, sell};
use crate::moving::binary;

/// Where the id of an erased person stays, with nothing that says whose it was: the account that cannot be made again, rooms and messages
/// that are others' too, what was sold and bought and the books of it, and the notes (`gone`, a closed wallet, an emptied shelf) by which
/// what comes late is dropped.
const KEPT: &[&str] = &[
    "ai-chat-host/agents",
    "ai-model-cards/cards",
    "ai-model-cards/reservations",
    "ai-model-cards/revisions",
    "auth/accounts",
    "chat/messages",
    "chat/rooms",
    "media/shelves",
    "orders/entitlements",
    // For a day: what others were answered when they bought of them.
    "orders/idempotency_keys",
    "orders/orders",
    "payments/invoices",
    "payments/ledger_transactions",
    "payments/payments",
    "payments/seller_accounts",
    "payments/wallets",
];

/// Where words of theirs stay: what they said in rooms is others' conversation too, and the agent that somebody bought is theirs to keep.
const WORDS_KEPT: &[&str] = &[
    "ai-chat-host/agents",
    "ai-model-cards/cards",
    "ai-model-cards/revisions",
    "chat/messages",
];

/// Until nothing of a person is left it takes so many stops at the most.
const STOPS_MAX: u32 = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_account_is_found_in_no_store_and_in_no_file() {
    let Some(binary) = binary() else {
        skip("needs the binary itself, which keeps everything in one folder");
        return;
    };
    let Some((mut product, moderator)) = market().await else {
        return;
    };
    let [ada, bob] = friends(&product, ["ada", "bob"]).await;
    let [eve, dan] = strangers(&product, ["eve", "dan"]).await;
    let bought = sell(&bob, &moderator, "bob").await;
    let sold = sell(&ada, &moderator, "ada").await;
    buy(&ada, &bought).await;
    buy(&bob, &sold).await;
    live(&ada, [&bob, &eve, &dan], &bought).await;
    // Others have to do with her as well.
    bob.post(&format!("/api/users/{}/reports", ada.id), json!({"reason": "other"}))
        .await
        .is(202);
    let data = product.mail_dir().unwrap().parent().unwrap().to_owned();
    assert!(files(&data.join("media")).len() >= 2, "there is something to remove");

    ada.delete_with("/api/users/me", json!({"password": ada.password}))
        .await
        .is(204);
    eventually("the account is gone everywhere", async || {
        let posts = bob
            .get(&format!("/api/posts?author={}", ada.id))
            .await
            .is(200)
            .list("items")
            .is_empty();
        (posts && files(&data.join("media")).is_empty() && !told_of(&bob, &ada.id).await).then_some(())
    })
    .await;
    // What is undelivered at a stop is delivered after the next start.
    let mut found = BTreeSet::new();
    for _ in 0..STOPS_MAX {
        nothing_waits(&bob).await;
        assert!(product.stop().success());
        found = traces(&data, &binary, &ada);
        if found.is_empty() {
            return;
        }
        product.up();
    }
    panic!("something of her is in {found:#?}");
}

/// Waits until no outbox holds an event.
async fn nothing_waits(http: &Http) {
    eventually("every outbox is empty", async || {
        let metrics = http.get("/metrics").await.text;
        let depths = metrics.lines().filter(|line| line.starts_with("outbox_depth"));
        depths.clone().all(|line| line.ends_with(" 0")).then_some(())
    })
    .await;
}

/// Lists where something of `ada` is in the data of a product that does not run.
fn traces(data: &Path, binary: &Path, ada: &Actor) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files(&data.join("mail")) {
        let text = std::fs::read_to_string(&file).unwrap();
        if text.contains(&ada.id) || text.contains(&ada.email) {
            found.insert(file.display().to_string());
        }
    }
    let file = data.with_file_name("export.jsonl");
    let mut export = Command::new(binary);
    export.arg("export").arg(&file).arg("--data-dir").arg(data);
    let export = export.output().unwrap();
    assert!(export.status.success(), "{}", String::from_utf8_lossy(&export.stderr));
    for line in std::fs::read_to_string(&file).unwrap().lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        let of = value["document"]["of"].as_str().unwrap_or("events and files");
        let may_know_the_id = KEPT.contains(&of) || of.ends_with("/gone");
        let named = line.contains(&ada.email) || line.contains(&ada.handle);
        let said = line.contains("word of ada") && !WORDS_KEPT.contains(&of);
        if named || said || (line.contains(&ada.id) && !may_know_the_id) {
            found.insert(format!("{of}: {line}"));
        }
    }
    std::fs::remove_file(&file).unwrap();
    found
}

async fn told_of(bob: &Actor, id: &str) -> bool {
    bob.get("/api/notifications").await.is(200).to_string().contains(id)
}

/// Lists the files below a folder.
fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => files(&path),
            path => vec![path],
        })
        .collect()
}

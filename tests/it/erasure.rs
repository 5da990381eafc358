//! An account that is erased leaves nothing of the person behind, in no store and in no file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use blackbox::{Actor, Field as _, Instance, eventually, friends, skip};
use serde_json::{Value, json};

use crate::moving::binary;

/// Where the id of an erased person stays, with nothing that says whose it was: the account that cannot be made again, rooms and messages
/// that are others' too, and the notes (`gone`, a closed wallet, an emptied shelf) by which what comes late is dropped.
const KEPT: &[&str] = &[
    // Of cards that others have bought.
    "ai-chat-host/agents",
    "ai-model-cards/cards",
    "ai-model-cards/revisions",
    "auth/accounts",
    "chat/messages",
    "chat/rooms",
    "media/shelves",
    "payments/wallets",
];

/// Until nothing of a person is left it takes so many stops at the most.
const STOPS_MAX: u32 = 3;
/// How long the product runs between them.
const BETWEEN_STOPS: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_account_is_found_in_no_store_and_in_no_file() {
    let Some(binary) = binary() else {
        skip("needs the binary itself, which keeps everything in one folder");
        return;
    };
    let Some(mut product) = Instance::own() else { return };
    let [ada, bob] = friends(&product, ["ada", "bob"]).await;
    live(&ada, &bob).await;
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
        assert!(product.stop().success());
        found = traces(&data, &binary, &ada);
        if found.is_empty() {
            return;
        }
        product.up();
        tokio::time::sleep(BETWEEN_STOPS).await;
    }
    panic!("something of her is in {found:?}");
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
        let words = [&ada.email, &ada.handle, "a secret of ada"];
        if words.iter().any(|word| line.contains(*word)) || (line.contains(&ada.id) && !may_know_the_id) {
            found.insert(format!("{of}: {line}"));
        }
    }
    std::fs::remove_file(&file).unwrap();
    found
}

/// Does a little of everything that leaves something of `ada`.
async fn live(ada: &Actor, bob: &Actor) {
    let picture = ada.picture().await.text("id");
    let mine = ada.post_to("friends", "a secret of ada", &[picture]).await.text("id");
    let his = bob.post_to("public", "hello", &[]).await.text("id");
    bob.post(&format!("/api/posts/{mine}/comments"), json!({"text": "nice"}))
        .await
        .is(201);
    ada.post(
        &format!("/api/posts/{his}/comments"),
        json!({"text": "a secret of ada"}),
    )
    .await
    .is(201);
    ada.put_empty(&format!("/api/posts/{his}/reactions/like")).await.is(200);
    ada.patch("/api/users/me", json!({"bio": "a secret of ada"}))
        .await
        .is(200);
    let room = ada.direct(bob).await;
    ada.say(&room, "hello").await;
    eventually("bob is told, and sees the post", async || {
        let feed = bob.get("/api/feed").await.is(200).list("items").len();
        (feed == 2 && told_of(bob, &ada.id).await).then_some(())
    })
    .await;
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

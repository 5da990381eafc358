//! An account that is erased leaves nothing of the person behind, in no store and in no file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use blackbox::{Actor, Field as _, Instance, eventually, friends, skip};
use serde_json::{Value, json};

use crate::moving::binary;

/// Where the id of an erased person stays, with nothing that says whose it was: the account that cannot be made again, rooms and messages
/// that are others' too, and the notes (`gone`, a closed wallet, an emptied shelf) by which what comes late is dropped.
const KEPT: &[&str] = &[
    "auth/accounts",
    "chat/messages",
    "chat/rooms",
    "media/shelves",
    "payments/wallets",
];

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
    assert!(product.stop().success());
    let told = |file: &PathBuf| {
        let text = std::fs::read_to_string(file).unwrap();
        text.contains(&ada.id) || text.contains(&ada.email)
    };
    let mails: Vec<PathBuf> = files(&data.join("mail")).into_iter().filter(told).collect();
    assert!(mails.is_empty(), "{mails:?}");

    let file = data.with_file_name("export.jsonl");
    let export = Command::new(&binary)
        .arg("export")
        .arg(&file)
        .arg("--data-dir")
        .arg(&data)
        .output()
        .unwrap();
    assert!(export.status.success(), "{}", String::from_utf8_lossy(&export.stderr));
    let (mut with_id, mut with_words) = (BTreeSet::new(), Vec::new());
    for line in std::fs::read_to_string(&file).unwrap().lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        let of = value["document"]["of"]
            .as_str()
            .unwrap_or("events and files")
            .to_owned();
        if line.contains(&ada.id) {
            with_id.insert(of.clone());
        }
        if [&ada.email, &ada.handle, "a secret of ada"]
            .iter()
            .any(|word| line.contains(*word))
        {
            with_words.push(format!("{of}: {line}"));
        }
    }
    assert!(with_words.is_empty(), "{}", with_words.join("\n"));
    with_id.retain(|of| !KEPT.contains(&of.as_str()) && !of.ends_with("/gone"));
    assert!(with_id.is_empty(), "the id is in {with_id:?}");
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

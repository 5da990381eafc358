//! A whole instance leaves its folder through a file and goes on in another, as an operator does it.

use std::path::{Path, PathBuf};
use std::process::Command;

use blackbox::{Field as _, Instance, assert_gap_free, friends, skip};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exported_instance_goes_on_in_another_folder() {
    let Some(binary) = binary() else {
        skip("needs the binary itself, which keeps everything in one folder");
        return;
    };
    let Some(mut product) = Instance::own() else { return };
    let [ada, bob] = friends(&product, ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    for number in 1..=20 {
        ada.say(&room, &format!("message {number}")).await;
    }
    bob.read(&room, 7).await;
    let (told, unread) = (ada.history(&room).await, bob.room(&room).await.number("unread"));
    let data = product.mail_dir().unwrap().parent().unwrap().to_owned();
    let file = data.with_file_name("export.jsonl.gz");
    let (old, export) = (data.with_file_name("old"), file.to_str().unwrap());

    refused(&binary, &["export", export], &data, "another aichat process owns");
    assert!(!file.exists());
    assert!(product.stop().success());
    done(&binary, &["export", export], &data);
    refused(&binary, &["export", export], &data, "is there already");
    refused(&binary, &["import", export], &data, "is not empty");
    let figures = done(&binary, &["verify"], &data);
    std::fs::rename(&data, &old).unwrap();
    refused(&binary, &["verify"], &data, "there is no instance");
    done(&binary, &["import", export], &data);
    assert_eq!(done(&binary, &["verify"], &data), figures);
    done(&binary, &["doctor"], &data);

    product.up();
    assert_eq!(ada.history(&room).await, told, "with the tokens from before the move");
    assert_eq!(bob.room(&room).await.number("unread"), unread);
    assert_eq!(
        ada.another_device().await.say(&room, "still here").await.number("seq"),
        21
    );
    assert_gap_free(&bob.history(&room).await);
}

/// Finds the binary that the suite runs; none when it runs something else.
pub fn binary() -> Option<PathBuf> {
    if let Some(binary) = std::env::var_os("AICHAT_BIN").map(PathBuf::from) {
        return binary
            .file_name()
            .is_some_and(|name| name == "aichat")
            .then_some(binary);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Some(target.join("debug/aichat"))
}

fn run(binary: &Path, arguments: &[&str], data: &Path) -> (bool, String, String) {
    let mut command = Command::new(binary);
    command.args(arguments).arg("--data-dir").arg(data);
    let ended = command.env("AICHAT_LISTEN", "127.0.0.1:0").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ended.status.success(), text(ended.stdout), text(ended.stderr))
}

#[track_caller]
fn done(binary: &Path, arguments: &[&str], data: &Path) -> String {
    let (success, said, complaint) = run(binary, arguments, data);
    assert!(success, "{arguments:?}: {said}{complaint}");
    said
}

#[track_caller]
fn refused(binary: &Path, arguments: &[&str], data: &Path, why: &str) {
    let (success, said, complaint) = run(binary, arguments, data);
    assert!(!success && complaint.contains(why), "{arguments:?}: {said}{complaint}");
}

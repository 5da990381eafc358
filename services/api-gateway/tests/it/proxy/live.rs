//! The table is replaced while requests go on.

use std::convert::Infallible;
use std::sync::atomic::Ordering::SeqCst;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream;

use super::stage::{Gateway, Replica, Setting, client, reload_from, table, until};

fn named(name: &'static str) -> Router {
    let endless = async move || {
        let pieces = stream::unfold((), move |()| async move {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            Some((Ok::<_, Infallible>(Bytes::from(name)), ()))
        });
        Body::from_stream(pieces)
    };
    Router::new()
        .route("/v1/endless", axum::routing::get(endless))
        .fallback(async move || name)
}

async fn answered_by(gateway: &Gateway) -> String {
    let answer = client().get(gateway.url("/api/users/me")).send().await.unwrap();
    answer.text().await.unwrap()
}

#[tokio::test]
async fn a_new_table_is_in_force_within_a_second_or_two_and_what_is_under_way_goes_on() {
    let (old, new) = (Replica::start(named("old")).await, Replica::start(named("new")).await);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("table");
    std::fs::write(&file, format!("http://{}", old.address)).unwrap();
    let (reload, reads) = reload_from(file.clone());
    let setting = Setting {
        reload: Some(reload),
        ..Setting::default()
    };
    let gateway = Gateway::with(table(&[old.address]), setting).await;
    assert_eq!(answered_by(&gateway).await, "old");
    let mut endless = client()
        .get(gateway.url("/v1/endless"))
        .send()
        .await
        .unwrap()
        .bytes_stream();
    assert_eq!(endless.next().await.unwrap().unwrap(), "old");

    std::fs::write(&file, format!("http://{}/", new.address)).unwrap();
    until("the new replica answers", async || answered_by(&gateway).await == "new").await;
    for _ in 0..20 {
        assert_eq!(answered_by(&gateway).await, "new");
        assert!(endless.next().await.unwrap().unwrap().starts_with(b"old"));
    }

    // A table that makes no sense changes nothing; the next one that does is in force.
    std::fs::write(&file, "nonsense").unwrap();
    let before = reads.load(SeqCst);
    until("the nonsense was read, more than once", async || {
        reads.load(SeqCst) > before + 1
    })
    .await;
    assert_eq!(answered_by(&gateway).await, "new");
    std::fs::write(&file, format!("http://{}\n", old.address)).unwrap();
    until("the old replica answers again", async || {
        answered_by(&gateway).await == "old"
    })
    .await;
}

#[tokio::test]
async fn a_hangup_signal_has_the_table_read_although_the_file_is_the_same() {
    let replica = Replica::start(named("one")).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("table");
    std::fs::write(&file, format!("http://{}", replica.address)).unwrap();
    let (reload, reads) = reload_from(file);
    let setting = Setting {
        reload: Some(reload),
        ..Setting::default()
    };
    let gateway = Gateway::with(table(&[replica.address]), setting).await;
    // It listens for the signal before it looks for the first time.
    until("the file was read", async || reads.load(SeqCst) == 1).await;
    let status = std::process::Command::new("kill")
        .args(["-HUP", &std::process::id().to_string()])
        .status();
    assert!(status.unwrap().success());
    until("the file was read again", async || reads.load(SeqCst) == 2).await;
    assert_eq!(answered_by(&gateway).await, "one");
}

#[tokio::test]
async fn a_table_that_makes_no_sense_is_refused_before_anything_is_served() {
    let mut wrong = table(&[]);
    wrong.routes.insert("/internal/x".into(), "chat".into());
    let refused = Gateway::open(wrong, Setting::default()).await.err().unwrap();
    assert!(
        refused.detail.contains("/internal/x") && refused.detail.contains("no replica"),
        "{refused}"
    );
}

#[tokio::test]
async fn the_configuration_may_give_a_path_to_another_service_and_a_name_is_looked_up() {
    let (all, orders) = (
        Replica::start(named("all")).await,
        Replica::start(named("orders")).await,
    );
    let mut table = table(&[all.address]);
    table.routes.insert("/api/orders".into(), "orders".into());
    table.routes.insert("/api/users/me".into(), "orders".into());
    let by_name = format!("http://localhost:{}", orders.address.port());
    table.replicas.insert("orders".into(), vec![by_name]);
    let gateway = Gateway::with(table, Setting::default()).await;
    for (path, owner) in [
        ("/api/orders/1", "orders"),
        ("/api/users/me", "orders"),
        ("/api/users/x", "all"),
    ] {
        let answer = client().get(gateway.url(path)).send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), owner, "{path}");
    }
}

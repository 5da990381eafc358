//! Quotas, erased accounts, processes that die at work.

use std::time::Duration;

use axum::body::Body;
use contracts::Event;
use contracts::auth::AccountEvent;
use http::Request;
use kernel::UserId;
use serde_json::json;

use crate::samples::{jpeg, like_mp4, png};
use crate::{Setup, names, url};

impl Setup {
    async fn erase(&self, user: UserId) {
        let consumer = media::service(&self.media).consumers.pop().unwrap();
        let event = Event::new(&self.world.ambient(), &AccountEvent::Deleted { user_id: user }).unwrap();
        consumer.handler.handle(&event).await.unwrap();
        consumer.handler.handle(&event).await.unwrap();
    }
}

#[tokio::test]
async fn nobody_gets_more_room_than_there_is_however_many_uploads_come_at_once() {
    let s = Setup::with(|c| c.limits.person_bytes_max = 3_500_000).await;
    let ada = s.person();
    let film = like_mp4(1_000_000);
    let ends = futures::future::join_all((0..8).map(|_| s.upload(ada, "a.mp4", &film))).await;
    let good: Vec<String> = ends
        .iter()
        .filter(|g| g.status == 201)
        .map(|g| g.json()["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(good.len(), 3);
    assert!(
        ends.iter()
            .filter(|g| g.status != 201)
            .all(|g| g.code() == "media.quota")
    );
    assert_eq!(s.upload(ada, "a.mp4", &film).await.expect(409).code(), "media.quota");
    s.upload(s.person(), "a.mp4", &film).await.expect(201);
    s.ask(
        Some(ada),
        Request::delete(format!("/api/media/{}", good[0])),
        Body::empty(),
    )
    .await
    .expect(204);
    s.until(async || (s.upload(ada, "a.mp4", &film).await.status == 201).then_some(()))
        .await;
}

#[tokio::test]
async fn a_person_has_only_so_many_files() {
    let s = Setup::with(|c| c.limits.person_files_max = 2).await;
    let ada = s.person();
    for _ in 0..2 {
        s.upload(ada, "a.png", &png(8, 8)).await.expect(201);
    }
    assert_eq!(
        s.upload(ada, "a.png", &png(8, 8)).await.expect(409).code(),
        "media.too_many"
    );
}

#[tokio::test]
async fn an_erased_account_takes_everything_with_it_and_nothing_comes_after() {
    let s = Setup::new().await;
    let (ada, bob) = (s.person(), s.person());
    let asset = s.looked_at(ada, "a.png", &png(8, 8)).await;
    s.library()
        .claim(ada, &[asset["id"].as_str().unwrap().parse().unwrap()], "post:1")
        .await
        .unwrap();
    let kept = s.looked_at(bob, "b.png", &png(8, 8)).await;
    let begin = || {
        Request::post("/api/media/tus")
            .header("tus-resumable", "1.0.0")
            .header("upload-length", 5_000_000)
    };
    let path = s
        .ask(Some(ada), begin(), Body::empty())
        .await
        .expect(201)
        .header("location")
        .to_owned();
    let patch = || {
        Request::patch(&path)
            .header("tus-resumable", "1.0.0")
            .header("content-type", "application/offset+octet-stream")
    };
    s.ask(Some(ada), patch().header("upload-offset", 0), like_mp4(3_000_000))
        .await
        .expect(204);
    s.erase(ada).await;
    s.fetch(url(&asset, "original")).await.expect(404);
    s.ask(
        Some(ada),
        patch().header("upload-offset", 3_000_000),
        vec![0; 2_000_000],
    )
    .await
    .expect(404);
    s.ask(Some(ada), begin(), Body::empty()).await.expect(404);
    s.upload(ada, "a.png", &png(8, 8)).await.expect(404);
    s.until(async || (s.objects() == names(&kept).len()).then_some(()))
        .await;
    s.fetch(url(&kept, "original")).await.expect(200);
}

#[tokio::test]
async fn work_of_a_process_that_died_is_taken_up_by_another() {
    // Nobody works here: as if the process had died between upload and look.
    let s = Setup::with(|c| c.times.poll_ms = 1).await;
    s.stop.cancel();
    s.world.advance(Duration::from_secs(1));
    let ada = s.person();
    let id = s.upload(ada, "a.jpg", &jpeg(400, 300)).await.expect(201).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let s = s.restarted(|_| {}).await;
    assert_eq!(s.seen(ada, &id).await["status"], "ready");
    // The source goes once the original is made, which is told first.
    s.until(async || (s.objects() == 2).then_some(())).await;
}

#[tokio::test]
async fn metrics_of_what_is_shown_to_its_owner_are_whole() {
    let s = Setup::new().await;
    let bytes = jpeg(400, 300);
    let asset = s.looked_at(s.person(), "a.jpg", &bytes).await;
    assert_eq!((&asset["bytes"], &asset["reason"]), (&json!(bytes.len()), &json!(null)));
    assert!(asset["createdAt"].as_str().unwrap().starts_with("2026-01-01T"));
    assert!(asset["expiresAt"].as_str().unwrap() > asset["createdAt"].as_str().unwrap());
}

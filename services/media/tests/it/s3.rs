//! The same on an S3-compatible server: `AICHAT_TEST_S3_URL`, its bucket `aichat-test`, any keys.

use axum::body::Body;
use http::Request;
use kernel::UserId;
use media::{Hidden, S3Config};

use crate::samples::{jpeg, like_mp4};
use crate::{Setup, names, url};

async fn on_s3() -> Option<Setup> {
    let Ok(endpoint) = std::env::var("AICHAT_TEST_S3_URL") else {
        testkit::skip("no S3-compatible server (AICHAT_TEST_S3_URL)");
        return None;
    };
    let prefix = Some(kernel::Ambient::system().token::<12>());
    let setup = Setup::with(|c| {
        c.ffmpeg = Some("".into());
        c.s3 = Some(S3Config {
            endpoint: endpoint.clone(),
            bucket: "aichat-test".into(),
            prefix: prefix.clone(),
            access_key_id: "test".into(),
            secret_access_key: Some(Hidden::new("test")),
            ..S3Config::default()
        });
    });
    Some(setup.await)
}

async fn remove(s: &Setup, by: UserId, asset: &serde_json::Value) {
    let path = format!("/api/media/{}", asset["id"].as_str().unwrap());
    s.ask(Some(by), Request::delete(path), Body::empty()).await.expect(204);
}

#[tokio::test]
async fn s3_keeps_files_hands_them_out_and_forgets_them() {
    let Some(s) = on_s3().await else { return };
    let (ada, film) = (s.person(), like_mp4(5_000_000));
    let asset = s.looked_at(ada, "a.mp4", &film).await;
    assert!(s.fetch(url(&asset, "original")).await.expect(200).body == film);
    let part = Request::get(url(&asset, "original")).header("range", "bytes=2097150-2097160");
    assert!(s.ask(None, part, Body::empty()).await.expect(206).body == film[2_097_150..2_097_161]);
    let picture = s.looked_at(ada, "a.jpg", &jpeg(1000, 500)).await;
    assert_eq!(names(&picture), ["original", "medium", "thumb"]);
    s.fetch(url(&picture, "thumb")).await.expect(200);
    assert_eq!(s.objects(), 0, "nothing lies in the folder");
    remove(&s, ada, &asset).await;
    s.fetch(url(&asset, "original")).await.expect(404);
}

//! What other services ask.

use std::time::Duration;

use axum::body::Body;
use http::Request;
use kernel::{AssetId, Timestamp};

use crate::samples::png;
use crate::{Setup, names, url};

fn id(asset: &serde_json::Value) -> AssetId {
    asset["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn views_are_of_what_is_ready_in_the_order_asked_for() {
    let s = Setup::new().await;
    let (ada, bob) = (s.person(), s.person());
    let (a, b) = (
        s.looked_at(ada, "a.png", &png(8, 8)).await,
        s.looked_at(bob, "b.png", &png(8, 8)).await,
    );
    let bad = s.looked_at(ada, "bad.png", b"\x89PNG\r\n\x1a\nxx").await;
    let views = s
        .library()
        .views(&[id(&b), id(&bad), s.world.ambient().id(), id(&a), id(&b)])
        .await
        .unwrap();
    assert_eq!(views.iter().map(|v| v.id).collect::<Vec<_>>(), [id(&b), id(&a)]);
    s.fetch(&views[0].variants[0].url).await.expect(200);
}

#[tokio::test]
async fn only_ones_own_ready_files_can_be_claimed_and_all_or_none() {
    let s = Setup::new().await;
    let (ada, bob) = (s.person(), s.person());
    let (a, b) = (
        s.looked_at(ada, "a.png", &png(8, 8)).await,
        s.looked_at(bob, "b.png", &png(8, 8)).await,
    );
    let library = s.library();
    for wrong in [id(&b), s.world.ambient().id()] {
        let fault = library.claim(ada, &[id(&a), wrong], "post:1").await.unwrap_err();
        assert_eq!((fault.kind.status(), &*fault.fields[0].field), (422, "mediaIds"));
    }
    // Nothing was claimed: a day later it is swept.
    library.claim(bob, &[id(&b)], "post:2").await.unwrap();
    library.claim(bob, &[id(&b)], "post:2").await.unwrap();
    s.world.advance(Duration::from_secs(25 * 3600));
    let s = s.restarted(|_| {}).await;
    s.until(async || s.library().views(&[id(&a)]).await.unwrap().is_empty().then_some(()))
        .await;
    assert_eq!(s.library().views(&[id(&b)]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_nothing_uses_any_more_is_swept_a_day_later_with_its_bytes() {
    let s = Setup::new().await;
    let ada = s.person();
    let a = s.looked_at(ada, "a.png", &png(8, 8)).await;
    let library = s.library();
    library.claim(ada, &[id(&a)], "post:1").await.unwrap();
    library.claim(ada, &[id(&a)], "avatar:1").await.unwrap();
    library.release(&[id(&a)], "post:1").await.unwrap();
    s.world.advance(Duration::from_secs(48 * 3600));
    let s = s.restarted(|_| {}).await;
    s.library().release(&[id(&a)], "avatar:1").await.unwrap();
    s.library().release(&[id(&a)], "avatar:1").await.unwrap();
    assert_eq!(s.library().views(&[id(&a)]).await.unwrap().len(), 1);
    s.world.advance(Duration::from_secs(24 * 3600));
    let s = s.restarted(|_| {}).await;
    s.until(async || (s.objects() == 0).then_some(())).await;
    assert!(s.library().views(&[id(&a)]).await.unwrap().is_empty());
    assert!(s.events().await.contains(&"aichat.asset.deleted.v1".to_owned()));
}

#[tokio::test]
async fn its_owner_removes_a_file_from_everything_that_uses_it() {
    let s = Setup::new().await;
    let ada = s.person();
    let a = s.looked_at(ada, "a.png", &png(8, 8)).await;
    s.library().claim(ada, &[id(&a)], "post:1").await.unwrap();
    let delete = || Request::delete(format!("/api/media/{}", id(&a)));
    s.ask(Some(ada), delete(), Body::empty()).await.expect(204);
    assert!(s.library().views(&[id(&a)]).await.unwrap().is_empty());
    s.ask(Some(ada), delete(), Body::empty()).await.expect(404);
    assert!(s.library().claim(ada, &[id(&a)], "post:2").await.is_err());
    s.library().release(&[id(&a)], "post:1").await.unwrap();
    s.until(async || (s.objects() == 0).then_some(())).await;
    assert_eq!(s.get(ada, "/api/media").await.json()["items"], serde_json::json!([]));
}

#[tokio::test]
async fn a_file_that_the_product_makes_is_a_download_until_its_time() {
    let s = Setup::with(|c| c.limits.person_bytes_max = 10).await;
    let (ada, until) = (
        s.person(),
        Timestamp::from_millis(s.world.ambient().now().millis() + 3_600_000),
    );
    let export = vec![b'{'; 5_000_000];
    let kept = s
        .library()
        .keep(ada, "../export.json", export.clone(), until)
        .await
        .unwrap();
    let asset = s.get(ada, &format!("/api/media/{kept}")).await.expect(200).json();
    assert_eq!(
        (asset["fileName"].as_str(), asset["bytes"].as_u64(), names(&asset)),
        (Some("export.json"), Some(5_000_000), vec!["original"])
    );
    let got = s.fetch(url(&asset, "original")).await.expect(200);
    assert!(got.body == export && got.header("content-disposition").starts_with("attachment"));
    s.world.advance(Duration::from_secs(3_601));
    let s = s.restarted(|_| {}).await;
    s.until(async || (s.objects() == 0).then_some(())).await;
    s.get(ada, &format!("/api/media/{kept}")).await.expect(404);
}

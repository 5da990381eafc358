//! Uploads by the tus protocol.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::Request;
use kernel::UserId;

use crate::samples::{jpeg, like_mp4};
use crate::{Got, Setup, url};

/// `clip.mp4` and `A clip`, in base64.
const METADATA: &str = "filename Y2xpcC5tcDQ=,alt QSBjbGlw";

fn tus(method: &str, path: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("tus-resumable", "1.0.0")
}

fn patch(path: &str, offset: usize) -> http::request::Builder {
    tus("PATCH", path)
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", offset)
}

impl Setup {
    async fn begin(&self, by: UserId, length: usize) -> String {
        let request = tus("POST", "/api/media/tus")
            .header("upload-length", length)
            .header("upload-metadata", METADATA);
        self.ask(Some(by), request, Body::empty())
            .await
            .expect(201)
            .header("location")
            .to_owned()
    }
    async fn add(&self, by: UserId, path: &str, offset: usize, bytes: &[u8]) -> Got {
        self.ask(Some(by), patch(path, offset), bytes.to_vec()).await
    }
    async fn stands_at(&self, by: UserId, path: &str) -> String {
        self.ask(Some(by), tus("HEAD", path), Body::empty())
            .await
            .expect(200)
            .header("upload-offset")
            .to_owned()
    }
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

fn broken(bytes: &[u8]) -> Body {
    let parts: Vec<Result<Bytes, std::io::Error>> = vec![
        Ok(Bytes::copy_from_slice(bytes)),
        Err(std::io::Error::other("the line is dead")),
    ];
    Body::from_stream(futures::stream::iter(parts))
}

#[tokio::test]
async fn a_file_comes_in_parts_and_becomes_an_asset_of_the_same_id() {
    let s = Setup::with(|c| c.ffmpeg = Some("".into())).await;
    let (ada, film) = (s.person(), like_mp4(5_000_000));
    let path = s.begin(ada, film.len()).await;
    assert_eq!(s.stands_at(ada, &path).await, "0");
    assert_eq!(
        s.add(ada, &path, 0, &film[..3_000_000])
            .await
            .expect(204)
            .header("upload-offset"),
        "3000000"
    );
    let head = s.ask(Some(ada), tus("HEAD", &path), Body::empty()).await.expect(200);
    assert_eq!(
        (head.header("upload-length"), head.header("upload-metadata")),
        ("5000000", METADATA)
    );
    assert!(head.header("upload-expires").ends_with("GMT") && head.header("cache-control") == "no-store");
    s.get(ada, &format!("/api/media/{}", id(&path))).await.expect(404);
    assert_eq!(
        s.add(ada, &path, 3_000_000, &film[3_000_000..])
            .await
            .expect(204)
            .header("upload-offset"),
        "5000000"
    );
    let asset = s.seen(ada, id(&path)).await;
    assert_eq!(
        (
            asset["fileName"].as_str(),
            asset["alt"].as_str(),
            asset["kind"].as_str()
        ),
        (Some("clip.mp4"), Some("A clip"), Some("video"))
    );
    assert!(s.fetch(url(&asset, "original")).await.expect(200).body == film);
    assert_eq!(s.stands_at(ada, &path).await, "5000000");
}

#[tokio::test]
async fn a_small_file_comes_with_its_beginning() {
    let s = Setup::new().await;
    let (ada, picture) = (s.person(), jpeg(64, 64));
    let request = tus("POST", "/api/media/tus")
        .header("upload-length", picture.len())
        .header("content-type", "application/offset+octet-stream");
    let begun = s.ask(Some(ada), request, picture.clone()).await.expect(201);
    assert_eq!(begun.header("upload-offset"), picture.len().to_string());
    assert_eq!(s.seen(ada, id(begun.header("location"))).await["status"], "ready");
}

#[tokio::test]
async fn of_two_requests_at_one_offset_one_is_added() {
    let s = Setup::new().await;
    let (ada, film) = (s.person(), like_mp4(4_000_000));
    let path = s.begin(ada, film.len()).await;
    for round in 0..4usize {
        let (from, to) = (round * 1_000_000, (round + 1) * 1_000_000);
        let (a, b, c) = tokio::join!(
            s.add(ada, &path, from, &film[from..to]),
            s.add(ada, &path, from, &film[from..to]),
            s.add(ada, &path, from, &film[from..to])
        );
        let mut ends: Vec<u16> = [&a, &b, &c].iter().map(|g| g.status.as_u16()).collect();
        ends.sort_unstable();
        assert_eq!(ends, [204, 409, 409]);
    }
    let asset = s.seen(ada, id(&path)).await;
    assert!(s.fetch(url(&asset, "original")).await.body == film);
    // What the losers had brought is gone.
    assert_eq!(s.objects(), 4);
}

#[tokio::test]
async fn an_upload_that_breaks_off_goes_on_where_it_stood_also_after_a_restart() {
    let s = Setup::new().await;
    let (ada, film) = (s.person(), like_mp4(6_000_000));
    let path = s.begin(ada, film.len()).await;
    s.ask(Some(ada), patch(&path, 0), broken(&film[..3_333_333]))
        .await
        .expect(400);
    assert_eq!(s.stands_at(ada, &path).await, "3333333");
    let s = s.restarted(|_| {}).await;
    assert_eq!(s.stands_at(ada, &path).await, "3333333");
    assert_eq!(
        s.add(ada, &path, 0, &film).await.expect(409).code(),
        "media.wrong_offset"
    );
    s.add(ada, &path, 3_333_333, &film[3_333_333..]).await.expect(204);
    let asset = s.seen(ada, id(&path)).await;
    assert!(s.fetch(url(&asset, "original")).await.body == film);
}

/// A body that brings `bytes`, and ends when told.
fn hanging(bytes: &[u8]) -> (Body, tokio::sync::oneshot::Sender<()>) {
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let first = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::copy_from_slice(bytes))]);
    let rest = futures::stream::once(async move {
        let _ = ended.await;
        Ok(Bytes::new())
    });
    (Body::from_stream(futures::StreamExt::chain(first, rest)), end)
}

#[tokio::test]
async fn one_request_at_a_time_adds_to_an_upload_and_a_stranger_cannot_keep_it_shut() {
    let s = Setup::new().await;
    let (ada, bob, film) = (s.person(), s.person(), like_mp4(1_000));
    let path = s.begin(ada, film.len()).await;
    let (strange, _never) = hanging(b"x");
    let (body, end) = hanging(&film);
    let (_, first, ()) = tokio::join!(
        async { tokio::time::timeout(Duration::from_millis(1), s.ask(Some(bob), patch(&path, 0), strange)).await },
        s.ask(Some(ada), patch(&path, 0), body),
        async {
            s.until(async || {
                let got = s.add(ada, &path, 0, b"").await;
                (got.status == 409 && got.code() == "media.upload_busy").then_some(())
            })
            .await;
            end.send(()).unwrap();
        }
    );
    first.expect(204);
}

#[tokio::test]
async fn one_person_leaves_places_to_others() {
    let s = Setup::with(|c| (c.limits.uploads_max, c.limits.uploads_person_max) = (2, 1)).await;
    let (ada, bob) = (s.person(), s.person());
    let (path, picture) = (s.begin(ada, 1_000).await, jpeg(8, 8));
    let (body, end) = hanging(&like_mp4(1_000));
    let (first, ()) = tokio::join!(s.ask(Some(ada), patch(&path, 0), body), async {
        s.until(async || {
            let got = s.upload(ada, "a.jpg", &picture).await;
            (got.status == 429 && got.code() == "media.too_many_at_once").then_some(())
        })
        .await;
        s.upload(bob, "b.jpg", &picture).await.expect(201);
        end.send(()).unwrap();
    });
    first.expect(204);
}

#[tokio::test]
async fn an_upload_whose_beginning_does_not_come_in_leaves_nothing() {
    let s = Setup::with(|c| c.limits.person_files_max = 1).await;
    let (ada, film) = (s.person(), like_mp4(1_000));
    let begin = || {
        tus("POST", "/api/media/tus")
            .header("upload-length", film.len())
            .header("content-type", "application/offset+octet-stream")
    };
    let unread = begin().header("upload-checksum", "md5 nonsense");
    s.ask(Some(ada), unread, film.clone()).await.expect(400);
    s.ask(Some(ada), begin(), broken(&film[..600])).await.expect(400);
    let wrong = begin().header("upload-checksum", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
    s.ask(Some(ada), wrong, film.clone()).await.expect(460);
    assert_eq!(s.objects(), 0);
    s.ask(Some(ada), begin(), film.clone()).await.expect(201);
}

#[tokio::test]
async fn several_uploads_of_one_person_go_on_at_once() {
    let s = Setup::new().await;
    let (ada, film) = (s.person(), like_mp4(2_500_000));
    let one = async || {
        let path = s.begin(ada, film.len()).await;
        for from in (0..film.len()).step_by(500_000) {
            s.add(ada, &path, from, &film[from..from + 500_000]).await.expect(204);
        }
        let asset = s.seen(ada, id(&path)).await;
        assert!(s.fetch(url(&asset, "original")).await.body == film);
    };
    futures::future::join_all((0..6).map(|_| one())).await;
}

#[tokio::test]
async fn a_body_must_have_its_checksum() {
    let s = Setup::new().await;
    let ada = s.person();
    let text = b"hello world";
    let path = s.begin(ada, text.len()).await;
    let with = async |sum: &str, bytes: &[u8]| {
        s.ask(
            Some(ada),
            patch(&path, 0).header("upload-checksum", sum),
            bytes.to_vec(),
        )
        .await
    };
    let sha1 = "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=";
    let wrong = with(sha1, b"hello worle").await.expect(460);
    assert_eq!(
        (wrong.code(), wrong.header("tus-resumable")),
        ("media.checksum_mismatch".into(), "1.0.0")
    );
    assert_eq!((s.stands_at(ada, &path).await, s.objects()), ("0".into(), 0));
    with("md5 XrY7u+Ae7tCTyyK7j1rNww==", text).await.expect(400);
    let cut = s
        .ask(
            Some(ada),
            patch(&path, 0).header("upload-checksum", sha1),
            broken(b"hello"),
        )
        .await;
    assert_eq!(
        (cut.expect(400).code(), s.stands_at(ada, &path).await),
        ("media.broken_off".into(), "0".into())
    );
    with("sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=", text)
        .await
        .expect(204);
    assert_eq!(s.seen(ada, id(&path)).await["status"], "ready");
}

#[tokio::test]
async fn an_upload_is_its_owners_alone_and_can_be_ended() {
    let s = Setup::with(|c| c.limits.person_bytes_max = 3_000_000).await;
    let (ada, bob, film) = (s.person(), s.person(), like_mp4(3_000_000));
    let path = s.begin(ada, film.len()).await;
    s.add(ada, &path, 0, &film[..2_000_000]).await.expect(204);
    s.ask(Some(bob), tus("HEAD", &path), Body::empty()).await.expect(404);
    s.ask(Some(bob), tus("DELETE", &path), Body::empty()).await.expect(404);
    s.add(bob, &path, 2_000_000, &film[2_000_000..]).await.expect(404);
    s.ask(Some(ada), tus("DELETE", &path), Body::empty()).await.expect(204);
    s.ask(Some(ada), tus("HEAD", &path), Body::empty()).await.expect(404);
    assert_eq!(s.objects(), 0);
    // Its room is free again.
    s.begin(ada, film.len()).await;
}

#[tokio::test]
async fn what_is_not_said_rightly_is_refused() {
    let s = Setup::new().await;
    let ada = s.person();
    let path = s.begin(ada, 10).await;
    let ask = async |request: http::request::Builder| s.ask(Some(ada), request, "0123456789").await;
    let unversioned = ask(Request::post("/api/media/tus").header("upload-length", 5))
        .await
        .expect(412);
    assert_eq!(
        (unversioned.code(), unversioned.header("tus-version")),
        ("media.tus_version".into(), "1.0.0")
    );
    ask(tus("POST", "/api/media/tus")).await.expect(400);
    ask(tus("POST", "/api/media/tus").header("upload-length", "+5"))
        .await
        .expect(400);
    ask(tus("POST", "/api/media/tus").header("upload-length", 0))
        .await
        .expect(422);
    ask(tus("POST", "/api/media/tus")
        .header("upload-length", 5)
        .header("upload-metadata", "filename %"))
    .await
    .expect(422);
    ask(tus("POST", "/api/media/tus").header("upload-length", 1_000_000_000u64))
        .await
        .expect(413);
    ask(tus("PATCH", &path).header("upload-offset", 0)).await.expect(415);
    ask(tus("PATCH", &path).header("content-type", "application/offset+octet-stream"))
        .await
        .expect(400);
    s.add(ada, &path, 0, b"more than ten bytes").await.expect(413);
    assert_eq!(s.stands_at(ada, &path).await, "0");
    let says = s
        .ask(None, Request::options("/api/media/tus"), Body::empty())
        .await
        .expect(204);
    assert_eq!(
        says.header("tus-extension"),
        "creation,creation-with-upload,termination,expiration,checksum"
    );
}

#[tokio::test]
async fn what_is_not_taken_is_refused_with_the_first_part_or_rejected_at_the_end() {
    let s = Setup::new().await;
    let ada = s.person();
    let page = [b"<html>".as_slice(), &[b'a'; 2000]].concat();
    let path = s.begin(ada, page.len()).await;
    assert_eq!(
        s.add(ada, &path, 0, &page[..1000]).await.expect(415).code(),
        "media.not_taken"
    );
    s.ask(Some(ada), tus("HEAD", &path), Body::empty()).await.expect(404);
    let path = s.begin(ada, page.len()).await;
    s.add(ada, &path, 0, &page[..3]).await.expect(204);
    s.add(ada, &path, 3, &page[3..]).await.expect(204);
    assert_eq!(s.seen(ada, id(&path)).await["reason"], "not_taken");
    s.until(async || (s.objects() == 0).then_some(())).await;
}

#[tokio::test]
async fn who_can_only_post_says_what_is_meant() {
    let s = Setup::new().await;
    let (ada, picture) = (s.person(), jpeg(64, 64));
    let path = s.begin(ada, picture.len()).await;
    let over = |verb: &str| {
        tus("POST", &path)
            .header("x-http-method-override", verb)
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", 0)
    };
    s.ask(Some(ada), over("PUT"), Body::empty()).await.expect(400);
    s.ask(Some(ada), over("PATCH"), picture).await.expect(204);
    s.seen(ada, id(&path)).await;
    s.ask(Some(ada), over("DELETE"), Body::empty()).await.expect(204);
    s.get(ada, &format!("/api/media/{}", id(&path))).await.expect(404);
}

#[tokio::test]
async fn an_upload_that_nobody_ends_is_swept() {
    let s = Setup::with(|c| c.limits.person_bytes_max = 3_000_000).await;
    let (ada, film) = (s.person(), like_mp4(3_000_000));
    let path = s.begin(ada, film.len()).await;
    s.add(ada, &path, 0, &film[..2_000_000]).await.expect(204);
    s.world.advance(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(s.stands_at(ada, &path).await, "2000000");
    s.world.advance(Duration::from_secs(2));
    s.ask(Some(ada), tus("HEAD", &path), Body::empty()).await.expect(404);
    let s = s.restarted(|c| c.limits.person_bytes_max = 3_000_000).await;
    s.until(async || (s.objects() == 0).then_some(())).await;
    s.until(async || {
        let request = tus("POST", "/api/media/tus").header("upload-length", film.len());
        (s.ask(Some(ada), request, Body::empty()).await.status == 201).then_some(())
    })
    .await;
}

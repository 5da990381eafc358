//! Uploads by a form.

use axum::body::Body;
use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::samples::{jpeg, like_mp4, png};
use crate::{Setup, form, url};

#[tokio::test]
async fn an_uploaded_file_is_ready_a_moment_later_and_is_its_owners_alone() {
    let s = Setup::new().await;
    let (ada, bob) = (s.person(), s.person());
    let asset = s.looked_at(ada, "../holiday.png", &png(40, 30)).await;
    assert_eq!((&asset["status"], &asset["kind"]), (&json!("ready"), &json!("image")));
    assert_eq!(
        (&asset["fileName"], &asset["ownerId"]),
        (&json!("holiday.png"), &json!(ada))
    );
    let path = format!("/api/media/{}", asset["id"].as_str().unwrap());
    s.get(ada, &path).await.expect(200);
    assert_eq!(s.get(bob, &path).await.expect(404).code(), "media.not_found");
    s.ask(None, Request::get(&path), Body::empty()).await.expect(401);
    s.ask(Some(bob), Request::delete(&path), Body::empty())
        .await
        .expect(404);
    let patch = Request::patch(&path).header("content-type", "application/json");
    s.ask(Some(bob), patch, r#"{"alt":"mine"}"#).await.expect(404);
    assert_eq!(s.events().await, ["aichat.asset.uploaded.v1", "aichat.asset.ready.v1"]);
}

#[tokio::test]
async fn what_a_file_is_its_content_says_and_markup_and_programs_are_not_taken() {
    let s = Setup::new().await;
    let ada = s.person();
    let svg: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let bad: [(&str, &[u8]); 4] = [
        ("a.png", svg),
        ("b.jpg", b"MZ\x90\0\x03"),
        ("c.txt", b"<html>"),
        ("d.png", b"\0\x01\x02"),
    ];
    for (name, bytes) in bad {
        assert_eq!(
            s.upload(ada, name, bytes).await.expect(415).code(),
            "media.not_taken",
            "{name}"
        );
    }
    let asset = s.looked_at(ada, "evil.svg", &jpeg(8, 8)).await;
    let got = s.fetch(url(&asset, "original")).await.expect(200);
    assert_eq!(got.header("content-type"), "image/jpeg");
    assert_eq!(
        s.get(ada, "/api/media").await.expect(200).json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_refused_upload_leaves_nothing_behind() {
    let s = Setup::with(|c| c.limits.video_bytes_max = 3_000_000).await;
    let ada = s.person();
    assert_eq!(
        s.upload(ada, "a.mp4", &like_mp4(5_000_000)).await.expect(413).code(),
        "media.too_large"
    );
    s.form(ada, &[("file", Some("a.png"), &png(8, 8)), ("role", None, b"admin")])
        .await
        .expect(422);
    s.form(ada, &[("alt", None, b"no file")]).await.expect(422);
    s.form(ada, &[("file", Some("a.png"), b"")]).await.expect(422);
    s.form(
        ada,
        &[("file", Some("a.png"), &png(8, 8)), ("file", Some("b.png"), &png(8, 8))],
    )
    .await
    .expect(422);
    s.form(
        ada,
        &[
            ("file", Some("a.png"), &png(8, 8)),
            ("alt", None, "x".repeat(1501).as_bytes()),
        ],
    )
    .await
    .expect(422);
    let bare = Request::post("/api/media").header("content-type", "application/json");
    s.ask(Some(ada), bare, "{}").await.expect(415);
    assert_eq!(s.objects(), 0);
    assert!(s.events().await.is_empty());
    // All room was given back.
    let s = s.restarted(|c| c.limits.person_bytes_max = 2_000).await;
    s.upload(ada, "a.png", &png(8, 8)).await.expect(201);
}

#[tokio::test]
async fn a_description_comes_along_or_later() {
    let s = Setup::new().await;
    let ada = s.person();
    let asset = s
        .form(
            ada,
            &[
                ("alt", None, "Two Hälften".as_bytes()),
                ("file", Some("a.png"), &png(8, 8)),
            ],
        )
        .await
        .expect(201)
        .json();
    assert_eq!(asset["alt"], "Two Hälften");
    let path = format!("/api/media/{}", asset["id"].as_str().unwrap());
    let patch = || Request::patch(&path).header("content-type", "application/json");
    assert_eq!(
        s.ask(Some(ada), patch(), r#"{"alt":"Halves"}"#)
            .await
            .expect(200)
            .json()["alt"],
        "Halves"
    );
    s.ask(Some(ada), patch(), r#"{"alt":"x","kind":"video"}"#)
        .await
        .expect(422);
    s.ask(Some(ada), patch(), json!({ "alt": "x".repeat(1501) }).to_string())
        .await
        .expect(422);
}

#[tokio::test]
async fn ones_own_files_are_listed_page_by_page_newest_first() {
    let s = Setup::new().await;
    let (ada, bob) = (s.person(), s.person());
    let mut made = Vec::new();
    for n in 0..5 {
        made.push(s.upload(ada, &format!("{n}.png"), &png(8, 8)).await.expect(201).json()["id"].clone());
    }
    s.upload(bob, "b.png", &png(8, 8)).await.expect(201);
    let (mut listed, mut path) = (Vec::new(), "/api/media?limit=2".to_owned());
    loop {
        let page = s.get(ada, &path).await.expect(200).json();
        listed.extend(page["items"].as_array().unwrap().iter().map(|a| a["id"].clone()));
        let Some(cursor) = page["nextCursor"].as_str() else {
            break;
        };
        path = format!("/api/media?limit=2&cursor={cursor}");
    }
    made.reverse();
    assert_eq!(listed, made);
}

#[tokio::test]
async fn a_form_without_a_length_is_taken_and_bounded_by_the_quota() {
    let s = Setup::with(|c| c.limits.person_bytes_max = 6_000_000).await;
    let ada = s.person();
    let send = async |bytes: usize| {
        let parts: Vec<Result<Bytes, std::io::Error>> = form(&[("file", Some("a.mp4"), &like_mp4(bytes))])
            .chunks(60_000)
            .map(|c| Ok(Bytes::copy_from_slice(c)))
            .collect();
        let request = Request::post("/api/media").header("content-type", "multipart/form-data; boundary=XyZ");
        s.ask(Some(ada), request, Body::from_stream(futures::stream::iter(parts)))
            .await
    };
    assert_eq!(send(7_000_000).await.expect(409).code(), "media.quota");
    let asset = send(5_000_000).await.expect(201).json();
    assert_eq!(asset["bytes"], 5_000_000);
    assert_eq!(send(1_500_000).await.expect(409).code(), "media.quota");
}

#[tokio::test]
async fn a_form_that_breaks_off_leaves_nothing() {
    let s = Setup::new().await;
    let whole = form(&[("file", Some("a.mp4"), &like_mp4(5_000_000))]);
    let cut: Vec<Result<Bytes, std::io::Error>> = vec![
        Ok(Bytes::copy_from_slice(&whole[..4_000_000])),
        Err(std::io::Error::other("the line is dead")),
    ];
    let request = Request::post("/api/media").header("content-type", "multipart/form-data; boundary=XyZ");
    s.ask(Some(s.person()), request, Body::from_stream(futures::stream::iter(cut)))
        .await
        .expect(400);
    assert_eq!(s.objects(), 0);
}

#[tokio::test]
async fn a_head_without_an_end_is_refused_before_it_fills_the_memory() {
    let s = Setup::new().await;
    let start = Bytes::from_static(b"--XyZ\r\nContent-Disposition: form-data; name=\"");
    let endless =
        futures::stream::iter(std::iter::once(start).chain(std::iter::repeat_n(Bytes::from(vec![b'a'; 65_536]), 400)));
    let request = Request::post("/api/media").header("content-type", "multipart/form-data; boundary=XyZ");
    let body = Body::from_stream(futures::StreamExt::map(endless, Ok::<_, std::io::Error>));
    s.ask(Some(s.person()), request, body).await.expect(400);
}

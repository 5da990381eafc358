//! Fetching at signed addresses.

use std::time::Duration;

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::samples::{like_mp4, png};
use crate::{Setup, url};

/// Pieces of a film lie apart every 2 MiB.
const FILM: usize = 5_000_000;

#[tokio::test]
async fn an_address_is_fetched_without_a_token_and_cannot_be_forged() {
    let s = Setup::new().await;
    let ada = s.person();
    let (asset, other) = (
        s.looked_at(ada, "a.png", &png(400, 300)).await,
        s.looked_at(ada, "b.png", &png(40, 30)).await,
    );
    let good = url(&asset, "thumb");
    s.fetch(good).await.expect(200);
    let bare = good.split('?').next().unwrap();
    let sig = good.rsplit_once("sig=").unwrap().1;
    let foreign = url(&other, "thumb").rsplit_once("sig=").unwrap().1;
    for forged in [
        bare.to_owned(),
        good.replace("variant=thumb", "variant=original"),
        good.replace("exp=1", "exp=2"),
        good.replace(sig, foreign),
        good.replace(sig, &sig[..sig.len() - 1]),
        good.replace(sig, ""),
        good.replace(asset["id"].as_str().unwrap(), other["id"].as_str().unwrap()),
        good.replace("exp=", "exp=x"),
    ] {
        assert_eq!(s.fetch(&forged).await.expect(404).code(), "media.not_found", "{forged}");
    }
    // The owner's token opens no address either.
    s.get(ada, bare).await.expect(404);
}

#[tokio::test]
async fn a_picture_of_a_person_is_fetched_by_everybody_for_as_long_as_it_is_one() {
    let s = Setup::new().await;
    let ada = s.person();
    let asset = s.looked_at(ada, "a.png", &png(400, 300)).await;
    let address = format!("/api/media/{}/avatar", asset["id"].as_str().unwrap());
    let id = [asset["id"].as_str().unwrap().parse().unwrap()];
    s.library().claim(ada, &id, "post:1").await.unwrap();
    s.fetch(&address).await.expect(404);
    s.library().claim(ada, &id, "avatar:1").await.unwrap();
    assert_eq!(
        s.fetch(&address).await.expect(200).body,
        s.fetch(url(&asset, "thumb")).await.expect(200).body
    );
    s.library().release(&id, "avatar:1").await.unwrap();
    s.fetch(&address).await.expect(404);
}

#[tokio::test]
async fn an_address_ends_by_itself_and_with_its_file() {
    let s = Setup::new().await;
    let ada = s.person();
    let (a, b) = (
        s.looked_at(ada, "a.png", &png(40, 30)).await,
        s.looked_at(ada, "b.png", &png(40, 30)).await,
    );
    s.ask(
        Some(ada),
        Request::delete(format!("/api/media/{}", b["id"].as_str().unwrap())),
        Body::empty(),
    )
    .await
    .expect(204);
    s.fetch(url(&b, "original")).await.expect(404);
    s.world.advance(Duration::from_secs(590));
    s.fetch(url(&a, "original")).await.expect(200);
    s.world.advance(Duration::from_secs(400));
    assert_eq!(
        s.fetch(url(&a, "original")).await.expect(404).code(),
        "media.address_expired"
    );
}

#[tokio::test]
async fn addresses_stay_the_same_for_a_while_so_that_browsers_need_not_fetch_again() {
    let s = Setup::new().await;
    let ada = s.person();
    s.world.advance(Duration::from_secs(1));
    let first = s.looked_at(ada, "a.png", &png(40, 30)).await;
    s.world.advance(Duration::from_secs(200));
    let again = s.seen(ada, first["id"].as_str().unwrap()).await;
    assert_eq!(url(&first, "thumb"), url(&again, "thumb"));
    let got = s.fetch(url(&again, "thumb")).await;
    assert!(got.header("cache-control").starts_with("private, max-age="));
}

#[tokio::test]
async fn ranges_are_answered_byte_for_byte_across_pieces() {
    let s = Setup::with(|c| c.ffmpeg = Some("".into())).await;
    let film = like_mp4(FILM);
    let asset = s.looked_at(s.person(), "a.mp4", &film).await;
    let at = url(&asset, "original");
    let part = async |range: &str| {
        s.ask(None, Request::get(at).header("range", range), Body::empty())
            .await
    };
    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=2097150-2097160", 2_097_150, 2_097_161),
        ("bytes=1000-", 1000, FILM),
        ("bytes=-7", FILM - 7, FILM),
        ("bytes=4999990-9999999", 4_999_990, FILM),
    ] {
        let got = part(range).await.expect(206);
        assert_eq!(got.header("content-range"), format!("bytes {from}-{}/{FILM}", to - 1));
        assert_eq!(got.header("content-length"), (to - from).to_string());
        assert!(got.body == film[from..to], "{range}");
    }
    let beyond = part("bytes=5000000-").await.expect(416);
    assert_eq!(beyond.header("content-range"), format!("bytes */{FILM}"));
    for whole in ["bytes=0-1,5-6", "lines=1-2", "bytes=9-1"] {
        assert!(part(whole).await.expect(200).body == film, "{whole}");
    }
}

#[tokio::test]
async fn a_tag_saves_fetching_again_and_guards_a_range() {
    let s = Setup::new().await;
    let asset = s.looked_at(s.person(), "a.png", &png(40, 30)).await;
    let at = url(&asset, "original");
    let tag = s.fetch(at).await.header("etag").to_owned();
    let with = async |name: &str, value: &str| {
        s.ask(
            None,
            Request::get(at).header("range", "bytes=0-3").header(name, value),
            Body::empty(),
        )
        .await
    };
    assert!(
        with("if-none-match", &format!("\"x\", W/{tag}"))
            .await
            .expect(304)
            .body
            .is_empty()
    );
    with("if-none-match", "\"x\"").await.expect(206);
    with("if-range", &tag).await.expect(206);
    with("if-range", "\"x\"").await.expect(200);
    let head = s.ask(None, Request::head(at), Body::empty()).await.expect(200);
    assert_eq!(head.header("content-length"), asset["variants"][0]["bytes"].to_string());
    assert!(head.body.is_empty());
}

#[tokio::test]
async fn a_browser_can_neither_run_nor_guess_what_it_is_handed() {
    let s = Setup::with(|c| c.ffmpeg = Some("".into())).await;
    let ada = s.person();
    let given: [(&str, &[u8], &str); 4] = [
        ("a.png", &png(8, 8), "inline"),
        ("a.mp4", &like_mp4(1000), "inline"),
        ("a.pdf", b"%PDF-1.7 and so on", "attachment"),
        ("näme \"x\".txt", b"just words, javascript:alert(1)", "attachment"),
    ];
    for (name, bytes, way) in given {
        let asset = s.looked_at(ada, name, bytes).await;
        let got = s.fetch(url(&asset, "original")).await.expect(200);
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert_eq!(got.header("content-security-policy"), "sandbox; default-src 'none'");
        assert!(
            got.header("content-disposition")
                .starts_with(&format!("{way}; filename=\"")),
            "{name}"
        );
    }
}

#[tokio::test]
async fn who_fetches_too_much_at_once_is_told_to_wait() {
    let s = Setup::with(|c| c.limits.downloads_max = 1).await;
    let asset = s.looked_at(s.person(), "a.png", &png(40, 30)).await;
    let at = url(&asset, "original").to_owned();
    let request = Request::get(&at).body(Body::empty()).unwrap();
    let unread = tower::ServiceExt::oneshot(s.app.router(), request).await.unwrap();
    assert_eq!(s.fetch(&at).await.expect(503).code(), "media.busy");
    drop(unread);
    s.until(async || (s.fetch(&at).await.status == 200).then_some(())).await;
}

#[tokio::test]
async fn who_fetches_and_reads_nothing_is_cut_off_and_one_address_does_not_have_all_places() {
    let s = Setup::with(|c| {
        (c.limits.downloads_max, c.limits.downloads_address_max) = (2, 1);
        c.times.reader_seconds = 1;
        c.ffmpeg = Some("".into());
    })
    .await;
    let asset = s.looked_at(s.person(), "a.mp4", &like_mp4(9_000_000)).await;
    let open = async |host: u8| {
        let mut request = Request::get(url(&asset, "original")).body(Body::empty()).unwrap();
        let peer = std::net::SocketAddr::from(([198, 51, 100, host], 1));
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        s.app.router().oneshot(request).await.unwrap()
    };
    let unread = open(1).await;
    assert_eq!(unread.status(), 200);
    assert_eq!(open(1).await.status(), 429);
    let other = open(2).await.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(other.len(), 9_000_000);
    s.until(async || (open(1).await.status() == 200).then_some(())).await;
    assert!(
        unread.into_body().collect().await.is_err(),
        "what was cut off is no whole file"
    );
}

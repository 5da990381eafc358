//! Files: brought, looked at, shown at addresses that expire, and gone with what carried them.

use blackbox::picture::PICTURE;
use blackbox::{Actor, Field as _, Http, Instance, Reply, eventually, friends, strangers};
use reqwest::Method;
use serde_json::{Value, json};

/// Finds the address of a size.
fn address(asset: &Value, name: &str) -> String {
    let variants = asset.list("variants");
    let variant = variants.iter().find(|variant| variant.has("name", name));
    variant.unwrap().text("url")
}

async fn fetch(url: &str, header: (&str, &str)) -> Reply {
    let http = Http::anonymous(Instance::shared());
    Reply::of(http.request(Method::GET, url).header(header.0, header.1)).await
}

#[tokio::test]
async fn a_picture_ends_in_a_post_with_smaller_sizes_at_signed_addresses() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let picture = ada.picture().await.text("id");
    let post = ada
        .post_to("friends", "look", std::slice::from_ref(&picture))
        .await
        .text("id");
    bob.get(&format!("/api/media/{picture}"))
        .await
        .fails_with(404, "media.not_found");
    let seen = bob.get(&format!("/api/posts/{post}")).await.is(200)["media"][0].clone();
    assert!(seen.text("blurhash").len() > 5, "{seen}");
    let thumb = fetch(&address(&seen, "thumb"), ("accept", "*/*")).await;
    assert_eq!((thumb.status, thumb.header("content-type")), (200, "image/jpeg"));
    let original = address(&seen, "original");
    let part = fetch(&original, ("range", "bytes=0-7")).await;
    assert_eq!(
        (part.status, part.header("content-range")),
        (206, &*format!("bytes 0-7/{}", PICTURE.len()))
    );
    let tag = fetch(&original, ("accept-encoding", "gzip")).await;
    assert!(
        tag.header("content-encoding").is_empty(),
        "a file is handed out as it is"
    );
    assert_eq!(tag.header("content-length"), PICTURE.len().to_string());
    assert_eq!(
        fetch(&original, ("if-none-match", tag.header("etag"))).await.status,
        304
    );
    let forged = original.replace("variant=original", "variant=thumb");
    assert_eq!(fetch(&forged, ("accept", "*/*")).await.status, 404);
}

#[tokio::test]
async fn an_address_of_a_file_expires_and_a_new_one_is_given() {
    let variables = vec![("AICHAT_MEDIA__TIMES__ADDRESS_SECONDS".to_owned(), "2".to_owned())];
    let Some(product) = Instance::own_with(variables) else {
        return;
    };
    let ada = Actor::signup(&product, "ada").await;
    let asset = ada.picture().await;
    let (http, url) = (Http::anonymous(&product), address(&asset, "thumb"));
    let fresh = address(
        &ada.get(&format!("/api/media/{}", asset.text("id"))).await.is(200),
        "thumb",
    );
    http.get(&fresh).await.is(200);
    eventually("the address expires", async || {
        (http.get(&url).await.status == 404).then_some(())
    })
    .await;
    http.get(&url).await.fails_with(404, "media.address_expired");
    let again = ada.get(&format!("/api/media/{}", asset.text("id"))).await.is(200);
    http.get(&address(&again, "thumb")).await.is(200);
}

#[tokio::test]
async fn a_message_shows_its_picture_to_members_only_and_lets_it_go() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let [eve] = strangers(Instance::shared(), ["eve"]).await;
    let room = ada.group(&[&bob]).await;
    let picture = ada.picture().await.text("id");
    let body = |by: &str| json!({"clientId": by, "text": "look", "attachmentIds": [picture]});
    let messages = format!("/api/chat/rooms/{room}/messages");
    bob.post(&messages, body("b")).await.fails(422);
    let message = ada.post(&messages, body("a")).await.is(201).text("id");
    let path = format!("/api/chat/rooms/{room}/attachments?messages={message}");
    let shown = bob.get(&path).await.is(200);
    assert_eq!(
        fetch(&address(&shown["items"][0]["assets"][0], "thumb"), ("accept", "*/*"))
            .await
            .status,
        200
    );
    eve.get(&path).await.fails(404);
    bob.delete(&format!("/api/chat/rooms/{room}/members/{}", bob.id))
        .await
        .is(204);
    bob.get(&path).await.fails(404);
    ada.delete(&format!("{messages}/{message}")).await.is(204);
    assert!(ada.get(&path).await.is(200).list("items").is_empty());
}

#[tokio::test]
async fn tus_is_spoken_through_the_door_and_browsers_are_let_through() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let at = |method: Method, path: &str| ada.request(method, path).header("tus-resumable", "1.0.0");
    let spoken = Reply::of(Http::anonymous(Instance::shared()).request(Method::OPTIONS, "/api/media/tus")).await;
    assert_eq!(
        (spoken.status, spoken.header("tus-version")),
        (204, "1.0.0"),
        "{}",
        spoken.text
    );
    let asked = Http::anonymous(Instance::shared())
        .request(Method::OPTIONS, "/api/media/tus")
        .header("origin", "http://localhost:8081")
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", "tus-resumable,upload-offset");
    let preflight = Reply::of(asked).await;
    assert!(
        preflight
            .header("access-control-allow-headers")
            .contains("upload-offset"),
        "{:?}",
        preflight.headers
    );
    let begun = at(Method::POST, "/api/media/tus")
        .header("origin", "http://localhost:8081")
        .header("upload-length", PICTURE.len());
    let begun = Reply::of(begun).await;
    begun.is(201);
    assert!(
        begun.header("access-control-expose-headers").contains("location"),
        "{:?}",
        begun.headers
    );
    let place = begun.header("location").to_owned();
    let add = async |from: usize, to: usize| {
        let request = at(Method::PATCH, &place).header("content-type", "application/offset+octet-stream");
        Reply::of(request.header("upload-offset", from).body(PICTURE[from..to].to_vec())).await
    };
    assert_eq!(add(0, 3_000).await.status, 204);
    assert_eq!(add(0, 3_000).await.status, 409);
    assert_eq!(
        Reply::of(at(Method::HEAD, &place)).await.header("upload-offset"),
        "3000"
    );
    assert_eq!(add(3_000, PICTURE.len()).await.status, 204);
    let id = place.rsplit('/').next().unwrap().to_owned();
    eventually("the upload is a picture", async || {
        let asset = ada.get(&format!("/api/media/{id}")).await.is(200);
        asset.has("status", "ready").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_file_may_be_larger_than_any_other_body_and_too_large_a_one_is_refused() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let mut film = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2".to_vec();
    film.resize(5_000_000, 7);
    let id = ada.upload("film.mp4", &film).await.is(201).text("id");
    let ready = eventually("a film is looked at", async || {
        let asset = ada.get(&format!("/api/media/{id}")).await.is(200);
        asset.has("status", "ready").then_some(asset)
    })
    .await;
    let end = fetch(&address(&ready, "original"), ("range", "bytes=-5")).await;
    assert_eq!(
        (end.status, end.header("content-range")),
        (206, "bytes 4999995-4999999/5000000")
    );
    ada.upload("page.html", b"<html><script>1</script></html>")
        .await
        .fails(415);
}

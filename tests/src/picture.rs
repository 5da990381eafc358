//! Owns one picture, its upload in a form, and the wait until it may be shown. It refuses to know what uses it.

use reqwest::Method;
use serde_json::Value;

use crate::{Actor, Field as _, Reply, eventually};

/// A PNG of 960 x 600 pixels.
pub const PICTURE: &[u8] = include_bytes!("../../crates/aichat/src/demo/wheels.png");
const BOUNDARY: &str = "a-boundary-that-is-in-no-picture";

impl Actor {
    /// Uploads bytes in a form and gives the answer.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> Reply {
        let mut form = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        form.extend(bytes);
        form.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
        let request = self.request(Method::POST, "/api/media").body(form);
        Reply::of(request.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))).await
    }

    /// Uploads the picture, waits until it may be used, and gives it.
    pub async fn picture(&self) -> Value {
        let id = self.upload("wheels.png", PICTURE).await.is(201).text("id");
        eventually("a picture is looked at", async || {
            let asset = self.get(&format!("/api/media/{id}")).await.is(200);
            assert!(!asset.has("status", "rejected"), "{asset}");
            asset.has("status", "ready").then_some(asset)
        })
        .await
    }

    /// Writes a post and gives it.
    pub async fn post_to(&self, visibility: &str, text: &str, media: &[String]) -> Value {
        let body = serde_json::json!({"text": text, "visibility": visibility, "mediaIds": media});
        self.post("/api/posts", body).await.is(201)
    }
}

//! Owns the demo posts: one with a picture, with comments and reactions, so that a timeline is full and news wait. Refuses to wait for
//! more than the picture.

use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::Router;
use http::Method;
use serde_json::{Value, json};

use super::{Person, find, must, send, text};

/// How often, and how long between, it is looked whether the picture may be shown.
const LOOKS_MAX: u32 = 400;
const LOOK_EACH: Duration = Duration::from_millis(50);

/// The one picture: wheels of an engine.
const PICTURE: &[u8] = include_bytes!("wheels.png");
/// Separates the parts of the form that it is sent in; it is in none of them.
const BOUNDARY: &str = "demo-picture-boundary";

/// A post and what came of it.
struct Talk {
    author: &'static str,
    text: &'static str,
    visibility: &'static str,
    picture: bool,
    comments: &'static [(&'static str, &'static str)],
    reactions: &'static [(&'static str, &'static str)],
}

const TALKS: &[Talk] = &[
    Talk {
        author: "ada",
        text: "The wheels of the new engine, drawn to scale. #engines",
        visibility: "public",
        picture: true,
        comments: &[
            ("grace", "Which of them is the carry?"),
            ("alan", "I have seen tapes that did less. @ada, may I copy it?"),
        ],
        reactions: &[("grace", "love"), ("margaret", "wow"), ("alan", "like")],
    },
    Talk {
        author: "grace",
        text: "A moth again. This one came with a stack trace. #debugging",
        visibility: "public",
        picture: false,
        comments: &[("ada", "Frame it beside the first one.")],
        reactions: &[("ada", "laugh"), ("margaret", "laugh")],
    },
    Talk {
        author: "margaret",
        text: "For friends only: the hike on Saturday starts at nine, with cake.",
        visibility: "friends",
        picture: false,
        comments: &[("ada", "I bring the cake.")],
        reactions: &[("ada", "love")],
    },
    Talk {
        author: "alan",
        text: "Asked a machine whether it can think. It asked what I meant by can. #ai",
        visibility: "public",
        picture: false,
        comments: &[],
        reactions: &[("ada", "like"), ("linus", "laugh")],
    },
];

/// Loads the posts. What is there already stays as it is.
pub(crate) async fn load(router: &Router, people: &[Person]) -> anyhow::Result<()> {
    for (number, talk) in TALKS.iter().enumerate() {
        let author = find(people, talk.author)?;
        let media = match talk.picture {
            true => vec![picture(router, author).await?],
            false => Vec::new(),
        };
        let body = json!({"text": talk.text, "visibility": talk.visibility, "mediaIds": media, "clientId": format!("demo-{number}")});
        let post = must(router, Some(&author.token), Method::POST, "/api/posts", body).await?;
        let path = format!("/api/posts/{}", text(&post, "/id")?);
        for (n, (by, words)) in talk.comments.iter().enumerate() {
            let body = json!({"text": words, "clientId": format!("demo-{n}")});
            let token = &find(people, by)?.token;
            must(router, Some(token), Method::POST, &format!("{path}/comments"), body).await?;
        }
        for (by, kind) in talk.reactions {
            let token = &find(people, by)?.token;
            must(
                router,
                Some(token),
                Method::PUT,
                &format!("{path}/reactions/{kind}"),
                Value::Null,
            )
            .await?;
        }
    }
    Ok(())
}

/// Uploads the picture and waits until it may be shown. One that a broken-off start has left is swept by media.
async fn picture(router: &Router, owner: &Person) -> anyhow::Result<String> {
    let mut form = Vec::new();
    let part = |name: &str, more: &str| {
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n")
    };
    form.extend(part("alt", "").bytes());
    form.extend(b"Three toothed wheels, the largest of brass.\r\n");
    form.extend(part("file", "; filename=\"wheels.png\"\r\nContent-Type: image/png").bytes());
    form.extend(PICTURE);
    form.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let (status, asset) = send(
        router,
        Some(&owner.token),
        (Method::POST, "/api/media"),
        Some((&kind, form)),
    )
    .await?;
    if status != 201 {
        bail!("POST /api/media: {status} {asset}");
    }
    let id = text(&asset, "/id")?;
    for _ in 0..LOOKS_MAX {
        let asset = must(
            router,
            Some(&owner.token),
            Method::GET,
            &format!("/api/media/{id}"),
            Value::Null,
        )
        .await?;
        match asset.get("status").and_then(Value::as_str).context("no status")? {
            "ready" => return Ok(id),
            "uploaded" => tokio::time::sleep(LOOK_EACH).await,
            _ => bail!("the demo picture was not taken: {asset}"),
        }
    }
    bail!("nobody looks at the demo picture")
}

//! Owns the demo people, rooms, messages, cards and posts. They come in by the front door, like anybody: the router is asked over
//! HTTP in process.

mod market;
mod social;

use std::path::Path;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::body::Body;
use http::{Method, Request, header};
use http_body_util::BodyExt as _;
use kernel::{Ambient, EventId};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::config::Config;

/// Password of all demo people.
pub(crate) const PASSWORD: &str = "demo-password-1";

/// Handle and name of the demo people. The first is friends with all others.
const PEOPLE: &[(&str, &str, &str)] = &[
    ("ada", "Ada Lovelace", "Analytical engines, poetical science."),
    ("grace", "Grace Hopper", "Compilers, and a moth in a relay."),
    ("linus", "Linus Pauling", "Bonds of all kinds."),
    ("margaret", "Margaret Hamilton", "Software that lands on the moon."),
    ("alan", "Alan Turing", "Can machines think? Let us ask one."),
];

/// Where the demo people have their addresses.
const DOMAIN: &str = "demo.aichat.local";
/// Who moderates among the demo people.
const MODERATOR: &str = "margaret";

/// Title, members and agents of the demo rooms; the first member makes the room.
const ROOMS: &[(&str, &[&str], &[&str])] = &[
    (
        "Engine room",
        &["ada", "grace", "margaret", "alan"],
        &["sage", "critic"],
    ),
    ("Writers' corner", &["grace", "ada", "linus"], &["muse"]),
    ("Weekend plans", &["margaret", "ada", "alan"], &["scout"]),
];

/// Room, author and text of the demo messages, in order.
const MESSAGES: &[(usize, &str, &str)] = &[
    (
        0,
        "ada",
        "Good morning! Does anybody else think that the new build is a lot faster?",
    ),
    (
        0,
        "grace",
        "It is. I stopped counting at twenty thousand messages a second.",
    ),
    (
        0,
        "margaret",
        "And after I pulled the plug, everything was still there.",
    ),
    (0, "alan", "@sage what should we measure next?"),
    (
        1,
        "grace",
        "First line of the day: *It is easier to ask forgiveness than permission.*",
    ),
    (1, "ada", "@muse a haiku about compilers, please."),
    (1, "linus", "I still owe you both a chapter."),
    (
        2,
        "margaret",
        "Hike on Saturday? @scout which weather should we hope for?",
    ),
    (2, "alan", "Running is faster, but I am in."),
];

/// Names the file that says that all of it has been loaded.
pub(crate) const DONE: &str = "demo-data";

/// Loads the demo data, once: what a broken-off start has left is completed, what demo people have changed stays.
pub(crate) async fn load(router: &Router, dir: &Path) -> anyhow::Result<()> {
    let done = dir.join(DONE);
    if done.exists() {
        return Ok(());
    }
    let mut people = Vec::new();
    for (handle, name, bio) in PEOPLE {
        people.push(person(router, handle, name, bio).await?);
    }
    befriend(router, &people).await?;
    let agents = must(
        router,
        people.first().map(|p| &*p.token),
        Method::GET,
        "/api/agents",
        Value::Null,
    )
    .await?;
    let mut rooms = Vec::new();
    for (title, members, agent_handles) in ROOMS {
        rooms.push(room(router, &people, &agents, title, members, agent_handles).await?);
    }
    for (number, (room, author, words)) in MESSAGES.iter().enumerate() {
        let room = rooms.get(*room).context("a demo message names no room")?;
        let path = format!("/api/chat/rooms/{room}/messages");
        let body = json!({"clientId": format!("demo-{number}"), "text": words});
        must(router, Some(&find(&people, author)?.token), Method::POST, &path, body).await?;
    }
    market::load(router, &people).await?;
    social::load(router, &people).await?;
    std::fs::write(&done, "loaded\n").with_context(|| done.display().to_string())
}

async fn person(router: &Router, handle: &'static str, name: &str, bio: &str) -> anyhow::Result<Person> {
    let known = json!({"login": email(handle), "password": PASSWORD});
    let (status, mut signed) = ask(router, None, Method::POST, "/api/auth/signin", known).await?;
    if status != 200 {
        let body = json!({"email": email(handle), "password": PASSWORD, "handle": handle, "displayName": name});
        signed = must(router, None, Method::POST, "/api/auth/signup", body).await?;
    }
    let person = Person {
        handle,
        id: text(&signed, "/user/id")?,
        token: text(&signed, "/accessToken")?,
    };
    must(
        router,
        Some(&person.token),
        Method::PATCH,
        "/api/users/me",
        json!({ "bio": bio }),
    )
    .await?;
    Ok(person)
}

async fn room(
    router: &Router,
    people: &[Person],
    agents: &Value,
    title: &str,
    members: &[&str],
    agent_handles: &[&str],
) -> anyhow::Result<String> {
    let maker = find(people, members.first().copied().unwrap_or_default())?;
    let mine = must(router, Some(&maker.token), Method::GET, "/api/chat/rooms", Value::Null).await?;
    let there = items(&mine).find(|room| room.get("title").and_then(Value::as_str) == Some(title));
    if let Some(room) = there {
        return text(room, "/id");
    }
    let member_ids = members
        .iter()
        .map(|m| Ok(find(people, m)?.id.clone()))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let wanted = |agent: &&Value| {
        agent["handle"]
            .as_str()
            .is_some_and(|handle| agent_handles.contains(&handle))
    };
    let agent_ids: Vec<&Value> = items(agents).filter(wanted).filter_map(|a| a.get("id")).collect();
    let body = json!({"kind": "group", "title": title, "memberIds": member_ids, "agentIds": agent_ids});
    text(
        &must(router, Some(&maker.token), Method::POST, "/api/chat/rooms", body).await?,
        "/id",
    )
}

/// Says how to sign in as the demo people.
pub(crate) fn sign_ins() -> String {
    let people: Vec<String> = PEOPLE.iter().map(|(handle, _, _)| email(handle)).collect();
    format!(
        "  Demo:  {}\n         password of all: {PASSWORD}\n         {} moderates; grace and alan sell cards; ada has bought one\n",
        people.join(", "),
        email(MODERATOR)
    )
}

/// Makes the demo person who moderates a moderator, and lets the built-in provider take the demo's payments.
pub(crate) fn prepare(config: &mut Config) {
    config.auth.admins.push(email(MODERATOR));
    config.auth.proven_domains.push(DOMAIN.to_owned());
    config.payments.test.enabled.get_or_insert(true);
}

struct Person {
    handle: &'static str,
    id: String,
    token: String,
}

fn email(handle: &str) -> String {
    format!("{handle}@{DOMAIN}")
}

fn items(page: &Value) -> impl Iterator<Item = &Value> {
    page.get("items").and_then(Value::as_array).into_iter().flatten()
}

fn find<'a>(people: &'a [Person], handle: &str) -> anyhow::Result<&'a Person> {
    people
        .iter()
        .find(|p| p.handle == handle)
        .with_context(|| format!("no demo person {handle}"))
}

fn text(value: &Value, pointer: &str) -> anyhow::Result<String> {
    Ok(value
        .pointer(pointer)
        .and_then(Value::as_str)
        .with_context(|| format!("no {pointer}"))?
        .to_owned())
}

async fn befriend(router: &Router, people: &[Person]) -> anyhow::Result<()> {
    let Some((first, others)) = people.split_first() else {
        return Ok(());
    };
    for other in others {
        let path = "/api/friendships/requests";
        let (status, request) = ask(
            router,
            Some(&first.token),
            Method::POST,
            path,
            json!({ "userId": other.id }),
        )
        .await?;
        if status != 201 {
            continue;
        }
        // One request is left open, so that there is something to answer.
        if other.handle != "linus" {
            let path = format!("{path}/{}/accept", text(&request, "/id")?);
            must(router, Some(&other.token), Method::POST, &path, Value::Null).await?;
        }
    }
    Ok(())
}

async fn must(router: &Router, token: Option<&str>, method: Method, path: &str, body: Value) -> anyhow::Result<Value> {
    let asked = format!("{method} {path}");
    let (status, answer) = ask(router, token, method, path, body).await?;
    if status >= 300 {
        bail!("{asked}: {status} {answer}");
    }
    Ok(answer)
}

async fn ask(
    router: &Router,
    token: Option<&str>,
    method: Method,
    path: &str,
    body: Value,
) -> anyhow::Result<(u16, Value)> {
    let body = (!body.is_null()).then(|| ("application/json", body.to_string().into_bytes()));
    send(router, token, (method, path), body).await
}

/// Sends a body of any kind.
async fn send(
    router: &Router,
    token: Option<&str>,
    (method, path): (Method, &str),
    body: Option<(&str, Vec<u8>)>,
) -> anyhow::Result<(u16, Value)> {
    let mut request = Request::builder().method(&method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if method == Method::POST {
        // Whatever moves money wants one.
        request = request.header("idempotency-key", Ambient::system().id::<EventId>().to_string());
    }
    let body = match body {
        None => Body::empty(),
        Some((kind, bytes)) => {
            request = request.header(header::CONTENT_TYPE, kind);
            Body::from(bytes)
        }
    };
    let response = router.clone().oneshot(request.body(body)?).await?;
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await?.to_bytes();
    Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
}

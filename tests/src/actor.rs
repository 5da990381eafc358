//! Owns a signed-up person and what they do most: friends, rooms, messages. It refuses to know processes and sockets.

use std::ops::Deref;

use serde_json::{Value, json};

use crate::{Field as _, Http, Instance, Reply, oracle};

/// The password of every actor.
const PASSWORD: &str = "correct horse battery";

/// A person with a session; it is also their HTTP client.
#[derive(Clone)]
pub struct Actor {
    http: Http,
    /// The user's id.
    pub id: String,
    /// The unique handle.
    pub handle: String,
    /// The unique e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The refresh token of the session.
    pub refresh: String,
}

impl Deref for Actor {
    type Target = Http;
    fn deref(&self) -> &Http {
        &self.http
    }
}

/// Signs up people who do not know each other.
pub async fn strangers<const N: usize>(product: &Instance, names: [&str; N]) -> [Actor; N] {
    futures::future::join_all(names.map(|name| Actor::signup(product, name)))
        .await
        .try_into()
        .unwrap_or_else(|_| panic!("as many actors as names"))
}

/// Signs up people, of whom the first is everybody's friend.
pub async fn friends<const N: usize>(product: &Instance, names: [&str; N]) -> [Actor; N] {
    let actors = strangers(product, names).await;
    if let [first, others @ ..] = actors.as_slice() {
        futures::future::join_all(others.iter().map(|other| first.befriend(other))).await;
    }
    actors
}

impl Actor {
    /// Signs up somebody whose handle begins with `name`.
    pub async fn signup(product: &Instance, name: &str) -> Self {
        let handle = crate::unique(name);
        let email = format!("{handle}@example.com");
        Self::signup_as(product, name, (&handle, &email)).await
    }

    /// Signs up somebody with this handle and e-mail address.
    pub async fn signup_as(product: &Instance, name: &str, (handle, email): (&str, &str)) -> Self {
        let http = Http::anonymous(product);
        let body = json!({"email": email, "password": PASSWORD, "handle": handle, "displayName": name});
        let signed = http.post("/api/auth/signup", body).await.is(201);
        Self::signed(&http, &signed, email, PASSWORD)
    }

    /// Signs in again: another session of the same person.
    pub async fn another_device(&self) -> Self {
        let body = json!({"login": self.email, "password": self.password, "device": "another"});
        let signed = self.http.post("/api/auth/signin", body).await.is(200);
        Self::signed(&self.http, &signed, &self.email, &self.password)
    }

    fn signed(http: &Http, signed: &Value, email: &str, password: &str) -> Self {
        Self {
            http: http.with_token(&signed.text("accessToken")),
            id: signed.text("user.id"),
            handle: signed.text("user.handle"),
            email: email.to_owned(),
            password: password.to_owned(),
            refresh: signed.text("refreshToken"),
        }
    }

    /// Becomes friends with `other`: asks, and the other accepts.
    pub async fn befriend(&self, other: &Self) {
        let request = self
            .post("/api/friendships/requests", json!({"userId": other.id}))
            .await
            .is(201);
        other
            .post_empty(&format!("/api/friendships/requests/{}/accept", request.text("id")))
            .await
            .is(200);
    }

    /// Opens the direct room with `other`.
    pub async fn direct(&self, other: &Self) -> String {
        let reply = self
            .post("/api/chat/rooms", json!({"kind": "direct", "memberIds": [other.id]}))
            .await;
        assert!(matches!(reply.status, 200 | 201), "{}", reply.text);
        reply.json().text("id")
    }

    /// Opens a group room with `others`.
    pub async fn group(&self, others: &[&Self]) -> String {
        self.group_with(others, json!({})).await
    }

    /// Opens a group room with `others` and `more` fields, such as `agentIds`.
    pub async fn group_with(&self, others: &[&Self], more: Value) -> String {
        let ids: Vec<_> = others.iter().map(|other| &other.id).collect();
        let mut body = json!({"kind": "group", "title": "A room", "memberIds": ids});
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        self.post("/api/chat/rooms", body).await.is(201).text("id")
    }

    /// Finds the id of an agent by its handle.
    pub async fn agent(&self, handle: &str) -> String {
        let agents = self.get("/api/agents").await.is(200).list("items");
        let agent = agents.iter().find(|agent| agent.has("handle", handle));
        agent
            .unwrap_or_else(|| panic!("no agent {handle} in {agents:?}"))
            .text("id")
    }

    /// Reads a room as this person sees it.
    pub async fn room(&self, room: &str) -> Value {
        self.get(&format!("/api/chat/rooms/{room}")).await.is(200)
    }

    /// Sends a message and gives it as it was stored.
    pub async fn say(&self, room: &str, text: &str) -> Value {
        self.send(room, &client_id(), text).await.is(201)
    }

    /// Sends a message as the answer to another.
    pub async fn reply(&self, room: &str, to: &Value, text: &str) -> Value {
        let body = json!({"clientId": client_id(), "text": text, "replyTo": to.text("id")});
        self.post(&messages(room), body).await.is(201)
    }

    /// Sends a message under a client id and gives whatever comes.
    pub async fn send(&self, room: &str, client_id: &str, text: &str) -> Reply {
        self.post(&messages(room), json!({"clientId": client_id, "text": text}))
            .await
    }

    /// Moves the read marker and gives the answer.
    pub async fn read(&self, room: &str, seq: u64) -> Value {
        self.put(&format!("/api/chat/rooms/{room}/read"), json!({"seq": seq}))
            .await
            .is(200)
    }

    /// Pages through all messages of a room, oldest first.
    pub async fn history(&self, room: &str) -> Vec<Value> {
        oracle::history(self, room, 0).await
    }
}

fn messages(room: &str) -> String {
    format!("/api/chat/rooms/{room}/messages")
}

fn client_id() -> String {
    crate::unknown_id()
}

//! Input that is wrong gets the answer that the wire promises, and never a 500.

use blackbox::{Actor, Field as _, Http, Instance, Reply, friends};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn broken_json_is_400_another_type_415_and_a_huge_body_413() {
    let product = Instance::shared();
    let ada = Actor::signup(product, "ada").await;
    let to = |path: &str, kind: &str, body: String| {
        Reply::of(ada.request(Method::POST, path).header("content-type", kind).body(body))
    };
    for path in ["/api/auth/signin", "/api/chat/rooms", "/api/friendships/requests"] {
        to(path, "application/json", "{\"login\": ".into()).await.fails(400);
        to(path, "application/json", String::new()).await.fails(400);
        to(path, "text/plain", "{}".into()).await.fails(415);
        to(path, "application/x-www-form-urlencoded", "a=b".into())
            .await
            .fails(415);
        to(
            path,
            "application/json",
            format!("{{\"login\": \"{}\"}}", "x".repeat(3 * 1024 * 1024)),
        )
        .await
        .fails(413);
    }
}

#[tokio::test]
async fn unknown_fields_are_named() {
    let product = Instance::shared();
    let [ada, bob] = friends(product, ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    let signup = json!({"email": "x@example.com", "password": "long enough 1", "handle": "xxx_x", "displayName": "X", "role": "admin"});
    ada.post("/api/auth/signup", signup).await.blames("role");
    ada.patch("/api/users/me", json!({"id": bob.id})).await.blames("id");
    ada.patch("/api/users/me", json!({"emailVerified": true}))
        .await
        .blames("emailVerified");
    let message = json!({"clientId": "c", "text": "t", "origin": "agent"});
    ada.post(&format!("/api/chat/rooms/{room}/messages"), message)
        .await
        .blames("origin");
    ada.post(
        "/api/chat/rooms",
        json!({"kind": "group", "title": "t", "memberIds": [], "epoch": 9}),
    )
    .await
    .blames("epoch");
}

#[tokio::test]
async fn wrong_fields_of_a_sign_up_are_named() {
    let http = Http::anonymous(Instance::shared());
    let good =
        json!({"email": "ok@example.com", "password": "long enough 1", "handle": "ok_handle", "displayName": "Ok"});
    let wrong = [
        ("email", json!("no-address")),
        ("email", json!({"$gt": ""})),
        ("password", json!("short")),
        ("password", json!("x".repeat(129))),
        ("password", json!("x".repeat(200 * 1024))),
        ("handle", json!("no")),
        ("handle", json!("With Spaces!")),
        ("displayName", json!("")),
        ("displayName", json!("x".repeat(61))),
        ("displayName", json!(17)),
        ("displayName", Value::Null),
    ];
    for (field, value) in wrong {
        let mut body = good.clone();
        body[field] = value;
        http.post("/api/auth/signup", body).await.blames(field);
    }
}

#[tokio::test]
async fn a_password_of_a_mebibyte_is_refused_unread() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let body = json!({"login": ada.email, "password": "x".repeat(1024 * 1024)});
    let reply = ada.post("/api/auth/signin", body).await;
    assert!(matches!(reply.status, 413 | 422), "{}", reply.status);
    let body = json!({"login": ada.email, "password": "x".repeat(100 * 1024)});
    ada.post("/api/auth/signin", body).await.fails(422);
}

#[tokio::test]
async fn wrong_fields_of_a_message_are_refused() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let path = format!("/api/chat/rooms/{}/messages", ada.group(&[&bob]).await);
    let wrong = [
        json!({"text": "no client id"}),
        json!({"clientId": "", "text": "t"}),
        json!({"clientId": "c".repeat(65), "text": "t"}),
        json!({"clientId": "c", "text": ""}),
        json!({"clientId": "c", "text": "t".repeat(8001)}),
        json!({"clientId": "c", "text": ["t"]}),
        json!({"clientId": "c", "text": "t", "replyTo": "not-an-id"}),
        json!(["clientId", "text"]),
        json!("text"),
    ];
    for body in wrong {
        let reply = ada.post(&path, body.clone()).await;
        assert_eq!(reply.status, 422, "{body} -> {}", reply.text);
    }
    ada.post(&path, json!({"clientId": "c", "text": "ü".repeat(8000)}))
        .await
        .is(201);
}

#[tokio::test]
async fn ids_that_are_none_are_404_and_bad_queries_422() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let bad_ids = [
        "not-a-uuid",
        "1",
        "*",
        "..%2f..%2fetc",
        "%00",
        "%7B%22$gt%22:%22%22%7D",
        "live.room.>",
    ];
    for id in bad_ids {
        ada.get(&format!("/api/chat/rooms/{id}")).await.fails(404);
        ada.get(&format!("/api/users/{id}")).await.fails(404);
        ada.delete(&format!("/api/friendships/{id}")).await.fails(404);
        ada.get(&format!("/api/agents/{id}")).await.fails(404);
    }
    for path in [
        "/api/chat/rooms?limit=many",
        "/api/friendships?limit=-1",
        "/api/agents?limit=1.5",
    ] {
        ada.get(path).await.fails(422);
    }
    let cursor = ada.get("/api/chat/rooms?cursor=made-up").await;
    assert!(matches!(cursor.status, 400 | 422), "{}: {}", cursor.status, cursor.text);
    ada.get("/api/nothing/here").await.fails(404);
    ada.put("/api/auth/signin", json!({})).await.fails(405);
}

#[tokio::test]
async fn a_search_text_is_only_text() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    for text in [
        "(a%2B)%2B%24",
        ".*",
        "%22",
        "'%20OR%201=1--",
        "NEAR(",
        "*",
        "%25",
        "a%20AND",
        "%F0%9F%91%8D",
    ] {
        for path in [format!("/api/chat/search?q={text}"), format!("/api/users?query={text}")] {
            let reply = ada.get(&path).await;
            assert!(
                matches!(reply.status, 200 | 400 | 422),
                "{path}: {} {}",
                reply.status,
                reply.text
            );
        }
    }
}

#[tokio::test]
async fn a_request_id_is_returned_when_it_is_decent_and_replaced_otherwise() {
    let http = Http::anonymous(Instance::shared());
    let ask = async |id: &str| {
        let reply = Reply::of(http.request(Method::GET, "/api/users/me").header("x-request-id", id)).await;
        let shown = reply.fails(401).text("requestId");
        assert_eq!(reply.header("x-request-id"), shown);
        shown
    };
    assert_eq!(ask("my-request_1.2").await, "my-request_1.2");
    assert_ne!(ask("spaces are bad").await, "spaces are bad");
    assert_ne!(ask(&"x".repeat(65)).await, "x".repeat(65));
    assert!(!http.get("/healthz").await.header("x-request-id").is_empty());
}

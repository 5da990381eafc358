//! What the owner gets of a request, and the client of its answer.

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::stage::{Gateway, Replica, client};

/// Tells what it got.
async fn mirror(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let headers = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.to_string(), Value::from(value.to_str().unwrap()))
    };
    let got = json!({
        "method": parts.method.as_str(),
        "uri": parts.uri.to_string(),
        "headers": parts.headers.iter().map(headers).collect::<serde_json::Map<_, _>>(),
        "body": String::from_utf8_lossy(&body),
    });
    let mut answer = axum::Json(got).into_response();
    for (name, value) in [
        ("x-own", "1"),
        ("connection", "x-hop"),
        ("x-hop", "1"),
        ("keep-alive", "timeout=5"),
    ] {
        answer.headers_mut().insert(name, value.parse().unwrap());
    }
    *answer.status_mut() = axum::http::StatusCode::IM_A_TEAPOT;
    answer
}

async fn stage() -> (Gateway, Replica) {
    let replica = Replica::start(Router::new().fallback(mirror)).await;
    (Gateway::at(&[replica.address]).await, replica)
}

#[tokio::test]
async fn method_path_query_headers_body_and_status_pass() {
    let (gateway, _replica) = stage().await;
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let request = client()
            .request(
                method.parse().unwrap(),
                gateway.url("/api/chat/rooms/%F0%9F%91%8D/x?q=a%20b&c"),
            )
            .header("authorization", "Bearer sk-aichat-x")
            .header("accept-language", "de")
            .body("a body");
        let answer = request.send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["x-own"]),
            (418, &"1".parse().unwrap())
        );
        let got: Value = answer.json().await.unwrap();
        assert_eq!(got["method"], method);
        assert_eq!(got["uri"], "/api/chat/rooms/%F0%9F%91%8D/x?q=a%20b&c");
        assert_eq!(got["body"], "a body");
        assert_eq!(got["headers"]["authorization"], "Bearer sk-aichat-x");
        assert_eq!(got["headers"]["accept-language"], "de");
        assert_eq!(got["headers"]["host"], gateway.address.to_string());
    }
}

#[tokio::test]
async fn what_belongs_to_a_connection_stays_there_and_what_the_gateway_knows_is_added() {
    let (gateway, _replica) = stage().await;
    let request = client()
        .get(gateway.url("/v1/models"))
        .header("connection", "x-secret-hop")
        .header("x-secret-hop", "1")
        .header("te", "trailers")
        .header("x-internal-role", "forged")
        .header("x-user-id", "forged")
        .header("x-forwarded-for", "198.51.100.7, 203.0.113.9, 127.0.0.1")
        .header("x-request-id", "my-request");
    let answer = request.send().await.unwrap();
    for gone in ["connection", "x-hop", "keep-alive"] {
        assert!(!answer.headers().contains_key(gone), "{gone} came back");
    }
    assert_eq!(answer.headers()["x-request-id"], "my-request");
    let got: Value = answer.json().await.unwrap();
    for gone in ["connection", "x-secret-hop", "te", "x-internal-role", "x-user-id"] {
        assert!(got["headers"].get(gone).is_none(), "{gone} passed");
    }
    assert_eq!(got["headers"]["x-request-id"], "my-request");
    // The nearest hop that is no proxy of ours, and nothing that the client made up before it.
    assert_eq!(got["headers"]["x-forwarded-for"], "203.0.113.9");
    assert_eq!(got["headers"]["traceparent"].as_str().unwrap().len(), 55);
}

#[tokio::test]
async fn the_operators_own_machine_stays_uncounted_and_owners_learn_the_deadline() {
    let (gateway, _replica) = stage().await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let request = client().get(gateway.url("/api/users/me")).header("traceparent", trace);
    let got: Value = request.send().await.unwrap().json().await.unwrap();
    assert!(got["headers"].get("x-forwarded-for").is_none());
    let passed_on = got["headers"]["traceparent"].as_str().unwrap();
    assert_eq!(
        (&passed_on[..36], &passed_on[52..]),
        (&trace[..36], &trace[52..]),
        "the same trace"
    );
    assert_ne!(passed_on, trace, "the door is the parent");
    let left: u64 = got["headers"]["x-internal-deadline-ms"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((20_000..=30_000).contains(&left), "{left}");
}

#[tokio::test]
async fn nothing_internal_passes_and_what_nobody_owns_is_not_found() {
    let (gateway, _replica) = stage().await;
    for path in [
        "/internal/chat/send",
        "/internal",
        "/metrics",
        "/api/unknown",
        "/api/chats",
        "/api/chat/..%2f",
    ] {
        let answer = client().get(gateway.url(path)).send().await.unwrap();
        if path == "/api/chat/..%2f" {
            // Not decoded by anybody, so that it climbs nowhere: the owner says that there is nothing.
            assert_eq!(answer.status(), 418);
            continue;
        }
        assert_eq!(answer.status(), 404, "{path}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], "route.not_found", "{path}");
    }
    // Clients tidy such a path up before they send it.
    let answer = raw(
        &gateway,
        "GET /api/chat/../../internal/x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}

#[tokio::test]
async fn the_edge_is_the_same_as_in_one_process() {
    let (gateway, _replica) = stage().await;
    let request = client()
        .get(gateway.url("/api/users"))
        .header("origin", "http://localhost:3000");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["access-control-allow-origin"], "http://localhost:3000");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let page = client().get(gateway.url("/")).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("alive"));
}

/// Sends bytes as they are and reads until the end.
async fn raw(gateway: &Gateway, request: &str) -> String {
    let mut io = TcpStream::connect(gateway.address).await.unwrap();
    io.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    io.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn headers_survive_a_client_of_http_1_0_and_one_that_names_the_whole_url() {
    let (gateway, _replica) = stage().await;
    for request in [
        "GET /api/users?x=1 HTTP/1.0\r\n\r\n",
        "GET http://elsewhere/api/users?x=1 HTTP/1.1\r\nhost: elsewhere\r\nconnection: close\r\n\r\n",
    ] {
        let answer = raw(&gateway, request).await;
        assert!(
            answer.contains(" 418 ") && answer.contains(r#""uri":"/api/users?x=1""#),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn an_answer_without_a_body_passes_as_one() {
    let owner = Router::new().fallback(async |headers: HeaderMap| {
        assert!(!headers.contains_key("transfer-encoding"));
        axum::http::StatusCode::NO_CONTENT
    });
    let replica = Replica::start(owner).await;
    let gateway = Gateway::at(&[replica.address]).await;
    for _ in 0..3 {
        let answer = client().delete(gateway.url("/api/friendships/1")).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.bytes().await.unwrap().len()),
            (204, 0)
        );
    }
}

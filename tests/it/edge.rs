//! The outside of the process: the first page, the documents, health, and a gentle end.

use std::collections::BTreeSet;
use std::time::Duration;

use blackbox::{Actor, Field as _, Http, Instance, Socket};
use serde_json::Value;

use crate::routes::WIRE;

const DRAIN_MAX: Duration = Duration::from_secs(10);
/// A cluster ends in so many turns, one after the other.
const TURNS_OF_A_CLUSTER: u32 = 4;
const GOING_AWAY: u16 = 1012;

#[tokio::test]
async fn the_first_page_says_that_it_is_alive_and_links_to_the_documents() {
    let http = Http::anonymous(Instance::shared());
    let page = http.get("/").await;
    page.is(200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text.contains("/api/docs"), "{}", page.text);
    let docs = http.get("/api/docs").await;
    docs.is(200);
    assert!(docs.header("content-type").starts_with("text/html"));
    let foreign = docs.text.contains("src=\"http") || docs.text.contains("href=\"http://");
    assert!(!foreign, "the reader must work without the internet");
}

#[tokio::test]
async fn the_openapi_document_names_every_route_of_the_wire() {
    let document = Http::anonymous(Instance::shared())
        .get("/api/openapi.json")
        .await
        .is(200);
    assert!(document.text("openapi").starts_with("3.1"));
    let info = &document["info"];
    assert!(
        info.has("license.identifier", "Apache-2.0") && info["contact"].is_null(),
        "{info}"
    );
    let described: BTreeSet<_> = crate::routes::operations(&document)
        .map(|operation| format!("{} {}", operation.method, nameless(&operation.path)))
        .collect();
    let wanted = WIRE.lines().map(str::trim).filter(|line| !line.is_empty());
    let missing: Vec<_> = wanted.filter(|route| !described.contains(*route)).collect();
    assert!(missing.is_empty(), "not in /api/openapi.json:\n{}", missing.join("\n"));
}

#[tokio::test]
async fn the_document_gives_each_body_its_own_shape() {
    let document = Http::anonymous(Instance::shared())
        .get("/api/openapi.json")
        .await
        .is(200);
    for (path, name, field) in [
        ("/api/users/me", "ProfileEdit", "privacy"),
        ("/api/agents/{id}", "AgentEdit", "persona"),
    ] {
        let body = &document["paths"][path]["patch"]["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(body["$ref"], format!("#/components/schemas/{name}"), "{path}");
        assert!(
            document["components"]["schemas"][name]["properties"][field].is_object(),
            "{name}"
        );
    }
}

/// Makes `/rooms/{roomId}` and `/rooms/{id}` the same.
fn nameless(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "{}" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn health_readiness_and_metrics_are_public() {
    let http = Http::anonymous(Instance::shared());
    http.get("/healthz").await.is(200);
    http.get("/readyz").await.is(200);
    let metrics = http.get("/metrics").await;
    metrics.is(200);
    assert!(metrics.text.contains("# TYPE "), "{}", metrics.text);
    let keys = http.get("/.well-known/jwks.json").await.is(200).list("keys");
    assert!(
        keys.iter()
            .all(|key| key.has("kty", "OKP") && key.has("crv", "Ed25519")),
        "{keys:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_tells_the_sockets_and_ends_within_ten_seconds() {
    let Some(mut product) = Instance::own() else { return };
    let ada = Actor::signup(&product, "ada").await;
    let room = ada.group(&[]).await;
    let sockets = [Socket::in_room(&ada, &room).await, Socket::open(&ada).await];
    product.terminate();
    for socket in sockets {
        assert_eq!(socket.close_code().await, GOING_AWAY);
        let told = socket
            .frames()
            .into_iter()
            .find(|frame| frame.has("op", "reconnect"))
            .unwrap();
        assert!(told["afterMs"].is_u64(), "{told}");
    }
    let turns = std::env::var_os("AICHAT_BIN_EACH").map_or(1, |_| TURNS_OF_A_CLUSTER);
    assert!(product.ended_within(DRAIN_MAX * turns).success());
}

#[tokio::test]
async fn a_browser_of_another_site_is_not_let_in_by_cors() {
    let http = Http::anonymous(Instance::shared());
    let request = http
        .request(reqwest::Method::GET, "/api/agents")
        .header("origin", "https://evil.example");
    let reply = blackbox::Reply::of(request).await;
    let allowed = (
        reply.header("access-control-allow-origin"),
        reply.header("access-control-allow-credentials"),
    );
    assert_ne!(allowed, ("https://evil.example", "true"));
    let _: Value = reply.fails(401);
}

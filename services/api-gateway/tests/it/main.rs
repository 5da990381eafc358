//! The door around a route of the test's own, and in front of services in processes of their own.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod app;
mod proxy;

use axum::Router;
use axum::body::Body;
use axum::routing::{get, options, post};
use chassis::http::ClientAddress;
use chassis::{OpenApiRouter, Verifier};
use http::{HeaderMap, Request, Response};
use http_body_util::BodyExt as _;
use testkit::World;
use tower::ServiceExt as _;

async fn door(world: &World, config: api_gateway::Config) -> Router {
    let echo =
        get(|headers: HeaderMap| async move { headers.keys().map(ToString::to_string).collect::<Vec<_>>().join(" ") });
    let slow = get(|| async { tokio::time::sleep(std::time::Duration::from_secs(3600)).await });
    let upload = post(|| async { tokio::time::sleep(std::time::Duration::from_secs(3600)).await });
    let spoken = options(|| async { [("tus-version", "1.0.0")] });
    let film = get(|| async {
        (
            [("accept-ranges", "bytes"), ("content-type", "text/plain")],
            "x".repeat(10_000),
        )
    });
    let routes = OpenApiRouter::new()
        .route("/echo", echo)
        .route("/slow", slow)
        .route("/film", film)
        .route("/api/media", upload)
        .route("/api/media/tus", spoken);
    let deps = api_gateway::Deps {
        verifier: Verifier::new(world.accounts(), world.ephemeral(), world.ambient()),
        ephemeral: world.ephemeral(),
        config,
        version: "0",
    };
    api_gateway::router(vec![routes], deps).unwrap().0
}

async fn ask(router: &Router, request: Request<Body>) -> (Response<()>, String) {
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (
        Response::from_parts(parts, ()),
        String::from_utf8_lossy(&bytes).into_owned(),
    )
}

fn to(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn headers_that_only_our_processes_speak_are_taken_off_and_what_a_caller_says_of_the_cache_is_not() {
    let world = World::new().await;
    let router = door(&world, api_gateway::Config::default()).await;
    let mut request = to("/echo");
    for name in [
        "x-user-id",
        "x-internal-role",
        "x-aichat-user",
        "x-aichat-cache-of",
        "x-harmless",
    ] {
        request.headers_mut().insert(name, "forged".parse().unwrap());
    }
    assert_eq!(ask(&router, request).await.1, "x-harmless");
    let mut request = to("/echo");
    request.headers_mut().insert("x-aichat-cache", "off".parse().unwrap());
    assert_eq!(ask(&router, request).await.1, "x-aichat-cache");
}

#[tokio::test]
async fn an_address_over_its_rate_is_refused_and_told_when_to_come_back_and_others_are_not() {
    let world = World::new().await;
    let config = api_gateway::Config {
        address_requests_burst: 3,
        ..Default::default()
    };
    let router = door(&world, config).await;
    let from = |ip: &str| {
        let mut request = to("/echo");
        request
            .extensions_mut()
            .insert(ClientAddress(Some(ip.parse().unwrap())));
        request
    };
    for _ in 0..3 {
        assert_eq!(ask(&router, from("2001:db8::1")).await.0.status(), 200);
    }
    // The same /64 is the same customer.
    assert_eq!(ask(&router, from("2001:db8::2")).await.0.status(), 429);
    assert_eq!(ask(&router, from("192.0.2.1")).await.0.status(), 200);
    assert_eq!(ask(&router, to("/echo")).await.0.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_begin_in_time_is_a_time_out() {
    let world = World::new().await;
    let router = door(&world, api_gateway::Config::default()).await;
    assert_eq!(ask(&router, to("/slow")).await.0.status(), 504);
}

#[tokio::test(start_paused = true)]
async fn an_upload_may_take_its_time() {
    let world = World::new().await;
    let router = door(&world, api_gateway::Config::default()).await;
    let upload = Request::post("/api/media").body(Body::empty()).unwrap();
    assert_eq!(ask(&router, upload).await.0.status(), 200);
}

#[tokio::test]
async fn a_file_is_handed_out_as_it_is_and_text_is_not() {
    let world = World::new().await;
    let router = door(&world, api_gateway::Config::default()).await;
    for (path, encoded) in [("/film", false), ("/api/openapi.json", true)] {
        let mut request = to(path);
        request.headers_mut().insert("accept-encoding", "gzip".parse().unwrap());
        let head = ask(&router, request).await.0;
        assert_eq!(head.headers().contains_key("content-encoding"), encoded, "{path}");
    }
}

#[tokio::test]
async fn a_tus_client_is_told_what_is_spoken_and_a_browser_what_it_may_send() {
    let world = World::new().await;
    let router = door(&world, api_gateway::Config::default()).await;
    let asked = || Request::options("/api/media/tus").header("origin", "http://localhost:8081");
    let bare = ask(&router, asked().body(Body::empty()).unwrap()).await.0;
    assert_eq!(bare.headers()["tus-version"], "1.0.0");
    let preflight = asked()
        .header("access-control-request-method", "PATCH")
        .body(Body::empty());
    let head = ask(&router, preflight.unwrap()).await.0;
    let may = head.headers()["access-control-allow-headers"].to_str().unwrap();
    assert!(may.contains("upload-offset") && may.contains("tus-resumable"), "{may}");
    assert!(!head.headers().contains_key("tus-version"));
}

#[tokio::test]
async fn the_page_is_alive_links_to_the_reader_and_loads_nothing_from_elsewhere() {
    let world = World::new().await;
    let router = door(&world, api_gateway::Config::default()).await;
    let (head, page) = ask(&router, to("/")).await;
    assert!(
        page.contains("alive") && page.contains("/api/docs") && !page.contains("http://") && !page.contains("https://")
    );
    let policy = head.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'self'"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(head.headers()[name], value);
    }
    let (_, api) = ask(&router, to("/api/openapi.json")).await;
    assert!(api.starts_with(r#"{"openapi":"3.1"#), "{}", &api[..60]);
    assert_eq!(ask(&router, to("/api/docs/")).await.0.status(), 200);
}

#[tokio::test]
async fn another_origins_pages_may_not_read_answers_unless_configured() {
    let world = World::new().await;
    let config = api_gateway::Config {
        cors_origins: vec!["https://app.example.org".into()],
        ..Default::default()
    };
    let router = door(&world, config).await;
    for (origin, allowed) in [
        ("https://app.example.org", true),
        ("http://localhost:8081", true),
        ("https://evil.org", false),
    ] {
        for mut request in [to("/echo"), Request::post("/echo").body(Body::empty()).unwrap()] {
            request.headers_mut().insert("origin", origin.parse().unwrap());
            let answer = ask(&router, request).await.0;
            assert_eq!(
                answer.headers().contains_key("access-control-allow-origin"),
                allowed,
                "{origin}"
            );
        }
    }
    // A cache that keeps an answer keeps it for the pages of all origins.
    assert_eq!(ask(&router, to("/echo")).await.0.headers()["vary"], "origin");
}

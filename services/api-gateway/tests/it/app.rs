//! The web app behind the door: its page for its own paths, its files for ever or not, and nothing of it where services speak.

use axum::Router;
use http::Request;
use testkit::World;

use crate::{ask, door, to};

const PAGE: &str = "<!doctype html><title>app</title>";
const SCRIPT: &str = "/_expo/static/js/web/entry-0123.js";

/// A door whose app is a page, a script with its brotli form, and an icon.
async fn app(world: &World) -> Router {
    let folder = world.path().join("app");
    std::fs::create_dir_all(folder.join("_expo/static/js/web")).unwrap();
    for (name, content) in [
        ("index.html", PAGE),
        (&SCRIPT[1..], "run()"),
        (&format!("{}.br", &SCRIPT[1..]), "smaller"),
        ("favicon.ico", "icon"),
    ] {
        std::fs::write(folder.join(name), content).unwrap();
    }
    let config = api_gateway::Config {
        app_dir: folder,
        ..api_gateway::Config::default()
    };
    door(world, config).await
}

#[tokio::test]
async fn every_path_that_no_service_owns_shows_the_page_which_is_asked_for_again_each_time() {
    let world = World::new().await;
    let door = app(&world).await;
    for path in ["/", "/chats", "/chats/0199-a?from=link", "/home.css"] {
        let (head, body) = ask(&door, to(path)).await;
        assert_eq!((head.status().as_u16(), body.as_str()), (200, PAGE), "{path}");
        assert_eq!(head.headers()["cache-control"], "no-cache");
        let policy = head.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'self';"), "{policy}");
    }
    assert_eq!(ask(&door, to("/favicon.ico")).await.1, "icon");
}

#[tokio::test]
async fn a_file_named_by_its_content_is_kept_for_ever_and_sent_as_small_as_the_asker_takes_it() {
    let world = World::new().await;
    let door = app(&world).await;
    let small = Request::get(SCRIPT).header("accept-encoding", "gzip, br");
    let (head, body) = ask(&door, small.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(
        (head.headers()["content-encoding"].to_str().unwrap(), body.as_str()),
        ("br", "smaller")
    );
    let (head, body) = ask(&door, to(SCRIPT)).await;
    assert_eq!((head.headers().get("content-encoding"), body.as_str()), (None, "run()"));
    assert_eq!(head.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(head.headers()["content-type"], "text/javascript");
}

#[tokio::test]
async fn where_services_speak_and_where_old_scripts_were_the_page_does_not_stand_in() {
    let world = World::new().await;
    let door = app(&world).await;
    for path in [
        "/api/nothing",
        "/v1/nothing",
        "/internal/x",
        "/metrics",
        "/_expo/static/js/web/entry-old.js",
        "/../Cargo.toml",
    ] {
        let (head, body) = ask(&door, to(path)).await;
        assert_eq!((head.status().as_u16(), body.contains("app")), (404, false), "{path}");
    }
    let sent = Request::post("/chats").body(axum::body::Body::empty()).unwrap();
    assert_eq!(ask(&door, sent).await.0.status(), 404);
    assert!(ask(&door, to("/api/openapi.json")).await.1.starts_with("{\"openapi\""));
}

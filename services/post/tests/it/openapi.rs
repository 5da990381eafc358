//! The documentation of the routes.

use serde_json::Value;

use crate::stage::Stage;

#[tokio::test]
async fn every_route_of_the_wire_is_documented_with_its_successes() {
    let stage = Stage::open().await;
    let api = post::service(&stage.posts).routes.into_openapi();
    let api: Value = serde_json::to_value(api).unwrap();
    let mut routes: Vec<String> = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let statuses: Vec<&str> = operation["responses"]
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            let path = path.trim_start_matches("/api/posts");
            routes.push(format!("{method} {path} {}", statuses.join(" ")));
        }
    }
    routes.sort();
    let expected = [
        "delete /{id} 204",
        "delete /{id}/comments/{commentId} 204",
        "delete /{id}/reactions/{kind} 200 204",
        "delete /{id}/shares 204",
        "get  200",
        "get /moderation 200",
        "get /{id} 200",
        "get /{id}/comments 200",
        "get /{id}/history 200",
        "get /{id}/reactions 200",
        "patch /{id} 200",
        "patch /{id}/comments/{commentId} 200",
        "post  200 201",
        "post /moderation/{subject}/decide 200",
        "post /{id}/comments 200 201",
        "post /{id}/comments/{commentId}/reports 202",
        "post /{id}/reports 202",
        "post /{id}/shares 200 201",
        "put /{id}/reactions/{kind} 200",
    ];
    assert_eq!(routes, expected);
}

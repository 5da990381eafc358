//! The documentation of the routes.

use serde_json::Value;

use crate::stage::Stage;

#[tokio::test]
async fn every_route_of_the_wire_is_documented_with_its_successes() {
    let stage = Stage::open().await;
    let api = chat::service(&stage.chat).routes.into_openapi();
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
            routes.push(format!(
                "{method} {} {}",
                path.trim_start_matches("/api/chat"),
                statuses.join(" ")
            ));
        }
    }
    routes.sort();
    let expected = [
        "delete /rooms/{id} 204",
        "delete /rooms/{id}/agents/{agentId} 204",
        "delete /rooms/{id}/members/{userId} 204",
        "delete /rooms/{id}/messages/{messageId} 204",
        "delete /rooms/{id}/messages/{messageId}/pin 204",
        "delete /rooms/{id}/messages/{messageId}/reactions/{emoji} 200",
        "get /rooms 200",
        "get /rooms/{id} 200",
        "get /rooms/{id}/attachments 200",
        "get /rooms/{id}/messages 200",
        "get /search 200",
        "patch /rooms/{id} 200",
        "patch /rooms/{id}/messages/{messageId} 200",
        "post /rooms 200 201",
        "post /rooms/{id}/messages 200 201",
        "put /rooms/{id}/agents/{agentId} 200",
        "put /rooms/{id}/members/{userId} 200 201",
        "put /rooms/{id}/messages/{messageId}/pin 204",
        "put /rooms/{id}/messages/{messageId}/reactions/{emoji} 200",
        "put /rooms/{id}/read 200",
    ];
    assert_eq!(routes, expected);
}

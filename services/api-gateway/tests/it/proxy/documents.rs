//! The product's OpenAPI document is put together from the services'.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::stage::{Gateway, Setting, client, table};

fn part(path: &str, method: &str, schema: &str) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "the product", "version": ""},
        "paths": {path: {method: {"responses": {"200": {"description": ""}}}}},
        // A schema that utoipa writes but does not read.
        "components": {"schemas": {
            "Problem": {"type": "object"},
            schema: {"type": "object", "properties": {"any": {"description": "anything"}}},
        }},
    })
}

#[tokio::test]
async fn the_services_parts_are_merged_and_one_that_is_silent_is_left_out() {
    let nobody = "127.0.0.1:9".parse().unwrap();
    let setting = Setting {
        documents: BTreeMap::from([
            ("auth".to_owned(), part("/api/auth/sessions", "get", "Session")),
            ("chat".to_owned(), part("/api/chat/rooms", "get", "Room")),
            ("user".to_owned(), part("/api/chat/rooms", "put", "Profile")),
        ]),
        ..Setting::default()
    };
    let gateway = Gateway::with(table(&[nobody]), setting).await;
    let answer = client().get(gateway.url("/api/openapi.json")).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    let whole: Value = answer.json().await.unwrap();
    let paths: Vec<&String> = whole["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/api/auth/sessions", "/api/chat/rooms"]);
    for schema in ["Session", "Room", "Profile", "Problem"] {
        assert!(whole["components"]["schemas"].get(schema).is_some(), "{schema}");
    }
    assert_eq!(whole["info"]["version"], "7");
    assert_eq!(whole["openapi"], "3.1.0");
    let methods: Vec<&String> = whole["paths"]["/api/chat/rooms"].as_object().unwrap().keys().collect();
    assert_eq!(methods, ["get", "put"]);
    assert_eq!(
        whole["components"]["schemas"]["Room"]["properties"]["any"]["description"],
        "anything"
    );
    let reader = client().get(gateway.url("/api/docs/")).send().await.unwrap();
    assert_eq!(reader.status(), 200);
}

#[tokio::test]
async fn without_any_part_there_is_no_document_yet() {
    let gateway = Gateway::at(&["127.0.0.1:9".parse().unwrap()]).await;
    let answer = client().get(gateway.url("/api/openapi.json")).send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
}

//! Every route, generated from the OpenAPI document: who is not let in, and that nothing breaks.

use blackbox::{Actor, Field as _, Http, Instance, Reply, friends};
use reqwest::Method;
use serde_json::{Map, Value, json};

/// The routes of docs/api-design.md.
pub const WIRE: &str = include_str!("wire.txt");

/// Parameters of a path that are no ids.
const NAMES: [&str; 4] = ["{emoji}", "{handle}", "{kind}", "{subject}"];
const VERBS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

/// One operation of the document.
pub struct Operation {
    pub method: Method,
    pub path: String,
    body: Option<Value>,
}

/// Lists the operations with a body that fits their schema.
pub fn operations(document: &Value) -> impl Iterator<Item = Operation> {
    let paths = document["paths"].as_object().unwrap();
    paths.iter().flat_map(move |(path, verbs)| {
        VERBS.iter().filter_map(move |verb| {
            let schema = &verbs.get(verb)?["requestBody"]["content"]["application/json"]["schema"];
            let body = (!schema.is_null()).then(|| example(document, schema));
            Some(Operation {
                method: verb.to_uppercase().parse().unwrap(),
                path: path.clone(),
                body,
            })
        })
    })
}

#[tokio::test]
async fn no_route_with_an_id_answers_the_anonymous() {
    let http = Http::anonymous(Instance::shared());
    // A webhook is proven by its signature, and a provider that is not there is no secret; the address of a file by its own; who
    // shows a picture as theirs shows it to everybody.
    let by_token = |operation: &Operation| {
        let open = ["/api/media/{id}/content", "/api/media/{id}/avatar"];
        !operation.path.starts_with("/api/payments/webhooks/") && !open.contains(&&*operation.path)
    };
    for operation in with_ids(&http).await.into_iter().filter(by_token) {
        let reply = operation.ask(&http, &random_ids(&operation.path)).await;
        assert_eq!(
            reply.status, 401,
            "{} {}: {}",
            operation.method, operation.path, reply.text
        );
        reply.fails(401);
    }
}

#[tokio::test]
async fn no_route_answers_for_an_id_that_does_not_exist_or_is_none() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    for operation in with_ids(&ada).await {
        let reply = operation.ask(&ada, &random_ids(&operation.path)).await;
        let quiet = reply.status == 204 && reply.text.is_empty();
        let refused = (400..500).contains(&reply.status) && !matches!(reply.status, 401 | 405);
        assert!(
            quiet || refused,
            "{} {}: {} {}",
            operation.method,
            operation.path,
            reply.status,
            reply.text
        );
        let reply = operation
            .ask(&ada, &filled(&operation.path, |_| "not-a-uuid".into()))
            .await;
        assert_eq!(
            reply.status, 404,
            "{} {}: {}",
            operation.method, operation.path, reply.text
        );
    }
}

#[tokio::test]
async fn every_route_of_a_room_is_404_for_a_stranger_and_an_ex_member() {
    let [ada, bob, mallory] = friends(Instance::shared(), ["ada", "bob", "mallory"]).await;
    let sage = ada.agent("sage").await;
    let room = ada.group_with(&[&bob], json!({"agentIds": [sage]})).await;
    let message = ada.say(&room, "private").await.text("id");
    bob.delete(&format!("/api/chat/rooms/{room}/members/{}", bob.id))
        .await
        .is(204);
    let of_rooms = |operation: &Operation| operation.path.contains("/rooms/{");
    for operation in with_ids(&ada).await.into_iter().filter(of_rooms) {
        let path = filled(&operation.path, |before| match before {
            "rooms" => room.clone(),
            "messages" => message.clone(),
            "members" => ada.id.clone(),
            "agents" => sage.clone(),
            _ => blackbox::unknown_id(),
        });
        for outsider in [&bob, &mallory] {
            let reply = operation.ask(outsider, &path).await;
            assert_eq!(
                reply.status, 404,
                "{} {}: {}",
                operation.method, operation.path, reply.text
            );
        }
    }
    assert_eq!(ada.room(&room).await.list("members").len(), 1);
}

async fn with_ids(http: &Http) -> Vec<Operation> {
    let document = http.get("/api/openapi.json").await.is(200);
    let has_id = |operation: &Operation| operation.path.split('/').any(is_id);
    let found: Vec<_> = operations(&document).filter(has_id).collect();
    assert!(found.len() >= 30, "only {} routes with ids", found.len());
    found
}

impl Operation {
    async fn ask(&self, http: &Http, path: &str) -> Reply {
        // Which messages is asked before anything else.
        let asked = match path.ends_with("/attachments") {
            true => format!("{path}?messages={}", blackbox::unknown_id()),
            false => path.to_owned(),
        };
        // Without its version tus looks at nothing else.
        let request = http
            .request(self.method.clone(), &asked)
            .header("tus-resumable", "1.0.0");
        Reply::of(match &self.body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }
}

fn is_id(part: &str) -> bool {
    part.starts_with('{') && !NAMES.contains(&part)
}

fn random_ids(path: &str) -> String {
    filled(path, |_| blackbox::unknown_id())
}

/// Puts an id for each parameter; `id` is given the part before it.
fn filled(path: &str, id: impl Fn(&str) -> String) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.split('/') {
        let filled = match part {
            "{emoji}" => "👍".to_owned(),
            "{handle}" => "nobody_here".to_owned(),
            "{kind}" => "like".to_owned(),
            "{subject}" => format!("post:{}", blackbox::unknown_id()),
            part if is_id(part) => id(parts.last().map_or("", String::as_str)),
            part => part.to_owned(),
        };
        parts.push(filled);
    }
    parts.join("/")
}

/// Makes the smallest value that fits a schema.
fn example(document: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        return example(document, document.pointer(name.trim_start_matches('#')).unwrap());
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(first) = schema[choice]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["type"] != "null"))
        {
            return example(document, first);
        }
    }
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    let kind = schema["type"]
        .as_array()
        .and_then(|kinds| kinds.first())
        .unwrap_or(&schema["type"]);
    match kind.as_str().unwrap_or("object") {
        "string" => json!(text(schema)),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(true),
        "array" => {
            let fewest = schema["minItems"].as_u64().unwrap_or(0);
            (0..fewest).map(|_| example(document, &schema["items"])).collect()
        }
        _ => object(document, schema),
    }
}

fn object(document: &Value, schema: &Value) -> Value {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let fields = required.iter().filter_map(Value::as_str);
    let fields: Map<_, _> = fields
        .map(|name| (name.to_owned(), example(document, &schema["properties"][name])))
        .collect();
    Value::Object(fields)
}

fn text(schema: &Value) -> String {
    match schema["format"].as_str() {
        Some("uuid") => blackbox::unknown_id(),
        Some("email") => "somebody@example.com".to_owned(),
        _ => "a".repeat(schema["minLength"].as_u64().unwrap_or(1).max(1) as usize),
    }
}

//! Owns what all routes' documentation has in common: the failures that any request may meet, the bearer scheme and
//! the title. A handler documents only what is its own.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, License, OpenApi, Ref, RefOr, Response, ResponseBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::ProblemBody;

/// The extension that marks an operation as open to the unauthenticated: `security(())` in its attribute.
fn is_public(operation: &Operation) -> bool {
    operation
        .security
        .as_ref()
        .is_some_and(|s| s.iter().all(|r| r == &utoipa::openapi::SecurityRequirement::default()))
}

/// Completes the documentation of the whole product.
pub fn finish(mut api: OpenApi, version: &str) -> OpenApi {
    api.info.title = "AI Chat Distributed".into();
    api.info.version = version.into();
    api.info.description = Some("People and AI agents in the same rooms. Rules: docs/api-design.md.".into());
    // The library puts its own author and license there.
    api.info.contact = None;
    let mut license = License::new("Apache-2.0");
    license.identifier = Some("Apache-2.0".into());
    api.info.license = Some(license);
    let components = api.components.get_or_insert_default();
    let mut schemas: Vec<(String, RefOr<Schema>)> = vec![("Problem".into(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    components
        .security_schemes
        .insert("bearer".into(), RefOr::T(SecurityScheme::Http(bearer)));
    for (path, item) in &mut api.paths.paths {
        let has_id = path.contains('{');
        for operation in [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
            &mut item.head,
        ]
        .into_iter()
        .flatten()
        {
            complete(operation, has_id);
        }
    }
    api
}

fn complete(operation: &mut Operation, has_id: bool) {
    let body = operation.request_body.is_some();
    let public = is_public(operation);
    if operation.security.is_none() {
        operation.security = Some(vec![utoipa::openapi::SecurityRequirement::new(
            "bearer",
            Vec::<String>::new(),
        )]);
    }
    let parameters = operation.parameters.as_ref().is_some_and(|p| !p.is_empty());
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            if response.description.is_empty() {
                response.description = success(status).into();
            }
            // OpenAPI has no words for the events of a stream: a schema here would speak of each event as an object.
            if let Some(stream) = response.content.get_mut("text/event-stream") {
                *stream = RefOr::T(Content::new::<RefOr<Schema>>(None));
            }
        }
    }
    let failures: [(u16, &str, bool); 13] = [
        (400, "The request cannot be read.", true),
        (401, "No access token that holds.", !public),
        (403, "Not allowed to this role.", !public),
        (
            404,
            "Not there, or not for the caller's eyes.",
            has_id || body || parameters,
        ),
        (409, "The state of things does not allow it.", body || has_id),
        (412, "`If-Match` names an older version.", has_id || body),
        (413, "The body is too large.", body),
        (415, "Send application/json.", body),
        (
            422,
            "A field is wrong or unknown; `errors` names it.",
            body || parameters,
        ),
        (429, "Too many requests; see `Retry-After`.", true),
        (500, "A defect of ours; it has been logged.", true),
        (503, "For now not to be had; see `Retry-After`.", true),
        (504, "It took too long.", true),
    ];
    for (status, words, applies) in failures {
        if applies {
            operation
                .responses
                .responses
                .entry(status.to_string())
                .or_insert_with(|| RefOr::T(problem(words)));
        }
    }
}

/// Words for a success that its handler did not describe; OpenAPI wants some.
fn success(status: &str) -> &'static str {
    match status {
        "101" => "The connection speaks WebSocket from here on.",
        "201" => "Made.",
        "202" => "Accepted; it will be done.",
        "204" => "Done; there is nothing to say.",
        _ => "Here it is.",
    }
}

fn problem(words: &str) -> Response {
    let content = Content::new(Some(RefOr::<Schema>::Ref(Ref::from_schema_name("Problem"))));
    ResponseBuilder::new()
        .description(words)
        .content("application/problem+json", content)
        .build()
}

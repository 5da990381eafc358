//! Owns what the door itself shows: the OpenAPI document, its reader, and the plain page at `/` where the app was not built.

use std::path::Path;

use axum::Router;
use axum::response::{Html, IntoResponse};
use axum::routing::{MethodRouter, get};
use bytes::Bytes;
use http::header;

use crate::app;

const HOME: &str = include_str!("../assets/home.html");
const STYLE: &str = include_str!("../assets/home.css");

/// Answers with a document that stays as it is.
pub(crate) fn document(document: Bytes) -> MethodRouter {
    get(move || {
        let document = document.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], document) }
    })
}

/// Returns what answers where no service owns the path: the app in `folder`, or the plain page.
pub(crate) fn front(folder: &Path) -> Router {
    app::routes(folder).unwrap_or_else(|| {
        Router::new().route("/", get(|| async { Html(HOME) })).route(
            "/home.css",
            get(|| async { ([(header::CONTENT_TYPE, "text/css")], STYLE).into_response() }),
        )
    })
}

/// Returns the pages about the API; `document` answers with the product's OpenAPI.
pub(crate) fn routes(document: MethodRouter) -> Router {
    // The reader is Swagger UI, served from the binary itself: it asks nobody else for anything.
    let reader =
        utoipa_swagger_ui::SwaggerUi::new("/api/docs").config(utoipa_swagger_ui::Config::from("/api/openapi.json"));
    Router::new().route("/api/openapi.json", document).merge(reader)
}

//! Owns the web app as it was built: its files, compressed beforehand, and its one page for every path that no service owns.
//! Refuses to know what the app does.

use std::path::Path;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, Method, StatusCode, header};
use tower::ServiceExt as _;
use tower_http::services::{ServeDir, ServeFile};

use crate::table::{is_under, may_pass};

/// The page of the app, within its folder.
const PAGE: &str = "index.html";
/// Folders of the export whose files are named by what is in them, so that they never change.
const NAMED_BY_CONTENT: &[&str] = &["/_expo/static", "/assets"];
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// Beginnings of paths that are never the app's: a mistake there is told as one.
const SPOKEN: &[&str] = &["/api", "/v1", "/realtime", "/.well-known"];
/// What the browser may do with the app: scripts, calls and sockets of this origin only; pictures that it has made itself.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; script-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; \
     object-src 'none'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
);

/// Files beside a file with `.br` or `.gz` after its name are sent to who takes them.
#[derive(Clone)]
struct App {
    files: ServeDir,
    page: ServeFile,
}

/// Serves the app in `folder`; none when it was not built, or not there.
pub(crate) fn routes(folder: &Path) -> Option<Router> {
    if folder.as_os_str().is_empty() || !folder.join(PAGE).is_file() {
        return None;
    }
    let app = App {
        files: ServeDir::new(folder)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip(),
        page: ServeFile::new(folder.join(PAGE))
            .precompressed_br()
            .precompressed_gzip(),
    };
    Some(Router::new().fallback(answer).with_state(app))
}

async fn answer(State(app): State<App>, request: Request) -> Response {
    let (path, method) = (request.uri().path(), request.method());
    let is_asked = method == Method::GET || method == Method::HEAD;
    if !is_asked || !may_pass(path) || SPOKEN.iter().any(|prefix| is_under(path, prefix)) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let for_ever = NAMED_BY_CONTENT.iter().any(|folder| is_under(path, folder));
    let page_asked = (request.method().clone(), request.headers().clone());
    let Ok(file) = app.files.oneshot(request).await;
    let is_there = file.status() != StatusCode::NOT_FOUND;
    let mut response = match (is_there, for_ever) {
        (true, _) => file.into_response(),
        // A script of an older build: the page in its place would be read as one.
        (false, true) => return StatusCode::NOT_FOUND.into_response(),
        (false, false) => {
            let mut request = Request::new(axum::body::Body::empty());
            (*request.method_mut(), *request.headers_mut()) = page_asked;
            let Ok(page) = app.page.oneshot(request).await;
            page.into_response()
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, if for_ever { FOR_EVER } else { ASK_AGAIN });
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response
}

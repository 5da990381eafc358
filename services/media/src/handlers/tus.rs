//! Resumable uploads by the tus protocol 1.0 (https://tus.io/protocols/resumable-upload): core, creation, creation with upload,
//! termination, expiration, checksum. An upload's id is the id of the asset that it becomes.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use chassis::http::RequestId;
use chassis::problem::ProblemBody;
use chassis::{Answer, Caller, Path, Problem, Trail};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use kernel::{AssetId, Fault, Timestamp, UserId};
use tracing::Instrument as _;

use super::{body, number, text};
use crate::app::App;
use crate::app::resume::Addition;
use crate::app::take_in::Cutter;
use crate::domain::tus::{ALGORITHMS, Checksum, EXTENSIONS, VERSION};
use crate::domain::upload::Upload;
use crate::error::Error;

/// Media type of a body that adds bytes.
const OFFSET_STREAM: &str = "application/offset+octet-stream";
/// The protocol's own status for a body that does not have its checksum.
const CHECKSUM_MISMATCH: u16 = 460;

/// Says the version in every answer, and refuses requests of another one.
pub(crate) async fn speak(request: Request, next: Next) -> Response {
    let asks = request.method() == Method::OPTIONS;
    let agreed = asks || text(request.headers(), "tus-resumable") == Some(VERSION);
    let mut response = match agreed {
        true => next.run(request).await,
        false => Problem::from(Error::TusVersion).into_response(),
    };
    let headers = response.headers_mut();
    if !agreed {
        headers.insert("tus-version", HeaderValue::from_static(VERSION));
    }
    if !asks {
        headers.insert("tus-resumable", HeaderValue::from_static(VERSION));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Says what is spoken.
#[utoipa::path(options, path = "/api/media/tus", tag = "media", security(()), responses((status = 204, description = "In headers: `Tus-Version`, `Tus-Extension`, `Tus-Max-Size`, `Tus-Checksum-Algorithm`.")))]
pub(crate) async fn options(State(app): State<Arc<App>>) -> Response {
    let headers = [
        ("tus-version", VERSION.to_owned()),
        ("tus-extension", EXTENSIONS.to_owned()),
        ("tus-max-size", app.config.limits.any_bytes_max().to_string()),
        ("tus-checksum-algorithm", ALGORITHMS.to_owned()),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Begins a resumable upload (tus 1.0). `Upload-Metadata` may hold `filename`, `filetype` (not believed) and `alt`; a body of
/// `application/offset+octet-stream` is its first part. The upload's id is that of the asset which it becomes.
#[utoipa::path(post, path = "/api/media/tus", tag = "media",
    params(("Tus-Resumable" = String, Header, description = "`1.0.0`"), ("Upload-Length" = u64, Header, description = "Bytes of the whole file."),
        ("Upload-Metadata" = Option<String>, Header, description = "Pairs of a key and a base64 value.")),
    responses((status = 201, description = "`Location`, `Upload-Offset` and `Upload-Expires` in headers."), (status = 412, description = "`Tus-Resumable` is another version.")))]
pub(crate) async fn begin(State(app): State<Arc<App>>, caller: Caller, request: Request) -> Answer<Response> {
    let headers = request.headers().clone();
    let length = number(&headers, "upload-length")
        .ok_or_else(|| Error::Malformed("Send `Upload-Length`; it cannot be said later.".into()))?;
    if length == 0 {
        return Err(Fault::invalid("Upload-Length", "is 0").into());
    }
    let metadata = text(&headers, "upload-metadata").unwrap_or_default().to_owned();
    let upload = if is_offset_stream(&headers) {
        let target = Target::New(length, metadata);
        match take(&app, caller.user, (target, 0), request).await? {
            Ok(added) => added,
            Err(mismatch) => return Ok(mismatch),
        }
    } else {
        app.begin(caller.user, length, metadata).await?
    };
    let location = format!("/api/media/tus/{}", upload.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], standing(&upload)?).into_response())
}

/// Says where an own upload stands (tus 1.0).
#[utoipa::path(head, path = "/api/media/tus/{id}", tag = "media", params(("id" = AssetId, Path), ("Tus-Resumable" = String, Header)),
    responses((status = 200, description = "`Upload-Offset`, `Upload-Length`, `Upload-Metadata` and `Upload-Expires` in headers."), (status = 412, description = "`Tus-Resumable` is another version.")))]
pub(crate) async fn stand(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<AssetId>,
) -> Answer<(StatusCode, HeaderMap)> {
    let upload = app.repo.upload_of(caller.user, id).await?;
    let mut headers = standing(&upload)?;
    headers.insert("upload-length", HeaderValue::from(upload.length));
    if !upload.metadata.is_empty() {
        let metadata = HeaderValue::try_from(upload.metadata).map_err(Fault::internal)?;
        headers.insert("upload-metadata", metadata);
    }
    Ok((StatusCode::OK, headers))
}

/// Adds bytes to an own upload, where it stands (tus 1.0). Of two requests at one offset one is told 409. A body that does not have its
/// `Upload-Checksum` is 460.
#[utoipa::path(patch, path = "/api/media/tus/{id}", tag = "media",
    params(("id" = AssetId, Path), ("Tus-Resumable" = String, Header), ("Upload-Offset" = u64, Header),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha1` or `sha256`, and base64.")),
    request_body(content = String, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "`Upload-Offset` and `Upload-Expires` in headers."), (status = 412, description = "`Tus-Resumable` is another version.")))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<AssetId>,
    request: Request,
) -> Answer<Response> {
    if !is_offset_stream(request.headers()) {
        return Err(Error::NotOffsetStream.into());
    }
    let offset =
        number(request.headers(), "upload-offset").ok_or_else(|| Error::Malformed("Send `Upload-Offset`.".into()))?;
    Ok(
        match take(&app, caller.user, (Target::Begun(id), offset), request).await? {
            Ok(upload) => (StatusCode::NO_CONTENT, standing(&upload)?).into_response(),
            Err(mismatch) => mismatch,
        },
    )
}

/// Ends an own upload (tus 1.0); one that has become a file is removed with it.
#[utoipa::path(delete, path = "/api/media/tus/{id}", tag = "media", params(("id" = AssetId, Path), ("Tus-Resumable" = String, Header)), responses((status = 204), (status = 412, description = "`Tus-Resumable` is another version.")))]
pub(crate) async fn end(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<AssetId>) -> Answer<StatusCode> {
    app.cancel(caller.user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Does what `X-HTTP-Method-Override` says, `PATCH` or `DELETE`, for who cannot send those (tus 1.0).
#[utoipa::path(post, path = "/api/media/tus/{id}", tag = "media",
    params(("id" = AssetId, Path), ("Tus-Resumable" = String, Header), ("X-HTTP-Method-Override" = String, Header)), responses((status = 204), (status = 412, description = "`Tus-Resumable` is another version.")))]
pub(crate) async fn overridden(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<AssetId>,
    request: Request,
) -> Answer<Response> {
    match text(request.headers(), "x-http-method-override") {
        Some("PATCH") => add(State(app), caller, Path(id), request).await,
        Some("DELETE") => Ok(end(State(app), caller, Path(id)).await?.into_response()),
        _ => Err(Error::Malformed("Send `X-HTTP-Method-Override: PATCH` or `DELETE`.".into()).into()),
    }
}

/// What a body is added to.
enum Target {
    Begun(AssetId),
    /// One that is begun with it, of such a length and metadata, once there is a place for it.
    New(u64, String),
}

/// Adds a request's body. `Ok(Err(..))` is the protocol's own answer to a wrong checksum.
async fn take(
    app: &Arc<App>,
    user: UserId,
    (target, offset): (Target, u64),
    request: Request,
) -> Result<Result<Upload, Response>, Problem> {
    let checksum = match request.headers().get("upload-checksum") {
        None => None,
        Some(value) => {
            let read = value.to_str().ok().and_then(Checksum::read);
            let wrong = || Error::Malformed("`Upload-Checksum` is not `sha1` or `sha256` and base64.".into());
            Some(read.ok_or_else(wrong)?)
        }
    };
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.to_string());
    let place = app.place_to_bring(user)?;
    let silence = Duration::from_secs(app.config.times.silence_seconds);
    let addition = Addition {
        offset,
        checksum,
        body: Cutter::new(body(request), silence),
    };
    // By itself: what has come is kept when the sender hangs up and this request is dropped.
    let work = app.clone();
    let add = async move {
        let _place = place;
        match target {
            Target::Begun(id) => work.add(user, id, addition).await,
            Target::New(length, metadata) => work.begin_with(user, (length, metadata), addition).await,
        }
    };
    let added = tokio::spawn(Trail::current().apart().follow(add).in_current_span());
    match added.await.map_err(Fault::internal)? {
        Ok(upload) => Ok(Ok(upload)),
        Err(Error::Checksum) => Ok(Err(mismatch(request_id.unwrap_or_default()))),
        Err(e) => Err(e.into()),
    }
}

fn is_offset_stream(headers: &HeaderMap) -> bool {
    text(headers, "content-type").is_some_and(|t| t.trim().eq_ignore_ascii_case(OFFSET_STREAM))
}

fn standing(upload: &Upload) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::new();
    headers.insert("upload-offset", HeaderValue::from(upload.offset));
    let expires = HeaderValue::try_from(http_date(upload.expires_at)).map_err(Fault::internal)?;
    headers.insert("upload-expires", expires);
    Ok(headers)
}

/// Writes an instant as HTTP does (RFC 9110, 5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(at: Timestamp) -> String {
    let seconds = u64::try_from(at.seconds()).unwrap_or(0);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let week = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let names = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    // The date is taken from its RFC 3339 form, which is at hand: 2026-01-02T…
    let text = at.to_string();
    let mut parts = text.get(..10).unwrap_or_default().split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let month = month
        .and_then(|m| m.parse::<usize>().ok())
        .and_then(|m| names.get(m.wrapping_sub(1)));
    let weekday = week.get(usize::try_from(days % 7).unwrap_or(0));
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!(
        "{}, {} {} {} {hour:02}:{minute:02}:{second:02} GMT",
        weekday.unwrap_or(&"Thu"),
        day.unwrap_or_default(),
        month.unwrap_or(&"Jan"),
        year.unwrap_or_default()
    )
}

fn mismatch(request_id: String) -> Response {
    let fault = Fault::from(Error::Checksum);
    let body = ProblemBody {
        kind: "about:blank".into(),
        title: "Checksum Mismatch".into(),
        status: CHECKSUM_MISMATCH,
        detail: fault.detail,
        code: fault.code.into_owned(),
        request_id,
        errors: Vec::new(),
        retry_after_ms: None,
        error: None,
    };
    let status = StatusCode::from_u16(CHECKSUM_MISMATCH).unwrap_or(StatusCode::BAD_REQUEST);
    let json = serde_json::to_vec(&body).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/problem+json")], json).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_http_does() {
        for (seconds, text) in [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (1_767_225_600, "Thu, 01 Jan 2026 00:00:00 GMT"),
            (1_709_164_799, "Wed, 28 Feb 2024 23:59:59 GMT"),
        ] {
            assert_eq!(http_date(Timestamp::from_millis(seconds * 1000)), text);
        }
    }
}

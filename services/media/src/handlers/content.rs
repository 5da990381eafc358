//! The bytes of a file, at a signed address.

use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use chassis::http::ClientAddress;
use chassis::{Answer, Path, Query};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _};
use garde::Validate;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use kernel::{AssetId, Fault};
use serde::Deserialize;
use utoipa::IntoParams;

use super::text;
use crate::app::App;
use crate::domain::asset::{Asset, Variant};
use crate::domain::range::{self, Asked};
use crate::domain::{kind, name};
use crate::error::Error;

/// A file that a browser opens by itself may load nothing and run nothing.
const SANDBOX: &str = "sandbox; default-src 'none'";
/// How long a person's picture may be shown from a cache after they have taken it away.
const AVATAR_SECONDS: i64 = 3_600;
/// Longest parameter.
const PARAMETER_BYTES_MAX: usize = 100;

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Signed {
    /// Which size. `original` by default.
    #[garde(length(max = PARAMETER_BYTES_MAX))]
    #[param(max_length = 100)]
    variant: Option<String>,
    /// Until when the address holds, in seconds since 1970.
    #[garde(length(max = PARAMETER_BYTES_MAX))]
    #[param(max_length = 100)]
    exp: Option<String>,
    /// The proof that we made it.
    #[garde(length(max = PARAMETER_BYTES_MAX))]
    #[param(max_length = 100)]
    sig: Option<String>,
}

/// Fetches a file at an address that a view of it has given: no token is asked for. One that is not ours, or no longer holds, is 404.
#[utoipa::path(get, path = "/api/media/{id}/content", tag = "media", params(("id" = AssetId, Path), Signed), security(()),
    responses((status = 200, content_type = "application/octet-stream", description = "All of it."),
        (status = 206, content_type = "application/octet-stream", description = "The bytes that `Range` asks for."),
        (status = 304, description = "`If-None-Match` has its tag."), (status = 416, description = "`Range` begins behind its end.")))]
pub(crate) async fn fetch(
    State(app): State<Arc<App>>,
    Path(id): Path<AssetId>,
    Query(signed): Query<Signed>,
    asked: http::request::Parts,
) -> Answer<Response> {
    let name = signed.variant.as_deref().unwrap_or("original");
    let now = app.ambient.now();
    let exp: i64 = signed
        .exp
        .as_deref()
        .and_then(|e| e.parse().ok())
        .ok_or(Error::NotFound)?;
    app.signer
        .check(id, name, exp, signed.sig.as_deref().unwrap_or_default(), now)?;
    let asset = app.repo.asset(id).await?;
    let variant = asset
        .variants
        .iter()
        .find(|v| asset.is_ready() && v.name == name)
        .ok_or(Error::NotFound)?;
    let age = exp.saturating_sub(now.seconds()).max(0);
    answer(&app, (&asset, variant), age, asked).await
}

/// Fetches the picture of a person, at the address that their profile tells: no token is asked for. 404 when nobody shows it as theirs.
#[utoipa::path(get, path = "/api/media/{id}/avatar", tag = "media", params(("id" = AssetId, Path)), security(()),
    responses((status = 200, content_type = "application/octet-stream", description = "All of it."),
        (status = 206, content_type = "application/octet-stream", description = "The bytes that `Range` asks for."),
        (status = 304, description = "`If-None-Match` has its tag."), (status = 416, description = "`Range` begins behind its end.")))]
pub(crate) async fn avatar(
    State(app): State<Arc<App>>,
    Path(id): Path<AssetId>,
    asked: http::request::Parts,
) -> Answer<Response> {
    let asset = app.repo.asset(id).await?;
    let variant = asset.avatar().ok_or(Error::NotFound)?;
    answer(&app, (&asset, variant), AVATAR_SECONDS, asked).await
}

/// Answers with what is asked for of a file that may be fetched for `age` seconds from now on.
async fn answer(
    app: &App,
    (asset, variant): (&Asset, &Variant),
    age: i64,
    asked: http::request::Parts,
) -> Answer<Response> {
    let (method, headers) = (asked.method, asked.headers);
    let mut out = heads(asset, variant, age)?;
    let (tag, length) = (variant.etag(), variant.bytes());
    if text(&headers, "if-none-match").is_some_and(|tags| matches(tags, &tag)) {
        return Ok((StatusCode::NOT_MODIFIED, out).into_response());
    }
    // Bytes of another version would not fit to those that are there already.
    let same = text(&headers, "if-range").is_none_or(|wanted| wanted == tag);
    let wanted = text(&headers, "range").filter(|_| same);
    let (status, part) = match range::asked(wanted, length) {
        Asked::Whole => (StatusCode::OK, 0..length),
        Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Asked::Beyond => {
            out.insert(header::CONTENT_RANGE, value(format!("bytes */{length}"))?);
            out.remove(header::CONTENT_TYPE);
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, out, Body::empty()).into_response());
        }
    };
    if status == StatusCode::PARTIAL_CONTENT {
        let words = format!("bytes {}-{}/{length}", part.start, part.end - 1);
        out.insert(header::CONTENT_RANGE, value(words)?);
    }
    out.insert(header::CONTENT_LENGTH, HeaderValue::from(part.end - part.start));
    if method == Method::HEAD {
        return Ok((status, out).into_response());
    }
    let address = asked.extensions.get::<ClientAddress>().and_then(|address| address.0);
    let place = app.place_to_fetch(address)?;
    metrics::counter!("media_fetched_bytes_total").increment(part.end - part.start);
    let bytes = app.objects.stream(asset.id, variant, part).await?;
    let patience = Duration::from_secs(app.config.times.reader_seconds);
    Ok((status, out, Body::from_stream(hand_out(bytes, place, patience))).into_response())
}

/// Hands bytes out as fast as they are read. The place is free when all are, or the answer is dropped, or its reader has read nothing
/// for so long: then the rest is an error.
fn hand_out<P: Send + 'static>(
    mut bytes: BoxStream<'static, Result<Bytes, Error>>,
    place: P,
    patience: Duration,
) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
    let (to, mut from) = tokio::sync::mpsc::channel(1);
    tokio::spawn(async move {
        let _place = place;
        while let Some(part) = bytes.next().await {
            match tokio::time::timeout(patience, to.send(Some(part))).await {
                Ok(Ok(())) => {}
                _ => return,
            }
        }
        // What ends without this was cut off.
        let _ = tokio::time::timeout(patience, to.send(None)).await;
    });
    let mut ended = false;
    futures::stream::poll_fn(move |context| {
        if ended {
            return Poll::Ready(None);
        }
        let next = ready!(from.poll_recv(context));
        ended = !matches!(next, Some(Some(_)));
        Poll::Ready(next.unwrap_or(Some(Err(Error::TooSlow))))
    })
}

fn heads(asset: &Asset, variant: &Variant, age: i64) -> Result<HeaderMap, Fault> {
    let inline = kind::shows_inline(&variant.mime);
    let mut out = HeaderMap::new();
    for (name, text) in [
        (header::CONTENT_TYPE, variant.mime.clone()),
        (header::CONTENT_DISPOSITION, name::disposition(inline, &asset.file_name)),
        (header::ETAG, variant.etag()),
        (header::CACHE_CONTROL, format!("private, max-age={age}, immutable")),
        (header::ACCEPT_RANGES, "bytes".into()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
        (header::CONTENT_SECURITY_POLICY, SANDBOX.into()),
        // Pages of the app may be served elsewhere; who has the address may show it.
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin".into(),
        ),
    ] {
        out.insert(name, value(text)?);
    }
    Ok(out)
}

fn value(text: String) -> Result<HeaderValue, Fault> {
    HeaderValue::try_from(text).map_err(Fault::internal)
}

/// Tells whether a list of tags has this one, compared weakly (RFC 9110, 13.1.2).
fn matches(tags: &str, tag: &str) -> bool {
    let bare = |t: &str| t.trim().trim_start_matches("W/").to_owned();
    tags.trim() == "*" || tags.split(',').any(|t| bare(t) == tag)
}

//! Owns the serving side: who may call, how arguments are read, how results, faults and streams are answered. Refuses to
//! know which method it is.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use contracts::own_data::OwnData;
use futures::stream::{self, BoxStream, Stream, StreamExt as _, TryStreamExt as _};
use http::{HeaderValue, StatusCode, header};
use kernel::{ErrorCode, Fault, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout_at};
use utoipa::openapi::OpenApi;

use super::identity::{Identity, TOKEN};
use super::wire::{FaultBody, LINES, PROBLEM};
use crate::extract::read_body;
use crate::{Problem, Trail};

/// The code of a fault that says that the other side of a link is of another version.
const OTHER_VERSION: &str = "link.other_version";
/// The same of one that does not have a method yet.
pub const NO_METHOD: &str = "link.no_method";
/// Largest arguments: a conversation for a model.
pub const ARGUMENTS_BYTES_MAX: usize = 8 * 1024 * 1024;
/// A stream that says nothing for so long shows that its owner is there, by a [`BEAT`] within as long again. Twice that is well
/// below [`super::STREAM_SILENCE_MAX`].
pub const STREAM_BEAT: Duration = Duration::from_secs(20);
/// White space before the next line, which JSON allows: whoever knows of no beats reads over it.
const BEAT: &[u8] = b" ";

/// Puts the guard around the internal routes of a service: the caller is a process of ours that means this service, and it
/// is answered before its deadline or not at all.
pub(super) fn guard(service: &'static str, routes: Router, identity: Arc<Identity>) -> Router {
    routes.route_layer(middleware::from_fn(move |request: Request, next: Next| {
        let identity = identity.clone();
        async move {
            if let Err(fault) = identity.check(service, request.headers().get(TOKEN)) {
                metrics::counter!("link_refused_total", "service" => service).increment(1);
                return Problem(fault).into_response();
            }
            let Some(deadline) = Trail::current().deadline else {
                return next.run(request).await;
            };
            match timeout_at(deadline, next.run(request)).await {
                Ok(response) => response,
                Err(_) => answer::<()>(Err(late())),
            }
        }
    }))
}

/// The two sides of a call are of different versions. That is over when both are replaced: who asked comes again, and an event whose
/// handler asked waits (docs/adr/0016).
pub(super) fn other_version(what: &str) -> Fault {
    of_other_version(OTHER_VERSION, what)
}

/// The same of a method that its owner does not have yet.
pub(super) fn no_method(what: &str) -> Fault {
    of_other_version(NO_METHOD, what)
}

fn of_other_version(code: &'static str, what: &str) -> Fault {
    tracing::warn!(what, "the other side of a link is of another version");
    Fault::unavailable(code, "A part of this is being replaced.", super::OPEN_FOR)
}

fn late() -> Fault {
    Fault::new(
        ErrorCode::Timeout,
        "link.timeout",
        "It took longer than the caller waits.",
    )
}

/// The arguments of a call, as they came.
pub(super) struct Arguments(Bytes);

impl Arguments {
    /// Reads them. `Unavailable` when they are others: the caller is of another version.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_slice(&self.0).map_err(|e| other_version(&format!("arguments: {e}")))
    }
}

impl<S: Send + Sync> FromRequest<S> for Arguments {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Ok(Self(read_body(request, ARGUMENTS_BYTES_MAX).await?))
    }
}

/// Answers with a result or a fault.
pub(super) fn answer<R: Serialize>(result: Result<R, Fault>) -> Response {
    let fault = match result {
        Ok(value) => match serde_json::to_vec(&value) {
            Ok(json) => return respond(StatusCode::OK, "application/json", json.into()),
            Err(e) => Fault::internal(e),
        },
        Err(fault) => fault,
    };
    let status = StatusCode::from_u16(fault.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(&FaultBody::from(fault)).unwrap_or_default();
    respond(status, PROBLEM, body.into())
}

/// Answers with the stream that `begin` leads to. The head goes at once, since a model may think for minutes before its first
/// word: a fault that it cannot begin by is the first line.
pub(super) fn answer_stream<T: Serialize + Send + 'static>(
    begin: impl Future<Output = Result<BoxStream<'static, Result<T, Fault>>, Fault>> + Send + 'static,
) -> Response {
    // The caller's deadline was the head's.
    let trail = Trail {
        deadline: None,
        ..Trail::current()
    };
    let pieces = stream::once(trail.follow(begin)).try_flatten();
    let lines = pieces.map(|piece| line(&piece)).boxed();
    respond(StatusCode::OK, LINES, Body::from_stream(beating(lines, STREAM_BEAT)))
}

/// Puts a beat where `lines` said nothing from one beat to the next. One timer for all of them, not one a line.
fn beating(lines: BoxStream<'static, Bytes>, every: Duration) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
    let mut beat = interval_at(Instant::now() + every, every);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    stream::unfold(
        (lines, beat, false),
        |(mut lines, mut beat, mut has_spoken)| async move {
            loop {
                tokio::select! {
                    biased;
                    line = lines.next() => return Some((Ok(line?), (lines, beat, true))),
                    _ = beat.tick() => if !std::mem::take(&mut has_spoken) {
                        return Some((Ok(Bytes::from_static(BEAT)), (lines, beat, false)));
                    },
                }
            }
        },
    )
}

fn line<T: Serialize>(piece: &Result<T, Fault>) -> Bytes {
    let json = serde_json::to_vec(piece).or_else(|e| serde_json::to_vec(&Err::<(), _>(Fault::internal(e))));
    let mut line = json.unwrap_or_default();
    line.push(b'\n');
    line.into()
}

fn respond(status: StatusCode, kind: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Where a service shows its part of the OpenAPI document to the public door.
pub(super) fn openapi_path(service: &str) -> String {
    format!("/internal/{service}/openapi")
}

/// Where a service tells other processes of a person's own data.
pub(super) fn own_data_path(service: &str) -> String {
    format!("/internal/{service}/own_data")
}

/// Serves what a service tells of a person's own data: the one contract that many answer, each under its own name. Without a guard:
/// [`super::Links::guard`] puts it around.
pub(super) fn own_data(service: &str, local: Arc<dyn OwnData>) -> Router {
    let tell = move |arguments: Arguments| {
        let local = local.clone();
        async move {
            match arguments.read::<(UserId, Option<String>)>() {
                Ok((user, cursor)) => answer(local.own_data(user, cursor.as_deref()).await),
                Err(fault) => answer::<()>(Err(fault)),
            }
        }
    };
    Router::new().route(&own_data_path(service), post(tell))
}

/// Serves a service's part of the OpenAPI document, complete in itself: the door merges it as JSON, since utoipa's types do
/// not read all that they write. Written out when the door asks, which is seldom, and not kept: an idle process is smaller for it.
/// Without a guard: [`super::Links::guard`] puts it around.
pub fn openapi(service: &str, api: &OpenApi) -> Router {
    let api = Arc::new(api.clone());
    let show = move || {
        let part = crate::openapi::finish(OpenApi::clone(&api), "");
        let document = serde_json::to_vec(&part).unwrap_or_default();
        async move { respond(StatusCode::OK, "application/json", document.into()) }
    };
    Router::new().route(&openapi_path(service), get(show))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Numbers = BoxStream<'static, Result<u32, Fault>>;

    async fn read(response: Response) -> String {
        let body = axum::body::to_bytes(response.into_body(), 1_000).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn the_head_of_a_stream_is_there_before_anything_has_come_of_it() {
        let response = answer_stream(std::future::pending::<Result<Numbers, Fault>>());
        assert_eq!(response.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn a_fault_that_a_stream_cannot_begin_by_is_its_first_line() {
        let refused = answer_stream(async { Err::<Numbers, _>(Fault::not_found("ai.no_model")) });
        let first: Result<u32, Fault> = serde_json::from_str(&read(refused).await).unwrap();
        assert_eq!(first, Err(Fault::not_found("ai.no_model")));
        let begun = answer_stream(async { Ok::<Numbers, _>(stream::iter([Ok(1), Ok(2)]).boxed()) });
        assert_eq!(read(begun).await, "{\"Ok\":1}\n{\"Ok\":2}\n");
    }

    #[test]
    fn a_beat_before_a_line_is_read_over_by_whoever_knows_of_none() {
        let piece = Ok::<_, Fault>(7);
        let read = serde_json::from_slice::<Result<u32, Fault>>(&[BEAT, BEAT, &line(&piece)].concat());
        assert_eq!(read.unwrap(), piece);
    }

    #[tokio::test]
    async fn silence_is_broken_by_beats_until_there_is_something_to_say() {
        let (words, said) = futures::channel::mpsc::unbounded();
        let mut lines = Box::pin(beating(said.boxed(), Duration::from_millis(1)));
        for _ in 0..3 {
            assert_eq!(lines.next().await.unwrap().unwrap(), BEAT);
        }
        words.unbounded_send(Bytes::from_static(b"word\n")).unwrap();
        assert_eq!(lines.next().await.unwrap().unwrap(), "word\n");
        assert_eq!(lines.next().await.unwrap().unwrap(), BEAT);
        drop(words);
        assert_eq!(lines.next().await, None);
    }
}

//! Completes a chat for a client of `/v1`: finds the provider, asks it, and gives back bytes in OpenAI's dialect. The
//! bytes of a provider that speaks it are only watched; those of others are written here.

use bytes::Bytes;
use contracts::ai_gateway::Principal;
use futures::stream::{self, BoxStream, StreamExt as _};
use http::HeaderValue;
use kernel::Fault;

use crate::app::{App, Call};
use crate::domain::chunk::{ChunkWriter, error_event};
use crate::domain::delta::{Delta, Whole};
use crate::domain::outline::ChatOutline;
use crate::domain::tap::{Tap, usage_of};
use crate::error::Error;
use crate::providers::Reply;
use crate::providers::demo::FINGERPRINT;

/// What goes back to the client.
pub(crate) struct Completed {
    pub(crate) content_type: HeaderValue,
    pub(crate) body: CompletedBody,
}

/// Whole, or as it comes. Dropping the stream ends the call at the provider.
pub(crate) enum CompletedBody {
    Whole(Bytes),
    Stream(BoxStream<'static, Bytes>),
}

impl Completed {
    pub(crate) fn json(body: Bytes) -> Self {
        Self {
            content_type: HeaderValue::from_static("application/json"),
            body: CompletedBody::Whole(body),
        }
    }
}

impl App {
    /// Completes the chat in `body`.
    pub(crate) async fn complete_chat(&self, who: Principal, body: Bytes) -> Result<Completed, Error> {
        let outline = ChatOutline::read(&body)?;
        let place = self.place(who.user_id, &outline.model.name)?;
        let ask = place.ask(outline.model.replaced(&body, &place.target.model), outline.stream);
        let reply = place.provider.chat(ask).await;
        let reply = reply.inspect_err(|e| self.meter.note_failure(&who, &place.target.public, e))?;
        let writer = self.writer(&place.target.public, place.provider.is_demo(), outline.include_usage);
        let mut call = place.begin(&self.meter, who, outline.prompt_estimate);
        match reply {
            Reply::Whole { content_type, body } => {
                call.usage = usage_of(&body);
                Ok(Completed {
                    content_type,
                    body: CompletedBody::Whole(body),
                })
            }
            Reply::Frames { content_type, frames } => {
                let body = CompletedBody::Stream(watched(frames, Tap::new(self.limits.event_bytes_max), call));
                Ok(Completed { content_type, body })
            }
            Reply::Deltas(deltas) if outline.stream => {
                let content_type = HeaderValue::from_static("text/event-stream; charset=utf-8");
                Ok(Completed {
                    content_type,
                    body: CompletedBody::Stream(written(deltas, writer, call).await?),
                })
            }
            Reply::Deltas(mut deltas) => {
                let mut whole = Whole::default();
                while let Some(delta) = deltas.next().await {
                    let delta = delta.inspect_err(|_| call.failed = true)?;
                    call.watch(&delta);
                    whole.add(delta);
                }
                Ok(Completed::json(writer.whole(&whole)))
            }
        }
    }

    fn writer(&self, model: &str, is_demo: bool, include_usage: bool) -> ChunkWriter {
        ChunkWriter {
            id: format!("chatcmpl-{}", self.ambient.token::<18>()),
            created: self.ambient.now().seconds(),
            model: model.to_owned(),
            fingerprint: is_demo.then_some(FINGERPRINT),
            include_usage,
        }
    }
}

impl Call {
    /// Counts a piece.
    pub(crate) fn watch(&mut self, delta: &Delta) {
        match delta {
            Delta::Ended { usage, .. } => self.usage = Some(*usage),
            _ => self.written_estimate = self.written_estimate.saturating_add(1),
        }
    }
}

/// Passes a provider's own frames on, one for one. Only a stream that breaks off gets something added: an error.
fn watched(frames: BoxStream<'static, Result<Bytes, Error>>, tap: Tap, call: Call) -> BoxStream<'static, Bytes> {
    let state = Some((frames, tap, call));
    stream::unfold(state, |state| async move {
        let (mut frames, mut tap, mut call) = state?;
        match frames.next().await {
            Some(Ok(frame)) => {
                tap.watch(&frame);
                (call.usage, call.failed) = (tap.usage, tap.failed);
                call.written_estimate = tap.written_estimate();
                Some((frame, Some((frames, tap, call))))
            }
            Some(Err(error)) => {
                call.failed = true;
                Some((error_event(&Fault::from(error)), None))
            }
            None if tap.finished => None,
            None => {
                call.failed = true;
                Some((error_event(&broken_off()), None))
            }
        }
    })
    .boxed()
}

fn broken_off() -> Fault {
    Fault::new(
        kernel::ErrorCode::Upstream,
        "ai.upstream_failed",
        "The provider's answer broke off before its end.",
    )
}

/// Writes pieces as chunks. Waits for the first one, so that a failure before it is an answer with a status of its own.
async fn written(
    mut deltas: BoxStream<'static, Result<Delta, Error>>,
    writer: ChunkWriter,
    mut call: Call,
) -> Result<BoxStream<'static, Bytes>, Error> {
    let first = deltas.next().await.transpose();
    let first = first.inspect_err(|_| call.failed = true)?;
    let opening = writer.role();
    let rest = stream::iter(first.map(Ok)).chain(deltas);
    let chunks = stream::unfold(Some((rest, writer, call)), |state| async move {
        let (mut rest, writer, mut call) = state?;
        match rest.next().await? {
            Ok(delta) => {
                call.watch(&delta);
                Some((writer.delta(&delta), Some((rest, writer, call))))
            }
            Err(error) => {
                call.failed = true;
                Some((error_event(&Fault::from(error)), None))
            }
        }
    });
    Ok(stream::iter([opening]).chain(chunks).boxed())
}

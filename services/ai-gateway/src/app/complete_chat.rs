//! Completes a chat for a client of `/v1`: finds the provider, asks it, and gives back bytes in OpenAI's dialect. The
//! bytes of a provider that speaks it are only watched; those of others are written here.

use bytes::Bytes;
use contracts::ai_gateway::Principal;
use futures::stream::{self, BoxStream, StreamExt as _};
use http::{HeaderMap, HeaderValue};
use kernel::{Cost, Fault};

use crate::app::registry::Stop;
use crate::app::{App, Call, Errand, Kind};
use crate::domain::chunk::{ChunkWriter, error_event};
use crate::domain::delta::{Delta, Whole, Written};
use crate::domain::outline::ChatOutline;
use crate::domain::sse::apart;
use crate::domain::tap::Tap;
use crate::error::Error;
use crate::providers::demo::FINGERPRINT;
use crate::providers::{Reply, WholeAnswer};

/// What goes back to the client.
pub(crate) struct Completed {
    pub(crate) content_type: HeaderValue,
    pub(crate) body: CompletedBody,
    /// What a whole answer cost, where its model has a price.
    pub(crate) cost: Option<Cost>,
}

/// Whole, or as it comes. Dropping the stream ends the call at the provider.
pub(crate) enum CompletedBody {
    Whole(Bytes),
    Stream(BoxStream<'static, Bytes>),
}

impl Completed {
    /// Answers whole.
    pub(crate) fn whole(content_type: HeaderValue, body: Bytes, call: &Call) -> Self {
        Self {
            content_type,
            body: CompletedBody::Whole(body),
            cost: call.cost(),
        }
    }

    /// Passes on a provider's answer, for what it counted.
    pub(crate) fn passed(answer: WholeAnswer, call: &mut Call) -> Self {
        call.usage = answer.learned.usage;
        Self::whole(answer.content_type, answer.body, call)
    }

    /// Answers JSON that costs nothing.
    pub(crate) fn json(body: Bytes) -> Self {
        Self {
            content_type: HeaderValue::from_static("application/json"),
            body: CompletedBody::Whole(body),
            cost: None,
        }
    }

    /// Passes on an answer as it comes.
    pub(crate) fn stream(content_type: HeaderValue, frames: BoxStream<'static, Bytes>) -> Self {
        Self {
            content_type,
            body: CompletedBody::Stream(frames),
            cost: None,
        }
    }
}

impl App {
    /// Completes the chat in `body`.
    pub(crate) async fn complete_chat(&self, who: Principal, body: Bytes) -> Result<Completed, Error> {
        let outline = ChatOutline::read(&body)?;
        let place = self.place(who.user_id, &outline.model.name)?;
        let need = self.need(&outline, &place);
        let chooses = outline.chooses.filter(|_| place.route.passes_on(Kind::Chat));
        let hold = self.admit(&who, (&outline.model.name, chooses), &place, need).await?;
        let errand = Errand {
            who: &who,
            kind: Kind::Chat,
            headers: HeaderMap::new(),
            stream: outline.stream,
            prompt_estimate: outline.prompt_estimate,
            hold: &hold,
        };
        let named = |to: &Stop| Ok(outline.model.replaced(&body, &to.target.model));
        let first = place.target.public.clone();
        let answered = self.route_call(place, errand, named).await;
        let (place, reply) = answered.inspect_err(|e| self.meter.note_failure(&who, &first, e))?;
        let is_demo = place.provider.is_demo();
        let mut call = place.begin(&self.meter, who, outline.prompt_estimate, hold);
        match reply {
            Reply::Whole(answer) => {
                call.written = Written::at_once(answer.body.len());
                Ok(Completed::passed(answer, &mut call))
            }
            Reply::Frames { content_type, frames } => {
                let frames = watched(frames, Tap::new(self.limits.event_bytes_max), call);
                Ok(Completed::stream(content_type, frames))
            }
            Reply::Deltas(deltas) if outline.stream => {
                let content_type = HeaderValue::from_static("text/event-stream; charset=utf-8");
                let writer = self.writer(call.model(), is_demo, outline.include_usage);
                Ok(Completed::stream(content_type, written(deltas, writer, call).await?))
            }
            Reply::Deltas(mut deltas) => {
                let mut whole = Whole::default();
                // All of it is there already, see `attempt`: it is delivered, and charged, even if it is more than was reserved.
                while let Some(delta) = deltas.next().await {
                    let delta = delta.inspect_err(|_| call.failed = true)?;
                    call.watch(&delta);
                    whole.add(delta);
                }
                let json = HeaderValue::from_static("application/json");
                let writer = self.writer(call.model(), is_demo, outline.include_usage);
                Ok(Completed::whole(json, writer.whole(&whole), &call))
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
        self.written.add_delta(delta);
        if let Delta::Ended { usage, .. } = delta {
            self.usage = Some(*usage);
        }
    }
}

/// Passes a provider's own frames on, one for one. Only a stream that breaks off gets something added: an error.
fn watched(frames: BoxStream<'static, Result<Bytes, Error>>, tap: Tap, call: Call) -> BoxStream<'static, Bytes> {
    let state = Some((frames, tap, call));
    stream::unfold(state, |state| async move {
        let (mut frames, mut tap, mut call) = state?;
        // What goes out may be cut anywhere. A frame that is not paid for is not sent, so what stood before it counts.
        let cut = tap.is_cut();
        let fault = match frames.next().await {
            Some(Ok(frame)) => {
                let (was_finished, before) = (tap.finished, tap.written);
                tap.watch(&frame);
                (call.usage, call.failed, call.written) = (tap.usage, tap.failed, tap.written);
                // What ends an answer is never held back, and what says nothing more costs nothing more.
                let needs_cover = tap.written != before && (was_finished || !tap.finished);
                match if needs_cover { call.cover().await } else { Ok(()) } {
                    Ok(()) => return Some((frame, Some((frames, tap, call)))),
                    Err(error) => Fault::from(error),
                }
            }
            Some(Err(error)) => {
                call.failed = true;
                Fault::from(error)
            }
            None if !tap.is_broken_off() => return None,
            None => {
                call.failed = true;
                broken_off()
            }
        };
        Some((apart(cut, error_event(&fault)), None))
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
                match call.cover().await {
                    Ok(()) => Some((writer.delta(&delta), Some((rest, writer, call)))),
                    Err(error) => Some((error_event(&Fault::from(error)), None)),
                }
            }
            Err(error) => {
                call.failed = true;
                Some((error_event(&Fault::from(error)), None))
            }
        }
    });
    Ok(stream::iter([opening]).chain(chunks).boxed())
}

//! Creates a message for a client of Anthropic's dialect: finds the provider, asks it, and gives back bytes in that dialect. The
//! bytes of a provider that speaks it are only watched; the request to any other is translated, and its answer written here.

use bytes::Bytes;
use contracts::ai_gateway::Principal;
use futures::stream::{self, BoxStream, StreamExt as _};
use http::{HeaderMap, HeaderValue};
use kernel::{ErrorCode, Fault};
use tokio::time::{Duration, Instant};

use crate::app::registry::Stop;
use crate::app::{App, Call, Completed, Errand, Kind};
use crate::domain::delta::{Delta, Usage, Whole, Written};
use crate::domain::messages::{MessageTap, MessageWriter, counted, error_event, translate};
use crate::domain::outline::{ChatOutline, estimate};
use crate::domain::prompt::Need;
use crate::domain::sse::apart;
use crate::error::Error;
use crate::providers::answer::Patience;
use crate::providers::chunks::{self, ChunkReader};
use crate::providers::deltas::{deltas, failed};
use crate::providers::{Ask, Reply, Sent, WholeAnswer};

type Deltas = BoxStream<'static, Result<Delta, Error>>;

/// What a client of Anthropic's dialect asks.
pub(crate) struct MessageAsk {
    /// The request.
    pub(crate) body: Bytes,
    /// The headers that belong to the dialect.
    pub(crate) headers: HeaderMap,
}

impl App {
    /// Creates the message that `ask` asks for.
    pub(crate) async fn create_message(&self, who: Principal, ask: MessageAsk) -> Result<Completed, Error> {
        let MessageAsk { body, headers } = ask;
        // What the gateway itself reads has the same names in both dialects.
        let outline = ChatOutline::read(&body)?;
        let prompt_tokens = outline.prompt_estimate;
        let place = self.place(who.user_id, &outline.model.name)?;
        let need = self.need(&outline, &place);
        let chooses = outline.chooses.filter(|_| place.route.passes_on(Kind::Message));
        let hold = self.admit(&who, (&outline.model.name, chooses), &place, need).await?;
        let errand = Errand {
            who: &who,
            kind: Kind::Message,
            headers,
            stream: outline.stream,
            prompt_estimate: prompt_tokens,
            hold: &hold,
        };
        let named = |to: &Stop| match to.provider.messages() {
            Some(_) => Ok(outline.model.replaced(&body, &to.target.model)),
            None => {
                let (field, takes_top_k) = (to.provider.max_tokens_field(), to.provider.takes_top_k());
                translate(&body, &to.target.model, field, takes_top_k)
            }
        };
        let first = place.target.public.clone();
        let answered = self.route_call(place, errand, named).await;
        let (place, reply) = answered.inspect_err(|e| self.meter.note_failure(&who, &first, e))?;
        let (native, provider) = (place.provider.messages().is_some(), place.provider_name().to_owned());
        let id = format!("msg_{}", self.ambient.token::<18>());
        let writer = MessageWriter::new(id, place.target.public.clone(), prompt_tokens);
        let mut call = place.begin(&self.meter, who, prompt_tokens, hold);
        if native {
            return self.pass_message(reply, call, &provider);
        }
        let answer = self.translated(reply, &provider, prompt_tokens);
        let answer = answer.inspect_err(|_| call.failed = true)?;
        if outline.stream {
            let content_type = HeaderValue::from_static("text/event-stream; charset=utf-8");
            return Ok(Completed::stream(content_type, written(answer, writer, call).await?));
        }
        let whole = collected(answer, &mut call, (&provider, self.limits.answer_bytes_max)).await?;
        let Some(message) = writer.whole(&whole) else {
            call.failed = true;
            return Err(failed(&provider, "it called a tool with arguments that are no JSON."));
        };
        let json = HeaderValue::from_static("application/json");
        Ok(Completed::whole(json, message, &call))
    }

    /// Counts the tokens of a request: by the provider where it can, else by estimate. Costs nothing, but counts among the calls
    /// of a minute, and a key must be for this model.
    pub(crate) async fn count_tokens(&self, who: Principal, ask: MessageAsk) -> Result<Completed, Error> {
        let outline = ChatOutline::read(&ask.body)?;
        let place = self.place(who.user_id, &outline.model.name)?;
        let _hold = self
            .admit(&who, (&outline.model.name, None), &place, Need::NOTHING)
            .await?;
        let body = match place.provider.messages() {
            Some(native) => {
                let end = Instant::now() + Duration::from_millis(place.route.timeouts.total_ms);
                let ask = Ask {
                    body: outline.model.replaced(&ask.body, &place.target.model),
                    model: place.target.model.clone(),
                    stream: false,
                    headers: ask.headers,
                    patience: Patience::new(&place.route.timeouts, end),
                    sent: Sent::default(),
                };
                native.count(ask).await?
            }
            None => counted(outline.prompt_estimate),
        };
        Ok(Completed::json(body))
    }

    /// Passes on what a provider of the same dialect says.
    fn pass_message(&self, reply: Reply, mut call: Call, provider: &str) -> Result<Completed, Error> {
        match reply {
            Reply::Whole(answer) => {
                call.written = Written::at_once(answer.body.len());
                Ok(Completed::passed(answer, &mut call))
            }
            Reply::Frames { content_type, frames } => {
                let tap = MessageTap::new(self.limits.event_bytes_max);
                Ok(Completed::stream(content_type, watched(frames, tap, call)))
            }
            Reply::Deltas(_) => Err(failed(provider, "it did not answer in its own dialect.")),
        }
    }

    /// Reads the pieces of an answer in whatever dialect.
    fn translated(&self, reply: Reply, provider: &str, prompt_tokens: u32) -> Result<Deltas, Error> {
        Ok(match reply {
            Reply::Deltas(deltas) => deltas,
            Reply::Frames { frames, .. } => {
                let reader = ChunkReader::new(provider, self.limits.event_bytes_max, prompt_tokens);
                deltas(frames, reader)
            }
            Reply::Whole(WholeAnswer { body, .. }) => {
                let counted = |text_bytes| Usage::of(prompt_tokens, estimate(text_bytes));
                let pieces = chunks::pieces(chunks::whole(provider, &body, counted)?);
                stream::iter(pieces.into_iter().map(Ok)).boxed()
            }
        })
    }
}

/// Puts an answer of `provider` together, of at most so many bytes. It is delivered, and charged, even if it is more than was
/// reserved.
async fn collected(mut answer: Deltas, call: &mut Call, (provider, max): (&str, usize)) -> Result<Whole, Error> {
    let (mut whole, mut bytes) = (Whole::default(), 0);
    while let Some(delta) = answer.next().await {
        let delta = delta.inspect_err(|_| call.failed = true)?;
        call.watch(&delta);
        bytes += delta.bytes();
        if bytes > max {
            call.failed = true;
            return Err(failed(provider, "its answer is too large."));
        }
        whole.add(delta);
    }
    Ok(whole)
}

/// Passes a provider's own frames on, one for one. Only a stream that breaks off gets something added: an error.
fn watched(frames: BoxStream<'static, Result<Bytes, Error>>, tap: MessageTap, call: Call) -> BoxStream<'static, Bytes> {
    stream::unfold(Some((frames, tap, call)), |state| async move {
        let (mut frames, mut tap, mut call) = state?;
        // What goes out may be cut anywhere. A frame that is not paid for is not sent, so what stood before it counts.
        let cut = tap.is_cut();
        let fault = match frames.next().await {
            Some(Ok(frame)) => {
                let (was_finished, before) = (tap.finished, tap.written);
                tap.watch(&frame);
                (call.usage, call.failed, call.written) = (tap.usage(), tap.failed, tap.written);
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
                upstream_failed("The provider's answer broke off before its end.")
            }
        };
        Some((apart(cut, error_event(&fault)), None))
    })
    .boxed()
}

fn upstream_failed(words: impl Into<String>) -> Fault {
    Fault::new(ErrorCode::Upstream, "ai.upstream_failed", words.into())
}

/// Writes pieces as events. Waits for the first one, so that a failure before it is an answer with a status of its own.
async fn written(
    mut answer: Deltas,
    writer: MessageWriter,
    mut call: Call,
) -> Result<BoxStream<'static, Bytes>, Error> {
    let first = answer.next().await.transpose();
    let first = first.inspect_err(|_| call.failed = true)?;
    let opening = writer.start();
    let rest = stream::iter(first.map(Ok)).chain(answer);
    let events = stream::unfold(Some((rest, writer, call)), |state| async move {
        let (mut rest, mut writer, mut call) = state?;
        let delta = match rest.next().await? {
            Ok(delta) => delta,
            Err(error) => {
                call.failed = true;
                return Some((error_event(&error.into()), None));
            }
        };
        call.watch(&delta);
        if let Err(error) = call.cover().await {
            return Some((error_event(&error.into()), None));
        }
        match writer.delta(&delta) {
            Ok(events) => Some((events, Some((rest, writer, call)))),
            Err(e) => {
                call.failed = true;
                Some((error_event(&upstream_failed(e.to_string())), None))
            }
        }
    });
    // A piece without words of this dialect is nothing to send.
    let events = events.filter(|bytes| std::future::ready(!bytes.is_empty()));
    Ok(stream::iter([opening]).chain(events).boxed())
}

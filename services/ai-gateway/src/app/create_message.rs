//! Creates a message for a client of Anthropic's dialect: finds the provider, asks it, and gives back bytes in that dialect. The
//! bytes of a provider that speaks it are only watched; the request to any other is translated, and its answer written here.

use bytes::Bytes;
use contracts::ai_gateway::Principal;
use futures::stream::{self, BoxStream, StreamExt as _};
use http::{HeaderMap, HeaderValue};
use kernel::{ErrorCode, Fault};

use crate::app::{App, Call, Completed, CompletedBody, Place};
use crate::domain::delta::{Delta, Usage, Whole};
use crate::domain::messages::{
    MessageTap, MessageWriter, counted, error_event, message_usage, prompt_estimate, translate,
};
use crate::domain::outline::{ChatOutline, estimate};
use crate::error::Error;
use crate::providers::chunks::{self, ChunkReader};
use crate::providers::deltas::{deltas, failed};
use crate::providers::{Messages, Reply};

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
        // What the gateway itself reads has the same names in both dialects.
        let outline = ChatOutline::read(&ask.body)?;
        let place = self.place(who.user_id, &outline.model.name)?;
        let provider = place.provider.clone();
        match provider.messages() {
            Some(native) => self.pass_message(who, ask, (outline, place), native).await,
            None => self.translate_message(who, &ask.body, (outline, place)).await,
        }
    }

    /// Counts the tokens of a request: by the provider where it can, else by estimate. Costs nothing.
    pub(crate) async fn count_tokens(&self, who: Principal, ask: MessageAsk) -> Result<Completed, Error> {
        let outline = ChatOutline::read(&ask.body)?;
        let place = self.place(who.user_id, &outline.model.name)?;
        let body = match place.provider.messages() {
            Some(native) => {
                let body = outline.model.replaced(&ask.body, &place.target.model);
                native.count(place.ask(body, false), ask.headers).await?
            }
            None => counted(prompt_estimate(&ask.body)?),
        };
        Ok(Completed::json(body))
    }

    async fn pass_message(
        &self,
        who: Principal,
        ask: MessageAsk,
        (outline, place): (ChatOutline, Place),
        native: &dyn Messages,
    ) -> Result<Completed, Error> {
        let body = outline.model.replaced(&ask.body, &place.target.model);
        let reply = native.create(place.ask(body, outline.stream), ask.headers).await?;
        let provider = self.catalogue.provider_of(&place.target).to_owned();
        let mut call = place.begin(&self.meter, who, prompt_estimate(&ask.body)?);
        match reply {
            Reply::Whole { content_type, body } => {
                call.usage = message_usage(&body);
                Ok(Completed {
                    content_type,
                    body: CompletedBody::Whole(body),
                })
            }
            Reply::Frames { content_type, frames } => {
                let tap = MessageTap::new(self.limits.event_bytes_max);
                Ok(Completed {
                    content_type,
                    body: CompletedBody::Stream(watched(frames, tap, call)),
                })
            }
            Reply::Deltas(_) => Err(failed(&provider, "it did not answer in its own dialect.")),
        }
    }

    async fn translate_message(
        &self,
        who: Principal,
        body: &Bytes,
        (outline, place): (ChatOutline, Place),
    ) -> Result<Completed, Error> {
        let prompt_tokens = prompt_estimate(body)?;
        let translated = translate(body, &place.target.model, place.provider.max_tokens_field())?;
        let reply = place.provider.chat(place.ask(translated, outline.stream)).await?;
        let provider = self.catalogue.provider_of(&place.target).to_owned();
        let id = format!("msg_{}", self.ambient.token::<18>());
        let writer = MessageWriter::new(id, place.target.public.clone(), prompt_tokens);
        let call = place.begin(&self.meter, who, prompt_tokens);
        let answer = match reply {
            Reply::Deltas(deltas) => deltas,
            Reply::Frames { frames, .. } => {
                let reader = ChunkReader::new(&provider, self.limits.event_bytes_max, prompt_tokens);
                deltas(frames, reader)
            }
            Reply::Whole { body, .. } => {
                let counted = |text_bytes| Usage {
                    prompt_tokens,
                    completion_tokens: estimate(text_bytes),
                };
                let pieces = chunks::pieces(chunks::whole(&provider, &body, counted)?);
                stream::iter(pieces.into_iter().map(Ok)).boxed()
            }
        };
        if outline.stream {
            return Ok(Completed {
                content_type: HeaderValue::from_static("text/event-stream; charset=utf-8"),
                body: CompletedBody::Stream(written(answer, writer, call).await?),
            });
        }
        let whole = collected(answer, call).await?;
        let message = writer.whole(&whole);
        let message = message.ok_or_else(|| failed(&provider, "it called a tool with arguments that are no JSON."))?;
        Ok(Completed::json(message))
    }
}

async fn collected(mut answer: Deltas, mut call: Call) -> Result<Whole, Error> {
    let mut whole = Whole::default();
    while let Some(delta) = answer.next().await {
        let delta = delta?;
        call.watch(&delta);
        whole.add(delta);
    }
    Ok(whole)
}

/// Passes a provider's own frames on, one for one. Only a stream that breaks off gets something added: an error.
fn watched(frames: BoxStream<'static, Result<Bytes, Error>>, tap: MessageTap, call: Call) -> BoxStream<'static, Bytes> {
    stream::unfold(Some((frames, tap, call)), |state| async move {
        let (mut frames, mut tap, mut call) = state?;
        match frames.next().await {
            Some(Ok(frame)) => {
                tap.watch(&frame);
                call.usage = tap.usage;
                call.written_estimate = tap.pieces;
                Some((frame, Some((frames, tap, call))))
            }
            Some(Err(error)) => Some((tap.apart(&error_event(&error.into())), None)),
            None if tap.finished => None,
            None => {
                let fault = upstream_failed("The provider's answer broke off before its end.");
                Some((tap.apart(&error_event(&fault)), None))
            }
        }
    })
    .boxed()
}

fn upstream_failed(words: impl Into<String>) -> Fault {
    Fault::new(ErrorCode::Upstream, "ai.upstream_failed", words.into())
}

/// Writes pieces as events. Waits for the first one, so that a failure before it is an answer with a status of its own.
async fn written(mut answer: Deltas, writer: MessageWriter, call: Call) -> Result<BoxStream<'static, Bytes>, Error> {
    let first = answer.next().await.transpose()?;
    let opening = writer.start();
    let rest = stream::iter(first.map(Ok)).chain(answer);
    let events = stream::unfold(Some((rest, writer, call)), |state| async move {
        let (mut rest, mut writer, mut call) = state?;
        let delta = match rest.next().await? {
            Ok(delta) => delta,
            Err(error) => return Some((error_event(&error.into()), None)),
        };
        call.watch(&delta);
        match writer.delta(&delta) {
            Ok(events) => Some((events, Some((rest, writer, call)))),
            Err(e) => Some((error_event(&upstream_failed(e.to_string())), None)),
        }
    });
    // A piece without words of this dialect is nothing to send.
    let events = events.filter(|bytes| std::future::ready(!bytes.is_empty()));
    Ok(stream::iter([opening]).chain(events).boxed())
}

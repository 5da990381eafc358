//! Answers other services in process: text only, piece by piece. Dropping the stream ends the call at the provider.

use std::collections::VecDeque;

use async_trait::async_trait;
use bytes::Bytes;
use contracts::ai_gateway::{AiGateway, Completion, Piece, Principal};
use futures::stream::{self, BoxStream, StreamExt as _};
use http::HeaderMap;
use kernel::{Cost, ErrorCode, Fault};
use serde::Deserialize;
use serde_json::json;

use crate::app::registry::Stop;
use crate::app::{App, Call, Errand, Kind};
use crate::domain::delta::{Delta, Usage, Written};
use crate::domain::outline::estimate;
use crate::domain::prompt::{Need, bound};
use crate::domain::sse::SseParser;
use crate::error::Error;
use crate::providers::deltas::at_end;
use crate::providers::demo::BADGE;
use crate::providers::upstream::said;
use crate::providers::{Reply, WholeAnswer};

type Pieces = BoxStream<'static, Result<Piece, Fault>>;

#[async_trait]
impl AiGateway for App {
    async fn stream(&self, principal: Principal, request: Completion) -> Result<Pieces, Fault> {
        let mut place = self.place(principal.user_id, &request.model)?;
        let turns = json!(request.turns);
        let need = Need {
            prompt: bound(&turns.to_string()),
            completion: request.max_tokens,
        };
        let hold = self.admit(&principal, (&request.model, None), &place, need).await?;
        // 0.6 as f32 would be written 0.6000000238418579.
        let temperature = (f64::from(request.temperature) * 100.0).round() / 100.0;
        let body = |to: &Stop| {
            let mut body = json!({
                "model": to.target.model, "messages": turns,
                to.provider.max_tokens_field(): request.max_tokens, "stream": true, "stream_options": {"include_usage": true},
            });
            // 1 is what models do untold, and some take no other, nor the word.
            let told = request.temperature != 1.0 && self.tempers.may_be_told(&to.target.public);
            if let Some(body) = body.as_object_mut().filter(|_| told) {
                body.insert("temperature".into(), json!(temperature));
            }
            Ok(body.to_string().into())
        };
        let prompt = estimate(request.turns.iter().map(|t| t.content.len()).sum());
        let first = place.target.public.clone();
        let answered = loop {
            let errand = Errand {
                who: &principal,
                kind: Kind::Chat,
                headers: HeaderMap::new(),
                stream: true,
                prompt_estimate: prompt,
                hold: &hold,
            };
            let route = place.route.clone();
            match self.route_call(place, errand, &body).await {
                Err(error) if self.tempers.learn(&route, &error) => {
                    place = self.place(principal.user_id, &request.model)?;
                }
                answered => break answered,
            }
        };
        let (place, reply) = answered.inspect_err(|e| self.meter.note_failure(&principal, &first, e))?;
        let began = Piece::Began {
            model: place.target.public.clone(),
            demo: place.provider.is_demo(),
        };
        let call = place.begin(&self.meter, principal, prompt, hold);
        let rest = match reply {
            Reply::Deltas(deltas) => of_deltas(deltas, call),
            Reply::Frames { frames, .. } => of_frames(frames, Reader::new(self.limits.event_bytes_max), call),
            Reply::Whole(answer) => of_whole(&answer, call)?,
        };
        Ok(stream::iter([Ok(began)]).chain(rest).boxed())
    }

    async fn badge(&self, model: &str) -> Result<Option<String>, Fault> {
        // A model that is gone has no badge: a list of agents must not fail for one of them.
        let route = self.registry().route(model);
        Ok(route.ok().filter(|r| r.is_demo()).map(|_| BADGE.to_owned()))
    }

    async fn quote(&self, model: &str, prompt_tokens: u32, completion_tokens: u32) -> Result<Option<Cost>, Fault> {
        let Ok(route) = self.registry().route(model) else {
            return Ok(None);
        };
        let used = Usage::of(prompt_tokens, completion_tokens);
        // Which target would answer is not known: the dearest one's price is said.
        let prices = route
            .stops
            .iter()
            .filter_map(|stop| self.governor.prices.of(&stop.target.public));
        Ok(prices
            .max_by_key(|price| price.micros(used))
            .map(|price| price.cost(used)))
    }
}

fn ended(reason: String, call: &Call) -> Piece {
    let Usage {
        prompt_tokens,
        completion_tokens,
        ..
    } = call.used();
    Piece::Ended {
        reason,
        prompt_tokens,
        completion_tokens,
        cost: call.cost(),
    }
}

fn of_deltas(deltas: BoxStream<'static, Result<Delta, Error>>, call: Call) -> Pieces {
    stream::unfold(Some((deltas, call)), |state| async move {
        let (mut deltas, mut call) = state?;
        loop {
            let delta = match deltas.next().await? {
                Ok(delta) => delta,
                Err(error) => {
                    call.failed = true;
                    return Some((Err(error.into()), None));
                }
            };
            call.watch(&delta);
            match delta {
                Delta::Text(text) => return Some((Ok(Piece::Text { text }), Some((deltas, call)))),
                Delta::Ended { reason, .. } => {
                    at_end(&mut deltas).await;
                    let reason = json!(reason).as_str().unwrap_or_default().to_owned();
                    return Some((Ok(ended(reason, &call)), None));
                }
                // No tools are offered in process.
                Delta::ToolBegan { .. } | Delta::ToolArguments { .. } | Delta::ToolSigned { .. } => {}
            }
        }
    })
    .boxed()
}

/// Reads a provider's own chunks as far as text needs it.
struct Reader {
    parser: SseParser,
    reason: Option<String>,
    usage: Option<Usage>,
    done: bool,
    ready: VecDeque<Result<String, Fault>>,
}

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Usage>,
    error: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Content>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    content: Option<String>,
}

fn failed(words: impl std::fmt::Display) -> Fault {
    Fault::new(
        ErrorCode::Upstream,
        "ai.upstream_failed",
        format!("The provider failed: {words}"),
    )
}

impl Reader {
    fn new(event_bytes_max: usize) -> Self {
        Self {
            parser: SseParser::new(event_bytes_max),
            reason: None,
            usage: None,
            done: false,
            ready: VecDeque::new(),
        }
    }

    fn read(&mut self, frame: &[u8]) {
        let Self {
            parser,
            reason,
            usage,
            done,
            ready,
        } = self;
        let fed = parser.feed(frame, |event| {
            if event.data == b"[DONE]" {
                *done = true;
                return;
            }
            let chunk = match serde_json::from_slice::<Chunk>(event.data) {
                Ok(Chunk {
                    error: None,
                    choices,
                    usage,
                }) => (choices, usage),
                Ok(_) => return ready.push_back(Err(failed(said(event.data).unwrap_or_default()))),
                Err(_) => return ready.push_back(Err(failed("it wrote a chunk that cannot be read."))),
            };
            *usage = chunk.1.or(*usage);
            // One answer is asked for, so there is one choice.
            let Some(choice) = chunk.0.into_iter().next() else {
                return;
            };
            *reason = choice.finish_reason.or(reason.take());
            let text = choice.delta.and_then(|d| d.content).filter(|t| !t.is_empty());
            ready.extend(text.map(Ok));
        });
        if let Err(e) = fed {
            ready.push_back(Err(failed(e)));
        }
    }
}

fn of_frames(frames: BoxStream<'static, Result<Bytes, Error>>, reader: Reader, call: Call) -> Pieces {
    stream::unfold(Some((frames.fuse(), reader, call)), |state| async move {
        let (mut frames, mut reader, mut call) = state?;
        loop {
            match reader.ready.pop_front() {
                Some(Ok(text)) => {
                    call.written.add(text.len());
                    return Some((Ok(Piece::Text { text }), Some((frames, reader, call))));
                }
                Some(Err(fault)) => {
                    call.failed = true;
                    return Some((Err(fault), None));
                }
                None => {}
            }
            call.usage = reader.usage;
            let next = if reader.done { None } else { frames.next().await };
            match next {
                Some(Ok(frame)) => reader.read(&frame),
                Some(Err(error)) => {
                    call.failed = true;
                    return Some((Err(error.into()), None));
                }
                None if reader.done || reader.reason.is_some() => {
                    at_end(&mut frames).await;
                    let reason = reader.reason.take().unwrap_or_else(|| "stop".into());
                    return Some((Ok(ended(reason, &call)), None));
                }
                None => {
                    call.failed = true;
                    return Some((Err(failed("its answer broke off.")), None));
                }
            }
        }
    })
    .boxed()
}

#[derive(Deserialize)]
struct Answer {
    choices: Vec<Answered>,
}

#[derive(Deserialize)]
struct Answered {
    message: Content,
    finish_reason: Option<String>,
}

/// A server that does not stream answers whole, although a stream was asked for.
fn of_whole(whole: &WholeAnswer, mut call: Call) -> Result<Pieces, Fault> {
    call.failed = true;
    let answer: Answer = serde_json::from_slice(&whole.body).map_err(|_| failed("its answer cannot be read."))?;
    call.usage = whole.learned.usage;
    let choice = answer
        .choices
        .into_iter()
        .next()
        .ok_or_else(|| failed("its answer is empty."))?;
    call.failed = false;
    let text = choice.message.content.unwrap_or_default();
    call.written = Written::at_once(text.len());
    let end = ended(choice.finish_reason.unwrap_or_else(|| "stop".into()), &call);
    let pieces = if text.is_empty() {
        vec![Ok(end)]
    } else {
        vec![Ok(Piece::Text { text }), Ok(end)]
    };
    Ok(stream::iter(pieces).boxed())
}

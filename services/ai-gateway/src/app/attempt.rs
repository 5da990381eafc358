//! Owns one attempt at one target, up to the first frame of its answer: only then is it settled that this target answers.
//! Refuses to know what is tried when it fails.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use contracts::ai_gateway::Principal;
use futures::stream::{self, BoxStream, StreamExt as _};
use tokio::time::Instant;

use crate::app::Meter;
use crate::app::governor::Hold;
use crate::app::targets::TargetSeat;
use crate::domain::delta::{Delta, Usage, Written};
use crate::domain::sse::{Comments, SseParser};
use crate::error::{Blame, Error};
use crate::providers::upstream::said;
use crate::providers::{Ask, Provider, Reply, Sent};

/// What is asked of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Chat,
    /// In Anthropic's dialect at who speaks it, else a chat.
    Message,
    Embeddings,
}

/// Who asks, and what it will cost at least.
pub(super) struct Payment<'a> {
    pub(super) meter: &'a Arc<Meter>,
    pub(super) who: &'a Principal,
    pub(super) model: &'a str,
    pub(super) prompt_estimate: u32,
    pub(super) hold: &'a Hold,
}

/// An attempt under way. Dropped before it is decided, it is one that nobody waited for: a prompt that was sent has been read
/// and is metered, by estimate, with whatever was written.
struct Asked<'a> {
    payment: Payment<'a>,
    sent: Sent,
    /// Gone when the answer has begun.
    seat: Option<TargetSeat>,
    failed: bool,
    usage: Option<Usage>,
    written: Written,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        let Some(seat) = &mut self.seat else { return };
        if !self.failed {
            seat.abandoned();
        }
        // A failure before anything was written is the operator's loss.
        if self.sent.is_so() && (!self.failed || self.written.pieces > 0) {
            let Payment {
                meter,
                who,
                model,
                prompt_estimate,
                hold,
            } = self.payment;
            let used = self.usage.unwrap_or(Usage::of(prompt_estimate, self.written.tokens()));
            meter.note_unanswered(who, model, used, hold.lost(model, used));
        }
    }
}

/// Asks `provider`, and waits for the first frame of a stream, or for all of another answer. Dropping the future, or what
/// comes of it, closes the provider's connection.
pub(super) async fn attempt(
    provider: &Arc<dyn Provider>,
    kind: Kind,
    ask: Ask,
    seat: TargetSeat,
    payment: Payment<'_>,
    limits: AnswerLimits,
) -> Result<Reply, Error> {
    let (started, stream) = (Instant::now(), ask.stream);
    let mut asked = Asked {
        payment,
        sent: ask.sent.clone(),
        seat: Some(seat),
        failed: false,
        usage: None,
        written: Written::default(),
    };
    let answered = async {
        let reply = match kind {
            Kind::Chat => provider.chat(ask).await?,
            Kind::Message => match provider.messages() {
                Some(native) => native.create(ask).await?,
                None => provider.chat(ask).await?,
            },
            Kind::Embeddings => provider.embed(ask).await?,
        };
        asked.begun(reply, stream, &limits).await
    };
    let answered = answered.await;
    let Some(mut seat) = asked.seat.take() else {
        return answered;
    };
    match answered {
        Ok(reply) => {
            seat.worked(started.elapsed(), stream);
            Ok(held(reply, seat))
        }
        Err(error) => {
            judge(&mut seat, &error, started.elapsed(), stream);
            asked.failed = true;
            asked.seat = Some(seat);
            Err(error)
        }
    }
}

/// How much of an answer is held at most.
#[derive(Clone, Copy, Debug)]
pub(super) struct AnswerLimits {
    pub(super) answer_bytes_max: usize,
    pub(super) event_bytes_max: usize,
}

fn judge(seat: &mut TargetSeat, error: &Error, took: Duration, stream: bool) {
    match error.blame() {
        Blame::Failed => seat.failed(),
        Blame::Silent => seat.timed_out(took, stream),
        Blame::Rests(pause) => seat.must_rest(pause),
        Blame::Nobody => seat.refused(),
    }
}

impl Asked<'_> {
    /// Waits until it is settled that the target answers.
    async fn begun(&mut self, reply: Reply, stream: bool, limits: &AnswerLimits) -> Result<Reply, Error> {
        match reply {
            Reply::Whole(_) => Ok(reply),
            Reply::Frames {
                content_type,
                mut frames,
            } => {
                // A comment says that somebody is there, not that the answer begins.
                let (mut held, mut bytes, mut comments) = (Vec::with_capacity(1), 0, Comments::default());
                loop {
                    let frame = frames.next().await.unwrap_or_else(|| Err(self.ended()))?;
                    let begins = comments.end_with(&frame);
                    bytes += frame.len();
                    held.push(frame);
                    if begins {
                        break;
                    }
                    if bytes > limits.event_bytes_max {
                        return Err(self.failure("it writes comments in place of an answer.".into()));
                    }
                }
                if let Some(words) = told_failure(&held, limits.event_bytes_max) {
                    return Err(self.failure(words));
                }
                let frames = stream::iter(held.into_iter().map(Ok)).chain(frames).boxed();
                Ok(Reply::Frames { content_type, frames })
            }
            Reply::Deltas(mut deltas) if stream => {
                let first = deltas.next().await.unwrap_or_else(|| Err(self.ended()))?;
                Ok(Reply::Deltas(stream::iter([Ok(first)]).chain(deltas).boxed()))
            }
            Reply::Deltas(deltas) => self.collected(deltas, limits.answer_bytes_max).await,
        }
    }

    /// Nothing of it goes to the client before the end, so another target may still be asked until then.
    async fn collected(
        &mut self,
        mut deltas: BoxStream<'static, Result<Delta, Error>>,
        bytes_max: usize,
    ) -> Result<Reply, Error> {
        let (mut all, mut bytes) = (Vec::new(), 0);
        while let Some(delta) = deltas.next().await {
            let delta = delta?;
            self.written.add_delta(&delta);
            if let Delta::Ended { usage, .. } = &delta {
                self.usage = Some(*usage);
            }
            bytes += delta.bytes();
            if bytes > bytes_max {
                return Err(self.failure("its answer is too large.".into()));
            }
            all.push(Ok(delta));
        }
        if all.is_empty() {
            return Err(self.ended());
        }
        Ok(Reply::Deltas(stream::iter(all).boxed()))
    }

    fn ended(&self) -> Error {
        self.failure("its answer ended before it began.".into())
    }

    fn failure(&self, words: String) -> Error {
        let provider = self.payment.model.split('/').next().unwrap_or_default();
        Error::UpstreamFailed {
            provider: provider.to_owned(),
            words,
        }
    }
}

/// Reads the failure that some servers tell in the first event of a stream, with status 200.
fn told_failure(frames: &[Bytes], event_bytes_max: usize) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Told {
        error: Option<serde_json::Value>,
    }
    let (mut first, mut parser) = (None, SseParser::new(event_bytes_max));
    for frame in frames {
        let _ = parser.feed(frame, |event| {
            first.get_or_insert_with(|| event.data.to_vec());
        });
    }
    let first = first?;
    serde_json::from_slice::<Told>(&first).ok()?.error?;
    Some(said(&first).unwrap_or_else(|| "it told of an error.".into()))
}

/// Keeps the seat for as long as the answer lasts.
fn held(reply: Reply, seat: TargetSeat) -> Reply {
    match reply {
        Reply::Whole(_) => reply,
        Reply::Frames { content_type, frames } => Reply::Frames {
            content_type,
            frames: seated::<Bytes>(frames, seat),
        },
        Reply::Deltas(deltas) => Reply::Deltas(seated::<Delta>(deltas, seat)),
    }
}

fn seated<T: Send + 'static>(
    items: BoxStream<'static, Result<T, Error>>,
    seat: TargetSeat,
) -> BoxStream<'static, Result<T, Error>> {
    stream::unfold(Some((items, seat)), |state| async move {
        let (mut items, mut seat) = state?;
        match items.next().await? {
            Ok(item) => Some((Ok(item), Some((items, seat)))),
            Err(error) => {
                seat.broke_off();
                Some((Err(error), None))
            }
        }
    })
    .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_told_in_the_first_event_is_seen_and_nothing_else_is_taken_for_one() {
        let told = |text: &str| {
            let (head, tail) = text.split_at(text.len() / 2);
            let frames = [head, tail].map(|part| Bytes::copy_from_slice(part.as_bytes()));
            told_failure(&frames, 1_000)
        };
        assert_eq!(
            told("data: {\"error\":{\"message\":\"full\"}}\n\n").as_deref(),
            Some("full")
        );
        assert_eq!(
            told("data: {\"error\":{}}\n\n").as_deref(),
            Some("it told of an error.")
        );
        for fine in [
            "data: {\"error\":null,\"choices\":[]}\n\n",
            "data: {\"choices\":[]}\n\ndata: {\"error\":{\"message\":\"later\"}}\n\n",
            ": waiting\n\n",
            "data: {\"error\":{\"mess",
            "data: [DONE]\n\n",
        ] {
            assert_eq!(told(fine), None, "{fine}");
        }
    }
}

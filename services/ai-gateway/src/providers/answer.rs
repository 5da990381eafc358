//! Owns a provider's answer while it comes in: whole or frame by frame, within its time limits. Refuses to know what it says.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream, StreamExt as _};
use http::{HeaderValue, header};
use http_body_util::BodyDataStream;
use tokio::time::{Instant, timeout_at};

use crate::config::Timeouts;
use crate::domain::sse::Comments;
use crate::error::Error;

/// How long an attempt is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For the connection.
    pub(super) connect: Duration,
    /// Until when for the first frame of a stream that is no comment.
    pub(super) first: Instant,
    /// Between two such frames.
    between: Duration,
    /// Until when for all of it, with all attempts.
    pub(super) end: Instant,
}

impl Patience {
    /// Begins an attempt of a call that may take until `end`.
    pub(crate) fn new(timeouts: &Timeouts, end: Instant) -> Self {
        Self {
            connect: Duration::from_millis(timeouts.connect_ms),
            first: (Instant::now() + Duration::from_millis(timeouts.first_token_ms)).min(end),
            between: Duration::from_millis(timeouts.between_tokens_ms),
            end,
        }
    }

    /// Waits for a short answer that no call depends on, for so long in all.
    pub(crate) fn brief(wait: Duration) -> Self {
        let end = Instant::now() + wait;
        Self {
            connect: wait,
            first: end,
            between: wait,
            end,
        }
    }

    fn next(&self) -> Instant {
        (Instant::now() + self.between).min(self.end)
    }
}

/// Head and body of what a provider answers.
pub(super) type Answered = http::Response<reqwest::Body>;

/// An answer that has begun.
pub(crate) struct Answer {
    pub(super) name: String,
    pub(super) response: Answered,
    pub(super) patience: Patience,
    pub(super) bytes_max: usize,
}

impl Answer {
    /// Returns its content type, JSON when it has none.
    pub(crate) fn content_type(&self) -> HeaderValue {
        let given = self.response.headers().get(header::CONTENT_TYPE);
        given.cloned().unwrap_or(HeaderValue::from_static("application/json"))
    }

    /// Tells whether it is a stream of events.
    pub(crate) fn is_event_stream(&self) -> bool {
        self.content_type().as_bytes().starts_with(b"text/event-stream")
    }

    /// Reads it whole.
    pub(crate) async fn whole(self) -> Result<Bytes, Error> {
        let Self {
            name,
            response,
            patience,
            bytes_max,
        } = self;
        match timeout_at(patience.end, read(response, bytes_max)).await {
            Err(_) => Err(Error::UpstreamTimeout {
                provider: name,
                what: "for a whole answer",
            }),
            Ok(Err(words)) => Err(Error::UpstreamFailed {
                provider: name,
                words: words.into(),
            }),
            Ok(Ok(bytes)) => Ok(bytes),
        }
    }

    /// Reads it frame by frame, each as it comes; after an error nothing more. Dropping it closes the connection.
    pub(crate) fn frames(self) -> BoxStream<'static, Result<Bytes, Error>> {
        let Self {
            name,
            response,
            patience,
            ..
        } = self;
        let state = Some((
            name,
            BodyDataStream::new(response.into_body()),
            patience.first,
            Comments::default(),
        ));
        stream::unfold(state, move |state| async move {
            let (name, mut body, until, mut comments) = state?;
            match timeout_at(until, body.next()).await {
                Ok(None) => None,
                Ok(Some(Ok(frame))) => {
                    // That the connection is kept open is no word of the answer.
                    let until = if comments.end_with(&frame) {
                        patience.next()
                    } else {
                        until
                    };
                    Some((Ok(frame), Some((name, body, until, comments))))
                }
                Ok(Some(Err(e))) => {
                    tracing::warn!(provider = name, cause = %chain(&e.without_url()), "stream broke off");
                    Some((
                        Err(Error::UpstreamFailed {
                            provider: name,
                            words: "its answer broke off.".into(),
                        }),
                        None,
                    ))
                }
                Err(_) => {
                    let what = if Instant::now() >= patience.end {
                        "for a whole answer"
                    } else {
                        "to go on"
                    };
                    Some((Err(Error::UpstreamTimeout { provider: name, what }), None))
                }
            }
        })
        .boxed()
    }
}

/// Reads a body of at most `max` bytes.
pub(super) async fn read(response: Answered, max: usize) -> Result<Bytes, &'static str> {
    let mut body = BodyDataStream::new(response.into_body());
    let Some(first) = body.next().await else {
        return Ok(Bytes::new());
    };
    let first = first.map_err(|_| "its answer broke off.")?;
    let mut all = BytesMut::new();
    let mut last = first;
    // Most answers are one frame, which then need not be copied.
    while let Some(next) = body.next().await {
        all.extend_from_slice(&last);
        last = next.map_err(|_| "its answer broke off.")?;
        if all.len() + last.len() > max {
            return Err("its answer is too large.");
        }
    }
    if all.is_empty() {
        return if last.len() > max {
            Err("its answer is too large.")
        } else {
            Ok(last)
        };
    }
    all.extend_from_slice(&last);
    Ok(all.freeze())
}

/// Writes an error with what caused it; reqwest's own words leave the causes out.
pub(super) fn chain(e: &dyn std::error::Error) -> String {
    let mut words = e.to_string();
    let mut cause = e.source();
    while let Some(e) = cause {
        words.push_str(": ");
        words.push_str(&e.to_string());
        cause = e.source();
    }
    words
}

//! Owns the two bodies of an exchange while they flow: the request's, which is bounded, and the answer's, which holds its
//! connection and place until it has been read. Refuses to look into either.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use chassis::extract::{BODY_TIME_MAX, DISCARD_BYTES_MAX};
use http_body_util::BodyExt as _;
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

use super::error::ProxyError;
use super::replica::{Connection, Lease};

/// A request's body.
pub(crate) enum Content {
    /// Read whole, so that it can be sent again.
    Kept(Bytes),
    /// As it comes from the client.
    Flowing(Body),
    /// Sent, and not to be had again.
    Spent,
}

impl Content {
    /// Takes a body that may be sent once; with `keep`, one of at most so many known bytes is read first, to be kept.
    pub(crate) async fn new(body: Body, max: u64, keep: Option<u64>, patience: Duration) -> Result<Self, ProxyError> {
        let length = body.size_hint().exact();
        if length.is_some_and(|length| length > max) {
            if length.is_some_and(|length| length <= DISCARD_BYTES_MAX as u64) {
                let read = Bounded::new(body, 0).collect();
                let _ = tokio::time::timeout(BODY_TIME_MAX, read).await;
            }
            return Err(ProxyError::TooLarge);
        }
        if length == Some(0) || body.is_end_stream() {
            return Ok(Self::Kept(Bytes::new()));
        }
        let body = Body::new(Bounded::new(body, max));
        if keep.is_none_or(|keep| length.is_none_or(|length| length > keep)) {
            return Ok(Self::Flowing(body));
        }
        match tokio::time::timeout(patience, body.collect()).await {
            Ok(Ok(whole)) => Ok(Self::Kept(whole.to_bytes())),
            Ok(Err(_)) | Err(_) => Err(ProxyError::BodyBroken),
        }
    }

    /// Tells whether it can be sent once more.
    pub(crate) fn is_kept(&self) -> bool {
        matches!(self, Self::Kept(_))
    }

    /// Takes the body to be sent.
    pub(crate) fn next_body(&mut self) -> Body {
        if let Self::Kept(bytes) = self {
            return if bytes.is_empty() {
                Body::empty()
            } else {
                Body::from(bytes.clone())
            };
        }
        match std::mem::replace(self, Self::Spent) {
            Self::Flowing(body) => body,
            Self::Kept(_) | Self::Spent => Body::empty(),
        }
    }

    /// Gives back a body of which nothing was sent.
    pub(crate) fn give_back(&mut self, body: Body) {
        if !self.is_kept() {
            *self = Self::Flowing(body);
        }
    }
}

/// A request's body over its limit.
#[derive(Debug, thiserror::Error)]
#[error("the body is over its limit")]
struct TooLong;

/// A body that fails over its limit; what is over is read first, up to [`DISCARD_BYTES_MAX`], so that the client, who may
/// still be writing, hears why.
struct Bounded {
    inner: Body,
    max: u64,
    seen: u64,
}

impl Bounded {
    fn new(inner: Body, max: u64) -> Self {
        Self { inner, max, seen: 0 }
    }
}

impl HttpBody for Bounded {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        loop {
            let frame = match ready!(Pin::new(&mut self.inner).poll_frame(cx)) {
                Some(Ok(frame)) => frame,
                Some(Err(e)) => return Poll::Ready(Some(Err(e.into()))),
                None if self.seen > self.max => return Poll::Ready(Some(Err(TooLong.into()))),
                None => return Poll::Ready(None),
            };
            let length = frame.data_ref().map_or(0, Bytes::len);
            self.seen = self.seen.saturating_add(length as u64);
            if self.seen <= self.max {
                return Poll::Ready(Some(Ok(frame)));
            }
            if self.seen > DISCARD_BYTES_MAX as u64 {
                return Poll::Ready(Some(Err(TooLong.into())));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.seen <= self.max && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Finds out whether an exchange failed by the request's own body.
pub(crate) fn client_failure(error: &hyper::Error) -> Option<ProxyError> {
    if !error.is_user() {
        return None;
    }
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(error) = cause {
        if error.is::<TooLong>() {
            return Some(ProxyError::TooLarge);
        }
        cause = error.source();
    }
    Some(ProxyError::BodyBroken)
}

/// An answer's body. Read to its end, its connection rests for the next request; dropped before, the connection is
/// closed, which is how the owner learns that the client is gone.
pub(crate) struct AnswerBody {
    inner: Incoming,
    ended: bool,
    connection: Option<Connection>,
    lease: Lease,
    silence: Duration,
    /// Runs only while a piece is waited for.
    timer: Option<Pin<Box<Sleep>>>,
    waiting: bool,
}

impl AnswerBody {
    pub(crate) fn new(inner: Incoming, connection: Connection, lease: Lease, silence: Duration) -> Self {
        Self {
            inner,
            ended: false,
            connection: Some(connection),
            lease,
            silence,
            timer: None,
            waiting: false,
        }
    }

    fn is_silent(&mut self, cx: &mut Context<'_>) -> bool {
        let silence = self.silence;
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(silence)));
        if !std::mem::replace(&mut self.waiting, true) {
            timer.as_mut().reset(Instant::now() + silence);
        }
        timer.as_mut().poll(cx).is_ready()
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        if polled.is_pending() {
            if self.is_silent(cx) {
                return Poll::Ready(Some(Err("the service fell silent".into())));
            }
            return Poll::Pending;
        }
        self.waiting = false;
        if let Poll::Ready(None) = polled {
            self.ended = true;
        }
        polled.map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for AnswerBody {
    fn drop(&mut self) {
        if let Some(connection) = self
            .connection
            .take()
            .filter(|_| self.ended || self.inner.is_end_stream())
        {
            self.lease.replica().lay_to_rest(connection);
        }
    }
}

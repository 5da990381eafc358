//! Owns how bytes come in: cut into pieces as they arrive, so that a file is never whole in memory. Refuses to know whether a
//! form or the tus protocol brings them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _};

use crate::error::Error;
use crate::objects::PIECE_BYTES;

/// What comes next out of a body.
#[derive(Debug)]
pub(crate) enum Cut {
    /// A piece; more may come.
    More(Bytes),
    /// The end, with what was left before it.
    Last(Bytes),
    /// The body broke off or fell silent; with what had come before.
    Broken(Bytes, Error),
}

/// Cuts a body into pieces.
pub(crate) struct Cutter<'b> {
    body: BoxStream<'b, Result<Bytes, Error>>,
    kept: BytesMut,
    silence: Duration,
}

impl<'b> Cutter<'b> {
    /// Cuts `body`, which may be silent for so long.
    pub(crate) fn new(body: BoxStream<'b, Result<Bytes, Error>>, silence: Duration) -> Self {
        Self {
            body,
            kept: BytesMut::new(),
            silence,
        }
    }

    /// Reads on until a piece is whole or the body ends.
    pub(crate) async fn next(&mut self) -> Cut {
        loop {
            if self.kept.len() >= PIECE_BYTES {
                return Cut::More(self.kept.split_to(PIECE_BYTES).freeze());
            }
            match tokio::time::timeout(self.silence, self.body.next()).await {
                Ok(Some(Ok(bytes))) => self.kept.extend_from_slice(&bytes),
                Ok(None) => return Cut::Last(self.kept.split().freeze()),
                Ok(Some(Err(e))) => return Cut::Broken(self.kept.split().freeze(), e),
                Err(_) => return Cut::Broken(self.kept.split().freeze(), Error::TooSlow),
            }
        }
    }

    /// Reads what is left, up to a bound, and throws it away, so that the sender hears why it was refused: who is hung up on in the
    /// middle of writing sees a broken connection instead.
    pub(crate) async fn discard(mut self) {
        discard(&mut self.body, self.silence).await;
    }
}

/// Reads a body to its end, up to a bound, and throws it away.
pub(crate) async fn discard(body: &mut BoxStream<'_, Result<Bytes, Error>>, silence: Duration) {
    let mut seen = 0;
    while seen < chassis::extract::DISCARD_BYTES_MAX {
        match tokio::time::timeout(silence, body.next()).await {
            Ok(Some(Ok(bytes))) => seen += bytes.len(),
            _ => return,
        }
    }
}

/// Bytes that a form's parser may be given before it has handed something on.
const BUDGET_BYTES: usize = 4 * 1024 * 1024;

/// Keeps a parser that reads all that it is given from filling the memory: it is given one chunk at a time, and no more than a
/// bound between two things that it hands on.
#[derive(Clone, Default)]
pub(crate) struct Budget(Arc<AtomicUsize>);

impl Budget {
    /// Says that the parser has handed something on.
    pub(crate) fn renew(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Puts the bounds around a body.
    pub(crate) fn around(
        &self,
        mut body: BoxStream<'static, Result<Bytes, Error>>,
    ) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        let (given, mut pause) = (self.0.clone(), false);
        futures::stream::poll_fn(move |context| {
            if std::mem::take(&mut pause) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            let next = ready!(body.poll_next_unpin(context));
            pause = true;
            if let Some(Ok(bytes)) = &next
                && given.fetch_add(bytes.len(), Ordering::Relaxed) > BUDGET_BYTES
            {
                return Poll::Ready(Some(Err(Error::Malformed(
                    "The form has a head that is too long.".into(),
                ))));
            }
            Poll::Ready(next)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cutter(parts: Vec<Result<Bytes, Error>>) -> Cutter<'static> {
        Cutter::new(futures::stream::iter(parts).boxed(), Duration::from_secs(1))
    }

    #[tokio::test]
    async fn a_body_is_cut_into_pieces_and_nothing_is_lost() {
        let whole: Vec<u8> = (0..PIECE_BYTES * 2 + 77).map(|i| (i % 251) as u8).collect();
        let parts = whole.chunks(10_007).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
        let (mut cutter, mut got) = (cutter(parts), Vec::new());
        loop {
            match cutter.next().await {
                Cut::More(bytes) => {
                    assert_eq!(bytes.len(), PIECE_BYTES);
                    got.extend_from_slice(&bytes);
                }
                Cut::Last(bytes) => break got.extend_from_slice(&bytes),
                Cut::Broken(_, e) => panic!("{e}"),
            }
        }
        assert_eq!(got, whole);
    }

    #[tokio::test]
    async fn what_had_come_before_it_broke_off_is_handed_over() {
        let mut cutter = cutter(vec![Ok(Bytes::from_static(b"abc")), Err(Error::Broken)]);
        assert!(matches!(cutter.next().await, Cut::Broken(bytes, Error::Broken) if bytes == "abc"));
    }
}

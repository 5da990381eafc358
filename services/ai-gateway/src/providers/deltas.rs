//! Owns the loop that turns a provider's frames into pieces, whatever its dialect. Refuses to know how they are read.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, BoxStream, Stream, StreamExt as _};

use tokio::time::timeout;

use crate::domain::delta::Delta;
use crate::error::{Error, quote};

/// How long the end of a body may come after what ends the answer in it.
const END_MAX: Duration = Duration::from_millis(100);

/// What has been read and not been given on yet. One frame's worth at most.
pub(crate) type Ready = VecDeque<Result<Delta, Error>>;

/// Reads one answer of one dialect. Everything that it holds of it has a limit of its own.
pub(crate) trait ReadDeltas: Send + 'static {
    /// Reads on; what is now known goes to `ready`. After an error nothing more is read.
    fn read(&mut self, bytes: &[u8], ready: &mut Ready);

    /// Tells whether the last piece has been read.
    fn ended(&self) -> bool;

    /// Takes note that the body has come to its end; the last piece goes to `ready`, or an error when it broke off.
    fn close(&mut self, ready: &mut Ready);
}

/// Turns `frames` into pieces, once the first one is here: what goes wrong before that is an error with a status of its own, not
/// one within an answer.
pub(crate) async fn begun(
    frames: BoxStream<'static, Result<Bytes, Error>>,
    reader: impl ReadDeltas,
) -> Result<BoxStream<'static, Result<Delta, Error>>, Error> {
    let mut deltas = deltas(frames, reader);
    let first = deltas.next().await.transpose()?;
    Ok(stream::iter(first.map(Ok)).chain(deltas).boxed())
}

/// Turns `frames` into pieces. Ends after the last piece or the first error; dropping it drops `frames`.
pub(crate) fn deltas(
    frames: BoxStream<'static, Result<Bytes, Error>>,
    reader: impl ReadDeltas,
) -> BoxStream<'static, Result<Delta, Error>> {
    let state = Some((frames.fuse(), reader, Ready::new()));
    stream::unfold(state, |state| async move {
        let (mut frames, mut reader, mut ready) = state?;
        loop {
            match ready.pop_front() {
                Some(Ok(delta)) => return Some((Ok(delta), Some((frames, reader, ready)))),
                Some(Err(error)) => return Some((Err(error), None)),
                None if reader.ended() => {
                    at_end(&mut frames).await;
                    return None;
                }
                None => match frames.next().await {
                    Some(Ok(frame)) => reader.read(&frame, &mut ready),
                    Some(Err(error)) => return Some((Err(error), None)),
                    None => {
                        reader.close(&mut ready);
                        if ready.is_empty() {
                            return None;
                        }
                    }
                },
            }
        }
    })
    .boxed()
}

/// Reads the end of a body of which nothing more is wanted, which comes at once or is not waited for: its connection then serves
/// the next call.
pub(crate) async fn at_end(body: &mut (impl Stream + Unpin)) {
    let _ = timeout(END_MAX, body.next()).await;
}

/// Says that `provider` failed, in its words.
pub(crate) fn failed(provider: &str, words: &str) -> Error {
    Error::UpstreamFailed {
        provider: provider.into(),
        words: quote(words),
    }
}

/// Says that the answer of `provider` broke off before its end.
pub(crate) fn broken_off(provider: &str) -> Error {
    failed(provider, "its answer broke off.")
}

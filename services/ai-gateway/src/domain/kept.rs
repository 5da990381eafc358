//! Owns an answer that is kept to be given again: the same bytes, cut into the same frames. Refuses to know for whom, for how
//! long, and what the bytes say.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;

/// What an entry takes beside its bytes, about.
const ENTRY_BYTES: usize = 256;

/// An answer as it is kept: one copy of its bytes, so that no buffer of a connection is held.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Its content type.
    pub(crate) content_type: HeaderValue,
    /// Whether it came as a stream.
    pub(crate) streamed: bool,
    bytes: Bytes,
    /// Where each frame ends.
    ends: Box<[u32]>,
}

impl Kept {
    /// Returns about how many bytes of memory it takes.
    pub(crate) fn weight(&self) -> u32 {
        let ends = self.ends.len() * size_of::<u32>();
        u32::try_from(self.bytes.len() + ends + ENTRY_BYTES).unwrap_or(u32::MAX)
    }

    /// Returns all of it.
    pub(crate) fn whole(&self) -> Bytes {
        self.bytes.clone()
    }

    /// Returns its frames, one after the other, without a copy.
    pub(crate) fn frames(self: Arc<Self>) -> impl Iterator<Item = Bytes> + Send + 'static {
        let (mut next, mut start) = (0, 0);
        std::iter::from_fn(move || {
            let end = *self.ends.get(next)? as usize;
            let frame = self.bytes.slice(start..end);
            (next, start) = (next + 1, end);
            Some(frame)
        })
    }
}

/// An answer that is being kept, frame by frame, up to a limit.
pub(crate) struct Keeping {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    bytes_max: usize,
}

/// It is longer than what may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Keeping {
    /// Begins one that takes at most `bytes_max`.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            bytes: Vec::new(),
            ends: Vec::new(),
            bytes_max,
        }
    }

    /// Returns what `frame` takes.
    pub(crate) fn cost(frame: &[u8]) -> usize {
        frame.len() + size_of::<u32>()
    }

    /// Adds a frame.
    pub(crate) fn add(&mut self, frame: &[u8]) -> Result<(), TooLong> {
        let held = self.bytes.len() + self.ends.len() * size_of::<u32>();
        let end = u32::try_from(self.bytes.len() + frame.len()).map_err(|_| TooLong)?;
        if held + Self::cost(frame) > self.bytes_max {
            return Err(TooLong);
        }
        self.bytes.extend_from_slice(frame);
        self.ends.push(end);
        Ok(())
    }

    /// Ends it.
    pub(crate) fn finish(self, content_type: HeaderValue, streamed: bool) -> Kept {
        Kept {
            content_type,
            streamed,
            bytes: self.bytes.into_boxed_slice().into(),
            ends: self.ends.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLAIN: HeaderValue = HeaderValue::from_static("text/plain");

    proptest! {
        #[test]
        fn what_was_kept_comes_back_frame_by_frame_within_the_limit(
            frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..20), 0..20),
            bytes_max in 0usize..400,
        ) {
            let mut keeping = Keeping::new(bytes_max);
            let fits = frames.iter().all(|frame| keeping.add(frame).is_ok());
            prop_assert_eq!(fits, frames.iter().map(|f| Keeping::cost(f)).sum::<usize>() <= bytes_max);
            let kept = Arc::new(keeping.finish(PLAIN, true));
            prop_assert!(kept.weight() as usize <= bytes_max + ENTRY_BYTES);
            if fits {
                prop_assert_eq!(kept.whole(), frames.concat());
                prop_assert_eq!(kept.frames().collect::<Vec<_>>(), frames);
            }
        }
    }
}

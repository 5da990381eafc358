//! Owns what a request or an event takes along to the calls and events that it causes: its id, its trace (W3C Trace Context), its deadline.
//! Refuses to know who calls whom. What a worker does by itself leaves no trail.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use kernel::Ambient;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// One deed within a trace, which many processes take part in. Written as a `traceparent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The whole trace.
    pub id: u128,
    /// This deed, and the parent of those that it causes.
    pub span: u64,
    /// Whether its spans are to be shown to a collector.
    pub sampled: bool,
}

impl Trace {
    /// Begins a trace.
    pub fn root(ambient: &Ambient, sampled: impl FnOnce(u128) -> bool) -> Self {
        // Zero means none, in both.
        let id = u128::from_be_bytes(ambient.bytes()).max(1);
        Self {
            id,
            span: u64::from_be_bytes(ambient.bytes()).max(1),
            sampled: sampled(id),
        }
    }

    /// Begins a deed that this one caused.
    #[must_use]
    pub fn child(self, ambient: &Ambient) -> Self {
        let span = u64::from_be_bytes(ambient.bytes()).max(1);
        Self { span, ..self }
    }

    /// Returns the id as it stands in logs and at collectors.
    pub fn hex(&self) -> String {
        hex::encode(self.id.to_be_bytes())
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [b'-'; 55];
        let parts: [(_, &[u8]); 4] = [
            (0..2, &[0]),
            (3..35, &self.id.to_be_bytes()),
            (36..52, &self.span.to_be_bytes()),
            (53..55, &[self.sampled.into()]),
        ];
        for (at, bytes) in parts {
            let place = text.get_mut(at).ok_or(fmt::Error)?;
            hex::encode_to_slice(bytes, place).map_err(|_| fmt::Error)?;
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

/// What is no `traceparent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTrace;

impl FromStr for Trace {
    type Err = NoTrace;

    /// Reads version 00, and of a later one what version 00 has (sections 3.2 and 4.3 of the recommendation).
    fn from_str(text: &str) -> Result<Self, NoTrace> {
        let hex = |at: std::ops::Range<usize>| {
            let digits = text.get(at).ok_or(NoTrace)?;
            let small = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
            small
                .then(|| u128::from_str_radix(digits, 16).ok())
                .flatten()
                .ok_or(NoTrace)
        };
        let dashes = [2, 35, 52].iter().all(|at| text.as_bytes().get(*at) == Some(&b'-'));
        let ends = match text.as_bytes().get(55) {
            None => true,
            Some(more) => *more == b'-' && !text.starts_with("00"),
        };
        let (version, id, flags) = (hex(0..2)?, hex(3..35)?, hex(53..55)?);
        let span = u64::try_from(hex(36..52)?).map_err(|_| NoTrace)?;
        if !dashes || !ends || version == 0xff || id == 0 || span == 0 {
            return Err(NoTrace);
        }
        Ok(Self {
            id,
            span,
            sampled: flags & 1 == 1,
        })
    }
}

impl Serialize for Trace {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Trace {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse()
            .map_err(|NoTrace| serde::de::Error::custom("no traceparent"))
    }
}

/// What follows a request, or an event, into what it causes.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// The request's id.
    pub request_id: Option<Arc<str>>,
    /// The deed within its trace.
    pub trace: Option<Trace>,
    /// When nobody waits for the answer any more.
    pub deadline: Option<Instant>,
}

tokio::task_local! {
    static TRAIL: Trail;
}

impl Trail {
    /// Returns the trail of the request or event that this task handles; an empty one elsewhere.
    pub fn current() -> Self {
        TRAIL.try_with(Clone::clone).unwrap_or_default()
    }

    /// Returns the trace of it alone.
    pub fn trace() -> Option<Trace> {
        TRAIL.try_with(|trail| trail.trace).ok().flatten()
    }

    /// Returns the same for work of its own that goes on when nobody waits any more.
    #[must_use]
    pub fn apart(self) -> Self {
        Self { deadline: None, ..self }
    }

    /// Does `work` on this trail, on a thread where no task is.
    pub fn within<R>(self, work: impl FnOnce() -> R) -> R {
        TRAIL.sync_scope(self, work)
    }

    /// Does `work` on this trail.
    pub async fn follow<F: Future>(self, work: F) -> F::Output {
        TRAIL.scope(self, work).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_comes_back_as_it_went() {
        for text in [
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        ] {
            assert_eq!(text.parse::<Trace>().unwrap().to_string(), text);
        }
        let later = "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more";
        assert_eq!(later.parse::<Trace>().unwrap().span, 0xb7ad_6b71_6920_3331);
        let root = Trace::root(&Ambient::system(), |_| true);
        assert_eq!(root.to_string().parse(), Ok(root));
        let child = root.child(&Ambient::system());
        assert_eq!((child.id, child.sampled), (root.id, true));
        assert_ne!(child.span, root.span);
    }

    #[test]
    fn what_is_no_traceparent_is_refused() {
        for no in [
            "",
            "00-0-0-0",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333é-1",
        ] {
            assert_eq!(no.parse::<Trace>(), Err(NoTrace), "{no}");
        }
    }
}

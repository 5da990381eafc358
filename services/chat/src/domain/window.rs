//! Owns which messages of a room a page holds. Refuses to know where they are kept: the sequence has no gaps, so a
//! window is arithmetic.

use serde::{Deserialize, Serialize};

/// Which part of a room's history is asked for. Written into cursors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Window {
    /// The newest.
    Newest,
    /// The newest with a lower seq.
    Before(u64),
    /// The oldest with a higher seq.
    After(u64),
    /// Those on both sides of a seq, and it.
    Around(u64),
}

/// The sequences of a page: `first..=last`, empty when `first > last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// The lowest.
    pub first: u64,
    /// The highest.
    pub last: u64,
}

impl Window {
    /// Returns the span of at most `limit` messages in a room whose highest seq is `top`.
    pub(crate) fn span(self, limit: u64, top: u64) -> Span {
        let upto = |last: u64| Span {
            first: (last + 1).saturating_sub(limit).max(1),
            last,
        };
        match self {
            Self::Newest => upto(top),
            Self::Before(seq) => upto(seq.saturating_sub(1).min(top)),
            Self::After(seq) => {
                let held = seq.min(top);
                Span {
                    first: held + 1,
                    last: held.saturating_add(limit).min(top),
                }
            }
            Self::Around(seq) => upto(seq.saturating_add(limit.saturating_sub(1) / 2).max(limit).min(top)),
        }
    }

    /// Returns the window that goes on in the same direction after `span`, if there is more. Around goes no way.
    pub(crate) fn next(self, span: Span, top: u64) -> Option<Self> {
        match self {
            Self::Newest | Self::Before(_) => {
                (span.first > 1 && span.first <= span.last).then_some(Self::Before(span.first))
            }
            Self::After(_) => (span.last < top).then_some(Self::After(span.last)),
            Self::Around(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(window: Window, limit: u64, top: u64) -> (u64, u64) {
        let Span { first, last } = window.span(limit, top);
        (first, last)
    }

    #[test]
    fn windows_fit_together() {
        assert_eq!(span(Window::Newest, 5, 12), (8, 12));
        assert_eq!(span(Window::Before(8), 5, 12), (3, 7));
        assert_eq!(span(Window::Before(3), 5, 12), (1, 2));
        assert_eq!(span(Window::After(10), 5, 12), (11, 12));
        assert_eq!(span(Window::Around(6), 5, 12), (4, 8));
        assert_eq!(span(Window::Around(1), 5, 12), (1, 5));
        assert_eq!(span(Window::Around(12), 5, 12), (8, 12));
    }

    proptest! {
        #[test]
        fn a_span_lies_in_the_room_and_keeps_to_the_limit(seq in 0..u64::MAX, limit in 1..=200u64, top in 0..1_000u64) {
            for window in [Window::Newest, Window::Before(seq), Window::After(seq), Window::Around(seq)] {
                let Span { first, last } = window.span(limit, top);
                prop_assert!(first >= 1 && last <= top);
                prop_assert!(first > last || last - first < limit);
            }
        }

        #[test]
        fn a_walk_in_either_direction_meets_each_message_once(limit in 1..=20u64, top in 0..200u64) {
            for start in [Window::Newest, Window::After(0)] {
                let mut seen = Vec::new();
                let mut at = Some(start);
                while let Some(window) = at {
                    let span = window.span(limit, top);
                    seen.extend(span.first..=span.last);
                    at = window.next(span, top);
                }
                seen.sort_unstable();
                prop_assert_eq!(seen, (1..=top).collect::<Vec<_>>());
            }
        }

        #[test]
        fn around_holds_its_message(limit in 1..=50u64, top in 1..200u64, at in 0..200u64) {
            let seq = 1 + at % top;
            let Span { first, last } = Window::Around(seq).span(limit, top);
            prop_assert!((first..=last).contains(&seq));
        }
    }
}

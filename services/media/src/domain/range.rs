//! Owns which bytes of a file a request asks for (RFC 9110, section 14). Refuses to know where they are kept.

use std::ops::Range;

/// What is to be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// All of it. Also for several ranges and for what is no range: who is asked may ignore those.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Nothing of it is there: 416.
    Beyond,
}

/// Reads a `Range` header for a file of `length` bytes.
pub(crate) fn asked(header: Option<&str>, length: u64) -> Asked {
    let Some((first, last)) = header
        .and_then(|h| h.trim().strip_prefix("bytes="))
        .filter(|spec| !spec.contains(','))
        .and_then(|spec| spec.split_once('-'))
    else {
        return Asked::Whole;
    };
    match (number(first), number(last)) {
        // The last so many bytes.
        (Some(None), Some(Some(0))) => Asked::Beyond,
        (Some(None), Some(Some(suffix))) => part(length.saturating_sub(suffix), length, length),
        (Some(Some(first)), Some(None)) => part(first, length, length),
        (Some(Some(first)), Some(Some(last))) if first <= last => part(first, last.saturating_add(1), length),
        _ => Asked::Whole,
    }
}

fn part(from: u64, to: u64, length: u64) -> Asked {
    if from >= length {
        Asked::Beyond
    } else {
        Asked::Part(from..to.min(length))
    }
}

/// `None`: no number; `Some(None)`: nothing there.
fn number(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    // A sign would pass `parse`.
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
        .map(Some)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        for (header, expected) in [
            ("bytes=0-4", Asked::Part(0..5)),
            ("bytes=5-", Asked::Part(5..10)),
            ("bytes=-3", Asked::Part(7..10)),
            ("bytes=-30", Asked::Part(0..10)),
            ("bytes=8-99", Asked::Part(8..10)),
            ("bytes=10-", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=0-1,3-4", Asked::Whole),
            ("bytes=4-2", Asked::Whole),
            ("bytes=+1-2", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("items=0-1", Asked::Whole),
        ] {
            assert_eq!(asked(Some(header), 10), expected, "{header}");
        }
        assert_eq!(asked(None, 10), Asked::Whole);
        assert_eq!(asked(Some("bytes=0-"), 0), Asked::Beyond);
    }

    proptest! {
        #[test]
        fn no_header_reaches_beyond_the_file(header in "(bytes=)?[0-9-]{0,24}", length in 0u64..1000) {
            if let Asked::Part(range) = asked(Some(&header), length) {
                prop_assert!(range.start < range.end && range.end <= length);
            }
        }
    }
}

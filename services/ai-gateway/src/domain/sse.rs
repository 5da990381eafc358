//! Owns the reading of server-sent events (WHATWG HTML, 9.2) from bytes cut anywhere. Holds at most one event, up to a
//! limit. Refuses to know what the events say, and the `id` and `retry` fields, which only reconnecting clients need.

use bytes::Bytes;
use memchr::memchr2;

/// Reads events from a stream of bytes.
#[derive(Default)]
pub(crate) struct SseParser {
    line: Vec<u8>,
    name: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    after_cr: bool,
    begun: bool,
    event_bytes_max: usize,
    /// Within an event that is too large and passed over: whether the line under way has anything in it.
    passing: Option<bool>,
    /// Whether an event was ever passed over.
    has_passed: bool,
}

/// An event as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SseEvent<'a> {
    /// Its name; empty when it has none.
    pub(crate) name: &'a [u8],
    /// Its data, lines joined by newlines.
    pub(crate) data: &'a [u8],
}

/// A line or an event is over the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is too large")]
pub(crate) struct EventTooLarge;

/// Tells what says something from what only keeps a connection open: comments and empty lines, and whole `ping` events, which
/// are Anthropic's comments. Holds no bytes, so a `ping` that is cut counts as an event.
#[derive(Default)]
pub(crate) struct Comments {
    place: Place,
}

/// Where the bytes that were seen stop.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Beginning,
    LineStart,
    /// Within a comment.
    Comment,
    /// Within a line of an event.
    Line,
}

impl Comments {
    /// Sees the next bytes; tells whether anything in them belongs to an event other than `ping`.
    pub(crate) fn end_with(&mut self, bytes: &[u8]) -> bool {
        let bytes = match self.place {
            Place::Beginning => bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes),
            _ => bytes,
        };
        let bytes = match self.place {
            Place::Beginning | Place::LineStart => after_pings(bytes),
            Place::Comment | Place::Line => bytes,
        };
        let mut says = false;
        for line in bytes.split_inclusive(|b| matches!(b, b'\n' | b'\r')) {
            let ends = matches!(line.last(), Some(b'\n' | b'\r'));
            let place = match (self.place, line.first()) {
                (Place::Comment | Place::Line, _) => self.place,
                (_, Some(b':')) => Place::Comment,
                (_, Some(b'\n' | b'\r')) => Place::LineStart,
                _ => Place::Line,
            };
            // The rest of a line may be no more than its end.
            says |= place == Place::Line && !matches!(line, b"\n" | b"\r");
            self.place = if ends { Place::LineStart } else { place };
        }
        says
    }
}

/// Returns the first line of `bytes`, what ended it, and what comes after.
fn line_of(bytes: &[u8]) -> Option<(&[u8], u8, &[u8])> {
    let end = memchr2(b'\n', b'\r', bytes)?;
    let (head, tail) = bytes.split_at(end);
    let (terminator, tail) = tail.split_first()?;
    Some((head, *terminator, tail))
}

/// Returns what comes after the whole `ping` events that `bytes` begin with.
fn after_pings(mut bytes: &[u8]) -> &[u8] {
    while let Some(rest) = after_ping(bytes) {
        bytes = rest;
    }
    bytes
}

fn after_ping(bytes: &[u8]) -> Option<&[u8]> {
    let value = bytes.strip_prefix(b"event:")?;
    let rest = value.strip_prefix(b" ").unwrap_or(value).strip_prefix(b"ping")?;
    let ends: &[&[u8]] = &[b"\n\n", b"\r\n\r\n"];
    let end = ends
        .iter()
        .find(|end| rest.starts_with(end.get(..end.len() / 2).unwrap_or_default()))?;
    let at = rest.windows(end.len()).position(|window| window == *end)?;
    rest.get(at + end.len()..)
}

/// Makes `event` one of its own after a stream that may be `cut` within an event, which is ended first.
pub(crate) fn apart(cut: bool, event: Bytes) -> Bytes {
    if cut { [b"\n\n", &*event].concat().into() } else { event }
}

impl SseParser {
    /// Begins a stream whose events have at most `event_bytes_max` bytes.
    pub(crate) fn new(event_bytes_max: usize) -> Self {
        Self {
            line: Vec::new(),
            name: Vec::new(),
            data: Vec::new(),
            has_data: false,
            after_cr: false,
            begun: false,
            event_bytes_max,
            passing: None,
            has_passed: false,
        }
    }

    /// Reads on as [`Self::feed`] does, but passes over an event that is too large, and remembers that.
    pub(crate) fn feed_past(&mut self, bytes: &[u8], mut on: impl FnMut(SseEvent<'_>)) {
        let mut rest = bytes;
        loop {
            rest = self.pass(rest);
            let Err((after, in_line)) = self.read(rest, &mut on) else {
                return;
            };
            self.has_passed = true;
            for held in [&mut self.line, &mut self.name, &mut self.data] {
                held.clear();
            }
            (self.has_data, self.passing, rest) = (false, Some(in_line), after);
        }
    }

    /// Tells whether an event was too large to be read.
    pub(crate) const fn has_passed_over(&self) -> bool {
        self.has_passed
    }

    /// Returns what comes after the event that is passed over, if there is one.
    fn pass<'a>(&mut self, mut bytes: &'a [u8]) -> &'a [u8] {
        while let Some(in_line) = self.passing
            && let Some((head, terminator, tail)) = line_of(bytes)
        {
            bytes = tail;
            let second_half = terminator == b'\n' && self.after_cr && head.is_empty();
            self.after_cr = terminator == b'\r';
            if !second_half {
                self.passing = (in_line || !head.is_empty()).then_some(false);
            }
        }
        if self.passing.is_some() && !bytes.is_empty() {
            (self.passing, self.after_cr) = (Some(true), false);
            return &[];
        }
        bytes
    }

    /// Reads on, and gives each event that is now whole to `on`.
    pub(crate) fn feed(&mut self, bytes: &[u8], mut on: impl FnMut(SseEvent<'_>)) -> Result<(), EventTooLarge> {
        self.read(bytes, &mut on).map_err(|_| EventTooLarge)
    }

    /// Fails at what is too large with what comes after it, and whether that is in the midst of a line.
    fn read<'a>(&mut self, bytes: &'a [u8], on: &mut impl FnMut(SseEvent<'_>)) -> Result<(), (&'a [u8], bool)> {
        let mut rest = bytes;
        while let Some((head, terminator, tail)) = line_of(rest) {
            rest = tail;
            let second_half = terminator == b'\n' && self.after_cr && head.is_empty();
            self.after_cr = terminator == b'\r';
            if second_half {
                continue;
            }
            if self.line.is_empty() {
                self.end_line(head, on).map_err(|_| (rest, false))?;
            } else {
                self.hold(head).map_err(|_| (rest, false))?;
                let line = std::mem::take(&mut self.line);
                self.end_line(&line, on).map_err(|_| (rest, false))?;
                self.line = line;
                self.line.clear();
            }
        }
        if !rest.is_empty() {
            self.after_cr = false;
        }
        self.hold(rest).map_err(|_| (&[][..], true))
    }

    /// Tells whether what was read stops within an event.
    pub(crate) const fn is_cut(&self) -> bool {
        !self.line.is_empty() || self.has_data || !self.name.is_empty() || self.passing.is_some()
    }

    fn hold(&mut self, part: &[u8]) -> Result<(), EventTooLarge> {
        if self.line.len() + self.data.len() + part.len() > self.event_bytes_max {
            return Err(EventTooLarge);
        }
        self.line.extend_from_slice(part);
        Ok(())
    }

    fn end_line(&mut self, line: &[u8], on: &mut impl FnMut(SseEvent<'_>)) -> Result<(), EventTooLarge> {
        let line = if std::mem::replace(&mut self.begun, true) {
            line
        } else {
            line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
        };
        if line.is_empty() {
            if self.has_data {
                on(SseEvent {
                    name: &self.name,
                    data: &self.data,
                });
            }
            self.name.clear();
            self.data.clear();
            self.has_data = false;
            return Ok(());
        }
        let colon = line.iter().position(|&b| b == b':').unwrap_or(line.len());
        let (field, value) = line.split_at(colon);
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                if self.data.len() + value.len() >= self.event_bytes_max {
                    return Err(EventTooLarge);
                }
                if std::mem::replace(&mut self.has_data, true) {
                    self.data.push(b'\n');
                }
                self.data.extend_from_slice(value);
            }
            b"event" => {
                self.name.clear();
                self.name.extend_from_slice(value);
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(parts: &[&[u8]]) -> Vec<(String, String)> {
        let mut parser = SseParser::new(1000);
        let mut events = Vec::new();
        for part in parts {
            let text = |b: &[u8]| String::from_utf8(b.to_vec()).unwrap();
            parser
                .feed(part, |e| events.push((text(e.name), text(e.data))))
                .unwrap();
        }
        events
    }

    #[test]
    fn events_names_comments_and_lines_are_read_as_the_standard_says() {
        let text = b"\xef\xbb\xbfevent: a\ndata: one\ndata:two\n\n: comment\ndata\n\nid: 1\n\r\ndata:  x\rdata: y\r\r\ndata: unfinished\n";
        let expected = [("a", "one\ntwo"), ("", ""), ("", " x\ny")].map(|(n, d)| (n.to_owned(), d.to_owned()));
        assert_eq!(read(&[text]), expected);
    }

    #[test]
    fn comments_are_told_from_events_wherever_they_are_cut() {
        for (frames, says) in [
            (vec![": a\n\n", ":b\r\n\r\n", "\n"], vec![false, false, false]),
            (vec!["\u{feff}: a\n\n", "data: x\n\n"], vec![false, true]),
            (
                vec![": da", "ta: x\n", "\nda", "ta: x", "\n\n"],
                vec![false, false, true, true, false],
            ),
            (vec![": a\n\nevent: x\n", ": b\n"], vec![true, false]),
            (vec!["{\"done\":false}\n", "\n"], vec![true, false]),
            (
                vec![
                    "event: ping\ndata: {\"type\":\"ping\"}\n\n",
                    "event:ping\r\ndata: {}\r\n\r\nevent: ping\n\n",
                    "event: ping\ndata: {}\n\nevent: x\n",
                    "data: {}\n\n",
                ],
                vec![false, false, true, true],
            ),
            (vec!["event: pingpong\ndata: {}\n\n"], vec![true]),
            (
                vec!["event: ping\ndata:", " {}\n\n", "event: ping\n\n"],
                vec![true, true, false],
            ),
        ] {
            let mut comments = Comments::default();
            let told: Vec<bool> = frames.iter().map(|frame| comments.end_with(frame.as_bytes())).collect();
            assert_eq!(told, says, "{frames:?}");
        }
    }

    #[test]
    fn an_event_after_one_that_was_cut_stands_apart_from_it() {
        for (before, ending) in [
            ("", ""),
            ("data: a\n\n", ""),
            (": comment\n", ""),
            ("data: a\n", "\n\n"),
            ("da", "\n\n"),
            ("event: x\n", "\n\n"),
        ] {
            let mut parser = SseParser::new(100);
            parser.feed(before.as_bytes(), |_| {}).unwrap();
            let event = apart(parser.is_cut(), Bytes::from_static(b"data: b\n\n"));
            assert_eq!(event, format!("{ending}data: b\n\n"), "{before:?}");
        }
    }

    #[test]
    fn an_event_over_the_limit_is_refused_whether_in_one_line_or_many() {
        assert_eq!(SseParser::new(20).feed(&[b'x'; 40], |_| {}), Err(EventTooLarge));
        assert_eq!(
            SseParser::new(20).feed(b"data: 1234567890\ndata: 1234567890\n", |_| {}),
            Err(EventTooLarge)
        );
        assert_eq!(
            SseParser::new(20).feed(b"data: 12345678901234567890\n\n", |_| {}),
            Err(EventTooLarge)
        );
        assert_eq!(SseParser::new(20).feed(b"data: 1234\n\ndata: 5678\n\n", |_| {}), Ok(()));
    }

    #[test]
    fn after_an_event_over_the_limit_the_others_are_read_wherever_they_are_cut() {
        for text in [
            "data: a\n\ndata: 12345678901234567890\n\ndata: b\n\n",
            "data: a\r\n\r\ndata: 12345678901234567890\r\ndata: c\r\n\r\ndata: b\r\n\r\n",
            "data: a\r\revent: x\rdata: 1234567890\rdata: 1234567890\rdata: c\r\rdata: b\r\r",
        ] {
            for size in 1..=text.len() {
                let (mut parser, mut events) = (SseParser::new(20), Vec::new());
                for part in text.as_bytes().chunks(size) {
                    parser.feed_past(part, |e| events.push((e.name.to_vec(), e.data.to_vec())));
                }
                assert_eq!(
                    events,
                    ["a", "b"].map(|data| (Vec::new(), data.into())),
                    "{text:?} {size}"
                );
                assert!(parser.has_passed_over() && !parser.is_cut());
            }
        }
        let mut parser = SseParser::new(20);
        parser.feed_past(&[b'x'; 20], |_| {});
        assert!(!parser.has_passed_over());
        parser.feed_past(&[b'x'; 20], |_| {});
        assert!(parser.has_passed_over() && parser.is_cut());
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_bytes_are_cut(
            lines in proptest::collection::vec(("(data|event|x|)", ":? ?", "[a-c:\u{e9} ]{0,8}", "(\n|\r|\r\n)"), 0..20),
            cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let text: String = lines.iter().map(|(f, c, v, end)| format!("{f}{c}{v}{end}")).collect();
            let mut cuts: Vec<usize> = cuts.iter().map(|i| i.index(text.len() + 1)).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let parts: Vec<&[u8]> = cuts.windows(2).map(|w| &text.as_bytes()[w[0]..w[1]]).collect();
            prop_assert_eq!(read(&parts), read(&[text.as_bytes()]));
        }

        #[test]
        fn it_holds_no_more_than_its_limit(parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 0..30)) {
            let mut parser = SseParser::new(64);
            for part in parts {
                let _ = parser.feed(&part, |_| {});
                prop_assert!(parser.line.len() + parser.data.len() <= 64);
            }
        }
    }
}

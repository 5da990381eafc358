//! Owns the reading of lines from bytes cut anywhere (newline-delimited JSON). Holds at most one line, up to a limit. Refuses
//! to know what a line says.

/// Reads lines from a stream of bytes.
pub(crate) struct LineReader {
    line: Vec<u8>,
    line_bytes_max: usize,
}

/// A line is over the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a line of the stream is too large")]
pub(crate) struct LineTooLarge;

impl LineReader {
    /// Begins a stream whose lines have at most `line_bytes_max` bytes.
    pub(crate) fn new(line_bytes_max: usize) -> Self {
        Self {
            line: Vec::new(),
            line_bytes_max,
        }
    }

    /// Reads on, and gives each line that is now whole to `on`; lines of blanks are left out.
    pub(crate) fn feed(&mut self, bytes: &[u8], mut on: impl FnMut(&[u8])) -> Result<(), LineTooLarge> {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|b| *b == b'\n') {
            let (head, tail) = rest.split_at(end);
            rest = tail.get(1..).unwrap_or_default();
            if self.line.is_empty() && head.len() <= self.line_bytes_max {
                give(head, &mut on);
                continue;
            }
            self.hold(head)?;
            give(&self.line, &mut on);
            self.line.clear();
        }
        self.hold(rest)
    }

    /// Gives the last line to `on`, which may lack its newline.
    pub(crate) fn end(&mut self, on: impl FnMut(&[u8])) {
        give(&std::mem::take(&mut self.line), on);
    }

    fn hold(&mut self, part: &[u8]) -> Result<(), LineTooLarge> {
        if self.line.len() + part.len() > self.line_bytes_max {
            return Err(LineTooLarge);
        }
        self.line.extend_from_slice(part);
        Ok(())
    }
}

fn give(line: &[u8], mut on: impl FnMut(&[u8])) {
    let line = line.trim_ascii();
    if !line.is_empty() {
        on(line);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(parts: &[&[u8]]) -> Vec<String> {
        let (mut reader, mut lines) = (LineReader::new(64), Vec::new());
        let mut on = |line: &[u8]| lines.push(String::from_utf8(line.to_vec()).unwrap());
        for part in parts {
            reader.feed(part, &mut on).unwrap();
        }
        reader.end(&mut on);
        lines
    }

    #[test]
    fn lines_are_read_with_either_ending_and_the_last_one_without() {
        assert_eq!(
            read(&[b"{\"a\":1}\r\n\n \n{}", b"\n[", b"]"]),
            ["{\"a\":1}", "{}", "[]"]
        );
        assert_eq!(LineReader::new(4).feed(b"12345\n", |_| {}), Err(LineTooLarge));
        let mut reader = LineReader::new(4);
        assert_eq!(reader.feed(b"123", |_| {}), Ok(()));
        assert_eq!(reader.feed(b"45", |_| {}), Err(LineTooLarge));
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_bytes_are_cut(
            lines in proptest::collection::vec("[a-c\u{e9}]{0,8}", 0..12), cut in any::<prop::sample::Index>(),
        ) {
            let text = lines.join("\n");
            let (a, b) = text.as_bytes().split_at(cut.index(text.len() + 1));
            prop_assert_eq!(read(&[a, b]), read(&[text.as_bytes()]));
        }

        #[test]
        fn it_holds_no_more_than_its_limit(parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 0..20)) {
            let mut reader = LineReader::new(64);
            for part in parts {
                let _ = reader.feed(&part, |_| {});
                prop_assert!(reader.line.len() <= 64);
            }
        }
    }
}

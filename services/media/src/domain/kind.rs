//! Owns what a file is, by its first bytes, and the closed table of what is taken. Refuses to know what the sender says.

use contracts::media::AssetKind;

/// How many first bytes are looked at.
pub(crate) const HEAD_BYTES: usize = 8 * 1024;

/// What a file was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) kind: AssetKind,
    /// Media type that it is served as.
    pub(crate) mime: &'static str,
}

/// What the sniffer says, what we take it for, and under which media type it is served.
const TAKEN: &[(&str, AssetKind, &str)] = &[
    ("image/jpeg", AssetKind::Image, "image/jpeg"),
    ("image/png", AssetKind::Image, "image/png"),
    ("image/gif", AssetKind::Image, "image/gif"),
    ("image/webp", AssetKind::Image, "image/webp"),
    ("video/mp4", AssetKind::Video, "video/mp4"),
    ("video/x-m4v", AssetKind::Video, "video/mp4"),
    ("video/quicktime", AssetKind::Video, "video/quicktime"),
    ("video/webm", AssetKind::Video, "video/webm"),
    ("video/x-matroska", AssetKind::Video, "video/x-matroska"),
    ("audio/mpeg", AssetKind::Audio, "audio/mpeg"),
    ("audio/m4a", AssetKind::Audio, "audio/mp4"),
    ("audio/ogg", AssetKind::Audio, "audio/ogg"),
    ("audio/opus", AssetKind::Audio, "audio/ogg"),
    ("audio/x-flac", AssetKind::Audio, "audio/flac"),
    ("audio/x-wav", AssetKind::Audio, "audio/wav"),
    ("audio/aac", AssetKind::Audio, "audio/aac"),
    ("application/pdf", AssetKind::File, "application/pdf"),
    ("application/zip", AssetKind::File, "application/zip"),
    ("application/gzip", AssetKind::File, "application/gzip"),
    ("application/epub+zip", AssetKind::File, "application/epub+zip"),
    (DOCX, AssetKind::File, DOCX),
    (XLSX, AssetKind::File, XLSX),
    (PPTX, AssetKind::File, PPTX),
    (ODT, AssetKind::File, ODT),
    (ODS, AssetKind::File, ODS),
    (ODP, AssetKind::File, ODP),
];
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const ODT: &str = "application/vnd.oasis.opendocument.text";
const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";
const ODP: &str = "application/vnd.oasis.opendocument.presentation";

/// Plain text has no magic bytes; it is taken when it can be nothing else.
const TEXT: Found = Found {
    kind: AssetKind::File,
    mime: "text/plain; charset=utf-8",
};

/// Finds what a file is by its first bytes; `None` for what is not taken, such as SVG, HTML, programs and HEIC.
pub(crate) fn sniff(head: &[u8]) -> Option<Found> {
    let head = head.get(..HEAD_BYTES).unwrap_or(head);
    match infer::get(head) {
        Some(found) => TAKEN
            .iter()
            .find(|(says, ..)| *says == found.mime_type())
            .map(|(_, kind, mime)| Found { kind: *kind, mime }),
        None => is_plain_text(head).then_some(TEXT),
    }
}

/// Tells whether these are the first bytes of UTF-8 text that is no markup and no script.
fn is_plain_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The last letter may be cut off.
        Err(e) if e.error_len().is_none() => match head.get(..e.valid_up_to()).map(std::str::from_utf8) {
            Some(Ok(text)) => text,
            _ => return false,
        },
        Err(_) => return false,
    };
    let text = text.trim_start_matches('\u{feff}');
    let begins = text.trim_start();
    !begins.is_empty()
        && !begins.starts_with(['<', '%'])
        && !begins.starts_with("#!")
        && text
            .chars()
            .all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}'))
}

/// Tells whether a browser may show it in place; everything else is a download.
pub(crate) fn shows_inline(mime: &str) -> bool {
    TAKEN
        .iter()
        .any(|(_, kind, served)| *kind != AssetKind::File && *served == mime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_run_or_be_markup_is_not_taken() {
        let bad: &[&[u8]] = &[
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script></svg>",
            b"\xef\xbb\xbf  \n<?xml version=\"1.0\"?><svg/>",
            b"<!DOCTYPE html><script>alert(1)</script>",
            b"  <html>",
            b"MZ\x90\x00",
            b"\x7fELF\x02\x01\x01",
            b"#!/bin/sh\n",
            b"%!PS",
            b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
            b"\x00\x01\x02\x03",
            b"",
            b"   ",
        ];
        for head in bad {
            assert_eq!(sniff(head), None, "{:?}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn the_bytes_say_what_it_is() {
        let good: &[(&[u8], &str)] = &[
            (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
            (b"\x89PNG\r\n\x1a\n", "image/png"),
            (b"GIF89a", "image/gif"),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
            (b"%PDF-1.7", "application/pdf"),
            (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00", "video/mp4"),
            (b"ID3\x03\x00", "audio/mpeg"),
            (
                "Grüße an alle,\r\n\tund ö".as_bytes().split_last().unwrap().1,
                "text/plain; charset=utf-8",
            ),
        ];
        for (head, mime) in good {
            assert_eq!(sniff(head).map(|f| f.mime), Some(*mime));
        }
        assert!(shows_inline("image/png") && shows_inline("audio/ogg"));
        assert!(
            !shows_inline("application/pdf")
                && !shows_inline("text/plain; charset=utf-8")
                && !shows_inline("image/svg+xml")
        );
    }
}

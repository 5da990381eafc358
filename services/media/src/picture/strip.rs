//! Owns the removal of metadata from a picture without touching its pixels: EXIF with its places, XMP, IPTC, comments, texts,
//! times, thumbnails, and whatever is hung on behind the end. Colour profiles stay, since colours depend on them.
//! Only what is known to be needed is kept; refuses to unpack anything.

use image::ImageFormat;

/// A picture without metadata.
pub(crate) struct Stripped {
    pub(crate) bytes: Vec<u8>,
    /// Whether it has more than one frame.
    pub(crate) animated: bool,
    /// Pixels of the largest frame in a WebP or GIF, which may be more than its header says. Otherwise 0.
    pub(crate) frame_pixels: u64,
}

/// Strips a picture; `None` when its parts do not fit together.
pub(crate) fn strip(bytes: &[u8], format: ImageFormat) -> Option<Stripped> {
    match format {
        ImageFormat::Jpeg => jpeg(bytes),
        ImageFormat::Png => png(bytes),
        ImageFormat::Gif => gif(bytes),
        ImageFormat::WebP => webp(bytes),
        _ => None,
    }
}

/// Reads from a slice without ever reaching beyond it.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(head)
    }
    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }
}

// --- JPEG (ITU T.81): segments of a marker and a length, pixels after each SOS -----------------------------------------

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;

fn jpeg(bytes: &[u8]) -> Option<Stripped> {
    let mut reader = Reader(bytes);
    if reader.array()? != [0xff, SOI] {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(&[0xff, SOI]);
    let mut has_pixels = false;
    loop {
        if reader.0.is_empty() {
            // Some programs leave the end out.
            out.extend_from_slice(&[0xff, EOI]);
            return has_pixels.then_some(Stripped {
                bytes: out,
                animated: false,
                frame_pixels: 0,
            });
        }
        if reader.byte()? != 0xff {
            return None;
        }
        let mut marker = reader.byte()?;
        // Any number of fill bytes may stand before a marker.
        while marker == 0xff {
            marker = reader.byte()?;
        }
        if marker == EOI {
            out.extend_from_slice(&[0xff, EOI]);
            // What stands behind it is another file: a film of the moment, a second picture.
            return Some(Stripped {
                bytes: out,
                animated: false,
                frame_pixels: 0,
            });
        }
        let length = reader.array::<2>()?;
        let body = reader.take(usize::from(u16::from_be_bytes(length)).checked_sub(2)?)?;
        if is_kept(marker, body) {
            out.extend_from_slice(&[0xff, marker]);
            out.extend_from_slice(&length);
            out.extend_from_slice(body);
        }
        if marker == SOS {
            has_pixels = true;
            let pixels = entropy_coded(reader.0).unwrap_or(reader.0.len());
            out.extend_from_slice(reader.take(pixels)?);
        }
    }
}

/// What pixels are made of (frames, tables, scans, restarts), and of the application segments: JFIF without its thumbnail's namesake,
/// colour profiles, Adobe's colour transform. What the standard has kept for later may hold anything.
fn is_kept(marker: u8, body: &[u8]) -> bool {
    match marker {
        APP0 => body.starts_with(b"JFIF\0") && body.len() == 14,
        APP2 => body.starts_with(b"ICC_PROFILE\0"),
        APP14 => body.starts_with(b"Adobe"),
        0xc0..=0xcf | 0xda..=0xdf => true,
        _ => false,
    }
}

/// Returns the length of the pixels: up to the next marker that is no restart.
fn entropy_coded(bytes: &[u8]) -> Option<usize> {
    let ends = |pair: &[u8]| matches!(pair, [0xff, marker] if !matches!(marker, 0 | 0xd0..=0xd7 | 0xff));
    bytes.windows(2).position(ends)
}

// --- PNG (ISO 15948): chunks of a length, a name and a checksum ---------------------------------------------------------

const PNG_SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// Chunks that pixels, colours and movement depend on.
const PNG_KEPT: [&[u8; 4]; 15] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"cICP", b"pHYs",
    b"acTL", b"fcTL", b"fdAT",
];

fn png(bytes: &[u8]) -> Option<Stripped> {
    let mut reader = Reader(bytes);
    if reader.array()? != PNG_SIGNATURE {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(&PNG_SIGNATURE);
    let mut animated = false;
    loop {
        let length = reader.array::<4>()?;
        let name = reader.array::<4>()?;
        let body = reader.take(usize::try_from(u32::from_be_bytes(length)).ok()?)?;
        let checksum = reader.array::<4>()?;
        if PNG_KEPT.contains(&&name) {
            for part in [&length, &name, body, &checksum] {
                out.extend_from_slice(part);
            }
        }
        if &name == b"acTL" {
            let frames = body.first_chunk::<4>().map(|n| u32::from_be_bytes(*n));
            animated = frames.is_some_and(|n| n > 1);
        }
        if &name == b"IEND" {
            return Some(Stripped {
                bytes: out,
                animated,
                frame_pixels: 0,
            });
        }
    }
}

// --- GIF (89a): blocks of sub-blocks ------------------------------------------------------------------------------------

fn gif(bytes: &[u8]) -> Option<Stripped> {
    let mut reader = Reader(bytes);
    let head = reader.take(13)?;
    if !head.starts_with(b"GIF8") {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(head);
    out.extend_from_slice(reader.take(color_table(*head.get(10)?))?);
    let (mut frames, mut frame_pixels) = (0usize, 0);
    loop {
        // Some programs leave the end out.
        match reader.byte().or((frames > 0).then_some(0x3b))? {
            0x3b => {
                out.push(0x3b);
                return Some(Stripped {
                    bytes: out,
                    animated: frames > 1,
                    frame_pixels,
                });
            }
            0x2c => {
                frames += 1;
                let descriptor = reader.take(9)?;
                if let [_, _, _, _, w0, w1, h0, h1, _] = *descriptor {
                    let sides = (u16::from_le_bytes([w0, w1]), u16::from_le_bytes([h0, h1]));
                    frame_pixels = frame_pixels.max(u64::from(sides.0) * u64::from(sides.1));
                }
                out.push(0x2c);
                out.extend_from_slice(descriptor);
                out.extend_from_slice(reader.take(color_table(*descriptor.get(8)?))?);
                out.push(reader.byte()?);
                out.extend_from_slice(sub_blocks(&mut reader)?);
            }
            0x21 => {
                let label = reader.byte()?;
                let blocks = sub_blocks(&mut reader)?;
                // How a frame is shown, and how often all are; not comments, texts and other applications' data.
                let repeats = label == 0xff && (is_named(blocks, b"NETSCAPE2.0") || is_named(blocks, b"ANIMEXTS1.0"));
                if label == 0xf9 || repeats {
                    out.extend_from_slice(&[0x21, label]);
                    out.extend_from_slice(blocks);
                }
            }
            _ => return None,
        }
    }
}

/// Returns the bytes of the colour table that follows flags.
fn color_table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn is_named(blocks: &[u8], name: &[u8; 11]) -> bool {
    blocks.first() == Some(&11) && blocks.get(1..12) == Some(name.as_slice())
}

/// Takes sub-blocks with the empty one that ends them.
fn sub_blocks<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    let all = reader.0;
    loop {
        let length = usize::from(reader.byte()?);
        reader.take(length)?;
        if length == 0 {
            return all.get(..all.len() - reader.0.len());
        }
    }
}

// --- WebP (RFC 9649): RIFF chunks ---------------------------------------------------------------------------------------

const WEBP_KEPT: [&[u8; 4]; 7] = [b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
/// In the flags of `VP8X`: there is EXIF, there is XMP.
const WEBP_METADATA: u8 = 0b0000_1100;
/// The same: it moves.
const WEBP_ANIMATION: u8 = 0b0000_0010;

fn webp(bytes: &[u8]) -> Option<Stripped> {
    let mut reader = Reader(bytes);
    if reader.array()? != *b"RIFF" {
        return None;
    }
    let size = u32::from_le_bytes(reader.array()?);
    // Files of some programs are a byte short of what they say; what is behind the end is dropped.
    let size = usize::try_from(size).ok()?.min(reader.0.len());
    let mut reader = Reader(reader.take(size)?);
    if reader.array()? != *b"WEBP" {
        return None;
    }
    let (mut out, mut animated, mut frame_pixels) = (Vec::with_capacity(bytes.len()), false, 0);
    out.extend_from_slice(b"RIFF\0\0\0\0WEBP");
    while !reader.0.is_empty() {
        let name = reader.array::<4>()?;
        let length = reader.array::<4>()?;
        let size = usize::try_from(u32::from_le_bytes(length)).ok()?;
        let body = reader.take(size)?;
        // Chunks are padded to even lengths; the last pad may be missing.
        let _ = (size % 2 == 1).then(|| reader.byte());
        if !WEBP_KEPT.contains(&&name) {
            continue;
        }
        frame_pixels = frame_pixels.max(webp_pixels(&name, body)?);
        out.extend_from_slice(&name);
        out.extend_from_slice(&length);
        if &name == b"VP8X" {
            let (flags, rest) = body.split_first()?;
            animated = flags & WEBP_ANIMATION != 0;
            out.push(flags & !WEBP_METADATA);
            out.extend_from_slice(rest);
        } else {
            out.extend_from_slice(body);
        }
        if size % 2 == 1 {
            out.push(0);
        }
    }
    let size = u32::try_from(out.len() - 8).ok()?.to_le_bytes();
    out.get_mut(4..8)?.copy_from_slice(&size);
    Some(Stripped {
        bytes: out,
        animated,
        frame_pixels,
    })
}

/// Returns how many pixels a chunk unpacks to by its own header: a decoder makes room for those before it finds that they are
/// not those of the whole.
fn webp_pixels(name: &[u8; 4], body: &[u8]) -> Option<u64> {
    const SIDE: u32 = 0x3fff;
    match name {
        b"VP8 " => {
            let (width, height) = (body.get(6..8)?.try_into().ok()?, body.get(8..10)?.try_into().ok()?);
            let side = |bytes: [u8; 2]| u64::from(u32::from(u16::from_le_bytes(bytes)) & SIDE);
            Some(side(width) * side(height))
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(body.get(1..5)?.try_into().ok()?);
            Some(u64::from((bits & SIDE) + 1) * u64::from(((bits >> 14) & SIDE) + 1))
        }
        b"ANMF" => {
            let side = |at: usize| {
                let bytes = body.get(at..at + 3)?;
                Some(bytes.iter().rev().fold(0, |side, byte| (side << 8) | u64::from(*byte)) + 1)
            };
            let mut most = side(6)? * side(9)?;
            let mut reader = Reader(body.get(16..)?);
            while reader.0.len() >= 8 {
                let name = reader.array::<4>()?;
                let size = usize::try_from(u32::from_le_bytes(reader.array()?)).ok()?;
                let inner = reader.take(size)?;
                let _ = (size % 2 == 1).then(|| reader.byte());
                // A frame holds no frames.
                if &name != b"ANMF" {
                    most = most.max(webp_pixels(&name, inner)?);
                }
            }
            Some(most)
        }
        _ => Some(0),
    }
}

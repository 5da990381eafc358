//! Files that the tests upload, made here.

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

/// A word that must be found in nothing that is handed out.
pub(crate) const SECRET: &[u8] = b"52.5200N-13.4050E";

/// A picture whose left half is red and whose right half is blue.
pub(crate) fn halves(width: u32, height: u32) -> DynamicImage {
    let color = |x, _| {
        if x < width / 2 {
            Rgb([220, 20, 20])
        } else {
            Rgb([20, 20, 220])
        }
    };
    RgbImage::from_fn(width, height, color).into()
}

pub(crate) fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(&halves(width, height), ImageFormat::Jpeg)
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(&halves(width, height), ImageFormat::Png)
}

/// EXIF (TIFF, little-endian) with a direction, a description and a place that both say where it was.
pub(crate) fn exif(orientation: u16) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x03\0".to_vec();
    let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
        tiff.extend_from_slice(&tag.to_le_bytes());
        tiff.extend_from_slice(&kind.to_le_bytes());
        tiff.extend_from_slice(&count.to_le_bytes());
        tiff.extend_from_slice(&value.to_le_bytes());
    };
    // Three entries and the end take bytes 8 to 50; there the description begins, and behind it the place.
    entry(0x010e, 2, SECRET.len() as u32, 50);
    entry(0x0112, 3, 1, orientation.into());
    entry(0x8825, 4, 1, 50 + SECRET.len() as u32);
    tiff.extend_from_slice(&0u32.to_le_bytes());
    tiff.extend_from_slice(SECRET);
    tiff.extend_from_slice(b"\x01\0\x01\0\x02\0\x02\0\0\0N\0\0\0\0\0\0\0");
    tiff
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], length.as_slice(), body].concat()
}

/// A JPEG as a camera writes it: EXIF, XMP, IPTC, a comment, a segment that no standard knows, and a film behind its end.
pub(crate) fn camera_jpeg(width: u32, height: u32, orientation: u16) -> Vec<u8> {
    let plain = jpeg(width, height);
    let (start, rest) = plain.split_at(2);
    [
        start,
        &segment(0xe1, &[b"Exif\0\0", exif(orientation).as_slice()].concat()),
        &segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat()),
        &segment(0xed, &[b"Photoshop 3.0\0", SECRET].concat()),
        &segment(0xfe, SECRET),
        &segment(0xf5, SECRET),
        rest,
        b"\0\0\0\x18ftypmp42",
        SECRET,
    ]
    .concat()
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let crc = checksum(name, body).to_be_bytes();
    [length.as_slice(), name, body, &crc].concat()
}

/// CRC-32 as PNG has it.
fn checksum(name: &[u8], body: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| {
            if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 }
        })
    };
    !name.iter().chain(body).fold(u32::MAX, step)
}

/// A PNG with texts, a time and EXIF.
pub(crate) fn chatty_png(width: u32, height: u32) -> Vec<u8> {
    let plain = png(width, height);
    // The signature and IHDR take 33 bytes.
    let (start, rest) = plain.split_at(33);
    [
        start,
        &chunk(b"tEXt", &[b"Comment\0", SECRET].concat()),
        &chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", SECRET].concat()),
        &chunk(b"eXIf", &exif(1)),
        &chunk(b"tIME", &[7, 0xea, 1, 1, 0, 0, 0]),
        &chunk(b"prVt", SECRET),
        rest,
        SECRET,
    ]
    .concat()
}

/// A PNG whose header promises more than anybody may unpack.
pub(crate) fn bomb_png(width: u32, height: u32) -> Vec<u8> {
    let head = [width.to_be_bytes().as_slice(), &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [
        b"\x89PNG\r\n\x1a\n".as_slice(),
        &chunk(b"IHDR", &head),
        &chunk(b"IDAT", b"x"),
        &chunk(b"IEND", b""),
    ]
    .concat()
}

/// A GIF of three frames with a comment in it.
pub(crate) fn moving_gif() -> Vec<u8> {
    let mut out = Vec::new();
    {
        let mut encoder = GifEncoder::new(&mut out);
        encoder.set_repeat(image::codecs::gif::Repeat::Infinite).unwrap();
        for shade in [0u8, 100, 200] {
            encoder
                .encode_frame(Frame::new(RgbaImage::from_pixel(64, 48, Rgba([shade, 80, 80, 255]))))
                .unwrap();
        }
    }
    let comment = [b"\x21\xfe".as_slice(), &[SECRET.len() as u8], SECRET, &[0]].concat();
    // Before the trailer, which is the last byte.
    let trailer = out.pop();
    out.extend(comment);
    out.extend(trailer);
    out
}

/// A WebP with EXIF and XMP behind its pixels.
pub(crate) fn chatty_webp(width: u32, height: u32) -> Vec<u8> {
    let plain = encoded(&DynamicImage::from(halves(width, height).to_rgba8()), ImageFormat::WebP);
    let pixels = &plain[12..];
    let side = |n: u32| (n - 1).to_le_bytes()[..3].to_vec();
    let part = |name: &[u8; 4], body: &[u8]| {
        let pad = vec![0; body.len() % 2];
        [name.as_slice(), &(body.len() as u32).to_le_bytes(), body, &pad].concat()
    };
    let head = [vec![0b0000_1100, 0, 0, 0], side(width), side(height)].concat();
    let body = [
        b"WEBP".as_slice(),
        &part(b"VP8X", &head),
        pixels,
        &part(b"EXIF", &exif(1)),
        &part(b"XMP ", SECRET),
    ]
    .concat();
    [b"RIFF".as_slice(), &(body.len() as u32).to_le_bytes(), &body].concat()
}

/// A chunk of a WebP.
fn part(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let pad = vec![0; body.len() % 2];
    [name.as_slice(), &(body.len() as u32).to_le_bytes(), body, &pad].concat()
}

/// WebPs of 8 by 8 pixels by their header, with a picture of 16,383 by 16,383 in them: plain of both kinds, moving, and behind the end.
pub(crate) fn bomb_webps() -> Vec<Vec<u8>> {
    let head = |flags: u8| part(b"VP8X", &[flags, 0, 0, 0, 7, 0, 0, 7, 0, 0]);
    let lossy = part(b"VP8 ", b"\x10\0\0\x9d\x01\x2a\xff\x3f\xff\x3f\0\0\0\0\0\0\0\0\0\0");
    let sides: u32 = 0x3ffe | (0x3ffe << 14);
    let lossless = part(b"VP8L", &[&[0x2f], sides.to_le_bytes().as_slice(), &[0; 12]].concat());
    let frame = |inner: &[u8]| {
        part(
            b"ANMF",
            &[[0; 6].as_slice(), &[7, 0, 0, 7, 0, 0, 0, 0, 0, 0], inner].concat(),
        )
    };
    let file = |chunks: &[&[u8]]| {
        let body = [b"WEBP".as_slice(), &chunks.concat()].concat();
        [b"RIFF".as_slice(), &(body.len() as u32).to_le_bytes(), &body].concat()
    };
    let anim = part(b"ANIM", &[0; 6]);
    vec![
        file(&[&head(0), &lossy]),
        file(&[&head(0), &lossless]),
        file(&[&head(2), &anim, &frame(&lossy)]),
        file(&[&head(2), &anim, &frame(&lossless)]),
        file(&[&lossy]),
    ]
}

/// A GIF of 8 by 8 pixels by its header, with a frame of `width` by `height`.
pub(crate) fn bomb_gif(width: u16, height: u16) -> Vec<u8> {
    let sides = [width.to_le_bytes(), height.to_le_bytes()].concat();
    [
        b"GIF89a\x08\0\x08\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0".as_slice(),
        &sides,
        b"\0\x02\x02\x44\x01\0\x3b",
    ]
    .concat()
}

/// Bytes that pass for an MP4 by their beginning.
pub(crate) fn like_mp4(bytes: usize) -> Vec<u8> {
    let mut film = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2".to_vec();
    film.extend((film.len()..bytes).map(|i| (i % 251) as u8));
    film
}

pub(crate) fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}

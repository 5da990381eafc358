//! Owns what is made of a picture: its original without metadata, smaller sizes, a still of one that moves, a blurred hash.
//! Runs on the CPU alone; refuses to know where pictures come from and go to.
//!
//! The original is stripped **without encoding it anew** (`strip`), so that it loses nothing and keeps moving. Only a JPEG that
//! its camera held turned is unpacked, turned and packed again (quality 92), since what tells its direction goes with the rest.
//! Sizes are JPEG, or lossless WebP where the picture is transparent.

pub(crate) mod strip;

use std::io::Cursor;

use fast_image_resize as fir;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageEncoder as _, ImageFormat, ImageReader, Limits, RgbImage, RgbaImage};

use strip::Stripped;

/// The sizes, largest first: name and longest side in pixels.
const SIZES: [(&str, u32); 3] = [("large", 1600), ("medium", 800), ("thumb", 320)];
/// Longest side of any picture; JPEG and WebP can have no longer one.
const SIDE_MAX: u32 = 16_383;
/// Quality of the JPEG of a size, of 100.
const SIZE_QUALITY: u8 = 82;
/// Quality of the JPEG of an original that was turned.
const ORIGINAL_QUALITY: u8 = 92;
/// Longest side of the picture that the hash is made of.
const HASH_SIDE: u32 = 32;
/// Parts of the hash across and down.
const HASH_PARTS: (u32, u32) = (4, 3);
/// Largest colour profile that goes along with each size.
const PROFILE_BYTES_MAX: usize = 64 * 1024;

/// Why no picture is made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// By its header, or that of a frame in it, it has too many pixels. Nothing of it was unpacked.
    TooManyPixels,
    /// It cannot be read.
    Unreadable,
}

impl Refusal {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::TooManyPixels => "too_many_pixels",
            Self::Unreadable => "unreadable",
        }
    }
}

/// One size, encoded.
#[derive(Debug)]
pub(crate) struct Size {
    pub(crate) name: &'static str,
    pub(crate) mime: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bytes: Vec<u8>,
}

/// What was made of a picture.
#[derive(Debug)]
pub(crate) struct Made {
    /// The original first.
    pub(crate) sizes: Vec<Size>,
    pub(crate) blurhash: String,
    pub(crate) animated: bool,
}

/// Makes everything of a picture of at most `pixels_max` pixels.
pub(crate) fn make(bytes: &[u8], mime: &'static str, pixels_max: u64) -> Result<Made, Refusal> {
    let format = ImageFormat::from_mime_type(mime).ok_or(Refusal::Unreadable)?;
    let stripped = strip::strip(bytes, format).ok_or(Refusal::Unreadable)?;
    if stripped.frame_pixels > pixels_max {
        return Err(Refusal::TooManyPixels);
    }
    // The decoder of WebP also finds chunks behind the end, which nobody has counted: it is given what was.
    let unpacked = match format {
        ImageFormat::WebP => stripped.bytes.as_slice(),
        _ => bytes,
    };
    let (mut picture, mut orientation, profile) = unpack(unpacked, format, pixels_max)?;
    if format == ImageFormat::WebP {
        orientation = open(bytes, format, pixels_max)?
            .orientation()
            .unwrap_or(Orientation::NoTransforms);
    }
    let Stripped { bytes, animated, .. } = stripped;
    let turned = orientation != Orientation::NoTransforms && !animated;
    let original = if turned {
        picture.apply_orientation(orientation);
        encode_original(&picture, format, profile.as_deref())?
    } else {
        bytes
    };
    let mut sizes = vec![Size {
        name: "original",
        mime,
        width: picture.width(),
        height: picture.height(),
        bytes: original,
    }];
    let pixels = Pixels::of(picture);
    let blurhash = smaller(pixels, profile.as_deref(), &mut sizes)?;
    Ok(Made {
        sizes,
        blurhash,
        animated,
    })
}

/// Makes poster and thumb of a still of a film.
pub(crate) fn make_poster(bytes: &[u8], pixels_max: u64) -> Result<(Vec<Size>, String), Refusal> {
    let (picture, ..) = unpack(bytes, ImageFormat::Jpeg, pixels_max)?;
    let pixels = Pixels::of(picture);
    let mut sizes = vec![pixels.encode("poster", None)?];
    let mut rest = Vec::new();
    let blurhash = smaller(pixels, None, &mut rest)?;
    sizes.extend(rest.into_iter().filter(|size| size.name == "thumb"));
    Ok((sizes, blurhash))
}

type Unpacked = (DynamicImage, Orientation, Option<Vec<u8>>);

/// Bytes of a pixel of 8 bits in each of four channels. A picture of 16 bits may have half as many pixels.
const PIXEL_BYTES: u64 = 4;

/// Opens a file whose header says that it is small enough.
fn open(bytes: &[u8], format: ImageFormat, pixels_max: u64) -> Result<impl ImageDecoder, Refusal> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    // The picture itself, and what the decoder needs beside it.
    limits.max_alloc = Some(pixels_max.saturating_mul(12).saturating_add(16 * 1024 * 1024));
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|e| match e {
        image::ImageError::Limits(_) => Refusal::TooManyPixels,
        _ => Refusal::Unreadable,
    })?;
    let (width, height) = decoder.dimensions();
    let too_many = u64::from(width) * u64::from(height) > pixels_max;
    let too_deep = decoder.total_bytes() > pixels_max.saturating_mul(PIXEL_BYTES);
    if too_many || too_deep || width.max(height) > SIDE_MAX {
        return Err(Refusal::TooManyPixels);
    }
    Ok(decoder)
}

/// Unpacks the first picture in a file.
fn unpack(bytes: &[u8], format: ImageFormat, pixels_max: u64) -> Result<Unpacked, Refusal> {
    let mut decoder = open(bytes, format, pixels_max)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten().filter(|p| is_rgb_profile(p));
    let picture = DynamicImage::from_decoder(decoder).map_err(|_| Refusal::Unreadable)?;
    Ok((picture, orientation, profile))
}

/// A profile of another colour space would be wrong for what we write.
fn is_rgb_profile(profile: &[u8]) -> bool {
    profile.len() <= PROFILE_BYTES_MAX && profile.get(16..20) == Some(b"RGB ")
}

fn encode_original(picture: &DynamicImage, format: ImageFormat, profile: Option<&[u8]>) -> Result<Vec<u8>, Refusal> {
    let mut out = Vec::new();
    let profile = profile.map(<[u8]>::to_vec);
    let written = match format {
        ImageFormat::Jpeg => {
            let mut encoder = JpegEncoder::new_with_quality(&mut out, ORIGINAL_QUALITY);
            let _ = profile.map(|p| encoder.set_icc_profile(p));
            DynamicImage::from(picture.to_rgb8()).write_with_encoder(encoder)
        }
        ImageFormat::Png => {
            let mut encoder = image::codecs::png::PngEncoder::new(&mut out);
            let _ = profile.map(|p| encoder.set_icc_profile(p));
            picture.write_with_encoder(encoder)
        }
        _ => {
            let mut encoder = WebPEncoder::new_lossless(&mut out);
            let _ = profile.map(|p| encoder.set_icc_profile(p));
            DynamicImage::from(picture.to_rgba8()).write_with_encoder(encoder)
        }
    };
    written.map_err(|_| Refusal::Unreadable)?;
    Ok(out)
}

/// Adds the sizes that are smaller than the picture (the thumb always), and returns the hash.
fn smaller(mut pixels: Pixels, profile: Option<&[u8]>, sizes: &mut Vec<Size>) -> Result<String, Refusal> {
    for (name, side) in SIZES {
        let fits = pixels.width.max(pixels.height) <= side;
        if fits && name != "thumb" {
            continue;
        }
        if !fits {
            // Each from the one before: a picture is read whole only once.
            pixels = pixels.within(side)?;
        }
        sizes.push(pixels.encode(name, profile)?);
    }
    pixels.within(HASH_SIDE)?.hash()
}

/// Pixels of 8 bits, three or four to each.
struct Pixels {
    width: u32,
    height: u32,
    transparent: bool,
    bytes: Vec<u8>,
}

impl Pixels {
    fn of(picture: DynamicImage) -> Self {
        let (width, height) = (picture.width(), picture.height());
        if picture.color().has_alpha() {
            let rgba = picture.into_rgba8();
            if rgba.pixels().any(|p| p.0[3] < u8::MAX) {
                return Self {
                    width,
                    height,
                    transparent: true,
                    bytes: rgba.into_raw(),
                };
            }
            return Self {
                width,
                height,
                transparent: false,
                bytes: DynamicImage::from(rgba).into_rgb8().into_raw(),
            };
        }
        Self {
            width,
            height,
            transparent: false,
            bytes: picture.into_rgb8().into_raw(),
        }
    }

    /// Makes it small enough for a square of `side`.
    fn within(self, side: u32) -> Result<Self, Refusal> {
        let longest = self.width.max(self.height);
        if longest <= side {
            return Ok(self);
        }
        let scaled = |n: u32| ((u64::from(n) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest)).max(1);
        let (width, height) = (scaled(self.width) as u32, scaled(self.height) as u32);
        let kind = if self.transparent {
            fir::PixelType::U8x4
        } else {
            fir::PixelType::U8x3
        };
        let from = fir::images::Image::from_vec_u8(self.width, self.height, self.bytes, kind)
            .map_err(|_| Refusal::Unreadable)?;
        let mut to = fir::images::Image::new(width, height, kind);
        let options = fir::ResizeOptions::new().resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::Lanczos3));
        fir::Resizer::new()
            .resize(&from, &mut to, &options)
            .map_err(|_| Refusal::Unreadable)?;
        Ok(Self {
            width,
            height,
            transparent: self.transparent,
            bytes: to.into_vec(),
        })
    }

    fn encode(&self, name: &'static str, profile: Option<&[u8]>) -> Result<Size, Refusal> {
        let mut bytes = Vec::new();
        let profile = profile.map(<[u8]>::to_vec);
        let (mime, written) = if self.transparent {
            let mut encoder = WebPEncoder::new_lossless(&mut bytes);
            let _ = profile.map(|p| encoder.set_icc_profile(p));
            let color = image::ExtendedColorType::Rgba8;
            (
                "image/webp",
                encoder.write_image(&self.bytes, self.width, self.height, color),
            )
        } else {
            let mut encoder = JpegEncoder::new_with_quality(&mut bytes, SIZE_QUALITY);
            let _ = profile.map(|p| encoder.set_icc_profile(p));
            let color = image::ExtendedColorType::Rgb8;
            (
                "image/jpeg",
                encoder.write_image(&self.bytes, self.width, self.height, color),
            )
        };
        written.map_err(|_| Refusal::Unreadable)?;
        Ok(Size {
            name,
            mime,
            width: self.width,
            height: self.height,
            bytes,
        })
    }

    fn hash(self) -> Result<String, Refusal> {
        let (width, height) = (self.width, self.height);
        let rgba = if self.transparent {
            self.bytes
        } else {
            let rgb = RgbImage::from_raw(width, height, self.bytes).ok_or(Refusal::Unreadable)?;
            RgbaImage::into_raw(DynamicImage::from(rgb).into_rgba8())
        };
        blurhash::encode(HASH_PARTS.0, HASH_PARTS.1, width, height, &rgba).map_err(|_| Refusal::Unreadable)
    }
}

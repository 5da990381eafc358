//! Owns the words of the tus protocol 1.0 (https://tus.io/protocols/resumable-upload): metadata and checksums. Refuses to
//! know HTTP and where the bytes go.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::name;

/// The one version that is spoken.
pub(crate) const VERSION: &str = "1.0.0";
/// What is spoken besides the core.
pub(crate) const EXTENSIONS: &str = "creation,creation-with-upload,termination,expiration,checksum";
/// What bodies may be checked by.
pub(crate) const ALGORITHMS: &str = "sha1,sha256";
/// Longest `Upload-Metadata`, in bytes.
const METADATA_BYTES_MAX: usize = 8 * 1024;

/// What `Upload-Metadata` says that we understand; the header itself is given back as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) file_name: String,
    pub(crate) alt: String,
}

/// Reads `Upload-Metadata`: pairs of a key and a base64 value, divided by commas. Keys that we do not know are let pass, as clients
/// add their own. The error says what is wrong.
pub(crate) fn metadata(header: &str) -> Result<Metadata, &'static str> {
    if header.len() > METADATA_BYTES_MAX {
        return Err("is over 8 KiB");
    }
    let (mut file_name, mut alt) = (String::new(), String::new());
    for pair in header.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = STANDARD
            .decode(value.trim())
            .map_err(|_| "has a value that is not base64")?;
        let into = match key {
            "filename" => &mut file_name,
            "alt" => &mut alt,
            _ => continue,
        };
        *into = String::from_utf8(value).map_err(|_| "has a value that is not UTF-8")?;
    }
    if alt.chars().count() > name::ALT_CHARS_MAX {
        return Err("has an `alt` of over 1,500 characters");
    }
    Ok(Metadata {
        file_name: name::clean(&file_name),
        alt,
    })
}

/// A checksum that a body must have.
pub(crate) struct Checksum {
    context: digest::Context,
    expected: Vec<u8>,
}

impl Checksum {
    /// Reads `Upload-Checksum`: an algorithm and base64. `None` when it is not one of ours.
    pub(crate) fn read(header: &str) -> Option<Self> {
        let (algorithm, value) = header.trim().split_once(' ')?;
        let algorithm = match algorithm {
            "sha1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" => &digest::SHA256,
            _ => return None,
        };
        Some(Self {
            context: digest::Context::new(algorithm),
            expected: STANDARD.decode(value.trim()).ok()?,
        })
    }

    /// Adds bytes of the body.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    /// Tells whether the body was the one expected.
    pub(crate) fn holds(self) -> bool {
        self.context.finish().as_ref() == self.expected.as_slice()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read_and_unknown_keys_pass() {
        let read =
            metadata("filename Li4vaG9tZS9hLnBuZw==,filetype aW1hZ2UvcG5n, alt QSBjYXQ=,is_confidential").unwrap();
        assert_eq!((&*read.file_name, &*read.alt), ("a.png", "A cat"));
        assert_eq!(metadata("").unwrap().file_name, "file");
        assert!(metadata("filename %%%").is_err());
        assert!(metadata("filename /w==").is_err());
        assert!(metadata(&"a".repeat(9000)).is_err());
    }

    #[test]
    fn a_checksum_holds_for_its_body_only() {
        // The example of the protocol's text.
        let of = |body: &[u8]| {
            let mut sum = Checksum::read("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").unwrap();
            body.chunks(3).for_each(|part| sum.add(part));
            sum.holds()
        };
        assert!(of(b"hello world") && !of(b"hello worlds") && !of(b""));
        assert!(Checksum::read("md5 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").is_none());
        assert!(Checksum::read("sha1 %").is_none());
    }
}

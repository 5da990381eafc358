//! Owns the service's settings: section `[media]` of the configuration file. Refuses to know where the file lies.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kernel::{ErrorCode, Fault};
use serde::{Deserialize, Serialize, Serializer};

/// One mebibyte.
const MIB: u64 = 1024 * 1024;

/// Settings of media.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// Folder of the files. Default `media` in the data directory. Not used with `s3`.
    pub folder: Option<PathBuf>,
    /// A bucket of an S3-compatible server that holds the files instead. Needed where several processes of media share a store.
    pub s3: Option<S3Config>,
    /// File with the secret that addresses of files are signed with: 32 bytes as unpadded URL-safe base64, made when there is
    /// none. Default `media.secret` in the data directory. All processes of media must share it.
    pub secret_file: Option<PathBuf>,
    /// The program that takes a still from a film. Default `ffmpeg` in the `PATH` of the process, if it is there; an empty text: none.
    pub ffmpeg: Option<PathBuf>,
    /// How much is taken at most.
    pub limits: Limits,
    /// Times.
    pub times: Times,
}

/// A bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct S3Config {
    /// Where the server is, such as `https://s3.eu-central-1.amazonaws.com` or `http://127.0.0.1:9000`. Addressed by path. `http` is
    /// taken as the operator's choice.
    pub endpoint: String,
    /// Region. Default `us-east-1`, which servers that know none take.
    pub region: Option<String>,
    /// The bucket; it must be there.
    pub bucket: String,
    /// Beginning of all keys, without slashes around. Default none.
    pub prefix: Option<String>,
    /// Name of the access key.
    pub access_key_id: String,
    /// The key itself.
    pub secret_access_key: Option<Hidden>,
    /// A file that holds it alone, instead.
    pub secret_access_key_file: Option<PathBuf>,
}

/// How much is taken at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a picture. Default 20 MiB. All of it is in memory while it is looked at.
    pub image_bytes_max: u64,
    /// Bytes of a film. Default 500 MiB.
    pub video_bytes_max: u64,
    /// Bytes of sound. Default 100 MiB.
    pub audio_bytes_max: u64,
    /// Bytes of another file. Default 50 MiB.
    pub file_bytes_max: u64,
    /// Pixels of a picture, by its header and that of each frame in it, before it is unpacked; half as many where a channel has 16
    /// bits. Default 40 million: up to 500 MB in memory for each worker, as it is unpacked (160 MB), turned and packed again.
    pub image_pixels_max: u64,
    /// Bytes of one person's files together. Default 5 GiB.
    pub person_bytes_max: u64,
    /// Files of one person. Default 20,000.
    pub person_files_max: u64,
    /// Requests that bring bytes, at once in this process; beyond, 503. Default 64. Each holds up to 2 MiB, plus what the system buffers.
    pub uploads_max: usize,
    /// Of these, those of one person; beyond, 429. Default 8.
    pub uploads_person_max: usize,
    /// Requests that fetch bytes, at once in this process; beyond, 503. Default 1,024. Each holds up to 3 MiB.
    pub downloads_max: usize,
    /// Of these, those from one address, where it is known; beyond, 429. Default 64.
    pub downloads_address_max: usize,
    /// Files that are looked at, at once in this process. Default 2.
    pub workers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            image_bytes_max: 20 * MIB,
            video_bytes_max: 500 * MIB,
            audio_bytes_max: 100 * MIB,
            file_bytes_max: 50 * MIB,
            image_pixels_max: 40_000_000,
            person_bytes_max: 5 * 1024 * MIB,
            person_files_max: 20_000,
            uploads_max: 64,
            uploads_person_max: 8,
            downloads_max: 1_024,
            downloads_address_max: 64,
            workers: 2,
        }
    }
}

impl Limits {
    /// Returns the most bytes of a file of `kind`.
    pub(crate) fn bytes_max(&self, kind: contracts::media::AssetKind) -> u64 {
        use contracts::media::AssetKind;
        match kind {
            AssetKind::Image => self.image_bytes_max,
            AssetKind::Video => self.video_bytes_max,
            AssetKind::Audio => self.audio_bytes_max,
            AssetKind::File => self.file_bytes_max,
        }
    }

    /// Returns the most bytes of any file.
    pub(crate) fn any_bytes_max(&self) -> u64 {
        let some = self.image_bytes_max.max(self.video_bytes_max);
        some.max(self.audio_bytes_max).max(self.file_bytes_max)
    }
}

/// Times of media.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Times {
    /// How long the address of a file holds at least, in seconds. Default 600; at most half as long again, so that addresses stay the
    /// same for a while and browsers need not fetch again.
    pub address_seconds: u64,
    /// After how long a file that nothing uses is swept, in hours. Default 24.
    pub orphan_hours: u64,
    /// After how long a resumable upload that is not whole is swept, in hours from its last byte. Default 24.
    pub upload_hours: u64,
    /// Longest silence in a body that comes in, in seconds. Default 30.
    pub silence_seconds: u64,
    /// How long who fetches a file may read nothing of it before it is cut off, in seconds. Default 60.
    pub reader_seconds: u64,
    /// Longest time of one request that brings bytes, in seconds. Default 21,600.
    pub request_seconds_max: u64,
    /// Longest time of looking at one file, in seconds. Default 60. Who looks and dies is missed after twice as long.
    pub look_seconds_max: u64,
    /// Longest time of the program that takes a still from a film, in seconds. Default 20.
    pub still_seconds_max: u64,
    /// How often work that another process left is looked for, in milliseconds. Default 1,000.
    pub poll_ms: u64,
    /// How often sweeps run, in seconds. Default 60.
    pub sweep_seconds: u64,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            address_seconds: 600,
            orphan_hours: 24,
            upload_hours: 24,
            silence_seconds: 30,
            reader_seconds: 60,
            request_seconds_max: 6 * 3600,
            look_seconds_max: 60,
            still_seconds_max: 20,
            poll_ms: 1_000,
            sweep_seconds: 60,
        }
    }
}

impl Times {
    pub(crate) fn orphan(&self) -> Duration {
        Duration::from_secs(self.orphan_hours.saturating_mul(3600))
    }
    pub(crate) fn upload(&self) -> Duration {
        Duration::from_secs(self.upload_hours.saturating_mul(3600))
    }
    /// How long work is with one worker before another may take it up.
    pub(crate) fn lease(&self) -> Duration {
        Duration::from_secs((self.look_seconds_max + self.still_seconds_max).saturating_mul(2))
    }
}

impl Config {
    /// Returns where the files are, in an instance with this data directory.
    pub fn folder_path(&self, data_dir: &Path) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| data_dir.join("media"))
    }

    /// Returns where the secret is kept, in an instance with this data directory.
    pub fn secret_path(&self, data_dir: &Path) -> PathBuf {
        let default = || data_dir.join("media.secret");
        self.secret_file.clone().unwrap_or_else(default)
    }

    /// Fails, naming the key, when the settings make no sense.
    pub fn check(&self) -> Result<(), Fault> {
        let wrong = |why: &str| Err(Fault::new(ErrorCode::Invalid, "media.config", format!("[media] {why}")));
        let (limits, times) = (&self.limits, &self.times);
        let numbers = [
            ("limits.imageBytesMax", limits.image_bytes_max),
            ("limits.videoBytesMax", limits.video_bytes_max),
            ("limits.audioBytesMax", limits.audio_bytes_max),
            ("limits.fileBytesMax", limits.file_bytes_max),
            ("limits.imagePixelsMax", limits.image_pixels_max),
            ("limits.uploadsMax", limits.uploads_max as u64),
            ("limits.uploadsPersonMax", limits.uploads_person_max as u64),
            ("limits.downloadsMax", limits.downloads_max as u64),
            ("limits.downloadsAddressMax", limits.downloads_address_max as u64),
            ("limits.workers", limits.workers as u64),
            ("times.addressSeconds", times.address_seconds),
            ("times.orphanHours", times.orphan_hours),
            ("times.uploadHours", times.upload_hours),
            ("times.silenceSeconds", times.silence_seconds),
            ("times.readerSeconds", times.reader_seconds),
            ("times.requestSecondsMax", times.request_seconds_max),
            ("times.lookSecondsMax", times.look_seconds_max),
            ("times.stillSecondsMax", times.still_seconds_max),
            ("times.pollMs", times.poll_ms),
            ("times.sweepSeconds", times.sweep_seconds),
        ];
        if let Some((name, _)) = numbers.iter().find(|(_, n)| *n == 0) {
            return wrong(&format!("{name} must not be 0"));
        }
        let Some(s3) = &self.s3 else { return Ok(()) };
        if !s3.endpoint.starts_with("http://") && !s3.endpoint.starts_with("https://") {
            return wrong("s3.endpoint must be an http or https address");
        }
        if s3.bucket.is_empty() || s3.access_key_id.is_empty() {
            return wrong("s3 needs bucket and accessKeyId");
        }
        if s3.secret_access_key.is_some() == s3.secret_access_key_file.is_some() {
            return wrong("s3 needs either secretAccessKey or secretAccessKeyFile");
        }
        Ok(())
    }
}

/// A word of the configuration that is never printed.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Hidden(String);

impl Hidden {
    /// Hides `word`.
    pub fn new(word: impl Into<String>) -> Self {
        Self(word.into())
    }
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Serialize for Hidden {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_of_the_file_is_read_checked_and_its_key_is_never_printed() {
        let text = r#"
            limits = { imageBytesMax = 1000 }
            [s3]
            endpoint = "http://127.0.0.1:9000"
            bucket = "files"
            accessKeyId = "me"
            secretAccessKey = "very-secret"
        "#;
        let config: Config = toml::from_str(text).unwrap();
        config.check().unwrap();
        assert_eq!(config.limits.image_bytes_max, 1000);
        assert!(!format!("{config:?}").contains("very-secret"));
        assert!(!toml::to_string(&config).unwrap().contains("very-secret"));
        assert!(toml::from_str::<Config>("bucket = 'x'").is_err());
        Config::default().check().unwrap();
        let none: Config = toml::from_str("limits = { workers = 0 }").unwrap();
        assert!(none.check().unwrap_err().detail.contains("limits.workers"));
    }
}

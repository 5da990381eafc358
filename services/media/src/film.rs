//! Owns the still of a film: a foreign program takes it, within bounds. Without the program films have none. Refuses to trust
//! what it is given: the format is named to it, so that no file can make it a playlist that leads elsewhere.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

/// Largest still, in bytes.
const STILL_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Memory of the program, in KiB.
const MEMORY_KIB_MAX: u32 = 2 * 1024 * 1024;

/// The program that takes stills.
pub(crate) struct Stills {
    program: PathBuf,
    shell: PathBuf,
    most: Duration,
}

impl Stills {
    /// Finds the program: the one that is configured (an empty name: none), else `ffmpeg` in the `PATH`.
    pub(crate) fn find(configured: Option<&Path>, seconds_max: u64) -> Option<Self> {
        let program = match configured {
            Some(path) if path.as_os_str().is_empty() => return None,
            Some(path) => path.to_owned(),
            None => in_path("ffmpeg")?,
        };
        let shell = PathBuf::from("/bin/sh");
        if !shell.exists() || !program.exists() {
            tracing::warn!("{} cannot be run; films have no still", program.display());
            return None;
        }
        Some(Self {
            program,
            shell,
            most: Duration::from_secs(seconds_max),
        })
    }

    /// Takes a still of the film in `file`, a JPEG of at most 1600 pixels. `None` when there is none to be had.
    pub(crate) async fn take(&self, file: &Path, mime: &str) -> Option<Vec<u8>> {
        let demuxer = match mime {
            "video/mp4" | "video/quicktime" => "mov",
            "video/webm" | "video/x-matroska" => "matroska",
            _ => return None,
        };
        // The shell only sets bounds on memory and time that std cannot set; its text is fixed, what varies are arguments.
        let bounds = format!(
            "ulimit -v {MEMORY_KIB_MAX}; ulimit -t {}; ulimit -c 0; exec \"$@\"",
            self.most.as_secs()
        );
        let mut child = Command::new(&self.shell)
            .args(["-c", &bounds, "still"])
            .arg(&self.program)
            .args(["-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1"])
            .args(["-protocol_whitelist", "file,pipe", "-f", demuxer, "-i"])
            .arg(format!("file:{}", file.display()))
            .args([
                "-map",
                "0:v:0",
                "-frames:v",
                "1",
                "-an",
                "-sn",
                "-dn",
                "-map_metadata",
                "-1",
            ])
            .args([
                "-vf",
                "scale=w='min(1600,iw)':h='min(1600,ih)':force_original_aspect_ratio=decrease",
            ])
            .args(["-c:v", "mjpeg", "-q:v", "3", "-f", "image2pipe", "pipe:1"])
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .inspect_err(|e| tracing::warn!("{}: {e}", self.program.display()))
            .ok()?;
        let out = child.stdout.take()?;
        let run = async {
            let mut still = Vec::new();
            out.take(STILL_BYTES_MAX).read_to_end(&mut still).await.ok()?;
            child.wait().await.ok().filter(std::process::ExitStatus::success)?;
            Some(still).filter(|still| !still.is_empty())
        };
        // Dropping the child kills it.
        tokio::time::timeout(self.most, run).await.ok().flatten()
    }
}

fn in_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

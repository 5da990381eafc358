//! Measures what the worker does with a picture, on one core: `pipeline FILE MEDIA_TYPE SECONDS` prints pictures a second.
//! For `bench/media.sh`, which puts another program beside it.

use std::time::{Duration, Instant};

fn main() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let usage = "pipeline FILE image/jpeg|image/png SECONDS";
    let file = arguments.next().ok_or(usage)?;
    let mime = match arguments.next().as_deref() {
        Some("image/jpeg") => "image/jpeg",
        Some("image/png") => "image/png",
        _ => return Err(usage.into()),
    };
    let seconds: u64 = arguments.next().and_then(|s| s.parse().ok()).ok_or(usage)?;
    let bytes = std::fs::read(&file).map_err(|e| format!("{file}: {e}"))?;
    let once = || media::measure_picture(&bytes, mime).ok_or("not a picture");
    let out = once()?;
    let (begun, mut made) = (Instant::now(), 0u32);
    while begun.elapsed() < Duration::from_secs(seconds) {
        once()?;
        made += 1;
    }
    println!("{:.3} {out}", f64::from(made) / begun.elapsed().as_secs_f64());
    Ok(())
}

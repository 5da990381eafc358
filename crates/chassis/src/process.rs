//! Owns what the process tells of itself in metrics, by the names that Prometheus' own clients use: memory, processor time, files, threads,
//! start. Read from `/proc` when it is asked for; a system without one tells less.

use std::fmt::Write as _;
use std::fs::read_to_string;
use std::sync::OnceLock;

use kernel::{Ambient, Timestamp};

/// Ticks of `/proc/self/stat` in a second: fixed by Linux for programs on every architecture that we ship.
const TICKS: f64 = 100.0;

static START: OnceLock<Timestamp> = OnceLock::new();

/// Remembers that the process begins now.
pub(crate) fn begin() {
    START.get_or_init(|| Ambient::system().now());
}

/// Writes the metrics of now. Not by the recorder of all others: its counters are whole numbers, and a processor's seconds are not.
pub(crate) fn render(text: &mut String) {
    let status = read_to_string("/proc/self/status").unwrap_or_default();
    let bytes = |field: &str| Some(number(&status, field)? * 1024.0);
    write(text, "process_resident_memory_bytes", "gauge", bytes("VmRSS:"));
    write(text, "process_virtual_memory_bytes", "gauge", bytes("VmSize:"));
    write(text, "process_threads", "gauge", number(&status, "Threads:"));
    write(text, "process_cpu_seconds_total", "counter", cpu_seconds());
    let open = std::fs::read_dir("/proc/self/fd").map(|files| files.count() as f64);
    write(text, "process_open_fds", "gauge", open.ok());
    let most = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    write(text, "process_max_fds", "gauge", most.map(|most| most as f64));
    let start = START.get().map(|start| start.millis() as f64 / 1e3);
    write(text, "process_start_time_seconds", "gauge", start);
}

fn write(text: &mut String, name: &str, kind: &str, value: Option<f64>) {
    if let Some(value) = value {
        let _ = writeln!(text, "# TYPE {name} {kind}\n{name} {value}");
    }
}

/// Reads a field such as `VmRSS:    1234 kB`.
fn number(status: &str, field: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Reads the 14th and 15th field of `/proc/self/stat`: ticks of the program and of the system for it. The second field may hold spaces.
fn cpu_seconds() -> Option<f64> {
    let stat = read_to_string("/proc/self/stat").ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    let ticks = rest.split_whitespace().skip(11).take(2);
    Some(ticks.filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_tells_of_its_memory_time_files_and_start() {
        begin();
        // Some time of the processor.
        let mut sum = 0_u64;
        while cpu_seconds().unwrap() == 0.0 {
            sum = (0..1_000_000_u64).fold(sum, |sum, n| std::hint::black_box(sum ^ n));
        }
        let mut text = String::new();
        render(&mut text);
        for name in [
            "process_resident_memory_bytes",
            "process_virtual_memory_bytes",
            "process_threads",
            "process_cpu_seconds_total",
            "process_open_fds",
            "process_max_fds",
            "process_start_time_seconds",
        ] {
            let told = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            let value: f64 = told.unwrap_or_default().parse().unwrap();
            assert!(value > 0.0, "{name} in {text}");
        }
    }
}

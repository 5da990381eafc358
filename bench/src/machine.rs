//! Owns what a reader must know about the machine to judge a number. Refuses to know the numbers.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use crate::cpu;

/// Describes the machine: processor, CPUs, memory, kernel, file system of `data`.
pub fn describe(data: &Path) -> Value {
    json!({
        "cpu": field("/proc/cpuinfo", "model name").unwrap_or_default(),
        "cpus": cpu::count(),
        "memory": field("/proc/meminfo", "MemTotal").unwrap_or_default(),
        "kernel": read("/proc/sys/kernel/osrelease"),
        "dataFileSystem": output("df", &["--output=fstype", &data.display().to_string()]).lines().last(),
        "node": output("node", &["--version"]),
    })
}

/// Returns the load averages and the CPU pressure of the last ten seconds.
pub fn load() -> Value {
    let pressure = read("/proc/pressure/cpu");
    let pressure = pressure
        .split_whitespace()
        .find_map(|word| word.strip_prefix("avg10="))
        .unwrap_or("unknown");
    let average: Vec<String> = read("/proc/loadavg")
        .split_whitespace()
        .take(3)
        .map(str::to_owned)
        .collect();
    json!({ "average": average.join(" "), "cpuPressureAvg10": pressure })
}

/// Returns the commit that is checked out, marked when files differ from it.
pub fn commit() -> String {
    let commit = output("git", &["rev-parse", "--short=12", "HEAD"]);
    let dirty = !output(
        "git",
        &[
            "status",
            "--porcelain",
            "--untracked-files=no",
            "--",
            ".",
            ":!bench/results",
        ],
    )
    .is_empty();
    if dirty {
        format!("{commit} with local changes")
    } else {
        commit
    }
}

/// Returns the time now as RFC 3339, in whole seconds.
pub fn now() -> String {
    output("date", &["-u", "+%Y-%m-%dT%H:%M:%SZ"])
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default().trim().to_owned()
}

fn field(path: &str, key: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn output(program: &str, args: &[&str]) -> String {
    Command::new(program)
        .args(args)
        .output()
        .ok()
        .filter(|output| output.status.success())
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default()
}

//! Owns a process together with its workers: which they are, their CPU time, their memory. Refuses to know what they do.

use std::{collections::HashMap, fs, time::Duration};

use anyhow::{Context, Result};

use crate::cpu;

/// Memory of several processes together, in bytes.
#[derive(Clone, Copy, Default)]
pub struct Share {
    /// Proportional: a page that n processes map counts 1/n in each, so that the sum counts it once.
    pub proportional: u64,
    /// Resident: such a page counts in each.
    pub resident: u64,
    /// Of the proportional, what no file stands behind: the rest are pages of programs and libraries.
    pub anonymous: u64,
}

/// Returns `root` and all its descendants, `root` first.
pub fn of(root: u32) -> Result<Vec<u32>> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        // A process may end while it is looked at.
        if let Some(pid) = name.to_str().and_then(|name| name.parse().ok())
            && let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat"))
            && let Some(parent) = parent(&stat)
        {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut tree = vec![root];
    let mut next = 0;
    while let Some(pid) = tree.get(next) {
        let of_it = children.remove(pid).unwrap_or_default();
        tree.extend(of_it);
        next += 1;
    }
    Ok(tree)
}

/// Returns the CPU time that the processes have used.
pub fn cpu(pids: &[u32]) -> Result<Duration> {
    pids.iter().map(|&pid| cpu::used_by(pid)).sum()
}

/// Returns the memory of the processes now.
pub fn memory(pids: &[u32]) -> Result<Share> {
    let mut share = Share::default();
    for pid in pids {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))
            .with_context(|| format!("process {pid} shows no memory"))?;
        share.proportional += bytes(&text, "Pss:").context("no Pss in /proc")?;
        share.resident += bytes(&text, "Rss:").context("no Rss in /proc")?;
        share.anonymous += bytes(&text, "Pss_Anon:").context("no Pss_Anon in /proc")?;
    }
    Ok(share)
}

/// The parent in a line of `/proc/PID/stat`; the name before it may hold blanks and parentheses.
fn parent(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn bytes(text: &str, key: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_is_read_behind_any_name() {
        assert_eq!(parent("42 (a) b (c)) S 7 42 42 0"), Some(7));
        assert_eq!(parent("42 nothing"), None);
    }

    #[test]
    fn memory_is_read_in_bytes() {
        let text =
            "00400000-7fff ---p [rollup]\nRss:            1000 kB\nPss:             600 kB\nPss_Dirty:        1 kB\n";
        assert_eq!(
            (bytes(text, "Rss:"), bytes(text, "Pss:")),
            (Some(1_024_000), Some(614_400))
        );
    }

    #[test]
    fn this_process_is_the_root_of_its_own_tree() {
        assert_eq!(of(std::process::id()).unwrap()[0], std::process::id());
    }
}

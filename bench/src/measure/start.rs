//! Owns the measure of the cold start: from spawn to the first 200 of `/readyz`, and the memory a moment later.
//! Refuses to know what the binary does in that time.

use std::{path::Path, time::Duration};

use anyhow::Result;
use serde_json::json;

use crate::{
    aichat,
    process::Placement,
    rig::{Rig, Table, Target},
    stats::{median, round, show, spread},
};

/// Memory is read when it stands still, at most this long after the start.
const SETTLE_WITHIN: Duration = Duration::from_secs(4);
const TARGET_MS: f64 = 1_000.0;
const TARGET_MB: f64 = 100.0;

/// Flags of `bench start`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    rig: Rig,
    /// Starts of every kind.
    #[arg(long)]
    runs: Option<usize>,
}

#[derive(Clone, Copy)]
enum Data {
    Empty,
    DemoFirst,
    DemoAgain,
}

impl Data {
    fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty data directory",
            Self::DemoFirst => "demo data, first start (makes it)",
            Self::DemoAgain => "demo data, later start",
        }
    }
}

struct Start {
    ready_ms: f64,
    cpu_ms: f64,
    resident_mb: f64,
    anonymous_mb: f64,
}

/// Runs the measure.
pub async fn run(args: Args) -> Result<()> {
    let rig = &args.rig;
    rig.require_binary()?;
    let mut outcome = rig.begin("start")?;
    let runs = rig.pick(args.runs, 10, 1);
    let demo_dir = rig.fresh_dir("start-demo")?;
    let mut starts: Vec<(Data, Vec<Start>)> = [Data::Empty, Data::DemoFirst, Data::DemoAgain]
        .map(|data| (data, Vec::new()))
        .into();
    // The kept demo directory is made before the first measured start on it.
    start(rig, &demo_dir, true).await?;
    for _ in 0..runs {
        for (data, list) in &mut starts {
            list.push(match data {
                Data::Empty => start(rig, &rig.fresh_dir("start")?, false).await?,
                Data::DemoFirst => start(rig, &rig.fresh_dir("start")?, true).await?,
                Data::DemoAgain => start(rig, &demo_dir, true).await?,
            });
        }
    }
    let mut table = Table::new(
        "Cold start and idle memory, medians",
        &[
            "data",
            "ready ms",
            "ready ms min-max",
            "CPU ms until idle",
            "resident MB",
            "of it anonymous MB",
        ],
    );
    let mut raw = Vec::new();
    for (data, list) in &starts {
        let of = |field: fn(&Start) -> f64| median(list.iter().map(field));
        let (low, high) = spread(&list.iter().map(|start| start.ready_ms).collect::<Vec<_>>());
        let (ready, resident) = (of(|start| start.ready_ms), of(|start| start.resident_mb));
        table.row([
            data.name().to_owned(),
            show(ready),
            format!("{}-{}", show(low), show(high)),
            show(of(|start| start.cpu_ms)),
            show(resident),
            show(of(|start| start.anonymous_mb)),
        ]);
        let target = |name: &str, want: f64, got: f64, unit: &str| Target {
            name: format!("{name}, {}", data.name()),
            want: format!("<= {} {unit}", show(want)),
            got: format!("{} {unit}", show(got)),
            met: got <= want,
        };
        outcome.targets.push(target("start", TARGET_MS, ready, "ms"));
        outcome.targets.push(target("idle memory", TARGET_MB, resident, "MB"));
        raw.extend(list.iter().map(|start| {
            json!({"data": data.name(), "readyMs": round(start.ready_ms), "cpuMs": round(start.cpu_ms), "residentMb": round(start.resident_mb), "anonymousMb": round(start.anonymous_mb)})
        }));
    }
    outcome.tables.push(table);
    outcome.raw = json!({"runs": raw});
    outcome.method = vec![
        format!("{runs} starts of every kind, taken in turn: spawn to the first 200 of /readyz, asked every 2 ms. The file cache is warm (the binary has been read before)."),
        "Memory is VmRSS (and RssAnon) of the process once two samples 0.5 s apart agree within 0.2 %. MB is 10^6 bytes.".to_owned(),
    ];
    rig.finish(outcome)
}

async fn start(rig: &Rig, dir: &Path, demo: bool) -> Result<Start> {
    let mut server = aichat::spawn(rig, dir, Placement::Free, None, demo)?;
    aichat::wait_until_ready(&mut server).await?;
    let ready_ms = server.spawned.elapsed().as_secs_f64() * 1e3;
    let memory = server.settled_memory(SETTLE_WITHIN).await?;
    let cpu_ms = server.cpu()?.as_secs_f64() * 1e3;
    server.stop().await?;
    Ok(Start {
        ready_ms,
        cpu_ms,
        resident_mb: memory.resident as f64 / 1e6,
        anonymous_mb: memory.anonymous as f64 / 1e6,
    })
}

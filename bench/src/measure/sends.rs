//! Owns the measure of durable sends: closed loop, one send in flight per sender, every send checked afterwards.
//! Refuses to know how the server stores.

use std::{
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    group::{self, Group, Load},
    sender::{TEXT_BYTES, Transport},
};
use crate::{
    aichat,
    process::{Placement, Server},
    rig::{Outcome, Rig, Table, Target},
    stats::{Samples, median, round, show},
};

/// Background work of the last sends (relay, index) may end within this time and is counted.
const SETTLE: Duration = Duration::from_millis(300);
const TARGET_PER_SECOND: f64 = 20_000.0;
const SYNC_PROBES: usize = 200;

/// Flags of `bench sends`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    rig: Rig,
    /// Numbers of concurrent senders.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 64])]
    senders: Vec<usize>,
    /// Rooms that the senders share; at most one a sender.
    #[arg(long, default_value_t = 16)]
    rooms: usize,
    /// Seconds a run takes.
    #[arg(long)]
    duration: Option<f64>,
    /// Runs of every variant, taken in turn.
    #[arg(long)]
    runs: Option<usize>,
    /// Sockets a WebSocket sender rotates over, one send in flight: the product allows 200 frames a second on each.
    #[arg(long)]
    ws_sockets: Option<usize>,
}

struct Run {
    transport: Transport,
    senders: usize,
    cpu_us: f64,
    written_bytes: f64,
    load: Load,
}

/// Runs the measure.
pub async fn run(args: Args) -> Result<()> {
    let rig = &args.rig;
    rig.require_binary()?;
    let mut outcome = rig.begin("sends")?;
    let placement = Placement::Free;
    let sync = probe_sync(&rig.data)?;
    let mut server = aichat::start(rig, &rig.fresh_dir("sends")?, placement, None).await?;
    let mut groups = group::open(server.addr, &args.senders, args.rooms).await?.1;
    let seconds = rig.pick(args.duration, 5.0, 0.5);
    let runs = rig.pick(args.runs, 3, 1);
    let mut results = Vec::new();
    for round in 0..=runs {
        for (index, group) in groups.iter_mut().enumerate() {
            // Round 0 warms up: connections, caches, allocator, the branch predictor of the disk.
            let length = if round == 0 { seconds.min(1.0) } else { seconds };
            let result = measure(
                &server,
                group,
                &format!("r{round}g{index}"),
                length,
                ws_sockets(&args, group),
            )
            .await?;
            eprintln!(
                "  round {round}: {} x{}: {} sends/s",
                result.transport.name(),
                result.senders,
                show(result.load.per_second)
            );
            if round > 0 {
                results.push(result);
            }
        }
    }
    server.check_alive()?;
    server.stop().await?;
    describe(&args, &mut outcome, placement, &mut results, seconds, &sync);
    rig.finish(outcome)
}

fn ws_sockets(args: &Args, group: &Group) -> usize {
    args.ws_sockets.unwrap_or(group.sockets()).max(1)
}

async fn measure(server: &Server, group: &mut Group, tag: &str, seconds: f64, sockets: usize) -> Result<Run> {
    let meter = || Ok((server.cpu()?, server.bytes_written()?));
    let (load, before, after) = group.run(server.addr, (tag, seconds, sockets), SETTLE, meter).await?;
    let sends = load.sends as f64;
    Ok(Run {
        transport: group.transport,
        senders: group.senders(),
        cpu_us: (after.0 - before.0).as_secs_f64() * 1e6 / sends,
        written_bytes: (after.1 - before.1) as f64 / sends,
        load,
    })
}

/// Measures what one write of 4 KiB and its sync cost on the disk under the data, without any server.
fn probe_sync(dir: &Path) -> Result<Value> {
    let path = dir.join("sync-probe");
    let mut file = std::fs::File::create(&path)?;
    let mut samples = Samples::default();
    for _ in 0..SYNC_PROBES {
        let begun = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        samples.add(begun.elapsed());
    }
    std::fs::remove_file(path)?;
    Ok(json!({"p50Us": samples.quantile_us(0.5), "p99Us": samples.quantile_us(0.99)}))
}

fn describe(args: &Args, outcome: &mut Outcome, placement: Placement, results: &mut [Run], seconds: f64, sync: &Value) {
    let mut table = Table::new(
        "Durable sends, medians of the runs",
        &[
            "transport",
            "senders",
            "sends/s",
            "p50 µs",
            "p99 µs",
            "server CPU µs/send",
            "bytes written/send",
            "generator CPU",
            "limited",
        ],
    );
    let mut raw = Vec::new();
    for transport in [Transport::Http, Transport::WebSocket] {
        for &senders in &args.senders {
            let mut runs: Vec<&mut Run> = results
                .iter_mut()
                .filter(|run| run.transport == transport && run.senders == senders)
                .collect();
            let of = |field: fn(&Run) -> f64, runs: &[&mut Run]| median(runs.iter().map(|run| field(run)));
            let per_second = of(|run| run.load.per_second, &runs);
            let p50 = median(runs.iter_mut().map(|run| run.load.latency.quantile_us(0.5)));
            let p99 = median(runs.iter_mut().map(|run| run.load.latency.quantile_us(0.99)));
            table.row([
                transport.name().to_owned(),
                senders.to_string(),
                show(per_second),
                show(p50),
                show(p99),
                show(of(|run| run.cpu_us, &runs)),
                show(of(|run| run.written_bytes, &runs)),
                format!("{:.0} %", of(|run| run.load.generator_share, &runs) * 100.0),
                runs.iter().map(|run| run.load.limited).sum::<u64>().to_string(),
            ]);
            if senders == 64 {
                outcome.targets.push(Target {
                    name: format!("durable sends per second, 64 senders, {}", transport.name()),
                    want: format!(">= {}", show(TARGET_PER_SECOND)),
                    got: show(per_second),
                    met: per_second >= TARGET_PER_SECOND,
                });
            }
            raw.extend(runs.iter_mut().map(|run| raw_run(run)));
        }
    }
    outcome.tables.push(table);
    outcome.raw = json!({"runs": raw, "writeAndSync4KiB": sync});
    outcome.method = vec![
        format!("Closed loop, one send of {TEXT_BYTES} B text in flight per sender, {seconds} s a run after a warm-up; senders share {} rooms (at most one a sender); {}.", args.rooms, placement.describe()),
        "A send counts when its acknowledgement has come (HTTP 201, WebSocket ok), which the server gives after the write is durable. Every room is paged afterwards: no gap, every acknowledged message once and at its sequence, nothing else; a difference fails the run.".to_owned(),
        "WebSocket senders rotate over several sockets of theirs (frame limit), still one send in flight; these sockets also receive `room.activity` for the sends of the others, work that HTTP senders do not cause.".to_owned(),
        "Server CPU is user + system time of the process (what utime + stime of /proc/PID/stat count, read in nanoseconds), including 300 ms after the last send. `limited` counts sends refused by the product's rate limits and sent again.".to_owned(),
        format!("For scale: one 4 KiB write and fdatasync on this disk takes p50 {} µs, p99 {} µs.", sync.get("p50Us").unwrap_or(&Value::Null), sync.get("p99Us").unwrap_or(&Value::Null)),
    ];
}

fn raw_run(run: &mut Run) -> Value {
    json!({
        "transport": run.transport.name(), "senders": run.senders, "sends": run.load.sends, "sendsPerSecond": round(run.load.per_second),
        "p50Us": run.load.latency.quantile_us(0.5), "p90Us": run.load.latency.quantile_us(0.9), "p99Us": run.load.latency.quantile_us(0.99),
        "maxUs": run.load.latency.quantile_us(1.0), "serverCpuUsPerSend": round(run.cpu_us), "bytesWrittenPerSend": round(run.written_bytes),
        "generatorCpuShare": round(run.load.generator_share), "limited": run.load.limited, "verified": true,
    })
}

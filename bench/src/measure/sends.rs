//! Owns the measure of durable sends: closed loop, one send in flight per sender, every send checked afterwards.
//! Refuses to know how the server stores.

use std::{
    io::Write as _,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use futures::future::try_join_all;
use serde_json::{Value, json};

use super::{
    ledger::{Ledger, verify},
    sender::{Sender, TEXT_BYTES, Transport},
};
use crate::{
    aichat::{self, Person},
    cpu,
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

/// One group of senders with its rooms; the rooms live through all runs.
struct Group {
    transport: Transport,
    people: Vec<Person>,
    rooms: Vec<String>,
    /// The last sequence of each room that is verified already.
    verified: Vec<u64>,
}

struct Run {
    transport: Transport,
    senders: usize,
    per_second: f64,
    cpu_us: f64,
    generator_share: f64,
    written_bytes: f64,
    latency: Samples,
    limited: u64,
    sends: usize,
}

/// Runs the measure.
pub async fn run(args: Args) -> Result<()> {
    let rig = &args.rig;
    rig.require_binary()?;
    let mut outcome = rig.begin("sends")?;
    let placement = Placement::Free;
    let sync = probe_sync(&rig.data)?;
    let mut server = aichat::start(rig, &rig.fresh_dir("sends")?, placement, None).await?;
    let mut groups = make_groups(&args, server.addr).await?;
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
                show(result.per_second)
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

/// A lone sender gets more sockets, because it may outrun the frame limit of a few.
fn ws_sockets(args: &Args, group: &Group) -> usize {
    args.ws_sockets
        .unwrap_or(if group.people.len() == 1 { 8 } else { 2 })
        .max(1)
}

async fn make_groups(args: &Args, addr: SocketAddr) -> Result<Vec<Group>> {
    let most = args.senders.iter().copied().max().unwrap_or(1);
    let everybody = aichat::sign_up(addr, most).await?;
    let mut groups = Vec::new();
    for transport in [Transport::Http, Transport::WebSocket] {
        for &senders in &args.senders {
            let people: Vec<Person> = everybody.iter().take(senders).cloned().collect();
            let count = args.rooms.clamp(1, senders);
            let mut rooms = Vec::new();
            for room in 0..count {
                let mut members = people.iter().skip(room).step_by(count).cloned();
                let owner = members.next().context("a room without anybody")?;
                rooms.push(aichat::create_room(addr, &owner, &members.collect::<Vec<_>>()).await?);
            }
            let mut verified = Vec::new();
            for (room, person) in rooms.iter().zip(&people) {
                let room = aichat::call(
                    addr,
                    "GET",
                    &format!("/api/chat/rooms/{room}"),
                    Some(&person.token),
                    None,
                )
                .await?;
                verified.push(
                    room.get("lastSeq")
                        .and_then(Value::as_u64)
                        .context("a room without lastSeq")?,
                );
            }
            groups.push(Group {
                transport,
                people,
                rooms,
                verified,
            });
        }
    }
    Ok(groups)
}

async fn measure(server: &Server, group: &mut Group, tag: &str, seconds: f64, sockets: usize) -> Result<Run> {
    let mut senders = Vec::new();
    for (index, person) in group.people.iter().enumerate() {
        let room = index % group.rooms.len();
        let room_id = group.rooms.get(room).context("no room")?;
        let ledger = Ledger {
            tag: format!("{tag}s{index:03}"),
            room,
            ..Ledger::default()
        };
        senders.push(Sender::open(server.addr, group.transport, person, room_id, ledger, sockets).await?);
    }
    let (cpu_before, own_before, written_before) = (server.cpu()?, cpu::used_here()?, server.bytes_written()?);
    let begun = Instant::now();
    let until = begun + Duration::from_secs_f64(seconds);
    let ledgers = try_join_all(
        senders
            .into_iter()
            .map(|sender| tokio::task::spawn_local(sender.run(until))),
    )
    .await?;
    let wall = begun.elapsed().as_secs_f64();
    let own = cpu::used_here()? - own_before;
    let ledgers = ledgers.into_iter().collect::<Result<Vec<Ledger>>>()?;
    tokio::time::sleep(SETTLE).await;
    let (cpu, written) = (server.cpu()? - cpu_before, server.bytes_written()? - written_before);
    check(server.addr, group, &ledgers).await?;
    let sends: usize = ledgers.iter().map(|ledger| ledger.acked.len()).sum();
    let limited = ledgers.iter().map(|ledger| ledger.limited).sum();
    let mut latency = Samples::default();
    ledgers.into_iter().for_each(|ledger| latency.append(ledger.latency));
    Ok(Run {
        transport: group.transport,
        senders: group.people.len(),
        per_second: sends as f64 / wall,
        cpu_us: cpu.as_secs_f64() * 1e6 / sends as f64,
        generator_share: own.as_secs_f64() / wall,
        written_bytes: written as f64 / sends as f64,
        latency,
        limited,
        sends,
    })
}

/// Compares every room with what was acknowledged.
async fn check(addr: SocketAddr, group: &mut Group, ledgers: &[Ledger]) -> Result<()> {
    for (index, ((room, verified), reader)) in group
        .rooms
        .iter()
        .zip(&mut group.verified)
        .zip(&group.people)
        .enumerate()
    {
        let here: Vec<&Ledger> = ledgers.iter().filter(|ledger| ledger.room == index).collect();
        *verified = verify(addr, reader, room, *verified, &here).await?;
    }
    Ok(())
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
            let per_second = of(|run| run.per_second, &runs);
            let p50 = median(runs.iter_mut().map(|run| run.latency.quantile_us(0.5)));
            let p99 = median(runs.iter_mut().map(|run| run.latency.quantile_us(0.99)));
            table.row([
                transport.name().to_owned(),
                senders.to_string(),
                show(per_second),
                show(p50),
                show(p99),
                show(of(|run| run.cpu_us, &runs)),
                show(of(|run| run.written_bytes, &runs)),
                format!("{:.0} %", of(|run| run.generator_share, &runs) * 100.0),
                runs.iter().map(|run| run.limited).sum::<u64>().to_string(),
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
        "transport": run.transport.name(), "senders": run.senders, "sends": run.sends, "sendsPerSecond": round(run.per_second),
        "p50Us": run.latency.quantile_us(0.5), "p90Us": run.latency.quantile_us(0.9), "p99Us": run.latency.quantile_us(0.99),
        "maxUs": run.latency.quantile_us(1.0), "serverCpuUsPerSend": round(run.cpu_us), "bytesWrittenPerSend": round(run.written_bytes),
        "generatorCpuShare": round(run.generator_share), "limited": run.limited, "verified": true,
    })
}

//! Owns how the cluster's measure is shown: tables, method and raw form. Refuses to know how it was measured.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    bus_alone::Line,
    cluster::{Args, Backend, Idle, LiveRun, Records, Run, SETTLE, STANDARD, Side},
    sender::{TEXT_BYTES, Transport},
};
use crate::{
    rig::{Outcome, Table},
    stats::{Samples, median, round, show},
    watch::{Used, Watched},
};

const ALONE: Side = Side {
    backend: Backend::Embedded,
    replicas: 0,
};
const ON_KAFKA: Side = Side {
    backend: Backend::Kafka,
    replicas: STANDARD,
};
const ON_JETSTREAM: Side = Side {
    backend: Backend::JetStream,
    replicas: STANDARD,
};

/// Writes tables, method and raw runs.
pub fn describe(args: &Args, outcome: &mut Outcome, servers: &[Watched], records: &mut Records, bus: &[Line]) {
    let names: Vec<&str> = servers.iter().map(|server| server.name.as_str()).collect();
    outcome.tables.push(sends(args, &names, &mut records.runs));
    outcome.tables.push(end_to_end(&names, &mut records.lives));
    outcome.tables.push(backends(&mut records.lives, bus));
    outcome.tables.push(replicas(records));
    outcome.tables.push(processes(&records.idles));
    outcome.method = method(args, records);
    outcome.raw = json!({
        "runs": records.runs.iter_mut().map(|run| raw_run(&names, run)).collect::<Vec<_>>(),
        "openLoop": records.lives.iter_mut().map(|run| raw_live(&names, run)).collect::<Vec<_>>(),
        "idle": records.idles.iter().map(|idle| raw_idle(&names, idle)).collect::<Vec<_>>(),
        "starts": records.starts.iter().map(|(side, seconds)| json!({"side": side_name(*side), "seconds": round(*seconds)})).collect::<Vec<_>>(),
        "bus": bus.iter().map(|line| line.iter().cloned().collect::<std::collections::BTreeMap<_, _>>()).collect::<Vec<_>>(),
    });
}

fn side_name(side: Side) -> String {
    match side.backend {
        Backend::Embedded => "embedded".to_owned(),
        backend => format!("cluster on {}, x{}", backend.name(), side.replicas),
    }
}

fn micros(time: Duration, count: usize) -> f64 {
    time.as_secs_f64() * 1e6 / count.max(1) as f64
}

/// Returns CPU per operation: the product, all servers, and each server.
fn cpu_cells(names: &[&str], used: &[(&Used, usize)]) -> Vec<String> {
    let of =
        |pick: &dyn Fn(&Used) -> Duration| show(median(used.iter().map(|(used, count)| micros(pick(used), *count))));
    let mut cells = vec![
        of(&|used| used.product),
        of(&|used| used.servers.iter().sum::<Duration>()),
    ];
    cells.extend((0..names.len()).map(|place| of(&|used| used.servers.get(place).copied().unwrap_or_default())));
    cells
}

fn quantile<T>(runs: &mut [&mut T], samples: fn(&mut T) -> &mut Samples, q: f64) -> f64 {
    median(runs.iter_mut().map(|run| samples(run).quantile_us(q)))
}

fn sends(args: &Args, names: &[&str], runs: &mut [Run]) -> Table {
    let mut columns = vec![
        "transport",
        "senders",
        "side",
        "sends/s",
        "of embedded",
        "p50 µs",
        "p99 µs",
        "product CPU µs/send",
        "servers",
    ];
    columns.extend(names);
    columns.extend(["generator CPU", "limited"]);
    let mut table = Table::new(
        "Durable sends, one process beside one process per service (2 replicas), closed loop, medians of the runs",
        &columns,
    );
    for transport in [Transport::Http, Transport::WebSocket] {
        for &senders in &args.senders {
            let mut reference = 0.0;
            for side in [ALONE, ON_KAFKA] {
                let fits = |run: &&mut Run| run.side == side && run.transport == transport && run.senders == senders;
                let mut here: Vec<&mut Run> = runs.iter_mut().filter(fits).collect();
                let per_second = median(here.iter().map(|run| run.load.per_second));
                if side == ALONE {
                    reference = per_second;
                }
                let mut cells = vec![
                    transport.name().to_owned(),
                    senders.to_string(),
                    side_name(side),
                    show(per_second),
                    format!("{:.3}", per_second / reference),
                    show(quantile(&mut here, |run| &mut run.load.latency, 0.5)),
                    show(quantile(&mut here, |run| &mut run.load.latency, 0.99)),
                ];
                let used: Vec<(&Used, usize)> = here.iter().map(|run| (&run.used, run.load.sends)).collect();
                cells.extend(cpu_cells(names, &used));
                cells.push(format!(
                    "{:.0} %",
                    median(here.iter().map(|run| run.load.generator_share)) * 100.0
                ));
                cells.push(here.iter().map(|run| run.load.limited).sum::<u64>().to_string());
                table.rows.push(cells);
            }
        }
    }
    table
}

fn end_to_end(names: &[&str], lives: &mut [LiveRun]) -> Table {
    let mut columns = vec![
        "side",
        "messages",
        "post to 201 p50 µs",
        "p99",
        "post to socket p50 µs",
        "p99",
        "product CPU µs/message",
        "servers",
    ];
    columns.extend(names);
    columns.push("generator CPU");
    let mut table = Table::new("End to end at a fixed rate, open loop, medians of the runs", &columns);
    for side in [ALONE, ON_KAFKA, ON_JETSTREAM] {
        let mut here: Vec<&mut LiveRun> = lives.iter_mut().filter(|run| run.side == side).collect();
        let mut cells = vec![
            side_name(side),
            here.iter().map(|run| run.live.messages).sum::<usize>().to_string(),
            show(quantile(&mut here, |run| &mut run.live.answer, 0.5)),
            show(quantile(&mut here, |run| &mut run.live.answer, 0.99)),
            show(quantile(&mut here, |run| &mut run.live.end_to_end, 0.5)),
            show(quantile(&mut here, |run| &mut run.live.end_to_end, 0.99)),
        ];
        let used: Vec<(&Used, usize)> = here.iter().map(|run| (&run.used, run.live.messages)).collect();
        cells.extend(cpu_cells(names, &used));
        cells.push(format!(
            "{:.0} %",
            median(here.iter().map(|run| run.live.generator_share)) * 100.0
        ));
        table.rows.push(cells);
    }
    table
}

fn backends(lives: &mut [LiveRun], bus: &[Line]) -> Table {
    let mut table = Table::new(
        "Commit to socket on each event backend (the same open loop), and the bus alone (one event at a time)",
        &[
            "backend",
            "201 to socket p50 µs",
            "p99",
            "createdAt to socket p50 µs",
            "p99",
            "bus: publish to answer p50 µs",
            "p99",
            "bus: publish to handler p50 µs",
            "p99",
        ],
    );
    for (side, name) in [(ALONE, "embedded"), (ON_KAFKA, "kafka"), (ON_JETSTREAM, "jetstream")] {
        let mut here: Vec<&mut LiveRun> = lives.iter_mut().filter(|run| run.side == side).collect();
        let line = bus
            .iter()
            .find(|line| line.contains(&("backend".to_owned(), name.to_owned())));
        let alone = |key: &str| {
            let word = line.and_then(|line| line.iter().find(|(name, _)| name == key));
            let number = word.and_then(|(_, value)| value.parse().ok());
            number.map_or_else(|| "not run".to_owned(), show)
        };
        table.row([
            side.backend.name().to_owned(),
            show(quantile(&mut here, |run| &mut run.live.after_answer, 0.5)),
            show(quantile(&mut here, |run| &mut run.live.after_answer, 0.99)),
            show(quantile(&mut here, |run| &mut run.live.after_stamp, 0.5)),
            show(quantile(&mut here, |run| &mut run.live.after_stamp, 0.99)),
            alone("answer_p50_us"),
            alone("answer_p99_us"),
            alone("handler_p50_us"),
            alone("handler_p99_us"),
        ]);
    }
    table
}

/// What one number of replicas costs.
struct Cost {
    sends: f64,
    product: f64,
    servers: f64,
    /// Without what the same processes use when nobody asks.
    product_net: f64,
    idle_product: f64,
    idle_servers: f64,
    memory_mb: f64,
}

fn cost(records: &Records, replicas: usize, transport: Transport, senders: usize) -> Option<Cost> {
    let side = Side {
        backend: Backend::Kafka,
        replicas,
    };
    let idles: Vec<&Idle> = records.idles.iter().filter(|idle| idle.side == side).collect();
    let fits = |run: &&Run| run.side == side && run.transport == transport && run.senders == senders;
    let runs: Vec<&Run> = records.runs.iter().filter(fits).collect();
    if runs.is_empty() {
        return None;
    }
    let of_idles = |pick: &dyn Fn(&Idle) -> f64| median(idles.iter().map(|idle| pick(idle)));
    let of_runs = |pick: &dyn Fn(&Run) -> f64| median(runs.iter().map(|run| pick(run)));
    let product = |idle: &Idle| idle.used.product.as_secs_f64() / idle.seconds;
    let servers = |used: &Used| used.servers.iter().sum::<Duration>();
    let idle_product = of_idles(&product);
    let watched = |idle: &Idle| idle.memory.len() - idle.used.servers.len();
    let resident = |idle: &Idle| {
        idle.memory
            .iter()
            .take(watched(idle))
            .map(|(_, memory)| memory.resident)
            .sum::<u64>()
    };
    Some(Cost {
        sends: of_runs(&|run| run.load.per_second),
        product: of_runs(&|run| micros(run.used.product, run.load.sends)),
        servers: of_runs(&|run| micros(servers(&run.used), run.load.sends)),
        product_net: of_runs(&|run| {
            let idle = run.load.metered.mul_f64(idle_product);
            micros(run.used.product.saturating_sub(idle), run.load.sends)
        }),
        idle_product: idle_product * 100.0,
        idle_servers: of_idles(&|idle| servers(&idle.used).as_secs_f64() / idle.seconds) * 100.0,
        memory_mb: of_idles(&|idle| resident(idle) as f64 / 1e6),
    })
}

fn replicas(records: &Records) -> Table {
    let mut table = Table::new(
        "Cost per replica: chat and realtime-gateway with 1, 2 and 3 processes each, HTTP POST, the most senders, medians",
        &[
            "replicas of both",
            "sends/s",
            "product CPU µs/send",
            "of it not idle",
            "servers' CPU µs/send",
            "product's CPU when idle",
            "servers' CPU when idle",
            "product's resident MB",
        ],
    );
    let senders = records.runs.iter().map(|run| run.senders).max().unwrap_or(0);
    let mut before: Option<Cost> = None;
    for replicas in 1..=3 {
        let Some(now) = cost(records, replicas, Transport::Http, senders) else {
            continue;
        };
        table.row([
            replicas.to_string(),
            show(now.sends),
            show(now.product),
            show(now.product_net),
            show(now.servers),
            format!("{:.1} %", now.idle_product),
            format!("{:.1} %", now.idle_servers),
            show(now.memory_mb),
        ]);
        if let Some(before) = before {
            let more = |now: f64, before: f64| format!("{}{}", if now < before { "" } else { "+" }, show(now - before));
            table.row([
                "one more of both adds".to_owned(),
                more(now.sends, before.sends),
                more(now.product, before.product),
                more(now.product_net, before.product_net),
                more(now.servers, before.servers),
                format!("{} points", more(now.idle_product, before.idle_product)),
                format!("{} points", more(now.idle_servers, before.idle_servers)),
                more(now.memory_mb, before.memory_mb),
            ]);
        }
        before = Some(now);
    }
    table
}

fn processes(idles: &[Idle]) -> Table {
    let mut table = Table::new(
        "Memory of each process after the warm-up, without load, medians",
        &["side", "process", "resident MB", "of it anonymous MB"],
    );
    for side in [ALONE, ON_KAFKA] {
        let here: Vec<&Idle> = idles.iter().filter(|idle| idle.side == side).collect();
        for (place, (name, _)) in here.first().into_iter().flat_map(|idle| idle.memory.iter().enumerate()) {
            let memory = |pick: fn(&crate::process::Memory) -> u64| {
                let all = here.iter().filter_map(|idle| idle.memory.get(place));
                median(all.map(|(_, memory)| pick(memory) as f64 / 1e6))
            };
            table.row([
                side_name(side),
                name.clone(),
                show(memory(|memory| memory.resident)),
                show(memory(|memory| memory.anonymous)),
            ]);
        }
    }
    table
}

fn method(args: &Args, records: &Records) -> Vec<String> {
    let starts = median(records.starts.iter().map(|(_, seconds)| *seconds));
    vec![
        format!("The generator, the product's processes (1, or 11 with two replicas of chat, realtime-gateway and ai-chat-host), a JVM and three more servers share the CPUs of one machine. The one process stays up while the cluster is measured, and the cluster while the one process is; a start of a cluster took {} s.", show(starts)),
        "On one machine a replica can only cost: it gets no CPU of its own, and shares that which all of them had. What replicas are for (more machines, one of them down) is not measured here.".to_owned(),
        "Servers, fresh for this measure: secantusd-rs with --sync-on-commit for MongoDB's wire (a server of MongoDB itself was not measured), Apache Kafka (one KRaft node, acks=all, which does not sync before it answers), redis-server, nats-server (acknowledges before it syncs). The embedded side syncs its write before the 201.".to_owned(),
        format!("Closed loop: one send of {TEXT_BYTES} B text in flight per sender, {} s a run, {} rooms (at most one a sender), as in `sends`; every room is paged afterwards and a difference fails the measure. The order is embedded, cluster, cluster, embedded; the kinds of cluster go there and back.", args.seconds(), args.rooms),
        format!("Open loop: {} posts/s at fixed times over 16 HTTP connections into {} rooms in turn, two members of each with a socket. Latency counts from the time a post was due. Every socket must get each message once, in the room's order, and the rooms are paged afterwards.", show(args.rate), args.live_rooms),
        "Commit to socket: the store's commit lies between `createdAt` (stamped just before the write, in whole milliseconds) and the 201 (its way back to the sender included), so the time from commit to socket lies between the two columns. `201 to socket` is negative where the frame came before the 201.".to_owned(),
        "The bus alone (`crates/bus/examples/throughput.rs latency`): one event at a time in one process, from `publish` to its answer and to the handler of a group, while no cluster runs.".to_owned(),
        format!("CPU is user + system time, read in nanoseconds, including {SETTLE:?} after the last send. It holds what the processes do without load, too: at few sends a second that is most of it; `not idle` takes it away."),
    ]
}

fn raw_used(names: &[&str], used: &Used, count: usize) -> Value {
    let servers: serde_json::Map<String, Value> = names
        .iter()
        .zip(&used.servers)
        .map(|(name, used)| ((*name).to_owned(), json!(round(micros(*used, count)))))
        .collect();
    json!({"product": round(micros(used.product, count)), "servers": servers})
}

fn raw_samples(samples: &mut Samples) -> Value {
    json!({"count": samples.len(), "p50Us": samples.quantile_us(0.5), "p90Us": samples.quantile_us(0.9), "p99Us": samples.quantile_us(0.99), "maxUs": samples.quantile_us(1.0)})
}

fn raw_run(names: &[&str], run: &mut Run) -> Value {
    json!({
        "side": side_name(run.side), "transport": run.transport.name(), "senders": run.senders, "sends": run.load.sends,
        "sendsPerSecond": round(run.load.per_second), "latency": raw_samples(&mut run.load.latency),
        "cpuUsPerSend": raw_used(names, &run.used, run.load.sends), "generatorCpuShare": round(run.load.generator_share),
        "meteredSeconds": round(run.load.metered.as_secs_f64()), "limited": run.load.limited, "verified": true,
    })
}

fn raw_live(names: &[&str], run: &mut LiveRun) -> Value {
    let live = &mut run.live;
    json!({
        "side": side_name(run.side), "messages": live.messages, "postToAnswer": raw_samples(&mut live.answer),
        "postToSocket": raw_samples(&mut live.end_to_end), "answerToSocket": raw_samples(&mut live.after_answer),
        "createdAtToSocket": raw_samples(&mut live.after_stamp), "cpuUsPerMessage": raw_used(names, &run.used, live.messages),
        "generatorCpuShare": round(live.generator_share), "meteredSeconds": round(live.metered.as_secs_f64()), "verified": true,
    })
}

fn raw_idle(names: &[&str], idle: &Idle) -> Value {
    let memory: serde_json::Map<String, Value> = idle
        .memory
        .iter()
        .map(|(name, memory)| {
            let both = json!({"residentMb": round(memory.resident as f64 / 1e6), "anonymousMb": round(memory.anonymous as f64 / 1e6)});
            (name.clone(), both)
        })
        .collect();
    json!({
        "side": side_name(idle.side), "seconds": round(idle.seconds),
        "cpuUs": raw_used(names, &idle.used, 1), "memory": memory,
    })
}

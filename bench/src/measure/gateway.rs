//! Owns the measure of the AI gateway: the same calls straight to a scripted upstream and through the product, taken
//! in turn. Refuses to know dialects and providers.

use std::{net::SocketAddr, path::Path, rc::Rc};

use anyhow::{Result, bail};
use serde_json::json;

use super::calls::{Load, Route, Segment, take};
use crate::{
    aichat, peer,
    process::Placement,
    rig::{Outcome, Rig, Table, Target},
    stats::{median, round, show, spread},
};

const TARGET_ADDED_P99_US: f64 = 300.0;
const MODEL: &str = "scripted-1";

/// Flags of `bench gateway`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    rig: Rig,
    /// Interleaved pairs: direct, through, then through, direct.
    #[arg(long)]
    pairs: Option<usize>,
    /// Seconds of one segment.
    #[arg(long)]
    duration: Option<f64>,
    /// People whose credentials take turns: the product allows 1,000 requests a second each.
    #[arg(long)]
    people: Option<usize>,
    /// What stands in the Bearer header: `key` (a gateway key) or `token` (an access token).
    #[arg(long, default_value = "key")]
    credential: String,
    /// Requests a second of the paced load.
    #[arg(long, default_value_t = 500.0)]
    rate: f64,
}

/// A load with its name in the results.
#[derive(Clone, Copy)]
struct Named {
    name: &'static str,
    stream: bool,
    in_flight: usize,
    /// Calls leave at fixed times when set, else as soon as the last one is answered.
    paced: bool,
}

const LOADS: [Named; 5] = [
    Named {
        name: "JSON, 1 in flight",
        stream: false,
        in_flight: 1,
        paced: false,
    },
    Named {
        name: "JSON, 8 in flight",
        stream: false,
        in_flight: 8,
        paced: false,
    },
    Named {
        name: "JSON, paced over 8 connections",
        stream: false,
        in_flight: 8,
        paced: true,
    },
    Named {
        name: "stream, 1 in flight",
        stream: true,
        in_flight: 1,
        paced: false,
    },
    Named {
        name: "stream, 8 in flight",
        stream: true,
        in_flight: 8,
        paced: false,
    },
];

/// Runs the measure.
pub async fn run(args: Args) -> Result<()> {
    let rig = &args.rig;
    rig.require_binary()?;
    let mut outcome = rig.begin("gateway")?;
    let placement = Placement::Free;
    let upstream = peer::start(rig, "upstream", placement).await?;
    let dir = rig.fresh_dir("gateway")?;
    let config = dir.with_extension("toml");
    write_config(&config, upstream.addr)?;
    let server = aichat::start(rig, &dir, placement, Some(&config)).await?;
    let direct = Rc::new(Route::new(upstream.addr, MODEL, vec!["sk-nobody".to_owned()]));
    let through = Rc::new(Route::new(
        server.addr,
        &format!("local/{MODEL}"),
        credentials(&args, server.addr).await?,
    ));
    let pairs = rig.pick(args.pairs, 5, 1);
    let seconds = rig.pick(args.duration, 1.5, 0.3);
    let mut results = Vec::new();
    for named in LOADS {
        let load = Load {
            stream: named.stream,
            in_flight: named.in_flight,
            rate: named.paced.then_some(args.rate),
        };
        for route in [&direct, &through] {
            take(route, load, seconds / 2.0, || server.cpu()).await?;
        }
        let mut series: Vec<[Segment; 2]> = Vec::new();
        for pair in 0..pairs {
            let mut taken = [Segment::default(), Segment::default()];
            for turn in 0..2 {
                let which = (turn + pair) % 2;
                let route = if which == 0 { &direct } else { &through };
                if let Some(slot) = taken.get_mut(which) {
                    *slot = take(route, load, seconds, || server.cpu()).await?;
                }
            }
            series.push(taken);
        }
        eprintln!("  {}: {pairs} pairs", named.name);
        results.push((named, series));
    }
    server.stop().await?;
    upstream.stop().await?;
    describe(&args, &mut outcome, &mut results, (pairs, seconds));
    rig.finish(outcome)
}

fn write_config(path: &Path, upstream: SocketAddr) -> Result<()> {
    let text = format!(
        "[[ai.providers]]\nname = \"local\"\ndialect = \"openai\"\nbaseUrl = \"http://{upstream}/v1\"\napiKey = \"sk-upstream\"\nmodels = [\"{MODEL}\"]\n"
    );
    crate::rig::write(path, &text)
}

async fn credentials(args: &Args, addr: SocketAddr) -> Result<Vec<String>> {
    let people = aichat::sign_up(addr, args.rig.pick(args.people, 24, 4)).await?;
    let mut credentials = Vec::new();
    for person in &people {
        credentials.push(match args.credential.as_str() {
            "key" => aichat::create_key(addr, person).await?,
            "token" => person.token.to_string(),
            other => bail!("--credential is key or token, not {other}"),
        });
    }
    Ok(credentials)
}

fn describe(
    args: &Args,
    outcome: &mut Outcome,
    results: &mut [(Named, Vec<[Segment; 2]>)],
    (pairs, seconds): (usize, f64),
) {
    let columns = [
        "load",
        "direct p50 µs",
        "direct p99",
        "through p50",
        "through p99",
        "added p50",
        "added p99 (min-max of pairs)",
        "calls/s through",
        "server CPU µs/call",
    ];
    let mut whole = Table::new("Whole answer, medians of the pairs", &columns);
    let mut first = Table::new("First token of a stream, medians of the pairs", &columns);
    let mut raw = Vec::new();
    for (load, series) in results {
        let calls = median(series.iter().map(|[_, through]| through.whole.len() as f64)) / seconds;
        let cpu_us = median(series.iter().map(|[_, through]| through.cpu_us_per_call()));
        let ends = [(&mut whole, "whole answer", false), (&mut first, "first token", true)];
        for (table, what, of_first) in ends.into_iter().filter(|(_, _, of_first)| load.stream || !of_first) {
            let quantiles: Vec<[f64; 4]> = series.iter_mut().map(|pair| quantiles(pair, of_first)).collect();
            let of = |field: fn(&[f64; 4]) -> f64| median(quantiles.iter().map(field));
            let added: Vec<f64> = quantiles
                .iter()
                .map(|[_, direct, _, through]| through - direct)
                .collect();
            let (low, high) = spread(&added);
            let added_p99 = median(added);
            table.row([
                load.name.to_owned(),
                show(of(|[p50, ..]| *p50)),
                show(of(|[_, p99, ..]| *p99)),
                show(of(|[.., p50, _]| *p50)),
                show(of(|[.., p99]| *p99)),
                show(of(|[direct, _, through, _]| through - direct)),
                format!("{} ({}-{})", show(added_p99), show(low), show(high)),
                show(calls),
                show(cpu_us),
            ]);
            outcome.targets.push(Target {
                name: format!("added p99, {what}, {}", load.name),
                want: format!("<= {} µs", show(TARGET_ADDED_P99_US)),
                got: format!("{} µs", show(added_p99)),
                met: added_p99 <= TARGET_ADDED_P99_US,
            });
            raw.extend(quantiles.iter().enumerate().map(|(pair, [direct_p50, direct_p99, through_p50, through_p99])| {
                json!({"load": load.name, "what": what, "pair": pair, "directP50Us": direct_p50, "directP99Us": direct_p99, "throughP50Us": through_p50, "throughP99Us": through_p99})
            }));
        }
        raw.push(json!({"load": load.name, "what": "calls", "throughPerSecond": round(calls), "serverCpuUsPerCall": round(cpu_us),
            "calls": series.iter().map(|[direct, through]| json!([direct.whole.len(), through.whole.len()])).collect::<Vec<_>>()}));
    }
    outcome.tables.extend([whole, first]);
    outcome.raw = json!({"runs": raw});
    outcome.method = vec![
        format!("Generator, product and scripted upstream (`bench upstream`: fixed answer of {} tokens without any pause, streams one chunk a token) share all CPUs of this machine; {pairs} pairs direct-through, through-direct, {seconds} s a segment; keep-alive connections on both sides.", peer::upstream::TOKENS),
        format!("`In flight` loads are closed loops: a new call as soon as the last is answered, so with 8 in flight all CPUs are full and the added time is mostly waiting for a CPU. The paced load is open: {} calls/s at fixed times over 8 connections.", args.rate),
        format!("Credential: {}, of several people in turn, so that no rate limit acts. Every answer is checked in full: text, and the end of a stream.", args.credential),
        "Added = through minus direct of the same pair, at the same quantile. Time to first token runs from sending the request to the arrival of the first non-empty delta.".to_owned(),
    ];
}

/// Returns p50 and p99 of direct, then of through.
fn quantiles([direct, through]: &mut [Segment; 2], of_first: bool) -> [f64; 4] {
    let pick = |segment: &mut Segment, q: f64| {
        if of_first {
            segment.first.quantile_us(q)
        } else {
            segment.whole.quantile_us(q)
        }
    };
    [
        pick(direct, 0.5),
        pick(direct, 0.99),
        pick(through, 0.5),
        pick(through, 0.99),
    ]
}

//! Owns the tables, the targets and the words of the measure of gateways. Refuses to know how a number came about.

use serde_json::{Value, json};

use super::{
    calls::Load,
    contenders::Contender,
    crowd::Tally,
    rivals::{Args, Measured, Memory, Record, loads, rounds, size, stream_rounds},
};
use crate::{
    peer::upstream::TOKENS,
    rig::{Outcome, Table, Target},
    stats::{median, round, show, spread},
    tree::Share,
};

const TARGET_ADDED_P99_US: f64 = 200.0;
const TARGET_FIRST_TOKEN_US: f64 = 400.0;
const TARGET_IDLE_MB: f64 = 40.0;
const MB: f64 = 1e6;

/// One segment in numbers.
#[derive(Clone, Copy)]
struct Numbers {
    contender: usize,
    round: usize,
    stream: bool,
    in_flight: usize,
    /// p50 and p99, in microseconds, to the end of the answer and to the first token.
    whole: [f64; 2],
    first: [f64; 2],
    calls: usize,
    per_second: f64,
    cpu_us: f64,
    generator: f64,
}

/// Up to where a time runs.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Whole,
    First,
}

impl Numbers {
    fn of(record: &mut Record) -> Self {
        let segment = &mut record.segment;
        Self {
            contender: record.contender,
            round: record.round,
            stream: record.load.stream,
            in_flight: record.load.in_flight,
            whole: [0.5, 0.99].map(|q| segment.whole.quantile_us(q)),
            first: [0.5, 0.99].map(|q| segment.first.quantile_us(q)),
            calls: segment.whole.len(),
            per_second: segment.per_second(),
            cpu_us: segment.cpu_us_per_call(),
            generator: segment.generator_share(),
        }
    }

    fn is_of(&self, load: Load) -> bool {
        self.stream == load.stream && self.in_flight == load.in_flight
    }

    fn quantile(&self, end: End, which: usize) -> f64 {
        let both = if end == End::Whole { self.whole } else { self.first };
        both.get(which).copied().unwrap_or_default()
    }
}

/// What a contender adds at one load: medians of the rounds, and the smallest and largest added p99.
struct Added {
    p50: f64,
    p99: f64,
    p99_spread: (f64, f64),
}

fn added(numbers: &[Numbers], load: Load, contender: usize, end: End) -> Added {
    let of = |which: usize| -> Vec<f64> {
        numbers
            .iter()
            .filter(|one| one.is_of(load) && one.contender == contender)
            .filter_map(|one| {
                // Contender 0 is the direct call; it is compared within a round.
                let direct = numbers
                    .iter()
                    .find(|other| other.is_of(load) && other.contender == 0 && other.round == one.round)?;
                Some(one.quantile(end, which) - direct.quantile(end, which))
            })
            .collect()
    };
    let p99 = of(1);
    Added {
        p50: median(of(0)),
        p99_spread: spread(&p99),
        p99: median(p99),
    }
}

/// Fills in the result.
pub fn describe(
    args: &Args,
    outcome: &mut Outcome,
    contenders: &[Contender],
    measured: &mut Measured,
    (notes, versions): (Vec<String>, Vec<String>),
) {
    let numbers: Vec<Numbers> = measured.records.iter_mut().map(Numbers::of).collect();
    for (title, end, stream) in [
        ("Whole JSON answer", End::Whole, false),
        ("First token of a stream", End::First, true),
        ("Whole stream", End::Whole, true),
    ] {
        let title = format!("{title}, medians of the rounds");
        outcome
            .tables
            .push(latency_table(&title, args, contenders, &numbers, (end, stream)));
    }
    outcome.tables.push(crowd_table(args, contenders, measured));
    outcome.tables.push(memory_table(args, &measured.memories));
    outcome.targets = targets(args, contenders, &numbers, measured);
    outcome.method = method(args, &versions, &held(contenders, measured, "LiteLLM"));
    outcome.method.extend(notes);
    outcome.raw = raw(contenders, &numbers, measured);
}

fn latency_table(
    title: &str,
    args: &Args,
    contenders: &[Contender],
    numbers: &[Numbers],
    (end, stream): (End, bool),
) -> Table {
    let mut table = Table::new(
        title,
        &[
            "in flight",
            "gateway",
            "p50 µs",
            "p99 µs",
            "added p50",
            "added p99 (min-max of rounds)",
            "calls/s",
            "gateway CPU µs/call",
            "generator CPU",
        ],
    );
    for load in loads(args).into_iter().filter(|load| load.stream == stream) {
        for (index, contender) in contenders.iter().enumerate() {
            let mine = || numbers.iter().filter(|one| one.is_of(load) && one.contender == index);
            let of = |field: &dyn Fn(&Numbers) -> f64| median(mine().map(field));
            let added = added(numbers, load, index, end);
            let is_direct = index == 0;
            let unless_direct = |text: String| if is_direct { String::new() } else { text };
            let (low, high) = added.p99_spread;
            table.row([
                load.in_flight.to_string(),
                contender.name.clone(),
                show(of(&|one| one.quantile(end, 0))),
                show(of(&|one| one.quantile(end, 1))),
                unless_direct(show(added.p50)),
                unless_direct(format!("{} ({}-{})", show(added.p99), show(low), show(high))),
                show(of(&|one| one.per_second)),
                unless_direct(show(of(&|one| one.cpu_us))),
                percent(of(&|one| one.generator)),
            ]);
        }
    }
    table
}

fn crowd_table(args: &Args, contenders: &[Contender], measured: &Measured) -> Table {
    let size = size(args);
    let title = format!(
        "{} concurrent streams of {} numbered frames, {} rounds",
        size.streams,
        size.frames,
        stream_rounds(args)
    );
    let mut table = Table::new(
        &title,
        &[
            "gateway",
            "held at once",
            "frames lost",
            "doubled",
            "out of order",
            "of another stream",
            "streams failed",
            "frames/s (min-max)",
            "gateway CPU µs/frame",
            "first frames of all after s",
            "generator CPU",
        ],
    );
    for (index, contender) in contenders.iter().enumerate() {
        let tallies: Vec<&Tally> = tallies(measured, index);
        let sum = |field: fn(&Tally) -> usize| tallies.iter().map(|tally| field(tally)).sum::<usize>().to_string();
        let of = |field: fn(&Tally) -> f64| -> Vec<f64> { tallies.iter().map(|tally| field(tally)).collect() };
        let rates = of(Tally::per_second);
        let (low, high) = spread(&rates);
        let cpu = of(|tally| tally.server_cpu.as_secs_f64() * 1e6 / tally.frames.max(1) as f64);
        let held = tallies.iter().map(|tally| tally.held).min().unwrap_or_default();
        table.row([
            contender.name.clone(),
            held.to_string(),
            sum(|tally| tally.lost),
            sum(|tally| tally.doubled),
            sum(|tally| tally.misplaced),
            sum(|tally| tally.foreign),
            sum(|tally| tally.failed),
            format!("{} ({}-{})", show(median(rates)), show(low), show(high)),
            if index == 0 { String::new() } else { show(median(cpu)) },
            show(median(of(|tally| tally.open_seconds))),
            percent(median(of(|tally| tally.generator_cpu.as_secs_f64() / tally.seconds))),
        ]);
    }
    table
}

fn tallies(measured: &Measured, contender: usize) -> Vec<&Tally> {
    let mine = measured.crowds.iter().filter(|crowd| crowd.contender == contender);
    mine.map(|crowd| &crowd.tally).collect()
}

fn memory_table(args: &Args, memories: &[Memory]) -> Table {
    let streams = size(args).streams;
    let title = format!("Memory of each gateway alone, MB, idle and with {streams} streams held");
    let mut table = Table::new(
        &title,
        &[
            "gateway",
            "processes",
            "idle PSS",
            "of it anonymous",
            "idle RSS",
            "PSS with streams",
            "RSS with streams",
            "KB a stream",
            "PSS 2 s after",
        ],
    );
    for memory in memories {
        let mb = |bytes: u64| show(bytes as f64 / MB);
        let of =
            |share: Option<Share>, field: fn(Share) -> u64| share.map(|share| mb(field(share))).unwrap_or_default();
        let held = memory.tally.as_ref().map_or(0, |tally| tally.held).max(1);
        let growth = memory.held.map(|share| {
            let bytes = share.proportional.saturating_sub(memory.idle.proportional);
            show(bytes as f64 / held as f64 / 1e3)
        });
        table.row([
            memory.name.clone(),
            memory.processes.to_string(),
            mb(memory.idle.proportional),
            mb(memory.idle.anonymous),
            mb(memory.idle.resident),
            of(memory.held, |share| share.proportional),
            of(memory.held, |share| share.resident),
            growth.unwrap_or_default(),
            of(memory.after, |share| share.proportional),
        ]);
    }
    table
}

fn targets(args: &Args, contenders: &[Contender], numbers: &[Numbers], measured: &Measured) -> Vec<Target> {
    let mut targets = Vec::new();
    let find = |is_governed: bool| {
        let mut all = contenders.iter().enumerate();
        all.find(|(_, one)| one.is_ours && one.is_governed == is_governed)
    };
    // Not governed counts as what it is: the name says so.
    if let Some((index, ours)) = find(true).or_else(|| find(false)) {
        let what = if ours.is_governed { "governed" } else { "NOT governed" };
        for (stream, end, name, most) in [
            (false, End::Whole, "added p99, whole JSON answer", TARGET_ADDED_P99_US),
            (true, End::First, "added p99, first token", TARGET_FIRST_TOKEN_US),
        ] {
            let mut all = loads(args).into_iter();
            let Some(load) = all.find(|load| load.stream == stream && load.in_flight == 1) else {
                continue;
            };
            let got = added(numbers, load, index, end).p99;
            targets.push(Target {
                name: format!("{name}, {what}, 1 in flight"),
                want: format!("<= {} µs", show(most)),
                got: format!("{} µs", show(got)),
                met: got <= most,
            });
        }
        let mut ours = tallies(measured, index);
        ours.extend(
            measured
                .memories
                .iter()
                .filter(|memory| memory.name == "ours")
                .filter_map(|memory| memory.tally.as_ref()),
        );
        let lost: usize = ours.iter().map(|tally| tally.lost).sum();
        let (streams, held) = (
            size(args).streams,
            ours.iter().map(|tally| tally.held).min().unwrap_or_default(),
        );
        targets.push(Target {
            name: format!("frames lost of {streams} streams, all held at once, order kept, {what}"),
            want: format!("0, {streams} held"),
            got: format!("{lost}, {held} held"),
            // A stream that never began has lost nothing.
            met: held == streams && ours.iter().all(|tally| tally.is_whole()),
        });
    }
    for memory in measured
        .memories
        .iter()
        .filter(|memory| memory.name.starts_with("ours"))
    {
        let got = memory.idle.proportional as f64 / MB;
        targets.push(Target {
            name: format!("memory of the idle gateway (PSS), {}", memory.name),
            want: format!("<= {} MB", show(TARGET_IDLE_MB)),
            got: format!("{} MB", show(got)),
            met: got <= TARGET_IDLE_MB,
        });
    }
    targets
}

/// Says how many streams those whose names begin with `name` held at once, at the least.
fn held(contenders: &[Contender], measured: &Measured, name: &str) -> String {
    let named = contenders
        .iter()
        .enumerate()
        .filter(|(_, one)| one.name.starts_with(name));
    let each = named.map(|(index, one)| {
        let held = tallies(measured, index).iter().map(|tally| tally.held).min();
        format!(
            "{} with {}",
            held.unwrap_or_default(),
            one.name.trim_start_matches(name).trim_start_matches(", ")
        )
    });
    each.collect::<Vec<_>>().join("; ")
}

fn method(args: &Args, versions: &[String], held_by_litellm: &str) -> Vec<String> {
    let (rounds, seconds) = rounds(args);
    let mut method = vec![
        format!("Beside ours: {}. All gateways stand in front of the same scripted upstream (`bench upstream`: {TOKENS} tokens without any pause, one chunk a token), on loopback, and share all CPUs of this machine with it and with the generator, a single thread; connections are kept on both sides.", if versions.is_empty() { "nobody else could be had".to_owned() } else { versions.join(" and ") }),
        format!("{rounds} rounds a load, everybody in turn, A B C then C B A, {seconds} s a segment; closed loops: a new call as soon as the last is answered, so that from 8 in flight on all CPUs are full and the added time is mostly waiting for one."),
        if args.let_sleep { "CPUs sleep as they like to: on a virtual machine the host wakes them, which now and then takes each call hundreds of µs for some ten milliseconds; such a time meets the more of a hundred calls, the longer a call takes.".to_owned() } else { "No CPU sleeps while latencies are measured: a process of the idle class on each gives way to everything else. (On a virtual machine it is the host that wakes a CPU; `--let-sleep` measures with that.)".to_owned() },
        "Added = the gateway's quantile minus that of the direct call of the same round; medians of the rounds. First token: from sending the request to the first delta with text. Every answer is checked in full; one that differs fails the measure.".to_owned(),
        "Streams: all are opened while the upstream holds back everything but the first frame, then let go at once. Each frame carries the number of its stream and its own; lost, doubled, misplaced ones are counted over all rounds. Frames/s run from the opening of the gate to the end of the last stream.".to_owned(),
        "Memory: each gateway started again and alone, all its processes; PSS counts a page that several of them share once, RSS in each; what is not anonymous are pages of the program and its libraries. How many of these the kernel maps at once depends on how the file lies in the page cache, so ours is read from the disk anew, as at the first start of a machine. Ours is the whole product in one process with everything in it, not a gateway alone; `--target ai-gateway` is the gateway alone, idle, on servers of its own, whose memory is not counted.".to_owned(),
        "Ours: embedded (SQLite), a key looked up and checked for every call, every call metered and its usage kept, durable within a second.".to_owned(),
    ];
    let took_part = |name: &str| versions.iter().any(|version| version.starts_with(name));
    if took_part("nginx") {
        method.push("nginx: bench/peers/nginx.conf, a worker per CPU, no buffering, no log, keep-alive upstream; it checks and counts nothing.".to_owned());
    }
    if took_part("LiteLLM") {
        method.push(format!("LiteLLM: bench/peers/litellm/*.yaml, uvicorn; no debugging (LITELLM_LOG=ERROR, LITELLM_MODE=PRODUCTION, set_verbose off), no callbacks, no database, no Redis; its limit of connections to an upstream (500 a worker) and its end of idle connections after 5 s are lifted. Of {} streams at once it held {held_by_litellm}. Its advice is one worker a container, or as many as there are CPUs: both are measured. Without the word governed it runs without any key, which it does only when told that this is dangerous.", size(args).streams));
    }
    method
}

fn raw(contenders: &[Contender], numbers: &[Numbers], measured: &Measured) -> Value {
    let name = |index: usize| contenders.get(index).map(|one| one.name.clone());
    let segments: Vec<Value> = numbers
        .iter()
        .map(|one| {
            json!({"gateway": name(one.contender), "stream": one.stream, "inFlight": one.in_flight, "round": one.round,
                "p50Us": one.whole[0], "p99Us": one.whole[1], "firstP50Us": one.first[0], "firstP99Us": one.first[1], "calls": one.calls,
                "perSecond": round(one.per_second), "cpuUsPerCall": round(one.cpu_us), "generatorCpu": round(one.generator)})
        })
        .collect();
    let crowds: Vec<Value> = measured
        .crowds
        .iter()
        .map(|crowd| json!({"gateway": name(crowd.contender), "round": crowd.round, "streams": tally(&crowd.tally)}))
        .collect();
    let share = |share: Share| json!({"pss": share.proportional, "anonymous": share.anonymous, "rss": share.resident});
    let memories: Vec<Value> = measured
        .memories
        .iter()
        .map(|memory| {
            json!({"gateway": memory.name, "processes": memory.processes, "idle": share(memory.idle), "held": memory.held.map(share),
                "after": memory.after.map(share), "streams": memory.tally.as_ref().map(tally)})
        })
        .collect();
    json!({"segments": segments, "crowds": crowds, "memories": memories})
}

fn tally(tally: &Tally) -> Value {
    json!({"held": tally.held, "failed": tally.failed, "failure": tally.failure, "lost": tally.lost, "doubled": tally.doubled,
        "misplaced": tally.misplaced, "foreign": tally.foreign, "openSeconds": round(tally.open_seconds), "seconds": round(tally.seconds),
        "frames": tally.frames, "perSecond": round(tally.per_second())})
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

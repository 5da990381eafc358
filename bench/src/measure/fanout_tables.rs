//! Owns what the fan-out's numbers say: tables, ratios, targets, method. Refuses to know how they were taken.

use serde_json::{Value, json};

use super::{
    fanout::{Args, Kind, Record, messages_per_second},
    hall::Segment,
};
use crate::{
    process::Placement,
    rig::{Outcome, Table, Target},
    stats::{median, round, show, spread},
};

const TARGET_RATIO_TO_BARE: f64 = 1.3;

/// One series: the same contender, room and kind, in the order of the pairs.
struct Series<'a>(Vec<&'a mut Record>);

impl<'a> Series<'a> {
    fn of(records: &'a mut [Record], contender: &str, members: usize, kind: Kind) -> Self {
        Self(
            records
                .iter_mut()
                .filter(|record| record.contender == contender && record.members == members && record.kind == kind)
                .collect(),
        )
    }

    fn values(&self, field: impl Fn(&Segment) -> f64) -> Vec<f64> {
        self.0.iter().map(|record| field(&record.segment)).collect()
    }

    fn median(&self, field: impl Fn(&Segment) -> f64) -> f64 {
        median(self.values(field))
    }

    fn quantile_us(&mut self, q: f64) -> f64 {
        median(self.0.iter_mut().map(|record| record.segment.latency.quantile_us(q)))
    }
}

/// The cost of deliveries by themselves: what a full room costs more than a lone member, per further member.
fn separated(records: &mut [Record], contender: &str, members: usize) -> Vec<f64> {
    let lone = Series::of(records, contender, members, Kind::Lone).values(Segment::cpu_us_per_message);
    let full = Series::of(records, contender, members, Kind::Fixed).values(Segment::cpu_us_per_message);
    full.iter()
        .zip(lone)
        .map(|(full, lone)| (full - lone) / (members.max(2) - 1) as f64)
        .collect()
}

/// Fills the result of the measure.
pub fn describe(
    args: &Args,
    outcome: &mut Outcome,
    placement: Placement,
    names: &[String],
    records: &mut [Record],
    (pairs, seconds): (usize, f64),
) {
    let mut ratios = Table::new(
        "Ours against each peer: ratio of medians (smallest-largest ratio of a pair)",
        &[
            "members",
            "peer",
            "CPU/delivery, fixed rate",
            "CPU/delivery, publishing separated",
            "CPU/delivery, saturated",
            "deliveries/s, saturated",
        ],
    );
    for &members in &args.members {
        outcome.tables.push(fixed_table(args, names, records, members));
        outcome.tables.push(saturated_table(names, records, members));
        for peer in names
            .iter()
            .filter(|name| *name != "ours" && names.iter().any(|name| name == "ours"))
        {
            let mut pairs_of = |kind: Kind, field: fn(&Segment) -> f64| {
                [
                    Series::of(records, "ours", members, kind).values(field),
                    Series::of(records, peer, members, kind).values(field),
                ]
            };
            let fixed = pairs_of(Kind::Fixed, Segment::cpu_us_per_delivery);
            let full = pairs_of(Kind::Saturated, Segment::cpu_us_per_delivery);
            let speed = pairs_of(Kind::Saturated, Segment::rate);
            let apart = [separated(records, "ours", members), separated(records, peer, members)];
            ratios.row([
                members.to_string(),
                peer.clone(),
                ratio_cell(&fixed),
                ratio_cell(&apart),
                ratio_cell(&full),
                ratio_cell(&speed),
            ]);
            for (what, pair) in [
                ("fixed rate, all of it", &fixed),
                ("fixed rate, publishing separated", &apart),
                ("saturated, all of it", &full),
            ] {
                outcome.targets.extend(target(peer, members, what, ratio(pair)));
            }
        }
    }
    outcome.tables.push(ratios);
    outcome.raw = json!({"pairs": pairs, "segments": records.iter_mut().map(raw).collect::<Vec<Value>>()});
    outcome.method = method(args, placement, pairs, seconds);
}

fn fixed_table(args: &Args, names: &[String], records: &mut [Record], members: usize) -> Table {
    let title = format!(
        "{members} members, open loop at {} messages/s, medians",
        show(messages_per_second(args, members))
    );
    let mut table = Table::new(
        &title,
        &[
            "server",
            "deliveries/s",
            "CPU µs/delivery",
            "publishing separated",
            "CPU µs/message, lone member",
            "p50 µs",
            "p99 µs",
            "frame bytes",
        ],
    );
    for name in names {
        let apart = median(separated(records, name, members));
        let lone = Series::of(records, name, members, Kind::Lone).median(Segment::cpu_us_per_message);
        let mut series = Series::of(records, name, members, Kind::Fixed);
        table.row([
            name.clone(),
            show(series.median(Segment::rate)),
            show(series.median(Segment::cpu_us_per_delivery)),
            show(apart),
            show(lone),
            show(series.quantile_us(0.5)),
            show(series.quantile_us(0.99)),
            show(series.median(|segment| segment.bytes as f64 / segment.frames.max(1) as f64)),
        ]);
    }
    table
}

fn saturated_table(names: &[String], records: &mut [Record], members: usize) -> Table {
    let title = format!("{members} members, saturated, medians");
    let mut table = Table::new(
        &title,
        &[
            "server",
            "deliveries/s",
            "min-max",
            "CPU µs/delivery",
            "p50 µs",
            "p99 µs",
            "server CPU",
            "generator CPU",
        ],
    );
    for name in names {
        let mut series = Series::of(records, name, members, Kind::Saturated);
        let (low, high) = spread(&series.values(Segment::rate));
        table.row([
            name.clone(),
            show(series.median(Segment::rate)),
            format!("{}-{}", show(low), show(high)),
            show(series.median(Segment::cpu_us_per_delivery)),
            show(series.quantile_us(0.5)),
            show(series.quantile_us(0.99)),
            format!(
                "{:.0} %",
                series.median(|segment| segment.cpu.as_secs_f64() / segment.seconds.max(1e-9)) * 100.0
            ),
            format!("{:.0} %", series.median(|segment| segment.generator_share) * 100.0),
        ]);
    }
    table
}

fn ratio([ours, peer]: &[Vec<f64>; 2]) -> f64 {
    median(ours.iter().copied()) / median(peer.iter().copied())
}

fn ratio_cell(both: &[Vec<f64>; 2]) -> String {
    let [ours, peer] = both;
    let each: Vec<f64> = ours.iter().zip(peer).map(|(ours, peer)| ours / peer).collect();
    let (low, high) = spread(&each);
    format!("{} ({}-{})", show(ratio(both)), show(low), show(high))
}

fn target(peer: &str, members: usize, what: &str, ratio: f64) -> Option<Target> {
    let (want, met) = match peer {
        "bare" => (
            format!("<= {TARGET_RATIO_TO_BARE} x bare"),
            ratio <= TARGET_RATIO_TO_BARE,
        ),
        "node" => ("< 1 x Node ws".to_owned(), ratio < 1.0),
        _ => return None,
    };
    Some(Target {
        name: format!("CPU per delivery, {members} members, {what}"),
        want,
        got: format!("{} x", show(ratio)),
        met,
    })
}

fn raw(record: &mut Record) -> Value {
    let mut raw = record.segment.raw();
    if let Some(object) = raw.as_object_mut() {
        object.insert("contender".to_owned(), json!(record.contender));
        object.insert("members".to_owned(), json!(record.members));
        object.insert("kind".to_owned(), json!(format!("{:?}", record.kind).to_lowercase()));
        object.insert("pair".to_owned(), json!(record.pair));
        object.insert(
            "serverCpuShare".to_owned(),
            json!(round(
                record.segment.cpu.as_secs_f64() / record.segment.seconds.max(1e-9)
            )),
        );
    }
    raw
}

fn method(args: &Args, placement: Placement, pairs: usize, seconds: f64) -> Vec<String> {
    vec![
        format!("One socket a member, all subscribed to the room; {} B of text; {seconds} s of publishing a segment; {pairs} rounds in the order A B C D, D C B A; every server stays up with its sockets; {}.", args.text_bytes, placement.describe()),
        "Every delivery is checked: each socket gets each message once, in the room's order, the same message at the same place as all others, and the texts are those published. A difference fails the run.".to_owned(),
        "Contenders: ours (sign-in, membership, durable write, events; publishers send over their member sockets), bare (tokio-tungstenite: a sequence, encoded once, a queue per connection, 4 KiB read buffers), node (`ws`, no deflate, bufferutil), node-framed (`ws` with the frame built once and written past its API). All set TCP_NODELAY; all send frames of the same size: the peers forward the data of one of our events.".to_owned(),
        "Fixed rate is open loop: messages leave at fixed times, latency counts from the time a message was due. Each is one frame to each socket; no server can save system calls there.".to_owned(),
        format!("Saturated is bounded by deliveries: a message leaves when fewer than {} are under way, so queues stay finite and every server may coalesce what waits for a socket. Generator CPU near 100 % means that the generator, not the server, was the limit.", args.window),
        "CPU is user + system time of the server's process, read in nanoseconds, including 150 ms after the last delivery. Loopback makes the sender's send call do the receiver's TCP work; that holds for all.".to_owned(),
        "`Publishing separated`: (CPU per message with N members - CPU per message with 1 member at the same rate of messages) / (N - 1). It takes away what a message costs however many listen: for ours the durable write, events and idle timers, for the peers parsing and encoding.".to_owned(),
    ]
}

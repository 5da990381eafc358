//! Owns the measure of the fan-out: rooms of several sizes on several servers, segments taken in turn, medians and
//! ratios. Refuses to know frames and sockets.

use std::rc::Rc;

use anyhow::{Context, Result, bail};

use super::fanout_tables;
use super::hall::{Dialect, Hall, Pace, Segment, made_up_data};
use crate::{
    aichat::{self, Person},
    peer,
    process::{Placement, Server, raise_file_limit},
    rig::Rig,
    stats::show,
    ws::Scratch,
};

const FILES_BESIDE_SOCKETS: u64 = 256;
const WARM_UP_SECONDS: f64 = 0.5;
const WARM_UP_SECONDS_QUICK: f64 = 0.1;
/// A lone member publishes the baseline, and the product allows 200 frames a second on one socket.
const MESSAGES_PER_SECOND_MAX: f64 = 200.0;

/// Flags of `bench fanout`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub rig: Rig,
    /// Members of the rooms, each with one socket.
    #[arg(long, value_delimiter = ',')]
    pub members: Vec<usize>,
    /// Servers to compare: ours, bare, node, node-framed.
    #[arg(long, value_delimiter = ',', default_value = "ours,bare,node,node-framed")]
    pub contenders: Vec<String>,
    /// Interleaved rounds: A B C, then C B A.
    #[arg(long)]
    pub pairs: Option<usize>,
    /// Seconds of publishing in a segment.
    #[arg(long)]
    pub duration: Option<f64>,
    /// Deliveries a second at the fixed rate; the rate of messages follows from the members.
    #[arg(long, default_value_t = 20_000.0)]
    pub rate: f64,
    /// Messages under way to everybody in a saturated segment.
    #[arg(long, default_value_t = 16)]
    pub window: u64,
    /// Bytes of the text of a message.
    #[arg(long, default_value_t = 128)]
    pub text_bytes: usize,
    /// Let the scheduler place server and generator.
    #[arg(long)]
    pub no_pin: bool,
}

/// A server with its halls: first the lone member, then one hall a size.
struct Contender {
    name: String,
    server: Server,
    halls: Vec<Hall>,
}

/// What a segment does.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kind {
    /// One member, the same rate of messages as `Fixed`: what publishing alone costs.
    Lone,
    Fixed,
    Saturated,
}

/// One segment and what it belongs to.
pub struct Record {
    pub contender: String,
    pub members: usize,
    pub kind: Kind,
    pub pair: usize,
    pub segment: Segment,
}

/// Runs the measure.
pub async fn run(mut args: Args) -> Result<()> {
    let rig = args.rig.clone();
    let mut outcome = rig.begin("fanout")?;
    if args.members.is_empty() {
        args.members = if rig.quick { vec![20, 50] } else { vec![100, 1_000] };
    }
    if rig.quick {
        args.rate = args.rate.min(2_000.0);
    }
    let pairs = rig.pick(args.pairs, 5, 1);
    let seconds = rig.pick(args.duration, 1.5, 0.3);
    let placement = Placement::choose(!args.no_pin);
    let mut contenders = open_all(&args, placement).await?;
    let mut records = Vec::new();
    for pair in 0..pairs {
        for (index, &members) in args.members.iter().enumerate() {
            for kind in [Kind::Lone, Kind::Fixed, Kind::Saturated] {
                let hall = if kind == Kind::Lone { 0 } else { index + 1 };
                let pace = if kind == Kind::Saturated {
                    Pace::Window(args.window)
                } else {
                    Pace::Rate(messages_per_second(&args, members))
                };
                let mut order: Vec<&mut Contender> = contenders.iter_mut().collect();
                if pair % 2 == 1 {
                    order.reverse();
                }
                for contender in order {
                    let Contender { name, server, halls } = contender;
                    let segment = halls
                        .get_mut(hall)
                        .context("no hall")?
                        .run(server, pace, seconds)
                        .await?;
                    eprintln!(
                        "  pair {pair}, {members} members, {kind:?}: {name} {} deliveries/s, {} µs CPU each",
                        show(segment.rate()),
                        show(segment.cpu_us_per_delivery())
                    );
                    records.push(Record {
                        contender: name.clone(),
                        members,
                        kind,
                        pair,
                        segment,
                    });
                }
            }
        }
    }
    let names: Vec<String> = contenders.iter().map(|contender| contender.name.clone()).collect();
    for mut contender in contenders {
        contender.server.check_alive()?;
        contender.halls.into_iter().for_each(Hall::close);
        contender.server.stop().await?;
    }
    fanout_tables::describe(&args, &mut outcome, placement, &names, &mut records, (pairs, seconds));
    rig.finish(outcome)
}

/// Returns the rate of messages of the fixed-rate segments.
pub fn messages_per_second(args: &Args, members: usize) -> f64 {
    (args.rate / members as f64).min(MESSAGES_PER_SECOND_MAX)
}

/// Starts all contenders, ours first: its frames say how large the peers' frames must be.
async fn open_all(args: &Args, placement: Placement) -> Result<Vec<Contender>> {
    let sizes: Vec<usize> = std::iter::once(1).chain(args.members.iter().copied()).collect();
    let all: usize = sizes.iter().sum();
    raise_file_limit((all * args.contenders.len()) as u64 + FILES_BESIDE_SOCKETS)?;
    let scratch = Scratch::new();
    let mut contenders = Vec::new();
    let mut data = made_up_data(args.text_bytes);
    let mut people = vec![
        Person {
            id: "nobody".into(),
            token: "none".into()
        };
        all
    ];
    let mut rooms: Vec<String> = sizes
        .iter()
        .map(|size| format!("01930000-0000-7000-8000-{size:012}"))
        .collect();
    if args.contenders.iter().any(|name| name == "ours") {
        if args.rig.has_binary() {
            let server;
            (server, people, rooms) = start_ours(args, placement, &sizes).await?;
            let halls = open_halls(
                &server,
                &sizes,
                &people,
                &rooms,
                &Dialect::Ours {
                    text_bytes: args.text_bytes,
                },
                &scratch,
            )
            .await?;
            let mut ours = Contender {
                name: "ours".to_owned(),
                server,
                halls,
            };
            ours.warm_up(args).await?;
            data = ours.halls.first().context("no hall")?.sample_data()?;
            contenders.push(ours);
        } else {
            eprintln!("  ours skipped: {} is not there", args.rig.bin.display());
        }
    }
    let dialect = Dialect::Peer { data: Rc::from(data) };
    for name in args.contenders.iter().filter(|name| *name != "ours") {
        let server = peer::start(&args.rig, name, placement).await?;
        let halls = open_halls(&server, &sizes, &people, &rooms, &dialect, &scratch).await?;
        let mut contender = Contender {
            name: name.clone(),
            server,
            halls,
        };
        contender.warm_up(args).await?;
        contenders.push(contender);
    }
    if contenders.is_empty() {
        bail!("nothing to measure")
    } else {
        Ok(contenders)
    }
}

/// Signs everybody up on all CPUs, then starts the server again where it will be measured.
async fn start_ours(args: &Args, placement: Placement, sizes: &[usize]) -> Result<(Server, Vec<Person>, Vec<String>)> {
    let dir = args.rig.fresh_dir("fanout")?;
    let server = aichat::start(&args.rig, &dir, Placement::Free, None).await?;
    let people = aichat::sign_up(server.addr, sizes.iter().sum()).await?;
    let mut rooms = Vec::new();
    for members in by_size(&people, sizes) {
        let (owner, others) = members.split_first().context("a room without anybody")?;
        rooms.push(aichat::create_room(server.addr, owner, others).await?);
    }
    server.stop().await?;
    Ok((aichat::start(&args.rig, &dir, placement, None).await?, people, rooms))
}

/// Gives each room people of its own, so that nobody hears of rooms he does not listen to.
fn by_size<'a>(people: &'a [Person], sizes: &'a [usize]) -> impl Iterator<Item = &'a [Person]> {
    let mut rest = people;
    sizes.iter().map(move |&size| {
        let (here, others) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        rest = others;
        here
    })
}

async fn open_halls(
    server: &Server,
    sizes: &[usize],
    people: &[Person],
    rooms: &[String],
    dialect: &Dialect,
    scratch: &Scratch,
) -> Result<Vec<Hall>> {
    let mut halls = Vec::new();
    for (members, room) in by_size(people, sizes).zip(rooms) {
        halls.push(Hall::open(server, room.clone(), members, dialect.clone(), scratch).await?);
    }
    Ok(halls)
}

impl Contender {
    async fn warm_up(&mut self, args: &Args) -> Result<()> {
        for (index, hall) in self.halls.iter_mut().enumerate() {
            let pace = if index == 0 {
                Pace::Rate(MESSAGES_PER_SECOND_MAX)
            } else {
                Pace::Window(args.window)
            };
            hall.run(
                &self.server,
                pace,
                args.rig.pick(None, WARM_UP_SECONDS, WARM_UP_SECONDS_QUICK),
            )
            .await?;
        }
        Ok(())
    }
}

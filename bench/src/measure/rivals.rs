//! Owns the measure of the AI gateway beside others: the same calls straight to a scripted upstream, through the product,
//! nginx and LiteLLM, taken in turn; then many streams at once; then each gateway alone, for its memory. Refuses to know
//! how numbers are shown.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::time::Instant;

use super::{
    calls::{Load, Route, Segment, take},
    contenders::{Contender, Field, our_route, provider, rival_route, start_ours},
    crowd::{Size, Tally, gather},
    rivals_tables,
};
use crate::{
    aichat,
    awake::Awake,
    peer,
    process::{Placement, Server, raise_file_limit},
    rig::{Rig, write},
    servers::Servers,
    stats::show,
    tree::{self, Share},
};

/// A stream through a gateway takes a socket here, two there, and one at the upstream.
const FILES_A_STREAM: u64 = 4;
const FILES_BESIDE: u64 = 512;
const WARM_UP_SHARE: f64 = 0.5;
/// Memory is read when it stands still, at most this long after it was asked for.
const SETTLE_WITHIN: Duration = Duration::from_secs(4);
const SETTLE_STEP: Duration = Duration::from_millis(500);
/// With all streams held, memory is read after so long.
const HELD_FOR: Duration = Duration::from_millis(500);
/// And again so long after the last stream's end.
const AFTER: Duration = Duration::from_secs(2);

/// Flags of `bench rivals`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub rig: Rig,
    /// Calls in flight.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 8, 32])]
    pub in_flight: Vec<usize>,
    /// Interleaved rounds: A B C, then C B A.
    #[arg(long)]
    pub rounds: Option<usize>,
    /// Seconds of one segment.
    #[arg(long)]
    pub duration: Option<f64>,
    /// Concurrent numbered streams.
    #[arg(long)]
    pub streams: Option<usize>,
    /// Frames of each of them.
    #[arg(long)]
    pub frames: Option<usize>,
    /// Interleaved rounds of these.
    #[arg(long)]
    pub stream_rounds: Option<usize>,
    /// People whose keys take turns: the product allows 1,000 requests a second and 64 calls at once each.
    #[arg(long, default_value_t = 24)]
    pub people: usize,
    /// Numbers of workers that LiteLLM is started with.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 2])]
    pub litellm_workers: Vec<usize>,
    /// Let CPUs sleep while latencies are measured, as they like to.
    #[arg(long)]
    pub let_sleep: bool,
    /// Do not measure `aichat run --target ai-gateway`, which needs the four servers of scripts/services.sh.
    #[arg(long)]
    pub no_target: bool,
}

/// One segment and what it belongs to.
pub struct Record {
    pub contender: usize,
    pub load: Load,
    pub round: usize,
    pub segment: Segment,
}

/// One run of many streams.
pub struct Crowd {
    pub contender: usize,
    pub round: usize,
    pub tally: Tally,
}

/// The memory of one gateway alone.
pub struct Memory {
    pub name: String,
    pub processes: usize,
    pub idle: Share,
    /// With all streams held, and after their end; none where no streams were opened.
    pub held: Option<Share>,
    pub after: Option<Share>,
    pub tally: Option<Tally>,
}

/// Everything that was measured.
pub struct Measured {
    pub records: Vec<Record>,
    pub crowds: Vec<Crowd>,
    pub memories: Vec<Memory>,
}

/// Runs the measure.
pub async fn run(args: Args) -> Result<()> {
    let rig = &args.rig;
    rig.require_binary()?;
    let size = size(&args);
    raise_file_limit(size.streams as u64 * FILES_A_STREAM + FILES_BESIDE)?;
    let mut outcome = rig.begin("rivals")?;
    let begun = Instant::now();
    let upstream = peer::start(rig, "upstream", Placement::Free).await?;
    let mut field = Field::start(rig, args.people, &args.litellm_workers, upstream).await?;
    eprintln!("  everybody is up after {} s", show(begun.elapsed().as_secs_f64()));
    let awake = if args.let_sleep { None } else { Some(Awake::all()?) };
    let mut measured = Measured {
        records: latencies(&args, &field.contenders).await?,
        crowds: crowds(&args, &field).await?,
        memories: Vec::new(),
    };
    drop(awake);
    field.stop().await?;
    measured.memories = memories(&args, &mut field).await?;
    let Field {
        upstream,
        contenders,
        notes,
        versions,
        ..
    } = field;
    upstream.stop().await?;
    eprintln!("  measured in {} s", show(begun.elapsed().as_secs_f64()));
    rivals_tables::describe(&args, &mut outcome, &contenders, &mut measured, (notes, versions));
    rig.finish(outcome)
}

/// Returns the loads: whole answers and streams, at each number in flight.
pub fn loads(args: &Args) -> Vec<Load> {
    let of = |stream| {
        args.in_flight.iter().map(move |&in_flight| Load {
            stream,
            in_flight,
            rate: None,
        })
    };
    of(false).chain(of(true)).collect()
}

/// Returns how many rounds of segments there are, and how long a segment is.
pub fn rounds(args: &Args) -> (usize, f64) {
    (args.rig.pick(args.rounds, 6, 2), args.rig.pick(args.duration, 0.6, 0.2))
}

/// Returns the size of the crowd.
pub fn size(args: &Args) -> Size {
    Size {
        streams: args.rig.pick(args.streams, 512, 32),
        frames: args.rig.pick(args.frames, 40, 10),
    }
}

/// Returns how many rounds of the crowd there are.
pub fn stream_rounds(args: &Args) -> usize {
    args.rig.pick(args.stream_rounds, 2, 2)
}

/// The contenders in the order of a round: there, then back.
fn in_turn(contenders: &[Contender], round: usize) -> Vec<(usize, &Contender)> {
    let mut order: Vec<_> = contenders.iter().enumerate().collect();
    if round % 2 == 1 {
        order.reverse();
    }
    order
}

async fn latencies(args: &Args, contenders: &[Contender]) -> Result<Vec<Record>> {
    let (rounds, seconds) = rounds(args);
    let mut records = Vec::new();
    for load in loads(args) {
        for (_, contender) in in_turn(contenders, 0) {
            segment(contender, load, seconds * WARM_UP_SHARE).await?;
        }
        for round in 0..rounds {
            for (index, contender) in in_turn(contenders, round) {
                records.push(Record {
                    contender: index,
                    load,
                    round,
                    segment: segment(contender, load, seconds).await?,
                });
            }
        }
        let kind = if load.stream { "streams" } else { "JSON" };
        eprintln!("  {kind}, {} in flight: {rounds} rounds", load.in_flight);
    }
    Ok(records)
}

async fn segment(contender: &Contender, load: Load, seconds: f64) -> Result<Segment> {
    let segment = take(&contender.route, load, seconds, || contender.cpu()).await;
    segment.with_context(|| format!("through {}", contender.name))
}

async fn crowds(args: &Args, field: &Field) -> Result<Vec<Crowd>> {
    let mut crowds = Vec::new();
    for round in 0..stream_rounds(args) {
        for (index, contender) in in_turn(&field.contenders, round) {
            let at_height = async || Ok(());
            let cpu = || contender.cpu();
            let (tally, ()) = gather(&contender.route, &field.upstream, size(args), cpu, at_height)
                .await
                .with_context(|| format!("through {}", contender.name))?;
            report(&contender.name, &tally);
            crowds.push(Crowd {
                contender: index,
                round,
                tally,
            });
        }
    }
    Ok(crowds)
}

fn report(name: &str, tally: &Tally) {
    eprintln!(
        "  {name}: {} streams at once, {} frames/s, {} lost, {} failed{}",
        tally.held,
        show(tally.per_second()),
        tally.lost,
        tally.failed,
        tally
            .failure
            .as_ref()
            .map(|said| format!(" ({said})"))
            .unwrap_or_default()
    );
}

/// Each gateway started again, alone: what two processes share would otherwise count half in each.
async fn memories(args: &Args, field: &mut Field) -> Result<Vec<Memory>> {
    let rig = &args.rig;
    let (ours, _) = start_ours(rig, "rivals-memory", field.upstream.addr).await?;
    let route = our_route(ours.addr, args.people).await?;
    // Freed memory of password hashing is not what an idle gateway has: it is started again on the same data.
    ours.stop().await?;
    let (dir, config) = (rig.data.join("rivals-memory"), rig.data.join("rivals-memory.toml"));
    let (dir, config) = (std::path::absolute(dir)?, std::path::absolute(config)?);
    aichat::leave_page_cache(rig)?;
    let ours = aichat::start(rig, &dir, Placement::Free, Some(&config)).await?;
    let mut memories = vec![memory(args, field, ours, |addr| route.moved_to(addr)).await?];
    for (rival, program) in field.rivals() {
        let server = rival.start(rig, program, field.upstream.addr).await?;
        memories.push(memory(args, field, server, rival_route).await?);
    }
    if args.no_target {
        field
            .notes
            .push("Skipped: ours as `--target ai-gateway`: not asked for.".to_owned());
        return Ok(memories);
    }
    match target(rig, field.upstream.addr).await? {
        Ok(target) => memories.push(target),
        Err(reason) => {
            eprintln!("SKIP ours as --target ai-gateway: {reason}");
            field.notes.push(format!(
                "Skipped: ours as `--target ai-gateway`, which needs the four servers: {reason}."
            ));
        }
    }
    Ok(memories)
}

async fn memory(
    args: &Args,
    field: &Field,
    server: Server,
    route: impl FnOnce(std::net::SocketAddr) -> Route,
) -> Result<Memory> {
    let route = route(server.addr);
    let idle = settled(&server).await?;
    let pids = server.tree()?;
    let at_height = async || {
        tokio::time::sleep(HELD_FOR).await;
        tree::memory(&pids)
    };
    let (tally, held) = gather(&route, &field.upstream, size(args), || tree::cpu(&pids), at_height).await?;
    report(&server.name, &tally);
    tokio::time::sleep(AFTER).await;
    let after = tree::memory(&pids)?;
    let name = server.name.clone();
    server.stop().await?;
    Ok(Memory {
        name,
        processes: pids.len(),
        idle,
        held: Some(held),
        after: Some(after),
        tally: Some(tally),
    })
}

/// Returns the memory of all processes of a server once it stands still (two samples within 0.2 %).
async fn settled(server: &Server) -> Result<Share> {
    let pids = server.tree()?;
    let deadline = Instant::now() + SETTLE_WITHIN;
    let mut last = tree::memory(&pids)?;
    loop {
        tokio::time::sleep(SETTLE_STEP).await;
        let now = tree::memory(&pids)?;
        if now.resident.abs_diff(last.resident) * 500 <= now.resident || Instant::now() > deadline {
            return Ok(now);
        }
        last = now;
    }
}

/// The gateway alone as a process of a cluster, idle; or why it cannot be.
async fn target(rig: &Rig, upstream: std::net::SocketAddr) -> Result<std::result::Result<Memory, String>> {
    let servers = match Servers::start(rig)? {
        Ok(servers) => servers,
        Err(reason) => return Ok(Err(reason)),
    };
    let dir = rig.fresh_dir("rivals-target")?;
    let config = dir.with_extension("toml");
    // auth is never asked while nobody calls.
    let links = "\n[links]\nauth = [\"http://127.0.0.1:1\"]\n";
    let all = "target = [\"ai-gateway\"]\nclusterSecret = \"only-for-a-measure-on-loopback-0123456789\"\n\n";
    write(&config, &format!("{all}{}{links}", provider(upstream)))?;
    let mut rig = rig.clone();
    rig.server_env.extend(servers.environment()?);
    // Started again, as ours is: what only a first start does, such as making collections, is no idle gateway's.
    aichat::start(&rig, &dir, Placement::Free, Some(&config))
        .await?
        .stop()
        .await?;
    aichat::leave_page_cache(&rig)?;
    let server = aichat::start(&rig, &dir, Placement::Free, Some(&config)).await?;
    let idle = settled(&server).await?;
    let processes = server.tree()?.len();
    server.stop().await?;
    Ok(Ok(Memory {
        name: "ours, --target ai-gateway".to_owned(),
        processes,
        idle,
        held: None,
        after: None,
        tally: None,
    }))
}

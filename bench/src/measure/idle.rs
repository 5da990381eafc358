//! Owns the measure of idle sockets: how much a server's memory grows per signed-in socket. Refuses to know why.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result, bail};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::{
    aichat::{self, Person},
    peer,
    process::{Memory, Placement, Server, raise_file_limit},
    rig::{Rig, Table, Target},
    stats::{round, show},
    ws::{Scratch, Socket},
};

/// One below the product's limit of 16 sockets a user.
const SOCKETS_PER_PERSON: usize = 15;
const CONNECTS_AT_ONCE: usize = 64;
/// Opened before the first look at memory, so that buffers every server makes once are not counted.
const WARM_UP_SOCKETS: usize = 200;
const SETTLE_WITHIN: Duration = Duration::from_secs(10);
/// CPU of the idle sockets is taken over this time.
const IDLE_FOR: Duration = Duration::from_secs(5);
const IDLE_FOR_QUICK: Duration = Duration::from_millis(500);
const FILES_BESIDE_SOCKETS: u64 = 256;
const TARGET_BYTES: f64 = 8_192.0;

/// Flags of `bench idle`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    rig: Rig,
    /// Sockets.
    #[arg(long)]
    sockets: Option<usize>,
    /// Servers to measure.
    #[arg(long, value_delimiter = ',', default_value = "ours,bare,node")]
    contenders: Vec<String>,
}

struct Idle {
    name: String,
    sockets: usize,
    connected: Memory,
    subscribed: Memory,
    base: Memory,
    connect_seconds: f64,
    idle_cpu_share: f64,
}

/// Runs the measure.
pub async fn run(args: Args) -> Result<()> {
    let rig = &args.rig;
    let mut outcome = rig.begin("idle")?;
    let sockets = rig.pick(args.sockets, 10_000, 300);
    raise_file_limit(sockets as u64 + FILES_BESIDE_SOCKETS)?;
    let mut results = Vec::new();
    for name in &args.contenders {
        let idle = match name.as_str() {
            "ours" if !rig.has_binary() => {
                eprintln!("  ours skipped: {} is not there", rig.bin.display());
                continue;
            }
            "ours" => measure_ours(rig, sockets).await?,
            peer => measure_peer(rig, peer, sockets).await?,
        };
        eprintln!("  {name}: {} bytes a socket", show(idle.per_socket(idle.connected)));
        results.push(idle);
    }
    let mut table = Table::new(
        "Memory per idle socket, bytes of user space",
        &[
            "server",
            "sockets",
            "resident/socket, signed in",
            "resident/socket, subscribed",
            "anonymous/socket, subscribed",
            "connects/s",
            "CPU while idle",
        ],
    );
    for idle in &results {
        table.row([
            idle.name.clone(),
            idle.sockets.to_string(),
            show(idle.per_socket(idle.connected)),
            show(idle.per_socket(idle.subscribed)),
            show((idle.subscribed.anonymous as f64 - idle.base.anonymous as f64) / idle.sockets as f64),
            show(idle.sockets as f64 / idle.connect_seconds),
            format!("{:.2} %", idle.idle_cpu_share * 100.0),
        ]);
        if idle.name == aichat::NAME {
            for (what, memory) in [("signed in", idle.connected), ("subscribed to a room", idle.subscribed)] {
                let bytes = idle.per_socket(memory);
                outcome.targets.push(Target {
                    name: format!("bytes per idle socket, {what}, {} sockets", idle.sockets),
                    want: format!("<= {}", show(TARGET_BYTES)),
                    got: show(bytes),
                    met: bytes <= TARGET_BYTES,
                });
            }
        }
    }
    outcome.tables.push(table);
    outcome.raw = json!({"runs": results.iter().map(Idle::raw).collect::<Vec<Value>>()});
    outcome.method = vec![
        format!(
            "Growth of VmRSS from a running server with {WARM_UP_SOCKETS} sockets to one with {sockets} more, divided by {sockets}; read when two samples 0.5 s apart agree within 0.2 %. Kernel buffers of the sockets are not in it."
        ),
        format!(
            "Ours: {SOCKETS_PER_PERSON} sockets a person; people are signed up in an earlier process on the same data, so that freed memory of password hashing does not hide growth. First every socket signs in, then each subscribes to one room of its person."
        ),
        "Peers: the same client; their sign-in is an empty answer.".to_owned(),
    ];
    rig.finish(outcome)
}

impl Idle {
    fn per_socket(&self, memory: Memory) -> f64 {
        (memory.resident as f64 - self.base.resident as f64) / self.sockets as f64
    }

    fn raw(&self) -> Value {
        let memory = |memory: Memory| json!({"residentBytes": memory.resident, "anonymousBytes": memory.anonymous});
        json!({
            "server": self.name, "sockets": self.sockets, "base": memory(self.base), "connected": memory(self.connected),
            "subscribed": memory(self.subscribed), "connectSeconds": round(self.connect_seconds), "idleCpuShare": round(self.idle_cpu_share),
        })
    }
}

async fn measure_ours(rig: &Rig, sockets: usize) -> Result<Idle> {
    let dir = rig.fresh_dir("idle")?;
    let placement = Placement::Free;
    let people_needed = (sockets + WARM_UP_SOCKETS).div_ceil(SOCKETS_PER_PERSON);
    let server = aichat::start(rig, &dir, placement, None).await?;
    let people = aichat::sign_up(server.addr, people_needed).await?;
    let addr = server.addr;
    let rooms: Vec<String> = stream::iter(&people)
        .map(|person| aichat::create_room(addr, person, &[]))
        .buffered(8)
        .try_collect()
        .await?;
    server.stop().await?;
    let server = aichat::start(rig, &dir, placement, None).await?;
    measure(rig, server, &people, &rooms, sockets).await
}

async fn measure_peer(rig: &Rig, name: &str, sockets: usize) -> Result<Idle> {
    let server = peer::start(rig, name, Placement::Free).await?;
    let person = Person {
        id: "nobody".into(),
        token: "none".into(),
    };
    let people = vec![person; (sockets + WARM_UP_SOCKETS).div_ceil(SOCKETS_PER_PERSON)];
    let rooms: Vec<String> = (0..people.len()).map(|index| format!("room-{index}")).collect();
    measure(rig, server, &people, &rooms, sockets).await
}

async fn measure(rig: &Rig, mut server: Server, people: &[Person], rooms: &[String], sockets: usize) -> Result<Idle> {
    let scratch = Scratch::new();
    let mut open = connect(server.addr, people, 0..WARM_UP_SOCKETS, &scratch).await?;
    subscribe(&mut open, rooms, 0).await?;
    let base = server.settled_memory(SETTLE_WITHIN).await?;
    let begun = std::time::Instant::now();
    let mut more = connect(
        server.addr,
        people,
        WARM_UP_SOCKETS..WARM_UP_SOCKETS + sockets,
        &scratch,
    )
    .await?;
    let connect_seconds = begun.elapsed().as_secs_f64();
    let connected = server.settled_memory(SETTLE_WITHIN).await?;
    subscribe(&mut more, rooms, WARM_UP_SOCKETS).await?;
    open.append(&mut more);
    let readers: Vec<JoinHandle<Result<()>>> = open
        .into_iter()
        .map(|socket| tokio::task::spawn_local(read_for_ever(socket)))
        .collect();
    let subscribed = server.settled_memory(SETTLE_WITHIN).await?;
    let before = server.cpu()?;
    let idle_for = rig.pick(None, IDLE_FOR, IDLE_FOR_QUICK);
    tokio::time::sleep(idle_for).await;
    let idle_cpu_share = (server.cpu()? - before).as_secs_f64() / idle_for.as_secs_f64();
    if let Some(ended) = readers.iter().position(JoinHandle::is_finished) {
        bail!("{}: socket {ended} was closed while it was idle", server.name);
    }
    readers.iter().for_each(JoinHandle::abort);
    server.check_alive()?;
    let name = server.name.clone();
    server.stop().await?;
    Ok(Idle {
        name,
        sockets,
        connected,
        subscribed,
        base,
        connect_seconds,
        idle_cpu_share,
    })
}

async fn connect(
    addr: SocketAddr,
    people: &[Person],
    numbers: std::ops::Range<usize>,
    scratch: &Scratch,
) -> Result<Vec<Socket>> {
    stream::iter(numbers)
        .map(|number| async move {
            let person = people.get(number / SOCKETS_PER_PERSON).context("too few people")?;
            aichat::open_socket(addr, &person.token, scratch).await
        })
        .buffered(CONNECTS_AT_ONCE)
        .try_collect()
        .await
}

async fn subscribe(sockets: &mut [Socket], rooms: &[String], first: usize) -> Result<()> {
    stream::iter(sockets.iter_mut().enumerate())
        .map(|(index, socket)| async move {
            let room = rooms
                .get((first + index) / SOCKETS_PER_PERSON)
                .context("too few rooms")?;
            aichat::subscribe(socket, room).await.map(|_| ())
        })
        .buffer_unordered(CONNECTS_AT_ONCE)
        .try_collect()
        .await
}

async fn read_for_ever(mut socket: Socket) -> Result<()> {
    loop {
        socket.pump(|_| {}).await?;
    }
}

//! Owns the measure of the product as one process per service, beside the one process that needs nothing: durable sends,
//! the way of a message to sockets on each event backend, and what a replica costs. Refuses to know how numbers are shown.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};

use super::{
    bus_alone, cluster_tables,
    group::{self, Group, Load},
    live::{self, Live, Venue},
    sender::Transport,
};
use crate::{
    aichat,
    cluster::Cluster,
    process::{Memory, Placement, Server},
    rig::Rig,
    servers::Servers,
    stats::show,
    watch::{Used, Watch, Watched},
};

/// Background work of the last sends (relays, consumers, index) may end within this time and is counted.
pub const SETTLE: Duration = Duration::from_millis(750);
const WARM_UP_SECONDS: f64 = 0.5;
const WARM_UP_SETTLE: Duration = Duration::from_millis(100);
/// After a start and its warm-up nothing is measured for so long.
const REST: Duration = Duration::from_secs(2);
/// An open-loop run takes so many times a closed-loop one: its rate is low, and a p99 wants messages.
const LIVE_SHARE: f64 = 1.6;
/// Replicas of chat and of realtime-gateway that the standard cluster has.
pub const STANDARD: usize = 2;

/// Flags of `bench cluster`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub rig: Rig,
    /// Numbers of concurrent senders.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 32])]
    pub senders: Vec<usize>,
    /// Rooms that the senders share; at most one a sender.
    #[arg(long, default_value_t = 16)]
    pub rooms: usize,
    /// Rooms of the open loop, of one who posts and two who listen.
    #[arg(long, default_value_t = 8)]
    pub live_rooms: usize,
    /// Posts a second of the open loop; what both sides can carry.
    #[arg(long, default_value_t = 50.0)]
    pub rate: f64,
    /// Seconds a run takes.
    #[arg(long)]
    pub duration: Option<f64>,
    /// Seconds without any load.
    #[arg(long)]
    pub idle: Option<f64>,
    /// The bus's own measure, built with `cargo build -p bus --example throughput --features kafka,jetstream`; else beside
    /// the product's binary.
    #[arg(long)]
    pub throughput: Option<PathBuf>,
}

impl Args {
    /// Returns how long a closed-loop run takes.
    pub fn seconds(&self) -> f64 {
        self.rig.pick(self.duration, 2.5, 0.5)
    }
}

/// What carries the topics of chat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backend {
    Embedded,
    Kafka,
    JetStream,
}

impl Backend {
    /// Returns its name in the results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded log",
            Self::Kafka => "Kafka",
            Self::JetStream => "JetStream",
        }
    }
}

/// Which side was measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Side {
    pub backend: Backend,
    /// Of chat and of realtime-gateway; 0 where all is one process.
    pub replicas: usize,
}

/// One closed-loop run.
pub struct Run {
    pub side: Side,
    pub transport: Transport,
    pub senders: usize,
    pub load: Load,
    pub used: Used,
}

/// One open-loop run.
pub struct LiveRun {
    pub side: Side,
    pub live: Live,
    pub used: Used,
}

/// A time without load.
pub struct Idle {
    pub side: Side,
    pub seconds: f64,
    pub used: Used,
    pub memory: Vec<(String, Memory)>,
}

/// Everything that was measured.
#[derive(Default)]
pub struct Records {
    pub runs: Vec<Run>,
    pub lives: Vec<LiveRun>,
    pub idles: Vec<Idle>,
    /// Seconds that a cluster took from its start until its door was ready.
    pub starts: Vec<(Side, f64)>,
}

/// People and rooms that live through all runs of one side.
struct Site {
    groups: Vec<Group>,
    venues: Vec<Venue>,
}

/// A side that serves now.
struct Serving<'a> {
    side: Side,
    addr: SocketAddr,
    watch: Watch,
    site: &'a mut Site,
}

/// Runs the measure, or says why it cannot.
pub async fn run(args: Args) -> Result<()> {
    let rig = &args.rig;
    rig.require_binary()?;
    let mut outcome = rig.begin("cluster")?;
    let servers = match Servers::start(rig)? {
        Ok(servers) => servers,
        Err(why) => {
            eprintln!("SKIP cluster: {why}");
            return Ok(());
        }
    };
    let bench = Bench {
        args: &args,
        servers: &servers,
        embedded: aichat::start(rig, &rig.fresh_dir("cluster-embedded")?, Placement::Free, None).await?,
    };
    let mut records = Records::default();
    bench.run(&mut records).await?;
    let bus = bus_alone::measure(rig, args.throughput.clone(), &servers).await?;
    bench.embedded.stop().await?;
    cluster_tables::describe(&args, &mut outcome, &servers.watched()?, &mut records, &bus);
    rig.finish(outcome)
}

/// What the whole measure stands on.
struct Bench<'a> {
    args: &'a Args,
    servers: &'a Servers,
    embedded: Server,
}

impl Bench<'_> {
    /// Goes through the kinds of cluster, there and back, so that no kind is always early. The one process stays up beside
    /// them, and is measured in turn with each that it is compared with.
    async fn run(&self, records: &mut Records) -> Result<()> {
        let (kafka, jetstream) = (Backend::Kafka, Backend::JetStream);
        let mut plan = vec![(kafka, 2), (jetstream, 2), (kafka, 1), (kafka, 3)];
        if !self.args.rig.quick {
            plan.extend([(kafka, 3), (kafka, 1), (jetstream, 2), (kafka, 2)]);
        }
        let rig = &self.args.rig;
        let (on_kafka, on_jetstream) = (rig.fresh_dir("cluster-kafka")?, rig.fresh_dir("cluster-jetstream")?);
        let mut alone = self.open_site(self.embedded.addr).await?;
        self.warm_up(&mut self.serving_alone(&mut alone), "w").await?;
        let (mut with_kafka, mut with_jetstream) = (None, None);
        for (step, (backend, replicas)) in plan.into_iter().enumerate() {
            let (data, site) = match backend {
                Backend::JetStream => (&on_jetstream, &mut with_jetstream),
                _ => (&on_kafka, &mut with_kafka),
            };
            let side = Side { backend, replicas };
            let (cluster, seconds) = self.start(side, data).await?;
            eprintln!("  {} x{replicas}: ready after {} s", backend.name(), show(seconds));
            records.starts.push((side, seconds));
            if site.is_none() {
                *site = Some(self.open_site(cluster.addr()).await?);
            }
            let mut serving = Serving {
                side,
                addr: cluster.addr(),
                watch: Watch {
                    product: cluster.processes.clone(),
                    servers: self.servers.watched()?,
                },
                site: site.as_mut().context("no site")?,
            };
            let mut alone = self.serving_alone(&mut alone);
            self.measure_step(&format!("b{step}"), &mut serving, &mut alone, records)
                .await?;
            serving.watch.read()?;
            cluster.stop().await?;
        }
        Ok(())
    }

    async fn start(&self, side: Side, data: &Path) -> Result<(Cluster, f64)> {
        let mut environment = self.servers.environment()?;
        environment.push(format!("AICHAT_REPLICAS=chat={0} realtime-gateway={0}", side.replicas));
        let topics = if side.backend == Backend::JetStream {
            "*"
        } else {
            "commerce."
        };
        environment.push(format!("AICHAT_NATS_TOPICS={topics}"));
        let begun = std::time::Instant::now();
        let cluster = Cluster::start(&self.args.rig, data, environment).await?;
        Ok((cluster, begun.elapsed().as_secs_f64()))
    }

    /// Returns the one process as a side; the servers are watched beside it, for what they use without being asked.
    fn serving_alone<'a>(&self, site: &'a mut Site) -> Serving<'a> {
        let process = Watched {
            name: "aichat".to_owned(),
            pid: self.embedded.pid(),
        };
        Serving {
            side: Side {
                backend: Backend::Embedded,
                replicas: 0,
            },
            addr: self.embedded.addr,
            watch: Watch {
                product: vec![process],
                servers: Vec::new(),
            },
            site,
        }
    }

    async fn open_site(&self, addr: SocketAddr) -> Result<Site> {
        let (people, groups) = group::open(addr, &self.args.senders, self.args.rooms).await?;
        let venues = live::open(addr, &people, self.args.live_rooms).await?;
        Ok(Site { groups, venues })
    }

    async fn warm_up(&self, serving: &mut Serving<'_>, tag: &str) -> Result<()> {
        let seconds = WARM_UP_SECONDS.min(self.args.seconds());
        for (index, group) in serving.site.groups.iter_mut().enumerate() {
            let sockets = group.sockets();
            let tag = format!("{tag}g{index}");
            group
                .run(serving.addr, (&tag, seconds, sockets), WARM_UP_SETTLE, || Ok(()))
                .await?;
        }
        let tag = format!("{tag}l");
        live::run(
            serving.addr,
            &mut serving.site.venues,
            (&tag, self.args.rate, seconds),
            WARM_UP_SETTLE,
            || Ok(()),
        )
        .await?;
        tokio::time::sleep(REST).await;
        Ok(())
    }

    /// Measures one cluster, and the one process in turn with it where the two are compared.
    async fn measure_step<'a>(
        &self,
        tag: &str,
        cluster: &mut Serving<'a>,
        alone: &mut Serving<'a>,
        records: &mut Records,
    ) -> Result<()> {
        self.warm_up(cluster, &format!("{tag}w")).await?;
        records.idles.push(self.idle(cluster).await?);
        let standard = cluster.side.replicas == STANDARD;
        if standard && cluster.side.backend == Backend::Kafka {
            records.idles.push(self.idle(alone).await?);
            for turn in 0..2 {
                self.in_turn(turn, alone, cluster, async |serving| {
                    for index in 0..serving.site.groups.len() {
                        records
                            .runs
                            .push(self.closed(serving, index, &format!("{tag}t{turn}")).await?);
                    }
                    Ok(())
                })
                .await?;
            }
        } else if !standard {
            for turn in 0..2 {
                let index = self.busiest(cluster)?;
                records
                    .runs
                    .push(self.closed(cluster, index, &format!("{tag}t{turn}")).await?);
            }
        }
        if standard {
            for turn in 0..2 {
                self.in_turn(turn, alone, cluster, async |serving| {
                    records
                        .lives
                        .push(self.open_loop(serving, &format!("{tag}l{turn}")).await?);
                    Ok(())
                })
                .await?;
            }
        }
        Ok(())
    }

    /// Does something with both sides, the first one first in even turns.
    async fn in_turn<'a>(
        &self,
        turn: usize,
        first: &mut Serving<'a>,
        second: &mut Serving<'a>,
        mut measure: impl AsyncFnMut(&mut Serving<'a>) -> Result<()>,
    ) -> Result<()> {
        let mut sides = [first, second];
        if turn % 2 == 1 {
            sides.reverse();
        }
        for side in sides {
            measure(side).await?;
        }
        Ok(())
    }

    /// Returns the group over HTTP with the most senders.
    fn busiest(&self, serving: &Serving<'_>) -> Result<usize> {
        let groups = serving.site.groups.iter().enumerate();
        let http = groups.filter(|(_, group)| group.transport == Transport::Http);
        let most = http.max_by_key(|(_, group)| group.senders());
        most.map(|(index, _)| index).context("no group")
    }

    async fn closed(&self, serving: &mut Serving<'_>, index: usize, tag: &str) -> Result<Run> {
        let group = serving.site.groups.get_mut(index).context("no group")?;
        let tag = format!("{tag}g{index}");
        let (sockets, watch) = (group.sockets(), &serving.watch);
        let ran = group.run(serving.addr, (&tag, self.args.seconds(), sockets), SETTLE, || {
            watch.read()
        });
        let (load, before, after) = ran.await.with_context(|| format!("{:?}, run {tag}", serving.side))?;
        eprintln!(
            "  {} x{}, {} x{}: {} sends/s",
            serving.side.backend.name(),
            serving.side.replicas,
            group.transport.name(),
            group.senders(),
            show(load.per_second)
        );
        Ok(Run {
            side: serving.side,
            transport: group.transport,
            senders: group.senders(),
            used: after.since(&before),
            load,
        })
    }

    async fn open_loop(&self, serving: &mut Serving<'_>, tag: &str) -> Result<LiveRun> {
        let watch = &serving.watch;
        let plan = (tag, self.args.rate, self.args.seconds() * LIVE_SHARE);
        let ran = live::run(serving.addr, &mut serving.site.venues, plan, SETTLE, || watch.read()).await;
        let (mut live, before, after) = ran.with_context(|| format!("{:?}, open loop", serving.side))?;
        eprintln!(
            "  {}: post to socket p50 {} µs, p99 {} µs",
            serving.side.backend.name(),
            show(live.end_to_end.quantile_us(0.5)),
            show(live.end_to_end.quantile_us(0.99))
        );
        Ok(LiveRun {
            side: serving.side,
            used: after.since(&before),
            live,
        })
    }

    async fn idle(&self, serving: &Serving<'_>) -> Result<Idle> {
        let seconds = self.args.rig.pick(self.args.idle, 3.0, 1.0);
        let before = serving.watch.read()?;
        let begun = std::time::Instant::now();
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
        let used = serving.watch.read()?.since(&before);
        Ok(Idle {
            side: serving.side,
            seconds: begun.elapsed().as_secs_f64(),
            used,
            memory: serving.watch.memory()?,
        })
    }
}

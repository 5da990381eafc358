//! Measures what the way through the gateway adds to a request on loopback: a small owner, the gateway, and a client that
//! asks the owner directly and through the gateway in turn (A B B A), each in a process of its own.
//!
//! `cargo run --release -p api-gateway --example hop [requests of a block] [connections]`

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measurement stops where it cannot go on"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use api_gateway::{Config, Deps, ROUTES, Table, Upstreams};
use chassis::Verifier;
use kernel::{Ambient, Fault};
use testkit::World;
use tokio_util::sync::CancellationToken;

const PAIRS: usize = 5;
const BODY: &[u8] =
    br#"{"clientId":"0199c0de-0000-7000-8000-000000000000","text":"a message of usual length, as people write them"}"#;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some("owner") => run(owner()),
        Some("gateway") => run(gateway(args[1].parse().unwrap())),
        _ => {
            let number = |at: usize, default: usize| args.get(at).map_or(default, |n| n.parse().unwrap());
            measure(number(0, 4000), number(1, 1));
        }
    }
}

fn run(serve: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(serve);
}

async fn owner() {
    let router =
        axum::Router::new().fallback(async |body: bytes::Bytes| ([("content-type", "application/json")], body));
    serve(router).await;
}

async fn gateway(owner: SocketAddr) {
    let (world, ambient) = (World::new().await, Ambient::system());
    let verifier = Verifier::new(world.accounts(), world.ephemeral(), ambient.clone());
    let door = Deps {
        verifier: verifier.clone(),
        ephemeral: world.ephemeral(),
        config: Config::default(),
        version: "0",
    };
    let replicas = ROUTES
        .iter()
        .map(|route| (route.service.to_owned(), vec![format!("http://{owner}")]));
    let table = Table {
        replicas: replicas.collect(),
        ..Table::default()
    };
    let upstreams = Upstreams {
        ambient: ambient.clone(),
        table,
        reload: None,
        documents: Arc::new(|_| Box::pin(async { Err(Fault::internal("none")) })),
    };
    let (router, _service) = api_gateway::proxy(door, upstreams).await.unwrap();
    serve(chassis::http::around_for_tests(router, verifier, ambient)).await;
}

async fn serve(router: axum::Router) {
    let listener = chassis::http::bind(([127, 0, 0, 1], 0).into()).unwrap();
    println!("{}", listener.local_addr().unwrap());
    chassis::http::serve(listener, router, CancellationToken::new())
        .await
        .unwrap();
}

/// A process of this program that says where it listens; gone when dropped.
struct Server(Child, SocketAddr);

impl Server {
    fn start(args: &[&str]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut child = command.args(args).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self(child, line.trim().parse().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn measure(requests: usize, connections: usize) {
    let owner = Server::start(&["owner"]);
    let gateway = Server::start(&["gateway", &owner.1.to_string()]);
    block(owner.1, requests, connections);
    block(gateway.1, requests, connections);
    let (mut direct, mut through) = (Vec::new(), Vec::new());
    for pair in 0..PAIRS {
        let order = if pair % 2 == 0 { [false, true] } else { [true, false] };
        for by_gateway in order {
            let (address, rows) = if by_gateway {
                (gateway.1, &mut through)
            } else {
                (owner.1, &mut direct)
            };
            rows.push(block(address, requests, connections));
        }
    }
    println!(
        "{requests} POSTs of {} bytes a block, {connections} connection(s), medians of {PAIRS} blocks",
        BODY.len()
    );
    for (name, rows) in [("direct", &direct), ("through the gateway", &through)] {
        let [p50, p99, rate] = [0, 1, 2].map(|column| median(rows.iter().map(|row| row[column])));
        println!("{name:<20} p50 {p50:>7.1} us   p99 {p99:>7.1} us   {rate:>8.0} requests/s");
    }
    let added = [0, 1].map(|column| median(direct.iter().zip(&through).map(|(d, t)| t[column] - d[column])));
    println!(
        "added                p50 {:>7.1} us   p99 {:>7.1} us",
        added[0], added[1]
    );
}

/// Asks so often; returns p50 and p99 in microseconds, and the rate.
fn block(address: SocketAddr, requests: usize, connections: usize) -> [f64; 3] {
    let begun = Instant::now();
    let threads: Vec<_> = (0..connections)
        .map(|_| std::thread::spawn(move || ask(address, requests / connections)))
        .collect();
    let mut times: Vec<Duration> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    let rate = times.len() as f64 / begun.elapsed().as_secs_f64();
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
    [at(0.5), at(0.99), rate]
}

fn ask(address: SocketAddr, requests: usize) -> Vec<Duration> {
    let mut io = TcpStream::connect(address).unwrap();
    io.set_nodelay(true).unwrap();
    let mut request = format!(
        "POST /api/chat/rooms/0199c0de-0000-7000-8000-000000000001/messages HTTP/1.1\r\nhost: {address}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        BODY.len()
    )
    .into_bytes();
    request.extend(BODY);
    let mut buffer = vec![0; 16 * 1024];
    let one = |_| {
        let begun = Instant::now();
        io.write_all(&request).unwrap();
        let mut read = 0;
        while !buffer[..read].ends_with(BODY) {
            let more = io.read(&mut buffer[read..]).unwrap();
            assert!(more > 0, "closed after {:?}", String::from_utf8_lossy(&buffer[..read]));
            read += more;
        }
        assert!(buffer.starts_with(b"HTTP/1.1 200"));
        begun.elapsed()
    };
    (0..requests).map(one).collect()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

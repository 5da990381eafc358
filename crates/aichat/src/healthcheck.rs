//! Owns `aichat healthcheck`: it asks the process on this machine whether it is ready, for whoever can only run a command. An image without a
//! shell has nothing else to ask with.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::cli::HealthcheckArgs;
use crate::config::{Config, Flags};

/// Longest wait for the connection, and for each piece of the answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// More of the answer is not read.
const ANSWER_BYTES_MAX: u64 = 256 * 1024;

/// Fails, saying why, unless `/readyz` answers 200.
pub(crate) fn healthcheck(args: HealthcheckArgs) -> anyhow::Result<()> {
    let config = Config::load(Flags {
        config: args.common.config,
        data_dir: args.common.data_dir,
        listen: args.listen,
        ..Flags::default()
    })?;
    let answer = ask(from_here(config.process.listen), "/readyz")?;
    match answer.split_whitespace().nth(1) {
        Some("200") => Ok(()),
        _ => bail!("not ready: {}", answer.lines().last().unwrap_or("no answer")),
    }
}

/// Returns the whole answer to one request.
pub(crate) fn ask(address: SocketAddr, path: &str) -> anyhow::Result<String> {
    let connected = TcpStream::connect_timeout(&address, ANSWER_MAX);
    let mut stream = connected.with_context(|| format!("nobody listens on {address}"))?;
    stream.set_read_timeout(Some(ANSWER_MAX))?;
    stream.set_write_timeout(Some(ANSWER_MAX))?;
    // In one piece: who answers before he has read all of it may close on the rest, and the answer is lost.
    let asked = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes())?;
    let mut answer = Vec::new();
    stream
        .take(ANSWER_BYTES_MAX)
        .read_to_end(&mut answer)
        .context("no answer")?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A process that listens on all addresses is asked on loopback.
fn from_here(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// Listens on all addresses, answers one request with `head`, and tells what was asked for.
    fn answering(head: &'static str) -> (SocketAddr, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("0.0.0.0:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = std::thread::spawn(move || {
            let mut stream = listener.accept().unwrap().0;
            let mut asked = [0; 1024];
            let length = stream.read(&mut asked).unwrap();
            write!(
                stream,
                "HTTP/1.1 {head}\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbody"
            )
            .unwrap();
            String::from_utf8_lossy(&asked[..length]).into_owned()
        });
        (address, asked)
    }

    fn args(listen: SocketAddr) -> HealthcheckArgs {
        HealthcheckArgs {
            listen: Some(listen),
            ..HealthcheckArgs::default()
        }
    }

    #[test]
    fn a_process_that_is_ready_is_healthy_and_one_that_is_not_says_why() {
        let (address, asked) = answering("200 OK");
        healthcheck(args(address)).unwrap();
        assert!(asked.join().unwrap().starts_with("GET /readyz HTTP/1.1\r\n"));

        let (address, asked) = answering("503 Service Unavailable");
        let why = healthcheck(args(address)).unwrap_err().to_string();
        assert!(why.contains("not ready: body"), "{why}");
        asked.join().unwrap();
    }

    #[test]
    fn where_nobody_listens_nothing_is_healthy() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let why = format!("{:#}", healthcheck(args(address)).unwrap_err());
        assert!(why.contains("nobody listens"), "{why}");
    }
}

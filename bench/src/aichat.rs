//! Owns the product's side of a measure: start it, sign people up, make rooms, keys and sockets.
//! Refuses to know which measure asks.

use std::{fs::File, net::SocketAddr, path::Path, process::Command, rc::Rc, time::Duration};

use anyhow::{Context, Result, anyhow, bail};
use futures::{StreamExt, TryStreamExt, stream};
use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
use serde_json::{Value, json};

use crate::{
    http::{Connection, request},
    process::{Placement, Server, free_address},
    rig::Rig,
    ws::{Scratch, Socket, text_frame},
};

/// What the product is called in the results.
pub const NAME: &str = "ours";
const READY_WITHIN: Duration = Duration::from_secs(90);
const PASSWORD: &str = "measure-me-0123456789";
/// Sign-ups in flight: enough to keep the password hashers of any small machine busy.
const SIGN_UPS_AT_ONCE: usize = 8;
/// Members named when a room is made; the others are added one by one, should the product bound the list.
const MEMBERS_AT_ONCE: usize = 50;
/// Attempts while the server asks to come back later, with pauses that grow from `PAUSE` to `PAUSE_MAX`.
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// Somebody who has signed up.
#[derive(Clone)]
pub struct Person {
    pub id: Rc<str>,
    pub token: Rc<str>,
}

/// Starts the binary on `data` and waits until `/readyz` says 200.
pub async fn start(rig: &Rig, data: &Path, placement: Placement, config: Option<&Path>) -> Result<Server> {
    let mut server = spawn(rig, data, placement, config, false)?;
    wait_until_ready(&mut server).await?;
    Ok(server)
}

/// Drops the binary from the page cache, as far as no process runs it, so that the next start reads it from the disk.
pub fn leave_page_cache(rig: &Rig) -> Result<()> {
    let bin = File::open(&rig.bin)?;
    // Only what is written can be dropped.
    bin.sync_all()?;
    posix_fadvise(&bin, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)?;
    Ok(())
}

/// Spawns the binary and waits for nothing.
pub fn spawn(rig: &Rig, data: &Path, placement: Placement, config: Option<&Path>, demo: bool) -> Result<Server> {
    let addr = free_address()?;
    let bin = std::path::absolute(&rig.bin)?;
    let mut command = Command::new(bin);
    command
        .arg("run")
        .env("AICHAT_LISTEN", addr.to_string())
        .env("AICHAT_DATA_DIR", data)
        .env("AICHAT_DEMO_DATA", demo.to_string());
    for name in [
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_BASE_URL",
        // The operator's own servers are nothing for measures.
        "AICHAT_MONGODB_URL",
        "AICHAT_REDIS_URL",
        "AICHAT_KAFKA_URL",
        "AICHAT_NATS_URL",
    ] {
        command.env_remove(name);
    }
    if let Some(config) = config {
        command.env("AICHAT_CONFIG", config);
    }
    for pair in &rig.server_env {
        let (name, value) = pair
            .split_once('=')
            .with_context(|| format!("--server-env {pair} is not NAME=VALUE"))?;
        command.env(name, value);
    }
    Server::spawn(NAME, &mut command, addr, &data.with_extension("log"), placement)
}

/// Polls `/readyz` every 2 ms until it says 200.
pub async fn wait_until_ready(server: &mut Server) -> Result<()> {
    let probe = request("GET", "/readyz", server.addr, None, None);
    let deadline = server.spawned + READY_WITHIN;
    loop {
        if let Ok(mut connection) = Connection::open(server.addr).await
            && let Ok(reply) = connection.send(&probe).await
            && reply.status == 200
        {
            return Ok(());
        }
        server.check_alive()?;
        if std::time::Instant::now() > deadline {
            bail!("aichat is not ready within {READY_WITHIN:?}");
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Makes one call and returns its JSON; a status outside 200..=299 is an error that carries the answer.
pub async fn call(
    addr: SocketAddr,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<Value>,
) -> Result<Value> {
    let mut connection = Connection::open(addr).await?;
    call_on(&mut connection, addr, method, path, token, body).await
}

/// Makes one call on a connection that is open already.
pub async fn call_on(
    connection: &mut Connection,
    addr: SocketAddr,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<Value>,
) -> Result<Value> {
    let body = body.map(|body| body.to_string());
    let reply = connection
        .send(&request(method, path, addr, token, body.as_deref()))
        .await?;
    if !(200..300).contains(&reply.status) {
        bail!(
            "{method} {path}: {} {}",
            reply.status,
            String::from_utf8_lossy(reply.body)
        );
    }
    if reply.body.is_empty() {
        Ok(Value::Null)
    } else {
        Ok(serde_json::from_slice(reply.body)?)
    }
}

/// Makes one call; a server that is too busy for now is asked again, with growing pauses.
async fn call_patiently(addr: SocketAddr, method: &str, path: &str, body: Value) -> Result<Value> {
    let mut pause = PAUSE;
    for _ in 0..ATTEMPTS {
        match call(addr, method, path, None, Some(body.clone())).await {
            Err(error) if is_too_busy(&error) => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
            other => return other,
        }
    }
    bail!("the server refused {method} {path} {ATTEMPTS} times")
}

fn is_too_busy(error: &anyhow::Error) -> bool {
    let text = error.to_string();
    text.contains(" 503") || text.contains(" 429")
}

/// Signs `count` people up, several at once, and returns them in order.
pub async fn sign_up(addr: SocketAddr, count: usize) -> Result<Vec<Person>> {
    stream::iter(0..count)
        .map(|index| async move {
            let handle = format!("bench_{index:05}");
            let body = json!({"email": format!("{handle}@bench.example"), "password": PASSWORD, "handle": handle, "displayName": format!("Bench {index}")});
            let signed = call_patiently(addr, "POST", "/api/auth/signup", body).await?;
            Ok(Person { id: word(&signed, "/user/id")?.into(), token: word(&signed, "/accessToken")?.into() })
        })
        .buffered(SIGN_UPS_AT_ONCE)
        .try_collect()
        .await
}

/// Makes a group room of `owner` with `members` and returns its id.
pub async fn create_room(addr: SocketAddr, owner: &Person, members: &[Person]) -> Result<String> {
    let (named, later) = members.split_at_checked(MEMBERS_AT_ONCE).unwrap_or((members, &[]));
    let ids: Vec<&str> = named.iter().map(|member| &*member.id).collect();
    let body = json!({"kind": "group", "title": "bench", "memberIds": ids, "agentPolicy": "off"});
    let room = word(
        &call(addr, "POST", "/api/chat/rooms", Some(&owner.token), Some(body)).await?,
        "/id",
    )?;
    let mut connection = Connection::open(addr).await?;
    for member in later {
        let path = format!("/api/chat/rooms/{room}/members/{}", member.id);
        call_on(&mut connection, addr, "PUT", &path, Some(&owner.token), Some(json!({}))).await?;
    }
    Ok(room)
}

/// Makes a gateway key and returns it.
pub async fn create_key(addr: SocketAddr, owner: &Person) -> Result<String> {
    word(
        &call(
            addr,
            "POST",
            "/api/ai/keys",
            Some(&owner.token),
            Some(json!({"name": "bench"})),
        )
        .await?,
        "/key",
    )
}

/// Opens a socket and signs it in. A server that refuses for now (503, 429) is asked again, with growing pauses.
pub async fn open_socket(addr: SocketAddr, token: &str, scratch: &Scratch) -> Result<Socket> {
    let mut pause = PAUSE;
    for _ in 0..ATTEMPTS {
        match Socket::open(addr, "/realtime", scratch).await {
            Ok(mut socket) => {
                let auth = json!({"op": "auth", "token": token}).to_string();
                socket.sender().send(&text_frame(&auth)).await?;
                socket.wait_for_op("ready").await?;
                return Ok(socket);
            }
            Err(error) if is_too_busy(&error) => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
            Err(error) => return Err(error),
        }
    }
    Err(anyhow!("the server refused a socket {ATTEMPTS} times"))
}

/// Subscribes a socket to a room from now on and returns the room's sequence at that moment.
pub async fn subscribe(socket: &mut Socket, room: &str) -> Result<u64> {
    let frame = json!({"op": "sub", "id": "sub", "rooms": [{"r": room}]}).to_string();
    socket.sender().send(&text_frame(&frame)).await?;
    let subbed: Value = serde_json::from_str(&socket.wait_for_op("subbed").await?)?;
    subbed.get("o").and_then(Value::as_u64).context("subbed without o")
}

fn word(value: &Value, pointer: &str) -> Result<String> {
    let found = value
        .pointer(pointer)
        .and_then(Value::as_str)
        .with_context(|| format!("no {pointer} in {value}"))?;
    Ok(found.to_owned())
}

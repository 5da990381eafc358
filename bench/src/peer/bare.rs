//! Owns the bare broadcast server: the least a tokio-tungstenite server can do for the same meaning. A publisher's
//! frame gets a sequence, is encoded once and goes through one queue per connection to everybody in the room.
//! Refuses to know people, rights, storage, resume and back-pressure.

use std::{
    borrow::Cow,
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use futures::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};
use tokio_tungstenite::{
    WebSocketStream, accept_async_with_config,
    tungstenite::{Message, Utf8Bytes, protocol::WebSocketConfig},
};

/// As small as the product's: the default would cost 130 KB a socket.
const READ_BUFFER_BYTES: usize = 4 * 1024;
const WRITE_BUFFER_BYTES: usize = 64 * 1024;
/// Frames taken from the queue before one flush.
const BATCH: usize = 64;

/// Flags of `bench bare`.
#[derive(clap::Args)]
pub struct Args {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:9900")]
    pub listen: SocketAddr,
}

#[derive(Deserialize)]
struct Incoming<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    rooms: Vec<Wanted<'a>>,
    #[serde(borrow)]
    r: Option<Cow<'a, str>>,
    #[serde(borrow)]
    d: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Wanted<'a> {
    #[serde(borrow)]
    r: Cow<'a, str>,
}

#[derive(Default)]
struct Room {
    seq: u64,
    members: Vec<UnboundedSender<Utf8Bytes>>,
}

type Rooms = Arc<Mutex<HashMap<String, Room>>>;

/// Serves until it is killed.
pub fn run(args: Args) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(serve(args.listen))
}

async fn serve(listen: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(listen).await?;
    let rooms = Rooms::default();
    loop {
        let (stream, _) = listener.accept().await?;
        let rooms = rooms.clone();
        tokio::spawn(async move {
            // A connection that fails ends; the generator notices what it misses.
            let _ended = connection(stream, rooms).await;
        });
    }
}

async fn connection(stream: TcpStream, rooms: Rooms) -> Result<()> {
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES);
    let mut socket = accept_async_with_config(stream, Some(config)).await?;
    let (queue, outbox) = unbounded_channel();
    socket.send(Message::text(r#"{"op":"hello"}"#)).await?;
    pump(socket, queue, outbox, &rooms).await
}

async fn pump(
    mut socket: WebSocketStream<TcpStream>,
    queue: UnboundedSender<Utf8Bytes>,
    mut outbox: UnboundedReceiver<Utf8Bytes>,
    rooms: &Rooms,
) -> Result<()> {
    let mut batch = Vec::new();
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => handle(&text, &queue, rooms)?,
                Some(Ok(Message::Close(_))) | None => return Ok(()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
            },
            _ = outbox.recv_many(&mut batch, BATCH) => {
                for text in batch.drain(..) {
                    socket.feed(Message::Text(text)).await?;
                }
                socket.flush().await?;
            }
        }
    }
}

fn handle(text: &str, queue: &UnboundedSender<Utf8Bytes>, rooms: &Rooms) -> Result<()> {
    let incoming: Incoming = serde_json::from_str(text)?;
    let id = incoming.id.map_or("null", RawValue::get);
    let mut rooms = rooms.lock().unwrap_or_else(PoisonError::into_inner);
    match (&*incoming.op, incoming.r, incoming.d) {
        ("auth", _, _) => queue.send(Utf8Bytes::from_static(r#"{"op":"ready"}"#))?,
        ("sub", _, _) => {
            for wanted in incoming.rooms {
                let room = rooms.entry(wanted.r.into_owned()).or_default();
                room.members.push(queue.clone());
                queue.send(format!(r#"{{"op":"subbed","id":{id},"o":{}}}"#, room.seq).into())?;
            }
        }
        ("send", Some(name), Some(data)) => {
            if let Some(room) = rooms.get_mut(&*name) {
                room.seq += 1;
                let seq = room.seq;
                let frame = Utf8Bytes::from(format!(
                    r#"{{"op":"ev","t":"message.sent","r":"{name}","o":{seq},"d":{data}}}"#
                ));
                room.members.retain(|member| member.send(frame.clone()).is_ok());
                queue.send(format!(r#"{{"op":"ok","id":{id},"seq":{seq}}}"#).into())?;
            }
        }
        _ => {}
    }
    Ok(())
}

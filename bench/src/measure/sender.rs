//! Owns one sender: one send in flight, over HTTP or over WebSocket, noted in its ledger. Refuses to know the others.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::ledger::Ledger;
use crate::{
    aichat::{self, Person},
    http::{Connection, request},
    scan::{NUMBER_MARK, Template, message_text, number_after},
    ws::{Scratch, Socket, op, text_frame},
};

/// Bytes of the text of a message.
pub const TEXT_BYTES: usize = 128;
/// Pause before a send that a rate limit refused goes out again.
const PAUSE: Duration = Duration::from_millis(5);

/// How a send reaches the server.
#[derive(Clone, Copy, PartialEq)]
pub enum Transport {
    Http,
    WebSocket,
}

impl Transport {
    /// Returns its name in the results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "HTTP POST",
            Self::WebSocket => "WebSocket send",
        }
    }
}

/// One sender with what it has open.
pub enum Sender {
    Http {
        connection: Connection,
        template: Template,
        ledger: Ledger,
    },
    WebSocket {
        sockets: Vec<Socket>,
        template: Template,
        ledger: Ledger,
    },
}

impl Sender {
    /// Opens what the transport needs.
    pub async fn open(
        addr: SocketAddr,
        transport: Transport,
        person: &Person,
        room: &str,
        ledger: Ledger,
        sockets: usize,
    ) -> Result<Self> {
        let client_id = format!("{}-{NUMBER_MARK}", ledger.tag);
        let text = message_text(TEXT_BYTES);
        if transport == Transport::Http {
            let body = json!({"clientId": client_id, "text": text}).to_string();
            let path = format!("/api/chat/rooms/{room}/messages");
            let template = Template::new(request("POST", &path, addr, Some(&person.token), Some(&body)));
            return Ok(Self::Http {
                connection: Connection::open(addr).await?,
                template,
                ledger,
            });
        }
        let body = json!({"op": "send", "id": NUMBER_MARK, "r": room, "clientId": client_id, "text": text}).to_string();
        let scratch = Scratch::new();
        let mut open = Vec::new();
        for _ in 0..sockets {
            open.push(aichat::open_socket(addr, &person.token, &scratch).await?);
        }
        Ok(Self::WebSocket {
            sockets: open,
            template: Template::new(text_frame(&body)),
            ledger,
        })
    }

    /// Sends until the time is over; the last send is waited for.
    pub async fn run(self, until: Instant) -> Result<Ledger> {
        match self {
            Self::Http {
                connection,
                template,
                ledger,
            } => send_by_http(connection, template, ledger, until).await,
            Self::WebSocket {
                sockets,
                template,
                ledger,
            } => send_by_socket(sockets, template, ledger, until).await,
        }
    }
}

async fn send_by_http(
    mut connection: Connection,
    mut template: Template,
    mut ledger: Ledger,
    until: Instant,
) -> Result<Ledger> {
    while Instant::now() < until {
        let request = template.fill(ledger.acked.len());
        let begun = Instant::now();
        let reply = connection.send(request).await?;
        match reply.status {
            201 => {
                ledger.latency.add(begun.elapsed());
                ledger
                    .acked
                    .push(number_after(reply.body, b"\"seq\":").context("an answer without seq")?);
            }
            429 => {
                ledger.limited += 1;
                tokio::time::sleep(PAUSE).await;
            }
            status => bail!("a send was answered {status}: {}", String::from_utf8_lossy(reply.body)),
        }
    }
    Ok(ledger)
}

async fn send_by_socket(
    mut sockets: Vec<Socket>,
    mut template: Template,
    mut ledger: Ledger,
    until: Instant,
) -> Result<Ledger> {
    let count = sockets.len();
    let mut turn = 0;
    while Instant::now() < until {
        let number = ledger.acked.len();
        let socket = sockets.get_mut(turn % count).context("no socket")?;
        turn += 1;
        let begun = Instant::now();
        socket.sender().send(template.fill(number)).await?;
        match wait_for_ack(socket).await? {
            Some(seq) => {
                ledger.latency.add(begun.elapsed());
                ledger.acked.push(seq);
            }
            None => {
                ledger.limited += 1;
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    Ok(ledger)
}

/// Returns the sequence, or `None` when the send was refused by a limit. Frames about the room are passed over.
async fn wait_for_ack(socket: &mut Socket) -> Result<Option<u64>> {
    let mut answer = None;
    while answer.is_none() {
        socket
            .pump(|text| match op(text) {
                Some(b"ok") => answer = Some(number_after(text, b"\"seq\":").map(Some).context("an ok without seq")),
                Some(b"err") if number_after(text, b"\"retryAfterMs\":").is_some() => answer = Some(Ok(None)),
                Some(b"err") => {
                    answer = Some(Err(anyhow::anyhow!(
                        "a send was refused: {}",
                        String::from_utf8_lossy(text)
                    )))
                }
                _ => {}
            })
            .await?;
    }
    answer.context("no answer")?
}

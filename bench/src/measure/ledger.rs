//! Owns the proof of the sends: what was acknowledged is compared, message by message, with what the rooms hold.
//! Refuses to know how it was sent.

use std::{collections::HashMap, net::SocketAddr};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::{
    aichat::Person,
    http::{Connection, request},
    stats::Samples,
};

const PAGE: usize = 200;

/// What one sender did in one run: `acked[n]` is the sequence its message number `n` got.
#[derive(Default)]
pub struct Ledger {
    pub tag: String,
    pub room: usize,
    pub acked: Vec<u64>,
    pub latency: Samples,
    /// Sends that were refused by a rate limit and sent again.
    pub limited: u64,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Item>,
    #[serde(rename = "hasMoreAfter")]
    has_more_after: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    seq: u64,
    client_id: Option<String>,
}

/// Pages `room` from `after` on and checks: the sequence has no gap, each acknowledged message is there once with the
/// sequence that was acknowledged, and nothing else is there. Returns the last sequence.
pub async fn verify(addr: SocketAddr, reader: &Person, room_id: &str, after: u64, ledgers: &[&Ledger]) -> Result<u64> {
    let by_tag: HashMap<&str, &Ledger> = ledgers.iter().map(|ledger| (ledger.tag.as_str(), *ledger)).collect();
    let mut connection = Connection::open(addr).await?;
    let (mut last, mut found) = (after, 0);
    loop {
        let page = read_page(&mut connection, addr, reader, room_id, last).await?;
        for item in &page.items {
            if item.seq != last + 1 {
                bail!("room {room_id}: sequence {} follows {last}", item.seq);
            }
            last = item.seq;
            let client_id = item
                .client_id
                .as_deref()
                .with_context(|| format!("message {last} without a client id"))?;
            let (tag, number) = client_id
                .rsplit_once('-')
                .with_context(|| format!("a message of somebody else: {client_id}"))?;
            let ledger = by_tag
                .get(tag)
                .with_context(|| format!("a message of somebody else: {client_id}"))?;
            // Sequences differ, so a message that was there twice would fail at its second place.
            if ledger.acked.get(number.parse::<usize>()?) != Some(&last) {
                bail!("{client_id} stands at {last}, but that is not what was acknowledged");
            }
            found += 1;
        }
        if !page.has_more_after {
            break;
        }
    }
    let acked: usize = ledgers.iter().map(|ledger| ledger.acked.len()).sum();
    if found == acked {
        Ok(last)
    } else {
        bail!("room {room_id}: {acked} acknowledged, {found} found")
    }
}

async fn read_page(
    connection: &mut Connection,
    addr: SocketAddr,
    reader: &Person,
    room_id: &str,
    after: u64,
) -> Result<Page> {
    let path = format!("/api/chat/rooms/{room_id}/messages?after={after}&limit={PAGE}");
    let request = request("GET", &path, addr, Some(&reader.token), None);
    loop {
        let reply = connection.send(&request).await?;
        match reply.status {
            200 => return Ok(serde_json::from_slice(reply.body)?),
            429 => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
            status => bail!("GET {path}: {status} {}", String::from_utf8_lossy(reply.body)),
        }
    }
}

//! Owns groups of senders with their rooms, and one closed-loop run of a group, every send checked afterwards. Refuses to
//! know which processes serve and how runs are compared.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use futures::future::try_join_all;
use serde_json::Value;

use super::{
    ledger::{Ledger, verify},
    sender::{Sender, Transport},
};
use crate::{
    aichat::{self, Person},
    cpu,
    stats::Samples,
};

/// One group of senders with its rooms; the rooms live through all runs.
pub struct Group {
    pub transport: Transport,
    people: Vec<Person>,
    rooms: Vec<String>,
    /// The last sequence of each room that is verified already.
    verified: Vec<u64>,
}

/// What a run of a group did, and how fast.
pub struct Load {
    pub sends: usize,
    pub per_second: f64,
    pub latency: Samples,
    /// Sends that were refused by a rate limit and sent again.
    pub limited: u64,
    /// CPU of the generator, as a share of one.
    pub generator_share: f64,
    /// From the first reading of the meter to the last.
    pub metered: Duration,
}

/// Signs up as many people as the largest group has and makes a group for each transport and number of senders, with at
/// most `rooms` rooms and one a sender. Returns the people, too.
pub async fn open(addr: SocketAddr, senders: &[usize], rooms: usize) -> Result<(Vec<Person>, Vec<Group>)> {
    let most = senders.iter().copied().max().unwrap_or(1);
    let everybody = aichat::sign_up(addr, most).await?;
    let mut groups = Vec::new();
    for transport in [Transport::Http, Transport::WebSocket] {
        for &senders in senders {
            let people: Vec<Person> = everybody.iter().take(senders).cloned().collect();
            groups.push(Group::open(addr, transport, people, rooms.clamp(1, senders)).await?);
        }
    }
    Ok((everybody, groups))
}

/// Returns the sequence of the last message of a room.
pub async fn last_seq(addr: SocketAddr, room: &str, reader: &Person) -> Result<u64> {
    let path = format!("/api/chat/rooms/{room}");
    let room = aichat::call(addr, "GET", &path, Some(&reader.token), None).await?;
    room.get("lastSeq")
        .and_then(Value::as_u64)
        .context("a room without lastSeq")
}

impl Group {
    async fn open(addr: SocketAddr, transport: Transport, people: Vec<Person>, count: usize) -> Result<Self> {
        let mut rooms = Vec::new();
        for room in 0..count {
            let mut members = people.iter().skip(room).step_by(count).cloned();
            let owner = members.next().context("a room without anybody")?;
            rooms.push(aichat::create_room(addr, &owner, &members.collect::<Vec<_>>()).await?);
        }
        let mut verified = Vec::new();
        for (room, person) in rooms.iter().zip(&people) {
            verified.push(last_seq(addr, room, person).await?);
        }
        Ok(Self {
            transport,
            people,
            rooms,
            verified,
        })
    }

    /// Returns how many senders there are.
    pub fn senders(&self) -> usize {
        self.people.len()
    }

    /// Returns how many sockets a WebSocket sender rotates over: a lone one gets more, because it may outrun the frame
    /// limit of a few.
    pub fn sockets(&self) -> usize {
        if self.people.len() == 1 { 8 } else { 2 }
    }

    /// Sends for so many seconds, each sender over so many sockets, with a tag that no other run has; lets `settle` pass
    /// for background work, and compares every room with what was acknowledged. Returns what `meter` read before and after.
    pub async fn run<M>(
        &mut self,
        addr: SocketAddr,
        (tag, seconds, sockets): (&str, f64, usize),
        settle: Duration,
        meter: impl Fn() -> Result<M>,
    ) -> Result<(Load, M, M)> {
        let mut senders = Vec::new();
        for (index, person) in self.people.iter().enumerate() {
            let room = index % self.rooms.len();
            let room_id = self.rooms.get(room).context("no room")?;
            let ledger = Ledger {
                tag: format!("{tag}s{index:03}"),
                room,
                ..Ledger::default()
            };
            senders.push(Sender::open(addr, self.transport, person, room_id, ledger, sockets).await?);
        }
        let (before, own_before) = (meter()?, cpu::used_here()?);
        let begun = Instant::now();
        let until = begun + Duration::from_secs_f64(seconds);
        let ledgers = try_join_all(
            senders
                .into_iter()
                .map(|sender| tokio::task::spawn_local(sender.run(until))),
        )
        .await?;
        let wall = begun.elapsed().as_secs_f64();
        let own = cpu::used_here()? - own_before;
        let ledgers = ledgers.into_iter().collect::<Result<Vec<Ledger>>>()?;
        tokio::time::sleep(settle).await;
        let (after, metered) = (meter()?, begun.elapsed());
        self.check(addr, &ledgers).await?;
        let sends: usize = ledgers.iter().map(|ledger| ledger.acked.len()).sum();
        let limited = ledgers.iter().map(|ledger| ledger.limited).sum();
        let mut latency = Samples::default();
        ledgers.into_iter().for_each(|ledger| latency.append(ledger.latency));
        let load = Load {
            sends,
            per_second: sends as f64 / wall,
            latency,
            limited,
            generator_share: own.as_secs_f64() / wall,
            metered,
        };
        Ok((load, before, after))
    }

    /// Compares every room with what was acknowledged.
    async fn check(&mut self, addr: SocketAddr, ledgers: &[Ledger]) -> Result<()> {
        let rooms = self.rooms.iter().zip(&mut self.verified).zip(&self.people);
        for (index, ((room, verified), reader)) in rooms.enumerate() {
            let here: Vec<&Ledger> = ledgers.iter().filter(|ledger| ledger.room == index).collect();
            *verified = verify(addr, reader, room, *verified, &here).await?;
        }
        Ok(())
    }
}

//! Recounts everything that chat promises to be able to recount, from the messages alone: sequences without gaps, one
//! message per client id, unread counters. For `aichat doctor` and for tests.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kernel::{RoomId, UserId};
use serde::Serialize;
use store::{Store, StoreError, Stored};

use crate::domain::room::Room;
use crate::repo::{FIND_MAX, Repo};

/// How many defects a report names; more are only counted.
const NAMED_MAX: usize = 100;

/// What a recount found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// Rooms looked at.
    pub rooms: u64,
    /// Messages looked at.
    pub messages: u64,
    /// Unread counters compared.
    pub counters: u64,
    /// How many promises do not hold.
    pub defects: u64,
    /// The first 100 of them, in words.
    pub named: Vec<String>,
}

impl Verification {
    /// Tells whether everything holds.
    pub fn is_clean(&self) -> bool {
        self.defects == 0
    }

    fn defect(&mut self, words: String) {
        self.defects += 1;
        if self.named.len() < NAMED_MAX {
            self.named.push(words);
        }
    }
}

/// What is remembered of one room while its messages are walked.
#[derive(Default)]
struct Recount {
    seqs: Vec<u64>,
    by_author: HashMap<String, Vec<u64>>,
}

/// Recounts all rooms in `store`, which should be at rest. Reads only.
pub async fn verify(store: &Arc<dyn Store>) -> Result<Verification, StoreError> {
    let repo = Repo::open(store).await?;
    let mut report = Verification::default();
    let mut after = None;
    loop {
        let some = store.scan("rooms", after.take(), FIND_MAX).await?;
        let Some(last) = some.last() else { return Ok(report) };
        after = Some(last.id.clone());
        for stored in &some {
            match serde_json::from_slice::<Room>(&stored.body) {
                Ok(room) => verify_room(&repo, &room, &mut report).await?,
                Err(e) => unreadable(stored, &e, &mut report),
            }
        }
    }
}

fn unreadable(stored: &Stored, error: &serde_json::Error, report: &mut Verification) {
    report.rooms += 1;
    report.defect(format!("room {}: unreadable: {error}", stored.id));
}

async fn verify_room(repo: &Repo, room: &Room, report: &mut Verification) -> Result<(), StoreError> {
    report.rooms += 1;
    let recount = recount(repo, room.id, report).await?;
    let last = recount.seqs.last().copied().unwrap_or(0);
    for member in &room.members {
        let read = member.joined_seq.max(repo.read_seq(room.id, member.user_id).await?);
        let counted = repo.unread(room.id, member.user_id, read, last).await?;
        let literal = recount.unread(member.user_id, read);
        report.counters += 1;
        if counted != literal {
            let who = member.user_id;
            report.defect(format!(
                "room {}: unread of {who} is {counted}, a recount gives {literal}",
                room.id
            ));
        }
        if read > last {
            report.defect(format!(
                "room {}: {} has read up to {read} of {last}",
                room.id, member.user_id
            ));
        }
    }
    Ok(())
}

async fn recount(repo: &Repo, room: RoomId, report: &mut Verification) -> Result<Recount, StoreError> {
    let (mut recount, mut client_ids) = (Recount::default(), HashSet::new());
    let mut expected = 1;
    loop {
        let messages = repo.span(room, expected, u64::MAX, FIND_MAX).await?;
        if messages.is_empty() {
            return Ok(recount);
        }
        for message in messages {
            report.messages += 1;
            if message.seq != expected {
                report.defect(format!("room {room}: {} stands where {expected} should", message.seq));
            }
            expected = message.seq + 1;
            recount.seqs.push(message.seq);
            recount
                .by_author
                .entry(message.author_id.clone())
                .or_default()
                .push(message.seq);
            if !client_ids.insert((message.author_id, message.client_id)) {
                report.defect(format!("room {room}: message {} was sent twice", message.seq));
            }
        }
    }
}

impl Recount {
    /// Counts messages after `read` that `user` did not write, one by one.
    fn unread(&self, user: UserId, read: u64) -> u64 {
        let after = |seqs: &[u64]| seqs.len() - seqs.partition_point(|seq| *seq <= read);
        let own = self.by_author.get(&user.to_string()).map_or(0, |seqs| after(seqs));
        u64::try_from(after(&self.seqs) - own).unwrap_or(u64::MAX)
    }
}

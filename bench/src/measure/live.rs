//! Owns the way of a message in an open loop: posted over HTTP at fixed times, its answer, and its frames on the sockets of
//! two members. Refuses to know which processes serve and how runs are compared.

use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, Result, bail};
use futures::future::try_join_all;
use memchr::memmem;
use serde_json::json;
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinHandle,
};

use super::{
    audit::{Audit, Cursor},
    group::last_seq,
    ledger::{Ledger, verify},
    sender::TEXT_BYTES,
};
use crate::{
    aichat::{self, Person},
    cpu,
    http::{Connection, request},
    scan::{NUMBER_MARK, Template, message_text, number_after, number_at},
    stats::Samples,
    ws::Scratch,
};

/// People of a room: who posts, and two who listen.
const PEOPLE: usize = 3;
/// Posts under way at once; more wait, and their latency counts.
const CONNECTIONS: usize = 16;
/// Time for all deliveries after the last answer.
const DRAIN_WITHIN: Duration = Duration::from_secs(20);
/// From the start of the clock thread to the first post.
const LEAD: Duration = Duration::from_millis(20);
const DAY_US: u64 = 24 * 3_600 * 1_000_000;

/// A room that lives through all runs.
pub struct Venue {
    room: String,
    poster: Person,
    listeners: Vec<Person>,
    verified: u64,
}

/// What a run measured.
pub struct Live {
    pub messages: usize,
    /// From the time a post was due to its frame on a socket.
    pub end_to_end: Samples,
    /// From the time a post was due to its 201.
    pub answer: Samples,
    /// From the 201 to the frame; negative when the frame came first.
    pub after_answer: Samples,
    /// From the message's `createdAt`, which is stamped just before the write, to the frame.
    pub after_stamp: Samples,
    pub generator_share: f64,
    /// From the first reading of the meter to the last.
    pub metered: Duration,
}

/// One room during a run.
struct Stage {
    audit: Audit,
    /// By number: sequence and time of the answer.
    answers: RefCell<Vec<Option<(u64, Instant)>>>,
    /// Number, time, and microseconds since `createdAt`, of each frame.
    frames: RefCell<Vec<(usize, Instant, u64)>>,
}

/// Makes rooms of people who have signed up, three each.
pub async fn open(addr: SocketAddr, people: &[Person], rooms: usize) -> Result<Vec<Venue>> {
    let mut venues = Vec::new();
    for members in people.chunks_exact(PEOPLE).take(rooms) {
        let (poster, listeners) = members.split_first().context("a room without anybody")?;
        let room = aichat::create_room(addr, poster, listeners).await?;
        venues.push(Venue {
            verified: last_seq(addr, &room, poster).await?,
            poster: poster.clone(),
            listeners: listeners.to_vec(),
            room,
        });
    }
    if venues.is_empty() {
        bail!("a room needs {PEOPLE} people")
    }
    Ok(venues)
}

/// Posts `rate` messages a second for `seconds`, the rooms in turn, with a tag that no other run has; waits for every
/// frame, and checks them and the rooms. Returns what `meter` read before and after.
pub async fn run<M>(
    addr: SocketAddr,
    venues: &mut [Venue],
    (tag, rate, seconds): (&str, f64, f64),
    settle: Duration,
    meter: impl Fn() -> Result<M>,
) -> Result<(Live, M, M)> {
    let scratch = Scratch::new();
    let (mut stages, mut readers) = (Vec::new(), Readers::default());
    for venue in venues.iter() {
        stages.push(venue.enter(addr, &scratch, &mut readers).await?);
    }
    let (before, own_before, begun) = (meter()?, cpu::used_here()?, Instant::now());
    let count = (rate * seconds).ceil().max(1.0) as usize;
    post_all(addr, venues, &stages, (tag, rate, count)).await?;
    for stage in &stages {
        stage.drain().await;
    }
    let wall = begun.elapsed().as_secs_f64();
    let own = cpu::used_here()? - own_before;
    tokio::time::sleep(settle).await;
    let (after, metered) = (meter()?, begun.elapsed());
    let mut live = Live {
        messages: count,
        end_to_end: Samples::default(),
        answer: Samples::default(),
        after_answer: Samples::default(),
        after_stamp: Samples::default(),
        generator_share: own.as_secs_f64() / wall,
        metered,
    };
    for (venue, stage) in venues.iter_mut().zip(&stages) {
        venue.close(addr, tag, stage, &mut live).await?;
    }
    Ok((live, before, after))
}

/// Tells each due time when it has come. A thread of its own: a timer of the runtime has a grain of 1 ms, and spinning would
/// take the CPU from what is measured.
#[expect(
    clippy::disallowed_methods,
    reason = "a thread of its own sleeps, none of the runtime's"
)]
fn clock(rate: f64, count: usize) -> mpsc::UnboundedReceiver<Instant> {
    let (tell, told) = mpsc::unbounded_channel();
    let begun = Instant::now() + LEAD;
    std::thread::spawn(move || {
        for number in 0..count {
            let due = begun + Duration::from_secs_f64(number as f64 / rate);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if tell.send(due).is_err() {
                return;
            }
        }
    });
    told
}

async fn post_all(
    addr: SocketAddr,
    venues: &[Venue],
    stages: &[Rc<Stage>],
    (tag, rate, count): (&str, f64, usize),
) -> Result<()> {
    let mut open = Vec::new();
    for _ in 0..CONNECTIONS {
        open.push(Connection::open(addr).await?);
    }
    let (gate, open) = (Rc::new(Semaphore::new(CONNECTIONS)), Rc::new(RefCell::new(open)));
    let mut templates: Vec<Template> = venues.iter().map(|venue| venue.template(addr, tag)).collect();
    let (mut due_times, mut posts) = (clock(rate, count), Vec::new());
    while let Some(due) = due_times.recv().await {
        let place = posts.len() % stages.len();
        let (stage, template) = stages.get(place).zip(templates.get_mut(place)).context("no room")?;
        let number = stage.publish(due);
        let (bytes, stage) = (template.fill(number).to_vec(), stage.clone());
        let (gate, open) = (gate.clone(), open.clone());
        posts.push(tokio::task::spawn_local(async move {
            let _permit = gate.acquire().await?;
            let mut connection = open.borrow_mut().pop().context("no connection")?;
            let reply = connection.send(&bytes).await?;
            if reply.status != 201 {
                bail!(
                    "a post was answered {}: {}",
                    reply.status,
                    String::from_utf8_lossy(reply.body)
                );
            }
            let seq = number_after(reply.body, b"\"seq\":").context("an answer without seq")?;
            stage.answer(number, seq);
            open.borrow_mut().push(connection);
            Ok(())
        }));
    }
    for ended in try_join_all(posts).await? {
        ended?;
    }
    Ok(())
}

/// The tasks that read sockets; they end with the run.
#[derive(Default)]
struct Readers(Vec<JoinHandle<()>>);

impl Drop for Readers {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

impl Venue {
    /// Opens the listeners' sockets and subscribes them.
    async fn enter(&self, addr: SocketAddr, scratch: &Scratch, readers: &mut Readers) -> Result<Rc<Stage>> {
        let stage = Rc::new(Stage {
            audit: Audit::default(),
            answers: RefCell::default(),
            frames: RefCell::default(),
        });
        stage.audit.begin(self.verified + 1);
        for listener in &self.listeners {
            let mut socket = aichat::open_socket(addr, &listener.token, scratch).await?;
            let seq = aichat::subscribe(&mut socket, &self.room).await?;
            if seq != self.verified {
                bail!("room {} stands at {seq} instead of {}", self.room, self.verified);
            }
            stage.audit.add_listener();
            let (stage, cursor) = (stage.clone(), Cursor(Cell::new(seq + 1)));
            readers.0.push(tokio::task::spawn_local(async move {
                loop {
                    if let Err(error) = socket.pump(|text| stage.on_frame(&cursor, text)).await {
                        return stage.audit.fail(format!("a socket ended: {error:#}"));
                    }
                }
            }));
        }
        Ok(stage)
    }

    fn template(&self, addr: SocketAddr, tag: &str) -> Template {
        let client_id = format!("{tag}-{NUMBER_MARK}");
        let body = json!({"clientId": client_id, "text": message_text(TEXT_BYTES)}).to_string();
        let path = format!("/api/chat/rooms/{}/messages", self.room);
        Template::new(request("POST", &path, addr, Some(&self.poster.token), Some(&body)))
    }

    /// Checks what came on the sockets and what the room holds, and adds the latencies.
    async fn close(&mut self, addr: SocketAddr, tag: &str, stage: &Stage, live: &mut Live) -> Result<()> {
        let findings = stage.audit.end().with_context(|| format!("room {}", self.room))?;
        let answers = stage.answers.take();
        let frames = stage.frames.take();
        if frames.len() as u64 != findings.deliveries {
            bail!("{} frames noted, {} deliveries", frames.len(), findings.deliveries);
        }
        for (number, at, age_us) in frames {
            let answered = answers.get(number).copied().flatten();
            let (_, answered) = answered.context("a message without an answer")?;
            live.after_answer.add_between(answered, at);
            live.after_stamp.add(Duration::from_micros(age_us));
        }
        live.end_to_end.append(findings.latency);
        let mut ledger = Ledger {
            tag: tag.to_owned(),
            ..Ledger::default()
        };
        for (number, answer) in answers.iter().enumerate() {
            let (seq, at) = answer.context("a message without an answer")?;
            live.answer
                .add_between(stage.audit.due(number).context("never due")?, at);
            ledger.acked.push(seq);
        }
        self.verified = verify(addr, &self.poster, &self.room, self.verified, &[&ledger]).await?;
        Ok(())
    }
}

impl Stage {
    fn publish(&self, due: Instant) -> usize {
        self.answers.borrow_mut().push(None);
        self.audit.publish(due)
    }

    fn answer(&self, number: usize, seq: u64) {
        if let Some(answer) = self.answers.borrow_mut().get_mut(number) {
            *answer = Some((seq, Instant::now()));
        }
        self.audit.acknowledge();
    }

    fn on_frame(&self, cursor: &Cursor, text: &[u8]) {
        let (now, today) = (Instant::now(), time_of_day_now());
        let stamps = memmem::find_iter(text, STAMP).map(|at| at + STAMP.len());
        for (at, stamp) in memmem::find_iter(text, TEXT).zip(stamps) {
            match (number_at(text, at + TEXT.len()), time_of_day_us(text, stamp)) {
                (Some(number), Some(stamped)) => {
                    let age = (today + DAY_US - stamped) % DAY_US;
                    self.frames.borrow_mut().push((number as usize, now, age));
                }
                _ => self.audit.fail("a message without number or time".to_owned()),
            }
        }
        self.audit.on_frame(cursor, text);
    }

    async fn drain(&self) {
        let deadline = tokio::time::Instant::now() + DRAIN_WITHIN;
        while !self.audit.is_over() {
            if tokio::time::timeout_at(deadline, self.audit.progress.notified())
                .await
                .is_err()
            {
                break;
            }
        }
    }
}

const TEXT: &[u8] = b"\"text\":\"m";
const STAMP: &[u8] = b"\"createdAt\":\"";

/// Returns the microseconds since midnight of the `2026-01-01T12:34:56.789Z` at `start`.
fn time_of_day_us(text: &[u8], start: usize) -> Option<u64> {
    let part = |offset: usize| number_at(text, start + offset);
    let seconds = (part(11)? * 60 + part(14)?) * 60 + part(17)?;
    Some((seconds * 1_000 + part(20)?) * 1_000)
}

/// Returns the microseconds since midnight.
#[expect(
    clippy::disallowed_methods,
    reason = "what is compared is the clock of other processes"
)]
fn time_of_day_now() -> u64 {
    time_of_day_of(SystemTime::now())
}

fn time_of_day_of(clock: SystemTime) -> u64 {
    let since = clock.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(0) % DAY_US
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_day_of_a_stamp_is_read() {
        let text = br#""createdAt":"2026-11-26T01:02:03.045Z""#;
        let at = memmem::find(text, STAMP).unwrap() + STAMP.len();
        assert_eq!(time_of_day_us(text, at), Some(3_723_045_000));
        assert_eq!(time_of_day_us(b"2026-11-26T01:02:03Z", 0), None);
        let clock = SystemTime::UNIX_EPOCH + Duration::from_secs(86_400 + 5);
        assert_eq!(time_of_day_of(clock), 5_000_000);
    }
}

//! Owns a room full of sockets on one server, and one segment of publishing into it. Refuses to know how segments are
//! compared.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json, value::RawValue};
use tokio::task::JoinHandle;

use super::audit::{Audit, Cursor, Findings, frame_seq};
use crate::{
    aichat::{self, Person},
    cpu,
    process::Server,
    scan::{NUMBER_MARK, Template, message_text},
    stats::Samples,
    ws::{Scratch, Sender, text_frame},
};

const CONNECTS_AT_ONCE: usize = 32;
/// Sockets that publish in turn: the product allows 200 frames a second on each.
const PUBLISHERS_MAX: usize = 64;
/// Time for all deliveries after the last publication.
const DRAIN_WITHIN: Duration = Duration::from_secs(20);
/// Work after the last delivery (acknowledgements, relay marks) may end within this time and is counted.
const SETTLE: Duration = Duration::from_millis(150);
/// Below this distance a due time is waited for by spinning, because timers have a grain of 1 ms.
const SPIN: Duration = Duration::from_micros(1_500);

/// How messages are published.
#[derive(Clone, Copy)]
pub enum Pace {
    /// Open loop: so many a second, at fixed times, whatever the server does.
    Rate(f64),
    /// As fast as deliveries come back: so many messages may be under way to everybody.
    Window(u64),
}

/// What a publisher sends.
#[derive(Clone)]
pub enum Dialect {
    /// The product's `send`; the text has this many bytes.
    Ours { text_bytes: usize },
    /// The peers' `send`, which carries the whole event data, so that everybody gets frames of the same size.
    Peer { data: Rc<str> },
}

/// A room with its sockets, all of them subscribed.
pub struct Hall {
    room: String,
    audit: Rc<Audit>,
    publishers: Vec<Sender>,
    next_seq: u64,
    dialect: Dialect,
    segments: usize,
    readers: Vec<JoinHandle<()>>,
}

/// The numbers of one segment.
pub struct Segment {
    pub messages: u64,
    pub deliveries: u64,
    pub frames: u64,
    pub bytes: u64,
    pub seconds: f64,
    pub cpu: Duration,
    pub generator_share: f64,
    pub latency: Samples,
}

impl Hall {
    /// Opens a socket for each person and subscribes it to `room`.
    pub async fn open(
        server: &Server,
        room: String,
        people: &[Person],
        dialect: Dialect,
        scratch: &Scratch,
    ) -> Result<Self> {
        let (addr, name) = (server.addr, room.as_str());
        let sockets: Vec<_> = stream::iter(people)
            .map(|person| async move {
                let mut socket = aichat::open_socket(addr, &person.token, scratch).await?;
                let seq = aichat::subscribe(&mut socket, name).await?;
                anyhow::Ok((socket, seq))
            })
            .buffered(CONNECTS_AT_ONCE)
            .try_collect()
            .await?;
        let next_seq = sockets.first().context("a hall without anybody")?.1 + 1;
        let audit = Rc::new(Audit::default());
        let publishers = sockets
            .iter()
            .take(PUBLISHERS_MAX)
            .map(|(socket, _)| socket.sender())
            .collect();
        let mut readers = Vec::new();
        for (mut socket, seq) in sockets {
            audit.add_listener();
            let (audit, cursor) = (audit.clone(), Cursor(Cell::new(seq + 1)));
            readers.push(tokio::task::spawn_local(async move {
                loop {
                    if let Err(error) = socket.pump(|text| audit.on_frame(&cursor, text)).await {
                        return audit.fail(format!("a socket ended: {error:#}"));
                    }
                }
            }));
        }
        Ok(Self {
            room,
            audit,
            publishers,
            next_seq,
            dialect,
            segments: 0,
            readers,
        })
    }

    /// Publishes for `seconds` and waits for all deliveries.
    pub async fn run(&mut self, server: &Server, pace: Pace, seconds: f64) -> Result<Segment> {
        self.audit.begin(self.next_seq);
        self.segments += 1;
        let mut template = self.template();
        let (cpu_before, own_before) = (server.cpu()?, cpu::used_here()?);
        let begun = Instant::now();
        let messages = match pace {
            Pace::Rate(rate) => self.publish_at(rate, seconds, &mut template).await?,
            Pace::Window(window) => self.publish_behind(window, seconds, &mut template).await?,
        };
        self.drain().await?;
        let own = cpu::used_here()? - own_before;
        let wall = begun.elapsed().as_secs_f64();
        tokio::time::sleep(SETTLE).await;
        let cpu = server.cpu()? - cpu_before;
        let Findings {
            deliveries,
            frames,
            bytes,
            latency,
            last_delivery,
        } = self
            .audit
            .end()
            .with_context(|| format!("{} in room {}", server.name, self.room))?;
        self.next_seq += messages;
        let seconds = (last_delivery - begun).as_secs_f64();
        Ok(Segment {
            messages,
            deliveries,
            frames,
            bytes,
            seconds,
            cpu,
            generator_share: own.as_secs_f64() / wall,
            latency,
        })
    }

    /// Returns the data of the last message event, as JSON text with `########` where its number stands.
    pub fn sample_data(&self) -> Result<String> {
        #[derive(serde::Deserialize)]
        struct Event<'a> {
            #[serde(borrow)]
            d: &'a RawValue,
        }
        let frame = self.audit.sample();
        let event: Event = serde_json::from_slice(&frame)
            .with_context(|| format!("no event in {}", String::from_utf8_lossy(&frame)))?;
        let data = event.d.get();
        let at = data.find("\"text\":\"m").context("an event without text")? + 9;
        let (before, after) = (data.get(..at), data.get(at + NUMBER_MARK.len()..));
        let (before, after) = before
            .zip(after)
            .with_context(|| format!("a short text in sequence {:?}", frame_seq(&frame)))?;
        Ok(format!("{before}{NUMBER_MARK}{after}"))
    }

    fn template(&self) -> Template {
        let id = NUMBER_MARK;
        let frame = match &self.dialect {
            Dialect::Ours { text_bytes } => {
                let client_id = format!("{}-{}-{NUMBER_MARK}", self.segments, self.next_seq);
                json!({"op": "send", "id": id, "r": self.room, "clientId": client_id, "text": message_text(*text_bytes)}).to_string()
            }
            Dialect::Peer { data } => format!(r#"{{"op":"send","id":"{id}","r":"{}","d":{data}}}"#, self.room),
        };
        Template::new(text_frame(&frame))
    }

    async fn publish(&self, due: Instant, template: &mut Template) -> Result<()> {
        let number = self.audit.publish(due);
        let publisher = self
            .publishers
            .get(number % self.publishers.len())
            .context("no publisher")?;
        publisher.send(template.fill(number)).await
    }

    async fn publish_at(&self, rate: f64, seconds: f64, template: &mut Template) -> Result<u64> {
        let begun = Instant::now();
        let messages = (rate * seconds).ceil().max(1.0) as u64;
        for number in 0..messages {
            let due = begun + Duration::from_secs_f64(number as f64 / rate);
            if let Some(early) = due.checked_duration_since(Instant::now()).filter(|early| *early > SPIN) {
                tokio::time::sleep(early - SPIN).await;
            }
            while Instant::now() < due {
                tokio::task::yield_now().await;
            }
            self.publish(due, template).await?;
        }
        Ok(messages)
    }

    async fn publish_behind(&self, window: u64, seconds: f64, template: &mut Template) -> Result<u64> {
        let until = Instant::now() + Duration::from_secs_f64(seconds);
        let mut messages = 0;
        while Instant::now() < until && !self.audit.has_failed() {
            if messages - self.audit.delivered_to_all() < window {
                self.publish(Instant::now(), template).await?;
                messages += 1;
            } else if tokio::time::timeout(DRAIN_WITHIN, self.audit.progress.notified())
                .await
                .is_err()
            {
                break;
            }
        }
        Ok(messages)
    }

    async fn drain(&self) -> Result<()> {
        let deadline = tokio::time::Instant::now() + DRAIN_WITHIN;
        while !self.audit.is_over() {
            if tokio::time::timeout_at(deadline, self.audit.progress.notified())
                .await
                .is_err()
            {
                break;
            }
        }
        Ok(())
    }

    /// Closes all sockets.
    pub fn close(self) {
        self.readers.iter().for_each(JoinHandle::abort);
    }
}

impl Segment {
    /// Returns server CPU microseconds per delivery.
    pub fn cpu_us_per_delivery(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.deliveries.max(1) as f64
    }

    /// Returns server CPU microseconds per published message.
    pub fn cpu_us_per_message(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.messages.max(1) as f64
    }

    /// Returns deliveries per second.
    pub fn rate(&self) -> f64 {
        self.deliveries as f64 / self.seconds.max(1e-9)
    }

    /// Returns the raw form.
    pub fn raw(&mut self) -> Value {
        use crate::stats::round;
        json!({
            "messages": self.messages, "deliveries": self.deliveries, "seconds": round(self.seconds), "deliveriesPerSecond": round(self.rate()),
            "serverCpuMs": round(self.cpu.as_secs_f64() * 1e3), "serverCpuUsPerDelivery": round(self.cpu_us_per_delivery()),
            "serverCpuUsPerMessage": round(self.cpu_us_per_message()), "frames": self.frames, "bytesPerDelivery": round(self.bytes as f64 / self.deliveries.max(1) as f64),
            "p50Us": self.latency.quantile_us(0.5), "p99Us": self.latency.quantile_us(0.99), "generatorCpuShare": round(self.generator_share), "verified": true,
        })
    }
}

/// Returns event data as the product sends it, for when the product is not there to be asked.
pub fn made_up_data(text_bytes: usize) -> String {
    let id = "01930000-0000-7000-8000-000000000000";
    let data = json!({
        "id": id, "roomId": id, "seq": 1000, "clientId": "1-1000-00000000", "author": {"kind": "user", "id": id, "name": "Bench 0"}, "origin": "human",
        "text": message_text(text_bytes), "replyTo": null, "mentions": [], "attachmentIds": [], "reactions": [], "rootId": id, "hop": 0,
        "createdAt": "2026-01-01T00:00:00.000Z", "editedAt": null, "deleted": false, "version": 1, "ai": null,
    });
    data.to_string()
}

//! Owns calls of `/v1/chat/completions`: how they are made, timed and checked, the same towards everybody. Refuses to know
//! who answers and what the times mean.

use std::{
    cell::Cell,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use futures::future::try_join_all;
use memchr::memmem;
use serde_json::{Value, json};

use crate::{
    cpu,
    http::{Connection, request},
    peer::upstream::{TOKENS, numbered, reply, token},
    stats::Samples,
};

/// How calls are made.
#[derive(Clone, Copy)]
pub struct Load {
    pub stream: bool,
    pub in_flight: usize,
    /// Calls leave at fixed times, so many a second, when set; else as soon as the last one is answered.
    pub rate: Option<f64>,
}

/// Where calls go: prebuilt requests, which take turns, in both forms.
pub struct Route {
    pub addr: SocketAddr,
    model: String,
    credentials: Vec<String>,
    json: Vec<Vec<u8>>,
    stream: Vec<Vec<u8>>,
    turn: Cell<usize>,
}

/// What a segment gave.
#[derive(Default)]
pub struct Segment {
    /// To the end of the answer.
    pub whole: Samples,
    /// To the first token of a stream.
    pub first: Samples,
    pub seconds: f64,
    /// CPU time of the server, as its clock said.
    pub server_cpu: Duration,
    pub generator_cpu: Duration,
}

impl Segment {
    /// Returns the server's CPU time for a call, in microseconds.
    pub fn cpu_us_per_call(&self) -> f64 {
        self.server_cpu.as_secs_f64() * 1e6 / self.whole.len().max(1) as f64
    }

    /// Returns answered calls a second.
    pub fn per_second(&self) -> f64 {
        self.whole.len() as f64 / self.seconds
    }

    /// Returns the share of one CPU that the generator used.
    pub fn generator_share(&self) -> f64 {
        self.generator_cpu.as_secs_f64() / self.seconds
    }
}

impl Route {
    /// Prepares calls of `model` with each of the credentials.
    pub fn new(addr: SocketAddr, model: &str, credentials: Vec<String>) -> Self {
        let prompt = "Say the scripted words, please.";
        let build = |stream: bool| {
            let body = body(model, prompt, TOKENS * 2, stream);
            credentials
                .iter()
                .map(|credential| post(addr, credential, &body))
                .collect()
        };
        Self {
            addr,
            model: model.to_owned(),
            json: build(false),
            stream: build(true),
            credentials,
            turn: Cell::new(0),
        }
    }

    /// Builds the request of a numbered stream; its number chooses the credential.
    pub fn numbered(&self, number: usize, frames: usize) -> Vec<u8> {
        let credential = self.credentials.get(number % self.credentials.len().max(1));
        post(
            self.addr,
            credential.map_or("", String::as_str),
            &body(&self.model, &numbered(number, frames), frames, true),
        )
    }

    /// Returns the same calls towards another address.
    pub fn moved_to(&self, addr: SocketAddr) -> Self {
        Self::new(addr, &self.model, self.credentials.clone())
    }

    /// Returns the next request.
    pub fn next(&self, stream: bool) -> &[u8] {
        let requests = if stream { &self.stream } else { &self.json };
        let turn = self.turn.replace(self.turn.get().wrapping_add(1));
        requests.get(turn % requests.len().max(1)).map_or(&[], Vec::as_slice)
    }
}

fn body(model: &str, prompt: &str, tokens_max: usize, stream: bool) -> String {
    let messages = json!([{"role": "system", "content": "You are brief."}, {"role": "user", "content": prompt}]);
    json!({"model": model, "messages": messages, "max_tokens": tokens_max, "stream": stream}).to_string()
}

fn post(addr: SocketAddr, credential: &str, body: &str) -> Vec<u8> {
    request("POST", "/v1/chat/completions", addr, Some(credential), Some(body))
}

/// Calls for so many seconds over connections that are kept, each of which has made one call before. `server_cpu` tells the
/// server's CPU time so far.
pub async fn take(
    route: &Rc<Route>,
    load: Load,
    seconds: f64,
    server_cpu: impl Fn() -> Result<Duration>,
) -> Result<Segment> {
    let callers = try_join_all((0..load.in_flight).map(|_| Caller::open(route, load.stream))).await?;
    let before = (server_cpu()?, cpu::used_here()?);
    let begun = Instant::now();
    let until = begun + Duration::from_secs_f64(seconds);
    let gap = load.rate.map(|rate| Duration::from_secs_f64(1.0 / rate));
    let tasks = callers.into_iter().enumerate().map(|(index, caller)| {
        let schedule = gap.map(|gap| (begun + gap * index as u32, gap * load.in_flight as u32));
        tokio::task::spawn_local(caller.run(route.clone(), load.stream, schedule, until))
    });
    let mut segment = Segment::default();
    for part in try_join_all(tasks).await? {
        let part = part?;
        segment.whole.append(part.whole);
        segment.first.append(part.first);
    }
    segment.seconds = begun.elapsed().as_secs_f64();
    segment.server_cpu = server_cpu()?.saturating_sub(before.0);
    segment.generator_cpu = cpu::used_here()?.saturating_sub(before.1);
    Ok(segment)
}

struct Caller {
    connection: Connection,
    answer: Vec<u8>,
}

impl Caller {
    /// Connects and makes one call: the first one of a connection pays for things that only it needs.
    async fn open(route: &Route, stream: bool) -> Result<Self> {
        let mut caller = Self {
            connection: Connection::open(route.addr).await?,
            answer: Vec::new(),
        };
        caller.call(route.next(stream), stream).await?;
        Ok(caller)
    }

    /// Calls until the time is over. With a schedule (first time, gap) a call that finds the connection busy counts
    /// from the time it was due.
    async fn run(
        mut self,
        route: Rc<Route>,
        stream: bool,
        mut schedule: Option<(Instant, Duration)>,
        until: Instant,
    ) -> Result<Segment> {
        let mut segment = Segment::default();
        loop {
            let mut begun = Instant::now();
            if let Some((due, gap)) = &mut schedule {
                if begun < *due {
                    tokio::time::sleep_until((*due).into()).await;
                    begun = Instant::now();
                } else {
                    begun = *due;
                }
                *due += *gap;
            }
            if begun >= until {
                return Ok(segment);
            }
            let first = self.call(route.next(stream), stream).await?;
            segment.whole.add(begun.elapsed());
            if let Some(first) = first {
                segment.first.add(first.saturating_duration_since(begun));
            }
        }
    }

    /// Makes one call and checks the whole answer. Returns when the first token of a stream came.
    async fn call(&mut self, request: &[u8], stream: bool) -> Result<Option<Instant>> {
        if !stream {
            let answer = self.connection.send(request).await?;
            let is_whole = answer.status == 200 && memmem::find(answer.body, reply().as_bytes()).is_some();
            return if is_whole {
                Ok(None)
            } else {
                bail!(
                    "a call was answered {}: {}",
                    answer.status,
                    String::from_utf8_lossy(answer.body)
                )
            };
        }
        let Self { connection, answer } = self;
        answer.clear();
        let mut first = None;
        let first_token = token(0);
        let status = connection
            .send_streaming(request, |data| {
                answer.extend_from_slice(data);
                if first.is_none() && memmem::find(answer, first_token.as_bytes()).is_some() {
                    first = Some(Instant::now());
                }
            })
            .await?;
        if status != 200 || streamed_text(answer)? != reply() || memmem::find(answer, b"data: [DONE]").is_none() {
            bail!("a stream was answered {status}: {}", String::from_utf8_lossy(answer));
        }
        first.context("a stream without a token").map(Some)
    }
}

/// Puts the deltas of a stream together.
fn streamed_text(answer: &[u8]) -> Result<String> {
    let mut text = String::new();
    for data in std::str::from_utf8(answer)?
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .filter(|data| data.starts_with('{'))
    {
        let event: Value = serde_json::from_str(data)?;
        text.push_str(
            event
                .pointer("/choices/0/delta/content")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        );
    }
    Ok(text)
}

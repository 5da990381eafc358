//! Owns many numbered streams at once: opened while the upstream's gate is shut, let go together, and every frame of each
//! looked at. Refuses to know through whom they come.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use futures::future::join_all;
use tokio::{sync::Notify, time::timeout};

use super::calls::Route;
use crate::{
    cpu,
    http::{Connection, request},
    peer::upstream::{GATE_OPEN, GATE_SHUT, read_mark},
    process::Server,
};

/// Longest time until all streams have their first frame; then those that have it are let go, and the others come after.
const OPEN_WITHIN: Duration = Duration::from_secs(20);
/// Longest time of a stream. What has not come by then is lost.
const STREAM_WITHIN: Duration = Duration::from_secs(60);

/// How many streams, of how many frames each.
#[derive(Clone, Copy)]
pub struct Size {
    pub streams: usize,
    pub frames: usize,
}

/// What became of the streams.
#[derive(Clone, Default)]
pub struct Tally {
    /// Streams that had their first frame while all others were held, too.
    pub held: usize,
    /// Streams that were refused, broke, or had no end.
    pub failed: usize,
    /// What the first of these said.
    pub failure: Option<String>,
    /// Frames that never came.
    pub lost: usize,
    /// Frames that came again.
    pub doubled: usize,
    /// Frames that came after a later one.
    pub misplaced: usize,
    /// Frames of another stream.
    pub foreign: usize,
    pub open_seconds: f64,
    /// From the opening of the gate to the end of the last stream.
    pub seconds: f64,
    /// Frames that came in that time.
    pub frames: usize,
    /// CPU time of the server in that time, as its clock said.
    pub server_cpu: Duration,
    pub generator_cpu: Duration,
}

impl Tally {
    /// Returns frames a second.
    pub fn per_second(&self) -> f64 {
        self.frames as f64 / self.seconds
    }

    /// Says whether nothing is missing and all of it is in order.
    pub fn is_whole(&self) -> bool {
        self.failed + self.lost + self.doubled + self.misplaced + self.foreign == 0
    }
}

/// What came of one stream.
#[derive(Default)]
struct Heard {
    frames: Vec<usize>,
    foreign: usize,
    is_ended: bool,
    failure: Option<String>,
}

/// Runs the streams. `at_height` is asked once, when all are held; what it returns comes back.
pub async fn gather<T>(
    route: &Route,
    upstream: &Server,
    size: Size,
    server_cpu: impl Fn() -> Result<Duration>,
    at_height: impl AsyncFnOnce() -> Result<T>,
) -> Result<(Tally, T)> {
    let mut connections = Vec::with_capacity(size.streams);
    for _ in 0..size.streams {
        connections.push(Connection::open(route.addr).await?);
    }
    turn_gate(upstream, GATE_SHUT).await?;
    let held = Rc::new(Cell::new(0));
    let is_full = Rc::new(Notify::new());
    let begun = Instant::now();
    let tasks: Vec<_> = connections
        .into_iter()
        .enumerate()
        .map(|(number, connection)| {
            let request = route.numbered(number, size.frames);
            let (held, is_full) = (held.clone(), is_full.clone());
            let on_first = move || {
                held.set(held.get() + 1);
                if held.get() == size.streams {
                    is_full.notify_one();
                }
            };
            tokio::task::spawn_local(async move {
                let heard = listen(connection, request, number, on_first).await;
                (heard, Instant::now())
            })
        })
        .collect();
    let _gave_up = timeout(OPEN_WITHIN, is_full.notified()).await;
    let mut tally = Tally {
        held: held.get(),
        open_seconds: begun.elapsed().as_secs_f64(),
        ..Tally::default()
    };
    let seen = at_height().await;
    let before = (server_cpu()?, cpu::used_here()?);
    let opened = Instant::now();
    turn_gate(upstream, GATE_OPEN).await?;
    let seen = seen?;
    for task in join_all(tasks).await {
        let (heard, ended) = task?;
        tally.seconds = tally.seconds.max(ended.saturating_duration_since(opened).as_secs_f64());
        tally.add(heard, size.frames);
    }
    // The first frames came before.
    tally.frames = tally.frames.saturating_sub(tally.held);
    tally.server_cpu = server_cpu()?.saturating_sub(before.0);
    tally.generator_cpu = cpu::used_here()?.saturating_sub(before.1);
    Ok((tally, seen))
}

async fn turn_gate(upstream: &Server, path: &str) -> Result<()> {
    let mut connection = Connection::open(upstream.addr).await?;
    let status = connection
        .send(&request("POST", path, upstream.addr, None, None))
        .await?
        .status;
    if status != 204 {
        bail!("the upstream answered {path} with {status}");
    }
    Ok(())
}

async fn listen(mut connection: Connection, request: Vec<u8>, number: usize, on_first: impl FnOnce()) -> Heard {
    let mut heard = Heard::default();
    let mut words = Vec::new();
    let mut rest = Vec::new();
    let mut on_first = Some(on_first);
    let sent = connection.send_streaming(&request, |data| {
        rest.extend_from_slice(data);
        let whole = memchr::memrchr(b'\n', &rest).map_or(0, |end| end + 1);
        for line in rest.get(..whole).unwrap_or_default().split(|&byte| byte == b'\n') {
            heard.read(line, number);
        }
        if heard.frames.is_empty() {
            words.extend_from_slice(data);
        } else if let Some(on_first) = on_first.take() {
            on_first();
        }
        rest.drain(..whole);
    });
    let said = match timeout(STREAM_WITHIN, sent).await {
        Ok(Ok(200)) if heard.is_ended => return heard,
        Ok(Ok(200)) => "it had no end".to_owned(),
        Ok(Ok(status)) => format!(
            "{status}: {}{}",
            String::from_utf8_lossy(&words),
            String::from_utf8_lossy(&rest)
        ),
        Ok(Err(error)) => format!("{error:#}"),
        Err(_) => format!("it took more than {STREAM_WITHIN:?}"),
    };
    heard.failure = Some(said.chars().take(300).collect());
    heard
}

impl Heard {
    fn read(&mut self, line: &[u8], number: usize) {
        if line.starts_with(b"data: [DONE]") {
            self.is_ended = true;
        } else if let Some((stream, frame)) = read_mark(line) {
            if stream == number {
                self.frames.push(frame);
            } else {
                self.foreign += 1;
            }
        }
    }
}

impl Tally {
    fn add(&mut self, heard: Heard, frames: usize) {
        let mut seen = vec![false; frames];
        let mut highest = None;
        for frame in &heard.frames {
            match seen.get_mut(*frame) {
                Some(seen) if !*seen => *seen = true,
                _ => self.doubled += 1,
            }
            if highest.is_some_and(|highest| *frame < highest) {
                self.misplaced += 1;
            }
            highest = highest.max(Some(*frame));
        }
        self.lost += seen.iter().filter(|seen| !**seen).count();
        self.frames += heard.frames.len();
        self.foreign += heard.foreign;
        self.failed += usize::from(heard.failure.is_some());
        self.failure = self.failure.take().or(heard.failure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::upstream::mark;

    fn heard(frames: &[usize]) -> Heard {
        let mut heard = Heard::default();
        for frame in frames {
            heard.read(format!("data: {{\"content\":\"{}\"}}", mark(3, *frame)).as_bytes(), 3);
        }
        heard
    }

    fn tally(frames: &[usize]) -> [usize; 3] {
        let mut tally = Tally::default();
        tally.add(heard(frames), 4);
        [tally.lost, tally.doubled, tally.misplaced]
    }

    #[test]
    fn what_is_lost_doubled_or_misplaced_is_counted() {
        assert_eq!(tally(&[0, 1, 2, 3]), [0, 0, 0]);
        assert_eq!(tally(&[0, 1, 3]), [1, 0, 0]);
        assert_eq!(tally(&[0, 1, 1, 2, 3]), [0, 1, 0]);
        assert_eq!(tally(&[0, 2, 1, 3]), [0, 0, 1]);
        assert_eq!(tally(&[0, 1, 2, 3, 9]), [0, 1, 0]);
        assert_eq!(tally(&[]), [4, 0, 0]);
    }

    #[test]
    fn a_frame_of_another_stream_is_foreign() {
        let mut heard = heard(&[0]);
        heard.read(mark(4, 1).as_bytes(), 3);
        assert_eq!((heard.frames.len(), heard.foreign), (1, 1));
    }
}

//! Owns one direction of one connection: a reader, a short queue, a writer. Refuses to know why a rule changes.

use std::sync::atomic::Ordering;

use bytes::{BufMut as _, Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::{Flow, Rules, Tally};

/// Most bytes of one piece.
const PIECE_BYTES_MAX: usize = 16 * 1024;
/// Most pieces under way in one direction; then the reader waits, and with it whoever sends.
const PIECES_MAX: usize = 64;

/// The connection is to be reset.
pub(super) struct Broken;

/// What arrives, and when. `None` is the end.
type Piece = (Instant, Option<Bytes>);

/// One direction.
pub(super) struct Pump<'a> {
    rules: watch::Receiver<Rules>,
    flow: fn(&Rules) -> Flow,
    tally: &'a Tally,
}

impl<'a> Pump<'a> {
    /// Makes the direction whose rule is `flow`.
    pub fn new(rules: watch::Receiver<Rules>, flow: fn(&Rules) -> Flow, tally: &'a Tally) -> Self {
        Self { rules, flow, tally }
    }

    /// Carries bytes until the sender's end has been passed on.
    pub async fn run(&self, from: ReadHalf<'_>, to: WriteHalf<'_>) -> Result<(), Broken> {
        let (queue, arrivals) = mpsc::channel(PIECES_MAX);
        futures::future::try_join(self.read(from, queue), self.write(to, arrivals))
            .await
            .map(drop)
    }

    async fn read(&self, mut from: ReadHalf<'_>, queue: mpsc::Sender<Piece>) -> Result<(), Broken> {
        let mut buffer = BytesMut::new();
        let mut hole = false;
        loop {
            buffer.reserve(PIECE_BYTES_MAX);
            let mut room = (&mut buffer).limit(PIECE_BYTES_MAX);
            let read = tokio::select! {
                biased;
                () = self.cut_ends(), if hole => return Err(Broken),
                read = from.read_buf(&mut room) => read,
            };
            let flow = self.settled().await;
            let bytes = buffer.split().freeze();
            if flow == Flow::Cut {
                self.lose(&bytes);
                hole = true;
                // An end is lost as well.
                if bytes.is_empty() {
                    self.cut_ends().await;
                    return Err(Broken);
                }
                continue;
            }
            let due = match flow {
                Flow::Delayed(by) => Instant::now() + by,
                Flow::Open | Flow::Held | Flow::Cut => Instant::now(),
            };
            let piece = match read {
                Ok(0) => None,
                Ok(_) => Some(bytes),
                Err(_) => return Err(Broken),
            };
            let ended = piece.is_none();
            if queue.send((due, piece)).await.is_err() || ended {
                return Ok(());
            }
        }
    }

    async fn write(&self, mut to: WriteHalf<'_>, mut arrivals: mpsc::Receiver<Piece>) -> Result<(), Broken> {
        let mut hole = false;
        loop {
            let arrived = tokio::select! {
                biased;
                () = self.cut_ends(), if hole => return Err(Broken),
                arrived = arrivals.recv() => arrived,
            };
            let Some((due, piece)) = arrived else { return Ok(()) };
            tokio::time::sleep_until(due).await;
            if self.settled().await == Flow::Cut {
                hole = true;
                match piece {
                    Some(bytes) => self.lose(&bytes),
                    None => {
                        self.cut_ends().await;
                        return Err(Broken);
                    }
                }
                continue;
            }
            let Some(bytes) = piece else {
                // The other end may have gone already.
                let _ = to.shutdown().await;
                return Ok(());
            };
            to.write_all(&bytes).await.map_err(|_| Broken)?;
            self.tally.passed.fetch_add(bytes.len() as u64, Ordering::SeqCst);
        }
    }

    fn lose(&self, bytes: &Bytes) {
        self.tally.lost.fetch_add(bytes.len() as u64, Ordering::SeqCst);
    }

    /// Waits while the direction is held; returns its rule.
    async fn settled(&self) -> Flow {
        let mut rules = self.rules.clone();
        let flow = self.flow;
        let settled = rules.wait_for(|r| flow(r) != Flow::Held).await.map(|r| flow(&r));
        // Without a proxy nothing passes.
        settled.unwrap_or(Flow::Cut)
    }

    async fn cut_ends(&self) {
        let mut rules = self.rules.clone();
        let flow = self.flow;
        let _ = rules.wait_for(|r| flow(r) != Flow::Cut).await;
    }
}

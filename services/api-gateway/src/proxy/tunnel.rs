//! Owns WebSockets that pass through: bytes are copied both ways until either side has ended, and when the gateway stops,
//! clients are told to come back, as realtime-gateway tells them when it stops. Refuses to read messages; it only knows
//! where frames end.

use std::io;
use std::time::Duration;

use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use kernel::Ambient;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::error::ProxyError;
use super::replica::Lease;

/// Copied at once, each way; what a socket costs here at rest.
const COPY_BYTES: usize = 4 * 1024;
/// How long both sides may take to change over after the answer's head.
const UPGRADE_MAX: Duration = Duration::from_secs(10);
/// How long one direction may go on after the other has ended.
const HALF_CLOSED_MAX: Duration = Duration::from_secs(5);
/// How long all sockets may take to end when the gateway stops.
const DRAIN_MAX: Duration = Duration::from_secs(4);
/// A close frame (RFC 6455, section 5.5.1) of a server: 1012, service restart.
const COME_BACK: [u8; 4] = [0x88, 0x02, 0x03, 0xf4];
/// Whose clients know these words.
const SPEAKS: &str = "realtime-gateway";
/// Over how long clients are told to spread their return, and by how much each socket lengthens it.
const SPREAD_MS: u64 = 500;
const SPREAD_PER_SOCKET_MS: u64 = 2;

type Io = TokioIo<Upgraded>;

/// All sockets that pass through this process.
pub(crate) struct Tunnels {
    tasks: TaskTracker,
    stop: CancellationToken,
    max: usize,
    ambient: Ambient,
}

impl Tunnels {
    pub(crate) fn new(max: usize, ambient: Ambient) -> Self {
        Self {
            ambient,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            max,
        }
    }

    /// Says whether one more may pass.
    pub(crate) fn admit(&self) -> Result<(), ProxyError> {
        if self.tasks.len() < self.max && !self.stop.is_cancelled() {
            Ok(())
        } else {
            Err(ProxyError::TooManySockets)
        }
    }

    /// Joins two connections as soon as both have changed over. At the end clients hear it in the words of realtime-gateway
    /// when it is the owner, and by a close frame in any case.
    pub(crate) fn join(&self, service: &str, client: OnUpgrade, owner: OnUpgrade, lease: Lease) {
        let speaks = service == SPEAKS;
        let (stop, tasks, ambient) = (self.stop.clone(), self.tasks.clone(), self.ambient.clone());
        let stopped = async move {
            stop.cancelled().await;
            match speaks {
                true => [come_back(&ambient, tasks.len() as u64), COME_BACK.to_vec()].concat(),
                false => COME_BACK.to_vec(),
            }
        };
        self.tasks.spawn(async move {
            let open = metrics::gauge!("gateway_sockets");
            open.increment(1.0);
            match tokio::time::timeout(UPGRADE_MAX, async { tokio::try_join!(client, owner) }).await {
                Ok(Ok((client, owner))) => carry(TokioIo::new(client), TokioIo::new(owner), stopped).await,
                Ok(Err(e)) => tracing::debug!("a socket did not come about: {e}"),
                Err(_) => tracing::debug!("a socket did not come about in time"),
            }
            open.decrement(1.0);
            drop(lease);
        });
    }

    /// Tells all clients to come back and waits until their sockets have ended.
    pub(crate) async fn drain(&self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(DRAIN_MAX, self.tasks.wait()).await.is_err() {
            tracing::warn!("{} sockets were still open after {DRAIN_MAX:?}", self.tasks.len());
        }
    }
}

/// The last words of realtime-gateway to a client: after how many milliseconds it may come back.
fn come_back(ambient: &Ambient, sockets: u64) -> Vec<u8> {
    let spread = SPREAD_MS + SPREAD_PER_SOCKET_MS * sockets;
    let after = u64::from(u32::from_be_bytes(ambient.bytes())) % spread;
    let text = format!(r#"{{"op":"reconnect","afterMs":{after}}}"#);
    // An unmasked text frame of less than 126 bytes: a server's (RFC 6455, section 5.2).
    let head = [0x81, u8::try_from(text.len()).unwrap_or_default()];
    [&head, text.as_bytes()].concat()
}

async fn carry(client: Io, owner: Io, stopped: impl Future<Output = Vec<u8>>) {
    let (from_client, to_client) = tokio::io::split(client);
    let (from_owner, to_owner) = tokio::io::split(owner);
    let up = copy_up(from_client, to_owner);
    let down = copy_down(from_owner, to_client, stopped);
    tokio::pin!(up, down);
    // The side that ends first has said its last; the other may still answer it, such as a close frame.
    let rest = tokio::select! {
        ended = &mut up => match ended {
            Ok(()) => tokio::time::timeout(HALF_CLOSED_MAX, down).await,
            Err(e) => Ok(Err(e)),
        },
        ended = &mut down => match ended {
            Ok(()) => tokio::time::timeout(HALF_CLOSED_MAX, up).await,
            Err(e) => Ok(Err(e)),
        },
    };
    if let Ok(Err(e)) = rest {
        tracing::debug!("a socket broke off: {e}");
    }
}

async fn copy_up(mut from: ReadHalf<Io>, mut to: WriteHalf<Io>) -> io::Result<()> {
    let mut buffer = vec![0; COPY_BYTES];
    loop {
        let read = from.read(&mut buffer).await?;
        let piece = buffer.get(..read).unwrap_or_default();
        if piece.is_empty() {
            return to.shutdown().await;
        }
        to.write_all(piece).await?;
    }
}

/// Copies until the owner ends, or `stopped` has last words, which are said between two frames.
async fn copy_down(
    mut from: ReadHalf<Io>,
    mut to: WriteHalf<Io>,
    stopped: impl Future<Output = Vec<u8>>,
) -> io::Result<()> {
    tokio::pin!(stopped);
    let mut buffer = vec![0; COPY_BYTES];
    let mut frames = Frames::default();
    loop {
        let read = tokio::select! {
            biased;
            last_words = &mut stopped, if frames.is_between() => {
                to.write_all(&last_words).await?;
                return to.shutdown().await;
            }
            read = from.read(&mut buffer) => read?,
        };
        let piece = buffer.get(..read).unwrap_or_default();
        if piece.is_empty() {
            return to.shutdown().await;
        }
        frames.pass(piece);
        to.write_all(piece).await?;
    }
}

/// Where the frames (RFC 6455, section 5.2) of a byte stream end.
#[derive(Default)]
struct Frames {
    /// The head of the frame that has begun: two bytes, then 0, 2 or 8 of length, then 0 or 4 of mask.
    head: [u8; 14],
    head_read: usize,
    /// Bytes of payload that are still to come.
    payload: u64,
    /// Whether the last frame with data was not the end of its message.
    in_message: bool,
}

impl Frames {
    /// Tells whether a frame may be put here, also one of data.
    fn is_between(&self) -> bool {
        self.head_read == 0 && self.payload == 0 && !self.in_message
    }

    fn pass(&mut self, mut bytes: &[u8]) {
        while let Some((byte, rest)) = bytes.split_first() {
            if self.payload > 0 {
                let skip = usize::try_from(self.payload).unwrap_or(usize::MAX).min(bytes.len());
                self.payload -= skip as u64;
                bytes = bytes.get(skip..).unwrap_or_default();
                continue;
            }
            bytes = rest;
            if let Some(place) = self.head.get_mut(self.head_read) {
                *place = *byte;
            }
            self.head_read += 1;
            if let Some(payload) = self.payload_of_head() {
                let [first, ..] = self.head;
                // Control frames (opcodes from 8) may stand in the middle of a message.
                if first & 0x08 == 0 {
                    self.in_message = first & 0x80 == 0;
                }
                self.payload = payload;
                self.head_read = 0;
            }
        }
    }

    /// Reads the payload's length once the head is whole.
    fn payload_of_head(&self) -> Option<u64> {
        let [_, second, length @ ..] = &self.head;
        if self.head_read < 2 {
            return None;
        }
        let (width, short) = match second & 0x7f {
            126 => (2, None),
            127 => (8, None),
            short => (0, Some(u64::from(short))),
        };
        let mask = if second & 0x80 == 0 { 0 } else { 4 };
        if self.head_read < 2 + width + mask {
            return None;
        }
        let long = length
            .iter()
            .take(width)
            .fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        Some(short.unwrap_or(long))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of a server: empty, short, of 16 and of 64 bits of length, and one that is masked.
    fn stream() -> (Vec<u8>, Vec<usize>) {
        let mut bytes = Vec::new();
        let mut ends = Vec::new();
        for (head, payload) in [
            (vec![0x89, 0], 0),
            (vec![0x81, 5], 5),
            (vec![0x82, 126, 1, 44], 300),
            (vec![0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0], 65_536),
            (vec![0x81, 0x83, 9, 9, 9, 9], 3),
        ] {
            bytes.extend(head);
            bytes.extend(vec![0x81; payload]);
            ends.push(bytes.len());
        }
        (bytes, ends)
    }

    #[test]
    fn between_the_pieces_of_a_message_nothing_is_said() {
        let mut frames = Frames::default();
        for (piece, between) in [
            (&[0x01, 1, b'a'][..], false), // the beginning of a text
            (&[0x89, 0], false),           // a ping in the middle
            (&[0x80, 1, b'b'], true),      // its end
        ] {
            frames.pass(piece);
            assert_eq!(frames.is_between(), between, "{piece:?}");
        }
    }

    #[test]
    fn frames_end_where_they_end_however_the_bytes_are_cut() {
        let (bytes, ends) = stream();
        for size in [1, 2, 3, 7, 4096] {
            let (mut frames, mut at) = (Frames::default(), 0);
            for piece in bytes.chunks(size) {
                frames.pass(piece);
                at += piece.len();
                assert_eq!(frames.is_between(), ends.contains(&at), "cut by {size}, at {at}");
            }
        }
    }
}

//! Owns a minimal WebSocket client: handshake, unmasked frames in, prebuilt frames out, pings answered. Cheap,
//! because thousands of them share the CPUs with the server they measure. Refuses to know extensions and fragments.

use std::{cell::RefCell, future::poll_fn, net::SocketAddr, pin::Pin, rc::Rc, task::Poll};

use anyhow::{Context, Result, bail};
use memchr::memmem;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

const SCRATCH_BYTES: usize = 256 * 1024;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// One read buffer for all sockets of this thread: a socket keeps only the beginning of an unfinished frame.
#[derive(Clone)]
pub struct Scratch(Rc<RefCell<Vec<u8>>>);

impl Scratch {
    /// Makes the buffer.
    pub fn new() -> Self {
        Self(Rc::new(RefCell::new(vec![0; SCRATCH_BYTES])))
    }
}

/// One open socket.
pub struct Socket {
    read: OwnedReadHalf,
    write: Sender,
    pending: Vec<u8>,
    scratch: Scratch,
    /// Bytes that came together with the handshake have not been looked at yet.
    fresh: bool,
}

/// The writing side; clones write to the same socket.
#[derive(Clone)]
pub struct Sender(Rc<OwnedWriteHalf>);

impl Sender {
    /// Writes a prebuilt frame; waits when the kernel's buffer is full.
    pub async fn send(&self, frame: &[u8]) -> Result<()> {
        let mut rest = frame;
        while !rest.is_empty() {
            match self.0.try_write(rest) {
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => self.0.writable().await?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Writes a small frame at once. Used for pongs between other frames; a full kernel buffer is an error.
    fn send_now(&self, frame: &[u8]) -> Result<()> {
        let written = self.0.try_write(frame)?;
        if written < frame.len() {
            bail!("the socket took only {written} bytes of a pong")
        } else {
            Ok(())
        }
    }
}

/// Builds a client text frame. The mask is zero, which is legal and costs the generator nothing; the server
/// unmasks all the same.
pub fn text_frame(payload: &str) -> Vec<u8> {
    client_frame(TEXT, payload.as_bytes())
}

fn client_frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(payload.len() + 14);
    frame.push(0x80 | opcode);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short), _) if short < 126 => frame.push(0x80 | short),
        (_, Ok(medium)) => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&medium.to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 127);
            frame.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

impl Socket {
    /// Connects to `path` with TCP_NODELAY. An answer other than 101 is an error that carries its first line.
    pub async fn open(addr: SocketAddr, path: &str, scratch: &Scratch) -> Result<Self> {
        let mut stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {addr}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut pending = Vec::with_capacity(1024);
        let end = loop {
            if stream.read_buf(&mut pending).await? == 0 {
                bail!("the server closed the connection during the handshake");
            }
            if let Some(end) = memmem::find(&pending, b"\r\n\r\n") {
                break end + 4;
            }
        };
        if !pending.starts_with(b"HTTP/1.1 101") {
            bail!(
                "no upgrade: {}",
                String::from_utf8_lossy(&pending).lines().next().unwrap_or_default()
            );
        }
        pending.drain(..end);
        let (read, write) = stream.into_split();
        Ok(Self {
            read,
            write: Sender(Rc::new(write)),
            pending,
            scratch: scratch.clone(),
            fresh: true,
        })
    }

    /// Returns the writing side.
    pub fn sender(&self) -> Sender {
        self.write.clone()
    }

    /// Waits for bytes and hands over every complete text frame. Pings, of the protocol and of the product
    /// (`{"op":"ping"}`), are answered here and not handed over. A close is an error.
    pub async fn pump(&mut self, mut on_text: impl FnMut(&[u8])) -> Result<()> {
        if self.fresh {
            self.fresh = false;
            self.pending.shrink_to_fit();
            let consumed = take_frames(&self.pending, &self.write, &mut on_text)?;
            self.pending.drain(..consumed);
            if consumed > 0 {
                return Ok(());
            }
        }
        let Self {
            read,
            write,
            pending,
            scratch,
            ..
        } = self;
        poll_fn(|context| {
            let mut scratch = scratch.0.borrow_mut();
            let mut buffer = ReadBuf::new(&mut scratch);
            match Pin::new(&mut *read).poll_read(context, &mut buffer) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(Err(error)) => Poll::Ready(Err(error.into())),
                Poll::Ready(Ok(())) => Poll::Ready(absorb(pending, buffer.filled(), write, &mut on_text)),
            }
        })
        .await
    }

    /// Waits for a frame for which `wanted` is true and returns it; earlier ones are dropped.
    pub async fn wait_for(&mut self, wanted: impl Fn(&[u8]) -> bool) -> Result<String> {
        let mut found = None;
        while found.is_none() {
            self.pump(|text| {
                if found.is_none() && wanted(text) {
                    found = Some(String::from_utf8_lossy(text).into_owned());
                }
            })
            .await?;
        }
        found.context("nothing found")
    }

    /// Waits for a frame with this `op`; an `err` frame fails.
    pub async fn wait_for_op(&mut self, wanted: &str) -> Result<String> {
        let text = self
            .wait_for(|text| matches!(op(text), Some(found) if found == wanted.as_bytes() || found == b"err"))
            .await?;
        if op(text.as_bytes()) == Some(wanted.as_bytes()) {
            Ok(text)
        } else {
            bail!("waited for {wanted}, got {text}")
        }
    }
}

fn absorb(pending: &mut Vec<u8>, data: &[u8], write: &Sender, on_text: &mut impl FnMut(&[u8])) -> Result<()> {
    if data.is_empty() {
        bail!("the server closed the socket");
    }
    if pending.is_empty() {
        let consumed = take_frames(data, write, on_text)?;
        pending.extend_from_slice(data.get(consumed..).unwrap_or_default());
    } else {
        pending.extend_from_slice(data);
        let consumed = take_frames(pending, write, on_text)?;
        pending.drain(..consumed);
    }
    Ok(())
}

/// Hands over the complete frames at the beginning of `data`; returns how many bytes they took.
fn take_frames(data: &[u8], write: &Sender, on_text: &mut impl FnMut(&[u8])) -> Result<usize> {
    let mut consumed = 0;
    while let Some((opcode, payload, length)) = decode(data.get(consumed..).unwrap_or_default())? {
        consumed += length;
        match opcode {
            TEXT if payload.len() < 64 && op(payload) == Some(b"ping") => {
                write.send_now(&text_frame(r#"{"op":"pong"}"#))?
            }
            TEXT => on_text(payload),
            PING => write.send_now(&client_frame(PONG, payload))?,
            PONG => {}
            CLOSE => {
                let code = payload
                    .get(..2)
                    .and_then(|code| code.try_into().ok())
                    .map_or(0, u16::from_be_bytes);
                bail!("the server closed the socket with code {code}");
            }
            other => bail!("unexpected frame with opcode {other}"),
        }
    }
    Ok(consumed)
}

/// Returns opcode, payload and whole length of the frame at the beginning of `data`, or `None` when it is incomplete.
fn decode(data: &[u8]) -> Result<Option<(u8, &[u8], usize)>> {
    let (Some(first), Some(second)) = (data.first(), data.get(1)) else {
        return Ok(None);
    };
    if first & 0xf0 != 0x80 || second & 0x80 != 0 {
        bail!("a fragmented, compressed or masked frame, which nobody agreed on");
    }
    let (start, length) = match second & 0x7f {
        126 => match data.get(2..4).and_then(|bytes| bytes.try_into().ok()) {
            Some(bytes) => (4, usize::from(u16::from_be_bytes(bytes))),
            None => return Ok(None),
        },
        127 => match data.get(2..10).and_then(|bytes| bytes.try_into().ok()) {
            Some(bytes) => (10, usize::try_from(u64::from_be_bytes(bytes))?),
            None => return Ok(None),
        },
        short => (2, usize::from(short)),
    };
    Ok(data
        .get(start..start + length)
        .map(|payload| (first & 0x0f, payload, start + length)))
}

/// Returns the value of the first `"op"` of a frame.
pub fn op(text: &[u8]) -> Option<&[u8]> {
    let start = memmem::find(text, b"\"op\":\"")? + 6;
    let rest = text.get(start..)?;
    rest.get(..memchr::memchr(b'"', rest)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_length_form_are_decoded() {
        for length in [0_usize, 125, 126, 65_535, 65_536] {
            let mut frame = client_frame(TEXT, &vec![b'x'; length]);
            // As a server sends it: no mask bit, no mask.
            let mask_at = frame.len() - length - 4;
            frame.drain(mask_at..mask_at + 4);
            *frame.get_mut(1).unwrap() &= 0x7f;
            let (opcode, payload, whole) = decode(&frame).unwrap().unwrap();
            assert_eq!((opcode, payload.len(), whole), (TEXT, length, frame.len()));
            assert!(length == 0 || decode(frame.get(..frame.len() - 1).unwrap()).unwrap().is_none());
        }
    }

    #[test]
    fn the_op_of_a_frame_is_found_wherever_it_stands() {
        assert_eq!(op(br#"{"op":"ev","t":"x"}"#), Some(b"ev".as_slice()));
        assert_eq!(op(br#"{"id":"1","op":"ok"}"#), Some(b"ok".as_slice()));
        assert_eq!(op(b"{}"), None);
    }
}

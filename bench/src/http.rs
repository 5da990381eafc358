//! Owns a minimal HTTP/1.1 keep-alive client: prebuilt request bytes out, status and body in. Cheap, because it
//! shares the CPUs with the server it measures. Refuses to know JSON, redirects, compression and TLS.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use memchr::memmem;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const READ_BYTES: usize = 16 * 1024;
/// A larger answer than this is a defect of what is measured.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// One keep-alive connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    body: Vec<u8>,
}

/// An answer; the body lives in the connection until the next request.
pub struct Reply<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

/// The head of an answer: where it ends, and how the body is framed.
struct Head {
    end: usize,
    status: u16,
    framing: Framing,
}

#[derive(Clone, Copy)]
enum Framing {
    Length(usize),
    Chunked,
}

/// Builds a request with a JSON body (or none).
pub fn request(method: &str, path: &str, host: SocketAddr, token: Option<&str>, body: Option<&str>) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n");
    if let Some(token) = token {
        head.push_str(&format!("Authorization: Bearer {token}\r\n"));
    }
    if let Some(body) = body {
        head.push_str(&format!(
            "Content-Type: application/json\r\nContent-Length: {}\r\n",
            body.len()
        ));
    } else if method != "GET" {
        head.push_str("Content-Length: 0\r\n");
    }
    head.push_str("\r\n");
    head.push_str(body.unwrap_or_default());
    head.into_bytes()
}

impl Connection {
    /// Connects with TCP_NODELAY.
    pub async fn open(addr: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(addr)
            .await
            .with_context(|| format!("cannot connect to {addr}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(READ_BYTES),
            body: Vec::new(),
        })
    }

    /// Sends one request and reads the whole answer.
    pub async fn send(&mut self, request: &[u8]) -> Result<Reply<'_>> {
        let head = self.send_and_read_head(request).await?;
        match head.framing {
            Framing::Length(length) => {
                let end = head.end + length;
                while self.buffer.len() < end {
                    self.fill().await?;
                }
                Ok(Reply {
                    status: head.status,
                    body: self.buffer.get(head.end..end).unwrap_or_default(),
                })
            }
            Framing::Chunked => {
                let mut body = std::mem::take(&mut self.body);
                body.clear();
                self.read_chunks(head.end, |data| body.extend_from_slice(data)).await?;
                self.body = body;
                Ok(Reply {
                    status: head.status,
                    body: &self.body,
                })
            }
        }
    }

    /// Sends one request and hands over the pieces of the body as they arrive. Returns the status.
    pub async fn send_streaming(&mut self, request: &[u8], mut on_data: impl FnMut(&[u8])) -> Result<u16> {
        let head = self.send_and_read_head(request).await?;
        match head.framing {
            Framing::Chunked => self.read_chunks(head.end, on_data).await?,
            Framing::Length(length) => {
                let end = head.end + length;
                while self.buffer.len() < end {
                    self.fill().await?;
                }
                on_data(self.buffer.get(head.end..end).unwrap_or_default());
            }
        }
        Ok(head.status)
    }

    async fn send_and_read_head(&mut self, request: &[u8]) -> Result<Head> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        loop {
            self.fill().await?;
            if let Some(head) = parse_head(&self.buffer)? {
                return Ok(head);
            }
        }
    }

    async fn fill(&mut self) -> Result<()> {
        if self.buffer.len() > BODY_BYTES_MAX {
            bail!("the answer is larger than {BODY_BYTES_MAX} bytes");
        }
        self.buffer.reserve(READ_BYTES);
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection in the middle of an answer");
        }
        Ok(())
    }

    async fn read_chunks(&mut self, start: usize, mut on_data: impl FnMut(&[u8])) -> Result<()> {
        let mut at = start;
        loop {
            match next_chunk(&self.buffer, at)? {
                Some((data, next)) => {
                    if data.is_empty() {
                        return Ok(());
                    }
                    on_data(data);
                    at = next;
                }
                None => self.fill().await?,
            }
        }
    }
}

fn parse_head(buffer: &[u8]) -> Result<Option<Head>> {
    let Some(end) = memmem::find(buffer, b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(buffer.get(..end).unwrap_or_default())?;
    let status = head.get(9..12).context("short status line")?.parse()?;
    let mut framing = if status == 204 { Some(Framing::Length(0)) } else { None };
    for (name, value) in head.split("\r\n").skip(1).filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            framing = Some(Framing::Length(value.trim().parse()?));
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            framing = Some(Framing::Chunked);
        }
    }
    let framing = framing.context("an answer without content-length or transfer-encoding")?;
    Ok(Some(Head {
        end: end + 4,
        status,
        framing,
    }))
}

/// Returns the chunk at `at` and where the next one begins; an empty chunk is the end (after its last line).
fn next_chunk(buffer: &[u8], at: usize) -> Result<Option<(&[u8], usize)>> {
    let rest = buffer.get(at..).unwrap_or_default();
    let Some(line) = memmem::find(rest, b"\r\n") else {
        return Ok(None);
    };
    let size = std::str::from_utf8(rest.get(..line).unwrap_or_default())?;
    let size =
        usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16).context("bad chunk size")?;
    let start = line + 2;
    if rest.len() < start + size + 2 {
        return Ok(None);
    }
    Ok(Some((
        rest.get(start..start + size).unwrap_or_default(),
        at + start + size + 2,
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_complete_only_with_its_blank_line() {
        assert!(
            parse_head(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n")
                .unwrap()
                .is_none()
        );
        let head = parse_head(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}")
            .unwrap()
            .unwrap();
        assert_eq!(head.status, 201);
        assert!(matches!(head.framing, Framing::Length(2)));
    }

    #[test]
    fn chunks_are_read_one_by_one_and_the_empty_one_ends() {
        let wire = b"3\r\nabc\r\n0\r\n\r\n";
        let (data, next) = next_chunk(wire, 0).unwrap().unwrap();
        assert_eq!(data, b"abc");
        assert_eq!(next_chunk(wire, next).unwrap().unwrap().0, b"");
        assert!(next_chunk(b"3\r\nab", 0).unwrap().is_none());
    }
}

//! Owns the scripted model server: OpenAI-compatible, the same fixed tokens to everybody, at once; or, to a prompt made by
//! [`numbered`], frames that carry their stream and their number, all but the first held back while the gate is shut. It is
//! small on purpose, so that a direct call costs as little as it can. Refuses to know models, other prompts and keys.

use std::{fmt::Write as _, net::SocketAddr};

use anyhow::{Result, bail};
use memchr::memmem;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Tokens in a reply.
pub const TOKENS: usize = 16;
const REQUEST_BYTES_MAX: usize = 1024 * 1024;
/// Most frames that a prompt may ask for.
const FRAMES_MAX: usize = 100_000;
/// Shuts the gate, and opens it again: `POST` them to the upstream itself.
pub const GATE_SHUT: &str = "/gate/shut";
pub const GATE_OPEN: &str = "/gate/open";
/// What every answer to these is.
const GATE_ANSWER: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";
const STREAM_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n";

/// Flags of `bench upstream`.
#[derive(clap::Args)]
pub struct Args {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:9999")]
    pub listen: SocketAddr,
}

/// Returns token number `index`, its space included.
pub fn token(index: usize) -> String {
    format!("tok{index:02} ")
}

/// Returns the whole reply.
pub fn reply() -> String {
    (0..TOKENS).map(token).collect()
}

/// Returns the prompt that makes the answer a numbered stream.
pub fn numbered(stream: usize, frames: usize) -> String {
    format!("numbered stream={stream} frames={frames};")
}

/// Returns the text of a frame of a numbered stream. No JSON encoder changes it.
pub fn mark(stream: usize, frame: usize) -> String {
    format!("~{stream}:{frame}~")
}

/// Reads a text made by [`mark`], the first in `line`.
pub fn read_mark(line: &[u8]) -> Option<(usize, usize)> {
    let from = memchr::memchr(b'~', line)? + 1;
    let rest = line.get(from..)?;
    let (stream, frame) = std::str::from_utf8(rest.get(..memchr::memchr(b'~', rest)?)?)
        .ok()?
        .split_once(':')?;
    Some((stream.parse().ok()?, frame.parse().ok()?))
}

/// Reads a prompt made by [`numbered`] out of a request: its stream and its frames.
fn read_numbered(request: &[u8]) -> Option<(usize, usize)> {
    let at = memmem::find(request, b"numbered stream=")?;
    let number = |key: &str| {
        let from = at + memmem::find(request.get(at..)?, key.as_bytes())? + key.len();
        let mut digits = request.get(from..)?.iter().take_while(|byte| byte.is_ascii_digit());
        digits.try_fold(0usize, |sum, digit| {
            sum.checked_mul(10)?.checked_add(usize::from(digit - b'0'))
        })
    };
    Some((number("stream=")?, number("frames=")?.min(FRAMES_MAX)))
}

struct Answers {
    json: Vec<u8>,
    /// One HTTP chunk a token; the last one carries the end.
    chunks: Vec<Vec<u8>>,
}

/// Serves until it is killed.
pub fn run(args: Args) -> Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(serve(args.listen))
}

async fn serve(listen: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(listen).await?;
    let (gate, _) = watch::channel(true);
    loop {
        let (stream, _) = listener.accept().await?;
        let gate = gate.clone();
        tokio::spawn(async move {
            // A connection that fails ends; the generator notices what it misses.
            let _ended = connection(stream, gate).await;
        });
    }
}

/// `gate` is `true` while it is open.
async fn connection(mut stream: TcpStream, gate: watch::Sender<bool>) -> Result<()> {
    stream.set_nodelay(true)?;
    let answers = answers();
    let mut buffer = Vec::with_capacity(8 * 1024);
    loop {
        let Some(length) = read_request(&mut stream, &mut buffer).await? else {
            return Ok(());
        };
        let request = buffer.get(..length).unwrap_or_default();
        if request.starts_with(b"POST /gate/") {
            gate.send_replace(request.starts_with(format!("POST {GATE_OPEN} ").as_bytes()));
            stream.write_all(GATE_ANSWER).await?;
        } else if let Some((number, frames)) = read_numbered(request) {
            write_numbered(&mut stream, (number, frames), &gate).await?;
        } else if is_for_a_stream(request) {
            stream.write_all(STREAM_HEAD).await?;
            for chunk in &answers.chunks {
                stream.write_all(chunk).await?;
            }
        } else {
            stream.write_all(&answers.json).await?;
        }
        buffer.drain(..length);
    }
}

/// Says whether the answer is to be a stream; encoders differ in the blank.
fn is_for_a_stream(request: &[u8]) -> bool {
    memmem::find(request, b"\"stream\":true").is_some() || memmem::find(request, b"\"stream\": true").is_some()
}

/// Writes the first frame, waits for the gate, and writes the others as fast as they are taken, each stream in its turn.
async fn write_numbered(
    stream: &mut TcpStream,
    (number, frames): (usize, usize),
    gate: &watch::Sender<bool>,
) -> Result<()> {
    stream.write_all(STREAM_HEAD).await?;
    for frame in 0..frames {
        let delta = format!(r#"{{"role":"assistant","content":"{}"}}"#, mark(number, frame));
        stream.write_all(chunk(&event(&delta, "null")).as_bytes()).await?;
        if frame == 0 {
            gate.subscribe().wait_for(|&open| open).await?;
        } else {
            tokio::task::yield_now().await;
        }
    }
    let end = format!("{}{}data: [DONE]\n\n", event("{}", "\"stop\""), totals(frames));
    Ok(stream.write_all(format!("{}0\r\n\r\n", chunk(&end)).as_bytes()).await?)
}

/// Reads one whole request; `None` at the end of the connection. Returns its length in `buffer`.
async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<Option<usize>> {
    loop {
        if let Some(end) = memmem::find(buffer, b"\r\n\r\n") {
            let head = std::str::from_utf8(buffer.get(..end).unwrap_or_default())?;
            let field = |wanted: &str| {
                head.split("\r\n")
                    .filter_map(|line| line.split_once(':'))
                    .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                    .map(|(_, value)| value.trim())
            };
            let whole = match field("transfer-encoding") {
                // A chunked request ends with its empty chunk; enough here, because no body contains it.
                Some(_) => memmem::find(buffer.get(end..).unwrap_or_default(), b"\r\n0\r\n\r\n").map(|at| end + at + 7),
                None => Some(end + 4 + field("content-length").map_or(Ok(0), str::parse::<usize>)?),
            };
            if let Some(whole) = whole.filter(|&whole| buffer.len() >= whole) {
                return Ok(Some(whole));
            }
        }
        if buffer.len() > REQUEST_BYTES_MAX {
            bail!("a request larger than {REQUEST_BYTES_MAX} bytes");
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

fn answers() -> Answers {
    let usage = usage(TOKENS);
    let body = format!(
        r#"{{"id":"chatcmpl-scripted","object":"chat.completion","created":1700000000,"model":"scripted-1","choices":[{{"index":0,"message":{{"role":"assistant","content":"{}"}},"finish_reason":"stop"}}],"usage":{usage}}}"#,
        reply()
    );
    let json = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut chunks: Vec<String> = (0..TOKENS)
        .map(|index| chunk(&event(&format!(r#"{{"content":"{}"}}"#, token(index)), "null")))
        .collect();
    if let Some(first) = chunks.first_mut() {
        let role = chunk(&event(r#"{"role":"assistant","content":""}"#, "null"));
        first.insert_str(0, &role);
    }
    if let Some(last) = chunks.last_mut() {
        let end = event("{}", "\"stop\"");
        let totals = totals(TOKENS);
        let _infallible = write!(last, "{}0\r\n\r\n", chunk(&format!("{end}{totals}data: [DONE]\n\n")));
    }
    Answers {
        json: json.into_bytes(),
        chunks: chunks.into_iter().map(String::into_bytes).collect(),
    }
}

fn usage(tokens: usize) -> String {
    format!(
        r#"{{"prompt_tokens":8,"completion_tokens":{tokens},"total_tokens":{}}}"#,
        8 + tokens
    )
}

/// The event that tells what a stream used.
fn totals(tokens: usize) -> String {
    format!(
        "data: {{\"id\":\"chatcmpl-scripted\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"scripted-1\",\"choices\":[],\"usage\":{}}}\n\n",
        usage(tokens)
    )
}

fn event(delta: &str, finish: &str) -> String {
    format!(
        "data: {{\"id\":\"chatcmpl-scripted\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"scripted-1\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n"
    )
}

fn chunk(data: &str) -> String {
    format!("{:x}\r\n{data}\r\n", data.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_and_a_mark_are_read_back_from_json() {
        let request = format!(r#"{{"messages":[{{"content":"{}"}}],"stream":true}}"#, numbered(17, 40));
        assert_eq!(read_numbered(request.as_bytes()), Some((17, 40)));
        assert_eq!(read_numbered(b"{\"stream\":true}"), None);
        let line = event(&format!(r#"{{"content":"{}"}}"#, mark(511, 7)), "null");
        assert_eq!(read_mark(line.as_bytes()), Some((511, 7)));
        assert_eq!(read_mark(b"data: {\"content\":\"~17\"}"), None);
    }

    #[test]
    fn a_stream_is_asked_for_with_or_without_a_blank() {
        assert!(is_for_a_stream(br#"{"stream": true}"#) && is_for_a_stream(br#"{"stream":true}"#));
        assert!(!is_for_a_stream(br#"{"stream":false}"#));
    }
}

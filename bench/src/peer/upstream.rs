//! Owns the scripted model server: OpenAI-compatible, the same fixed tokens to everybody, at once. It is small on
//! purpose, so that a direct call costs as little as it can. Refuses to know models, prompts and keys.

use std::{fmt::Write as _, net::SocketAddr};

use anyhow::{Result, bail};
use memchr::memmem;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Tokens in a reply.
pub const TOKENS: usize = 16;
const REQUEST_BYTES_MAX: usize = 1024 * 1024;

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

struct Answers {
    json: Vec<u8>,
    head: Vec<u8>,
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
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            // A connection that fails ends; the generator notices what it misses.
            let _ended = connection(stream).await;
        });
    }
}

async fn connection(mut stream: TcpStream) -> Result<()> {
    stream.set_nodelay(true)?;
    let answers = answers();
    let mut buffer = Vec::with_capacity(8 * 1024);
    loop {
        let Some(length) = read_request(&mut stream, &mut buffer).await? else {
            return Ok(());
        };
        let request = buffer.get(..length).unwrap_or_default();
        if memmem::find(request, b"\"stream\":true").is_some() {
            stream.write_all(&answers.head).await?;
            for chunk in &answers.chunks {
                stream.write_all(chunk).await?;
            }
        } else {
            stream.write_all(&answers.json).await?;
        }
        buffer.drain(..length);
    }
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
    let usage = format!(
        r#"{{"prompt_tokens":8,"completion_tokens":{TOKENS},"total_tokens":{}}}"#,
        8 + TOKENS
    );
    let body = format!(
        r#"{{"id":"chatcmpl-scripted","object":"chat.completion","created":1700000000,"model":"scripted-1","choices":[{{"index":0,"message":{{"role":"assistant","content":"{}"}},"finish_reason":"stop"}}],"usage":{usage}}}"#,
        reply()
    );
    let json = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut chunks: Vec<String> = (0..TOKENS)
        .map(|index| chunk(&event(&format!(r#"{{"content":"{}"}}"#, token(index)), "null")))
        .collect();
    if let Some(first) = chunks.first_mut() {
        let role = chunk(&event(r#"{"role":"assistant","content":""}"#, "null"));
        first.insert_str(0, &role);
    }
    if let Some(last) = chunks.last_mut() {
        let end = event("{}", "\"stop\"");
        let totals = format!(
            "data: {{\"id\":\"chatcmpl-scripted\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"scripted-1\",\"choices\":[],\"usage\":{usage}}}\n\n"
        );
        let _infallible = write!(last, "{}0\r\n\r\n", chunk(&format!("{end}{totals}data: [DONE]\n\n")));
    }
    Answers {
        json: json.into_bytes(),
        head: head.as_bytes().to_vec(),
        chunks: chunks.into_iter().map(String::into_bytes).collect(),
    }
}

fn event(delta: &str, finish: &str) -> String {
    format!(
        "data: {{\"id\":\"chatcmpl-scripted\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"scripted-1\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n"
    )
}

fn chunk(data: &str) -> String {
    format!("{:x}\r\n{data}\r\n", data.len())
}

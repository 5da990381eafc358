//! Connections to a scripted server on loopback.

use futures::StreamExt as _;
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

const WHOLE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const PIECES: &[&[u8]] = &[
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
    b"1\r\na\r\n1\r\nb\r\n",
    b"1\r\nc\r\n0\r\n\r\n",
];

async fn server() -> (TcpListener, Arc<Lines>, Url) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}/v1", listener.local_addr().unwrap()).parse().unwrap();
    (listener, Lines::new(&url).unwrap(), url)
}

/// Reads one request, which is small enough to come in one piece.
async fn asked(io: &mut TcpStream) -> String {
    let mut buffer = vec![0; 4096];
    let n = io.read(&mut buffer).await.unwrap();
    String::from_utf8(buffer[..n].to_vec()).unwrap()
}

async fn post(lines: &Arc<Lines>, url: &Url) -> Result<Answered, Missed> {
    let body = Bytes::from_static(b"{}");
    let sent = Sent::default();
    let posted = lines
        .post(url, HeaderMap::new(), body, (Duration::from_secs(5), &sent))
        .await;
    assert_eq!(sent.is_so(), !matches!(posted, Err(Missed::Away(_) | Missed::Late)));
    posted
}

async fn text(answer: Result<Answered, Missed>) -> String {
    let answer = answer.map_err(|_| ()).unwrap();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn a_connection_rests_after_a_whole_answer_and_is_used_again() {
    let (listener, lines, url) = server().await;
    let serve = async {
        let (mut io, _) = listener.accept().await.unwrap();
        let first = asked(&mut io).await;
        io.write_all(WHOLE).await.unwrap();
        asked(&mut io).await;
        for piece in PIECES {
            io.write_all(piece).await.unwrap();
            tokio::task::yield_now().await;
        }
        (first, io)
    };
    let ask = async {
        (
            text(post(&lines, &url).await).await,
            text(post(&lines, &url).await).await,
        )
    };
    let ((first, _open), said) = tokio::join!(serve, ask);
    assert!(
        first.starts_with("POST /v1 HTTP/1.1\r\n") && first.ends_with("\r\n\r\n{}"),
        "{first}"
    );
    assert!(
        first.contains(&format!("host: {}\r\n", listener.local_addr().unwrap())),
        "{first}"
    );
    assert_eq!(said, ("ok".into(), "abc".into()));
    assert_eq!(lines.resting.lock().lines.len(), 1);
}

#[tokio::test]
async fn one_that_was_closed_while_it_rested_is_not_asked() {
    let (listener, lines, url) = server().await;
    let serve = async {
        for _ in 0..2 {
            let (mut io, _) = listener.accept().await.unwrap();
            asked(&mut io).await;
            io.write_all(WHOLE).await.unwrap();
        }
    };
    let ask = async {
        assert_eq!(text(post(&lines, &url).await).await, "ok");
        // Its end is here once the connection can be read.
        let rests = || {
            lines
                .resting
                .lock()
                .lines
                .back_mut()
                .is_some_and(|one| one.line.is_idle())
        };
        while rests() {
            tokio::task::yield_now().await;
        }
        text(post(&lines, &url).await).await
    };
    assert_eq!(tokio::join!(serve, ask).1, "ok");
}

#[tokio::test]
async fn who_leaves_in_the_middle_closes_the_connection() {
    let (listener, lines, url) = server().await;
    let serve = async {
        let (mut io, _) = listener.accept().await.unwrap();
        asked(&mut io).await;
        io.write_all(&PIECES[..2].concat()).await.unwrap();
        io.read(&mut [0; 16]).await.unwrap()
    };
    let ask = async {
        let answer = post(&lines, &url).await.map_err(|_| ()).unwrap();
        let mut frames = answer.into_body().into_data_stream();
        assert_eq!(frames.next().await.unwrap().unwrap(), "a");
    };
    let (read, ()) = tokio::join!(serve, ask);
    assert_eq!((read, lines.resting.lock().lines.len()), (0, 0));
}

#[tokio::test]
async fn an_address_where_nobody_listens_is_away() {
    let (listener, lines, url) = server().await;
    drop(listener);
    assert!(matches!(post(&lines, &url).await, Err(Missed::Away(_))));
}

#[test]
fn only_plain_addresses_are_for_lines() {
    for (url, is_plain) in [
        ("http://127.0.0.1:1/v1", true),
        ("https://127.0.0.1:1/v1", false),
        ("http://name:word@127.0.0.1:1/v1", false),
    ] {
        assert_eq!(Lines::new(&url.parse().unwrap()).is_some(), is_plain, "{url}");
    }
}

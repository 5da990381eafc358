//! A process that shares its port goes without a request that fails.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

/// Serves one word at an address that others may share; returns the address.
fn serve(address: SocketAddr, word: &'static str, stop: &CancellationToken) -> SocketAddr {
    let listener = chassis::http::take(address, true).unwrap().listen(128).unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/", get(move || async move { word }));
    tokio::spawn(chassis::http::serve_shared(listener, router, stop.clone()));
    address
}

/// Asks on a connection that may stay, and returns the answer in small letters.
async fn ask(io: &mut TcpStream) -> String {
    io.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let (mut answer, mut buffer) = (Vec::new(), [0; 1024]);
    // The bodies are one word of five letters.
    while !answer.windows(4).any(|w| w == b"\r\n\r\n") || !answer.ends_with(b"door") {
        let read = io.read(&mut buffer).await.unwrap();
        assert!(read > 0, "closed after {:?}", String::from_utf8_lossy(&answer));
        answer.extend(buffer.iter().take(read));
    }
    String::from_utf8(answer).unwrap().to_ascii_lowercase()
}

#[tokio::test]
async fn who_is_connected_is_answered_once_more_and_told_to_connect_anew() {
    let (old, new) = (CancellationToken::new(), CancellationToken::new());
    let address = serve(([127, 0, 0, 1], 0).into(), "old door", &old);
    let mut kept = TcpStream::connect(address).await.unwrap();
    let first = ask(&mut kept).await;
    assert!(
        first.contains("old door") && !first.contains("connection: close"),
        "{first}"
    );
    serve(address, "new door", &new);
    // In the kernel's hands since before the old one knows: each may be either's, and is answered. Nothing runs between these lines.
    let connect = |_| std::net::TcpStream::connect(address).unwrap();
    let waiting: Vec<_> = (0..64).map(connect).collect();
    old.cancel();
    let mut words = [0, 0];
    for io in waiting {
        io.set_nonblocking(true).unwrap();
        let answer = ask(&mut TcpStream::from_std(io).unwrap()).await;
        words[usize::from(answer.ends_with("new door"))] += 1;
    }
    assert!(words.iter().all(|count| *count > 0), "both had some: {words:?}");
    let mut last = String::new();
    for _ in 0..200 {
        let mut anew = TcpStream::connect(address).await.unwrap();
        last = ask(&mut anew).await;
        if last.contains("new door") && !last.contains("old door") {
            break;
        }
    }
    assert!(last.contains("new door"), "{last}");
    let goodbye = ask(&mut kept).await;
    assert!(
        goodbye.contains("old door") && goodbye.contains("connection: close"),
        "{goodbye}"
    );
    assert_eq!(kept.read(&mut [0; 1]).await.unwrap(), 0, "and then it is closed");
}

#[tokio::test]
async fn an_address_that_is_not_shared_belongs_to_one() {
    let taken = chassis::http::bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = taken.local_addr().unwrap();
    assert!(chassis::http::take(address, false).is_err());
    assert!(
        chassis::http::take(address, true).is_err(),
        "the owner does not share it"
    );
}

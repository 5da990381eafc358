//! The fault proxy passes all, or loses, holds, delays, resets and refuses exactly what it was told to.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use testkit::{FaultProxy, Way};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const DEADLINE: Duration = Duration::from_secs(10);

/// Waits until `condition` holds.
async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let end = Instant::now() + DEADLINE;
    while !condition() {
        assert!(Instant::now() < end, "{what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn in_time<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, what).await.unwrap()
}

/// Starts a server that says everything back, `mark` first.
async fn echo(mark: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.write_all(mark.as_bytes()).await;
                let (mut from, mut to) = stream.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    address
}

async fn connected(proxy: &FaultProxy) -> TcpStream {
    in_time(TcpStream::connect(proxy.address())).await.unwrap()
}

async fn ask(stream: &mut TcpStream, text: &str) -> String {
    in_time(stream.write_all(text.as_bytes())).await.unwrap();
    let mut answer = vec![0; text.len()];
    in_time(stream.read_exact(&mut answer)).await.unwrap();
    String::from_utf8(answer).unwrap()
}

/// Returns how the connection ended: with what, or by which error.
async fn rest(stream: &mut TcpStream) -> Result<String, ErrorKind> {
    let mut text = String::new();
    match in_time(stream.read_to_string(&mut text)).await {
        Ok(_) => Ok(text),
        Err(e) => Err(e.kind()),
    }
}

#[tokio::test]
async fn bytes_and_ends_pass_both_ways() {
    let proxy = FaultProxy::before(echo("").await).await;
    let mut stream = connected(&proxy).await;
    assert_eq!(ask(&mut stream, "one").await, "one");
    stream.write_all(b"two").await.unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await.unwrap(), "two");
    proxy.until_live(0).await;
    assert_eq!((proxy.passed(Way::Up), proxy.passed(Way::Both)), (6, 12));
    assert_eq!((proxy.lost(Way::Both), proxy.accepted()), (0, 1));
}

#[tokio::test]
async fn a_cut_upwards_loses_the_question_and_heals_with_a_reset() {
    let proxy = FaultProxy::before(echo("").await).await;
    let mut stream = connected(&proxy).await;
    assert_eq!(ask(&mut stream, "one").await, "one");
    proxy.cut(Way::Up);
    stream.write_all(b"two").await.unwrap();
    eventually("the question is lost", || proxy.lost(Way::Up) == 3).await;
    assert_eq!((proxy.passed(Way::Up), proxy.lost(Way::Down)), (3, 0));
    proxy.heal();
    assert_eq!(rest(&mut stream).await, Err(ErrorKind::ConnectionReset));
    assert_eq!(ask(&mut connected(&proxy).await, "three").await, "three");
}

#[tokio::test]
async fn a_cut_downwards_loses_only_the_answer() {
    let proxy = FaultProxy::before(echo("").await).await;
    let mut stream = connected(&proxy).await;
    assert_eq!(ask(&mut stream, "one").await, "one");
    proxy.cut(Way::Down);
    stream.write_all(b"two").await.unwrap();
    eventually("the answer is lost", || proxy.lost(Way::Down) == 3).await;
    assert_eq!((proxy.passed(Way::Up), proxy.lost(Way::Up)), (6, 0));
    proxy.heal();
    assert_eq!(rest(&mut stream).await, Err(ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn a_connection_that_lost_nothing_outlives_a_cut() {
    let proxy = FaultProxy::before(echo("").await).await;
    let mut stream = connected(&proxy).await;
    assert_eq!(ask(&mut stream, "one").await, "one");
    proxy.cut(Way::Both);
    proxy.heal();
    assert_eq!(ask(&mut stream, "two").await, "two");
}

#[tokio::test]
async fn an_end_is_lost_in_a_cut_too() {
    let proxy = FaultProxy::before(echo("").await).await;
    let mut stream = connected(&proxy).await;
    assert_eq!(ask(&mut stream, "one").await, "one");
    proxy.cut(Way::Both);
    drop(stream);
    let mut other = connected(&proxy).await;
    other.write_all(b"two").await.unwrap();
    eventually("the cut is in force", || proxy.lost(Way::Up) == 3).await;
    assert_eq!(proxy.live(), 2, "the server was not told");
    proxy.heal();
    proxy.until_live(0).await;
}

#[tokio::test]
async fn what_is_held_arrives_whole_afterwards() {
    let proxy = FaultProxy::before(echo("").await).await;
    let mut stream = connected(&proxy).await;
    assert_eq!(ask(&mut stream, "one").await, "one");
    proxy.hold(Way::Down);
    stream.write_all(b"two").await.unwrap();
    eventually("the question passes", || proxy.passed(Way::Up) == 6).await;
    assert_eq!(proxy.passed(Way::Down), 3);
    proxy.heal();
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await.unwrap(), "two");
    assert_eq!(proxy.lost(Way::Both), 0);
}

#[tokio::test]
async fn whoever_writes_into_a_held_direction_is_slowed_down() {
    let proxy = FaultProxy::before(echo("").await).await;
    let mut stream = connected(&proxy).await;
    proxy.hold(Way::Up);
    let piece = vec![b'x'; 64 * 1024];
    let mut written = 0;
    while let Ok(wrote) = tokio::time::timeout(Duration::from_millis(300), stream.write(&piece)).await {
        written += wrote.unwrap();
        assert!(written < 256 << 20, "the proxy's memory has a limit");
    }
    let (mut from, mut to) = stream.split();
    proxy.heal();
    let read = async {
        let mut total = 0;
        let mut buffer = vec![0; 64 * 1024];
        while total < written {
            total += from.read(&mut buffer).await.unwrap();
        }
        total
    };
    assert_eq!(in_time(read).await, written, "nothing is lost");
    to.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_is_delayed_arrives_later_and_in_order() {
    let proxy = FaultProxy::before(echo("").await).await;
    let mut stream = connected(&proxy).await;
    let by = Duration::from_millis(60);
    proxy.delay(Way::Up, by);
    let began = Instant::now();
    for word in ["a", "b", "c"] {
        stream.write_all(word.as_bytes()).await.unwrap();
    }
    assert_eq!(ask(&mut stream, "d").await, "a");
    assert!(began.elapsed() >= by);
    proxy.heal();
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await.unwrap(), "bcd");
}

#[tokio::test]
async fn a_reset_ends_what_is_there_and_nothing_later() {
    let proxy = FaultProxy::before(echo("hi").await).await;
    let mut stream = connected(&proxy).await;
    let mut mark = [0; 2];
    in_time(stream.read_exact(&mut mark)).await.unwrap();
    proxy.reset();
    assert_eq!(rest(&mut stream).await, Err(ErrorKind::ConnectionReset));
    proxy.until_live(0).await;
    assert_eq!(ask(&mut connected(&proxy).await, "hi").await, "hi");
}

#[tokio::test]
async fn a_forgotten_connection_stays_silent_and_new_ones_pass() {
    let proxy = FaultProxy::before(echo("").await).await;
    let mut old = connected(&proxy).await;
    assert_eq!(ask(&mut old, "one").await, "one");
    proxy.forget();
    assert_eq!(ask(&mut connected(&proxy).await, "two").await, "two");
    old.write_all(b"three").await.unwrap();
    proxy.heal();
    assert_eq!(ask(&mut connected(&proxy).await, "four").await, "four");
    assert_eq!(proxy.passed(Way::Up), 10);
    proxy.reset();
    assert_eq!(rest(&mut old).await, Err(ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn new_connections_are_refused_and_old_ones_stay() {
    let proxy = FaultProxy::before(echo("").await).await;
    let mut old = connected(&proxy).await;
    assert_eq!(ask(&mut old, "one").await, "one");
    proxy.refuse();
    let refused = match TcpStream::connect(proxy.address()).await {
        Ok(mut stream) => rest(&mut stream).await.unwrap_err(),
        Err(e) => e.kind(),
    };
    assert_eq!(refused, ErrorKind::ConnectionReset);
    assert_eq!(ask(&mut old, "two").await, "two");
    proxy.heal();
    assert_eq!(ask(&mut connected(&proxy).await, "three").await, "three");
}

#[tokio::test]
async fn without_a_server_a_client_is_reset_and_another_server_can_take_over() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = closed.local_addr().unwrap().to_string();
    drop(closed);
    let proxy = FaultProxy::before(nobody).await;
    assert_eq!(
        rest(&mut connected(&proxy).await).await,
        Err(ErrorKind::ConnectionReset)
    );
    proxy.redirect(echo("b").await);
    let mut stream = connected(&proxy).await;
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await.unwrap(), "b");
}

#[tokio::test]
async fn a_proxy_that_went_takes_its_connections_along() {
    let proxy = FaultProxy::before(echo("").await).await;
    let mut stream = connected(&proxy).await;
    assert_eq!(ask(&mut stream, "one").await, "one");
    drop(proxy);
    assert!(matches!(rest(&mut stream).await.as_deref(), Ok("") | Err(_)));
}

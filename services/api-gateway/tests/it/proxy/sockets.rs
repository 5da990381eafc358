//! WebSockets pass through, spread over replicas, and end as both sides end them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use futures::{SinkExt as _, StreamExt as _};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::{self, Message as Sent};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::stage::{DEADLINE, Gateway, Replica, client, until};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// An owner that says its name and the client's token, then echoes; the word "bye" makes it close with 4502.
fn echo(name: &'static str, open: &Arc<AtomicUsize>, ended: &mpsc::UnboundedSender<Option<u16>>) -> Router {
    let (open, ended) = (open.clone(), ended.clone());
    let upgrade = async move |headers: HeaderMap, upgrade: WebSocketUpgrade| -> Response {
        let token = headers.get("authorization").map(|v| v.to_str().unwrap().to_owned());
        upgrade.protocols(["chat.v1"]).on_upgrade(async move |mut socket| {
            open.fetch_add(1, SeqCst);
            let hello = format!("{name} {}", token.unwrap_or_default());
            socket.send(Message::text(hello)).await.unwrap();
            let code = talk(&mut socket).await;
            open.fetch_sub(1, SeqCst);
            ended.send(code).ok();
        })
    };
    Router::new().route("/realtime", get(upgrade))
}

async fn talk(socket: &mut WebSocket) -> Option<u16> {
    let mut code = None;
    while let Some(Ok(message)) = socket.recv().await {
        match message {
            // The close is answered while the next message is waited for.
            Message::Close(frame) => code = frame.map(|f| f.code),
            Message::Text(text) if text == "bye" => {
                let frame = CloseFrame {
                    code: 4502,
                    reason: "session ended".into(),
                };
                socket.send(Message::Close(Some(frame))).await.unwrap();
            }
            Message::Text(_) | Message::Binary(_) => socket.send(message).await.unwrap(),
            Message::Ping(_) | Message::Pong(_) => {}
        }
    }
    code
}

struct Stage {
    gateway: Gateway,
    replicas: Vec<Replica>,
    open: Vec<Arc<AtomicUsize>>,
    ended: mpsc::UnboundedReceiver<Option<u16>>,
}

async fn stage(names: &[&'static str]) -> Stage {
    let (tell, ended) = mpsc::unbounded_channel();
    let (mut replicas, mut open) = (Vec::new(), Vec::new());
    for name in names {
        open.push(Arc::new(AtomicUsize::new(0)));
        replicas.push(Replica::start(echo(name, open.last().unwrap(), &tell)).await);
    }
    let addresses: Vec<_> = replicas.iter().map(|r| r.address).collect();
    Stage {
        gateway: Gateway::at(&addresses).await,
        replicas,
        open,
        ended,
    }
}

async fn connect(gateway: &Gateway) -> (Socket, tungstenite::handshake::client::Response) {
    let mut request = format!("ws://{}/realtime?ticket=t", gateway.address)
        .into_client_request()
        .unwrap();
    request
        .headers_mut()
        .insert("authorization", "Bearer sk-aichat-1".parse().unwrap());
    request
        .headers_mut()
        .insert("sec-websocket-protocol", "chat.v1".parse().unwrap());
    timeout(DEADLINE, tokio_tungstenite::connect_async(request))
        .await
        .unwrap()
        .unwrap()
}

async fn next(socket: &mut Socket) -> Option<Sent> {
    timeout(DEADLINE, socket.next()).await.unwrap().map(Result::unwrap)
}

fn code(message: Option<Sent>) -> CloseCode {
    match message {
        Some(Sent::Close(Some(frame))) => frame.code,
        other => panic!("no close with a code: {other:?}"),
    }
}

#[tokio::test]
async fn messages_of_any_size_are_carried_both_ways_with_protocol_and_token() {
    let stage = stage(&["a"]).await;
    let (mut socket, answer) = connect(&stage.gateway).await;
    assert_eq!(answer.headers()["sec-websocket-protocol"], "chat.v1");
    assert_eq!(next(&mut socket).await, Some(Sent::text("a Bearer sk-aichat-1")));
    for size in [0, 1, 125, 126, 4096, 65_536, 1_000_000] {
        let message = Sent::binary(vec![7; size]);
        socket.send(message.clone()).await.unwrap();
        assert!(next(&mut socket).await == Some(message), "{size} bytes");
    }
    socket.send(Sent::Ping("?".into())).await.unwrap();
    assert_eq!(next(&mut socket).await, Some(Sent::Pong("?".into())));
}

#[tokio::test]
async fn either_side_may_close_and_the_other_learns_the_code() {
    let mut stage = stage(&["a"]).await;
    let (mut socket, _) = connect(&stage.gateway).await;
    next(&mut socket).await;
    socket.send(Sent::text("bye")).await.unwrap();
    assert_eq!(code(next(&mut socket).await), CloseCode::from(4502));
    assert_eq!(next(&mut socket).await, None);
    assert_eq!(timeout(DEADLINE, stage.ended.recv()).await.unwrap(), Some(Some(4502)));

    let (mut socket, _) = connect(&stage.gateway).await;
    next(&mut socket).await;
    let frame = tungstenite::protocol::CloseFrame {
        code: CloseCode::from(4001),
        reason: "".into(),
    };
    socket.close(Some(frame)).await.unwrap();
    assert_eq!(timeout(DEADLINE, stage.ended.recv()).await.unwrap(), Some(Some(4001)));
    assert_eq!(code(next(&mut socket).await), CloseCode::from(4001));

    // A client that vanishes without a word.
    let (socket, _) = connect(&stage.gateway).await;
    drop(socket);
    assert_eq!(timeout(DEADLINE, stage.ended.recv()).await.unwrap(), Some(None));
}

#[tokio::test]
async fn sockets_spread_over_the_replicas_and_a_dead_replicas_sockets_end() {
    let mut stage = stage(&["a", "b"]).await;
    let mut sockets = Vec::new();
    for n in 1..=40 {
        sockets.push(connect(&stage.gateway).await.0);
        until("the socket is open", async || {
            stage.open.iter().map(|o| o.load(SeqCst)).sum::<usize>() == n
        })
        .await;
    }
    let open: Vec<usize> = stage.open.iter().map(|o| o.load(SeqCst)).collect();
    assert_eq!(open, [20, 20]);
    stage.replicas[0].kill().await;
    let mut ended = 0;
    for socket in &mut sockets {
        let hello = next(socket).await.unwrap().into_text().unwrap();
        if hello.starts_with('a') {
            let after = timeout(DEADLINE, socket.next()).await.unwrap();
            assert!(matches!(after, None | Some(Err(_))), "{after:?}");
            ended += 1;
        } else {
            socket.send(Sent::text("still there")).await.unwrap();
            assert_eq!(next(socket).await, Some(Sent::text("still there")));
        }
    }
    assert_eq!(ended, 20);
    let (mut socket, _) = connect(&stage.gateway).await;
    assert!(next(&mut socket).await.unwrap().into_text().unwrap().starts_with('b'));
}

#[tokio::test]
async fn a_gateway_that_stops_sends_its_sockets_back_with_1012() {
    let mut stage = stage(&["a"]).await;
    let mut sockets = Vec::new();
    for _ in 0..10 {
        let (mut socket, _) = connect(&stage.gateway).await;
        next(&mut socket).await;
        sockets.push(socket);
    }
    let drained = async {
        let reads = sockets.iter_mut().map(async |socket| {
            let told: serde_json::Value = serde_json::from_str(next(socket).await.unwrap().to_text().unwrap()).unwrap();
            assert_eq!(told["op"], "reconnect");
            assert!(told["afterMs"].as_u64().unwrap() < 520, "{told}");
            assert_eq!(code(next(socket).await), CloseCode::Restart);
            assert_eq!(next(socket).await, None);
        });
        futures::future::join_all(reads).await;
    };
    timeout(DEADLINE, async { tokio::join!(stage.gateway.drain(), drained) })
        .await
        .unwrap();
    for _ in 0..10 {
        assert_eq!(timeout(DEADLINE, stage.ended.recv()).await.unwrap(), Some(Some(1012)));
    }
}

/// An owner that says a text in two pieces with a ping after the first; the second comes when it is told.
fn halting(go_on: &Arc<Notify>) -> Router {
    let go_on = go_on.clone();
    let upgrade = async move |mut request: Request| -> Response {
        let key = request.headers()["sec-websocket-key"].as_bytes();
        let proof = tungstenite::handshake::derive_accept_key(key);
        let upgraded = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let io = TokioIo::new(upgraded.await.unwrap());
            let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, None).await;
            let piece = |text: &'static str, kind, last| Sent::Frame(Frame::message(text, OpCode::Data(kind), last));
            socket.send(piece("one ", Data::Text, false)).await.unwrap();
            socket.send(Sent::Ping("half".into())).await.unwrap();
            go_on.notified().await;
            socket.send(Sent::Ping("again".into())).await.unwrap();
            socket.send(piece("two", Data::Continue, true)).await.unwrap();
            while let Some(Ok(_)) = socket.next().await {}
        });
        Response::builder()
            .status(101)
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-protocol", "chat.v1")
            .header("sec-websocket-accept", proof)
            .body(Body::empty())
            .unwrap()
    };
    Router::new().route("/realtime", get(upgrade))
}

#[tokio::test]
async fn the_last_words_of_a_gateway_that_stops_come_after_the_whole_message() {
    let go_on = Arc::new(Notify::new());
    let replica = Replica::start(halting(&go_on)).await;
    let mut gateway = Gateway::at(&[replica.address]).await;
    let (mut socket, _) = connect(&gateway).await;
    assert_eq!(next(&mut socket).await, Some(Sent::Ping("half".into())));
    let heard = async {
        // The gateway has been told to stop: it was polled before this.
        go_on.notify_one();
        assert_eq!(next(&mut socket).await, Some(Sent::Ping("again".into())));
        assert_eq!(next(&mut socket).await, Some(Sent::text("one two")));
        let told = next(&mut socket).await.unwrap().into_text().unwrap();
        assert!(told.contains("reconnect"), "{told}");
        assert_eq!(code(next(&mut socket).await), CloseCode::Restart);
    };
    timeout(DEADLINE, async { tokio::join!(biased; gateway.drain(), heard) })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_refused_upgrade_and_a_plain_request_get_the_owners_answer() {
    let stage = stage(&["a"]).await;
    let plain = client().get(stage.gateway.url("/realtime")).send().await.unwrap();
    assert!(plain.status().is_client_error(), "{}", plain.status());
    let request = format!("ws://{}/realtime/nowhere", stage.gateway.address);
    match tokio_tungstenite::connect_async(request).await {
        Err(tungstenite::Error::Http(answer)) => assert_eq!(answer.status(), 404),
        other => panic!("{:?}", other.map(|_| ())),
    }
}

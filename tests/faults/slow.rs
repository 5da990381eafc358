//! A reader who takes nothing off the wire while the room is busy.

use blackbox::{Actor, Field as _, Http, Reader, Socket, Subbed, within};
use futures::future::join_all;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::follow::patient_history;
use crate::probes;
use crate::stand::{Stand, seen};
use crate::traffic::{RECOVERY_MAX, Traffic};

/// So little fits into the reader's own machine.
const RECEIVE_BYTES: u32 = 8 * 1024;
/// The largest message there is: 8,000 characters of four bytes.
const TEXT_CHARS: usize = 8_000;
/// Between two looks: what lies between the product and the reader takes some megabytes before anybody is held up.
const SENDS_EACH: usize = 8;
const SLOW_CONSUMER: u16 = 4001;
/// The close code that stands for none.
const NO_CLOSE_FRAME: u16 = 1006;

#[test]
fn a_reader_who_does_not_read_is_cut_off_alone_and_resumes_completely() {
    Stand::case(async |stand| {
        let traffic = Traffic::start(stand).await;
        let room = traffic.rooms().first().unwrap().clone();
        let slow = stand.people.readers.first().unwrap();
        let mut reader = Reader::at(&room, 0);
        let mut socket = deaf_socket(&stand.product.process("realtime-gateway-1"), slow, &room, &mut reader).await;
        let before = probes::slow_consumers(stand).await;
        let text = "\u{1f30a}".repeat(TEXT_CHARS);
        let cut_off = within(RECOVERY_MAX, "a slow consumer that is cut off", async || {
            let sends = stand.people.senders.iter().map(async |actor| {
                for _ in 0..SENDS_EACH {
                    actor.say(&room, &text).await;
                }
            });
            join_all(sends).await;
            (probes::slow_consumers(stand).await > before).then_some(())
        });
        cut_off.await;
        let behind = traffic.settled().await;
        let trouble = traffic.take_trouble();
        let (frames, code) = read_to_end(&mut socket).await;
        reader.take_live(&frames);
        assert!(matches!(code, SLOW_CONSUMER | NO_CLOSE_FRAME), "closed with {code}");
        let (held, head) = (reader.held, traffic.load().heads().get(&room).copied().unwrap());
        let how = come_back(slow, &room, &mut reader, head).await;
        seen(
            "a socket that reads nothing in a room with messages of 32 KB",
            &format!(
                "closed with {code} after message {held}, came back by {how:?} and had all; others: {trouble}; readers complete {:.1} s later",
                behind.as_secs_f64()
            ),
        );
        traffic.judge().await;
        reader.take_messages(&patient_history(slow, &room, reader.held).await);
        reader.assert_complete(&patient_history(slow, &room, 0).await);
    });
}

/// Opens a socket that follows the room from its beginning, and reads no further than that it does.
async fn deaf_socket(gateway: &Http, actor: &Actor, room: &str, reader: &mut Reader) -> WebSocketStream<TcpStream> {
    // Past the door: another process's buffers in between would only take longer to fill.
    let url = gateway.ws_url("/realtime");
    let address = url.trim_start_matches("ws://").trim_end_matches("/realtime");
    let tcp = TcpSocket::new_v4().unwrap();
    tcp.set_recv_buffer_size(RECEIVE_BYTES).unwrap();
    let tcp = tcp.connect(address.parse().unwrap()).await.unwrap();
    let (mut socket, _) = tokio_tungstenite::client_async(&url, tcp).await.unwrap();
    let tell = |frame: Value| Message::text(frame.to_string());
    socket
        .send(tell(json!({"op": "auth", "token": actor.token()})))
        .await
        .unwrap();
    socket
        .send(tell(json!({"op": "sub", "id": "s", "rooms": [{"r": room, "o": 0}]})))
        .await
        .unwrap();
    loop {
        let message = socket.next().await.expect("an open socket").unwrap();
        let frames = frames_of(&message);
        reader.take_live(&frames);
        if frames.iter().any(|frame| frame.has("op", "subbed")) {
            return socket;
        }
    }
}

/// Reads what was on its way, up to the end of the connection, and gives the close code.
async fn read_to_end(socket: &mut WebSocketStream<TcpStream>) -> (Vec<Value>, u16) {
    let mut frames = Vec::new();
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Close(frame) = message {
            return (
                frames,
                frame.map_or(NO_CLOSE_FRAME, |frame| CloseCode::into(frame.code)),
            );
        }
        frames.extend(frames_of(&message));
    }
    (frames, NO_CLOSE_FRAME)
}

fn frames_of(message: &Message) -> Vec<Value> {
    let Message::Text(text) = message else {
        return Vec::new();
    };
    let frame: Value = serde_json::from_str(text).unwrap();
    match frame.has("op", "batch") {
        true => frame.list("ev"),
        false => vec![frame],
    }
}

/// Resumes, with the pages when the product says so, up to `head`.
async fn come_back(actor: &Actor, room: &str, reader: &mut Reader, head: u64) -> Subbed {
    let socket = Socket::open(actor).await;
    let subbed = socket.try_sub(room, Some(reader.held)).await;
    match subbed {
        Subbed::Failed => panic!("no subscription"),
        Subbed::Reset => reader.take_messages(&patient_history(actor, room, reader.held).await),
        Subbed::Recovered => reader.take_live(&socket.frames()),
    }
    assert!(reader.held >= head, "{} is before {head}", reader.held);
    subbed
}

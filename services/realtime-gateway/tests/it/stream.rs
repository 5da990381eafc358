//! The fallback without a WebSocket.

use futures::StreamExt as _;
use kernel::RoomId;
use serde_json::Value;

use crate::client::DEADLINE;
use crate::rig::Rig;

pub(crate) struct Stream {
    body: futures::stream::BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    text: String,
}

pub(crate) async fn open(rig: &Rig, user: kernel::UserId, room: RoomId, last: Option<&str>) -> Stream {
    let mut request = reqwest::Client::new()
        .get(rig.url(&format!("/realtime/sse?rooms={room}")))
        .bearer_auth(rig.token(user));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    Stream {
        body: answer.bytes_stream().boxed(),
        text: String::new(),
    }
}

impl Stream {
    /// Reads until an event fits, and returns its id and data.
    pub(crate) async fn until(&mut self, fits: impl Fn(&Value) -> bool) -> (String, Value) {
        loop {
            for block in self.text.split("\n\n") {
                let line = |name: &str| {
                    block
                        .lines()
                        .find_map(|l| l.strip_prefix(name))
                        .unwrap_or_default()
                        .to_owned()
                };
                let data = serde_json::from_str(&line("data: ")).unwrap_or(Value::Null);
                if fits(&data) {
                    return (line("id: "), data);
                }
            }
            let more = tokio::time::timeout(DEADLINE, self.body.next()).await.unwrap();
            self.text += std::str::from_utf8(&more.unwrap().unwrap()).unwrap();
        }
    }
}

#[tokio::test]
async fn a_stream_tells_what_a_socket_would_and_goes_on_after_the_last_event() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut stream = open(&rig, ada, room, None).await;
    stream.until(|f| f["op"] == "subbed").await;
    rig.sent(room, ada, "1").await;
    let (last, _) = stream.until(|f| f["t"] == "message.sent").await;
    drop(stream);
    rig.sent(room, ada, "2").await;
    let mut again = open(&rig, ada, room, Some(&last)).await;
    again.until(|f| f["op"] == "subbed" && f["recovered"] == true).await;
    rig.sent(room, ada, "3").await;
    again.until(|f| f["o"] == 3).await;
    assert!(
        again.text.contains("\"o\":2") && !again.text.contains("\"o\":1,"),
        "{}",
        again.text
    );
}

#[tokio::test]
async fn a_stream_of_another_epoch_is_reset() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let (last, _) = open(&rig, ada, room, None).await.until(|f| f["op"] == "subbed").await;
    rig.chat.with(room, |r| r.epoch = "e2".into());
    open(&rig, ada, room, Some(&last))
        .await
        .until(|f| f["op"] == "reset")
        .await;
}

#[tokio::test]
async fn a_stream_asks_for_a_token_and_for_membership() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let stranger = rig.users.add("mallory");
    let status = async |path: &str, user: Option<kernel::UserId>| {
        let mut request = reqwest::Client::new().get(rig.url(path));
        if let Some(user) = user {
            request = request.bearer_auth(rig.token(user));
        }
        request.send().await.unwrap().status().as_u16()
    };
    let path = format!("/realtime/sse?rooms={room}");
    assert_eq!(status(&path, None).await, 401);
    assert_eq!(status(&format!("{path}&token={}", rig.token(ada)), None).await, 401);
    assert_eq!(status(&format!("{path}&token=x"), Some(ada)).await, 400);
    assert_eq!(status(&path, Some(stranger)).await, 404);
    assert_eq!(status("/realtime/sse?rooms=x", Some(ada)).await, 422);
    assert_eq!(status("/realtime/sse?room=x", Some(ada)).await, 422);
    assert_eq!(status("/realtime/sse?ticket=never-was", None).await, 401);
}

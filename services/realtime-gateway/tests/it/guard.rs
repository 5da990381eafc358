//! Who may connect, and when a connection ends.

use std::time::Duration;

use contracts::auth::AccountEvent;
use kernel::SessionId;
use realtime_gateway::Config;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::client::{Client, DEADLINE, connect};
use crate::rig::Rig;

#[tokio::test]
async fn hello_comes_first_and_nothing_is_done_before_auth() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut client = connect(&rig, "/realtime", &[]).await.unwrap();
    let refused = client
        .ask(json!({"op": "send", "r": room, "clientId": "c", "text": "t"}))
        .await;
    assert_eq!(refused["code"], "auth.unauthenticated");
    let hello = &client.frames[0];
    assert!(hello["op"] == "hello" && hello["pingMs"] == 25_000 && hello["limits"]["frameBytes"] == 65_536);
    client.say(json!({"op": "auth", "token": rig.token(ada)})).await;
    assert_eq!(client.wait(|f| f["op"] == "ready").await["userId"], json!(ada));
}

#[tokio::test]
async fn a_bad_token_ends_the_socket_and_so_does_silence() {
    let (rig, _, _) = Rig::people(["ada"]).await;
    let mut bad = connect(&rig, "/realtime", &[]).await.unwrap();
    bad.say(json!({"op": "auth", "token": "a.b.c"})).await;
    assert_eq!(bad.close_code().await, 4501);
    assert!(bad.saw(|f| f["op"] == "err" && f["code"] == "auth.token_invalid"));
    let mut silent = connect(&rig, "/realtime", &[]).await.unwrap();
    silent.read().await;
    rig.advance(Duration::from_secs(10));
    assert_eq!(silent.close_code().await, 4004);
}

#[tokio::test]
async fn a_foreign_origin_and_a_token_in_the_address_are_refused() {
    let (rig, [ada], _) = Rig::people(["ada"]).await;
    let own = format!("http://{}", rig.address);
    assert!(connect(&rig, "/realtime", &[("origin", &own)]).await.is_ok());
    assert_eq!(
        connect(&rig, "/realtime", &[("origin", "https://evil.example")])
            .await
            .err(),
        Some(403)
    );
    for name in ["token", "access_token"] {
        let path = format!("/realtime?{name}={}", rig.token(ada));
        assert_eq!(connect(&rig, &path, &[]).await.err(), Some(400), "{name}");
    }
    let plain = reqwest::get(rig.url("/realtime")).await.unwrap();
    assert_eq!(plain.status(), 400);
}

#[tokio::test]
async fn a_ticket_opens_one_socket_within_its_time() {
    let (rig, [ada], _) = Rig::people(["ada"]).await;
    let session: SessionId = rig.ambient.id();
    let issue = async || {
        let request = reqwest::Client::new()
            .post(rig.url("/api/realtime/tickets"))
            .bearer_auth(rig.token_of(ada, session));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 201);
        let body: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(body["expiresIn"], 30);
        format!("/realtime?ticket={}", body["ticket"].as_str().unwrap())
    };
    let path = issue().await;
    assert_eq!(
        reqwest::get(rig.url(&path)).await.unwrap().status(),
        400,
        "a plain request does not use it up"
    );
    let mut client = connect(&rig, &path, &[]).await.unwrap();
    client.wait(|f| f["op"] == "ready").await;
    assert_eq!(connect(&rig, &path, &[]).await.err(), Some(401));
    let late = issue().await;
    rig.advance(Duration::from_secs(31));
    assert_eq!(connect(&rig, &late, &[]).await.err(), Some(401));
    rig.publish(&AccountEvent::SessionRevoked {
        user_id: ada,
        session_id: session,
    })
    .await;
    assert_eq!(client.close_code().await, 4502, "it belongs to the session");
    let anonymous = reqwest::Client::new()
        .post(rig.url("/api/realtime/tickets"))
        .send()
        .await
        .unwrap();
    assert_eq!(anonymous.status(), 401);
}

#[tokio::test]
async fn the_end_of_a_session_closes_its_sockets_and_no_others_and_a_ban_all() {
    let (rig, [ada], _) = Rig::people(["ada"]).await;
    let session: SessionId = rig.ambient.id();
    let mut ended = connect(&rig, "/realtime", &[]).await.unwrap();
    ended
        .say(json!({"op": "auth", "token": rig.token_of(ada, session)}))
        .await;
    ended.wait(|f| f["op"] == "ready").await;
    let mut other = Client::of(&rig, ada).await;
    rig.publish(&AccountEvent::SessionRevoked {
        user_id: ada,
        session_id: session,
    })
    .await;
    assert_eq!(ended.close_code().await, 4502);
    assert!(ended.saw(|f| f["t"] == "session.revoked"));
    assert_eq!(other.ask(json!({"op": "unsub", "rooms": []})).await["op"], "ok");
    rig.publish(&AccountEvent::Banned {
        user_id: ada,
        reason: "spam".into(),
    })
    .await;
    assert_eq!(other.close_code().await, 4503);
}

#[tokio::test]
async fn a_token_is_announced_to_expire_may_be_renewed_and_ends_the_socket() {
    let (rig, [ada, bob], _) = Rig::people(["ada", "bob"]).await;
    let session = rig.ambient.id();
    let mut client = connect(&rig, "/realtime", &[]).await.unwrap();
    client
        .say(json!({"op": "auth", "token": rig.token_until(ada, session, 90)}))
        .await;
    client.wait(|f| f["op"] == "ready").await;
    rig.advance(Duration::from_secs(31));
    assert_eq!(client.wait(|f| f["op"] == "auth_expiring").await["inMs"], 59_000);
    let renewed = client
        .ask(json!({"op": "auth", "token": rig.token_until(ada, session, 120)}))
        .await;
    assert_eq!(renewed["op"], "ready");
    rig.advance(Duration::from_secs(62));
    client
        .wait_from(client.frames.len(), |f| f["op"] == "auth_expiring")
        .await;
    rig.advance(Duration::from_secs(60));
    assert_eq!(client.close_code().await, 4501);
    let mut other = Client::of(&rig, ada).await;
    other.say(json!({"op": "auth", "token": rig.token(bob)})).await;
    assert_eq!(other.close_code().await, 4501, "another person's token");
}

#[tokio::test]
async fn a_session_that_ends_while_its_token_is_checked_ends_the_socket() {
    let (rig, [ada], _) = Rig::people(["ada"]).await;
    let mut renewed = Client::of(&rig, ada).await;
    let session: SessionId = rig.ambient.id();
    rig.revoke(session).await;
    let auth = json!({"op": "auth", "token": rig.token_of(ada, session)});
    renewed.say(auth.clone()).await;
    assert_eq!(renewed.close_code().await, 4502, "renewed by another session");
    let mut new = connect(&rig, "/realtime", &[]).await.unwrap();
    new.say(auth).await;
    assert_eq!(new.close_code().await, 4502);
}

/// A socket by hand, which answers nothing by itself.
struct Deaf(tokio::net::TcpStream, Vec<u8>);

impl Deaf {
    async fn of(rig: &Rig, user: kernel::UserId) -> Self {
        let mut stream = tokio::net::TcpStream::connect(rig.address).await.unwrap();
        let head = "GET /realtime HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                    sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        let auth = json!({"op": "auth", "token": rig.token(user)}).to_string().into_bytes();
        let length = u16::try_from(auth.len()).unwrap().to_be_bytes();
        // A text frame, masked with zeros (RFC 6455, 5.2).
        let frame = [&[0x81, 0x80 | 126][..], &length, &[0; 4], &auth].concat();
        stream.write_all(&[head.as_bytes(), &frame].concat()).await.unwrap();
        let mut deaf = Self(stream, Vec::new());
        deaf.until(r#""op":"ready""#, 1).await;
        deaf
    }

    /// Reads until `words` have come so many times.
    async fn until(&mut self, words: &str, times: usize) {
        while String::from_utf8_lossy(&self.1).matches(words).count() < times {
            let read = tokio::time::timeout(DEADLINE, self.0.read_buf(&mut self.1))
                .await
                .unwrap()
                .unwrap();
            assert!(read > 0, "closed before {words}");
        }
    }

    /// Reads to the end and returns the code of the close frame there.
    async fn close_code(mut self) -> u16 {
        tokio::time::timeout(DEADLINE, self.0.read_to_end(&mut self.1))
            .await
            .unwrap()
            .unwrap();
        let at = self.1.iter().rposition(|b| *b == 0x88).unwrap();
        u16::from_be_bytes([self.1[at + 2], self.1[at + 3]])
    }
}

#[tokio::test]
async fn two_pings_without_an_answer_close_and_a_pong_keeps() {
    let (rig, [ada], _) = Rig::people(["ada"]).await;
    let (mut quiet, mut lively) = (Deaf::of(&rig, ada).await, Client::of(&rig, ada).await);
    for round in 1..=2 {
        rig.advance(Duration::from_millis(25_500));
        quiet.until(r#"{"op":"ping"}"#, round).await;
        lively.ask(json!({"op": "unsub", "rooms": []})).await;
    }
    rig.advance(Duration::from_millis(25_500));
    assert_eq!(quiet.close_code().await, 4002);
    assert_eq!(lively.ask(json!({"op": "unsub", "rooms": []})).await["op"], "ok");
}

#[tokio::test]
async fn a_frame_too_large_and_a_flood_close_only_the_offender() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut neighbour = Client::in_room(&rig, ada, room).await;
    for bytes in [70_000, 300_000] {
        let mut large = Client::of(&rig, ada).await;
        large
            .say(json!({"op": "send", "r": room, "clientId": "c", "text": "x".repeat(bytes)}))
            .await;
        assert_eq!(large.close_code().await, 1009, "{bytes}");
    }
    let mut flood = Client::of(&rig, ada).await;
    for _ in 0..3_000 {
        flood.say(json!({"op": "pong"})).await;
    }
    assert_eq!(flood.close_code().await, 1008);
    assert!(flood.saw(|f| f["code"] == "realtime.flood"));
    rig.sent(room, ada, "still here").await;
    neighbour.until(1).await;
}

#[tokio::test]
async fn a_person_has_so_many_sockets_and_an_address_so_many_connects() {
    let rig = Rig::with(Config {
        sockets_per_user_max: 2,
        connects_burst: 3,
        ..Config::default()
    })
    .await;
    let ada = rig.users.add("ada");
    let (_first, _second) = (Client::of(&rig, ada).await, Client::of(&rig, ada).await);
    let mut third = connect(&rig, "/realtime", &[]).await.unwrap();
    third.say(json!({"op": "auth", "token": rig.token(ada)})).await;
    assert_eq!(third.close_code().await, 4504);
    let far = [("x-forwarded-for", "203.0.113.7")];
    for _ in 0..3 {
        assert!(connect(&rig, "/realtime", &far).await.is_ok());
    }
    assert_eq!(connect(&rig, "/realtime", &far).await.err(), Some(429));
}

#[tokio::test]
async fn a_reader_who_does_not_read_is_cut_off_and_holds_nobody_up() {
    let rig = Rig::with(Config {
        outbox_hard_bytes: 128 * 1024,
        ..Config::default()
    })
    .await;
    let ada = rig.users.add("ada");
    let room = rig.chat.room(&[ada]);
    let (mut slow, mut quick) = (
        Client::in_room(&rig, ada, room).await,
        Client::in_room(&rig, ada, room).await,
    );
    let (text, mut sent) = ("x".repeat(8_000), 0);
    // More than the kernel holds for a reader who does not read.
    for _ in 0..240 {
        for _ in 0..10 {
            sent = rig.sent(room, ada, &text).await.seq;
        }
        quick.until(sent).await;
    }
    assert_eq!(quick.offsets().len() as u64, sent);
    let code = slow.close_code().await;
    assert!(code == 4001 || code == 1006, "{code}");
    let held = slow.offsets().last().copied().unwrap_or(0);
    assert!(held < sent && slow.offsets() == (1..=held).collect::<Vec<_>>());
}

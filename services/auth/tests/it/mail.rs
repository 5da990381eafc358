//! Letters: proving an address, and a queue that loses nothing.

use std::time::Duration;

use auth::Config;
use contracts::auth::Accounts as _;
use mail::{SmtpConfig, SmtpTls};
use serde_json::json;
use testkit::World;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use crate::house::{House, eventually};

#[tokio::test]
async fn an_address_is_proven_once_through_the_mail() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    assert!(!house.local.account(ada.id).await.unwrap().email_verified);
    let token = house.mailed(&ada.email, &[]).await;
    house
        .anyone()
        .post("/api/auth/email/verify", json!({"token": token}))
        .await
        .expect(204);
    assert!(house.local.account(ada.id).await.unwrap().email_verified);
    let again = house
        .anyone()
        .post("/api/auth/email/verify", json!({"token": token}))
        .await;
    again.fails(422, "auth.one_time_token_invalid");
    assert_eq!(house.events().await, ["registered", "email_verified"]);
}

#[tokio::test]
async fn the_letter_is_sent_again_until_the_address_is_proven() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let first = house.mailed(&ada.email, &[]).await;
    ada.post_empty("/api/auth/email/resend").await.expect(202);
    let second = house.mailed(&ada.email, std::slice::from_ref(&first)).await;
    ada.post("/api/auth/email/verify", json!({"token": second}))
        .await
        .expect(204);
    ada.post_empty("/api/auth/email/resend").await.expect(202);
    let letters = house.store.scan("letters", None, 100).await.unwrap();
    assert_eq!(letters.len(), 1, "only the first, unused one is left");
}

#[tokio::test]
async fn a_verification_token_is_dead_after_a_day() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    let token = house.mailed(&ada.email, &[]).await;
    house.world.advance(Duration::from_secs(24 * 3600));
    let late = house
        .anyone()
        .post("/api/auth/email/verify", json!({"token": token}))
        .await;
    late.fails(422, "auth.one_time_token_invalid");
}

/// Takes mails as a server would, and returns the first whole one.
async fn take_one(listener: &TcpListener) -> String {
    let (socket, _) = listener.accept().await.unwrap();
    let (read, mut write) = socket.into_split();
    let mut lines = BufReader::new(read).lines();
    let (mut mail, mut in_data) = (String::new(), false);
    write.write_all(b"220 test\r\n").await.unwrap();
    while let Some(line) = lines.next_line().await.unwrap() {
        let answer = match line.as_str() {
            "." if in_data => {
                write.write_all(b"250 taken\r\n").await.unwrap();
                return mail;
            }
            line if in_data => {
                mail.push_str(line);
                mail.push('\n');
                continue;
            }
            "DATA" => {
                in_data = true;
                "354 go\r\n"
            }
            _ => "250 ok\r\n",
        };
        write.write_all(answer.as_bytes()).await.unwrap();
    }
    mail
}

#[tokio::test]
async fn a_mail_server_that_is_away_delays_the_mail_over_a_restart_but_loses_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let smtp = SmtpConfig {
        host: "127.0.0.1".into(),
        port: Some(address.port()),
        tls: SmtpTls::None,
        user: None,
        password_file: None,
    };
    let mails = mail::Config {
        smtp: Some(smtp),
        ..Default::default()
    };
    let opened = House::mailing(World::new().await, Config::default(), mails.clone()).await;
    let house = opened.unwrap();
    let ada = house.person("ada").await;
    let tried = async || {
        let letters = house.store.scan("letters", None, 10).await.unwrap();
        let letter: serde_json::Value = serde_json::from_slice(&letters[0].body).unwrap();
        letter["attempts"].as_u64().filter(|tries| *tries > 0)
    };
    eventually("a first try", tried).await;
    let opened = House::mailing(house.stopped().await, Config::default(), mails).await;
    let house = opened.unwrap();
    let listener = TcpListener::bind(address).await.unwrap();
    house.world.advance(Duration::from_secs(3600));
    let text = tokio::time::timeout(Duration::from_secs(20), take_one(&listener))
        .await
        .unwrap();
    assert!(text.contains("To: ada@example.com"), "{text}");
    let token = text.lines().skip_while(|line| *line != "token:").nth(1).unwrap();
    house
        .anyone()
        .post("/api/auth/email/verify", json!({"token": token}))
        .await
        .expect(204);
    assert!(house.local.account(ada.id).await.unwrap().email_verified);
}

#[tokio::test]
async fn what_is_out_of_date_is_removed() {
    let house = House::new().await;
    let ada = house.person("ada").await;
    house.mailed(&ada.email, &[]).await;
    house.local.erase(ada.id, crate::house::PASSWORD).await.unwrap();
    house.person("bob").await;
    house.world.advance(Duration::from_secs(31 * 24 * 3600));
    let house = house.restart().await;
    for (collection, left) in [("sessions", 0), ("letters", 0), ("accounts", 1)] {
        let count = async || house.store.scan(collection, None, 10).await.unwrap().len();
        eventually(collection, async || (count().await == left).then_some(())).await;
    }
}

//! Owns the way to a mail server (RFC 5321) through lettre. Refuses to send credentials or mail in the clear unless the
//! operator said so.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::{Mail, MailError, Mailer, SmtpConfig, SmtpTls, Which, message};

/// How long the server may take for one command.
const COMMAND_MAX: Duration = Duration::from_secs(20);

/// Sends through a mail server, keeping connections open.
pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// Prepares; connects with the first mail.
    pub(crate) fn open(config: &SmtpConfig, from: Mailbox) -> Result<Self, MailError> {
        let failed = |e: &dyn std::fmt::Display| MailError(e.to_string());
        type Transport = AsyncSmtpTransport<Tokio1Executor>;
        let mut builder = match config.tls {
            SmtpTls::Tls => Transport::relay(&config.host).map_err(|e| failed(&e))?,
            SmtpTls::Starttls => Transport::starttls_relay(&config.host).map_err(|e| failed(&e))?,
            SmtpTls::None => Transport::builder_dangerous(&config.host),
        };
        builder = builder.timeout(Some(COMMAND_MAX));
        if let Some(port) = config.port {
            builder = builder.port(port);
        }
        if let Some(user) = &config.user {
            let password = match &config.password_file {
                Some(path) => std::fs::read_to_string(path).map_err(|e| failed(&format!("{}: {e}", path.display())))?,
                None => String::new(),
            };
            let password = password.lines().next().unwrap_or_default().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        Ok(Self {
            transport: builder.build(),
            from,
        })
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = message(&self.from, mail)?;
        self.transport
            .send(message)
            .await
            .map(drop)
            .map_err(|e| MailError(e.to_string()))
    }

    async fn forget(&self, _: Which<'_>) -> Result<(), MailError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpListener;

    use super::*;

    /// Takes one mail as a server would, and returns its lines.
    async fn take_one(listener: TcpListener) -> Vec<String> {
        let (socket, _) = listener.accept().await.unwrap();
        let (read, mut write) = socket.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut mail = Vec::new();
        write.write_all(b"220 test\r\n").await.unwrap();
        while let Some(line) = lines.next_line().await.unwrap() {
            let answer = match line.split(' ').next().unwrap_or_default() {
                "DATA" => {
                    write.write_all(b"354 go\r\n").await.unwrap();
                    while let Some(line) = lines.next_line().await.unwrap() {
                        if line == "." {
                            break;
                        }
                        mail.push(line);
                    }
                    write.write_all(b"250 taken\r\n").await.unwrap();
                    return mail;
                }
                "EHLO" => "250 test\r\n",
                _ => "250 ok\r\n",
            };
            write.write_all(answer.as_bytes()).await.unwrap();
        }
        mail
    }

    #[tokio::test]
    async fn a_mail_reaches_the_server_and_a_dead_server_is_an_error() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = SmtpConfig {
            host: "127.0.0.1".into(),
            port: Some(port),
            tls: SmtpTls::None,
            user: None,
            password_file: None,
        };
        let smtp = Smtp::open(&config, "AI Chat <no-reply@localhost>".parse().unwrap()).unwrap();
        let mail = crate::sample(&kernel::Ambient::system());
        let (taken, sent) = tokio::join!(take_one(listener), smtp.send(&mail));
        sent.unwrap();
        assert!(taken.contains(&"To: ada@example.com".to_owned()), "{taken:?}");
        assert!(taken.windows(2).any(|two| two == ["token:", "abc"]), "{taken:?}");
        let fresh = Smtp::open(&config, "no-reply@localhost".parse().unwrap()).unwrap();
        assert!(fresh.send(&mail).await.is_err());
    }

    #[tokio::test]
    async fn tls_can_be_prepared_without_a_connection() {
        for tls in [SmtpTls::Tls, SmtpTls::Starttls] {
            let config = SmtpConfig {
                host: "mail.example.com".into(),
                port: None,
                tls,
                user: Some("u".into()),
                password_file: None,
            };
            assert!(Smtp::open(&config, "no-reply@example.com".parse().unwrap()).is_ok());
        }
    }
}

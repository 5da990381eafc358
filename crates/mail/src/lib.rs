//! Owns how a mail leaves the house: a port with two adapters. Refuses to know what a mail is about, and never retries:
//! the queue does.

mod config;
mod outbox;
mod smtp;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use kernel::{ErrorCode, Fault, Timestamp};
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::{HeaderName, HeaderValue};

pub use config::{Config, SmtpConfig, SmtpTls};

/// A mail to one person, plain text.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Unique; the same when it is tried again.
    pub id: String,
    /// The address of its reader.
    pub to: String,
    /// What it is about, in one line.
    pub subject: String,
    /// All of it, plain text.
    pub text: String,
    /// Where a mail program asks with one POST that no such mail comes any more (RFC 8058).
    pub unsubscribe: Option<String>,
    /// When it was written.
    pub at: Timestamp,
}

/// Mails that are to be forgotten.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// Those to this address.
    To(&'a str),
    /// Those whose id begins like this.
    Ids(&'a str),
}

/// Why a mail did not leave.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct MailError(pub(crate) String);

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail over; on `Ok` somebody else is responsible for it.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
    /// Removes these mails from this house; those that have left it cannot be called back. Idempotent.
    async fn forget(&self, which: Which<'_>) -> Result<(), MailError>;
}

/// Tells whether a text is an address to which mail can be sent (RFC 5321), without a name.
pub fn is_address(text: &str) -> bool {
    text.parse::<lettre::Address>().is_ok()
}

/// Opens what `config` names: a mail server, or the file outbox in `<data_dir>/mail`.
pub fn open(config: &Config, data_dir: &Path) -> Result<Arc<dyn Mailer>, Fault> {
    let wrong = |e: &dyn std::fmt::Display| Fault::new(ErrorCode::Invalid, "mail.config", format!("mail: {e}"));
    let from: Mailbox = config.from.parse().map_err(|e| wrong(&e))?;
    match &config.smtp {
        Some(smtp) => Ok(Arc::new(smtp::Smtp::open(smtp, from).map_err(|e| wrong(&e))?)),
        None => Ok(Arc::new(outbox::Outbox::new(data_dir.join("mail"), from))),
    }
}

/// Writes a mail as an RFC 5322 message.
fn message(from: &Mailbox, mail: &Mail) -> Result<Message, MailError> {
    let failed = |e: &dyn std::fmt::Display| MailError(e.to_string());
    let to = mail.to.parse().map_err(|e| failed(&e))?;
    let sent_at = UNIX_EPOCH + Duration::from_millis(u64::try_from(mail.at.millis()).unwrap_or(0));
    let mut builder = Message::builder();
    if let Some(address) = &mail.unsubscribe {
        let header = |name: &'static str, value: String| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
        builder = builder
            .raw_header(header("List-Unsubscribe", format!("<{address}>")))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into()));
    }
    builder
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(&mail.subject)
        .date(sent_at)
        .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
        .body(mail.text.clone())
        .map_err(|e| failed(&e))
}

#[cfg(test)]
fn sample(ambient: &kernel::Ambient) -> Mail {
    Mail {
        id: ambient.token::<16>(),
        to: "ada@example.com".into(),
        subject: "Hello".into(),
        text: "Hello,\n\ntoken:\nabc\n".into(),
        unsubscribe: None,
        at: ambient.now(),
    }
}

//! Owns what an operator may set of mails, with the defaults. Refuses to know where the file stands.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Settings under `[mail]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// The sender. Default `AI Chat <no-reply@localhost>`.
    pub from: String,
    /// The mail server. Without one, mails are written to `mail/` in the data directory.
    pub smtp: Option<SmtpConfig>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            from: "AI Chat <no-reply@localhost>".into(),
            smtp: None,
        }
    }
}

/// Settings under `[mail.smtp]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SmtpConfig {
    /// Host name, which the certificate must carry.
    pub host: String,
    /// Port. Default 465 with `tls`, 587 with `starttls`, 25 with `none`.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is protected. Default `tls`.
    #[serde(default)]
    pub tls: SmtpTls,
    /// User name, when the server asks for one.
    #[serde(default)]
    pub user: Option<String>,
    /// File whose first line is the password.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// TLS from the first byte.
    #[default]
    Tls,
    /// Plain at first, then TLS or nothing at all.
    Starttls,
    /// Never; only for a relay on the same machine.
    None,
}

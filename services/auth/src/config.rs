//! Owns what an operator may set, with the defaults. Refuses to know where the file stands.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Settings under `[auth]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// Name of the product in mails and authenticator apps. Default `AI Chat`.
    pub product_name: String,
    /// E-mail addresses of moderators. The right is given only once the address is proven. Default none.
    pub admins: Vec<String>,
    /// Domains whose addresses count as proven from the sign-up on: for the demo, and where nobody else can sign up with such an address. Default
    /// none.
    pub proven_domains: Vec<String>,
    /// File with the server secret: 32 bytes as unpadded URL-safe base64. Default `auth.secret` in the data directory, made
    /// at the first start. All processes of one deployment must share it.
    pub secret_file: Option<PathBuf>,
    /// How many password hashes may wait for their turn before sign-ins are refused with 503. Default 256.
    pub hash_queue_max: usize,
    /// How many sessions a person may have; the oldest ends when one more begins. Default 100.
    pub sessions_per_user_max: usize,
    /// How many accounts one address (IPv6: one /64) may make in an hour. Default 30.
    pub signups_per_address_per_hour: u32,
}

impl Config {
    /// Returns where the server secret is kept.
    pub fn secret_path(&self, data_dir: &Path) -> PathBuf {
        let default = || data_dir.join("auth.secret");
        self.secret_file.clone().unwrap_or_else(default)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            product_name: "AI Chat".into(),
            admins: Vec::new(),
            proven_domains: Vec::new(),
            secret_file: None,
            hash_queue_max: 256,
            sessions_per_user_max: 100,
            signups_per_address_per_hour: 30,
        }
    }
}

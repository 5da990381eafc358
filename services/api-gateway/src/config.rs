//! Owns the door's settings and limits.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Settings of the public door.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// Web origins that may call from a browser, besides our own and loopback ones. `*` allows all. Default none.
    pub cors_origins: Vec<String>,
    /// Requests a second of one signed-in person, refilled evenly. Default 1000.
    pub user_requests_per_second: u32,
    /// The burst of the same. Default 2000.
    pub user_requests_burst: u32,
    /// Requests a second of one address (IPv6: its /64) without a token that holds. Default 50. The operator's own
    /// machine (loopback with no proxy in front) is not counted.
    pub address_requests_per_second: u32,
    /// The burst of the same. Default 200.
    pub address_requests_burst: u32,
    /// Addresses and networks of proxies whose `X-Forwarded-For` is believed, besides loopback: `10.0.0.0/8`. Default none.
    pub trusted_proxies: Vec<String>,
    /// Longest time for an answer to begin, except for streams. Default 30.
    pub deadline_seconds: u64,
    /// Folder of the web app as it was built, served at `/`. Default none: a plain page stands there.
    pub app_dir: PathBuf,
    /// Beginnings of paths and the services that own them, besides the product's own or instead of them; for services in
    /// processes of their own. Default none.
    pub routes: BTreeMap<String, String>,
    /// How services in processes of their own are asked.
    pub upstream: UpstreamConfig,
}

/// Settings of the way to services in processes of their own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct UpstreamConfig {
    /// Longest time for a connection to come about, in milliseconds. Default 1000.
    pub connect_ms: u64,
    /// How long a request waits for a replica when none can be connected, in milliseconds. Default 5000.
    pub patience_ms: u64,
    /// Longest time for a stream's answer to begin; other answers have the door's deadline. Default 620: a model may think.
    pub answer_seconds: u64,
    /// Longest time of an upload of a file until its answer begins. Default 21,600, as media allows one.
    pub upload_seconds: u64,
    /// Longest silence within a body. Default 120.
    pub silence_seconds: u64,
    /// Replicas that are asked for one request at most, when it may be done twice. Default 3.
    pub attempts_max: u32,
    /// Largest body of a request, in bytes, except of uploads, which media limits. Default 2 MiB.
    pub body_bytes_max: u64,
    /// Largest body that is kept so that it can be sent again, in bytes. Default 64 KiB.
    pub kept_body_bytes_max: u64,
    /// Connections to one replica that rest between requests. Default 256.
    pub idle_connections_max: usize,
    /// How long a connection may rest; less than the 30 s after which services close it. Default 20.
    pub idle_seconds: u64,
    /// WebSockets that pass through at once. Default 50000.
    pub sockets_max: usize,
    /// How often names of replicas are resolved again. Default 5.
    pub resolve_seconds: u64,
}

impl Default for UpstreamConfig {
    fn default() -> Self {
        Self {
            connect_ms: 1000,
            patience_ms: 5000,
            answer_seconds: 620,
            upload_seconds: 21_600,
            silence_seconds: 120,
            attempts_max: 3,
            body_bytes_max: 2 * 1024 * 1024,
            kept_body_bytes_max: 64 * 1024,
            idle_connections_max: 256,
            idle_seconds: 20,
            sockets_max: 50_000,
            resolve_seconds: 5,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            cors_origins: Vec::new(),
            user_requests_per_second: 1000,
            user_requests_burst: 2000,
            address_requests_per_second: 50,
            address_requests_burst: 200,
            trusted_proxies: Vec::new(),
            deadline_seconds: 30,
            app_dir: PathBuf::new(),
            routes: BTreeMap::new(),
            upstream: UpstreamConfig::default(),
        }
    }
}

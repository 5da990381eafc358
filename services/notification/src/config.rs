//! Owns the service's settings: section `[notification]` of the configuration file. Refuses to know where the file lies.

use std::path::{Path, PathBuf};
use std::time::Duration;

use kernel::Fault;
use serde::{Deserialize, Serialize};

/// Settings of notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// Name of the product in pushes and mails. Default `AI Chat`.
    pub product_name: String,
    /// Where people open the app, for links in digests. Default none: no links.
    pub public_url: Option<String>,
    /// File with the secret that the Web Push key is derived from: 32 bytes as unpadded URL-safe base64. Default `notification.secret` in the
    /// data directory, made at the first start. All processes of one deployment must share it; without it every browser must subscribe anew.
    pub secret_file: Option<PathBuf>,
    /// Items of one person; the oldest go. Default 1,000, at most 10,000.
    pub items_max: u32,
    /// Deeds that one item keeps, and so people that it counts; what is more is said to be more. Default 100, at most 500.
    pub deeds_max: usize,
    /// Devices of one person; the oldest go. Default 20.
    pub devices_max: u32,
    /// Members of a room up to which those who are away are told of each message; in larger ones only mentions are told. Default 200.
    pub message_members_max: usize,
    /// People of one post or comment whose mention is told. Default 50.
    pub mentions_max: usize,
    /// How long an item waits before it is pushed, in milliseconds: who reads it meanwhile is not disturbed. Default 3,000.
    pub push_delay_ms: u64,
    /// News that are older are not pushed, in seconds. Default 3,600.
    pub push_fresh_seconds: u64,
    /// How long a push is worth showing, in seconds. Default 86,400.
    pub push_ttl_seconds: u64,
    /// Tries of one push. Default 8.
    pub push_attempts_max: u32,
    /// Items that are made out, and pushes that are prepared or on their way, at once. Default 8.
    pub push_parallel: usize,
    /// How long a push service may take, in milliseconds. Default 10,000.
    pub push_timeout_ms: u64,
    /// How often what is due is looked for, in milliseconds. Default 1,000.
    pub sweep_each_ms: u64,
    /// Expo's push service.
    pub expo: ExpoConfig,
    /// Web Push.
    pub web_push: WebPushConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            product_name: "AI Chat".into(),
            public_url: None,
            secret_file: None,
            items_max: 1_000,
            deeds_max: 100,
            devices_max: 20,
            message_members_max: 200,
            mentions_max: 50,
            push_delay_ms: 3_000,
            push_fresh_seconds: 3_600,
            push_ttl_seconds: 86_400,
            push_attempts_max: 8,
            push_parallel: 8,
            push_timeout_ms: 10_000,
            sweep_each_ms: 1_000,
            expo: ExpoConfig::default(),
            web_push: WebPushConfig::default(),
        }
    }
}

/// Settings under `[notification.expo]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct ExpoConfig {
    /// Where its API is. Default `https://exp.host/--/api/v2/push`.
    pub base_url: String,
    /// File whose first line is the access token, when the account asks for one. Default none.
    pub access_token_file: Option<PathBuf>,
    /// How long after a push its receipt is asked for, in seconds. Default 900, as Expo advises.
    pub receipts_after_seconds: u64,
}

impl Default for ExpoConfig {
    fn default() -> Self {
        Self {
            base_url: "https://exp.host/--/api/v2/push".into(),
            access_token_file: None,
            receipts_after_seconds: 900,
        }
    }
}

/// Settings under `[notification.webPush]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct WebPushConfig {
    /// How push services reach the operator: a `mailto:` or `https:` address. Default `mailto:admin@localhost`, which some refuse.
    pub subject: String,
    /// Whether endpoints may be in one's own network and without TLS: for tests, and for a push service of one's own. Default no.
    pub endpoints_may_be_private: bool,
}

impl Default for WebPushConfig {
    fn default() -> Self {
        Self {
            subject: "mailto:admin@localhost".into(),
            endpoints_may_be_private: false,
        }
    }
}

impl Config {
    /// Checks that the settings make sense. `Invalid` names those that do not.
    pub fn check(&self) -> Result<(), Fault> {
        let wrong = |field: &str, rule: &str| Err(Fault::invalid(format!("notification.{field}"), rule));
        if !(1..=10_000).contains(&self.items_max) {
            return wrong("itemsMax", "is between 1 and 10,000");
        }
        if !(1..=500).contains(&self.deeds_max) {
            return wrong("deedsMax", "is between 1 and 500");
        }
        if !(1..=100).contains(&self.devices_max) {
            return wrong("devicesMax", "is between 1 and 100");
        }
        if self.message_members_max > 1_000 {
            return wrong("messageMembersMax", "is at most 1,000");
        }
        if !(1..=200).contains(&self.mentions_max) {
            return wrong("mentionsMax", "is between 1 and 200");
        }
        if !(1..=20).contains(&self.push_attempts_max) {
            return wrong("pushAttemptsMax", "is between 1 and 20");
        }
        if !(1..=256).contains(&self.push_parallel) {
            return wrong("pushParallel", "is between 1 and 256");
        }
        if !(100..=60_000).contains(&self.push_timeout_ms) {
            return wrong("pushTimeoutMs", "is between 100 and 60,000: less than a try's lease");
        }
        if self.push_delay_ms > 3_600_000 {
            return wrong("pushDelayMs", "is at most 3,600,000");
        }
        if self.push_fresh_seconds > 604_800 {
            return wrong("pushFreshSeconds", "is at most 604,800");
        }
        if !(1..=86_400).contains(&self.expo.receipts_after_seconds) {
            return wrong(
                "expo.receiptsAfterSeconds",
                "is between 1 and 86,400: Expo keeps a receipt for a day",
            );
        }
        if !(60..=2_419_200).contains(&self.push_ttl_seconds) {
            return wrong("pushTtlSeconds", "is between a minute and four weeks");
        }
        if !(10..=30_000).contains(&self.sweep_each_ms) {
            return wrong("sweepEachMs", "is between 10 and 30,000");
        }
        let subject = &self.web_push.subject;
        if !(subject.starts_with("mailto:") || subject.starts_with("https:")) {
            return wrong("webPush.subject", "is a mailto: or https: address");
        }
        Ok(())
    }

    /// Returns where the secret is kept.
    pub fn secret_path(&self, data_dir: &Path) -> PathBuf {
        let default = || data_dir.join("notification.secret");
        self.secret_file.clone().unwrap_or_else(default)
    }

    pub(crate) fn push_delay(&self) -> Duration {
        Duration::from_millis(self.push_delay_ms)
    }

    pub(crate) fn push_fresh(&self) -> Duration {
        Duration::from_secs(self.push_fresh_seconds)
    }

    pub(crate) fn push_ttl(&self) -> Duration {
        Duration::from_secs(self.push_ttl_seconds)
    }

    pub(crate) fn push_timeout(&self) -> Duration {
        Duration::from_millis(self.push_timeout_ms)
    }

    pub(crate) fn receipts_after(&self) -> Duration {
        Duration::from_secs(self.expo.receipts_after_seconds)
    }

    pub(crate) fn sweep_each(&self) -> Duration {
        Duration::from_millis(self.sweep_each_ms)
    }
}

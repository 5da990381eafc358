//! Owns the service's settings: section `[payments]` of the configuration file. Refuses to know where the file lies.

use std::path::PathBuf;
use std::time::Duration;

use kernel::Fault;
use serde::{Deserialize, Serialize};

use crate::Secret;
use crate::domain::split::Rates;

/// Settings of payments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// What the product keeps of a net price, in basis points, at most 10,000. Default 1,000 (10 %).
    pub fee_bps: u16,
    /// Tax on net prices, contained in every price, in basis points, at most 10,000. Default 0.
    pub tax_bps: u16,
    /// Stripe. Default none: then the environment says (see [`Config::with_environment`]).
    pub stripe: Option<StripeConfig>,
    /// The built-in provider that moves no real money.
    pub test: TestConfig,
    /// What people may prepay.
    pub wallet: WalletConfig,
    /// How payments that nobody told of are looked after.
    pub reconcile: ReconcileConfig,
    /// Least amount of a payout, in minor units. Default 100.
    pub payout_min: i64,
    /// Bytes of a webhook. Default 262,144.
    pub webhook_bytes_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            fee_bps: 1_000,
            tax_bps: 0,
            stripe: None,
            test: TestConfig::default(),
            wallet: WalletConfig::default(),
            reconcile: ReconcileConfig::default(),
            payout_min: 100,
            webhook_bytes_max: 256 * 1024,
        }
    }
}

/// Stripe. Both secrets are needed, each as a word or as a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct StripeConfig {
    /// Secret key.
    pub secret_key: Option<Secret>,
    /// A file that holds the secret key alone, instead.
    pub secret_key_file: Option<PathBuf>,
    /// Secret of the webhook's endpoint.
    pub webhook_secret: Option<Secret>,
    /// A file that holds it alone, instead.
    pub webhook_secret_file: Option<PathBuf>,
    /// Where Stripe is. Default `https://api.stripe.com`; anything else but loopback must be https.
    pub base_url: String,
    /// For a connection. Default 5,000.
    pub connect_ms: u64,
    /// For a whole answer. Default 10,000.
    pub timeout_ms: u64,
}

impl Default for StripeConfig {
    fn default() -> Self {
        Self {
            secret_key: None,
            secret_key_file: None,
            webhook_secret: None,
            webhook_secret_file: None,
            base_url: "https://api.stripe.com".into(),
            connect_ms: 5_000,
            timeout_ms: 10_000,
        }
    }
}

/// The built-in provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct TestConfig {
    /// Whether it takes payments: only where it says `true`. Refused beside Stripe. Default: it does not.
    pub enabled: Option<bool>,
    /// When `test_slow` settles, in milliseconds. Default 5,000.
    pub slow_ms: SlowMs,
    /// How it misbehaves until an administrator says otherwise. Default: it does not.
    pub faults: FaultPlan,
    /// What it signs its webhooks with. Default drawn at the start; needed when several processes run payments.
    pub webhook_secret: Option<Secret>,
}

/// Milliseconds until a slow payment settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SlowMs(pub u64);

impl Default for SlowMs {
    fn default() -> Self {
        Self(5_000)
    }
}

/// How the built-in provider misbehaves. Shares are whole percents; dice are drawn from `seed` and what they are thrown for, so that a plan
/// can be replayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultPlan {
    /// Where the dice begin.
    #[garde(skip)]
    pub seed: u64,
    /// Calls whose effect happens and whose reply is lost.
    #[garde(range(max = 100))]
    #[schema(maximum = 100)]
    pub lose_reply_percent: u8,
    /// Calls that never arrive.
    #[garde(range(max = 100))]
    #[schema(maximum = 100)]
    pub lose_request_percent: u8,
    /// Webhooks that never come.
    #[garde(range(max = 100))]
    #[schema(maximum = 100)]
    pub lose_webhook_percent: u8,
    /// Webhooks that come twice.
    #[garde(range(max = 100))]
    #[schema(maximum = 100)]
    pub duplicate_percent: u8,
    /// Webhooks that come after later ones: late by a random part of `lateMs`.
    #[garde(range(max = 100))]
    #[schema(maximum = 100)]
    pub reorder_percent: u8,
    /// Webhooks that come `lateMs` late.
    #[garde(range(max = 100))]
    #[schema(maximum = 100)]
    pub late_percent: u8,
    /// How late, in milliseconds; at most an hour.
    #[garde(range(max = 3_600_000))]
    #[schema(maximum = 3_600_000)]
    pub late_ms: u64,
}

/// What people may prepay, in minor units of any currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct WalletConfig {
    /// Least top-up. Default 100.
    pub top_up_min: i64,
    /// Largest top-up. Default 50,000.
    pub top_up_max: i64,
    /// No top-up when the balance would be more. Default 200,000.
    pub balance_max: i64,
    /// When what was put aside for a message, and neither taken nor given back, is free again, in milliseconds. Default 3,600,000.
    pub authorisation_ms: u64,
}

impl Default for WalletConfig {
    fn default() -> Self {
        Self {
            top_up_min: 100,
            top_up_max: 50_000,
            balance_max: 200_000,
            authorisation_ms: 3_600_000,
        }
    }
}

/// How payments that nobody told of are looked after; times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct ReconcileConfig {
    /// Between two looks for what is due. Default 1,000.
    pub every_ms: u64,
    /// After which the provider is asked for a payment that it has not told of. Default 60,000; doubled each time.
    pub age_ms: u64,
    /// Longest pause between two tries. Default 3,600,000.
    pub pause_max_ms: u64,
    /// Most payments, payouts and wallets of one look. Default 50.
    pub batch_max: usize,
}

impl Default for ReconcileConfig {
    fn default() -> Self {
        Self {
            every_ms: 1_000,
            age_ms: 60_000,
            pause_max_ms: 3_600_000,
            batch_max: 50,
        }
    }
}

impl Config {
    /// Adds Stripe when none is configured and `STRIPE_SECRET_KEY` is there: with `STRIPE_WEBHOOK_SECRET`, and their `…_FILE`s.
    #[must_use]
    pub fn with_environment(mut self, variable: impl Fn(&str) -> Option<String>) -> Self {
        let variable = |name: &str| variable(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let (key, file) = (variable("STRIPE_SECRET_KEY"), variable("STRIPE_SECRET_KEY_FILE"));
        if self.stripe.is_none() && (key.is_some() || file.is_some()) {
            self.stripe = Some(StripeConfig {
                secret_key: key.map(Secret::new),
                secret_key_file: file.map(PathBuf::from),
                webhook_secret: variable("STRIPE_WEBHOOK_SECRET").map(Secret::new),
                webhook_secret_file: variable("STRIPE_WEBHOOK_SECRET_FILE").map(PathBuf::from),
                ..StripeConfig::default()
            });
        }
        self
    }

    /// Tells whether the built-in provider takes payments.
    pub fn test_is_on(&self) -> bool {
        self.test.enabled == Some(true)
    }

    pub(crate) fn rates(&self) -> Rates {
        Rates {
            fee_bps: self.fee_bps,
            tax_bps: self.tax_bps,
        }
    }

    pub(crate) fn stale_after(&self) -> Duration {
        Duration::from_millis(self.wallet.authorisation_ms)
    }

    /// Fails with what makes no sense.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let wrong = |field: &str, words: &str| Err(Fault::invalid(format!("payments.{field}"), words));
        if self.fee_bps > 10_000 || self.tax_bps > 10_000 {
            return wrong("feeBps", "and taxBps are at most 10,000");
        }
        if !(1..=1_000).contains(&self.reconcile.batch_max) || self.reconcile.every_ms == 0 {
            return wrong("reconcile", "needs batchMax of 1 to 1,000 and everyMs above 0");
        }
        let wallet = self.wallet;
        if wallet.top_up_min < 1
            || wallet.top_up_max < wallet.top_up_min
            || wallet.balance_max < wallet.top_up_max
            || self.payout_min < 1
        {
            return wrong(
                "wallet",
                "needs 1 <= topUpMin <= topUpMax <= balanceMax, and payoutMin of 1 or more",
            );
        }
        if self.stripe.is_some() && self.test_is_on() {
            return wrong(
                "test.enabled",
                "is not for beside Stripe: sellers would be paid out money that never came",
            );
        }
        garde::Validate::validate(&self.test.faults).map_err(|e| Fault::invalid("payments.test.faults", e.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_of_the_file_is_read_and_its_secrets_are_never_printed() {
        let text = r#"
            feeBps = 500
            [stripe]
            secretKey = "sk_very_secret"
            webhookSecretFile = "/run/secrets/webhook"
            [test]
            enabled = false
            faults = { seed = 7, duplicatePercent = 20 }
        "#;
        let config: Config = toml::from_str(text).unwrap();
        assert_eq!(
            (config.fee_bps, config.tax_bps, config.test.faults.duplicate_percent),
            (500, 0, 20)
        );
        assert!(!format!("{config:?}").contains("very_secret"));
        assert!(!toml::to_string(&config).unwrap().contains("very_secret"));
        assert!(toml::from_str::<Config>("fees = 1").is_err());
        assert!(config.check().is_ok());
        let greedy = Config {
            fee_bps: 10_001,
            ..Config::default()
        };
        assert!(greedy.check().is_err());
        let mut mixed = config.clone();
        mixed.test.enabled = Some(true);
        assert!(mixed.check().is_err());
    }

    #[test]
    fn the_built_in_provider_is_on_only_where_it_says_so() {
        let mut none = Config::default().with_environment(|_| None);
        assert!(!none.test_is_on() && none.stripe.is_none() && none.check().is_ok());
        none.test.enabled = Some(true);
        assert!(none.test_is_on() && none.check().is_ok());
        let some = Config::default().with_environment(|name| (name == "STRIPE_SECRET_KEY").then(|| "sk".into()));
        assert!(!some.test_is_on() && some.stripe.is_some());
    }
}

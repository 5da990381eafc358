//! Owns what operators are shown of a process besides its log: counters that begin at zero, metrics on a listener of their own, spans for a
//! collector.

use anyhow::Context as _;
use chassis::spans::Exporter;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::compose::VERSION;
use crate::config::Config;
use crate::target::Target;

/// Counters whose labels are known before anything happens, by the service that counts: name, label, words. One that began at one would not
/// have grown, for whoever asks by how much. Those of loops, groups, stores and links begin where these do.
#[rustfmt::skip]
const ZEROS: &[(Target, &str, &str, &[&str])] = &[
    (Target::ApiGateway, "door_refused_total", "why", &["rate"]),
    (Target::RealtimeGateway, "realtime_drops_total", "class", &["typing", "latest", "ai", "socket"]),
    (Target::RealtimeGateway, "realtime_resumes_total", "outcome", &["from_now", "recovered", "reset", "room_reset"]),
    (Target::RealtimeGateway, "realtime_gaps_total", "", &[]),
    (Target::RealtimeGateway, "realtime_deliveries_total", "", &[]),
    (Target::AiGateway, "ai_retries_refused_total", "", &[]),
    (Target::AiChatHost, "ai_runs_total", "end", &["complete", "interrupted", "cancelled", "failed", "pre_empted"]),
    (Target::AiChatHost, "ai_turns_refused_total", "limit",
        &["hops", "since_human", "root_turns", "pair", "room_rate", "root_tokens", "root_micros", "budget", "queue"]),
    (Target::AiChatHost, "ai_summaries_total", "end", &["written", "not_needed", "failed"]),
    (Target::AiChatHost, "ai_bills_unsettled_total", "", &[]),
    (Target::AiChatHost, "ai_live_failures_total", "", &[]),
    (Target::Orders, "orders_sweep_failures_total", "of", &["order", "orders", "refunds", "keys", "coupons"]),
    (Target::Expiration, "expiration_fired_total", "by", &["prompt", "sweep"]),
    (Target::Expiration, "expiration_hints_lost_total", "", &[]),
    (Target::Payments, "payments_provider_failures_total", "", &[]),
    (Target::Notification, "notification_pushes_total", "outcome",
        &["accepted", "gone", "refused", "later", "shut", "unknown", "broken"]),
];

/// What is shown while the process runs.
pub(crate) struct Shown {
    stop: CancellationToken,
    serving: Option<JoinHandle<std::io::Result<()>>>,
    exporter: Option<Exporter>,
}

impl Shown {
    /// Begins to show what the configuration wants shown. Fails when the listener's address is taken or the collector's is none.
    pub(crate) fn begin(config: &Config) -> anyhow::Result<Self> {
        for (_, name, label, words) in ZEROS.iter().filter(|(target, ..)| config.process.has(*target)) {
            match words {
                [] => metrics::counter!(*name).increment(0),
                words => words
                    .iter()
                    .for_each(|word| metrics::counter!(*name, *label => *word).increment(0)),
            }
        }
        let telemetry = &config.telemetry;
        let stop = CancellationToken::new();
        let serving = match telemetry.metrics_listen {
            Some(address) => {
                let place = chassis::http::take(address, config.process.share_port);
                let listener = place.and_then(|place| place.listen(chassis::http::BACKLOG));
                let listener = listener.with_context(|| format!("metrics cannot be served on {address}"))?;
                Some(tokio::spawn(chassis::http::serve(
                    listener,
                    chassis::http::metrics(),
                    stop.clone(),
                )))
            }
            None => None,
        };
        let resource = [
            ("service.namespace", config.process.namespace.clone()),
            ("service.name", config.process.target_names()),
            ("service.version", VERSION.to_owned()),
            ("process.pid", std::process::id().to_string()),
        ];
        let exporter = match telemetry.otlp_url.is_empty() {
            true => None,
            false => Some(
                Exporter::start(&telemetry.otlp_url, telemetry.sample_share, &resource).map_err(anyhow::Error::msg)?,
            ),
        };
        Ok(Self {
            stop,
            serving,
            exporter,
        })
    }

    /// Shows the last of it and ends.
    pub(crate) async fn end(self) {
        self.stop.cancel();
        if let Some(exporter) = self.exporter {
            exporter.stop().await;
        }
        if let Some(serving) = self.serving {
            // Whoever reads metrics just now is no reason to stay.
            serving.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::config::Flags;

    fn config(pairs: &[(&str, String)]) -> Config {
        let env: BTreeMap<String, String> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        Config::from_parts(Flags::default(), &env).unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn metrics_have_a_listener_of_their_own_where_counters_begin_at_zero() {
        chassis::telemetry::init_metrics().unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let config = config(&[("AICHAT_TELEMETRY__METRICS_LISTEN", address.to_string())]);
        let shown = Shown::begin(&config).unwrap();
        let text = tokio::task::spawn_blocking(move || crate::healthcheck::ask(address, "/metrics").unwrap());
        let text = text.await.unwrap();
        for line in [
            "\nrealtime_gaps_total 0\n",
            "\nai_runs_total{end=\"pre_empted\"} 0\n",
            "\n# TYPE process_cpu_seconds_total counter\n",
            "\naichat_build_info{version=",
        ] {
            assert!(text.contains(line), "{line:?} is not in {text}");
        }
        let taken = Shown::begin(&config).err().unwrap();
        assert!(taken.to_string().contains("metrics cannot be served on"), "{taken:#}");
        shown.end().await;
    }

    #[test]
    fn a_collector_at_no_address_is_a_mistake() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let _within = runtime.enter();
        let config = config(&[("AICHAT_TELEMETRY__OTLP_URL", "collector".into())]);
        let wrong = Shown::begin(&config).err().unwrap();
        assert!(wrong.to_string().contains("[telemetry] otlpUrl"), "{wrong:#}");
    }
}

//! Owns what operators are shown of a process besides its log: metrics on a listener of their own, spans for a
//! collector.

use anyhow::Context as _;
use chassis::spans::Exporter;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::compose::VERSION;
use crate::config::Config;

/// What is shown while the process runs.
pub(crate) struct Shown {
    stop: CancellationToken,
    serving: Option<JoinHandle<std::io::Result<()>>>,
    exporter: Option<Exporter>,
}

impl Shown {
    /// Begins to show what the configuration wants shown. Fails when the listener's address is taken or the collector's is none.
    pub(crate) fn begin(config: &Config) -> anyhow::Result<Self> {
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
    async fn metrics_have_a_listener_of_their_own() {
        chassis::telemetry::init_metrics().unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let config = config(&[("AICHAT_TELEMETRY__METRICS_LISTEN", address.to_string())]);
        let shown = Shown::begin(&config).unwrap();
        let text = tokio::task::spawn_blocking(move || crate::healthcheck::ask(address, "/metrics").unwrap());
        let text = text.await.unwrap();
        for line in [
            "content-type: text/plain",
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

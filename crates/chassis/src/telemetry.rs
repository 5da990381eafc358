//! Owns logs and metrics: how they are set up once per process and how metrics are read out.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Deserialize;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::process;

/// `[telemetry]`: what others are shown of this process.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// The OpenTelemetry collector that gets spans, such as `http://collector:4318`. Nothing: none are made.
    pub otlp_url: String,
    /// Share of the traces that begin here and are shown, 0 to 1. One that comes in goes on as it was begun.
    pub sample_share: f64,
    /// Where `/metrics` is served instead of beside the routes.
    pub metrics_listen: Option<SocketAddr>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            otlp_url: String::new(),
            sample_share: 1.0,
            metrics_listen: None,
        }
    }
}

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// Buckets of all `*_seconds` histograms but those that have their own.
const SECONDS: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// Buckets of what OpenTelemetry's conventions for generative AI count, by their advice: names in Prometheus' form.
const GEN_AI: [(&str, &[f64]); 4] = [
    (
        "gen_ai_client_operation_duration_seconds",
        &[
            0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
        ],
    ),
    (
        "gen_ai_client_token_usage",
        &[
            1.0,
            4.0,
            16.0,
            64.0,
            256.0,
            1_024.0,
            4_096.0,
            16_384.0,
            65_536.0,
            262_144.0,
            1_048_576.0,
            4_194_304.0,
            16_777_216.0,
            67_108_864.0,
        ],
    ),
    (
        "gen_ai_server_time_to_first_token_seconds",
        &[
            0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
        ],
    ),
    (
        "gen_ai_server_time_per_output_token_seconds",
        &[0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5],
    ),
];

/// Sets up logs: `filter` as in `RUST_LOG` (`info`, `info,chat=debug`), JSON lines when `json`. A second call is ignored.
pub fn init_logs(filter: &str, json: bool) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|e| format!("log filter `{filter}`: {e}"))?;
    // Whether a terminal shows colours the layer asks itself; a file has none.
    let lines = lines(json, std::io::stderr().is_terminal(), std::io::stderr);
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
    Ok(())
}

/// How lines of the log are written; within a request or an event each has the ids of its span.
///
/// A line that cannot be written (the disk of the log is full) is lost in silence: to complain about it on the same stderr would panic.
pub(crate) fn lines<W>(json: bool, colours: bool, to: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let mut lines = tracing_subscriber::fmt::layer()
        .log_internal_errors(false)
        .with_writer(to);
    if !colours {
        lines.set_ansi(false);
    }
    match json {
        true => lines.json().with_span_list(false).boxed(),
        false => lines.with_target(false).compact().boxed(),
    }
}

/// Sets up metrics. A second call is ignored.
pub fn init_metrics() -> Result<(), String> {
    if METRICS.get().is_some() {
        return Ok(());
    }
    let mut builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), SECONDS)
        .map_err(|e| e.to_string())?;
    for (name, buckets) in GEN_AI {
        builder = builder
            .set_buckets_for_metric(Matcher::Full(name.into()), buckets)
            .map_err(|e| e.to_string())?;
    }
    // A second recorder in the same process (tests) is no harm: the first one keeps counting.
    if let Ok(handle) = builder.install_recorder() {
        let _ = METRICS.set(handle);
    }
    process::begin();
    metrics::gauge!("aichat_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Ok(())
}

/// Returns all metrics in Prometheus' text format.
pub fn render_metrics() -> String {
    let mut text = METRICS.get().map(PrometheusHandle::render).unwrap_or_default();
    process::render(&mut text);
    text
}

/// Folds histograms' samples; called every few seconds so that memory stays bounded when nobody scrapes.
pub fn upkeep() {
    if let Some(handle) = METRICS.get() {
        handle.run_upkeep();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;
    use crate::http::around_for_tests;
    use crate::{Trace, Verifier};

    /// What a log wrote.
    #[derive(Clone, Default)]
    struct Written(Arc<parking_lot::Mutex<Vec<u8>>>);

    impl std::io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn every_line_that_a_request_logs_has_its_id_and_its_trace() {
        let written = Written::default();
        let to = written.clone();
        let log = tracing_subscriber::registry().with(lines(true, false, move || to.clone()));
        let _log = tracing::subscriber::set_default(log);
        let world = testkit::World::new().await;
        let verifier = Verifier::new(world.accounts(), world.ephemeral(), world.ambient());
        let speak = || async {
            tracing::info!("a word");
            tokio::task::yield_now().await;
            tracing::info!("another");
        };
        let router = around_for_tests(Router::new().route("/", get(speak)), verifier, world.ambient());
        let request = ::http::Request::get("/")
            .header("x-request-id", "my-request")
            .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            .body(axum::body::Body::empty())
            .unwrap();
        let answer = router.oneshot(request).await.unwrap();
        let told = answer.headers()["traceparent"]
            .to_str()
            .unwrap()
            .parse::<Trace>()
            .unwrap();
        assert_eq!(told.hex(), "0af7651916cd43dd8448eb211c80319c");
        let text = String::from_utf8(written.0.lock().clone()).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let said = |words: &str| lines.iter().find(|line| line["fields"]["message"] == words).unwrap();
        for line in [said("a word"), said("another"), said("request")] {
            assert_eq!(line["span"]["request_id"], "my-request", "{line}");
            assert_eq!(line["span"]["trace_id"], "0af7651916cd43dd8448eb211c80319c", "{line}");
        }
    }
}

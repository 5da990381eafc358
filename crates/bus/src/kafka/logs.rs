//! Owns where the words of the client library go. Refuses to act upon them.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;

/// Passes the library's log on to ours. What it calls an error is mended by itself or told to the caller as well.
pub(super) struct Logs;

impl ClientContext for Logs {
    fn log(&self, level: RDKafkaLogLevel, fac: &str, message: &str) {
        log(level, fac, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        report(&error, reason);
    }
}

impl ConsumerContext for Logs {}

/// Writes one line of the library's log.
pub(super) fn log(level: RDKafkaLogLevel, fac: &str, message: &str) {
    match level {
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical => {
            tracing::error!(fac, message, "kafka client");
        }
        RDKafkaLogLevel::Error | RDKafkaLogLevel::Warning => tracing::warn!(fac, message, "kafka client"),
        RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => tracing::info!(fac, message, "kafka client"),
        RDKafkaLogLevel::Debug => tracing::debug!(fac, message, "kafka client"),
    }
}

/// Writes what went wrong between the library and the brokers.
pub(super) fn report(error: &KafkaError, reason: &str) {
    tracing::warn!(%error, reason, "kafka client");
}

//! Owns how answers are counted: by route, method and status. Refuses to know what was asked.

use std::collections::HashMap;
use std::time::Duration;

use http::Method;
use metrics::{Counter, Histogram};
use parking_lot::RwLock;

/// Route, method and status of an answer.
type Seen = (String, &'static str, u16);

/// What was counted of answers.
#[derive(Default)]
pub(crate) struct Answers(RwLock<HashMap<Seen, Counted>>);

/// Where answers with the same are counted. Asked for once: to search for it costs more than to count in it.
#[derive(Clone)]
struct Counted {
    requests: Counter,
    seconds: Histogram,
}

impl Answers {
    /// Counts an answer that took so long.
    pub(crate) fn count(&self, seen: Seen, took: Duration) {
        let known = self.0.read().get(&seen).cloned();
        let Counted { requests, seconds } = known.unwrap_or_else(|| {
            let (route, method, status) = &seen;
            let counted = Counted {
                requests: metrics::counter!("http_requests_total", "route" => route.clone(), "method" => *method, "status" => status.to_string()),
                seconds: metrics::histogram!("http_request_seconds", "route" => route.clone()),
            };
            self.0.write().insert(seen, counted.clone());
            counted
        });
        requests.increment(1);
        seconds.record(took.as_secs_f64());
    }
}

/// Anybody can invent methods; a label for each would grow for ever.
pub(crate) fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;
    use http::Request;
    use tower::ServiceExt as _;

    use crate::http::around_for_tests;
    use crate::{Verifier, telemetry};

    #[tokio::test]
    async fn answers_are_counted_by_route_method_and_status() {
        telemetry::init_metrics().unwrap();
        let world = testkit::World::new().await;
        let verifier = Verifier::new(world.accounts(), world.ephemeral(), world.ambient());
        let routes = Router::new().route("/counted/{id}", get(|| async { "ok" }));
        let router = around_for_tests(routes, verifier, world.ambient());
        for (method, path) in [
            ("GET", "/counted/1"),
            ("GET", "/counted/2"),
            ("DELETE", "/counted/3"),
            ("BREW", "/counted/4"),
        ] {
            let request = Request::builder().method(method).uri(path);
            let asked = router.clone().oneshot(request.body(axum::body::Body::empty()).unwrap());
            asked.await.unwrap();
        }
        let text = telemetry::render_metrics();
        let of = |words: &[&str]| {
            let line = text.lines().find(|line| words.iter().all(|word| line.contains(word)));
            line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
        };
        let route = "route=\"/counted/{id}\"";
        for (method, status, count) in [("GET", "200", 2.0), ("DELETE", "405", 1.0), ("OTHER", "405", 1.0)] {
            let (method, status) = (format!("method=\"{method}\""), format!("status=\"{status}\""));
            assert_eq!(
                of(&["http_requests_total{", route, &method, &status]),
                Some(count),
                "{method}"
            );
        }
        assert_eq!(of(&["http_request_seconds_count{", route]), Some(4.0));
    }
}

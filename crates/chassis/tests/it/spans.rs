//! One trace from a request over an event into its handler, as a collector gets it. One test: the export is once in a process.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use bus::{Bus, Handler, Subscription};
use chassis::follow::Follow;
use chassis::spans::Exporter;
use chassis::{Trace, Trail, Verifier};
use contracts::Event;
use contracts::event::topic;
use contracts::expiration::TimerEvent;
use http::{Request, StatusCode};
use kernel::{Ambient, Fault};
use serde_json::Value;
use testkit::World;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::rig::DEADLINE;

/// A collector that is busy at first; what it takes then is told.
async fn collector() -> (String, mpsc::UnboundedReceiver<Value>) {
    let (taken, told) = mpsc::unbounded_channel();
    let busy = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let take = move |State(taken): State<mpsc::UnboundedSender<Value>>, Json(body): Json<Value>| {
        let was_busy = busy.swap(false, std::sync::atomic::Ordering::SeqCst);
        async move {
            if was_busy {
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            taken.send(body).unwrap();
            StatusCode::OK
        }
    };
    let router = Router::new().route("/v1/traces", post(take)).with_state(taken);
    let listener = chassis::http::bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, told)
}

/// Tells under which trace an event was handled.
struct Telling(mpsc::UnboundedSender<Trace>);

#[async_trait]
impl Handler for Telling {
    async fn handle(&self, _: &Event) -> Result<(), Fault> {
        self.0.send(Trail::trace().unwrap()).unwrap();
        Ok(())
    }
}

/// The spans of a request to the collector.
fn spans(body: &Value) -> Vec<Value> {
    let scope = body.pointer("/resourceSpans/0/scopeSpans/0/spans");
    scope.unwrap().as_array().unwrap().clone()
}

fn attribute<'a>(of: &'a Value, key: &str) -> Option<&'a Value> {
    let all = of["attributes"].as_array().unwrap();
    all.iter().find(|a| a["key"] == key).map(|a| &a["value"])
}

#[tokio::test]
async fn one_trace_goes_from_a_request_over_an_event_into_its_handler_and_to_the_collector() {
    let (url, mut collected) = collector().await;
    let exporter = Exporter::start(&url, 1.0, &[("service.name", "tests".into())]).unwrap();
    let world = World::new().await;
    let bus: Arc<dyn Bus> = world.bus().await;

    let (telling, mut handled) = mpsc::unbounded_channel();
    let follow = Follow {
        handler: Arc::new(Telling(telling)),
        group: "tests",
        ambient: Ambient::system(),
    };
    let stop = CancellationToken::new();
    let consuming = bus.clone();
    let (subscription, stopped) = (Subscription::new("tests", &[topic::TIMER]), stop.clone());
    let consumed = tokio::spawn(async move { consuming.consume(subscription, Arc::new(follow), stopped).await });

    let publishing = bus.clone();
    let publish = move || async move {
        let ambient = Ambient::system();
        let due = TimerEvent {
            order_id: ambient.id(),
            due: ambient.now(),
        };
        publishing
            .publish(&[Event::new(&ambient, &due).unwrap()])
            .await
            .unwrap();
    };
    let verifier = Verifier::new(world.accounts(), world.ephemeral(), world.ambient());
    let routes = Router::new().route("/things/{id}", post(publish));
    let router = chassis::http::around_for_tests(routes, verifier, Ambient::system());
    let request = Request::post("/things/7").body(axum::body::Body::empty()).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    let answered: Trace = answer.headers()["traceparent"].to_str().unwrap().parse().unwrap();
    assert!(answered.sampled, "all that begin here are shown");

    let within = timeout(DEADLINE, handled.recv()).await.unwrap().unwrap();
    assert_eq!(within.id, answered.id);
    let mut all = Vec::new();
    while all.len() < 2 {
        let body = timeout(DEADLINE, collected.recv())
            .await
            .expect("it comes when the collector is free")
            .unwrap();
        let resource = &body["resourceSpans"][0]["resource"];
        assert_eq!(attribute(resource, "service.name").unwrap()["stringValue"], "tests");
        // Other tests of this process are shown as well.
        let ours = spans(&body).into_iter().filter(|s| s["traceId"] == answered.hex());
        all.extend(ours);
    }
    let of = |kind: u64| all.iter().find(|s| s["kind"] == kind).unwrap();
    let (server, consumer) = (of(2), of(5));
    assert_eq!(server["name"], "POST /things/{id}");
    assert_eq!(server["spanId"], format!("{:016x}", answered.span));
    assert!(server.get("parentSpanId").is_none());
    assert_eq!(
        attribute(server, "http.response.status_code").unwrap()["intValue"],
        "200"
    );
    assert_eq!(consumer["name"], "process commerce.timer.v1");
    assert_eq!(consumer["parentSpanId"], server["spanId"]);
    assert_eq!(consumer["spanId"], format!("{:016x}", within.span));
    assert_eq!(
        attribute(consumer, "messaging.consumer.group.name").unwrap()["stringValue"],
        "tests"
    );
    let nanos = |of: &Value, name: &str| of[name].as_str().unwrap().parse::<u128>().unwrap();
    assert!(nanos(server, "startTimeUnixNano") <= nanos(server, "endTimeUnixNano"));

    stop.cancel();
    consumed.await.unwrap().unwrap();
    bus.close().await;
    // What has not gone by itself goes with the end, without the wait for others.
    let trace = Trace::root(&Ambient::system(), |_| true);
    chassis::spans::end(&trace, || chassis::spans::Span {
        trace,
        parent: None,
        kind: chassis::spans::Kind::Server,
        name: "last".into(),
        begun: std::time::Instant::now(),
        failed: true,
        attributes: Vec::new(),
    });
    exporter.stop().await;
    let last = timeout(Duration::from_secs(1), async {
        loop {
            let body = collected.recv().await.unwrap();
            if let Some(last) = spans(&body).into_iter().find(|s| s["name"] == "last") {
                return last;
            }
        }
    });
    assert_eq!(last.await.expect("it went with the end")["status"]["code"], 2);
}

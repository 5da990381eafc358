//! Bodies flow piece by piece, both ways, are bounded, and end when either side does.

use std::convert::Infallible;
use std::sync::Arc;

use api_gateway::{Config, UpstreamConfig};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::stage::{DEADLINE, Gateway, Replica, Setting, client, table};

type Pieces = mpsc::UnboundedReceiver<String>;

/// An owner whose next answer is the pieces that the test sends.
async fn streaming(pieces: Pieces) -> Replica {
    let pieces = Arc::new(Mutex::new(Some(pieces)));
    let answer = move || {
        let pieces = pieces.lock().take().unwrap();
        let flow = stream::unfold(pieces, async |mut pieces| {
            let piece = pieces.recv().await?;
            Some((Ok::<_, Infallible>(Bytes::from(piece)), pieces))
        });
        let response = Response::builder().header("content-type", "text/event-stream");
        std::future::ready(response.body(Body::from_stream(flow)).unwrap())
    };
    Replica::start(Router::new().fallback(answer)).await
}

#[tokio::test]
async fn the_first_piece_arrives_before_the_last_is_sent() {
    for path in ["/realtime/sse", "/v1/chat/completions", "/api/chat/rooms"] {
        let (send, pieces) = mpsc::unbounded_channel();
        let replica = streaming(pieces).await;
        let gateway = Gateway::at(&[replica.address]).await;
        send.send("data: 0\n\n".to_owned()).unwrap();
        let answer = client().get(gateway.url(path)).send().await.unwrap();
        let mut arrived = answer.bytes_stream();
        for n in 1..20 {
            let piece = timeout(DEADLINE, arrived.next()).await.unwrap().unwrap().unwrap();
            assert_eq!(piece, format!("data: {}\n\n", n - 1), "{path}");
            send.send(format!("data: {n}\n\n")).unwrap();
        }
        drop(send);
        let rest: Vec<_> = arrived.collect().await;
        assert_eq!(rest.len(), 1, "{path}");
    }
}

#[tokio::test]
async fn a_client_that_goes_away_closes_the_way_to_the_owner() {
    // Before the answer begins, and in the middle of it.
    let (send, pieces) = mpsc::unbounded_channel();
    let replica = streaming(pieces).await;
    let gateway = Gateway::at(&[replica.address]).await;
    let answer = client().get(gateway.url("/v1/x")).send().await.unwrap();
    send.send("data: 0\n\n".to_owned()).unwrap();
    let mut arrived = answer.bytes_stream();
    arrived.next().await.unwrap().unwrap();
    drop(arrived);
    timeout(DEADLINE, send.closed()).await.unwrap();

    let (asked, mut told) = mpsc::unbounded_channel();
    let (gone, mut left) = mpsc::unbounded_channel::<()>();
    let silent = get(move || {
        asked.send(()).unwrap();
        let held = Left(gone.clone());
        async move {
            let _held = held;
            std::future::pending::<()>().await;
        }
    });
    let replica = Replica::start(Router::new().route("/v1/silent", silent)).await;
    let gateway = Gateway::at(&[replica.address]).await;
    let url = gateway.url("/v1/silent");
    let asking = tokio::spawn(async move { client().get(url).send().await });
    told.recv().await.unwrap();
    asking.abort();
    timeout(DEADLINE, left.recv()).await.unwrap().unwrap();
}

/// Tells that a handler was given up.
struct Left(mpsc::UnboundedSender<()>);

impl Drop for Left {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[tokio::test]
async fn a_body_flows_to_the_owner_while_it_is_sent() {
    let (seen, mut arrived) = mpsc::unbounded_channel();
    let listen = post(async move |request: Request| {
        let mut body = request.into_body();
        while let Some(frame) = body.frame().await {
            seen.send(frame.unwrap().into_data().unwrap()).unwrap();
        }
        "done"
    });
    let replica = Replica::start(Router::new().route("/api/chat/upload", listen)).await;
    let gateway = Gateway::at(&[replica.address]).await;
    let (send, pieces) = mpsc::unbounded_channel::<Bytes>();
    let flow = stream::unfold(pieces, async |mut pieces| {
        let piece = pieces.recv().await?;
        Some((Ok::<_, Infallible>(piece), pieces))
    });
    let request = client()
        .post(gateway.url("/api/chat/upload"))
        .body(reqwest::Body::wrap_stream(flow));
    let asked = tokio::spawn(request.send());
    for n in 0..5 {
        send.send(Bytes::from(format!("piece {n}"))).unwrap();
        let piece = timeout(DEADLINE, arrived.recv()).await.unwrap().unwrap();
        assert_eq!(piece, format!("piece {n}"));
    }
    drop(send);
    assert_eq!(asked.await.unwrap().unwrap().text().await.unwrap(), "done");
}

#[tokio::test]
async fn a_body_over_its_limit_is_refused_whether_its_length_is_told_or_not() {
    let whole = post(async |request: Request| {
        let body = request.into_body().collect().await;
        body.map(|b| b.to_bytes().len().to_string()).unwrap_or_default()
    });
    let replica = Replica::start(Router::new().route("/api/chat/upload", whole)).await;
    let mut setting = Setting::default();
    setting.config.upstream.body_bytes_max = 1000;
    let gateway = Gateway::with(table(&[replica.address]), setting).await;
    // A client that is still writing hears why, too.
    for (size, status) in [(1000, 200), (1001, 413), (5_000_000, 413)] {
        for told in [true, false] {
            let bytes = vec![b'x'; size];
            let body = if told {
                bytes.into()
            } else {
                let pieces: Vec<_> = bytes
                    .chunks(size.div_ceil(50))
                    .map(|c| Ok::<_, Infallible>(c.to_vec()))
                    .collect();
                reqwest::Body::wrap_stream(stream::iter(pieces))
            };
            let answer = client()
                .post(gateway.url("/api/chat/upload"))
                .body(body)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), status, "{size} bytes, length told: {told}");
        }
    }
}

#[tokio::test]
async fn a_file_may_be_larger_than_any_other_body() {
    let whole = post(async |request: Request| {
        let deadline = request.headers().contains_key(chassis::http::DEADLINE);
        let bytes = request.into_body().collect().await.unwrap().to_bytes();
        format!("{} {deadline}", bytes.len())
    });
    let replica = Replica::start(Router::new().route("/api/media", whole)).await;
    let mut setting = Setting::default();
    setting.config.upstream.body_bytes_max = 1000;
    let gateway = Gateway::with(table(&[replica.address]), setting).await;
    let upload = client().post(gateway.url("/api/media")).body(vec![b'x'; 5_000_000]);
    assert_eq!(upload.send().await.unwrap().text().await.unwrap(), "5000000 false");
}

#[tokio::test]
async fn an_owner_that_falls_silent_is_given_up() {
    let config = Config {
        upstream: UpstreamConfig {
            answer_seconds: 1,
            silence_seconds: 1,
            ..UpstreamConfig::default()
        },
        ..Config::default()
    };
    let (send, pieces) = mpsc::unbounded_channel();
    let owner = streaming(pieces).await;
    let setting = Setting {
        config: config.clone(),
        ..Setting::default()
    };
    let gateway = Gateway::with(table(&[owner.address]), setting).await;
    send.send("data: 0\n\n".to_owned()).unwrap();
    let answer = client().get(gateway.url("/v1/x")).send().await.unwrap();
    let mut arrived = answer.bytes_stream();
    arrived.next().await.unwrap().unwrap();
    assert!(timeout(DEADLINE, arrived.next()).await.unwrap().unwrap().is_err());

    let silent = Replica::start(Router::new().fallback(async || std::future::pending::<()>().await)).await;
    let setting = Setting {
        config,
        ..Setting::default()
    };
    let gateway = Gateway::with(table(&[silent.address]), setting).await;
    let answer = client().get(gateway.url("/v1/x")).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (504, &"1".parse().unwrap())
    );
    let problem: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "upstream.silent");
}

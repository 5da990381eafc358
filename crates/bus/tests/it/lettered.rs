//! Owns the case that an event which has a letter is not tried again after a crash. Beside the suite: JetStream's numbers may come again,
//! so that it tries once more.

use std::time::Duration;

use bus::conformance::{Probe, Recorder, Rig, SINGLE};
use bus::{OnPoison, Retry, Subscription};
use contracts::Event;
use tokio_util::sync::CancellationToken;

/// Runs it on an adapter.
pub async fn what_has_a_letter_is_not_tried_again(rig: Box<dyn Rig>) {
    let event = |key: &str| {
        let probe = Probe {
            key: key.into(),
            number: 1,
            pad: String::new(),
        };
        let mut event = Event::new(&rig.ambient(), &probe).unwrap();
        event.topic = SINGLE.name.into();
        event
    };
    let skipping = Subscription {
        on_poison: OnPoison::Skip,
        retry: Retry {
            retries_max: 0,
            ..Retry::default()
        },
        ..Subscription::new("g", &[SINGLE])
    };
    let bus = rig.open().await;
    bus.publish(&[event("stuck"), event("bad")]).await.unwrap();
    // The first is never acked: nothing is committed when the process dies.
    let handler = Recorder::that(|probe, _| {
        Box::pin(async move {
            if probe.key == "stuck" {
                std::future::pending::<()>().await;
            }
            Err(kernel::Fault::internal("as told"))
        })
    });
    let (given, subscription, consumed) = (handler.clone(), skipping.clone(), bus.clone());
    let member = tokio::spawn(async move { consumed.consume(subscription, given, CancellationToken::new()).await });
    let began = std::time::Instant::now();
    while bus.dead_letters(SINGLE, "g", 10).await.unwrap().len() != 1 {
        assert!(began.elapsed() < Duration::from_secs(20), "a letter");
        tokio::task::yield_now().await;
    }
    rig.crash().await;
    member.abort();
    let bus = rig.open().await;
    let (handler, stop) = (Recorder::new(), CancellationToken::new());
    let (given, stopped, consumed) = (handler.clone(), stop.clone(), bus.clone());
    let member = tokio::spawn(async move { consumed.consume(skipping, given, stopped).await });
    while bus.lag(SINGLE, "g").await.unwrap() != 0 {
        assert!(began.elapsed() < Duration::from_secs(60), "all is dealt with");
        tokio::task::yield_now().await;
    }
    stop.cancel();
    member.await.unwrap().unwrap();
    assert_eq!(handler.numbers("stuck"), [1]);
    assert!(handler.tries("bad").is_empty());
    assert_eq!(bus.dead_letters(SINGLE, "g", 10).await.unwrap().len(), 1);
    bus.close().await;
}

//! Owns the cases of order and of how many at once.

use std::sync::Arc;
use std::time::Duration;

use contracts::event::partition_of;
use tokio::sync::{Barrier, Semaphore};

use super::{ALPHA, Bench, Recorder, Rig, SINGLE, neighbours, subscription};
use crate::Subscription;

pub async fn one_key_is_handled_in_order(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::that(|probe, _| {
        Box::pin(async move {
            // Different waits would turn around whatever is not kept in order.
            tokio::time::sleep(Duration::from_micros(probe.number * 37 % 300)).await;
            Ok(())
        })
    });
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    for batch in 0..10 {
        bench.publish(ALPHA, "one", batch * 20..(batch + 1) * 20).await;
    }
    handler.acked(200).await;
    assert_eq!(handler.numbers("one"), (0..200).collect::<Vec<_>>());
    assert_eq!(handler.overlaps(), 0);
    member.stop().await;
}

pub async fn keys_of_one_partition_go_beside_each_other(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let together = Arc::new(Barrier::new(8));
    let handler = Recorder::that(move |_, _| {
        let together = together.clone();
        Box::pin(async move {
            // Nobody passes unless all eight are being handled at once.
            together.wait().await;
            Ok(())
        })
    });
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    for key in neighbours(ALPHA, 8) {
        bench.publish(ALPHA, &key, 0..3).await;
    }
    handler.acked(24).await;
    member.stop().await;
}

pub async fn a_key_is_handled_one_event_at_a_time(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::that(|probe, _| {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_micros(probe.number * 91 % 500)).await;
            Ok(())
        })
    });
    for key in neighbours(ALPHA, 5) {
        bench.publish(ALPHA, &key, 0..40).await;
    }
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    handler.acked(200).await;
    assert_eq!(handler.overlaps(), 0);
    assert!(handler.most_running() > 1, "keys go beside each other");
    member.stop().await;
}

pub async fn in_flight_max_is_respected(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let gate = Arc::new(Semaphore::new(0));
    let held = gate.clone();
    let handler = Recorder::that(move |_, _| {
        let gate = held.clone();
        Box::pin(async move {
            gate.acquire().await.unwrap().forget();
            Ok(())
        })
    });
    for n in 0..40 {
        bench.publish(ALPHA, &format!("k{n}"), [n]).await;
    }
    let member = bench.consume(
        Subscription {
            in_flight_max: 3,
            ..subscription("g", &[ALPHA])
        },
        &handler,
    );
    handler.tried(3).await;
    gate.add_permits(10);
    handler.tried(13).await;
    gate.add_permits(1_000);
    handler.acked(40).await;
    assert_eq!(handler.most_running(), 3);
    member.stop().await;
}

pub async fn in_flight_max_of_one_is_one(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::that(|_, _| {
        Box::pin(async {
            tokio::task::yield_now().await;
            Ok(())
        })
    });
    for n in 0..100 {
        bench.publish(ALPHA, &format!("k{}", n % 10), [n]).await;
    }
    let member = bench.consume(
        Subscription {
            in_flight_max: 1,
            ..subscription("g", &[ALPHA])
        },
        &handler,
    );
    handler.acked(100).await;
    assert_eq!(handler.most_running(), 1);
    member.stop().await;
}

pub async fn a_slow_key_does_not_hold_up_others(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let keys = neighbours(ALPHA, 2);
    let (slow, quick) = (keys[0].clone(), keys[1].clone());
    let gate = Arc::new(Semaphore::new(0));
    let (held, name) = (gate.clone(), slow.clone());
    let handler = Recorder::that(move |probe, _| {
        let (gate, waits) = (held.clone(), probe.key == name);
        Box::pin(async move {
            if waits {
                gate.acquire().await.unwrap().forget();
            }
            Ok(())
        })
    });
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    bench.publish(ALPHA, &slow, 0..50).await;
    bench.publish(ALPHA, &quick, 0..50).await;
    handler.acked(50).await;
    assert_eq!((handler.numbers(&slow).len(), handler.numbers(&quick).len()), (0, 50));
    gate.add_permits(50);
    handler.acked(100).await;
    assert_eq!(handler.numbers(&slow), (0..50).collect::<Vec<_>>());
    member.stop().await;
}

pub async fn order_holds_for_each_of_many_publishers(rig: Box<dyn Rig>) {
    let bench = Arc::new(Bench::new(rig).await);
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[SINGLE]), &handler);
    let publishers = (0..6).map(|p| {
        let bench = bench.clone();
        tokio::spawn(async move {
            for n in 0..60 {
                bench.publish(SINGLE, &format!("p{p}"), [n]).await;
            }
        })
    });
    futures::future::try_join_all(publishers).await.unwrap();
    handler.acked(360).await;
    for p in 0..6 {
        assert_eq!(handler.numbers(&format!("p{p}")), (0..60).collect::<Vec<_>>());
    }
    member.stop().await;
}

/// The golden values: FNV-1a of 32 bits, modulo. They may never change: events of a key would change their partition.
pub async fn the_partition_of_a_key_is_for_ever(rig: Box<dyn Rig>) {
    let golden = [
        ("", 8, 5),
        ("a", 8, 4),
        ("foobar", 8, 0),
        ("käse", 8, 5),
        ("foobar", 3, 1),
        ("anything", 1, 0),
        ("0190c5a0-7b7e-7000-8000-000000000001", 8, 1),
    ];
    for (key, partitions, partition) in golden {
        assert_eq!(partition_of(key, partitions), partition, "{key} of {partitions}");
    }
    drop(rig);
}

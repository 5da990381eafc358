//! Owns the cases of failing handlers: tries, pauses, poison, dead letters.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::{ALPHA, Bench, Recorder, Rig, SINGLE, neighbours, quick, subscription, until, until_no_lag};
use crate::{Bus, DeadLetter, OnPoison, Retry, Subscription};

pub async fn a_failure_is_tried_again_in_place(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    // Every third number fails twice.
    let handler = Recorder::failing(|probe, tries| probe.number % 3 == 0 && tries <= 2);
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    bench.publish(ALPHA, "a", 0..12).await;
    handler.acked(12).await;
    assert_eq!(handler.numbers("a"), (0..12).collect::<Vec<_>>());
    let tries: Vec<u64> = handler.tries("a").into_iter().map(|(n, _)| n).collect();
    assert_eq!(
        tries,
        [0, 0, 0, 1, 2, 3, 3, 3, 4, 5, 6, 6, 6, 7, 8, 9, 9, 9, 10, 11],
        "no later event came in between"
    );
    assert!(bench.bus.dead_letters(ALPHA, "g", 10).await.unwrap().is_empty());
    member.stop().await;
}

pub async fn other_keys_go_on_during_the_pauses(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let keys = neighbours(ALPHA, 2);
    let (bad, good) = (keys[0].clone(), keys[1].clone());
    let name = bad.clone();
    let handler = Recorder::failing(move |probe, tries| probe.key == name && tries == 1);
    let pause = Duration::from_millis(400);
    let retry = Retry {
        retries_max: 3,
        pause,
        pause_max: pause,
        total_max: pause * 3,
        ..Retry::default()
    };
    let member = bench.consume(
        Subscription {
            retry,
            ..subscription("g", &[ALPHA])
        },
        &handler,
    );
    bench.publish(ALPHA, &bad, 0..2).await;
    bench.publish(ALPHA, &good, 0..50).await;
    handler.acked(50).await;
    assert!(handler.numbers(&bad).is_empty(), "still in its pause");
    handler.acked(52).await;
    assert_eq!(handler.numbers(&bad), [0, 1]);
    member.stop().await;
}

pub async fn tries_are_counted_and_pauses_grow(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::failing(|_, _| true);
    let (first, most) = (Duration::from_millis(10), Duration::from_millis(60));
    let retry = Retry {
        retries_max: 4,
        pause: first,
        pause_max: most,
        total_max: Duration::from_secs(30),
        ..Retry::default()
    };
    let member = bench.consume(
        Subscription {
            retry,
            ..subscription("g", &[ALPHA])
        },
        &handler,
    );
    bench.publish(ALPHA, "a", [1]).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    member.stop().await;
    let at: Vec<_> = handler.tries("a").into_iter().map(|(_, at)| at).collect();
    assert_eq!(at.len(), 5, "the first and four more");
    let pauses: Vec<Duration> = at.windows(2).map(|w| w[1] - w[0]).collect();
    for (pause, least) in pauses.iter().zip([10, 30, 60, 60]) {
        // Less a fifth of jitter; how much longer it takes is the machine's affair.
        assert!(*pause >= Duration::from_millis(least).mul_f64(0.79), "{pauses:?}");
    }
}

pub async fn the_pauses_together_are_limited(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::failing(|_, _| true);
    let pause = Duration::from_millis(20);
    let retry = Retry {
        retries_max: 1_000_000,
        pause,
        pause_max: pause,
        total_max: pause * 5,
        ..Retry::default()
    };
    let member = bench.consume(
        Subscription {
            retry,
            ..subscription("g", &[ALPHA])
        },
        &handler,
    );
    bench.publish(ALPHA, "a", [1]).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    let tries = handler.tries("a").len();
    assert!(
        (5..=9).contains(&tries),
        "{tries} tries in 100 ms of pauses of 20 ms, give or take a fifth"
    );
    member.stop().await;
}

pub async fn poison_parks_its_key(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::failing(|probe, _| probe.number == 2);
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    let sent = bench.publish(ALPHA, "a", 0..5).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    let later = bench.publish(ALPHA, "a", 5..7).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    assert_eq!(handler.numbers("a"), [0, 1]);
    assert_eq!(handler.tries("a").len(), 2 + 4, "what is behind is not tried");
    let letters = bench.bus.dead_letters(ALPHA, "g", 10).await.unwrap();
    let ids: Vec<_> = letters.iter().map(|l| l.event.id).collect();
    let want: Vec<_> = sent[2..].iter().chain(&later).map(|e| e.id).collect();
    assert_eq!(ids, want, "in order");
    assert!(letters[0].reason.contains("as told"), "{}", letters[0].reason);
    for letter in &letters[1..] {
        assert_eq!(letter.reason, format!("parked behind {}", sent[2].id));
    }
    assert!(letters.windows(2).all(|w| w[0].number < w[1].number));
    assert_eq!(
        (letters[0].event.bytes.clone(), &letters[0].event.kind),
        (sent[2].bytes.clone(), &sent[2].kind)
    );
    member.stop().await;
}

pub async fn poison_may_be_skipped(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::failing(|probe, _| probe.number % 4 == 2);
    let skipping = Subscription {
        on_poison: OnPoison::Skip,
        ..subscription("g", &[ALPHA])
    };
    let member = bench.consume(skipping, &handler);
    let sent = bench.publish(ALPHA, "a", 0..8).await;
    handler.acked(6).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    assert_eq!(handler.numbers("a"), [0, 1, 3, 4, 5, 7]);
    let ids: Vec<_> = bench
        .bus
        .dead_letters(ALPHA, "g", 10)
        .await
        .unwrap()
        .iter()
        .map(|l| l.event.id)
        .collect();
    assert_eq!(ids, [sent[2].id, sent[6].id]);
    member.stop().await;
}

pub async fn a_panic_is_a_failure(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::that(|probe, tries| {
        Box::pin(async move {
            assert!(probe.number != 1 || tries > 2, "as told");
            Ok(())
        })
    });
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    bench.publish(ALPHA, "a", 0..3).await;
    handler.acked(3).await;
    assert_eq!(handler.numbers("a"), [0, 1, 2]);
    assert_eq!(handler.tries("a").len(), 5);
    member.stop().await;
}

pub async fn a_panicking_poison_parks_its_key(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    // Panics before it returns a future at all.
    let handler = Recorder::that(|probe, _| {
        assert!(probe.key != "bad", "number {} is bad", probe.number);
        Box::pin(async { Ok(()) })
    });
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    bench.publish(ALPHA, "bad", 7..8).await;
    bench.publish(ALPHA, "good", 0..3).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    assert_eq!(handler.numbers("good"), [0, 1, 2]);
    let letters = bench.bus.dead_letters(ALPHA, "g", 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert!(
        letters[0].reason.contains("panicked: number 7 is bad"),
        "{}",
        letters[0].reason
    );
    member.stop().await;
}

pub async fn a_try_that_takes_too_long_is_a_failure(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    // Number 1 hangs once, number 3 always.
    let handler = Recorder::that(|probe, tries| {
        Box::pin(async move {
            if probe.number == 3 || (probe.number == 1 && tries == 1) {
                std::future::pending::<()>().await;
            }
            Ok(())
        })
    });
    let retry = Retry {
        handler_max: Duration::from_millis(20),
        ..quick(1)
    };
    let member = bench.consume(
        Subscription {
            retry,
            ..subscription("g", &[ALPHA])
        },
        &handler,
    );
    bench.publish(ALPHA, "a", 0..4).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    assert_eq!(handler.numbers("a"), [0, 1, 2]);
    let tries: Vec<u64> = handler.tries("a").into_iter().map(|(n, _)| n).collect();
    assert_eq!(tries, [0, 1, 1, 2, 3, 3]);
    let letters = bench.bus.dead_letters(ALPHA, "g", 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].reason.contains("longer than 20ms"), "{}", letters[0].reason);
    member.stop().await;
}

pub async fn a_parked_key_holds_up_no_other(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::failing(|probe, _| probe.key == "bad");
    let member = bench.consume(
        Subscription {
            retry: quick(0),
            ..subscription("g", &[SINGLE])
        },
        &handler,
    );
    for n in 0..40 {
        bench.publish(SINGLE, "bad", [n]).await;
        bench.publish(SINGLE, "good", [n]).await;
    }
    handler.acked(40).await;
    until_no_lag(&bench.bus, SINGLE, "g").await;
    assert_eq!(handler.numbers("good"), (0..40).collect::<Vec<_>>());
    assert_eq!(bench.bus.dead_letters(SINGLE, "g", 100).await.unwrap().len(), 40);
    member.stop().await;
}

pub async fn a_parked_key_is_parked_after_a_crash(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let handler = Recorder::failing(|probe, _| probe.number == 1);
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    let sent = bench.publish(ALPHA, "a", 0..3).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    bench.crash().await;
    member.kill().await;
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    let more = bench.publish(ALPHA, "a", 3..5).await;
    bench.publish(ALPHA, "b", 0..1).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    assert!(
        handler.numbers("a").iter().all(|n| *n == 0),
        "nothing from the poison on"
    );
    assert_eq!(handler.numbers("b"), [0]);
    let ids: Vec<_> = bench
        .bus
        .dead_letters(ALPHA, "g", 10)
        .await
        .unwrap()
        .iter()
        .map(|l| l.event.id)
        .collect();
    assert_eq!(
        ids,
        [sent[1].id, sent[2].id, more[0].id, more[1].id],
        "each once, in order"
    );
    member.stop().await;
}

pub async fn a_letter_beyond_a_gap_is_written_once_over_a_crash(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let skipping = Subscription {
        retry: quick(0),
        on_poison: OnPoison::Skip,
        ..subscription("g", &[SINGLE])
    };
    // The stuck key is never acked, so that nothing is committed.
    let handler = Recorder::that(|probe, _| {
        Box::pin(async move {
            if probe.key == "stuck" {
                std::future::pending::<()>().await;
            }
            Err(kernel::Fault::internal("as told"))
        })
    });
    let member = bench.consume(skipping.clone(), &handler);
    bench.publish(SINGLE, "stuck", 0..1).await;
    let sent = bench.publish(SINGLE, "bad", 0..3).await;
    let letters = |bus: Arc<dyn Bus>| async move { bus.dead_letters(SINGLE, "g", 10).await.unwrap() };
    until("three letters", || {
        let bus = bench.bus.clone();
        Box::pin(async move { letters(bus).await.len() == 3 })
    })
    .await;
    bench.crash().await;
    member.kill().await;
    let before = letters(bench.bus.clone()).await;
    let handler = Recorder::failing(|probe, _| probe.key == "bad");
    let member = bench.consume(skipping, &handler);
    until_no_lag(&bench.bus, SINGLE, "g").await;
    assert_eq!(handler.numbers("stuck"), [0]);
    let after = letters(bench.bus.clone()).await;
    let ids = |letters: &[DeadLetter]| letters.iter().map(|l| (l.number, l.event.id, l.at)).collect::<Vec<_>>();
    assert_eq!(ids(&after), ids(&before), "the same, and no more");
    assert_eq!(
        after.iter().map(|l| l.event.id).collect::<Vec<_>>(),
        sent.iter().map(|e| e.id).collect::<Vec<_>>()
    );
    member.stop().await;
}

pub async fn letters_behind_a_long_queue_come_in_order(rig: Box<dyn Rig>) {
    const NUMBERS: u64 = 240;
    let bench = Bench::new(rig).await;
    let (sick, gate) = (Arc::new(AtomicBool::new(true)), Arc::new(Semaphore::new(0)));
    let (ill, held) = (sick.clone(), gate.clone());
    let handler = Recorder::that(move |_, _| {
        let (ill, gate) = (ill.clone(), held.clone());
        Box::pin(async move {
            gate.acquire().await.unwrap().forget();
            match ill.load(Ordering::SeqCst) {
                true => Err(kernel::Fault::internal("as told")),
                false => Ok(()),
            }
        })
    });
    let parking = Subscription {
        retry: quick(0),
        ..subscription("g", &[SINGLE])
    };
    let member = bench.consume(parking, &handler);
    // Many wait behind the first when it becomes a letter, and more come while those are being written.
    bench.publish(SINGLE, "a", 0..NUMBERS / 2).await;
    handler.tried(1).await;
    gate.add_permits(1);
    bench.publish(SINGLE, "a", NUMBERS / 2..NUMBERS).await;
    until_no_lag(&bench.bus, SINGLE, "g").await;
    let letters = bench.bus.dead_letters(SINGLE, "g", 1_000).await.unwrap();
    let numbers = letters.iter().map(|l| l.event.body::<super::Probe>().unwrap().number);
    assert_eq!(numbers.collect::<Vec<_>>(), (0..NUMBERS).collect::<Vec<_>>());
    sick.store(false, Ordering::SeqCst);
    gate.add_permits(10_000);
    // Released while a few more come.
    bench.bus.release(SINGLE, "g", "a").await.unwrap();
    bench.publish(SINGLE, "a", NUMBERS..NUMBERS + 40).await;
    handler.acked(NUMBERS as usize + 40).await;
    assert_eq!(handler.numbers("a"), (0..NUMBERS + 40).collect::<Vec<_>>());
    member.stop().await;
}

pub async fn dead_letters_are_cut_at_the_limit(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::failing(|_, _| true);
    let member = bench.consume(
        Subscription {
            retry: quick(0),
            ..subscription("g", &[ALPHA])
        },
        &handler,
    );
    for key in ["a", "b", "c", "d"] {
        bench.publish(ALPHA, key, 0..3).await;
    }
    until_no_lag(&bench.bus, ALPHA, "g").await;
    let all = bench.bus.dead_letters(ALPHA, "g", 100).await.unwrap();
    assert_eq!(all.len(), 12);
    let some = bench.bus.dead_letters(ALPHA, "g", 5).await.unwrap();
    let numbers = |letters: &[crate::DeadLetter]| letters.iter().map(|l| l.number).collect::<Vec<_>>();
    assert_eq!(numbers(&some), numbers(&all[..5]), "the oldest");
    member.stop().await;
}

pub async fn poison_is_poison_to_one_group_only(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let (bad, good) = (Recorder::failing(|_, _| true), Recorder::new());
    let members = [
        bench.consume(subscription("bad", &[ALPHA]), &bad),
        bench.consume(subscription("good", &[ALPHA]), &good),
    ];
    bench.publish(ALPHA, "a", 0..3).await;
    good.acked(3).await;
    until_no_lag(&bench.bus, ALPHA, "bad").await;
    assert_eq!(bench.bus.dead_letters(ALPHA, "bad", 10).await.unwrap().len(), 3);
    assert!(bench.bus.dead_letters(ALPHA, "good", 10).await.unwrap().is_empty());
    for member in members {
        member.stop().await;
    }
}

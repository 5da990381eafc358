//! Owns what happens between a question to the ledger and its answer: every answer is the test's. Refuses brokers and real time.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use contracts::{Event, Topic};
use futures::FutureExt as _;
use futures::channel::oneshot;
use futures::future::BoxFuture;
use kernel::{Ambient, Fault, HeldClock, SeededRandom, Timestamp};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use parking_lot::Mutex;

use super::*;
use crate::Retry;

const TOPIC: Topic = Topic {
    name: "test.hands.v1",
    partitions: 1,
};
const SLOT: u32 = 0;

/// A question that waits for the test.
enum Asked {
    Open(oneshot::Sender<Vec<Known>>),
    Write(Vec<i64>, bool, oneshot::Sender<()>),
    Released(oneshot::Sender<Vec<Placed>>),
    Remove(i64, oneshot::Sender<()>),
    Bury(i64, oneshot::Sender<()>),
    Free(oneshot::Sender<Standing>),
}

/// A ledger that knows nothing: it passes every question on, in their order.
#[derive(Default)]
struct Desk(Mutex<VecDeque<Asked>>);

impl Desk {
    fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(oneshot::Sender<T>) -> Asked,
    ) -> BoxFuture<'static, Result<T, BusError>> {
        let (answer, answered) = oneshot::channel();
        self.0.lock().push_back(question(answer));
        async move { Ok(answered.await.expect("the test answers")) }.boxed()
    }
}

impl Ledger for Desk {
    fn open(&self, _: &[Taken]) -> BoxFuture<'static, Result<Vec<Known>, BusError>> {
        self.ask(Asked::Open)
    }

    fn write(&self, _: &Seat, letters: Vec<Letter>, park: Option<Parking>) -> BoxFuture<'static, Result<(), BusError>> {
        let offsets = letters.iter().map(|letter| letter.offset).collect();
        self.ask(|answer| Asked::Write(offsets, park.is_some(), answer))
    }

    fn released(&self, _: &Seat, _: &Arc<str>) -> BoxFuture<'static, Result<Vec<Placed>, BusError>> {
        self.ask(Asked::Released)
    }

    fn remove(&self, _: &Seat, letter: &Placed) -> BoxFuture<'static, Result<(), BusError>> {
        self.ask(|answer| Asked::Remove(letter.0, answer))
    }

    fn bury(&self, _: &Seat, letter: Letter, _: bool) -> BoxFuture<'static, Result<(), BusError>> {
        self.ask(|answer| Asked::Bury(letter.offset, answer))
    }

    fn free(&self, _: &Seat, _: &Arc<str>) -> BoxFuture<'static, Result<Standing, BusError>> {
        self.ask(Asked::Free)
    }
}

/// Writes down the keys that it is given, and refuses those that are sick.
#[derive(Default)]
struct Patient {
    sick: Mutex<HashSet<Arc<str>>>,
    acked: Mutex<Vec<Arc<str>>>,
}

#[async_trait]
impl Handler for Patient {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        if self.sick.lock().contains(&event.key) {
            return Err(Fault::internal("as told"));
        }
        self.acked.lock().push(event.key.clone());
        Ok(())
    }
}

/// One partition in hand, and the answers.
struct Bench {
    desk: Arc<Desk>,
    patient: Arc<Patient>,
    hands: Hands,
    committed: Option<i64>,
}

impl Bench {
    /// Takes the partition; the ledger has not told what stands about it.
    fn taken() -> Self {
        let (desk, patient) = (Arc::<Desk>::default(), Arc::<Patient>::default());
        let subscription = Subscription {
            retry: Retry {
                retries_max: 0,
                ..Retry::default()
            },
            ..Subscription::new("g", &[TOPIC])
        };
        let ambient = Ambient::new(HeldClock::new(Timestamp::from_millis(1)), SeededRandom::new(1));
        let mut hands = Hands::new(
            desk.clone(),
            Terms::of(&subscription, patient.clone(), ambient).unwrap(),
        );
        let seat = Seat {
            group: "g".into(),
            slot: SLOT,
            topic: TOPIC.name.into(),
            partition: 0,
        };
        hands.take(vec![Taken {
            seat,
            next: 1,
            done: Vec::new(),
        }]);
        Self {
            desk,
            patient,
            hands,
            committed: None,
        }
    }

    /// Takes a partition about which nothing stands.
    async fn new() -> Self {
        let mut bench = Self::taken();
        bench.open(Vec::new()).await;
        bench
    }

    async fn open(&mut self, known: Vec<Known>) {
        let Some(Asked::Open(answer)) = self.asked().await else {
            panic!("the ledger was not asked what stands");
        };
        answer.send(known).unwrap();
        self.settle().await;
    }

    /// Works until nothing goes on without an answer.
    async fn settle(&mut self) {
        loop {
            // A task that never waits is told to by the runtime.
            tokio::task::yield_now().await;
            while self.hands.fill().await {}
            if self.hands.step().now_or_never().is_none() {
                break;
            }
        }
        assert_eq!(self.hands.failure(), None);
        self.hands.commits(|_, offset| self.committed = Some(offset));
    }

    /// Returns the next question, if there is one.
    async fn asked(&mut self) -> Option<Asked> {
        self.settle().await;
        self.desk.0.lock().pop_front()
    }

    async fn nothing_is_asked(&mut self) {
        self.settle().await;
        assert_eq!(self.desk.0.lock().len(), 0, "questions");
    }

    async fn feed(&mut self, events: impl IntoIterator<Item = (i64, &str)>) {
        let events = events.into_iter().map(|(offset, key)| (offset, Some(event(key))));
        self.hands.feed(SLOT, events);
        self.settle().await;
    }

    async fn release(&mut self, key: &str) {
        self.hands.release(SLOT, &key.into());
        self.settle().await;
    }

    fn fall_sick(&self, key: &str) {
        self.patient.sick.lock().insert(key.into());
    }

    fn heal(&self) {
        self.patient.sick.lock().clear();
    }

    fn acks(&self) -> usize {
        self.patient.acked.lock().len()
    }

    async fn write_is_asked(&mut self, letters: &[i64]) -> oneshot::Sender<()> {
        match self.asked().await {
            Some(Asked::Write(offsets, true, answer)) if offsets == letters => answer,
            other => panic!("{} instead of a write of {letters:?}", words(other)),
        }
    }

    async fn released_is_asked(&mut self) -> oneshot::Sender<Vec<Placed>> {
        match self.asked().await {
            Some(Asked::Released(answer)) => answer,
            other => panic!("{} instead of what is released", words(other)),
        }
    }

    async fn bury_is_asked(&mut self) -> oneshot::Sender<()> {
        match self.asked().await {
            Some(Asked::Bury(_, answer)) => answer,
            other => panic!("{} instead of a burial", words(other)),
        }
    }

    async fn free_is_asked(&mut self) -> oneshot::Sender<Standing> {
        match self.asked().await {
            Some(Asked::Free(answer)) => answer,
            other => panic!("{} instead of whether the key is free", words(other)),
        }
    }

    /// Parks a key with a letter at an offset, durably.
    async fn park(&mut self, offset: i64, key: &str) {
        self.fall_sick(key);
        self.feed([(offset, key)]).await;
        self.write_is_asked(&[offset]).await.send(()).unwrap();
        self.settle().await;
    }

    /// Answers with one released letter, which is acked and removed.
    async fn hand_out(&mut self, offset: i64, key: &str) {
        let asked = self.released_is_asked().await;
        asked.send(vec![(offset, event(key))]).unwrap();
        match self.asked().await {
            Some(Asked::Remove(removed, answer)) if removed == offset => answer.send(()).unwrap(),
            other => panic!("{} instead of the removal of {offset}", words(other)),
        }
        self.settle().await;
    }

    async fn no_more_is_released(&mut self) {
        self.released_is_asked().await.send(Vec::new()).unwrap();
        self.settle().await;
    }
}

fn words(asked: Option<Asked>) -> String {
    match asked {
        None => "nothing".into(),
        Some(Asked::Open(_)) => "what stands".into(),
        Some(Asked::Write(offsets, park, _)) => format!("a write of {offsets:?}, parking {park},"),
        Some(Asked::Released(_)) => "what is released".into(),
        Some(Asked::Remove(offset, _)) => format!("the removal of {offset}"),
        Some(Asked::Bury(offset, _)) => format!("a burial of {offset}"),
        Some(Asked::Free(_)) => "whether it is free".into(),
    }
}

pub(super) fn event(key: &str) -> Event {
    let ambient = Ambient::new(HeldClock::new(Timestamp::from_millis(1)), SeededRandom::new(1));
    Event {
        id: ambient.id(),
        topic: TOPIC.name.into(),
        kind: "k".into(),
        key: key.into(),
        time: ambient.now(),
        bytes: bytes::Bytes::new(),
    }
}

#[tokio::test]
async fn the_letters_of_a_key_are_written_one_after_the_other_and_those_that_wait_at_once() {
    let mut bench = Bench::new().await;
    bench.fall_sick("a");
    bench.feed([(1, "a")]).await;
    let first = bench.write_is_asked(&[1]).await;
    bench.feed([(2, "a"), (3, "a")]).await;
    bench.feed([(4, "a")]).await;
    bench.nothing_is_asked().await;
    assert_eq!(bench.committed, None, "nothing is durable");
    first.send(()).unwrap();
    let rest = bench.write_is_asked(&[2, 3, 4]).await;
    assert_eq!(bench.committed, Some(1));
    rest.send(()).unwrap();
    bench.nothing_is_asked().await;
    assert_eq!(bench.committed, Some(4));
}

#[tokio::test]
async fn the_letters_of_two_keys_are_written_beside_each_other() {
    let mut bench = Bench::new().await;
    bench.fall_sick("a");
    bench.fall_sick("b");
    bench.feed([(1, "a"), (2, "b")]).await;
    let (a, b) = (bench.write_is_asked(&[1]).await, bench.write_is_asked(&[2]).await);
    b.send(()).unwrap();
    bench.settle().await;
    assert_eq!(bench.committed, None, "1 is not written");
    a.send(()).unwrap();
    bench.settle().await;
    assert_eq!(bench.committed, Some(2));
}

#[tokio::test]
async fn a_key_is_not_freed_while_a_letter_of_it_is_being_written() {
    let mut bench = Bench::new().await;
    bench.park(1, "a").await;
    bench.heal();
    bench.release("a").await;
    let asked = bench.released_is_asked().await;
    bench.feed([(2, "a")]).await;
    let write = bench.write_is_asked(&[2]).await;
    asked.send(Vec::new()).unwrap();
    bench.nothing_is_asked().await;
    write.send(()).unwrap();
    bench.hand_out(2, "a").await;
    bench.no_more_is_released().await;
    bench.free_is_asked().await.send(Standing::Free).unwrap();
    bench.feed([(3, "a")]).await;
    bench.nothing_is_asked().await;
    assert_eq!(
        (bench.acks(), bench.committed),
        (2, Some(3)),
        "the letter, and what came after"
    );
}

#[tokio::test]
async fn what_comes_while_a_key_is_about_to_be_free_waits_for_that() {
    let mut bench = Bench::new().await;
    bench.park(1, "a").await;
    bench.heal();
    bench.release("a").await;
    bench.no_more_is_released().await;
    let free = bench.free_is_asked().await;
    bench.feed([(2, "a"), (3, "b")]).await;
    bench.nothing_is_asked().await;
    assert_eq!(bench.acks(), 0);
    free.send(Standing::Free).unwrap();
    bench.nothing_is_asked().await;
    assert_eq!((bench.acks(), bench.committed), (2, Some(3)));
}

#[tokio::test]
async fn what_waited_for_a_key_that_is_held_back_after_all_becomes_a_letter() {
    let mut bench = Bench::new().await;
    bench.park(1, "a").await;
    bench.release("a").await;
    bench.no_more_is_released().await;
    let free = bench.free_is_asked().await;
    bench.feed([(2, "a")]).await;
    free.send(Standing::HeldBack).unwrap();
    bench.write_is_asked(&[2]).await.send(()).unwrap();
    bench.nothing_is_asked().await;
    assert_eq!((bench.acks(), bench.committed), (0, Some(2)));
}

#[tokio::test]
async fn a_release_between_a_burial_and_its_answer_is_not_lost() {
    let mut bench = Bench::new().await;
    bench.park(1, "a").await;
    bench.release("a").await;
    bench.released_is_asked().await.send(vec![(1, event("a"))]).unwrap();
    let bury = bench.bury_is_asked().await;
    bench.release("a").await;
    bench.nothing_is_asked().await;
    bury.send(()).unwrap();
    // Only the ledger knows which of the two came first.
    bench.free_is_asked().await.send(Standing::Releasing).unwrap();
    bench.heal();
    bench.hand_out(1, "a").await;
    bench.no_more_is_released().await;
    bench.free_is_asked().await.send(Standing::Free).unwrap();
    bench.nothing_is_asked().await;
    assert_eq!(bench.acks(), 1);
}

#[tokio::test]
async fn a_release_before_a_burial_ends_with_it() {
    let mut bench = Bench::new().await;
    bench.park(1, "a").await;
    bench.release("a").await;
    bench.released_is_asked().await.send(vec![(1, event("a"))]).unwrap();
    bench.bury_is_asked().await.send(()).unwrap();
    bench.free_is_asked().await.send(Standing::HeldBack).unwrap();
    bench.nothing_is_asked().await;
    bench.feed([(2, "a")]).await;
    bench.write_is_asked(&[2]).await.send(()).unwrap();
    bench.nothing_is_asked().await;
    bench.heal();
    bench.release("a").await;
    bench.hand_out(1, "a").await;
}

#[tokio::test]
async fn a_release_while_the_ledger_is_asked_whether_a_key_is_free_is_not_lost() {
    for stood in [Standing::Free, Standing::HeldBack, Standing::Releasing] {
        let mut bench = Bench::new().await;
        bench.park(1, "a").await;
        bench.heal();
        bench.release("a").await;
        bench.no_more_is_released().await;
        let free = bench.free_is_asked().await;
        bench.release("a").await;
        bench.nothing_is_asked().await;
        // As it stood before the second release, or after.
        free.send(stood).unwrap();
        bench.hand_out(1, "a").await;
        bench.no_more_is_released().await;
        bench.free_is_asked().await.send(Standing::Free).unwrap();
        bench.feed([(2, "a")]).await;
        bench.nothing_is_asked().await;
        assert_eq!(bench.acks(), 2, "{stood:?}: one release asks once");
    }
}

#[tokio::test]
async fn a_release_before_it_is_known_what_stands_is_not_lost() {
    let mut bench = Bench::taken();
    bench.release("a").await;
    let parked = Parking {
        key: "a".into(),
        head: "head".into(),
        since: 1,
        releasing: false,
    };
    bench
        .open(vec![Known {
            slot: SLOT,
            parked: vec![parked],
            lettered: Vec::new(),
        }])
        .await;
    bench.hand_out(1, "a").await;
}

#[tokio::test]
async fn a_release_while_letters_are_handed_out_asks_once_more_before_the_key_is_free() {
    let mut bench = Bench::new().await;
    bench.park(1, "a").await;
    bench.heal();
    bench.release("a").await;
    let asked = bench.released_is_asked().await;
    bench.release("a").await;
    bench.nothing_is_asked().await;
    asked.send(vec![(1, event("a"))]).unwrap();
    let Some(Asked::Remove(1, removed)) = bench.asked().await else {
        panic!("the letter was acked");
    };
    removed.send(()).unwrap();
    bench.no_more_is_released().await;
    bench.free_is_asked().await.send(Standing::Free).unwrap();
    bench.nothing_is_asked().await;
}

/// Counts one counter.
#[derive(Default)]
struct Counts(Arc<AtomicU64>);

impl Recorder for Counts {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match key.name() {
            "bus_unreadable_total" => Counter::from_arc(self.0.clone()),
            _ => Counter::noop(),
        }
    }
    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }
    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[tokio::test]
async fn records_that_are_no_events_are_counted_and_passed_over() {
    let counts = Counts::default();
    let mut bench = metrics::with_local_recorder(&counts, Bench::taken);
    bench.open(Vec::new()).await;
    bench.hands.feed(SLOT, [(1, None), (2, Some(event("a"))), (5, None)]);
    bench.nothing_is_asked().await;
    assert_eq!((bench.acks(), bench.committed), (1, Some(5)));
    assert_eq!(counts.0.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_is_read_once_more_or_late_is_left_out() {
    let mut bench = Bench::new().await;
    bench.feed([(1, "a"), (3, "b"), (2, "c"), (3, "b"), (4, "d")]).await;
    bench.feed([(1, "a"), (4, "d"), (5, "e")]).await;
    let acked: Vec<_> = bench.patient.acked.lock().iter().map(ToString::to_string).collect();
    assert_eq!(
        acked,
        ["a", "b", "d", "e"],
        "what is before was dealt with by whoever had it"
    );
    assert_eq!(bench.committed, Some(5));
}

#[tokio::test]
async fn a_partition_is_given_up_only_when_its_letters_are_durable() {
    let mut bench = Bench::new().await;
    bench.fall_sick("a");
    bench.feed([(1, "a")]).await;
    let write = bench.write_is_asked(&[1]).await;
    bench.hands.close(SLOT);
    bench.settle().await;
    assert!(bench.hands.emptied().is_empty(), "a letter is on its way");
    write.send(()).unwrap();
    bench.settle().await;
    assert_eq!(bench.committed, Some(1));
    assert_eq!(bench.hands.emptied(), [(SLOT, Vec::new())]);
}

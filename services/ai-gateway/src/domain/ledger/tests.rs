//! The protocol between purses and the account, under any interleaving: a few processes, one budget.

use std::time::Duration;

use kernel::Timestamp;
use proptest::prelude::*;

use super::{Ask, LEASE, LedgerDoc};
use crate::domain::purse::{Aim, CallId, Part, Purse, Said, Speaker};

const LIMIT: u64 = 10_000;
const PROCESSES: usize = 3;
const DAY: Duration = Duration::from_secs(24 * 3600);

#[derive(Clone, Debug)]
enum Step {
    /// So much, and what waits behind it.
    Reserve(usize, u64, u64),
    /// So much more for a call that is open, which has used this share of what it may so far.
    Extend(usize, usize, u64, u64),
    /// The share of what was reserved that is used, in hundredths.
    Settle(usize, usize, u64),
    Speak(usize, Carried),
    GiveBack(usize, Carried),
    Crash(usize),
    Pass(u64),
}

/// How a word reaches the account.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Carried {
    Well,
    /// It is written, but the answer is lost.
    AnswerLost,
    /// It is not written, and nobody knows.
    Lost,
    /// Nobody knows, and it is written between the reading and writing of the next word, whoever speaks that.
    Slow,
    /// Another one writes between reading and writing, so it is said again.
    Late(usize),
    /// The same, and it is not said again yet.
    Overtaken(usize),
}

struct Process {
    holder: String,
    purse: Purse,
    open: Vec<Call>,
}

/// A call under way: what it has surely used, and how much more it may use.
#[derive(Clone, Copy)]
struct Call {
    id: CallId,
    used: u64,
    room: u64,
}

impl Call {
    fn after(self, hundredths: u64) -> u64 {
        self.used + self.room * hundredths / 100
    }
}

struct World {
    doc: LedgerDoc,
    /// The account as a word on its way leaves it, and the one that it is for.
    on_its_way: Option<(LedgerDoc, LedgerDoc)>,
    processes: Vec<Process>,
    now: Timestamp,
    next: u64,
    /// All that calls may have cost, and what those of processes that live did cost.
    promised: u64,
    used_by_living: u64,
    used_by: Vec<u64>,
}

impl World {
    fn new() -> Self {
        let now = Timestamp::from_millis(1_767_225_600_000);
        let mut world = Self {
            doc: LedgerDoc::new("user:x:micros:day".into(), now),
            on_its_way: None,
            processes: Vec::new(),
            now,
            next: 0,
            promised: 0,
            used_by_living: 0,
            used_by: vec![0; PROCESSES],
        };
        for _ in 0..PROCESSES {
            let process = world.process();
            world.processes.push(process);
        }
        world
    }

    fn process(&mut self) -> Process {
        self.next += 1;
        Process {
            holder: format!("p{}", self.next),
            purse: Purse::new(0),
            open: Vec::new(),
        }
    }

    fn speak(&mut self, at: usize, aim: Aim, carried: Carried) -> Said {
        let Self {
            doc,
            on_its_way,
            processes,
            now,
            ..
        } = self;
        let (period, now) = (doc.period, *now);
        let one = |process: &mut Process, doc: &LedgerDoc, aim, first| {
            let holder = &process.holder;
            let by = Speaker { holder, period, now };
            process.purse.speak(doc.clone(), aim, by, first)
        };
        let (mut next, mut said) = one(&mut processes[at], doc, aim, true);
        let mut read = doc.clone();
        if let Some((slow, of)) = on_its_way.take_if(|_| next.is_some())
            && of == read
        {
            read = slow;
            (next, said) = one(&mut processes[at], &read, aim, false);
        }
        if let Carried::Late(other) | Carried::Overtaken(other) = carried
            && other != at
        {
            if let (Some(written), done) = one(&mut processes[other], &read, Aim::GiveBack, true) {
                read = written;
                processes[other].purse.written(Aim::GiveBack, done, now);
            }
            if carried == Carried::Late(other) {
                (next, said) = one(&mut processes[at], &read, aim, false);
            }
        }
        *doc = read;
        if let Carried::Overtaken(_) = carried {
            processes[at].purse.overtaken();
            return said;
        }
        let Some(next) = next else { return said };
        match carried {
            Carried::Lost => {}
            Carried::Slow => *on_its_way = Some((next, doc.clone())),
            _ => *doc = next,
        }
        if matches!(carried, Carried::Well | Carried::Late(_)) {
            processes[at].purse.written(aim, said, now);
        }
        said
    }

    fn all_speak(&mut self) {
        for at in 0..PROCESSES {
            self.speak(at, Aim::Tell, Carried::Well);
        }
    }

    fn reserve(&mut self, at: usize, amount: u64, waiting: u64) {
        self.next += 1;
        let id = CallId(self.next);
        if self.ask(at, Part { call: id, before: 0 }, amount, waiting) {
            let room = amount;
            self.processes[at].open.push(Call { id, used: 0, room });
        }
    }

    fn extend(&mut self, at: usize, which: usize, hundredths: u64, amount: u64) {
        let open = &self.processes[at].open;
        if open.is_empty() {
            return;
        }
        let which = which % open.len();
        let (call, before) = (open[which].id, open[which].after(hundredths));
        if self.ask(at, Part { call, before }, amount, 0) {
            let one = &mut self.processes[at].open[which];
            (one.used, one.room) = (before, amount);
        }
    }

    fn ask(&mut self, at: usize, part: Part, amount: u64, waiting: u64) -> bool {
        let (period, now) = (self.doc.period, self.now);
        let process = &mut self.processes[at];
        let by = Speaker {
            holder: &process.holder.clone(),
            period,
            now,
        };
        let aim = Aim::Take {
            part,
            ask: Ask {
                need: amount,
                waiting,
                limit: LIMIT,
            },
        };
        let has = process.purse.reserve(part, amount, LIMIT, by) || self.speak(at, aim, Carried::Well) == Said::Done;
        if has {
            self.promised += amount;
        }
        has
    }

    fn settle(&mut self, at: usize, which: usize, hundredths: u64) {
        let process = &mut self.processes[at];
        if process.open.is_empty() {
            return;
        }
        let call = process.open.remove(which % process.open.len());
        let used = call.after(hundredths);
        process.purse.settle(call.id, used);
        process.purse.settle(call.id, used);
        self.used_by_living += used;
        self.used_by[at] += used;
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Reserve(at, amount, waiting) => self.reserve(at, amount, waiting),
            Step::Extend(at, which, hundredths, amount) => self.extend(at, which, hundredths, amount),
            Step::Settle(at, which, hundredths) => self.settle(at, which, hundredths),
            Step::Speak(at, carried) => {
                self.speak(at, Aim::Tell, carried);
            }
            Step::GiveBack(at, carried) => {
                self.speak(at, Aim::GiveBack, carried);
            }
            Step::Crash(at) => {
                self.used_by_living -= std::mem::take(&mut self.used_by[at]);
                self.processes[at] = self.process();
            }
            Step::Pass(ms) => self.now = self.now + Duration::from_millis(ms),
        }
    }

    /// All calls end, all processes close, all leases lapse.
    fn end(&mut self) {
        for at in 0..PROCESSES {
            while !self.processes[at].open.is_empty() {
                self.settle(at, 0, 50);
            }
            self.speak(at, Aim::Tell, Carried::Well);
            self.speak(at, Aim::Close, Carried::Well);
        }
        self.now = self.now + LEASE + LEASE;
        self.doc.reclaim(self.now, None);
    }
}

fn step(carried: impl Strategy<Value = Carried> + Clone + 'static, pass_max: u64) -> impl Strategy<Value = Step> {
    let at = 0..PROCESSES;
    prop_oneof![
        6 => (at.clone(), 1..LIMIT / 4, 0..LIMIT).prop_map(|(at, amount, waiting)| Step::Reserve(at, amount, waiting)),
        4 => (at.clone(), 0usize..8, 0u64..=100, 1..LIMIT / 8).prop_map(|(at, which, used, amount)| Step::Extend(at, which, used, amount)),
        5 => (at.clone(), 0usize..8, 0u64..=100).prop_map(|(at, which, used)| Step::Settle(at, which, used)),
        4 => (at.clone(), carried.clone()).prop_map(|(at, carried)| Step::Speak(at, carried)),
        2 => (at.clone(), carried).prop_map(|(at, carried)| Step::GiveBack(at, carried)),
        1 => at.prop_map(Step::Crash),
        2 => (0..pass_max).prop_map(Step::Pass),
    ]
}

fn any_way() -> impl Strategy<Value = Carried> + Clone {
    prop_oneof![
        4 => Just(Carried::Well),
        1 => Just(Carried::AnswerLost),
        1 => Just(Carried::Lost),
        1 => Just(Carried::Slow),
        2 => (0..PROCESSES).prop_map(Carried::Late),
        1 => (0..PROCESSES).prop_map(Carried::Overtaken),
    ]
}

/// Whoever speaks knows whether it is written.
fn surely() -> impl Strategy<Value = Carried> + Clone {
    prop_oneof![
        3 => Just(Carried::Well),
        1 => (0..PROCESSES).prop_map(Carried::Overtaken),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_spent_and_held_is_never_more_than_the_budget_and_in_the_end_nothing_is_held(
        steps in proptest::collection::vec(step(any_way(), 1_000), 1..80),
    ) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
            if let Step::Pass(_) = step {
                // Who lives speaks each second, so that no lease of theirs lapses.
                world.all_speak();
            }
            prop_assert!(world.doc.spent + world.doc.held() <= LIMIT, "after {:?}: {:?}", step, world.doc);
            let open: u64 = world.processes.iter().flat_map(|p| &p.open).map(|call| call.after(100)).sum();
            prop_assert!(world.used_by_living + open <= LIMIT, "what those who live promise and have used fits as well");
        }
        world.end();
        prop_assert_eq!(world.doc.held(), 0);
        prop_assert!(world.doc.allotments.is_empty());
        prop_assert!((world.used_by_living..=LIMIT).contains(&world.doc.spent));
    }

    #[test]
    fn without_a_crash_exactly_what_was_used_is_charged_however_words_are_carried(
        steps in proptest::collection::vec(step(any_way(), 1_000), 1..80),
    ) {
        let mut world = World::new();
        for step in steps.iter().filter(|step| !matches!(step, Step::Crash(_))) {
            world.step(step);
            if let Step::Pass(_) = step {
                world.all_speak();
            }
        }
        world.end();
        prop_assert_eq!(world.doc.spent, world.used_by_living);
    }

    #[test]
    fn who_was_silent_too_long_is_charged_once_for_each_call_and_never_too_little(
        steps in proptest::collection::vec(step(surely(), 15_000), 1..80),
    ) {
        let mut world = World::new();
        steps.iter().for_each(|step| world.step(step));
        world.end();
        prop_assert_eq!(world.doc.held(), 0);
        prop_assert!(world.doc.spent <= world.promised, "no call is charged twice, or for more than was reserved");
        prop_assert!(world.doc.spent >= world.used_by_living, "what is told late is charged as well");
    }
}

#[test]
fn a_later_period_begins_with_nothing_spent_and_calls_under_way_stay_in_the_one_before() {
    let mut world = World::new();
    world.reserve(0, LIMIT, 0);
    world.speak(0, Aim::Tell, Carried::Well);
    assert_eq!((world.doc.spent, world.doc.held()), (0, LIMIT));
    world.now = world.now + DAY;
    let (period, now) = (world.now, world.now);
    let by = Speaker {
        holder: "other",
        period,
        now,
    };
    let mut other = Purse::new(0);
    let aim = Aim::Take {
        part: Part {
            call: CallId(99),
            before: 0,
        },
        ask: Ask {
            need: LIMIT,
            waiting: 0,
            limit: LIMIT,
        },
    };
    let (next, said) = other.speak(world.doc.clone(), aim, by, true);
    world.doc = next.unwrap();
    assert_eq!(said, Said::Done, "all of the budget is there again");
    world.settle(0, 0, 100);
    world.speak(0, Aim::Tell, Carried::Well);
    assert_eq!(world.doc.spent, 0, "what the call of yesterday cost is not of today");
    assert!(world.doc.held() <= LIMIT);
}

#[test]
fn a_call_that_goes_on_after_its_reservation_was_charged_pays_only_for_the_rest() {
    let mut world = World::new();
    world.reserve(0, 100, 0);
    world.speak(0, Aim::Tell, Carried::Well);
    world.now = world.now + LEASE + Duration::from_millis(1);
    // Another process takes it back, and 100 are charged.
    world.reserve(1, 1, 0);
    assert_eq!(world.doc.spent, 100);
    world.extend(0, 0, 100, 50);
    world.settle(0, 0, 100);
    world.settle(1, 0, 0);
    world.all_speak();
    assert_eq!(world.doc.spent, 150);
}

#[test]
fn what_rests_goes_to_who_needs_it() {
    let mut world = World::new();
    world.reserve(0, 1, 0);
    let rest = world.doc.held() - 1;
    assert_eq!(rest, LIMIT / 8 - 1, "a part for the next calls");
    world.reserve(1, LIMIT - 1, 0);
    assert!(world.processes[1].open.is_empty() && world.doc.is_wanted(world.now));
    world.speak(0, Aim::Tell, Carried::Well);
    world.now = world.now + Duration::from_secs(1);
    world.reserve(1, LIMIT - 1, 0);
    assert_eq!(world.processes[1].open.len(), 1, "given back with the next word");
}

#[test]
fn what_was_under_way_in_a_process_that_died_is_charged_and_the_rest_is_free_again() {
    let mut world = World::new();
    world.reserve(0, 100, 0);
    world.reserve(0, 100, 0);
    world.settle(0, 0, 10);
    world.speak(0, Aim::Tell, Carried::Well);
    world.step(&Step::Crash(0));
    world.reserve(1, LIMIT - 10 - 100, 0);
    assert!(world.processes[1].open.is_empty(), "for now it is held");
    world.now = world.now + LEASE + Duration::from_millis(1);
    world.reserve(1, LIMIT - 10 - 100, 0);
    assert_eq!((world.doc.spent, world.doc.held()), (10 + 100, LIMIT - 10 - 100));
}

#[test]
fn nothing_is_reserved_from_what_a_word_on_its_way_gives_back() {
    let mut world = World::new();
    world.reserve(0, 100, 0);
    world.settle(0, 0, 0);
    world.speak(0, Aim::GiveBack, Carried::Slow);
    world.reserve(0, LIMIT + 1, 0);
    assert!(
        world.processes[0].open.is_empty(),
        "more than there is, which costs no write"
    );
    world.reserve(0, 100, 0);
    world.reserve(1, LIMIT, 0);
    let open: u64 = world.processes.iter().flat_map(|p| &p.open).map(|call| call.room).sum();
    assert!(open <= LIMIT, "{open}");
}

//! A debate under all sorts of inputs.

use std::time::Duration;

use kernel::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::config::Debates;

const LEASE: Duration = Duration::from_secs(5);

pub(in crate::domain::debate) fn debate(id: u128, sides: usize, rounds: u32) -> DebateDoc {
    let agent = |n: usize| {
        let mut agent = crate::domain::starter::agents(at(0)).remove(0);
        agent.id = Uuid::from_u128(100 + n as u128).into();
        (agent.handle, agent.name) = (format!("handle{n}"), format!("Name {n}"));
        agent
    };
    let beginning = Beginning {
        id: Uuid::from_u128(id).into(),
        room_id: Uuid::from_u128(1).into(),
        owner_id: Uuid::from_u128(2).into(),
        motion: "Tea is better than coffee".into(),
        rounds,
        agents: (0..sides).map(agent).collect(),
        badge: None,
    };
    DebateDoc::new(beginning, at(0), Duration::from_secs(300))
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn claim() -> Input<'static> {
    Input::Claim {
        fence: 1,
        lease: LEASE,
        lapsed: None,
    }
}

/// Claims the current turn and lets it end so.
fn speak(debate: &mut DebateDoc, said: bool, now: Timestamp) {
    debate.step(&claim(), now, &Debates::default()).unwrap();
    let hold = debate.hold().unwrap();
    let usage = Usage::default();
    let end = if said {
        let text = "words";
        Input::Said {
            hold,
            text,
            usage: &usage,
        }
    } else {
        let lapse = Lapse::Failed;
        Input::Failed {
            hold,
            lapse,
            usage: &usage,
        }
    };
    debate.step(&end, now, &Debates::default()).unwrap();
}

#[test]
fn each_side_speaks_in_each_phase_in_an_order_that_the_id_draws() {
    for sides in SIDES_MIN..=SIDES_MAX {
        let turns = debate(7, sides, 2).turns;
        let of = |phase: Phase| -> Vec<Side> { turns.iter().filter(|t| t.phase == phase).map(|t| t.side).collect() };
        let order = of(Phase::Opening);
        assert_eq!(of(Phase::Rebuttal), [order.clone(), order.clone()].concat());
        assert!(of(Phase::Closing).iter().eq(order.iter().rev()));
        let cross: Vec<_> = turns.iter().filter(|t| t.phase == Phase::Cross).collect();
        for (pair, side) in cross.chunks(2).zip(&order) {
            assert_eq!(
                (pair[0].side, pair[0].kind, pair[1].kind),
                (*side, TurnKind::Question, TurnKind::Answer)
            );
            assert_eq!((pair[0].other, pair[1].other), (Some(pair[1].side), Some(*side)));
        }
        assert_eq!((cross.len(), debate(7, sides, 2).turns), (2 * sides, turns.clone()));
    }
    let orders: std::collections::HashSet<_> = (0..64).map(|id| debate(id, 4, 1).turns[0].side).collect();
    assert_eq!(orders.len(), 4);
}

#[test]
fn a_turn_that_fails_is_tried_again_later_then_forfeited_and_an_unasked_question_is_not_answered() {
    let (limits, mut now) = (Debates::default(), at(0));
    let mut debate = debate(7, 2, 1);
    debate.step(&Input::Start, now, &limits).unwrap();
    for _ in 0..4 {
        speak(&mut debate, true, now);
    }
    assert_eq!(
        (debate.phase, debate.current().unwrap().kind),
        (Phase::Cross, TurnKind::Question)
    );
    for attempt in 1..=3 {
        speak(&mut debate, false, now);
        assert_eq!(debate.turns[4].attempt, attempt);
        if attempt < 3 {
            assert_eq!(
                debate.step(&claim(), now, &limits),
                Err(Refused::Lost),
                "it has to wait"
            );
            now = debate.due_at.unwrap();
        }
    }
    assert_eq!(
        (debate.turns[4].state, debate.turns[4].note),
        (TurnState::Forfeited, Some(Lapse::Failed))
    );
    assert_eq!(
        (debate.turns[5].state, debate.current().unwrap().number),
        (TurnState::Skipped, 7)
    );
}

#[test]
fn two_forfeits_of_a_side_in_a_row_end_the_debate_and_one_of_each_does_not() {
    let limits = Debates {
        attempts_max: 1,
        ..Debates::default()
    };
    let mut debate = debate(7, 2, 1);
    let forfeit = |debate: &mut DebateDoc| {
        debate.step(&claim(), at(0), &limits).unwrap();
        let (hold, lapse, usage) = (debate.hold().unwrap(), Lapse::Silent, Usage::default());
        debate
            .step(
                &Input::Failed {
                    hold,
                    lapse,
                    usage: &usage,
                },
                at(0),
                &limits,
            )
            .unwrap();
    };
    debate.step(&Input::Start, at(0), &limits).unwrap();
    let first = debate.current().unwrap().side;
    forfeit(&mut debate);
    forfeit(&mut debate);
    assert_eq!((debate.phase, debate.forfeited_by), (Phase::Rebuttal, None));
    forfeit(&mut debate);
    assert_eq!((debate.phase, debate.forfeited_by), (Phase::Closed, Some(first)));
    assert_eq!(debate.task(at(0)), Some(Task::Count));
}

#[test]
fn a_turn_has_a_deadline_that_a_dead_host_takes_nothing_of() {
    let limits = Debates::default();
    let mut debate = debate(7, 2, 1);
    debate.step(&Input::Start, at(0), &limits).unwrap();
    debate.step(&claim(), at(0), &limits).unwrap();
    assert_eq!(debate.turns[0].deadline, Some(at(120_000)));
    // Its host has died; the next one comes long after.
    debate.step(&claim(), at(500_000), &limits).unwrap();
    assert_eq!(
        (debate.turns[0].attempt, debate.turns[0].deadline),
        (2, Some(at(620_000)))
    );
    let (hold, usage) = (debate.hold().unwrap(), Usage::default());
    let late = Input::Failed {
        hold,
        lapse: Lapse::TooLate,
        usage: &usage,
    };
    debate.step(&late, at(620_000), &limits).unwrap();
    assert_eq!(
        (debate.turns[0].state, debate.turns[0].note),
        (TurnState::Forfeited, Some(Lapse::TooLate))
    );
}

#[test]
fn what_is_no_sides_fault_takes_no_attempt_and_in_the_end_calls_the_debate_off() {
    let limits = Debates {
        postponements_max: 5,
        ..Debates::default()
    };
    let (mut debate, usage) = (debate(7, 2, 1), Usage::default());
    debate.step(&Input::Start, at(0), &limits).unwrap();
    for times in 1..=5 {
        let now = debate.due_at.unwrap();
        debate.step(&claim(), now, &limits).unwrap();
        let hold = debate.hold().unwrap();
        let input = match times {
            1 => Input::HandOver { hold, usage: &usage },
            _ => Input::Postponed { hold, usage: &usage },
        };
        debate.step(&input, now, &limits).unwrap();
        let turn = &debate.turns[0];
        assert_eq!((turn.attempt, turn.excused, turn.note), (times, times, None));
    }
    assert_eq!(
        (debate.phase, debate.cancelled),
        (Phase::Cancelled, Some(Cancellation::ServiceAway))
    );
}

#[test]
fn once_the_votes_can_be_seen_who_began_it_cannot_take_them_back() {
    let mut debate = debate(7, 2, 1);
    let by_owner = Input::Cancel(Cancellation::ByOwner);
    debate.step(&Input::Start, at(0), &Debates::default()).unwrap();
    while debate.phase != Phase::VotingAfter {
        speak(&mut debate, true, at(0));
    }
    let refused = debate.step(&by_owner, at(0), &Debates::default());
    assert_eq!((refused, debate.phase), (Err(Refused::WrongPhase), Phase::VotingAfter));
}

#[derive(Clone, Copy, Debug)]
enum Move {
    Start,
    Close,
    Cancel,
    Tick,
    Wait(i64),
    Claim,
    Renew,
    Say,
    Fail,
    Postpone,
    HandOver,
    SayStale,
    Count,
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        4 => Just(Move::Start),
        1 => Just(Move::Close),
        1 => Just(Move::Tick),
        8 => prop_oneof![Just(0_i64), Just(1), Just(5_000), Just(20_000), Just(700_000)].prop_map(Move::Wait),
        16 => Just(Move::Claim),
        2 => Just(Move::Renew),
        12 => Just(Move::Say),
        4 => Just(Move::Fail),
        2 => Just(Move::HandOver),
        2 => Just(Move::Postpone),
        4 => Just(Move::SayStale),
        1 => Just(Move::Count),
    ]
}

/// A debate, and all that was seen of it.
struct Watched {
    debate: DebateDoc,
    now: i64,
    fence: u64,
    holds: Vec<Hold>,
    said: Vec<u32>,
    limits: Debates,
}

impl Watched {
    fn take(&mut self, moved: Move) {
        let usage = Usage::default();
        let now_hold = self.debate.hold();
        let stale = self.holds.iter().rev().find(|hold| Some(**hold) != now_hold).copied();
        let hold = now_hold.unwrap_or(Hold {
            number: 0,
            attempt: 0,
            fence: 0,
        });
        self.fence += 1;
        let input = match moved {
            Move::Wait(ms) => {
                self.now += ms;
                return;
            }
            Move::Start => Input::Start,
            Move::Close => Input::CloseVoting,
            Move::Cancel => Input::Cancel(Cancellation::ByOwner),
            Move::Tick => Input::Tick,
            Move::Claim => Input::Claim {
                fence: self.fence,
                lease: LEASE,
                lapsed: None,
            },
            Move::Renew => Input::Renew {
                hold,
                lease: LEASE,
                usage: &usage,
            },
            Move::Postpone => Input::Postponed { hold, usage: &usage },
            Move::Say => Input::Said {
                hold,
                text: "said",
                usage: &usage,
            },
            Move::Fail => Input::Failed {
                hold,
                lapse: Lapse::Failed,
                usage: &usage,
            },
            Move::HandOver => Input::HandOver { hold, usage: &usage },
            Move::SayStale => match stale {
                Some(hold) => Input::Said {
                    hold,
                    text: "stale",
                    usage: &usage,
                },
                None => return,
            },
            Move::Count => Input::Counted,
        };
        let before = self.debate.clone();
        let stepped = self.debate.step(&input, at(self.now), &self.limits);
        match stepped {
            Ok(Moved::Stays) | Err(_) => assert_eq!(self.debate, before, "{moved:?}"),
            Ok(_) if matches!(moved, Move::Say) => self.said.push(hold.number),
            Ok(_) => {}
        }
        self.holds
            .extend(self.debate.hold().filter(|hold| self.holds.last() != Some(hold)));
        self.check(&before, moved);
    }

    fn check(&self, before: &DebateDoc, moved: Move) {
        let debate = &self.debate;
        assert!(
            !matches!(moved, Move::SayStale) || debate == before,
            "a stale host has spoken"
        );
        assert!(
            self.said.is_sorted_by(|a, b| a < b),
            "said twice or out of order: {:?}",
            self.said
        );
        assert!(
            before.phase <= debate.phase,
            "back from {:?} to {:?}",
            before.phase,
            debate.phase
        );
        let done = |turn: &TurnDoc| !matches!(turn.state, TurnState::Waiting | TurnState::Speaking);
        let firsts = debate.turns.iter().take_while(|turn| done(turn)).count();
        assert!(
            debate
                .turns
                .iter()
                .skip(firsts + 1)
                .all(|turn| turn.state == TurnState::Waiting && turn.attempt == 0)
        );
        for (was, is) in before.turns.iter().zip(&debate.turns).filter(|(was, _)| done(was)) {
            assert_eq!(was, is, "what has ended has changed");
        }
        assert!(
            debate
                .turns
                .iter()
                .all(|turn| turn.attempt - turn.excused <= self.limits.attempts_max)
        );
        let rests = debate.phase == Phase::Cancelled || debate.counted;
        assert_eq!(debate.due_at.is_none(), rests, "{:?}", debate.phase);
        assert_eq!(debate.open_room.is_none(), debate.phase.is_over());
    }
}

fn unique(holds: &[Hold]) -> bool {
    holds.iter().enumerate().all(|(n, hold)| {
        !holds[..n]
            .iter()
            .any(|h| (h.number, h.attempt) == (hold.number, hold.attempt))
    })
}

proptest! {
    #[test]
    fn whatever_happens_no_turn_is_said_twice_the_order_is_kept_and_a_host_that_goes_on_comes_to_an_end(
        id in any::<u128>(), sides in SIDES_MIN..=SIDES_MAX, rounds in 1..=ROUNDS_MAX,
        moves in prop::collection::vec(moves(), 0..120), cancels in prop::option::weighted(0.2, 0..120_usize),
        ends in prop::collection::vec(0..4_u8, 400),
    ) {
        let mut watched = Watched {
            debate: debate(id, sides, rounds), now: 0, fence: 0, holds: Vec::new(), said: Vec::new(),
            limits: Debates { retry_ms: 10, ..Debates::default() },
        };
        for (nth, moved) in moves.into_iter().enumerate() {
            if cancels == Some(nth) {
                watched.take(Move::Cancel);
            }
            watched.take(moved);
        }
        // From here on there is a host: each of its attempts ends well, badly, or in its death.
        let mut steps = 0;
        while let Some(due) = watched.debate.due_at {
            watched.now = watched.now.max(due.millis());
            match watched.debate.task(at(watched.now)).unwrap() {
                Task::EndVoting => watched.take(Move::Tick),
                Task::Count => watched.take(Move::Count),
                Task::Speak => {
                    watched.take(Move::Claim);
                    match ends[steps % ends.len()] {
                        0 | 1 => watched.take(Move::Say),
                        2 => watched.take(Move::Fail),
                        _ => {}
                    }
                }
            }
            steps += 1;
            prop_assert!(steps <= 4 * watched.debate.turns.len() + 4, "it does not end");
        }
        prop_assert!(watched.debate.phase.is_over());
        prop_assert!(unique(&watched.holds), "two attempts with one right");
        let spoken = watched.debate.turns.iter().filter(|turn| turn.state == TurnState::Spoken);
        let numbers: Vec<u32> = spoken.map(|turn| turn.number).collect();
        prop_assert_eq!(numbers, watched.said);
    }
}

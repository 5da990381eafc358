//! A room in which the worst happens: agents that mention everybody always, moderators that name all, people who talk into
//! it, time that passes so that no window holds anything, events that are delivered again and late. Runs are kept and facts
//! counted from them as the host does. Whatever is tried, a cascade has at most [`Limits::cascade_turns_max`] turns.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use kernel::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::facts::Seen;
use super::tests::{human, message, policies, room};
use super::*;
use crate::domain::reply::Ending;
use crate::domain::run::{Request, RunDoc, Usage};
use contracts::chat::AiState;
use kernel::{Cost, Currency};

/// What a model does when it has the word.
#[derive(Clone, Copy, Debug)]
enum Behaviour {
    /// It mentions everybody.
    Calls,
    /// It says something that speaks to nobody.
    Talks,
    Passes,
    /// It fails, or a person stops it.
    Fails,
}

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The next event is delivered, in order.
    Hear,
    /// An event of the past is delivered again.
    HearAgain(usize),
    /// The run whose turn it is is written.
    Write(Behaviour),
    /// A person speaks, to everybody or to nobody.
    Say(bool),
    Wait(u16),
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Hear),
        1 => any::<usize>().prop_map(Step::HearAgain),
        6 => Just(Step::Write(Behaviour::Calls)),
        1 => prop_oneof![Just(Behaviour::Talks), Just(Behaviour::Passes), Just(Behaviour::Fails)].prop_map(Step::Write),
        1 => any::<bool>().prop_map(Step::Say),
        1 => any::<u16>().prop_map(Step::Wait),
    ]
}

fn limits() -> impl Strategy<Value = Limits> {
    (
        0_u32..7,
        0_u32..12,
        0_u32..5,
        0_u32..30,
        0_u32..20,
        1_u64..3_000,
        1_u64..3_000,
    )
        .prop_map(|(hops, turns, pairs, rate, queue, tokens, micros)| Limits {
            hops_max: hops,
            turns_since_human_max: turns,
            pair_exchanges_max: pairs,
            pair_window_seconds: 300,
            room_turns_per_minute_max: rate,
            root_tokens_max: tokens,
            root_micros_max: micros,
            room_queue_max: queue,
        })
}

/// A message of the room, as the host hears it.
#[derive(Clone)]
struct Said {
    heard: Heard,
    seq: u64,
    root: MessageId,
}

struct Stage {
    room: Room,
    limits: Limits,
    weighted: Weighted,
    now: Timestamp,
    said: Vec<Said>,
    /// How many of them have been heard.
    heard: usize,
    runs: Vec<RunDoc>,
    waiting: VecDeque<usize>,
}

impl Stage {
    fn say(&mut self, mut heard: Heard, root: Option<MessageId>) {
        let seq = self.said.len() as u64 + 1;
        heard.id = message(u128::from(seq));
        let root = root.unwrap_or(heard.id);
        self.said.push(Said { heard, seq, root });
    }

    /// Counts as the host does, with the same pure function.
    fn facts(&self, of: &Said) -> Facts {
        let (id, window) = (of.heard.id, Duration::from_secs(self.limits.pair_window_seconds));
        let recent: Vec<RunDoc> = self
            .runs
            .iter()
            .filter(|r| r.queued_at >= self.now - window)
            .cloned()
            .collect();
        let open: Vec<RunDoc> = self.runs.iter().filter(|r| r.open_room.is_some()).cloned().collect();
        let root: Vec<RunDoc> = self.runs.iter().filter(|r| r.root_id == of.root).cloned().collect();
        let people = self
            .said
            .iter()
            .filter(|s| s.heard.origin == Origin::Human && s.seq <= of.seq);
        let since = people.map(|s| s.seq).max().unwrap_or(0);
        let later = self.runs.iter().filter(|r| r.trigger_seq >= since);
        let mut last: Vec<&RunDoc> = self.runs.iter().filter(|r| r.trigger_seq < of.seq).collect();
        last.sort_by_key(|run| std::cmp::Reverse(run.trigger_seq));
        let seen = Seen {
            recent: &recent,
            open: &open,
            root: &root,
            since_human: later.count() as u64,
            last_speakers: last.iter().map(|run| run.agent_id).take(3).collect(),
        };
        Facts::of(&seen, id, self.now, &self.limits)
    }

    fn hear(&mut self, at: usize) {
        let Some(said) = self.said.get(at).cloned() else { return };
        let rules = Rules {
            limits: &self.limits,
            weighted: &self.weighted,
        };
        let decision = decide(&self.room, &said.heard, &self.facts(&said), rules);
        self.request(&said, decision);
    }

    fn request(&mut self, said: &Said, decision: Decision) {
        for turn in decision.turns {
            let generation = u32::from(turn.task == Task::Reply);
            let known =
                |r: &RunDoc| (r.trigger_id, r.agent_id, r.generation) == (said.heard.id, turn.agent, generation);
            if self.runs.iter().any(known) {
                continue;
            }
            let request = Request {
                task: turn.task,
                room_id: self.room.id,
                agent_id: turn.agent,
                trigger_id: said.heard.id,
                trigger_seq: said.seq,
                caller_id: said.heard.by_agent,
                generation,
                root_id: said.root,
                hop: said.heard.hop + 1,
                payer_id: Uuid::from_u128(1).into(),
                called: turn.called,
                key: None,
            };
            let id = Uuid::from_u128(0xc000 + self.runs.len() as u128);
            self.waiting.push_back(self.runs.len());
            self.runs
                .push(RunDoc::requested(request, id.into(), id.into(), self.now));
        }
    }

    fn write(&mut self, behaviour: Behaviour) {
        let Some(at) = self.waiting.pop_front() else { return };
        let Some(run) = self.runs.get_mut(at) else { return };
        run.begin(1, self.now, self.now);
        run.usage = Usage {
            model: "m".into(),
            prompt_tokens: 100,
            completion_tokens: 20,
            cost: Some(Cost {
                micros: 90,
                currency: Currency::EUR,
            }),
            ..Usage::default()
        };
        let nothing = Ending {
            state: AiState::Complete,
            message: None,
        };
        run.settle(&nothing, &crate::domain::memory::Noted::default(), self.now);
        let run = run.clone();
        let Some(said) = self.said.iter().find(|s| s.heard.id == run.trigger_id).cloned() else {
            return;
        };
        let everybody: Vec<AgentId> = self.room.agents.iter().map(|seat| seat.agent).collect();
        match (run.task, behaviour) {
            (_, Behaviour::Passes | Behaviour::Fails) => {}
            (Task::Moderate, _) => {
                let named: Vec<AgentId> = everybody.into_iter().take(moderation::NAMED_MAX).collect();
                let decision = decide_named(&said.heard, &named, &self.facts(&said), &self.limits);
                self.request(&said, decision);
            }
            (Task::Reply, behaviour) => {
                let mentions = if matches!(behaviour, Behaviour::Calls) {
                    everybody
                } else {
                    Vec::new()
                };
                let heard = Heard {
                    origin: Origin::Agent,
                    by_agent: Some(run.agent_id),
                    mentions,
                    hop: run.hop,
                    ..human(0, &[])
                };
                self.say(heard, Some(run.root_id));
            }
        }
    }

    /// Lets everything that is under way come to its end; tells whether it does.
    fn run_down(&mut self) -> bool {
        for _ in 0..10_000 {
            if self.heard < self.said.len() {
                self.hear(self.heard);
                self.heard += 1;
            } else if self.waiting.is_empty() {
                return true;
            } else {
                self.write(Behaviour::Calls);
            }
        }
        false
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Hear if self.heard < self.said.len() => {
                self.hear(self.heard);
                self.heard += 1;
            }
            Step::HearAgain(which) if self.heard > 0 => self.hear(which % self.heard),
            Step::Hear | Step::HearAgain(_) => {}
            Step::Write(behaviour) => self.write(behaviour),
            Step::Say(to_all) => {
                let all: Vec<usize> = (0..self.room.agents.len()).filter(|_| to_all).collect();
                self.say(human(0, &all), None);
            }
            Step::Wait(seconds) => self.now = self.now + Duration::from_secs(u64::from(seconds)),
        }
    }

    fn turns_of_roots(&self) -> HashMap<MessageId, u32> {
        let mut turns = HashMap::new();
        self.runs
            .iter()
            .for_each(|run| *turns.entry(run.root_id).or_insert(0) += 1);
        turns
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_cascade_ends_within_its_bound_whatever_agents_and_people_do(
        policy in policies(), agents in 0_usize..13, limits in limits(), plan in prop::collection::vec(steps(), 0..120),
        talk in prop::collection::vec(0_u8..=100, 13), speakers_max in 0_u32..5, alone in any::<bool>(),
    ) {
        let mut room = room(policy, agents);
        if alone {
            (room.kind, room.people) = (RoomKind::Direct, 1);
        }
        room.agents.iter_mut().zip(talk).for_each(|(seat, talk)| (seat.talkativeness, seat.always) = (talk, talk > 60));
        let weighted = Weighted { speakers_max, score_min: 60 };
        let now = Timestamp::from_millis(1_000_000_000);
        let mut stage = Stage {
            room, limits, weighted, now, said: Vec::new(), heard: 0, runs: Vec::new(), waiting: VecDeque::new(),
        };
        stage.step(Step::Say(true));
        plan.into_iter().for_each(|step| stage.step(step));
        prop_assert!(stage.run_down(), "the cascade goes on");
        let bound = stage.limits.cascade_turns_max();
        for (root, turns) in stage.turns_of_roots() {
            prop_assert!(turns <= bound, "{turns} turns of {root}, bound {bound}");
        }
        prop_assert!(stage.runs.iter().all(|run| run.hop <= stage.limits.hops_max));
        // Nobody speaks more than once to one message.
        let replies = stage.runs.iter().filter(|run| run.task == Task::Reply).count();
        let people = stage.said.iter().filter(|said| said.heard.origin == Origin::Human).count();
        prop_assert!(stage.said.len() <= people + replies);
    }
}

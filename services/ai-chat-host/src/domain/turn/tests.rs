//! The policy case by case, and the proof that every cascade ends.

use std::collections::VecDeque;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn agent(n: usize) -> AgentId {
    Uuid::from_u128(0xa000 + n as u128).into()
}

fn message(n: u128) -> MessageId {
    Uuid::from_u128(0xb000 + n).into()
}

fn room(policy: AgentPolicy, agents: usize) -> Room {
    let agents = (0..agents)
        .map(|n| Seat {
            agent: agent(n),
            always: false,
        })
        .collect();
    Room {
        id: Uuid::from_u128(7).into(),
        kind: RoomKind::Group,
        policy,
        people: 2,
        agents,
    }
}

fn human(n: u128, mentions: &[usize]) -> Heard {
    let mentions = mentions.iter().map(|n| agent(*n)).collect();
    Heard {
        id: message(n),
        origin: Origin::Human,
        by_agent: None,
        mentions,
        answers: None,
        hop: 0,
    }
}

fn by_agent(n: u128, by: usize, mentions: &[usize], hop: u32) -> Heard {
    Heard {
        origin: Origin::Agent,
        by_agent: Some(agent(by)),
        hop,
        ..human(n, mentions)
    }
}

fn speakers(room: &Room, heard: &Heard) -> Vec<AgentId> {
    decide(room, heard, &Facts::default(), &Limits::default())
        .turns
        .iter()
        .map(|t| t.agent)
        .collect()
}

#[test]
fn a_mention_or_a_reply_goes_before_the_policy() {
    let everyone = room(AgentPolicy::Everyone, 3);
    assert_eq!(speakers(&everyone, &human(1, &[2])), [agent(2)]);
    let reply = Heard {
        answers: Some(agent(1)),
        ..human(1, &[])
    };
    assert_eq!(speakers(&everyone, &reply), [agent(1)]);
    let both = Heard {
        answers: Some(agent(1)),
        ..human(1, &[2, 1, 2])
    };
    assert_eq!(speakers(&everyone, &both), [agent(1), agent(2)]);
    assert_eq!(speakers(&room(AgentPolicy::Mention, 3), &human(1, &[])), []);
    assert_eq!(
        speakers(&room(AgentPolicy::Mention, 3), &human(1, &[9])),
        [],
        "who is not here does not speak"
    );
}

#[test]
fn off_is_off_even_when_mentioned_and_alone_with_a_person() {
    let off = Room {
        kind: RoomKind::Direct,
        people: 1,
        ..room(AgentPolicy::Off, 1)
    };
    assert_eq!(speakers(&off, &human(1, &[0])), []);
    assert_eq!(speakers(&off, &human(1, &[])), []);
}

#[test]
fn an_agent_alone_with_a_person_always_answers() {
    let alone = Room {
        kind: RoomKind::Direct,
        people: 1,
        ..room(AgentPolicy::Mention, 1)
    };
    assert_eq!(speakers(&alone, &human(1, &[])), [agent(0)]);
    assert_eq!(
        speakers(
            &Room {
                people: 2,
                ..alone.clone()
            },
            &human(1, &[])
        ),
        []
    );
    assert_eq!(
        speakers(
            &Room {
                kind: RoomKind::Group,
                ..alone
            },
            &human(1, &[])
        ),
        []
    );
}

#[test]
fn round_robin_goes_on_after_the_last_speaker() {
    let robin = room(AgentPolicy::RoundRobin, 3);
    let next = |last| {
        let facts = Facts {
            last_speaker: Some(last),
            ..Facts::default()
        };
        decide(&robin, &human(1, &[]), &facts, &Limits::default())
            .turns
            .first()
            .map(|t| t.agent)
    };
    assert_eq!(
        [next(agent(0)), next(agent(1)), next(agent(2))],
        [Some(agent(1)), Some(agent(2)), Some(agent(0))]
    );
    let first = speakers(&robin, &human(1, &[]));
    assert_eq!((first.len(), first), (1, speakers(&robin, &human(1, &[]))));
}

#[test]
fn an_agent_that_always_answers_does_so_in_a_room_that_only_mentions() {
    let mut quiet = room(AgentPolicy::Mention, 2);
    quiet.agents[1].always = true;
    assert_eq!(speakers(&quiet, &human(1, &[])), [agent(1)]);
}

#[test]
fn agents_call_agents_by_name_alone_and_never_themselves() {
    let everyone = room(AgentPolicy::Everyone, 3);
    assert_eq!(speakers(&everyone, &by_agent(1, 0, &[], 1)), []);
    assert_eq!(speakers(&everyone, &by_agent(1, 0, &[0, 1], 1)), [agent(1)]);
    let reply = Heard {
        answers: Some(agent(1)),
        ..by_agent(1, 0, &[], 1)
    };
    assert_eq!(speakers(&everyone, &reply), [], "each message of an agent is a reply");
    let system = Heard {
        origin: Origin::System,
        ..human(1, &[0])
    };
    assert_eq!(speakers(&everyone, &system), []);
}

#[test]
fn each_limit_refuses_by_itself() {
    let (everyone, limits) = (room(AgentPolicy::Everyone, 2), Limits::default());
    let why = |heard: Heard, facts: Facts| decide(&everyone, &heard, &facts, &limits).refused.first().map(|r| r.1);
    let call = || by_agent(1, 0, &[1], 1);
    assert_eq!(why(call(), Facts::default()), None);
    assert_eq!(why(by_agent(1, 0, &[1], 4), Facts::default()), Some(Refusal::Hops));
    assert_eq!(
        why(
            call(),
            Facts {
                since_human: 8,
                ..Facts::default()
            }
        ),
        Some(Refusal::SinceHuman)
    );
    assert_eq!(
        why(
            call(),
            Facts {
                last_minute: 20,
                ..Facts::default()
            }
        ),
        Some(Refusal::RoomRate)
    );
    assert_eq!(
        why(
            call(),
            Facts {
                root_tokens: limits.root_tokens_max,
                ..Facts::default()
            }
        ),
        Some(Refusal::RootTokens)
    );
    assert_eq!(
        why(
            call(),
            Facts {
                waiting: limits.room_queue_max,
                ..Facts::default()
            }
        ),
        Some(Refusal::Queue)
    );
    let exchanges = vec![(agent(0), agent(1)), (agent(1), agent(0)), (agent(0), agent(1))];
    assert_eq!(
        why(
            call(),
            Facts {
                exchanges: exchanges.clone(),
                ..Facts::default()
            }
        ),
        Some(Refusal::Pair)
    );
    assert_eq!(
        why(
            human(1, &[1]),
            Facts {
                exchanges,
                ..Facts::default()
            }
        ),
        None,
        "a person may always ask"
    );
}

/// Everything that a room has seen, so that facts can be counted as the host counts them.
struct History {
    turns: Vec<(u64, AgentId, Option<AgentId>)>,
    last_human: u64,
}

impl History {
    fn facts(&self, seq: u64, minute_passes: bool) -> Facts {
        let before = || self.turns.iter().filter(|(trigger, ..)| *trigger < seq);
        Facts {
            since_human: before().filter(|(trigger, ..)| *trigger >= self.last_human).count() as u32,
            // The worst case: so slow that neither the minute nor the pair window ever holds anything.
            last_minute: if minute_passes { 0 } else { before().count() as u32 },
            exchanges: if minute_passes {
                Vec::new()
            } else {
                before().filter_map(|(_, to, from)| from.map(|f| (f, *to))).collect()
            },
            last_speaker: before().next_back().map(|(_, agent, _)| *agent),
            ..Facts::default()
        }
    }
}

fn policies() -> impl Strategy<Value = AgentPolicy> {
    prop_oneof![
        Just(AgentPolicy::Mention),
        Just(AgentPolicy::RoundRobin),
        Just(AgentPolicy::Everyone)
    ]
}

proptest! {
    #[test]
    fn agents_that_always_mention_all_others_come_to_an_end(
        policy in policies(), agents in 1_usize..12, slow in any::<bool>(), people in 1_u64..4, hop in 0_u32..3,
    ) {
        let (room, limits) = (room(policy, agents), Limits::default());
        let all: Vec<usize> = (0..agents).collect();
        let mut history = History { turns: Vec::new(), last_human: 0 };
        let mut waiting: VecDeque<Heard> = VecDeque::new();
        let (mut seq, mut turns_since_human) = (0_u64, 0_u32);
        for person in 1..=people {
            // A person speaks, even into a cascade that is still going on.
            waiting.push_front(Heard { hop: 0, ..human(u128::from(person), &all) });
            for _ in 0..1_000 {
                let Some(heard) = waiting.pop_front() else { break };
                seq += 1;
                if heard.origin == Origin::Human {
                    (history.last_human, turns_since_human) = (seq, 0);
                }
                let decision = decide(&room, &heard, &history.facts(seq, slow), &limits);
                for turn in decision.turns {
                    prop_assert!(heard.hop < limits.hops_max);
                    turns_since_human += 1;
                    history.turns.push((seq, turn.agent, heard.by_agent));
                    let at = all.iter().position(|n| agent(*n) == turn.agent).unwrap_or_default();
                    waiting.push_back(by_agent(u128::from(seq) << 32 | at as u128, at, &all, heard.hop + 1 + hop));
                }
                prop_assert!(turns_since_human <= limits.turns_since_human_max, "{turns_since_human} turns");
            }
            prop_assert!(waiting.is_empty() , "the cascade goes on");
        }
    }

    #[test]
    fn the_same_question_has_the_same_answer_and_nobody_speaks_twice(
        policy in policies(), agents in 1_usize..12, id in any::<u128>(), mentions in prop::collection::vec(0_usize..14, 0..6),
    ) {
        let room = room(policy, agents);
        let heard = human(id >> 64, &mentions);
        let decision = decide(&room, &heard, &Facts::default(), &Limits::default());
        prop_assert_eq!(&decision, &decide(&room, &heard, &Facts::default(), &Limits::default()));
        let mut speakers: Vec<AgentId> = decision.turns.iter().map(|t| t.agent).collect();
        speakers.sort();
        speakers.dedup();
        prop_assert_eq!(speakers.len(), decision.turns.len());
        prop_assert!(speakers.iter().all(|s| room.agents.iter().any(|seat| seat.agent == *s)));
    }
}

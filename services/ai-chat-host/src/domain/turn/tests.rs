//! The policies case by case, and what must not matter to them.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

pub(crate) fn agent(n: usize) -> AgentId {
    Uuid::from_u128(0xa000 + n as u128).into()
}

pub(crate) fn message(n: u128) -> MessageId {
    Uuid::from_u128(0xb000 + n).into()
}

pub(crate) fn room(policy: AgentPolicy, agents: usize) -> Room {
    let agents = (0..agents)
        .map(|n| Seat {
            agent: agent(n),
            handle: format!("agent_{n}"),
            always: false,
            talkativeness: 0,
            traits: Traits::default(),
        })
        .collect();
    Room {
        id: Uuid::from_u128(7).into(),
        kind: RoomKind::Group,
        policy,
        people: 2,
        agents,
        moderator: None,
        people_interrupt: false,
    }
}

pub(crate) fn human(n: u128, mentions: &[usize]) -> Heard {
    let mentions = mentions.iter().map(|n| agent(*n)).collect();
    Heard {
        id: message(n),
        origin: Origin::Human,
        by_agent: None,
        mentions,
        answers: None,
        hop: 0,
        text: "words".into(),
    }
}

pub(crate) fn by_agent(n: u128, by: usize, mentions: &[usize], hop: u32) -> Heard {
    Heard {
        origin: Origin::Agent,
        by_agent: Some(agent(by)),
        hop,
        ..human(n, mentions)
    }
}

pub(crate) fn decided(room: &Room, heard: &Heard, facts: &Facts) -> Decision {
    let (limits, weighted) = (Limits::default(), Weighted::default());
    let rules = Rules {
        limits: &limits,
        weighted: &weighted,
    };
    decide(room, heard, facts, rules)
}

fn speakers(room: &Room, heard: &Heard) -> Vec<AgentId> {
    decided(room, heard, &Facts::default())
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
            last_speakers: vec![last],
            ..Facts::default()
        };
        decided(&robin, &human(1, &[]), &facts).turns.first().map(|t| t.agent)
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
    let why = |heard: Heard, facts: Facts| decided(&everyone, &heard, &facts).refused.first().map(|r| r.1);
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
    for (facts, refusal) in [
        (
            Facts {
                root_turns: 8,
                ..Facts::default()
            },
            Refusal::RootTurns,
        ),
        (
            Facts {
                root_micros: limits.root_micros_max,
                ..Facts::default()
            },
            Refusal::RootMicros,
        ),
        (
            Facts {
                root_is_broke: true,
                ..Facts::default()
            },
            Refusal::Budget,
        ),
    ] {
        assert_eq!(why(call(), facts), Some(refusal));
    }
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

#[test]
fn a_moderator_is_asked_when_nobody_is_named_and_it_is_the_rooms_own_or_the_first() {
    let mut room = room(AgentPolicy::Moderator, 3);
    let asked = |room: &Room, heard: &Heard| decided(room, heard, &Facts::default()).turns;
    let moderates = |n| {
        vec![Turn {
            agent: agent(n),
            called: false,
            task: Task::Moderate,
        }]
    };
    assert_eq!(asked(&room, &human(1, &[])), moderates(0));
    room.moderator = Some(agent(2));
    assert_eq!(asked(&room, &human(1, &[])), moderates(2));
    room.moderator = Some(agent(9));
    assert_eq!(asked(&room, &human(1, &[])), moderates(0), "it has left");
    assert_eq!(
        asked(&room, &human(1, &[1]))[0].task,
        Task::Reply,
        "a mention goes before it"
    );
    assert_eq!(
        asked(&room, &by_agent(1, 0, &[], 1)),
        [],
        "only people's messages are moderated"
    );
}

#[test]
fn those_who_are_named_have_what_is_left() {
    let facts = Facts {
        since_human: 6,
        ..Facts::default()
    };
    let named = [agent(0), agent(1), agent(2)];
    let decision = decide_named(&human(1, &[]), &named, &facts, &Limits::default());
    assert_eq!(
        decision.turns.iter().map(|t| t.agent).collect::<Vec<_>>(),
        [agent(0), agent(1)]
    );
    assert_eq!(decision.refused, [(agent(2), Refusal::SinceHuman)]);
}

#[test]
fn a_message_that_is_heard_again_adds_only_what_is_missing() {
    let (everyone, heard) = (room(AgentPolicy::Everyone, 3), human(1, &[0, 1, 2]));
    let facts = Facts {
        since_human: 7,
        caused: vec![(agent(1), Task::Reply)],
        ..Facts::default()
    };
    let decision = decided(&everyone, &heard, &facts);
    assert_eq!(decision.turns.iter().map(|t| t.agent).collect::<Vec<_>>(), [agent(0)]);
    assert_eq!(decision.refused, [(agent(2), Refusal::SinceHuman)]);
}

pub(crate) fn policies() -> impl Strategy<Value = AgentPolicy> {
    prop_oneof![
        Just(AgentPolicy::Mention),
        Just(AgentPolicy::RoundRobin),
        Just(AgentPolicy::Everyone),
        Just(AgentPolicy::Weighted),
        Just(AgentPolicy::Moderator),
        Just(AgentPolicy::Off),
    ]
}

proptest! {
    #[test]
    fn the_same_question_has_the_same_answer_and_nobody_speaks_twice(
        policy in policies(), agents in 0_usize..13, id in any::<u128>(), mentions in prop::collection::vec(0_usize..14, 0..6),
        talk in prop::collection::vec(0_u8..=100, 13),
    ) {
        let mut room = room(policy, agents);
        room.agents.iter_mut().zip(talk).for_each(|(seat, talk)| seat.talkativeness = talk);
        let heard = human(id >> 64, &mentions);
        let decision = decided(&room, &heard, &Facts::default());
        prop_assert_eq!(&decision, &decided(&room, &heard, &Facts::default()));
        let mut speakers: Vec<AgentId> = decision.turns.iter().map(|t| t.agent).collect();
        speakers.sort();
        speakers.dedup();
        prop_assert_eq!(speakers.len(), decision.turns.len());
        prop_assert!(speakers.iter().all(|s| room.agents.iter().any(|seat| seat.agent == *s)));
    }

    /// Only a round and a moderator that nobody has named go by the room's order; all else is the same in any.
    #[test]
    fn the_order_of_the_agents_matters_only_where_it_should(
        policy in policies(), order in Just((0..9).collect::<Vec<usize>>()).prop_shuffle(), id in any::<u64>(),
        mentions in prop::collection::vec(0_usize..9, 0..3), talk in prop::collection::vec(0_u8..=100, 9),
        last in prop::collection::vec(0_usize..9, 0..4), named in 0_usize..9,
    ) {
        let mut room = room(policy, 9);
        room.moderator = Some(agent(named));
        room.agents.iter_mut().zip(talk).for_each(|(seat, talk)| seat.talkativeness = talk);
        let shuffled = Room { agents: order.iter().map(|n| room.agents[*n].clone()).collect(), ..room.clone() };
        let facts = Facts { last_speakers: last.iter().map(|n| agent(*n)).collect(), ..Facts::default() };
        let heard = human(u128::from(id), &mentions);
        let (one, other) = (decided(&room, &heard, &facts), decided(&shuffled, &heard, &facts));
        match policy {
            AgentPolicy::RoundRobin | AgentPolicy::Everyone if mentions.is_empty() => {
                prop_assert_eq!(one.turns.len(), other.turns.len());
            }
            _ => prop_assert_eq!(one, other),
        }
    }

    /// A turn that is weighed without looking at who spoke last is never missed: the first, cheap look asks so.
    #[test]
    fn who_speaks_at_all_is_seen_without_the_last_speakers(
        policy in policies(), agents in 0_usize..9, id in any::<u64>(), talk in prop::collection::vec(0_u8..=100, 9),
        last in prop::collection::vec(0_usize..9, 0..4),
    ) {
        let mut room = room(policy, agents);
        room.agents.iter_mut().zip(talk).for_each(|(seat, talk)| seat.talkativeness = talk);
        let heard = human(u128::from(id), &[]);
        let last: Vec<AgentId> = last.iter().map(|n| agent(*n)).collect();
        let with = candidates(&room, &heard, &last, &Weighted::default());
        prop_assert!(with.is_empty() || !candidates(&room, &heard, &[], &Weighted::default()).is_empty());
    }
}

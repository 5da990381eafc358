//! Owns the order in which the sides of a debate speak. Refuses to know who they are: it is the same for the same id.

use kernel::DebateId;

use crate::domain::debate::{Phase, Side, TurnDoc, TurnKind, TurnState};
use crate::domain::run::Usage;
use crate::domain::spend::Spend;

/// Plans all turns of a debate: the sides open in an order drawn by the debate's id, rebut in the same order `rounds`
/// times, each asks the next one a question in cross, and who opened first has the last word.
pub(super) fn turns(id: DebateId, sides: usize, rounds: u32) -> Vec<TurnDoc> {
    let order = shuffled(
        &Side::ALL.into_iter().take(sides).collect::<Vec<_>>(),
        id.uuid().as_u128(),
    );
    let mut turns = Vec::new();
    let mut add = |phase, side, kind, other| {
        let number = u32::try_from(turns.len() + 1).unwrap_or(u32::MAX);
        turns.push(turn(number, phase, side, kind, other));
    };
    for side in &order {
        add(Phase::Opening, *side, TurnKind::Speech, None);
    }
    for side in (0..rounds).flat_map(|_| &order) {
        add(Phase::Rebuttal, *side, TurnKind::Speech, None);
    }
    for (side, next) in order.iter().zip(order.iter().cycle().skip(1)) {
        add(Phase::Cross, *side, TurnKind::Question, Some(*next));
        add(Phase::Cross, *next, TurnKind::Answer, Some(*side));
    }
    for side in order.iter().rev() {
        add(Phase::Closing, *side, TurnKind::Speech, None);
    }
    turns
}

fn turn(number: u32, phase: Phase, side: Side, kind: TurnKind, other: Option<Side>) -> TurnDoc {
    TurnDoc {
        number,
        phase,
        side,
        kind,
        other,
        state: TurnState::Waiting,
        attempt: 0,
        deadline: None,
        text: String::new(),
        note: None,
        usage: Usage::default(),
        excused: 0,
        spent_tokens: 0,
        spent: Spend::default(),
        ended_at: None,
    }
}

/// Returns `items` in an order that `seed` draws (Fisher-Yates over SplitMix64), the same each time.
pub(crate) fn shuffled<T: Clone>(items: &[T], seed: u128) -> Vec<T> {
    let mut state = u64::try_from((seed >> 64) ^ (seed & u128::from(u64::MAX))).unwrap_or(0);
    let mut left = items.to_vec();
    let mut drawn = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let at = usize::try_from(next(&mut state) % left.len() as u64).unwrap_or(0);
        drawn.push(left.remove(at));
    }
    drawn
}

fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

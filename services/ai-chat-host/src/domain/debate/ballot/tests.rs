//! What votes come to.

use uuid::Uuid;

use super::*;
use crate::domain::debate::tests::debate;

/// Votes of one person: before, first after, and after at the end.
fn votes(person: u128, before: Option<Choice>, after: Option<(Choice, Choice)>, counted: bool) -> Vec<VoteDoc> {
    let vote = |when, blind, choice| VoteDoc {
        debate_id: Uuid::from_u128(7).into(),
        user_id: Uuid::from_u128(person).into(),
        when,
        choice,
        blind,
        counted,
        cast_at: Timestamp::default(),
        changed_at: Timestamp::default(),
    };
    let before = before.map(|choice| vote(When::Before, choice, choice));
    let after = after.map(|(blind, choice)| vote(When::After, blind, choice));
    before.into_iter().chain(after).collect()
}

fn counted(all: &[Vec<VoteDoc>]) -> ResultDoc {
    count(&debate(7, 2, 1), &all.concat(), Timestamp::from_millis(5))
}

use Choice::{A, B, Undecided};

#[test]
fn the_side_that_moved_most_of_those_who_voted_twice_has_won() {
    let result = counted(&[
        votes(1, Some(A), Some((B, B)), true),
        votes(2, Some(A), Some((A, A)), true),
        votes(3, Some(Undecided), Some((B, B)), true),
        // Newcomers and those who left move nobody.
        votes(4, None, Some((A, A)), true),
        votes(5, Some(B), None, true),
    ]);
    let moved: Vec<_> = result
        .standings
        .iter()
        .map(|s| (s.before, s.after, s.moved(), s.blind))
        .collect();
    assert_eq!((result.panel, moved), (3, vec![(2, 1, -1, 2), (0, 2, 2, 2)]));
    assert_eq!(
        (&result.winners[..], &result.before.sides[..], result.before.undecided),
        (&[Side::B][..], &[2, 1][..], 1)
    );
}

#[test]
fn nobody_wins_without_a_panel_and_all_win_when_none_moves_more() {
    assert!(counted(&[votes(1, None, Some((A, A)), true)]).winners.is_empty());
    assert_eq!(
        counted(&[votes(1, Some(A), Some((A, A)), true)]).winners,
        [Side::A, Side::B]
    );
}

#[test]
fn votes_of_owners_are_kept_and_not_counted_and_a_change_after_the_reveal_decides_nothing() {
    let result = counted(&[
        votes(1, Some(B), Some((A, A)), false),
        votes(2, Some(B), Some((B, A)), true),
    ]);
    assert_eq!(
        (result.panel, result.after.excluded, result.after.sides.clone()),
        (1, 1, vec![1, 0])
    );
    let blind: Vec<u32> = result.standings.iter().map(|s| s.blind).collect();
    assert_eq!((blind, result.winners), (vec![0, 1], vec![Side::A, Side::B]));
}

#[test]
fn after_a_forfeit_the_others_have_won() {
    let mut debate = debate(7, 3, 1);
    debate.forfeited_by = Some(Side::B);
    assert_eq!(count(&debate, &[], Timestamp::default()).winners, [Side::A, Side::C]);
}

//! Ratings of agents whose strengths are known.

use kernel::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::debate::Side;
use crate::domain::debate::ballot::{Standing, Totals};
use crate::domain::debate::shuffled;

/// A debate of these agents with so many blind votes for each.
fn result(id: u128, votes: &[(u128, u32)]) -> ResultDoc {
    let standing = |(side, (agent, blind)): (Side, &(u128, u32))| Standing {
        side,
        agent_id: Uuid::from_u128(*agent).into(),
        before: 0,
        after: *blind,
        blind: *blind,
    };
    let standings: Vec<Standing> = Side::ALL.into_iter().zip(votes).map(standing).collect();
    let best = standings.iter().map(|standing| standing.blind).max();
    ResultDoc {
        id: Uuid::from_u128(id).into(),
        ended_at: Timestamp::from_millis(i64::try_from(id).unwrap()),
        before: Totals::default(),
        after: Totals::default(),
        panel: 1,
        winners: standings
            .iter()
            .filter(|s| Some(s.blind) == best)
            .map(|s| s.side)
            .collect(),
        forfeited: false,
        standings,
        unrated_since: None,
        rated_at: None,
    }
}

struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Debates of pairs of `thetas.len()` agents, 20 votes each, drawn by their strengths and by how the room of each debate leans: at most
/// so far, to either side.
fn simulated(thetas: &[f64], debates: u128, seed: u64, leaning_max: f64) -> Vec<ResultDoc> {
    let mut dice = Dice(seed);
    let mut one = |id: u128| {
        let pair = shuffled(&(0..thetas.len()).collect::<Vec<_>>(), id ^ (u128::from(seed) << 32));
        let (i, j) = (pair[0], pair[1]);
        let leaning = (2.0 * dice.unit() - 1.0) * leaning_max;
        let chance = 1.0 / (1.0 + (thetas[j] - thetas[i] - leaning).exp());
        let won = u32::try_from((0..20).filter(|_| dice.unit() < chance).count()).unwrap();
        result(id, &[(i as u128, won), (j as u128, 20 - won)])
    };
    (1..=debates).map(&mut one).collect()
}

/// Returns in how many of 300 cases the true strength lies within the interval.
fn within(thetas: [f64; 5], leaning_max: f64) -> f64 {
    let points = |theta: f64| POINTS + theta * POINTS_TENFOLD / std::f64::consts::LN_10;
    let (mut within, mut all) = (0, 0);
    for seed in 0..60 {
        let ratings = rate(&simulated(&thetas, 40, seed, leaning_max), 25);
        assert_eq!(ratings.len(), thetas.len());
        for (rating, theta) in ratings.iter().zip(thetas) {
            let truth = whole(points(theta));
            within += u32::from((rating.low..=rating.high).contains(&truth));
            all += 1;
        }
    }
    println!("{within} of {all} true strengths lie within their interval");
    f64::from(within) / f64::from(all)
}

#[test]
fn known_strengths_lie_within_the_interval_at_least_as_often_as_it_says() {
    assert!(within([-1.2, -0.5, 0.0, 0.4, 1.3], 0.0) >= 0.92);
}

#[test]
fn they_do_though_the_room_of_each_debate_leans_to_a_side() {
    assert!(within([-0.8, -0.3, 0.0, 0.3, 0.8], 1.5) >= 0.92);
}

#[test]
fn more_votes_make_a_narrower_interval_and_the_stronger_one_comes_first() {
    let thetas = [1.0, -1.0];
    let (few, many) = (
        rate(&simulated(&thetas, 3, 1, 0.0), 25),
        rate(&simulated(&thetas, 100, 1, 0.0), 25),
    );
    assert!(few[0].high - few[0].low > many[0].high - many[0].low);
    assert!(many[0].order > many[1].order && many[0].low > many[1].high, "{many:?}");
    assert!(
        many.iter()
            .all(|r| (r.low..=r.high).contains(&r.rating) && r.debates == 100)
    );
}

#[test]
fn one_big_room_weighs_no_more_than_the_limit() {
    let big = rate(&[result(1, &[(1, 750), (2, 250)])], 3);
    let small = rate(&[result(1, &[(1, 15), (2, 5)])], 3);
    let plain = |ratings: &[RatingDoc]| -> Vec<_> { ratings.iter().map(|r| (r.rating, r.low, r.high)).collect() };
    assert_eq!(plain(&big), plain(&small));
    assert_ne!(plain(&big), plain(&rate(&[result(1, &[(1, 750), (2, 250)])], 4)));
}

#[test]
fn votes_of_one_hearing_weigh_less_the_more_they_are() {
    assert!((effective(1) - 1.0).abs() < 1e-9 && (effective(6) - 3.0).abs() < 1e-9);
    assert!(effective(20_000) < 5.0 && effective(20_000) > 4.99);
}

#[test]
fn a_vote_among_four_weighs_as_much_as_one_between_two() {
    let won = |result: ResultDoc| -> f64 {
        let places: BTreeMap<AgentId, usize> = result.standings.iter().map(|s| s.agent_id).zip(0..).collect();
        Games::of(&[&result], &places, 25)
            .won
            .iter()
            .map(|won| won - PRIOR)
            .sum()
    };
    let of_four = won(result(1, &[(1, 700), (2, 200), (3, 50), (4, 50)]));
    assert!((of_four - effective(1_000)).abs() < 1e-9, "{of_four}");
    assert!((of_four - won(result(1, &[(1, 700), (2, 300)]))).abs() < 1e-9);
}

#[test]
fn a_debate_that_was_forfeited_is_nobodys_win() {
    let mut forfeited = result(1, &[(1, 20), (2, 0)]);
    forfeited.forfeited = true;
    assert!(
        rate(&[forfeited], 25)
            .iter()
            .all(|rated| rated.wins == 0 && rated.debates == 1)
    );
}

#[test]
fn whoever_has_won_everything_or_nothing_has_a_rating_all_the_same() {
    let ratings = rate(&[result(1, &[(1, 20), (2, 0)]), result(2, &[(3, 0), (4, 0)])], 25);
    let rated: Vec<_> = ratings.iter().map(|r| (r.rating, r.wins)).collect();
    assert!(
        rated[0].0 > 1_000 && rated[0].1 == 1 && rated[1].0 < 1_000,
        "{ratings:?}"
    );
    assert_eq!((rated[2].0, rated[3].0), (1_000, 1_000));
    assert!(
        ratings
            .iter()
            .all(|r| r.low < r.rating && r.rating < r.high && r.high < 5_000)
    );
    assert!(rate(&[], 25).is_empty());
}

#[test]
fn variances_are_those_that_are_known_by_hand() {
    // The inverse of [[4, 1], [1, 3]] is [[3, -1], [-1, 4]] / 11: half the difference has the variance (3 + 4 + 2) / 44.
    let [one, other] = contrast_variances(vec![vec![4.0, 1.0], vec![1.0, 3.0]])[..] else {
        panic!("two")
    };
    assert!(
        (one - 9.0 / 44.0).abs() < 1e-12 && (other - 9.0 / 44.0).abs() < 1e-12,
        "{one} {other}"
    );
    // The identity: of three, 1 - 1/3.
    let three = contrast_variances(
        (0..3)
            .map(|i| (0..3).map(|j| f64::from(u8::from(i == j))).collect())
            .collect(),
    );
    assert!(
        three.iter().all(|variance| (variance - 2.0 / 3.0).abs() < 1e-12),
        "{three:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_debates_does_not_matter(votes in prop::collection::vec((0..6_u128, 0..6_u128, 0..30_u32, 0..30_u32), 1..30), seed in any::<u128>()) {
        let results: Vec<ResultDoc> = (1..).zip(votes).filter(|(_, (a, b, ..))| a != b)
            .map(|(id, (a, b, for_a, for_b))| result(id, &[(a, for_a), (b, for_b)])).collect();
        prop_assert_eq!(rate(&results, 25), rate(&shuffled(&results, seed), 25));
    }

    #[test]
    fn at_the_maximum_each_agent_has_won_as_much_as_its_strength_expects(votes in prop::collection::vec((0..5_u128, 0..5_u128, 0..20_u32, 0..20_u32), 1..20)) {
        let results: Vec<ResultDoc> = (1..).zip(votes).filter(|(_, (a, b, ..))| a != b)
            .map(|(id, (a, b, for_a, for_b))| result(id, &[(a, for_a), (b, for_b)])).collect();
        let all: Vec<&ResultDoc> = results.iter().collect();
        let ids: std::collections::BTreeSet<AgentId> = results.iter().flat_map(|r| &r.standings).map(|s| s.agent_id).collect();
        let places: BTreeMap<AgentId, usize> = ids.into_iter().zip(0..).collect();
        let games = Games::of(&all, &places, 25);
        let gammas = games.maximum();
        for (i, won) in games.won.iter().enumerate() {
            let expected: f64 = games.met[i].iter().map(|(j, n)| n * gammas[i] / (gammas[i] + gammas[*j])).sum::<f64>()
                + 2.0 * PRIOR * gammas[i] / (gammas[i] + 1.0);
            prop_assert!((won - expected).abs() < 1e-3, "{won} won, {expected} expected");
        }
    }
}

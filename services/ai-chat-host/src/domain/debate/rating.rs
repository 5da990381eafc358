//! Owns the strength of agents as debaters: Bradley-Terry by maximum likelihood over blind votes, with an interval. Refuses
//! to know how votes come about. Floats are allowed here: nothing of it is money.
//!
//! A vote for a side is one comparison that it won against each other side: `P(i beats j) = γi / (γi + γj)`. Those of one vote
//! are not independent, so that each of them counts as one part in so many: a vote weighs 1 however many sides there are. The votes of
//! one debate are of one hearing, and whatever leaned in it leans in all of them: together they weigh what so many correlated votes tell
//! by Kish's design effect, `n / (1 + (n - 1) ρ)`, and at most a named limit. Each agent also has **one virtual draw
//! against a reference** of strength 1, so that the maximum exists whatever the votes, and agents that never met can be
//! compared. The maximum is found by minorisation-maximisation (Hunter 2004), the variances from the inverse of the
//! observed information `H` in `θ = ln γ`.
//!
//! Votes tell only differences of strength: where all of them lie together is the prior's word. So a rating is the
//! distance from the average of all rated agents, `θi − mean θ`, with the variance of that: `cᵀ H⁻¹ c` for
//! `c = ei − 1/n`. In points, as in chess: 1000 + 400 θ / ln 10.

use std::collections::BTreeMap;

use kernel::AgentId;
use serde::{Deserialize, Serialize};
use store::{Document, Index};

use crate::domain::debate::ballot::ResultDoc;

/// How far two votes of one hearing tell the same (`ρ`): 20 of them weigh 4.2, and none of any number 5.
const CORRELATION: f64 = 0.2;
/// The virtual wins, and losses, of each agent against the reference.
const PRIOR: f64 = 0.5;
/// Rounds of the maximisation, at most.
const ROUNDS_MAX: usize = 5_000;
/// It has ended when no `θ` moves further than this.
const STEP_MIN: f64 = 1e-9;
/// 95 of 100 lie within so many standard deviations.
const DEVIATIONS: f64 = 1.96;
/// Points of an agent of average strength.
const POINTS: f64 = 1_000.0;
/// Points of a tenfold strength.
const POINTS_TENFOLD: f64 = 400.0;

/// An agent's rating, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RatingDoc {
    pub(crate) agent_id: AgentId,
    /// Thousandths of points: what the leaderboard is ordered by.
    pub(crate) order: i64,
    /// Points, and the ends of the interval that holds the true strength in 95 of 100 cases.
    pub(crate) rating: i64,
    pub(crate) low: i64,
    pub(crate) high: i64,
    /// Debates that were looked at, and those of them that it won alone by what was said.
    pub(crate) debates: u32,
    pub(crate) wins: u32,
    /// Blind votes for it.
    pub(crate) votes: u32,
    /// The end of the latest debate that was looked at, in milliseconds: an older computation never overwrites a newer one.
    pub(crate) through: i64,
}

impl Document for RatingDoc {
    const COLLECTION: &'static str = "debate_ratings";
    const INDEXES: &'static [Index] = &[Index::plain("board", &["order"])];
    fn id(&self) -> String {
        self.agent_id.to_string()
    }
}

/// Rates all agents of these debates, whatever their order; the votes of each weigh `weight_max` at most.
pub(crate) fn rate(results: &[ResultDoc], weight_max: u32) -> Vec<RatingDoc> {
    let mut results: Vec<&ResultDoc> = results.iter().collect();
    // Sums of floats depend on their order.
    results.sort_by_key(|result| result.id);
    let through = results.iter().map(|result| result.ended_at.millis()).max().unwrap_or(0);
    let mut places: BTreeMap<AgentId, usize> = BTreeMap::new();
    for standing in results.iter().flat_map(|result| &result.standings) {
        places.insert(standing.agent_id, 0);
    }
    for (at, place) in places.values_mut().enumerate() {
        *place = at;
    }
    let strengths = Games::of(&results, &places, weight_max).strengths();
    places
        .into_keys()
        .zip(strengths)
        .map(|(agent, strength)| doc(agent, strength, &results, through))
        .collect()
}

fn doc(agent_id: AgentId, strength: Strength, results: &[&ResultDoc], through: i64) -> RatingDoc {
    let points = |theta: f64| POINTS + theta * POINTS_TENFOLD / std::f64::consts::LN_10;
    let (mut debates, mut wins, mut votes) = (0, 0, 0);
    for result in results {
        let of_it = result.standings.iter().find(|standing| standing.agent_id == agent_id);
        let Some(standing) = of_it else { continue };
        debates += 1;
        wins += u32::from(!result.forfeited && result.winners == [standing.side]);
        votes += standing.blind;
    }
    RatingDoc {
        agent_id,
        order: whole(points(strength.theta) * 1_000.0),
        rating: whole(points(strength.theta)),
        low: whole(points(strength.theta - DEVIATIONS * strength.deviation)),
        high: whole(points(strength.theta + DEVIATIONS * strength.deviation)),
        debates,
        wins,
        votes,
        through,
    }
}

/// Returns how many independent votes tell as much as these of one hearing.
fn effective(votes: u32) -> f64 {
    let votes = f64::from(votes);
    votes / (1.0 + (votes - 1.0) * CORRELATION)
}

fn whole(points: f64) -> i64 {
    // Far within the range: a prior keeps strengths near the reference.
    points.round() as i64
}

/// What is known of an agent: `ln` of its strength less the average of all, and the standard deviation of that.
#[derive(Clone, Copy, Debug)]
struct Strength {
    theta: f64,
    deviation: f64,
}

/// Opponents of an agent by their places, and the weight of all comparisons with each.
type Met = Vec<(usize, f64)>;

/// Comparisons between agents, by their places.
struct Games {
    /// All that an agent has won, the virtual ones included.
    won: Vec<f64>,
    /// The reference is none of them.
    met: Vec<Met>,
}

impl Games {
    fn of(results: &[&ResultDoc], places: &BTreeMap<AgentId, usize>, weight_max: u32) -> Self {
        let mut met: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); places.len()];
        let mut won = vec![PRIOR; places.len()];
        for result in results {
            let votes: u32 = result.standings.iter().map(|standing| standing.blind).sum();
            if votes == 0 {
                continue;
            }
            let others = result.standings.len().saturating_sub(1).max(1) as f64;
            let weight = effective(votes).min(f64::from(weight_max)) / f64::from(votes) / others;
            for winner in &result.standings {
                for loser in result.standings.iter().filter(|loser| loser.side != winner.side) {
                    let (Some(i), Some(j)) = (places.get(&winner.agent_id), places.get(&loser.agent_id)) else {
                        continue;
                    };
                    let games = weight * f64::from(winner.blind);
                    if let Some(won) = won.get_mut(*i) {
                        *won += games;
                    }
                    for (one, other) in [(i, j), (j, i)] {
                        if let Some(met) = met.get_mut(*one) {
                            *met.entry(*other).or_insert(0.0) += games;
                        }
                    }
                }
            }
        }
        Self {
            won,
            met: met.into_iter().map(|met| met.into_iter().collect()).collect(),
        }
    }

    fn strengths(&self) -> Vec<Strength> {
        let gammas = self.maximum();
        let average = gammas.iter().map(|gamma| gamma.ln()).sum::<f64>() / gammas.len() as f64;
        let variances = contrast_variances(self.information(&gammas));
        let strength = |(gamma, variance): (&f64, f64)| Strength {
            theta: gamma.ln() - average,
            deviation: variance.max(0.0).sqrt(),
        };
        gammas.iter().zip(variances).map(strength).collect()
    }

    /// Finds the strengths under which the comparisons are most likely.
    fn maximum(&self) -> Vec<f64> {
        let mut gammas = vec![1.0_f64; self.won.len()];
        for _ in 0..ROUNDS_MAX {
            let next: Vec<f64> = (self.won.iter().zip(&self.met).zip(&gammas))
                .map(|((won, met), own)| {
                    let played = |(j, games): &(usize, f64)| games / (own + at(&gammas, *j));
                    won / (met.iter().map(played).sum::<f64>() + 2.0 * PRIOR / (own + 1.0))
                })
                .collect();
            let furthest = (next.iter().zip(&gammas))
                .map(|(next, gamma)| (next.ln() - gamma.ln()).abs())
                .fold(0.0, f64::max);
            gammas = next;
            if furthest < STEP_MIN {
                break;
            }
        }
        gammas
    }

    /// Returns the observed information in `θ`, row by row.
    fn information(&self, gammas: &[f64]) -> Vec<Vec<f64>> {
        let known = |own: f64, other: f64, games: f64| games * own * other / (own + other).powi(2);
        let row = |(i, (own, met)): (usize, (&f64, &Met))| {
            let mut row = vec![0.0; gammas.len()];
            let mut own_information = known(*own, 1.0, 2.0 * PRIOR);
            for (j, games) in met {
                let shared = known(*own, at(gammas, *j), *games);
                own_information += shared;
                if let Some(cell) = row.get_mut(*j) {
                    *cell -= shared;
                }
            }
            if let Some(cell) = row.get_mut(i) {
                *cell += own_information;
            }
            row
        };
        gammas.iter().zip(&self.met).enumerate().map(row).collect()
    }
}

fn at(values: &[f64], place: usize) -> f64 {
    values.get(place).copied().unwrap_or(1.0)
}

/// Returns for each `i` the variance of `θi − mean θ`, of which `information` is the inverse covariance: symmetric and
/// positive definite. With `A = L Lᵀ`, `(A⁻¹)ii` is the sum of the squares of column `i` of `L⁻¹`.
fn contrast_variances(information: Vec<Vec<f64>>) -> Vec<f64> {
    let size = information.len() as f64;
    let lower = cholesky(information);
    // The sums of the rows of the covariance.
    let sums = solved(&lower);
    let whole: f64 = sums.iter().sum();
    let variance = |(i, sum): (usize, f64)| column_squares(&lower, i) - 2.0 * sum / size + whole / (size * size);
    sums.into_iter().enumerate().map(variance).collect()
}

/// Returns `L` of `A = L Lᵀ`, in the lower half; what is above it means nothing.
fn cholesky(mut matrix: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for i in 0..matrix.len() {
        let (above, rest) = matrix.split_at_mut(i);
        let Some(row) = rest.first_mut() else { break };
        for (j, upper) in above.iter().enumerate() {
            let dot: f64 = row.iter().zip(upper).take(j).map(|(a, b)| a * b).sum();
            let pivot = at(upper, j);
            if let Some(cell) = row.get_mut(j) {
                *cell = (*cell - dot) / pivot;
            }
        }
        let squares: f64 = row.iter().take(i).map(|a| a * a).sum();
        if let Some(cell) = row.get_mut(i) {
            *cell = (*cell - squares).max(f64::MIN_POSITIVE).sqrt();
        }
    }
    matrix
}

/// Solves `L Lᵀ x = 1`.
fn solved(lower: &[Vec<f64>]) -> Vec<f64> {
    let mut half: Vec<f64> = Vec::with_capacity(lower.len());
    for (i, row) in lower.iter().enumerate() {
        let known: f64 = row.iter().zip(&half).map(|(a, y)| a * y).sum();
        half.push((1.0 - known) / at(row, i));
    }
    let mut all = half;
    for (i, row) in lower.iter().enumerate().rev() {
        let x = at(&all, i) / at(row, i);
        for (cell, a) in all.iter_mut().zip(row).take(i) {
            *cell -= a * x;
        }
        if let Some(cell) = all.get_mut(i) {
            *cell = x;
        }
    }
    all
}

/// Returns the sum of the squares of one column of `L⁻¹`, found by solving `L x = e`.
fn column_squares(lower: &[Vec<f64>], column: usize) -> f64 {
    let mut solved = vec![0.0; lower.len()];
    for (i, row) in lower.iter().enumerate().skip(column) {
        let known: f64 = (row.iter().zip(&solved).take(i).skip(column)).map(|(a, x)| a * x).sum();
        let right = if i == column { 1.0 } else { 0.0 };
        if let Some(cell) = solved.get_mut(i) {
            *cell = (right - known) / at(row, i);
        }
    }
    solved.iter().map(|x| x * x).sum()
}

#[cfg(test)]
mod tests;

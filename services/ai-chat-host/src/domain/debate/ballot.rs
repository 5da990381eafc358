//! Owns the votes of a debate's audience, and what they come to. Refuses to know when a voting is open.
//!
//! Who voted both before and after is the **panel**: a side's share of it after, less its share before, is what the side
//! has moved, and the side that moved most has won. Both this and the rating count only what was voted blind: a person's
//! first vote after the debate, since who has voted sees who stood on which side. A changed vote shows in the totals alone.

use std::collections::BTreeMap;

use kernel::{AgentId, DebateId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use utoipa::ToSchema;

use crate::domain::debate::{DebateDoc, Phase, Side};

/// Which of the two votings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DebateVoting)]
pub(crate) enum When {
    Before,
    After,
}

impl When {
    /// Returns the phase in which it is open.
    pub(crate) fn phase(self) -> Phase {
        match self {
            Self::Before => Phase::VotingBefore,
            Self::After => Phase::VotingAfter,
        }
    }

    /// Returns its word in ids and indexes.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// What a person votes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Choice {
    A,
    B,
    C,
    D,
    #[serde(rename = "undecided")]
    Undecided,
}

impl From<Option<Side>> for Choice {
    fn from(side: Option<Side>) -> Self {
        match side {
            Some(Side::A) => Self::A,
            Some(Side::B) => Self::B,
            Some(Side::C) => Self::C,
            Some(Side::D) => Self::D,
            None => Self::Undecided,
        }
    }
}

impl Choice {
    /// Returns the side; none is undecided.
    pub(crate) fn side(self) -> Option<Side> {
        match self {
            Self::A => Some(Side::A),
            Self::B => Some(Side::B),
            Self::C => Some(Side::C),
            Self::D => Some(Side::D),
            Self::Undecided => None,
        }
    }

    /// Returns its word in indexes.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::Undecided => "undecided",
        }
    }
}

/// A person's vote, as it is kept: one for each voting of a debate, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VoteDoc {
    pub(crate) debate_id: DebateId,
    pub(crate) user_id: UserId,
    pub(crate) when: When,
    pub(crate) choice: Choice,
    /// What it was at first.
    pub(crate) blind: Choice,
    /// Whether it counts: not when the person owns one of the debaters.
    pub(crate) counted: bool,
    pub(crate) cast_at: Timestamp,
    pub(crate) changed_at: Timestamp,
}

impl Document for VoteDoc {
    const COLLECTION: &'static str = "debate_votes";
    const INDEXES: &'static [Index] = &[
        Index::plain("tally", &["debateId", "when", "counted", "choice"]),
        Index::plain("voter", &["userId"]),
    ];
    fn id(&self) -> String {
        vote_id(self.debate_id, self.user_id, self.when)
    }
}

/// Returns the id of a person's vote.
pub(crate) fn vote_id(debate: DebateId, user: UserId, when: When) -> String {
    format!("{debate}:{user}:{}", when.word())
}

/// Votes of one voting, by choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Totals {
    /// In the order of the sides.
    pub(crate) sides: Vec<u64>,
    pub(crate) undecided: u64,
    /// Votes that do not count.
    pub(crate) excluded: u64,
}

/// What a debate came to for one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Standing {
    pub(crate) side: Side,
    /// Whom the rating is of: an agent, or a card by its own id, whatever its revision.
    pub(crate) agent_id: AgentId,
    /// Of the panel.
    pub(crate) before: u32,
    pub(crate) after: u32,
    /// First votes after the debate, of all who count.
    pub(crate) blind: u32,
}

/// What a debate came to, as it is kept: it outlives text and votes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResultDoc {
    pub(crate) id: DebateId,
    pub(crate) ended_at: Timestamp,
    pub(crate) before: Totals,
    pub(crate) after: Totals,
    /// People who voted both times and count.
    pub(crate) panel: u32,
    pub(crate) standings: Vec<Standing>,
    /// Who moved most of the panel; several in a tie, nobody without a panel. After a forfeit: the others.
    pub(crate) winners: Vec<Side>,
    /// Whether a side forfeited it: then nobody has won by what was said.
    #[serde(default)]
    pub(crate) forfeited: bool,
    /// Since when the ratings wait for it.
    pub(crate) unrated_since: Option<Timestamp>,
    /// The end of a debate that ratings are made of: one with a blind vote for a side. Results of releases before have none.
    #[serde(default)]
    pub(crate) rated_at: Option<Timestamp>,
}

/// Tells whether ratings can learn from a result: there was a blind vote for a side.
pub(crate) fn is_voted(standings: &[Standing]) -> bool {
    standings.iter().any(|standing| standing.blind > 0)
}

impl Document for ResultDoc {
    const COLLECTION: &'static str = "debate_results";
    const INDEXES: &'static [Index] = &[
        Index::plain("recent", &["endedAt"]),
        Index::plain("unrated", &["unratedSince"]),
        Index::plain("rated", &["ratedAt"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// Counts the votes of a debate that is over.
pub(crate) fn count(debate: &DebateDoc, votes: &[VoteDoc], now: Timestamp) -> ResultDoc {
    let of = |when: When| votes.iter().filter(move |vote| vote.when == when && vote.counted);
    let before: BTreeMap<UserId, Choice> = of(When::Before).map(|vote| (vote.user_id, vote.choice)).collect();
    let panel: Vec<(Choice, Choice)> = of(When::After)
        .filter_map(|vote| Some((*before.get(&vote.user_id)?, vote.blind)))
        .collect();
    let standings: Vec<Standing> = debate
        .sides
        .iter()
        .map(|doc| {
            let choice = Choice::from(Some(doc.side));
            Standing {
                side: doc.side,
                agent_id: doc.contender.unwrap_or(doc.agent_id),
                before: number(panel.iter().filter(|(before, _)| *before == choice).count()),
                after: number(panel.iter().filter(|(_, after)| *after == choice).count()),
                blind: number(of(When::After).filter(|vote| vote.blind == choice).count()),
            }
        })
        .collect();
    let ended_at = debate.ended_at.unwrap_or(now);
    let is_voted = is_voted(&standings);
    ResultDoc {
        id: debate.id,
        ended_at,
        before: totals(debate, votes, When::Before),
        after: totals(debate, votes, When::After),
        panel: number(panel.len()),
        winners: winners(debate, &standings, panel.len()),
        forfeited: debate.forfeited_by.is_some(),
        standings,
        unrated_since: is_voted.then_some(now),
        rated_at: is_voted.then_some(ended_at),
    }
}

fn winners(debate: &DebateDoc, standings: &[Standing], panel: usize) -> Vec<Side> {
    let sides = standings.iter().map(|standing| standing.side);
    if let Some(forfeited) = debate.forfeited_by {
        return sides.filter(|side| *side != forfeited).collect();
    }
    let best = standings.iter().map(Standing::moved).max().filter(|_| panel > 0);
    let won = standings.iter().filter(|standing| Some(standing.moved()) == best);
    won.map(|standing| standing.side).collect()
}

impl Standing {
    /// Returns how many people of the panel it has won, less those it has lost.
    pub(crate) fn moved(&self) -> i64 {
        i64::from(self.after) - i64::from(self.before)
    }
}

fn totals(debate: &DebateDoc, votes: &[VoteDoc], when: When) -> Totals {
    let votes = votes.iter().filter(|vote| vote.when == when);
    let mut totals = Totals {
        sides: vec![0; debate.sides.len()],
        ..Totals::default()
    };
    for vote in votes {
        let side = vote.choice.side();
        let place = side.and_then(|side| debate.sides.iter().position(|doc| doc.side == side));
        match place.and_then(|place| totals.sides.get_mut(place)) {
            _ if !vote.counted => totals.excluded += 1,
            Some(count) => *count += 1,
            None => totals.undecided += 1,
        }
    }
    totals
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;

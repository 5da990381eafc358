//! What is answered about debates. Refuses to decide who may see what: it is told.

use kernel::{AgentId, CardId, Cost, DebateId, RoomId, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::debates::Shown;
use crate::domain::agent::AgentDoc;
use crate::domain::debate::ballot::{ResultDoc, Totals, VoteDoc, When};
use crate::domain::debate::rating::RatingDoc;
use crate::domain::debate::{Cancellation, DebateDoc, Lapse, Phase, Side, Stance, TurnDoc, TurnKind, TurnState};

/// A debate as the caller may see it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Debate {
    id: DebateId,
    room_id: RoomId,
    /// Who began it, steers it and pays for it.
    owner_id: UserId,
    /// What is debated.
    motion: String,
    /// Rounds of rebuttals.
    rounds: u32,
    phase: Phase,
    /// When the voting that is open ends by itself.
    #[schema(required = true)]
    voting_until: Option<Timestamp>,
    /// What must stand beside it, such as that no AI model speaks.
    #[schema(required = true)]
    badge: Option<String>,
    sides: Vec<DebateSide>,
    /// All turns, in the order in which they are spoken.
    turns: Vec<DebateTurn>,
    /// Whether the caller sees who stands on which side: after their vote after the debate, or when it is over.
    revealed: bool,
    my_votes: MyVotes,
    totals: VotingTotals,
    /// What it came to; null until the votes have been counted, and when it was called off.
    #[schema(required = true)]
    result: Option<DebateResult>,
    /// Why it was called off.
    #[schema(required = true)]
    cancelled: Option<Cancellation>,
    /// The side that forfeited two turns in a row, which ended it.
    #[schema(required = true)]
    forfeited_by: Option<Side>,
    created_at: Timestamp,
    #[schema(required = true)]
    started_at: Option<Timestamp>,
    #[schema(required = true)]
    ended_at: Option<Timestamp>,
}

/// A side of a debate.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DebateSide {
    side: Side,
    stance: Stance,
    /// Who it is; null until that is revealed.
    #[schema(required = true)]
    agent: Option<Debater>,
}

/// An agent that debates.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Debater {
    id: AgentId,
    handle: String,
    name: String,
}

/// A turn of a debate.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DebateTurn {
    /// From 1.
    number: u32,
    phase: Phase,
    side: Side,
    kind: TurnKind,
    /// Whom a question is put to, or whose question is answered.
    #[schema(required = true)]
    to: Option<Side>,
    state: TurnState,
    /// The attempt that speaks or spoke, from 1; 0 before.
    attempt: u32,
    /// What was said, or has been so far; the debaters' names stand as `[debater]`.
    text: String,
    /// Why it was forfeited.
    #[schema(required = true)]
    note: Option<Lapse>,
    #[schema(required = true)]
    ended_at: Option<Timestamp>,
    /// How it came about; null until it is revealed who spoke.
    #[schema(required = true)]
    ai: Option<DebateAi>,
}

/// How a turn came about.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DebateAi {
    model: String,
    /// Of all attempts, read and written.
    tokens: u64,
    /// Of all attempts; null where the model has no price.
    #[schema(required = true)]
    cost: Option<Cost>,
    /// Whether it is a scripted demo reply and no AI model.
    demo: bool,
}

/// The caller's votes.
#[derive(Serialize, ToSchema)]
pub(crate) struct MyVotes {
    #[schema(required = true)]
    before: Option<Vote>,
    #[schema(required = true)]
    after: Option<Vote>,
}

/// A vote.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DebateVote)]
pub(crate) struct Vote {
    when: When,
    /// For whom; null is undecided.
    #[schema(required = true)]
    side: Option<Side>,
    /// Whether it counts.
    counted: bool,
    /// Why it does not.
    #[schema(required = true)]
    excluded_because: Option<Exclusion>,
    changed_at: Timestamp,
}

/// Why a vote does not count.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DebateVoteExclusion)]
pub(crate) enum Exclusion {
    /// The voter owns one of the debating agents.
    OwnsADebater,
}

impl Vote {
    pub(super) fn of(doc: &VoteDoc) -> Self {
        Self {
            when: doc.when,
            side: doc.choice.side(),
            counted: doc.counted,
            excluded_because: (!doc.counted).then_some(Exclusion::OwnsADebater),
            changed_at: doc.changed_at,
        }
    }
}

/// How the audience voted; each is null until the caller has voted or the debate is over.
#[derive(Serialize, ToSchema)]
pub(crate) struct VotingTotals {
    #[schema(required = true)]
    before: Option<DebateTotals>,
    #[schema(required = true)]
    after: Option<DebateTotals>,
}

/// Votes by choice.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DebateTotals {
    /// For each side, in order.
    sides: Vec<u64>,
    undecided: u64,
    /// Votes of owners of a debating agent, which do not count.
    excluded: u64,
}

impl From<Totals> for DebateTotals {
    fn from(totals: Totals) -> Self {
        Self {
            sides: totals.sides,
            undecided: totals.undecided,
            excluded: totals.excluded,
        }
    }
}

/// What a debate came to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DebateResult {
    /// People whose votes count and who voted both before and after.
    panel: u32,
    /// For each side, in order.
    sides: Vec<SideResult>,
    /// Who moved most of the panel to itself; several in a tie, none without a panel. After a forfeit: the others.
    winners: Vec<Side>,
}

/// What a debate came to for a side.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DebateSideResult)]
pub(crate) struct SideResult {
    side: Side,
    /// People of the panel who were for it, before and after.
    before: u32,
    after: u32,
    /// Its share of the panel after, less that before, in thousandths.
    shift_permille: i64,
}

impl DebateResult {
    fn of(doc: ResultDoc) -> Self {
        let panel = i64::from(doc.panel.max(1));
        let sides = doc.standings.iter().map(|standing| SideResult {
            side: standing.side,
            before: standing.before,
            after: standing.after,
            shift_permille: standing.moved() * 1_000 / panel,
        });
        Self {
            panel: doc.panel,
            sides: sides.collect(),
            winners: doc.winners,
        }
    }
}

impl Debate {
    pub(super) fn of(shown: Shown) -> Self {
        let (doc, eyes) = (shown.debate, shown.eyes);
        let sides = doc.sides.iter().map(|side| DebateSide {
            side: side.side,
            stance: doc.stance(side.side),
            agent: eyes.identities.then(|| Debater {
                id: side.agent_id,
                handle: side.handle.clone(),
                name: side.name.clone(),
            }),
        });
        let turns = doc
            .turns
            .iter()
            .map(|turn| DebateTurn::of(turn, &shown.so_far, eyes.identities));
        Self {
            id: doc.id,
            room_id: doc.room_id,
            owner_id: doc.owner_id,
            rounds: doc.rounds,
            phase: doc.phase,
            voting_until: doc.voting_until,
            sides: sides.collect(),
            turns: turns.collect(),
            revealed: eyes.identities,
            my_votes: MyVotes {
                before: shown.my_before.as_ref().map(Vote::of),
                after: shown.my_after.as_ref().map(Vote::of),
            },
            totals: VotingTotals {
                before: shown.before.map(DebateTotals::from),
                after: shown.after.map(DebateTotals::from),
            },
            result: shown.result.map(DebateResult::of),
            cancelled: doc.cancelled,
            forfeited_by: doc.forfeited_by,
            created_at: doc.created_at,
            started_at: doc.started_at,
            ended_at: doc.ended_at,
            motion: doc.motion,
            badge: doc.badge,
        }
    }
}

impl DebateTurn {
    fn of(turn: &TurnDoc, so_far: &str, is_revealed: bool) -> Self {
        let is_speaking = turn.state == TurnState::Speaking;
        Self {
            number: turn.number,
            phase: turn.phase,
            side: turn.side,
            kind: turn.kind,
            to: turn.other,
            state: turn.state,
            attempt: turn.attempt,
            text: if is_speaking {
                so_far.to_owned()
            } else {
                turn.text.clone()
            },
            note: turn.note,
            ended_at: turn.ended_at,
            ai: (is_revealed && turn.state == TurnState::Spoken).then(|| DebateAi {
                model: turn.usage.model.clone(),
                tokens: turn.tokens(),
                cost: turn.spend().shown(turn.usage.cost),
                demo: turn.usage.demo,
            }),
        }
    }
}

/// A debate in a list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DebateSummary {
    id: DebateId,
    room_id: RoomId,
    owner_id: UserId,
    motion: String,
    phase: Phase,
    #[schema(required = true)]
    voting_until: Option<Timestamp>,
    created_at: Timestamp,
    #[schema(required = true)]
    ended_at: Option<Timestamp>,
}

impl DebateSummary {
    pub(super) fn of(doc: DebateDoc) -> Self {
        Self {
            id: doc.id,
            room_id: doc.room_id,
            owner_id: doc.owner_id,
            motion: doc.motion,
            phase: doc.phase,
            voting_until: doc.voting_until,
            created_at: doc.created_at,
            ended_at: doc.ended_at,
        }
    }
}

/// An agent's strength as a debater, by the blind votes of its latest debates.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DebateRating {
    agent: Debater,
    /// Points: 1000 is the average of all rated agents; 400 more are ten times the odds.
    rating: i64,
    /// The ends of the interval that holds the true strength in 95 of 100 cases.
    low: i64,
    high: i64,
    /// The card that is rated, over all its revisions; null for an agent that is none's.
    #[schema(required = true)]
    card_id: Option<CardId>,
    /// Debates that it is made of, and those of them that the agent won alone by what was said.
    debates: u32,
    wins: u32,
    /// Blind votes for it.
    votes: u32,
}

impl DebateRating {
    pub(super) fn of(doc: &RatingDoc, agents: &[AgentDoc]) -> Option<Self> {
        let agent = agents
            .iter()
            .find(|agent| agent.id == doc.agent_id || agent.contender() == doc.agent_id)?;
        Some(Self {
            card_id: agent.card.as_ref().map(|card| card.card_id),
            agent: Debater {
                id: agent.id,
                handle: agent.handle.clone(),
                name: agent.name.clone(),
            },
            rating: doc.rating,
            low: doc.low,
            high: doc.high,
            debates: doc.debates,
            wins: doc.wins,
            votes: doc.votes,
        })
    }
}

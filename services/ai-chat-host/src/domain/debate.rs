//! Owns the debate document: a motion, its sides, the list of turns, and where it stands. Refuses to know models, people's
//! votes and the way a turn is spoken.
//!
//! `voting_before → opening → rebuttal → cross → closing → voting_after → closed`, or `cancelled` from anywhere before
//! the end. Who stands on which side is drawn by secret dice when the debate begins; who speaks when follows from its id.

mod plan;
mod step;

pub(crate) mod ballot;
pub(crate) mod mask;
pub(crate) mod prompt;
pub(crate) mod rating;

use kernel::{AgentId, DebateId, RoomId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use utoipa::ToSchema;

use crate::domain::agent::AgentDoc;
use crate::domain::run::Usage;
use crate::domain::spend::Spend;

pub(crate) use plan::shuffled;
pub(crate) use step::{Input, Moved, Refused};

/// Fewest and most agents of a debate.
pub(crate) const SIDES_MIN: usize = 2;
pub(crate) const SIDES_MAX: usize = 4;
/// Longest motion, in characters.
pub(crate) const MOTION_CHARS_MAX: usize = 300;
/// Most rounds of rebuttals.
pub(crate) const ROUNDS_MAX: u32 = 3;

/// The neutral name of a debater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[schema(as = DebateSideName)]
pub(crate) enum Side {
    A,
    B,
    C,
    D,
}

impl Side {
    /// All of them, in order.
    pub(crate) const ALL: [Self; SIDES_MAX] = [Self::A, Self::B, Self::C, Self::D];

    /// Returns the name that people and agents read.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::A => "Side A",
            Self::B => "Side B",
            Self::C => "Side C",
            Self::D => "Side D",
        }
    }
}

/// What a side stands for: of two, one is for the motion and one against it; of more, each has a view of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stance {
    For,
    Against,
    Own,
}

/// Where a debate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DebatePhase)]
pub(crate) enum Phase {
    /// The audience says what it thinks.
    VotingBefore,
    /// Each side states its case.
    Opening,
    /// Each side answers the others.
    Rebuttal,
    /// Each side asks the next one a question.
    Cross,
    /// Each side sums up.
    Closing,
    /// The audience says who convinced it.
    VotingAfter,
    /// It is over.
    Closed,
    /// It was called off.
    Cancelled,
}

impl Phase {
    /// Tells whether sides speak in it.
    pub(crate) fn is_spoken(self) -> bool {
        matches!(self, Self::Opening | Self::Rebuttal | Self::Cross | Self::Closing)
    }

    /// Tells whether nothing follows.
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled)
    }
}

/// What a turn is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DebateTurnKind)]
pub(crate) enum TurnKind {
    /// To everybody.
    Speech,
    /// To the side named with it.
    Question,
    /// To the question of the side named with it.
    Answer,
}

/// Where a turn stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DebateTurnState)]
pub(crate) enum TurnState {
    /// Its time has not come, or it is to be tried again.
    Waiting,
    /// A model writes.
    Speaking,
    /// It stands.
    Spoken,
    /// It failed for good; `note` says how.
    Forfeited,
    /// There was no question to answer.
    Skipped,
}

/// Why an attempt at a turn, and in the end the turn, came to nothing. Nothing here tells one agent from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DebateTurnNote)]
pub(crate) enum Lapse {
    /// The model or its provider failed.
    Failed,
    /// It took longer than a turn may.
    TooLate,
    /// It said nothing.
    Silent,
    /// Its hosts died.
    Interrupted,
}

/// Why a debate was called off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DebateCancellation)]
pub(crate) enum Cancellation {
    /// Who began it wanted so.
    ByOwner,
    /// The budget of who began it is used up.
    OutOfBudget,
    /// What it stands on was away for too long.
    ServiceAway,
    /// Who began it has left the room.
    OwnerLeft,
    /// The room is gone.
    RoomGone,
    /// Agents are off in the room.
    AgentsOff,
    /// A debating agent has left the room or is disabled. Whether it is this one's turn or not: else it would be known
    /// which side it had.
    AgentGone,
}

/// A side and who stands behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SideDoc {
    pub(crate) side: Side,
    pub(crate) agent_id: AgentId,
    /// Whom the rating is of: the card, if it is one's. None in debates of before there were cards: the agent.
    #[serde(default)]
    pub(crate) contender: Option<AgentId>,
    /// Whose agent it is; nobody's is the product's own.
    pub(crate) owner_id: Option<UserId>,
    /// As it was called when the debate began.
    pub(crate) handle: String,
    pub(crate) name: String,
}

/// A turn of the plan, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TurnDoc {
    /// From 1, in the order in which they are spoken.
    pub(crate) number: u32,
    pub(crate) phase: Phase,
    pub(crate) side: Side,
    pub(crate) kind: TurnKind,
    /// Whom a question is put to, or whose question is answered.
    pub(crate) other: Option<Side>,
    pub(crate) state: TurnState,
    /// 0 until it has begun.
    pub(crate) attempt: u32,
    /// By when it must be spoken, once it has begun.
    pub(crate) deadline: Option<Timestamp>,
    /// What was said, names masked.
    pub(crate) text: String,
    pub(crate) note: Option<Lapse>,
    /// Attempts that do not count: the host left, or what they stood on was away.
    #[serde(default)]
    pub(crate) excused: u32,
    /// Of the last attempt, and the tokens and the cost of those before.
    pub(crate) usage: Usage,
    pub(crate) spent_tokens: u64,
    #[serde(default)]
    pub(crate) spent: Spend,
    pub(crate) ended_at: Option<Timestamp>,
}

/// Proof of the right to speak a turn: of no two attempts is it the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) number: u32,
    pub(crate) attempt: u32,
    pub(crate) fence: u64,
}

/// A debate as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DebateDoc {
    pub(crate) id: DebateId,
    pub(crate) room_id: RoomId,
    /// Who began it, steers it and pays for it.
    pub(crate) owner_id: UserId,
    pub(crate) motion: String,
    /// Rounds of rebuttals.
    pub(crate) rounds: u32,
    pub(crate) sides: Vec<SideDoc>,
    pub(crate) turns: Vec<TurnDoc>,
    pub(crate) phase: Phase,
    /// When a voting ends by itself.
    pub(crate) voting_until: Option<Timestamp>,
    /// Of the host that speaks the current turn, and until when it keeps all others off.
    pub(crate) fence: u64,
    pub(crate) lease_until: Option<Timestamp>,
    /// When a host has to look at it next; nothing when it is over and counted.
    pub(crate) due_at: Option<Timestamp>,
    /// The same where no side is to speak: a voting ends, or votes are to be counted. It must not wait behind speeches.
    #[serde(default)]
    pub(crate) votes_due_at: Option<Timestamp>,
    /// The room, until it is over: at most one debate at a time.
    pub(crate) open_room: Option<RoomId>,
    /// What must stand beside it, such as that no AI model speaks.
    pub(crate) badge: Option<String>,
    pub(crate) cancelled: Option<Cancellation>,
    /// The side that forfeited two turns in a row, which ended it.
    pub(crate) forfeited_by: Option<Side>,
    /// Whether its votes have been counted.
    pub(crate) counted: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
}

impl Document for DebateDoc {
    const COLLECTION: &'static str = "debates";
    const INDEXES: &'static [Index] = &[
        Index::unique("open", &["openRoom"]),
        Index::plain("due", &["dueAt"]),
        Index::plain("votes_due", &["votesDueAt"]),
        Index::plain("ended", &["endedAt"]),
        Index::plain("room", &["roomId", "createdAt"]),
        Index::plain("owner", &["ownerId", "createdAt"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// What makes a debate.
pub(crate) struct Beginning {
    pub(crate) id: DebateId,
    pub(crate) room_id: RoomId,
    pub(crate) owner_id: UserId,
    pub(crate) motion: String,
    pub(crate) rounds: u32,
    /// In the order of the sides, which must have been drawn.
    pub(crate) agents: Vec<AgentDoc>,
    pub(crate) badge: Option<String>,
}

/// What a host has to do with a debate now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// A voting is over.
    EndVoting,
    /// A turn is to be spoken.
    Speak,
    /// The votes are to be counted.
    Count,
}

impl DebateDoc {
    /// Begins a debate with the voting before it.
    pub(crate) fn new(beginning: Beginning, now: Timestamp, voting: std::time::Duration) -> Self {
        let sides: Vec<SideDoc> = Side::ALL
            .into_iter()
            .zip(beginning.agents)
            .map(|(side, agent)| SideDoc {
                side,
                agent_id: agent.id,
                contender: Some(agent.contender()),
                owner_id: agent.owner_id,
                handle: agent.handle,
                name: agent.name,
            })
            .collect();
        Self {
            id: beginning.id,
            room_id: beginning.room_id,
            owner_id: beginning.owner_id,
            motion: beginning.motion,
            rounds: beginning.rounds,
            turns: plan::turns(beginning.id, sides.len(), beginning.rounds),
            sides,
            phase: Phase::VotingBefore,
            voting_until: Some(now + voting),
            fence: 0,
            lease_until: None,
            due_at: Some(now + voting),
            votes_due_at: Some(now + voting),
            open_room: Some(beginning.room_id),
            badge: beginning.badge,
            cancelled: None,
            forfeited_by: None,
            counted: false,
            created_at: now,
            started_at: None,
            ended_at: None,
        }
    }

    /// Returns what is to be done now, if anything is.
    pub(crate) fn task(&self, now: Timestamp) -> Option<Task> {
        self.due_at.filter(|due| *due <= now)?;
        match self.phase {
            Phase::VotingBefore | Phase::VotingAfter => Some(Task::EndVoting),
            Phase::Closed => Some(Task::Count),
            Phase::Cancelled => None,
            _ => Some(Task::Speak),
        }
    }

    /// Returns the turn whose time it is.
    pub(crate) fn current(&self) -> Option<&TurnDoc> {
        let open = |turn: &&TurnDoc| matches!(turn.state, TurnState::Waiting | TurnState::Speaking);
        self.turns.iter().find(open).filter(|_| self.phase.is_spoken())
    }

    /// Returns the right of the host that speaks now, if one does.
    pub(crate) fn hold(&self) -> Option<Hold> {
        let turn = self.current().filter(|turn| turn.state == TurnState::Speaking)?;
        Some(Hold {
            number: turn.number,
            attempt: turn.attempt,
            fence: self.fence,
        })
    }

    /// Returns who stands behind a side.
    pub(crate) fn side(&self, side: Side) -> Option<&SideDoc> {
        self.sides.iter().find(|doc| doc.side == side)
    }

    /// Returns what a side stands for.
    pub(crate) fn stance(&self, side: Side) -> Stance {
        match (self.sides.len(), side) {
            (SIDES_MIN, Side::A) => Stance::For,
            (SIDES_MIN, _) => Stance::Against,
            _ => Stance::Own,
        }
    }

    /// Tells whether a person owns one of the debating agents.
    pub(crate) fn owns_a_debater(&self, user: UserId) -> bool {
        self.sides.iter().any(|side| side.owner_id == Some(user))
    }
}

#[cfg(test)]
mod tests;

//! Owns how a debate goes on: one input, one change, or a refusal. Pure: the same debate and input give the same for ever.
//! Refuses to know who sends the inputs.

use std::time::Duration;

use kernel::{ErrorCode, Fault, Timestamp};

use crate::config::Debates;
use crate::domain::debate::{Cancellation, DebateDoc, Hold, Lapse, Phase, Side, TurnDoc, TurnKind, TurnState};
use crate::domain::run::{Lapsed, Usage};
use crate::domain::spend::Spend;

/// Forfeited turns of one side in a row that end a debate.
const FORFEITS_MAX: usize = 2;

/// What may happen to a debate.
#[derive(Clone, Debug)]
pub(crate) enum Input<'a> {
    /// Who began it wants it to start: the voting before it is over.
    Start,
    /// Who began it wants the voting after it to end.
    CloseVoting,
    /// It is called off.
    Cancel(Cancellation),
    /// Time has passed.
    Tick,
    /// A host that holds the floor takes the current turn, for as long as its lease.
    Claim {
        fence: u64,
        lease: Duration,
        /// What the attempt before cost, whose host is gone.
        lapsed: Option<Lapsed>,
    },
    /// It is alive, and has used so much.
    Renew {
        hold: Hold,
        lease: Duration,
        usage: &'a Usage,
    },
    /// The turn has been spoken.
    Said {
        hold: Hold,
        text: &'a str,
        usage: &'a Usage,
    },
    /// The attempt came to nothing.
    Failed { hold: Hold, lapse: Lapse, usage: &'a Usage },
    /// What debates stand on was away: no side is to blame, and the attempt does not count.
    Postponed { hold: Hold, usage: &'a Usage },
    /// The budget of who pays ran out in the turn: the debate is called off.
    OutOfBudget { hold: Hold, usage: &'a Usage },
    /// The host leaves; another may go on at once.
    HandOver { hold: Hold, usage: &'a Usage },
    /// The votes have been counted.
    Counted,
}

/// What came of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// Nothing.
    Stays,
    /// Something that only hosts need to know.
    Quietly,
    /// A turn or a phase.
    News,
}

/// Why something about a debate is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// No such debate for the caller's eyes.
    #[error("There is no such debate here.")]
    NoDebate,
    /// No such room for the caller's eyes.
    #[error("There is no such room.")]
    NoRoom,
    /// One of the agents does not sit in the room, is disabled, or is not the caller's to use.
    #[error("There is no such agent in the room that you may use.")]
    NoAgent,
    /// One of the agents is paid for by the message.
    #[error("An agent whose messages have a price does not debate.")]
    Priced,
    /// Two of the agents are revisions of one card.
    #[error("Two revisions of one card do not debate each other.")]
    SameCard,
    /// The room's agents are off.
    #[error("Agents are off in this room.")]
    AgentsOff,
    /// The room debates already.
    #[error("This room has a debate that is not over.")]
    AlreadyOpen,
    /// The caller has begun too many debates in the last hour.
    #[error("You have begun many debates; try again later.")]
    TooMany,
    /// Somebody else began it.
    #[error("Only who began the debate may do that.")]
    NotOwner,
    /// The caller has voted, and so knows how the others have.
    #[error("Who has voted sees the votes, and may not choose the moment at which they end.")]
    HasVoted,
    /// Not in this phase.
    #[error("The debate is not in the phase for that.")]
    WrongPhase,
    /// That voting is not open.
    #[error("This voting is not open.")]
    NotVoting,
    /// The voting ended while the vote was being written.
    #[error("The voting ended at this very moment; the vote may not have been counted.")]
    VotingEnded,
    /// The turn is another host's.
    #[error("Another host has the turn.")]
    Lost,
}

/// When one who has begun too many debates may try again.
const RETRY_AFTER: Duration = Duration::from_secs(600);

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        let (kind, code) = match refused {
            Refused::NoDebate => (ErrorCode::NotFound, "debate.not_found"),
            Refused::NoRoom => (ErrorCode::NotFound, "debate.room_not_found"),
            Refused::NoAgent => (ErrorCode::NotFound, "debate.agent_not_found"),
            Refused::Priced => (ErrorCode::Conflict, "debate.agent_priced"),
            Refused::SameCard => (ErrorCode::Conflict, "debate.same_card"),
            Refused::AgentsOff => (ErrorCode::Conflict, "debate.agents_off"),
            Refused::AlreadyOpen => (ErrorCode::Conflict, "debate.already_open"),
            Refused::TooMany => (ErrorCode::RateLimited, "debate.too_many"),
            Refused::NotOwner => (ErrorCode::Forbidden, "debate.not_owner"),
            Refused::HasVoted => (ErrorCode::Conflict, "debate.has_voted"),
            Refused::WrongPhase => (ErrorCode::Conflict, "debate.wrong_phase"),
            Refused::NotVoting => (ErrorCode::Conflict, "debate.not_voting"),
            Refused::VotingEnded => (ErrorCode::Conflict, "debate.voting_ended"),
            Refused::Lost => (ErrorCode::Conflict, "debate.turn_lost"),
        };
        let fault = Self::new(kind, code, refused.to_string());
        if refused == Refused::TooMany {
            fault.retry_after(RETRY_AFTER)
        } else {
            fault
        }
    }
}

impl DebateDoc {
    /// Takes an input. A refused one changes nothing.
    pub(crate) fn step(&mut self, input: &Input<'_>, now: Timestamp, limits: &Debates) -> Result<Moved, Refused> {
        match *input {
            Input::Start if self.phase == Phase::VotingBefore => self.begin(now),
            Input::CloseVoting if self.phase == Phase::VotingAfter => self.close(now),
            // Whoever has seen the votes must not be able to take them back.
            Input::Cancel(Cancellation::ByOwner) if self.phase == Phase::VotingAfter => {
                return Err(Refused::WrongPhase);
            }
            Input::Cancel(why) if !self.phase.is_over() => {
                self.cancelled = Some(why);
                self.end(Phase::Cancelled, now);
            }
            Input::Start | Input::CloseVoting | Input::Cancel(_) => return Err(Refused::WrongPhase),
            Input::Tick => return Ok(self.tick(now)),
            Input::Claim { fence, lease, lapsed } => return self.claim(fence, lease, lapsed, now, limits),
            Input::Renew { hold, lease, usage } => {
                self.held(hold)?.usage.clone_from(usage);
                self.lease(now + lease);
                return Ok(Moved::Quietly);
            }
            Input::Said { hold, text, usage } => {
                let turn = self.held(hold)?;
                turn.usage.clone_from(usage);
                text.clone_into(&mut turn.text);
                turn.end(TurnState::Spoken, now);
                self.advance(now, limits);
            }
            Input::Failed { hold, lapse, usage } => {
                self.held(hold)?.usage.clone_from(usage);
                self.failed(lapse, now, limits);
            }
            Input::Postponed { hold, usage } => {
                self.held(hold)?.usage.clone_from(usage);
                self.postpone(now, limits);
            }
            Input::OutOfBudget { hold, usage } => {
                self.held(hold)?.usage.clone_from(usage);
                self.cancelled = Some(Cancellation::OutOfBudget);
                self.end(Phase::Cancelled, now);
            }
            Input::HandOver { hold, usage } => {
                let turn = self.held(hold)?;
                turn.usage.clone_from(usage);
                turn.excused += 1;
                (turn.state, turn.deadline) = (TurnState::Waiting, None);
                (self.lease_until, self.due_at) = (None, Some(now));
                return Ok(Moved::Quietly);
            }
            Input::Counted if self.phase == Phase::Closed && !self.counted => {
                self.counted = true;
                self.due_at = None;
                self.votes_due_at = None;
            }
            Input::Counted => return Ok(Moved::Stays),
        }
        Ok(Moved::News)
    }

    fn tick(&mut self, now: Timestamp) -> Moved {
        if self.voting_until.is_none_or(|until| until > now) {
            return Moved::Stays;
        }
        match self.phase {
            Phase::VotingBefore => self.begin(now),
            Phase::VotingAfter => self.close(now),
            _ => return Moved::Stays,
        }
        Moved::News
    }

    /// Takes the current turn. What is too late, or was tried too often, is forfeited instead.
    fn claim(
        &mut self,
        fence: u64,
        lease: Duration,
        lapsed: Option<Lapsed>,
        now: Timestamp,
        limits: &Debates,
    ) -> Result<Moved, Refused> {
        if self.due_at.is_none_or(|due| due > now) {
            return Err(Refused::Lost);
        }
        let turn = self.current_mut().ok_or(Refused::WrongPhase)?;
        if let Some(lapsed) = lapsed {
            lapsed.put_into(&mut turn.usage, turn.attempt);
        }
        // A host that died takes none of the side's time with it.
        if turn.state == TurnState::Speaking {
            turn.deadline = None;
        }
        if turn.counted_attempts() >= limits.attempts_max {
            self.forfeit(Lapse::Interrupted, now, limits);
            return Ok(Moved::News);
        }
        if turn.deadline.is_some_and(|deadline| deadline <= now) {
            self.forfeit(Lapse::TooLate, now, limits);
            return Ok(Moved::News);
        }
        turn.spent_tokens = turn.tokens();
        turn.spent = turn.spend();
        turn.usage = Usage::default();
        turn.state = TurnState::Speaking;
        turn.attempt += 1;
        turn.deadline = turn.deadline.or(Some(now + limits.turn()));
        self.fence = fence;
        self.lease(now + lease);
        Ok(Moved::News)
    }

    /// Lets the current turn be tried again after a while, or forfeits it.
    fn failed(&mut self, lapse: Lapse, now: Timestamp, limits: &Debates) {
        let Some(turn) = self.current_mut() else { return };
        let again_at = now + limits.retry(turn.counted_attempts());
        let in_time = turn.deadline.is_none_or(|deadline| again_at < deadline);
        if turn.counted_attempts() >= limits.attempts_max || !in_time {
            return self.forfeit(lapse, now, limits);
        }
        turn.state = TurnState::Waiting;
        self.lease_until = None;
        self.due_at = Some(again_at);
    }

    /// Lets the current turn be tried again, as if it had not begun; after too many times the debate is called off.
    fn postpone(&mut self, now: Timestamp, limits: &Debates) {
        let Some(turn) = self.current_mut() else { return };
        turn.excused += 1;
        if turn.excused >= limits.postponements_max {
            self.cancelled = Some(Cancellation::ServiceAway);
            return self.end(Phase::Cancelled, now);
        }
        turn.state = TurnState::Waiting;
        turn.deadline = None;
        self.lease_until = None;
        self.due_at = Some(now + limits.retry(1));
    }

    fn forfeit(&mut self, lapse: Lapse, now: Timestamp, limits: &Debates) {
        let Some(turn) = self.current_mut() else { return };
        let (side, number) = (turn.side, turn.number);
        turn.note = Some(lapse);
        turn.end(TurnState::Forfeited, now);
        let answer = self.turns.iter_mut().find(|turn| turn.number == number + 1);
        if let Some(answer) = answer.filter(|turn| turn.kind == TurnKind::Answer) {
            answer.end(TurnState::Skipped, now);
        }
        if self.forfeits_in_a_row(side) >= FORFEITS_MAX {
            self.forfeited_by = Some(side);
            return self.close(now);
        }
        self.advance(now, limits);
    }

    fn forfeits_in_a_row(&self, side: Side) -> usize {
        let ended = |turn: &&TurnDoc| matches!(turn.state, TurnState::Spoken | TurnState::Forfeited);
        let latest = self.turns.iter().rev().filter(|turn| turn.side == side).filter(ended);
        latest.take_while(|turn| turn.state == TurnState::Forfeited).count()
    }

    fn begin(&mut self, now: Timestamp) {
        self.started_at = Some(now);
        self.voting_until = None;
        self.phase = Phase::Opening;
        self.due_at = Some(now);
        self.votes_due_at = None;
    }

    /// Goes to the next turn, and to its phase; after the last one, to the voting.
    fn advance(&mut self, now: Timestamp, limits: &Debates) {
        self.lease_until = None;
        if let Some(phase) = self.current().map(|turn| turn.phase) {
            self.phase = phase;
            self.due_at = Some(now);
        } else {
            self.phase = Phase::VotingAfter;
            self.voting_until = Some(now + limits.voting_after());
            self.due_at = self.voting_until;
            self.votes_due_at = self.voting_until;
        }
    }

    fn close(&mut self, now: Timestamp) {
        self.end(Phase::Closed, now);
        // The votes wait to be counted.
        self.due_at = Some(now);
        self.votes_due_at = Some(now);
    }

    fn end(&mut self, phase: Phase, now: Timestamp) {
        self.phase = phase;
        self.voting_until = None;
        self.lease_until = None;
        self.due_at = None;
        self.votes_due_at = None;
        self.open_room = None;
        self.ended_at = Some(now);
    }

    fn lease(&mut self, until: Timestamp) {
        self.lease_until = Some(until);
        self.due_at = Some(until);
    }

    fn current_mut(&mut self) -> Option<&mut TurnDoc> {
        let number = self.current()?.number;
        self.turns.iter_mut().find(|turn| turn.number == number)
    }

    /// Returns the turn that `hold` is the right to.
    fn held(&mut self, hold: Hold) -> Result<&mut TurnDoc, Refused> {
        if self.hold() != Some(hold) {
            return Err(Refused::Lost);
        }
        self.current_mut().ok_or(Refused::Lost)
    }
}

impl TurnDoc {
    /// Returns all tokens that it has used so far.
    pub(crate) fn tokens(&self) -> u64 {
        self.spent_tokens + u64::from(self.usage.prompt_tokens) + u64::from(self.usage.completion_tokens)
    }

    /// Returns what it has cost so far, each attempt once.
    pub(crate) fn spend(&self) -> Spend {
        let mut spend = self.spent.clone();
        spend.add(self.usage.cost);
        spend
    }

    /// Returns its attempts, without those that nobody is to blame for.
    fn counted_attempts(&self) -> u32 {
        self.attempt.saturating_sub(self.excused)
    }

    fn end(&mut self, state: TurnState, now: Timestamp) {
        self.state = state;
        self.ended_at = Some(now);
    }
}

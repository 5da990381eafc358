//! Owns the last check of rights before a debater speaks, and what it is given to read. Refuses to trust what was true when
//! the debate began: room, agents and the person who pays are asked anew.

use contracts::ai_gateway::{Completion, Principal};
use contracts::chat::AgentPolicy;
use kernel::{ErrorCode, Fault};

use crate::app::App;
use crate::domain::agent::AgentDoc;
use crate::domain::debate::mask::Mask;
use crate::domain::debate::{Cancellation, DebateDoc, TurnDoc, prompt};
use crate::domain::run::Bill;
use crate::domain::window::estimate_turns;

/// Everything that a turn needs.
pub(super) struct Brief {
    pub(super) principal: Principal,
    pub(super) completion: Completion,
    pub(super) prompt_tokens: u32,
    /// By whose entitlement; none where nobody needs one.
    pub(super) bill: Option<Bill>,
    /// The names of all debaters.
    pub(super) mask: Mask,
}

impl App {
    /// Prepares a turn; the reason to call the debate off when it may not go on.
    pub(super) async fn prepare_turn(
        &self,
        debate: &DebateDoc,
        turn: &TurnDoc,
    ) -> Result<Result<Brief, Cancellation>, Fault> {
        let room = match self.reader.room(debate.room_id).await {
            Ok(room) => room,
            Err(fault) if fault.kind == ErrorCode::NotFound => return Ok(Err(Cancellation::RoomGone)),
            Err(fault) => return Err(fault),
        };
        if !room.members.contains(&debate.owner_id) {
            return Ok(Err(Cancellation::OwnerLeft));
        }
        if room.agent_policy == AgentPolicy::Off {
            return Ok(Err(Cancellation::AgentsOff));
        }
        let ids: Vec<_> = debate.sides.iter().map(|side| side.agent_id).collect();
        let agents = self.agents.enabled(&ids).await?;
        let sits_here = |agent: &AgentDoc| room.agents.iter().any(|seat| seat.agent_id == agent.id);
        let speaker = debate.side(turn.side).map(|side| side.agent_id);
        let speaker = agents.iter().find(|agent| Some(agent.id) == speaker);
        let Some(speaker) = speaker.filter(|_| agents.len() == ids.len() && agents.iter().all(sits_here)) else {
            return Ok(Err(Cancellation::AgentGone));
        };
        // By the entitlement of who began it, and nobody else's. Whatever the refusal is (not bought any more, rooms, tokens of the day), it is
        // told as an agent that is gone: it comes at that agent's turn, and another word would say which side is the one that is sold.
        let Ok(bill) = self.entitle_only(debate.owner_id, debate.room_id, speaker).await? else {
            return Ok(Err(Cancellation::AgentGone));
        };
        let limits = &self.config.debates;
        let turns = prompt::build(debate, turn, &speaker.persona, limits.context_tokens, || {
            self.ambient.token::<9>()
        });
        Ok(Ok(Brief {
            principal: Principal {
                key_id: None,
                user_id: debate.owner_id,
                agent_id: Some(speaker.id),
                room_id: Some(debate.room_id),
            },
            prompt_tokens: estimate_turns(&turns),
            bill,
            completion: Completion {
                model: speaker.model.clone(),
                turns,
                max_tokens: speaker.max_tokens.min(limits.tokens(turn.phase)),
                temperature: speaker.temperature,
            },
            mask: mask(debate, &agents),
        }))
    }
}

/// Hides all names of all debaters, as they are and as they were when the debate began.
fn mask(debate: &DebateDoc, agents: &[AgentDoc]) -> Mask {
    let ids: Vec<String> = agents.iter().map(|agent| agent.id.to_string()).collect();
    let now = agents.iter().flat_map(|agent| [&agent.handle, &agent.name]);
    let then = debate.sides.iter().flat_map(|side| [&side.handle, &side.name]);
    let mut mask = Mask::new(now.chain(then).chain(&ids).map(String::as_str));
    agents.iter().for_each(|agent| mask.add_model(&agent.model));
    mask
}

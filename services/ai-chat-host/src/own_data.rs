//! Owns what ai-chat-host shows a person: their agents, allowances, debates and votes. What agents noted of a room is of all who are in it. Refuses to show what is not named here.

use chassis::own_data::Part;

use crate::domain::agent::AgentDoc;
use crate::domain::allowance::AllowanceDoc;
use crate::domain::debate::DebateDoc;
use crate::domain::debate::ballot::VoteDoc;

/// What is a person's own, kind by kind.
pub(crate) const PARTS: &[Part] = &[
    Part::of::<AgentDoc>(
        "agents",
        "owner",
        &[
            "id",
            "handle",
            "name",
            "description",
            "persona",
            "model",
            "enabled",
            "replyPolicy",
            "talkativeness",
            "temperature",
            "maxTokens",
            "createdAt",
            "card",
        ],
    ),
    Part::of::<AllowanceDoc>("allowances", "person", &["agentId", "roomId", "perDay"]),
    Part::of::<DebateDoc>(
        "debates",
        "owner",
        &[
            "id",
            "roomId",
            "motion",
            "rounds",
            "createdAt",
            "startedAt",
            "endedAt",
            "cancelled",
        ],
    ),
    Part::of::<VoteDoc>(
        "votes",
        "voter",
        &["debateId", "when", "choice", "blind", "counted", "castAt", "changedAt"],
    ),
];

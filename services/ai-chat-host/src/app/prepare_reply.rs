//! Owns the last check of rights before a model is asked, and what it is given to read. Refuses to trust what was true
//! when the run was requested: room, agent and people are asked anew. An agent may do what its card, the room **and** the person
//! at the root of the cascade all allow.

use contracts::ai_gateway::{Completion, Principal, Turn};
use contracts::chat::{AgentPolicy, Message, Origin, RoomKind, RoomSummary};
use contracts::payments::MessageCharge;
use kernel::{ErrorCode, Fault, UserId};

use crate::app::App;
use crate::app::bill_run::charge;
use crate::app::keep_summary::Wish;
use crate::domain::agent::AgentDoc;
use crate::domain::memory::Read;
use crate::domain::reply::{Said, Unentitled};
use crate::domain::run::{Bill, RunDoc, Task};
use crate::domain::summary::{Room, outgrows, tokens_of};
use crate::domain::turn::facts::Used;
use crate::domain::window::{Built, Notes, Reader, build, estimate_turns, last_of, relevant};

/// Messages after the trigger that are looked at.
const AFTER_TRIGGER: u64 = 32;
/// Of the agent's last messages, those that a reply to an agent must not say again.
const SAID_MAX: usize = 3;

/// Everything that a model call needs.
pub(crate) struct Brief {
    pub(crate) principal: Principal,
    pub(crate) completion: Completion,
    pub(crate) prompt_tokens: u32,
    /// What to say again would only keep a cascade of agents going.
    pub(crate) before: Said,
    /// People whose messages are read, themselves or as a summary.
    pub(crate) people: Vec<UserId>,
    /// Which messages are read; none where nothing is remembered of it.
    pub(crate) read: Option<Read>,
    /// The wish for a summary, when what is to be read outgrows the window.
    pub(crate) outgrown: Option<Wish>,
    /// Whose entitlement it is spoken by; none where nobody needs one.
    pub(crate) bill: Option<Bill>,
    /// What the message costs, where it has a price.
    pub(crate) charge: Option<MessageCharge>,
}

/// What came of preparing a run.
pub(crate) enum Prepared {
    /// All that the call needs.
    Brief(Box<Brief>),
    /// There is no right to speak any more.
    Silent,
    /// The agent is sold, and nobody who is concerned may use it now.
    Refused(Unentitled),
}

/// What there is to read of a room.
pub(crate) struct Told {
    pub(crate) room: RoomSummary,
    pub(crate) agent: AgentDoc,
    pub(crate) messages: Vec<Message>,
    pub(crate) trigger: Message,
}

impl App {
    /// Prepares the call of a run, if there is still a right to speak.
    pub(crate) async fn prepare(&self, run: &RunDoc) -> Result<Prepared, Fault> {
        let (Some(room), Some(trigger)) = (self.room(run).await?, self.trigger(run).await?) else {
            return Ok(Prepared::Silent);
        };
        let sits_here = room.agents.iter().any(|agent| agent.agent_id == run.agent_id);
        if !sits_here || room.agent_policy == AgentPolicy::Off {
            return Ok(Prepared::Silent);
        }
        let Some(agent) = self.agents.enabled(&[run.agent_id]).await?.pop() else {
            return Ok(Prepared::Silent);
        };
        if !self.people_are_here(run, &trigger).await? || !self.may_go_on(run).await? {
            return Ok(Prepared::Silent);
        }
        let was_asked = run.task == Task::Reply && (run.called || room.kind == RoomKind::Direct);
        let bill = match self.entitle(run.payer_id, &room, &agent).await? {
            Ok(bill) => bill,
            // Who did not ask for it need not hear of it.
            Err(why) if was_asked => return Ok(Prepared::Refused(why)),
            Err(_) => return Ok(Prepared::Silent),
        };
        let charge = bill.as_ref().and_then(|bill| charge(run, &agent, bill));
        let mut told = Told {
            messages: self.history(run, &room).await?,
            room,
            agent,
            trigger,
        };
        let brief = match run.task {
            Task::Reply => Brief {
                bill,
                charge,
                ..self.brief(run, told).await?
            },
            Task::Moderate => {
                told.messages = relevant(told.messages, &told.trigger, run.agent_id);
                // A moderator's call is no message and costs none, but its tokens count.
                Brief {
                    bill: bill.map(|bill| Bill { price: None, ..bill }),
                    ..self.moderator_brief(run, &told).await?
                }
            }
        };
        Ok(Prepared::Brief(Box::new(brief)))
    }

    async fn brief(&self, run: &RunDoc, told: Told) -> Result<Brief, Fault> {
        let Told {
            room,
            agent,
            messages,
            trigger,
        } = told;
        let summary = self.notes.summary(run.room_id).await?;
        // A summary of what was said after the question would answer another one.
        let summary = summary.filter(|doc| !doc.text.is_empty() && doc.upto < trigger.seq);
        let covered = summary.as_ref().map_or(0, |doc| doc.upto);
        let uncovered: Vec<Message> = messages.into_iter().filter(|m| m.seq > covered).collect();
        let size = (tokens_of(&uncovered), trigger.seq.saturating_sub(covered));
        let messages = relevant(uncovered, &trigger, agent.id);
        let facts = self.notes.facts(agent.id, run.room_id).await?;
        let seqs = || messages.iter().map(|message| message.seq).chain([trigger.seq]);
        let read = Read {
            low: summary.as_ref().map_or_else(|| seqs().min().unwrap_or_default(), |_| 0),
            high: seqs().max().unwrap_or_default(),
            trigger_edited_at: trigger.edited_at,
        };
        let told_of = summary.as_ref().map(|doc| doc.people.clone()).unwrap_or_default();
        let notes = Notes {
            summary: summary.map(|doc| doc.text).unwrap_or_default(),
            facts: facts.into_iter().map(|fact| fact.text).collect(),
        };
        let others = room.agents.iter().filter(|other| other.agent_id != agent.id);
        let reader = Reader {
            agent: agent.id,
            handle: &agent.handle,
            name: &agent.name,
            persona: &agent.persona,
            others: others.map(|other| other.handle.as_str()).collect(),
            people: room.members.len(),
            fact_chars_max: if self.config.memory_facts_max == 0 {
                0
            } else {
                self.config.memory_fact_chars_max
            },
        };
        let word = || self.ambient.token::<9>();
        let Built {
            turns,
            left_for_messages,
        } = build(&reader, &notes, &messages, &trigger, self.config.context_tokens, word);
        let window = Room {
            tokens: left_for_messages,
            messages: self.config.context_messages,
        };
        let wish = Wish {
            room_id: run.room_id,
            agent_id: agent.id,
            payer_id: run.payer_id,
            entitlement_id: None,
            upto: trigger.seq,
            window,
        };
        let mut people: Vec<UserId> = messages.iter().filter_map(|m| m.author.user()).collect();
        people.extend([run.payer_id].into_iter().chain(trigger.author.user()).chain(told_of));
        people.sort_unstable();
        people.dedup();
        Ok(Brief {
            before: self.must_not_say(run, &messages, &trigger),
            people,
            read: Some(read),
            outgrown: outgrows(size, window).then_some(wish),
            ..self.call(run, &agent, turns)
        })
    }

    /// Puts a call together for whoever answers as `agent`.
    pub(crate) fn call(&self, run: &RunDoc, agent: &AgentDoc, turns: Vec<Turn>) -> Brief {
        Brief {
            principal: Principal {
                user_id: run.payer_id,
                agent_id: Some(agent.id),
                room_id: Some(run.room_id),
                key_id: None,
            },
            prompt_tokens: estimate_turns(&turns),
            before: Said::default(),
            people: Vec::new(),
            read: None,
            outgrown: None,
            bill: None,
            charge: None,
            completion: Completion {
                model: agent.model.clone(),
                turns,
                max_tokens: agent.max_tokens,
                temperature: agent.temperature,
            },
        }
    }

    /// Returns what a reply to an agent is held against: what that agent has just said, and what this one has. A person may well
    /// get the same answer twice.
    fn must_not_say(&self, run: &RunDoc, messages: &[Message], trigger: &Message) -> Said {
        if trigger.origin != Origin::Agent {
            return Said::default();
        }
        let mut texts = last_of(messages, run.agent_id, run.message_id, SAID_MAX);
        texts.push(trigger.text.clone());
        Said {
            texts,
            same_percent: self.config.same_percent_min,
        }
    }

    pub(crate) async fn room(&self, run: &RunDoc) -> Result<Option<RoomSummary>, Fault> {
        match self.reader.room(run.room_id).await {
            Ok(room) => Ok(Some(room)),
            Err(fault) if fault.kind == ErrorCode::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Returns the message that a run answers, unless it or the one at the root of the cascade has been taken back.
    pub(crate) async fn trigger(&self, run: &RunDoc) -> Result<Option<Message>, Fault> {
        for id in [run.root_id, run.trigger_id] {
            match self.reader.message(run.room_id, id).await {
                Ok(message) if message.deleted => return Ok(None),
                Ok(message) if id == run.trigger_id => return Ok(Some(message)),
                Ok(_) => {}
                Err(fault) if fault.kind == ErrorCode::NotFound => return Ok(None),
                Err(fault) => return Err(fault),
            }
        }
        Ok(None)
    }

    /// Tells whether who asked and who pays are still members.
    async fn people_are_here(&self, run: &RunDoc, trigger: &Message) -> Result<bool, Fault> {
        let author = trigger.author.user().filter(|author| *author != run.payer_id);
        for user in [Some(run.payer_id), author].into_iter().flatten() {
            if !self.reader.is_member(run.room_id, user).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Tells whether the cascade may use more. Where a budget ran out nobody speaks any more, except for a person who asks again.
    async fn may_go_on(&self, run: &RunDoc) -> Result<bool, Fault> {
        let (used, limits) = (Used::of(&self.runs.of_root(run.root_id).await?), &self.config.limits);
        let refusals = [
            (used.tokens >= limits.root_tokens_max, "root_tokens"),
            (used.micros >= limits.root_micros_max, "root_micros"),
            (used.is_broke && !run.was_asked_again(), "budget"),
        ];
        let refused = refusals.into_iter().find(|(reached, _)| *reached);
        if let Some((_, limit)) = refused {
            metrics::counter!("ai_turns_refused_total", "limit" => limit).increment(1);
        }
        Ok(refused.is_none())
    }

    async fn history(&self, run: &RunDoc, room: &RoomSummary) -> Result<Vec<Message>, Fault> {
        let upto = room.last_seq.min(run.trigger_seq + AFTER_TRIGGER);
        let count = self.config.context_messages.clamp(1, 1_000);
        self.reader
            .messages(run.room_id, upto.saturating_sub(count as u64), upto, count)
            .await
    }
}

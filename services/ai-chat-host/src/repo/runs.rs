//! Owns the runs in the store: each change of one is a compare-and-set that a fenced host loses. Refuses to know why a
//! run is begun or ended.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use contracts::Event;
use contracts::ai_chat_host::RunChange;
use contracts::chat::AiState;
use kernel::{AgentId, Ambient, Fault, MessageId, RoomId, RunId, Timestamp};
use store::{Change, Collection, Place, Query, Store, StoreError};

use crate::domain::memory::Noted;
use crate::domain::reply::{Close, Said, ending, moderation};
use crate::domain::run::{Bill, Hold, Lapsed, Request, RunDoc, RunState, Settled, Task, Tries, Usage};
use crate::error::Error;

/// Most open runs that are read at once, over all rooms; the sweep comes back for the rest.
const DUE_MAX: usize = 1_000;
/// And so many times, while there are more.
const DUE_PAGES_MAX: usize = 8;
/// Most runs of one room or cascade that are read at once; the limits keep them below it.
pub(crate) const ROOM_RUNS_MAX: usize = 200;
/// Runs in which the last speakers are looked for.
const SPEAKERS_LOOK_BACK: usize = 8;

/// The runs.
pub(crate) struct Runs {
    docs: Collection<RunDoc>,
    ambient: Ambient,
}

impl Runs {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient) -> Result<Self, StoreError> {
        Ok(Self {
            docs: Collection::open(store).await?,
            ambient,
        })
    }

    /// Adds a run that waits for the floor; `None` when this trigger, agent and generation has one already.
    pub(crate) async fn request(&self, request: Request) -> Result<Option<RunDoc>, Error> {
        let run = RunDoc::requested(request, self.ambient.id(), self.ambient.id(), self.ambient.now());
        match self.docs.insert(&run, self.events(&run, RunChange::Requested)?).await {
            Ok(()) => Ok(Some(run)),
            Err(StoreError::Unique { .. }) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    pub(crate) async fn get(&self, id: RunId) -> Result<Option<RunDoc>, StoreError> {
        self.docs.get(id).await
    }

    /// Returns the runs of a room that are not over, in the order of their requests.
    pub(crate) async fn open_in(&self, room: RoomId) -> Result<Vec<RunDoc>, StoreError> {
        self.docs.find(Query::on("open").eq(room).limit(ROOM_RUNS_MAX)).await
    }

    /// Returns the run of a room whose turn it is: one that a host holds, else the oldest that neither is to be tried again later nor
    /// `waits`.
    pub(crate) async fn next_in(
        &self,
        room: RoomId,
        waits: impl Fn(&RunDoc) -> bool,
    ) -> Result<Option<RunDoc>, StoreError> {
        let now = self.ambient.now();
        let oldest: Option<RunDoc> = self.docs.find_one(Query::on("open").eq(room)).await?;
        let is_next = |run: &RunDoc| run.is_held(now) || !(run.is_postponed(now) || waits(run));
        if oldest.as_ref().is_none_or(is_next) {
            return Ok(oldest);
        }
        let open = self.open_in(room).await?;
        Ok(open.into_iter().find(is_next))
    }

    /// Returns rooms with a run that no host holds, longest first.
    pub(crate) async fn due_rooms(&self) -> Result<Vec<RoomId>, StoreError> {
        let now = self.ambient.now();
        let (mut rooms, mut seen) = (Vec::new(), HashSet::new());
        let mut after = None;
        // Full queues of a few rooms must not hide what a dead host has left in another.
        for _ in 0..DUE_PAGES_MAX {
            let mut query = Query::on("due").at_most(now).limit(DUE_MAX);
            query.after = after;
            let due = self.docs.find(query).await?;
            after = due.last().and_then(|run| {
                Some(Place {
                    keys: vec![run.lease_until?.into()],
                    id: run.id.to_string(),
                })
            });
            let is_last = due.len() < DUE_MAX || after.is_none();
            rooms.extend(due.into_iter().map(|run| run.room_id).filter(|room| seen.insert(*room)));
            if is_last {
                break;
            }
        }
        Ok(rooms)
    }

    /// Returns the runs that were requested in a room since `since`, oldest first.
    pub(crate) async fn recent(&self, room: RoomId, since: Timestamp) -> Result<Vec<RunDoc>, StoreError> {
        self.docs
            .find(Query::on("recent").eq(room).at_least(since).limit(ROOM_RUNS_MAX))
            .await
    }

    /// Returns who had the last turns of a room before the message `seq`, the latest first, each once; moderators' calls are none.
    pub(crate) async fn speakers_before(&self, room: RoomId, seq: u64) -> Result<Vec<AgentId>, StoreError> {
        let last = Query::on("triggers").eq(room).less_than(seq).descending();
        let mut speakers = Vec::new();
        for run in self.docs.find(last.limit(SPEAKERS_LOOK_BACK)).await? {
            if run.task == Task::Reply && !speakers.contains(&run.agent_id) {
                speakers.push(run.agent_id);
            }
        }
        Ok(speakers)
    }

    /// Counts the runs of a room whose triggers are the message `from` or later ones, up to `cap`.
    pub(crate) async fn count_since(&self, room: RoomId, from: u64, cap: u64) -> Result<u64, StoreError> {
        self.docs
            .count(Query::on("triggers").eq(room).at_least(from), cap)
            .await
    }

    /// Returns the runs of a cascade, oldest first. There are more than [`ROOM_RUNS_MAX`] only where people have asked for so many
    /// answers again.
    pub(crate) async fn of_root(&self, root: MessageId) -> Result<Vec<RunDoc>, StoreError> {
        self.docs.find(Query::on("root").eq(root).limit(ROOM_RUNS_MAX)).await
    }

    /// Returns the runs in which an agent was asked to answer a message, the latest first.
    pub(crate) async fn answers(&self, trigger: MessageId, agent: AgentId) -> Result<Vec<RunDoc>, StoreError> {
        let query = Query::on("answer").eq(trigger).eq(agent).descending();
        self.docs.find(query.limit(ROOM_RUNS_MAX)).await
    }

    /// Takes a run: begins a new attempt, or goes on sending what is final. One that was stopped, or has no attempt left, is settled with
    /// what there is. `None` when it is over or another's. What the attempt before has cost, whose host is gone, is noted with it.
    pub(crate) async fn claim(
        &self,
        id: RunId,
        fence: u64,
        lease: Duration,
        (tries, lapsed): (Tries, Option<Lapsed>),
    ) -> Result<Option<RunDoc>, Error> {
        let now = self.ambient.now();
        let claimed = self.docs.update(id, |mut run: RunDoc| {
            if run.state == RunState::Ended || run.is_held(now) {
                return Ok(Change::Keep(None));
            }
            if let Some(lapsed) = lapsed {
                lapsed.put_into(&mut run.usage, run.attempt);
            }
            let close = match run.state {
                RunState::Sending => None,
                _ if run.stopped => Some(Close::Cancelled),
                _ if run.is_used_up(tries, now) => Some(Close::GivenUp),
                _ => {
                    run.begin(fence, now, now + lease);
                    None
                }
            };
            if let Some(close) = close {
                let ending = match run.task {
                    Task::Reply => ending(close, &run.text, &Said::default()),
                    Task::Moderate => moderation(close, &run.text),
                };
                run.settle(&ending, &Noted::default(), now);
            }
            let events = match (run.state, run.outcome) {
                (RunState::Ended, Some(state)) => self.events(&run, RunChange::Ended { state })?,
                _ => Vec::new(),
            };
            if run.state != RunState::Ended {
                (run.fence, run.lease_until) = (fence, Some(now + lease));
            }
            Ok::<_, Error>(Change::Put(run.clone(), events, Some(run)))
        });
        Ok(claimed.await?.flatten())
    }

    /// Tells that an attempt is about to ask a model; `false` when the run is another host's by now.
    pub(crate) async fn start(&self, id: RunId, hold: Hold) -> Result<bool, Error> {
        let told = self.docs.update(id, |run: RunDoc| {
            if !run.is_of(hold) || run.state != RunState::Running {
                return Ok(Change::Keep(false));
            }
            let events = self.events(&run, RunChange::Started)?;
            Ok::<_, Error>(Change::Put(run, events, true))
        });
        Ok(told.await?.unwrap_or(false))
    }

    /// Keeps the text so far, what it has used, and the lease until `lease_until`. Tells whether the run is to stop; `None` when it is
    /// another's by now.
    pub(crate) async fn keep(
        &self,
        id: RunId,
        hold: Hold,
        text: &str,
        usage: &Usage,
        lease_until: Timestamp,
    ) -> Result<Option<bool>, Error> {
        let kept = self.docs.update(id, |mut run: RunDoc| {
            if !run.is_of(hold) || run.state != RunState::Running {
                return Ok::<_, Error>(Change::Keep(None));
            }
            run.keep(text, usage);
            run.lease_until = Some(lease_until);
            let stopped = run.stopped;
            Ok(Change::Put(run, Vec::new(), Some(stopped)))
        });
        Ok(kept.await?.flatten())
    }

    /// Leaves a run, if it is still this host's, to be tried again at `again_at`, and excuses the attempt. With what was written and used,
    /// where a model was asked.
    pub(crate) async fn postpone(
        &self,
        id: RunId,
        hold: Hold,
        again_at: Timestamp,
        so_far: Option<(&str, &Usage)>,
    ) -> Result<(), Error> {
        let postponed = self.docs.update(id, |mut run: RunDoc| {
            if !run.is_of(hold) || run.state != RunState::Running {
                return Ok::<_, Error>(Change::Keep(()));
            }
            if let Some((text, usage)) = so_far {
                run.keep(text, usage);
            }
            run.postpone(again_at, so_far.is_some());
            Ok(Change::Put(run, Vec::new(), ()))
        });
        postponed.await.map(drop)
    }

    /// Notes that a run is to stop; `false` when its text is final or it is over.
    pub(crate) async fn call_off(&self, id: RunId) -> Result<bool, Error> {
        let noted = self.docs.update(id, |mut run: RunDoc| {
            let goes_on = matches!(run.state, RunState::Requested | RunState::Running);
            if !goes_on || run.stopped {
                return Ok::<_, Error>(Change::Keep(goes_on));
            }
            run.stopped = true;
            Ok(Change::Put(run, Vec::new(), true))
        });
        Ok(noted.await?.unwrap_or(false))
    }

    /// Notes whose entitlement a run is spoken by, if one is needed; `false` when it is another host's by now.
    pub(crate) async fn bill(&self, id: RunId, hold: Hold, bill: Option<&Bill>) -> Result<bool, Error> {
        let noted = self.docs.update(id, |mut run: RunDoc| {
            if !run.is_of(hold) || run.state != RunState::Running {
                return Ok::<_, Error>(Change::Keep(false));
            }
            run.bill = bill.cloned();
            Ok(Change::Put(run, Vec::new(), true))
        });
        Ok(noted.await?.unwrap_or(false))
    }

    /// Returns runs that are over and whose bills are not settled, longest first, at most 100.
    pub(crate) async fn unbilled(&self) -> Result<Vec<RunDoc>, StoreError> {
        self.docs.find(Query::on("unbilled").at_most(self.ambient.now())).await
    }

    /// Notes that a bill is settled, or is to be tried again at `again_at`.
    pub(crate) async fn billed(&self, id: RunId, again_at: Option<Timestamp>) -> Result<(), Error> {
        let noted = self.docs.update(id, |mut run: RunDoc| {
            run.unbilled_since = again_at;
            Ok::<_, Error>(Change::Put(run, Vec::new(), ()))
        });
        noted.await.map(drop)
    }

    /// Settles how a run ends, if it is still this host's; returns it as it is then.
    pub(crate) async fn settle(
        &self,
        id: RunId,
        hold: Hold,
        settled: &Settled,
        lease: Duration,
    ) -> Result<Option<RunDoc>, Error> {
        let now = self.ambient.now();
        let done = self.docs.update(id, |mut run: RunDoc| {
            if !run.is_of(hold) || run.state != RunState::Running {
                return Ok(Change::Keep(None));
            }
            let Settled {
                ending,
                usage,
                noted,
                broke,
            } = settled;
            run.usage.clone_from(usage);
            run.broke = *broke;
            run.lease_until = Some(now + lease);
            run.settle(ending, noted, now);
            let events = if run.state == RunState::Ended {
                self.events(&run, RunChange::Ended { state: ending.state })?
            } else {
                Vec::new()
            };
            Ok::<_, Error>(Change::Put(run.clone(), events, Some(run)))
        });
        Ok(done.await?.flatten())
    }

    /// Ends a run whose message is durable or cannot be; `was_sent` when it is one to be paid for.
    pub(crate) async fn end(&self, id: RunId, outcome: AiState, was_sent: bool) -> Result<(), Error> {
        let may = |run: &mut RunDoc| {
            run.was_sent = was_sent;
            run.state == RunState::Sending
        };
        self.end_if(id, outcome, may).await.map(drop)
    }

    /// Ends a run as cancelled while it waits; tells whether it did.
    pub(crate) async fn cancel_waiting(&self, id: RunId) -> Result<bool, Error> {
        self.end_if(id, AiState::Cancelled, |run| run.is_unsaid()).await
    }

    /// Takes a waiting run back, as if nobody had asked for it; tells whether it did.
    pub(crate) async fn take_back(&self, id: RunId) -> Result<bool, Error> {
        let is_over = self.cancel_waiting(id).await?;
        if is_over {
            // It counts in no limit, and its key may be used again.
            self.docs.delete(id).await?;
        }
        Ok(is_over)
    }

    async fn end_if(&self, id: RunId, outcome: AiState, may: impl Fn(&mut RunDoc) -> bool) -> Result<bool, Error> {
        let now = self.ambient.now();
        let ended = self.docs.update(id, |mut run: RunDoc| {
            if !may(&mut run) {
                return Ok(Change::Keep(false));
            }
            run.end(outcome, now);
            let events = self.events(&run, RunChange::Ended { state: outcome })?;
            Ok::<_, Error>(Change::Put(run, events, true))
        });
        Ok(ended.await?.unwrap_or(false))
    }

    /// Forgets runs that ended before `before`, at most 100; returns how many.
    pub(crate) async fn forget(&self, before: Timestamp) -> Result<usize, StoreError> {
        let old = self.docs.find(Query::on("ended").less_than(before)).await?;
        for run in &old {
            self.docs.delete(run.id).await?;
        }
        Ok(old.len())
    }

    fn events(&self, run: &RunDoc, change: RunChange) -> Result<Vec<Event>, Fault> {
        let event = run.event(change).map(|event| Event::new(&self.ambient, &event));
        Ok(event.transpose()?.into_iter().collect())
    }
}

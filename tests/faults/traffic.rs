//! Owns what goes on while something breaks: people who write, people who read, requests to every service, and the
//! judgement at the end. It refuses to know what breaks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use blackbox::{Ack, Field as _, Load, Reader, Seen, assert_acked_once, assert_gap_free, within};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::ask::Asks;
use crate::follow::{Follower, Habit, patient_history};
use crate::probes;
use crate::stand::Stand;

/// How long everything may take to be as it should after a fault has ended: brokers miss a dead member for some seconds.
pub const RECOVERY_MAX: Duration = Duration::from_secs(90);
const ROOMS: usize = 2;
/// Between two sends of one sender, where nothing else is said.
const PAUSE: Duration = Duration::from_millis(40);

pub struct Traffic<'a> {
    stand: &'a Stand,
    rooms: Vec<String>,
    load: Load,
    asks: Asks,
    followers: JoinSet<(String, Reader)>,
    /// How far each follower is, by room and habit.
    held: Vec<(String, Habit, Arc<AtomicU64>)>,
    goals: BTreeMap<String, watch::Sender<Option<u64>>>,
}

impl<'a> Traffic<'a> {
    /// Opens rooms with an agent in each, and starts four senders, three readers a room, and requests to every service.
    pub async fn start(stand: &'a Stand) -> Self {
        Self::paced(stand, PAUSE).await
    }

    /// The same with so much between two sends of one sender, for a case that takes long: what follows messages must keep up.
    pub async fn paced(stand: &'a Stand, pause: Duration) -> Self {
        let people = &stand.people;
        let owner = people.senders.first().unwrap();
        let others: Vec<_> = people.senders.iter().skip(1).chain(&people.readers).collect();
        let with_asker: Vec<_> = others.into_iter().chain([&people.asker]).collect();
        let sage = owner.agent("sage").await;
        let mut rooms = Vec::new();
        for _ in 0..ROOMS {
            let more = serde_json::json!({"agentIds": [sage]});
            rooms.push(owner.group_with(&with_asker, more).await);
        }
        owner
            .say(rooms.first().unwrap(), "the first, so that there is something to read")
            .await;
        let (mut followers, mut held, mut goals) = (JoinSet::new(), Vec::new(), BTreeMap::new());
        for room in &rooms {
            let (goal, reached) = watch::channel(None);
            goals.insert(room.clone(), goal);
            for (actor, habit) in people
                .readers
                .iter()
                .zip([Habit::Stays, Habit::Resumes, Habit::Reloads])
            {
                let follower = Follower {
                    actor: actor.clone(),
                    room: room.clone(),
                    habit,
                    held: Arc::default(),
                    goal: reached.clone(),
                };
                held.push((room.clone(), habit, follower.held.clone()));
                followers.spawn(follower.follow());
            }
        }
        let traffic = Self {
            stand,
            load: Load::over_http(&people.senders, &rooms, pause),
            asks: Asks::start(&people.asker, rooms.first().unwrap(), &people.stranger.id),
            rooms,
            followers,
            held,
            goals,
        };
        traffic.settled().await;
        traffic.take_trouble();
        traffic
    }

    /// Lends the senders.
    pub fn load(&self) -> &Load {
        &self.load
    }

    /// Lends the rooms.
    pub fn rooms(&self) -> &[String] {
        &self.rooms
    }

    /// Waits until every sender and every service has answered something new, and every reader has read up to there. Gives
    /// how long the readers took after that.
    pub async fn settled(&self) -> Duration {
        tokio::join!(self.load.all_acknowledge(), self.asks.all_answered());
        self.caught_up().await
    }

    /// Waits until every reader has read what is acknowledged now.
    pub async fn caught_up(&self) -> Duration {
        let begun = Instant::now();
        let heads = self.load.heads();
        for (room, habit, held) in &self.held {
            let head = heads.get(room).copied().unwrap_or_default();
            let what = format!("{habit:?} reads up to {head} of {room}");
            let reached = within(RECOVERY_MAX, &what, async || {
                (held.load(Ordering::Relaxed) >= head).then_some(())
            });
            reached.await;
        }
        begun.elapsed()
    }

    /// Gives what clients saw since the last time.
    pub fn take_trouble(&self) -> Seen {
        self.load.trouble().take().and(self.asks.take_trouble())
    }

    /// Ends everything and judges: no acked message lost, none twice, order kept, every reader complete, agents and accounts
    /// still followed by their consumers, outboxes empty.
    pub async fn judge(mut self) {
        let stand = self.stand;
        self.asks.end().await;
        let acks = self.load.end().await;
        let owner = stand.people.senders.first().unwrap();
        probes::agents_answer(owner, &self.rooms).await;
        probes::accounts_are_followed(stand).await;
        for (room, goal) in &self.goals {
            let history = patient_history(owner, room, 0).await;
            assert_gap_free(&history);
            let here: Vec<Ack> = acks
                .iter()
                .filter(|(of, _)| of == room)
                .map(|(_, ack)| ack.clone())
                .collect();
            assert_acked_once(&history, &here);
            goal.send_replace(history.last().map(|last| last.number("seq")));
        }
        while let Some(read) = timeout(RECOVERY_MAX, self.followers.join_next())
            .await
            .expect("readers at the end")
        {
            let (room, reader) = read.expect("a reader who was told everything once and in order");
            reader.assert_complete(&patient_history(owner, &room, 0).await);
        }
        for actor in &stand.people.senders {
            let (room, ack) = acks.iter().rfind(|(_, ack)| ack.author == actor.id).unwrap();
            let again = actor.send(room, &ack.client_id, "another text").await.is(200);
            assert_eq!((again.text("id"), again.number("seq")), (ack.id.clone(), ack.seq));
        }
        probes::outboxes_are_empty(stand).await;
    }
}

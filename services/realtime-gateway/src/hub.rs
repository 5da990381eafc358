//! Owns who is connected to this replica and where: rooms, people, connections, each in shards by hash.
//! Refuses to know stores, the bus and sockets; nothing here waits.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};

use kernel::{Ambient, RoomId, UserId};
use parking_lot::{Mutex, MutexGuard};

use crate::batch::Batch;
use crate::channels::{Channel, Channels};
use crate::config::Config;
use crate::conn::{Conn, Who};
use crate::domain::frame::Frame;
use crate::domain::room::{Reader as _, Room};

/// Shards of each index.
const SHARDS: usize = 64;

/// A map in shards, each behind its own lock.
struct Sharded<K, V> {
    shards: Vec<Mutex<HashMap<K, V>>>,
    hasher: RandomState,
}

impl<K: Hash + Eq, V> Sharded<K, V> {
    fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    /// Locks the shard of `key`.
    #[expect(clippy::indexing_slicing, reason = "the remainder is below the number of shards")]
    fn of(&self, key: &K) -> MutexGuard<'_, HashMap<K, V>> {
        let hash = usize::try_from(self.hasher.hash_one(key) >> 32).unwrap_or(0);
        self.shards[hash % SHARDS].lock()
    }

    /// Collects from all shards, one lock at a time.
    fn collect<T>(&self, mut pick: impl FnMut(&K, &V) -> Option<T>) -> Vec<T> {
        let mut all = Vec::new();
        for shard in &self.shards {
            all.extend(shard.lock().iter().filter_map(|(k, v)| pick(k, v)));
        }
        all
    }
}

#[derive(Default)]
struct Person {
    conns: Vec<Arc<Conn>>,
    /// Counts changes of the person's memberships, so that a list of rooms read meanwhile is known to be old.
    changes: u64,
}

/// What became of a connection that was to be its person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// It is there; with `first`, as the person's only one.
    Here { first: bool },
    /// The person has too many already.
    TooMany,
    /// It has left meanwhile: nothing of it stays.
    Gone,
}

/// Everything that is connected to this replica.
pub(crate) struct Hub {
    /// Live channels.
    pub(crate) channels: Channels,
    ambient: Ambient,
    config: Config,
    rooms: Sharded<RoomId, Room<Arc<Conn>>>,
    people: Sharded<UserId, Person>,
    conns: Sharded<u64, Arc<Conn>>,
    numbers: AtomicU64,
    connections: AtomicI64,
    subscriptions: AtomicI64,
    draining: AtomicBool,
}

impl Hub {
    /// Begins empty.
    pub(crate) fn new(ambient: Ambient, config: Config) -> Self {
        Self {
            channels: Channels::default(),
            ambient,
            config,
            rooms: Sharded::new(),
            people: Sharded::new(),
            conns: Sharded::new(),
            numbers: AtomicU64::new(1),
            connections: AtomicI64::new(0),
            subscriptions: AtomicI64::new(0),
            draining: AtomicBool::new(false),
        }
    }

    /// Returns the time in milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.ambient.now().millis()
    }

    /// Begins a batch of pushes.
    pub(crate) fn batch(&self) -> Batch {
        Batch::new(self.now_ms())
    }

    /// Returns a number that this process has not used.
    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Relaxed)
    }

    /// Returns how many connections and subscriptions there are.
    pub(crate) fn counts(&self) -> (i64, i64) {
        (self.connections.load(Relaxed), self.subscriptions.load(Relaxed))
    }

    /// Takes no more connections.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Relaxed);
    }

    /// Tells whether connections are taken no more.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Relaxed)
    }

    /// Adds a connection of nobody.
    pub(crate) fn open(&self) -> Arc<Conn> {
        let conn = Conn::new(self.number(), self.now_ms(), self.config.bounds());
        self.conns.of(&conn.id).insert(conn.id, conn.clone());
        self.connections.fetch_add(1, Relaxed);
        conn
    }

    /// Returns all connections.
    pub(crate) fn connections(&self) -> Vec<Arc<Conn>> {
        self.conns.collect(|_, conn| Some(conn.clone()))
    }

    /// Adds a connection, which is signed in, to its person.
    pub(crate) fn arrive(&self, conn: &Arc<Conn>, who: Who) -> Arrival {
        let mut people = self.people.of(&who.user);
        let person = people.entry(who.user).or_default();
        if person.conns.len() >= self.config.sockets_per_user_max {
            return Arrival::TooMany;
        }
        let first = person.conns.is_empty();
        person.conns.push(conn.clone());
        // One that leaves gives its seats up before it looks for its person: either it is seen here, or it finds itself there.
        if conn.is_gone() {
            person.conns.pop();
            if first {
                people.remove(&who.user);
            }
            return Arrival::Gone;
        }
        if first {
            self.channels.want(Channel::User(who.user));
        }
        Arrival::Here { first }
    }

    /// Forgets a connection that has left.
    pub(crate) fn close(&self, conn: &Arc<Conn>) {
        if self.conns.of(&conn.id).remove(&conn.id).is_some() {
            self.connections.fetch_sub(1, Relaxed);
        }
    }

    /// Takes a connection out of all rooms and from its person: nothing more is for it. Returns the person, when it was
    /// that person's last.
    pub(crate) fn leave(&self, conn: &Arc<Conn>) -> Option<UserId> {
        for room in conn.leave_all() {
            self.in_room(room, |room| room.remove(conn.id));
        }
        let user = conn.who()?.user;
        let mut people = self.people.of(&user);
        let person = people.get_mut(&user)?;
        person.conns.retain(|c| c.id != conn.id);
        if !person.conns.is_empty() {
            return None;
        }
        people.remove(&user);
        self.channels.unwant(Channel::User(user));
        Some(user)
    }

    /// Tells whether a person is connected here.
    pub(crate) fn has_user(&self, user: UserId) -> bool {
        self.people.of(&user).contains_key(&user)
    }

    /// Returns everybody who is connected here.
    pub(crate) fn users(&self) -> Vec<UserId> {
        self.people.collect(|user, _| Some(*user))
    }

    /// Returns a person's connections.
    pub(crate) fn conns_of(&self, user: UserId) -> Vec<Arc<Conn>> {
        self.people
            .of(&user)
            .get(&user)
            .map_or_else(Vec::new, |p| p.conns.clone())
    }

    /// Returns how often a person's memberships have changed while connected.
    pub(crate) fn changes_of(&self, user: UserId) -> u64 {
        self.people.of(&user).get(&user).map_or(0, |p| p.changes)
    }

    fn note_change(&self, user: UserId) {
        if let Some(person) = self.people.of(&user).get_mut(&user) {
            person.changes += 1;
        }
    }

    /// Sends a frame to all connections of a person.
    pub(crate) fn to_user(&self, user: UserId, frame: &Arc<Frame>, batch: &mut Batch) {
        if let Some(person) = self.people.of(&user).get(&user) {
            for conn in &person.conns {
                conn.push(frame, batch);
            }
        }
    }

    /// Gives a room that has somebody here to `f`.
    pub(crate) fn in_room<T>(&self, id: RoomId, f: impl FnOnce(&mut Room<Arc<Conn>>) -> T) -> Option<T> {
        let mut rooms = self.rooms.of(&id);
        let room = rooms.get_mut(&id)?;
        let before = room.subscriptions();
        let result = f(room);
        let (after, empty) = (room.subscriptions(), room.is_empty());
        self.note_subscriptions(id, before, after);
        if empty {
            rooms.remove(&id);
        }
        Some(result)
    }

    fn note_subscriptions(&self, room: RoomId, before: usize, after: usize) {
        let signed = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        if before != after {
            self.subscriptions.fetch_add(signed(after) - signed(before), Relaxed);
        }
        match (before, after) {
            (0, 1..) => self.channels.want(Channel::Room(room)),
            (1.., 0) => self.channels.unwant(Channel::Room(room)),
            _ => {}
        }
    }

    /// Tells whether a room has somebody here.
    pub(crate) fn has_room(&self, id: RoomId) -> bool {
        self.rooms.of(&id).contains_key(&id)
    }

    /// Returns the rooms that `pick` picks something from.
    pub(crate) fn rooms<T>(&self, mut pick: impl FnMut(&Room<Arc<Conn>>) -> Option<T>) -> Vec<(RoomId, T)> {
        self.rooms.collect(|id, room| pick(room).map(|t| (*id, t)))
    }

    fn seat(&self, id: RoomId, conn: &Arc<Conn>, subscribes: bool, f: impl FnOnce(&mut Room<Arc<Conn>>)) -> bool {
        let mut rooms = self.rooms.of(&id);
        let room = rooms.entry(id).or_insert_with(|| Room::new(id));
        let before = room.subscriptions();
        let subscribes = subscribes || room.subscribes(conn.id);
        // Noted under the room's lock, so that a connection that leaves finds every seat it took.
        let stays = conn.take_seat(id, subscribes);
        if stays {
            f(room);
        }
        self.note_subscriptions(id, before, room.subscriptions());
        if room.is_empty() {
            rooms.remove(&id);
        }
        stays
    }

    /// Seats a member who is told of activity, unless there is a seat already.
    pub(crate) fn seat_light(&self, room: RoomId, conn: &Arc<Conn>) {
        self.seat(room, conn, false, |room| {
            room.seat_light(conn.id, conn.clone());
        });
    }

    /// Begins a subscription; `false` when the connection is gone.
    pub(crate) fn begin(&self, room: RoomId, conn: &Arc<Conn>, token: u64) -> bool {
        self.seat(room, conn, true, |room| room.begin(conn.id, conn.clone(), token))
    }

    /// Turns a subscription into a light seat.
    pub(crate) fn unsubscribe(&self, room: RoomId, conn: &Arc<Conn>) {
        self.in_room(room, |r| {
            if r.subscribes(conn.id) {
                r.unsubscribe(conn.id);
                conn.take_seat(room, false);
            }
        });
    }

    /// Takes a connection's seat in a room away.
    pub(crate) fn unseat(&self, room: RoomId, conn: &Arc<Conn>) {
        self.in_room(room, |r| {
            r.remove(conn.id);
            conn.leave_seat(room);
        });
    }

    /// Seats a new member's connections.
    pub(crate) fn admit(&self, user: UserId, room: RoomId) {
        self.note_change(user);
        for conn in self.conns_of(user) {
            self.seat_light(room, &conn);
        }
    }

    /// Takes all seats of a person in a room away: nothing of the room is delivered to them from now on.
    pub(crate) fn expel(&self, user: UserId, room: RoomId) {
        self.note_change(user);
        for conn in self.conns_of(user) {
            self.unseat(room, &conn);
        }
    }

    /// Empties a room that is gone.
    pub(crate) fn expel_all(&self, room: RoomId) {
        let conns = self.in_room(room, |r| r.readers().cloned().collect::<Vec<_>>());
        for conn in conns.into_iter().flatten() {
            self.unseat(room, &conn);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{HeldClock, SeededRandom, Timestamp};

    #[test]
    fn a_connection_that_left_before_it_arrived_leaves_nothing_behind() {
        let ambient = Ambient::new(HeldClock::new(Timestamp::from_millis(1)), SeededRandom::new(1));
        let config = Config {
            sockets_per_user_max: 1,
            ..Config::default()
        };
        let hub = Hub::new(ambient.clone(), config);
        let who = Who {
            user: ambient.id(),
            session: ambient.id(),
        };
        let ghost = hub.open();
        assert_eq!(hub.leave(&ghost), None);
        hub.close(&ghost);
        ghost.signed_in(who, i64::MAX);
        assert_eq!(hub.arrive(&ghost, who), Arrival::Gone);
        assert!(!hub.has_user(who.user) && hub.conns_of(who.user).is_empty());
        let next = hub.open();
        next.signed_in(who, i64::MAX);
        assert_eq!(hub.arrive(&next, who), Arrival::Here { first: true });
        assert_eq!(hub.arrive(&hub.open(), who), Arrival::TooMany);
    }
}

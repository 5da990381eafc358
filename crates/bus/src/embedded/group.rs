//! Owns which member of a group holds which partition, and the handing over between them: a partition is taken only after
//! its holder has finished what was in hand and given it up. Refuses to know events.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use tokio::sync::Notify;

/// A group of consumers in this process.
pub(super) struct Group {
    pub name: Arc<str>,
    state: Mutex<State>,
    /// Grows with every change that a member may have to act upon.
    changes: AtomicU64,
}

#[derive(Default)]
struct State {
    members: BTreeMap<u64, Member>,
    seats: BTreeMap<u32, Seat>,
    joined: u64,
}

struct Member {
    topics: Vec<usize>,
    waker: Arc<Notify>,
}

/// A partition as the group sees it.
struct Seat {
    topic: usize,
    holder: Option<u64>,
    wanted: Option<u64>,
    /// Offsets beyond the cursor that the last holder dealt with.
    done: Vec<i64>,
    /// Keys that were released since their holder last asked.
    released: Vec<Arc<str>>,
}

/// What a member is to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// Hold this partition from now on; these offsets beyond the cursor are dealt with.
    Take(u32, Vec<i64>),
    /// Finish what is in hand of this partition and give it up.
    Give(u32),
    /// Hand out the letters of this key.
    Release(u32, Arc<str>),
}

impl Group {
    /// Starts without members.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            state: Mutex::default(),
            changes: AtomicU64::new(1),
        }
    }

    /// Adds a member for topics, each given as (number, slots). Returns the member's number.
    pub fn join(&self, topics: &[(usize, Vec<u32>)], waker: Arc<Notify>) -> u64 {
        let mut state = self.state.lock();
        state.joined += 1;
        let number = state.joined;
        for (topic, slots) in topics {
            for slot in slots {
                let seat = Seat {
                    topic: *topic,
                    holder: None,
                    wanted: None,
                    done: Vec::new(),
                    released: Vec::new(),
                };
                state.seats.entry(*slot).or_insert(seat);
            }
        }
        state.members.insert(
            number,
            Member {
                topics: topics.iter().map(|(topic, _)| *topic).collect(),
                waker,
            },
        );
        self.divide(&mut state);
        number
    }

    /// Removes a member: others want its partitions now and get each as it is given up.
    pub fn retire(&self, member: u64) {
        let mut state = self.state.lock();
        if state.members.remove(&member).is_some() {
            self.divide(&mut state);
        }
    }

    /// Removes a member and frees whatever it still holds.
    pub fn leave(&self, member: u64) {
        let mut state = self.state.lock();
        state.members.remove(&member);
        for seat in state.seats.values_mut().filter(|s| s.holder == Some(member)) {
            seat.holder = None;
        }
        self.divide(&mut state);
    }

    /// Returns the number of the last change.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Returns what a member is to do now. A partition to take is the member's on return.
    pub fn moves(&self, member: u64) -> Vec<Move> {
        let mut state = self.state.lock();
        let mut moves = Vec::new();
        for (slot, seat) in &mut state.seats {
            let (mine, wanted) = (seat.holder == Some(member), seat.wanted == Some(member));
            if mine && !wanted {
                moves.push(Move::Give(*slot));
            } else if wanted && seat.holder.is_none() {
                seat.holder = Some(member);
                moves.push(Move::Take(*slot, std::mem::take(&mut seat.done)));
            }
            if seat.holder == Some(member) {
                moves.extend(seat.released.drain(..).map(|key| Move::Release(*slot, key)));
            }
        }
        moves
    }

    /// Gives up a partition; `done` are the offsets beyond the cursor that were dealt with.
    pub fn give(&self, member: u64, slot: u32, done: Vec<i64>) {
        let mut state = self.state.lock();
        if let Some(seat) = state.seats.get_mut(&slot).filter(|s| s.holder == Some(member)) {
            (seat.holder, seat.done) = (None, done);
        }
        self.wake(&state);
    }

    /// Tells the holder of a partition, if there is one, that a key was released. A later holder reads it from the file.
    pub fn released(&self, slot: u32, key: &str) {
        let mut state = self.state.lock();
        if let Some(seat) = state.seats.get_mut(&slot).filter(|s| s.holder.is_some()) {
            seat.released.push(key.into());
            self.wake(&state);
        }
    }

    /// Divides the partitions of each topic evenly, leaving as many as possible where they are.
    fn divide(&self, state: &mut State) {
        let State { members, seats, .. } = state;
        let mut load: HashMap<u64, usize> = HashMap::new();
        let topics: std::collections::BTreeSet<usize> = seats.values().map(|s| s.topic).collect();
        for topic in topics {
            let able: Vec<u64> = members
                .iter()
                .filter(|(_, m)| m.topics.contains(&topic))
                .map(|(n, _)| *n)
                .collect();
            let mut mine: Vec<&mut Seat> = seats.values_mut().filter(|s| s.topic == topic).collect();
            if able.is_empty() {
                mine.iter_mut().for_each(|s| s.wanted = None);
                continue;
            }
            // Each keeps its share; as many as the division leaves over keep one more.
            let (share, mut over) = (mine.len() / able.len(), mine.len() % able.len());
            let mut held: HashMap<u64, usize> = able.iter().map(|n| (*n, 0)).collect();
            for seat in &mut mine {
                let Some(count) = seat.wanted.and_then(|n| held.get_mut(&n)) else {
                    seat.wanted = None;
                    continue;
                };
                if *count < share {
                    *count += 1;
                } else if *count == share && over > 0 {
                    (*count, over) = (*count + 1, over - 1);
                } else {
                    seat.wanted = None;
                }
            }
            for seat in mine.iter_mut().filter(|s| s.wanted.is_none()) {
                let least = able.iter().min_by_key(|n| {
                    (
                        held.get(n).copied().unwrap_or(0),
                        load.get(n).copied().unwrap_or(0),
                        **n,
                    )
                });
                if let Some(count) = least.and_then(|n| held.get_mut(n)) {
                    *count += 1;
                }
                seat.wanted = least.copied();
            }
            for (member, count) in held {
                *load.entry(member).or_default() += count;
            }
        }
        self.wake(state);
    }

    fn wake(&self, state: &State) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        state.members.values().for_each(|m| m.waker.notify_one());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(group: &Group, member: u64) -> Vec<u32> {
        let moves = group.moves(member);
        moves
            .into_iter()
            .filter_map(|m| if let Move::Take(slot, _) = m { Some(slot) } else { None })
            .collect()
    }

    fn give(group: &Group, member: u64) -> usize {
        let all: Vec<u32> = group
            .moves(member)
            .into_iter()
            .filter_map(|m| if let Move::Give(s) = m { Some(s) } else { None })
            .collect();
        all.iter().for_each(|slot| group.give(member, *slot, vec![7]));
        all.len()
    }

    #[test]
    fn partitions_are_shared_evenly_and_are_taken_only_when_given() {
        let group = Group::new("g");
        let topics = [(0, (1..=8).collect::<Vec<u32>>())];
        let one = group.join(&topics, Arc::default());
        assert_eq!(take(&group, one).len(), 8);
        let two = group.join(&topics, Arc::default());
        assert!(take(&group, two).is_empty(), "still held");
        assert_eq!(give(&group, one), 4);
        let moves = group.moves(two);
        assert_eq!(moves.len(), 4);
        assert!(moves.iter().all(|m| matches!(m, Move::Take(_, done) if done == &[7])));
        group.leave(one);
        assert_eq!(take(&group, two).len(), 4);
        group.leave(two);
        let three = group.join(&topics, Arc::default());
        assert_eq!(take(&group, three).len(), 8);
    }

    #[test]
    fn nobody_is_left_without_while_another_has_more_than_his_share() {
        let group = Group::new("g");
        let topics = [(0, (1..=9).collect::<Vec<u32>>())];
        let members: Vec<u64> = (0..3).map(|_| group.join(&topics, Arc::default())).collect();
        members.iter().for_each(|m| assert!(take(&group, *m).len() <= 9));
        members.iter().for_each(|m| assert!(give(&group, *m) < 9));
        members.iter().for_each(|m| assert!(take(&group, *m).len() <= 9));
        let late = group.join(&topics, Arc::default());
        members.iter().for_each(|m| assert!(give(&group, *m) < 9));
        assert_eq!(take(&group, late).len(), 2);
    }

    #[test]
    fn many_small_topics_are_spread_too() {
        let group = Group::new("g");
        let topics: Vec<(usize, Vec<u32>)> = (0..6).map(|t| (t, vec![t as u32])).collect();
        let (one, two) = (group.join(&topics, Arc::default()), group.join(&topics, Arc::default()));
        assert_eq!(take(&group, one).len() + take(&group, two).len(), 6);
    }
}

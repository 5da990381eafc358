//! Owns what a member does about the board: which partitions it ought to have, has lost or is to give, and which keys were released.
//! Refuses to wait.

use std::sync::Arc;

use super::Member;
use super::grip::{Grip, State};
use crate::jetstream::board::Record;
use crate::jetstream::channel::Channel;
use crate::jetstream::{division, names, seats};

impl Member {
    /// Does what the board asks for: takes what is free and ought to be ours, gives what ought not, drops what is lost.
    pub(super) fn follow_board(&mut self) {
        let board = self.shared.board.clone();
        let members = board.list(&format!("member.{}.", names::token(self.group)));
        let known = members.iter().any(|(key, ..)| *key == self.record_key());
        if !known && !self.registering && !self.stopping {
            self.register();
        }
        for channel in self.channels.clone() {
            let wants = |record: &Record| match record {
                Record::Member { session, topics } => {
                    !board.is_dead(session) && topics.iter().any(|t| t == channel.topic.name)
                }
                _ => false,
            };
            let able = members.iter().filter(|(_, _, record)| wants(record));
            let able: Vec<&str> = able.filter_map(|(key, ..)| key.rsplit('.').next()).collect();
            for partition in channel.partitions() {
                let wanted = division::wanted(&able, channel.topic.name, partition);
                let ours = !self.stopping && wanted == Some(self.holder.member.as_str());
                self.follow_seat(&channel, partition, ours);
            }
        }
    }

    fn follow_seat(&mut self, channel: &Arc<Channel>, partition: u16, ours: bool) {
        let place = seats::key(self.group, channel.topic.name, partition);
        let (_, Some(Record::Seat(seat))) = self.shared.board.get(&place) else {
            return;
        };
        let slot = channel.slot(partition);
        let is_ours = seat.holder.as_ref() == Some(&self.holder);
        let Some(grip) = self.grips.get_mut(&slot) else {
            let free = is_ours || seat.holder.is_none_or(|h| self.shared.board.is_dead(&h.session));
            if ours && free {
                let grip = Grip::new(channel.clone(), partition, place);
                self.grips.insert(slot, grip);
                self.take(slot, None);
            }
            return;
        };
        let State::Reading(reading) = &grip.state else { return };
        if !is_ours || seat.epoch != reading.epoch {
            if !grip.lost {
                tracing::info!(place, "a partition belongs to somebody else now");
                grip.lost = true;
                self.hands.lose(slot);
            }
            return;
        }
        if !ours && !grip.closing {
            grip.closing = true;
            self.hands.close(slot);
        }
        // A server that has lost the end of the bucket gives the same revision twice.
        let reading = self.shared.board.readings();
        let parked = self
            .shared
            .board
            .list(&seats::parked_prefix(self.group, channel.topic.name, partition));
        for (place, revision, record) in parked {
            if let Record::Parked(key) = record
                && key.releasing.is_some()
                && grip.is_news(place, (reading, revision))
            {
                self.hands.release(slot, &key.key.into());
            }
        }
    }
}

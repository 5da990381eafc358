//! Owns the parts of the log that consumers and publishers share. Refuses to decide anything about events.

use std::sync::Arc;

use kernel::Ambient;

use super::log;

use super::readers::Readers;
use super::writer::{Outlets, Writer};
use crate::{BusError, Start};

/// The open log.
pub(super) struct Journal {
    pub writer: Writer,
    pub readers: Arc<Readers>,
    pub outlets: Arc<Outlets>,

    pub ambient: Ambient,
}

impl Journal {
    /// Gives a group a cursor in each of `slots` where it has none, durably.
    pub async fn begin(&self, group: &Arc<str>, slots: Vec<u32>, start: Start) -> Result<(), BusError> {
        let name = group.clone();
        let cursors = self.writer.run(move |on| {
            let mut known = log::cursors(on, &name, &slots)?;
            let new: Vec<u32> = slots.into_iter().filter(|slot| !known.contains_key(slot)).collect();
            if !new.is_empty() {
                let end = super::schema::end_of_log(on)?.0;
                let after = log::offset_of(on, start, end)?;
                for slot in new {
                    log::save_cursor(on, &name, slot, after)?;
                    known.insert(slot, after);
                }
            }
            Ok(known)
        });
        for (slot, offset) in cursors.await? {
            self.outlets.cursors.add(group, slot, offset);
        }
        Ok(())
    }

    /// Saves the cursors now.
    pub async fn save_cursors(&self) -> Result<(), BusError> {
        let outlets = self.outlets.clone();
        let moved = self.writer.run(move |to| outlets.cursors.save(to)).await?;
        self.outlets.cursors.saved(&moved);
        Ok(())
    }
}

//! Owns how a record is read as an event. Refuses to know who reads it and what becomes of one that is none.

use bytes::Bytes;
use contracts::Event;
use kernel::Fault;
use rdkafka::message::{BorrowedMessage, Message as _};

/// Reads the event of a record of the topic of this name.
pub(super) fn event_of(name: &str, message: &BorrowedMessage<'_>) -> Result<Event, Fault> {
    Event::parse(name, Bytes::copy_from_slice(message.payload().unwrap_or_default()))
}

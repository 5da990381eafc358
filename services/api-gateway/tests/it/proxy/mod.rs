//! The gateway in front of small services of the test's own, all on loopback ports.

mod bodies;
mod documents;
mod exchange;
mod live;
mod retries;
mod sockets;
mod stage;
mod table;

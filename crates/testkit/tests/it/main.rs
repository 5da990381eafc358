//! What tests stand on is tested itself.

#![expect(clippy::unwrap_used, reason = "tests")]

mod fault_proxy;

//! Owns the rig of the black-box suite: a running product, people who use it, their sockets, and an oracle that
//! judges what they saw. It refuses to know anything of the product but its wire.
//!
//! The binary is `AICHAT_BIN`, else `target/debug/aichat`. `AICHAT_BIN=scripts/cluster.sh` is used the same way and runs
//! one process per service. With `AICHAT_TEST_URL` the suite speaks to a product that runs already, and the tests which
//! must start or kill a process skip by name.

#![expect(clippy::expect_used, clippy::panic, reason = "a broken expectation ends the test")]
#![expect(
    clippy::disallowed_methods,
    reason = "the rig stands outside of the product: nothing is injected here"
)]

mod actor;
mod cluster;
mod field;
mod http;
mod instance;
mod load;
pub mod mail;
mod oracle;
pub mod picture;
mod seed;
mod servers;
mod socket;
mod sse;
mod trouble;
pub mod walk;

use std::time::Duration;

pub use actor::{Actor, friends, strangers};
pub use cluster::{DOOR, Plan};
pub use field::Field;
pub use http::{Http, Reply};
pub use instance::{Instance, binary};
pub use load::Load;
pub use oracle::{Ack, Reader, assemble, assert_acked_once, assert_gap_free, history};
pub use seed::Seed;
pub use servers::{SERVERS, Servers};
pub use socket::{Log, Socket, Subbed, Upgrade};
pub use sse::{Sse, SseEvent};
pub use trouble::{Seen, Trouble};

/// The longest that any condition may take to become true.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Asks `look` again until it answers, and fails with `what` after [`DEADLINE`].
pub async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    within(DEADLINE, what, look).await
}

/// Asks `look` again until it answers, and fails with `what` after `limit`.
pub async fn within<T>(limit: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = tokio::time::Instant::now() + limit;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(
            tokio::time::Instant::now() < end,
            "never happened within {limit:?}: {what}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Makes an id that nothing has.
pub fn unknown_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Makes a word of at most 30 of `[a-z0-9_]` that nobody has used.
pub fn unique(beginning: &str) -> String {
    format!("{beginning}_{:010x}", rand::random::<u64>() >> 24)
}

/// Prints why the calling test did not run, past the capture of the test harness.
pub fn skip(reason: &str) {
    use std::io::Write as _;
    // The harness names each thread after its test.
    let thread = std::thread::current();
    let _ = writeln!(
        std::io::stderr(),
        "SKIP {}: {reason}",
        thread.name().unwrap_or("a test")
    );
}

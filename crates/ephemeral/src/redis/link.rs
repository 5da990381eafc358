//! Owns the connection that carries commands: it bounds every answer in time and leaves a connection that has fallen
//! silent. Refuses to know what is asked.

use std::time::Duration;

use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::{Client, Cmd, FromRedisValue, Pipeline, RedisError, RedisResult, ScriptInvocation};
use parking_lot::Mutex;
use tokio::time::Instant;

use super::{is_ours, silent, unavailable};
use crate::EphemeralError;

/// Attempts to connect again that one command waits for; the next command begins anew.
const RECONNECTS_MAX: usize = 3;
/// The first pause between them; each is twice the one before.
const RECONNECT_PAUSE_MIN: Duration = Duration::from_millis(50);
/// The longest pause.
const RECONNECT_PAUSE_MAX: Duration = Duration::from_millis(500);
/// A connection is not replaced sooner, so that a server that refuses everything is not flooded with new ones.
const LIFE_MIN: Duration = Duration::from_millis(250);

/// The current connection. The manager connects again by itself when a connection ends; one that stays but is silent
/// (a peer behind a cut network) is replaced here, since TCP would take minutes to give it up.
pub(super) struct Link {
    client: Client,
    answer_within: Duration,
    current: Mutex<Current>,
}

struct Current {
    manager: ConnectionManager,
    /// Counts the replacements.
    number: u64,
    since: Instant,
}

impl Link {
    /// Prepares the connection; the first command opens it.
    pub fn new(client: Client, answer_within: Duration) -> Result<Self, EphemeralError> {
        let manager = prepare(&client, answer_within)?;
        Ok(Self {
            client,
            answer_within,
            current: Mutex::new(Current {
                manager,
                number: 0,
                since: Instant::now(),
            }),
        })
    }

    /// Sends a command once. After an error nobody knows whether it was carried out.
    pub async fn once<T: FromRedisValue>(&self, cmd: &Cmd) -> Result<T, EphemeralError> {
        let ask = |mut manager| async move { cmd.query_async(&mut manager).await };
        self.within(0, ask).await
    }

    /// Sends a command that may be carried out twice: once more when the connection breaks under it.
    pub async fn again<T: FromRedisValue>(&self, cmd: &Cmd) -> Result<T, EphemeralError> {
        let ask = |mut manager| async move { cmd.query_async(&mut manager).await };
        self.within(1, ask).await
    }

    /// Sends commands that may be carried out twice, in one go.
    pub async fn all_again<T: FromRedisValue>(&self, cmds: &Pipeline) -> Result<T, EphemeralError> {
        let ask = |mut manager| async move { cmds.query_async(&mut manager).await };
        self.within(1, ask).await
    }

    /// Runs a script once.
    pub async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, EphemeralError> {
        let ask = |mut manager| async move { script.invoke_async(&mut manager).await };
        self.within(0, ask).await
    }

    /// Runs a script that may run twice: once more when the connection breaks under it.
    pub async fn run_again<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, EphemeralError> {
        let ask = |mut manager| async move { script.invoke_async(&mut manager).await };
        self.within(1, ask).await
    }

    async fn within<T, Asked>(
        &self,
        mut repeats: u32,
        ask: impl Fn(ConnectionManager) -> Asked,
    ) -> Result<T, EphemeralError>
    where
        Asked: Future<Output = RedisResult<T>>,
    {
        let (manager, number) = {
            let current = self.current.lock();
            (current.manager.clone(), current.number)
        };
        let answer = async {
            loop {
                match ask(manager.clone()).await {
                    Err(e) if repeats > 0 && broke(&e) => repeats -= 1,
                    answer => return answer,
                }
            }
        };
        match tokio::time::timeout(self.answer_within, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(e)) => {
                // The manager keeps a refused greeting (too many clients, a demoted primary) as its answer for ever.
                if !e.is_io_error() && !is_ours(&e) {
                    self.leave(number);
                }
                Err(unavailable(e))
            }
            Err(_) => {
                self.leave(number);
                Err(silent(self.answer_within))
            }
        }
    }

    /// Replaces connection `number`, unless somebody did already or it is very young.
    fn leave(&self, number: u64) {
        let mut current = self.current.lock();
        if current.number != number || current.since.elapsed() < LIFE_MIN {
            return;
        }
        if let Ok(manager) = prepare(&self.client, self.answer_within) {
            tracing::warn!("the Redis server is silent or refuses: the connection is replaced");
            *current = Current {
                manager,
                number: number + 1,
                since: Instant::now(),
            };
        }
    }
}

fn prepare(client: &Client, answer_within: Duration) -> Result<ConnectionManager, EphemeralError> {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(answer_within))
        // Answers are bounded here, in `within`, together with the wait for a new connection.
        .set_response_timeout(None)
        .set_number_of_retries(RECONNECTS_MAX)
        .set_min_delay(RECONNECT_PAUSE_MIN)
        .set_max_delay(RECONNECT_PAUSE_MAX);
    ConnectionManager::new_lazy_with_config(client.clone(), config).map_err(unavailable)
}

/// Tells whether the connection ended under the command.
fn broke(e: &RedisError) -> bool {
    e.is_connection_dropped()
}

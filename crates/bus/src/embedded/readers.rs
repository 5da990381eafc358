//! Owns the connections that read, each on a thread that may block. Refuses to write.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::schema;
use crate::BusError;

/// Reads at the same time.
const READERS_MAX: usize = 4;

/// A few connections, opened as needed.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    turns: Semaphore,
}

impl Readers {
    /// Reads the file at `path`.
    pub fn new(path: PathBuf) -> Arc<Self> {
        Arc::new(Self {
            path,
            idle: Mutex::default(),
            turns: Semaphore::new(READERS_MAX),
        })
    }

    /// Runs `read` on a connection of its own.
    pub async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, BusError> {
        let _turn = self
            .turns
            .acquire()
            .await
            .map_err(|_| BusError::Unavailable("the log is closed".into()))?;
        let this = self.clone();
        let run = move || {
            let idle = this.idle.lock().pop();
            let connection = idle.map_or_else(|| schema::open_reader(&this.path), Ok)?;
            let result = read(&connection)?;
            this.idle.lock().push(connection);
            Ok(result)
        };
        let result = tokio::task::spawn_blocking(run)
            .await
            .map_err(|e| BusError::Unavailable(e.to_string()))?;
        result.map_err(schema::unavailable)
    }

    /// Refuses further reads and closes the idle connections.
    pub fn close(&self) {
        self.turns.close();
        self.idle.lock().clear();
    }
}

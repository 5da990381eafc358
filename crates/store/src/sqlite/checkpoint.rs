//! Owns moving the write-ahead log into the file without making writers wait. Refuses to touch the log's contents.
//!
//! A thread of its own copies the log while the writer goes on appending to it. What was appended meanwhile is little;
//! the writer copies that itself between two batches, after which the log begins anew instead of growing for ever.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::StoreError;
use crate::sqlite::{failed, schema};

/// Pages in the log at which copying begins (16 MiB of 4 KiB pages).
const LOG_PAGES_BEGIN: usize = 4096;
/// The log is also copied when it has rested for a while with at least so many pages, so that a start after a crash is short.
const LOG_PAGES_REST: usize = 64;

/// The thread, and how the writer talks to it.
pub struct Checkpointer {
    ask: Option<mpsc::Sender<()>>,
    copied: Arc<AtomicBool>,
    pages: Arc<AtomicUsize>,
    asked: bool,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Starts the thread and lets `writer` report how long the log is after each commit.
    pub fn start(path: &Path, writer: &mut Connection) -> Result<Self, StoreError> {
        let pages = Arc::new(AtomicUsize::new(0));
        let seen = pages.clone();
        let report = move |_: &mut rusqlite::hooks::Wal, n| {
            seen.store(usize::try_from(n).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        };
        writer.wal_hook(Some(report)).map_err(|e| failed(&e))?;
        let conn = schema::open_checkpointer(path).map_err(|e| failed(&e))?;
        let (ask, asked) = mpsc::channel();
        let copied = Arc::new(AtomicBool::new(false));
        let done = copied.clone();
        let copy_when_asked = move || {
            while asked.recv().is_ok() {
                if let Err(e) = copy(&conn) {
                    tracing::warn!(error = %e, "the log could not be copied into the store's file; it is kept");
                }
                done.store(true, Ordering::Release);
            }
        };
        let thread = std::thread::Builder::new()
            .name("store-log".into())
            .spawn(copy_when_asked)
            .map_err(|e| StoreError::Backend(e.to_string()))?;
        Ok(Self {
            ask: Some(ask),
            copied,
            pages,
            asked: false,
            thread: Some(thread),
        })
    }

    /// Called by the writer between two transactions.
    pub fn tick(&mut self, writer: &Connection, at_rest: bool) {
        let long = if at_rest { LOG_PAGES_REST } else { LOG_PAGES_BEGIN };
        if self.asked {
            if self.copied.swap(false, Ordering::Acquire) {
                self.asked = false;
                if let Err(e) = copy(writer) {
                    tracing::warn!(error = %e, "the end of the log could not be copied into the store's file; it is kept");
                }
                self.pages.store(0, Ordering::Relaxed);
            }
        } else if self.pages.load(Ordering::Relaxed) >= long {
            self.asked = self.ask.as_ref().is_some_and(|ask| ask.send(()).is_ok());
        }
    }

    /// Ends the thread and copies all of the log.
    pub fn stop(&mut self, writer: &Connection) {
        drop(self.ask.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
        if let Err(e) = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
            tracing::warn!(error = %e, "the log could not be emptied at the end; the next start reads it");
        }
    }
}

fn copy(conn: &Connection) -> rusqlite::Result<()> {
    // PASSIVE copies what it can and waits for nobody.
    conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}

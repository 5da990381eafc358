//! A store that dies at a write: before it, or after it and before it is answered; or whose writer waits there.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use store::{Query, Store, StoreError, Stored, Write};
use testkit::Front;
use tokio::sync::Notify;

pub struct Flaky {
    inner: Arc<dyn Store>,
    /// Writes that still succeed; negative: all.
    left: AtomicI64,
    /// Whether the write at which it dies is done.
    done: std::sync::atomic::AtomicBool,
    gate: std::sync::Mutex<Option<Gate>>,
}

/// A place before a write, or before a read of documents by id.
struct Gate {
    /// The collection that is read; none: a write.
    read_of: Option<&'static str>,
    /// Such writes or reads from here to it.
    left: i64,
    reached: Arc<Notify>,
    open: Arc<Notify>,
}

impl Flaky {
    pub fn new(inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            left: AtomicI64::new(-1),
            done: false.into(),
            gate: std::sync::Mutex::default(),
        })
    }

    /// Dies after `left` more writes, at the next, which is `done` or not.
    pub fn die_after(&self, left: i64, done: bool) {
        self.done.store(done, Ordering::SeqCst);
        self.left.store(left, Ordering::SeqCst);
    }

    /// Lets the writer of the `n`th write from now wait before it. Returns what tells that it waits, and what lets it go on.
    pub fn wait_before(&self, n: i64) -> (Arc<Notify>, Arc<Notify>) {
        self.wait(None, n)
    }

    /// The same before the `n`th read by id in a collection.
    pub fn wait_before_read(&self, collection: &'static str, n: i64) -> (Arc<Notify>, Arc<Notify>) {
        self.wait(Some(collection), n)
    }

    fn wait(&self, read_of: Option<&'static str>, left: i64) -> (Arc<Notify>, Arc<Notify>) {
        let (reached, open) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let gate = Gate {
            read_of,
            left,
            reached: reached.clone(),
            open: open.clone(),
        };
        *self.gate.lock().unwrap() = Some(gate);
        (reached, open)
    }

    async fn pass_gate(&self, read_of: Option<&'static str>) {
        let here = {
            let mut gate = self.gate.lock().unwrap();
            if let Some(gate) = gate.as_mut().filter(|gate| gate.read_of == read_of) {
                gate.left -= 1;
            }
            gate.take_if(|gate| gate.left == 0)
        };
        if let Some(gate) = here {
            gate.reached.notify_one();
            gate.open.notified().await;
        }
    }

    /// Lives again. Returns whether it had died.
    pub fn live(&self) -> bool {
        self.left.swap(-1, Ordering::SeqCst) == 0
    }

    fn is_dead(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }
}

fn gone() -> StoreError {
    StoreError::Unavailable("dead".into())
}

#[async_trait]
impl Front for Flaky {
    fn behind(&self) -> &Arc<dyn Store> {
        &self.inner
    }
    async fn get(&self, collection: &'static str, ids: &[String]) -> Result<Vec<Stored>, StoreError> {
        self.pass_gate(Some(collection)).await;
        if self.is_dead() {
            Err(gone())
        } else {
            self.inner.get(collection, ids).await
        }
    }
    async fn find(&self, collection: &'static str, query: Query) -> Result<Vec<Stored>, StoreError> {
        if self.is_dead() {
            Err(gone())
        } else {
            self.inner.find(collection, query).await
        }
    }
    async fn count(&self, collection: &'static str, query: Query, cap: u64) -> Result<u64, StoreError> {
        if self.is_dead() {
            Err(gone())
        } else {
            self.inner.count(collection, query, cap).await
        }
    }
    async fn write(&self, write: Write) -> Result<u64, StoreError> {
        self.pass_gate(None).await;
        let left = self.left.load(Ordering::SeqCst);
        match left {
            0 => return Err(gone()),
            1 => {
                self.left.store(0, Ordering::SeqCst);
                if self.done.load(Ordering::SeqCst) {
                    self.inner.write(write).await?;
                }
                return Err(gone());
            }
            2.. => self.left.store(left - 1, Ordering::SeqCst),
            _ => {}
        }
        self.inner.write(write).await
    }
}
